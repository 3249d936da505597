"""Which values of recognized pages are worth another reading, and where they stand.

The choice depends on nothing but the document, so that the same document gives the same result.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from attrs import field, frozen

from loanbatch.models import Box, Document, Field, Page, Word
from loanbatch.vocabulary import FieldDefinition, FieldType, Vocabulary

#: Types whose values are read again. A second reading of names and texts repeats the mistakes of
#: the first one, of numbers it finds most; a digit or two alone, as counts are, is read badly.
_TYPES = frozenset(
    {
        FieldType.MONEY,
        FieldType.PERCENT,
        FieldType.DATE,
        FieldType.IDENTIFIER,
        FieldType.NUMBER,
        FieldType.MONTHS,
    }
)
#: A word with this confidence is left alone: of 780 such numbers on scans one was wrong.
_SURE = 0.96
#: Places of a page, and words of a source, that are read again at most, the least sure ones first.
_MOST_OF_PAGE, _MOST = 20, 200


@frozen(kw_only=True)
class Place:
    """A value on a recognized page."""

    found: Field = field(repr=False)
    definition: FieldDefinition
    #: The words that it was read from as one, in points of the upright page.
    word: Word = field(repr=False)
    #: Where these are among the page's words.
    indices: tuple[int, ...]
    #: What is printed in the same words before and after the value.
    around: tuple[str, str] = field(repr=False)


def unsure_places(
    documents: Iterable[Document],
    pages: Mapping[int, Page],
    vocabulary: Vocabulary,
    threshold: float,
) -> dict[int, list[Place]]:
    """Return the values to read again, by the number of the page.

    Args:
        documents: Normalized, their evidence in points of the upright pages.
        pages: The recognized ones, by number.
        vocabulary: Types of the fields.
        threshold: Fields with less confidence need review.
    """
    unsure = [
        place
        for found, definition in _values(documents, vocabulary)
        if definition.type in _TYPES
        and (place := _place_of(found, definition, pages))
        and _is_unsure(place, threshold)
    ]
    chosen: dict[int, list[Place]] = {}
    taken: set[tuple[int, int]] = set()
    for place in sorted(unsure, key=lambda it: (it.word.confidence, it.found.page, it.indices)):
        number = place.found.page
        words = {(number, index) for index in place.indices}
        of_page = chosen.setdefault(number, [])
        if words & taken or len(of_page) == _MOST_OF_PAGE or len(taken) >= _MOST:
            continue
        of_page.append(place)
        taken |= words
    return dict(sorted(chosen.items()))


def _values(
    documents: Iterable[Document], vocabulary: Vocabulary
) -> Iterator[tuple[Field, FieldDefinition]]:
    """Give the fields and the cells of their rows."""
    for document in documents:
        for name, found in document.fields.items():
            definition = vocabulary.field(name)
            if not found.rows:
                yield found, definition
            for cells in found.rows:
                for cell in cells:
                    yield cell, definition.column(cell.name)


def _is_unsure(place: Place, threshold: float) -> bool:
    if place.word.confidence == 1:
        return False  # words of the file itself, such as form values, are certain
    found = place.found
    return found.value is None or found.confidence < threshold or place.word.confidence < _SURE


def _place_of(found: Field, definition: FieldDefinition, pages: Mapping[int, Page]) -> Place | None:
    """Return where a value stands; None where it was put together from several places."""
    page = pages.get(found.page)
    if page is None:
        return None
    indices = _own_indices(found, page)
    words = [page.words[index] for index in indices]
    text = " ".join(word.text for word in words)
    before, value, after = squeezed(text).partition(squeezed(found.raw))
    if not value:
        return None
    return Place(
        found=found,
        definition=definition,
        word=_as_one(words, text),
        indices=tuple(indices),
        around=(before, after),
    )


def own_words(found: Field, page: Page) -> list[Word]:
    """Return the words that a value was read from; all in its box where they cannot be told."""
    return [page.words[index] for index in _own_indices(found, page)]


def _own_indices(found: Field, page: Page) -> Sequence[int]:
    box = found.box
    if box is None:
        return ()
    within = [index for index, word in enumerate(page.words) if is_within(word, box)]
    wanted = found.raw.split()
    for start in range(len(within) - len(wanted) + 1):
        run = within[start : start + len(wanted)]
        if [page.words[index].text for index in run] == wanted:
            return run
    return within


def is_within(word: Word, box: Box) -> bool:
    """Tell whether the middle of a word lies in a box."""
    return (
        box.left <= (word.left + word.right) / 2 <= box.right
        and box.top <= (word.top + word.bottom) / 2 <= box.bottom
    )


def _as_one(words: Sequence[Word], text: str) -> Word:
    return Word(
        text,
        min(word.left for word in words),
        min(word.top for word in words),
        max(word.right for word in words),
        max(word.bottom for word in words),
        min(word.confidence for word in words),
    )


def squeezed(text: str) -> str:
    """Return a text without its blanks."""
    return "".join(text.split())
