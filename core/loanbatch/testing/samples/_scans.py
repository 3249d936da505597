"""Turns a born-digital sample into what a scanner, a fax machine or a telephone makes of it.

The truth stays: what was printed is what can be read. The same arguments give the same picture.
"""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO
from pathlib import PurePath
from random import Random
from typing import TYPE_CHECKING, Any, Literal

from attrs import evolve

from loanbatch.errors import UsageError
from loanbatch.testing.samples._canvas import SamplesUnavailableError, new_pdf
from loanbatch.testing.samples._truth import Sample

if TYPE_CHECKING:
    from PIL import Image

ScanFormat = Literal["pdf", "jpeg", "png", "tiff", "fax"]

_ENDINGS: dict[str, str] = {
    "pdf": ".pdf",
    "jpeg": ".jpg",
    "png": ".png",
    "tiff": ".tif",
    "fax": ".tif",
}
#: Formats that hold one page: of a longer sample the first page is kept.
_SINGLE = frozenset({"jpeg", "png"})
_POINTS_PER_INCH = 72


def as_scan(
    sample: Sample,
    *,
    dpi: int = 200,
    noise: float = 0.15,
    skew: float = 0.4,
    format: ScanFormat = "pdf",  # noqa: A002 - the word people know
    quality: int = 60,
    seed: int = 0,
    file_name: str | None = None,
) -> Sample:
    """Return a sample without text layer, made of pictures of the given sample's pages.

    Args:
        sample: A born-digital one.
        dpi: Pixels an inch; 100 to 300 is usual.
        noise: Share of grain in the picture, 0 (none) to 1 (nothing else).
        skew: Degrees clockwise by which the page lies askew.
        format: `pdf` (JPEG pages), `jpeg` or `png` (first page only), `tiff` (grey, several pages), `fax`
            (black and white, CCITT group 4, several pages).
        quality: Of JPEG compression, 1 to 95.
        seed: Of the grain.
        file_name: The sample's with `-scan` and the right ending unless told otherwise.

    Raises:
        UsageError: No such format.
        SamplesUnavailableError: pillow or pypdfium2 is not installed.
    """
    if format not in _ENDINGS:
        raise UsageError(f"{format}: no such scan format, only {', '.join(_ENDINGS)}")
    rng = Random(f"scan/{seed}")
    count = 1 if format in _SINGLE else sample.page_count
    pictures = [
        _as_scanned(picture, rng, noise=noise, skew=skew)
        for picture in _render(sample.content, count, dpi)
    ]
    name = file_name or f"{PurePath(sample.file_name).stem}-scan{_ENDINGS[format]}"
    return evolve(
        sample,
        file_name=name,
        content=_encode(pictures, format, dpi, quality),
        truth=tuple(doc.on_pages(count) for doc in sample.truth if doc.first_page <= count),
        page_count=count,
        has_text_layer=False,
    )


def _render(content: bytes, count: int, dpi: int) -> list[Image.Image]:
    try:
        import pypdfium2
    except ImportError as error:
        raise SamplesUnavailableError from error
    document = pypdfium2.PdfDocument(content)
    try:
        return [
            document[index].render(scale=dpi / _POINTS_PER_INCH, grayscale=True).to_pil()
            for index in range(count)
        ]
    finally:
        document.close()


def _as_scanned(picture: Image.Image, rng: Random, *, noise: float, skew: float) -> Image.Image:
    from PIL import Image

    if skew:
        picture = picture.rotate(-skew, Image.Resampling.BICUBIC, fillcolor=255)
    if noise:
        grain = Image.frombytes("L", picture.size, rng.randbytes(picture.width * picture.height))
        picture = Image.blend(picture, grain, noise)
    return picture


def _encode(pictures: Sequence[Image.Image], format: str, dpi: int, quality: int) -> bytes:  # noqa: A002
    if format == "pdf":
        return _pdf_of(pictures, dpi, quality)
    stream = BytesIO()
    if format == "jpeg":
        pictures[0].save(stream, "JPEG", quality=quality, dpi=(dpi, dpi))
    elif format == "png":
        pictures[0].save(stream, "PNG", dpi=(dpi, dpi))
    else:
        fax = format == "fax"
        pages = [_black_and_white(picture) for picture in pictures] if fax else list(pictures)
        options: dict[str, Any] = {"compression": "group4" if fax else "tiff_deflate"}
        pages[0].save(
            stream, "TIFF", save_all=True, append_images=pages[1:], dpi=(dpi, dpi), **options
        )
    return stream.getvalue()


def _black_and_white(picture: Image.Image) -> Image.Image:
    from PIL import Image

    threshold = 150
    return picture.point(lambda value: 255 if value > threshold else 0).convert(
        "1", dither=Image.Dither.NONE
    )


def _pdf_of(pictures: Sequence[Image.Image], dpi: int, quality: int) -> bytes:
    pdf = new_pdf()
    for picture in pictures:
        stream = BytesIO()
        picture.save(stream, "JPEG", quality=quality)
        size = (picture.width * _POINTS_PER_INCH / dpi, picture.height * _POINTS_PER_INCH / dpi)
        pdf.add_page(format=size)
        pdf.image(BytesIO(stream.getvalue()), x=0, y=0, w=size[0], h=size[1])
    return bytes(pdf.output())
