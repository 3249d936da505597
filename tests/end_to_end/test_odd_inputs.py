"""Inputs that are no files, have odd names, or do not hold still while a batch runs over them."""

from __future__ import annotations

import csv
import json
import os
import socket
import subprocess
import sys
import unicodedata
from pathlib import Path

import pytest

from loanbatch import BatchProcessingHandler
from loanbatch.results import BatchProcessingResult, ResultStatus
from loanbatch.settings import Settings

SAMPLES = Path(__file__).parents[2] / "docs" / "samples"
NOTE, STUB = SAMPLES / "promissory-note.pdf", SAMPLES / "paystub.pdf"
#: What comes after the end of a PDF, in bytes that make it another file.
MARKS = (b"%% %d\n" % number for number in range(1_000_000))

#: Names that a file system takes and that nobody should have to see.
ODD_NAMES = (
    b"-rf.pdf",
    b"--help.pdf",
    b" lead and trail .pdf",
    b"new\nline.pdf",
    b"bell\x07 red\x1b[31m clear\x1b[2J.pdf",
    b"c1\xc2\x9b31m.pdf",
    b"not-utf8-\xff\xfe.pdf",
    "turned-\u202efdp.exe.pdf".encode(),
    "zero\u200bwidth\ufeff.pdf".encode(),
    b"*?[a].pdf",
    b"a;rm -rf $HOME`id`|x.pdf",
    b"%s%n%d{0}.pdf",
    b"a/../x.pdf".replace(b"/", b"%2F"),
    b"x" * 251 + b".pdf",
    b"Case.pdf",
    b"case.pdf",
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    inputs = tmp_path / "in"
    inputs.mkdir()
    return inputs


def put(path: Path | bytes, origin: Path = STUB) -> Path:
    """Write a sound document that no other file of this test equals."""
    name = os.fsdecode(path)
    Path(name).write_bytes(origin.read_bytes() + next(MARKS))
    return Path(name)


def run(home: Path, *inputs: Path, plugins: tuple[object, ...] = ()) -> list[BatchProcessingResult]:
    """Process files; plugins may write as much as they like."""
    chosen = tuple(map(str, plugins))
    settings = Settings(home=home, timeout_seconds=60, plugins=chosen, temporary_limit_mb=0)
    handler = BatchProcessingHandler(settings)
    return list(handler.process_batch_from_paths([str(path) for path in inputs]).results)


def command(*arguments: str | bytes | Path, cwd: Path) -> subprocess.CompletedProcess[str]:
    line = [sys.executable, "-m", "loanbatch", *arguments]
    return subprocess.run(line, cwd=cwd, capture_output=True, text=True, check=False)


def ended(folder: Path, *inputs: str | Path) -> dict[str, str | None]:
    """Run the command in a folder and return the error codes by the names of the files."""
    command("run", *inputs, "--home", "home", "--report", "r.json", cwd=folder)
    report = json.loads((folder / "r.json").read_text(encoding="utf-8"))
    return {result["file_name"]: result["error_code"] for result in report["results"]}


def test_what_is_no_file_is_a_line_in_the_results(folder: Path) -> None:
    put(folder / "good.pdf")
    os.mkfifo(folder / "pipe.pdf")
    (folder / "folder.pdf").mkdir()
    (folder / "null.pdf").symlink_to("/dev/null")
    (folder / "zero.pdf").symlink_to("/dev/zero")
    (folder / "loop.pdf").symlink_to("loop.pdf")
    (folder / "gone.pdf").symlink_to("nowhere.pdf")
    (folder / "linked.pdf").symlink_to(put(folder.parent / "outside.pdf"))
    (folder / "below").symlink_to(folder)
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(folder / "socket.pdf"))
        codes = ended(folder.parent, "in")

    assert codes == {
        "good.pdf": None,
        "linked.pdf": None,
        "pipe.pdf": "not_a_file",
        "socket.pdf": "not_a_file",
        "null.pdf": "not_a_file",
        "zero.pdf": "not_a_file",
        "loop.pdf": "not_found",
        "gone.pdf": "not_found",
    }


