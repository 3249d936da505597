"""From a label to the pieces of text in which its value may stand, the nearest first."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

from attrs import evolve, frozen

from loanbatch.models import Box
from loanbatch.vocabulary import FieldType
from loanbatch_plugins.layout import Segment
from loanbatch_plugins.templates._cues import NOTHING, Cues
from loanbatch_plugins.templates._hits import Hit
from loanbatch_plugins.templates._schema import Rule, Where
from loanbatch_plugins.templates._types import is_typed
from loanbatch_plugins.templates._view import DocumentView

#: Greatest distance down or up from a label, in heights of the text.
_BELOW = 2.2
_INSIDE = 2.6
#: A cell that follows within so many heights may be torn off the one before.
_TORN = 1.3
#: A cell further right than this many heights stands far from its label.
_FAR = 40.0
#: A label in a second language, or another name of the same thing: "Surname / Nom".
_OTHER_WORDING = re.compile(r"\s*/\s*[^\W\d][^\d:]*[:\s]*")


@frozen
class Piece:
    """A stretch of a cell's text in which a value may stand."""

    segment: Segment
    start: int
    end: int
    #: What its place tells.
    cues: Cues = NOTHING
    #: Whether it is the rest of the label's own cell.
    own: bool = False
    #: Whether it may be the rest of the label's own cell, torn off by recognition.
    torn: bool = False

    @property
    def text(self) -> str:
        """The stretch."""
        return self.segment.text[self.start : self.end]


def at_usual_places(rule: Rule, given: Collection[str]) -> Rule:
    """Return a rule that says no place with the usual ones: beside or under a caption.

    What may have several lines is under a caption only where the template says so.

    Args:
        rule: A rule of a field, not of a part or a column.
        given: The keys that the template gives the rule.
    """
    if "where" in given or rule.column or rule.type in (FieldType.NAMES, FieldType.ADDRESS):
        return rule
    return evolve(rule, where=(Where.RIGHT, Where.BELOW if is_typed(rule.type) else Where.UNDER))


def pieces(view: DocumentView, hit: Hit, where: Where, rule: Rule) -> Iterator[Piece]:
    """Yield the pieces of one direction; ends before the next label."""
    if where in (Where.RIGHT, Where.SAME):
        own = _own_rest(view, hit, rule)
        if own is not None:
            yield own
        if where is Where.RIGHT:
            yield from _right(view, hit, rule)
    elif where is Where.BESIDE:
        yield from _beside(view, hit, rule)
    elif where is Where.BAND:
        yield from _band(view, hit)
    elif where is Where.LEFT:
        yield from _left(view, hit, rule)
    elif where is Where.ABOVE:
        yield from _above(view, hit, rule)
    else:
        yield from _under(view, hit, rule, where)


def _own_rest(view: DocumentView, hit: Hit, rule: Rule) -> Piece | None:
    segment = hit.segments[-1]
    if hit.ends_cell:
        return None
    end = view.next_label(segment, hit.end)
    end = min([end, *_stops(view, segment, rule, hit.end)])
    if _OTHER_WORDING.fullmatch(segment.text, hit.end, end):
        return None
    start = hit.end
    while start < end and segment.text[start] in " :.;,)]-–—#…_":
        # A minus belongs to the amount, a rule to nothing.
        if (
            segment.text[start] in "-–—"
            and segment.text[start + 1 : start + 3].strip()[:1] in "$0123456789"
        ):
            break
        start += 1
    if start >= end:
        return None
    return Piece(segment, start, end, own=True)


def _stops(view: DocumentView, segment: Segment, rule: Rule, start: int) -> list[int]:
    if not rule.stop:
        return []
    return [
        hit.start
        for hit in view.find(rule.stop)
        if hit.segments[0] is segment and hit.start > start
    ]


def _whole(view: DocumentView, segment: Segment, rule: Rule, cues: Cues) -> Piece:
    end = min([view.next_label(segment, 0), *_stops(view, segment, rule, 0)])
    # "Applicant | : Jane Roe": a colon set apart from its label is no part of the value.
    start = len(segment.text) - len(segment.text.lstrip(" :"))
    return Piece(segment, min(start, end), end, cues)


