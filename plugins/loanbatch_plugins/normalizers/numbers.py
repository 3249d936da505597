"""Whole numbers, years, plain numbers, and numbers written in words or with fractions."""

from __future__ import annotations

import re
from decimal import Decimal
from fractions import Fraction

from loanbatch_plugins.normalizers._reading import MENDED, Reading, fold

_UNITS = [
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven",
    "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
]  # fmt: skip
_TENS = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
_VALUES = {
    **{word: number for number, word in enumerate(_UNITS)},
    **{word: 20 + 10 * number for number, word in enumerate(_TENS)},
    "fourty": 40,
    "ninty": 90,
}

#: Every word that numbers are written with, small.
NUMBER_WORDS = frozenset(_VALUES) | {
    "hundred", "thousand", "million", "lakh", "lakhs", "lac", "lacs", "crore", "crores",
}  # fmt: skip

_GLYPHS = {
    "½": Fraction(1, 2), "¼": Fraction(1, 4), "¾": Fraction(3, 4), "⅛": Fraction(1, 8),
    "⅜": Fraction(3, 8), "⅝": Fraction(5, 8), "⅞": Fraction(7, 8), "⅓": Fraction(1, 3),
    "⅔": Fraction(2, 3),
}  # fmt: skip
_FRACTION = re.compile(
    r"(?<![\d.,/])(?:(?P<whole>\d{1,3})(?:\s*-\s*|\s+|\s*(?=[½¼¾⅛⅜⅝⅞⅓⅔])))?"
    r"(?:(?P<top>\d{1,2})\s?/\s?(?P<bottom>[1-9]\d?)(?![\d/])|(?P<glyph>[½¼¾⅛⅜⅝⅞⅓⅔]))"
)

_WHOLE = re.compile(
    r"(?<![\w.,/-])(\d{1,3}(?:,\d{3})+|\d+)(?:\.0+)?(?:st|nd|rd|th)?(?![\w.,/-]*\d)"
)
_FIRST_YEAR, _LAST_YEAR = 1900, 2100


def take_fraction(text: str) -> tuple[str, Fraction | None]:
    """Take a mixed number such as `5 1/4` or `2½` out of a text.

    Returns:
        The text without it and the number; the text unchanged and None where there is none.
    """
    match = _FRACTION.search(text)
    if match is None:
        return text, None
    part = (
        _GLYPHS[match["glyph"]]
        if match["glyph"]
        else Fraction(int(match["top"]), int(match["bottom"]))
    )
    if part >= 1:
        return text, None
    rest = f"{text[: match.start()]} {text[match.end() :]}"
    return rest, int(match["whole"] or 0) + part


def whole_in_words(text: str) -> int | None:
    """Return a number below one thousand that is written in English words, or None."""
    words = re.findall(r"[a-z]+", text.casefold())
    if not words or len(words) != len(re.sub(r"[^a-z]+", " ", text.casefold()).split()):
        return None
    total = current = 0
    last = 1000
    for word in words:
        if word == "and" and total:
            continue
        if word == "hundred" and 0 < current < 10 and not total:  # noqa: PLR2004
            total, current, last = current * 100, 0, 1000
            continue
        value = _VALUES.get(word)
        # Tens come before units: "five twenty" is no number.
        if value is None or (current and not (last >= 20 and 0 < value < 10)):  # noqa: PLR2004
            return None
        current, last = current + value, value
    return total + current


def parse_count(text: str) -> Reading | None:
    """Read a whole number with or without a unit: `15 days`, `fifteen (15)`, `1,234`.

    Returns:
        An `int`; None where the text holds no whole number, or two that differ.
    """
    folded = fold(text)
    found = {int(digits.replace(",", "")) for digits in _WHOLE.findall(folded)}
    if len(found) == 1 and not re.search(
        r"\d[.,/-]\s?\d", re.sub(r",(?=\d{3})|\.0+\b", "", folded)
    ):
        # `int` accepts digits of other scripts; a loan document has none.
        return Reading(value=found.pop()) if folded.isascii() or _latin_digits(folded) else None
    if found or re.search(r"\d", folded):
        return None
    return _count_in_words(folded)


def _latin_digits(text: str) -> bool:
    return all(character in "0123456789" for character in text if character.isdigit())


def _count_in_words(text: str) -> Reading | None:
    words = [word for word in re.findall(r"[A-Za-z]+", text) if word.casefold() in NUMBER_WORDS]
    number = whole_in_words(" ".join(words)) if words else None
    return None if number is None else Reading(value=number)


def parse_number(text: str) -> Reading | None:
    """Read a number with an optional unit behind it: `643 kWh`, `40.00 hours`, `1,234.5`.

    Returns:
        A `Decimal` with the places that are printed; None for anything else.
    """
    folded = fold(text)
    rest, fraction = take_fraction(folded)
    if fraction is not None and not re.search(r"\d", rest):
        value = Decimal(fraction.numerator) / Decimal(fraction.denominator)
        return Reading(value=value) if Fraction(value) == fraction else None
    match = re.fullmatch(
        r"(?P<sign>[-+]?)\s?(?P<number>(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(?:\.[0-9]+)?|\.[0-9]+)"
        r"\.?(?:\s*[A-Za-z][A-Za-z./ ()]*|\s*%)?",
        folded,
    )
    if match is None:
        return None
    value = Decimal(match["number"].replace(",", ""))
    return Reading(value=-value if match["sign"] == "-" and value else value)


def parse_year(text: str) -> Reading | None:
    """Read a calendar year from 1900 to 2100; `20 23`, as tax forms set it, is one too.

    Returns:
        An `int`; None where there is no such year, or two different ones.
    """
    folded = fold(text)
    years = {int(year) for year in re.findall(r"(?<![\d.,$])[0-9]{4}(?![\d,]|\.\d)", folded)}
    certainty = 1.0
    if not years:
        split = re.fullmatch(r"(19|20) ([0-9]{2})", folded)
        if split is None:
            return None
        years, certainty = {int(split[1] + split[2])}, MENDED
    year = years.pop()
    if years or not _FIRST_YEAR <= year <= _LAST_YEAR:
        return None
    return Reading(value=year, certainty=certainty)
