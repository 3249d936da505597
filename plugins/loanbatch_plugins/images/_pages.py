"""Frames of an image file: their size as displayed, and their pixels for OCR."""

from __future__ import annotations

import io
import math
import struct
import warnings
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from loanbatch.errors import CorruptError, TooLargeError
from loanbatch.models import Page, PageImage
from loanbatch_plugins.images._grey import grey

if TYPE_CHECKING:
    from PIL.Image import Image

#: Pixels of a frame above which it is refused: an A3 sheet at 600 dpi has 70 million.
PIXEL_LIMIT = 150_000_000
#: Pixels of a page with which the OCR engine is at its best for its price (measured): a letter with
#: sides of 2,200 to 3,000.
LEAST_PIXELS, MOST_PIXELS = 3_600_000, 7_000_000
#: Pixels along a side of a long strip, such as a receipt.
LONGEST_SIDE = 10_000
#: Sides in points that a sheet can have, 1 to 20 inches; screenshots and photos claim others.
_PLAUSIBLE = (72.0, 20 * 72.0)
#: Widths in points of pages whose file does not say: US letter, upright and lying.
_UPRIGHT, _LYING = 612.0, 792.0
#: Pixels across an inch per pixels along, at the least: a coarse fax has 204 to 98, or turned.
_LEAST_RATIO = 0.25
#: The Exif tag, and its values that turn the picture by a quarter.
_ORIENTATION, _QUARTER_TURNS = 0x0112, (5, 6, 7, 8)
#: What Pillow raises on odd files (tried with its own collection of them).
_FAILURES = (
    OSError, SyntaxError, ValueError, TypeError, KeyError, IndexError, OverflowError, EOFError,
    RuntimeError, AttributeError, ZeroDivisionError, struct.error, zlib.error,
)  # fmt: skip


def measure(content: bytes, numbers: Sequence[int]) -> list[Page]:
    """Return the pages with these numbers, counting from 1, without text.

    Raises:
        CorruptError: A page is missing or damaged.
        TooLargeError: A page has too many pixels.
    """
    with _opened(content) as image:
        return [_measured(image, number) for number in numbers]


def _measured(image: Image, number: int) -> Page:
    """Return a page; where its frame is damaged one that cannot be drawn, for the others' sake."""
    try:
        width, height = _size_in_points(_frame(image, number))
    except _FAILURES:
        if number == 1:
            raise
        width, height = _UPRIGHT, _UPRIGHT * 11 / 8.5
    return Page(number=number, width=width, height=height)


def draw(content: bytes, number: int) -> PageImage:
    """Return a page in grey, upright, with a long side good for OCR.

    Raises:
        CorruptError: The page is missing or damaged.
        TooLargeError: The page has too many pixels.
    """
    from PIL import Image, ImageOps

    with _opened(content) as image:
        width, height = _size_in_points(_frame(image, number))
        density = _density(image, width, height)
        target = max(1, round(width * density)), max(1, round(height * density))
        image.draft("L", (max(target), max(target)))  # lets JPEG skip work on huge photos
        picture = grey(ImageOps.exif_transpose(image))
        if picture.size != target:
            picture = picture.resize(target, Image.Resampling.LANCZOS)
    return PageImage(
        page_number=number,
        width=target[0],
        height=target[1],
        pixels=picture.tobytes(),
        points_per_pixel=1 / density,
    )


def _density(image: Image, width: float, height: float) -> float:
    """Return the pixels per point to draw with, for a page of this size in points."""
    area = width * height
    # Of a coarse fax the finer direction counts; the other one is stretched.
    finest = max(image.width, image.height) ** 2 / max(width, height) ** 2 * area
    pixels = min(MOST_PIXELS, max(LEAST_PIXELS, image.width * image.height, finest))
    return min(math.sqrt(pixels / area), LONGEST_SIDE / max(width, height))


@contextmanager
def _opened(content: bytes) -> Iterator[Image]:
    """Give the opened image; whatever goes wrong while it is open is an error of the file."""
    import PIL.Image

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of odd tags and sizes; the limit below is the judge
            with PIL.Image.open(io.BytesIO(content), formats=("JPEG", "PNG", "TIFF", "MPO")) as it:
                yield it
    except PIL.Image.DecompressionBombError:
        raise TooLargeError(_too_large()) from None
    except _FAILURES:
        raise CorruptError("the image cannot be decoded; save or scan it anew") from None


def _too_large() -> str:
    return f"the image has more than {PIXEL_LIMIT // 1_000_000} million pixels; scan it smaller"


def _frame(image: Image, number: int) -> Image:
    """Return the image, moved to a frame whose pixels are few enough to load."""
    if number > 1:
        image.seek(number - 1)
    if image.width * image.height > PIXEL_LIMIT:
        raise TooLargeError(_too_large())
    return image


def _size_in_points(image: Image) -> tuple[float, float]:
    """Return width and height of a frame as displayed."""
    across, along = _resolution(image)
    turned = image.getexif().get(_ORIENTATION) in _QUARTER_TURNS
    if turned:
        across, along = along, across
    width, height = image.size
    if turned and image.format != "TIFF":  # a TIFF's size is given as displayed
        width, height = height, width
    points = width * 72 / across, height * 72 / along
    low, high = _PLAUSIBLE
    if low <= min(points) and max(points) <= high:
        return points
    usual = _UPRIGHT if points[1] >= points[0] else _LYING
    return usual, usual * points[1] / points[0]


def _resolution(image: Image) -> tuple[float, float]:
    """Return pixels per inch across and along; of unknown ones only the ratio counts."""
    try:
        across, along = (float(value) for value in image.info.get("dpi", (1, 1)))
    except (TypeError, ValueError, ZeroDivisionError):
        return 1.0, 1.0
    # NaN fails every comparison.
    likely = across > 0 and along > 0 and _LEAST_RATIO <= across / along <= 1 / _LEAST_RATIO
    return (across, along) if likely else (1.0, 1.0)
