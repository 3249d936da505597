"""Amounts that recognition tore in two: `$1 2,216.24`, `$405,000. 00`.

The blank is narrower than one between words, and only together do both parts look like an amount.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from loanbatch.models import Word

#: A blank up to this share of the height is none; so is a narrower one before an amount without a
#: sign, which may have a number of its own before it.
_WIDEST, _NARROW = 0.7, 0.4
_GROUPED = re.compile(r"[-–—(]?\$?\d{1,3}(?:,\d{3})+(?:\.\d\d)?\)?")
_SMALL = re.compile(r"[-–—(]?\$?\d{1,3}\.\d\d\)?")
#: Where a small amount is torn: behind its sign or at its point.
_AT_POINT = re.compile(r".*(?:\$|\.)\n.*|.*\n\..*")


def join_torn(words: Iterable[Word]) -> list[Word]:
    """Return the words of a line, from the left, with torn amounts in one."""
    joined: list[Word] = []
    for word in words:
        if joined and _is_torn(joined[-1], word):
            joined[-1] = _together(joined[-1], word)
        else:
            joined.append(word)
    return joined


def _is_torn(left: Word, right: Word) -> bool:
    if not (right.text[0].isdigit() or right.text[0] in ".,"):
        return False
    gap = (right.left - left.right) / (min(left.bottom - left.top, right.bottom - right.top) or 1.0)
    text = left.text + right.text
    if gap > _WIDEST or not any(map(str.isdigit, text)):
        return False
    if _GROUPED.fullmatch(text):
        return "$" in left.text or gap <= _NARROW or left.text[-1] in ".,"
    small = _SMALL.fullmatch(text) is not None
    return small and _AT_POINT.fullmatch(f"{left.text}\n{right.text}") is not None


def _together(left: Word, right: Word) -> Word:
    return Word(
        left.text + right.text,
        left.left,
        min(left.top, right.top),
        right.right,
        max(left.bottom, right.bottom),
        min(left.confidence, right.confidence),
    )
