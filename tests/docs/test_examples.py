"""The examples in README.md and docs/ run: Python blocks as one program a page, console blocks
line by line; blocks with a title are files.

A console block is compared with what the commands print on standard output; `...` stands for
anything. A command that ends with another code than 0 says so in the block's first line:
```console exit=3.
"""

from __future__ import annotations

import doctest
import os
import re
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from sybil import Document, Example, Region, Sybil
from sybil.parsers.markdown import CodeBlockParser, PythonCodeBlockParser
from sybil.parsers.markdown.lexers import RawFencedCodeBlockLexer

ROOT = Path(__file__).parents[2]
#: Pages whose blocks have a test of their own.
ELSEWHERE = {"write-a-plugin.md", "test-a-plugin.md", "use-postgresql.md", "receive-webhooks.md"}
PAGES = [
    ROOT / "README.md",
    *sorted(page for page in (ROOT / "docs").rglob("*.md") if page.name not in ELSEWHERE),
]
_FLAGS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
#: Exit codes that an example may end with.
EXITS = (1, 2, 3, 4, 5)


def _commands(block: str) -> list[tuple[str, str]]:
    """Return (command, expected output) for each line that begins with a dollar sign."""
    parts = re.split(r"^\$ ", block, flags=re.MULTILINE)
    return [(part.partition("\n")[0], part.partition("\n")[2]) for part in parts[1:]]


def run_console(example: Example, wanted_exit: int = 0) -> str | None:
    """Run a console block and return what is wrong with it."""
    for command, expected in _commands(example.parsed):
        done = subprocess.run(  # noqa: S602 - the commands are our own documentation's
            command, shell=True, stdin=subprocess.DEVNULL, capture_output=True, text=True,
            timeout=300, check=False,
        )  # fmt: skip
        if done.returncode != wanted_exit:
            return f"$ {command}\nended with {done.returncode}, not {wanted_exit}:\n{done.stderr}"
        checker = doctest.OutputChecker()
        if expected.strip() and not checker.check_output(expected, done.stdout, _FLAGS):
            return f"$ {command}\nexpected:\n{expected}\nprinted:\n{done.stdout}"
    return None


def write_file(example: Example) -> None:
    """Write a block to the file that its title names, in the current folder."""
    path = Path(example.region.lexemes["name"])
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(example.parsed, encoding="utf-8")


def titled_files(document: Document) -> Iterator[Region]:
    """Find the blocks with a title: ```toml title="NAME"."""
    title = re.compile(r'\w+ title="(?P<name>[^"]+)"$\n', re.MULTILINE)
    for region in RawFencedCodeBlockLexer(title)(document):
        region.parsed = region.lexemes["source"]
        region.evaluator = write_file
        yield region


SYBIL = Sybil(
    parsers=[
        titled_files,
        PythonCodeBlockParser(),
        CodeBlockParser(language="console", evaluator=run_console),
        *(
            CodeBlockParser(
                language=f"console exit={code}",
                evaluator=partial(run_console, wanted_exit=code),
            )
            for code in EXITS
        ),
    ]
)


def parsed(page: Path) -> Document:
    return SYBIL.parse(page)


@pytest.fixture
def workplace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with the samples as a reader has them in a clone, and a home of its own."""
    shutil.copytree(ROOT / "docs" / "samples", tmp_path / "docs" / "samples")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LOANBATCH_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("COLUMNS", "160")
    # `doctor` tells what runs left there that were killed, whosever they were.
    (tmp_path / "tmp").mkdir()
    monkeypatch.setenv("TMPDIR", str(tmp_path / "tmp"))
    monkeypatch.setenv("PATH", str(Path(sys.executable).parent) + os.pathsep + os.environ["PATH"])
    return tmp_path


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_examples_run_as_printed(page: Path, workplace: Path) -> None:
    for example in parsed(page).examples():
        example.evaluate()


@pytest.fixture
def object_storage(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A server in place of Amazon's, with the bucket of the page."""
    moto = pytest.importorskip("moto.server", reason="needs the dependency group `tests`")
    s3fs = pytest.importorskip("s3fs", reason="needs the dependency group `tests`")
    server = moto.ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    address = "http://{}:{}".format(*server.get_host_and_port())
    monkeypatch.setenv("AWS_ENDPOINT_URL", address)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "a")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "b")
    s3fs.S3FileSystem(endpoint_url=address).mkdir("loan-originals")
    yield
    server.stop()


def test_postgresql_and_object_storage_examples_run_as_printed(
    workplace: Path,
    monkeypatch: pytest.MonkeyPatch,
    postgres_server: Any,
    postgres_url: str,
    object_storage: None,
) -> None:
    # `export` in an example ends with its shell: this stands for what it sets.
    monkeypatch.setenv("LOANBATCH_DATABASE", postgres_url)
    monkeypatch.setenv("PATH", f"{postgres_server.programs}{os.pathsep}{os.environ['PATH']}")
    for example in parsed(ROOT / "docs" / "how-to" / "use-postgresql.md").examples():
        if "LOANBATCH_OBJECTS" in example.parsed:
            monkeypatch.setenv("LOANBATCH_OBJECTS", "s3://loan-originals/kept")
        example.evaluate()


def test_webhook_examples_run_as_printed(
    workplace: Path, monkeypatch: pytest.MonkeyPatch, all_installed: None
) -> None:
    pytest.importorskip("standardwebhooks", reason="needs the dependency group `tests`")
    with socket.socket() as probe:  # another port than the page's, which may be taken
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    monkeypatch.setenv("PORT", str(port))
    for example in parsed(ROOT / "docs" / "how-to" / "receive-webhooks.md").examples():
        example.evaluate()
        if "new-secret" in example.parsed:  # `export` in an example ends with its shell
            secret = (workplace / "secret.txt").read_text("ascii").strip()
            monkeypatch.setenv("LOANBATCH_WEBHOOKS_SECRET", secret)
        if "loanbatch.toml" in example.region.lexemes.get("name", ""):
            monkeypatch.setenv("LOANBATCH_WEBHOOKS_URL", f"http://127.0.0.1:{port}/loanbatch")


def test_console_example_that_prints_something_else_is_noticed(workplace: Path) -> None:
    page = workplace / "page.md"
    page.write_text("```console\n$ echo one\ntwo\n```\n")

    (example,) = parsed(page).examples()
    with pytest.raises(AssertionError, match="expected"):
        example.evaluate()


def test_console_example_with_another_exit_code_is_noticed(workplace: Path) -> None:
    page = workplace / "page.md"
    page.write_text("```console exit=3\n$ true\n```\n")

    (example,) = parsed(page).examples()
    with pytest.raises(AssertionError, match="ended with 0, not 3"):
        example.evaluate()


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="no systemd here")
def test_units_of_the_nightly_run_are_units(workplace: Path) -> None:
    for example in parsed(ROOT / "docs" / "how-to" / "run-every-night.md").examples():
        if str(example.region.lexemes.get("name", "")).endswith((".service", ".timer")):
            example.evaluate()
    service = workplace / "loanbatch-nightly.service"
    text = service.read_text(encoding="utf-8")
    # What it runs has to be there to be found good.
    service.write_text(text.replace("/opt/loanbatch/bin/loanbatch", sys.executable))

    units = [str(service), str(workplace / "loanbatch-nightly.timer")]
    done = subprocess.run(
        ["systemd-analyze", "verify", *units], capture_output=True, text=True, check=False
    )

    assert (done.returncode, done.stderr) == (0, "")
