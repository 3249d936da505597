"""What a page draws besides text: small shapes and images, in one walk over its objects.

Pages have thousands of objects, so the engine's functions are called with plain integer arguments,
which costs a third of the bindings' own.
"""

from __future__ import annotations

import ctypes
import struct
from collections.abc import Callable, Iterator
from functools import cache
from itertools import pairwise
from typing import Any

from attrs import frozen

from loanbatch_plugins.pdf_text._engine import EngineObject, EnginePage

#: Objects that are looked at; pages with more are drawings, not forms.
_MOST_OBJECTS = 8000
#: Forms inside forms that are followed.
_DEEPEST = 6
#: Sides in points of shapes that may be, or be in, a check box.
_SMALL = (2.0, 24.0)
_MOST_SEGMENTS = 120
#: Lengths in points of lines that may be sides of a check box, and how many are looked at.
_SIDE, _MOST_LINES = (5.0, 18.0), 2000
#: Pieces of a line, and of a path that may be two boxes.
_LINE, _TWO_BOXES = 2, 8
#: An engine's rectangle: left, bottom, right, top in the page's own coordinates.
Rect = tuple[float, float, float, float]
_FOUR, _SIX = struct.Struct("4f").unpack_from, struct.Struct("6f").unpack_from
_Matrix = tuple[float, float, float, float, float, float]
#: The engine's type of a piece of a path, and where it ends.
_Piece = tuple[int, tuple[float, float]]
_IDENTITY: _Matrix = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)


@frozen(kw_only=True)
class Shape:
    """A small path."""

    rect: Rect
    #: Its corners and end points, without control points of curves.
    points: tuple[tuple[float, float], ...]
    #: Straight pieces along an axis.
    straight: int
    #: Straight pieces at an angle.
    slanted: int
    #: Curved pieces.
    curved: int
    stroked: bool
    filled: bool
    #: Darkness of the filling or, where there is none, of the line: 0 (white) to 1 (black).
    darkness: float


@frozen(kw_only=True)
class Picture:
    """An image."""

    rect: Rect
    #: Of its longer side.
    pixels: int
    #: Pieces of text that are drawn before it, and are covered where it stands.
    texts_before: int


@frozen(kw_only=True)
class Drawing:
    """What was found on a page."""

    shapes: tuple[Shape, ...] = ()
    #: Short lines along an axis, as long as a side of a check box.
    lines: tuple[Rect, ...] = ()
    images: tuple[Picture, ...] = ()
    #: Paths and shadings, small or not.
    path_count: int = 0
    #: Whether most of the text is invisible, as OCR programs write it over a scan.
    hidden_text: bool = False
    #: Pieces of text.
    text_count: int = 0


class _Functions:
    """The engine's functions with plain arguments, and places for what they give back."""

    def __init__(self) -> None:
        import pypdfium2.raw as engine

        pointer, number, size = ctypes.c_void_p, ctypes.c_int, ctypes.c_ulong

        def plain(name: str, result: EngineObject, *arguments: EngineObject) -> Callable[..., Any]:
            address = ctypes.cast(getattr(engine, name), pointer).value or 0
            return ctypes.CFUNCTYPE(result, *arguments)(address)

        self.count = plain("FPDFPage_CountObjects", number, pointer)
        self.get = plain("FPDFPage_GetObject", pointer, pointer, number)
        self.form_count = plain("FPDFFormObj_CountObjects", number, pointer)
        self.form_get = plain("FPDFFormObj_GetObject", pointer, pointer, size)
        self.type_of = plain("FPDFPageObj_GetType", number, pointer)
        self.bounds = plain("FPDFPageObj_GetBounds", number, *[pointer] * 5)
        self.matrix = plain("FPDFPageObj_GetMatrix", number, pointer, pointer)
        self.segment_count = plain("FPDFPath_CountSegments", number, pointer)
        self.segment = plain("FPDFPath_GetPathSegment", pointer, pointer, number)
        self.segment_type = plain("FPDFPathSegment_GetType", number, pointer)
        self.point = plain("FPDFPathSegment_GetPoint", number, *[pointer] * 3)
        self.draw_mode = plain("FPDFPath_GetDrawMode", number, *[pointer] * 3)
        self.fill = plain("FPDFPageObj_GetFillColor", number, *[pointer] * 5)
        self.stroke = plain("FPDFPageObj_GetStrokeColor", number, *[pointer] * 5)
        self.pixels = plain("FPDFImageObj_GetImagePixelSize", number, *[pointer] * 3)
        self.render_mode = plain("FPDFTextObj_GetTextRenderMode", number, pointer)
        self.floats = (ctypes.c_float * 6)()
        self.at = [ctypes.addressof(self.floats) + 4 * index for index in range(6)]
        self.ints = (ctypes.c_uint * 4)()
        self.int_at = [ctypes.addressof(self.ints) + 4 * index for index in range(4)]


