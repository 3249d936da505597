"""What the intake plugin accepts, refuses, repairs and says about it."""

from __future__ import annotations

import io
import struct
import sys
import zlib
from collections.abc import Callable, Sequence

import pikepdf
import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from PIL import Image, ImageDraw

from loanbatch.errors import (
    CorruptError,
    EmptyError,
    EncryptedError,
    SettingsError,
    TooLargeError,
    TooManyPagesError,
    UnsupportedTypeError,
    ValidationError,
)
from loanbatch.models import Severity, Source, Validation
from loanbatch.settings import Settings
from loanbatch_plugins.intake import IntakeSettings, validate

Kids = Sequence[int] | None


def make_pdf(pages: int = 1, *, count: int | None = None, kids: Kids = None) -> bytes:
    """Return a PDF of text pages whose page tree claims `count` and names the objects `kids`."""
    tree = " ".join(f"{number} 0 R" for number in (kids or range(4, 4 + pages)))
    stream = b"BT /F1 12 Tf 72 720 Td (Loan amount) Tj ET"
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[%b]/Count %d/MediaBox[0 0 612 792]>>"
        % (tree.encode(), pages if count is None else count),
        b"<</Length %d>>\nstream\n%b\nendstream" % (len(stream), stream),
        *[b"<</Type/Page/Parent 2 0 R/Contents 3 0 R>>"] * pages,
    ]
    out = bytearray(b"%PDF-1.4\n")
    offsets = []
    for number, body in enumerate(objects, start=1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%b\nendobj\n" % (number, body)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    out += b"trailer<</Root 1 0 R/Size %d>>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, start)
    return bytes(out)


def locked_pdf(*, user: str = "", revision: int = 6, pages: int = 2) -> bytes:
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(make_pdf(pages))) as pdf:
        aes = revision >= 4
        lock = pikepdf.Encryption(owner="owner", user=user, R=revision, aes=aes, metadata=aes)
        pdf.save(out, encryption=lock)
    return out.getvalue()


def picture(*, size: tuple[int, int] = (200, 300), mode: str = "L") -> Image.Image:
    image = Image.new(mode, size, "white")
    draw = ImageDraw.Draw(image)
    for top in range(0, size[1], 20):
        draw.text((10, top), f"Line {top} of the note", fill="black")
    return image


def encoded(format_name: str, *, frames: int = 1, **options: object) -> bytes:
    out = io.BytesIO()
    mode = "1" if options.get("compression") == "group4" else "L"
    more = {"save_all": True, "append_images": [picture(mode=mode)] * (frames - 1)}
    picture(mode=mode).save(out, format_name, **(more if frames > 1 else {}), **options)
    return out.getvalue()


def judge(content: bytes, *, passwords: tuple[str, ...] = (), **own: int) -> Validation:
    source = Source(file_name="x.dat", location="x.dat", content=content, size=len(content))
    table = {"intake": IntakeSettings(**own)}
    return validate(source, Settings(passwords=passwords, plugin_tables=table))


def handed_on(validation: Validation) -> Source:
    assert validation.source is not None
    return validation.source


def codes(validation: Validation) -> list[tuple[str, Severity]]:
    return [(finding.code, finding.severity) for finding in validation.findings]


# Types


