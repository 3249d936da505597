"""Pictures that claim to be huge, lead in circles, or are of kinds that few programs write."""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any

from loanbatch.testing.hostile._writing import one_page

_SIDE = 600
#: Number, type (4: 32-bit whole number) and value of a tag.
_Tag = tuple[int, int]


def pictures() -> Iterator[tuple[str, Callable[[], bytes]]]:
    """Give names and makers."""
    yield from _pngs()
    yield from _jpegs()
    yield from _tiffs()
    yield from _kinds()


def chunk(kind: bytes, data: bytes) -> bytes:
    """Return a chunk of a PNG."""
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(
    side: int, data: bytes, *chunks: bytes, depth: int = 8, colour: int = 0, interlaced: int = 0
) -> bytes:
    """Return a PNG with more chunks before its picture."""
    header = struct.pack(">IIBBBBB", side, side, depth, colour, 0, 0, interlaced)
    parts = (chunk(b"IHDR", header), *chunks, chunk(b"IDAT", zlib.compress(data, 9)))
    return b"\x89PNG\r\n\x1a\n" + b"".join((*parts, chunk(b"IEND", b"")))


def _pngs() -> Iterator[tuple[str, Callable[[], bytes]]]:
    small = bytes(100 * 101)
    packed = zlib.compress(bytes(300_000_000), 9)
    yield "900-megapixels.png", lambda: png(30_000, bytes(30_001 * 1000))
    yield "81-megapixels.png", lambda: png(9_000, bytes(9_001 * 9_000))
    yield (
        "text-chunk-of-300-megabytes.png",
        lambda: png(100, small, chunk(b"zTXt", b"a\0\0" + packed)),
    )
    yield "profile-of-300-megabytes.png", lambda: png(100, small, chunk(b"iCCP", b"a\0\0" + packed))
    yield "million-texts.png", lambda: png(100, small, chunk(b"tEXt", b"a\0b") * 500_000)
    yield (
        "claims-four-billion-frames.png",
        lambda: png(100, small, chunk(b"acTL", struct.pack(">II", 2**32 - 1, 0))),
    )
    yield "palette-without-colours.png", lambda: png(100, small, colour=3)
    yield "16-bit.png", lambda: png(100, bytes(100 * 201), depth=16)
    yield "16-bit-with-alpha.png", lambda: png(100, bytes(100 * 801), depth=16, colour=6)
    yield "interlaced.png", lambda: png(8, bytes(2 + 2 + 6 + 6 + 10 + 20 + 36), interlaced=1)
    yield "interlaced-without-its-pixels.png", lambda: png(9_000, b"x", interlaced=1)
    yield "no-size.png", lambda: png(0, b"")
    yield "unpacks-to-more-than-its-pixels.png", lambda: png(100, bytes(300_000_000))


def sound_jpeg() -> bytes:
    """Return a white JPEG."""
    return _saved("JPEG", "L")


def _segment(mark: int, data: bytes) -> bytes:
    return bytes((0xFF, mark)) + struct.pack(">H", len(data) + 2) + data


def _jpegs() -> Iterator[tuple[str, Callable[[], bytes]]]:
    yield "4-gigapixels.jpg", lambda: _frame(65_000, 1)
    yield "100-megapixels-of-few-bytes.jpg", lambda: _frame(10_000, 1)
    yield "passes-without-end.jpg", lambda: _frame(9_000, 2000)
    yield (
        "profile-of-16-megabytes.jpg",
        lambda: _with_segments(
            *(
                _segment(0xE2, b"ICC_PROFILE\0" + bytes((n, 255)) + bytes(65_000))
                for n in range(1, 256)
            )
        ),
    )
    yield "comments-without-end.jpg", lambda: _with_segments(_segment(0xFE, bytes(65_000)) * 500)
    for value in (0, 9, 65_535):
        yield f"turned-in-way-{value}.jpg", partial(_turned, value)
    yield "exif-in-a-loop.jpg", lambda: _with_exif(_tags(((34665, 8), (34853, 8)), then=8))
    yield "exif-of-65535-tags.jpg", lambda: _with_exif(b"II*\0\x08\0\0\0\xff\xff" + bytes(60_000))
    yield "preview-in-itself.jpg", lambda: _with_exif(_tags(((513, 0), (514, 2**32 - 1))))


def _frame(side: int, passes: int) -> bytes:
    """Return a JPEG that claims a size, with so many passes over no data."""
    table = _segment(0xDB, bytes((0, *[1] * 64)))
    size = b"\x08" + struct.pack(">HH", side, side) + b"\x01\x01\x11\x00"
    codes = _segment(0xC4, b"\x00\x01" + bytes(16)) + _segment(0xC4, b"\x10\x01" + bytes(16))
    kind = 0xC0 if passes == 1 else 0xC2
    first = _segment(
        0xDA, b"\x01\x01\x00\x00\x3f\x00" if passes == 1 else b"\x01\x01\x00\x00\x00\x00"
    )
    more = _segment(0xDA, b"\x01\x01\x00\x01\x3f\x00") + b"\x00"
    scans = first + b"\x00" + more * (passes - 1)
    return b"\xff\xd8" + table + _segment(kind, size) + codes + scans + b"\xff\xd9"


