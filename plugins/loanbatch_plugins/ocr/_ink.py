"""Ink of letters that no word covers, in lines, so that it can be read again.

Tesseract's layout leaves out what does not look like text to it: a digit alone in a ruled box, a
caption beside a picture, a value on a rule. What it left out shows: ruling lines taken away and
words painted over, there is ink in the size of letters on the page.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, NamedTuple

from attrs import field, frozen

from loanbatch.models import Box

if TYPE_CHECKING:
    from PIL.Image import Image

#: Ink is looked for in half the size: fast, and hairs and specks are gone.
SCALE = 2
#: Grey of a pixel of that size below which it is ink.
INK_BELOW = 150
#: Half of the length, in those pixels, from which a straight stroke is a rule, and how much of it
#: must be ink; no letter has strokes of 80 pixels of the page.
_RULE_REACH, _RULE_COVERED = 20, 0.9
#: Heights of letters in those pixels; below are specks and dashes, above pictures. A line has one
#: of the second height at least.
_LOWEST, _TALL, _HIGHEST = 3, 5, 45
#: Width of letters at most, in heights: those of a line may touch.
_WIDEST = 12.0
#: A line narrower than this, in heights, is a rest of a rule.
_NARROWEST = 0.22
#: Part of its box that a letter inks at least, and a dash of a dashed rule of that height.
_FAINT, _SOLID, _DASH = 0.1, 0.75, 7
#: Heights between neighbours of a line at most.
_GAP = 0.8
#: Runs of ink above which the page is a picture, not text with something left over.
_MOST_RUNS = 40_000
_INK, _PAPER = b"\xff", b"\x00"


class Blob(NamedTuple):
    """Ink that hangs together; right and bottom are exclusive. Half-size pixels."""

    left: int
    top: int
    right: int
    bottom: int
    area: int

    @property
    def height(self) -> int:
        """Rows that it has."""
        return self.bottom - self.top

    @property
    def width(self) -> int:
        """Columns that it has."""
        return self.right - self.left


@frozen
class Leftover:
    """What is left of a page: lines of ink to read, on pages without rules."""

    lines: tuple[Box, ...]
    #: Without rules, as far as they are black: letters that touch one lose little.
    page: Image = field(repr=False)
    #: Without rules and what is within two pixels of them: nothing of a rule is left.
    bare_page: Image = field(repr=False)


@frozen
class Inked:
    """The ink of a page as masks of half its size."""

    #: What is not of a rule.
    print: Image = field(repr=False)
    #: Rules, those of them that stand upright, and rules with two pixels of the page around.
    rules: Image = field(repr=False)
    upright_rules: Image = field(repr=False)
    grown_rules: Image = field(repr=False)


def ink_of(picture: Image) -> Inked:
    """Return the ink of a page, parted in rules and print."""
    from PIL import ImageChops, ImageFilter

    small = picture.reduce(SCALE)
    ink = small.point(lambda value: 255 if value < INK_BELOW else 0)
    level, upright = _strokes(ink, (_RULE_REACH, 0)), _strokes(ink, (0, _RULE_REACH))
    rules = ImageChops.lighter(level, upright)
    grown = rules.filter(ImageFilter.BoxBlur(1)).point(lambda value: 255 * (value > 0))
    ink.paste(0, mask=grown)
    return Inked(ink, rules, upright, grown)


def leftover_ink(picture: Image, inked: Inked, covered: Iterable[Box]) -> Leftover:
    """Return the lines of letters of a page, in its pixels, outside of the boxes `covered`."""
    from PIL import Image

    ink = inked.print.copy()
    for box in covered:
        ink.paste(0, _shrunk(box))
    lines = _lines(blobs(ink), inked.upright_rules)
    if not lines:
        return Leftover((), picture, picture)
    pages = picture.copy(), picture.copy()
    for page, mask in zip(pages, (inked.rules, inked.grown_rules), strict=True):
        page.paste(255, mask=mask.resize(picture.size, Image.Resampling.NEAREST))
    return Leftover(tuple(_enlarged(line) for line in lines), *pages)


def _strokes(ink: Image, reach: tuple[int, int]) -> Image:
    """Return the straight strokes at least twice as long as `reach`, as a mask."""
    from PIL import ImageFilter

    # The middle of a stroke has ink all along; blurred again it gets its ends back.
    middles = ink.filter(ImageFilter.BoxBlur(reach)).point(
        lambda value: 255 * (value >= 255 * _RULE_COVERED)
    )
    if middles.getbbox() is None:
        return middles
    return middles.filter(ImageFilter.BoxBlur(reach)).point(lambda value: 255 * (value > 0))


def blobs(ink: Image, most_runs: int = _MOST_RUNS) -> list[Blob]:
    """Return the pieces of ink of a mask, joined where they touch, also at corners.

    None of a picture with more runs of ink.
    """
    pieces = _Pieces()
    above: list[tuple[int, int, int]] = []
    current: list[tuple[int, int, int]] = []
    row = -2
    for y, left, right in _runs(ink):
        if y != row:
            above, current, row = (current if y == row + 1 else []), [], y
        piece = pieces.add(Blob(left, y, right, y + 1, right - left))
        for other_left, other_right, other in above:
            if other_left <= right and other_right >= left:
                pieces.join(piece, other)
        current.append((left, right, piece))
        if piece > most_runs:
            return []
    return pieces.whole()


class _Pieces:
    """Disjoint sets of runs of ink."""

    def __init__(self) -> None:
        self._parents: list[int] = []
        self._blobs: list[Blob] = []

    def add(self, blob: Blob) -> int:
        self._parents.append(len(self._parents))
        self._blobs.append(blob)
        return len(self._parents) - 1

    def join(self, one: int, other: int) -> None:
        one, other = self._root(one), self._root(other)
        if one != other:
            self._parents[other] = one
            self._blobs[one] = _union(self._blobs[one], self._blobs[other])

    def whole(self) -> list[Blob]:
        roots = (index for index, parent in enumerate(self._parents) if parent == index)
        return [self._blobs[index] for index in roots]

    def _root(self, index: int) -> int:
        while self._parents[index] != index:
            self._parents[index] = self._parents[self._parents[index]]
            index = self._parents[index]
        return index


def _runs(ink: Image) -> Iterator[tuple[int, int, int]]:
    """Give row, left and right of each run of ink."""
    pixels, width = ink.tobytes(), ink.width
    position = pixels.find(_INK)
    while position >= 0:
        y, left = divmod(position, width)
        end = pixels.find(_PAPER, position, (y + 1) * width)
        end = (y + 1) * width if end < 0 else end
        yield y, left, left + end - position
        position = pixels.find(_INK, end)


def _lines(pieces: Iterable[Blob], upright: Image) -> list[Blob]:
    """Return lines of letters, from top to bottom; rules between letters part them."""
    ended: list[Blob] = []
    lines: list[Blob] = []
    for letter in sorted(filter(_is_letter, pieces), key=lambda blob: (blob.left, blob.top)):
        # Letters come from the left: a line that this one is too far from gets no more of them. On
        # a page of specks nearly all lines are such.
        ended += [line for line in lines if _is_ended(line, letter)]
        lines = [line for line in lines if not _is_ended(line, letter)]
        for index, line in enumerate(lines):
            if _follows(line, letter) and not _is_parted(line, letter, upright):
                lines[index] = _union(line, letter)
                break
        else:
            lines.append(letter)
    whole = (
        line
        for line in (*ended, *lines)
        if line.height >= _TALL and line.width > _NARROWEST * line.height
    )
    return sorted(whole, key=lambda line: (line.top, line.left))


def _is_ended(line: Blob, letter: Blob) -> bool:
    return letter.left - line.right > _GAP * max(line.height, _HIGHEST)


def _is_letter(blob: Blob) -> bool:
    ink = blob.area / (blob.width * blob.height)
    is_dash = blob.height <= _DASH and blob.width >= blob.height and ink > _SOLID
    return (
        _LOWEST <= blob.height <= _HIGHEST
        and blob.width <= _WIDEST * blob.height
        and ink >= _FAINT
        and not is_dash
    )


def _follows(line: Blob, letter: Blob) -> bool:
    common = min(line.bottom, letter.bottom) - max(line.top, letter.top)
    height = max(line.height, letter.height)
    return common >= 0.5 * min(line.height, letter.height) and (
        letter.left - line.right <= _GAP * height
    )


def _is_parted(line: Blob, letter: Blob, upright: Image) -> bool:
    middle = (letter.top + letter.bottom) // 2
    gap = (line.right, middle, letter.left, middle + 1)
    return letter.left > line.right and upright.crop(gap).getbbox() is not None


def _union(one: Blob, two: Blob) -> Blob:
    return Blob(
        min(one.left, two.left), min(one.top, two.top),
        max(one.right, two.right), max(one.bottom, two.bottom),
        one.area + two.area,
    )  # fmt: skip


def _shrunk(box: Box) -> tuple[int, int, int, int]:
    left, top, right, bottom = box
    return (
        int(left / SCALE) - 1, int(top / SCALE) - 1,
        int(right / SCALE) + 2, int(bottom / SCALE) + 2,
    )  # fmt: skip


def _enlarged(blob: Blob) -> Box:
    return Box(*(edge * SCALE for edge in (blob.left, blob.top, blob.right, blob.bottom)))
