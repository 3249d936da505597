"""The file that `loanbatch calc apr` reads: advances and payments of a loan as JSON.

{"advances": [{"amount": "5000", "date": "1978-01-10"}],
 "payments": [{"amount": "230", "first_date": "1978-02-10", "count": 24, "every": "month"}]}
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any, TypeVar

from loanbatch.errors import UsageError
from loanbatch_plugins.finance import NAMED, Advance, PaymentSeries

T = TypeVar("T")
_ADVANCE_KEYS = {"amount", "date"}
_PAYMENT_KEYS = {"amount", "first_date", "count", "every"}


def read_loan(text: str) -> tuple[list[Advance], list[PaymentSeries]]:
    """Return the advances and series of payments that a JSON text tells.

    Raises:
        UsageError: It is no such file; the message names the place, as `payments[2].every`.
    """
    try:
        tables = json.loads(text, parse_float=Decimal)
    except ValueError as error:
        raise UsageError(f"this is no JSON: {error}") from error
    if not isinstance(tables, dict) or set(tables) != {"advances", "payments"}:
        raise UsageError("expected an object with the lists 'advances' and 'payments'")
    return (
        _list(tables, "advances", _ADVANCE_KEYS, _advance),
        _list(tables, "payments", _PAYMENT_KEYS, _series),
    )


def _list(
    tables: Mapping[str, Any],
    name: str,
    keys: set[str],
    read: Callable[[Mapping[str, Any], str], T],
) -> list[T]:
    items = tables[name]
    if not isinstance(items, list) or not items:
        raise UsageError(f"{name}: expected a list with at least one entry")
    found = []
    for number, item in enumerate(items, start=1):
        place = f"{name}[{number}]"
        if not isinstance(item, dict):
            raise UsageError(f"{place}: expected an object")
        if unknown := sorted(set(item) - keys):
            raise UsageError(f"{place}.{unknown[0]}: unknown; known are {', '.join(sorted(keys))}")
        found.append(read(item, place))
    return found


def _advance(item: Mapping[str, Any], place: str) -> Advance:
    return Advance(_amount(item, place), _date(item, "date", place))


def _series(item: Mapping[str, Any], place: str) -> PaymentSeries:
    count = item.get("count", 1)
    every = item.get("every")
    if not isinstance(count, int) or isinstance(count, bool):
        raise UsageError(f"{place}.count: expected a whole number")
    if every is not None and (not isinstance(every, str) or every not in NAMED):
        raise UsageError(f"{place}.every: expected one of {', '.join(NAMED)}")
    try:
        return PaymentSeries(
            amount=_amount(item, place),
            first_date=_date(item, "first_date", place),
            count=count,
            every=None if every is None else NAMED[every],
        )
    except ValueError as error:
        raise UsageError(f"{place}: {error}") from error


def _amount(item: Mapping[str, Any], place: str) -> Decimal:
    given = item.get("amount")
    if isinstance(given, (str, int, Decimal)) and not isinstance(given, bool):
        try:
            amount = Decimal(given)
        except InvalidOperation:
            amount = Decimal(0)
        if amount.is_finite() and amount > 0:
            return amount
    raise UsageError(f'{place}.amount: expected an amount above 0, as "5000.00"')


def _date(item: Mapping[str, Any], key: str, place: str) -> date:
    given = item.get(key)
    try:
        return date.fromisoformat(given if isinstance(given, str) else "")
    except ValueError as error:
        raise UsageError(f'{place}.{key}: expected a date, as "2026-01-31"') from error
