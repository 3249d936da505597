"""Forms made of captioned cells, as the tax forms are.

A cell reaches from its caption's left edge to the next caption on the right, and from the caption
down to the next one below; what stands in between is its value, whatever its alignment.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence

from loanbatch.models import Box, TextSource, Word
from loanbatch.vocabulary import FieldType
from loanbatch_plugins.layout import Segment
from loanbatch_plugins.templates._candidates import Candidate
from loanbatch_plugins.templates._cell_rows import Row, near_row, row_words, rows_of, without_phone
from loanbatch_plugins.templates._cues import Cues
from loanbatch_plugins.templates._hits import Hit
from loanbatch_plugins.templates._placing import Piece
from loanbatch_plugins.templates._schema import Rule
from loanbatch_plugins.templates._texts import is_complete, is_plausible
from loanbatch_plugins.templates._types import find_typed, is_placeholder, is_typed
from loanbatch_plugins.templates._view import DocumentView
from loanbatch_plugins.templates._wordings import Wording

#: A cell's own left edge lies this far left of its caption, in heights of the caption.
_MARGIN = 0.7
#: A cell reaches no further down than this where no caption ends it, in heights of the caption.
_DEPTH = 14.0
_BOX_NUMBER = re.compile(r"\d{1,2}[a-z]?")
#: The box below has a number not much higher.
_NEXT_BOXES = 4
#: Captions on the right may stand so much higher than the one of a lower cell, in its heights.
_STAGGER = 3.2
#: A row of an address cell that is a telephone number.
_PHONE = re.compile(r"[\d\s().+x-]{7,}", re.IGNORECASE)
#: A form's printed rule reads like words; an amount behind more letters is the rest of one.
_NOISE_LETTERS = 12
#: What follows a bare amount in its row at so many of its heights is beside the cell.
_APART = 4.0
#: And such a row stands no further below the caption, in its heights.
_NEXT_ROW = 3.0
_X = re.compile(r"[xX✓✔☒☑]")
#: An empty cell beside crossed ones.
_EMPTY = 0.85
#: A cross under a caption of two lines stands this far below it, in its heights.
_CROSS_REACH = 4.5
#: Cells that are answered together lie within this distance, in heights of the caption.
_FAR = 16.0


def in_cell(view: DocumentView, hit: Hit, rule: Rule) -> Candidate | None:
    """Return the value in the cell under a caption."""
    if rule.type is FieldType.YES_NO:
        return _tick_in(hit, cell_area(view, hit))
    if rule.pattern is not None:
        return _first_in(view, hit, rule, lambda text: captured(text, rule.pattern))
    if is_typed(rule.type):
        return _first_in(view, hit, rule, lambda text: typed(text, rule.type))
    rows = _kept_rows(hit, cell_area(view, hit), rule)
    below = [row for row in rows if row.pieces[0].segment.middle > hit.box.bottom]
    return _text_in(below[rule.skip :], hit, rule)


def _first_in(view: DocumentView, hit: Hit, rule: Rule, finder: _Finder) -> Candidate | None:
    """Return the first capture of a cell; one line high first, where a lower cell juts into it."""
    area, shallow = cell_area(view, hit), cell_area(view, hit, shallow=True)
    found = None
    if shallow.right > area.right:
        found = _first(_kept_rows(hit, shallow, rule), hit, rule, finder)
    return found or _first(_kept_rows(hit, area, rule), hit, rule, finder)


def _kept_rows(hit: Hit, area: Box, rule: Rule) -> list[Row]:
    return [
        row
        for row in rows_in(hit, area)
        if not (rule.reject is not None and rule.reject.search(row.text))
        and not (rule.type is FieldType.MONEY and _is_noise(row, hit))
    ]


def _is_noise(row: Row, hit: Hit) -> bool:
    """Whether an amount is the end of what reads like words and is no rest of the caption."""
    letters = 0
    for piece in row.pieces:
        found = typed(piece.text, FieldType.MONEY)
        if piece.segment not in hit.segments:
            letters += sum(map(str.isalpha, piece.text[: found[0]] if found else piece.text))
        if found:
            return letters > _NOISE_LETTERS
    return False


def cell_area(view: DocumentView, hit: Hit, *, shallow: bool = False) -> Box:
    """Return the cell of a caption: to the next captions on the right and below.

    A caption below that begins right of this one's text belongs to a cell beside or, where the cell
    is taken to be shallow, to a row of cells of other widths below.
    """
    height = hit.height
    left = hit.left_with_number - _MARGIN * height
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
        and other.left_with_number < right - 1
        and other.box.right > left + 1
    ]
    # What begins right of the caption's text is in a cell beside, whose own caption was not read.
    under = [other.box.top for other in below if other.left_with_number < hit.box.right]
    bottom = min([hit.box.bottom + _DEPTH * height, *under, *_empty_boxes(hit)])
    if shallow:
        return Box(left, hit.box.top, right, min([bottom, *(other.box.top for other in below)]))
    beside = [other.left_with_number for other in below if other.box.top < bottom - height]
    right = min([right, *(edge - 0.3 * height for edge in beside if edge >= hit.box.right)])
    return Box(left, hit.box.top, right, bottom)


def _right_edge(hit: Hit, others: Sequence[Hit]) -> float:
    """Return where the next cell begins: in the caption's rows, or, staggered, in those above."""
    height = hit.height
    edges = [hit.layout.page.width]
    for other in others:
        left = other.left_with_number
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
    # The number of a cell without a caption, as box 9 of a W-2: it stands over or under others.
    lefts = [other.left_with_number for other in others]
    edges += [
        item.left - 0.3 * height
        for item in hit.layout.right_of(hit.box)
        if item not in hit.segments
        and _BOX_NUMBER.fullmatch(item.text)
        and any(abs(left - item.left) < 0.5 * height for left in lefts)
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
        and abs(above.left_with_number - hit.left_with_number) < 0.5 * hit.height
        for above in others
    )


