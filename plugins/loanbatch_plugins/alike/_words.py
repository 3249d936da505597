"""The words of a text, and whether two of them may be the same word."""

from __future__ import annotations

import re
import unicodedata

#: Letters of a word from which on one slip does not make it another word.
_LONG = 6
#: What recognition takes for each other, as one character each.
_LOOK_ALIKES = str.maketrans("015|!8", "olsllb")
_PAIRS = (("rn", "m"), ("vv", "w"), ("ii", "u"))


def words_of(text: str) -> tuple[str, ...]:
    """Return the words of a text: small letters without accents, and digits."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    bare = "".join(c for c in plain if not unicodedata.combining(c)).replace("'", "")
    return tuple(re.findall(r"[^\W_]+", bare))


def same_word(one: str, other: str) -> bool:
    """Tell whether two words are one, misread in one place at most.

    The last letter has to agree: it tells Daniel from Daniela, and Julia from Julie.
    """
    if one == other or _folded(one) == _folded(other):
        return True
    if min(len(one), len(other)) < _LONG or one[-1] != other[-1] or not one.isalpha():
        return False
    from rapidfuzz.distance import Levenshtein

    return Levenshtein.distance(one, other, score_cutoff=1) <= 1


def _folded(word: str) -> str:
    if word.isdigit():
        return word
    folded = word.translate(_LOOK_ALIKES)
    for pair, one in _PAIRS:
        folded = folded.replace(pair, one)
    return folded
