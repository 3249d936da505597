"""Puts right what an engine reads besides letters: specks and rules as words, numbers in two."""

from __future__ import annotations

import re

from attrs import evolve

from loanbatch.models import Recognition, Word

#: Signs that specks, rules, borders and leaders are read as. Dashes (nothing, zero), signs of sums,
#: bullets and colons mean something and stay.
_OF_RULES = frozenset("|¦_~`'‘’“”.,·°^")
#: Dashes in a row that are a rule, not a value.
_RULE_OF_DASHES = 4
#: Heights of a line between the halves of a number (measured 0.24; words are 0.3 and more apart,
#: but none of them begins with a comma and digits).
_GAP = 0.4
_ENDS_IN_DIGIT, _GOES_ON = re.compile(r"\d$"), re.compile(r"[.,]\d")


def tidied(recognition: Recognition) -> Recognition:
    """Return what was read without words of noise and with numbers in one piece.

    A word with a letter or digit is never dropped.
    """
    words: list[Word] = []
    for word in recognition.words:
        if words and _is_rest_of_number(words[-1], word):
            words[-1] = _joined(words[-1], word)
        elif not _is_noise(word):
            words.append(word)
    return evolve(recognition, words=tuple(words))


def _is_noise(word: Word) -> bool:
    signs = set(word.text)
    return signs <= _OF_RULES or (
        len(word.text) >= _RULE_OF_DASHES and signs <= _OF_RULES | set("-–—=")
    )


def _is_rest_of_number(start: Word, rest: Word) -> bool:
    height = start.bottom - start.top
    return (
        _ENDS_IN_DIGIT.search(start.text) is not None
        and _GOES_ON.match(rest.text) is not None
        and abs(rest.bottom - start.bottom) < height / 2
        and -height / 2 < rest.left - start.right < _GAP * height
    )


def _joined(start: Word, rest: Word) -> Word:
    return Word(
        start.text + rest.text,
        start.left,
        min(start.top, rest.top),
        rest.right,
        max(start.bottom, rest.bottom),
        min(start.confidence, rest.confidence),
    )