@pytest.mark.parametrize(
    ("content", "media_type", "pages"),
    [
        (make_pdf(3), "application/pdf", 3),
        (encoded("JPEG"), "image/jpeg", 1),
        (encoded("PNG"), "image/png", 1),
        (encoded("TIFF"), "image/tiff", 1),
        (encoded("TIFF", frames=4, compression="tiff_lzw"), "image/tiff", 4),
        (encoded("TIFF", frames=2, compression="group4"), "image/tiff", 2),
        (encoded("TIFF", big_tiff=True), "image/tiff", 1),
    ],
)
def test_type_and_pages_follow_the_content(content: bytes, media_type: str, pages: int) -> None:
    validation = judge(content)

    assert handed_on(validation).media_type == media_type
    assert handed_on(validation).page_count == pages
    assert handed_on(validation).content == content
    assert codes(validation) == []


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"PK\x03\x04....word/document.xml", ("Word", "PDF")),
        (b"PK\x03\x04....xl/workbook.xml", ("Excel", "PDF")),
        (b"PK\x03\x04....scan.pdf%PDF-1.4", ("zip", "unpack")),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(500), ("Office", "PDF")),
        (b"{\\rtf1 hello}", ("rich text", "PDF")),
        (b"<!DOCTYPE html><html><body>404", ("web page",)),
        (b"  <html>%PDF", ("web page",)),
        (b'<?xml version="1.0"?><a/>', ("XML",)),
        (b"From: a@example.com\r\nSubject: x\r\n", ("e-mail", "attachments")),
        (b"Just some words.\n", ("plain text",)),
        (b"GIF89a" + bytes(20), ("GIF", "PNG")),
        (b"BM" + bytes(60), ("BMP", "PNG")),
        (b"RIFF\x10\0\0\0WEBPVP8 ", ("WebP", "PNG")),
        (b"\0\0\0\x18ftypheic" + bytes(20), ("HEIC", "JPEG")),
        (b"\0\0\0\x18ftypavif" + bytes(20), ("AVIF", "JPEG")),
        (b"\0\0\0\x18ftypisom" + bytes(20), ("video",)),
        (b"\x1f\x8b\x08" + bytes(20), ("gzip", "unpack")),
        (b"MZ\x90" + bytes(60), ("program",)),
        (b"\x07\x03\x99\xfe" * 20, ("unknown",)),
    ],
)
def test_other_types_are_named_with_a_way_out(content: bytes, words: tuple[str, ...]) -> None:
    with pytest.raises(UnsupportedTypeError) as caught:
        judge(content)

    for word in words:
        assert word in caught.value.message


def test_file_of_zero_bytes_only_is_corrupt() -> None:
    with pytest.raises(CorruptError, match="zero bytes"):
        judge(bytes(5000))


# Limits


def test_empty_file_is_refused() -> None:
    with pytest.raises(EmptyError, match="no bytes"):
        judge(b"")


def test_large_file_is_refused_unread() -> None:
    def never(_: str) -> bytes:
        raise AssertionError

    source = Source(file_name="a", location="a", size=10 * 2**30, reader=never)

    with pytest.raises(TooLargeError, match=r"10240.0 MB, the limit is 50 \(intake.max_size_mb\)"):
        validate(source, Settings())


def test_content_is_read_once_and_handed_on() -> None:
    calls = []

    def read(location: str) -> bytes:
        calls.append(location)
        return make_pdf()

    source = Source(file_name="a", location="a", reader=read)
    judged = handed_on(validate(source, Settings()))
    judged.read()

    assert calls == ["a"]


def test_too_many_pages_are_counted_in_the_message() -> None:
    with pytest.raises(TooManyPagesError, match=r"61 pages, the limit is 50 \(intake.max_pages\)"):
        judge(make_pdf(61))


def test_limit_of_pages_is_a_setting() -> None:
    assert handed_on(judge(make_pdf(61), max_pages=61)).page_count == 61


def test_tiff_of_too_many_frames_is_refused() -> None:
    with pytest.raises(TooManyPagesError, match=r"intake.max_pages"):
        judge(encoded("TIFF", frames=4), max_pages=3)


def test_image_of_too_many_pixels_is_refused_with_its_size() -> None:
    with pytest.raises(TooLargeError, match=r"200 x 300 pixels.*1000 pixels.*intake.max_pixels"):
        judge(encoded("PNG"), max_pixels=1000)


def test_huge_png_is_refused_from_its_header() -> None:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    header = struct.pack(">IIBBBBB", 30_000, 30_000, 8, 0, 0, 0, 0)
    bomb = (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", b"x") + chunk(b"IEND", b"")
    )

    with pytest.raises(TooLargeError, match="pixels"):
        judge(bomb)


@pytest.mark.parametrize("name", ["max_size_mb", "max_pages", "max_pixels"])
def test_limits_below_one_are_refused(name: str) -> None:
    with pytest.raises(SettingsError, match=name):
        IntakeSettings(**{name: 0})


def test_pixel_limit_above_what_the_image_library_reads_is_refused() -> None:
    with pytest.raises(SettingsError, match="at most"):
        IntakeSettings(max_pixels=10**9)


