"""Level payments and schedules of a loan: exact decimals, and rounding only where money is paid."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import ROUND_HALF_UP, Decimal, localcontext

from attrs import frozen

from loanbatch_plugins.finance._intervals import NAMED, Interval

CENT = Decimal("0.01")
_PERCENT = 100
#: Of intermediate results; powers of hundreds of periods lose a few.
_DIGITS = 40
_MONTH = NAMED["month"]
#: Payments that a schedule may have: a hundred years of weeks.
MOST_PAYMENTS = 5_200
#: A year: more is misread.
MOST_PERCENT = 100_000


@frozen(kw_only=True)
class ScheduledPayment:
    """One row of an amortization schedule; amounts in cents of the currency."""

    #: From 1.
    number: int
    #: None where the schedule has no dates.
    date: date | None
    payment: Decimal
    interest: Decimal
    principal: Decimal
    #: What is owed after the payment.
    balance: Decimal


def level_payment(
    principal: Decimal, annual_rate_percent: Decimal, payments: int, *, per_year: int = 12
) -> Decimal:
    """Return the payment that repays a loan in equal parts, unrounded.

    P r / (1 - (1 + r)^-n), with r the rate of a period; in India the equated monthly instalment.

    Args:
        principal: Above 0.
        annual_rate_percent: 6.5 means 6.5 % a year, nominal; 0 or more.
        payments: 1 or more.
        per_year: Payments in a year.

    Raises:
        ValueError: An argument is out of its range.
    """
    _expect(principal, annual_rate_percent, payments, per_year)
    with localcontext(prec=_DIGITS):
        rate = annual_rate_percent / (_PERCENT * per_year)
        if rate == 0:
            return +(principal / payments)
        growth = (1 + rate) ** payments
        return +(principal * rate * growth / (growth - 1))


def principal_repaid(
    payment: Decimal, annual_rate_percent: Decimal, payments: int, *, per_year: int = 12
) -> Decimal:
    """Return what level payments repay, unrounded: `level_payment` the other way round.

    Raises:
        ValueError: An argument is out of its range.
    """
    one = level_payment(Decimal(1), annual_rate_percent, payments, per_year=per_year)
    if not payment.is_finite() or payment <= 0:
        raise ValueError("a payment is above 0")
    with localcontext(prec=_DIGITS):
        return +(payment / one)


def amortization_schedule(  # noqa: PLR0913 - the facts of a loan
    principal: Decimal,
    annual_rate_percent: Decimal,
    payments: int,
    *,
    per_year: int = 12,
    payment: Decimal | None = None,
    extra: Decimal = Decimal(0),
    extras: Mapping[int, Decimal] | None = None,
    first_date: date | None = None,
    every: Interval = _MONTH,
) -> Iterator[ScheduledPayment]:
    """Yield the payments of a loan until it is repaid.

    Interest is rounded to cents each time, half up; the last payment takes what is left. What is
    paid besides the level payment lowers the balance and shortens the loan.

    Args:
        principal: Above 0.
        annual_rate_percent: As for `level_payment`.
        payments: The term in payments.
        per_year: Payments in a year.
        payment: The level payment; computed and rounded to cents when None.
        extra: Prepaid with each payment, 0 or more.
        extras: Prepaid besides with the payments of these numbers, 0 or more each.
        first_date: Of the first payment.
        every: Between payments, for the dates.

    Raises:
        ValueError: An argument is out of its range, or the payment that is given does not even
            pay the interest.
    """
    _expect(principal, annual_rate_percent, payments, per_year)
    more = extras or {}
    if extra < 0 or any(amount < 0 for amount in more.values()):
        raise ValueError("a prepayment is 0 or more")
    level = payment
    if level is None:
        level = level_payment(principal, annual_rate_percent, payments, per_year=per_year)
        level = rounded(level)
    rate = annual_rate_percent / (_PERCENT * per_year)
    balance = rounded(principal)
    for number in range(1, payments + 1):
        interest = rounded(balance * rate)
        paid = min(level + extra + more.get(number, 0), balance + interest)
        if number == payments:
            paid = balance + interest
        if payment is not None and paid <= interest and balance > 0:
            raise ValueError("the payment does not pay more than the interest: the loan never ends")
        balance += interest - paid
        yield ScheduledPayment(
            number=number,
            date=None if first_date is None else every.after(first_date, number - 1),
            payment=paid,
            interest=interest,
            principal=paid - interest,
            balance=balance,
        )
        if balance == 0:
            return


def effective_annual_rate(nominal_percent: Decimal, per_year: int = 12) -> Decimal:
    """Return what a nominal rate comes to in a year with compounding, in percent, unrounded.

    (1 + nominal / m)^m - 1.

    Raises:
        ValueError: Fewer than one period a year, or a rate below 0.
    """
    if per_year < 1 or nominal_percent < 0:
        raise ValueError("a rate is 0 or more, with one period a year or more")
    with localcontext(prec=_DIGITS):
        return +(((1 + nominal_percent / (_PERCENT * per_year)) ** per_year - 1) * _PERCENT)


def rounded(amount: Decimal) -> Decimal:
    """Return an amount in cents, half up."""
    return amount.quantize(CENT, ROUND_HALF_UP)


def _expect(principal: Decimal, rate: Decimal, payments: int, per_year: int) -> None:
    if not principal.is_finite() or principal <= 0:
        raise ValueError("a loan amount is above 0")
    if not rate.is_finite() or not 0 <= rate <= MOST_PERCENT:
        raise ValueError(f"a rate is 0 to {MOST_PERCENT} percent a year")
    if not 1 <= payments <= MOST_PAYMENTS:
        raise ValueError(f"a loan has 1 to {MOST_PAYMENTS} payments")
    if per_year < 1:
        raise ValueError("there is one payment a year or more")
