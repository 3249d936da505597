"""Inputs become sources: what is listed, in which order, and what is said of the rest."""

import hashlib
import io
import os
import socket
import tracemalloc
import unicodedata
import zipfile
from pathlib import Path

import fsspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from loanbatch import Settings
from loanbatch.errors import (
    NotAFileError,
    NotFoundError,
    SourceUnavailableError,
    TooLargeError,
    UnreadableError,
)
from loanbatch.models import Source
from loanbatch.sources import (
    hash_source,
    list_files,
    list_sources,
    read_location,
    source_from_bytes,
)


@pytest.fixture
def folder(tmp_path):
    inputs = tmp_path / "in"
    (inputs / "deep").mkdir(parents=True)
    for name in ("b.pdf", "a.PDF", "deep/c.pdf", "no_ending", "notes.txt", ".hidden.pdf"):
        (inputs / name).write_bytes(name.encode())
    return inputs


@pytest.fixture
def listed(tmp_path):
    """Return a function that lists inputs as (name, code of the error)."""

    def run(*inputs, home=tmp_path / "home"):
        found = list_sources([str(item) for item in inputs], settings=Settings(home=home))
        return [(i.source.file_name, i.error and i.error.error_code) for i in found]

    return run


def test_folder_is_searched_to_the_bottom_by_name(listed, folder):
    assert listed(folder) == [
        ("a.PDF", None),
        ("b.pdf", None),
        ("c.pdf", None),
        ("no_ending", None),
    ]


def test_file_that_was_named_is_taken_whatever_its_ending(listed, folder):
    assert listed(folder / "notes.txt") == [("notes.txt", None)]


def test_inputs_keep_their_order(listed, folder):
    assert listed(folder / "b.pdf", folder / "a.PDF") == [("b.pdf", None), ("a.PDF", None)]


@pytest.mark.parametrize(
    ("pattern", "names"),
    [
        ("*.pdf", ["b.pdf"]),
        ("**/*.pdf", ["b.pdf", "c.pdf"]),
        ("*", ["a.PDF", "b.pdf", "c.pdf", "no_ending"]),
        ("*.txt", ["notes.txt"]),
        ("[ab].*", ["a.PDF", "b.pdf"]),
    ],
)
def test_glob_pattern_lists_what_matches(listed, folder, pattern, names):
    assert listed(folder / pattern) == [(name, None) for name in names]


def test_name_that_exists_is_no_pattern(listed, tmp_path):
    (tmp_path / "scan[1].pdf").write_bytes(b"x")

    assert listed(tmp_path / "scan[1].pdf") == [("scan[1].pdf", None)]


def test_what_cannot_be_used_is_listed_with_its_error(listed, tmp_path):
    (tmp_path / "empty").mkdir()
    os.mkfifo(tmp_path / "pipe.pdf")
    (tmp_path / "loop.pdf").symlink_to("loop.pdf")

    assert listed(tmp_path / "nothing.pdf") == [("nothing.pdf", "not_found")]
    assert listed(tmp_path / "empty") == [("empty", "not_found")]
    assert listed(tmp_path / "*.tiff") == [("*.tiff", "not_found")]
    assert listed(tmp_path / "pipe.pdf") == [("pipe.pdf", "not_a_file")]
    assert listed(tmp_path / "loop.pdf") == [("loop.pdf", "not_found")]
    assert listed(tmp_path / "null\0.pdf") == [("null_.pdf", "not_found")]


def test_links_that_lead_back_are_followed_once(listed, folder):
    (folder / "deep" / "up").symlink_to(folder)

    assert len(listed(folder)) == 4


def test_home_is_no_input(listed, folder):
    home = folder / "home"
    home.mkdir()
    (home / "stored.pdf").write_bytes(b"x")

    assert "stored.pdf" not in dict(listed(folder, home=home))


def test_files_are_listed_as_they_are(folder):
    found = list(list_files([folder / "b.pdf", folder, folder / "*.pdf", str(folder / "x.pdf")]))

    assert [i.error and i.error.error_code for i in found] == [
        None,
        "not_a_file",
        "not_found",
        "not_found",
    ]


def test_listing_is_lazy(folder):
    found = list_sources([str(folder / "b.pdf"), str(folder / "nowhere")], settings=Settings())

    assert next(found).source.file_name == "b.pdf"


# Manifests


