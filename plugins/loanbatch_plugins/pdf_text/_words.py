"""Words with boxes from the engine's text page, in few calls per word.

A page has thousands of characters, and a call into the engine costs as much as reading the
character: the text comes in one call, and of each word only the first and the last character are
measured. Words whose ends do not look like a straight run are measured character by character and
split at gaps.
"""

from __future__ import annotations

import ctypes
import re
import struct
import sys
from collections.abc import Callable, Iterator
from functools import cache

from attrs import frozen

from loanbatch.models import Box, Word
from loanbatch_plugins.pdf_text import _glyphs
from loanbatch_plugins.pdf_text._engine import EngineObject, EngineTextPage
from loanbatch_plugins.pdf_text._geometry import Displayed

#: A word has no white space, no controls that stand for nothing, and no marks that never are part
#: of a word. The engine gives U+FFFE (older: U+0002) for a hyphen at a line's end, so that the
#: halves seem one word. An amount without a gap before a capitalized word is a word by itself.
_WORD = re.compile(
    r"[$(]?\d[\d,]*\.\d\d(?=[A-Z][a-z])|"
    "[^\\s\x00\x01\u200b-\u200f\u2028-\u202e\u2060\ufeff\x02\u00ad\ufffe]+[\x02\u00ad\ufffe]?"
)
_LINE_END_HYPHENS = str.maketrans("\x02\u00ad\ufffe", "---")
#: A character further away than this part of its height begins a new word.
_GAP = 0.5
#: Points up to which a word has no size to see.
_NO_SIZE = 0.01
#: Mean width of a character, as part of its height, above which a word is measured in full.
_WIDE = 0.75
#: Part of its height by which a character differs from another one in another size.
_OTHER_SIZE = 0.25
#: Part of the height by which the foot of a raised character, as in 1st, lies higher.
_RAISED = 0.2
#: Part of the smaller box that two copies of a word share.
_SAME_PLACE = 0.6
#: Twice the points by which the corners of two copies of a word lie apart at most.
_CELL = 8

_Rect = tuple[float, float, float, float]
#: Left, top, right and bottom; five times faster than iterating over the engine's array.
_UNPACK = struct.Struct("4f").unpack_from
_BoxFunction = Callable[[int, int, int], int]


@frozen(kw_only=True)
class _Functions:
    """The engine's functions with plain integer arguments: a third of the bindings' own cost."""

    loose_box: _BoxFunction
    unicode_of: Callable[[int, int], int]


@cache
def _functions() -> _Functions:
    import pypdfium2.raw as engine

    pointer, number = ctypes.c_void_p, ctypes.c_int
    box = ctypes.CFUNCTYPE(number, pointer, number, pointer)
    unicode = ctypes.CFUNCTYPE(ctypes.c_uint, pointer, number)

    def address(function: EngineObject) -> int:
        return ctypes.cast(function, pointer).value or 0

    return _Functions(
        loose_box=box(address(engine.FPDFText_GetLooseCharBox)),
        unicode_of=unicode(address(engine.FPDFText_GetUnicode)),
    )


#: Confidence of a word in which a character is not what is printed.
_UNMAPPED = 0.5


