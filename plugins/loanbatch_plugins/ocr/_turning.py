"""Turning images upright and level, and keeping track of where things then stand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import evolve, field, frozen

from loanbatch.models import Box, CheckBox, PageImage, Word

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
