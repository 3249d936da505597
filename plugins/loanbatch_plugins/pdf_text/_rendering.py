"""Pages as grey images in the resolution that OCR wants, whatever their page boxes claim."""

from __future__ import annotations

import math

from loanbatch.errors import CorruptError
from loanbatch.models import PageImage
from loanbatch_plugins.pdf_text._engine import EnginePage
from loanbatch_plugins.pdf_text._objects import drawing_of

#: Pixels of a page with which the OCR engine is at its best for its price (measured): a letter with
#: sides of 2,200 to 3,000.
LEAST_PIXELS, MOST_PIXELS = 3_600_000, 7_000_000
#: Pixels of a page that is no scan.
DRAWN_PIXELS = 5_200_000
#: Pixels along a side of a long strip, such as a receipt.
LONGEST_SIDE = 10_000
#: Part of the page that an image covers so that its own pixels are the guide.
_SCAN = 0.5


def render(page: EnginePage, number: int) -> PageImage:
    """Draw a page as displayed, with its form fields, in 8-bit grey.

    Raises:
        CorruptError: The page has no area, or the engine cannot draw it.
    """
    import pypdfium2

    width, height = page.get_size()
    if min(width, height) <= 0:
        raise CorruptError(f"page {number} has no area")
    try:
        image = page.render(scale=_scale(page, width, height), grayscale=True).to_pil()
    except (pypdfium2.PdfiumError, ValueError):
        raise CorruptError(f"page {number} cannot be drawn") from None
    if image.mode != "L":
        image = image.convert("L")
    return PageImage(
        page_number=number,
        width=image.width,
        height=image.height,
        pixels=image.tobytes(),
        points_per_pixel=max(width, height) / max(image.size),
    )


def _scale(page: EnginePage, width: float, height: float) -> float:
    """Return the pixels per point to draw with."""
    area = width * height
    density = _scan_density(page, area)
    pixels = DRAWN_PIXELS if density is None else density**2 * area
    pixels = min(MOST_PIXELS, max(LEAST_PIXELS, pixels))
    return min(math.sqrt(pixels / area), LONGEST_SIDE / max(width, height))


def _scan_density(page: EnginePage, area: float) -> float | None:
    """Return the pixels per point of the image that covers most of a page; None without one."""
    best, density = _SCAN * area, None
    for image in drawing_of(page).images:
        left, bottom, right, top = image.rect
        across, along = right - left, top - bottom
        if across * along >= best:
            best, density = across * along, image.pixels / max(across, along)
    return density
