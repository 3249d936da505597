"""How much of a page's ink has text over it, from a small picture of the page."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from attrs import frozen

from loanbatch.models import Word
from loanbatch_plugins.pdf_text._engine import EnginePage
from loanbatch_plugins.pdf_text._geometry import Displayed

if TYPE_CHECKING:
    from PIL.Image import Image

#: Long side of the picture in pixels: small, yet print of 6 points still darkens it.
_SIDE = 640
#: Levels of grey between ink and its paper; covers have white print on dark.
_CONTRAST = 60
#: Ink of a page that is as good as blank.
_SPECKS = 4e-5
#: Shifts that add up to the pixels from which on ink is a picture or a bar, and to those of a line.
_THICK, _LONG = (1, 2, 1), (1, 2, 4, 8, 16)


@frozen(kw_only=True)
class Ink:
    """Print as parts of the page, 0 to 1."""

    #: All thin ink that is no line.
    print: float
    #: Print where no word stands.
    unexplained: float


def is_blank(page: EnginePage, shown: Displayed) -> bool:
    """Tell whether a page has no ink but some specks.

    Raises:
        PdfiumError: The engine cannot draw the page.
        ValueError: The page has no area.
    """
    ink, _ = _picture(page, shown)
    return _share(ink) < _SPECKS


def measure_ink(page: EnginePage, shown: Displayed, words: Sequence[Word]) -> Ink:
    """Measure the print of a page.

    Raises:
        PdfiumError: The engine cannot draw the page.
        ValueError: The page has no area.
    """
    from PIL import ImageDraw

    ink, scale = _picture(page, shown)
    thin = _print_of(ink)
    printed = _share(thin)
    draw = ImageDraw.Draw(thin)
    for word in words:
        draw.rectangle([edge * scale for edge in word.box], fill=0)
    return Ink(print=printed, unexplained=_share(thin))


def _print_of(ink: Image) -> Image:
    """Take away what is thick both ways, such as pictures and bars, and what is a long line."""
    from PIL import ImageChops

    print_ = ImageChops.subtract(ink, _opened(ink, across=_THICK, along=_THICK))
    lines = ImageChops.lighter(_opened(ink, across=_LONG), _opened(ink, along=_LONG))
    return ImageChops.subtract(print_, lines)


def _opened(ink: Image, *, across: Sequence[int] = (), along: Sequence[int] = ()) -> Image:
    """Keep what is at least as large as the sum of some shifts.

    It is a morphological opening; shifting pictures is forty times faster than rank filters.
    """
    from PIL import ImageChops

    shifts = [(step, 0) for step in across] + [(0, step) for step in along]
    for right, down in shifts:
        ink = ImageChops.darker(ink, ImageChops.offset(ink, right, down))
    for right, down in shifts:
        ink = ImageChops.lighter(ink, ImageChops.offset(ink, -right, -down))
    return ink


def _picture(page: EnginePage, shown: Displayed) -> tuple[Image, float]:
    """Draw a page with ink in white on black, and tell its pixels per point."""
    scale = _SIDE / max(shown.width, shown.height, 1.0)
    # Sampled instead of smoothed: faster, and small print keeps its contrast.
    image = page.render(scale=scale, grayscale=True, no_smoothimage=True).to_pil().convert("L")
    paper = max(range(256), key=image.histogram().__getitem__)
    return image.point([255 * (abs(level - paper) > _CONTRAST) for level in range(256)]), scale


def _share(ink: Image) -> float:
    return float(ink.histogram()[255]) / (ink.width * ink.height)
