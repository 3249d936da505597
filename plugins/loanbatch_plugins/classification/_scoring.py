"""How well a page fits each form: phrases found, whatever letters and blanks were misread.

First the page's words, repaired where one letter is wrong, are walked through the tree of phrases.
Only when no form gets enough points is the page searched again without blanks, and by likeness:
that is slower and for bad scans alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from attrs import field, frozen

from loanbatch_plugins.classification._forms import ALIKE, Catalogue, Form, Place, pairs_of
from loanbatch_plugins.classification._reading import Reading, Stream

#: What remains of a title's or margin's points where the phrase stands somewhere else.
ELSEWHERE = 0.25
#: What the points of a phrase are worth that is only alike.
ALIKE_WORTH = 0.8
#: Words of a phrase that is looked for by likeness: more than one.
SEVERAL = 2


@frozen(kw_only=True)
class Match:
    """How well one page fits one form."""

    form: Form
    score: float
    #: A phrase of the form stands in the place of a title.
    titled: bool = False
    #: A phrase says that this is the form's first page.
    first: bool = False

    @property
    def sufficient(self) -> bool:
        """Whether the page can be of this form."""
        return self.score >= self.form.minimum


@frozen(kw_only=True)
class Evidence:
    """All forms that a page may be of, best first."""

    matches: tuple[Match, ...] = field(repr=False)

    @property
    def best(self) -> Match | None:
        """The best match with enough points."""
        return self.matches[0] if self.matches and self.matches[0].sufficient else None

    def of_kind(self, kind: str) -> Match | None:
        """Return the best match of a kind, sufficient or not."""
        return next((match for match in self.matches if match.form.kind == kind), None)

    def of_form(self, form: Form) -> Match | None:
        """Return the match of a form, sufficient or not."""
        return next((match for match in self.matches if match.form == form), None)

    def margin(self, match: Match) -> float:
        """Return the lead of `match` over the best other kind, as a share of its score (0 to 1)."""
        others = (m.score for m in self.matches if m.form.kind != match.form.kind)
        rival = max(others, default=0.0)
        return max(0.0, 1.0 - max(0.0, rival) / match.score) if match.score > 0 else 0.0


class _Hits:
    """Phrases found so far: number, to (in a title, in a margin)."""

    def __init__(self) -> None:
        self.places: dict[int, tuple[bool, bool]] = {}
        self.worth: dict[int, float] = {}

    def add(self, phrase: int, title: bool, edge: bool, worth: float = 1.0) -> None:  # noqa: FBT001
        known = self.places.get(phrase)
        if known is None:
            self.places[phrase] = (title, edge)
            self.worth[phrase] = worth
        elif (title and not known[0]) or (edge and not known[1]):
            self.places[phrase] = (title or known[0], edge or known[1])


def _walk(stream: Stream, words: Sequence[str], catalogue: Catalogue, hits: _Hits) -> None:
    root, count = catalogue.tree, len(words)
    for start in [number for number, word in enumerate(words) if word in root]:
        node = root[words[start]]
        position = start
        while node is not None:
            phrase = node.get("")
            if phrase is not None:
                zone = stream.zones[start]
                hits.add(phrase, zone.is_title(position - start + 1), zone.edge)
            position += 1
            node = node.get(words[position]) if position < count else None


def _search_squeezed(
    reading: Reading, repaired: Sequence[str], catalogue: Catalogue, hits: _Hits
) -> None:
    whole = "".join(repaired)
    title = "".join(
        word
        for zone, word in zip(reading.streams[0].zones, repaired, strict=True)
        if zone.is_title(SEVERAL)
    )
    present = pairs_of(title)
    possible = [
        (number, text)
        for number, text, pairs, least in catalogue.squeezed
        if text in whole or (pairs & present).bit_count() >= least
    ]
    for number, text in possible:
        if number in hits.places:
            continue
        if text in whole:
            hits.add(number, text in title, edge=False)
        elif len(title) >= len(text) and _is_alike(text, title):
            hits.add(number, title=True, edge=False, worth=ALIKE_WORTH)


def _is_alike(text: str, title: str) -> bool:
    # Most pages have no phrase that could be alike, and never need the library.
    from rapidfuzz.fuzz import partial_ratio

    return partial_ratio(text, title, score_cutoff=ALIKE) > 0


def _tally(catalogue: Catalogue, hits: _Hits) -> tuple[Match, ...]:
    scores: dict[int, float] = {}
    titled: set[int] = set()
    first: set[int] = set()
    for phrase, (title, edge) in hits.places.items():
        for form, place, points in catalogue.marks[phrase]:
            here = title if place is Place.TITLE else edge if place is Place.EDGE else True
            gained = points * hits.worth[phrase] * (1.0 if here else ELSEWHERE)
            if place is Place.AGAINST:
                gained = -gained
            elif place is Place.FIRST:
                first.add(form)
            elif place is Place.TITLE and here:
                titled.add(form)
            scores[form] = scores.get(form, 0.0) + gained
    matches = [
        Match(form=catalogue.forms[form], score=score, titled=form in titled, first=form in first)
        for form, score in scores.items()
        if score > 0
    ]
    if any(match.form.own and match.sufficient for match in matches):
        # Somebody taught the kind of what is merely known to be no loan document.
        matches = [match for match in matches if match.form.kind != "other"]
    return tuple(sorted(matches, key=_rank))


def _rank(match: Match) -> tuple[bool, float, bool, str]:
    # Ties are broken by name so that the result never depends on the order of a set.
    return (not match.sufficient, -match.score, not match.form.own, match.form.name)


def weigh(reading: Reading, catalogue: Catalogue) -> Evidence:
    """Find how well a page fits every form.

    Args:
        reading: The page, folded.
        catalogue: The forms.

    Returns:
        Forms with any points, best first; none for a page that says nothing known.
    """
    hits = _Hits()
    repairs = _repairs(reading, catalogue)
    repaired = [[repairs.get(word, word) for word in stream.words] for stream in reading.streams]
    for stream, words in zip(reading.streams, repaired, strict=True):
        _walk(stream, words, catalogue, hits)
    matches = _tally(catalogue, hits)
    if not matches or not matches[0].sufficient:
        _search_squeezed(reading, repaired[0], catalogue, hits)
        matches = _tally(catalogue, hits)
    return Evidence(matches=matches)


def _repairs(reading: Reading, catalogue: Catalogue) -> dict[str, str]:
    found: dict[str, str] = {}
    for word in set(reading.streams[0].words) - catalogue.words:
        better = catalogue.repair(word)
        if better != word:
            found[word] = better
    return found


def kinds_on_page(evidence: Evidence) -> Iterable[Match]:
    """Give the best sufficient match of every kind on a page."""
    seen: set[str] = set()
    for match in evidence.matches:
        if match.sufficient and match.form.kind not in seen:
            seen.add(match.form.kind)
            yield match
