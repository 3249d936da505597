"""Judging whether words are language or debris of fonts without a proper character map."""

from __future__ import annotations

import re
from collections.abc import Sequence

from loanbatch.models import Word

#: Controls, private codes, the replacement character, and pdfminer's way to say "unknown".
_DEBRIS = re.compile("[\x00-\x1f\x7f-\x9f\ufffd\ue000-\uf8ff]|\\(cid:")
#: Part of words with debris from which a page's text is not to be trusted.
_MOST_DEBRIS = 0.05
#: What words look like: letters with punctuation around and apostrophes or hyphens inside, numbers,
#: or marks alone.
_CLEAN = re.compile(
    r"\W*(?:[^\W\d_]+(?:[-/'’.,&@_:][^\W\d_]+)*|[\d.,:/%-]+)?\W*|(?:[A-Z#]{0,4}-?\d+-?[A-Za-z]{0,3}\W*)"
)
_CASES = re.compile(r"[a-z][A-Z]|[A-Z]{2}[a-z]")
#: Words, and letters, needed for a judgement of the whole.
_ENOUGH_WORDS, _ENOUGH_LETTERS = 20, 100
#: Part of clean words that text has at least; real pages have 0.87 and more.
_LEAST_CLEAN = 0.6
#: The commonest letters of European languages: of all letters they are 0.59 to 0.73 on real pages,
#: and at most 0.5 when the alphabet is shifted.
_COMMON = "etaoinsráéíóúàèìòñäöü"
_LATIN = _COMMON + "bcdfghjklmpquvwxyzçßâêîôûåëï"
_LEAST_COMMON = 0.52


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
    if not _DEBRIS.search(" ".join([word.text for word in words])):
        return 0.0
    return sum(_DEBRIS.search(word.text) is not None for word in words) / len(words)


def is_garbage(words: Sequence[Word]) -> bool:
    """Tell whether words are not what a reader sees on the page."""
    if debris_share(words) > _MOST_DEBRIS:
        return True
    if len(words) < _ENOUGH_WORDS:
        return False
    return clean_share(words) < _LEAST_CLEAN or not _has_usual_letters(words)


def _has_usual_letters(words: Sequence[Word]) -> bool:
    """Tell whether letters are mixed as in a European language; True of too few to tell."""
    text = "".join(word.text for word in words).lower()
    latin = sum(map(text.count, _LATIN))
    if latin < max(_ENOUGH_LETTERS, len(text) / 4):
        return True
    return sum(map(text.count, _COMMON)) / latin >= _LEAST_COMMON
