"""What one page tells before any form is looked for: its folded words, its page numbers.

Folded means lower-case letters and digits without accents. The words are kept in two orders, as the
page gives them and line by line: a label broken over two lines holds together in the first, a label
drawn out of order in the second.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from statistics import median
from typing import NamedTuple

from attrs import field, frozen

from loanbatch.models import Page, TextSource, Word

#: Share of the page's height that counts as its top, as its head and as its foot.
TOP = 0.25
HEAD = 0.12
FOOT = 0.88
#: A word so many times higher than the page's usual one is large print.
LARGE = 1.4
#: More words than this in a row are running text, not a title; a title of one word is alone.
TITLE_WORDS = 10
ONE_WORD_TITLE_WORDS = 3
#: A gap of so many heights of a word ends a row of words.
ROW_GAP = 1.6
#: So many single letters in a row are one word, spaced out.
SPACED_LETTERS = 4
#: Fewer letters and digits than this on a page are nothing: a page number, dirt of a scanner.
BLANK_CHARACTERS = 6
#: A separator sheet has no more words than this.
SEPARATOR_WORDS = 30

#: A line of more words with a page number in it is running text, but for the margins.
SHORT_LINE_WORDS = 6

_DIGIT = re.compile(r"\d")
#: What is kept of a letter that stands alone; folded text has no others.
_LETTERS = frozenset("abcdefghijklmnopqrstuvwxyz")
#: An account number is no shorter.
_SHORTEST_IDENTIFIER = 6
_NOT_ASCII = re.compile(r"[^\x00-\x7f]+")
_FOLD = re.compile(r"[^a-z0-9\n]+")
_SEPARATOR = re.compile(
    r"\b(separator (page|sheet)|document separator|patch (code|t|ii|iii)"
    r"|intentionally (left )?blank|blank page)\b"
)
_NUMBER_OF = re.compile(
    r"(?:\bpage|\bpagina|\bpag|\bpg|\bp)\W{0,3}(\d{1,3})\s*(?:of|de|/|out of)\s*(\d{1,3})\b"
)
_NUMBER = re.compile(r"(?:\bpage|\bpagina|\bpg)\W{0,3}(\d{1,3})\b(?!\s*(?:of|de|/)\s*\d)")
_BARE_NUMBER_OF = re.compile(r"(?:^|[|\s])(\d{1,2})\s*(?:of|de)\s*(\d{1,2})$")
_SLASHED = re.compile(r"^(?:page\s*)?(\d{1,2})\s?/\s?(\d{1,2})$")
_DATE_OR_PHONE = re.compile(
    r"^(\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}|(1-)?\d{3}-\d{3,4}-?\d{4}|\d{5}-\d{4}|\d{1,2}-[a-z]{3}-\d{2,4})$"
)
_IDENTIFIER = re.compile(r"^(?=(?:\D*\d){6})[a-z0-9][a-z0-9/-]*$")


class PageNumber(NamedTuple):
    """A printed page number; `last` is 0 where the page does not say of how many."""

    number: int
    last: int


class Zone(NamedTuple):
    """Where a word stands."""

    #: Words of its row at the top of the page, 0 further down; 1 in large print anywhere.
    title_row: int = 0
    #: In the top or bottom margin.
    edge: bool = False

    def is_title(self, phrase_words: int) -> bool:
        """Whether a phrase of so many words that begins here is a title."""
        longest = TITLE_WORDS if phrase_words > 1 else ONE_WORD_TITLE_WORDS
        return 0 < self.title_row <= longest


class Stream(NamedTuple):
    """The folded words of a page in one order, and where each of them stands."""

    words: tuple[str, ...]
    zones: tuple[Zone, ...]


@frozen(kw_only=True)
class Reading:
    """What one page tells."""

    #: The page's number in its source, from 1.
    number: int
    #: In the page's own order, and line by line where that differs.
    streams: tuple[Stream, ...] = field(repr=False)
    #: Lines of text as printed, lower case, from top to bottom.
    lines: tuple[str, ...] = field(repr=False)
    #: How many of the lines stand at the top of the page.
    top_lines: int
    word_count: int
    #: Share of the words that are figures.
    figures: float
    page_numbers: frozenset[PageNumber] = field(repr=False)
    #: Those with a total that stand apart from running text.
    counted: frozenset[PageNumber] = field(repr=False)
    #: Long numbers: accounts, loans, policies.
    identifiers: frozenset[str] = field(repr=False)
    recognized: bool
    blank: bool


def _without_accents(found: re.Match[str]) -> str:
    return "".join(letter for letter in found[0] if not unicodedata.combining(letter))


def fold(text: str) -> str:
    """Return `text` in lower-case letters and digits; the rest is one blank, line ends stay."""
    text = text.lower()
    if not text.isascii():
        text = unicodedata.normalize("NFKD", text)
        text = _NOT_ASCII.sub(_without_accents, text)
    return _FOLD.sub(" ", text)


def read_lines(words: Sequence[Word]) -> list[list[int]]:
    """Group words into lines, from top to bottom and from left to right.

    Returns:
        For each line the positions of its words in `words`.
    """
    order = sorted(range(len(words)), key=lambda i: words[i].top + words[i].bottom)
    lines: list[list[int]] = []
    reference, tolerance = 0.0, 0.0
    for index in order:
        word = words[index]
        middle = (word.top + word.bottom) / 2
        if lines and middle - reference <= tolerance:
            lines[-1].append(index)
        else:
            lines.append([index])
            reference, tolerance = middle, 0.5 * (word.bottom - word.top)
    for line in lines:
        line.sort(key=lambda i: words[i].left)
    return lines


def _page_numbers(lines: Iterable[tuple[str, bool]]) -> Iterable[tuple[PageNumber, bool]]:
    """Yield the page numbers in lines, and whether each stands apart and has a total."""
    for text, marginal in lines:
        if not _DIGIT.search(text):
            continue
        apart = marginal or len(text.split()) <= SHORT_LINE_WORDS
        for found in _NUMBER_OF.finditer(text):
            yield PageNumber(int(found[1]), int(found[2])), apart
        if not marginal:
            continue
        for found in _NUMBER.finditer(text):
            yield PageNumber(int(found[1]), 0), False
        bare = _BARE_NUMBER_OF.search(text) or _SLASHED.match(text.strip())
        if bare:
            yield PageNumber(int(bare[1]), int(bare[2])), True


def _identifiers(words: Iterable[str]) -> Iterable[str]:
    for word in words:
        if len(word) < _SHORTEST_IDENTIFIER or not _DIGIT.search(word):
            continue
        text = word.lower().strip("#:.,;()[]*")
        if _IDENTIFIER.match(text) and not _DATE_OR_PHONE.match(text):
            yield text


def _stream(parts: Sequence[Sequence[str]], zones: Sequence[Zone], order: Iterable[int]) -> Stream:
    """Return words in an order, by their parts; letters that stand alone are joined to words."""
    words: list[str] = []
    places: list[Zone] = []
    letters = 0
    for index in order:
        zone = zones[index]
        for part in parts[index]:
            if part in _LETTERS:
                letters += 1
            elif letters:
                _spell_out(words, places, letters)
                letters = 0
            words.append(part)
            places.append(zone)
    if letters:
        _spell_out(words, places, letters)
    return Stream(tuple(words), tuple(places))


def _spell_out(words: list[str], places: list[Zone], letters: int) -> None:
    """Make one word of the last letters where they are enough for one."""
    if letters >= SPACED_LETTERS:
        words[-letters:] = ["".join(words[-letters:])]
        del places[len(words) :]


def _rows(words: Sequence[Word], line: Sequence[int]) -> Iterable[list[int]]:
    row: list[int] = []
    for index in line:
        word = words[index]
        if row and word.left - words[row[-1]].right > ROW_GAP * (word.bottom - word.top):
            yield row
            row = []
        row.append(index)
    yield row


def _zones(page: Page, lines: Iterable[Sequence[int]]) -> list[Zone]:
    """Say of each word whether it stands in a title, and whether in a margin."""
    words = page.words
    large = LARGE * median(word.bottom - word.top for word in words) if words else 0.0
    top, head, foot = (page.height * share for share in (TOP, HEAD, FOOT))
    inner = Zone()
    zones = [inner] * len(words)
    for line in lines:
        for row in _rows(words, line):
            for index in row:
                word = words[index]
                row_words = len(row) if word.top < top else 0
                title_row = 1 if word.bottom - word.top > large else row_words
                edge = word.top < head or word.bottom > foot
                if title_row or edge:
                    zones[index] = Zone(title_row, edge)
    return zones


def read_page(page: Page) -> Reading:
    """Fold a page's words and find its page numbers and identifiers."""
    words = page.words
    folded = fold("\n".join(word.text for word in words)).split("\n") if words else []
    lines = read_lines(words)
    zones = _zones(page, lines)
    by_line = [index for line in lines for index in line]
    parts = [text.split() for text in folded]
    streams = [_stream(parts, zones, range(len(words)))]
    if by_line != list(range(len(words))):
        streams.append(_stream(parts, zones, by_line))
    texts = [" ".join(words[i].text for i in line).lower() for line in lines]
    marginal = (any(zones[i].edge for i in line) for line in lines)
    numbers = [
        (n, apart)
        for n, apart in _page_numbers(zip(texts, marginal, strict=True))
        if n.number >= 1 and (not n.last or n.number <= n.last)
    ]
    figures = sum(_DIGIT.search(text) is not None for text in folded)
    return Reading(
        number=page.number,
        streams=tuple(streams),
        lines=tuple(texts),
        top_lines=sum(words[line[0]].top < TOP * page.height for line in lines),
        word_count=len(words),
        figures=figures / len(words) if words else 0.0,
        page_numbers=frozenset(number for number, _ in numbers),
        counted=frozenset(number for number, apart in numbers if apart and number.last),
        identifiers=frozenset(_identifiers(word.text for word in words)),
        recognized=page.text_source is not TextSource.TEXT_LAYER,
        blank=_is_blank(folded),
    )


def _is_blank(folded: Sequence[str]) -> bool:
    """Whether a page says nothing, or only that it parts others."""
    if len("".join(folded).replace(" ", "")) < BLANK_CHARACTERS:
        return True
    if len(folded) > SEPARATOR_WORDS:
        return False
    return _SEPARATOR.search(" ".join(" ".join(part.split()) for part in folded)) is not None
