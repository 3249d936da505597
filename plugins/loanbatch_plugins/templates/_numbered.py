"""The numbered lines of tax forms: a line ends in its number and, right of that, its amount.

The number that stands before a label is printed again before the amount, in the label's row or, for
a label of several rows, in a later one; a line whose number is the last thing in its row is blank.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from attrs import evolve

from loanbatch_plugins.layout import Segment
from loanbatch_plugins.templates._candidates import Candidate
from loanbatch_plugins.templates._cells import captured, typed
from loanbatch_plugins.templates._cues import Cues
from loanbatch_plugins.templates._hits import Hit
from loanbatch_plugins.templates._placing import Piece
from loanbatch_plugins.templates._schema import Rule
from loanbatch_plugins.templates._types import find_typed
from loanbatch_plugins.templates._view import DocumentView, words_of

_LINE_NUMBER = re.compile(
    r"(?:.*(?<!\d)[.\s_►▶▸])?(?P<number>\d{1,2}[a-z]{0,2})[|\]]?", re.IGNORECASE
)
_LINE_AND_VALUE = re.compile(r"\d{1,2}[a-z]{0,2}\s+(?P<value>\S.*)", re.IGNORECASE)
#: Rows below a label in which its line number may stand.
_LINE_ROWS = 4.5
#: A line of a form has no more rows than this, in heights of its label.
_LINES = 14.0
_OWN_NUMBER = re.compile(r"\d{1,2}[a-z]?", re.IGNORECASE)


def on_line(view: DocumentView, hit: Hit, rule: Rule) -> Candidate | None:
    """Return the amount behind the number of a label's line."""
    number = own_number(hit)
    end = next_number(hit, number) if number is not None else None
    if number is not None and end is not None:
        found = _behind(number, hit, end, rule)
        if found is not None:
            return found[0]
    layout = hit.layout
    bottom = hit.segments[-1].middle + _LINE_ROWS * hit.height
    bottom = bottom if end is None else min(bottom, end)
    for row, cells in _rows_right_of(hit, bottom).items():
        found = _numbered(cells, hit, rule)
        if found is not None:
            return found[0]
        if any(view.is_label_cell(item) and item not in hit.segments for item in layout.lines[row]):
            break
    own = [item for item in layout.right_of(hit.box) if item not in hit.segments]
    return _unnumbered(view, own, rule)


def _rows_right_of(hit: Hit, bottom: float) -> dict[int, list[Segment]]:
    """Return what stands right of a label's beginning, by lines from its own down to a height."""
    rows: dict[int, list[Segment]] = {}
    for segment in hit.layout.between(hit.box.top, bottom):
        if segment.left > hit.box.left + hit.height and hit.box.top < segment.middle < bottom:
            rows.setdefault(segment.line, []).append(segment)
    lines = hit.layout.lines
    return {n: [item for item in lines[n] if item in rows[n]] for n in sorted(rows)}


def own_number(hit: Hit) -> Segment | None:
    """Return the cell of the number with which a label's line begins."""
    before = next(iter(hit.layout.left_of(hit.box)), None)
    return before if before is not None and _OWN_NUMBER.fullmatch(before.text) else None


def next_number(hit: Hit, own: Segment) -> float | None:
    """Return where the next line of a form begins: below, with its number in the same column."""
    tops = [
        item.top
        for item in hit.layout.between(own.bottom, own.bottom + _LINES * hit.height)
        if item.top > own.top
        and abs(item.right - own.right) < hit.height
        and _OWN_NUMBER.fullmatch(item.text)
    ]
    return min(tops, default=None)


def _behind(own: Segment, hit: Hit, bottom: float, rule: Rule) -> tuple[Candidate | None] | None:
    """Return what stands behind a line's number where it is printed again, rows below maybe."""
    for cells in _rows_right_of(hit, bottom).values():
        for place, cell in enumerate(cells):
            if cell.text.casefold().strip("|]") == own.text.casefold():
                return _numbered(cells[place:], hit, rule)
    return None


def _numbered(cells: Sequence[Segment], hit: Hit, rule: Rule) -> tuple[Candidate | None] | None:
    """Return the value behind the first line number of a row, None where nothing follows it."""
    for position, cell in enumerate(cells):
        start = hit.end if cell in hit.segments else 0
        text = cell.text[start:]
        joined = _LINE_AND_VALUE.fullmatch(text)
        if joined and cell not in hit.segments:
            piece = Piece(cell, start + joined.start("value"), len(cell.text))
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
            return (_value_of(Piece(after, 0, len(after.text)), rule),)
        return (None,)
    return None


def _unnumbered(view: DocumentView, cells: Sequence[Segment], rule: Rule) -> Candidate | None:
    """Return the one unmistakable amount of a row whose line number was not read."""
    for cell in cells:
        if view.is_label_cell(cell):
            return None
        found = find_typed(rule.type, cell.text)
        if found and found[0].fit > 0.95 and not re.search(r"[a-z]{3}", cell.text, re.IGNORECASE):  # noqa: PLR2004
            return _value_of(Piece(cell, 0, len(cell.text), Cues(lost_line_number=1.0)), rule)
    return None


def _value_of(piece: Piece, rule: Rule) -> Candidate | None:
    found = captured(piece.text, rule.pattern) if rule.pattern else typed(piece.text, rule.type)
    if found is None:
        return None
    start, end, fit = found
    words = words_of(piece.segment, piece.start + start, piece.start + end)
    raw = piece.text[start:end].strip()
    # Behind its line number an amount needs no cents or commas to be one.
    cues = evolve(piece.cues, bare_shape=1 - max(fit, 0.95))
    return Candidate(raw=raw, page=piece.segment.page, words=words, cues=cues)
