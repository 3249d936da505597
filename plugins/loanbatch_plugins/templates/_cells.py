"""Forms made of captioned cells and of numbered lines, as the tax forms are.

A cell reaches from its caption's left edge to the next caption on the right, and from the caption
down to the next one below; what stands in between is its value, whatever its alignment. A numbered
line ends in its number and, right of that, its amount; a line whose number is the last thing in its
row is blank.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise

from loanbatch.models import Box, TextSource, Word
from loanbatch.vocabulary import FieldType
from loanbatch_plugins.layout import Segment
from loanbatch_plugins.templates._candidates import Candidate
from loanbatch_plugins.templates._cell_rows import Row, near_row, row_words, rows_of, without_phone
from loanbatch_plugins.templates._hits import Hit
from loanbatch_plugins.templates._placing import Piece
from loanbatch_plugins.templates._schema import Rule
from loanbatch_plugins.templates._texts import is_complete, is_plausible
from loanbatch_plugins.templates._types import find_typed, is_placeholder, is_typed
from loanbatch_plugins.templates._view import DocumentView, words_of

#: A cell's own left edge lies this far left of its caption, in heights of the caption.
_MARGIN = 0.7
#: A cell reaches no further down than this where no caption ends it, in heights of the caption.
_DEPTH = 14.0
#: A box number may stand this far left of its caption, in heights of the caption.
_NUMBER_GAP = 3.5
_NUMBER = re.compile(r"[([]?(?:\d{1,2}[a-z]?|[a-z])[.)\]]?", re.IGNORECASE)
_BOX_NUMBER = re.compile(r"\d{1,2}[a-z]?")
#: The box below has a number not much higher.
_NEXT_BOXES = 4
#: Captions on the right may stand so much higher than the one of a lower cell, in its heights.
_STAGGER = 3.2
_LINE_NUMBER = re.compile(r"(?:.*[.\s_►▶▸])?(?P<number>\d{1,2}[a-z]{0,2})[|\]]?", re.IGNORECASE)
_LINE_AND_VALUE = re.compile(r"\d{1,2}[a-z]{0,2}\s+(?P<value>\S.*)", re.IGNORECASE)
#: A row of an address cell that is a telephone number.
_PHONE = re.compile(r"[\d\s().+x-]{7,}", re.IGNORECASE)
#: Rows below a label in which its line number may stand.
_LINE_ROWS = 4.5
_X = re.compile(r"[xX✓✔☒☑]")
_UNSURE_LINE = 0.8
#: An empty cell beside crossed ones.
_EMPTY = 0.85
#: A cross under a caption of two lines stands this far below it, in its heights.
_CROSS_REACH = 4.5
#: Cells that are answered together lie within this distance, in heights of the caption.
_FAR = 16.0


def in_cell(view: DocumentView, hit: Hit, rule: Rule) -> Candidate | None:
    """Return the value in the cell under a caption."""
    area = cell_area(view, hit)
    if rule.type is FieldType.YES_NO:
        return _tick_in(hit, area)
    rows = [
        row for row in rows_in(hit, area) if rule.reject is None or not rule.reject.search(row.text)
    ]
    if rule.pattern is not None:
        return _first(rows, rule, lambda text: _captured(text, rule.pattern))
    if is_typed(rule.type):
        return _first(rows, rule, lambda text: _typed(text, rule.type))
    below = [row for row in rows if row.pieces[0].segment.middle > hit.box.bottom]
    return _text_in(below[rule.skip :], hit, rule)


def cell_area(view: DocumentView, hit: Hit) -> Box:
    """Return the cell of a caption: to the next captions on the right and below."""
    height = hit.height
    left = caption_left(hit) - _MARGIN * height
    others = [
        other
        for other in view.captions
        if other.page == hit.page and other.box != hit.box and not _covers(other, hit)
    ]
    right = _right_edge(hit, others)
    below = [
        other
        for other in others
        if other.box.top > hit.box.bottom - 0.3 * height
        and caption_left(other) < right - 1
        and other.box.right > left + 1
    ]
    # What begins right of the caption's text is in a cell beside, whose own caption was not read.
    under = [other.box.top for other in below if caption_left(other) < hit.box.right]
    bottom = min([hit.box.bottom + _DEPTH * height, *under, *_empty_boxes(hit)])
    beside = [caption_left(other) for other in below if other.box.top < bottom - height]
    right = min([right, *(edge - 0.3 * height for edge in beside if edge >= hit.box.right)])
    return Box(left, hit.box.top, right, bottom)


def _right_edge(hit: Hit, others: Sequence[Hit]) -> float:
    """Return where the next cell begins: in the caption's rows, or, staggered, in those above."""
    height = hit.height
    edges = [hit.layout.page.width]
    for other in others:
        left = caption_left(other)
        if not left > hit.box.left or other.box.top >= hit.box.bottom + 1.2 * height:
            continue
        beside = (
            other.box.bottom > hit.box.top - 0.3 * height and other.box.left > hit.box.left + height
        )
        staggered = (
            other.box.bottom > hit.box.top - _STAGGER * height and left > hit.box.right + height
        )
        if beside or (staggered and not _over_same_column(other, hit, others)):
            edges.append(left - 0.3 * height)
    # The number of a cell without a caption, as box 9 of a W-2.
    edges += [
        item.left - 0.3 * height
        for item in hit.layout.right_of(hit.box)
        if item not in hit.segments and _BOX_NUMBER.fullmatch(item.text)
    ]
    return min(edges)


