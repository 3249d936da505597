"""What the tests of the core share: a reader of plain text, and a plugin that misbehaves.

The bundled plugins are blocked: these tests are about the framework.
"""

import os
import signal
import sys
import time
from decimal import Decimal, InvalidOperation
from importlib.metadata import entry_points

import pytest
from attrs import evolve

from loanbatch import BatchProcessingHandler, hookimpl, load_settings
from loanbatch._logging import reset_logging
from loanbatch.errors import EmptyError
from loanbatch.models import Box, Document, Field, Page, TextSource, Validation, Word

BUNDLED = tuple(sorted(entry.name for entry in entry_points(group="loanbatch")))


class TextReader:
    """Reads plain text: form feeds part pages, `name=value` is a field, the first word the kind."""

    @hookimpl
    def validate(self, source):
        content = source.read()
        if not content:
            raise EmptyError(f"{source.file_name} is empty")
        pages = content.count(b"\f") + 1
        return Validation(
            source=evolve(source, media_type="text/plain", page_count=pages, content=content)
        )

    @hookimpl
    def read_pages(self, source, page_numbers):
        texts = source.read().decode().split("\f")
        return [_page(number, texts[number - 1]) for number in page_numbers]

    @hookimpl
    def classify(self, pages):
        kind = pages[0].words[0].text
        return [Document(kind=kind, first_page=1, last_page=len(pages))]

    @hookimpl
    def extract(self, pages):
        for page in pages:
            for word in page.words:
                name, equals, raw = word.text.partition("=")
                if equals:
                    yield Field(
                        name=name,
                        raw=raw,
                        page=page.number,
                        box=word.box,
                        confidence=0.99,
                        extractor="text",
                    )

    @hookimpl
    def normalize(self, field):
        try:
            return evolve(field, value=Decimal(field.raw))
        except InvalidOperation:
            return evolve(field, value=field.raw)


def _page(number, text):
    words = tuple(
        Word(word, 10.0 * place, 10.0, 10.0 * place + 9, 20.0)
        for place, word in enumerate(text.split())
    )
    return Page(
        number=number, width=612, height=792, words=words, text_source=TextSource.TEXT_LAYER
    )


class Faults:
    """Misbehaves while it extracts, in the way that a word on the page names."""

    @hookimpl
    def extract(self, pages):
        for page in pages:
            for word in page.words:
                fault = getattr(self, f"do_{word.text}", None)
                if fault is not None:
                    fault()
        return ()

    def do_raise(self):
        raise ValueError("the words of an exception may quote 123-45-6789")

    def do_hang(self):
        time.sleep(600)

    def do_exit(self):
        os._exit(3)

    def do_leave(self):
        os._exit(0)

    def do_sysexit(self):
        sys.exit("out")

    def do_kill(self):
        os.kill(os.getpid(), signal.SIGKILL)

    def do_memory(self):
        hoard = []
        while True:
            hoard.append(bytearray(64 << 20))


@pytest.fixture(autouse=True)
def fresh_logging():
    yield
    reset_logging()


@pytest.fixture
def make_settings(tmp_path):
    """Return a maker of settings without bundled plugins, at home in a temporary folder."""

    def make(**overrides):
        values = {
            "home": tmp_path / "home",
            "no_plugins": BUNDLED,
            "executor": "inline",
            "log_file": str(tmp_path / "log.jsonl"),
            **overrides,
        }
        return load_settings(values, config_file=tmp_path / "absent.toml", environ={})

    (tmp_path / "absent.toml").write_text("")
    return make


@pytest.fixture
def make_handler(make_settings):
    """Return a maker of handlers with the text reader and further plugins; all are closed."""
    handlers = []

    def make(*plugins, progress=None, **overrides):
        handler = BatchProcessingHandler(
            make_settings(**overrides), [TextReader(), *plugins], progress=progress
        )
        handlers.append(handler)
        return handler

    yield make
    for handler in handlers:
        handler.close()


@pytest.fixture
def faults():
    return Faults()


@pytest.fixture
def write(tmp_path):
    """Return a function that writes texts to files and returns their paths, in order."""

    def write_files(**texts):
        paths = []
        for name, text in texts.items():
            path = tmp_path / f"{name}.txt"
            path.write_text(text)
            paths.append(path)
        return paths

    return write_files


@pytest.fixture
def a_field():
    return Field(
        name="loan_amount",
        raw="1",
        page=1,
        box=Box(1.0, 2.0, 3.0, 4.0),
        confidence=0.5,
        extractor="test",
    )


@pytest.fixture
def bundled():
    """Return the names of the bundled plugins."""
    return BUNDLED
