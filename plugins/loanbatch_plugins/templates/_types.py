"""What a value of each type looks like in print: where in a text it begins and ends.

Only shapes are judged here; meaning (which digit is the decimal point, which number the month) is
the normalizers' business. A finder gives stretches of a text, best first; an empty list means that
the text holds no value of the type.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from attrs import frozen

from loanbatch.vocabulary import FieldType

_CURRENCY = r"(?:US\s?\$|U\.S\.\s?\$|\$|₹|€|£|USD|INR|EUR|GBP|Rs\.?|S(?=\d{1,3},\d{3}))"
#: Thousands set apart with a blank are an amount only behind a sign.
_SPACED = r"\d{1,3}(?:\s\d{3})+(?:\.\d{2})?(?!\d)"
_DIGITS = r"\d{1,3}(?:[,.]\s?\d{2,3})+(?:\.\d{2})?|\d+(?:\.\d{1,2})?"
_MINUS = r"[-–—−]"
_MINUSES = "-–—−"
_SCALE = "lakhs?|lacs?|crores?|million|billion"
_MONEY = re.compile(
    rf"""(?:(?<![\w$.,/%-])|(?<=\d[-–—])(?={_CURRENCY}))(?:\(\s?)?(?:{_MINUS}\s?)?(?P<sign>{_CURRENCY}\s?)?(?:{_MINUS}\s?)?
    (?P<digits>(?(sign)(?:{_SPACED}|{_DIGITS})|(?:{_DIGITS})))(?P<scale>\s?(?i:{_SCALE})\b)?(?P<rest>(?:/-)?(?:\s?\))?(?:{_MINUS}(?!{_CURRENCY}))?)(?![\w%]|[./:-]\d|,\d|\s?%|\s?(?:percent|per\s?cent))""",
    re.VERBOSE,
)
#: An amount whose decimal point is not in the text: "1,963 76".
_LOST_POINT = re.compile(r"\s*(?P<digits>\$?\d{1,3}(?:,\d{3})*\s\d{2})\s*")
_PERCENT = re.compile(
    r"(?<![\w$.,/-])[-–−]?\d{1,3}(?:[.,]\d{1,6})?\s?(?P<sign>%|percent\b|per\s?cent\b|por\s?ciento\b)?"
    r"(?![\w.,/:$-]*\d)",
    re.IGNORECASE,
)
#: English, Spanish, Dutch, German and French.
MONTH_NAMES = (
    "jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|"
    "oct(?:ober)?|nov(?:ember)?|dec(?:ember)?|enero|febrero|marzo|abril|mayo|junio|julio|agosto|"
    "septiembre|setiembre|octubre|noviembre|diciembre|"
    "januari|februari|maart|mei|juni|juli|augustus|okt(?:ober)?|"
    "januar|februar|m[äa]rz|mai|oktober|dez(?:ember)?|"
    "janvier|f[ée]vrier|mars|avril|juin|juillet|ao[ûu]t|septembre|octobre|novembre|d[ée]cembre"
)
_DATE = re.compile(
    rf"""(?<![\w$/-])(?<!\d\.)(?:
    \d{{1,2}}\s?[/.-]\s?\d{{1,2}}\s?[/.-]\s?(?:\d{{4}}|\d{{2}})
    |\d{{4}}[/.-]\d{{1,2}}[/.-]\d{{1,2}}
    |(?:{MONTH_NAMES})\.?\s?\d{{1,2}}\s?(?:st|nd|rd|th)?\s?,?\s?\d{{4}}
    |(?:\d{{1,2}}(?:st|nd|rd|th|er|\.)?[\s-]?(?:day\s)?(?:of\s|de\s)?
        |(?:(?:twenty|thirty)[\s-])?(?:first|second|third|[a-z]{{2,10}}th)\sday\sof\s)
     (?:{MONTH_NAMES})\.?[\s,-]{{0,2}}(?:de\s|del\s)?(?:\d{{4}}|\d{{2}})
    )(?![\w/])""",
    re.VERBOSE | re.IGNORECASE,
)
_UNIT = r"(?:years?|yrs?\.?|months?|mos?\.?|mths?\.?|años?|meses|mes)"
_MONTHS = re.compile(
    rf"(?<![\w$.,/-])\d{{1,3}}(?:\.\d{{1,2}})?\s?-?\(?(?P<sign>{_UNIT})?\)?"
    rf"(?:,?\s?(?:and|y)?\s?\d{{1,2}}\s?{_UNIT})?(?![\w%/,.-]*\d)(?!\w)",
    re.IGNORECASE,
)
_YEAR = re.compile(r"(?<![\w$.,/-])(?:19|20)\d{2}(?![\w%/,-])")
_COUNT = re.compile(
    r"(?<![\w$.,/-])\d{1,3}(?:,\d{3})+(?![\w%.,/-])|(?<![\w$.,/-])\d{1,6}(?![\w%/-]|[.,]\d)"
)
_NUMBER = re.compile(
    r"(?<![\w$.,/-])[-–−]?\d{1,3}(?:,\d{3})+(?:\.\d+)?|(?<![\w$.,/])[-–−]?\d*\.?\d+(?![\w%/])"
)
_IDENTIFIER = re.compile(
    r"(?<![\w/.])(?=[\w*#•./-]*\d)[A-Za-z0-9*#•X](?:[\w*•./-]|\s(?=[\d*•X-]{2,}(?!\S*[/,])))*(?<![./-])"
)
_YES_NO = re.compile(r"(?<!\w)(?:yes|no|sí|si|true|false|ja|nee|nein|oui|non)(?!\w)", re.IGNORECASE)
#: Rules to write on, dotted leaders, and words that stand where a value is to be written.
_PLACEHOLDER = re.compile(
    r"(?i)^(?:[\W_]*|n\s?/\s?a|none|null|tbd|x+|\$?[\s_.…]+|[\[<{(].*[\]>})]|(?:mm|dd|yy)\W.*"
    r"|(?:c\wty|town)[, /]+state(?:[, /]+(?:and )?(?:zip|postal)(?: code)?)?"
    r"|(?:your|full|first) name)$"
)


@frozen
class Match:
    """A stretch of a text that looks like a value."""

    start: int
    end: int
    #: 1.0 when the shape leaves no doubt ("$1,050.26"), less for bare digits.
    fit: float


def is_placeholder(text: str) -> bool:
    """Whether a text only marks the place where a value would be written."""
    return _PLACEHOLDER.match(text.strip()) is not None


def find_typed(kind: FieldType, text: str) -> list[Match]:
    """Return where values of a type stand in a text, from the left; text types give none.

    The rule on which a value is written is a blank.
    """
    finder = _FINDERS.get(kind)
    return list(finder(text.replace("_", " "))) if finder else []


def is_typed(kind: FieldType) -> bool:
    """Whether values of the type have a shape of their own."""
    return kind in _FINDERS


def _alone(text: str, start: int, end: int) -> bool:
    """Whether nothing else stands in the text but the stretch and signs."""
    return not re.search(r"\w", text[:start] + text[end:])


#: A bare number in a place where an amount is expected; one of one or two digits.
_BARE, _SHORT = 0.85, 0.72


def _find_money(text: str) -> Iterator[Match]:
    lost = _LOST_POINT.fullmatch(text)
    if lost is not None:
        yield Match(lost.start("digits"), lost.end("digits"), 0.9)
        return
    for match in _MONEY.finditer(text):
        start, end = match.span()
        digits = match["digits"]
        if match["sign"]:
            fit = 1.0
        elif match["scale"] or re.search(r"[.,]\d{2}$", digits) or re.search(r",\d{3}", digits):
            fit = 0.97
        elif _alone(text, start, end):
            fit = _BARE if len(digits) > 2 else _SHORT  # noqa: PLR2004 - "5" may be anything
        else:
            continue
        if len(digits) <= 2 and match["rest"].strip() in _MINUSES and match["rest"]:  # noqa: PLR2004
            # "2-" numbers a line of a list.
            continue
        if "." not in digits and re.match(r"\s\d{2}(?!\S)", text[end:]):
            # What follows may be the cents.
            fit *= 0.75
        # A bracket that belongs to the sentence, not to a negative amount.
        if text[start] == "(" and not match["rest"].rstrip("-–—−").endswith(")"):
            start += 1
        elif match["rest"].endswith(")") and text[start] != "(":
            end -= len(match["rest"]) - match["rest"].index(")")
        yield Match(start, end, fit)


def _find_signed(pattern: re.Pattern[str], bare: float, text: str) -> Iterator[Match]:
    for match in pattern.finditer(text):
        alone = match["sign"] is None and _alone(text, *match.span())
        if match["sign"] or alone:
            end = match.start() + len(match[0].rstrip())
            yield Match(match.start(), end, 1.0 if match["sign"] else bare)


def _find_all(pattern: re.Pattern[str], text: str) -> Iterator[Match]:
    for match in pattern.finditer(text):
        yield Match(match.start(), match.end(), 1.0)


def _find_counts(pattern: re.Pattern[str], text: str) -> Iterator[Match]:
    for match in pattern.finditer(text):
        yield Match(match.start(), match.end(), 1.0 if _alone(text, *match.span()) else 0.9)


def _find_identifiers(text: str) -> Iterator[Match]:
    for match in _IDENTIFIER.finditer(text):
        found = match[0]
        if "/" in found and _DATE.fullmatch(found):
            continue
        yield Match(match.start(), match.end(), 1.0 if _alone(text, *match.span()) else 0.9)


_FINDERS: dict[FieldType, Callable[[str], Iterator[Match]]] = {
    FieldType.MONEY: _find_money,
    FieldType.PERCENT: lambda text: _find_signed(_PERCENT, 0.85, text),
    FieldType.DATE: lambda text: _find_all(_DATE, text),
    FieldType.MONTHS: lambda text: _find_signed(_MONTHS, 0.85, text),
    FieldType.YEAR: lambda text: _find_all(_YEAR, text),
    FieldType.COUNT: lambda text: _find_counts(_COUNT, text),
    FieldType.NUMBER: lambda text: _find_counts(_NUMBER, text),
    FieldType.IDENTIFIER: _find_identifiers,
    FieldType.YES_NO: lambda text: _find_all(_YES_NO, text),
}
