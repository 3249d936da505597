"""Where labels stand on the pages.

All wordings that matter to a template (labels, headings, table headers, choices, and the lexicon's
as known neighbours) are sought in one pass over the words: each word start is looked up by the
first letters of the squeezed text that follows it. A label may wrap over lines of its column. Exact
keys first; what was not found so is sought again with tolerance for misread letters, only at the
starts of cells.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Sequence
from functools import cached_property
from itertools import pairwise

from attrs import frozen
from rapidfuzz.distance import Levenshtein
from rapidfuzz.process import extract

from loanbatch.models import Box
from loanbatch_plugins.layout import PageLayout, Segment, squeeze_word, union

_PREFIX = 3
#: Lines over which a label may wrap.
_WRAPPED_LINES = 4
#: They stand so far apart at most, in heights of the text.
_WRAP_SLACK = 1.5
#: Letters that a wrapped label has to have on its first line.
_WRAP_START = 4
#: The lines of a wrapped label are of one size: none is so many times as high as another.
_OTHER_SIZE = 1.6
#: Shorter labels are never matched with tolerance.
_FUZZY_LENGTH = 6
#: What may stand before a label in its cell: "12a", "(iv)", "A.", "•", "No. 3".
_NUMBERING = re.compile(
    r"[\W_]{0,4}(?:(?:no\.?\s?)?\d{1,3}[a-z]?|[a-z]|[ivx]{1,4})?[\W_]{0,4}", re.IGNORECASE
)
#: A box number may stand this far left of its caption, in heights of the caption.
_BOX_NUMBER_GAP = 3.5
_BOX_NUMBER = re.compile(r"[([]?(?:\d{1,2}[a-z]?|[a-z])[.)\]]?", re.IGNORECASE)
_SEPARATORS = tuple("•·|–—-+*")
#: Places nearly like a label that count.
_MOST_SIMILAR = 6
#: What may follow a label in its cell and means nothing.
_TRAILING = " :.;,…_-–—*•)]>"


@frozen(eq=False, slots=False)
class Hit:
    """A label found on a page."""

    key: str
    layout: PageLayout
    #: The cells over which it runs, one a line.
    segments: tuple[Segment, ...]
    #: Offset in the first cell's text.
    start: int
    #: Offset in the last cell's text.
    end: int
    box: Box
    #: 1.0 when every letter agrees.
    similarity: float = 1.0

    @property
    def page(self) -> int:
        """Page number."""
        return self.layout.number

    @cached_property
    def starts_cell(self) -> bool:
        """Whether nothing but a number, letter or mark stands before it."""
        return _NUMBERING.fullmatch(self.segments[0].text[: self.start]) is not None

    @property
    def follows_mark(self) -> bool:
        """Whether a mark sets it apart from what stands before it: `Page 1 of 3 • Loan ID #`."""
        return self.segments[0].text[: self.start].rstrip()[-1:] in _SEPARATORS

    @cached_property
    def ends_cell(self) -> bool:
        """Whether nothing but punctuation follows it in its cell."""
        return not self.segments[-1].text[self.end :].strip(_TRAILING)

    @property
    def has_colon(self) -> bool:
        """Whether a colon follows it."""
        return self.segments[-1].text[self.end :].lstrip(" )]").startswith(":")

    @property
    def height(self) -> float:
        """Height of its text in points."""
        return self.segments[0].height

    @cached_property
    def left_with_number(self) -> float:
        """Left edge of a caption with the box number before it."""
        # Each cell of a form asks this of all the form's captions.
        first, left = self.segments[0], self.box.left
        before = [
            word
            for word, start in zip(first.words, first.starts, strict=True)
            if start < self.start
        ]
        if before:
            return before[-1].left if _BOX_NUMBER.fullmatch(before[-1].text) else left
        item = next(iter(self.layout.left_of(self.box)), None)
        if item is None or left - item.right > _BOX_NUMBER_GAP * self.height:
            return left
        return item.left if _BOX_NUMBER.fullmatch(item.text) else left


class HitTable:
    """All hits, by key and by cell."""

    def __init__(self) -> None:
        self._by_key: dict[str, list[Hit]] = defaultdict(list)
        self._by_cell: dict[tuple[int, int], list[Hit]] = defaultdict(list)

    def add(self, hit: Hit) -> None:
        """Enter a hit."""
        self._by_key[hit.key].append(hit)
        for segment in hit.segments:
            self._by_cell[hit.page, segment.index].append(hit)

    def of_key(self, key: str) -> Sequence[Hit]:
        """Return a label's hits in reading order."""
        return self._by_key.get(key, ())

    def in_cell(self, segment: Segment) -> Sequence[Hit]:
        """Return the hits that touch a cell."""
        return self._by_cell.get((segment.page, segment.index), ())