class TextLayer:
    """The text of a page while its text page is open."""

    def __init__(self, text_page: EngineTextPage, shown: Displayed) -> None:
        self._functions = _functions()
        self._loose_box = self._functions.loose_box
        self._text_page = text_page
        self._handle = ctypes.cast(text_page.raw, ctypes.c_void_p).value or 0
        self._shown = shown
        self._rect = (ctypes.c_float * 4)()
        self._rect_address = ctypes.addressof(self._rect)
        self.text = self._read_text()
        #: With the hyphens that are printed at the ends of lines.
        self._printed = self.text.translate(_LINE_END_HYPHENS)

    def _read_text(self) -> str:
        import pypdfium2.raw as engine

        count = max(0, engine.FPDFText_CountChars(self._text_page))
        if count == 0:
            return ""
        units = (ctypes.c_ushort * (count + 1))()
        written = engine.FPDFText_GetText(self._text_page, 0, count, units)
        text = bytes(units).decode("utf-16-le", "surrogatepass")[:count]
        if written == count + 1 and len(text) == count:
            return text
        # Characters without, or beyond, 16 bits shift the positions: ask for each.
        codes = (self._functions.unicode_of(self._handle, index) for index in range(count))
        return "".join(chr(code) if 0 < code <= sys.maxunicode else "\ufffd" for code in codes)

    def _box(self, index: int) -> _Rect:
        """Return left, top, right, bottom of a character in the page's own coordinates."""
        self._loose_box(self._handle, index, self._rect_address)
        return _UNPACK(self._rect)

    def words(self) -> list[Word]:
        """Return the words on the displayed page, in the order of the file, each once."""
        shown, width, height = self._shown, self._shown.width, self._shown.height
        found: list[Word] = []
        for match in _WORD.finditer(self.text):
            start, end = match.span()
            rect = self._straight(start, end)
            runs = self._measured_runs(start, end) if rect is None else ((start, end, rect),)
            for first, last, (left, top, right, bottom) in runs:
                box = shown.box(left, bottom, right, top)
                if not _is_on_page(box, width, height):
                    continue
                text = self._word_text(first, last)
                if text:
                    sure = _UNMAPPED if _glyphs.has_unmapped(text) else 1.0
                    found.append(Word(text, *_inside(box, width, height), sure))
        return _without_copies(found)

    def _word_text(self, first: int, last: int) -> str:
        text = self._printed[first:last]
        if _glyphs.may_be_symbols(text):
            text = _glyphs.readable(text, _glyphs.font_name(self._text_page, first))
        return text

    def _straight(self, start: int, end: int) -> _Rect | None:
        """Return the rectangle of characters; None unless they surely are one straight run."""
        left, top, _, bottom = first = self._box(start)
        count = end - start
        if count == 1:
            return first
        last_left, last_top, last_right, last_bottom = self._box(end - 1)
        height = top - bottom
        reach = _GAP * height
        if (
            left < last_left
            and abs(last_bottom - bottom) < reach
            and abs(last_top - top) < reach
            and last_right - left < _WIDE * height * count
            and abs(last_top - last_bottom - height) < _OTHER_SIZE * height
            and not _seems_doubled(self.text[start:end])
        ):
            return left, max(top, last_top), last_right, min(bottom, last_bottom)
        return None

    def _measured_runs(self, start: int, end: int) -> Iterator[tuple[int, int, _Rect]]:
        """Give the runs into which gaps divide characters without white space."""
        begin, box = start, self._box(start)
        previous = box
        for index in range(start + 1, end):
            own = self._box(index)
            apart = _distance(previous, own) > _GAP * _size(previous, own)
            if apart or self._is_seam(index, previous, own):
                yield begin, index, box
                begin, box = index, own
            else:
                box = (
                    min(box[0], own[0]),
                    max(box[1], own[1]),
                    max(box[2], own[2]),
                    min(box[3], own[3]),
                )
            previous = own
        yield begin, end, box

    def _is_seam(self, index: int, previous: _Rect, own: _Rect) -> bool:
        """Tell whether a number and a word in another size, not raised, meet before a character."""
        if self.text[index - 1].isdigit() == self.text[index].isdigit():
            return False
        if not (self.text[index - 1].isalnum() and self.text[index].isalnum()):
            return False
        one, other = previous[1] - previous[3], own[1] - own[3]
        size = max(one, other)
        return abs(one - other) > _OTHER_SIZE * size and abs(previous[3] - own[3]) < _RAISED * size


def _seems_doubled(text: str) -> bool:
    """Tell whether every character stands twice, as when bold type is made by printing twice."""
    return len(text) % 2 == 0 and text[::2] == text[1::2]


def _distance(one: _Rect, other: _Rect) -> float:
    across = max(one[0] - other[2], other[0] - one[2])
    along = max(one[3] - other[1], other[3] - one[1])
    return max(across, along, 0.0)


def _size(one: _Rect, other: _Rect) -> float:
    return max(min(one[1] - one[3], other[1] - other[3]), 1.0)


def _is_on_page(box: Box, width: float, height: float) -> bool:
    left, top, right, bottom = box
    has_size = right - left > _NO_SIZE and bottom - top > _NO_SIZE
    return has_size and 0 <= (left + right) / 2 <= width and 0 <= (top + bottom) / 2 <= height


def _inside(box: Box, width: float, height: float) -> Box:
    left, top, right, bottom = box
    if left >= 0 and top >= 0 and right <= width and bottom <= height:
        return box
    return Box(
        max(0.0, box.left), max(0.0, box.top), min(width, box.right), min(height, box.bottom)
    )


def _without_copies(words: list[Word]) -> list[Word]:
    """Drop words printed again in their own place, as for bold type or a shadow."""
    seen: dict[str, dict[tuple[int, int], list[Word]]] = {}
    kept = []
    for word in words:
        cells = seen.setdefault(word.text, {})
        if cells and any(_overlap(word, other) > _SAME_PLACE for other in _near(word, cells)):
            continue
        place = int(word.left) // _CELL, int(word.top) // _CELL
        cells.setdefault(place, []).append(word)
        kept.append(word)
    return kept


def _near(word: Word, cells: dict[tuple[int, int], list[Word]]) -> Iterator[Word]:
    """Give the words whose corner lies within half a cell of a word's."""
    half = _CELL // 2
    column, row = (int(word.left) - half) // _CELL, (int(word.top) - half) // _CELL
    for place in ((column, row), (column, row + 1), (column + 1, row), (column + 1, row + 1)):
        yield from cells.get(place, ())


def _overlap(one: Word, other: Word) -> float:
    across = min(one.right, other.right) - max(one.left, other.left)
    along = min(one.bottom, other.bottom) - max(one.top, other.top)
    if across <= 0 or along <= 0:
        return 0.0
    smaller = min(
        (one.right - one.left) * (one.bottom - one.top),
        (other.right - other.left) * (other.bottom - other.top),
    )
    return across * along / max(smaller, 1e-6)