def _over_same_column(other: Hit, hit: Hit, others: Sequence[Hit]) -> bool:
    """Whether a caption divides the row of cells over this one, which is undivided itself.

    Where captions may have been lost to recognition, this one may be divided as well.
    """
    if hit.layout.page.text_source is not TextSource.TEXT_LAYER:
        return False
    return any(
        abs(above.box.top - other.box.top) < hit.height
        and abs(caption_left(above) - caption_left(hit)) < 0.5 * hit.height
        for above in others
    )


def _empty_boxes(hit: Hit) -> Iterator[float]:
    """Yield where boxes below begin that have a higher number and no caption, as box 9."""
    left = caption_left(hit)
    own = _number_of(hit, left)
    if own is None:
        return
    for item in hit.layout.between(hit.box.bottom, hit.box.bottom + _DEPTH * hit.height):
        below = item.top > hit.box.bottom and abs(item.left - left) < 0.4 * hit.height
        if below and item.text.isdigit() and own < int(item.text) <= own + _NEXT_BOXES:
            yield item.top


def _number_of(hit: Hit, left: float) -> int | None:
    """Return the number that stands before a caption."""
    numbers = [
        word.text
        for segment in (hit.segments[0], *hit.layout.left_of(hit.box))
        for word in segment.words
        if abs(word.left - left) < 1 and word.left < hit.box.left
    ]
    digits = re.match(r"\d{1,2}", numbers[0]) if numbers else None
    return int(digits[0]) if digits else None


def _covers(other: Hit, hit: Hit) -> bool:
    """Whether one caption is part of the other one's text."""
    return other.segments[0] is hit.segments[0] and other.start < hit.end and hit.start < other.end


def caption_left(hit: Hit) -> float:
    """Return the left edge of a caption with the box number before it."""
    segment = hit.segments[0]
    before = [
        w for w, start in zip(segment.words, segment.starts, strict=True) if start < hit.start
    ]
    if before:
        return before[-1].left if _NUMBER.fullmatch(before[-1].text) else hit.box.left
    for item in hit.layout.left_of(hit.box):
        near = hit.box.left - item.right <= _NUMBER_GAP * hit.height
        return item.left if near and _NUMBER.fullmatch(item.text) else hit.box.left
    return hit.box.left


def rows_in(hit: Hit, area: Box) -> list[Row]:
    """Return the rows of a cell from the top; the caption and its number are left out."""
    lines: dict[int, list[Piece]] = {}
    for segment in hit.layout.between(area.top, area.bottom):
        if segment.middle >= area.bottom or segment.middle < area.top:
            continue
        piece = _inside(segment, hit, area)
        if piece is not None:
            lines.setdefault(segment.line, []).append(piece)
    return rows_of([pieces for _, pieces in sorted(lines.items())])


