"""Says which documents a source holds: their kinds, first and last pages, and how sure that is.

Every page is compared with the forms in `kinds.toml`, and with those that template files of one's
own bring in their table `[classify]`; a new kind or a new wording is data, not code. Pages are
joined by page numbers, running identifiers and forms; see `_segments`. What fits no form is
`other`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence

from loanbatch.hookspecs import hookimpl
from loanbatch.models import Classification, Document, Page
from loanbatch.settings import Settings
from loanbatch_plugins.classification._counting import findings_of
from loanbatch_plugins.classification._forms import data_bytes
from loanbatch_plugins.classification._own import catalogue_of
from loanbatch_plugins.classification._reading import read_page
from loanbatch_plugins.classification._scoring import Match, weigh
from loanbatch_plugins.classification._segments import (
    Leaf,
    Segment,
    insets,
    split,
    without_inset,
)

__all__ = ["FINGERPRINT", "classify"]

#: Raised whenever the same data may lead to other documents.
ENGINE_VERSION = 2

#: Changes with the data and the engine; results of another fingerprint are not reused.
FINGERPRINT = hashlib.sha256(b"%d\n%b" % (ENGINE_VERSION, data_bytes())).hexdigest()[:16]

#: Score, in minimums of the form, at which more phrases no longer make a kind more certain.
AMPLE = 4.0
#: What a document is believed of whose pages fit no form, by how much there was to read.
UNKNOWN_CONFIDENCE = 0.6
#: Words that a page needs so that finding nothing known means something.
ENOUGH_WORDS = 25


def _certainty(match: Match, margin: float) -> float:
    """Turn points and the lead over other kinds into a confidence from 0 to 1."""
    strength = min(1.0, match.score / (AMPLE * match.form.minimum))
    return 0.2 + 0.5 * strength + 0.3 * margin


def _confidence(segment: Segment) -> float:
    if segment.best is None:
        words = sum(leaf.reading.word_count for leaf in segment.leaves)
        return round(UNKNOWN_CONFIDENCE * min(1.0, words / ENOUGH_WORDS), 3)
    best = 0.0
    for leaf in segment.leaves:
        own = leaf.evidence.of_kind(segment.form.kind)
        if own is not None and own.sufficient:
            best = max(best, _certainty(own, leaf.evidence.margin(own)))
    return round(min(best, 0.99), 3)


def _documents(segment: Segment) -> Iterable[Document]:
    yield Document(
        kind=segment.form.kind,
        first_page=segment.leaves[0].reading.number,
        last_page=segment.leaves[-1].reading.number,
        confidence=_confidence(segment),
    )
    for leaf, match in insets(segment):
        yield Document(
            kind=match.form.kind,
            first_page=leaf.reading.number,
            last_page=leaf.reading.number,
            confidence=round(min(0.99, _certainty(match, 1.0)), 3),
        )


@hookimpl
def classify(pages: Sequence[Page], settings: Settings) -> Classification:
    """Find the documents in the pages of a source.

    Args:
        pages: In the order of the source.
        settings: Of `templates`, the tables `[classify]` are forms too.

    Returns:
        Documents in the order of their first pages. Blank and separator pages belong to none,
        unless they stand inside a document. Pages without any text at all are one document of kind
        `other` with confidence 0: something may be there that could not be read. Findings tell
        of documents that lack pages which they count, or have them out of order.
    """
    if not pages:
        return Classification(documents=())
    catalogue = catalogue_of(settings.template_files())
    readings = [reading for reading in map(read_page, pages) if not reading.blank]
    if not readings:
        unread = Document(
            kind="other",
            first_page=pages[0].number,
            last_page=pages[-1].number,
            confidence=0.0,
        )
        return Classification(documents=(unread,))
    leaves = [
        without_inset(Leaf(reading=reading, evidence=weigh(reading, catalogue)))
        for reading in readings
    ]
    segments = split(leaves)
    kept = {reading.number for reading in readings}
    return Classification(
        documents=tuple(document for segment in segments for document in _documents(segment)),
        findings=tuple(findings_of(segments)),
        left_out=tuple(page.number for page in pages if page.number not in kept),
    )
