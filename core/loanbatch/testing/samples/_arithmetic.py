"""The arithmetic of loans that makes a sample's numbers hold together."""

from __future__ import annotations

import calendar
from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from loanbatch.testing.samples._formats import cents


def payment(amount: Decimal, rate: Decimal, months: int) -> Decimal:
    """Return the level monthly payment, unrounded.

    Args:
        amount: Principal.
        rate: Percent a year; above zero.
        months: Number of payments.
    """
    monthly = rate / 1200
    return amount * monthly / (1 - (1 + monthly) ** -months)


def balances(amount: Decimal, rate: Decimal, months: int) -> list[Decimal]:
    """Return the balance after each payment, in cents, the last one zero."""
    due = cents(payment(amount, rate, months))
    balance = amount
    result = []
    for _ in range(months - 1):
        balance += cents(balance * rate / 1200) - due
        result.append(balance)
    return [*result, Decimal(0)]


def annual_percentage_rate(financed: Decimal, payments: Sequence[tuple[int, Decimal]]) -> Decimal:
    """Return the percent a year at which monthly payments repay `financed`.

    Args:
        financed: Amount financed, advanced at month 0.
        payments: Month and amount of each payment.

    Source:
        Regulation Z, 12 CFR 1026 Appendix J (b)(8), for regular months; found by bisection.
    """
    amounts = [(month, float(value)) for month, value in payments]
    low, high = 0.0, 1.0
    for _ in range(80):
        middle = (low + high) / 2
        worth = sum(value / (1 + middle) ** month for month, value in amounts)
        low, high = (middle, high) if worth > float(financed) else (low, middle)
    return Decimal(str(round(low * 1200, 6)))


def months_later(day: date, months: int) -> date:
    """Return the same day of a later month, or that month's last day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(day.day, last))
