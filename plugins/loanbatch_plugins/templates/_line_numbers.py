"""Numbers printed before the lines of a form's sections, those included that recognition lost.

Such numbers are small and often grey. The lines stand at an even distance, so that the numbers
which were read say what the others are; one that they do not agree on is left out.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise
from statistics import median

from attrs import frozen

from loanbatch.models import Word
from loanbatch_plugins.templates._candidates import Cell

_NUMBER = re.compile(r"(?P<value>\d{1,2})[.,|]?")
#: What recognition makes of a number of two digits.
_MISREAD = re.compile(r"(?=.*[\dOoIl|])[^\w%$]?[\dOoIl|]{1,2}[^\w%$]?|[\W_]{1,3}")
#: Share of the distance between two lines by which one may stand off its place.
_SLACK = 0.25
_LEAST_READ = 2


@frozen
class _Read:
    number: int
    middle: float
    word: Word


def split_number(words: Sequence[Word]) -> tuple[tuple[Word, ...], list[Word]]:
    """Return a line's number, read well or badly or not at all, and the words behind it."""
    if len(words) > 1 and (_number_in(words[0]) is not None or _MISREAD.fullmatch(words[0].text)):
        return (words[0],), list(words[1:])
    return (), list(words)


def _number_in(word: Word) -> int | None:
    match = _NUMBER.fullmatch(word.text)
    return int(match["value"]) if match is not None else None


class LineNumbers:
    """The numbers of the lines below the headings of one page.

    Args:
        sections: The vertical middle of each heading with the words of the lines below it, from the
            top.
    """

    def __init__(self, sections: Sequence[tuple[float, Sequence[Sequence[Word]]]]) -> None:
        self._sections = [(heading, _read(lines)) for heading, lines in sections]
        steps = [
            (after.middle - before.middle) / (after.number - before.number)
            for _, numbers in self._sections
            for before, after in pairwise(numbers)
            if after.number > before.number
        ]
        self._spacing = median(steps) if len(steps) >= _LEAST_READ else 0.0
        starts = [
            numbers[0].middle - heading - numbers[0].number * self._spacing
            for heading, numbers in self._sections
            if numbers
        ]
        self._start = median(starts) if len(starts) >= _LEAST_READ else None

    def cell(self, section: int, line: Sequence[Word]) -> Cell | None:
        """Return the number of a line as read, or as the numbers around it tell it.

        Args:
            section: Position of the section among those given.
            line: The words of one of its lines.
        """
        own = _number_in(line[0])
        if own is not None and len(line) > 1:
            return Cell("line", line[0].text.strip(".,|"), (line[0],))
        told = self._told(section, _middle(line[-1]))
        mark, _ = split_number(line)
        if told is None:
            return None
        number, witness = told
        words = mark or witness
        return Cell("line", words[0].text, words, str(number)) if words else None

    def _told(self, section: int, middle: float) -> tuple[int, tuple[Word, ...]] | None:
        """Return what the nearest numbers above and below agree on, and the nearest of them."""
        if not self._spacing:
            return None
        heading, numbers = self._sections[section]
        above = [item for item in numbers if item.middle < middle][-1:]
        below = [item for item in numbers if item.middle > middle][:1]
        places = [(item.number, item.middle) for item in (*above, *below)]
        if not above and self._start is not None:
            places.append((0, heading + self._start))
        counted = {_counted(number, at, middle, self._spacing) for number, at in places}
        number = counted.pop() if len(counted) == 1 else None
        return None if number is None else (number, tuple(i.word for i in (*above, *below)[:1]))


def _counted(number: int, at: float, middle: float, spacing: float) -> int | None:
    """Return the number of the line at a height by a known one; None between two lines."""
    lines = (middle - at) / spacing
    found = number + round(lines)
    return found if abs(lines - round(lines)) <= _SLACK and found > 0 else None


def _read(lines: Sequence[Sequence[Word]]) -> list[_Read]:
    """Return the numbers that were read, from the top; those that do not rise are misread."""
    found = [
        _Read(number, _middle(line[0]), line[0])
        for line in lines
        if len(line) > 1 and (number := _number_in(line[0])) is not None
    ]
    return [
        item
        for place, item in enumerate(found)
        if all(other.number < item.number for other in found[:place])
        and all(other.number > item.number for other in found[place + 1 :])
    ]


def _middle(word: Word) -> float:
    return (word.top + word.bottom) / 2