def _right(view: DocumentView, hit: Hit, rule: Rule, box: Box | None = None) -> Iterator[Piece]:
    area = box or hit.box
    edge = hit.segments[-1].right
    for segment in hit.layout.right_of(area):
        if segment in hit.segments:
            continue
        if view.is_label_cell(segment) or _is_next_caption(segment, hit):
            return
        distance = (segment.left - area.right) / hit.height
        if rule.distance is not None and distance > rule.distance:
            return
        piece = _whole(view, segment, rule, Cues(far_value=float(distance >= _FAR)))
        # Recognition tears cells: what follows closely goes on with the label's own cell.
        close = box is None and segment.left - edge < _TORN * hit.height
        edge = segment.right if close else 0.0
        yield evolve(piece, torn=close)


def _is_next_caption(segment: Segment, hit: Hit) -> bool:
    """Whether a cell is the caption after a numbered one: `5 Position title`, `6 Pay basis`."""
    before = hit.segments[0].text[: hit.start].strip()
    follows = re.match(r"(\d{1,2}) [A-Z]{2}|(\d{1,2}) [A-Z][a-z]", segment.text)
    return bool(before.isdigit() and follows and int(follows[1] or follows[2]) == int(before) + 1)


def _beside(view: DocumentView, hit: Hit, rule: Rule) -> Iterator[Piece]:
    """Right of the whole paragraph that the label begins."""
    last = hit.segments[-1]
    boxes = [hit.segments[0].box, last.box]
    for _ in range(rule.lines or 4):
        after = hit.layout.continuation(last, 0.6)
        goes_on = after is not None and after.text[0].islower()
        if after is None or (view.is_label_cell(after) and not goes_on):
            break
        boxes.append(after.box)
        last = after
    area = Box(
        min(box.left for box in boxes),
        min(box.top for box in boxes),
        max(box.right for box in boxes),
        max(box.bottom for box in boxes),
    )
    yield from _right(view, hit, rule, area)


def _band(view: DocumentView, hit: Hit) -> Iterator[Piece]:
    """Right of the label, from its row down to the next label of a rule in its column."""
    below = [
        other.box.top
        for other in view.rule_labels
        if other.page == hit.page
        and other.box.top > hit.box.bottom
        and abs(other.box.left - hit.box.left) < 2 * hit.height
    ]
    bottom = min(below, default=hit.layout.page.height)
    for segment in hit.layout.between(hit.box.top - 0.8 * hit.height, bottom - 1):
        if segment not in hit.segments and segment.left > hit.box.right:
            yield Piece(segment, 0, len(segment.text), Cues(other_side=1.0))


def _left(view: DocumentView, hit: Hit, rule: Rule) -> Iterator[Piece]:
    for segment in hit.layout.left_of(hit.box):
        if view.is_label_cell(segment):
            return
        distance = (hit.box.left - segment.right) / hit.height
        if rule.distance is not None and distance > rule.distance:
            return
        yield _whole(view, segment, rule, Cues(other_side=1.0))


def _column(hit: Hit, where: Where) -> Box:
    """Return the label's column: its own width, or the form cell up to the next on the right."""
    margin = hit.height
    left, right = hit.box.left - margin, hit.box.right + margin
    if where is Where.INSIDE:
        beside = [item.left for item in hit.layout.right_of(hit.box) if item not in hit.segments]
        right = min(beside, default=hit.layout.page.width) - 0.3 * margin
        left = (hit.left_with_number if hit.ends_cell else hit.box.left) - 0.6 * margin
    elif hit.segments[-1].left < hit.box.right:
        right = max(right, hit.segments[-1].right) if hit.ends_cell else right
    return Box(left, hit.box.top, max(right, hit.box.right), hit.box.bottom)


def _under(view: DocumentView, hit: Hit, rule: Rule, where: Where) -> Iterator[Piece]:
    default = _INSIDE if where is Where.INSIDE else _BELOW
    reach = (default if rule.distance is None else rule.distance) * hit.height
    column = _column(hit, where)
    for segment in hit.layout.below(column, reach):
        if segment in hit.segments:
            continue
        if where is Where.INSIDE and segment.left < column.left:
            continue
        if view.is_label_cell(segment):
            return
        shared = float(not hit.ends_cell)
        yield _whole(view, segment, rule, Cues(lower_row=1.0, label_with_text=shared))


def _above(view: DocumentView, hit: Hit, rule: Rule) -> Iterator[Piece]:
    reach = (_BELOW if rule.distance is None else rule.distance) * hit.height
    column = _column(hit, Where.BELOW)
    for segment in hit.layout.above(column, reach):
        if view.is_label_cell(segment):
            return
        shared = float(not hit.ends_cell)
        yield _whole(view, segment, rule, Cues(other_side=1.0, label_with_text=shared))
