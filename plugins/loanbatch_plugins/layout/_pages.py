"""A page's cells, and what a reader of forms asks of them: what stands right, below, above?"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator
from functools import cached_property

from loanbatch.models import Box, Page, TextSource, Word
from loanbatch_plugins.layout._lines import (
    INK_BOXES,
    TEXT_BOXES,
    Segment,
    read_lines,
    split_segments,
)
from loanbatch_plugins.layout._torn import join_torn

#: Share of the lower height that two cells of one row have in common at least.
_ROW_SHARE = 0.35


def union(boxes: Iterable[Box | Word | Segment]) -> Box:
    """Return the rectangle around all boxes; at least one is needed."""
    items = list(boxes)
    if len(items) == 1:
        return Box(items[0].left, items[0].top, items[0].right, items[0].bottom)
    return Box(
        min([item.left for item in items]),
        min([item.top for item in items]),
        max([item.right for item in items]),
        max([item.bottom for item in items]),
    )


class PageLayout:
    """The segments of a page in reading order, found by place."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.number = page.number
        self.lines: list[list[Segment]] = []
        self.segments: list[Segment] = []
        boxes = INK_BOXES if self.recognized else TEXT_BOXES
        for line in read_lines(page.words):
            line.words = join_torn(line.words, recognized=self.recognized)
            cells = split_segments(line, page.number, boxes)
            for cell in cells:
                cell.line = len(self.lines)
                cell.index = len(self.segments)
                self.segments.append(cell)
            self.lines.append(cells)
        self._by_top = sorted(self.segments, key=lambda item: item.top)
        self._tops = [item.top for item in self._by_top]
        self._continuations: dict[tuple[Segment, float, bool], Segment | None] = {}

    @property
    def recognized(self) -> bool:
        """Whether the words were read from a picture and so may be misread."""
        return self.page.text_source is TextSource.RECOGNIZED

    @cached_property
    def tallest(self) -> float:
        """Height of the tallest segment in points."""
        return max((item.bottom - item.top for item in self.segments), default=0.0)

    def between(self, top: float, bottom: float) -> Iterator[Segment]:
        """Yield the segments whose height overlaps the band, by their top edges."""
        start = bisect_left(self._tops, top - self.tallest)
        for position in range(start, len(self._by_top)):
            item = self._by_top[position]
            if item.top >= bottom:
                return
            if item.bottom > top:
                yield item

    def right_of(self, box: Box) -> list[Segment]:
        """Return the segments right of a box in its row, the nearest first."""
        return sorted(
            (
                item
                for item in self.between(box.top, box.bottom)
                if item.left >= box.right - 1 and same_row(item, box)
            ),
            key=lambda item: item.left,
        )

    def left_of(self, box: Box) -> list[Segment]:
        """Return the segments left of a box in its row, the nearest first."""
        return sorted(
            (
                item
                for item in self.between(box.top, box.bottom)
                if item.right <= box.left + 1 and same_row(item, box)
            ),
            key=lambda item: -item.right,
        )

    def below(self, box: Box, reach: float) -> list[Segment]:
        """Return the segments under a box, within its width, from the top.

        Args:
            box: Where to start; its left and right edges are the column's.
            reach: How far below the box's bottom edge a segment may start, points.
        """
        return list(self._below(box, reach))

    def _below(self, box: Box | Segment, reach: float) -> Iterator[Segment]:
        start = box.bottom - 0.3 * (box.bottom - box.top)
        end = box.bottom + reach
        left, right = box.left, box.right
        for position in range(bisect_left(self._tops, start), len(self._by_top)):
            item = self._by_top[position]
            if item.top >= end:
                return
            if item.left < right and item.right > left and item.bottom > start:
                yield item

    def above(self, box: Box, reach: float) -> list[Segment]:
        """Return the segments over a box, within its width, from the bottom."""
        overlap = 0.3 * (box.bottom - box.top)
        found = [
            item
            for item in self.between(box.top - reach, box.top + overlap)
            if item.bottom <= box.top + overlap and item.left < box.right and item.right > box.left
        ]
        return sorted(found, key=lambda item: -item.bottom)

    def continuation(
        self, segment: Segment, slack: float = 0.9, *, right: bool = False
    ) -> Segment | None:
        """Return the segment that goes on directly below: same column, next line.

        Args:
            segment: The line above.
            slack: Greatest distance between the two lines, in heights of the text.
            right: Lines that share only their right edge go on too, as in the header of numbers.
        """
        asked = (segment, slack, right)
        if asked not in self._continuations:
            self._continuations[asked] = self._continuation(segment, slack, right=right)
        return self._continuations[asked]

    def _continuation(self, segment: Segment, slack: float, *, right: bool) -> Segment | None:
        height = segment.height
        for item in self._below(segment, slack * height):
            aligned = abs(item.left - segment.left) <= 1.2 * height
            centred = abs(item.left + item.right - segment.left - segment.right) <= height
            flush = right and abs(item.right - segment.right) <= 0.5 * height
            if aligned or centred or flush:
                return item
        return None


def same_row(item: Segment | Word | Box, box: Box | Segment) -> bool:
    """Whether two rectangles stand at one height."""
    shared = min(item.bottom, box.bottom) - max(item.top, box.top)
    lower = min(item.bottom - item.top, box.bottom - box.top)
    return shared > _ROW_SHARE * lower
