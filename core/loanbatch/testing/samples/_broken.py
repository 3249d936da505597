"""Files that cannot be processed, each with the error code that it must end with."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from io import BytesIO
from random import Random

from loanbatch.testing.samples._making import make_sample
from loanbatch.testing.samples._truth import Sample

#: More than any sensible limit on pages.
_MANY_PAGES = 5000
#: Pixels on a side: 900 million in all, in some hundred kilobytes.
_BOMB_SIDE = 30_000


def broken_samples() -> tuple[Sample, ...]:
    """Make one file of each sort of trouble; `error_code` says how each must end.

    Two are sound in spite of their looks and have None: a PDF with a wrong ending, and one that is encrypted
    with an owner's password only, which anybody may read.

    Raises:
        SamplesUnavailableError: fpdf2 or pikepdf is not installed.
    """
    return tuple(_broken())


def _broken() -> Iterator[Sample]:
    whole = make_sample("paystub", seed=3)
    html = b"<!DOCTYPE html><html><head><title>404</title></head><body>Not found</body></html>"
    yield _file("empty.pdf", b"", "empty")
    yield _file("truncated.pdf", whole.content[:200], "corrupt")
    yield _file("not-a-pdf.pdf", b"This is plain text in a file called PDF.\n", "unsupported_type")
    yield _file("html-renamed.pdf", html, "unsupported_type")
    yield _file("random-bytes.pdf", Random("broken").randbytes(4096), "unsupported_type")
    yield _file("only-a-header.pdf", b"%PDF-1.7\n%%EOF\n", "corrupt")
    yield _file("no-pages.pdf", _pdf_with_pages(0), "empty")
    yield _file("too-many-pages.pdf", _pdf_with_pages(_MANY_PAGES), "too_many_pages")
    yield _file("encrypted.pdf", _encrypted(whole.content, user="sesame"), "encrypted")
    yield _file("image-bomb.png", _image_bomb(), "too_large")
    yield _file("truncated.jpg", _jpeg()[:300], "corrupt")
    yield _sound(whole, "pdf-called-text.txt", whole.content)
    yield _sound(whole, "owner-password-only.pdf", _encrypted(whole.content, user=""))


def _file(name: str, content: bytes, error_code: str) -> Sample:
    return Sample(
        file_name=name, content=content, page_count=0, has_text_layer=False, error_code=error_code
    )


def _sound(whole: Sample, name: str, content: bytes) -> Sample:
    return Sample(file_name=name, content=content, truth=whole.truth, page_count=whole.page_count)


def _pdf_with_pages(count: int) -> bytes:
    """Return a PDF of empty pages, as small as it can be written by hand."""
    kids = " ".join(f"{number} 0 R" for number in range(3, 3 + count))
    objects = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {count} >>",
        *["<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] >>"] * count,
    ]
    parts = ["%PDF-1.4\n"]
    offsets = []
    size = len(parts[0])
    for number, body in enumerate(objects, start=1):
        offsets.append(size)
        parts.append(f"{number} 0 obj\n{body}\nendobj\n")
        size += len(parts[-1])
    table = "".join(f"{offset:010d} 00000 n \n" for offset in offsets)
    parts.append(
        f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}"
        f"trailer\n<< /Size {len(objects) + 1} /Root 1 0 R >>\nstartxref\n{size}\n%%EOF\n"
    )
    return "".join(parts).encode("ascii")


def _encrypted(content: bytes, *, user: str) -> bytes:
    import pikepdf

    stream = BytesIO()
    with pikepdf.open(BytesIO(content)) as pdf:
        # R=4 takes its key from the fixed file id; R=6 would salt it anew each time.
        encryption = pikepdf.Encryption(
            owner="owner-secret", user=user, R=4, aes=False, metadata=False
        )
        pdf.save(stream, encryption=encryption, static_id=True)
    return stream.getvalue()


def _chunk(kind: bytes, body: bytes) -> bytes:
    checksum = zlib.crc32(kind + body).to_bytes(4, "big")
    return len(body).to_bytes(4, "big") + kind + body + checksum


def _image_bomb() -> bytes:
    """Return a PNG of one colour whose pixels would fill a gigabyte."""
    packer = zlib.compressobj(9)
    row = bytes(1 + _BOMB_SIDE // 8)
    body = b"".join(packer.compress(row) for _ in range(_BOMB_SIDE)) + packer.flush()
    side = _BOMB_SIDE.to_bytes(4, "big")
    header = side + side + bytes((1, 0, 0, 0, 0))
    return (
        b"\x89PNG\r\n\x1a\n"
        + _chunk(b"IHDR", header)
        + _chunk(b"IDAT", body)
        + _chunk(b"IEND", b"")
    )


def _jpeg() -> bytes:
    from PIL import Image

    stream = BytesIO()
    Image.new("L", (600, 800), 255).save(stream, "JPEG")
    return stream.getvalue()
