"""What is done to a page image before it is read: even light, check boxes painted over."""

from __future__ import annotations

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
