"""The annual percentage rate by the actuarial method: Regulation Z (12 CFR 1026), appendix J.

The rate of a unit-period `i` solves the general equation of appendix J (b)(8): the sum of the
advances, each divided by (1 + e i)(1 + i)^q, equals the sum of the payments, each divided by
(1 + f i)(1 + i)^t; q and t are whole unit-periods from the first advance, e and f fractions of one
(simple interest). The annual percentage rate is i times the unit-periods in a year: nominal, not
compounded.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from decimal import ROUND_HALF_EVEN, Decimal
from itertools import pairwise

from attrs import frozen

from loanbatch_plugins.finance._intervals import (
    MONTHS_IN_YEAR,
    Count,
    Interval,
    Unit,
    count_between,
    interval_between,
    standard_intervals,
    whole_months,
)

_SIX_PLACES = Decimal("0.000001")
#: More would be the work of a day, and is no loan.
MOST_PAYMENTS = 20_000
_PERCENT = 100
#: Of a unit-period: where the search ends.
_HIGHEST_RATE = 1e6


@frozen
class Advance:
    """Money that the borrower gets on a day."""

    amount: Decimal
    date: date


@frozen(kw_only=True)
class PaymentSeries:
    """Equal payments at equal intervals.

    Raises:
        ValueError: Fewer than one payment, or several without an interval.
    """

    amount: Decimal
    first_date: date
    count: int = 1
    #: None for a single payment.
    every: Interval | None = None

    def __attrs_post_init__(self) -> None:
        if not 1 <= self.count <= MOST_PAYMENTS:
            raise ValueError(f"a series has 1 to {MOST_PAYMENTS} payments")
        if self.every is None and self.count > 1:
            raise ValueError("several payments need an interval (every)")

    @property
    def dates(self) -> Iterator[date]:
        """The dates of the payments, in order."""
        for number in range(self.count):
            yield self.every.after(self.first_date, number) if self.every else self.first_date


@frozen(kw_only=True)
class AnnualPercentageRate:
    """An annual percentage rate, and how the time was counted for it."""

    #: 9.685708 means 9.685708 %; six places, half even.
    percent: Decimal
    unit_period: Interval
    #: From the first advance to the first payment.
    first_period: Count


def annual_percentage_rate(
    advances: Sequence[Advance], payments: Sequence[PaymentSeries]
) -> AnnualPercentageRate:
    """Return the annual percentage rate of a loan.

    Args:
        advances: What the borrower gets: the amount financed, not the loan amount.
        payments: What the borrower pays; any number of series.

    Raises:
        ValueError: No advance or no payment, an amount that is not positive, a payment before the
            first advance, or payments that add up to less than the advances.
    """
    _expect_sound(advances, payments)
    start = min(advance.date for advance in advances)
    unit_period = unit_period_of(advances, payments)
    given = [
        (float(advance.amount), count_between(start, advance.date, unit_period))
        for advance in advances
    ]
    paid = [item for series in payments for item in _counted(series, start, unit_period)]
    rate = _solve(_net_value(given, paid), start=0.0) * float(unit_period.per_year)
    first = min(series.first_date for series in payments)
    return AnnualPercentageRate(
        percent=Decimal(rate * _PERCENT).quantize(_SIX_PLACES, ROUND_HALF_EVEN),
        unit_period=unit_period,
        first_period=count_between(start, first, unit_period),
    )


def _expect_sound(advances: Sequence[Advance], payments: Sequence[PaymentSeries]) -> None:
    if not advances or not payments:
        raise ValueError("a loan has at least one advance and one payment")
    amounts = [*(item.amount for item in advances), *(item.amount for item in payments)]
    if any(not amount.is_finite() or amount <= 0 for amount in amounts):
        raise ValueError("advances and payments are amounts above 0")
    if min(item.first_date for item in payments) <= min(item.date for item in advances):
        raise ValueError("payments come after the first advance")
    if sum(item.count for item in payments) > MOST_PAYMENTS:
        raise ValueError(f"a loan has at most {MOST_PAYMENTS} payments")
    if sum(item.amount * item.count for item in payments) < sum(item.amount for item in advances):
        raise ValueError("the payments add up to less than the advances")


def unit_period_of(advances: Sequence[Advance], payments: Sequence[PaymentSeries]) -> Interval:
    """Return the unit-period of a loan: appendix J (b)(4) and, for a single payment, (b)(5)(vi).

    The interval that occurs most often, at most a year; of several the shortest; where none occurs
    twice the standard interval next to their average.
    """
    start = min(advance.date for advance in advances)
    if len(advances) == 1 and len(payments) == 1 and payments[0].count == 1:
        return _term(start, payments[0].first_date)
    found = Counter(_intervals(advances, payments))
    most = max(found.values())
    if most > 1:
        common = [interval for interval, times in found.items() if times == most]
        return _at_most_a_year(min(common, key=lambda interval: interval.days))
    average = sum(interval.days for interval in found) / len(found)
    return min(standard_intervals(), key=lambda item: (abs(item.days - average), item.days))


def _term(start: date, end: date) -> Interval:
    months, days = whole_months(start, end)
    if days == 0 and months <= MONTHS_IN_YEAR:
        return Interval(Unit.YEAR) if months == MONTHS_IN_YEAR else Interval(Unit.MONTH, months)
    return _at_most_a_year(Interval(Unit.DAY, (end - start).days))


def _at_most_a_year(interval: Interval) -> Interval:
    year = Interval(Unit.YEAR)
    return year if interval.months == MONTHS_IN_YEAR or interval.days >= year.days else interval


def _intervals(
    advances: Sequence[Advance], payments: Sequence[PaymentSeries]
) -> Iterator[Interval]:
    """Yield the intervals between advances, to the first payment, and between payments."""
    known = {series.every for series in payments if series.every is not None}
    days = sorted(advance.date for advance in advances)
    ordered = sorted(payments, key=lambda series: series.first_date)
    gaps = [*pairwise(days), (days[0], ordered[0].first_date)]
    for series, later in pairwise(ordered):
        *_, last = series.dates
        gaps.append((min(last, later.first_date), later.first_date))
    for start, end in gaps:
        interval = _named(start, end, known) or interval_between(start, end)
        if interval is not None:
            yield interval
    for series in payments:
        if series.every is not None:
            yield from [series.every] * (series.count - 1)


def _named(start: date, end: date, known: set[Interval]) -> Interval | None:
    """Return the interval of a series that leads from one date to the other, if one does."""
    return next((interval for interval in known if interval.after(start, 1) == end), None)


def _counted(
    series: PaymentSeries, start: date, unit_period: Interval
) -> Iterator[tuple[float, Count]]:
    """Yield each payment with its time from the first advance.

    Where the interval is a multiple of the unit-period the time of the first payment counts on
    from, so that a month's end changes nothing: all months are equal.
    """
    amount = float(series.amount)
    first = count_between(start, series.first_date, unit_period)
    step = _multiple(series.every, unit_period) if series.every else None
    if step is None:
        for day in series.dates:
            yield amount, count_between(start, day, unit_period)
        return
    for number in range(series.count):
        yield amount, Count(first.whole + step * number, first.fraction, first.odd)


def _multiple(interval: Interval, unit_period: Interval) -> int | None:
    """Return how many unit-periods an interval is; None where it is no whole number of them."""
    if interval.months is not None and unit_period.months is not None:
        times, rest = divmod(interval.months, unit_period.months)
    elif interval.months is not None and unit_period.unit is Unit.HALF_MONTH:
        times, rest = 2 * interval.months, 0
    elif interval.unit is unit_period.unit:
        times, rest = divmod(interval.number, unit_period.number)
    else:
        return None
    return times if times and not rest else None


def _net_value(
    given: Sequence[tuple[float, Count]], paid: Sequence[tuple[float, Count]]
) -> Callable[[float], tuple[float, float]]:
    """Return the function of the rate that is 0 at the solution, with its derivative."""
    terms = [
        (sign * amount, time.whole, float(time.fraction))
        for sign, flows in ((1, given), (-1, paid))
        for amount, time in flows
    ]

    def value(rate: float) -> tuple[float, float]:
        total = slope = 0.0
        for amount, whole, fraction in terms:
            simple = 1 + fraction * rate
            worth = amount / simple * (1 + rate) ** -whole
            total += worth
            slope -= worth * (fraction / simple + whole / (1 + rate))
        return total, slope

    return value


def _solve(function: Callable[[float], tuple[float, float]], *, start: float) -> float:
    """Return where a function that is not positive at `start` is 0, to the right of it.

    Newton's steps, and halving where one would leave the bracket.

    Raises:
        ValueError: It stays below 0.
    """
    low, high = start, start + 0.01
    while function(high)[0] < 0:
        low, high = high, high * 2
        if high > _HIGHEST_RATE:
            raise ValueError("no rate makes the payments equal to the advances")
    rate = low
    for _ in range(200):
        value, slope = function(rate)
        low, high = (rate, high) if value < 0 else (low, rate)
        step = rate - value / slope if slope else low
        following = step if low < step < high else (low + high) / 2
        if abs(following - rate) < 1e-15 + 1e-14 * abs(rate):
            return following
        rate = following
    return rate
