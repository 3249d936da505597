"""Whether the parts of a PDF are whole and where they should be, checked as far as that is cheap.

The engine reads a page whose contents are damaged as far as it can, and one whose contents it does
not find as blank: both without a word.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator

from attrs import frozen

from loanbatch_plugins.intake._shape import MARK_WITHIN

#: Bytes that are unpacked in all to check them; what comes after is believed.
_MOST_UNPACKED = 200_000_000
#: Bytes unpacked at a time.
_PIECE = 1 << 20

#: A stream's dictionary begins at most so many bytes before it.
_DICTIONARY_WITHIN = 1024
_STREAM = re.compile(rb"stream\r?\n")
#: Compressed by deflation, and by nothing else around that.
_DEFLATED = re.compile(rb"/(?:Filter|F)\s*\[?\s*/(?:FlateDecode|Fl)\b")
_OBJECT = re.compile(rb"(?<!\d)(\d{1,10})\s+\d{1,5}\s+obj\b")
_OBJECT_HERE = re.compile(rb"\s{0,8}(\d{1,10})\s+\d{1,5}\s+obj\b")
_REFERENCE = re.compile(rb"(?<!\d)(\d{1,10})\s+\d{1,5}\s+R\b")
_CONTENTS = re.compile(rb"/Contents\s*(\[[^\]]*\]|\d{1,10}\s+\d{1,5}\s+R\b)")
#: A part of a table of objects with its first number, and an entry.
_PART = re.compile(rb"\s*(\d{1,10})\s+\d{1,10}\s+(?=\d{10} \d{5} [nf])")
_ENTRY = re.compile(rb"(\d{10}) \d{5} ([nf])\s{0,2}")


def has_damaged_streams(content: bytes) -> bool:
    """Tell whether a compressed stream ends early or does not have the checksum that it should."""
    left = _MOST_UNPACKED
    for place in _marks(content, b"stream"):
        mark = _STREAM.match(content, place)
        before = content[max(0, place - _DICTIONARY_WITHIN) : place]
        if mark is None or not before.rstrip().endswith(b">>"):
            continue
        if not _DEFLATED.search(before, before.rfind(b"obj") + 1):
            continue
        end = content.find(b"endstream", mark.end())
        left = _unpacked(content[mark.end() : end if end >= 0 else len(content)], left)
        if left < 0:
            return True
        if left == 0:
            return False
    return False


def _unpacked(data: bytes, left: int) -> int:
    """Return how many bytes may still be unpacked after some data; -1 where they are damaged."""
    unpacker = zlib.decompressobj()
    try:
        while data and not unpacker.eof and left > 0:
            left = max(0, left - len(unpacker.decompress(data, _PIECE)))
            data = unpacker.unconsumed_tail
    except zlib.error:
        return -1
    return left if unpacker.eof or not left else -1


@frozen(kw_only=True)
class Objects:
    """What became of the objects of a PDF."""

    #: A table of objects leads away from one that is there and is needed.
    misled: bool
    #: A page names contents that are nowhere in the file.
    lost: bool


def look_at_objects(content: bytes) -> Objects:
    """Look at the tables of objects that are no streams, and for the contents of pages.

    Pages inside compressed object streams are not seen, nor is what may be there.
    """
    shift = max(0, content.find(b"%PDF-", 0, MARK_WITHIN))  # some programs count it, others do not
    places = _places(content)
    found = {
        number
        for number, place in places.items()
        if any(_stands_at(content, number, start) for start in (place, place + shift))
    }
    missed = places.keys() - found
    named = set() if b"/ObjStm" in content else _contents(content) - found
    if not missed and not named:
        return Objects(misled=False, lost=False)
    there = {int(match[1]) for match in _OBJECT.finditer(content)}
    needed = {int(match[1]) for match in _REFERENCE.finditer(content)}
    return Objects(misled=bool(missed & there & needed), lost=not named <= there)


def _contents(content: bytes) -> set[int]:
    """Return the numbers of the objects that pages name as their contents."""
    parts = (_CONTENTS.match(content, place) for place in _marks(content, b"/Contents"))
    return {int(match[1]) for part in parts if part for match in _REFERENCE.finditer(part[1])}


def _places(content: bytes) -> dict[int, int]:
    """Return where objects stand by the tables that are no streams; later tables win."""
    places: dict[int, int] = {}
    for table in _marks(content, b"xref"):
        position = table + len(b"xref")
        while (part := _PART.match(content, position)) is not None:
            number, position = int(part[1]), part.end()
            while (entry := _ENTRY.match(content, position)) is not None:
                places.pop(number, None)
                if entry[2] == b"n":
                    places[number] = int(entry[1])
                number, position = number + 1, entry.end()
    return places


def _stands_at(content: bytes, number: int, place: int) -> bool:
    found = _OBJECT_HERE.match(content, place)
    return found is not None and int(found[1]) == number


def _marks(content: bytes, mark: bytes) -> Iterator[int]:
    """Give where a mark stands; ten times as fast as a pattern."""
    place = content.find(mark)
    while place >= 0:
        yield place
        place = content.find(mark, place + 1)