def test_odd_names_are_processed_and_steer_nothing(folder: Path) -> None:
    for name in ODD_NAMES:
        put(os.fsencode(folder) + b"/" + name)
    reports = ("--report", "r.json", "--report", "r.csv")

    done = command("run", "in", "--home", "home", *reports, cwd=folder.parent)
    shown = command("run", "in", "--home", "home", "--json", cwd=folder.parent)

    assert (done.returncode, shown.returncode) == (0, 0)
    texts = [done.stdout, done.stderr, shown.stdout, shown.stderr]
    texts += [(folder.parent / name).read_bytes().decode() for name in ("r.json", "r.csv")]
    for text in texts:
        controls = {char for char in text if unicodedata.category(char) in {"Cc", "Cf", "Zl", "Zp"}}
        assert controls <= {"\n", "\r"}
    results = json.loads(texts[4])["results"]
    assert [result["status"] for result in results] == ["success"] * len(ODD_NAMES)
    with (folder.parent / "r.csv").open(newline="", encoding="utf-8") as stream:
        assert len({row["file"] for row in csv.DictReader(stream)}) == len(ODD_NAMES)


def test_leading_dash_is_a_file_behind_two_dashes(folder: Path) -> None:
    put(folder / "--help.pdf")

    done = command("run", "--home", "../home", "--", "--help.pdf", cwd=folder)

    assert done.returncode == 0


@pytest.mark.parametrize(
    "name", ["../../etc/passwd.pdf", "..\\..\\x.pdf", "/etc/x.pdf", "C:\\x.pdf", "..", "", "a\0b"]
)
def test_name_of_bytes_leads_nowhere(tmp_path: Path, name: str) -> None:
    handler = BatchProcessingHandler(Settings(home=tmp_path / "in" / "home"))

    summary = handler.process_batch_from_bytes(
        [{"file_name": name, "file_data": STUB.read_bytes()}]
    )

    (result,) = summary.results
    assert result.status is ResultStatus.SUCCESS
    assert not {"/", "\\", "\0"} & set(result.file_name)
    assert {path.name for path in tmp_path.iterdir()} == {"in"}


def test_path_in_a_manifest_is_only_ever_read(folder: Path) -> None:
    outside = put(folder.parent / "outside.pdf")
    lines = ["file,loan", "../outside.pdf,../../x", "../../../../../../etc/shadow,a", "/dev/zero,b"]
    (folder / "m.csv").write_text("\n".join(lines), encoding="utf-8")
    before = outside.read_bytes()

    codes = ended(folder.parent, folder / "m.csv")

    assert codes.pop("outside.pdf") is None
    assert set(codes.values()) <= {
        "not_a_file", "not_found", "unreadable", "unsupported_type"
    }  # fmt: skip
    assert outside.read_bytes() == before
    assert {path.name for path in folder.parent.iterdir()} == {
        "in", "home", "outside.pdf", "r.json"
    }  # fmt: skip


def test_hole_of_terabytes_holds_nobody_up(folder: Path) -> None:
    with (folder / "hole.pdf").open("wb") as stream:
        try:
            stream.truncate(8 << 40)
        except OSError:
            pytest.skip("the file system has no files of terabytes")
    put(folder / "good.pdf")

    assert ended(folder.parent, "in") == {"hole.pdf": "too_large", "good.pdf": None}


#: A plugin that does something to the file at hand when its turn comes.
MEDDLER = """
import os
from pathlib import Path
from urllib.parse import urlsplit
from loanbatch import hookimpl

def meddle(source):
    path = Path(source.location)
    if not path.name.startswith("victim"):
        return
    what = path.stem.partition("-")[2]
    data = path.read_bytes()
    if what == "change":
        path.write_bytes(data.replace(b"%%EOF", b"%%EOf"))
    elif what == "replace":
        path.write_bytes(Path(os.environ["LOANBATCH_TEST_OTHER"]).read_bytes())
    elif what == "grow":
        path.write_bytes(data * 3)
    elif what == "explode":
        os.truncate(path, 8 << 40)
    elif what == "truncate":
        path.write_bytes(data[:100])
    elif what == "empty":
        path.write_bytes(b"")
    elif what == "vanish":
        path.unlink()
    elif what == "folder":
        path.unlink()
        path.mkdir()
    elif what == "pipe":
        path.unlink()
        os.mkfifo(path)

@hookimpl
def {hook}({arguments}):
    {body}
    return None
"""
FATES = ("change", "replace", "grow", "explode", "truncate", "empty", "vanish", "folder", "pipe")
#: Codes that say that the file is another one, or none any more.
TOLD = {"source_changed", "not_found", "not_a_file", "too_large", "empty"}


