"""Tables of the Closing Disclosure with labels at the left and headers above.

They are the calculation of cash to close, and the contacts, whose columns are the rows.

Source: 12 CFR 1026.38(e), (i), (r).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from attrs import frozen

from loanbatch.models import Word
from loanbatch.vocabulary import FieldType
from loanbatch_plugins.layout import PageLayout, Segment, squeeze
from loanbatch_plugins.templates._candidates import Candidate, Cell, rows_of_cells
from loanbatch_plugins.templates._schema import Rule
from loanbatch_plugins.templates._types import find_typed
from loanbatch_plugins.templates._view import DocumentView, Region, words_of

_SCORE = 0.93
_ESTIMATE = re.compile(r"\W*(?:loan estimate|estimación de préstamo)\W*$", re.IGNORECASE)
_FINAL = re.compile(r"\W*final\W*$", re.IGNORECASE)
_CHANGED = re.compile(r"\W*(?P<value>yes|no|sí|si)\b", re.IGNORECASE)
#: What the rows of the contacts are called, squeezed.
_CONTACT_ROWS = {
    "name": "name",
    "nombre": "name",
    "address": "address",
    "dirección": "address",
    "nmlsid": "nmls_id",
    "stlicenseid": "license_id",
    "licenseid": "license_id",
    "contact": "contact_name",
    "contacto": "contact_name",
    "contactnmlsid": "contact_nmls_id",
    "email": "email",
    "correoelectronico": "email",
    "phone": "phone",
    "telefono": "phone",
}
_ROLE = re.compile(
    r"(?:lender|mortgage broker|real estate broker|settlement agent|prestamista|corredor|agente)",
    re.IGNORECASE,
)


def cash_to_close_table(view: DocumentView, rule: Rule, extractor: str) -> Iterator[Candidate]:
    """Yield the rows of the calculation: label, estimate, final amount, whether it changed."""
    for region in _regions(view, rule):
        rows = _calculation(view.layout(region.page), region)
        if rows:
            numbered = [(region.page, row) for row in rows]
            yield rows_of_cells(numbered, _SCORE * rule.confidence, extractor)
            return


def _regions(view: DocumentView, rule: Rule) -> Sequence[Region]:
    return view.regions(rule.section) if rule.section else view.whole_pages


def _calculation(layout: PageLayout, region: Region) -> list[list[Cell]]:
    cells = [item for item in layout.segments if region.holds(region.page, item.box)]
    estimate = next((item for item in cells if _ESTIMATE.match(item.text)), None)
    final = next((item for item in cells if _FINAL.match(item.text)), None)
    if estimate is None or final is None or final.left <= estimate.left:
        return []
    middles = ((estimate.left + estimate.right) / 2, (final.left + final.right) / 2)
    rows = [
        _amounts([item for item in line if item in cells], middles, final.right)
        for line in layout.lines
        if line[0].top > estimate.bottom - 2
    ]
    anchors = [row for row in rows if row is not None]
    return [
        [cell for cell in (_label(row, anchors, cells, estimate), *row.cells) if cell is not None]
        for row in anchors
        if _label(row, anchors, cells, estimate) is not None
    ]


@frozen
class _AmountRow:
    middle: float
    height: float
    left: float
    cells: tuple[Cell, ...]


def _amounts(
    line: Sequence[Segment], middles: tuple[float, float], right: float
) -> _AmountRow | None:
    """Return the amounts of a line in the two columns; None unless it has both."""
    pitch = middles[1] - middles[0]
    found: dict[str, Cell] = {}
    changed = None
    for item in line:
        if item.left > right:
            match = _CHANGED.match(item.text)
            if match is not None and changed is None:
                words = words_of(item, *match.span("value"))
                changed = Cell("changed", match["value"], words, match["value"][0] in "yYsS")
            continue
        for match_money in find_typed(FieldType.MONEY, item.text):
            words = words_of(item, match_money.start, match_money.end)
            middle = (words[0].left + words[-1].right) / 2
            name = "loan_estimate" if middle < sum(middles) / 2 else "final"
            if middle > middles[0] - pitch:
                raw = item.text[match_money.start : match_money.end].strip()
                found.setdefault(name, Cell(name, raw, words))
    if len(found) < 2:  # noqa: PLR2004
        return None
    cells = [found["loan_estimate"], found["final"], *([changed] if changed else [])]
    first = found["loan_estimate"].words[0]
    middle = (first.top + first.bottom) / 2
    return _AmountRow(middle, first.bottom - first.top, first.left, tuple(cells))


def _label(
    row: _AmountRow, rows: Sequence[_AmountRow], cells: Sequence[Segment], head: Segment
) -> Cell | None:
    """Return the wording left of a row: the lines that are nearer to it than to other rows."""
    lines = [
        item
        for item in cells
        if item.top > head.bottom - 2
        and item.left < row.left
        and item.right < row.left + row.height
        and any(map(str.isalpha, item.text))
        and abs(item.middle - row.middle) < 1.6 * row.height
        and min(rows, key=lambda other: abs(other.middle - item.middle)) is row
    ]
    if not lines:
        return None
    raw = " ".join(item.text for item in lines)
    return Cell("label", raw, tuple(word for item in lines for word in item.words))


def contacts(view: DocumentView, rule: Rule, extractor: str) -> Iterator[Candidate]:
    """Yield a row for each party of the contact information that has a name."""
    for region in _regions(view, rule):
        layout = view.layout(region.page)
        rows = [(region.page, row) for row in _contact_rows(layout, region)]
        if rows:
            yield rows_of_cells(rows, _SCORE * rule.confidence, extractor)
            return


@frozen
class _Band:
    name: str
    top: float
    bottom: float


def _contact_rows(layout: PageLayout, region: Region) -> Iterator[list[Cell]]:
    cells = [item for item in layout.segments if region.holds(region.page, item.box)]
    heads = [item for item in cells if _ROLE.match(item.text)]
    if not heads:
        return
    top = min(item.top for item in heads)
    heads = [item for item in heads if item.top < top + item.height]
    left = min(item.left for item in heads)
    bands = _bands([item for item in cells if item.right < left and item.top > top], region)
    if not bands:
        return
    for number, head in enumerate(heads):
        right = heads[number + 1].left if number + 1 < len(heads) else layout.page.width
        column = [
            c for c in cells if head.left - c.height <= c.left < right - 2 and c.top > top - 1
        ]
        row = _contact(column, bands)
        if any(cell.name == "name" for cell in row):
            yield row


def _bands(labels: Sequence[Segment], region: Region) -> list[_Band]:
    """Return the rows that the labels at the left name; a label may wrap."""
    groups: list[list[Segment]] = []
    for item in sorted(labels, key=lambda label: label.top):
        if groups and item.top - groups[-1][-1].bottom < 0.5 * item.height:
            groups[-1].append(item)
        else:
            groups.append([item])
    tops = [group[0].top - 0.5 * group[0].height for group in groups]
    ends = [*tops[1:], region.box.bottom]
    bands = []
    for group, top, bottom in zip(groups, tops, ends, strict=True):
        name = _CONTACT_ROWS.get(squeeze(" ".join(item.text for item in group)))
        if name is not None:
            bands.append(_Band(name, top, bottom))
    return bands


def _contact(column: Sequence[Segment], bands: Sequence[_Band]) -> list[Cell]:
    role = [item for item in column if item.middle < bands[0].top]
    row = [_joined("role", role, " ")] if role else []
    for band in bands:
        lines = [item for item in column if band.top <= item.middle < band.bottom]
        if band.name == "phone":
            lines = lines[:1]
        if lines:
            row.append(_joined(band.name, lines, _JOIN.get(band.name, " ")))
    return row


_JOIN = {"address": "\n", "email": "", "nmls_id": "", "license_id": ""}


def _joined(name: str, lines: Sequence[Segment], join: str) -> Cell:
    words: tuple[Word, ...] = tuple(word for item in lines for word in item.words)
    return Cell(name, join.join(item.text for item in lines), words)
