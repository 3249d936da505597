"""Files made to do harm, and files damaged in the wild: read, or failed with a class and code.

The bombs are made by code. Of some the engines can only die: the isolated executor bears it.
"""

from __future__ import annotations

import faulthandler
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from loanbatch import BatchProcessingHandler
from loanbatch.errors import ErrorType
from loanbatch.results import BatchProcessingResult, ResultStatus
from loanbatch.settings import Settings
from loanbatch.testing.hostile import hostile_files

CORPUS = Path(__file__).parents[3] / "shared" / "hostile"
#: Every so many-th file of the corpus is tried.
SAMPLE = 1 if "TEST_MUTATIONS" in os.environ else 3

#: The codes with which any odd file may end: read, without text, or refused.
ANY = frozenset({None, "no_text", "corrupt", "empty", "encrypted"})
#: The codes of files of which the engines can only die, or would not come to an end.
DIES = frozenset({"out_of_memory", "timeout", "worker_crashed"})
#: How files end whose sort can be told before the work, by error code.
REFUSED = {
    "too_many_pages": (
        "has-10000-pages.pdf has-50000-pages.pdf page-a-thousand-times.pdf has-10000-frames.tif"
        " has-100000-frames.tif"
    ),
    "too_large": (
        "900-megapixels.png 4-gigapixels.jpg 3600-megapixels.tif larger-than-allowed.pdf"
    ),
    "unsupported_type": "gif-then-pdf.pdf program-then-pdf.pdf zip-then-pdf.pdf",
    "empty": "empty.pdf pages-are-no-pages.pdf",
    "encrypted": "encrypted-by-itself.pdf encrypted-in-no-known-way.pdf",
    "corrupt": (
        "65535-colours.tif 81-megapixels-of-100-bytes.tif brackets.pdf digits.pdf"
        " catalog-that-is-its-pages.pdf interlaced-without-its-pixels.png marks-of-an-end.pdf"
        " marks-of-objects.pdf marks-of-pages.pdf marks-of-pdfs.pdf no-size.png"
        " page-tree-in-itself.pdf page-trees-in-each-other.pdf passes-without-end.jpg"
        " profile-of-300-megabytes.png strip-of-four-gigabytes.tif text-chunk-of-300-megabytes.png"
        " zeros-behind-the-mark.pdf"
    ),
}
ENDS = {name: code for code, names in REFUSED.items() for name in names.split()}
#: Files that take the engines longer than all the others together: each is tried when all are.
LONG = {
    "100-megapixels-of-few-bytes.jpg",
    "3-million-words.pdf",
    "300-megabytes-compressed-thrice.pdf",
    "50-frames-of-81-megapixels.tif",
    "81-megapixels.png",
    "contents-a-hundred-thousand-times.pdf",
    "form-in-itself.pdf",
    "image-of-900-megapixels.pdf",
    "image-two-thousand-times.pdf",
    "letters-of-200000-strokes.pdf",
    "mesh-of-200000-patches.pdf",
    "million-curves-to-cut-by.pdf",
    "million-cuts.pdf",
    "million-lines-on-the-whole-page.pdf",
    "million-texts.png",
    "no-table-and-half-a-million-objects.pdf",
    "pattern-in-itself.pdf",
    "program-of-a-million-steps.pdf",
}
#: Files that show in any run how a worker's death is borne.
DEADLY = {"ten-million-forms.pdf": {"out_of_memory"}, "endless-pattern.pdf": {"timeout"}}
#: Whether all files are tried, of which some take minutes.
ALL = "TEST_MUTATIONS" in os.environ
BOMBS = {file.file_name: file.make for file in hostile_files() if ALL or file.file_name not in LONG}

GOOD = BOMBS["program-to-launch.pdf"]()


def settings_for(home: Path, *, seconds: float) -> Settings:
    return Settings(
        home=home, executor="isolated", workers=2, timeout_seconds=seconds, memory_limit_mb=1024
    )


