"""Repeated cells under a row of captions, as the states of a W-2, and its coded amounts.

A column reaches from its caption to the next caption on the right. Its values stand below the
captions, or above them where a form has its captions at the foot of the cells.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from attrs import evolve

from loanbatch.models import Box, Word
from loanbatch_plugins.layout import PageLayout
from loanbatch_plugins.templates._candidates import Candidate, Cell, rows_of_cells
from loanbatch_plugins.templates._cells import in_cell
from loanbatch_plugins.templates._hits import Hit
from loanbatch_plugins.templates._schema import Column, Rule
from loanbatch_plugins.templates._types import find_typed, is_placeholder, is_typed
from loanbatch_plugins.templates._view import DocumentView, words_at

_SCORE = 0.93
#: Rows of values stand no further from their captions than this, in heights of the captions.
_REACH = 9.0
#: A column's values may begin this far left of its caption, in heights of the caption.
_MARGIN = 0.8
_LEAST_COLUMNS = 2
#: Codes of box 12, from the general instructions for Forms W-2; O, X and others are not in use.
_CODE = re.compile(r"(?:[A-HJ-NP-TVWYZ]|AA|BB|DD|EE|FF|GG|HH|II)")
_DOUBLE_CODES = frozenset({"AA", "BB", "DD", "EE", "FF", "GG", "HH", "II"})
_CODE_DIRT = "|$_:;., "
_AMOUNT = re.compile(r"\$?(?:\d{1,3}(?:,\d{3})+|\d{2,})(?:\.\d{1,2})?|\$?\d\.\d{2}")
#: A code stands no further above or below its amount than this, in heights of the caption.
_CODE_REACH = 1.6
#: Boxes 12a to 12d.
_BOXES_12 = 4
#: Confidence in amounts of which one has no code.
_UNCODED = 0.65
#: Confidence in a row whose captions stand at several heights.
_SCATTERED = 0.95
#: Captions of one row, of a tilted page too, are not so many heights apart.
_SEVERAL_ROWS = 2.0
_BARE_LABEL = re.compile(r"\d{1,2}[a-z]?", re.IGNORECASE)


def captioned_rows(view: DocumentView, rule: Rule, extractor: str) -> Iterator[Candidate]:
    """Yield the rows of the first row of captions that has any; copies of the form repeat them."""
    for captions in _caption_rows(view, rule):
        layout = captions[0][1].layout
        for rows in (_below(view, captions, rule), _above(view, captions, rule)):
            if rows:
                yield _candidate(layout, rows, extractor, rule)
                return


def labelled_row(view: DocumentView, rule: Rule, extractor: str) -> Iterator[Candidate]:
    """Yield one row of values that stand right of their labels, where labels form a list."""
    row: list[Cell] = []
    layout: PageLayout | None = None
    for column in rule.columns:
        for hit in view.find(column.labels)[:1]:
            following = [item for item in hit.layout.right_of(hit.box) if item not in hit.segments]
            for item in following[:1]:
                span = _span(item.text, column)
                if span is not None and not view.is_label_cell(item):
                    words = words_at(item.words, *span)
                    row.append(Cell(column.name, item.text[span[0] : span[1]].strip(), words))
                    layout = layout or hit.layout
    row = [cell for cell in row if layout and cell.words]
    if layout and len(row) >= _LEAST_COLUMNS and {c.name for c in row} >= set(rule.required):
        yield _candidate(layout, [row], extractor, rule)


def celled_row(view: DocumentView, rule: Rule, extractor: str) -> Iterator[Candidate]:
    """Yield one row whose captions stand in several rows of cells, each over its value."""
    row: list[Cell] = []
    layout: PageLayout | None = None
    boxes: list[Box] = []
    for column in rule.columns:
        own = evolve(rule, type=column.type, pattern=column.pattern)
        for hit in view.find(column.labels):
            found = in_cell(view, hit, own)
            if found is not None:
                row.append(Cell(column.name, found.raw, found.words))
                layout = layout or hit.layout
                boxes.append(hit.box)
                break
    if (
        layout
        and _are_several_rows(boxes)
        and len(row) >= _LEAST_COLUMNS
        and {c.name for c in row} >= set(rule.required)
    ):
        sure = evolve(rule, confidence=_SCATTERED * rule.confidence)
        yield _candidate(layout, [row], extractor, sure)


def _are_several_rows(boxes: Sequence[Box]) -> bool:
    height = max(box.bottom - box.top for box in boxes)
    return max(box.top for box in boxes) - min(box.top for box in boxes) > _SEVERAL_ROWS * height


def first_of_rows(view: DocumentView, rule: Rule, extractor: str) -> Iterator[Candidate]:
    """Yield a cell of the first row of a field found before: `value = "states.state"`.

    With `occurrence = "last"` the field must not have further rows.
    """
    del extractor
    name, _, column = (rule.value or "").partition(".")
    field = view.found.get(name)
    if field is None or (rule.occurrence.value == "last" and len(field.rows) > 1):
        return
    for cell in field.rows[0] if field.rows else ():
        if cell.name == column:
            yield Candidate(
                raw=cell.raw,
                page=cell.page,
                words=(),
                score=cell.confidence,
                value=cell.value if isinstance(cell.value, str) else None,
                box=cell.box,
            )


def coded_amounts(view: DocumentView, rule: Rule, extractor: str) -> Iterator[Candidate]:
    """Yield the codes and amounts that stand under the rule's first label (box 12a to 12d)."""
    for hit in view.find_any(rule.labels)[:1]:
        area = _box_12(view, hit, rule)
        rows = _coded_rows(hit.layout, area, hit)
        if rows:
            # A lost code says another thing than none.
            certain = all(row[0].name == "code" for row in rows)
            yield _candidate(
                hit.layout, rows, extractor, rule if certain else evolve(rule, confidence=_UNCODED)
            )


