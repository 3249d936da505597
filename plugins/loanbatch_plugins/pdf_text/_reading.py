"""One page: its words, its check boxes, and whether they can be used."""

from __future__ import annotations

from loanbatch.errors import CorruptError
from loanbatch.models import Page, Source, TextSource
from loanbatch_plugins.pdf_text._documents import opened_page
from loanbatch_plugins.pdf_text._drawn import drawn_boxes
from loanbatch_plugins.pdf_text._geometry import displayed
from loanbatch_plugins.pdf_text._objects import drawing_of
from loanbatch_plugins.pdf_text._words import TextLayer


def read_page(source: Source, number: int) -> Page:
    """Read one page, counting from 1; without text when it has to be recognized."""
    try:
        with opened_page(source, number) as page:
            shown = displayed(page)
            text_page = page.get_textpage()
            words = TextLayer(text_page, shown).words()
            drawing = drawing_of(page)
            check_boxes, words = drawn_boxes(drawing.shapes, words, shown)
            text_page.close()
    except CorruptError:
        return Page(number=number, width=612, height=792)
    return Page(
        number=number,
        width=shown.width,
        height=shown.height,
        words=tuple(words),
        check_boxes=tuple(check_boxes),
        text_source=TextSource.TEXT_LAYER if len(words) > 5 else TextSource.NONE,
    )
