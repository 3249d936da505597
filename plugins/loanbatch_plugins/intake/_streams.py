"""Whether all bytes of a PNG or JPEG are there, by its own marks and lengths, without decoding."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator

_PNG_HEAD = 8
#: Length and type before a chunk's data, its checksum behind.
_CHUNK_HEAD, _CHUNK_TAIL = 8, 4

_END_OF_IMAGE = b"\xff\xd9"
_START_OF_SCAN = 0xDA
#: Marks without a segment behind them.
_BARE = frozenset({0x01, *range(0xD0, 0xD9)})
#: A mark in the data of a scan, where others are filled up or mean a restart.
_MARK_IN_DATA = re.compile(rb"\xff[^\x00\xff\xd0-\xd7]")


def png_is_complete(content: bytes) -> bool:
    """Tell whether all chunks of picture data are whole, up to the mark of the end.

    Source: PNG specification, 5.3 (chunk layout) and 5.6 (order).
    """
    position = _PNG_HEAD
    while position + _CHUNK_HEAD <= len(content):
        data = position + _CHUNK_HEAD
        kind = content[position + 4 : data]
        if kind == b"IEND":
            return True
        end = data + int.from_bytes(content[position : position + 4])
        position = end + _CHUNK_TAIL
        if position > len(content):
            return False
        if kind == b"IDAT":
            checksum = int.from_bytes(content[end:position])
            if zlib.crc32(memoryview(content)[data - 4 : end]) != checksum:
                return False
    return False


def jpeg_is_complete(content: bytes) -> bool:
    """Tell whether the mark of the end follows the picture data.

    The picture of a camera holds a smaller one, with an end of its own, before its data.
    """
    scan = next(_scans(content), None)
    return scan is not None and content.find(_END_OF_IMAGE, scan) > 0


def has_more_passes(content: bytes, count: int) -> bool:
    """Tell whether a JPEG has its picture in more than `count` passes.

    A decoder goes over all pixels once for each, be it of two bytes.
    """
    return any(number > count for number, _ in enumerate(_scans(content), start=1))


def _scans(content: bytes) -> Iterator[int]:
    """Give where the passes over a JPEG's picture begin.

    Source: ITU-T T.81, annex B.1.
    """
    position = 2
    while position + 4 <= len(content) and content[position] == 0xFF:  # noqa: PLR2004 - a mark
        mark = content[position + 1]
        if mark == _END_OF_IMAGE[1]:
            return
        if mark == _START_OF_SCAN:
            yield position
            following = _MARK_IN_DATA.search(content, position + 2)
            if following is None:
                return
            position = following.start()
        elif mark == 0xFF:  # noqa: PLR2004 - fill
            position += 1
        elif mark in _BARE:
            position += 2
        else:
            position += 2 + int.from_bytes(content[position + 2 : position + 4])
