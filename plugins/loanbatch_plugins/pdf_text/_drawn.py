"""Check boxes that are drawn: small squares and circles, and what stands in them.

A box is a small closed outline; it is ticked when a cross, a tick or a dot is drawn or written
inside. An outline around other text is a cell, and outlines in a row without gaps are the cells of
a comb.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from attrs import evolve, frozen

from loanbatch.models import Box, CheckBox, Word
from loanbatch_plugins.pdf_text._frames import framed
from loanbatch_plugins.pdf_text._geometry import Displayed
from loanbatch_plugins.pdf_text._objects import Drawing, Rect, Shape

#: Sides in points of a box, and the least ratio of the shorter to the longer.
_SMALLEST, _LARGEST, _SQUARE = 4.5, 17.0, 0.7
#: Darkness from which a filling is a mark, and up to which it is paper.
_DARK, _PAPER = 0.4, 0.25
#: Size of a mark as part of its box.
_MARK = (0.2, 1.35)
#: Part of a box's side by which its outlines may lie apart.
_NEAR = 0.15
#: Corners of a box, curves that make a circle (4, or 8 with rounded corners), strokes of a cross.
_CORNERS, _ROUND, _CROSS = 4, (4, 8), 2
#: Outlines that touch each other, from which on they are a comb.
_COMB = 3
#: Points by which outlines that share an edge lie apart.
_SHARED = 0.6
#: Twice the height in points of the rows by which words are looked up.
_ROW = 32
_TICKS = frozenset("xX✓✔✗✘☒☑■●•√×╳")
_TICKED_GLYPHS, _EMPTY_GLYPHS = frozenset("☒☑"), frozenset("☐")


@frozen
class _Outline:
    box: Box
    ticked: bool = False
    round: bool = False


def drawn_boxes(
    drawing: Drawing, words: Sequence[Word], shown: Displayed
) -> tuple[list[CheckBox], list[Word]]:
    """Return the check boxes of a page, and its words with ticks taken off the words they touch."""
    outlines = [
        _Outline(shown.box(*shape.rect), _is_crossed(shape), shape.curved > 0)
        for shape in drawing.shapes
        if _is_outline(shape)
    ]
    outlines += [_Outline(shown.box(*rect)) for rect in framed(drawing.lines)]
    outlines += [
        _Outline(word.box, word.text[0] in _TICKED_GLYPHS)
        for word in words
        if len(word.text) == 1 and word.text in _TICKED_GLYPHS | _EMPTY_GLYPHS
    ]
    if not outlines:
        return [], list(words)
    boxes = _without_combs(_merged(outlines))
    marks = [shown.box(*shape.rect) for shape in drawing.shapes if _is_mark(shape)]
    return _judged(boxes, marks, words)


def _sides(box: Box | Rect) -> tuple[float, float]:
    return abs(box[2] - box[0]), abs(box[3] - box[1])


def _is_outline(shape: Shape) -> bool:
    across, along = _sides(shape.rect)
    if not (
        min(across, along) >= _SMALLEST
        and max(across, along) <= _LARGEST
        and min(across, along) >= _SQUARE * max(across, along)
    ):
        return False
    if shape.filled and (shape.darkness > _PAPER or not shape.stroked):
        return False
    if shape.curved:
        return shape.slanted == 0 and shape.curved in _ROUND and shape.straight <= _CORNERS
    return _has_corners(shape)


def _has_corners(shape: Shape) -> bool:
    """Tell whether a path goes through all four corners of its rectangle, mostly along the axes."""
    left, bottom, right, top = shape.rect
    near = _NEAR * max(right - left, top - bottom)
    corners = {
        (x, y)
        for x in (left, right)
        for y in (bottom, top)
        if any(abs(px - x) <= near and abs(py - y) <= near for px, py in shape.points)
    }
    return len(corners) == _CORNERS and shape.straight >= _CORNERS - 1  # one may be implied


def _is_crossed(shape: Shape) -> bool:
    """Tell whether an outline is drawn together with its cross."""
    return shape.slanted >= _CROSS and not shape.curved


def _is_mark(shape: Shape) -> bool:
    if shape.filled and shape.darkness < _DARK:
        return False
    return shape.slanted > 0 or shape.filled or shape.curved > max(_ROUND)


def _centre(box: Box) -> tuple[float, float]:
    return (box.left + box.right) / 2, (box.top + box.bottom) / 2


def _holds(box: Box, point: tuple[float, float]) -> bool:
    return box.left <= point[0] <= box.right and box.top <= point[1] <= box.bottom


def _merged(outlines: Sequence[_Outline]) -> list[_Outline]:
    """Return one outline for those drawn around the same place, such as a frame and its shade."""
    kept: list[_Outline] = []
    for outline in sorted(outlines, key=lambda item: -max(_sides(item.box))):
        centre = _centre(outline.box)
        for index, other in enumerate(kept):
            if _holds(other.box, centre):
                kept[index] = evolve(other, ticked=other.ticked or outline.ticked)
                break
        else:
            kept.append(outline)
    return kept


def _without_combs(outlines: Sequence[_Outline]) -> list[_Outline]:
    """Drop outlines that stand side by side without gaps: the cells of a comb or a grid."""
    groups: list[set[int]] = []
    for index, outline in enumerate(outlines):
        if outline.round:
            groups.append({index})
            continue
        touched = [
            group
            for group in groups
            if any(_touch(outline.box, outlines[member].box) for member in group)
        ]
        groups = [group for group in groups if group not in touched]
        groups.append({index}.union(*touched))
    alone = {index for group in groups if len(group) < _COMB for index in group}
    return [outline for index, outline in enumerate(outlines) if index in alone]


def _touch(one: Box, other: Box) -> bool:
    """Tell whether two outlines share an edge; their boxes overlap by the width of its line."""
    across = min(one.right, other.right) - max(one.left, other.left)
    along = min(one.bottom, other.bottom) - max(one.top, other.top)
    wide, high = _sides(one)
    return (_is_edge(across, wide) and along > high / 2) or (
        _is_edge(along, high) and across > wide / 2
    )


def _is_edge(overlap: float, side: float) -> bool:
    return -_SHARED <= overlap <= _NEAR * side + _SHARED


def _judged(
    outlines: Sequence[_Outline], marks: Sequence[Box], words: Sequence[Word]
) -> tuple[list[CheckBox], list[Word]]:
    rows = _rows(words)
    found: list[CheckBox] = []
    changed: dict[int, list[Word]] = {}
    for outline in outlines:
        box, ticked = outline.box, outline.ticked
        ticked = ticked or any(_marks(mark, box) for mark in marks)
        is_cell = False
        for index, word in _words_in(box, rows):
            if word.text in _TICKED_GLYPHS | _EMPTY_GLYPHS:
                continue
            if all(character in _TICKS for character in word.text):
                ticked = True
            elif word.text[0] in _TICKS and word.right > box.right:
                ticked = True
                changed[index] = _split(word, box)
            elif _holds(box, _centre(word.box)):
                is_cell = True
        if not is_cell:
            found.append(CheckBox(box=box, ticked=ticked))
    return found, [part for index, word in enumerate(words) for part in changed.get(index, [word])]


def _marks(mark: Box, box: Box) -> bool:
    if not _holds(box, _centre(mark)):
        return False
    return _MARK[0] <= max(_sides(mark)) / max(_sides(box)) <= _MARK[1]


def _rows(words: Sequence[Word]) -> dict[int, list[tuple[int, Word]]]:
    """Return the words, with their indices, by the row of the page in which their middles lie."""
    rows: dict[int, list[tuple[int, Word]]] = {}
    for index, word in enumerate(words):
        rows.setdefault(int(word.top + word.bottom) // _ROW, []).append((index, word))
    return rows


def _words_in(box: Box, rows: dict[int, list[tuple[int, Word]]]) -> Iterator[tuple[int, Word]]:
    """Give the words that stand, or begin, in a box."""
    for row in range(int(2 * box.top) // _ROW, int(2 * box.bottom) // _ROW + 1):
        for index, word in rows.get(row, ()):
            height = word.bottom - word.top
            begin = word.left + min(height, word.right - word.left) * 0.3
            if _holds(box, (begin, (word.top + word.bottom) / 2)):
                yield index, word


def _split(word: Word, box: Box) -> list[Word]:
    tick = word._replace(text=word.text[0], right=box.right)
    return [tick, word._replace(text=word.text[1:], left=box.right)]
