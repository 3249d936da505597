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
#: Percent of its distance from the paper that print of grainy pages is given: one grey for a large
#: part of the page tells print from paper, and pale print is lost. Of blurred print that is to be
#: sharpened as well, with much grain, less is more.
_DARKER, _LITTLE_DARKER = 150, 125
#: How far around an edge of blurred print it is sharpened, in parts of a page's side (2 pixels at
#: 200 dpi), and by how many percent.
_SHARPENING, _SHARPER = 0.00104, 150
#: Pixels of a patch, patches in which the brightest is the paper that print stands on, and grey
#: from which on it may be that: the shadow of a fold is brighter, a dark heading is not.
_PATCH, _PATCHES, _SHADOW = 4, 5, 140
#: Pixels of the places in which shadows are looked for, grey below which one is deep, and part of
#: the page that is so where there is a fold: 0.0008 at least, and 0.0004 without.
_PLACE, _DEEP, _FOLD = 8, 200, 0.0006
#: Part of a page, in its middle, that is looked at for grain, and part of its pixels that are quite
#: like their surroundings at most where there is grain: 0.02 to 0.52, and 0.7 to 0.95 without.
_SAMPLE, _ALIKE = 0.2, 0.6
#: The same part below which there is much grain, that sharpening would make specks of.
_UNLIKE = 0.3
#: Part of the pixels, the steepest edges of the print, and how much these differ from the next
#: pixel where they are sharp: 145 to 230 on scans with grain, and 50 to 110 on blurred ones.
_EDGES, _SHARP = 0.0005, 125


def without_grain(picture: Image) -> Image:
    """Return a page with smooth, dark and sharp strokes; itself where there is no grain.

    Of typewritten pages scanned with a little grain Tesseract loses decimal points, so that an
    amount falls into two numbers: of 139 values on six scans it read 113, and 126 when they were
    smoothed. A payslip with much grain takes a tenth of the time then. Of 739 numbers on scans,
    some of them in grey, it reads 99 % darkened, 92 % as they were. More blur on blurred pages
    closes their letters; of 595 numbers on ten such samples it reads 95 % sharpened, 84 % as they
    were, and of 762 on thirteen samples with much grain 97 % smoothed and sharpened, 91 %.
    """
    from PIL import ImageFilter

    side = math.sqrt(picture.width * picture.height)
    alike = _alike(picture)
    if alike >= _ALIKE:
        return picture
    smoothing = ImageFilter.GaussianBlur(_SMOOTHING * side)
    if _is_sharp(picture):
        return _darkened(picture.filter(smoothing), _DARKER)
    sharpening = ImageFilter.UnsharpMask(_SHARPENING * side, _SHARPER, 0)
    if alike >= _UNLIKE:
        return _darkened(picture, _DARKER).filter(sharpening)
    return _darkened(picture.filter(smoothing), _LITTLE_DARKER).filter(sharpening)


def _darkened(picture: Image, percent: int) -> Image:
    """Return a page with darker print and without narrow shadows.

    Print that is made darker without regard to its paper makes ink of the shadows of folds and of
    bad light: of 476 values on folded samples 88 % were read then, 95 % without shadows.
    """
    from PIL import Image, ImageFilter

    places = picture.reduce(_PLACE).filter(ImageFilter.MaxFilter(3))
    deep = sum(places.histogram()[_SHADOW:_DEEP])
    shadows = places.point(lambda grey: 255 * (_SHADOW <= grey < _BRIGHT)).getbbox()
    if shadows and deep >= _FOLD * places.width * places.height:
        left, top, right, bottom = (edge * _PLACE for edge in shadows)
        box = left, top, min(right, picture.width), min(bottom, picture.height)
        part = picture.crop(box)
        paper = part.reduce(_PATCH).filter(ImageFilter.MaxFilter(_PATCHES))
        paper = paper.filter(ImageFilter.MinFilter(_PATCHES))  # the edges of shadows stay in place
        paper = paper.point(lambda grey: grey if grey >= _SHADOW else 255)
        picture = picture.copy()
        picture.paste(_on_white(part, paper.resize(part.size, Image.Resampling.BILINEAR)), box)
    return picture.point(lambda grey: max(0, 255 - (255 - grey) * percent / 100))


def _on_white(picture: Image, paper: Image) -> Image:
    """Return a picture as if its paper, of which another one tells the grey, were white."""
    from PIL import ImageMath

    white: Image = ImageMath.lambda_eval(
        lambda it: it["convert"](it["min"](it["ink"] * 255 / it["paper"], 255), "L"),
        ink=picture,
        paper=paper,
    )
    return white


def _alike(picture: Image) -> float:
    """Return the part of a page that is like its surroundings, as all that was drawn is."""
    from PIL import ImageChops, ImageFilter

    top, bottom = (round(picture.height * (0.5 + side * _SAMPLE / 2)) for side in (-1, 1))
    band = picture.crop((0, top, picture.width, bottom))
    unlike = ImageChops.difference(band, band.filter(ImageFilter.GaussianBlur(1)))
    return unlike.histogram()[0] / max(1, band.width * band.height)


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
    from PIL import Image, ImageFilter

    paper = picture.reduce(_CELL).filter(ImageFilter.MaxFilter(_NEIGHBOURS))
    dark = sum(paper.histogram()[:_BRIGHT])
    if dark <= _SHADED * paper.width * paper.height:
        return picture
    paper = paper.filter(ImageFilter.GaussianBlur(3)).resize(
        picture.size, Image.Resampling.BILINEAR
    )
    return _on_white(picture, paper.point(lambda value: max(value, _DARKEST_PAPER)))


def without_check_boxes(picture: Image, check_boxes: Iterable[CheckBox]) -> Image:
    """Return a page on which check boxes are painted over, marks and all."""
    picture = picture.copy()
    for check_box in check_boxes:
        left, top, right, bottom = (round(edge) for edge in check_box.box)
        picture.paste(255, (left - 2, top - 2, right + 2, bottom + 2))
    return picture