def _candidate(
    layout: PageLayout, rows: Sequence[Sequence[Cell]], extractor: str, rule: Rule
) -> Candidate:
    numbered = [(layout.number, row) for row in rows]
    return rows_of_cells(numbered, _SCORE * rule.confidence, extractor)


_Captions = list[tuple[Column, Hit]]


def _caption_rows(view: DocumentView, rule: Rule) -> Iterator[_Captions]:
    """Yield the captions that stand at one height, in reading order; of copies the first."""
    hits = _sorted_hits(view, rule)
    row: _Captions = []
    for column, hit in hits:
        if row and (hit.page != row[0][1].page or hit.box.top > row[0][1].box.bottom):
            if len(row) >= _LEAST_COLUMNS:
                yield _first_copy(row)
            row = []
        row.append((column, hit))
    if len(row) >= _LEAST_COLUMNS:
        yield _first_copy(row)


def _sorted_hits(view: DocumentView, rule: Rule) -> _Captions:
    found = [(column, hit) for column in rule.columns for hit in view.find_any(column.labels)]
    return sorted(found, key=lambda pair: (pair[1].page, pair[1].box.top))


def _first_copy(row: _Captions) -> _Captions:
    kept: dict[str, tuple[Column, Hit]] = {}
    for column, hit in sorted(row, key=lambda pair: pair[1].box.left):
        kept.setdefault(column.name, (column, hit))
    return list(kept.values())


def _extents(view: DocumentView, captions: _Captions) -> list[tuple[Column, float, float]]:
    """Return each column with its left and right edges."""
    first = captions[0][1]
    tops = [hit.box.top for _, hit in captions]
    edges = sorted(
        hit.left_with_number
        for hit in view.captions
        if hit.page == first.page
        and min(tops) - first.height < hit.box.top < max(tops) + first.height
    )
    extents = []
    for column, hit in captions:
        left = hit.left_with_number
        right = min((e for e in edges if e > left + hit.height), default=hit.layout.page.width)
        extents.append((column, left - _MARGIN * hit.height, right - _MARGIN * hit.height))
    return extents


def _below(view: DocumentView, captions: _Captions, rule: Rule) -> list[list[Cell]]:
    hits = [hit for _, hit in captions]
    top = max(hit.box.bottom for hit in hits) - 1
    left, right = hits[0].box.left, hits[-1].box.right
    ends = [
        hit.box.top
        for hit in (*view.captions, *view.find_any(rule.end))
        if hit.page == hits[0].page
        and hit.box.top > top
        and hit.box.left < right
        and hit.box.right > left
    ]
    reach = top + _REACH * hits[0].height
    return _rows(view, captions, rule, top, min([reach, *ends]))


def _above(view: DocumentView, captions: _Captions, rule: Rule) -> list[list[Cell]]:
    hits = [hit for _, hit in captions]
    bottom = min(hit.box.top for hit in hits) + 1
    left, right = hits[0].box.left, hits[-1].box.right
    starts = [
        hit.box.bottom
        for hit in view.captions
        if hit.page == hits[0].page
        and hit.box.bottom < bottom - 1
        and hit.box.left < right
        and hit.box.right > left
    ]
    reach = bottom - _REACH * hits[0].height
    return _rows(view, captions, rule, max([reach, *starts]), bottom)


def _rows(
    view: DocumentView, captions: _Captions, rule: Rule, top: float, bottom: float
) -> list[list[Cell]]:
    layout = captions[0][1].layout
    extents = _extents(view, captions)
    area = Box(extents[0][1], top, max(right for _, _, right in extents), bottom)
    rows = []
    for line in _lines(layout, area):
        cells = [cell for extent in extents if (cell := _cell(line, *extent)) is not None]
        names = {cell.name for cell in cells}
        if len(cells) >= _LEAST_COLUMNS and names >= set(rule.required):
            rows.append(cells)
    return rows


def _lines(layout: PageLayout, area: Box) -> Iterator[list[Word]]:
    for line in layout.lines:
        words = [
            word
            for segment in line
            if area.top <= segment.middle < area.bottom
            for word in segment.words
            if area.left <= (word.left + word.right) / 2 <= area.right
        ]
        if words:
            yield words


