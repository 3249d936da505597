"""Part I of Schedule E: each rental property's address, days and amounts.

The properties are lettered A to C. A list gives their addresses, another one their types and days;
below that each letter heads a column of amounts, whose lines are numbered at the left.

Source: IRS Schedule E (Form 1040), Part I, editions 2015 to 2025.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from attrs import frozen

from loanbatch.models import Word
from loanbatch.vocabulary import FieldType
from loanbatch_plugins.layout import PageLayout, Segment
from loanbatch_plugins.templates._candidates import Candidate, Cell, rows_of_cells
from loanbatch_plugins.templates._hits import Hit
from loanbatch_plugins.templates._numbered import next_number, own_number
from loanbatch_plugins.templates._schema import Rule
from loanbatch_plugins.templates._types import find_typed
from loanbatch_plugins.templates._view import DocumentView

_SCORE = 0.93
_LETTER = re.compile(r"[A-C]")
#: Types of property from the list on the form.
_TYPE = re.compile(r"[1-8]")
_DAYS = re.compile(r"\d{1,3}")
_HEADING = re.compile(r"properties\b", re.IGNORECASE)
_AMOUNT = re.compile(r"\(?-?\d{1,3}(?:,\d{3})*\.?(?:\d\d)?\)?")
#: Right edges of amounts further apart than this belong to other columns, points.
_COLUMN_GAP = 25.0
#: Fewer amounts make no column.
_LEAST_AMOUNTS = 3
_ADDRESS = re.compile(r".*\d.*[A-Za-z]{3}.*")
#: Lines of the list of addresses and of the list of days below their captions.
_LIST_LINES = 6
#: Rows of a numbered line where the next one's number was not read, in heights of the label.
_ROWS = 1.2
#: The fields of the list of types and days; their labels are its captions.
_DAY_COLUMNS = ("fair_rental_days", "personal_use_days")
_LISTED = ("property", "property_type", *_DAY_COLUMNS)


@frozen
class _Column:
    """A lettered column of amounts."""

    letter: Word
    left: float
    right: float


def rental_properties(view: DocumentView, rule: Rule, extractor: str) -> Iterator[Candidate]:
    """Yield a row for each lettered property that has amounts."""
    for layout in view.layouts:
        columns = _columns(layout)
        if not columns:
            continue
        top = _top(layout, columns)
        days = _listed(view, layout, rule, top)
        rows = []
        for column in columns:
            amounts = list(_amounts(view, layout, rule, column, top))
            if amounts:
                name = column.letter.text
                rows.append(
                    [Cell("property", name, (column.letter,)), *days.get(name, []), *amounts]
                )
        if rows:
            numbered = [(layout.number, row) for row in rows]
            yield rows_of_cells(numbered, _SCORE * rule.confidence, extractor)


def rental_addresses(view: DocumentView, rule: Rule, extractor: str) -> Iterator[Candidate]:
    """Yield the addresses behind the letters of the list under the rule's label, one a line."""
    del extractor
    for hit in view.find_any(rule.labels)[:1]:
        found: list[tuple[str, tuple[Word, ...]]] = []
        last = ""
        for line in hit.layout.lines[hit.segments[-1].line + 1 :][:_LIST_LINES]:
            words = [word for segment in line for word in segment.words]
            letter = words[0].text
            if not _LETTER.fullmatch(letter):
                continue
            if letter <= last:
                # The list of the days begins.
                break
            last = letter
            text = " ".join(word.text for word in words[1:])
            if _ADDRESS.fullmatch(text):
                found.append((text, tuple(words[1:])))
        if found:
            yield Candidate(
                raw="\n".join(text for text, _ in found),
                page=hit.page,
                words=tuple(word for _, words in found for word in words),
                score=_SCORE * rule.confidence,
            )


def _columns(layout: PageLayout) -> list[_Column]:
    """Return the columns of the first line that ends with the letters A, B and C."""
    for line in layout.lines:
        letters = [segment.words[0] for segment in line if _LETTER.fullmatch(segment.text)]
        if [word.text for word in letters] == ["A", "B", "C"]:
            middles = [(word.left + word.right) / 2 for word in letters]
            half = (middles[2] - middles[0]) / 4
            return [
                _Column(word, middle - half, middle + half)
                for word, middle in zip(letters, middles, strict=True)
            ]
        if letters and letters[0].text == "A" and any(_HEADING.match(s.text) for s in line):
            return _guessed(layout, letters[0])
    return []