# Encryption


@pytest.mark.parametrize("revision", [2, 3, 4, 6])
def test_pdf_without_user_password_is_decrypted(revision: int) -> None:
    validation = judge(locked_pdf(revision=revision))

    with pikepdf.open(io.BytesIO(handed_on(validation).read())) as pdf:
        assert not pdf.is_encrypted
    assert handed_on(validation).page_count == 2
    assert codes(validation) == [("decrypted", Severity.INFO)]


@pytest.mark.parametrize("revision", [3, 6])
def test_known_password_opens_a_pdf(revision: int) -> None:
    validation = judge(locked_pdf(user="s3cret", revision=revision), passwords=("no", "s3cret"))

    assert handed_on(validation).page_count == 2
    assert codes(validation) == [("decrypted", Severity.INFO)]


def test_unknown_password_is_refused_without_telling_those_tried() -> None:
    with pytest.raises(EncryptedError) as caught:
        judge(locked_pdf(user="s3cret"), passwords=("sesame",))

    assert "the one given does not open it" in caught.value.message
    assert "--password-file" in caught.value.message
    assert "setting passwords" in caught.value.message
    assert "sesame" not in caught.value.message


def test_page_limit_holds_for_encrypted_files() -> None:
    with pytest.raises(TooManyPagesError):
        judge(locked_pdf(user="x", pages=4), passwords=("x",), max_pages=3)


# Damaged PDFs


@pytest.mark.parametrize(
    "spoil",
    [
        lambda pdf: b"some line\n" * 5 + pdf,
        lambda pdf: b"HTTP/1.1 200 OK\r\n" * 200 + pdf,
        lambda pdf: pdf + b"\r\n\x1a",
        lambda pdf: pdf + bytes(100_000),
        lambda pdf: pdf + b"-----MIME-boundary--\n" * 500,
    ],
    ids=["short-head", "long-head", "short-tail", "zero-tail", "long-tail"],
)
def test_junk_around_a_pdf_is_tolerated(spoil: Callable[[bytes], bytes]) -> None:
    validation = judge(spoil(make_pdf(2)))

    assert handed_on(validation).page_count == 2
    assert codes(validation) == []


def test_misplaced_table_of_objects_is_rebuilt_without_review() -> None:
    content = make_pdf(2).replace(b"startxref\n", b"startxref\n9")

    validation = judge(content)

    assert handed_on(validation).page_count == 2
    assert codes(validation) == [("repaired", Severity.INFO)]


def test_pdf_cut_off_at_its_end_needs_review() -> None:
    content = make_pdf(3)

    validation = judge(content[: content.index(b"xref")])

    assert handed_on(validation).page_count == 3
    assert codes(validation) == [("repaired", Severity.WARNING)]


def test_update_cut_off_needs_review() -> None:
    content = make_pdf(1) + b"4 0 obj\n<</Type/Page/Parent 2 0 R/Contents 9 0 R>>\nendobj\n9 0 obj"

    assert ("repaired", Severity.WARNING) in codes(judge(content))


def test_bytes_lost_inside_a_pdf_need_review() -> None:
    content = make_pdf(2).replace(b"Loan amount", b"Loan")

    assert codes(judge(content)) == [("repaired", Severity.WARNING)]


@pytest.mark.parametrize(("claimed", "real"), [(1, 3), (5, 3), (1_000_000, 1)])
def test_page_count_that_lies_is_set_right(claimed: int, real: int) -> None:
    validation = judge(make_pdf(real, count=claimed))

    assert handed_on(validation).page_count == real
    assert codes(validation) == [("repaired", Severity.WARNING)]


def test_page_tree_that_contains_itself_ends() -> None:
    validation = judge(make_pdf(1, count=2, kids=(4, 2)))

    assert handed_on(validation).page_count == 1
    assert codes(validation) == [("repaired", Severity.WARNING)]


