"""Making the boxes of words as large as their print.

The engine guesses where a word begins and ends from what it read; beside a rule or above another
line its boxes reach over more than the word, which tears lines and columns apart.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from statistics import median
from typing import TYPE_CHECKING

from loanbatch.models import Word

if TYPE_CHECKING:
    from PIL.Image import Image

#: Heights, in those of the page's words, above which a box may be too high, the part of it that
#: must be empty then, and how many must be empty at its sides: most words' boxes are right.
_HIGH, _EMPTY, _TOO_WIDE = 1.8, 0.4, 1.2
#: Height of what is left, in heights of the page's words, at least: grey print leaves less ink.
_LOWEST = 0.6
#: Widths of letters, in their heights.
_NARROWEST, _WIDEST = 0.2, 1.3
#: Width of a word's letters, in those of its line, and how much wider a gap between words is than
#: one between letters.
_LEAST, _MOST, _WIDER = 0.45, 2.2, 1.25


def fitted(words: Sequence[Word], ink: Image, scale: int) -> list[Word]:
    """Return words with boxes no larger than their ink.

    Args:
        words: In pixels of a page.
        ink: A mask of the page's ink without rules.
        scale: Pixels of the page in one of the mask.
    """
    usual = median(word.bottom - word.top for word in words) if words else 0.0
    return [_fitted(word, ink, scale, usual) for word in words]


def _fitted(word: Word, ink: Image, scale: int, usual: float) -> Word:
    left, top = int(word.left / scale), int(word.top / scale)
    right, bottom = -int(-word.right // scale), -int(-word.bottom // scale)
    inside = ink.crop((left, top, right, bottom)).getbbox()
    if inside is None:
        return word
    tight = word._replace(
        left=max(word.left, (left + inside[0]) * scale),
        top=max(word.top, (top + inside[1]) * scale),
        right=min(word.right, (left + inside[2]) * scale),
        bottom=min(word.bottom, (top + inside[3]) * scale),
    )
    height, new_height = word.bottom - word.top, tight.bottom - tight.top
    lost = (word.right - word.left) - (tight.right - tight.left)
    is_too_high = height > _HIGH * usual and new_height < (1 - _EMPTY) * height
    is_worth_it = is_too_high or lost > _TOO_WIDE * usual
    return tight if is_worth_it and _is_likely(tight, usual) else word


def _is_likely(word: Word, usual: float) -> bool:
    height = word.bottom - word.top
    width = (word.right - word.left) / len(word.text)
    return height >= _LOWEST * usual and _NARROWEST * height <= width <= _WIDEST * height


def spaced(words: Sequence[Word], ink: Image, origin: float) -> list[Word]:
    """Return the words of a line, parted at the widest gaps of its ink.

    Where the gaps do not tell, the words keep their boxes but for what overlaps.

    Args:
        words: From left to right.
        ink: A mask of the line's ink.
        origin: Where it begins, in the words' pixels.
    """
    if len(words) <= 1:
        return list(words)
    columns = ink.reduce((1, ink.height)) if ink.height > 1 else ink
    runs = list(_runs(columns.tobytes()))
    gaps = sorted(pairwise(runs), key=lambda gap: gap[0][1] - gap[1][0])
    parting, rest = gaps[: len(words) - 1], gaps[len(words) - 1 :]
    widths = [after[0] - before[1] for before, after in (*parting, *rest[:1])]
    if len(parting) == len(words) - 1 and (not rest or widths[-2] >= _WIDER * widths[-1]):
        parting.sort()
        lefts = [runs[0][0], *(after[0] for _, after in parting)]
        rights = [*(before[1] for before, _ in parting), runs[-1][1]]
        placed = [
            word._replace(left=left + origin, right=right + origin)
            for word, left, right in zip(words, lefts, rights, strict=True)
        ]
        if _are_even(placed):
            return placed
    return _without_overlap(words)


def _runs(columns: bytes) -> Iterator[tuple[int, int]]:
    """Give begin and end of each run of columns with ink."""
    begin = -1
    for position, value in enumerate((*columns, 0)):
        if value and begin < 0:
            begin = position
        elif not value and begin >= 0:
            yield begin, position
            begin = -1


def _are_even(words: Sequence[Word]) -> bool:
    """Tell whether the letters of all words are about as wide."""
    usual = sum(word.right - word.left for word in words) / sum(len(word.text) for word in words)
    return all(
        _LEAST * usual <= (word.right - word.left) / len(word.text) <= _MOST * usual
        for word in words
    )


def _without_overlap(words: Sequence[Word]) -> list[Word]:
    cut = [
        word._replace(right=min(word.right, after.left)) if after.left > word.left else word
        for word, after in pairwise(words)
    ]
    return [*cut, words[-1]]
