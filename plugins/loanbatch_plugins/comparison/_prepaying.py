"""What paying more than agreed would change of a loan: two schedules and their difference."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal

from loanbatch.loans import Prepayment, SchedulePayment, WhatIf
from loanbatch_plugins.comparison._figures import Figures
from loanbatch_plugins.comparison._repayment import Repayment
from loanbatch_plugins.comparison._terms import NotStatedError, Terms
from loanbatch_plugins.comparison._wordings import prepayment_words
from loanbatch_plugins.finance import ScheduledPayment, rounded

_MONTHS_IN_YEAR = 12
_PERCENT = 100


def what_if(loan_id: str, terms: Terms, figures: Figures, prepayment: Prepayment) -> WhatIf:
    """Return the schedules as agreed and with a prepayment, or what is missing for them."""
    words = words_of(prepayment)
    if figures.repayment is None:
        return WhatIf(loan_id=loan_id, prepayment=words, missing=figures.obstacle)
    try:
        extras = _extras(figures.repayment, prepayment)
    except NotStatedError as missing:
        return WhatIf(loan_id=loan_id, prepayment=words, missing=str(missing))
    agreed = figures.repayment.schedule
    prepaid = figures.repayment.payments_with(extras)
    return WhatIf(
        loan_id=loan_id,
        prepayment=words,
        agreed=_payments(agreed),
        prepaid=_payments(prepaid),
        interest_saved=_interest(agreed) - _interest(prepaid),
        months_saved=len(agreed) - len(prepaid),
        notes=tuple(_notes(terms, figures.repayment, prepaid)),
    )


def words_of(prepayment: Prepayment) -> str:
    """Return a prepayment in words."""
    amount = f"{prepayment.amount:,.2f}"
    if prepayment.every_months is None:
        month, payment = prepayment.month, prepayment.payment
        return f"{amount} once, {f'in {month:%Y-%m}' if month else f'with payment {payment}'}"
    if prepayment.every_months == 1:
        return f"{amount} a month"
    if prepayment.every_months == _MONTHS_IN_YEAR:
        return f"{amount} a year"
    return f"{amount} every {prepayment.every_months} months"


def _extras(repayment: Repayment, prepayment: Prepayment) -> Mapping[int, Decimal]:
    """Return what is prepaid with which payment.

    Raises:
        NotStatedError: It is for a month that the loan does not tell, or has no payment in.
    """
    if prepayment.every_months is not None:
        step = prepayment.every_months
        return dict.fromkeys(range(step, repayment.payments + 1, step), prepayment.amount)
    number = prepayment.payment
    if number is None:
        number = _number_in(repayment, prepayment.month)
    if not 1 <= number <= repayment.payments:
        begins = f", the first in {repayment.first_date:%Y-%m}" if repayment.first_date else ""
        raise NotStatedError(f"no payment is due then: there are {repayment.payments}{begins}")
    return {number: prepayment.amount}


def _number_in(repayment: Repayment, month: date | None) -> int:
    """Return the number of the payment of a month."""
    first = repayment.first_date
    if first is None or month is None:
        raise NotStatedError(
            "the date of the first payment is not stated; say with which payment instead: 10000@12"
        )
    return _MONTHS_IN_YEAR * (month.year - first.year) + month.month - first.month + 1


def _payments(schedule: Sequence[ScheduledPayment]) -> tuple[SchedulePayment, ...]:
    return tuple(
        SchedulePayment(
            number=row.number,
            due=row.date,
            amount=row.payment,
            interest=row.interest,
            principal=row.principal,
            balance=row.balance,
        )
        for row in schedule
    )


def _interest(schedule: Sequence[ScheduledPayment]) -> Decimal:
    return sum((row.interest for row in schedule), Decimal(0))


def _notes(
    terms: Terms, repayment: Repayment, prepaid: Sequence[ScheduledPayment]
) -> Iterator[str]:
    if repayment.opening != terms.amount("loan_amount"):
        yield f"repayment begins with {repayment.opening:,.2f}, {repayment.source}"
    charge = prepayment_words(terms)
    percent = terms.amount("prepayment_penalty_percent")
    if not charge:
        yield "whether prepaying costs anything is not stated"
    elif charge == "no penalty":
        yield "prepaying is stated to be without penalty"
    else:
        yield f"for prepaying the loan asks: {charge}"
    if percent:
        extra = sum(
            (max(row.payment - repayment.payment, Decimal(0)) for row in prepaid), Decimal(0)
        )
        yield f"that is {rounded(extra * percent / _PERCENT):,.2f} on the {extra:,.2f} prepaid"
