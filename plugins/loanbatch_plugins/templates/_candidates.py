"""What may be the value of a field, how sure it is, and which one wins."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from datetime import date
from functools import cached_property

from attrs import evolve, frozen

from loanbatch.models import Box, Field, Value, Word
from loanbatch.vocabulary import FieldType
from loanbatch_plugins.layout import squeeze, union
from loanbatch_plugins.templates._cues import NOTHING, Cues
from loanbatch_plugins.templates._schema import Occurrence, Rule
from loanbatch_plugins.templates._weights import load_weights, probability

#: Below this likelihood a candidate is no value.
LEAST_LIKELY = 0.67
#: Candidates as likely as the best one up to this difference of log-odds dispute it.
_RIVAL_MARGIN = 0.3
_MOST_ALTERNATIVES = 3
#: Of words read worse than this one minus their confidence tells nothing more.
_MOST_UNSURE = 0.3


def weakest(words: Sequence[Word]) -> float:
    """Return the factor on a confidence for words that were hard to read: 0.4 to 1.0."""
    return 0.4 + 0.6 * min((word.confidence for word in words), default=1.0)


@frozen(kw_only=True, slots=False)
class Candidate:
    """A possible value with its evidence."""

    raw: str
    page: int
    words: tuple[Word, ...]
    #: 0 to 1: how sure its reader is of it, before anything is weighed.
    score: float = 1.0
    #: What its reader saw around it.
    cues: Cues = NOTHING
    #: Kind of its extractor, as in the weights; empty until the engine says it.
    found_by: str = ""
    #: A derived wording, where the raw text is not the value.
    value: str | bool | date | None = None
    #: For tables.
    rows: tuple[tuple[Field, ...], ...] = ()
    #: Of a tick box, which has no words.
    box: Box | None = None

    @property
    def place(self) -> tuple[int, float, float]:
        """Reading order."""
        box = self.area
        return (self.page, round(box.top), box.left)

    @cached_property
    def area(self) -> Box:
        """The rectangle of the evidence."""
        return self.box or union(self.words)

    @cached_property
    def likelihood(self) -> float:
        """How likely it is the value that is meant, however well its words were read."""
        return probability(self._weigh(self._seen))

    @cached_property
    def log_odds(self) -> float:
        """How likely it is right, as log-odds."""
        return self._weigh(self.all_cues)

    @property
    def confidence(self) -> float:
        """How likely it is right."""
        return probability(self.log_odds)

    @cached_property
    def all_cues(self) -> Cues:
        """What its reader saw, and what its words tell."""
        least = min((word.confidence for word in self.words), default=1.0)
        unsure = min(1 - least, _MOST_UNSURE)
        return evolve(self._seen, unsure_words=unsure, recognized=float(least < 1))

    @cached_property
    def _seen(self) -> Cues:
        return evolve(self.cues, reader_doubt=doubt_of(self.score))

    def _weigh(self, cues: Cues) -> float:
        return load_weights().log_odds(self.found_by, cues)

    def as_field(self, name: str, extractor: str) -> Field:
        """Return the field that the candidate is."""
        return Field(
            name=name,
            raw=self.raw,
            page=self.page,
            box=self.area,
            confidence=round(self.confidence, 4),
            extractor=extractor,
            value=self.value,
            rows=self._weighed_rows(),
        )

    def _weighed_rows(self) -> tuple[tuple[Field, ...], ...]:
        """Return rows whose confidences mean what those of other values mean."""
        # Most cells have the same score.
        scores = {cell.confidence for row in self.rows for cell in row}
        weighed = {
            score: round(probability(self._weigh(self.cues_of_row(score))), 4) for score in scores
        }
        return tuple(
            tuple(evolve(cell, confidence=weighed[cell.confidence]) for cell in row)
            for row in self.rows
        )

    def cues_of_row(self, score: float) -> Cues:
        """Return what is known of a row, or a cell of it, that its reader scored so."""
        seen = self.all_cues
        # How well its words were read is in the score.
        return evolve(
            seen,
            reader_doubt=doubt_of(score),
            unsure_words=0.0,
            recognized_row=seen.recognized,
        )


def doubt_of(score: float) -> float:
    """Return what a reader's own score from 0 to 1 is as a cue."""
    return -math.log(min(1.0, max(score, 0.01)))


@frozen
class Cell:
    """A cell of a row that a reader found."""

    name: str
    raw: str
    words: tuple[Word, ...]
    #: A derived value, where the raw text is not it.
    value: Value | None = None


def rows_of_cells(
    rows: Sequence[tuple[int, Sequence[Cell]]], score: float, extractor: str
) -> Candidate:
    """Return one candidate with a row of fields for each row of cells, given with its page."""
    first = rows[0][0]
    fields = tuple(
        tuple(
            Field(
                name=cell.name,
                raw=cell.raw,
                page=page,
                box=union(cell.words),
                confidence=round(score * weakest(cell.words), 4),
                extractor=extractor,
                value=cell.value,
            )
            for cell in cells
        )
        for page, cells in rows
    )
    return Candidate(
        raw="\n".join(" | ".join(cell.raw for cell in cells) for _, cells in rows),
        page=first,
        words=tuple(w for page, cells in rows if page == first for c in cells for w in c.words),
        score=score,
        rows=fields,
    )