@pytest.fixture
def manifest(tmp_path):
    (tmp_path / "a.pdf").write_bytes(b"a")
    (tmp_path / "b.pdf").write_bytes(b"b")

    def run(text, name="list.csv"):
        (tmp_path / name).write_text(text, encoding="utf-8")
        found = list_sources([str(tmp_path / name)], settings=Settings(home=tmp_path / "home"))
        return [
            (i.source.file_name, i.source.loan_id, i.source.priority, i.error and i.error.message)
            for i in found
        ]

    return run


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("list.csv", "file,loan,priority\na.pdf,L-1,2\nb.pdf,,\n"),
        ("list.csv", "\ufefffile;loan;priority;note\na.pdf; L-1 ;2;x\nb.pdf;;;y\n"),
        ("list.csv", "file,loan,priority,property,file_size\na.pdf,L-1,2,x,1\nb.pdf,,,,\n"),
        ("list.csv", "Priority\tFILE\tLoan\n2\ta.pdf\tL-1\n\tb.pdf\t\n"),
        (
            "list.jsonl",
            '{"file": "a.pdf", "loan": "L-1", "priority": 2}\n\n{"file": "b.pdf"}\n',
        ),
    ],
)
def test_manifest_tells_file_loan_and_priority(manifest, name, text):
    assert manifest(text, name) == [("a.pdf", "L-1", 2, None), ("b.pdf", None, None, None)]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("loan\nL-1\n", "list.csv: a manifest needs a column `file` (others: loan, priority)"),
        ("file,lona\na.pdf,1\n", "list.csv: unknown column `lona`; did you mean `loan`?"),
        (
            "file,property\na.pdf,1\n",
            "list.csv: unknown column `property`; did you mean `priority`? If not, add an empty",
        ),
        ("file\n", "list.csv: the manifest lists no file"),
        ("", "list.csv: the manifest lists no file"),
        (
            "file,priority\na.pdf,urgent\n",
            "list.csv, line 2: `priority` must be a whole number from -100 to 100, or low, normal",
        ),
        ("file,priority\na.pdf,101\n", "list.csv, line 2: `priority` must be a whole number"),
        ("file,loan\n,L-1\n", "list.csv, line 2: no `file` given"),
        ('file\n"a.pdf\n', "list.csv, line 2: the line is no CSV"),
        ("file\nc.pdf\n", "c.pdf: no such file"),
    ],
)
def test_wrong_manifest_is_listed_with_its_error(manifest, text, message):
    (found,) = manifest(text)

    assert found[3].startswith(message)


@pytest.mark.parametrize(
    "line", ["not json", "[1]", '{"loan": "L"}', '{"file": 7}', '{"file": ""}']
)
def test_wrong_line_of_json_is_listed_and_the_others_too(manifest, line):
    found = manifest(f'{line}\n{{"file": "b.pdf"}}\n', "list.jsonl")

    assert found[0][3].startswith("list.jsonl, line 1: ")
    assert found[1] == ("b.pdf", None, None, None)


def test_manifest_that_is_not_utf8_is_an_error(tmp_path, listed):
    (tmp_path / "list.csv").write_bytes(b"file\n\xff\xfe.pdf\n")

    assert listed(tmp_path / "list.csv") == [("list.csv", "invalid")]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.text(max_size=60), st.sampled_from(["x.csv", "x.jsonl"]))
def test_any_text_as_a_manifest_is_listed_or_refused(tmp_path, text, name):
    (tmp_path / name).write_text(text, encoding="utf-8", newline="")

    for item in list_sources([str(tmp_path / name)], settings=Settings(home=tmp_path / "h")):
        assert item.source.file_name
        item.source.location.encode()


loans = st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]), min_size=1)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.lists(st.tuples(loans, st.integers(-100, 100)), min_size=1, max_size=5))
def test_manifest_is_read_as_it_was_written(tmp_path, rows):
    import csv

    for number in range(len(rows)):
        (tmp_path / f"{number}.pdf").write_bytes(b"a")
    with (tmp_path / "list.csv").open("w", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream)
        writer.writerow(["file", "loan", "priority"])
        writer.writerows((f"{number}.pdf", *row) for number, row in enumerate(rows))

    found = list_sources([str(tmp_path / "list.csv")], settings=Settings(home=tmp_path / "h"))

    assert [(item.source.loan_id, item.source.priority) for item in found] == rows


def test_location_that_comes_again_is_listed_once(tmp_path, listed):
    (tmp_path / "a.pdf").write_bytes(b"a")
    (tmp_path / "b.pdf").write_bytes(b"b")

    found = listed(tmp_path, tmp_path / "a.pdf", tmp_path / "." / "b.pdf", tmp_path / "*.pdf")

    assert found == [("a.pdf", None), ("b.pdf", None)]


def test_location_that_comes_again_with_another_loan_is_listed_again(tmp_path, listed):
    (tmp_path / "a.pdf").write_bytes(b"a")
    (tmp_path / "list.csv").write_text("file,loan\na.pdf,L1\na.pdf,L1\na.pdf,L2\na.pdf,\n")

    found = list_sources([tmp_path / "list.csv"], settings=Settings(home=tmp_path / "h"))

    assert [item.source.loan_id for item in found] == ["L1", "L2"]


# Addresses


@pytest.fixture
def memory():
    files = fsspec.filesystem("memory")
    files.pipe({"/loans/a.pdf": b"aa", "/loans/deep/b.pdf": b"b", "/loans/c.txt": b"c"})
    yield files
    files.rm("/loans", recursive=True)


def test_objects_are_listed_and_read(memory, listed):
    assert listed("memory://loans/a.pdf") == [("a.pdf", None)]
    assert listed("memory://loans") == [("a.pdf", None), ("b.pdf", None)]
    assert listed("memory://loans/*.pdf") == [("a.pdf", None)]
    assert listed("memory://loans/x.pdf") == [("x.pdf", "not_found")]
    assert read_location("memory://loans/a.pdf") == b"aa"


