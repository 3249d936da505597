"""Pages as grey images in the resolution that OCR wants, whatever their page boxes claim."""

from __future__ import annotations

from loanbatch.errors import CorruptError
from loanbatch.models import PageImage
from loanbatch_plugins.pdf_text._engine import EnginePage

#: Long side in pixels between which the OCR engine is at its best for its price (measured).
SMALLEST_SIDE, LARGEST_SIDE = 2200, 3000
#: Long side in pixels of a page that is no scan.
DRAWN_SIDE = 2600
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
        bitmap = page.render(
            scale=_long_side(page, width, height) / max(width, height), grayscale=True
        )
        image = bitmap.to_pil()
    except (pypdfium2.PdfiumError, ValueError, MemoryError):
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


def _long_side(page: EnginePage, width: float, height: float) -> float:
    """Return the long side of the image to draw, in pixels."""
    density = scan_density(page, width * height)
    if density is None:
        return DRAWN_SIDE
    return min(LARGEST_SIDE, max(SMALLEST_SIDE, density * max(width, height)))


def scan_density(page: EnginePage, area: float) -> float | None:
    """Return the pixels per point of the image that covers most of a page; None without one."""
    import pypdfium2.raw as engine

    best, density = _SCAN * area, None
    for item in page.get_objects(filter=[engine.FPDF_PAGEOBJ_IMAGE], max_depth=3):
        left, bottom, right, top = item.get_bounds()
        across, along = right - left, top - bottom
        if across * along >= best:
            best = across * along
            density = max(item.get_px_size()) / max(across, along)
    return density
