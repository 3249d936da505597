"""Turning images upright and level, and keeping track of where things then stand."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from attrs import evolve, field, frozen

from loanbatch.models import Box, CheckBox, PageImage, Recognition, Word

if TYPE_CHECKING:
    from PIL.Image import Image


@frozen(kw_only=True)
class Upright:
    """A picture turned upright and levelled, on a canvas large enough to lose no corner."""

    picture: Image = field(repr=False)
    #: Pixels by which the canvas reaches beyond the upright image on the left and at the top.
    margin_x: float = 0.0
    margin_y: float = 0.0

    def place(self, box: Box) -> Box:
        """Return a box of `picture` in pixels of the levelled image of the original size."""
        return Box(
            box.left - self.margin_x,
            box.top - self.margin_y,
            box.right - self.margin_x,
            box.bottom - self.margin_y,
        )

    def place_word(self, word: Word) -> Word:
        """Return a word of `picture`, likewise."""
        return Word(word.text, *self.place(word.box), confidence=word.confidence)

    def place_check_box(self, check_box: CheckBox) -> CheckBox:
        """Return a check box of `picture`, likewise."""
        return evolve(check_box, box=self.place(check_box.box))


def as_picture(image: PageImage) -> Image:
    """Return the image for Pillow."""
    from PIL import Image

    return Image.frombytes("L", (image.width, image.height), image.pixels)


def make_upright(picture: Image, orientation: int, skew: float) -> Upright:
    """Turn a picture.

    Args:
        picture: In grey, as displayed.
        orientation: Degrees clockwise: 0, 90, 180, 270.
        skew: Degrees clockwise, about the centre, after that.
    """
    from PIL import Image

    turns = {
        90: Image.Transpose.ROTATE_270,
        180: Image.Transpose.ROTATE_180,
        270: Image.Transpose.ROTATE_90,
    }
    if orientation:
        picture = picture.transpose(turns[orientation])
    width, height = picture.size
    if skew:
        picture = picture.rotate(-skew, Image.Resampling.BICUBIC, expand=True, fillcolor=255)
    return Upright(
        picture=picture,
        margin_x=(picture.width - width) / 2,
        margin_y=(picture.height - height) / 2,
    )


def scaled(recognition: Recognition, factor: float) -> Recognition:
    """Return what was read in an image of another size, all coordinates times `factor`."""

    def box(of: Box) -> Box:
        return Box(*(edge * factor for edge in of))

    return evolve(
        recognition,
        words=tuple(
            Word(word.text, *box(word.box), confidence=word.confidence)
            for word in recognition.words
        ),
        check_boxes=tuple(evolve(item, box=box(item.box)) for item in recognition.check_boxes),
    )


def displayed_words(recognition: Recognition, width: int, height: int) -> list[Word]:
    """Return the words where they stand in the image as displayed.

    Args:
        recognition: Of an image.
        width: Pixels of that image as displayed.
        height: The same.

    Returns:
        Words with boxes of their own size around their own centres: a tilted line's words do not
        grow into those of the next line.
    """
    turned = recognition.orientation in (90, 270)
    upright = (height, width) if turned else (width, height)
    angle = math.radians(-recognition.skew)
    words = []
    for word in recognition.words:
        dx = (word.left + word.right) / 2 - upright[0] / 2
        dy = (word.top + word.bottom) / 2 - upright[1] / 2
        x = upright[0] / 2 + dx * math.cos(angle) - dy * math.sin(angle)
        y = upright[1] / 2 + dx * math.sin(angle) + dy * math.cos(angle)
        half = (word.right - word.left) / 2, (word.bottom - word.top) / 2
        x, y = _turned_back(x, y, upright, recognition.orientation)
        half = half[::-1] if turned else half
        words.append(
            Word(word.text, x - half[0], y - half[1], x + half[0], y + half[1], word.confidence)
        )
    return words


def _turned_back(
    x: float, y: float, upright: tuple[int, int], orientation: int
) -> tuple[float, float]:
    match orientation:
        case 90:
            return y, upright[0] - x
        case 180:
            return upright[0] - x, upright[1] - y
        case 270:
            return upright[1] - y, x
        case _:
            return x, y
