"""From the upright page, in which text is read, back to the page as people see it."""

from __future__ import annotations

import math
from collections.abc import Mapping

from attrs import evolve

from loanbatch.models import Box, Field, Page


def displayed_box(box: Box, page: Page) -> Box:
    """Return where a box of the upright page stands on the displayed page, in points.

    A box on a page that was levelled becomes the smallest upright rectangle around the turned box.
    """
    corners = [
        (box.left, box.top),
        (box.right, box.top),
        (box.right, box.bottom),
        (box.left, box.bottom),
    ]
    points = [_undo_orientation(*_undo_skew(x, y, page), page) for x, y in corners]
    return Box(
        min(x for x, _ in points),
        min(y for _, y in points),
        max(x for x, _ in points),
        max(y for _, y in points),
    )


def _undo_skew(x: float, y: float, page: Page) -> tuple[float, float]:
    # Levelling turned the image clockwise by `skew` about its centre; y grows downwards.
    angle = math.radians(-page.skew)
    dx, dy = x - page.width / 2, y - page.height / 2
    return (
        page.width / 2 + dx * math.cos(angle) - dy * math.sin(angle),
        page.height / 2 + dx * math.sin(angle) + dy * math.cos(angle),
    )


def _undo_orientation(x: float, y: float, page: Page) -> tuple[float, float]:
    match page.orientation % 360:
        case 90:
            return y, page.width - x
        case 180:
            return page.width - x, page.height - y
        case 270:
            return page.height - y, x
        case _:
            return x, y


def displayed_field(field: Field, pages: Mapping[int, Page]) -> Field:
    """Return a field whose boxes, and those of its cells and alternatives, are as displayed."""
    page = pages.get(field.page)
    if page is None or (page.orientation == 0 and page.skew == 0.0):
        return field
    return evolve(
        field,
        box=None if field.box is None else displayed_box(field.box, page),
        rows=tuple(tuple(displayed_field(cell, pages) for cell in row) for row in field.rows),
        alternatives=tuple(displayed_field(other, pages) for other in field.alternatives),
    )
