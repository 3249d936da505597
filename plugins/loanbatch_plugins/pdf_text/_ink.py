"""How much of a page's ink has text over it, from a small picture of the page."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from attrs import frozen

from loanbatch.models import Word
from loanbatch_plugins.pdf_text._geometry import Displayed

#: Long side of the picture in pixels: small, yet print of 6 points still darkens it.
_SIDE = 800
#: Levels of grey between ink and its paper; covers have white print on dark.
_CONTRAST = 60
#: Width in pixels (odd) from which on ink is a picture or a bar and no print.
_THICK = 5


@frozen(kw_only=True)
class Ink:
    """Ink as parts of the page, 0 to 1."""

    #: All that is not paper.
    total: float
    #: Thin ink, such as print.
    print: float
    #: Print where no word stands.
    unexplained: float


def measure_ink(page: Any, shown: Displayed, words: Sequence[Word]) -> Ink:
    """Draw a page small and measure its ink.

    Raises:
        PdfiumError: The engine cannot draw the page.
        ValueError: The page has no area.
    """
    from PIL import ImageChops, ImageDraw, ImageFilter

    scale = _SIDE / max(shown.width, shown.height, 1.0)
    image = page.render(scale=scale, grayscale=True).to_pil().convert("L")
    paper = max(range(256), key=image.histogram().__getitem__)
    ink = image.point([255 if abs(level - paper) > _CONTRAST else 0 for level in range(256)])
    blocks = ink.filter(ImageFilter.MinFilter(_THICK)).filter(ImageFilter.MaxFilter(_THICK))
    thin = ImageChops.subtract(ink, blocks)
    area = image.width * image.height
    total, printed = ink.histogram()[255] / area, thin.histogram()[255] / area
    draw = ImageDraw.Draw(thin)
    for word in words:
        draw.rectangle([edge * scale for edge in word.box], fill=0)
    return Ink(total=total, print=printed, unexplained=thin.histogram()[255] / area)
