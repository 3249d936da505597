"""What a file is, by its content; where we cannot read it, what it seems to be and what to do."""

from __future__ import annotations

import re

from loanbatch.errors import CorruptError, UnsupportedTypeError

PDF, JPEG, PNG, TIFF = "application/pdf", "image/jpeg", "image/png", "image/tiff"

#: A PDF's mark may have so many bytes of anything before it (ISO 32000-1, annex H, note 13).
_PDF_MARK_WITHIN = 1024

_READABLE = (
    (b"\xff\xd8\xff", JPEG),
    (b"\x89PNG\r\n\x1a\n", PNG),
    (b"II*\x00", TIFF),
    (b"MM\x00*", TIFF),
    (b"II+\x00", TIFF),
    (b"MM\x00+", TIFF),
)

_AS_PDF = "export it as PDF"
_AS_IMAGE = "convert it to PNG, JPEG or PDF"
_UNPACK = "unpack it and give the files inside"

#: How other files begin, what they are and what to do. The first that fits counts.
_OTHERS: tuple[tuple[bytes, str, str], ...] = (
    (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
        "an old Office document or Outlook message",
        _AS_PDF,
    ),
    (b"{\\rtf", "a rich text document", _AS_PDF),
    (b"%!PS", "PostScript", _AS_PDF),
    (b"\xc5\xd0\xd3\xc6", "encapsulated PostScript", _AS_PDF),
    (b"%FDF-", "form data without its form", "give the filled PDF form itself"),
    (b"AT&TFORM", "a DjVu document", _AS_PDF),
    (b"\x1b%-12345X", "a printer's job", _AS_PDF),
    (b"GIF87a", "a GIF image", _AS_IMAGE),
    (b"GIF89a", "a GIF image", _AS_IMAGE),
    (b"BM", "a BMP image", _AS_IMAGE),
    (b"\x00\x00\x00\x0cjP  ", "a JPEG 2000 image", _AS_IMAGE),
    (b"\xff\x4f\xff\x51", "a JPEG 2000 image", _AS_IMAGE),
    (b"\x00\x00\x00\x0cJXL ", "a JPEG XL image", _AS_IMAGE),
    (b"\xff\x0a", "a JPEG XL image", _AS_IMAGE),
    (b"8BPS", "a Photoshop image", _AS_IMAGE),
    (b"\x00\x00\x01\x00", "an icon", _AS_IMAGE),
    (b"\x1f\x8b", "a gzip archive", _UNPACK),
    (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive", _UNPACK),
    (b"Rar!\x1a\x07", "a RAR archive", _UNPACK),
    (b"BZh", "a bzip2 archive", _UNPACK),
    (b"\xfd7zXZ\x00", "an xz archive", _UNPACK),
    (b"MZ", "a program", "give the document itself"),
    (b"\x7fELF", "a program", "give the document itself"),
)

#: Names inside a zip file that say what it is for.
_INSIDE_ZIP: tuple[tuple[bytes, str, str], ...] = (
    (b"word/", "a Word document", _AS_PDF),
    (b"xl/", "an Excel workbook", _AS_PDF),
    (b"ppt/", "a PowerPoint presentation", _AS_PDF),
    (b"mimetypeapplication/vnd.oasis", "an OpenDocument file", _AS_PDF),
    (b"mimetypeapplication/epub", "an e-book", _AS_PDF),
    (b"FixedDocSeq", "an XPS document", _AS_PDF),
)

#: Major brands of files in boxes (ISO base media).
_BRANDS = {
    b"avif": "an AVIF image",
    b"avis": "an AVIF image",
    b"heic": "a HEIC image",
    b"heix": "a HEIC image",
    b"hevc": "a HEIC image",
    b"heim": "a HEIC image",
    b"heis": "a HEIC image",
    b"mif1": "a HEIC image",
    b"msf1": "a HEIC image",
}

_MARKUP = re.compile(rb"\s*<(!doctype\s+html|html|head|body|\?xml|svg)\b", re.IGNORECASE)
_MAIL = re.compile(
    rb"(received|return-path|mime-version|delivered-to|from|message-id):", re.IGNORECASE
)
#: Control characters that no text has.
_BINARY = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
#: Bytes that tell what kind of file it is.
_HEAD = 4096


def media_type_of(content: bytes) -> str:
    """Return the MIME type of content that can be read.

    Raises:
        UnsupportedTypeError: It is something else; the message says what.
        CorruptError: It is nothing: all bytes are zero.
    """
    for magic, media_type in _READABLE:
        if content.startswith(magic):
            return media_type
    other = _other(content)
    if other is None and (b"%PDF-" in content[:_PDF_MARK_WITHIN] or _has_lost_its_mark(content)):
        return PDF
    if not content.strip(b"\x00"):
        raise CorruptError("the file holds nothing but zero bytes; copy it again from its origin")
    what, advice = other or _text(content) or ("of an unknown type", "give a PDF or an image")
    raise UnsupportedTypeError(
        f"the file seems to be {what}; PDF, JPEG, PNG and TIFF can be read: {advice}"
    )


def _has_lost_its_mark(content: bytes) -> bool:
    """Tell whether content without a PDF's mark at its beginning has the parts of one."""
    return b"%PDF-" in content or (b"endobj" in content and b"startxref" in content)


def _other(content: bytes) -> tuple[str, str] | None:
    """Return what content is, by how it begins, and what to do; None where it is not known."""
    if content.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        head = content[:_HEAD] + content[-_HEAD:]
        inside = (item[1:] for item in _INSIDE_ZIP if item[0] in head)
        return next(inside, ("a zip archive", _UNPACK))
    if content.startswith(b"RIFF") and content[8:12] == b"WEBP":
        return "a WebP image", _AS_IMAGE
    if content[4:8] == b"ftyp":
        return _BRANDS.get(content[8:12], "a video"), _AS_IMAGE
    if content[257:262] == b"ustar":
        return "a tar archive", _UNPACK
    for magic, what, advice in _OTHERS:
        if content.startswith(magic):
            return what, advice
    return None


def _text(content: bytes) -> tuple[str, str] | None:
    """Return what kind of text content is; None where it is binary."""
    head = content[:_HEAD].removeprefix(b"\xef\xbb\xbf")
    markup = _MARKUP.match(head)
    if markup:
        kind = markup[1].lower()
        if kind in (b"?xml", b"svg"):
            return "XML", _AS_PDF
        return (
            "a web page, perhaps an error page in place of the document",
            "fetch it again or print it to PDF",
        )
    if _MAIL.match(head):
        return "an e-mail message", "give its attachments"
    if head.startswith((b"\xff\xfe", b"\xfe\xff")) or not _BINARY.search(head):
        return "plain text", _AS_PDF
    return None