@cache
def _functions() -> _Functions:
    return _Functions()


def drawing_of(page: EnginePage) -> Drawing:
    """Walk over the objects of a page, into its forms."""
    return _Walk().over(page)


class _Walk:
    def __init__(self) -> None:
        self.engine = _functions()
        self.left = _MOST_OBJECTS
        self.shapes: list[Shape] = []
        self.lines: list[Rect] = []
        self.images: list[Picture] = []
        self.paths = 0
        self.texts: list[int] = []

    def over(self, page: EnginePage) -> Drawing:
        engine = self.engine
        handle = ctypes.cast(page.raw, ctypes.c_void_p).value or 0
        count = engine.count(handle)
        if count <= _MOST_OBJECTS:
            self._visit((engine.get(handle, index) for index in range(count)), _IDENTITY, 0)
        else:
            self.paths = count
        # Hidden text matters over images alone; elsewhere asking each text would cost too much.
        texts = self.texts if self.images else []
        hidden = sum(engine.render_mode(text) == _INVISIBLE for text in texts)
        return Drawing(
            shapes=tuple(self.shapes),
            lines=tuple(self.lines),
            images=tuple(self.images),
            path_count=self.paths,
            hidden_text=2 * hidden > len(texts),
            text_count=len(self.texts),
        )

    def _visit(self, objects: Iterator[int], matrix: _Matrix, depth: int) -> None:
        type_of = self.engine.type_of
        for item in objects:
            self.left -= 1
            if self.left < 0:
                return
            kind = type_of(item)
            if kind == _PATH:
                self.paths += 1
                self._take_path(item, matrix)
            elif kind == _TEXT:
                self.texts.append(item)
            elif kind == _IMAGE:
                self._take_image(item, matrix)
            elif kind == _FORM and depth < _DEEPEST:
                self._take_form(item, matrix, depth)
            elif kind == _SHADING:
                self.paths += 1

    def _take_image(self, item: int, matrix: _Matrix) -> None:
        engine = self.engine
        engine.pixels(item, engine.int_at[0], engine.int_at[1])
        self.images.append(
            Picture(
                rect=self._rect(item, matrix),
                pixels=max(engine.ints[0], engine.ints[1]),
                texts_before=len(self.texts),
            )
        )

    def _take_form(self, item: int, matrix: _Matrix, depth: int) -> None:
        engine = self.engine
        engine.matrix(item, engine.at[0])
        own = _SIX(engine.floats)
        count = engine.form_count(item)
        members = (engine.form_get(item, index) for index in range(count))
        self._visit(members, _product(own, matrix), depth + 1)

    def _rect(self, item: int, matrix: _Matrix) -> Rect:
        engine = self.engine
        engine.bounds(item, *engine.at[:4])
        left, bottom, right, top = _FOUR(engine.floats)
        if matrix is _IDENTITY:
            return left, bottom, right, top
        xs, ys = zip(
            *(_moved(x, y, matrix) for x in (left, right) for y in (bottom, top)), strict=True
        )
        return min(xs), min(ys), max(xs), max(ys)

    def _take_path(self, item: int, matrix: _Matrix) -> None:
        rect = self._rect(item, matrix)
        across, along = rect[2] - rect[0], rect[3] - rect[1]
        if min(across, along) < _SMALL[0]:
            if _SIDE[0] <= max(across, along) <= _SIDE[1] and len(self.lines) < _MOST_LINES:
                self.lines.append(rect)
            return
        count = self.engine.segment_count(item)
        is_small = max(across, along) <= _SMALL[1]
        if is_small and _LINE <= count <= _MOST_SEGMENTS:
            self.shapes += self._shapes(item, count, matrix, rect)
        elif not is_small and _TWO_BOXES <= count <= _MOST_SEGMENTS:
            self.shapes += self._shapes(item, count, matrix, None)

    def _shapes(self, item: int, count: int, outer: _Matrix, whole: Rect | None) -> Iterator[Shape]:
        """Give a small path as one shape, a large one (without `whole`) as its small parts."""
        engine = self.engine
        engine.matrix(item, engine.at[0])
        pieces = self._pieces(item, count, _product(_SIX(engine.floats), outer))
        if whole is None and any(kind == _CURVE_TO for kind, _ in pieces):
            return
        engine.draw_mode(item, engine.int_at[0], engine.int_at[1])
        filled, stroked = engine.ints[0] != 0, engine.ints[1] != 0
        known = (engine.fill if filled else engine.stroke)(item, *engine.int_at)
        red, green, blue, alpha = engine.ints
        darkness = (1 - (red + green + blue) / 765) * alpha / 255 if known else 1.0
        for part in _parts(pieces) if whole is None else [pieces]:
            rect = whole or _hull(part)
            if whole is None and not _is_small(rect):
                continue
            yield Shape(
                rect=rect, filled=filled, stroked=stroked, darkness=darkness, **_counted(part)
            )

    def _pieces(self, item: int, count: int, matrix: _Matrix) -> list[_Piece]:
        engine = self.engine
        pieces = []
        for index in range(count):
            segment = engine.segment(item, index)
            engine.point(segment, engine.at[0], engine.at[1])
            point = _moved(engine.floats[0], engine.floats[1], matrix)
            pieces.append((engine.segment_type(segment), point))
        return pieces


