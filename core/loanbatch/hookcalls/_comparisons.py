"""Comparisons of loans that a plugin makes, checked at the border."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from loanbatch.errors import PluginError
from loanbatch.hookcalls._shapes import expect_all, first_wrong
from loanbatch.loans import (
    Basis,
    ComparedRow,
    ComparedValue,
    Comparison,
    Loan,
    Observation,
    SchedulePayment,
    WhatIf,
)

_HOOK = "compare_loans"
#: What a value of a row is by its unit.
_UNITS: dict[str, type] = {
    "money": Decimal,
    "percent": Decimal,
    "months": int,
    "score": int,
    "text": str,
}


def expect_comparisons(
    plugin: str, answer: object, loans: Sequence[Loan]
) -> tuple[Comparison, ...]:
    """Return comparisons of loans that were given, whose attributes are of their types.

    Raises:
        PluginError: One is none, an attribute is not of its type, a loan was not given or is
            compared twice, or a row has not one value for each loan.
    """
    comparisons = expect_all(plugin, _HOOK, answer, Comparison)
    left = [loan.loan_id for loan in loans]
    for comparison in comparisons:
        _refuse(plugin, "comparison", first_wrong(_comparison(comparison)))
        for loan_id in comparison.loan_ids:
            if loan_id not in left:
                raise PluginError(
                    f"plugin {plugin} gave in {_HOOK} a loan that was not given, or one twice"
                )
            left.remove(loan_id)
        for row in expect_all(plugin, _HOOK, comparison.rows, ComparedRow):
            _refuse(plugin, "row", first_wrong(_row(row, len(comparison.loan_ids))))
            for value in row.values:
                _refuse(plugin, "value", first_wrong(_value(value, _UNITS[row.unit])))
        for what_if in expect_all(plugin, _HOOK, comparison.what_ifs, WhatIf):
            _refuse(plugin, "what-if", first_wrong(_what_if(what_if, comparison.loan_ids)))
    return comparisons


def _refuse(plugin: str, what: str, wrong: str) -> None:
    if wrong:
        raise PluginError(f"plugin {plugin} gave in {_HOOK} a {what} with {wrong}")


def _comparison(item: Comparison) -> Iterator[tuple[str, object, bool]]:
    yield "currency", item.currency, type(item.currency) is str
    yield "loan_ids", item.loan_ids, _are(str, item.loan_ids) and len(item.loan_ids) > 0
    yield "rows", item.rows, _are(ComparedRow, item.rows)
    yield "what_ifs", item.what_ifs, _are(WhatIf, item.what_ifs)
    yield "notes", item.notes, _are(str, item.notes)


def _row(row: ComparedRow, loans: int) -> Iterator[tuple[str, object, bool]]:
    yield "name", row.name, type(row.name) is str
    yield "label", row.label, type(row.label) is str
    yield "unit", row.unit, row.unit in _UNITS
    yield "values", row.values, _are(ComparedValue, row.values) and len(row.values) == loans
    for name, places in (("best", row.best), ("worst", row.worst)):
        yield name, places, _are(int, places) and all(0 <= place < loans for place in places)


def _value(item: ComparedValue, kind: type) -> Iterator[tuple[str, object, bool]]:
    missing = item.basis is Basis.MISSING
    right = item.value is None if missing else type(item.value) is kind
    yield "basis", item.basis, type(item.basis) is Basis
    yield "value", item.value, right and (kind is not Decimal or missing or _is_amount(item.value))
    yield "note", item.note, type(item.note) is str
    observed = item.observation is None or type(item.observation) is Observation
    yield "observation", item.observation, observed


def _what_if(item: WhatIf, loan_ids: Sequence[str]) -> Iterator[tuple[str, object, bool]]:
    yield "loan_id", item.loan_id, item.loan_id in loan_ids
    yield "prepayment", item.prepayment, type(item.prepayment) is str
    yield "missing", item.missing, type(item.missing) is str
    saved = item.interest_saved
    yield "interest_saved", saved, saved is None or _is_amount(saved)
    yield "months_saved", item.months_saved, type(item.months_saved) in {int, type(None)}
    yield "notes", item.notes, _are(str, item.notes)
    for name, payments in (("agreed", item.agreed), ("prepaid", item.prepaid)):
        right = _are(SchedulePayment, payments) and all(map(_is_payment, payments))
        yield name, payments, right


def _is_payment(item: SchedulePayment) -> bool:
    amounts = (item.amount, item.interest, item.principal, item.balance)
    return (
        type(item.number) is int
        and (item.due is None or type(item.due) is date)
        and all(map(_is_amount, amounts))
    )


def _is_amount(value: Any) -> bool:  # noqa: ANN401 - whatever a plugin gave
    return type(value) is Decimal and value.is_finite()


def _are(kind: type, items: Any) -> bool:  # noqa: ANN401 - whatever a plugin gave
    return isinstance(items, tuple) and all(type(item) is kind for item in items)
