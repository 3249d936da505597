"""What a repayment schedule says by its rows alone, where nothing above them says it.

Only a whole schedule counts: rows numbered from one without a gap, down to a balance of nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from loanbatch.models import Field
from loanbatch_plugins.templates._candidates import Candidate, size_of
from loanbatch_plugins.templates._schema import Rule
from loanbatch_plugins.templates._view import DocumentView

_SCORE = 0.9
_Row = Mapping[str, Field]


def _rows(view: DocumentView) -> list[_Row]:
    """Return the rows of a schedule that is whole; none otherwise."""
    field = view.found.get("payment_schedule")
    rows: list[_Row] = (
        [{cell.name: cell for cell in row} for row in field.rows] if field is not None else []
    )
    numbers = [size_of(row["number"].raw) for row in rows if "number" in row]
    first = numbers[0] if numbers else None
    if len(numbers) != len(rows) or first not in (0, 1):
        return []
    if numbers != [first + step for step in range(len(numbers))]:
        return []
    balance = rows[-1].get("balance")
    return rows if balance is not None and size_of(balance.raw) == 0 else []


def _payments(rows: Sequence[_Row]) -> list[_Row]:
    return [row for row in rows if size_of(row["number"].raw) > 0]


def _candidate(cell: Field | None) -> Iterator[Candidate]:
    if cell is not None:
        yield Candidate(raw=cell.raw, page=cell.page, words=(), score=_SCORE, box=cell.box)


def count(view: DocumentView, rule: Rule, extractor: str) -> Iterator[Candidate]:
    """Yield the number of the last payment."""
    del rule, extractor
    yield from _candidate(rows[-1]["number"] if (rows := _rows(view)) else None)


def level_payment(view: DocumentView, rule: Rule, extractor: str) -> Iterator[Candidate]:
    """Yield the payment that all rows but the last have in common."""
    del rule, extractor
    cells = [row["payment"] for row in _payments(_rows(view)) if "payment" in row]
    if cells and len({size_of(cell.raw) for cell in cells[:-1] or cells}) == 1:
        yield from _candidate(cells[0])


def date_of(place: int) -> Callable[[DocumentView, Rule, str], Iterator[Candidate]]:
    """Return a reader of the date of the first (0) or last (-1) payment."""

    def read(view: DocumentView, rule: Rule, extractor: str) -> Iterator[Candidate]:
        del rule, extractor
        rows = _payments(_rows(view))
        yield from _candidate(rows[place].get("date") if rows else None)

    return read
