"""How statements write their entries: days without a year, amounts with the sign behind them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal

from attrs import frozen

_MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
_DAY = re.compile(
    r"(?:(?P<month>\d{1,2})[/-](?P<day>\d{1,2})(?:[/-](?P<year>\d{4}|\d{2}))?"
    r"|(?P<iso_year>\d{4})-(?P<iso_month>\d{2})-(?P<iso_day>\d{2})"
    r"|(?P<name>[A-Za-z]{3,9})\.?\s?(?P<named_day>\d{1,2})(?:,?\s?(?P<named_year>(?:19|20)\d{2}))?"
    r"|(?P<first_day>\d{1,2})[\s-](?P<first_name>[A-Za-z]{3,9})\.?"
    r"(?:,?[\s-](?P<first_year>(?:19|20)\d{2}|\d{2}))?)(?=\s|$)"
)
_AMOUNT = re.compile(
    r"[(\[]?(?P<minus>[-–−+])?\s?(?P<sign>\$|USD|₹|Rs\.?|INR|€|£)?\s?(?P<inner>[-–−+])?\s?"
    r"(?P<digits>\d{1,3}(?:,\d{2,3})+(?:\.\d{2})?|\d*\.\d{2}|\d+)"
    r"\s?(?P<after>[-–−]|\)|CR|DR|Cr|Dr)?\|?"
)
#: A numeric day with the month first.
_MISREAD_DAY = re.compile(
    r"(?P<month>[^\s/]{1,2})[/-](?P<day>\d{1,2})(?:[/-](?P<year>\d{4}|\d\d))?"
)
#: Days in which a day of the month is looked for.
_LONGEST_PERIOD = 100
_MINUS = frozenset("-–−")
_DEBIT = frozenset(("-", "–", "−", ")", "DR", "Dr"))
_CENT = Decimal("0.01")
_MOST_DIGITS = 15
_CENTURY = 100
_MONTHS_IN_YEAR = 12
_MOST_DAYS = 31
#: Without a year both in two digits: service is offered 24/7.
_NUMERIC = re.compile(r"(\d\d)[/-](\d\d)|(\d{1,2})[/-](\d{1,2})[/-](?:(?:19|20)\d\d|\d\d)")


@frozen
class Calendar:
    """What a statement as a whole says about the days of its entries."""

    #: First and last day of the statement, as far as known, between which the entries' days lie.
    start: date | None = None
    end: date | None = None
    #: Numeric days are written with the day first.
    day_first: bool = False


def writes_day_first(texts: Iterable[str], *, usual: bool) -> bool:
    """Whether numeric days are written with the day first, by all that stand in a document.

    Args:
        texts: Words; those that are no numeric days are passed over.
        usual: What is usual where no day in the document decides.
    """
    found = [match for match in map(_NUMERIC.fullmatch, texts) if match is not None]
    pairs = [(int(match[1] or match[3]), int(match[2] or match[4])) for match in found]
    day_first = sum(_MONTHS_IN_YEAR < a <= _MOST_DAYS and b <= _MONTHS_IN_YEAR for a, b in pairs)
    month_first = sum(_MONTHS_IN_YEAR < b <= _MOST_DAYS and a <= _MONTHS_IN_YEAR for a, b in pairs)
    return usual if day_first == month_first else day_first > month_first


def read_amount(text: str) -> Decimal | None:
    """Return the amount that a text is, negative with a minus, brackets or DR; None for others."""
    match = _AMOUNT.fullmatch(text.strip())
    if match is None or len(match["digits"]) > _MOST_DIGITS:
        return None
    value = Decimal(match["digits"].replace(",", "")).quantize(_CENT)
    negative = (
        match["minus"] in _MINUS
        or match["inner"] in _MINUS
        or (match["after"] in _DEBIT and (match["after"] != ")" or text.strip()[0] == "("))
    )
    return -value if negative else value


def is_amount(text: str) -> bool:
    """Whether a text is an amount and not a bare number."""
    match = _AMOUNT.fullmatch(text.strip())
    return match is not None and (
        "." in match["digits"] or "," in match["digits"] or bool(match["sign"])
    )


def read_day(text: str, calendar: Calendar, *, exact: bool = False) -> date | None:
    """Return the day with which a text begins, None when it begins with none.

    Args:
        text: What is printed, `03/16`, `3/16/21`, `Mar 16`, `16-Mar-2021`.
        calendar: In which period the day lies, and whether numeric days come first.
        exact: Nothing may follow the day, and one outside the period counts as read all the same.
    """
    match = _DAY.match(text.strip())
    if match is None or (exact and match.end() != len(text.strip())):
        return None
    parts = _parts(match, day_first=calendar.day_first)
    if parts is None:
        return None
    year, month, day = parts
    if year is not None:
        return _safe_date(year + (2000 if year < _CENTURY else 0), month, day)
    if exact and calendar.end is None:
        return _safe_date(2000, month, day)
    return _in_period(month, day, calendar)


def read_misread_day(text: str, calendar: Calendar) -> date | None:
    """Return the day that a text says whose month was misread: the only such day of the period."""
    match = _MISREAD_DAY.fullmatch(text.strip())
    if match is None or calendar.day_first or calendar.start is None or calendar.end is None:
        return None
    if match["month"].isdigit() and int(match["month"]) in range(1, _MONTHS_IN_YEAR + 1):
        return None
    days = (calendar.end - calendar.start).days
    if days > _LONGEST_PERIOD:
        return None
    found = [
        day
        for day in (calendar.start + timedelta(days=number) for number in range(days + 1))
        if day.day == int(match["day"]) and str(day.year).endswith(match["year"] or "")
    ]
    return found[0] if len(found) == 1 else None


def _parts(match: re.Match[str], *, day_first: bool) -> tuple[int | None, int, int] | None:
    if match["iso_year"]:
        return int(match["iso_year"]), int(match["iso_month"]), int(match["iso_day"])
    if match["month"]:
        month, day = int(match["month"]), int(match["day"])
        year = int(match["year"]) if match["year"] else None
        return (year, day, month) if day_first else (year, month, day)
    name = (match["name"] or match["first_name"])[:3].lower()
    if name not in _MONTHS:
        return None
    named = match["named_year"] or match["first_year"]
    day = int(match["named_day"] or match["first_day"])
    return int(named) if named else None, _MONTHS.index(name) + 1, day


def _in_period(month: int, day: int, calendar: Calendar) -> date | None:
    start, end = calendar.start, calendar.end
    if end is None:
        return None
    found = _safe_date(end.year, month, day)
    if found is None or found > end:
        found = _safe_date(end.year - 1, month, day)
    if found is not None and start is not None and found < start.replace(day=1):
        return None
    return found


def _safe_date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
