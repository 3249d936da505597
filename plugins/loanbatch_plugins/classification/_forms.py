"""The forms that are told apart, read from `kinds.toml` and arranged for one pass over a page.

All phrases of all forms hang in one tree of words, so that a page is walked once whatever the
number of phrases. Words that occur in phrases are also indexed by their spellings with one letter
missing: that is how a word with one misread letter is found again.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum
from functools import cache, cached_property
from importlib.resources import files
from itertools import pairwise
from typing import Any, NamedTuple, TypeAlias

import tomli
from attrs import field, frozen

#: Points that a page needs to be of a form, where the form does not say.
DEFAULT_MINIMUM = 5.0
#: Letters that a word needs to be worth repairing; shorter ones have too many neighbours.
SHORTEST_REPAIRED = 5
#: Letters that a phrase needs to be looked for without blanks, and by likeness.
SHORTEST_SQUEEZED = 10
SHORTEST_ALIKE = 12
#: Percent of likeness (rapidfuzz partial ratio) that counts as found.
ALIKE = 86.0
#: Bits in which pairs of letters are counted.
_BITS = 256
_NEVER = _BITS + 1
#: Points from which a phrase is worth such a search.
WORTH_SEARCHING = 3.0

#: A node of the tree of words: the next word leads to the next node; the empty word to the phrase
#: itself.
Tree: TypeAlias = dict[str, Any]


class Place(StrEnum):
    """Where a phrase has to stand to count in full."""

    #: In large print or in the top quarter of the page.
    TITLE = "title"
    ANYWHERE = "text"
    #: In the top or bottom margin.
    EDGE = "edge"
    #: Anywhere, and it counts against the form.
    AGAINST = "against"
    #: Anywhere; no points, but the page is a first one.
    FIRST = "first"


class Mark(NamedTuple):
    """What a phrase is worth to one form."""

    form: int
    place: Place
    points: float


class Squeezed(NamedTuple):
    """A phrase without blanks."""

    #: The phrase's position in the catalogue.
    number: int
    text: str
    #: Its pairs of letters, and how many of them any stretch has that is alike.
    pairs: int
    least: int


def pairs_of(text: str) -> int:
    """Return the pairs of neighbouring letters of a text as bits; different pairs may share one."""
    found = 0
    for first, second in pairwise(text.encode()):
        found |= 1 << (first * 31 + second) % _BITS
    return found


@frozen(kw_only=True)
class Form:
    """A layout or wording in which a kind of document comes; see the head of `kinds.toml`."""

    name: str
    kind: str
    minimum: float = DEFAULT_MINIMUM
    stamps: tuple[str, ...] = ()
    heads: tuple[str, ...] = ()
    single: bool = False
    parts: bool = False
    joins: bool = False
    rows: bool = False
    inset: tuple[str, ...] = ()
    #: Of a template file of one's own.
    own: bool = False


@frozen(kw_only=True)
class Catalogue:
    """All forms and all their phrases."""

    forms: tuple[Form, ...]
    phrases: tuple[str, ...] = field(repr=False)
    #: For each phrase, by its position in `phrases`.
    marks: tuple[tuple[Mark, ...], ...] = field(repr=False)
    tree: Tree = field(repr=False)
    #: Words of phrases.
    words: frozenset[str] = field(repr=False)
    #: Spelling with a letter missing, to the word.
    misspelt: Mapping[str, str] = field(repr=False)

    @cached_property
    def squeezed(self) -> tuple[Squeezed, ...]:
        """The phrases worth a slower search on bad scans."""
        found = []
        for number, (phrase, marks) in enumerate(zip(self.phrases, self.marks, strict=True)):
            text = phrase.replace(" ", "")
            worth_it = any(
                m.points >= WORTH_SEARCHING and m.place is not Place.AGAINST for m in marks
            )
            if worth_it and len(text) >= SHORTEST_SQUEEZED:
                is_title = any(mark.place is Place.TITLE for mark in marks)
                alike = is_title and len(text) >= SHORTEST_ALIKE
                pairs = pairs_of(text) if alike else 0
                # Each letter that is missing or too many breaks two pairs at most.
                lost = 2 * int((1 - ALIKE / 100) * 2 * len(text) + 1e-9)
                least = pairs.bit_count() - lost if alike else _NEVER
                found.append(Squeezed(number, text, pairs, least))
        return tuple(found)

    def repair(self, word: str) -> str:
        """Return the word of a phrase that differs from `word` by one letter, else `word`."""
        if len(word) < SHORTEST_REPAIRED or word in self.words or word.isdigit():
            return word
        found = self.misspelt.get(word)
        if found is not None:
            return found
        for shorter in _without_one_letter(word):
            if shorter in self.words and len(shorter) >= SHORTEST_REPAIRED:
                return shorter
            found = self.misspelt.get(shorter)
            if found is not None and len(found) == len(word):
                return found
        return word


def _without_one_letter(word: str) -> Iterable[str]:
    return (word[:index] + word[index + 1 :] for index in range(len(word)))


def _tree_of(phrases: Iterable[str]) -> Tree:
    root: Tree = {}
    for number, phrase in enumerate(phrases):
        node = root
        for word in phrase.split():
            node = node.setdefault(word, {})
        node[""] = number
    return root


def _index_misspelt(words: Iterable[str]) -> dict[str, str]:
    index: dict[str, str] = {}
    for word in sorted(words):
        if len(word) >= SHORTEST_REPAIRED and word.isalpha():
            for shorter in _without_one_letter(word):
                index.setdefault(shorter, word)
    return index


def _form(name: str, table: Mapping[str, Any]) -> Form:
    traits = {trait: table.get(trait, False) for trait in ("single", "parts", "joins", "rows")}
    return Form(
        name=name,
        kind=table["kind"],
        minimum=float(table.get("minimum", DEFAULT_MINIMUM)),
        stamps=tuple(table.get("stamps", ())),
        heads=tuple(table.get("heads", ())),
        inset=tuple(table.get("inset", ())),
        own=table.get("own", False),
        **traits,
    )


def _marks_of(number: int, table: Mapping[str, Any]) -> Iterable[tuple[str, Mark]]:
    for place in (Place.TITLE, Place.ANYWHERE, Place.EDGE, Place.AGAINST):
        for points, phrases in table.get(place.value, {}).items():
            for phrase in phrases:
                yield phrase, Mark(number, place, float(points))
    for phrase in table.get(Place.FIRST.value, ()):
        yield phrase, Mark(number, Place.FIRST, 0.0)


def data_bytes() -> bytes:
    """Return the data file as it is; the plugin's fingerprint depends on it."""
    return files(__package__).joinpath("kinds.toml").read_bytes()


def build_catalogue(tables: Mapping[str, Mapping[str, Any]]) -> Catalogue:
    """Arrange the tables of `kinds.toml`, or others of that shape, for matching."""
    marks: dict[str, list[Mark]] = {}
    for number, table in enumerate(tables.values()):
        for phrase, mark in _marks_of(number, table):
            marks.setdefault(phrase, []).append(mark)
    words = frozenset(word for phrase in marks for word in phrase.split())
    return Catalogue(
        forms=tuple(_form(name, table) for name, table in tables.items()),
        phrases=tuple(marks),
        marks=tuple(tuple(items) for items in marks.values()),
        tree=_tree_of(marks),
        words=words,
        misspelt=_index_misspelt(words),
    )


@cache
def standard_catalogue() -> Catalogue:
    """Return the catalogue of the bundled forms, built once."""
    return build_catalogue(bundled_tables())


def bundled_tables() -> dict[str, Any]:
    """Return the tables of `kinds.toml`."""
    return tomli.loads(data_bytes().decode())