def packed_pdf() -> bytes:
    data = zlib.compress(b"BT /F1 12 Tf 72 720 Td (Loan amount) Tj ET " * 50)
    content = make_pdf(1)
    start, end = content.index(b"<</Length"), content.index(b"\nendstream")
    packed = b"<</Filter/FlateDecode/Length %d>>\nstream\n" % len(data) + data
    whole = content[:start] + packed + content[end:]
    table = whole.index(b"xref\n0")
    last = whole.index(b"4 0 obj")
    old = b"%010d 00000 n" % content.index(b"4 0 obj")
    whole = whole.replace(old, b"%010d 00000 n" % last)
    return whole.replace(b"startxref\n%d" % content.index(b"xref\n0"), b"startxref\n%d" % table)


def test_stream_that_is_damaged_inside_needs_review() -> None:
    content = packed_pdf()
    place = content.index(b"stream\n") + 20

    flipped = content[:place] + bytes((content[place] ^ 16,)) + content[place + 1 :]

    assert codes(judge(content)) == []
    assert codes(judge(flipped)) == [("repaired", Severity.WARNING)]


@given(st.data())
def test_any_change_of_what_a_stream_holds_is_noticed(data: st.DataObject) -> None:
    whole = packed_pdf()
    start, end = whole.index(b"stream\n") + 7, whole.index(b"\nendstream")
    place = data.draw(st.integers(start, end - 1))
    changed = whole[place] ^ 1 << data.draw(st.integers(0, 7))
    content = whole[:place] + bytes((changed,)) + whole[place + 1 :]

    noticed = ("repaired", Severity.WARNING) in codes(judge(content))

    assert noticed or zlib.decompress(content[start:end]) == zlib.decompress(whole[start:end])


def test_object_that_the_table_leads_away_from_is_found_again() -> None:
    content = make_pdf(1)
    contents = b"%010d 00000 n" % content.index(b"3 0 obj")
    misled = content.replace(contents, b"%010d 00000 n" % content.index(b"2 0 obj"))

    validation = judge(misled)

    assert [code for code, _ in codes(validation)] == ["repaired"]
    assert words_of(handed_on(validation)) == ["Loan", "amount"]


def test_page_whose_contents_are_nowhere_needs_review() -> None:
    content = make_pdf(1)
    start, end = content.index(b"3 0 obj"), content.index(b"4 0 obj")

    assert codes(judge(content[:start] + content[end:])) == [("repaired", Severity.WARNING)]


def words_of(source: Source) -> list[str]:
    import pypdfium2

    document = pypdfium2.PdfDocument(source.read())
    return str(document[0].get_textpage().get_text_range()).split()


def test_leftover_pages_of_an_extract_are_no_damage() -> None:
    validation = judge(make_pdf(3, count=2, kids=(4, 5)))

    assert handed_on(validation).page_count == 2
    assert codes(validation) == []


def test_pdf_without_pages_is_empty() -> None:
    with pytest.raises(EmptyError, match="no page"):
        judge(make_pdf(0))


def test_pdf_of_which_nothing_is_left_is_corrupt() -> None:
    with pytest.raises(CorruptError, match="beyond repair"):
        judge(b"%PDF-1.7\n" + b"\xff\x00\x17garbage" * 100)


def test_good_files_do_not_load_the_repair_library(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pikepdf", None)

    assert handed_on(judge(make_pdf(2))).page_count == 2


# What else a PDF holds


def attach(name: str) -> bytes:
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(make_pdf())) as pdf:
        pdf.attachments[name] = pikepdf.AttachedFileSpec(pdf, b"content", filename=name)
        pdf.save(out)
    return out.getvalue()


@pytest.mark.parametrize(
    ("name", "severity"),
    [("Jane Doe W-2.PDF", Severity.WARNING), ("invoice.xml", Severity.INFO)],
)
def test_attached_files_are_told_of_but_not_by_name(name: str, severity: Severity) -> None:
    validation = judge(attach(name))

    assert codes(validation) == [("attachments", severity)]
    assert name not in validation.findings[0].message


def test_dynamic_form_needs_review() -> None:
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(make_pdf())) as pdf:
        pdf.Root.AcroForm = pikepdf.Dictionary(Fields=[], XFA=pdf.make_stream(b"<xdp/>"))
        pdf.Root.NeedsRendering = True
        pdf.save(out)

    assert codes(judge(out.getvalue())) == [("dynamic_form", Severity.WARNING)]


