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


#: How the second part begins.
_STARTS = frozenset("0123456789.,")
#: The beginning of an amount that ends within its thousands: `$41,9`.
_BROKEN = re.compile(r".*,\d{0,2}")


def join_torn(words: Iterable[Word], *, recognized: bool) -> list[Word]:
    """Return the words of a line, from the left, with torn amounts in one.

    Args:
        words: Of one line.
        recognized: Whether they were read from a picture. In a text layer, which another engine may
            have made, only amounts are joined that end within their thousands.
    """
    joined: list[Word] = []
    for word in words:
        if (
            joined
            and word.text[0] in _STARTS
            and (recognized or _BROKEN.fullmatch(joined[-1].text))
            and _is_torn(joined[-1], word)
        ):
            joined[-1] = _together(joined[-1], word)
        else:
            joined.append(word)
    return joined


def _is_torn(left: Word, right: Word) -> bool:
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
