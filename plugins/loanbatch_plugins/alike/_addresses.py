"""Variants of a postal address."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from loanbatch_plugins.alike._words import same_word, words_of

_DIRECTIONS = frozenset({"n", "s", "e", "w", "ne", "nw", "se", "sw"})
_ZIP_DIGITS = 5
#: Of the second half of a long one.
_MORE_DIGITS = 4
#: Share of the shorter address's words that the longer one has to have.
_SHARE = 0.75


def same_address(one: str, other: str) -> bool:
    """Tell whether two addresses may be one.

    The number of the house, the name of the street and the postal code have to agree, as far as
    both have them; abbreviations, case, and a unit or city that one leaves out make no difference.
    """
    few, many = sorted((_words(one), _words(other)), key=len)
    if not few or _house(few) != _house(many):
        return False
    zips = _zip(few), _zip(many)
    if all(zips) and zips[0] != zips[1]:
        return False
    if not _same_street(few, many):
        return False
    left = list(many)
    met = 0
    for word in few:
        found = next((w for w in left if same_word(word, w)), None)
        if found is not None:
            left.remove(found)
            met += 1
    return met >= _SHARE * len(few)


def _words(text: str) -> list[str]:
    words = words_of(text.replace("#", " unit "))
    short = [_short_forms().get(word, word) for word in words]
    # The second half of a nine-digit postal code follows the first.
    return [
        word
        for before, word in zip(["", *short], short, strict=False)
        if word != "unit" and not (word.isdigit() and len(word) == _MORE_DIGITS and _is_zip(before))
    ]


@cache
def _short_forms() -> Mapping[str, str]:
    """Return the short forms of words, read once."""
    text = files("loanbatch_plugins.alike").joinpath("addresses.toml").read_text(encoding="utf-8")
    tables = tomllib.loads(text)
    return tables["short"] | tables["states"]  # type: ignore[no-any-return]


def _is_zip(word: str) -> bool:
    return word.isdigit() and len(word) == _ZIP_DIGITS


def _house(words: list[str]) -> str:
    return next((word for word in words if word[0].isdigit()), "")


def _same_street(some: list[str], others: list[str]) -> bool:
    return same_word(_street(some), _street(others))


def _street(words: list[str]) -> str:
    """Return the first word of the street's name: it follows the house and a direction."""
    names = [word for word in words if word not in _DIRECTIONS]
    return next((word for word in names if not word[0].isdigit()), "")


def _zip(words: list[str]) -> str:
    return next((word for word in reversed(words[1:]) if _is_zip(word)), "")
