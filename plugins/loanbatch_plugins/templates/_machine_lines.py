"""The machine-readable lines of passports and cards, ICAO Doc 9303 parts 4 and 5.

A passport has two lines of 44 characters, a card three of 30. Number, birth and expiry are told
only where their check digits prove them; the names, which have none, only beside such proof.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from itertools import cycle, pairwise

from attrs import frozen

_PASSPORT_NAMES = re.compile(r"P[A-Z<][A-Z<]{3}(?P<names>[A-Z<]{36,40})")
_PASSPORT_DATA = re.compile(
    r"(?P<number>[A-Z0-9<]{9})(?P<n>\d)(?P<nation>[A-Z<]{3})(?P<birth>\d{6})(?P<b>\d)(?P<sex>[MFX<])"
    r"(?P<expiry>\d{6})(?P<e>\d)[A-Z0-9<]{12,18}"
)
_CARD_FIRST = re.compile(
    r"(?P<kind>[ACI][A-Z<])[A-Z<]{3}(?P<number>[A-Z0-9<]{9})(?P<n>\d)[A-Z0-9<]{13,17}"
)
_CARD_DATA = re.compile(
    r"(?P<birth>\d{6})(?P<b>\d)(?P<sex>[MFX<])(?P<expiry>\d{6})(?P<e>\d)(?P<nation>[A-Z<]{3})[A-Z0-9<]{10,14}"
)
_CARD_NAMES = re.compile(r"(?P<names>[A-Z<]{28,32})")
_WEIGHTS = (7, 3, 1)
_CENTURY = 100


@frozen
class _Lines:
    """The matched lines of one document."""

    names: str
    parts: Mapping[str, str]


def read_machine_lines(lines: Sequence[str]) -> dict[str, str]:
    """Return the fields of the first passport or card in lines of text, {} where none is proved.

    Dates are told in ISO form: the lines leave out the century.
    """
    squeezed = [re.sub(r"\s", "", line).replace("«", "<<").upper() for line in lines]
    for found in (*_passports(squeezed), *_cards(squeezed)):
        told = _proved(found.parts)
        if {"date_of_birth", "expiration_date"} <= told.keys():
            return {**told, **_names(found.names)}
    return {}


def check_digit(text: str) -> int:
    """Return the check digit of a text of digits, letters and fillers.

    Source:
        ICAO Doc 9303 part 3, 4.9: weights 7, 3, 1; A to Z count 10 to 35, fillers 0.
    """
    values = (0 if char == "<" else int(char, 36) for char in text)
    return sum(value * weight for value, weight in zip(values, cycle(_WEIGHTS), strict=False)) % 10


def _passports(lines: Sequence[str]) -> Iterator[_Lines]:
    for first, second in pairwise(lines):
        names, data = _PASSPORT_NAMES.fullmatch(first), _PASSPORT_DATA.fullmatch(second)
        if names and data:
            yield _Lines(names["names"], {"kind": "P", **data.groupdict()})


def _cards(lines: Sequence[str]) -> Iterator[_Lines]:
    for first, second, third in zip(lines, lines[1:], lines[2:], strict=False):
        top, data = _CARD_FIRST.fullmatch(first), _CARD_DATA.fullmatch(second)
        names = _CARD_NAMES.fullmatch(third)
        if top and data and names:
            yield _Lines(names["names"], {**top.groupdict(), **data.groupdict()})


def _proved(parts: Mapping[str, str]) -> dict[str, str]:
    told: dict[str, str] = {}
    # Permanent resident cards (kind C1, C2) print another number than that of these lines.
    if int(parts["n"]) == check_digit(parts["number"]) and parts["kind"][0] != "C":
        told["document_number"] = parts["number"].rstrip("<")
    for name, part, digit, past in (
        ("date_of_birth", "birth", "b", True),
        ("expiration_date", "expiry", "e", False),
    ):
        day = _date(parts[part], past=past)
        if day is not None and int(parts[digit]) == check_digit(parts[part]):
            told[name] = day
    if parts["sex"] in "MFX":
        told["sex"] = parts["sex"]
    return told


def _date(text: str, *, past: bool) -> str | None:
    """Return yymmdd as an ISO date; a birth lies in the past, an expiry within this century."""
    now = datetime.now(UTC)
    year = 2000 + int(text[:2])
    if past and year > now.year:
        year -= _CENTURY
    try:
        return datetime(year, int(text[2:4]), int(text[4:]), tzinfo=UTC).date().isoformat()
    except ValueError:
        return None


def _names(text: str) -> dict[str, str]:
    """Return family and given names; a single "<" is a blank, two part them."""
    family, _, rest = text.rstrip("<").partition("<<")
    if not rest or "<<" in rest:
        return {}
    names = {"family_name": family.replace("<", " "), "given_names": rest.replace("<", " ")}
    names["full_name"] = f"{names['given_names']} {names['family_name']}"
    return names