def run(home: Path, paths: list[Path], *, seconds: float) -> dict[str, BatchProcessingResult]:
    handler = BatchProcessingHandler(settings_for(home, seconds=seconds))
    summary = handler.process_batch_from_paths([str(path) for path in paths])
    return {result.file_name: result for result in summary.results}


@pytest.fixture(scope="module")
def bombed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, BatchProcessingResult]:
    """The results of one job over all bombs, good documents between them."""
    folder = tmp_path_factory.mktemp("bombs")
    paths = []
    for number, (name, make) in enumerate(BOMBS.items()):
        paths += [folder / name, folder / f"good-{number}.pdf"]
        paths[-2].write_bytes(make())
        paths[-1].write_bytes(GOOD + b"%% %d\n" % number)
    faulthandler.disable()  # pytest's; it would tell of each worker that is meant to die
    try:
        return run(tmp_path_factory.mktemp("home"), paths, seconds=10)
    finally:
        faulthandler.enable()


@pytest.mark.parametrize("name", BOMBS)
def test_bomb_ends_as_expected(bombed: dict[str, BatchProcessingResult], name: str) -> None:
    result = bombed[name]

    others = ANY | DIES if name in LONG else ANY
    allowed = {ENDS[name]} if name in ENDS else DEADLY.get(name, others)
    assert result.error_code in allowed


@pytest.mark.parametrize(
    "name", ["two-pdfs.pdf", "jpeg-then-pdf.jpg", "animated.png", "bomb-attached.pdf"]
)
def test_file_of_which_a_part_is_not_read_is_no_silent_success(
    bombed: dict[str, BatchProcessingResult], name: str
) -> None:
    result = bombed[name]

    assert result.status is ResultStatus.FAILED or result.needs_review


def test_documents_between_bombs_succeed(bombed: dict[str, BatchProcessingResult]) -> None:
    good = [result for name, result in bombed.items() if name.startswith("good-")]

    assert [result.status for result in good] == [ResultStatus.SUCCESS] * len(BOMBS)


def test_failures_say_what_to_do_in_one_line(bombed: dict[str, BatchProcessingResult]) -> None:
    for result in bombed.values():
        message = result.error_message or "fine"
        assert "\n" not in message
        assert len(message) < 300


def children() -> Iterator[int]:
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            parent = entry.joinpath("stat").read_text().rpartition(")")[2].split()[1]
        except OSError:
            continue
        if int(parent) == os.getpid():
            yield int(entry.name)


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="needs /proc")
def test_no_worker_outlives_its_job(tmp_path: Path) -> None:
    before = set(children())
    paths = [tmp_path / "bomb.pdf", tmp_path / "good.pdf"]
    paths[0].write_bytes(BOMBS["ten-million-forms.pdf"]())
    paths[1].write_bytes(GOOD)
    run(tmp_path / "home", paths, seconds=5)

    assert set(children()) <= before


def test_chatter_of_image_libraries_is_kept_from_the_user(tmp_path: Path) -> None:
    (tmp_path / "lzw.tif").write_bytes(BOMBS["lzw-of-zeros.tif"]())
    command = [sys.executable, "-m", "loanbatch", "run", "lzw.tif", "--home", "home"]

    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)

    assert done.returncode == 4
    assert "corrupt" in done.stdout + done.stderr
    assert "not yet in table" not in done.stdout + done.stderr  # libtiff's words


@pytest.mark.skipif(not CORPUS.is_dir(), reason="the corpus of odd files is not there")
def test_odd_files_are_read_or_refused(tmp_path: Path) -> None:
    paths = [path for path in sorted(CORPUS.glob("*/*")) if path.is_file()][::SAMPLE]

    results = run(tmp_path, paths, seconds=30)

    assert len(results) == len(paths)
    unclassified = {
        name: result.error_code
        for name, result in results.items()
        if result.error_type is ErrorType.UNEXPECTED
        or result.error_code in DIES | {"plugin_error", "storage_failed"}
    }
    assert unclassified == {}
