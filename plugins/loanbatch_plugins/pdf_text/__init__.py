"""Words and pictures of PDF pages.

Words come from the text layer and the form fields; a page whose text layer cannot be used is left
to OCR.
"""

from __future__ import annotations

from collections.abc import Sequence

from loanbatch.errors import CorruptError
from loanbatch.hookspecs import hookimpl
from loanbatch.models import Page, PageImage, Source
from loanbatch_plugins.pdf_text._documents import opened_page
from loanbatch_plugins.pdf_text._reading import read_page
from loanbatch_plugins.pdf_text._rendering import render
from loanbatch_plugins.pdf_text._second import SecondReader

__all__ = ["read_pages", "render_page"]

_MEDIA_TYPE = "application/pdf"


@hookimpl
def read_pages(source: Source, page_numbers: Sequence[int]) -> list[Page] | None:
    """Read the words and check boxes of some pages; see the hook's contract."""
    if source.media_type != _MEDIA_TYPE:
        return None
    second = SecondReader(source.read())
    return [read_page(source, number, second) for number in page_numbers]


@hookimpl
def render_page(source: Source, page_number: int) -> PageImage | None:
    """Draw a page for OCR; see the hook's contract."""
    if source.media_type != _MEDIA_TYPE:
        return None
    with opened_page(source, page_number) as page:
        if page is None:
            raise CorruptError(f"page {page_number} cannot be opened; save the file anew")
        return render(page, page_number)
