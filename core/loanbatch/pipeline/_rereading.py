"""Values that the engine was unsure of are read again by themselves, before a person is asked.

What comes of it is put into the pages: words that two readings agree on are surer, others may get
another text. The fields are then extracted from the better pages once more, so that all that a
plugin makes of words, such as sums, holds for the new ones; what stays disputed is marked at last.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from attrs import evolve, field, frozen

from loanbatch import hookcalls
from loanbatch.errors import LoanbatchError
from loanbatch.models import Document, Field, Finding, Page, Severity, Source, TextSource, Word
from loanbatch.pipeline._extracting import with_fields
from loanbatch.pipeline._places import Place, is_within, own_words, squeezed, unsure_places
from loanbatch.pipeline._settling import Reading, Settlement, settled
from loanbatch.registry import Registry
from loanbatch.vocabulary import FieldDefinition, FieldType

#: Confidence at most of a field whose readings differ: below the usual threshold for review.
_DISPUTED = 0.6
#: Marks the extractor of what a later reading gave.
_MARK = "+reread"
_MOST_ALTERNATIVES = 3


@frozen(kw_only=True)
class _Dispute:
    """A place of a page whose readings differ."""

    winner: Word = field(repr=False)
    #: Texts of the values alone, the best first.
    rivals: tuple[Word, ...] = field(repr=False)
    #: The first reading, alone as well.
    first: str = field(repr=False)
    #: Whether it has lost.
    is_replaced: bool


def read_again(
    registry: Registry, source: Source, pages: Sequence[Page], documents: Sequence[Document]
) -> tuple[tuple[Document, ...], tuple[Finding, ...]]:
    """Return the documents with unsure values of recognized pages read once more.

    Args:
        registry: With the plugins and settings of the job.
        source: As validated.
        pages: All of it.
        documents: Normalized, their evidence in points of the upright pages.
    """
    recognized = {p.number: p for p in pages if p.text_source is TextSource.RECOGNIZED}
    if not (recognized and registry.settings.reread and hookcalls.reads_again(registry)):
        return tuple(documents), ()
    threshold = registry.settings.review_threshold
    places = unsure_places(documents, recognized, registry.vocabulary, threshold)
    better: dict[int, Page] = {}
    disputes: dict[int, list[_Dispute]] = {}
    findings: list[Finding] = []
    for number, of_page in places.items():
        try:
            settlements = _settlements(registry, source, recognized[number], of_page)
        except LoanbatchError as error:
            findings.append(_not_reread(number, error))
        else:
            better[number], disputes[number] = _better_page(recognized[number], settlements)
    documents, more = _extracted_again(registry, documents, pages, better)
    disputed = (_with_disputes(registry, it, better, disputes) for it in documents)
    return tuple(disputed), (*findings, *more)


def _extracted_again(
    registry: Registry,
    documents: Sequence[Document],
    pages: Sequence[Page],
    better: Mapping[int, Page],
) -> tuple[list[Document], list[Finding]]:
    """Return the documents, those with better pages as they are now."""
    extracted: list[Document] = []
    findings: list[Finding] = []
    for document in documents:
        own = [p for p in pages if document.first_page <= p.number <= document.last_page]
        now = [better.get(page.number, page) for page in own]
        if now == own:
            extracted.append(document)
        else:
            again, more = with_fields(registry, document, now)
            extracted.append(again)
            findings.extend(more)
    return extracted, findings


def _not_reread(number: int, error: LoanbatchError) -> Finding:
    return Finding(
        code="not_reread",
        severity=Severity.WARNING,
        message=f"page {number} could not be read again: {error.message}",
    )


def _settlements(
    registry: Registry, source: Source, page: Page, places: Sequence[Place]
) -> list[tuple[Place, Settlement]]:
    image = hookcalls.render_page(registry, source, page.number)
    words = [place.word for place in places]
    readings = hookcalls.recognize_again(registry, image, page, words)
    return [
        (place, settled(_reading(registry, place, place.word), again))
        for place, found in zip(places, readings, strict=True)
        if (again := [_reading(registry, place, word) for word in found])
    ]


def _reading(registry: Registry, place: Place, word: Word) -> Reading:
    """Return what a text means to the field, by itself.

    An identifier fits any text: one with fewer digits than before has letters in their place.
    """
    raw = _without(word.text, *place.around)
    is_identifier = place.definition.type is FieldType.IDENTIFIER
    if not raw or (is_identifier and _digits(raw) < _digits(place.found.raw)):
        return Reading(word=word, value=None)
    bare = evolve(place.found, raw=raw, value=None, alternatives=())
    return Reading(word=word, value=hookcalls.normalize(registry, bare, place.definition).value)


def _digits(text: str) -> int:
    return sum(character.isdigit() for character in text)


def _without(text: str, before: str, after: str) -> str:
    """Return a reading without what is printed around the value in the same words."""
    if before and squeezed(text).startswith(before):
        text = squeezed(text)[len(before) :]
    if after and squeezed(text).endswith(after):
        text = squeezed(text)[: -len(after)]
    return text


def _better_page(
    page: Page, settlements: Sequence[tuple[Place, Settlement]]
) -> tuple[Page, list[_Dispute]]:
    """Return the page with what its readings amount to, and what they leave open."""
    words: dict[int, Word] = dict(enumerate(page.words))
    disputes = []
    for place, settlement in settlements:
        winner = settlement.winner.word
        if settlement.rivals:
            rivals = [
                rival.word._replace(text=_without(rival.word.text, *place.around))
                for rival in settlement.rivals
            ]
            disputes.append(
                _Dispute(
                    winner=winner,
                    rivals=tuple(rivals),
                    first=_without(place.word.text, *place.around),
                    is_replaced=winner.text != place.word.text,
                )
            )
        if winner.text == place.word.text:
            words.update(_with_confidence(words, place, winner.confidence))
        elif all(index in words for index in place.indices):
            _replace(words, place.indices, winner)
    return evolve(page, words=tuple(words[index] for index in sorted(words))), disputes


def _with_confidence(words: Mapping[int, Word], place: Place, confidence: float) -> dict[int, Word]:
    """Return words of a value that are all at least, or where it is disputed at most, this sure.

    Words that another reading has swallowed are left out.
    """
    raised = confidence > place.word.confidence
    choose = max if raised else min
    return {
        index: words[index]._replace(confidence=choose(words[index].confidence, confidence))
        for index in place.indices
        if index in words
    }


def _replace(words: dict[int, Word], indices: Sequence[int], winner: Word) -> None:
    """Put another reading in the place of some words, and of those that it has swallowed."""
    texts = winner.text.split()
    if len(texts) == len(indices):
        for index, text in zip(indices, texts, strict=True):
            words[index] = words[index]._replace(text=text, confidence=winner.confidence)
        if len(texts) == 1:
            words[indices[0]] = winner
    else:
        words[indices[0]] = winner._replace(text=squeezed(winner.text))
        for index in indices[1:]:
            del words[index]
    swallowed = [i for i, word in words.items() if i not in indices and is_within(word, winner.box)]
    for index in swallowed:
        del words[index]


def _with_disputes(
    registry: Registry,
    document: Document,
    pages: Mapping[int, Page],
    disputes: Mapping[int, Sequence[_Dispute]],
) -> Document:
    """Return a document whose values that rest on disputed words say so."""

    def marked(found: Field, definition: FieldDefinition) -> Field:
        if found.rows:
            rows = tuple(
                tuple(marked(cell, definition.column(cell.name)) for cell in cells)
                for cells in found.rows
            )
            sure = found.confidence if rows == found.rows else min(found.confidence, _DISPUTED)
            return evolve(found, rows=rows, confidence=sure)
        for dispute in disputes.get(found.page, ()):
            words = own_words(found, pages[found.page])
            if any(is_within(word, dispute.winner.box) for word in words):
                return _disputed(registry, found, definition, dispute)
        return found

    fields = {n: marked(f, registry.vocabulary.field(n)) for n, f in document.fields.items()}
    return evolve(document, fields=fields)


def _disputed(
    registry: Registry, found: Field, definition: FieldDefinition, dispute: _Dispute
) -> Field:
    """Return a field with the other readings as alternatives, each saying which one it is."""
    bare = evolve(found, value=None, rows=(), alternatives=())
    others = [
        hookcalls.normalize(
            registry, evolve(bare, raw=word.text, box=word.box, confidence=_DISPUTED), definition
        )
        for word in dispute.rivals
        if word.text
    ]
    mark = found.extractor + _MARK
    return evolve(
        found,
        confidence=min(found.confidence, _DISPUTED),
        extractor=mark if dispute.is_replaced else found.extractor,
        alternatives=(
            *(o if o.raw == dispute.first else evolve(o, extractor=mark) for o in others),
            *found.alternatives,
        )[:_MOST_ALTERNATIVES],
    )
