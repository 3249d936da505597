"""Amounts of money and percentages to `Decimal`; a text that has two readings has none.

Grouping is read in the American (1,234,567.89), the Indian (12,34,567.89) and, where nothing else
is possible, the continental way (1.234.567,89). Letters inside a number are never taken for digits.
"""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation
from fractions import Fraction

from loanbatch_plugins.normalizers._reading import MENDED, Reading, fold
from loanbatch_plugins.normalizers.numbers import NUMBER_WORDS, take_fraction

_CENT = Decimal("0.01")
#: Above this an amount on a loan document is a misreading (two numbers run together).
_LARGEST = Decimal(10) ** 13
#: Percentages above this are misreadings (a lost decimal point).
_LARGEST_PERCENT = Decimal(1000)

#: What stands for a currency, longest first; None is the US dollar.
_CURRENCIES: tuple[tuple[str, str | None], ...] = (
    (r"US\s?\$|USD|U\.S\. dollars?|US dollars?|dollars?", None),
    (r"(?:CA|C|CDN)\s?\$|CAD", "CAD"),
    (r"(?:AU|A)\s?\$|AUD", "AUD"),
    (r"S\s?\$|SGD", "SGD"),
    (r"HK\s?\$|HKD", "HKD"),
    (r"Mex\s?\$|MXN", "MXN"),
    (r"₹|INR|Rs\.?|Rupees?|Re\.", "INR"),
    (r"€|EUR|euros?", "EUR"),
    (r"£|GBP", "GBP"),
    (r"AED", "AED"),
    (r"CHF", "CHF"),
    (r"JPY|¥", "JPY"),
    (r"\$", None),
)
_CURRENCY = re.compile(
    "|".join(
        f"(?P<c{index}>(?<![A-Za-z])(?:{pattern})(?![A-Za-z]))"
        for index, (pattern, _) in enumerate(_CURRENCIES)
    ),
    re.IGNORECASE,
)

#: Words that multiply the number before them.
_SCALES = {
    "lakh": 5, "lakhs": 5, "lac": 5, "lacs": 5, "crore": 7, "crores": 7, "cr": 7,
    "million": 6, "billion": 9,
}  # fmt: skip
_INDIAN_SCALES = frozenset({"lakh", "lakhs", "lac", "lacs", "crore", "crores", "cr"})

#: Words that may stand beside an amount and change nothing.
_COMPANIONS = NUMBER_WORDS | {
    "a", "an", "per", "each", "every", "month", "monthly", "mo", "year", "yearly", "yr", "annum",
    "annually", "annual", "week", "weekly", "biweekly", "day", "hour", "hourly", "hr", "only",
    "and", "cents", "cent", "paise", "exactly", "of", "the", "approx", "approximately",
}  # fmt: skip

_WORD = re.compile(r"[A-Za-z]+\.?")
_SIDE = re.compile(r"(?<=\d)\s*(?P<side>CR|DR)\.?$", re.IGNORECASE)
_SCALED = re.compile(r"(?P<number>\d[\d,]*(?:\.\d+)?)\s*(?P<word>[a-z]+)", re.IGNORECASE)
_WORDS_IN_BRACKETS = re.compile(r"[(\[][^()\[\]\d]*[A-Za-z]{2}[^()\[\]\d]*[)\]]")

_WESTERN = re.compile(r"\d{1,3}(?:,\d{3})+|\d+")
_INDIAN = re.compile(r"\d{1,2}(?:,\d{2})+,\d{3}")
_CONTINENTAL = re.compile(r"(?P<whole>\d{1,3}(?:\.\d{3})+),(?P<cents>\d{2})")
#: A comma read for the decimal point, or a point for a comma: nothing else has this shape.
_SWAPPED = re.compile(r"(?P<whole>\d{1,3}(?:[,.]\d{3})+|\d{4,})[,.](?P<cents>\d{2})")