# Damaged images


@pytest.mark.parametrize("format_name", ["JPEG", "PNG"])
def test_cut_off_image_is_handed_on_with_a_warning(format_name: str) -> None:
    content = encoded(format_name)

    validation = judge(content[: len(content) * 2 // 3])

    assert codes(validation) == [("truncated", Severity.WARNING)]
    source = handed_on(validation)
    with Image.open(io.BytesIO(source.read())) as image:
        image.load()
        assert image.size == (200, 300)
    assert source.media_type == "image/png"


def test_changed_bytes_of_a_png_are_noticed() -> None:
    content = bytearray(encoded("PNG"))
    content[len(content) // 2] ^= 0xFF

    assert codes(judge(bytes(content))) == [("truncated", Severity.WARNING)]


def test_thumbnail_does_not_stand_for_the_end_of_its_picture() -> None:
    thumbnail = encoded("JPEG")
    camera = encoded("JPEG", exif=b"Exif\0\0" + thumbnail)

    assert codes(judge(camera)) == []
    assert codes(judge(camera[:-100])) == [("truncated", Severity.WARNING)]


@pytest.mark.parametrize("format_name", ["JPEG", "PNG", "TIFF"])
def test_image_of_which_only_the_header_is_left_is_corrupt(format_name: str) -> None:
    content = encoded(format_name)
    keep = content.index(b"\xff\xda") + 14 if format_name == "JPEG" else 60

    with pytest.raises(CorruptError):
        judge(content[:keep] if format_name != "TIFF" else content[: len(content) // 4])


def test_tiff_with_one_incomplete_page_tells_which() -> None:
    content = bytearray(encoded("TIFF", frames=3))
    with Image.open(io.BytesIO(content)) as image:
        image.seek(1)
        strip = image.tag_v2[273][0]
    content = content.replace(struct.pack("<L", strip), struct.pack("<L", len(content) - 1))

    validation = judge(bytes(content))

    assert handed_on(validation).page_count == 3
    assert codes(validation) == [("truncated", Severity.WARNING)]
    assert "page 2" in validation.findings[0].message


def test_tiff_whose_frames_form_a_loop_ends() -> None:
    content = bytearray(encoded("TIFF"))
    with Image.open(io.BytesIO(content)) as image:
        entries = len(image.tag_v2)
        first = struct.unpack("<L", content[4:8])[0]
    content[first + 2 + entries * 12 : first + 6 + entries * 12] = struct.pack("<L", first)

    assert handed_on(judge(bytes(content))).page_count == 1


def test_jpeg_of_many_passes_is_refused_before_it_is_decoded() -> None:
    content = encoded("JPEG", progressive=True)
    scans = content[content.index(b"\xff\xda") : -2]

    assert codes(judge(content)) == []
    with pytest.raises(CorruptError, match="more than 100 passes"):
        judge(content[:-2] + scans * 100 + content[-2:])


# What is not read


@pytest.mark.parametrize(
    "content",
    [
        make_pdf(1) + make_pdf(2),
        make_pdf(1) + b"\n\n" + make_pdf(1),
        encoded("JPEG") + make_pdf(),
        encoded("PNG", frames=2),
    ],
    ids=["two PDFs", "the same PDF twice", "a PDF behind a picture", "an animation"],
)
def test_parts_of_a_file_that_are_not_read_need_review(content: bytes) -> None:
    assert ("partly_read", Severity.WARNING) in codes(judge(content))


# Anything at all

BASES = (make_pdf(3), locked_pdf(), encoded("PNG"), encoded("JPEG"), encoded("TIFF", frames=2))


@hypothesis_settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_any_change_of_a_file_ends_in_a_verdict(data: st.DataObject) -> None:
    content = bytearray(data.draw(st.sampled_from(BASES)))
    for _ in range(data.draw(st.integers(0, 8))):
        at = data.draw(st.integers(0, len(content) - 1))
        content[at] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(0, len(content)))
    content = content[:cut] if data.draw(st.booleans()) else content

    try:
        source = handed_on(judge(bytes(content)))
    except ValidationError:
        return
    assert source.page_count
    assert source.read()
