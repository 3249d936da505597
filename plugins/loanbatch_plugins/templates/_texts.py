"""Values without a shape of their own: where names, addresses and wordings end."""

from __future__ import annotations

import re
from collections.abc import Sequence

from loanbatch.models import Box, TextSource
from loanbatch.vocabulary import FieldType
from loanbatch_plugins.layout import Segment
from loanbatch_plugins.templates._hits import Hit
from loanbatch_plugins.templates._placing import Piece
from loanbatch_plugins.templates._schema import Rule
from loanbatch_plugins.templates._types import is_placeholder
from loanbatch_plugins.templates._view import DocumentView

#: Lines of a value at most, where the rule says nothing.
_LINES = {FieldType.ADDRESS: 4, FieldType.NAMES: 3, FieldType.LIST: 6}
#: Distance of two lines of one value at most, in heights of the text.
_LEADING = 0.75
#: Recognition draws its boxes tightly around the letters.
_LEADING_RECOGNIZED = 1.05
#: A line that closes an address may stand so many times further down.
_ADDRESS_LEADING = 1.4
_ADDRESS_END = re.compile(r"\b\d{5}(?:-\d{4})?\W*$|\b[1-9]\d{2}\s?\d{3}\W*$")
_NUMBERING = re.compile(r"^\(?\d{1,2}[.)]\s*")
_NOT_A_NAME = re.compile(r"[$%@=?]|\bhttps?:|www\.|\d{5}")
_LONGEST_NAME = 10
_SENTENCE = re.compile(r"\b(?:you|your|the|this|that|will|shall|may|is|are|must|if)\b")


def collect(view: DocumentView, hit: Hit, piece: Piece, rule: Rule) -> list[Piece] | None:
    """Return the lines of the value that begins with a piece; None when it is none."""
    if not _may_begin(piece, rule.type):
        return None
    lines = [piece]
    most = (rule.lines or _LINES.get(rule.type, 1)) + rule.drop
    while len(lines) < most and not is_complete(lines[-1].text, rule.type):
        after = _next_line(view, hit, lines, rule.type)
        if after is None or not _may_follow(after, rule.type):
            break
        lines.append(after)
    return lines if is_plausible("\n".join(item.text for item in lines), rule.type) else None


def paragraph(view: DocumentView, hit: Hit, piece: Piece, most: int) -> list[Piece]:
    """Return the lines that go on below a piece in its column, itself first, `most` at most."""
    lines = [piece]
    while len(lines) < most:
        after = (
            _continued(view, hit, lines[-1].segment) if piece.own else _next_line(view, hit, lines)
        )
        if after is None:
            break
        lines.append(after)
    return lines


def _continued(view: DocumentView, hit: Hit, segment: Segment) -> Piece | None:
    after = hit.layout.continuation(segment)
    if after is None or view.is_label_cell(after):
        return None
    return Piece(after, 0, view.next_label(after, 0))


def _may_begin(piece: Piece, kind: FieldType) -> bool:
    text = piece.text.strip()
    if not text or is_placeholder(text):
        return False
    if piece.own and piece.segment.text[: piece.start].rstrip()[-1:] not in (":", "#"):
        # The rest of a sentence is no value: a value in the label's own cell begins like one.
        return not text[0].islower()
    return kind is FieldType.TEXT or text[0].isalnum() or text[0] in "(\"'“*#"


def is_complete(line: str, kind: FieldType) -> bool:
    """Whether nothing of the value can follow a line: a postal code ends an address."""
    return kind is FieldType.ADDRESS and _ADDRESS_END.search(line) is not None


def has_odd_end(address: str) -> bool:
    """Whether an address ends in a number that is no postal code: "NJ 79.419"."""
    return address.rstrip()[-1:].isdigit() and _ADDRESS_END.search(address) is None


def _may_follow(piece: Piece, kind: FieldType) -> bool:
    text = piece.text.strip()
    if is_placeholder(text):
        return False
    if kind in (FieldType.NAMES, FieldType.NAME):
        name = _NUMBERING.sub("", text)
        return not any(map(str.isdigit, name)) and is_plausible(name, kind)
    return True


def _next_line(
    view: DocumentView, hit: Hit, lines: Sequence[Piece], kind: FieldType = FieldType.TEXT
) -> Piece | None:
    """Return the line below that stands in the same column, unless another label's row begins."""
    last = lines[-1]
    left = _left_of(lines[0])
    height = last.segment.height
    box = Box(left, last.segment.top, max(last.segment.right, left + 1), last.segment.bottom)
    recognized = hit.layout.page.text_source is TextSource.RECOGNIZED
    leading = _LEADING_RECOGNIZED if recognized else _LEADING
    if kind is FieldType.ADDRESS:
        # The line with the postal code belongs to the street above it.
        leading *= _ADDRESS_LEADING
    for segment in hit.layout.below(box, leading * height):
        if view.is_label_cell(segment):
            return None
        if abs(segment.left - left) > 1.2 * height:
            continue
        if _has_row_label(hit, segment, left):
            return None
        far = segment.top - last.segment.bottom > leading / _ADDRESS_LEADING * height
        if kind is FieldType.ADDRESS and far and not is_complete(segment.text, kind):
            return None
        return Piece(segment, 0, view.next_label(segment, 0))
    return None


def _left_of(piece: Piece) -> float:
    for word, start in zip(piece.segment.words, piece.segment.starts, strict=True):
        if start + len(word.text) > piece.start:
            return word.left
    return piece.segment.left


def _has_row_label(hit: Hit, segment: Segment, left: float) -> bool:
    """Whether a cell in the label's own column begins a row at the segment's height."""
    if hit.box.right > left:
        return False
    return any(
        item.left < hit.box.right and item.right > hit.box.left - hit.height
        for item in hit.layout.left_of(segment.box)
        if item not in hit.segments
    )


def is_plausible(text: str, kind: FieldType) -> bool:
    """Whether a text can be a value of the type at all."""
    letters = sum(map(str.isalpha, text))
    if kind in (FieldType.NAME, FieldType.NAMES):
        words = text.split()
        if letters < 3 or len(words) > _LONGEST_NAME * (1 + (kind is FieldType.NAMES)):  # noqa: PLR2004
            return False
        if _NOT_A_NAME.search(text) or text.rstrip().endswith(":"):
            return False
        return not (words[0][0].islower() or _SENTENCE.search(text))
    if kind is FieldType.ADDRESS:
        return letters >= 3 and any(map(str.isdigit, text)) and "$" not in text  # noqa: PLR2004
    return any(map(str.isalnum, text))
