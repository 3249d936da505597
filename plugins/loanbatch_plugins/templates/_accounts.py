"""Statements over several accounts.

A summary lists them, then each has a part of its own that reads like a statement.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import takewhile

from attrs import evolve, frozen

from loanbatch.models import Field, Page
from loanbatch_plugins.layout import squeeze
from loanbatch_plugins.templates._candidates import Candidate
from loanbatch_plugins.templates._rows import tabled
from loanbatch_plugins.templates._schema import FieldTemplate, Rule
from loanbatch_plugins.templates._view import DocumentView

#: What the part of an account is read for, by the template's own rules.
_OWN = (
    "account_type",
    "opening_balance",
    "closing_balance",
    "total_deposits",
    "total_withdrawals",
    "interest_paid",
    "transactions",
)
_LEAST = 2
_NUMBER = re.compile(r"[\dxX*•. -]*\d{3,}[\d -]*")


@frozen(order=True)
class _Place:
    page: int
    top: float


def accounts(view: DocumentView, rule: Rule, extractor: str) -> Iterator[Candidate]:
    """Yield one candidate with a row for each account; nothing where there are not several."""
    table = next(tabled(view, evolve(rule, reader=None), extractor), None)
    listed = list(takewhile(_is_account, table.rows)) if table is not None else []
    if table is None or len(listed) < _LEAST:
        return
    end = max(_place(cell) for row in listed for cell in row)
    starts = [_start(view, row, end) for row in listed]
    rows = []
    for row, start in zip(listed, starts, strict=True):
        more: Mapping[str, Field] = {}
        if start is not None:
            after = min((s for s in starts if s is not None and s > start), default=None)
            more = view.read_part(_pages(view, start, after), _wanted(view, rule))
        named = {cell.name: cell for cell in row}
        rows.append(tuple({**more, **named}.values()))
    yield evolve(table, rows=tuple(rows))


def _is_account(row: Sequence[Field]) -> bool:
    """Whether a row of the summary can be an account: a name and a number, masked or not."""
    named = {cell.name: cell.raw for cell in row}
    number = _NUMBER.fullmatch(named.get("account_number", "")) is not None
    return number and sum(map(str.isalpha, named.get("account_name", ""))) > 2  # noqa: PLR2004


def _place(cell: Field) -> _Place:
    return _Place(cell.page, cell.box.bottom if cell.box else 0.0)


def _start(view: DocumentView, row: Sequence[Field], end: _Place) -> _Place | None:
    """Return where an account's own part begins: its name, or its number, after the summary."""
    named = {cell.name: squeeze(cell.raw) for cell in row}
    name, number = named.get("account_name", ""), named.get("account_number", "")
    for layout in view.layouts:
        for item in layout.segments:
            place = _Place(item.page, item.top)
            both = bool(number) and item.key.startswith(name) and number in item.key
            if place > end and (both or (name and item.key == name)):
                return place
    return None


def _pages(view: DocumentView, start: _Place, after: _Place | None) -> list[Page]:
    """Return the pages between two places, with the words between them only."""
    pages = []
    for layout in view.layouts:
        page = layout.page
        if page.number < start.page or (after is not None and page.number > after.page):
            continue
        top = start.top - 1 if page.number == start.page else 0.0
        bottom = after.top - 1 if after and page.number == after.page else page.height
        words = tuple(w for w in page.words if top <= (w.top + w.bottom) / 2 < bottom)
        pages.append(evolve(page, words=words))
    return pages


def _wanted(view: DocumentView, rule: Rule) -> list[FieldTemplate]:
    """Return how to read an account's part: the template's fields, and columns by their labels."""
    own = [
        evolve(item, rules=tuple(evolve(r, unless=()) for r in item.rules))
        for item in view.template.fields
        if item.name in _OWN
    ]
    known = {item.name for item in own}
    by_label = [
        FieldTemplate(name=c.name, type=c.type, rules=(Rule(type=c.type, labels=c.labels),))
        for c in rule.columns
        if c.labels and c.name not in known and c.name not in rule.required
    ]
    return [*own, *by_label]
