"""Words to lines to segments.

A line is what stands at one height of the page, over all columns. A segment is a run of its words
without a wide gap: a cell of a form or a table, a line of a paragraph. Words are chained from left
to right, each to the line whose last word stands at its own height, so that a slightly skewed line
stays one line.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import accumulate
from operator import sub

from attrs import frozen

from loanbatch.models import Box, Word
from loanbatch_plugins.layout._keys import squeeze_word

#: A gap of more than this many average characters separates two cells. A space is half a character
#: wide, the narrowest gutters of printed forms about two; justified prose stays below one and a
#: half.
_CELL_GAP = 1.55
#: Least width of a character that counts, in heights of the text.
_NARROWEST = 0.3


@frozen
class Boxes:
    """How the boxes of a page's words lie around their print."""

    #: Greatest width of a character that counts, in heights of the text.
    widest: float
    #: Characters' widths by which a word's box is narrower than its characters.
    missing: float
    #: By how many more where a narrow mark ends the word before a gap.
    narrow: float


#: Boxes of a text layer have room for accents, descenders and the blank between letters.
TEXT_BOXES = Boxes(widest=0.7, missing=0.0, narrow=0.0)
#: Recognized ones lie close around the ink, and typewriters print wide.
INK_BOXES = Boxes(widest=1.0, missing=0.15, narrow=0.5)
#: Two words are on one line when this share of the lower one lies within the other's height.
_SHARED_HEIGHT = 0.55
#: What a point of distance counts against a line, in shares of the height.
_FARTHER = 0.0002
#: Height of the bands in which lines are looked up, points.
_BAND = 8.0
#: Words whose ink does not tell the height of their line; one hangs on the word before it.
_MARKS = frozenset([*",.;:'`-–—…·•", "..", "..."])
#: Marks whose ink is much narrower than a letter.
_NARROW = (".", ",", ";", ":")


class Segment:
    """A run of words without a wide gap: a cell, or a line of a paragraph."""

    def __init__(self, words: Sequence[Word], page: int) -> None:
        self.words = tuple(words)
        #: Page number.
        self.page = page
        texts, lefts, tops, rights, bottoms, _ = zip(*words, strict=True)
        self.left: float = lefts[0]
        self.right: float = max(rights)
        self.top: float = min(tops)
        self.bottom: float = max(bottoms)
        heights = sorted(map(sub, bottoms, tops))
        #: Height of the text in points: the median of the words'.
        self.height: float = heights[len(heights) // 2] or 1.0
        #: Number of the line on its page, from 0.
        self.line = 0
        #: Position in the page's reading order (lines from top, cells from left), from 0.
        self.index = 0
        keys = list(map(squeeze_word, texts))
        #: The words joined with a space, and squeezed for comparison with labels.
        self.text = " ".join(texts)
        self.key = "".join(keys)
        #: Offset in `text` at which each word starts.
        self.starts = (0, *accumulate([len(text) + 1 for text in texts[:-1]]))
        #: Offset in `key` at which each word starts, and the key's length at last.
        self.key_starts = (0, *accumulate(map(len, keys)))

    def __repr__(self) -> str:
        return f"Segment(page={self.page}, line={self.line}, words={len(self.words)})"

    @property
    def box(self) -> Box:
        """The rectangle around the words."""
        return Box(self.left, self.top, self.right, self.bottom)

    @property
    def middle(self) -> float:
        """Vertical middle."""
        return (self.top + self.bottom) / 2


class Line:
    """What stands at one height of a page."""

    def __init__(self, words: list[Word]) -> None:
        self.words = words
        #: Right edge of the last word.
        self.right = words[0].right
        #: The last word that tells the line's height: a comma's box is its own ink only.
        self.guide = words[0]

    def append(self, word: Word) -> None:
        """Add the next word on the right."""
        self.words.append(word)
        self.right = word.right
        if word.text not in _MARKS:
            self.guide = word

    @property
    def middle(self) -> float:
        """Vertical middle of the words, on average."""
        return sum(word.top + word.bottom for word in self.words) / (2 * len(self.words))


def read_lines(words: Iterable[Word]) -> list[Line]:
    """Chain words to lines, from the top of the page; words of a line run from left to right."""
    bands: dict[int, list[Line]] = defaultdict(list)
    lines: list[Line] = []
    for word in sorted(words, key=lambda item: item.left):
        line = _line_of(word, bands)
        if line is None:
            line = Line([word])
            lines.append(line)
        else:
            line.append(word)
        _enter(line, word, bands)
    return sorted(lines, key=lambda item: item.middle)


def _enter(line: Line, word: Word, bands: dict[int, list[Line]]) -> None:
    band = bands[int((word.top + word.bottom) / 2 / _BAND)]
    if line not in band:
        band.append(line)


def _line_of(word: Word, bands: dict[int, list[Line]]) -> Line | None:
    """Find the line whose last word stands at the word's height."""
    left, top, bottom = word.left, word.top, word.bottom
    height = bottom - top
    reach = max(1, int(height / _BAND) + 1)
    band = int((top + bottom) / 2 / _BAND)
    is_mark = word.text in _MARKS
    best: Line | None = None
    best_rank = float("-inf")
    for number in range(band - reach, band + reach + 1):
        for line in bands.get(number, ()):
            # Overlapping print is no line.
            if left <= line.right - height:
                continue
            gap = left - line.right
            _, _, last_top, _, last_bottom, _ = line.guide
            last_height = last_bottom - last_top
            # Comparing costs a third of calling min and max, and this is done for each word.
            low = bottom if bottom < last_bottom else last_bottom  # noqa: FURB136
            high = top if top > last_top else last_top  # noqa: FURB136
            lower = height if height < last_height else last_height  # noqa: FURB136
            share = (low - high) / (lower or 1.0)
            if is_mark and low > high and gap < last_height:
                share += _SHARED_HEIGHT
            # Of two lines at the same height the nearer word decides.
            rank = share - _FARTHER * gap
            if share > _SHARED_HEIGHT and rank > best_rank:
                best, best_rank = line, rank
    return best


def split_segments(line: Line, page: int, boxes: Boxes = TEXT_BOXES) -> list[Segment]:
    """Split a line's words where a wide gap separates two cells.

    Args:
        line: Words from left to right.
        page: Number of their page.
        boxes: How the words' boxes lie around their print.
    """
    segments: list[Segment] = []
    last = line.words[0]
    run = [last]
    for word in line.words[1:]:
        gap = word.left - last.right
        lower = min(last.bottom - last.top, word.bottom - word.top)
        # The usual blank is narrower than any gap: most words need no closer look.
        if gap > _CELL_GAP * (_NARROWEST * lower) and gap > _CELL_GAP * _character_width(
            last, word, boxes
        ):
            segments.append(Segment(run, page))
            run = []
        run.append(word)
        last = word
    segments.append(Segment(run, page))
    return segments


def _character_width(left: Word, right: Word, boxes: Boxes) -> float:
    """Average width of a character around a gap, kept within what the heights allow."""
    characters = len(left.text) + len(right.text) - 2 * boxes.missing
    if left.text[-1:] in _NARROW:
        # Typewriters leave the rest of the letter's room blank.
        characters -= boxes.narrow
    width = (left.right - left.left + right.right - right.left) / characters
    height, tall = left.bottom - left.top, right.bottom - right.top
    if height > tall:
        height, tall = tall, height
    if (left.text in _MARKS) != (right.text in _MARKS):
        height = tall
    return min(max(width, _NARROWEST * height), boxes.widest * tall)
