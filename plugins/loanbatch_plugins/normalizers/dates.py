"""Calendar dates and lengths of time in months.

Numeric dates are American (month first) unless the numbers, the separator or the caller say
otherwise. Nothing is ever filled in: a date without day or year is no date, and an impossible one
stays unread.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from fractions import Fraction

from loanbatch_plugins.normalizers._reading import LIKELY, MENDED, Reading, fold
from loanbatch_plugins.normalizers.numbers import take_fraction, whole_in_words

_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "jan january ene enero januari januar janvier",
            "feb february febrero februari februar février fevrier",
            "mar march marzo maart märz marz mars",
            "apr april abr abril avril", "may mayo mei mai",
            "jun june junio juni juin", "jul july julio juli juillet",
            "aug august ago agosto augustus août aout",
            "sep sept september septiembre setiembre septembre",
            "oct october octubre okt oktober octobre", "nov november noviembre novembre",
            "dec december dic diciembre dez dezember décembre decembre",
        ),
        start=1,
    )
    for name in names.split()
}  # fmt: skip
_MONTH = rf"(?P<month>{'|'.join(sorted(_MONTHS, key=len, reverse=True))})(?![a-z])\.?"
_DAY = r"(?P<day>[0-3]?[0-9])(?:st|nd|rd|th|er|º)?"
_YEAR = r"(?P<year>(?:1[89]|2[01])[0-9]{2}|'?[0-9]{2})(?![0-9a-z])"
_GAP = r"\s*[-/., ]?\s*"

#: Dates with the month by name.
_NAMED = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"(?<![a-z]){_MONTH}{_GAP}{_DAY}(?:\s*,\s*|\s*[-/.]\s*|\s+){_YEAR}",
        rf"(?<![0-9a-z]){_DAY}\s*(?:day\s+of\s+|de\s+|of\s+)?{_GAP}{_MONTH}{_GAP}"
        rf"(?:del?\s+|of\s+)?{_YEAR}",
        rf"(?<![0-9])(?P<year>(?:1[89]|2[01])[0-9]{{2}}){_GAP}{_MONTH}{_GAP}{_DAY}(?![0-9])",
    )
)
_ISO = re.compile(
    r"(?<![0-9A-Za-z])(?P<year>(?:1[89]|2[01])[0-9]{2})\s?(?P<gap>[-/.])\s?"
    r"(?P<month>[01]?[0-9])\s?(?P=gap)\s?(?P<day>[0-3]?[0-9])(?![0-9A-Za-z])"
)
_NUMERIC = re.compile(
    r"(?<![0-9A-Za-z])(?P<first>[0-3]?[0-9])(?P<gap>\s?[-/.]\s?|\s)"
    r"(?P<second>[0-3]?[0-9])(?:\s?[-/.]\s?|\s)"
    r"(?P<year>(?:1[89]|2[01])[0-9]{2}|[0-9]{2})(?![0-9A-Za-z])"
)
_COMPACT = re.compile(r"(?<![0-9A-Za-z])[0-9]{8}(?![0-9A-Za-z])")
_TIME = re.compile(
    r"(?<![0-9])[0-2]?[0-9]:[0-5][0-9](?::[0-5][0-9](?:\.[0-9]+)?)?\s*(?:[ap]\.?\s?m\.?)?"
    r"(?:\s*[+-][01][0-9]:?[0-5][0-9])?|(?<![0-9:])[01]?[0-9]\s*[ap]\.?\s?m\b\.?",
    re.IGNORECASE,
)

#: Days of a month in words, as deeds and notes write them: "the first day of August".
_ONES = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth")
_TEENS = (
    "tenth", "eleventh", "twelfth", "thirteenth", "fourteenth", "fifteenth", "sixteenth",
    "seventeenth", "eighteenth", "nineteenth", "twentieth",
)  # fmt: skip
_ORDINALS = {
    **{word: day for day, word in enumerate((*_ONES, *_TEENS), start=1)},
    **{f"twenty {word}": day for day, word in enumerate(_ONES, start=21)},
    "thirtieth": 30, "thirty first": 31,
}  # fmt: skip
_WORDED_DAY = re.compile(
    r"\b((?:(?:twenty|thirty)[ -])?(?:first|second|third|\w{2,10}th))(?=\s+day\s+of\b)",
    re.IGNORECASE,
)

#: Two-digit years: 50 to 99 are the last century's.
_PIVOT = 50
#: Nobody younger than this signs for a loan or is employed.
_YOUNGEST = 15
_FIRST_YEAR, _LAST_YEAR = 1850, 2150
_MONTHS_OF_YEAR = 12


def parse_date(text: str, *, day_first: bool = False, birth: bool = False) -> Reading | None:
    """Read a calendar date.

    Args:
        text: As printed; a time, a zone and words around it are ignored.
        day_first: The document writes the day before the month where both could be either.
        birth: A date of birth: a two-digit year lies in the past.

    Returns:
        A `date`; None where there is none, an impossible one, or two that differ.
    """
    # The time goes first: "04/15/2013 10:30" would otherwise leave digits behind.
    rest = _TIME.sub(" ", re.sub(r"(?<=\d)T(?=\d)", " ", _in_digits(fold(text))))
    readings: list[Reading] = []
    for shape in (*_NAMED, _ISO, _NUMERIC, _COMPACT):
        for match in list(shape.finditer(rest)):
            reading = _read(match, day_first=day_first, birth=birth)
            if reading is None:
                return None
            readings.append(reading)
        rest = shape.sub(" # ", rest)
    if not readings or len({reading.value for reading in readings}) > 1:
        return None
    if re.search(r"\d", rest):
        return None
    return min(readings, key=lambda reading: reading.certainty)


def _in_digits(text: str) -> str:
    def digits(match: re.Match[str]) -> str:
        day = _ORDINALS.get(match[1].casefold().replace("-", " "))
        return match[0] if day is None else str(day)

    return _WORDED_DAY.sub(digits, text)


def _read(match: re.Match[str], *, day_first: bool, birth: bool) -> Reading | None:
    groups = match.groupdict()
    if not groups:
        return _compact(match[0], day_first=day_first)
    year = _year(groups["year"], birth=birth)
    if "first" in groups:
        return _numeric(groups, year, day_first=day_first)
    month = groups["month"].casefold().rstrip(".")
    number = _MONTHS.get(month) or int(month)
    return _dated(year, number, int(groups["day"]))


def _numeric(groups: dict[str, str], year: int, *, day_first: bool) -> Reading | None:
    first, second = int(groups["first"]), int(groups["second"])
    certainty = 1.0 if groups["gap"] == groups["gap"].strip() else MENDED
    if first > _MONTHS_OF_YEAR or (
        second <= _MONTHS_OF_YEAR and (day_first or "." in groups["gap"])
    ):
        return _dated(year, second, first, certainty)
    return _dated(year, first, second, certainty)


def _compact(digits: str, *, day_first: bool) -> Reading | None:
    """Read eight digits: year first, or else month or day first; the year tells which."""
    if digits[:2] in {"19", "20"} and (
        read := _dated(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    ):
        return read
    if digits[4:6] not in {"19", "20"}:
        return None
    first, second, year = int(digits[:2]), int(digits[2:4]), int(digits[4:])
    month, day = (second, first) if first > _MONTHS_OF_YEAR or day_first else (first, second)
    return _dated(year, month, day, LIKELY)


def _dated(year: int, month: int, day: int, certainty: float = 1.0) -> Reading | None:
    if not _FIRST_YEAR <= year <= _LAST_YEAR:
        return None
    try:
        return Reading(value=date(year, month, day), certainty=certainty)
    except ValueError:
        return None


def _year(digits: str, *, birth: bool) -> int:
    year = int(digits.lstrip("'"))
    if year >= 100:  # noqa: PLR2004
        return year
    if birth:
        latest = datetime.now(tz=UTC).year - _YOUNGEST
        return latest - (latest - year) % 100
    return year + (1900 if year >= _PIVOT else 2000)


_LENGTH = re.compile(
    r"(?P<number>\d+(?:\.\d+)?)\s*-?\s*(?P<unit>years?|yrs?|yr|años?|anos?|y|"
    r"months?|mths?|mos?|mes(?:es)?|m|"
    r"(?:equated\s+)?(?:monthly\s+)?(?:emis?|inst?all?ments?|payments?)|(?:emis?)|epis?|pagos?)"
    r"(?![a-z])\.?",
    re.IGNORECASE,
)
_YEAR_UNITS = ("y", "añ", "an")
#: The longest term that a document of this field states, in months (a hundred years).
_LONGEST = 1200


def parse_months(text: str) -> Reading | None:
    """Read a length of time as whole months.

    Args:
        text: `30 years`, `10 Years 6 Months`, `2 1/2 years`, `84 (eighty four) months`, `36
            EMIs`; a number without unit is months as printed.

    Returns:
        An `int`; None for another unit, a broken month, or two lengths that differ.
    """
    rest = re.sub(r"\(\s*[a-z][a-z\s-]*\)", " ", fold(text), flags=re.IGNORECASE)
    # "sixty (60) months": the figure in brackets is the number.
    rest = rest.replace("(", " ").replace(")", " ")
    rest, fraction = take_fraction(rest)
    if fraction is not None:
        return _mixed(rest, fraction)
    lengths = [_months_of(match) for match in _LENGTH.finditer(rest)]
    left = _LENGTH.sub(" ", rest)
    if re.search(r"\d", left):
        return _bare(rest) if not lengths else None
    if not lengths:
        return _in_words(rest)
    return _whole(_combined(lengths))


def _combined(lengths: list[tuple[Fraction, bool]]) -> Fraction | None:
    """Return years and months added, or the one length that is said twice."""
    if len(lengths) == 2 and lengths[0][1] and not lengths[1][1]:  # noqa: PLR2004
        (years, _), (months, _) = lengths
        if 0 <= months < _MONTHS_OF_YEAR:
            return years + months
    values = {value for value, _ in lengths}
    return values.pop() if len(values) == 1 else None


def _months_of(match: re.Match[str]) -> tuple[Fraction, bool]:
    years = match["unit"].casefold().startswith(_YEAR_UNITS)
    return Fraction(match["number"]) * (_MONTHS_OF_YEAR if years else 1), years


def _mixed(rest: str, fraction: Fraction) -> Reading | None:
    unit = re.fullmatch(r"\W*(years?|yrs?|años?)\W*", rest, re.IGNORECASE)
    return _whole(fraction * _MONTHS_OF_YEAR) if unit else None


def _bare(text: str) -> Reading | None:
    number = re.fullmatch(r"[^\w]*([0-9]{1,4})(?:\.0+)?[^\w]*", text)
    return _whole(Fraction(int(number[1]))) if number else None


def _in_words(text: str) -> Reading | None:
    match = re.fullmatch(r"\W*([a-z][a-z\s-]*?)\s*-?\s*(months?|years?)\W*", text, re.IGNORECASE)
    number = whole_in_words(match[1]) if match else None
    if match is None or number is None:
        return None
    factor = _MONTHS_OF_YEAR if match[2].casefold().startswith("y") else 1
    return _whole(Fraction(number * factor))


def _whole(months: Fraction | None) -> Reading | None:
    if months is None or months.denominator != 1 or months > _LONGEST:
        return None
    return Reading(value=int(months))