#: Fields that are positive totals by definition, whatever sign the form prints: withdrawals and
#: deductions of statements and pay stubs; deposits, credits and payoffs of the Loan Estimate and
#: the Closing Disclosure (12 CFR 1026.37(h), 1026.38(i) and (j) print them as negative numbers).
#: A loan, its payments and fees are never negative: what looks like a minus is a rule or dirt.
POSITIVE_FIELDS = frozenset(
    {
        "amount_financed", "checks_paid", "collateral_value", "deposit_amount",
        "down_payment_amount", "finance_charge", "lender_credits", "loan_amount",
        "other_withdrawals", "payments_received", "principal_and_interest_payment",
        "processing_fee", "processing_fee_tax", "total_deductions", "total_of_payments",
        "total_payoffs_and_payments", "total_taxes", "total_withdrawals",
        "year_to_date_deductions", "year_to_date_taxes",
    }
)  # fmt: skip

#: Amounts for an hour, and hours, which payrolls print with more decimals than cents.
_FINE_FIELDS = frozenset({"hours", "pay_rate", "rate"})
_FINE_PLACES = 6

#: Fields whose amount carries a side of an account: a debit is negative, a credit positive.
_ACCOUNT_FIELDS = frozenset(
    {"amount", "balance", "closing_balance", "opening_balance", "total_closing_balance"}
)


def parse_money(text: str, field_name: str = "") -> Reading | None:
    """Read an amount of money.

    Args:
        text: As printed: `$1,234.56`, `(123.45)`, `Rs. 5.5 lakh`, `12,34,567/-`.
        field_name: Decides the sign where the form's sign is no part of the fact, as in
            `POSITIVE_FIELDS`.

    Returns:
        A `Decimal` with two places (for an hour's pay with more where they are printed) and, where
        the text says another currency than US dollars, its code. None where the text holds no
        amount, more than one, or one that can be read in two ways.
    """
    rest = _WORDS_IN_BRACKETS.sub(" ", fold(text))
    currency, marked, rest = _take_currency(rest)
    rest = rest.replace("/-", " ").replace("*", " ").strip(" ;:").rstrip(" .")
    negative, rest = _take_side(rest, field_name, rupees=currency == "INR")
    if negative is None:
        return None
    power, rest = _take_scale(rest)
    if power and currency is None and not marked and _says_indian_scale(text):
        currency = "INR"
    rest = _WORD.sub(lambda word: "" if _is_companion(word[0]) else word[0], rest)
    minus, rest = _take_sign(rest.strip(" /,;:"))
    if minus is None:
        return None
    fine = field_name in _FINE_FIELDS
    amount = _amount(rest, symbol=marked, places=_FINE_PLACES if fine else 2 + power)
    if amount is None:
        return None
    value, certainty = amount
    value = value.scaleb(power)
    if value >= _LARGEST:
        return None  # before rounding: `quantize` raises where a number has too many digits
    cents = value.quantize(_CENT)
    if value != cents and not fine:
        return None
    value = cents if value == cents else value.normalize()
    if (minus or negative) and value and field_name not in POSITIVE_FIELDS:
        value = -value
    return Reading(value=value, certainty=certainty, currency=currency)


def parse_percent(text: str, field_name: str = "") -> Reading | None:
    """Read a percentage: `3.875%`, `5 1/4 percent`, `8.50% p.a.`, `150 bps`.

    Args:
        text: As printed; a minus with a blank behind it is taken for a dash.
        field_name: A spread may be negative: there every minus counts, and the word `minus`.

    Returns:
        Percent as `Decimal` without trailing zeros (`3.875` means 3.875 %); None where there is no
        number, or more than one.
    """
    rest = fold(text)
    rest, fraction = take_fraction(rest)
    certainty = 1.0
    if fraction is None:
        mended = re.sub(r"(?<=\d)\s+(?=\.\d)|(?<=\d\.)\s+(?=\d)", "", rest)
        certainty = 1.0 if mended == rest else MENDED
        read = _lone_percent(mended)
        if read is None:
            return None
        fraction, sign = read
    else:
        sign = "-" if rest.strip().startswith("-") else ""
        if re.search(r"\d", rest) or not _only_rate_words(rest):
            return None
    value = _decimal(fraction)
    if value is None or value > _LARGEST_PERCENT:
        return None
    if re.search(r"\b(?:bps|basis points?)\b", rest, re.IGNORECASE):
        value = value.scaleb(-2)
    if _is_negative(sign, rest, field_name) and value:
        value = -value
    return Reading(value=plain_decimal(value), certainty=certainty)


