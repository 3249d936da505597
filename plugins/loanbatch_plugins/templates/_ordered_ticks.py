"""Tick boxes in a row whose captions recognition ran together: their order tells which is which."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from loanbatch.models import CheckBox
from loanbatch_plugins.templates._candidates import Candidate
from loanbatch_plugins.templates._hits import Hit
from loanbatch_plugins.templates._schema import Rule
from loanbatch_plugins.templates._view import DocumentView

#: Box 13 of a W-2: statutory employee, retirement plan, third-party sick pay.
_BOXES = 3
_SCORE = 0.93
#: The boxes stand within so many heights of the caption below it and right of it.
_DOWN, _ACROSS = 5.0, 32.0
#: Gaps between boxes of one row differ by no more than this factor.
_UNEVEN = 2.0


def ordered_tick(view: DocumentView, rule: Rule, extractor: str) -> Iterator[Candidate]:
    """Yield whether one of the boxes under a caption is ticked: `value = "2"` is the second."""
    del extractor
    place = int(rule.value or 1) - 1  # looked at when the template was loaded
    for hit in view.find_any(rule.labels)[:1]:
        row = _row_under(hit)
        if len(row) == _BOXES and _is_even(row):
            box = row[place]
            yield Candidate(
                raw="X" if box.ticked else "",
                page=hit.page,
                words=(),
                score=_SCORE * box.confidence * rule.confidence,
                value=box.ticked,
                box=box.box,
            )


def _row_under(hit: Hit) -> Sequence[CheckBox]:
    left = hit.left_with_number - hit.height
    found = [
        item
        for item in hit.layout.page.check_boxes
        if left <= item.box.left <= left + _ACROSS * hit.height
        and hit.box.top <= item.box.top <= hit.box.bottom + _DOWN * hit.height
    ]
    top = min((item.box.top for item in found), default=0.0)
    row = [item for item in found if item.box.top < top + hit.height]
    return sorted(row, key=lambda item: item.box.left)


def _is_even(row: Sequence[CheckBox]) -> bool:
    gaps = [after.box.left - before.box.left for before, after in pairwise(row)]
    return max(gaps) < _UNEVEN * min(gaps)
