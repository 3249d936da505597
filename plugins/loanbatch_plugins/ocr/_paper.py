"""What is done to a page image before it is read: grain, light, check boxes."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import TYPE_CHECKING

from loanbatch.models import CheckBox

if TYPE_CHECKING:
    from PIL.Image import Image

#: Pixels of a cell in which the brightest grey is taken for paper; the lines of a text are closer.
_CELL = 16
#: Cells around it that are looked at for paper as well: a black heading has white around it.
_NEIGHBOURS = 5
#: Grey of paper below which the light is bad, and share of the page that may be so.
_BRIGHT, _SHADED = 225, 0.05
#: Nothing is brightened as if its paper were darker: black borders stay black.
_DARKEST_PAPER = 50
#: Blur that takes grain away, in parts of a page's side: 0.75 pixels at 200 dpi, 1 at 300. More of
#: it closes the gaps of small print, less leaves thin strokes ragged.
_SMOOTHING = 0.00039
#: How much further from white print of grainy pages is made: one grey for a large part of the page
#: tells print from paper, and pale print is lost.
_DARKER = 1.5
#: Part of a page, in its middle, that is looked at for grain, and part of its pixels that are quite
#: like their surroundings at most where there is grain: 0.02 to 0.52, and 0.7 to 0.95 without.
_SAMPLE, _ALIKE = 0.2, 0.6
#: Part of the pixels, the steepest edges of the print, and how much these differ from the next
#: pixel where they are sharp: 145 to 230 on scans with grain, and 50 to 110 on blurred ones.
_EDGES, _SHARP = 0.0005, 125


def without_grain(picture: Image) -> Image:
    """Return a page with smooth and dark strokes; itself where there is no grain, or a blur.

    Of typewritten pages scanned with a little grain Tesseract loses decimal points, so that an
    amount falls into two numbers: of 139 values on six scans it read 113, and 126 when they were
    smoothed. A payslip with much grain takes a tenth of the time then. More blur on blurred pages
    closes their letters: of 105 values on six such samples it read 84 as they were, 64 smoothed.
    Of 739 numbers on scans, some of them in grey, it reads 99 % darkened, 92 % as they were.
    """
    from PIL import ImageFilter

    if not (_is_grainy(picture) and _is_sharp(picture)):
        return picture
    side = math.sqrt(picture.width * picture.height)
    picture = picture.filter(ImageFilter.GaussianBlur(_SMOOTHING * side))
    return picture.point(lambda value: max(0, 255 - (255 - value) * _DARKER))


def _is_grainy(picture: Image) -> bool:
    """Tell whether paper differs from its surroundings everywhere; what was drawn does not."""
    from PIL import ImageChops, ImageFilter

    top, bottom = (round(picture.height * (0.5 + side * _SAMPLE / 2)) for side in (-1, 1))
    band = picture.crop((0, top, picture.width, bottom))
    unlike = ImageChops.difference(band, band.filter(ImageFilter.GaussianBlur(1)))
    return unlike.histogram()[0] < _ALIKE * band.width * band.height


def _is_sharp(picture: Image) -> bool:
    """Tell whether print turns to paper from one pixel to the next."""
    from PIL import ImageChops

    width, height = picture.size
    left, right = (picture.crop((side, 0, width - 1 + side, height)) for side in (0, 1))
    counts = ImageChops.difference(left, right).histogram()
    return sum(counts[_SHARP:]) >= _EDGES * width * height


def in_even_light(picture: Image) -> Image:
    """Return a page with white paper everywhere; itself where the paper is white already.

    Photographs of pages have shadows, cards have patterns: Tesseract decides what is ink by one
    grey for the whole page and loses all that lies in the shade (of photographed pages it read 19 %
    of the words, and 75 % in even light).
    """
    from PIL import Image, ImageFilter, ImageMath

    paper = picture.reduce(_CELL).filter(ImageFilter.MaxFilter(_NEIGHBOURS))
    dark = sum(paper.histogram()[:_BRIGHT])
    if dark <= _SHADED * paper.width * paper.height:
        return picture
    paper = paper.filter(ImageFilter.GaussianBlur(3)).resize(
        picture.size, Image.Resampling.BILINEAR
    )
    paper = paper.point(lambda value: max(value, _DARKEST_PAPER))
    even: Image.Image = ImageMath.lambda_eval(
        lambda it: it["convert"](it["min"](it["ink"] * 255 / it["paper"], 255), "L"),
        ink=picture,
        paper=paper,
    )
    return even


def without_check_boxes(picture: Image, check_boxes: Iterable[CheckBox]) -> Image:
    """Return a page on which check boxes are painted over, marks and all."""
    picture = picture.copy()
    for check_box in check_boxes:
        left, top, right, bottom = (round(edge) for edge in check_box.box)
        picture.paste(255, (left - 2, top - 2, right + 2, bottom + 2))
    return picture