def test_files_inside_an_archive_are_listed(tmp_path, listed):
    with zipfile.ZipFile(tmp_path / "loans.zip", "w") as archive:
        archive.writestr("a.pdf", b"a")

    assert listed(f"zip://*.pdf::{tmp_path}/loans.zip") == [("a.pdf", None)]


def test_file_address_is_a_path(folder, listed):
    assert listed(f"file://{folder}/b.pdf") == [("b.pdf", None)]


def test_unknown_protocol_is_an_error_without_the_address(tmp_path):
    (found,) = list_sources(["nope://user:hunter2@host/a.pdf"], settings=Settings(home=tmp_path))

    assert found.error.error_code == "unreadable"
    assert "hunter2" not in found.error.message


def test_objects_are_processed_in_workers(make_handler, memory):
    with make_handler() as handler:
        summary = handler.process(["memory://loans/c.txt"])

    assert summary.results[0].source == "memory://loans/c.txt"
    assert summary.results[0].error_code is None


# Reading


def test_hash_is_that_of_the_bytes(tmp_path):
    (tmp_path / "a.pdf").write_bytes(b"abc")
    (item,) = list_files([tmp_path / "a.pdf"])

    source = hash_source(item.source)

    assert source.sha256 == hashlib.sha256(b"abc").hexdigest()
    assert (source.size, source.content) == (3, None)


def test_huge_file_is_not_held_in_memory_to_be_hashed(tmp_path):
    with (tmp_path / "huge.pdf").open("wb") as stream:
        stream.truncate(256 << 20)  # a hole: takes no space
    (item,) = list_files([tmp_path / "huge.pdf"])
    tracemalloc.start()

    source = hash_source(item.source)

    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert source.size == 256 << 20
    assert peak < 16 << 20


def test_file_without_end_in_sight_is_refused_unread(tmp_path):
    with (tmp_path / "hole.pdf").open("wb") as stream:
        try:
            stream.truncate(8 << 40)
        except OSError:
            pytest.skip("the file system has no files of terabytes")
    (item,) = list_files([tmp_path / "hole.pdf"])

    for read in (lambda: hash_source(item.source), lambda: read_location(item.source.location)):
        with pytest.raises(TooLargeError, match=r"hole\.pdf: more than 1024 MB"):
            read()


def test_source_that_goes_on_and_on_is_given_up(monkeypatch):
    class Endless(io.RawIOBase):
        def readable(self):
            return True

        def readinto(self, buffer):
            return len(buffer)

    monkeypatch.setattr("loanbatch.sources._reading.MOST_BYTES", 1 << 24)
    monkeypatch.setattr("loanbatch.sources._reading.open_location", lambda _: Endless())

    with pytest.raises(TooLargeError):
        hash_source(Source(file_name="a.pdf", location="https://a/b", reader=read_location))


def test_reading_says_what_is_wrong(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(tmp_path / "socket"))
        for name, error in {
            "none": NotFoundError,
            ".": NotAFileError,
            "pipe": NotAFileError,
            "socket": NotAFileError,
        }.items():
            with pytest.raises(error):
                read_location(str(tmp_path / name))


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_file_that_may_not_be_read_is_unreadable(tmp_path):
    (tmp_path / "a.pdf").write_bytes(b"a")
    (tmp_path / "a.pdf").chmod(0)

    with pytest.raises(UnreadableError):
        read_location(str(tmp_path / "a.pdf"))


def test_device_is_not_read():
    with pytest.raises(NotAFileError, match="null is a device"):
        read_location("/dev/null")


def test_error_of_a_reader_is_ours():
    def reader(_):
        raise ConnectionError("https://user:hunter2@host")

    with pytest.raises(SourceUnavailableError) as caught:
        hash_source(Source(file_name="a.pdf", location="x", reader=reader))
    assert "hunter2" not in caught.value.message


@given(st.text())
def test_name_of_bytes_has_no_folders_and_can_be_printed(name):
    source = source_from_bytes(name, b"x")

    assert source.file_name
    assert "/" not in source.file_name
    assert not {unicodedata.category(c) for c in source.file_name} & {"Cc", "Cs", "Zl", "Zp"}
    source.file_name.encode()


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.sets(st.from_regex(r"[a-z]{1,3}(/[a-z]{1,3}){0,2}", fullmatch=True), max_size=6))
def test_folder_is_listed_completely_and_in_order(tmp_path_factory, names):
    folder = tmp_path_factory.mktemp("tree")
    for name in names:
        path = folder / f"{name}.pdf"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"x")

    found = [
        Path(item.source.location).relative_to(folder).as_posix()
        for item in list_sources([str(folder)], settings=Settings(home=folder / ".home"))
        if item.error is None
    ]

    assert sorted(found) == sorted(f"{name}.pdf" for name in names)
    assert found == sorted(found, key=lambda path: path.split("/"))
