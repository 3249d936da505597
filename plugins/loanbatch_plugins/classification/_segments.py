"""Which pages make one document: page numbers, running identifiers, first pages, changes of form.

Pages are taken in order; each either goes on with the document at hand or begins another.
Afterwards a leading part that nothing was known of joins the document whose page numbers it begins.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from itertools import accumulate

from attrs import define, evolve, field, frozen

from loanbatch_plugins.classification._forms import Form
from loanbatch_plugins.classification._reading import PageNumber, Reading
from loanbatch_plugins.classification._scoring import Evidence, Match, kinds_on_page

#: A match with so many times its form's minimum is certain enough to interrupt counted pages.
STRONG = 1.6
#: The same without a title.
STRONG_UNTITLED = 2.5
#: The same without a title, amid pages that are counted through.
CERTAIN = 5.0
#: Share of figures among the words of a page that is nothing but a table.
TABLE = 0.45
#: Below this share of the best score the document's own form is no longer a sensible reading of a
#: page.
STILL_OWN = 0.6
#: Characters after a stamp's label that may be its value.
STAMP_CHARACTERS = 28

UNKNOWN = Form(name="unknown", kind="other")


@frozen(kw_only=True)
class Leaf:
    """A page with all that was found on it."""

    reading: Reading
    evidence: Evidence


@define(kw_only=True)
class Segment:
    """Pages that make one document."""

    form: Form
    leaves: list[Leaf]
    #: The page's match that the document began with; None where no form fitted.
    match: Match | None = None
    first_seen: bool = False
    stamps: dict[str, str] = field(factory=dict)
    heads: dict[str, str] = field(factory=dict)
    identifiers: set[str] = field(factory=set)
    #: The best match of the document's own form so far.
    best: Match | None = None

    @property
    def readings(self) -> list[Reading]:
        """What its pages tell."""
        return [leaf.reading for leaf in self.leaves]

    @property
    def last_numbers(self) -> frozenset[PageNumber]:
        """The page numbers printed on the last page."""
        return self.leaves[-1].reading.page_numbers

    @property
    def complete(self) -> bool:
        """Whether the last page says that it is the last, and none that more follow."""
        numbers = [n for n in self.last_numbers if n.last]
        return bool(numbers) and all(n.number == n.last for n in numbers)

    def add(self, leaf: Leaf, match: Match | None) -> None:
        """Take a page in."""
        self.leaves.append(leaf)
        self._learn(leaf, match)

    def _learn(self, leaf: Leaf, match: Match | None) -> None:
        self.identifiers |= leaf.reading.identifiers
        self.stamps = {**read_stamps(leaf.reading.lines, self.form.stamps), **self.stamps}
        self.heads = {**_heads(leaf.reading, self.form), **self.heads}
        if match is None or match.form.kind != self.form.kind:
            return
        self.first_seen = self.first_seen or match.first
        if self.best is None or match.score > self.best.score:
            self.best = match


def begin(leaf: Leaf, match: Match | None) -> Segment:
    """Open a document with its first page."""
    segment = Segment(form=match.form if match else UNKNOWN, leaves=[], match=match)
    segment.add(leaf, match)
    return segment


def read_stamps(lines: Iterable[str], labels: Iterable[str]) -> dict[str, str]:
    """Return the values that stand right of labels, squeezed to letters and digits."""
    found: dict[str, str] = {}
    for label in labels:
        pattern = _stamp(label)
        for line in lines:
            match = pattern.search(line) if label in line else None
            # An account number is told by its end: xxxxxx1234.
            value = re.sub(r"[^a-z0-9]", "", match[1]).lstrip("x") if match else ""
            if any(c.isdigit() for c in value):
                found.setdefault(label, value)
                break
    return found


def _heads(reading: Reading, form: Form) -> dict[str, str]:
    return read_stamps(reading.lines[: reading.top_lines], form.heads)


@cache
def _stamp(label: str) -> re.Pattern[str]:
    """Return what finds a stamp with its value; labels are those of the bundled forms."""
    return re.compile(rf"{re.escape(label)}[\s#:.no]{{0,8}}(.{{0,{STAMP_CHARACTERS}}})")


def _numbers_go_on(segment: Segment, reading: Reading) -> bool:
    before = segment.last_numbers
    return any(
        PageNumber(n.number - 1, n.last) in before
        or (not n.last and any(b.number == n.number - 1 for b in before))
        for n in reading.page_numbers
        if n.number > 1
    )


def _numbers_restart(segment: Segment, reading: Reading) -> bool:
    numbers = reading.page_numbers
    return any(n.number == 1 for n in numbers) and not _numbers_go_on(segment, reading)


def _is_whole(reading: Reading) -> bool:
    """Whether a page says that it is the only one of its document."""
    return bool(reading.counted) and all(n == (1, 1) for n in reading.counted)


def _totals(readings: Iterable[Reading]) -> set[int]:
    return {n.last for reading in readings for n in reading.counted if n.last > 1}


def _counts_differ(segment: Segment, reading: Reading) -> bool:
    """Whether a page counts other pages than the document, and does not go on with its numbers."""
    told, known = _totals([reading]), _totals(segment.readings)
    return bool(told and known) and told.isdisjoint(known) and not _numbers_go_on(segment, reading)


def _stamps_differ(segment: Segment, reading: Reading) -> bool:
    return _differ(read_stamps(reading.lines, segment.form.stamps), segment.stamps)


def _differ(values: Mapping[str, str], known: Mapping[str, str]) -> bool:
    return any(
        label in known
        and not known[label].startswith(value[:8])
        and not value.startswith(known[label][:8])
        for label, value in values.items()
    )


def _goes_on_unmarked(segment: Segment, leaf: Leaf) -> bool:
    """Whether a page that fits no form belongs to the document at hand."""
    reading, form = leaf.reading, segment.form
    if _numbers_go_on(segment, reading):
        return not (form.rows and reading.figures < TABLE)
    restart = _numbers_restart(segment, reading) or _counts_differ(segment, reading)
    if restart and not form.parts:
        return False
    if form.single or segment.complete:
        return bool(reading.identifiers & segment.identifiers) and not segment.complete
    if form.rows:
        return reading.figures >= TABLE
    return True


def _is_another(segment: Segment, reading: Reading, match: Match) -> bool:
    """Whether a page of the document's form is of another document of that form."""
    if _stamps_differ(segment, reading):
        return True
    if match.titled and (
        _is_whole(reading) or _differ(_heads(reading, segment.form), segment.heads)
    ):
        return True
    return _counts_differ(segment, reading) and not segment.form.parts