def _is_negative(sign: str, text: str, field_name: str) -> bool:
    if "spread" in field_name:
        return bool(sign or re.search(r"\b(?:minus|less)\b|\(-\)", text, re.IGNORECASE))
    return sign == "-"


def plain_decimal(value: Decimal) -> Decimal:
    """Return the number without trailing zeros and without exponent."""
    value = value.normalize()
    exponent = value.as_tuple().exponent
    return value.quantize(Decimal(1)) if isinstance(exponent, int) and exponent > 0 else value


_RATE_SIGN = r"(?:%|percent\b|per\s?cent\b|por\s?ciento\b|pct\b|bps\b|basis\b)"
_RATE_NUMBER = re.compile(r"(?<![\w.,$₹/])(?P<sign>-\s?)?(?P<number>\d*[.,]?\d+)(?![\d.,]*\d)")
_RATE_WORDS = re.compile(r"[a-z]+", re.IGNORECASE)
_KNOWN_RATE_WORDS = NUMBER_WORDS | {
    "a", "and", "annual", "annually", "annum", "apr", "basis", "bps", "by", "cent", "ciento",
    "fixed", "floating", "interest", "m", "month", "monthly", "nominal", "of", "p", "pa", "pct",
    "per", "percent", "pm", "points", "por", "rate", "variable", "year", "yearly",
}  # fmt: skip


def _lone_percent(text: str) -> tuple[Fraction, str] | None:
    """Return the only number and its sign; other words are allowed only beside a percent sign."""
    numbers = list(_RATE_NUMBER.finditer(text))
    if len(numbers) != 1 or len(re.findall(r"\d+", text)) != len(re.findall(r"\d+", numbers[0][0])):
        return None
    number = numbers[0]
    followed = re.match(rf"\s*{_RATE_SIGN}", text[number.end() :], re.IGNORECASE)
    if not followed and not _only_rate_words(text[: number.start()] + text[number.end() :]):
        return None
    digits = number["number"]
    if "," in digits:
        # A decimal comma; three digits after it could as well be thousands.
        if not re.fullmatch(r"\d{1,2},\d{1,2}", digits):
            return None
        digits = digits.replace(",", ".")
    return Fraction(Decimal(digits)), number["sign"] or ""


def _only_rate_words(text: str) -> bool:
    return all(word.casefold() in _KNOWN_RATE_WORDS for word in _RATE_WORDS.findall(text))


def _decimal(fraction: Fraction) -> Decimal | None:
    try:
        value = Decimal(fraction.numerator) / Decimal(fraction.denominator)
    except InvalidOperation:
        return None
    # A third of a percent has no decimal form: that would be a guess of the places meant.
    return value if Fraction(value) == fraction else None


def _take_currency(text: str) -> tuple[str | None, bool, str]:
    """Return the currency, whether a symbol or code was there, and the text without it."""
    found = list(_CURRENCY.finditer(text))
    codes = {_code_of(match) for match in found}
    code = next(iter(codes)) if len(codes) == 1 else next((c for c in codes if c), None)
    return code, bool(found), _CURRENCY.sub(" ", text)


def _code_of(match: re.Match[str]) -> str | None:
    return _CURRENCIES[int((match.lastgroup or "c0")[1:])][1]


