"""A comparison as tables with notes below, and as JSON data."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from loanbatch.cli import _output
from loanbatch.loans import (
    ComparedRow,
    ComparedValue,
    Comparison,
    Loan,
    SchedulePayment,
    WhatIf,
)

#: Characters across that the first column takes, and each loan beside it.
_FIRST, _EACH = 22, 14
#: Names of files that are shown of each loan.
_FILES = 3
_BEST, _WORST = "(+)", "(-)"
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


class _Notes:
    """Notes by number, each once."""

    def __init__(self) -> None:
        self.texts: dict[str, int] = {}

    def mark(self, text: str) -> str:
        return f"[{self.texts.setdefault(text, len(self.texts) + 1)}]" if text else ""


def show(comparison: Comparison, loans: Sequence[Loan], *, schedules: bool) -> None:
    """Write a comparison to standard output."""
    letters = _letters(len(comparison.loan_ids))
    money = comparison.currency or "a currency that is not told"
    _output.payload(f"Loans in {money}")
    files = {loan.loan_id: _files(loan) for loan in loans}
    for letter, loan_id in zip(letters, comparison.loan_ids, strict=True):
        _output.payload(_output.clean(f"  {letter}  {loan_id} ({files.get(loan_id, '')})"))
    notes = _Notes()
    for places in _tables(len(letters)):
        _output.payload("")
        rows = [_line(row, places, notes) for row in comparison.rows]
        _output.table(("", *(letters[place] for place in places)), rows)
    _output.payload("")
    if any(row.best for row in comparison.rows):
        _output.payload(f"{_BEST} best, {_WORST} worst of these loans")
    _show_notes(notes, comparison.notes)
    if comparison.what_ifs:
        named = dict(zip(comparison.loan_ids, letters, strict=True))
        _show_what_ifs(comparison.what_ifs, named)
        if schedules:
            _show_schedules(comparison.what_ifs, named)


def _letters(count: int) -> list[str]:
    return [_LETTERS[place] if place < len(_LETTERS) else str(place + 1) for place in range(count)]


def _files(loan: Loan) -> str:
    names = list(dict.fromkeys(item.file_name for item in loan.documents))
    more = [f"{len(names) - _FILES} more"] if len(names) > _FILES else []
    return ", ".join([*names[:_FILES], *more])


def _tables(loans: int) -> Iterator[range]:
    """Yield the places of the loans of each table: as many as stand side by side."""
    room = _output.room()
    most = loans if room is None else max(1, (room - _FIRST) // _EACH)
    # Tables of the same size, not a full one and what is left over.
    most = math.ceil(loans / math.ceil(loans / most))
    for first in range(0, loans, most):
        yield range(first, min(first + most, loans))


def _line(row: ComparedRow, places: range, notes: _Notes) -> tuple[str, ...]:
    unit = {"percent": " (%)", "months": " (months)"}.get(row.unit, "")
    return (f"{row.label}{unit}", *(_cell(row, place, notes) for place in places))


def _cell(row: ComparedRow, place: int, notes: _Notes) -> str:
    value = row.values[place]
    mark = _BEST if place in row.best else _WORST if place in row.worst else ""
    return " ".join(filter(None, (_shown(value.value), mark, notes.mark(value.note))))


def _shown(value: Decimal | int | str | None) -> str:
    if value is None:
        return "unknown"
    return _money(value) if isinstance(value, Decimal) else str(value)


def _money(value: Decimal) -> str:
    return f"{value:,f}"


def _show_notes(notes: _Notes, others: Sequence[str] = ()) -> None:
    numbered = [(f"[{number}]", text) for text, number in notes.texts.items()]
    for mark, text in (*numbered, *(("Note:", text) for text in others)):
        for line in _wrapped(_output.clean(text), f"{mark} "):
            _output.payload(line)
    _output.payload("")


def _wrapped(text: str, mark: str) -> list[str]:
    room = _output.room()
    if room is None:
        return [mark + text]
    import textwrap

    return textwrap.wrap(
        text, max(room, _FIRST), initial_indent=mark, subsequent_indent=" " * len(mark)
    )


def _show_what_ifs(what_ifs: Sequence[WhatIf], letters: Mapping[str, str]) -> None:
    notes = _Notes()
    columns = ("Loan", "Prepaid", "Interest saved", "Months saved", "Payments", "Notes")
    lines = [
        (
            letters[item.loan_id],
            item.prepayment,
            "unknown" if item.interest_saved is None else _money(item.interest_saved),
            "" if item.months_saved is None else str(item.months_saved),
            f"{len(item.prepaid)} of {len(item.agreed)}" if item.agreed else "",
            " ".join(map(notes.mark, filter(None, (item.missing, *item.notes)))),
        )
        for item in what_ifs
    ]
    _output.table(columns, lines, title="What prepaying would change")
    _output.payload("")
    _show_notes(notes)


def _show_schedules(what_ifs: Sequence[WhatIf], letters: Mapping[str, str]) -> None:
    columns = ("No.", "Due", "Payment", "Interest", "Principal", "Balance", "As agreed")
    for item in what_ifs:
        if item.prepaid:
            lines = [
                (
                    str(row.number),
                    row.due.isoformat() if row.due else "",
                    *map(_money, (row.amount, row.interest, row.principal, row.balance)),
                    _money(agreed.balance),
                )
                for row, agreed in zip(item.prepaid, item.agreed, strict=False)
            ]
            title = f"Loan {letters[item.loan_id]} with {item.prepayment}"
            _output.table(columns, lines, title=title)
            _output.payload("")


def to_plain(
    comparisons: Sequence[Comparison], loans: Sequence[Loan], *, schedules: bool
) -> list[dict[str, Any]]:
    """Return JSON data for comparisons; amounts as decimal strings, dates ISO 8601."""
    known = {loan.loan_id: loan for loan in loans}
    return [
        {
            "currency": comparison.currency or None,
            "loans": list(comparison.loan_ids),
            "rows": [_plain_row(row, comparison, known) for row in comparison.rows],
            "what_ifs": [_plain_what_if(item, schedules=schedules) for item in comparison.what_ifs],
            "notes": list(comparison.notes),
        }
        for comparison in comparisons
    ]


def _plain_row(
    row: ComparedRow, comparison: Comparison, loans: Mapping[str, Loan]
) -> dict[str, Any]:
    return {
        "name": row.name,
        "label": row.label,
        "unit": row.unit,
        "values": {
            loan_id: _plain_value(value, loans[loan_id])
            for loan_id, value in zip(comparison.loan_ids, row.values, strict=True)
        },
        "best": [comparison.loan_ids[place] for place in row.best],
        "worst": [comparison.loan_ids[place] for place in row.worst],
    }


def _plain_value(value: ComparedValue, loan: Loan) -> dict[str, Any]:
    shown = value.value
    plain: dict[str, Any] = {
        "value": f"{shown:f}" if isinstance(shown, Decimal) else shown,
        "basis": value.basis.value,
        "note": value.note,
    }
    if value.observation is not None:
        seen = value.observation
        document = loan.documents[seen.document]
        plain["evidence"] = {
            "field": seen.name,
            "document_id": document.document_id,
            "file_name": document.file_name,
            "page": seen.field.page,
            "box": None if seen.field.box is None else [round(e, 2) for e in seen.field.box],
        }
    return plain


def _plain_what_if(item: WhatIf, *, schedules: bool) -> dict[str, Any]:
    plain: dict[str, Any] = {
        "loan": item.loan_id,
        "prepayment": item.prepayment,
        "interest_saved": None if item.interest_saved is None else f"{item.interest_saved:f}",
        "months_saved": item.months_saved,
        "payments_agreed": len(item.agreed) or None,
        "payments": len(item.prepaid) or None,
        "missing": item.missing,
        "notes": list(item.notes),
    }
    if schedules:
        plain["schedule_agreed"] = list(map(_plain_payment, item.agreed))
        plain["schedule"] = list(map(_plain_payment, item.prepaid))
    return plain


def _plain_payment(row: SchedulePayment) -> dict[str, Any]:
    return {
        "number": row.number,
        "due": None if row.due is None else row.due.isoformat(),
        "payment": f"{row.amount:f}",
        "interest": f"{row.interest:f}",
        "principal": f"{row.principal:f}",
        "balance": f"{row.balance:f}",
    }