@pytest.mark.parametrize(
    ("hook", "arguments"),
    [("validate", "source"), ("read_pages", "source"), ("store", "source")],
    ids=["before the worker reads it", "while it is processed", "before it is stored"],
)
def test_file_that_does_not_hold_still_is_never_half_read(
    folder: Path, monkeypatch: pytest.MonkeyPatch, hook: str, arguments: str
) -> None:
    """Either the version that was listed is processed and stored whole, or the failure says so."""
    monkeypatch.setenv("LOANBATCH_TEST_OTHER", str(NOTE))
    plugin = folder.parent / "meddler.py"
    body = {"hook": hook, "arguments": arguments, "body": "meddle(source)"}
    text = MEDDLER
    for key, value in body.items():
        text = text.replace("{" + key + "}", value)
    plugin.write_text(text, encoding="utf-8")
    listed = {f"victim-{fate}.pdf": put(folder / f"victim-{fate}.pdf") for fate in FATES}
    contents = {path.read_bytes() for path in listed.values()}
    good = put(folder / "steady.pdf")

    home = folder.parent / "home"
    results = {r.file_name: r for r in run(home, *listed.values(), good, plugins=(plugin,))}

    assert results["steady.pdf"].status is ResultStatus.SUCCESS
    for name in listed:
        result = results[name]
        assert result.error_code in TOLD | {None}, name
    stored = {p.read_bytes() for p in (home / "objects").rglob("*.pdf")}
    assert stored <= contents | {good.read_bytes()}
    kinds = {document.kind for result in results.values() for document in result.documents}
    assert kinds == {"paystub"}


SPENDTHRIFT = """
import tempfile
from loanbatch import hookimpl

@hookimpl
def extract(document):
    with tempfile.NamedTemporaryFile(delete=False) as stream:
        for _ in range(64):
            stream.write(bytes(2**20))
    return []
"""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no limit on files")
@pytest.mark.parametrize(("megabytes", "finding"), [("8", ["plugin_failed"]), ("100", [])])
def test_worker_cannot_fill_the_disk(
    folder: Path, monkeypatch: pytest.MonkeyPatch, megabytes: str, finding: list[str]
) -> None:
    temporary, plugin = folder.parent / "tmp", folder.parent / "spendthrift.py"
    temporary.mkdir()
    plugin.write_text(SPENDTHRIFT, encoding="utf-8")
    put(folder / "a.pdf")
    # The log is as large as the limit and is written to all the same.
    (folder.parent / "log").write_bytes(b"\n" * 8 * 2**20)
    monkeypatch.setenv("TMPDIR", str(temporary))
    monkeypatch.setenv("LOANBATCH_TEMPORARY_LIMIT_MB", megabytes)
    monkeypatch.setenv("LOANBATCH_PLUGINS", str(plugin))
    monkeypatch.setenv("LOANBATCH_LOG_FILE", str(folder.parent / "log"))

    assert ended(folder.parent, "in") == {"a.pdf": None}

    report = json.loads((folder.parent / "r.json").read_text(encoding="utf-8"))
    found = [item["code"] for item in report["results"][0]["findings"]]
    assert [code for code in found if code == "plugin_failed"] == finding
    assert bool(finding) == (b"plugin" in (folder.parent / "log").read_bytes())
    assert list(temporary.iterdir()) == []


REMOVER = """
import shutil
from loanbatch import hookimpl

@hookimpl
def on_job_started():
    shutil.rmtree(FOLDER)
"""


def test_folder_that_vanishes_between_listing_and_reading(folder: Path) -> None:
    for number in range(3):
        put(folder / f"{number}.pdf")
    plugin = folder.parent / "remover.py"
    plugin.write_text(REMOVER.replace("FOLDER", repr(str(folder))), encoding="utf-8")

    done = command(
        "run", "in", "--home", "home", "--plugin", plugin, "--report", "r.json", cwd=folder.parent
    )

    report = json.loads((folder.parent / "r.json").read_text(encoding="utf-8"))
    assert done.returncode == 4
    assert [result["error_code"] for result in report["results"]] == ["not_found"] * 3