def _inside(segment: Segment, hit: Hit, area: Box) -> Piece | None:
    """Return the part of a segment that stands in a cell."""
    first = last = None
    for word, start in zip(segment.words, segment.starts, strict=True):
        if not area.left <= (word.left + word.right) / 2 <= area.right:
            continue
        if segment in hit.segments and start < (
            hit.end if segment is hit.segments[-1] else len(segment.text)
        ):
            continue
        if segment.middle <= hit.box.bottom and (
            word.right <= hit.box.left or _BOX_NUMBER.fullmatch(word.text.strip("()"))
        ):
            continue
        first = start if first is None else first
        last = start + len(word.text)
    if first is None or last is None:
        return None
    return Piece(segment, first, last, 1.0)


def _typed(text: str, kind: FieldType) -> tuple[int, int, float] | None:
    found = find_typed(kind, text)
    return (found[0].start, found[0].end, found[0].fit) if found else None


def _captured(text: str, pattern: re.Pattern[str] | None) -> tuple[int, int, float] | None:
    match = pattern.search(text) if pattern is not None else None
    if match is None or pattern is None:
        return None
    group: str | int = "value" if "value" in pattern.groupindex else 0
    start, end = match.span(group)
    return (start, end, 1.0) if end > start >= 0 else None


_Finder = Callable[[str], tuple[int, int, float] | None]


def _first(rows: Sequence[Row], rule: Rule, finder: _Finder) -> Candidate | None:
    """Return the first capture in a row; one with its sign goes before bare digits above it."""
    captured = [found for row in rows[rule.skip :] if (found := _in_one(row, finder)) is not None]
    return max(captured, key=lambda found: found.score, default=None)


def _in_one(row: Row, finder: _Finder) -> Candidate | None:
    found = finder(row.text)
    if found is None:
        return None
    start, end, fit = found
    words = row_words(row, start, end)
    raw = row.text[start:end].strip()
    if not raw or is_placeholder(raw) or not words:
        return None
    return Candidate(raw=raw, page=row.pieces[0].segment.page, words=words, score=fit)


def _text_in(rows: Sequence[Row], hit: Hit, rule: Rule) -> Candidate | None:
    most = rule.lines or (4 if rule.type is FieldType.ADDRESS else 1)
    kept: list[Row] = []
    is_address = rule.type is FieldType.ADDRESS
    for row in map(without_phone if is_address else near_row, rows):
        # What begins right of the caption belongs to another cell without a caption.
        if not re.search(r"\w", row.text) or row.words[0].left > hit.box.right:
            continue
        if is_address and _PHONE.fullmatch(row.text.strip()):
            break
        kept.append(row)
        if len(kept) == most or is_complete(row.text, rule.type):
            break
    raw = "\n".join(row.text for row in kept)
    if not raw or is_placeholder(raw) or not is_plausible(raw, rule.type):
        return None
    words = tuple(word for row in kept for word in row.words)
    return Candidate(raw=raw, page=hit.page, words=words, score=0.97)


def _tick_in(hit: Hit, area: Box) -> Candidate | None:
    """Return whether the one box of a cell is ticked; None where no box was seen."""
    boxes = [
        item
        for item in hit.layout.page.check_boxes
        if area.left - hit.height <= (item.box.left + item.box.right) / 2 <= area.right
        and area.top - hit.height < (item.box.top + item.box.bottom) / 2 < area.bottom + hit.height
    ]
    beside = [item for item in boxes if _in_row(item.box, hit)]
    if len(boxes) == 1 or len(beside) == 1:
        box = (beside or boxes)[0]
        return Candidate(
            raw="X" if box.ticked else "",
            page=hit.page,
            words=(),
            score=0.96 * box.confidence,
            value=box.ticked,
            box=box.box,
        )
    if boxes:
        return None
    for row in rows_in(hit, area):
        if _X.fullmatch(row.text.strip()):
            return Candidate(raw=row.text, page=hit.page, words=row.words, score=0.9, value=True)
    if _crossed_beside(hit):
        return Candidate(raw="", page=hit.page, words=(), score=_EMPTY, value=False, box=hit.box)
    return None


def _in_row(box: Box, hit: Hit) -> bool:
    """Whether a box stands left or right of a caption, in its row."""
    near = hit.box.left - 2.5 * hit.height < box.right and box.left < hit.box.right + 2 * hit.height
    return near and box.top < hit.segments[0].middle < box.bottom