def _with_segments(*segments: bytes) -> bytes:
    return b"\xff\xd8" + b"".join(segments) + sound_jpeg()[2:]


def _with_exif(exif: bytes) -> bytes:
    return _with_segments(_segment(0xE1, b"Exif\0\0" + exif))


def _turned(way: int) -> bytes:
    return _with_exif(_tags(((274, way),)))


def _tags(tags: Sequence[_Tag], *, then: int = 0) -> bytes:
    entries = b"".join(struct.pack("<HHLL", tag, 4, 1, value) for tag, value in tags)
    return b"II*\0\x08\0\0\0" + struct.pack("<H", len(tags)) + entries + struct.pack("<L", then)


def tiff(frames: int, *more: _Tag, side: int = 10, then: int = 0) -> bytes:
    """Return a TIFF of frames that share one strip of 100 bytes.

    Args:
        frames: How many.
        more: Tags in place of, or beside, the usual ones.
        side: In pixels.
        then: Where the directory behind the last one stands.
    """
    tags = {256: side, 257: side, 258: 8, 259: 1, 262: 1, 273: 8, 277: 1, 278: side, 279: 100}
    tags.update(more)
    entries = b"".join(struct.pack("<HHLL", tag, 4, 1, tags[tag]) for tag in sorted(tags))
    length = 2 + len(entries) + 4
    out = bytearray(b"II*\0" + struct.pack("<L", 108) + bytes(100))
    for frame in range(1, frames + 1):
        following = 108 + frame * length if frame < frames else then
        out += struct.pack("<H", len(tags)) + entries + struct.pack("<L", following)
    return bytes(out)


def _tiffs() -> Iterator[tuple[str, Callable[[], bytes]]]:
    yield "has-10000-frames.tif", lambda: tiff(10_000)
    yield "has-100000-frames.tif", lambda: tiff(100_000)
    yield "frames-in-a-loop.tif", lambda: tiff(2, then=108)
    yield "frame-behind-the-end.tif", lambda: tiff(1, then=2**32 - 8)
    yield "directory-in-itself.tif", lambda: tiff(1, (330, 108), (34665, 108))
    yield "3600-megapixels.tif", lambda: tiff(1, side=60_000)
    yield "81-megapixels-of-100-bytes.tif", lambda: tiff(1, side=9_000)
    yield "65535-colours.tif", lambda: tiff(1, (277, 65_535), (258, 65_535))
    yield "strip-of-four-gigabytes.tif", lambda: tiff(1, (279, 2**32 - 1))
    yield "strips-of-no-row.tif", lambda: tiff(1, (278, 0))
    yield (
        "tiles-of-one-pixel.tif",
        lambda: tiff(1, (322, 1), (323, 1), (324, 8), (325, 1), side=9_000),
    )
    for name, method in (
        ("lzw", 5),
        ("jpeg", 7),
        ("deflate", 8),
        ("fax", 4),
        ("packbits", 32773),
        ("unknown", 4711),
    ):
        yield f"{name}-of-zeros.tif", partial(tiff, 1, (259, method), side=9_000)
    yield "50-frames-of-81-megapixels.tif", _large_frames


def _large_frames() -> bytes:
    """Return frames of white that are tiny in the file and large in memory."""
    data = zlib.compress(b"\xff" * 81_000_000, 9)
    content = tiff(50, (259, 8), (273, 108 + 50 * 114), (279, len(data)), side=9_000)
    return content + data


def _saved(format_name: str, mode: str, *, progressive: bool = False) -> bytes:
    from PIL import Image

    out = io.BytesIO()
    whites: dict[str, Any] = {"1": 1, "I;16": 65_535, "F": 1.0, "CMYK": (0, 0, 0, 0)}
    white = whites.get(mode, "white")
    Image.new(mode, (_SIDE, _SIDE), white).save(out, format_name, progressive=progressive)
    return out.getvalue()


def _kinds() -> Iterator[tuple[str, Callable[[], bytes]]]:
    yield "cmyk.jpg", lambda: _saved("JPEG", "CMYK")
    yield "progressive.jpg", lambda: _saved("JPEG", "RGB", progressive=True)
    yield "animated.png", lambda: _animated("PNG")
    yield "several.jpg", lambda: _animated("MPO")
    for mode in ("1", "I;16", "F", "CMYK", "LAB"):
        name = mode.replace(";", "-").lower()
        yield f"{name}.tif", partial(_saved, "TIFF", mode)
    yield "pdf-called-picture.png", lambda: one_page(b"")


def _animated(format_name: str) -> bytes:
    from PIL import Image

    frames = [Image.new("RGB", (_SIDE, _SIDE), (255, 255, 255 - n)) for n in range(3)]
    out = io.BytesIO()
    frames[0].save(out, format_name, save_all=True, append_images=frames[1:])
    return out.getvalue()
