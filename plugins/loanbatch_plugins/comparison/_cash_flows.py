"""The annual percentage rate from what the borrower gets and pays, and when."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from loanbatch.loans import ComparedValue
from loanbatch_plugins.comparison._fees import net_of
from loanbatch_plugins.comparison._repayment import Repayment
from loanbatch_plugins.comparison._terms import NotStatedError, Terms
from loanbatch_plugins.finance import NAMED, Advance, PaymentSeries, annual_percentage_rate

_MONTH = NAMED["month"]
#: Stands for the day on which a loan without dates is paid out; any first of a month does.
_SOME_DAY = date(2001, 1, 1)
#: Parts of an amount that add up to it may be off by so much.
_UNIT = Decimal(1)


def apr_of(terms: Terms, repayment: Repayment, fees: ComparedValue) -> tuple[Decimal, str]:
    """Return the annual percentage rate (Regulation Z, appendix J), and from what it is computed.

    Raises:
        NotStatedError: Charges or dates that it takes are not stated.
    """
    net, known_by = net_of(terms, fees)
    advances, first = _dated(terms, net, repayment)
    rows = repayment.schedule
    payments = [
        PaymentSeries(amount=rows[-1].payment, first_date=_MONTH.after(first, len(rows) - 1))
    ]
    if len(rows) > 1:
        level = PaymentSeries(
            amount=repayment.payment, first_date=first, count=len(rows) - 1, every=_MONTH
        )
        payments.insert(0, level)
    try:
        rate = annual_percentage_rate(advances, payments)
    except ValueError as refused:
        raise NotStatedError("the stated terms are not those of a loan") from refused
    return rate.percent, f"from {known_by} and {len(rows)} payments, appendix J of Regulation Z"


def _dated(terms: Terms, net: Decimal, repayment: Repayment) -> tuple[Sequence[Advance], date]:
    """Return what is paid out when, and the day of the first payment.

    Without dates a loan without moratorium is taken to be paid out a month before its first
    payment.
    """
    first = repayment.first_date
    amount = terms.amount("loan_amount") or net
    parts = _parts(terms, amount)
    if parts and first:
        # Fees are kept back from what is paid out first.
        taken = amount - net
        earliest = min(parts, key=lambda part: part.date)
        return [
            Advance(part.amount - taken, part.date) if part is earliest else part for part in parts
        ], first
    day = terms.day("disbursement_date")
    if day and first:
        return [Advance(net, day)], first
    if repayment.deferred:
        raise NotStatedError("the dates of payout and first payment are not stated")
    return [Advance(net, _SOME_DAY)], _MONTH.after(_SOME_DAY, 1)


def _parts(terms: Terms, amount: Decimal) -> list[Advance]:
    amounts = terms.cells("disbursement_schedule", "amount")
    days = terms.days("disbursement_schedule", "date")
    if len(amounts) != len(days) or abs(sum(amounts) - amount) > _UNIT:
        return []
    return [Advance(*part) for part in zip(amounts, days, strict=True)]
