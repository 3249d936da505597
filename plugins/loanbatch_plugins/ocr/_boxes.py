"""Check boxes in the image of a page: small squares, empty or marked.

Tesseract has no notion of them: it reads an empty box as `O`, `[]` or `_]`, often glued to the word
beside it, and a ticked one as `X` or `&`. They are found here by their straight edges, before
the text is read: two level strokes of one length above each other, joined by two upright ones, and
none of the four goes on beyond the corners as the rules of a table do. Precision comes first, for a
box that is not there can put a value nobody wrote into a record.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from itertools import product
from typing import TYPE_CHECKING, NamedTuple

from attrs import frozen

from loanbatch.models import Box, CheckBox

if TYPE_CHECKING:
    from PIL.Image import Image

#: Sides of a box in pixels, at the 2,200 to 3,000 pixels a page that OCR is given.
_SMALLEST, _LARGEST = 16, 72
#: Width to height: printers and faxes stretch, but not far.
_NARROWEST, _WIDEST = 0.8, 1.45
#: Grey below which a pixel of a levelled, evenly lit page is ink; hair lines are pale.
INK_BELOW = 176
_INK, _PAPER = b"\x00", b"\xff"
#: Part of an upright edge that must be ink.
_EDGE_COVERED = 0.88
#: The same of the level edges, of the worse one and of both together (measured on scans: boxes have
#: 0.89 and 1.84 at the least, the letter D has 0.88 and 1.80 at the most).
_LEVEL_COVERED, _BOTH_LEVELS_COVERED = 0.87, 1.83
#: Pixels that the edges of even a small box may be thick.
_THICK = 4
#: Side of the smallest box with edges that thick; bolder ones are letters.
_SMALLEST_BOLD = 17
#: Part of a corner, as wide as the edges, that must be ink.
_CORNER_COVERED = 0.6
#: Parts of the inside that are ink: in an empty box at most, in a ticked one at least.
_EMPTY, _TICKED = 0.04, 0.09
#: Above this it is a bullet or a picture.
_SOLID = 0.8
#: Pixels by which edges may be uneven.
_STEP = 3
#: Pixels outside of an edge that are looked at.
_OUTSIDE = 8


class Stroke(NamedTuple):
    """A level stroke; right and bottom are exclusive, as in Pillow."""

    left: int
    top: int
    right: int
    bottom: int


@frozen
class Bitmap:
    """Ink and paper, a byte a pixel, for fast searching."""

    pixels: bytes
    width: int
    height: int

    def row(self, y: int, left: int, right: int) -> bytes:
        """Return a part of a row; what is outside the image is left out."""
        start = y * self.width
        return self.pixels[start + max(left, 0) : start + min(right, self.width)]


def find_check_boxes(picture: Image) -> tuple[CheckBox, ...]:
    """Return the check boxes of an upright page image in pixels, from top to bottom."""
    ink = picture.point(lambda value: 0 if value < INK_BELOW else 255)
    bitmap = Bitmap(ink.tobytes(), ink.width, ink.height)
    found: list[CheckBox] = []
    for top, bottom in _squares(_level_strokes(ink)):
        check_box = _judge(bitmap, top, bottom)
        if check_box and not any(_overlap(check_box.box, other.box) for other in found):
            found.append(check_box)
    return tuple(found)


def _level_strokes(ink: Image) -> list[Stroke]:
    """Return level strokes that can be edges of boxes, those of neighbouring rows joined."""
    from PIL import ImageChops

    # A pixel that is missing between two others, and the step of a slightly sloping edge, are
    # filled: speckles and tilt would break edges otherwise.
    bridged = ImageChops.darker(
        ink, ImageChops.lighter(ImageChops.offset(ink, 1, 0), ImageChops.offset(ink, -1, 0))
    )
    smeared = ImageChops.darker(bridged, ImageChops.offset(bridged, 0, 1))
    smeared.paste(255, (0, 0, 1, smeared.height))
    growing: list[Stroke] = []
    strokes: list[Stroke] = []
    row = -1
    for y, left, right in _runs(smeared.tobytes(), smeared.width):
        if y != row:
            row = y
            strokes.extend(stroke for stroke in growing if stroke.bottom < y)
            growing = [stroke for stroke in growing if stroke.bottom >= y]
        for index, known in enumerate(growing):
            if abs(known.left - left) <= _STEP and abs(known.right - right) <= _STEP:
                growing[index] = Stroke(
                    min(known.left, left), known.top, max(known.right, right), y + 1
                )
                break
        else:
            growing.append(Stroke(left, y, right, y + 1))
    strokes.extend(growing)
    # The smear made each a pixel thicker at the bottom.
    return [stroke._replace(bottom=max(stroke.bottom - 1, stroke.top + 1)) for stroke in strokes]


def _runs(pixels: bytes, width: int) -> Iterator[tuple[int, int, int]]:
    """Give row, left and right of each run of ink as long as the edge of a box."""
    shortest = _INK * _SMALLEST
    position = pixels.find(shortest)
    while position >= 0:
        end = pixels.find(_PAPER, position)
        end = len(pixels) if end < 0 else end
        if end - position <= _LARGEST:
            y, left = divmod(position, width)
            yield y, left, left + end - position
        position = pixels.find(shortest, end)


def _squares(strokes: list[Stroke]) -> Iterator[tuple[Stroke, Stroke]]:
    """Give pairs of strokes that can be the top and the bottom of a box."""
    cells: dict[tuple[int, int], list[Stroke]] = defaultdict(list)
    for stroke in strokes:
        cells[stroke.left // _LARGEST, stroke.top // _LARGEST].append(stroke)
    for top in sorted(strokes, key=lambda stroke: (stroke.top, stroke.left)):
        column, row = top.left // _LARGEST, top.top // _LARGEST
        for x, y in product((column - 1, column, column + 1), (row, row + 1)):
            for bottom in cells.get((x, y), ()):
                if _is_square(top, bottom):
                    yield top, bottom


def _is_square(top: Stroke, bottom: Stroke) -> bool:
    side = top.right - top.left
    slack = max(_STEP, side // 8)
    return (
        abs(bottom.left - top.left) <= slack
        and abs(bottom.right - top.right) <= slack
        and bottom.top - top.bottom > side // 3
        and _NARROWEST <= side / (bottom.bottom - top.top) <= _WIDEST
    )


def _judge(bitmap: Bitmap, top: Stroke, bottom: Stroke) -> CheckBox | None:
    """Return the check box between two strokes, None where there is none."""
    left, right = min(top.left, bottom.left), max(top.right, bottom.right)
    side = min(right - left, bottom.bottom - top.top)
    thickest = min(max(_THICK, side // 8), side * _THICK // _SMALLEST_BOLD)
    rows = range(top.bottom, bottom.top)
    left_edge = _edge(bitmap, rows, left, thickest)
    right_edge = _edge(bitmap, rows, right - 1, -thickest)
    if left_edge is None or right_edge is None:
        return None
    (left, left_width), (right, right_width) = left_edge, right_edge
    right += 1
    outline = Stroke(left, top.top, right, bottom.bottom)
    thickness = max(left_width, right_width)
    if thickness > thickest or not _is_closed(bitmap, outline, top.bottom, bottom.top):
        return None
    if not _has_corners(bitmap, outline, thickness):
        return None
    if _goes_on(bitmap, top.top, -1, (left, right)) or _goes_on(
        bitmap, bottom.bottom - 1, 1, (left, right)
    ):
        return None
    inside = Stroke(left + left_width + 1, top.bottom + 1, right - right_width - 1, bottom.top - 1)
    share = _ink_share(bitmap, inside)
    if share is None or share > _SOLID:
        return None
    box = Box(left, top.top, right, bottom.bottom)
    if share <= _EMPTY:
        return CheckBox(box=box, ticked=False, confidence=0.95)
    return CheckBox(box=box, ticked=share >= _TICKED, confidence=0.9 if share >= _TICKED else 0.6)


def _edge(bitmap: Bitmap, rows: range, x: int, reach: int) -> tuple[int, int] | None:
    """Return outermost column and width of an upright edge, None where it is no straight edge.

    Args:
        bitmap: The page.
        rows: Where the edge has to be.
        x: Its outermost column.
        reach: Pixels that it may be wide, negative to the left.
    """
    widths: list[int] = []
    outlines: list[int] = []
    for y in rows:
        if reach > 0:
            part = bitmap.row(y, x - _OUTSIDE, x + reach + 1)
        else:
            part = bitmap.row(y, x + reach, x + _OUTSIDE + 1)[::-1]
        start = part.find(_INK, _OUTSIDE - _STEP)
        if 0 <= start <= _OUTSIDE + _STEP:
            outline = part.rfind(_PAPER, 0, start) + 1
            end = part.find(_PAPER, start)
            outlines.append(outline)
            widths.append((end if end >= 0 else len(part)) - outline)
    if len(widths) < _EDGE_COVERED * len(rows):
        return None
    outlines.sort()
    tenth = len(outlines) // 10
    # Round letters, the nearest to boxes that text has, bulge between their corners.
    if outlines[-1 - tenth] - outlines[tenth] > max(1, len(rows) // 14):
        return None
    outside = _OUTSIDE - outlines[len(outlines) // 2]
    return x - outside if reach > 0 else x + outside, sorted(widths)[len(widths) // 2]


def _is_closed(bitmap: Bitmap, outline: Stroke, top_end: int, bottom_start: int) -> bool:
    """Tell whether top and bottom reach from edge to edge, as in no letter but by accident."""
    covered = [
        max(bitmap.row(y, outline.left, outline.right).count(_INK) for y in rows)
        / (outline.right - outline.left)
        for rows in (range(outline.top, top_end), range(bottom_start, outline.bottom))
    ]
    return min(covered) >= _LEVEL_COVERED and sum(covered) >= _BOTH_LEVELS_COVERED


def _has_corners(bitmap: Bitmap, outline: Stroke, thickness: int) -> bool:
    """Tell whether the outline's corners are of ink, as those of round letters are not."""
    size = max(3, thickness + 1)
    for y in (outline.top, outline.bottom - size):
        for x in (outline.left, outline.right - size):
            ink = sum(bitmap.row(row, x, x + size).count(_INK) for row in range(y, y + size))
            if ink < _CORNER_COVERED * size * size:
                return False
    return True


def _goes_on(bitmap: Bitmap, y: int, step: int, edges: tuple[int, int]) -> bool:
    """Tell whether an upright edge goes on beyond the corner, as the rules of a table do."""
    left, right = edges
    beyond = [row for row in range(y + 3 * step, y + 7 * step, step) if 0 <= row < bitmap.height]
    return any(
        all(_INK in bitmap.row(row, start, end) for row in beyond)
        for start, end in ((left - 3, left + 7), (right - 7, right + 3))
    )


def _ink_share(bitmap: Bitmap, inside: Stroke) -> float | None:
    area = (inside.right - inside.left) * (inside.bottom - inside.top)
    if inside.right - inside.left < _STEP or inside.bottom - inside.top < _STEP:
        return None
    rows = range(inside.top, inside.bottom)
    return sum(bitmap.row(y, inside.left, inside.right).count(_INK) for y in rows) / area


def _overlap(one: Box, other: Box) -> bool:
    return (
        one.left < other.right
        and other.left < one.right
        and one.top < other.bottom
        and other.top < one.bottom
    )
