"""The contacts of the Closing Disclosure: a column for each party, a row for each detail.

The labels at the left tell the rows. Where recognition lost one, what stands in the columns does:
the party's name comes first, an address for mail has its sign, a number to call its shape.

Source: 12 CFR 1026.38(r).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from itertools import groupby

from attrs import evolve, frozen

from loanbatch.models import Word
from loanbatch_plugins.layout import PageLayout, Segment, squeeze
from loanbatch_plugins.templates._candidates import Candidate, Cell, rows_of_cells
from loanbatch_plugins.templates._schema import Rule
from loanbatch_plugins.templates._view import DocumentView, Region

_SCORE = 0.93
#: What the rows are called, squeezed; those without a name are not told.
_ROWS = {
    "name": "name",
    "nombre": "name",
    "address": "address",
    "direccion": "address",
    "nmlsid": "nmls_id",
    "identificacionnmls": "nmls_id",
    "stlicenseid": "license_id",
    "licenseid": "license_id",
    "contact": "contact_name",
    "contacto": "contact_name",
    "contactnmlsid": "contact_nmls_id",
    "contactstlicenseid": "",
    "email": "email",
    "correoelectronico": "email",
    "phone": "phone",
    "telefono": "phone",
}
#: Percent of likeness of a misread label, and of one that may be two.
_ALIKE, _SURELY = 80, 95
#: Lines with less than this share of their height between them are one label.
_TOUCHING = 0.2
_ROLE = re.compile(
    r"(?:lender|mortgage broker|real estate broker|settlement agent|prestamista|corredor|agente)",
    re.IGNORECASE,
)
#: "(B)" and "(S)", of the buyer and of the seller.
_SIDE = re.compile(r"[({\[]\s?([BS])[)}\]|]*$")
_PHONE = re.compile(r"\(?\d{3}\)?[\s.-]{0,2}\d{3}[\s.-]{1,2}\d{4}(?:\s?x\w*\s?\d+)?")
#: How the lines of a row are joined; identifiers and addresses for mail have no blanks.
_JOIN = {"address": "\n", "email": "", "nmls_id": "", "license_id": "", "contact_nmls_id": ""}


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
    """A row of the table; told by its label, or by what stands in it."""

    name: str
    top: float
    bottom: float


def _contact_rows(layout: PageLayout, region: Region) -> Iterator[list[Cell]]:
    cells = [item for item in layout.segments if region.holds(region.page, item.box)]
    heads = [item for item in cells if _ROLE.match(item.text)]
    if not heads:
        return
    top = min(item.top for item in heads)
    heads = sorted(
        (item for item in heads if item.top < top + item.height), key=lambda item: item.left
    )
    left = heads[0].left
    labels = [item for item in cells if item.right < left and item.top > top]
    body = [item for item in cells if item.left >= left - item.height and item.top > top - 1]
    bands = _bands(labels, body, region)
    columns: list[list[Segment]] = [[] for _ in heads]
    for item in body:
        columns[sum(item.left > head.left - item.height for head in heads[1:])].append(item)
    for column in columns:
        row = _contact(column, bands)
        if any(cell.name == "name" for cell in row):
            yield row


def _bands(labels: Sequence[Segment], body: Sequence[Segment], region: Region) -> list[_Band]:
    """Return the rows of the table, from the top; none without a label."""
    found: dict[str, tuple[float, float]] = {}
    for group in _grouped(labels):
        name = _row_name(_text(group))
        if name is not None:
            top, bottom = group[0].top - 0.5 * group[0].height, group[-1].bottom
            found.setdefault(name, (top, bottom + 0.7 * group[-1].height))
    if not found:
        return []
    found.setdefault("name", (min(i.bottom for i in body if _ROLE.match(i.text)) - 0.5, 0.0))
    for name, above, below, holds in _TOLD:
        top = max((found[other][1] for other in above if other in found), default=0.0)
        end = min((found[other][0] for other in below if other in found), default=region.box.bottom)
        places = [item for item in body if top <= item.middle < end and holds(item.text)]
        if name not in found and places and (top or not above):
            first = min(places, key=lambda item: item.top)
            found[name] = (first.top - 0.5 * first.height, first.bottom + 0.7 * first.height)
    ordered = sorted(found.items(), key=lambda pair: pair[1])
    ends = [*(top for _, (top, _) in ordered[1:]), region.box.bottom]
    return [
        _Band(name, top, min(end, bottom) if name in _ONE_LINE else end)
        for (name, (top, bottom)), end in zip(ordered, ends, strict=True)
    ]


def _grouped(labels: Sequence[Segment]) -> list[list[Segment]]:
    """Return the labels of one or two lines each."""
    groups: list[list[Segment]] = []
    for item in sorted(labels, key=lambda label: (label.top, label.left)):
        gap = item.top - groups[-1][-1].bottom if groups else 0.0
        together = _text([*groups[-1], item]) if groups else ""
        wrapped = gap < item.height and _row_name(together, _SURELY) is not None
        if groups and (gap < _TOUCHING * item.height or wrapped):
            groups[-1].append(item)
        else:
            groups.append([item])
    return groups


def _text(cells: Sequence[Segment]) -> str:
    return " ".join(item.text for item in cells)


#: Rows that take one line; what stands lower is not theirs.
_ONE_LINE = frozenset(("nmls_id", "license_id", "contact_name", "contact_nmls_id"))
_Told = tuple[str, tuple[str, ...], tuple[str, ...], Callable[[str], object]]
#: Rows whose label may be lost: what stands above and below them, and what they hold.
_TOLD: tuple[_Told, ...] = (
    ("email", (), (), lambda text: "@" in text),
    ("phone", (), (), _PHONE.search),
    (
        "contact_name",
        ("nmls_id", "license_id"),
        ("contact_nmls_id", "", "email", "phone"),
        re.compile(r"[^\W\d_][\w.'-]*(?: [^\W\d_][\w.'-]*)+").fullmatch,
    ),
    (
        "license_id",
        ("nmls_id",),
        ("contact_name", "contact_nmls_id", "", "email", "phone"),
        re.compile(r"\S*\d\S*").fullmatch,
    ),
)


def _row_name(label: str, alike: int = _ALIKE) -> str | None:
    """Return what a label says, misread or not; empty for rows that are not told."""
    from rapidfuzz.fuzz import ratio
    from rapidfuzz.process import extractOne

    found = extractOne(squeeze(label), _ROWS.keys(), scorer=ratio, score_cutoff=alike)
    return _ROWS[found[0]] if found is not None else None


def _contact(column: Sequence[Segment], bands: Sequence[_Band]) -> list[Cell]:
    role = [item for item in column if item.middle < bands[0].top] if bands else []
    row = [_role(_joined("role", _lines(role), " "))] if role else []
    for band in bands:
        if not band.name:
            continue
        lines = _lines(item for item in column if band.top <= item.middle < band.bottom)
        if band.name == "phone":
            lines = lines[:1]
        if lines:
            row.append(_joined(band.name, lines, _JOIN.get(band.name, " ")))
    return row


def _role(cell: Cell) -> Cell:
    """Return a role with the bracket closed that recognition left open."""
    told = _SIDE.sub(r"(\1)", cell.raw)
    return cell if told == cell.raw else evolve(cell, value=told)


def _lines(cells: Iterator[Segment] | Sequence[Segment]) -> list[list[Segment]]:
    return [list(line) for _, line in groupby(cells, key=lambda item: item.line)]


def _joined(name: str, lines: Sequence[Sequence[Segment]], join: str) -> Cell:
    words: tuple[Word, ...] = tuple(word for line in lines for item in line for word in item.words)
    blank = "" if join == "" else " "
    texts = [blank.join(word.text for item in line for word in item.words) for line in lines]
    return Cell(name, join.join(texts), words)