def _goes_on_marked(segment: Segment, leaf: Leaf, match: Match) -> bool:
    """Whether a page of the document's own kind belongs to it."""
    reading, form = leaf.reading, segment.form
    if match.form != form and not (match.form.joins and form.joins):
        return _numbers_go_on(segment, reading) and not match.titled
    if _is_another(segment, reading, match):
        return False
    if _numbers_go_on(segment, reading):
        return True
    if form.single:
        return False
    if form.rows:
        return not match.titled
    if match.first and segment.first_seen:
        return bool(reading.identifiers & segment.identifiers) and not form.joins
    if _numbers_restart(segment, reading) and not form.parts:
        return not match.titled and not segment.last_numbers
    return not (segment.complete and match.titled and not form.parts)


def _own_match(segment: Segment, leaf: Leaf) -> Match | None:
    """The match by which the page would go on with the document, when that reading is sensible."""
    best = leaf.evidence.best
    if best is None:
        return None
    own = leaf.evidence.of_form(segment.form) or leaf.evidence.of_kind(segment.form.kind)
    if best.form.kind == segment.form.kind and segment.form.kind != "other":
        # Of two forms of one kind the document's own wins unless the other is clearly better.
        same = leaf.evidence.of_form(segment.form)
        return same if same and same.score >= STILL_OWN * best.score else best
    if own and own.form == segment.form and own.sufficient and own.score >= STILL_OWN * best.score:
        return own
    if best.form == segment.form:
        return best
    return None