def fixed_value(rule: Rule) -> str | bool | None:
    """Return what a rule says that its finds mean; None where their text says it."""
    if rule.value is not None and rule.type is FieldType.YES_NO:
        return rule.value == "true"
    return rule.value


def choose(
    candidates: Sequence[Candidate], occurrence: Occurrence, kind: FieldType
) -> tuple[Candidate, list[Candidate]] | None:
    """Return the winner and the losers, best first; None when nothing is good enough.

    Two candidates as good as each other with different values dispute the field, which speaks
    against the winner. A rule that says which occurrence is meant settles that.
    """
    kept = [item for item in candidates if item.likelihood >= LEAST_LIKELY]
    if not kept:
        return None
    if occurrence is Occurrence.ALL:
        return _together(kept, kind), []
    is_open = occurrence is Occurrence.BEST
    ranked = _by_votes(kept, kind) if is_open else _ordered(kept, occurrence)
    best = ranked[0]
    losers = _distinct(best, ranked[1:], kind)
    if is_open:
        rivals = [item for item in losers if item.log_odds >= best.log_odds - _RIVAL_MARGIN]
        if rivals and not _outvotes(best, rivals, kept, kind):
            best = evolve(best, cues=evolve(best.cues, disputed=1.0))
    if _votes(best, kept, kind) > 1:
        best = evolve(best, cues=evolve(best.cues, agreed=1.0))
    return best, losers[:_MOST_ALTERNATIVES]


def _together(candidates: Sequence[Candidate], kind: FieldType) -> Candidate:
    """Return one candidate of all that stand on the first one's page, one a line."""
    ordered = sorted(candidates, key=lambda item: item.place)
    first, *others = (item for item in ordered if item.page == ordered[0].page)
    parts = [first, *_distinct(first, others, kind)]
    return evolve(
        first,
        raw="\n".join(item.raw for item in parts),
        words=tuple(word for item in parts for word in item.words),
        cues=min(parts, key=lambda item: item.log_odds).cues,
    )


def _votes(item: Candidate, candidates: Sequence[Candidate], kind: FieldType) -> int:
    """Return how many places of the document say the same as a candidate, itself included."""
    return len({other.place for other in candidates if same_value(item, other, kind)})


def _by_votes(candidates: Sequence[Candidate], kind: FieldType) -> list[Candidate]:
    """Sort the best first; of those about as good as the best one, what most places say."""
    ranked = sorted(candidates, key=lambda item: (-item.log_odds, item.place))
    if len(ranked) <= 2:  # noqa: PLR2004 - two places cannot outvote each other
        return ranked
    margin = ranked[0].log_odds - _RIVAL_MARGIN
    front = [item for item in ranked if item.log_odds >= margin]
    by_votes = sorted(front, key=lambda item: -_votes(item, front, kind))
    return [*by_votes, *ranked[len(front) :]]


def _outvotes(
    best: Candidate, rivals: Sequence[Candidate], candidates: Sequence[Candidate], kind: FieldType
) -> bool:
    """Whether twice as many places say the same as the best candidate than as any rival."""
    votes = _votes(best, candidates, kind)
    return votes >= 2 * max(_votes(item, candidates, kind) for item in rivals)


def _ordered(candidates: list[Candidate], occurrence: Occurrence) -> list[Candidate]:
    if occurrence in (Occurrence.LARGEST, Occurrence.SMALLEST):
        biggest_first = occurrence is Occurrence.LARGEST
        return sorted(candidates, key=lambda item: size_of(item.raw), reverse=biggest_first)
    return sorted(candidates, key=lambda item: item.place, reverse=occurrence is Occurrence.LAST)


def size_of(raw: str) -> float:
    """Return the number in a text, for comparison only; 0.0 when there is none."""
    digits = re.sub(r"[^\d.]", "", raw.replace(",", ""))
    try:
        return float(digits)
    except ValueError:
        return 0.0


def _is_negative(raw: str) -> bool:
    """Whether an amount is printed as a negative one: -5.00, $-5.00, (5.00), 5.00-."""
    bare = raw.strip(" $")
    return bare.startswith(("-", "–", "−", "(")) or bare.endswith(("-", "–", "−"))


def same_value(first: Candidate, second: Candidate, kind: FieldType) -> bool:
    """Whether two candidates say the same."""
    if first.value is not None or second.value is not None:
        return first.value == second.value
    if kind in (FieldType.MONEY, FieldType.PERCENT, FieldType.NUMBER, FieldType.COUNT):
        return (size_of(first.raw), _is_negative(first.raw)) == (
            size_of(second.raw),
            _is_negative(second.raw),
        )
    return squeeze(first.raw) == squeeze(second.raw)


def _distinct(best: Candidate, others: Sequence[Candidate], kind: FieldType) -> list[Candidate]:
    kept: list[Candidate] = []
    for item in others:
        if not any(same_value(item, known, kind) for known in (best, *kept)):
            kept.append(item)
    return kept