def _take_side(text: str, field_name: str, *, rupees: bool) -> tuple[bool | None, str]:
    """Take `CR` or `DR` off the end; None where it is there and its meaning is not known."""
    side = _SIDE.search(text)
    if side is None:
        return False, text
    rest = text[: side.start()]
    if field_name in _ACCOUNT_FIELDS:
        return side["side"].upper() == "DR", rest
    if field_name in POSITIVE_FIELDS:
        return False, rest
    # "Rs. 1.5 Cr" is a crore, "1,500.00 Cr" a credit, and a credit has no sign of its own on a
    # bill.
    if rupees and side["side"].upper() == "CR" and re.fullmatch(r"\s*\d{1,3}(?:\.\d{1,2})?", rest):
        return False, text
    return None, text


def _take_scale(text: str) -> tuple[int, str]:
    match = _SCALED.search(text)
    if match is None:
        return 0, text
    power = _SCALES.get(match["word"].casefold(), 0)
    if not power:
        return 0, text
    return power, text[: match.end("number")] + " " + text[match.end() :]


def _says_indian_scale(text: str) -> bool:
    return any(word.casefold() in _INDIAN_SCALES for word in re.findall(r"[A-Za-z]+", text))


def _is_companion(word: str) -> bool:
    return word.rstrip(".").casefold() in _COMPANIONS


def _take_sign(text: str) -> tuple[bool | None, str]:
    """Return whether the number is negative, and the number; None for unpaired marks."""
    text = re.sub(r"\(\s*\)", "", text).strip()
    bracketed = re.fullmatch(r"\(\s*-?\s*([^()]*?)\s*\)", text)
    if bracketed:
        return True, bracketed[1]
    if text.count("-") > 1:
        return None, text
    if text.startswith("-") or text.endswith("-"):
        return True, text.strip("- ")
    return False, text.removeprefix("+").strip()


def _amount(text: str, *, symbol: bool, places: int) -> tuple[Decimal, float] | None:
    """Return the number and its certainty.

    Args:
        text: Digits, separators and blanks; anything else is refused.
        symbol: A currency stood beside it, so blanks can group its digits.
        places: Decimals that are allowed; more are refused unless zero.
    """
    closed = re.sub(r"(?<=\d)\s+(?=[.,]\s?\d)|(?<=\d[.,])\s+(?=\d)", "", text)
    if symbol and re.fullmatch(r"\d{1,3}(?: \d{3})+(?:\.\d{2})?", closed):
        closed = closed.replace(" ", "")
    if re.fullmatch(r"\d{1,3}(?:,\d{3})+ \d{2}", closed):
        # Forms with a column for the cents: the comma group shows where the dollars end.
        closed = closed.replace(" ", ".")
    certainty = 1.0 if closed == text else MENDED
    closed = closed.rstrip(".,")
    whole, point, decimals = closed.partition(".")
    if re.fullmatch(r"\d*", decimals) and (decimals or not point):
        if not whole and decimals:
            whole = "0"
        if _WESTERN.fullmatch(whole) or _INDIAN.fullmatch(whole):
            return _with_decimals(whole.replace(",", ""), decimals, certainty, places)
    for shape, sure in ((_CONTINENTAL, 1.0), (_SWAPPED, MENDED)):
        match = shape.fullmatch(closed)
        if match:
            digits = re.sub(r"[,.]", "", match["whole"])
            return Decimal(f"{digits}.{match['cents']}"), min(sure, certainty)
    return None


def _with_decimals(
    whole: str, decimals: str, certainty: float, places: int
) -> tuple[Decimal, float] | None:
    if not re.fullmatch(r"[0-9]+", whole + (decimals or "0")):
        return None
    if decimals[places:].strip("0"):
        return None
    if len(decimals) == 1 and places == 2:  # noqa: PLR2004
        # One digit after the point is how spreadsheets print, and what a lost digit looks like.
        certainty = min(certainty, MENDED)
    return Decimal(f"{whole}.{decimals or '0'}"), certainty
