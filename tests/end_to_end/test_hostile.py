"""Files made to do harm, and files damaged in the wild: read, or failed with a class and code.

The bombs are made here, by code. Of some the engines can only die: the isolated executor bears it.
"""

from __future__ import annotations

import faulthandler
import os
import struct
import subprocess
import sys
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from loanbatch import BatchProcessingHandler
from loanbatch.errors import ErrorType
from loanbatch.results import BatchProcessingResult, ResultStatus
from loanbatch.settings import Settings

CORPUS = Path(__file__).parents[3] / "shared" / "hostile"
#: Every so many-th file of the corpus is tried.
SAMPLE = 3

CATALOG = b"<</Type/Catalog/Pages 2 0 R>>"
FONT = b"/Resources<</Font<</F1<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>>>>>"
PAGE = b"<</Type/Page/Parent 2 0 R/Contents 4 0 R%b>>" % FONT
EMPTY_PAGE = b"<</Type/Page/Parent 2 0 R>>"
SCAN = b"<</Type/Page/Parent 2 0 R/Contents 4 0 R/Resources<</XObject<</X 5 0 R>>>>>>"
DRAW = b"612 0 0 792 0 0 cm /X Do "
FORM = b"/Type/XObject/Subtype/Form/BBox[0 0 612 792]"


