"""Which other way of showing a page to the engine would read better, by samples of its lines.

Reading a whole page in another way takes as long as the first time, and most ways make most pages
no better. A dozen of its doubtful stretches, read in each way, take a tenth of that and tell which
way is worth it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING

from attrs import frozen

from loanbatch.models import Box, Word

if TYPE_CHECKING:
    from PIL.Image import Image

    LineReader = Callable[[Image], Iterable[Word]]
    #: Makes another picture of a page or of a part of it.
    Show = Callable[[Image], Image]

#: Heights of a line between words of one stretch at most, and how long one may be in them.
_GAP, _LONGEST = 1.5, 25.0
#: Letters of a stretch at least, and the confidence from which it is not worth another look.
_LETTERS, _SURE = 4, 0.9
#: Pixels that a line of print is high at most.
_HIGHEST = 80
#: Widths of all samples together, in their heights: a full page of text is 1,000 to 1,500.
_HEIGHTS = 100.0
#: Pixels of the page around a sample, and of white around that.
_AROUND, _MARGIN = 8, 8


@frozen
class Samples:
    """Stretches of a page that came out badly."""

    boxes: tuple[Box, ...]
    #: How many times as much doubtful text the page has.
    times: float


def worth(words: Iterable[Word]) -> float:
    """Return how much has been read, sure letters counting most."""
    return sum(word.confidence**2 * len(word.text) for word in words)


def samples_of(words: Sequence[Word]) -> Samples:
    """Return doubtful stretches of a page from all over it.

    Args:
        words: What was read, line by line.
    """
    doubtful = [_around(stretch) for stretch in _stretches(words) if _is_doubtful(stretch)]
    boxes = [box for box in doubtful if box.bottom - box.top < _HIGHEST]
    whole = sum(map(_heights, boxes))
    step = max(1.0, whole / _HEIGHTS)
    chosen: list[Box] = []
    passed = due = 0.0
    for box in boxes:
        if passed >= due:
            chosen.append(box)
            due += step * _heights(box)
        passed += _heights(box)
    return Samples(tuple(chosen), whole / (sum(map(_heights, chosen)) or 1.0))


def worths(
    samples: Samples, ways: Sequence[tuple[Image, Show]], read_line: LineReader
) -> list[float]:
    """Return how much each way can be expected to read of all that is doubtful on the page.

    Args:
        samples: Of the page.
        ways: The upright page that each starts from, and what it does to a part of it.
        read_line: Reads an image of one line of text.
    """
    from PIL import ImageOps

    found = [0.0] * len(ways)
    for left, top, right, bottom in samples.boxes:
        around = left - _AROUND, top - _AROUND, right + _AROUND, bottom + _AROUND
        for number, (page, show) in enumerate(ways):
            part = ImageOps.expand(show(_part(page, around)), _MARGIN, 255)
            found[number] += worth(read_line(part))
    return [value * samples.times for value in found]


def _part(page: Image, edges: Sequence[float]) -> Image:
    left, top, right, bottom = map(round, edges)
    return page.crop((max(left, 0), max(top, 0), min(right, page.width), min(bottom, page.height)))


def _stretches(words: Sequence[Word]) -> Iterable[list[Word]]:
    """Give the words that stand beside each other in a line."""
    current: list[Word] = []
    for word in words:
        if current and not _goes_on(current, word):
            yield current
            current = []
        current.append(word)
    if current:
        yield current


def _goes_on(stretch: Sequence[Word], word: Word) -> bool:
    last = stretch[-1]
    heights = last.bottom - last.top, word.bottom - word.top
    common = min(last.bottom, word.bottom) - max(last.top, word.top)
    return (
        common > min(heights) / 2
        and -max(heights) / 2 < word.left - last.right < _GAP * max(heights)
        and word.right - stretch[0].left < _LONGEST * max(heights)
    )


def _is_doubtful(stretch: Sequence[Word]) -> bool:
    letters = sum(len(word.text) for word in stretch)
    sure = sum(word.confidence * len(word.text) for word in stretch)
    return letters >= _LETTERS and sure < _SURE * letters


def _around(words: Sequence[Word]) -> Box:
    return Box(
        min(word.left for word in words),
        min(word.top for word in words),
        max(word.right for word in words),
        max(word.bottom for word in words),
    )


def _heights(box: Box) -> float:
    return (box.right - box.left) / max(box.bottom - box.top, 1.0)
