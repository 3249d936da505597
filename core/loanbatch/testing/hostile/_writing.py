"""PDF files by hand: programs that write sound ones refuse to write these."""

from __future__ import annotations

import zlib
from collections.abc import Mapping

CATALOG = b"<</Type/Catalog/Pages 2 0 R>>"
EMPTY_PAGE = b"<</Type/Page/Parent 2 0 R>>"
HELVETICA = b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>"
FONT = b"/Resources<</Font<</F1%b>>>>" % HELVETICA
#: A page whose contents are object 4, with the font F1.
PAGE = b"<</Type/Page/Parent 2 0 R/Contents 4 0 R%b>>" % FONT
FORM = b"/Type/XObject/Subtype/Form/BBox[0 0 612 792]"
#: Contents that say something, so that a page is not blank.
WORDS = b"BT /F1 12 Tf 72 700 Td (Promissory note, loan amount $250,000.00) Tj ET\n"


def pdf(*objects: bytes, trailer: bytes = b"", table: bool = True) -> bytes:
    """Return a file of objects, numbered from 1, of which the first is the catalog.

    Args:
        objects: What stands between `obj` and `endobj`.
        trailer: More entries of the trailer; they win.
        table: Whether there is a table of objects; without it engines look for them.
    """
    out = bytearray(b"%PDF-1.5\n")
    offsets = []
    for number, body in enumerate(objects, start=1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%b\nendobj\n" % (number, body)
    start = len(out)
    if table:
        out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
        out += b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    out += b"trailer<<%b/Root 1 0 R/Size %d>>\n" % (trailer, len(objects) + 1)
    return bytes(out + b"startxref\n%d\n%%%%EOF\n" % start)


def tree(*kids: int, count: int | None = None, box: str = "0 0 612 792") -> bytes:
    """Return a node of the page tree."""
    names = b" ".join(b"%d 0 R" % kid for kid in kids)
    number = len(kids) if count is None else count
    return b"<</Type/Pages/Kids[%b]/Count %d/MediaBox[%b]>>" % (names, number, box.encode())


def stream(data: bytes, more: bytes = b"", *, compressed: int = 0) -> bytes:
    """Return a stream, compressed so many times."""
    for _ in range(compressed):
        data = zlib.compress(data, 6)
    filters = b"/Filter[%b]" % (b"/FlateDecode " * compressed) if compressed else b""
    return b"<</Length %d%b%b>>\nstream\n%b\nendstream" % (len(data), filters, more, data)


def one_page(contents: bytes, *, compressed: int = 0, box: str = "0 0 612 792") -> bytes:
    """Return a file of one page with the font F1."""
    return pdf(CATALOG, tree(3, box=box), PAGE, stream(contents, compressed=compressed))


def page_with(kind: bytes, contents: bytes, *objects: bytes) -> bytes:
    """Return a file of one page with the font F1 and, as resource `/X` of a kind, object 5."""
    page = b"<</Type/Page/Parent 2 0 R/Contents 4 0 R/Resources<</Font<</F1%b>>/%b<</X 5 0 R>>>>>>"
    return pdf(CATALOG, tree(3), page % (HELVETICA, kind), stream(contents), *objects)


def with_entry(catalog: bytes, *objects: bytes, page: bytes = b"") -> bytes:
    """Return a sound page in a file with more entries of catalog and page, and objects from 5."""
    return pdf(
        CATALOG[:-2] + catalog + b">>", tree(3), PAGE[:-2] + page + b">>", stream(WORDS), *objects
    )


def scan(image: bytes) -> bytes:
    """Return a page that is filled by a picture."""
    return page_with(b"XObject", b"612 0 0 792 0 0 cm /X Do", image)


def image(width: int, height: int, data: bytes, filter_: bytes, more: bytes = b"") -> bytes:
    """Return a picture in a PDF; 8-bit grey unless told otherwise."""
    size = b"/Width %d/Height %d/ColorSpace/DeviceGray/Filter%b" % (width, height, filter_)
    return stream(data, b"/Type/XObject/Subtype/Image" + size + (more or b"/BitsPerComponent 8"))


def with_object_stream(inside: Mapping[int, bytes], more: bytes = b"", claimed: int = 5) -> bytes:
    """Return a file whose objects from 6 are inside stream 5, and its table a stream as well.

    Args:
        inside: The objects by number.
        more: More entries of the stream.
        claimed: In which stream the table says that they are.
    """
    bodies = list(inside.values())
    places = [sum(len(body) + 1 for body in bodies[:index]) for index in range(len(bodies))]
    head = b" ".join(
        b"%d %d" % (number, place) for number, place in zip(inside, places, strict=True)
    )
    data = head + b"\n" + b"\n".join(bodies)
    entries = b"/Type/ObjStm/N %d/First %d" % (len(inside), len(head) + 1)
    objects = [CATALOG, tree(3), PAGE, stream(WORDS), stream(data, entries + more)]
    out = bytearray(b"%PDF-1.5\n")
    rows = [(0, 0, 0)]
    for number, body in enumerate(objects, start=1):
        rows.append((1, len(out), 0))
        out += b"%d 0 obj\n%b\nendobj\n" % (number, body)
    rows += [(2, claimed, index) for index in range(len(inside))]
    start = len(out)
    packed = b"".join(bytes((kind,)) + a.to_bytes(4) + bytes((b,)) for kind, a, b in rows)
    described = b"/Type/XRef/Root 1 0 R/W[1 4 1]/Size %d" % len(rows)
    out += b"%d 0 obj\n%b\nendobj\n" % (len(rows), stream(packed, described))
    return bytes(out + b"startxref\n%d\n%%%%EOF\n" % start)