def _cell(line: Sequence[Word], column: Column, left: float, right: float) -> Cell | None:
    words = [word for word in line if left <= (word.left + word.right) / 2 < right]
    text = " ".join(word.text for word in words)
    span = _span(text, column)
    if span is None:
        return None
    raw = text[span[0] : span[1]].strip(" |")
    if not raw or is_placeholder(raw) or not any(map(str.isalnum, raw)):
        return None
    return Cell(column.name, raw, words_at(words, *span))


def _span(text: str, column: Column) -> tuple[int, int] | None:
    if column.pattern is not None:
        match = column.pattern.search(text)
        group = "value" if "value" in column.pattern.groupindex else 0
        return match.span(group) if match else None
    if is_typed(column.type):
        found = find_typed(column.type, text)
        return (found[0].start, found[0].end) if found else None
    return (0, len(text))


def _box_12(view: DocumentView, hit: Hit, rule: Rule) -> Box:
    """Return the column of boxes 12a to 12d: down to the next other caption."""
    left = hit.left_with_number - 0.3 * hit.height
    own = {label.key for label in rule.labels}
    others = [
        other
        for other in view.captions
        if other.page == hit.page and other.key not in own and not other.key.startswith("12")
    ]
    right = min(
        (
            other.left_with_number - 0.3 * hit.height
            for other in others
            if other.box.left > hit.box.right + hit.height
            and abs(other.box.top - hit.box.top) < 2 * hit.height
        ),
        default=hit.layout.page.width,
    )
    bottom = min(
        (
            other.box.top
            for other in others
            if other.box.top > hit.box.bottom + hit.height
            and other.box.left < right
            and other.box.right > left
        ),
        default=hit.layout.page.height,
    )
    return Box(left, hit.box.top - 1, right, bottom)


def _coded_rows(layout: PageLayout, area: Box, hit: Hit) -> list[list[Cell]]:
    """Return a row for each amount of the box, with the code that stands left of it."""
    words = [word for line in _lines(layout, area) for word in line]
    left = _stack_edge(words, hit)
    found = [word for word in words if word.left >= left and _is_amount(word, words)]
    # What follows is below the box, whose lower edge was not seen.
    amounts = found[:_BOXES_12]
    # In a cell of two lines the code stands on the upper or the lower one.
    gaps = [after.top - before.top for before, after in pairwise(amounts)]
    # The four boxes may stand side by side.
    reach = min([_CODE_REACH * hit.height, *(0.45 * gap for gap in gaps if gap > hit.height)])
    rows = []
    for amount in amounts:
        codes = [
            word
            for word in words
            if left <= (word.left + word.right) / 2 < amount.left
            and _code_of(word) is not None
            and abs(_height_of(word) - _height_of(amount)) < reach
        ]
        row = [Cell("amount", amount.text.strip("| "), (amount,))]
        if codes:
            code = min(codes, key=lambda word: _apart(word, amount))
            row.insert(0, Cell("code", code.text.strip(_CODE_DIRT), (code,), _code_of(code)))
        rows.append(row)
    return rows


def _code_of(word: Word) -> str | None:
    """Return the code that a word is; a single one is also read as a small letter, or twice."""
    text = word.text.strip(_CODE_DIRT)
    if re.fullmatch(r"[a-z]|([A-Z])(?i:\1)", text) and text.upper() not in _DOUBLE_CODES:
        text = text[0].upper()
    return text if _CODE.fullmatch(text) else None


def _apart(code: Word, amount: Word) -> tuple[float, float]:
    """How far a code stands from an amount: up or down, in whole heights of its text, then left."""
    height = max(amount.bottom - amount.top, 1.0)
    return round(abs(_height_of(code) - _height_of(amount)) / height), amount.left - code.right


def _height_of(word: Word) -> float:
    return (word.top + word.bottom) / 2


def _is_amount(word: Word, words: Sequence[Word]) -> bool:
    text = word.text.strip("|$ ")
    if not _AMOUNT.fullmatch(text) or (_BARE_LABEL.fullmatch(text) and len(text) < 3):  # noqa: PLR2004
        return False
    return "." in text or "," in text or not any(_follows_label(word, other) for other in words)


def _follows_label(word: Word, other: Word) -> bool:
    """Whether a number belongs to a caption: the "12" of "See instructions for box 12"."""
    beside = abs(_height_of(other) - _height_of(word)) < 0.5 * (word.bottom - word.top)
    return beside and other.right <= word.left and other.text.casefold() in ("box", "for")


def _stack_edge(words: Sequence[Word], hit: Hit) -> float:
    """Return where codes begin: right of the letters of a vertical "Code" at the box's left edge.

    Of the four letters only "C" looks like a code. A form without that word has its codes there.
    """
    left = hit.left_with_number
    letters = [
        word for word in words if word.text in tuple("ode") and word.left < left + 1.5 * hit.height
    ]
    if len({word.text for word in letters}) < 2:  # noqa: PLR2004
        return left - _MARGIN * hit.height
    return max(word.right for word in letters)
