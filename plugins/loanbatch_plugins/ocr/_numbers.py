"""Reading numbers again that the engine was not quite sure of, or that it has torn at their point.

The engine spaces typewritten print by its pitch, and takes the blank around a decimal point for one
between words: `3,527` and `52`. A number cut out of its page, smaller and with softer strokes, is
read whole; of 366 numbers on grainy scans 99 % at once. Two such readings that agree take the place
of what was read on the page.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, NamedTuple

from loanbatch.models import Box, Word
from loanbatch_plugins.ocr._ink import INK_BELOW

if TYPE_CHECKING:
    from PIL.Image import Image

    LineReader = Callable[[Image], Iterable[Word]]

#: Confidence from which a number is not read again, and that both readings of another must have.
_SURE, _LIKELY = 0.85, 0.6
#: Numbers that are read again on a page, and digits that one of them has.
_MOST, _FEWEST_DIGITS = 60, 2
#: Heights between the parts of a torn number where ink shows in between, and where none does.
_PITCH, _GLUED = 1.4, 0.4
#: Pixels around a number that may be ink of it, and of white around that.
_EDGE, _MARGIN = 3, 12
#: What a number looks like, and rests of rules around it.
_NUMBER = re.compile(r"[-(]?[$₹€£]?[-(]?\d[\d.,/-]*%?\)?")
_RULES = "|¦_~`'‘’“”°^[]{} "
_GOES_ON = re.compile(r"[\d.,]")


class _Manner(NamedTuple):
    """How a number is shown to the engine: its height and its blur, in pixels."""

    height: int
    blur: float


#: The first two decide; where they differ, the third may agree with one of them or with the page.
_FIRST, _SECOND, _THIRD = _Manner(24, 1.2), _Manner(18, 0.6), _Manner(32, 0.0)


def reread_numbers(
    page: Image, words: Sequence[Word], read_line: LineReader, height: float
) -> tuple[Word, ...]:
    """Return the words of a page with its doubtful and torn numbers as two readings agree on them.

    Args:
        page: Upright, without rules.
        words: What was read so far, in pixels of the page, in the order of reading.
        read_line: Reads an image of one line of text.
        height: Of the page's words, in pixels.
    """
    groups = [group for group in _groups(page, words) if _is_doubtful(group)][:_MOST]
    better = {id(group[0]): (group, _settled(page, group, read_line, height)) for group in groups}
    kept: list[Word] = []
    left_out: set[int] = set()
    for word in words:
        if id(word) in better:
            group, settled = better[id(word)]
            kept += settled
            left_out |= {id(other) for other in group}
        elif id(word) not in left_out:
            kept.append(word)
    return tuple(kept)


def _groups(page: Image, words: Sequence[Word]) -> list[list[Word]]:
    """Return words that are, or begin, numbers, each with the ones that may be the rest of it."""
    groups: list[list[Word]] = []
    before: Word | None = None
    for word in words:
        if before and groups and groups[-1][-1] is before and _may_go_on(page, before, word):
            groups[-1].append(word)
        elif _is_number_like(word.text):
            groups.append([word])
        before = word
    return groups


def _is_number_like(text: str) -> bool:
    digits = sum(character.isdigit() for character in text)
    letters = sum(character.isalpha() for character in text)
    return digits >= _FEWEST_DIGITS and digits > letters


def _may_go_on(page: Image, word: Word, rest: Word) -> bool:
    """Tell whether a number may go on in the next word: it stands close, or past a point."""
    height = min(word.bottom - word.top, rest.bottom - rest.top)
    common = min(word.bottom, rest.bottom) - max(word.top, rest.top)
    gap = rest.left - word.right
    if common < 0.5 * height or not -0.3 * height < gap < _PITCH * height:
        return False
    if not (word.text[-1].isdigit() and _GOES_ON.match(rest.text)):
        return False
    if rest.text[0] in ".," or gap < _GLUED * height:
        return True
    between = (round(word.right) + 1, round(word.top), round(rest.left) - 1, round(word.bottom) + 1)
    return between[2] > between[0] and any(page.crop(between).histogram()[:INK_BELOW])


def _is_doubtful(group: Sequence[Word]) -> bool:
    return len(group) > 1 or group[0].confidence < _SURE


def _settled(page: Image, group: list[Word], read_line: LineReader, height: float) -> list[Word]:
    """Return a number in one word, or the words as they were where the readings do not agree.

    A number read the same as before gets no surer: the same engine makes the same mistake twice.
    """
    box = Box(
        min(word.left for word in group), min(word.top for word in group),
        max(word.right for word in group), max(word.bottom for word in group),
    )  # fmt: skip
    if not 0.5 * height <= box.bottom - box.top <= 2 * height:
        return group
    known = "".join(word.text for word in group)
    readings: list[tuple[str, float]] = []
    for manner in (_FIRST, _SECOND, _THIRD):
        text, sureness = _read(page, box, read_line, manner)
        agrees = [it for it in readings if it[0] == text]
        if text == known and len(group) == 1:
            return group
        if agrees and _NUMBER.fullmatch(text) and min(sureness, agrees[0][1]) >= _LIKELY:
            return [Word(text, *box, (sureness + agrees[0][1]) / 2)]
        readings.append((text, sureness))
    return group


def _read(page: Image, box: Box, read_line: LineReader, manner: _Manner) -> tuple[str, float]:
    """Return what a number is read as, and how sure the engine is of the least sure part."""
    from PIL import Image, ImageFilter, ImageOps

    left, top, right, bottom = (round(edge) for edge in box)
    part = page.crop((left - _EDGE, top - _EDGE, right + _EDGE, bottom + _EDGE))
    scale = manner.height / (box.bottom - box.top)
    size = max(1, round(part.width * scale)), max(1, round(part.height * scale))
    part = part.resize(size, Image.Resampling.BICUBIC)
    if manner.blur:
        part = part.filter(ImageFilter.GaussianBlur(manner.blur))
    words = list(read_line(ImageOps.expand(part, _MARGIN, 255)))
    text = "".join(word.text for word in words).strip(_RULES)
    return text, min((word.confidence for word in words), default=0.0)
