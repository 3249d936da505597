"""Tick boxes: the value is the wording beside the one box that is ticked."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from loanbatch.models import Box
from loanbatch.vocabulary import FieldType
from loanbatch_plugins.layout import union
from loanbatch_plugins.templates._candidates import Candidate
from loanbatch_plugins.templates._hits import Hit
from loanbatch_plugins.templates._labelled import hits_of
from loanbatch_plugins.templates._schema import Rule
from loanbatch_plugins.templates._ticks import REACH, box_before, ends_empty, ends_ticked
from loanbatch_plugins.templates._view import DocumentView, words_of

_SCORE = 0.96
#: Two ticked boxes of one choice: somebody has to look.
_AMBIGUOUS = 0.6
#: A box that was read as some other mark.
_MARKED = re.compile(r"^[^\w\s]{1,3}$|\s[@®©¥&*#%§]{1,2}$")
#: The others are empty, so it is ticked.
_ELIMINATED = 0.82
#: Rows below a label over which its choices may spread.
_ROWS = 3.2


def chosen(view: DocumentView, rule: Rule) -> Iterator[Candidate]:
    """Yield the ticked choice of each place; one of several ticked ones is doubtful."""
    places = [
        (hit, value)
        for label, value in rule.choices
        for hit in view.find([label])
        if _in_place(view, hit, rule)
    ]
    ticked: list[tuple[Hit, str | None, Box, float]] = []
    for hit, value in places:
        box = _tick_of(hit)
        if box is not None:
            ticked.append((hit, value, box[0], box[1]))
    if not ticked:
        ticked = _by_elimination(places)
    meanings = {value or hit.key for hit, value, _, _ in ticked}
    score = (_SCORE if len(meanings) == 1 else _AMBIGUOUS) * rule.confidence
    for hit, value, area, sure in ticked:
        segment = hit.segments[0]
        words = words_of(segment, hit.start, hit.end)
        raw = segment.text[hit.start : hit.end].strip(" .,:;")
        yield Candidate(
            raw=raw,
            page=hit.page,
            words=words,
            score=score * sure,
            value=_meaning(value, rule),
            box=union([area, hit.box]),
        )


def _by_elimination(
    places: Sequence[tuple[Hit, str | None]],
) -> list[tuple[Hit, str | None, Box, float]]:
    """Return the one choice before which something stands while the boxes of others are empty."""
    marked = [(hit, value) for hit, value in places if _MARKED.search(_before(hit))]
    empty = any(_is_empty(hit) for hit, _ in places)
    if len({value or hit.key for hit, value in marked}) != 1 or not empty:
        return []
    return [(hit, value, hit.box, _ELIMINATED) for hit, value in marked]


def _before(hit: Hit) -> str:
    return hit.segments[0].text[: hit.start].strip()


def _is_empty(hit: Hit) -> bool:
    box = box_before(hit.layout, hit.box)
    return not box.ticked if box is not None else ends_empty(_before(hit))


def _meaning(value: str | None, rule: Rule) -> str | bool | None:
    if value is None or rule.type is not FieldType.YES_NO:
        return value
    return value == "true"


def _in_place(view: DocumentView, hit: Hit, rule: Rule) -> bool:
    """Whether a wording stands where the rule looks: section, page, and by a label of its."""
    if not view.in_scope(hit.page, rule.page):
        return False
    if rule.section is not None and not any(
        region.holds(hit.page, hit.box) for region in view.regions(rule.section)
    ):
        return False
    if not rule.labels:
        return True
    rows = _ROWS if rule.distance is None else rule.distance
    return any(_by_label(hit, label, rows) for label in hits_of(view, rule))


def _by_label(hit: Hit, label: Hit, rows: float) -> bool:
    if hit.page != label.page:
        return False
    down = (hit.box.top - label.box.top) / label.height
    same_row = abs(down) < 0.8 and hit.box.left >= label.box.left  # noqa: PLR2004
    return same_row or (0 < down <= rows and hit.box.left >= label.box.left - label.height)


def _tick_of(hit: Hit) -> tuple[Box, float] | None:
    """Return the ticked box before a wording and how sure it is; None for others."""
    box = box_before(hit.layout, hit.box)
    if box is not None:
        return (box.box, box.confidence) if box.ticked else None
    segment = hit.segments[0]
    before = segment.text[: hit.start].rstrip()
    if before:
        return (hit.box, 1.0) if ends_ticked(before) else None
    for item in hit.layout.left_of(hit.box):
        if hit.box.left - item.right > REACH * hit.height:
            return None
        if ends_ticked(item.text):
            return item.box, 1.0
        return None
    return None
