"""Squares whose four sides are drawn one by one, as printing programs like to do."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from loanbatch_plugins.pdf_text._objects import Rect

#: Points by which the ends of two sides lie apart.
_APART = 1.6
#: Sides in points, and the least ratio of the shorter to the longer.
_SMALLEST, _LARGEST, _SQUARE = 4.5, 17.0, 0.7


def framed(lines: Sequence[Rect]) -> Iterator[Rect]:
    """Give the squares that are framed by four of some short lines."""
    level = [line for line in lines if line[2] - line[0] > line[3] - line[1]]
    upright = [line for line in lines if line[2] - line[0] <= line[3] - line[1]]
    uppers, posts = _by_column(level), _by_column(upright)
    for lower in level:
        for upper in _near(lower[0], uppers):
            square = lower[0], lower[1], lower[2], upper[3]
            if _fits(lower, upper) and _has_posts(square, posts):
                yield square


def _by_column(lines: Sequence[Rect]) -> dict[int, list[Rect]]:
    columns: dict[int, list[Rect]] = {}
    for line in lines:
        columns.setdefault(int(line[0] // _LARGEST), []).append(line)
    return columns


def _near(place: float, lines: dict[int, list[Rect]]) -> Iterator[Rect]:
    """Give the lines that begin at about a place across the page, by its column."""
    column = int(place // _LARGEST)
    for key in (column - 1, column, column + 1):
        yield from lines.get(key, ())


def _fits(lower: Rect, upper: Rect) -> bool:
    """Tell whether two level lines can be the lower and the upper side of a square."""
    wide, high = lower[2] - lower[0], upper[3] - lower[1]
    return (
        _SMALLEST <= high <= _LARGEST
        and _SQUARE <= wide / high <= 1 / _SQUARE
        and abs(lower[0] - upper[0]) <= _APART
        and abs(lower[2] - upper[2]) <= _APART
    )


def _has_posts(square: Rect, posts: dict[int, list[Rect]]) -> bool:
    left, bottom, right, top = square
    return all(
        any(
            abs((post[0] + post[2]) / 2 - edge) <= _APART
            and abs(post[1] - bottom) <= _APART
            and abs(post[3] - top) <= _APART
            for post in _near(edge, posts)
        )
        for edge in (left, right)
    )