#: The engine's numbers for types of objects and segments, and for invisible text.
_TEXT, _PATH, _IMAGE, _SHADING, _FORM = 1, 2, 3, 4, 5
_LINE_TO, _CURVE_TO, _MOVE_TO = 0, 1, 2
_INVISIBLE = 3
#: Slope of a line that still runs along an axis.
_UPRIGHT = 0.05


def _parts(pieces: list[_Piece]) -> Iterator[list[_Piece]]:
    """Give the parts of a path between which the pen is lifted."""
    starts = [index for index, piece in enumerate(pieces) if piece[0] == _MOVE_TO]
    for start, end in pairwise([*starts, len(pieces)]):
        yield pieces[start:end]


def _hull(pieces: list[_Piece]) -> Rect:
    xs, ys = zip(*(point for _, point in pieces), strict=True)
    return min(xs), min(ys), max(xs), max(ys)


def _is_small(rect: Rect) -> bool:
    across, along = rect[2] - rect[0], rect[3] - rect[1]
    return min(across, along) >= _SMALL[0] and max(across, along) <= _SMALL[1]


def _counted(pieces: list[_Piece]) -> dict[str, Any]:
    """Return what a shape tells of its pieces."""
    straight, slanted, curved = 0, 0, 0
    previous = pieces[0][1]
    for kind, point in pieces:
        if kind == _CURVE_TO:
            curved += 1
        elif kind == _LINE_TO:
            across, along = abs(point[0] - previous[0]), abs(point[1] - previous[1])
            if min(across, along) > _UPRIGHT * max(across, along):
                slanted += 1
            elif max(across, along) > 0:
                straight += 1
        previous = point
    points = tuple(point for _, point in pieces)
    return {"points": points, "straight": straight, "slanted": slanted, "curved": curved // 3}


def _moved(x: float, y: float, matrix: _Matrix) -> tuple[float, float]:
    a, b, c, d, e, f = matrix
    return a * x + c * y + e, b * x + d * y + f


def _product(inner: tuple[float, ...], outer: _Matrix) -> _Matrix:
    """Return the matrix that applies `inner` first."""
    a, b, c, d, e, f = inner
    a2, b2, c2, d2, e2, f2 = outer
    return (
        a * a2 + b * c2,
        a * b2 + b * d2,
        c * a2 + d * c2,
        c * b2 + d * d2,
        e * a2 + f * c2 + e2,
        e * b2 + f * d2 + f2,
    )