class LabelIndex:
    """Keys by their first letters."""

    def __init__(self, keys: Iterable[str]) -> None:
        self.keys = frozenset(keys)
        self._by_prefix: dict[str, list[str]] = defaultdict(list)
        for key in sorted(self.keys, key=len, reverse=True):
            self._by_prefix[key[:_PREFIX]].append(key)
        self._short = sorted((key for key in self.keys if len(key) < _PREFIX), key=len)

    def find(self, layouts: Iterable[PageLayout]) -> HitTable:
        """Return where the labels stand, letter for letter."""
        table = HitTable()
        for layout in layouts:
            for hit in _longest(self._find_on(layout)):
                table.add(hit)
        return table

    def _find_on(self, layout: PageLayout) -> list[Hit]:
        hits: list[Hit] = []
        for segment in layout.segments:
            key = segment.key
            for number, (offset, end) in enumerate(pairwise(segment.key_starts)):
                if offset == end:
                    continue
                prefix = key[offset : offset + _PREFIX]
                for candidate in self._by_prefix.get(prefix, ()):
                    # A label that does not end here can only wrap.
                    if not key.startswith(candidate, offset) and not candidate.startswith(
                        key[offset:]
                    ):
                        continue
                    hit = _hit_at(layout, segment, number, candidate)
                    if hit is not None:
                        hits.append(hit)
                for candidate in self._short:
                    if prefix.startswith(candidate):
                        hit = _hit_at(layout, segment, number, candidate)
                        if hit is not None:
                            hits.append(hit)
        return hits


def _hit_at(layout: PageLayout, segment: Segment, number: int, key: str) -> Hit | None:
    """Match a key at a word, over as many lines as it takes."""
    cells = [segment]
    offset = segment.key_starts[number]
    done = 0
    while True:
        cell = cells[-1]
        rest = cell.key[offset:]
        if rest.startswith(key[done:]):
            end = _text_offset(cell, offset + len(key) - done)
            # "Course" over "Name of Institution" is no label "Course Name".
            if end is None or (len(cells) > 1 and 2 * (len(key) - done) < len(cell.key)):
                return None
            start = segment.starts[number]
            return Hit(key, layout, tuple(cells), start, end, _box(cells, start, end))
        done += len(rest)
        if (
            done < _WRAP_START
            or len(cells) == _WRAPPED_LINES
            # A label with its colon is whole: "Employer:" over "Address:" is no label.
            or cell.text.endswith(":")
            or not key.startswith(rest, done - len(rest))
        ):
            return None
        after = layout.continuation(cell, _WRAP_SLACK, right=True)
        if after is None or not after.key or (len(cells) == 1 and number > 1):
            return None
        # "PROMISSORY NOTE" over "Date" is a title over a label, not "Note Date".
        if max(cell.height, after.height) > _OTHER_SIZE * min(cell.height, after.height):
            return None
        cells.append(after)
        offset = 0


def _text_offset(cell: Segment, key_offset: int) -> int | None:
    """Turn the end of a key into an offset of the text; None inside a word that goes on."""
    for number, word in enumerate(cell.words):
        if key_offset > cell.key_starts[number + 1]:
            continue
        start = cell.starts[number]
        if key_offset == cell.key_starts[number + 1]:
            return start + len(word.text)
        done = cell.key_starts[number]
        for position, letter in enumerate(word.text):
            done += len(squeeze_word(letter))
            if done == key_offset:
                following = word.text[position + 1 :]
                # "Amount:$5", "Box1", "Rate3.5%" go on with a value; "Amounts" is another word.
                if following[:1].isalpha() or (letter.isdigit() and following[:1].isdigit()):
                    return None
                return start + position + 1
        return None
    return None


def _box(cells: Sequence[Segment], start: int, end: int) -> Box:
    words = []
    for number, cell in enumerate(cells):
        for word, offset in zip(cell.words, cell.starts, strict=True):
            after_start = number > 0 or offset + len(word.text) > start
            before_end = number < len(cells) - 1 or offset < end
            if after_start and before_end:
                words.append(word)
    return union(words)


