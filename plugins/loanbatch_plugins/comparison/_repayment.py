"""How a loan is repaid in level payments, as far as its documents state it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from attrs import evolve, field, frozen

from loanbatch_plugins.comparison._terms import NotStatedError, Terms
from loanbatch_plugins.finance import (
    MOST_PERCENT,
    ScheduledPayment,
    amortization_schedule,
    level_payment,
    principal_repaid,
    rounded,
)

_MONTHS_IN_YEAR = 12
#: A stated payment repays an amount where it differs by no more from the computed one: lenders
#: round to whole units, and rates to a few decimals.
_NEAR = Decimal("0.005")
_UNIT = Decimal(1)
#: Days by which a due date moves out of a weekend, or with the length of a month.
_WEEKEND = 3
#: Words of products and modes whose payments are not level, or not known.
_UNEVEN = ("balloon", "bullet", "interest only", "interest-only", "negative amortization", "step")


@frozen(kw_only=True)
class Repayment:
    """Level monthly payments from the day on which repayment begins."""

    #: What is owed then: the amount, and interest of a moratorium added to it.
    opening: Decimal
    rate_percent: Decimal
    payments: int
    payment: Decimal
    first_date: date | None
    #: Whether it begins later than usual, so that interest runs before.
    deferred: bool
    #: For a person: from what it is known.
    source: str
    #: As agreed.
    schedule: tuple[ScheduledPayment, ...] = field(default=(), repr=False)

    def payments_with(self, extras: Mapping[int, Decimal]) -> tuple[ScheduledPayment, ...]:
        """Return the payments when more is paid with some of them, by their numbers.

        Raises:
            ValueError: The payment does not pay more than the interest.
        """
        return tuple(
            amortization_schedule(
                self.opening,
                self.rate_percent,
                self.payments,
                payment=self.payment,
                extras=extras,
                first_date=self.first_date,
            )
        )


def rate_of(terms: Terms) -> tuple[Decimal, str]:
    """Return the nominal rate a year in percent, and from what it is computed (empty: stated).

    Raises:
        NotStatedError: It is neither stated nor follows.
    """
    rate, source = terms.amount("note_rate_percent"), ""
    monthly = terms.amount("monthly_interest_rate_percent")
    benchmark, spread = terms.amount("benchmark_rate_percent"), terms.amount("spread_percent")
    if rate is None and monthly is not None:
        rate, source = monthly * _MONTHS_IN_YEAR, "from the rate a month"
    if rate is None and benchmark is not None and spread is not None:
        rate, source = benchmark + spread, "from benchmark and spread"
    if rate is None or rate > MOST_PERCENT:
        raise NotStatedError("the rate is not stated")
    return rate, source


def number_of_payments(terms: Terms) -> tuple[int, str]:
    """Return how many monthly payments there are, and from what that is known.

    Raises:
        NotStatedError: It is neither stated nor follows.
    """
    frequency = terms.text("payment_frequency").casefold()
    if frequency and "month" not in frequency:
        raise NotStatedError("payments are not monthly")
    count = _stated_count(terms)
    if count:
        return count, f"{count} payments"
    first, last = terms.day("first_payment_date"), terms.day("maturity_date")
    if first and last and first < last and abs(first.day - last.day) <= _WEEKEND:
        months = _months_between(first, last) + 1
        return months, f"{months} payments until maturity"
    term = terms.whole("loan_term_months")
    if term and not is_deferred(terms):
        return term, f"a term of {term} months"
    if term:
        raise NotStatedError("the number of payments after the moratorium is not stated")
    raise NotStatedError("the term is not stated")


def series_of(terms: Terms) -> list[tuple[int, Decimal]]:
    """Return the stated series of equal payments: how many each, and of what."""
    counts = terms.cells("payment_schedule", "number_of_payments")
    amounts = terms.cells("payment_schedule", "payment")
    if len(counts) != len(amounts) or any(count != int(count) for count in counts):
        return []
    return [(int(count), amount) for count, amount in zip(counts, amounts, strict=True)]


def _stated_count(terms: Terms) -> int:
    """Return the stated number of payments, of all series together; 0 where there is none."""
    # A document of several series may tell the number of the first one only.
    in_series = sum(count for count, _ in series_of(terms))
    return max(terms.whole("number_of_payments") or 0, in_series)


def pause_of(terms: Terms) -> tuple[int, str] | None:
    """Return the months before repayment begins, and from what they follow (empty: stated).

    None where none are told.
    """
    stated = terms.whole("moratorium_months", "deferment_months")
    if stated:
        return stated, ""
    term, payments = terms.whole("loan_term_months"), _stated_count(terms)
    if term and payments and term > payments:
        return term - payments, "from term and number of payments"
    end = terms.day("moratorium_end_date")
    start = min(terms.days("disbursement_schedule", "date"), default=None)
    start = start or terms.day("disbursement_date")
    if start and end and start < end:
        return _months_between(start, end), "from the first payout to the end of the moratorium"
    return None


def _months_between(first: date, last: date) -> int:
    return _MONTHS_IN_YEAR * (last.year - first.year) + last.month - first.month


def repayment_of(terms: Terms) -> Repayment:
    """Return how a loan is repaid.

    Raises:
        NotStatedError: Too little is stated, or it is not repaid in level monthly payments.
    """
    _refuse_uneven(terms)
    amount = terms.amount("loan_amount")
    if not amount:
        raise NotStatedError("the amount is not stated")
    rate, _ = rate_of(terms)
    payments, counted = number_of_payments(terms)
    payment = _stated_payment(terms)
    deferred = is_deferred(terms)
    try:
        found = Repayment(
            opening=amount,
            rate_percent=rate,
            payments=payments,
            payment=payment or rounded(level_payment(amount, rate, payments)),
            first_date=terms.day("first_payment_date"),
            deferred=deferred,
            source=f"from amount, rate and {counted}",
        )
        found = _deferred(found, terms, payment) if deferred else _regular(found, payment)
        return evolve(found, schedule=found.payments_with({}))
    except ValueError as refused:
        raise NotStatedError("the stated terms are not those of a loan") from refused


def _regular(found: Repayment, payment: Decimal | None) -> Repayment:
    if payment is not None and not _repays(found, payment):
        raise NotStatedError("the stated payment does not repay the amount at the rate in the term")
    return found


def _deferred(found: Repayment, terms: Terms, payment: Decimal | None) -> Repayment:
    """Return the repayment of a loan whose interest of a moratorium may have been added to it."""
    accrued = terms.amount("accrued_deferment_interest")
    if accrued is not None:
        with_interest = evolve(
            found,
            opening=found.opening + accrued,
            source=found.source.replace("amount,", "amount, interest of the moratorium,"),
        )
        if payment is None:
            level = level_payment(with_interest.opening, found.rate_percent, found.payments)
            return evolve(with_interest, payment=rounded(level))
        if _repays(with_interest, payment):
            return with_interest
    if payment is None:
        raise NotStatedError("the interest of the moratorium is not stated")
    if _repays(found, payment):
        return found
    opening = principal_repaid(payment, found.rate_percent, found.payments)
    if opening < found.opening:
        raise NotStatedError("the stated payment does not repay the amount at the rate in the term")
    return evolve(
        found,
        opening=rounded(opening),
        source=found.source.replace("amount,", "payment,"),
    )


def _repays(repayment: Repayment, payment: Decimal) -> bool:
    exact = level_payment(repayment.opening, repayment.rate_percent, repayment.payments)
    return abs(exact - payment) <= max(exact * _NEAR, _UNIT)


def _stated_payment(terms: Terms) -> Decimal | None:
    stated = terms.amount("principal_and_interest_payment")
    if stated:
        return stated
    series = series_of(terms)
    return series[0][1] if series else None


def is_deferred(terms: Terms) -> bool:
    """Tell whether repayment begins later than usual."""
    return bool(
        pause_of(terms)
        or terms.amount("accrued_deferment_interest")
        or terms.day("moratorium_end_date")
    )


def _refuse_uneven(terms: Terms) -> None:
    told = " ".join((terms.text("loan_product"), terms.text("repayment_mode"))).casefold()
    series = series_of(terms)
    if len(series) > 1 and series[-1][0] == 1:
        series.pop()  # the last payment takes what is left
    if (
        terms.says("balloon_payment")
        or terms.whole("interest_only_term_months")
        or any(word in told for word in _UNEVEN)
        or len({payment for _, payment in series}) > 1
    ):
        raise NotStatedError("it is not repaid in level payments")
