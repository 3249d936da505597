"""Business days of Regulation Z (12 CFR 1026.2(a)(6)) and the holidays that they leave out."""

from __future__ import annotations

from datetime import date, timedelta
from functools import cache

_DAY = timedelta(days=1)
_WEEK = 7
_MONDAY, _THURSDAY, _SATURDAY, _SUNDAY = 0, 3, 5, 6
#: Public Law 117-17.
_JUNETEENTH_SINCE = 2021
_FIXED = ((1, 1), (7, 4), (11, 11), (12, 25))
#: Month, day of the week, and which of the month; -1 is the last.
_MOVABLE = (
    (1, _MONDAY, 3),
    (2, _MONDAY, 3),
    (5, _MONDAY, -1),
    (9, _MONDAY, 1),
    (10, _MONDAY, 2),
    (11, _THURSDAY, 4),
)


@cache
def public_holidays(year: int) -> frozenset[date]:
    """Return the legal public holidays of a year: 5 USC 6103(a), on their own dates.

    A day off that stands in for one on a weekend is a business day (comment 2(a)(6)-2).
    """
    fixed = (*_FIXED, (6, 19)) if year >= _JUNETEENTH_SINCE else _FIXED
    return frozenset(
        {date(year, month, day) for month, day in fixed}
        | {_weekday(year, month, day, which) for month, day, which in _MOVABLE}
    )


def _weekday(year: int, month: int, day: int, which: int) -> date:
    if which < 0:
        return _weekday(year, month + 1, day, 1) - _WEEK * _DAY
    first = date(year, month, 1)
    return first + ((day - first.weekday()) % _WEEK + _WEEK * (which - 1)) * _DAY


def business_days_after(start: date, count: int, *, saturdays: bool) -> date:
    """Return the business day that comes a number of them after a date.

    Args:
        start: Not counted itself.
        count: Business days, from 0; 0 is the date itself.
        saturdays: Whether they count: for the waiting periods of 1026.19 they do, for when offices
            are open they need not.

    Raises:
        OverflowError: It would lie beyond the calendar.
    """
    day = start
    while count:
        day += _DAY
        rests = day.weekday() == _SUNDAY or (day.weekday() == _SATURDAY and not saturdays)
        if not rests and day not in public_holidays(day.year):
            count -= 1
    return day