def _empty_boxes(hit: Hit) -> Iterator[float]:
    """Yield where boxes below begin that have a higher number and no caption, as box 9."""
    left = hit.left_with_number
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
    return Piece(segment, first, last)


def typed(text: str, kind: FieldType) -> tuple[int, int, float] | None:
    found = find_typed(kind, text)
    return (found[0].start, found[0].end, found[0].fit) if found else None


def captured(text: str, pattern: Wording | None) -> tuple[int, int, float] | None:
    match = pattern.search(text) if pattern is not None else None
    if match is None or pattern is None:
        return None
    group: str | int = "value" if "value" in pattern.groupindex else 0
    start, end = match.span(group)
    return (start, end, 1.0) if end > start >= 0 else None


_Finder = Callable[[str], tuple[int, int, float] | None]


def _first(rows: Sequence[Row], hit: Hit, rule: Rule, finder: _Finder) -> Candidate | None:
    """Return the first capture in a row; one with its sign goes before bare digits above it."""
    captured = [
        found
        for row in rows[rule.skip :]
        if (found := _in_one(row, finder) or _in_first_piece(row, hit, rule, finder)) is not None
    ]
    return min(captured, key=lambda found: found.cues.bare_shape, default=None)


def _in_first_piece(row: Row, hit: Hit, rule: Rule, finder: _Finder) -> Candidate | None:
    """Return the bare amount with which a row begins; what follows it far off is not the cell's."""
    told = [piece for piece in row.pieces if re.search(r"\w", piece.text)]
    if rule.type is not FieldType.MONEY or len(told) < 2:  # noqa: PLR2004
        return None
    if told[0].segment.top > hit.box.bottom + _NEXT_ROW * hit.height:
        return None
    apart = told[1].segment.left - told[0].segment.right > _APART * told[0].segment.height
    return _in_one(Row((told[0],)), finder) if apart and len(told[0].text) > 2 else None  # noqa: PLR2004


def _in_one(row: Row, finder: _Finder) -> Candidate | None:
    found = finder(row.text)
    if found is None:
        return None
    start, end, fit = found
    words = row_words(row, start, end)
    raw = row.text[start:end].strip()
    if not raw or is_placeholder(raw) or not words:
        return None
    cues = Cues(bare_shape=1 - fit)
    return Candidate(raw=raw, page=row.pieces[0].segment.page, words=words, cues=cues)


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
    return Candidate(raw=raw, page=hit.page, words=words, cues=Cues(lower_row=1.0))


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
            score=box.confidence,
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
                    captured(row.text, column.pattern)
                    if column.pattern
                    else typed(row.text, column.type)
                )
                if found is not None:
                    words = row_words(row, found[0], found[1])
                    cells.append((column.name, row.text[found[0] : found[1]].strip(), words, hit))
                    break
        if cells and all(name in {cell[0] for cell in cells} for name in rule.required):
            yield cells