def goes_on(segment: Segment, leaf: Leaf) -> tuple[bool, Match | None]:
    """Decide whether a page belongs to the document at hand, and by which match."""
    best = leaf.evidence.best
    if best is None:
        return _goes_on_unmarked(segment, leaf), None
    own = _own_match(segment, leaf)
    if own is not None:
        return _goes_on_marked(segment, leaf, own), own
    strong = STRONG if best.titled or best.first else STRONG_UNTITLED
    weak = best.score < strong * best.form.minimum
    if segment.form is not UNKNOWN and _numbers_go_on(segment, leaf.reading):
        known = best.titled or best.first
        # Known papers of kind other never interrupt: an invoice bound into an appraisal.
        if (
            weak
            or best.form.kind == "other"
            or (not known and best.score < best.form.minimum * CERTAIN)
        ):
            return not segment.form.single, None
    if segment.form.parts and weak and not best.titled and not best.first:
        # A clause that speaks of a note or a policy is still a clause.
        return not segment.complete, None
    return False, best


def _joins_following(segment: Segment, following: Segment) -> bool:
    """Whether an unknown leading part begins the next document, by its page numbers."""
    if segment.form is not UNKNOWN and not (
        segment.form.kind == "other" and segment.match and not segment.match.titled
    ):
        return False
    numbers = following.leaves[0].reading.page_numbers
    return any(n.last and PageNumber(n.number - 1, n.last) in segment.last_numbers for n in numbers)


def _join_leading(segments: Sequence[Segment]) -> list[Segment]:
    joined: list[Segment] = []
    for segment in segments:
        if joined and _joins_following(joined[-1], segment):
            lead = joined.pop()
            segment.leaves[:0] = lead.leaves
            segment.identifiers |= lead.identifiers
        joined.append(segment)
    return joined


def _scattered(segments: Sequence[Segment]) -> Segment | None:
    """Return segments as one document, where their pages are all that it counts, out of order."""
    if not segments:
        return None
    known = [segment for segment in segments if segment.form is not UNKNOWN]
    base = next(iter(known), segments[0])
    readings = [reading for segment in segments for reading in segment.readings]
    told = sorted(n.number for reading in readings for n in reading.counted if n.last > 1)
    if _totals(readings) != {len(readings)} or told != list(range(1, len(readings) + 1)):
        return None
    if any(other.form.kind != base.form.kind for other in known) or any(
        _stamps_differ(base, reading) for reading in readings
    ):
        return None
    whole = Segment(form=base.form, leaves=[], match=base.match)
    for segment in segments:
        for leaf in segment.leaves:
            whole.add(leaf, leaf.evidence.of_kind(base.form.kind))
    return whole


def _join_scattered(segments: Sequence[Segment]) -> list[Segment]:
    joined: list[Segment] = []
    start = 0
    while start < len(segments):
        end = _counted_end(segments, start)
        whole = _scattered(segments[start:end])
        joined.append(whole or segments[start])
        start = start + 1 if whole is None else end
    return joined


def _counted_end(segments: Sequence[Segment], start: int) -> int:
    """Return where as many pages end as the first segment counts; `start` where none do."""
    totals = _totals(segments[start].readings)
    pages = list(accumulate(len(segment.leaves) for segment in segments[start:]))
    total = min(totals, default=0)
    return start + 1 + pages.index(total) if len(totals) == 1 and total in pages[1:] else start


def split(leaves: Iterable[Leaf]) -> list[Segment]:
    """Group pages, in order and without the blank ones, into documents."""
    segments: list[Segment] = []
    for leaf in leaves:
        match = leaf.evidence.best
        if segments:
            belongs, by = goes_on(segments[-1], leaf)
            if belongs:
                segments[-1].add(leaf, by)
                continue
        segments.append(begin(leaf, match))
    return _join_scattered(_join_leading(segments))


def insets(segment: Segment) -> Iterable[tuple[Leaf, Match]]:
    """Give documents that stand on a page of another one: a cheque below its paystub."""
    for leaf in segment.leaves:
        for match in kinds_on_page(leaf.evidence):
            if segment.form.kind in match.form.inset:
                yield leaf, match


def without_inset(leaf: Leaf) -> Leaf:
    """Return the page with the form that fills it first, though a smaller one scored higher."""
    best = leaf.evidence.best
    if best is None or not best.form.inset:
        return leaf
    filling = next(
        (m for m in leaf.evidence.matches if m.sufficient and m.form.kind in best.form.inset), None
    )
    if filling is None:
        return leaf
    others = tuple(m for m in leaf.evidence.matches if m is not filling)
    return evolve(leaf, evidence=Evidence(matches=(filling, *others)))
