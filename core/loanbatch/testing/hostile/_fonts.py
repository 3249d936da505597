"""Fonts that are broken, call themselves, or map every character to a thousand."""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator

from loanbatch.testing.hostile._writing import CATALOG, pdf, stream, tree

_SHOWN = b"BT /F1 12 Tf 72 700 Td (ABCABC ABC) Tj ET"


def fonts() -> Iterator[tuple[str, Callable[[], bytes]]]:
    """Give names and makers."""
    yield from _embedded()
    yield from _drawn()
    yield from _mapped()


def _page(font: bytes, *objects: bytes, contents: bytes = _SHOWN) -> bytes:
    """Return a page in a font, with objects from 5."""
    page = b"<</Type/Page/Parent 2 0 R/Contents 4 0 R/Resources<</Font<</F1 %b>>>>>>" % font
    return pdf(CATALOG, tree(3), page, stream(contents), *objects)


def _file(key: bytes, subtype: bytes, program: bytes, more: bytes = b"") -> bytes:
    """Return a page in an embedded font."""
    font = b"<</Type/Font/Subtype/%b/BaseFont/X/FirstChar 65/LastChar 67/Widths[600 600 600]"
    descriptor = b"<</Type/FontDescriptor/FontName/X/Flags 4/%b 6 0 R>>" % key
    return _page(
        (font % subtype) + b"/FontDescriptor 5 0 R>>",
        descriptor,
        stream(program, b"/Length1 %d/Length2 99999999/Length3 -1" % len(program) + more),
    )


def _embedded() -> Iterator[tuple[str, Callable[[], bytes]]]:
    noise = bytes((7 * number * number + number) % 256 for number in range(20_000))
    yield "truetype-of-noise.pdf", lambda: _file(b"FontFile2", b"TrueType", b"\0\1\0\0" + noise)
    yield (
        "truetype-of-65535-tables.pdf",
        lambda: _file(
            b"FontFile2",
            b"TrueType",
            b"\0\1\0\0\xff\xff" + b"glyf\0\0\0\0\xff\xff\xff\xff\0\0\0\1" * 4096,
        ),
    )
    yield "letter-made-of-itself.pdf", lambda: _file(b"FontFile2", b"TrueType", _self_made_letter())
    yield "letter-whose-program-loops.pdf", lambda: _file(
        # PUSHW -3, JMPR: three bytes back is the push itself.
        b"FontFile2", b"TrueType", _truetype(_box(), program=b"\xb8\xff\xfd\x1c")
    )  # fmt: skip
    yield (
        "cff-of-noise.pdf",
        lambda: _file(b"FontFile3", b"Type1", b"\1\0\4\4" + noise, b"/Subtype/Type1C"),
    )
    yield (
        "cff-of-65535-entries.pdf",
        lambda: _file(
            b"FontFile3",
            b"Type1",
            b"\1\0\4\4" + (b"\xff\xff\4" + b"\0\0\0\1" * 65_536) * 3,
            b"/Subtype/Type1C",
        ),
    )
    yield (
        "cff-whose-letters-call-themselves.pdf",
        lambda: _file(b"FontFile3", b"Type1", _recursive_cff(), b"/Subtype/Type1C"),
    )
    yield (
        "type1-without-end.pdf",
        lambda: _file(
            b"FontFile",
            b"Type1",
            b"%!PS-AdobeFont-1.0\n" + b"/Subrs 99999999 array\ndup 0 9 RD " * 50_000,
        ),
    )


def _table(tag: bytes, offset: int, data: bytes) -> bytes:
    return tag + struct.pack(">LLL", 0, offset, len(data))


def _truetype(glyph: bytes, *, program: bytes = b"\x2d") -> bytes:
    """Return a font whose every letter is one glyph; `program` runs when the font is loaded."""
    head = struct.pack(
        ">LLLLHH16xhhhhHHhhh", 65536, 0, 0, 0x5F0F3CF5, 0, 1000, 0, 0, 1000, 1000, 0, 9, 2, 1, 0
    )
    tables = {
        b"cmap": struct.pack(">HHHHLHHH", 0, 1, 1, 0, 12, 0, 262, 0) + bytes([0, *[1] * 255]),
        b"fpgm": program,
        b"glyf": glyph,
        b"head": head,
        b"hhea": struct.pack(">LhhhH14xhH", 65536, 800, -200, 0, 1000, 0, 1),
        b"hmtx": struct.pack(">Hhh", 600, 0, 0),
        b"loca": struct.pack(">LLL", 0, 0, len(glyph)),
        b"maxp": struct.pack(">L14H", 65536, 2, 9, 9, 9, 9, 2, 9, 9, 9, 9, 999, 999, 9, 9),
    }  # fmt: skip
    offset = 12 + 16 * len(tables)
    directory, body = b"", b""
    for tag, data in tables.items():
        directory += _table(tag, offset + len(body), data)
        body += data + bytes(-len(data) % 4)
    return b"\0\1\0\0" + struct.pack(">HHHH", len(tables), 128, 3, 0) + directory + body


def _box() -> bytes:
    outline = struct.pack(">hhhhhHH", 1, 0, 0, 500, 700, 3, 0)
    return outline + bytes([1] * 4) + struct.pack(">4h4h", 0, 500, 0, -500, 0, 0, 700, 0)


