"""The contacts of the Closing Disclosure: a column for each party, a row for each detail.

Source: 12 CFR 1026.38(r).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from attrs import frozen

from loanbatch.models import Word
from loanbatch_plugins.layout import PageLayout, Segment, squeeze
from loanbatch_plugins.templates._candidates import Candidate, Cell, rows_of_cells
from loanbatch_plugins.templates._schema import Rule
from loanbatch_plugins.templates._view import DocumentView, Region

_SCORE = 0.93
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


def contacts(view: DocumentView, rule: Rule, extractor: str) -> Iterator[Candidate]:
    """Yield a row for each party of the contact information that has a name."""
    for region in view.regions(rule.section) if rule.section else view.whole_pages:
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
