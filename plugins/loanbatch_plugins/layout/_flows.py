"""Running text with the way back to the words.

Prose is read in two ways: by blocks, where a paragraph stays in its column, and by lines over the
whole width, where a sentence runs through form cells ("pay U.S. $ | 555,000.00 | (this amount").
Each gives a flow; every character of a flow knows its word.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from functools import cached_property
from itertools import accumulate

from attrs import frozen

from loanbatch.models import Word
from loanbatch_plugins.layout._lines import Segment
from loanbatch_plugins.layout._pages import PageLayout

#: Hyphens at the end of a line that join a word broken over two lines.
_SOFT_HYPHENS = frozenset("\u00ad\u2010")


@frozen
class Span:
    """A stretch of a flow: its text, page and words."""

    text: str
    page: int
    words: tuple[Word, ...]


class Flow:
    """Text of the document in one reading order; paragraphs are set apart with a newline."""

    def __init__(self) -> None:
        self.text = ""
        self._parts: list[str] = []
        self._starts: list[int] = []
        self._words: list[Word] = []
        self._pages: list[int] = []
        self._length = 0

    def add(self, words: Sequence[Word], page: int) -> None:
        """Append the words of a line, with a space or, after a broken word, without."""
        texts = [word.text for word in words]
        parts = [text[:-1] if text[-1:] in _SOFT_HYPHENS else text + " " for text in texts]
        self._parts += parts
        *starts, self._length = accumulate(map(len, parts), initial=self._length)
        self._starts += starts
        self._words += words
        self._pages += [page] * len(starts)

    def end_paragraph(self) -> None:
        """Put a newline after what was added so far."""
        self._parts.append("\n")
        self._length += 1

    def close(self) -> Flow:
        """Join the parts; nothing is added afterwards."""
        self.text = "".join(self._parts)
        return self

    @cached_property
    def folded(self) -> str:
        """The text without upper case; not of the same length where letters have no lower one."""
        return self.text.casefold()

    def page_at(self, offset: int) -> int:
        """Return the page of the word at an offset."""
        return self._pages[max(bisect_right(self._starts, offset) - 1, 0)]

    def span(self, start: int, end: int) -> Span:
        """Return a stretch with its evidence; words of the page on which it starts."""
        page = self.page_at(start)
        first = max(bisect_right(self._starts, start) - 1, 0)
        last = bisect_right(self._starts, max(end - 1, start))
        words = tuple(self._words[i] for i in range(first, last) if self._pages[i] == page)
        return Span(self.text[start:end], page, words)


def read_flows(pages: Sequence[PageLayout]) -> tuple[Flow, Flow]:
    """Return the document's text by blocks and by lines."""
    by_blocks, by_lines = Flow(), Flow()
    for layout in pages:
        for block in read_blocks(layout):
            for segment in block:
                by_blocks.add(segment.words, layout.number)
            by_blocks.end_paragraph()
        for line in layout.lines:
            for segment in line:
                by_lines.add(segment.words, layout.number)
        by_lines.end_paragraph()
    return by_blocks.close(), by_lines.close()


def read_blocks(layout: PageLayout) -> list[list[Segment]]:
    """Chain segments that stand below each other into blocks, in the order of their first lines."""
    taken: set[int] = set()
    blocks: list[list[Segment]] = []
    for segment in layout.segments:
        if segment.index in taken:
            continue
        block = [segment]
        taken.add(segment.index)
        while (after := layout.continuation(block[-1])) is not None and after.index not in taken:
            block.append(after)
            taken.add(after.index)
        blocks.append(block)
    return blocks
