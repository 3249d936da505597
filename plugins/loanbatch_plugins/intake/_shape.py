"""What the bytes of a PDF tell about its damage, without parsing it.

Engines rebuild damaged files in silence: what lay in the part that is missing is then missing from
the pages too, and nobody is told. These signs are cheap and call for a second look.
"""

from __future__ import annotations

import re
from enum import Enum

#: A PDF's mark may have so much of anything before it (ISO 32000-1, annex H, note 13).
MARK_WITHIN = 1024
#: Its end must stand within so many bytes of the file's end (implementation note 18 there).
END_WITHIN = 1024

_MARK = b"%PDF-"
_END = b"%%EOF"
#: Where one PDF ends and the next begins.
_SEAM = re.compile(rb"%%EOF\s*%PDF-\d")
_START = re.compile(rb"startxref\s*(\d{1,12})")
_TABLE = re.compile(rb"\s{0,8}(xref\b|\d{1,10}\s+\d{1,5}\s+obj\b)")
_OBJECT = re.compile(rb"(\d{1,10})\s+\d{1,5}\s+obj\b")
_PAGE = re.compile(rb"/Type\s*/Page(?![A-Za-z])")
#: How far before `/Type /Page` the number of its object is looked for.
_BEFORE = 2048


class Damage(Enum):
    """What is wrong with the end or the objects of a PDF."""

    NONE = 0
    #: The table of objects is not where the end says.
    MISPLACED = 1
    #: There is no end, or objects follow that have none; or contents of a page are nowhere.
    CUT_OFF = 2
    #: The table of objects leads away from some of them.
    MISLED = 3


def trimmed(content: bytes) -> bytes:
    """Return a PDF without what stands before its mark and behind its end, where that is much."""
    start = content.find(_MARK)
    if start > MARK_WITHIN:
        content = content[start:]
    end = content.rfind(_END) + len(_END)
    if len(_END) <= end < len(content) - END_WITHIN and not _OBJECT.search(content, end):
        content = content[:end]
    return content


def has_several_files(content: bytes) -> bool:
    """Tell whether PDFs stand one behind the other; engines read one of them and say nothing."""
    return _SEAM.search(content) is not None


def damage(content: bytes) -> Damage:
    """Return what the end of a PDF tells."""
    last = content.rfind(b"startxref")
    found = _START.match(content, last) if last >= 0 else None
    if found is None or _OBJECT.search(content, found.end()):
        return Damage.CUT_OFF
    offset = int(found[1])
    shift = max(0, content.find(_MARK, 0, MARK_WITHIN))
    if _TABLE.match(content, offset) or _TABLE.match(content, offset + shift):
        return Damage.NONE
    return Damage.MISPLACED


def has_more_pages(content: bytes, count: int) -> bool:
    """Tell whether more than `count` objects that are pages stand in a PDF, used or not.

    Pages inside compressed object streams are not seen.
    """
    if sum(1 for _ in _PAGE.finditer(content)) <= count:
        return False
    # The same page may stand there several times, once for each update of the file.
    numbers: set[bytes] = set()
    for page in _PAGE.finditer(content):
        before = _OBJECT.findall(content, max(0, page.start() - _BEFORE), page.start())
        numbers.update(before[-1:])
        if len(numbers) > count:
            return True
    return False
