"""Numbers printed before the lines of a form's sections, those included that recognition lost.

Such numbers are small and often grey: recognition loses some and misreads others ("G2", "62" for
"02"). The lines stand at an even distance below their headings. Where that and most of the numbers
read tell the same, the places of the lines say the numbers.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from statistics import median

from attrs import frozen

from loanbatch.models import Word
from loanbatch_plugins.layout import PageLayout
from loanbatch_plugins.templates._candidates import Cell

_NUMBER = re.compile(r"(?P<value>\d{1,2})[.,|]?")
#: What recognition makes of a number of two digits; the last one is most often right.
_MISREAD = re.compile(r"[^\s$%]{0,2}?(?P<last>\d)?[^\w\s$%]?|[A-Za-z]{1,2}[^\w$%]?")
#: Share of the distance between two lines by which one may stand off its place.
_SLACK = 0.25
#: So many numbers, and this share of them, have to agree with the places.
_LEAST_AGREEING, _AGREEING_SHARE = 3, 0.75
#: The wordings of a section's lines begin at one edge, up to this many heights of the text.
_EDGE = 0.6


@frozen
class NumberedLines:
    """A section: where its heading stands, and the words of the lines below it."""

    layout: PageLayout
    left: float
    middle: float
    lines: Sequence[Sequence[Word]]


#: A line's number, and its other words.
Split = tuple[Cell | None, list[Word]]


def split_numbers(sections: Sequence[NumberedLines]) -> list[list[Split]]:
    """Return the lines of each section of one page with their numbers set apart."""
    model = _model(sections)
    return [[_split(section, line, model) for line in section.lines] for section in sections]


@frozen
class _Places:
    """Where the numbered lines of a page stand."""

    #: Distance of two lines, points.
    spacing: float
    #: What a line's number is less than its distance from the heading, in spacings.
    shift: float
    #: Where the wordings begin, right of a heading's left edge, points.
    edge: float

    def number_at(self, section: NumberedLines, middle: float) -> int | None:
        """Return the number of the line at a height; None between two lines."""
        place = (middle - section.middle) / self.spacing + self.shift
        number = round(place)
        return number if number > 0 and abs(place - number) <= _SLACK else None


def _split(section: NumberedLines, line: Sequence[Word], places: _Places | None) -> Split:
    # "1 % of Loan Amount" has no number.
    numbered = len(line) > 1 and not line[1].text.startswith("%")
    literal = _number_in(line[0]) if numbered else None
    if places is None:
        return (None, list(line)) if literal is None else (_cell(line[0], literal), list(line[1:]))
    mark = line[0] if _is_mark(section, line, places) else None
    rest = list(line[1:] if mark is not None else line)
    told = places.number_at(section, _middle(line[-1]))
    if told is None or (mark is not None and not _may_be(mark, told)):
        return (_cell(line[0], literal) if literal is not None else None), rest
    return _cell(mark or rest[0], told), rest


def _may_be(mark: Word, number: int) -> bool:
    """Whether what was read may be a number: its last digit, if there is one, is right."""
    match = _MISREAD.fullmatch(mark.text)
    return match is None or not match["last"] or int(match["last"]) == number % 10


def _cell(word: Word, number: int) -> Cell:
    match = _NUMBER.fullmatch(word.text)
    if match is not None and int(match["value"]) == number:
        return Cell("line", match["value"], (word,))
    return Cell("line", word.text, (word,), str(number))


def _is_mark(section: NumberedLines, line: Sequence[Word], places: _Places) -> bool:
    """Whether a line's first word stands where the numbers do."""
    edge = section.left + places.edge
    return (
        len(line) > 1
        and _MISREAD.fullmatch(line[0].text) is not None
        and line[0].right < edge
        and abs(line[1].left - edge) <= _EDGE * (line[1].bottom - line[1].top)
    )


def _model(sections: Sequence[NumberedLines]) -> _Places | None:
    """Return where numbered lines stand on a page of recognized words, if its numbers agree."""
    if not sections or not sections[0].layout.recognized:
        return None
    steps = [
        _middle(below[-1]) - _middle(above[-1])
        for section in sections
        for above, below in pairwise(section.lines)
    ]
    read = list(_read(sections))
    if not steps or not read:
        return None
    spacing = median(steps)
    shifts = [number - distance / spacing for number, distance, _ in read]
    shift = median(shifts)
    agreeing = sum(abs(item - shift) <= _SLACK for item in shifts)
    if agreeing < max(_LEAST_AGREEING, _AGREEING_SHARE * len(shifts)):
        return None
    return _Places(spacing, shift, median(edge for _, _, edge in read))


def _read(sections: Sequence[NumberedLines]) -> Iterator[tuple[int, float, float]]:
    """Yield the numbers by their last digits, below which heading, and where the wording begins."""
    for section in sections:
        for line in section.lines:
            match = _MISREAD.fullmatch(line[0].text) if len(line) > 1 else None
            if match is not None and match["last"]:
                distance = _middle(line[-1]) - section.middle
                yield int(match["last"]), distance, line[1].left - section.left


def _number_in(word: Word) -> int | None:
    match = _NUMBER.fullmatch(word.text)
    return int(match["value"]) if match is not None else None


def _middle(word: Word) -> float:
    return (word.top + word.bottom) / 2