def pdf(*objects: bytes, trailer: bytes = b"") -> bytes:
    out = bytearray(b"%PDF-1.5\n")
    offsets = []
    for number, body in enumerate(objects, start=1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%b\nendobj\n" % (number, body)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    out += b"trailer<</Root 1 0 R/Size %d%b>>\n" % (len(objects) + 1, trailer)
    return bytes(out + b"startxref\n%d\n%%%%EOF\n" % start)


def tree(*kids: int, count: int | None = None, box: str = "0 0 612 792") -> bytes:
    names = b" ".join(b"%d 0 R" % kid for kid in kids)
    number = len(kids) if count is None else count
    return b"<</Type/Pages/Kids[%b]/Count %d/MediaBox[%b]>>" % (names, number, box.encode())


def stream(data: bytes, more: bytes = b"", *, compressed: int = 0) -> bytes:
    for _ in range(compressed):
        data = zlib.compress(data, 9)
    filters = b"/Filter[%b]" % (b"/FlateDecode " * compressed) if compressed else b""
    return b"<</Length %d%b%b>>\nstream\n%b\nendstream" % (len(data), filters, more, data)


def one_page(contents: bytes, *, compressed: int = 0, box: str = "0 0 612 792") -> bytes:
    return pdf(CATALOG, tree(3, box=box), PAGE, stream(contents, compressed=compressed))


def scan(image: bytes) -> bytes:
    return pdf(CATALOG, tree(3), SCAN, stream(DRAW), image)


def image(side: int, data: bytes, kind: bytes = b"/FlateDecode", more: bytes = b"") -> bytes:
    size = b"/Width %d/Height %d/ColorSpace/DeviceGray/Filter%b" % (side, side, kind)
    return stream(data, b"/Type/XObject/Subtype/Image" + size + (more or b"/BitsPerComponent 8"))


def nested_forms(depth: int) -> bytes:
    """Forms that each paint the next one ten times: ten to the power of `depth` words."""
    forms = [
        stream(b"/X Do " * 10, FORM + b"/Resources<</XObject<</X %d 0 R>>>>" % number)
        for number in range(6, 5 + depth)
    ]
    words = stream(b"BT /F1 9 Tf (Loan amount) Tj ET", FORM + FONT)
    return pdf(CATALOG, tree(3), SCAN, stream(b"/X Do " * 10), *forms, words)


def endless_pattern() -> bytes:
    """A page filled with tiles a ten-thousandth of a point wide."""
    page = b"<</Type/Page/Parent 2 0 R/Contents 4 0 R/Resources<</Pattern<</P 5 0 R>>>>>>"
    tile = b"/PatternType 1/PaintType 1/TilingType 1/BBox[0 0 1 1]/XStep 0.0001/YStep 0.0001"
    filled = stream(b"/Pattern cs /P scn 0 0 612 792 re f")
    return pdf(CATALOG, tree(3), page, filled, stream(b"0 0 1 1 re f", tile + b"/Resources<<>>"))


def table_that_names_itself() -> bytes:
    content = pdf(CATALOG, tree(3), EMPTY_PAGE)
    return content.replace(b"/Size", b"/Prev %d/Size" % content.rfind(b"xref\n0"))


def page_tree_of_depth(depth: int) -> bytes:
    nodes = [tree(number + 1, count=1) for number in range(2, depth)]
    return pdf(CATALOG, *nodes, EMPTY_PAGE)


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(side: int, data: bytes, *chunks: bytes) -> bytes:
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", side, side, 8, 0, 0, 0, 0))
    parts = (header, *chunks, chunk(b"IDAT", zlib.compress(data, 9)), chunk(b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


def tiff(frames: int, *, side: int = 10, then: int = 0) -> bytes:
    """A TIFF of frames that share one strip of 100 bytes; behind the last comes that at `then`."""
    tags = ((256, side), (257, side), (258, 8), (259, 1), (262, 1))
    tags += ((273, 8), (277, 1), (278, side), (279, 100))
    entries = b"".join(struct.pack("<HHLL", tag, 4, 1, value) for tag, value in tags)
    length = 2 + len(entries) + 4
    out = bytearray(b"II*\0" + struct.pack("<L", 108) + bytes(100))
    for frame in range(1, frames + 1):
        following = 108 + frame * length if frame < frames else then
        out += struct.pack("<H", len(tags)) + entries + struct.pack("<L", following)
    return bytes(out)


def huge_jpeg() -> bytes:
    """A JPEG of a few bytes whose frame claims 65,000 pixels a side."""
    frame = b"\xff\xc0\x00\x0b\x08" + struct.pack(">HH", 65_000, 65_000) + b"\x01\x01\x11\x00"
    return b"\xff\xd8" + frame + b"\xff\xda\x00\x08\x01\x01\x00\x00\x3f\x00" + b"\xff\xd9"


READ = frozenset({None, "no_text"})
DIES = frozenset({"out_of_memory", "timeout", "worker_crashed"})
CORRUPT = frozenset({"corrupt"})

#: What makes a file, and how it may end: by error codes, None for success.
BOMBS: dict[str, tuple[Callable[[], bytes], frozenset[str | None]]] = {
    # More than the page cap or the pixel budget: refused before the work.
    "claims-a-million-pages.pdf": (
        lambda: pdf(CATALOG, tree(3, count=1_000_000), EMPTY_PAGE),
        READ,
    ),
    "has-50000-pages.pdf": (
        lambda: pdf(CATALOG, tree(*range(3, 50_003)), *[EMPTY_PAGE] * 50_000),
        frozenset({"too_many_pages"}),
    ),
    "has-100000-frames.tif": (lambda: tiff(100_000), frozenset({"too_many_pages"})),
    "frames-in-a-loop.tif": (lambda: tiff(2, then=108), READ),
    "900-megapixels.png": (lambda: png(30_000, bytes(30_001 * 1000)), frozenset({"too_large"})),
    "4-gigapixels.jpg": (huge_jpeg, frozenset({"too_large"})),
    "3600-megapixels.tif": (lambda: tiff(1, side=60_000), frozenset({"too_large"})),
    "81-megapixels-of-100-bytes.tif": (lambda: tiff(1, side=9_000), CORRUPT),
    # Drawn within a pixel budget, whatever the page claims.
    "page-of-14400-points.pdf": (lambda: one_page(b"9 9 m 9 99 l S", box="0 0 14400 14400"), READ),
    "page-of-a-billion-points.pdf": (lambda: one_page(b"", box="0 0 1e9 1e9"), READ),
    "page-as-thin-as-a-line.pdf": (lambda: one_page(b"", box="0 0 14400 1"), READ | CORRUPT),
    "image-without-its-pixels.pdf": (lambda: scan(image(60_000, zlib.compress(b"x"))), READ),
    "fax-of-3600-megapixels.pdf": (
        lambda: scan(
            image(
                60_000,
                bytes(100),
                b"/CCITTFaxDecode",
                b"/BitsPerComponent 1/DecodeParms<</K -1/Columns 60000/Rows 60000>>",
            )
        ),
        READ | DIES,
    ),
    # Small files that unpack to large ones.
    "compressed-twice.pdf": (lambda: one_page(b" " * 100_000_000, compressed=2), READ),
    "text-chunk-of-300-megabytes.png": (
        lambda: png(
            100, bytes(10_100), chunk(b"zTXt", b"a\0\0" + zlib.compress(bytes(300_000_000), 9))
        ),
        READ | CORRUPT,
    ),
    "3-million-words.pdf": (
        lambda: one_page(b"BT /F1 9 Tf 9 700 Td " + b"(Loan)Tj " * 3_000_000, compressed=1),
        READ | DIES,
    ),
    "nested-graphics-states.pdf": (lambda: one_page(b"q " * 1_000_000, compressed=1), READ),
    # Structures without end.
    "ten-million-forms.pdf": (lambda: nested_forms(7), DIES),
    "form-in-itself.pdf": (
        lambda: pdf(
            CATALOG,
            tree(3),
            SCAN,
            stream(b"/X Do"),
            stream(b"/X Do /X Do", FORM + b"/Resources<</XObject<</X 5 0 R>>>>"),
        ),
        READ | DIES,
    ),
    "endless-pattern.pdf": (endless_pattern, frozenset({"timeout"})),
    "deep-arrays.pdf": (
        lambda: pdf(CATALOG, tree(3), PAGE[:-2] + b"/X " + b"[" * 500_000 + b">>", stream(b"")),
        READ | CORRUPT,
    ),
    "deep-page-tree.pdf": (lambda: page_tree_of_depth(20_000), READ | CORRUPT),
    "table-that-names-itself.pdf": (table_that_names_itself, READ),
    "page-tree-in-itself.pdf": (lambda: pdf(CATALOG, tree(2, 2, count=2)), CORRUPT),
    # Nothing but one thing.
    "zeros-behind-the-mark.pdf": (lambda: b"%PDF-1.7\n" + bytes(10_000_000), CORRUPT),
    "marks-of-objects.pdf": (lambda: b"%PDF-1.7\n" + b"1 0 obj " * 500_000, CORRUPT),
    "marks-of-an-end.pdf": (lambda: b"%PDF-1.7\n" + b"startxref\n0\n" * 100_000, CORRUPT),
    "larger-than-allowed.pdf": (
        lambda: pdf(CATALOG, tree(3), EMPTY_PAGE) + bytes(51 * 2**20),
        frozenset({"too_large"}),
    ),
    "empty.pdf": (lambda: b"", frozenset({"empty"})),
}

GOOD = one_page(b"BT /F1 12 Tf 72 700 Td (Promissory note, loan amount $250,000.00) Tj ET")


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
    for number, (name, (make, _)) in enumerate(BOMBS.items()):
        paths += [folder / name, folder / f"good-{number}.pdf"]
        paths[-2].write_bytes(make())
        paths[-1].write_bytes(GOOD + b"%% %d\n" % number)
    faulthandler.disable()  # pytest's; it would tell of each worker that is meant to die
    try:
        return run(tmp_path_factory.mktemp("home"), paths, seconds=5)
    finally:
        faulthandler.enable()


@pytest.mark.parametrize("name", BOMBS)
def test_bomb_ends_as_expected(bombed: dict[str, BatchProcessingResult], name: str) -> None:
    result = bombed[name]

    assert result.error_code in BOMBS[name][1]
    assert result.error_type is not ErrorType.UNEXPECTED


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
    paths[0].write_bytes(next(iter(BOMBS.values()))[0]())
    paths[1].write_bytes(GOOD)
    run(tmp_path / "home", paths, seconds=5)

    assert set(children()) <= before


def test_chatter_of_image_libraries_is_kept_from_the_user(tmp_path: Path) -> None:
    content = tiff(1).replace(
        struct.pack("<HHLL", 259, 4, 1, 1), struct.pack("<HHLL", 259, 4, 1, 5)
    )
    (tmp_path / "lzw.tif").write_bytes(content)
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
