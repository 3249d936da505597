"""What reports get besides the results: pages of stored originals, drawn in a worker."""

import hashlib
import os
import time

import pytest

from loanbatch import hookimpl
from loanbatch.models import PageImage


class Store:
    """Keeps originals in memory."""

    def __init__(self):
        self.kept = {}

    @hookimpl
    def store(self, result, source):
        self.kept[result.sha256] = source.read()

    @hookimpl
    def read_original(self, sha256):
        return self.kept.get(sha256)


class Painter:
    """Draws pages in the grey of their number; page 9 cannot be drawn, a `hang` hangs."""

    @hookimpl
    def render_page(self, source, page_number):
        if page_number == 9:
            raise RuntimeError
        if b"hang" in source.read():
            time.sleep(60)
        if b"die" in source.read():
            os._exit(3)
        pixels = bytes([page_number]) * (200 * 300)
        return PageImage(
            page_number=page_number, width=200, height=300, pixels=pixels, points_per_pixel=0.5
        )


class Asker:
    """A report of what the book gives for two pages of each result."""

    def __init__(self):
        self.pages = []

    @hookimpl
    def report(self, summary, format, book):  # noqa: A002
        if format != "asked":
            return None
        self.pages = [book.page_images(result, [1, 9], width=100) for result in summary.results]
        return True


@pytest.fixture(params=["inline", "isolated"])
def ask(request, make_handler, write, tmp_path):
    """Return a function that gives the pages a report gets of a batch of texts."""

    def pages(*, store=None, **texts):
        asker = Asker()
        plugins = [store or Store(), Painter(), asker]
        handler = make_handler(
            *plugins, executor=request.param, timeout_seconds=10 if "die" in str(texts) else 5
        )
        summary = handler.process_batch_from_paths(write(**texts))
        assert summary.successful_documents == len(texts)
        handler.write_report(summary, tmp_path / "report.asked")
        return asker.pages

    pages.executor = request.param
    return pages


def test_pages_are_drawn_from_the_stored_original_as_small_as_asked(ask):
    (pages,) = ask(a="note x=1")

    (image,) = pages.values()
    assert (image.width, image.height, image.points_per_pixel) == (100, 150, 1.0)
    assert image.pixels == b"\x01" * (100 * 150)


def test_originals_that_are_gone_have_no_pages(ask):
    store = Store()
    store.read_original = hookimpl(lambda sha256: None)

    assert ask(store=store, a="note x=1") == [{}]


def test_other_bytes_than_were_stored_are_not_shown(ask):
    store = Store()
    store.store = hookimpl(lambda result, source: store.kept.update({result.sha256: b"other"}))

    assert ask(store=store, a="note x=1") == [{}]


@pytest.mark.parametrize("deadly", ["hang", "die"])
def test_page_that_hangs_or_kills_costs_its_own_pictures_only(ask, deadly):
    if ask.executor == "inline":
        pytest.skip("nothing is isolated inline")

    first, second = ask(a=f"note {deadly}=1", b="note x=1")

    assert not first
    assert second


def test_drawing_ends_when_too_much_went_wrong(ask):
    if ask.executor == "inline":
        pytest.skip("nothing is isolated inline")

    found = ask(**{f"t{n}": f"note die={n}" for n in range(3)}, z="note x=1")

    assert found == [{}] * 4


def test_report_without_a_book_still_works(make_handler, write, tmp_path):
    class Older:
        @hookimpl
        def report(self, summary, format, stream):  # noqa: A002
            stream.write(summary.job_id.encode())
            return True

    handler = make_handler(Older())
    summary = handler.process_batch_from_paths(write(a="note"))
    handler.write_report(summary, tmp_path / "report.any")

    assert (tmp_path / "report.any").read_text() == summary.job_id


def test_unknown_format_names_those_that_are_written(make_handler, write, tmp_path, bundled):
    from loanbatch.errors import UsageError

    handler = make_handler(no_plugins=[name for name in bundled if name != "reporting"])
    with pytest.raises(UsageError, match=r"ends in \.json, \.csv, \.xlsx"):
        handler.check_report_path(tmp_path / "report.docx")
    with pytest.raises(UsageError) as told:
        make_handler().check_report_path(tmp_path / "report.json")
    assert ".json," not in told.value.message


def test_read_original_gives_the_bytes_or_nothing(make_handler):
    from loanbatch import hookcalls
    from loanbatch.errors import PluginError

    store = Store()
    store.kept = {hashlib.sha256(b"x").hexdigest(): b"x", "0" * 64: b"y", "1" * 64: "text"}
    registry = make_handler(store).registry

    assert hookcalls.read_original(registry, hashlib.sha256(b"x").hexdigest()) == b"x"
    assert hookcalls.read_original(registry, "a" * 64) is None
    for wrong in ("0" * 64, "1" * 64):
        with pytest.raises(PluginError):
            hookcalls.read_original(registry, wrong)
