"""How statements write their entries: days without a year, amounts with the sign behind them."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal

_MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
_DAY = re.compile(
    r"(?:(?P<month>\d{1,2})[/-](?P<day>\d{1,2})(?:[/-](?P<year>\d{4}|\d{2}))?"
    r"|(?P<iso_year>\d{4})-(?P<iso_month>\d{2})-(?P<iso_day>\d{2})"
    r"|(?P<name>[A-Za-z]{3,9})\.?\s?(?P<named_day>\d{1,2})(?:,?\s?(?P<named_year>\d{4}))?"
    r"|(?P<first_day>\d{1,2})[\s-](?P<first_name>[A-Za-z]{3,9})\.?"
    r"(?:,?[\s-](?P<first_year>\d{4}|\d{2}))?)(?=\s|$)"
)
_AMOUNT = re.compile(
    r"[(\[]?(?P<minus>[-–−+])?\s?(?P<sign>\$|USD|₹|Rs\.?|INR|€|£)?\s?(?P<inner>[-–−+])?\s?"
    r"(?P<digits>\d{1,3}(?:,\d{2,3})+(?:\.\d{2})?|\d*\.\d{2}|\d+)"
    r"\s?(?P<after>[-–−]|\)|CR|DR|Cr|Dr)?\|?"
)
_MINUS = frozenset("-–−")
_DEBIT = frozenset(("-", "–", "−", ")", "DR", "Dr"))
_CENT = Decimal("0.01")
_MOST_DIGITS = 15
_CENTURY = 100


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


def read_day(
    text: str, period: tuple[date | None, date | None], *, exact: bool = False
) -> date | None:
    """Return the day with which a text begins, None when it begins with none.

    Args:
        text: What is printed, `03/16`, `3/16/21`, `Mar 16`, `16-Mar-2021`.
        period: First and last day of the statement, as far as known, in which the day lies.
        exact: Nothing may follow the day, and one outside the period counts as read all the same.
    """
    match = _DAY.match(text.strip())
    if match is None or (exact and match.end() != len(text.strip())):
        return None
    parts = _parts(match)
    if parts is None:
        return None
    year, month, day = parts
    if year is not None:
        return _safe_date(year + (2000 if year < _CENTURY else 0), month, day)
    if exact and period[1] is None:
        return _safe_date(2000, month, day)
    return _in_period(month, day, period)


def _parts(match: re.Match[str]) -> tuple[int | None, int, int] | None:
    if match["iso_year"]:
        return int(match["iso_year"]), int(match["iso_month"]), int(match["iso_day"])
    if match["month"]:
        return int(match["year"]) if match["year"] else None, int(match["month"]), int(match["day"])
    name = (match["name"] or match["first_name"])[:3].lower()
    if name not in _MONTHS:
        return None
    year = match["named_year"] or match["first_year"]
    day = int(match["named_day"] or match["first_day"])
    return int(year) if year else None, _MONTHS.index(name) + 1, day


def _in_period(month: int, day: int, period: tuple[date | None, date | None]) -> date | None:
    start, end = period
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