def _longest(hits: list[Hit]) -> list[Hit]:
    """Drop hits that lie inside longer ones: `Closing Costs` in `Total Closing Costs`."""
    by_cell: dict[int, list[Hit]] = defaultdict(list)
    for hit in hits:
        for segment in hit.segments:
            by_cell[segment.index].append(hit)
    return [hit for hit in hits if not any(_inside(hit, o) for o in by_cell[hit.segments[0].index])]


def _inside(hit: Hit, other: Hit) -> bool:
    if other is hit or len(other.key) <= len(hit.key) or hit.key not in other.key:
        return False
    if other.segments[0] is hit.segments[0] and hit.start < other.start:
        return False
    if other.segments[-1] is hit.segments[-1]:
        return hit.end <= other.end
    return hit.segments[-1] in other.segments


_Window = tuple[str, tuple[Segment, ...], int, int]


def _windows(layout: PageLayout, table: HitTable) -> list[_Window]:
    """Return what may be a misread label: the first words of each cell, and wrapped cells."""
    windows: list[_Window] = []
    for segment in layout.segments:
        if any(hit.starts_cell for hit in table.in_cell(segment)) or len(segment.key) < 4:  # noqa: PLR2004
            continue
        key, offsets, starts, words = segment.key, segment.key_starts, segment.starts, segment.words
        cells = (segment,)
        for first in range(min(2, len(words))):
            begin = offsets[first]
            for last in range(first, min(len(words), first + 7)):
                if offsets[last + 1] - begin >= _FUZZY_LENGTH - 1:
                    text, end = key[begin : offsets[last + 1]], starts[last] + len(words[last].text)
                    windows.append((text, cells, starts[first], end))
        after = layout.continuation(segment)
        if after is not None:
            text = segment.key + after.key
            windows.append((text, (segment, after), 0, len(after.text)))
    return windows


class MisreadLabels:
    """Seeks labels with tolerance for misread letters at the starts of cells.

    A longer label may have more wrong letters: one in seven at most, none below six letters. What
    may be a label is read from the pages once; labels of the same length are compared only.
    """

    def __init__(self, layouts: Iterable[PageLayout], table: HitTable) -> None:
        self._places = [
            (layout, window) for layout in layouts for window in _windows(layout, table)
        ]
        self._places.sort(key=lambda place: len(place[1][0]))
        self._texts = [window[0] for _, window in self._places]
        self._lengths = list(map(len, self._texts))
        #: Numbers of the texts that begin, and that end, with some letters.
        self._begun: dict[str, list[int]] = defaultdict(list)
        self._ended: dict[str, list[int]] = defaultdict(list)
        for number, text in enumerate(self._texts):
            self._begun[text[:_PREFIX]].append(number)
            self._ended[text[-_PREFIX:]].append(number)

    def find(self, key: str) -> list[Hit]:
        """Return the places that are nearly the label, the most similar first."""
        if len(key) < _FUZZY_LENGTH:
            return []
        most = max(1, len(key) // 7)
        numbers = self._possible(key, most)
        if not numbers:
            return []
        texts = list(map(self._texts.__getitem__, numbers))
        hits: list[Hit] = []
        near = extract(key, texts, scorer=Levenshtein.distance, score_cutoff=most, limit=None)
        for text, distance, position in near:
            layout, (_, cells, start, end) = self._places[numbers[position]]
            similarity = 1 - distance / max(len(key), len(text))
            box = _box(cells, start, end)
            hits.append(Hit(key, layout, cells, start, end, box, similarity))
        return sorted(hits, key=lambda hit: -hit.similarity)[:_MOST_SIMILAR]

    def _possible(self, key: str, most: int) -> Sequence[int]:
        """Return numbers of texts that may differ by so many letters, the shortest first."""
        shortest, longest = len(key) - most, len(key) + most
        if most > 1:
            lengths = self._lengths
            return range(bisect_left(lengths, shortest), bisect_right(lengths, longest))
        # One wrong letter leaves the first or the last few as they are.
        near = {*self._begun.get(key[:_PREFIX], ()), *self._ended.get(key[-_PREFIX:], ())}
        return sorted(number for number in near if shortest <= self._lengths[number] <= longest)
