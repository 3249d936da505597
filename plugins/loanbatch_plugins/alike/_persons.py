"""Variants of a person's name."""

from __future__ import annotations

from collections.abc import Iterable

from attrs import frozen

from loanbatch_plugins.alike._words import same_word, words_of

_TITLES = frozenset({"mr", "mrs", "ms", "miss", "dr", "prof", "shri", "sri", "smt", "kumari"})
_SUFFIXES = {"junior": "jr", "jr": "jr", "senior": "sr", "sr": "sr"} | {
    number: number for number in ("ii", "iii", "iv")
}


@frozen
class _Name:
    words: tuple[str, ...]
    suffix: str


def same_person(one: str, other: str) -> bool:
    """Tell whether two names may be of one person.

    The order of the words, initials, middle names that one of them leaves out, titles and case make
    no difference; two suffixes (Jr., III) do. One word at least has to be there in full in both.
    """
    first, second = _name(one), _name(other)
    if first.suffix and second.suffix and first.suffix != second.suffix:
        return False
    few, many = sorted((first.words, second.words), key=len)
    return bool(few) and _fits(few, many)


def _name(text: str) -> _Name:
    words = [word for word in words_of(text) if word not in _TITLES]
    suffix = next((_SUFFIXES[word] for word in words[1:] if word in _SUFFIXES), "")
    return _Name(tuple(word for word in words if not suffix or word not in _SUFFIXES), suffix)


def _fits(few: tuple[str, ...], many: tuple[str, ...]) -> bool:
    """Tell whether each word of the shorter name has one of its own in the longer one."""
    if len(few) == 1 and len(many) > 1:
        return False
    left = list(many)
    full = 0
    # Full words first, so that an initial does not take the place of another word.
    for word in sorted(few, key=len, reverse=True):
        found = next((w for w in left if same_word(word, w)), None)
        full += found is not None and len(word) > 1
        if found is None:
            found = next((w for w in left if _is_initial(word, w)), None)
        if found is None:
            return False
        left.remove(found)
    return full > 0


def _is_initial(one: str, other: str) -> bool:
    return min(len(one), len(other)) == 1 and one[0] == other[0]


def fullest(names: Iterable[str]) -> str:
    """Return the variant that tells most of a name; of several, the first."""
    return max(names, key=lambda name: (sum(len(w) > 1 for w in words_of(name)), len(name)))
