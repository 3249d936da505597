"""Regular intervals between payments, and how a time between two dates is counted in them.

The counting is that of Regulation Z (12 CFR 1026), appendix J (b)(5): all months are equal, whole
unit-periods are counted back from the later date, what is left are odd days at the start.
"""

from __future__ import annotations

import calendar
from collections.abc import Iterator
from datetime import date, timedelta
from enum import StrEnum
from fractions import Fraction

from attrs import frozen

MONTHS_IN_YEAR = 12
DAYS_IN_YEAR = 365
DAYS_IN_WEEK = 7
#: Of a month, where the rule counts months in days (appendix J (b)(5)(ii), (iii)).
DAYS_IN_MONTH = 30
DAYS_IN_HALF_MONTH = 15
WEEKS_IN_YEAR = 52


class Unit(StrEnum):
    """What an interval is counted in."""

    DAY = "day"
    WEEK = "week"
    HALF_MONTH = "half month"
    MONTH = "month"
    YEAR = "year"


@frozen(order=False)
class Interval:
    """A standard interval of time: a day, a half month, or so many weeks, months, years.

    Raises:
        ValueError: The number is not positive, or more than one half month.
    """

    unit: Unit
    number: int = 1

    def __attrs_post_init__(self) -> None:
        if self.number < 1 or (self.unit is Unit.HALF_MONTH and self.number != 1):
            raise ValueError("an interval is one or more whole days, weeks, months or years")

    def __str__(self) -> str:
        for name, interval in NAMED.items():
            if interval == self:
                return name
        return f"{self.number} {self.unit}s" if self.number > 1 else str(self.unit)

    @property
    def days(self) -> int:
        """How long it is, with months of 30 days and years of 365: to compare intervals."""
        return (
            self.number
            * {
                Unit.DAY: 1,
                Unit.WEEK: DAYS_IN_WEEK,
                Unit.HALF_MONTH: DAYS_IN_HALF_MONTH,
                Unit.MONTH: DAYS_IN_MONTH,
                Unit.YEAR: DAYS_IN_YEAR,
            }[self.unit]
        )

    @property
    def per_year(self) -> Fraction:
        """How many are in a year: 12, 24, 26 (52 weeks a year), 365; 365/255 for 255 days."""
        if self.unit is Unit.DAY:
            return Fraction(DAYS_IN_YEAR, self.number)
        if self.unit is Unit.WEEK:
            return Fraction(WEEKS_IN_YEAR, self.number)
        if self.unit is Unit.HALF_MONTH:
            return Fraction(2 * MONTHS_IN_YEAR)
        if self.unit is Unit.MONTH:
            return Fraction(MONTHS_IN_YEAR, self.number)
        return Fraction(1, self.number)

    @property
    def months(self) -> int | None:
        """Its whole months; None where it is none."""
        if self.unit is Unit.MONTH:
            return self.number
        return MONTHS_IN_YEAR * self.number if self.unit is Unit.YEAR else None

    def after(self, first: date, count: int) -> date:
        """Return the date that is `count` intervals after a date.

        The last day of a shorter month stands for days that it does not have. The second date of
        half months is fifteen days from the first one: 1 and 16, 10 and 25, 20 and 5.
        """
        if self.months is not None:
            return months_after(first, self.months * count)
        if self.unit is not Unit.HALF_MONTH:
            return first + timedelta(days=self.days * count)
        whole = months_after(first, count // 2)
        if count % 2 == 0:
            return whole
        if first.day <= DAYS_IN_HALF_MONTH:
            last = calendar.monthrange(whole.year, whole.month)[1]
            return whole.replace(day=min(first.day + DAYS_IN_HALF_MONTH, last))
        return months_after(whole, 1).replace(day=first.day - DAYS_IN_HALF_MONTH)


#: The intervals that have a name, and may be asked for by it.
NAMED = {
    "day": Interval(Unit.DAY),
    "week": Interval(Unit.WEEK),
    "2 weeks": Interval(Unit.WEEK, 2),
    "4 weeks": Interval(Unit.WEEK, 4),
    "half month": Interval(Unit.HALF_MONTH),
    "month": Interval(Unit.MONTH),
    "2 months": Interval(Unit.MONTH, 2),
    "quarter": Interval(Unit.MONTH, 3),
    "6 months": Interval(Unit.MONTH, 6),
    "year": Interval(Unit.YEAR),
}


@frozen
class Count:
    """A time counted in unit-periods."""

    whole: int
    #: Of a unit-period, below 1.
    fraction: Fraction
    #: The days, or with a year as unit-period the whole months, that the fraction is made of.
    odd: int
    #: True where `odd` counts months.
    odd_in_months: bool = False


def months_after(start: date, months: int) -> date:
    """Return the date so many months later (earlier, below 0); the last day of a shorter month."""
    month = start.year * MONTHS_IN_YEAR + start.month - 1 + months
    year, index = divmod(month, MONTHS_IN_YEAR)
    last = calendar.monthrange(year, index + 1)[1]
    return date(year, index + 1, min(start.day, last))


def whole_months(start: date, end: date) -> tuple[int, int]:
    """Return the whole months between two dates, counted back from the later, and the days left."""
    months = (end.year - start.year) * MONTHS_IN_YEAR + end.month - start.month
    if months_after(end, -months) < start:
        months -= 1
    return months, (months_after(end, -months) - start).days


def count_between(start: date, end: date, unit_period: Interval) -> Count:
    """Count the time from one date to a later one in unit-periods.

    Appendix J (b)(5)(ii) to (vi). A term of a single payment in days is counted in days.

    Raises:
        ValueError: The end is before the start.
    """
    if end < start:
        raise ValueError("the dates are not in order")
    if unit_period.unit in (Unit.DAY, Unit.WEEK):
        return _counted((end - start).days, unit_period.days)
    months, days = whole_months(start, end)
    if unit_period.unit is not Unit.YEAR:
        return _counted(DAYS_IN_MONTH * months + days, unit_period.days)
    years, months = divmod(months, MONTHS_IN_YEAR)
    if days == 0:
        return Count(years, Fraction(months, MONTHS_IN_YEAR), months, odd_in_months=True)
    days = (months_after(end, -MONTHS_IN_YEAR * years) - start).days
    return Count(years, Fraction(days, DAYS_IN_YEAR), days)


def _counted(days: int, length: int) -> Count:
    whole, odd = divmod(days, length)
    return Count(whole, Fraction(odd, length), odd)


def interval_between(start: date, end: date) -> Interval | None:
    """Return the interval that lies between two dates: whole months where it is, else days.

    None where both are the same day.
    """
    months, days = whole_months(start, end)
    if months > 0 and days == 0:
        return Interval(Unit.MONTH, months)
    days = (end - start).days
    if days == 0:
        return None
    weeks, rest = divmod(days, DAYS_IN_WEEK)
    return Interval(Unit.DAY, days) if rest else Interval(Unit.WEEK, weeks)


def standard_intervals() -> Iterator[Interval]:
    """Yield what appendix J (b)(4) calls standard intervals of time, up to a year."""
    yield Interval(Unit.DAY)
    yield Interval(Unit.HALF_MONTH)
    yield from (Interval(Unit.WEEK, number) for number in range(1, WEEKS_IN_YEAR + 1))
    yield from (Interval(Unit.MONTH, number) for number in range(1, MONTHS_IN_YEAR))
    yield Interval(Unit.YEAR)