def _top(layout: PageLayout, columns: Sequence[_Column]) -> float:
    """Return where the heads of the columns of amounts stand."""
    headings = [line[0].top for line in layout.lines if any(_HEADING.match(s.text) for s in line)]
    return min([*headings, *(column.letter.top for column in columns if not headings)])


def _guessed(layout: PageLayout, first: Word) -> list[_Column]:
    """Return the columns that the amounts below make where recognition lost letters over them.

    The letters that head the list of days stand for the lost ones.
    """
    listed = {
        line[0].words[0].text: line[0].words[0]
        for line in layout.lines
        if line[0].top < first.top and _LETTER.fullmatch(line[0].words[0].text)
    }
    edges = sorted(
        word.right
        for segment in layout.segments
        if segment.top > first.bottom
        for word in segment.words
        if word.right > first.left and _AMOUNT.fullmatch(word.text)
    )
    columns: list[_Column] = []
    start = 0
    for end, edge in enumerate(edges, 1):
        if end < len(edges) and edges[end] - edge < _COLUMN_GAP:
            continue
        letter = "ABC"[len(columns) : len(columns) + 1]
        if end - start >= _LEAST_AMOUNTS and letter in listed:
            left = columns[-1].right if columns else first.left - _COLUMN_GAP
            columns.append(_Column(listed[letter], left, edge + 1))
        start = end
    return columns


def _amounts(
    view: DocumentView, layout: PageLayout, rule: Rule, column: _Column, top: float
) -> Iterator[Cell]:
    for item in rule.columns:
        if item.name in _LISTED:
            continue
        for hit in view.find_any(item.labels):
            if hit.page != layout.number or hit.box.top < top:
                continue
            cell = next(_in_column(hit, item.name, column), None)
            if cell is not None:
                yield cell
            break


def _in_column(hit: Hit, name: str, column: _Column) -> Iterator[Cell]:
    """Yield the amounts of a label's line in a column."""
    number = own_number(hit)
    end = next_number(hit, number) if number is not None else None
    bottom = hit.segments[-1].middle + _ROWS * hit.height if end is None else end
    for segment in hit.layout.between(hit.box.top, bottom):
        inside = [w for w in segment.words if column.left <= (w.left + w.right) / 2 < column.right]
        text = " ".join(word.text for word in inside)
        found = [m for m in find_typed(FieldType.MONEY, text) if not _TYPE.fullmatch(text)]
        if hit.box.top < segment.middle < bottom and found:
            yield Cell(name, text[found[0].start : found[0].end], tuple(inside))


def _listed(
    view: DocumentView, layout: PageLayout, rule: Rule, bottom: float
) -> dict[str, list[Cell]]:
    """Return type and days of each letter, from the lines over the columns of amounts."""
    heads = _day_heads(view, layout, rule, bottom)
    found: dict[str, list[Cell]] = {}
    for line in layout.lines:
        if line[0].top >= bottom:
            break
        letter = line[0].words[0].text
        if _LETTER.fullmatch(letter) and heads and line[0].top > min(h.box.top for _, h in heads):
            cells = [*_type_of(line), *_days_of(line, heads)]
            if cells:
                found[letter] = cells
    return found


def _day_heads(
    view: DocumentView, layout: PageLayout, rule: Rule, bottom: float
) -> list[tuple[str, Hit]]:
    return [
        (item.name, hit)
        for item in rule.columns
        if item.name in _DAY_COLUMNS
        for hit in view.find_any(item.labels)
        if hit.page == layout.number and hit.box.top < bottom and hit.ends_cell
    ]


def _type_of(line: Sequence[Segment]) -> Iterator[Cell]:
    words = [word for segment in line for word in segment.words]
    if len(words) > 1 and _TYPE.fullmatch(words[1].text):
        yield Cell("property_type", words[1].text, (words[1],))


def _days_of(line: Sequence[Segment], heads: Sequence[tuple[str, Hit]]) -> Iterator[Cell]:
    words = [word for segment in line for word in segment.words if _DAYS.fullmatch(word.text)]
    for name, hit in heads:
        margin = 2 * hit.height
        under = [w for w in words if hit.box.left - margin < w.left < hit.box.right + margin]
        if under:
            yield Cell(name, under[0].text, (under[0],))
