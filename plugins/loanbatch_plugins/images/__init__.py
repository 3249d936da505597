"""JPEG, PNG and TIFF files as pages without text, upright as their makers meant them."""

from __future__ import annotations

from collections.abc import Sequence

from loanbatch.hookspecs import hookimpl
from loanbatch.models import Page, PageImage, Source
from loanbatch_plugins.images._pages import draw, measure

__all__ = ["read_pages", "render_page"]

_MEDIA_TYPES = frozenset({"image/jpeg", "image/png", "image/tiff"})


@hookimpl
def read_pages(source: Source, page_numbers: Sequence[int]) -> list[Page] | None:
    """Give the pages with their sizes; all are left to OCR."""
    if source.media_type not in _MEDIA_TYPES:
        return None
    return measure(source.read(), page_numbers)


@hookimpl
def render_page(source: Source, page_number: int) -> PageImage | None:
    """Give a page as a grey image in the resolution that OCR wants."""
    if source.media_type not in _MEDIA_TYPES:
        return None
    return draw(source.read(), page_number)
