"""One page: its words, its check boxes, and whether it has to be recognized instead.

A page goes to OCR when its text layer is debris, or when most of its print has no text over it: a
scan with a few typed words, text drawn as shapes, a poor text layer behind a scan.
"""

from __future__ import annotations

from collections.abc import Sequence

from attrs import evolve

from loanbatch.models import CheckBox, Page, Source, TextSource, Word
from loanbatch_plugins.pdf_text._documents import opened_page
from loanbatch_plugins.pdf_text._drawn import drawn_boxes
from loanbatch_plugins.pdf_text._engine import EnginePage
from loanbatch_plugins.pdf_text._forms import read_entries
from loanbatch_plugins.pdf_text._geometry import Displayed, displayed, whole_sheet
from loanbatch_plugins.pdf_text._ink import is_blank, measure_ink
from loanbatch_plugins.pdf_text._objects import Drawing, Picture, drawing_of
from loanbatch_plugins.pdf_text._quality import clean_share, is_garbage
from loanbatch_plugins.pdf_text._second import SecondReader
from loanbatch_plugins.pdf_text._words import TextLayer

#: Points of a page that cannot be opened: US letter.
_UNKNOWN_SIZE = (612.0, 792.0)
#: Part of a page that images cover from which on it may be a scan: with words on them, and anyhow.
_SCAN, _FULL = 0.25, 0.6
#: Images that are looked at: some scans come in strips.
_MOST_IMAGES = 50
#: Words that a page has at least so that it is not asked whether they are all of its print.
_FEW_WORDS = 15
#: Images, and shapes like letters, from which on words may be drawn with them.
_MANY_IMAGES, _MANY_LETTERS = 12, 60
#: Part of the print without words from which on a page goes to OCR.
_UNEXPLAINED = 0.6
#: Least part of clean words in text that somebody else's OCR left behind a scan, and what it is
#: believed.
_CLEAN_HIDDEN, _HIDDEN_CONFIDENCE = 0.8, 0.9


def read_page(source: Source, number: int, second: SecondReader) -> Page:
    """Read one page, counting from 1.

    A page that cannot be opened has no text and the size of a letter: the other pages are worth
    having.

    Raises:
        CorruptError: The document cannot be opened.
    """
    with opened_page(source, number) as page:
        if page is None:
            return Page(number=number, width=_UNKNOWN_SIZE[0], height=_UNKNOWN_SIZE[1])
        shown = displayed(page)
        empty = Page(number=number, width=shown.width, height=shown.height)
        if min(shown.width, shown.height) <= 0:
            return empty
        return _read(page, empty, shown, second)


def _read(page: EnginePage, empty: Page, shown: Displayed, second: SecondReader) -> Page:
    words = _layer_words(page, shown)
    if is_garbage(words):
        words = second.words(empty.number, shown, whole_sheet(page))
        if not words or is_garbage(words):
            second.failed()
            return empty
    drawing = drawing_of(page)
    entries = read_entries(page, shown, words)
    found = [*words, *entries.words]
    filled_in = evolve(empty, words=tuple(entries.words), check_boxes=tuple(entries.check_boxes))
    if _may_have_more(found, drawing, shown) and not _are_all(page, shown, found):
        return filled_in
    if _is_behind_scan(drawing, shown):
        if clean_share(words) < _CLEAN_HIDDEN:
            return filled_in
        words = [word._replace(confidence=_HIDDEN_CONFIDENCE) for word in words]
    drawn, words = drawn_boxes(drawing, words, shown)
    return evolve(
        empty,
        words=(*words, *entries.words),
        check_boxes=(*entries.check_boxes, *_others(drawn, entries.check_boxes)),
        text_source=TextSource.TEXT_LAYER,
    )


def _layer_words(page: EnginePage, shown: Displayed) -> list[Word]:
    """Return the words of the text layer; none where the engine cannot load it."""
    import pypdfium2

    try:
        text_page = page.get_textpage()
    except pypdfium2.PdfiumError:
        return []
    try:
        return TextLayer(text_page, shown).words()
    finally:
        text_page.close()


def _may_have_more(words: Sequence[Word], drawing: Drawing, shown: Displayed) -> bool:
    """Tell at no cost whether a page may show text that its words do not have."""
    if len(words) < _FEW_WORDS:
        return bool(drawing.images or drawing.path_count)
    if len(drawing.images) >= _MANY_IMAGES or _letters_drawn(drawing) >= _MANY_LETTERS:
        return True
    covered = _coverage(drawing.images, shown)
    # Words beside pictures are their captions; words on a picture may have been typed onto a scan.
    return covered >= _FULL or (covered >= _SCAN and _are_on_images(words, drawing, shown))


def _letters_drawn(drawing: Drawing) -> int:
    """Return how many shapes may be letters."""
    return sum(shape.curved > 0 or shape.slanted > 0 for shape in drawing.shapes)


def _are_on_images(words: Sequence[Word], drawing: Drawing, shown: Displayed) -> bool:
    boxes = [shown.box(*image.rect) for image in drawing.images[:_MOST_IMAGES]]
    inside = sum(
        any(
            box.left <= word.left <= box.right and box.top <= word.top <= box.bottom
            for box in boxes
        )
        for word in words
    )
    return 2 * inside > len(words)


def _is_behind_scan(drawing: Drawing, shown: Displayed) -> bool:
    """Tell whether the text is what an OCR program left: invisible, or under a picture of all."""
    if drawing.hidden_text:
        return _coverage(drawing.images, shown) >= _SCAN
    return any(
        2 * image.texts_before > drawing.text_count and _coverage([image], shown) >= _FULL
        for image in drawing.images[:_MOST_IMAGES]
    )


def _coverage(images: Sequence[Picture], shown: Displayed) -> float:
    """Return the part of a page that images cover, 0 to 1; overlaps count twice."""
    area = 0.0
    for image in images:
        box = shown.box(*image.rect)
        across = min(box.right, shown.width) - max(box.left, 0.0)
        along = min(box.bottom, shown.height) - max(box.top, 0.0)
        area += max(0.0, across) * max(0.0, along)
    return min(1.0, area / (shown.width * shown.height))


def _are_all(page: EnginePage, shown: Displayed, words: Sequence[Word]) -> bool:
    """Tell whether words are all, or most, of what can be read on a page."""
    import pypdfium2

    try:
        if not words:
            return is_blank(page, shown)
        ink = measure_ink(page, shown, words)
    except (pypdfium2.PdfiumError, ValueError):
        return False
    return ink.unexplained <= _UNEXPLAINED * ink.print


def _others(drawn: Sequence[CheckBox], fields: Sequence[CheckBox]) -> list[CheckBox]:
    """Return the drawn boxes that are not the frames of form fields, which know better."""
    return [box for box in drawn if not any(_same_place(box, field) for field in fields)]


def _same_place(one: CheckBox, other: CheckBox) -> bool:
    across = min(one.box.right, other.box.right) - max(one.box.left, other.box.left)
    along = min(one.box.bottom, other.box.bottom) - max(one.box.top, other.box.top)
    return across > 1 and along > 1
