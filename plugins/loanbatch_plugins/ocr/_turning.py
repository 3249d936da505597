"""Turning images upright and level, and keeping track of where things then stand."""

from __future__ import annotations

from attrs import evolve, field, frozen

from loanbatch.models import PageImage, Word


@frozen(kw_only=True)
class Upright:
    """An image turned upright and levelled, on a canvas large enough to lose no corner."""

    image: PageImage = field(repr=False)
    #: Pixels by which the canvas reaches beyond the upright image on the left and at the top.
    margin_x: float = 0.0
    margin_y: float = 0.0

    def place(self, word: Word) -> Word:
        """Return a word of `image` in pixels of the levelled image of the original size."""
        return Word(
            word.text,
            word.left - self.margin_x,
            word.top - self.margin_y,
            word.right - self.margin_x,
            word.bottom - self.margin_y,
            word.confidence,
        )


def make_upright(image: PageImage, orientation: int, skew: float) -> Upright:
    """Turn an image.

    Args:
        image: As displayed.
        orientation: Degrees clockwise: 0, 90, 180, 270.
        skew: Degrees clockwise, about the centre, after that.
    """
    from PIL import Image

    picture = Image.frombytes("L", (image.width, image.height), image.pixels)
    turn = {
        90: Image.Transpose.ROTATE_270,
        180: Image.Transpose.ROTATE_180,
        270: Image.Transpose.ROTATE_90,
    }
    if orientation:
        picture = picture.transpose(turn[orientation])
    width, height = picture.size
    if skew:
        picture = picture.rotate(-skew, Image.Resampling.BICUBIC, expand=True, fillcolor=255)
    return Upright(
        image=evolve(image, width=picture.width, height=picture.height, pixels=picture.tobytes()),
        margin_x=(picture.width - width) / 2,
        margin_y=(picture.height - height) / 2,
    )
