"""Statements over several accounts.

A summary lists them, then each has a part of its own that reads like a statement.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import takewhile

from attrs import evolve, frozen

from loanbatch.models import Field, Page, Word
from loanbatch_plugins.layout import PageLayout, Segment, squeeze, union
from loanbatch_plugins.templates._candidates import Candidate, weakest
from loanbatch_plugins.templates._rows import tabled
from loanbatch_plugins.templates._schema import FieldTemplate, Rule
from loanbatch_plugins.templates._shares import find_headings
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
#: What is told of each transaction inside an account's row, as the vocabulary lists it.
_TRANSACTION = ("date", "amount", "balance")
#: A member has no more shares; longer lists of such headings are something else.
_LEAST, _MOST = 2, 40
#: An account that headings tell is as sure as they are plain.
_SHARES = 0.9
#: Words of a heading at most, and how far below it, in its heights, the account's number stands.
_LONGEST_HEADING = 10
_HEADING_REACH = 4.0
_NUMBER = re.compile(r"[\dxX*•. -]*\d{3,}[\d -]*|[A-Z]{1,2}-?\d{1,4}")


@frozen(order=True)
class _Place:
    page: int
    top: float


def accounts(view: DocumentView, rule: Rule, extractor: str) -> Iterator[Candidate]:
    """Yield one candidate with a row for each account; nothing where there are not several."""
    table = next(tabled(view, evolve(rule, reader=None), extractor), None)
    listed = list(takewhile(_is_account, table.rows)) if table is not None else []
    if table is None or len(listed) < _LEAST:
        yield from _shares(view, rule, extractor)
        return
    end = max(_place(cell) for row in listed for cell in row)
    starts = [_start(view, row, end) for row in listed]
    rows = []
    for row, start in zip(listed, starts, strict=True):
        more: Mapping[str, Field] = {}
        if start is not None:
            after = min((s for s in starts if s is not None and s > start), default=None)
            more = _read(view, rule, start, after)
        named = {cell.name: cell for cell in row}
        rows.append(tuple({**more, **named}.values()))
    yield evolve(table, rows=tuple(rows))


def _read(
    view: DocumentView, rule: Rule, start: _Place, after: _Place | None
) -> Mapping[str, Field]:
    """Read an account's own part."""
    found = dict(view.read_part(_pages(view, start, after), _wanted(view, rule)))
    if "transactions" in found:
        rows = found["transactions"].rows
        kept = tuple(tuple(cell for cell in row if cell.name in _TRANSACTION) for row in rows)
        found["transactions"] = evolve(found["transactions"], rows=kept)
    return found


def _shares(view: DocumentView, rule: Rule, extractor: str) -> Iterator[Candidate]:
    """Yield the accounts that only headings of their parts tell; loans end the part before."""
    headings = find_headings(view.layouts)
    kept = [heading for heading in headings if heading.is_account and heading.name_words]
    if not _LEAST <= len(kept) <= _MOST:
        return
    rows = []
    for heading in kept:
        start = _Place(heading.page, heading.top)
        places = (_Place(item.page, item.top) for item in headings)
        after = min((place for place in places if place > start), default=None)
        more = _read(view, rule, start, after)
        named = [
            _printed("account_name", heading.name_words, heading.page, extractor),
            _printed("account_number", heading.number_words, heading.page, extractor),
        ]
        rows.append((*named, *more.values()))
    words = tuple(word for heading in kept for word in heading.name_words)
    yield Candidate(
        raw="\n".join(row[0].raw for row in rows),
        page=kept[0].page,
        words=tuple(w for item in kept if item.page == kept[0].page for w in item.name_words),
        score=_SHARES * weakest(words) * rule.confidence,
        rows=tuple(rows),
    )


def _printed(name: str, words: Sequence[Word], page: int, extractor: str) -> Field:
    return Field(
        name=name,
        raw=" ".join(word.text for word in words),
        page=page,
        box=union(words),
        confidence=round(_SHARES * weakest(words), 4),
        extractor=extractor,
    )


def _is_account(row: Sequence[Field]) -> bool:
    """Whether a row of the summary can be an account: a name and a number, masked or not."""
    named = {cell.name: cell.raw for cell in row}
    number = _NUMBER.fullmatch(named.get("account_number", "")) is not None
    return number and sum(map(str.isalpha, named.get("account_name", ""))) > 2  # noqa: PLR2004


def _place(cell: Field) -> _Place:
    return _Place(cell.page, cell.box.bottom if cell.box else 0.0)


def _start(view: DocumentView, row: Sequence[Field], end: _Place) -> _Place | None:
    """Return where an account's own part begins, after the summary.

    Its heading is its name, or begins with it and has the account's number in it or just below.
    """
    named = {cell.name: squeeze(cell.raw) for cell in row}
    name, number = named.get("account_name", ""), named.get("account_number", "")
    for layout in view.layouts:
        for item in layout.segments:
            place = _Place(item.page, item.top)
            if name and place > end and item.key.startswith(name):
                short = len(item.words) <= _LONGEST_HEADING and _near(layout, item, number)
                if item.key == name or short:
                    return place
    return None


def _near(layout: PageLayout, heading: Segment, number: str) -> bool:
    """Whether a number stands in a heading or in the next lines."""
    below = layout.below(heading.box, _HEADING_REACH * heading.height)
    return bool(number) and any(number in item.key for item in (heading, *below))


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
