"""Images: how many, how large, and whether all bytes are there; from headers, without decoding.

Only an image whose bytes do not add up is decoded, to see what is left of it.
"""

from __future__ import annotations

import io
import struct
import warnings
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from attrs import evolve

from loanbatch.errors import CorruptError, TooLargeError
from loanbatch.models import Finding, Severity
from loanbatch_plugins.intake import _streams
from loanbatch_plugins.intake._limits import MOST_PIXELS, Judged, Limits

if TYPE_CHECKING:
    from PIL.Image import Image

#: What Pillow raises on odd files (tried with its own collection of them).
_FAILURES = (
    OSError, SyntaxError, ValueError, TypeError, KeyError, IndexError, OverflowError, EOFError,
    RuntimeError, AttributeError, ZeroDivisionError, struct.error, zlib.error,
)  # fmt: skip

_COMPLETE = {"image/png": _streams.png_is_complete, "image/jpeg": _streams.jpeg_is_complete}
#: Passes over the picture of a progressive JPEG; programs make about ten.
_MOST_PASSES = 100
_NOTHING_LEFT = "the image is damaged and nothing of it can be read; scan or export it again"
#: Part of an image's height that must be left for it to be worth reading.
_WORTH_READING = 0.05


def judge_image(content: bytes, media_type: str, limits: Limits) -> Judged:
    """Judge a JPEG, PNG or TIFF.

    Raises:
        TooLargeError: An image has too many pixels.
        TooManyPagesError: A TIFF has too many images.
        CorruptError: Nothing of it can be read.
    """
    with _opened(content) as image:
        if media_type == "image/tiff":
            return _judge_tiff(image, content, limits)
        limits.refuse_pixels(*image.size)
        findings = tuple(_left_unread(image, content))
    if media_type == "image/jpeg" and _streams.has_more_passes(content, _MOST_PASSES):
        raise CorruptError(f"the image has more than {_MOST_PASSES} passes; save or scan it anew")
    if _COMPLETE[media_type](content):
        return Judged(media_type=media_type, page_count=1, content=content, findings=findings)
    judged = _judge_incomplete(content)
    return evolve(judged, findings=(*judged.findings, *findings))


def _left_unread(image: Image, content: bytes) -> Iterator[Finding]:
    """Tell of what else a file holds than the one picture that is read."""
    if image.format == "PNG" and getattr(image, "is_animated", False):
        yield _partly_read("the image is animated and only its first picture is read")
    if b"%PDF-" in content:
        yield _partly_read("the image has a PDF inside or behind it, which is not read")


def _judge_incomplete(content: bytes) -> Judged:
    """Judge an image of which bytes are missing or changed: hand on what can be decoded, as PNG.

    Raises:
        CorruptError: Too little is left.
    """
    with _opened(content) as image:
        picture = _decoded(image)
    left = _part_left(picture)
    if left < _WORTH_READING:
        raise CorruptError(_NOTHING_LEFT)
    out = io.BytesIO()
    picture.save(out, "PNG", compress_level=1)
    finding = _truncated(f"bytes of the image are missing or damaged, about {left:.0%} is left")
    return Judged(media_type="image/png", page_count=1, content=out.getvalue(), findings=(finding,))


def _part_left(picture: Image) -> float:
    """Return the part of the height above what decoders fill in: rows of one colour."""
    from PIL import Image, ImageChops

    grey = picture.convert("L")
    filling = Image.new("L", grey.size, grey.getpixel((0, grey.height - 1)))
    box = ImageChops.difference(grey, filling).getbbox()
    return 0.0 if box is None else box[3] / grey.height


def _decoded(image: Image) -> Image:
    """Return the picture as far as its bytes go, upright."""
    from PIL import ImageFile, ImageOps

    before = ImageFile.LOAD_TRUNCATED_IMAGES
    ImageFile.LOAD_TRUNCATED_IMAGES = True
    try:
        picture = ImageOps.exif_transpose(image)
    finally:
        ImageFile.LOAD_TRUNCATED_IMAGES = before
    return picture if picture.mode in ("1", "L", "LA", "RGB", "RGBA") else picture.convert("RGB")


def _judge_tiff(image: Image, content: bytes, limits: Limits) -> Judged:
    """Judge a TIFF, image by image; those of which bytes are missing are told of, not taken out.

    Raises:
        TooLargeError: An image has too many pixels.
        TooManyPagesError: There are too many images.
        CorruptError: Not one is complete.
    """
    count, bad = 0, []
    findings = []
    try:
        for number in _numbers_of_frames(image, limits.max_pages + 1):
            count = number
            limits.refuse_pages(number, more=True)
            limits.refuse_pixels(*image.size)
            if not _tiff_is_complete(image, len(content)):
                bad.append(number)
    except _FAILURES:
        findings.append(_truncated(f"only the first {count} pages can be found"))
    if len(bad) == count:
        raise CorruptError(_NOTHING_LEFT)
    if bad:
        findings.append(_truncated(f"bytes of page {', '.join(map(str, bad))} are missing"))
    return Judged(
        media_type="image/tiff", page_count=count, content=content, findings=tuple(findings)
    )


def _numbers_of_frames(image: Image, most: int) -> Iterator[int]:
    """Move the image from frame to frame and give their numbers, counting from 1."""
    for number in range(1, most + 1):
        try:
            image.seek(number - 1)
        except EOFError:
            return
        yield number


#: Tags of a TIFF: where the strips or tiles of the picture lie, and how long they are (TIFF 6.0).
_PIECES = ((273, 279), (324, 325))


def _tiff_is_complete(image: Image, size: int) -> bool:
    """Tell whether the pieces of the present image lie inside a file of `size` bytes."""
    tags = getattr(image, "tag_v2", {})
    for at, length in _PIECES:
        if at in tags and length in tags:
            offsets, lengths = _numbers(tags[at]), _numbers(tags[length])
            inside = all(o + n <= size for o, n in zip(offsets, lengths, strict=False))
            return inside and any(lengths)
    return True  # not said; decoding will tell


def _numbers(value: int | tuple[int, ...]) -> tuple[int, ...]:
    return value if isinstance(value, tuple) else (value,)


def _partly_read(what: str) -> Finding:
    return Finding(
        code="partly_read",
        severity=Severity.WARNING,
        message=f"{what}; give the other part as a file of its own",
    )


def _truncated(what: str) -> Finding:
    return Finding(
        code="truncated",
        severity=Severity.WARNING,
        message=f"{what}; scan or copy the file again",
    )


@contextmanager
def _opened(content: bytes) -> Iterator[Image]:
    """Give the image with its header read; whatever goes wrong is the file's fault."""
    import PIL.Image

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of odd tags and sizes; the limits are the judge
            with PIL.Image.open(io.BytesIO(content), formats=("JPEG", "PNG", "TIFF")) as it:
                yield it
    except PIL.Image.DecompressionBombError:
        raise TooLargeError(
            f"an image of more than {MOST_PIXELS} pixels, which is never read; scan with 300 dpi"
        ) from None
    except _FAILURES:
        raise CorruptError("the image cannot be read; scan or export it again") from None
