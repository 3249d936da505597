"""Small files that unpack to large ones, and files of nothing but one thing."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator
from functools import partial

from loanbatch.testing.hostile._writing import (
    CATALOG,
    EMPTY_PAGE,
    PAGE,
    WORDS,
    image,
    one_page,
    pdf,
    scan,
    stream,
    tree,
)

_FLATE = b"/FlateDecode"


def sizes() -> Iterator[tuple[str, Callable[[], bytes]]]:
    """Give names and makers."""
    yield from _streams()
    yield from _pictures()
    yield from _monotonous()


def _streams() -> Iterator[tuple[str, Callable[[], bytes]]]:
    yield "compressed-twice.pdf", lambda: one_page(b" " * 100_000_000, compressed=2)
    yield "300-megabytes-compressed-thrice.pdf", lambda: one_page(b" " * 300_000_000, compressed=3)
    yield (
        "3-million-words.pdf",
        lambda: one_page(b"BT /F1 9 Tf 9 700 Td " + b"(Loan)Tj " * 3_000_000, compressed=1),
    )
    yield (
        "one-word-of-ten-million-letters.pdf",
        lambda: one_page(b"BT /F1 9 Tf 9 700 Td (" + b"A" * 10_000_000 + b") Tj ET", compressed=1),
    )
    yield (
        "million-words-in-one-place.pdf",
        lambda: one_page(b"BT /F1 9 Tf 9 700 Td " + b"(Loan)Tj 0 0 Td " * 300_000, compressed=1),
    )
    yield (
        "filters-without-end.pdf",
        lambda: pdf(
            CATALOG, tree(3), PAGE, stream(WORDS, b"/Filter[%b]" % (b"/ASCIIHexDecode " * 10_000))
        ),
    )
    yield "unpacked-by-run-lengths.pdf", lambda: pdf(
        CATALOG, tree(3), PAGE,
        stream(zlib.compress(b"\x81 " * 10_000_000, 9), b"/Filter[/FlateDecode/RunLengthDecode]"),
    )  # fmt: skip
    yield "predicted-from-two-billion-columns.pdf", lambda: pdf(
        CATALOG, tree(3), PAGE,
        stream(
            zlib.compress(WORDS),
            b"/Filter/FlateDecode/DecodeParms<</Predictor 12/Columns 2147483647/Colors 32>>",
        ),
    )  # fmt: skip


def _pictures() -> Iterator[tuple[str, Callable[[], bytes]]]:
    side = 60_000
    yield (
        "image-without-its-pixels.pdf",
        lambda: scan(image(side, side, zlib.compress(b"x"), _FLATE)),
    )
    yield (
        "image-of-900-megapixels.pdf",
        lambda: scan(image(30_000, 30_000, zlib.compress(bytes(900_000_000), 1), _FLATE)),
    )
    fax = b"/BitsPerComponent 1/DecodeParms<</K -1/Columns 60000/Rows 60000>>"
    yield (
        "fax-of-3600-megapixels.pdf",
        lambda: scan(image(side, side, bytes(100), b"/CCITTFaxDecode", fax)),
    )
    for name, kind in (
        ("jbig2", b"/JBIG2Decode"),
        ("jpeg2000", b"/JPXDecode"),
        ("jpeg", b"/DCTDecode"),
    ):
        yield (
            f"broken-{name}-of-3600-megapixels.pdf",
            partial(_broken, kind),
        )
    page = b"612 0 0 792 0 0 cm " + b"/X Do " * 2000
    yield (
        "image-two-thousand-times.pdf",
        lambda: scan(image(5_000, 5_000, zlib.compress(bytes(25_000_000), 1), _FLATE)).replace(
            b"612 0 0 792 0 0 cm /X Do", page
        ),
    )


def _broken(filter_: bytes) -> bytes:
    noise = b"\x00\x00\x00\x0cjP  \r\n\x87\n" + bytes(range(256))
    return scan(image(60_000, 60_000, noise, filter_))


def _monotonous() -> Iterator[tuple[str, Callable[[], bytes]]]:
    yield "zeros-behind-the-mark.pdf", lambda: b"%PDF-1.7\n" + bytes(10_000_000)
    yield "marks-of-objects.pdf", lambda: b"%PDF-1.7\n" + b"1 0 obj " * 500_000
    yield "marks-of-an-end.pdf", lambda: b"%PDF-1.7\n" + b"startxref\n0\n" * 100_000
    yield "marks-of-pages.pdf", lambda: b"%PDF-1.7\n" + b"/Type /Page " * 1_000_000
    yield "marks-of-pdfs.pdf", lambda: b"%PDF-1.7\n" * 1_000_000
    yield "digits.pdf", lambda: b"%PDF-1.7\n" + b"1" * 10_000_000
    yield "spaces-between-numbers.pdf", lambda: b"%PDF-1.7\n" + b"1          " * 1_000_000
    yield "brackets.pdf", lambda: b"%PDF-1.7\n" + b"<</A [ ( " * 1_000_000
    yield "larger-than-allowed.pdf", lambda: pdf(CATALOG, tree(3), EMPTY_PAGE) + bytes(51 * 2**20)
    yield "empty.pdf", lambda: b""
