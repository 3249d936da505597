"""Boxes before wordings: drawn ones, form boxes, and what stands for a box in the text."""

from __future__ import annotations

import re
from collections.abc import Iterable

from loanbatch.models import Box, CheckBox
from loanbatch.vocabulary import FieldType
from loanbatch_plugins.layout import PageLayout, union
from loanbatch_plugins.templates._placing import Piece
from loanbatch_plugins.templates._types import Match, find_typed
from loanbatch_plugins.templates._view import words_of

_TICKED = re.compile(
    r"(?:[☒☑✓✔✗✘⊠■●🗹√]|[\[({|]\s?[xX✓✔*]\s?[\])}|]|\[[xX]|[xX]\]|(?<!\w)[xX])[\s.:]*$"
)
_EMPTY = re.compile(r"(?:[☐□⬜○◯❑❏]|\[\s?\]|\(\s?\)|\{\s?\}|(?<!\w)[oO0D]|(?<!\w)C[1)lI])[\s.:]*$")
#: Distance of a box from its wording at most, in heights of the text.
REACH = 1.8
#: Share of the height of box or text, whichever is lower, that both have in common in one row.
_OVERLAP = 0.3


def ends_ticked(text: str) -> bool:
    """Whether a text ends in a ticked box."""
    return _TICKED.search(text) is not None


def ends_empty(text: str) -> bool:
    """Whether a text ends in an empty box."""
    return _EMPTY.search(text) is not None


def box_before(layout: PageLayout, wording: Box) -> CheckBox | None:
    """Return the drawn box nearest to the left of a wording."""
    reach = REACH * (wording.bottom - wording.top)
    near = [
        box
        for box in layout.page.check_boxes
        if _in_row(box.box, wording)
        and box.box.left < wording.left
        and wording.left - box.box.right <= reach
    ]
    return max(near, key=lambda box: box.box.right, default=None)


def _in_row(box: Box, text: Box) -> bool:
    """Whether a box stands in the row of a text; boxes of lines set close together overlap."""
    shared = min(box.bottom, text.bottom) - max(box.top, text.top)
    return shared > _OVERLAP * min(box.bottom - box.top, text.bottom - text.top)


def answer(
    layout: PageLayout, found: Iterable[Piece], skip: float = 0
) -> tuple[Piece, Match] | None:
    """Return the answer that is given in the pieces beside a label, the nearest first.

    Of answers in one row the one with the ticked box is given. Without any box a single answer is
    given, and two that differ are printed to choose from.

    Args:
        layout: The page.
        found: Pieces of its text.
        skip: Pieces with other text that may stand before an answer.
    """
    options: list[tuple[Piece, Match, bool | None]] = []
    mark = ""
    for piece in found:
        matches = find_typed(FieldType.YES_NO, piece.text)
        if options and (not matches or not _in_row(_area(piece), _area(options[0][0]))):
            break
        options += [(piece, item, _is_ticked(layout, piece, item, mark)) for item in matches]
        mark = piece.text if ends_ticked(piece.text) or ends_empty(piece.text) else ""
        skip -= not matches and not mark and re.search(r"\w", piece.text) is not None
        if skip < 0:
            break
    ticked = [option for option in options if option[2]]
    given = ticked or [option for option in options if option[2] is None]
    wordings = {_wording(option) for option in (ticked or options)}
    return given[0][:2] if given and len(wordings) == 1 else None


def _area(piece: Piece) -> Box:
    return union(piece.segment.words)


def _wording(option: tuple[Piece, Match, bool | None]) -> str:
    piece, match, _ = option
    return piece.text[match.start : match.end].casefold()


def _is_ticked(layout: PageLayout, piece: Piece, match: Match, mark: str) -> bool | None:
    """Whether the box before an answer is ticked; None where there is none.

    Args:
        layout: The page.
        piece: Where the answer stands.
        match: The answer.
        mark: The text of the cell before, where that ends in what stands for a box.
    """
    words = words_of(piece.segment, piece.start + match.start, piece.start + match.end)
    box = box_before(layout, union(words))
    if box is not None:
        return box.ticked
    before = piece.text[: match.start]
    before = before if before.strip() else piece.segment.text[: piece.start] or mark
    return True if ends_ticked(before) else (False if ends_empty(before) else None)
