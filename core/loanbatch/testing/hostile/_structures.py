"""PDFs whose parts lead to each other, are nested without end, or lie about themselves."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from loanbatch.testing.hostile._writing import (
    CATALOG,
    EMPTY_PAGE,
    FORM,
    PAGE,
    WORDS,
    page_with,
    pdf,
    stream,
    tree,
    with_entry,
    with_object_stream,
)

_DEEP = 100_000


def structures() -> Iterator[tuple[str, Callable[[], bytes]]]:
    """Give names and makers."""
    yield from _pages()
    yield from _tables()
    yield from _references()
    yield from _catalogs()
    yield from _notes()
    yield from _drawings()
    yield from _amounts()
    yield from _shadings()


def _pages() -> Iterator[tuple[str, Callable[[], bytes]]]:
    yield "claims-a-million-pages.pdf", lambda: pdf(CATALOG, tree(3, count=1_000_000), EMPTY_PAGE)
    yield "claims-less-than-no-page.pdf", lambda: pdf(CATALOG, tree(3, count=-7), EMPTY_PAGE)
    yield "has-10000-pages.pdf", lambda: _many_pages(10_000)
    yield "has-50000-pages.pdf", lambda: _many_pages(50_000)
    yield "deep-page-tree.pdf", _deep_page_tree
    yield "page-tree-in-itself.pdf", lambda: pdf(CATALOG, tree(2, 2, count=2))
    yield (
        "page-trees-in-each-other.pdf",
        lambda: pdf(CATALOG, tree(3, 4, count=2), tree(2, 4, count=2), EMPTY_PAGE),
    )
    yield (
        "page-that-is-its-own-parent.pdf",
        lambda: pdf(
            CATALOG, b"<</Type/Pages/Kids[3 0 R]/Count 1>>", b"<</Type/Page/Parent 3 0 R>>"
        ),
    )
    yield "page-a-thousand-times.pdf", lambda: pdf(CATALOG, tree(*[3] * 1000), EMPTY_PAGE)
    yield "pages-are-no-pages.pdf", lambda: pdf(CATALOG, tree(3), b"(a text)")
    yield "page-of-14400-points.pdf", lambda: _boxed("0 0 14400 14400")
    yield "page-of-a-billion-points.pdf", lambda: _boxed("0 0 1e9 1e9")
    yield "page-as-thin-as-a-line.pdf", lambda: _boxed("0 0 14400 1")
    yield "page-without-area.pdf", lambda: _boxed("0 0 0 0")
    yield "page-in-the-mirror.pdf", lambda: _boxed("612 792 0 0")
    yield "page-box-of-no-numbers.pdf", lambda: _boxed("/A null (x) 1e999")
    yield "turned-by-45-degrees.pdf", lambda: with_entry(b"", page=b"/Rotate 45/UserUnit 1e9")


def _many_pages(count: int) -> bytes:
    return pdf(CATALOG, tree(*range(3, count + 3)), *[EMPTY_PAGE] * count)


def _deep_page_tree() -> bytes:
    nodes = [tree(number + 1, count=1) for number in range(2, 20_000)]
    return pdf(CATALOG, *nodes, EMPTY_PAGE)


def _boxed(box: str) -> bytes:
    return pdf(CATALOG, tree(3, box=box), PAGE, stream(b"9 9 m 9 99 l S " + WORDS))


def _tables() -> Iterator[tuple[str, Callable[[], bytes]]]:
    yield "table-that-names-itself.pdf", _table_that_names_itself
    yield (
        "table-of-billions.pdf",
        lambda: with_entry(b"").replace(b"xref\n0 5\n", b"xref\n0 4294967295\n"),
    )
    yield "tables-a-hundred-thousand-times.pdf", lambda: with_entry(b"") * 200
    yield (
        "no-table-and-half-a-million-objects.pdf",
        lambda: pdf(CATALOG, tree(3), PAGE, stream(WORDS), *[b"null"] * 500_000, table=False),
    )
    yield (
        "objects-in-a-stream-in-itself.pdf",
        lambda: with_object_stream({6: b"<</A 6 0 R>>", 5: b"<<>>"}, b"/Extends 5 0 R"),
    )
    yield (
        "objects-in-a-stream-of-their-own.pdf",
        lambda: with_object_stream({6: b"<</Type/ObjStm/N 1/First 4/Length 6 0 R>>"}, claimed=6),
    )
    yield (
        "million-objects-in-a-stream.pdf",
        lambda: with_object_stream({6: b"null"}, b"/N 100000000/First 2147483647"),
    )
    yield "encrypted-by-itself.pdf", lambda: pdf(
        CATALOG, tree(3), PAGE, stream(WORDS), b"<</Filter 5 0 R/V 5 0 R>>",
        trailer=b"/Encrypt 5 0 R/ID[(a)(b)]",
    )  # fmt: skip
    yield "encrypted-in-no-known-way.pdf", lambda: pdf(
        CATALOG, tree(3), PAGE, stream(WORDS),
        trailer=b"/Encrypt<</Filter/Standard/V 99/R 99/Length 1000000/P -1/O(x)/U(x)>>/ID[(a)(b)]",
    )  # fmt: skip


def _table_that_names_itself() -> bytes:
    content = pdf(CATALOG, tree(3), EMPTY_PAGE)
    return content.replace(b"/Size", b"/Prev %d/Size" % content.rfind(b"xref\n0"))


def _references() -> Iterator[tuple[str, Callable[[], bytes]]]:
    yield (
        "stream-as-long-as-itself.pdf",
        lambda: pdf(CATALOG, tree(3), PAGE, b"<</Length 4 0 R>>\nstream\n%b\nendstream" % WORDS),
    )
    yield "references-in-a-ring.pdf", lambda: pdf(CATALOG, tree(3), PAGE, b"5 0 R", b"4 0 R")
    yield (
        "catalog-that-is-its-pages.pdf",
        lambda: pdf(b"<</Type/Catalog/Pages 1 0 R/Kids[1 0 R]/Count 1>>"),
    )
    yield (
        "contents-a-hundred-thousand-times.pdf",
        lambda: pdf(
            CATALOG,
            tree(3),
            PAGE.replace(b"4 0 R", b"[%b]" % (b"4 0 R " * 100_000)),
            stream(WORDS * 100),
        ),
    )
    deep = b"[" * 500_000
    yield "deep-arrays.pdf", lambda: with_entry(b"", page=b"/X " + deep)
    yield (
        "deep-arrays-in-contents.pdf",
        lambda: pdf(CATALOG, tree(3), PAGE, stream(deep + b"]" * 500_000 + b" TJ " + WORDS)),
    )
    yield "deep-dictionaries.pdf", lambda: with_entry(b"/X " + b"<</X" * _DEEP)
    yield (
        "closed-deep-dictionaries.pdf",
        lambda: with_entry(b"/X " + b"<</X " * _DEEP + b"1" + b">>" * _DEEP),
    )


def _catalogs() -> Iterator[tuple[str, Callable[[], bytes]]]:
    yield (
        "outline-in-itself.pdf",
        lambda: with_entry(
            b"/Outlines 5 0 R", b"<</First 5 0 R/Last 5 0 R/Next 5 0 R/Prev 5 0 R/Title(x)>>"
        ),
    )
    yield (
        "deep-outline.pdf",
        lambda: with_entry(
            b"/Outlines 5 0 R",
            *[
                b"<</First %d 0 R/Parent %d 0 R/Title(x)>>" % (n + 1, n - 1)
                for n in range(5, 50_000)
            ],
        ),
    )
    names = b"/Names<</EmbeddedFiles 5 0 R/JavaScript 5 0 R/Dests 5 0 R>>"
    yield "names-in-themselves.pdf", lambda: with_entry(names, b"<</Kids[5 0 R 5 0 R]>>")
    yield (
        "deep-names.pdf",
        lambda: with_entry(
            names, *[b"<</Kids[%d 0 R]>>" % (number + 1) for number in range(5, 20_000)]
        ),
    )
    form = b"/AcroForm<</Fields[5 0 R 5 0 R]/DR 5 0 R/XFA 5 0 R>>"
    field = b"<</T(a)/FT/Tx/V(x)/Kids[5 0 R 5 0 R]/Parent 5 0 R/Subtype/Widget/Rect[9 9 99 99]>>"
    yield "fields-in-themselves.pdf", lambda: with_entry(form, field, page=b"/Annots[5 0 R]")
    yield (
        "deep-fields.pdf",
        lambda: with_entry(
            b"/AcroForm<</Fields[5 0 R]>>",
            *[b"<</T(a)/Kids[%d 0 R]/Parent %d 0 R>>" % (n + 1, n - 1) for n in range(5, 20_000)],
        ),
    )


def _notes() -> Iterator[tuple[str, Callable[[], bytes]]]:
    note = b"<</Type/Annot/Subtype/Text/Rect[9 9 99 99]/Contents(x)/Parent 5 0 R>>"
    yield (
        "hundred-thousand-notes.pdf",
        lambda: with_entry(b"", note, page=b"/Annots[%b]" % (b"5 0 R " * 100_000)),
    )
    yield (
        "hundred-thousand-fields.pdf",
        lambda: with_entry(
            b"/AcroForm<</Fields[%b]>>" % (b"5 0 R " * 100_000),
            b"<</T(a)/FT/Tx/V(x)/Subtype/Widget/Rect[9 9 99 99]>>",
            page=b"/Annots[%b]" % (b"5 0 R " * 100_000),
        ),
    )
    yield (
        "structure-in-itself.pdf",
        lambda: with_entry(
            b"/MarkInfo<</Marked true>>/StructTreeRoot 5 0 R",
            b"<</K 5 0 R/P 5 0 R/ParentTree 5 0 R>>",
        ),
    )
    yield (
        "layers-in-themselves.pdf",
        lambda: with_entry(
            b"/OCProperties<</OCGs 5 0 R/D<</Order 5 0 R/OFF 5 0 R>>>>", b"[5 0 R 5 0 R]"
        ),
    )


def _drawings() -> Iterator[tuple[str, Callable[[], bytes]]]:
    own = FORM + b"/Resources<</XObject<</X 5 0 R>>>>"
    yield "form-in-itself.pdf", lambda: page_with(b"XObject", b"/X Do", stream(b"/X Do /X Do", own))
    yield "ten-million-forms.pdf", lambda: _nested_forms(7)
    mask = b"/SMask<</S/Alpha/G 6 0 R>>"
    yield "mask-in-itself.pdf", lambda: page_with(
        b"ExtGState", b"/X gs " + WORDS, b"<<%b>>" % mask,
        stream(
            b"/X gs 0 0 99 99 re f",
            FORM + b"/Group<</S/Transparency>>/Resources<</ExtGState<</X 5 0 R>>>>",
        ),
    )  # fmt: skip
    tile = b"/PatternType 1/PaintType 1/TilingType 1/BBox[0 0 9 9]/XStep 9/YStep 9"
    fill = b"/Pattern cs /X scn 0 0 612 792 re f"
    yield (
        "pattern-in-itself.pdf",
        lambda: page_with(
            b"Pattern", fill, stream(fill, tile + b"/Resources<</Pattern<</X 5 0 R>>>>")
        ),
    )
    endless = tile.replace(b"Step 9", b"Step 0.0001")
    yield (
        "endless-pattern.pdf",
        lambda: page_with(b"Pattern", fill, stream(b"0 0 1 1 re f", endless + b"/Resources<<>>")),
    )


def _amounts() -> Iterator[tuple[str, Callable[[], bytes]]]:
    yield "groups-a-thousand-deep.pdf", lambda: _groups(1000)
    yield (
        "dashes-without-end.pdf",
        lambda: page_with(
            b"XObject", b"9 w [0.00001] 0 d 0 400 m 612 400 l S 0 0 m 1e9 1e9 l S " + WORDS
        ),
    )
    yield "nested-graphics-states.pdf", lambda: _drawn(b"q " * 1_000_000)
    yield (
        "million-curves-to-cut-by.pdf",
        lambda: _drawn(
            b"0 0 m " + b"9 700 400 9 300 500 c " * 1_000_000 + b"W n 0 0 612 792 re f "
        ),
    )
    yield (
        "million-lines-on-the-whole-page.pdf",
        lambda: _drawn(b"600 w 0 0 m 612 792 l S 612 0 m 0 792 l S " * 500_000),
    )
    yield (
        "million-cuts.pdf",
        lambda: _drawn(b"0 0 600 700 re W n 0 0 m 9 9 700 700 9 99 c f " * 300_000),
    )
    yield (
        "picture-inside-the-text.pdf",
        lambda: _drawn(
            b"BI /W 100000 /H 100000 /BPC 8 /CS /G /F /RL ID " + b"\x81\x00" * 100 + b"\x80 EI "
        ),
    )


def _shadings() -> Iterator[tuple[str, Callable[[], bytes]]]:
    mesh = b"<</ShadingType 7/ColorSpace/DeviceRGB/BitsPerCoordinate 8/BitsPerComponent 8"
    mesh += b"/BitsPerFlag 8/Decode[0 612 0 792 0 1 0 1 0 1]"
    yield "mesh-of-200000-patches.pdf", lambda: page_with(
        b"Shading", b"/X sh " + WORDS, stream(bytes(range(43)) * 200_000, mesh[2:])
    )  # fmt: skip
    many = b"[%b]" % (b"0 1 " * 30)
    table = b"/FunctionType 0/Domain%b/Range[0 1 0 1 0 1]/Size[%b]/BitsPerSample 32" % (
        many,
        b"9 " * 30,
    )
    yield "function-of-30-dimensions.pdf", lambda: page_with(
        b"Shading", b"/X sh " + WORDS,
        b"<</ShadingType 1/ColorSpace/DeviceRGB/Domain[0 612 0 792]/Function 6 0 R>>",
        stream(b"x", table),
    )  # fmt: skip
    yield "program-of-a-million-steps.pdf", lambda: page_with(
        b"Shading", b"/X sh " + WORDS,
        b"<</ShadingType 1/ColorSpace/DeviceGray/Domain[0 612 0 792]/Function 6 0 R>>",
        stream(
            b"{ %b add }" % (b"dup sin exch cos mul dup " * 100_000),
            b"/FunctionType 4/Domain[0 612 0 792]/Range[0 1]",
        ),
    )  # fmt: skip


def _drawn(contents: bytes) -> bytes:
    return pdf(CATALOG, tree(3), PAGE, stream(contents + WORDS, compressed=1))


def _nested_forms(depth: int) -> bytes:
    """Forms that each paint the next one ten times: ten to the power of `depth` words."""
    forms = [
        stream(b"/X Do " * 10, FORM + b"/Resources<</XObject<</X %d 0 R>>>>" % number)
        for number in range(6, 5 + depth)
    ]
    font = b"/Resources<</Font<</F1<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>>>>>"
    return page_with(b"XObject", b"/X Do " * 10, *forms, stream(WORDS, FORM + font))


def _groups(depth: int) -> bytes:
    group = FORM + b"/Group<</S/Transparency/I true>>/Resources<</ExtGState<</G<</ca 0.9>>>>"
    forms = [
        stream(b"/G gs /X Do", group + b"/XObject<</X %d 0 R>>>>" % number)
        for number in range(6, 6 + depth)
    ]
    return page_with(b"XObject", b"/X Do", *forms, stream(b"0 0 9 9 re f", FORM))
