"""Setting an entry's text in its rectangle, as a viewer would, to know where its words stand."""

from __future__ import annotations

from attrs import frozen

from loanbatch.models import Box, Word

#: Widths of characters as parts of the size of the type, after Helvetica.
_NARROW, _WIDE = frozenset("iljtfI.,:;'|!()[] -/"), frozenset("mwMWQGO%@")
_WIDTHS = {"narrow": 0.3, "usual": 0.55, "wide": 0.85}
#: Sizes of type that viewers choose at most and at least where a field leaves it to them.
_USUAL_SIZE, _LEAST_SIZE = 12.0, 4.0
#: Part of a one-line field's height that its type fills.
_FILL = 0.75
#: Distance of lines in sizes of the type.
_LEADING = 1.15
#: Points between a field's edge and its text.
_PADDING = 2.0
_CENTRED, _RIGHT = 1, 2


@frozen(kw_only=True)
class Entry:
    """Text to be set in a rectangle."""

    text: str
    #: As displayed.
    box: Box
    #: Points; 0 where the viewer chooses.
    size: float = 0.0
    #: 0 left, 1 centred, 2 right.
    alignment: int = 0
    multi_line: bool = False
    #: One cell for each character, over the whole width.
    comb: bool = False


def set_words(entry: Entry) -> list[Word]:
    """Return the words of an entry, all inside its rectangle."""
    lines = [" ".join(line.split()) for line in entry.text.splitlines()]
    if not entry.multi_line:
        lines = [" ".join(lines)]
    lines = [line for line in lines if line]
    if not lines:
        return []
    width = max(1.0, entry.box.right - entry.box.left - 2 * _PADDING)
    size = _size(entry, lines, width)
    if entry.multi_line:
        lines = [part for line in lines for part in _wrapped(line, width / size)]
        return _set_block(entry, lines, size)
    top = (entry.box.top + entry.box.bottom - size) / 2
    if entry.comb:
        return _set_line(lines[0], entry, top, size, stretch=width / (_width(lines[0]) * size))
    return _set_line(lines[0], entry, top, size)


def _set_block(entry: Entry, lines: list[str], size: float) -> list[Word]:
    """Set lines below each other, closer where there are too many for the rectangle."""
    height = entry.box.bottom - entry.box.top
    step = min(size * _LEADING, height / len(lines))
    return [
        word
        for index, line in enumerate(lines)
        for word in _set_line(line, entry, entry.box.top + index * step, min(size, step))
    ]


def _size(entry: Entry, lines: list[str], width: float) -> float:
    """Return the size of type, small enough for the rectangle."""
    height = entry.box.bottom - entry.box.top
    if entry.size:
        return min(entry.size, height)
    if not entry.multi_line:
        return min(_USUAL_SIZE, height * _FILL)
    size = min(_USUAL_SIZE, height)
    while size > _LEAST_SIZE and _lines_needed(lines, width / size) * size * _LEADING > height:
        size -= 1
    return size


def _lines_needed(lines: list[str], width: float) -> int:
    return sum(len(_wrapped(line, width)) for line in lines)


def _wrapped(line: str, width: float) -> list[str]:
    """Break a line into lines not wider than `width` sizes of the type, between words."""
    broken: list[str] = []
    for word in line.split():
        joined = f"{broken[-1]} {word}" if broken else word
        if broken and _width(joined) <= width:
            broken[-1] = joined
        else:
            broken.append(word)
    return broken


def _set_line(
    line: str, entry: Entry, top: float, size: float, *, stretch: float | None = None
) -> list[Word]:
    box = entry.box
    room = box.right - box.left
    natural = _width(line) * size
    scale = stretch or min(1.0, max(1.0, room - 2 * _PADDING) / natural)
    length = natural * scale
    left = box.left + min(_PADDING, (room - length) / 2)
    if entry.alignment == _CENTRED:
        left = box.left + (room - length) / 2
    elif entry.alignment == _RIGHT:
        left = max(box.left, box.right - length - _PADDING)
    top = max(box.top, min(top, box.bottom - 1))
    words = []
    for word in line.split(" "):
        advance = _width(word) * size * scale
        words.append(Word(word, left, top, left + advance, min(box.bottom, top + size)))
        left += advance + _WIDTHS["narrow"] * size * scale
    return words


def _width(text: str) -> float:
    return sum(
        _WIDTHS["narrow" if character in _NARROW else "wide" if character in _WIDE else "usual"]
        for character in text
    )