def _self_made_letter() -> bytes:
    """Return a font whose glyph is composed of itself, many times over."""
    more, last = struct.pack(">HHbb", 0x22, 1, 9, 9), struct.pack(">HHbb", 0x02, 1, 9, 9)
    return _truetype(struct.pack(">hhhhh", -1, 0, 0, 500, 700) + more * 1000 + last)


def _index(*items: bytes) -> bytes:
    """Return an INDEX of CFF (Adobe Technical Note 5176, section 5)."""
    if not items:
        return b"\0\0"
    places = [1 + sum(map(len, items[:number])) for number in range(len(items) + 1)]
    offsets = b"".join(place.to_bytes(4) for place in places)
    return struct.pack(">HB", len(items), 4) + offsets + b"".join(items)


def _number(value: int) -> bytes:
    return b"\x1d" + struct.pack(">l", value)


def _recursive_cff() -> bytes:
    """Return a CFF font whose letter and subroutine call the subroutine, ten times each."""
    call = b"\x20\x1d" * 10  # -107, callgsubr: subroutine 0 of fewer than 1240
    head, names = b"\1\0\4\4", _index(b"X")
    strings, subroutines = _index(), _index(call + b"\x0b")
    letters = _index(b"\x0e", call + b"\x0e")
    length = len(_index(_number(0) + b"\x11"))
    start = len(head) + len(names) + length + len(strings) + len(subroutines)
    return head + names + _index(_number(start) + b"\x11") + strings + subroutines + letters


def _drawn() -> Iterator[tuple[str, Callable[[], bytes]]]:
    font = b"<</Type/Font/Subtype/Type3/FontBBox[0 0 9 9]/FontMatrix[0.1 0 0 0.1 0 0]/FirstChar 65"
    font += b"/LastChar 67/Widths[9 9 9]/Encoding<</Differences[65/A/A/A]>>/CharProcs<</A 6 0 R>>"
    own = font + b"/Resources<</Font<</F1 5 0 R>>>>>>"
    yield (
        "letter-that-writes-itself.pdf",
        lambda: _page(b"5 0 R", own, stream(b"9 0 d0 BT /F1 1 Tf (AAA) Tj ET")),
    )
    procedure = b"9 0 d0 " + b"0 0 m 9 9 l 9 0 0 9 4 4 c S " * 100_000
    yield "letters-of-200000-strokes.pdf", lambda: _page(
        b"5 0 R", font + b">>", stream(procedure, compressed=1),
        contents=b"BT /F1 12 Tf 72 700 Td (" + b"A" * 10_000 + b") Tj ET",
    )  # fmt: skip


def _mapped() -> Iterator[tuple[str, Callable[[], bytes]]]:
    two = b"/Type/Font/Subtype/Type0/BaseFont/X/DescendantFonts[<</Type/Font/Subtype/CIDFontType2"
    two += b"/BaseFont/X/CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)/Supplement 0>>>>]"
    whole = b"<<%b/Encoding/Identity-H/ToUnicode 5 0 R>>" % two
    head = b"/CIDInit /ProcSet findresource begin begincmap "
    head += b"1 begincodespacerange <0000> <FFFF> endcodespacerange "
    long = b"0041" * 1000
    yield "letters-that-mean-a-thousand.pdf", lambda: _page(
        whole, stream(head + b"1 beginbfrange <0000> <FFFF> <%b> endbfrange" % long),
        contents=b"BT /F1 12 Tf 72 700 Td (" + b"AB" * 20_000 + b") Tj ET",
    )  # fmt: skip
    yield (
        "map-of-everything-a-thousand-times.pdf",
        lambda: _page(
            whole,
            stream(head + b"1 beginbfrange <0000> <FFFF> <0000> endbfrange " * 1000, compressed=1),
        ),
    )
    yield (
        "map-of-everything-to-everything.pdf",
        lambda: _page(
            whole, stream(head + b"1 beginbfrange <00000000> <FFFFFFFF> <0000> endbfrange")
        ),
    )
    yield (
        "map-that-uses-itself.pdf",
        lambda: _page(
            b"<<%b/Encoding 5 0 R/ToUnicode 5 0 R>>" % two,
            stream(head, b"/Type/CMap/CMapName/X/UseCMap 5 0 R"),
        ),
    )
    yield (
        "map-of-four-billion-letters.pdf",
        lambda: _page(
            b"<<%b/Encoding 5 0 R>>" % two,
            stream(
                head + b"1 begincidrange <00000000> <FFFFFFFF> 0 endcidrange",
                b"/Type/CMap/CMapName/X",
            ),
        ),
    )
    yield (
        "four-billion-letters.pdf",
        lambda: _page(
            b"<</Type/Font/Subtype/TrueType/BaseFont/Arial/FirstChar -2147483648"
            b"/LastChar 2147483647/Widths[1e38 -1e38 (x) 5 0 R]"
            b"/Encoding<</Differences[-1/A 2147483647/B 1e9/C]>>>>"
        ),
    )
    yield (
        "font-in-itself.pdf",
        lambda: _page(
            b"5 0 R",
            b"<</Type/Font/Subtype/Type0/BaseFont 5 0 R/DescendantFonts[5 0 R]"
            b"/Encoding 5 0 R/ToUnicode 5 0 R>>",
        ),
    )
