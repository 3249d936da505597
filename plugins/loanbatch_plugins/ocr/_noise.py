"""Takes out what was read from specks, rules and leaders instead of letters."""

from __future__ import annotations

from attrs import evolve

from loanbatch.models import Recognition, Word

#: Signs that specks, rules, borders and leaders are read as. Dashes (nothing, zero), signs of sums,
#: bullets and colons mean something and stay.
_OF_RULES = frozenset("|¦_~`'‘’“”.,·°^")
#: Dashes in a row that are a rule, not a value.
_RULE_OF_DASHES = 4


def without_noise(recognition: Recognition) -> Recognition:
    """Return what was read without words of noise; a word with a letter or digit always stays."""
    return evolve(
        recognition, words=tuple(word for word in recognition.words if not _is_noise(word))
    )


def _is_noise(word: Word) -> bool:
    signs = set(word.text)
    return signs <= _OF_RULES or (
        len(word.text) >= _RULE_OF_DASHES and signs <= _OF_RULES | set("-–—=")
    )
