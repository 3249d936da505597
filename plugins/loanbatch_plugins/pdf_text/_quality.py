"""Judging whether words are language or debris of fonts without a proper character map."""

from __future__ import annotations

import re
from collections.abc import Sequence

from loanbatch.models import Word

#: Controls, private codes, the replacement character, and pdfminer's way to say "unknown".
_DEBRIS = re.compile("[\x00-\x1f\x7f-\x9f\ufffd\ue000-\uf8ff]|\\(cid:")
#: Part of words with debris from which a page's text is not to be trusted.
_MOST_DEBRIS = 0.08
#: What words look like: letters with punctuation around and apostrophes or hyphens inside, numbers,
#: or marks alone.
_CLEAN = re.compile(
    r"\W*(?:[^\W\d_]+(?:[-/'’.,&@_:][^\W\d_]+)*|[\d.,:/%-]+)?\W*|(?:[A-Z#]{0,4}-?\d+-?[A-Za-z]{0,3}\W*)"
)
_CASES = re.compile(r"[a-z][A-Z]|[A-Z]{2}[a-z]")
#: Words needed for a judgement of the whole.
_ENOUGH_WORDS, _ENOUGH_LETTERS = 20, 150
#: Part of clean words that text has at least.
_LEAST_CLEAN = 0.55
#: Part of vowels among the letters of European languages: 0.36 to 0.5; forms with many
#: abbreviations less.
_VOWELS = "aeiouyáéíóúàèìòùâêîôûäëïöüãõå"
_LATIN = _VOWELS + "bcdfghjklmnpqrstvwxzçñß"
_LEAST_VOWELS, _MOST_VOWELS = 0.22, 0.65


def clean_share(words: Sequence[Word]) -> float:
    """Return the part of words that look like words, numbers or marks; 1.0 of none."""
    if not words:
        return 1.0
    clean = sum(
        _CLEAN.fullmatch(word.text) is not None and not _CASES.search(word.text[:-1])
        for word in words
    )
    return clean / len(words)


def debris_share(words: Sequence[Word]) -> float:
    """Return the part of words that hold characters without meaning."""
    return sum(_DEBRIS.search(word.text) is not None for word in words) / max(1, len(words))


def is_garbage(words: Sequence[Word]) -> bool:
    """Tell whether words are not what a reader sees on the page."""
    if debris_share(words) > _MOST_DEBRIS:
        return True
    if len(words) < _ENOUGH_WORDS:
        return False
    return clean_share(words) < _LEAST_CLEAN or not has_vowels(words)


def has_vowels(words: Sequence[Word]) -> bool:
    """Tell whether Latin letters are mixed as in a language; True of too few to tell."""
    text = "".join(word.text for word in words).lower()
    latin = sum(map(text.count, _LATIN))
    if latin < max(_ENOUGH_LETTERS, len(text) / 4):
        return True
    return _LEAST_VOWELS <= sum(map(text.count, _VOWELS)) / latin <= _MOST_VOWELS
