"""Tables that have a row for each amount and a column for each entry, as the earnings of form 1005.

The headers above give the entries, the labels at the left the columns of the field. A total that is
not the sum of the amounts over it tells of a misread one: the entry is left out, the table doubted.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from loanbatch.models import Word
from loanbatch_plugins.layout import Segment
from loanbatch_plugins.templates._candidates import Candidate, Cell, rows_of_cells, size_of
from loanbatch_plugins.templates._hits import Hit
from loanbatch_plugins.templates._schema import Column, Rule
from loanbatch_plugins.templates._types import find_typed
from loanbatch_plugins.templates._view import DocumentView

_SCORE, _DOUBTED = 0.93, 0.6
#: Labels stand no further below the headers than this, in heights of the headers.
_REACH = 24.0
#: Headers stand at one height within this many heights.
_LEVEL = 0.8
#: The amounts of a label begin so far above it, in its heights.
_RISE = 0.5
_TOTAL = "total"
#: Dollars by which a total may miss its parts: forms are filled in whole dollars.
_ROUNDING = 2.0

_Labels = list[tuple[Column, Hit]]


def crossed_rows(view: DocumentView, rule: Rule, extractor: str) -> Iterator[Candidate]:
    """Yield the entries of the first row of headers under which labels with amounts stand."""
    for headers in _header_rows(view, rule):
        labels = _labels_below(view, rule, headers)
        entries = [cells for cells in _entries(rule, headers, labels) if _is_entry(cells, rule)]
        if entries:
            sound = [cells for cells in entries if _adds_up(cells)]
            score = _SCORE if len(sound) == len(entries) else _DOUBTED
            rows = [(headers[0].page, cells) for cells in sound or entries]
            yield rows_of_cells(rows, score * rule.confidence, extractor)
            return


def _header_rows(view: DocumentView, rule: Rule) -> Iterator[list[Hit]]:
    """Yield the headers that stand at one height, from the left; two at least."""
    row: list[Hit] = []
    for hit in sorted(view.find(rule.column), key=lambda item: (item.page, item.box.top)):
        if row and (hit.page != row[0].page or hit.box.top > row[0].box.top + _LEVEL * hit.height):
            if len(row) > 1:
                yield sorted(row, key=lambda item: item.box.left)
            row = []
        row.append(hit)
    if len(row) > 1:
        yield sorted(row, key=lambda item: item.box.left)


def _labels_below(view: DocumentView, rule: Rule, headers: Sequence[Hit]) -> _Labels:
    """Return the label of each column that stands left of the headers, nearest below them."""
    first = headers[0]
    labels = []
    for column in rule.columns:
        near = [
            hit
            for hit in view.find(column.labels)
            if hit.page == first.page
            and hit.box.right < first.box.left
            and first.box.bottom <= hit.box.top <= first.box.bottom + _REACH * first.height
        ]
        if near:
            labels.append((column, min(near, key=lambda hit: hit.box.top)))
    return sorted(labels, key=lambda pair: pair[1].box.top)


def _entries(rule: Rule, headers: Sequence[Hit], labels: _Labels) -> Iterator[list[Cell]]:
    lefts = [header.box.left - header.height for header in headers]
    for header, (left, right) in zip(headers, pairwise([*lefts, _right_end(headers)]), strict=True):
        cells = [cell for column in rule.columns if (cell := _headed(column, header)) is not None]
        for (column, label), below in zip(
            labels, [*(hit for _, hit in labels[1:]), None], strict=True
        ):
            rise = _RISE * label.height
            top = label.box.top - rise
            bottom = below.box.top - rise if below else label.box.bottom + rise
            cell = _amount(column, label, (left, top, right, bottom))
            if cell is not None:
                cells.append(cell)
        yield cells


def _right_end(headers: Sequence[Hit]) -> float:
    """Return the right edge of the last column: as wide as the one before it."""
    return 2 * headers[-1].box.left - headers[-2].box.left


def _headed(column: Column, header: Hit) -> Cell | None:
    """Return what a column's pattern finds in the header itself, as the year."""
    segment = header.segments[-1]
    if column.labels or column.pattern is None:
        return None
    match = column.pattern.search(segment.text, header.end)
    if match is None:
        return None
    start, end = match.span("value" if "value" in column.pattern.groupindex else 0)
    return Cell(column.name, segment.text[start:end], _words(segment, start, end))


def _amount(column: Column, label: Hit, area: tuple[float, float, float, float]) -> Cell | None:
    """Return the last amount in a field of the table; what stands over it is a heading."""
    left, top, right, bottom = area
    found: Cell | None = None
    for segment in label.layout.between(top, bottom):
        if not (top <= segment.middle < bottom and left <= segment.left < right):
            continue
        matches = find_typed(column.type, segment.text)
        if matches:
            start, end = matches[0].start, matches[0].end
            found = Cell(column.name, segment.text[start:end], _words(segment, start, end))
    return found


def _words(segment: Segment, start: int, end: int) -> tuple[Word, ...]:
    return tuple(
        word
        for word, at in zip(segment.words, segment.starts, strict=True)
        if at < end and at + len(word.text) > start
    )


def _is_entry(cells: Sequence[Cell], rule: Rule) -> bool:
    return {cell.name for cell in cells} >= set(rule.required)


def _adds_up(cells: Sequence[Cell]) -> bool:
    """Whether the amounts make the total, where there is one."""
    total = [size_of(cell.raw) for cell in cells if cell.name == _TOTAL]
    parts = [size_of(cell.raw) for cell in cells if cell.name not in (_TOTAL, "year")]
    return not total or abs(sum(parts) - total[0]) <= _ROUNDING
