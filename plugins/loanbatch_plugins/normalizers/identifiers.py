"""Numbers that identify, kept as printed; a shape that cannot be right lowers the certainty."""

from __future__ import annotations

import re

from loanbatch_plugins.normalizers._reading import ODD, Reading, fold, says_nothing

#: US taxpayer numbers have nine digits (26 CFR 301.6109-1); a bank's routing number has nine and a
#: check.
_NINE_DIGITS = ("ssn", "tin", "ein")
_MASKED = re.compile(r"[xX*•#●█]")
#: Characters each in a box of its own, as forms ask for account and routing numbers.
_COMB = re.compile(r"(?:\w ){5,}\w")
_LEAD = re.compile(r"^(?:#|no\.?(?=\s|:)|number\b|:)[\s:#]*", re.IGNORECASE)


def parse_identifier(text: str, field_name: str = "") -> Reading | None:
    """Read an identifier.

    Args:
        text: As printed.
        field_name: Tells taxpayer and routing numbers, whose shape is known.

    Returns:
        The text with single blanks and without closing punctuation; None for a placeholder or a
        text without any digit. A taxpayer number without nine digits is kept with low certainty.
    """
    if says_nothing(text) and not _MASKED.search(text):
        return None
    value = _LEAD.sub("", fold(text)).strip(" .,;:|_\"'")
    value = re.sub(r"(?<=\d)\s*-\s*(?=\d)", "-", value)
    if _COMB.fullmatch(value):
        value = value.replace(" ", "")
    if not (re.search(r"\d", value) or re.fullmatch(r"[xX*•#●-]{4,}", value)):
        return None
    return Reading(value=value, certainty=_certainty(value, field_name))


def _certainty(value: str, field_name: str) -> float:
    if _MASKED.search(value):
        return 1.0
    digits = re.sub(r"\D", "", value)
    if field_name.endswith(_NINE_DIGITS):
        return 1.0 if re.fullmatch(r"[0-9]{9}", re.sub(r"[- ]", "", value)) else ODD
    if field_name == "routing_number":
        return 1.0 if is_routing_number(digits) else ODD
    return 1.0


def is_routing_number(digits: str) -> bool:
    """Tell whether nine digits carry the check digit of a routing transit number.

    Source:
        American Bankers Association: weights 3, 7, 1 repeated; the sum is a multiple of ten.
    """
    if not re.fullmatch(r"[0-9]{9}", digits):
        return False
    return sum(int(digit) * (3, 7, 1)[place % 3] for place, digit in enumerate(digits)) % 10 == 0
