"""How numbers and dates are written on American and Indian loan documents."""

from __future__ import annotations

from datetime import date
from decimal import ROUND_HALF_UP, Decimal

_CENT = Decimal("0.01")
_MONTHS = (
    "January February March April May June July August September October November December"
).split()


def cents(amount: Decimal) -> Decimal:
    """Round to two places, half up."""
    return amount.quantize(_CENT, ROUND_HALF_UP)


def whole(amount: Decimal) -> Decimal:
    """Round to a whole number, half up."""
    return amount.quantize(Decimal(1), ROUND_HALF_UP)


def dollars(amount: Decimal) -> str:
    """Write `$1,234.50`; a negative amount gets its minus in front of the dollar sign."""
    sign = "-" if amount < 0 else ""
    return f"{sign}${abs(cents(amount)):,.2f}"


def short_dollars(amount: Decimal) -> str:
    """Write dollars without `.00` where there are no cents: `$180,000`, `$761.78`."""
    text = dollars(amount)
    return text.removesuffix(".00")


def bare(amount: Decimal) -> str:
    """Write `1,234.50`."""
    return f"{cents(amount):,.2f}"


def indian(amount: Decimal, *, places: int = 2) -> str:
    """Group as in India: `12,34,567.00`."""
    rounded = cents(amount)
    digits = str(int(abs(rounded)))
    head, tail = digits[:-3], digits[-3:]
    groups: list[str] = []
    while head:
        groups.insert(0, head[-2:])
        head = head[:-2]
    text = ",".join([*groups, tail])
    fraction = f".{abs(rounded) % 1 * 100:02.0f}" if places else ""
    return f"{'-' if amount < 0 else ''}{text}{fraction}"


def plain_percent(value: Decimal) -> str:
    """Write up to three decimals without trailing zeros: `3.875`, `7`."""
    text = f"{value.quantize(Decimal('0.001'), ROUND_HALF_UP):f}"
    return text.rstrip("0").rstrip(".")


def parenthesized(amount: Decimal) -> str:
    """Write `1,234.50`, and a negative amount as accountants do: `(1,234.50)`."""
    return f"({bare(-amount)})" if amount < 0 else bare(amount)


def rupees(amount: Decimal) -> str:
    """Write `Rs. 12,34,567.00`."""
    return f"Rs. {indian(amount)}"


def inr(amount: Decimal) -> str:
    """Write `INR 12,34,567`, with paise only where there are any."""
    return f"INR {indian(amount, places=int(bool(cents(amount) % 1)) * 2)}"


def us_date(value: date) -> str:
    """Write `4/15/2026`."""
    return f"{value.month}/{value.day}/{value.year}"


def us_date_padded(value: date) -> str:
    """Write `04/15/2026`."""
    return f"{value:%m/%d/%Y}"


def long_date(value: date) -> str:
    """Write `April 15, 2026`, whatever the locale."""
    return f"{_MONTHS[value.month - 1]} {value.day}, {value.year}"


def short_date(value: date) -> str:
    """Write `Apr 15, 2026`, whatever the locale."""
    return f"{_MONTHS[value.month - 1][:3]} {value.day:02d}, {value.year}"


def day_month_date(value: date) -> str:
    """Write `15-Apr-2026`, whatever the locale."""
    return f"{value.day:02d}-{_MONTHS[value.month - 1][:3]}-{value.year}"


def indian_date(value: date, separator: str = "-") -> str:
    """Write `15-04-2026`, day first."""
    return f"{value.day:02d}{separator}{value.month:02d}{separator}{value.year}"


def indian_long_date(value: date) -> str:
    """Write `15 April 2026`."""
    return f"{value.day} {_MONTHS[value.month - 1]} {value.year}"


_ONES = (
    "Zero One Two Three Four Five Six Seven Eight Nine Ten Eleven Twelve Thirteen Fourteen Fifteen "
    "Sixteen Seventeen Eighteen Nineteen"
).split()
_TENS = "Twenty Thirty Forty Fifty Sixty Seventy Eighty Ninety".split()


def in_words(number: int, *, lakh: bool = False) -> str:
    """Write a whole number in English words, with lakh and crore where asked."""
    if number < len(_ONES):
        return _ONES[number]
    if number < 100:
        tens, ones = divmod(number, 10)
        return _TENS[tens - 2] + (f"-{_ONES[ones]}" if ones else "")
    steps = ((10**7, "Crore"), (10**5, "Lakh")) if lakh else ((10**6, "Million"),)
    for size, word in (*steps, (1000, "Thousand"), (100, "Hundred")):
        if number >= size:
            head, rest = divmod(number, size)
            text = f"{in_words(head, lakh=lakh)} {word}"
            return f"{text} {in_words(rest, lakh=lakh)}" if rest else text
    raise AssertionError(number)
