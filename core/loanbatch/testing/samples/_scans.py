"""Turns a born-digital sample into what a scanner, a fax machine or a telephone makes of it.

The truth stays: what was printed is what can be read. The same arguments give the same picture.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from io import BytesIO
from pathlib import PurePath
from random import Random
from typing import TYPE_CHECKING, Any, Literal

from attrs import asdict, evolve, frozen

from loanbatch.errors import UsageError
from loanbatch.testing.samples._canvas import SamplesUnavailableError, new_pdf
from loanbatch.testing.samples._damages import (
    Blur,
    Damage,
    Fold,
    Handwriting,
    Noise,
    PunchHoles,
    Sheet,
    Skew,
    Speckle,
    Stamp,
    Turn,
    UnevenLight,
)
from loanbatch.testing.samples._own_fonts import without_system_fonts
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


@frozen(kw_only=True)
class Degradation:
    """What a scanner, a fax machine or a telephone makes of a sample; see `as_scan` for the words."""

    dpi: int = 200
    noise: float = 0.05
    skew: float = 0.2
    format: ScanFormat = "pdf"
    quality: int = 75
    damages: tuple[Damage, ...] = ()


#: Degradations by name. Each but the last turns one thing for the worse, so that its price can be told.
DEGRADATIONS: Mapping[str, Degradation] = {
    "dpi_300": Degradation(dpi=300),
    "dpi_200": Degradation(),
    "dpi_150": Degradation(dpi=150),
    "dpi_100": Degradation(dpi=100),
    "noise": Degradation(noise=0.3),
    "blur": Degradation(damages=(Blur(0.5),)),
    "skew_left": Degradation(skew=-2.0),
    "skew_right": Degradation(skew=2.0),
    "turn_90": Degradation(damages=(Turn(90),)),
    "turn_180": Degradation(damages=(Turn(180),)),
    "turn_270": Degradation(damages=(Turn(270),)),
    "jpeg": Degradation(quality=15),
    "fax": Degradation(format="fax", noise=0.0),
    "uneven_light": Degradation(format="jpeg", damages=(UnevenLight(0.45),)),
    "stamp": Degradation(damages=(Stamp("RECEIVED"), Stamp("PAID", shape="round"))),
    "handwriting": Degradation(damages=(Handwriting(), Handwriting(words=3))),
    "speckle": Degradation(damages=(Speckle(6),)),
    "punch_holes": Degradation(damages=(PunchHoles(),)),
    "fold": Degradation(damages=(Fold(0.35),)),
    "worn": Degradation(
        skew=-0.8,
        noise=0.12,
        quality=50,
        damages=(Stamp("COPY"), Handwriting(), PunchHoles(), Fold(0.25), Speckle(2), Blur(0.3)),
    ),
}


def degraded(
    sample: Sample, degradation: str, *, seed: int = 0, file_name: str | None = None
) -> Sample:
    """Return a sample as one of `DEGRADATIONS` leaves it.

    Raises:
        UsageError: No such degradation.
        SamplesUnavailableError: pillow or pypdfium2 is not installed.
    """
    found = DEGRADATIONS.get(degradation)
    if found is None:
        raise UsageError(f"{degradation}: no such degradation, only {', '.join(DEGRADATIONS)}")
    return as_scan(sample, **asdict(found, recurse=False), seed=seed, file_name=file_name)


def as_scan(
    sample: Sample,
    *,
    dpi: int = 200,
    noise: float = 0.15,
    skew: float = 0.4,
    format: ScanFormat = "pdf",  # noqa: A002 - the word people know
    quality: int = 60,
    damages: Sequence[Damage] = (),
    seed: int = 0,
    file_name: str | None = None,
) -> Sample:
    """Return a sample without text layer, made of pictures of the given sample's pages.

    Args:
        sample: A born-digital one.
        dpi: Pixels an inch; 100 to 300 is usual.
        noise: Share of grain in the picture, 0 (none) to 1 (nothing else).
        skew: Degrees clockwise by which the page lies askew.
        format: `pdf` (JPEG pages), `jpeg` or `png` (first page only), `tiff` (several pages), `fax`
            (black and white, CCITT group 4, several pages).
        quality: Of JPEG compression, 1 to 95.
        damages: What happens to each page beforehand, in this order.
        seed: Of all that is left to chance.
        file_name: The sample's with `-scan` and the right ending unless told otherwise.

    Raises:
        UsageError: No such format.
        SamplesUnavailableError: pillow or pypdfium2 is not installed.
    """
    if format not in _ENDINGS:
        raise UsageError(f"{format}: no such scan format, only {', '.join(_ENDINGS)}")
    rng = Random(f"scan/{seed}")
    count = 1 if format in _SINGLE else sample.page_count
    everything = [*damages, *([Skew(skew)] if skew else []), *([Noise(noise)] if noise else [])]
    pictures = _render(sample.content, count, dpi)
    for index, _ in enumerate(pictures):
        for damage in everything:
            pictures[index] = damage.on(Sheet(picture=pictures[index], dpi=dpi, rng=rng))
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
    with without_system_fonts():
        document = pypdfium2.PdfDocument(content)
        try:
            return [
                document[index].render(scale=dpi / _POINTS_PER_INCH, grayscale=True).to_pil()
                for index in range(count)
            ]
        finally:
            document.close()


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
    grey = picture.convert("L").point(lambda value: 255 if value > threshold else 0)
    return grey.convert("1", dither=Image.Dither.NONE)


def _pdf_of(pictures: Sequence[Image.Image], dpi: int, quality: int) -> bytes:
    pdf = new_pdf()
    for picture in pictures:
        stream = BytesIO()
        picture.save(stream, "JPEG", quality=quality)
        size = (picture.width * _POINTS_PER_INCH / dpi, picture.height * _POINTS_PER_INCH / dpi)
        pdf.add_page(format=size)
        pdf.image(BytesIO(stream.getvalue()), x=0, y=0, w=size[0], h=size[1])
    return bytes(pdf.output())