def _crossed_beside(hit: Hit) -> bool:
    """Whether a cross stands under one of the captions beside this one: an empty cell is a no."""
    reach = _CROSS_REACH * hit.height
    return any(
        _X.fullmatch(item.text.strip()) and abs(item.left - hit.box.left) < _FAR * hit.height
        for item in hit.layout.between(hit.box.bottom, hit.box.bottom + reach)
    )


def on_line(view: DocumentView, hit: Hit, rule: Rule) -> Candidate | None:
    """Return the amount behind the number of a label's line."""
    layout = hit.layout
    top = hit.segments[-1].middle
    bottom = top + _LINE_ROWS * hit.height
    rows: dict[int, list[Segment]] = {}
    for segment in layout.between(hit.box.top, bottom):
        if segment.left > hit.box.left + hit.height and hit.box.top < segment.middle < bottom:
            rows.setdefault(segment.line, []).append(segment)
    for number in sorted(rows):
        cells = [item for item in layout.lines[number] if item in rows[number]]
        found = _numbered(cells, hit, rule)
        if found is not None:
            return found[0]
        if any(
            view.is_label_cell(item) and item not in hit.segments for item in layout.lines[number]
        ):
            break
    own = [item for item in layout.right_of(hit.box) if item not in hit.segments]
    return _unnumbered(view, own, rule)


def _numbered(cells: Sequence[Segment], hit: Hit, rule: Rule) -> tuple[Candidate | None] | None:
    """Return the value behind the first line number of a row, None where nothing follows it."""
    for position, cell in enumerate(cells):
        start = hit.end if cell in hit.segments else 0
        text = cell.text[start:]
        joined = _LINE_AND_VALUE.fullmatch(text)
        if joined and cell not in hit.segments:
            piece = Piece(cell, start + joined.start("value"), len(cell.text), 1.0)
            value = _value_of(piece, rule)
            if value is not None:
                return (value,)
        if _LINE_NUMBER.fullmatch(text) is None:
            continue
        for after, following in pairwise([*cells[position + 1 :], None]):
            if after is None or not re.search(r"\w", after.text):
                continue
            if _LINE_NUMBER.fullmatch(after.text) and following is not None:
                return (None,)
            return (_value_of(Piece(after, 0, len(after.text), 1.0), rule),)
        return (None,)
    return None


def _unnumbered(view: DocumentView, cells: Sequence[Segment], rule: Rule) -> Candidate | None:
    """Return the one unmistakable amount of a row whose line number was not read."""
    for cell in cells:
        if view.is_label_cell(cell):
            return None
        found = find_typed(rule.type, cell.text)
        if found and found[0].fit > 0.95 and not re.search(r"[a-z]{3}", cell.text, re.IGNORECASE):  # noqa: PLR2004
            return _value_of(Piece(cell, 0, len(cell.text), _UNSURE_LINE), rule)
    return None


def _value_of(piece: Piece, rule: Rule) -> Candidate | None:
    found = _captured(piece.text, rule.pattern) if rule.pattern else _typed(piece.text, rule.type)
    if found is None:
        return None
    start, end, fit = found
    words = words_of(piece.segment, piece.start + start, piece.start + end)
    raw = piece.text[start:end].strip()
    # Behind its line number an amount needs no cents or commas to be one.
    fit = max(fit, 0.95)
    return Candidate(raw=raw, page=piece.segment.page, words=words, score=fit * piece.fit)


def cells_as_rows(
    view: DocumentView, rule: Rule, hits: Sequence[Hit]
) -> Iterator[list[tuple[str, str, tuple[Word, ...], Hit]]]:
    """Yield the columns that stand in the cell of each caption: name, raw text, words, caption."""
    for hit in hits:
        rows = rows_in(hit, cell_area(view, hit))
        cells = []
        for column in rule.columns:
            for row in rows:
                found = (
                    _captured(row.text, column.pattern)
                    if column.pattern
                    else _typed(row.text, column.type)
                )
                if found is not None:
                    words = row_words(row, found[0], found[1])
                    cells.append((column.name, row.text[found[0] : found[1]].strip(), words, hit))
                    break
        if cells and all(name in {cell[0] for cell in cells} for name in rule.required):
            yield cells
