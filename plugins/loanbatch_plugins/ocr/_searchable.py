"""The searchable copy of a source: ocrmypdf, with text from the engine that reads pages here.

ocrmypdf's own plugin for Tesseract asks for the `tesseract` program even where another engine does
the reading, so it is blocked and its options are registered again. Nothing but packages from PyPI
is needed; Ghostscript is used where it is installed.
"""

from __future__ import annotations

import io
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from loanbatch import temporary
from loanbatch.errors import LoanbatchError, OcrFailedError
from loanbatch.models import Artifact, Source
from loanbatch_plugins.ocr._settings import OcrSettings

_PDF = "application/pdf"
#: Pillow and img2pdf agree on these.
_IMAGES = frozenset({"image/jpeg", "image/png", "image/tiff"})
#: Loggers that tell more about a document than a log may hold.
_TALKATIVE = ("ocrmypdf", "pdfminer", "img2pdf", "pikepdf", "fontTools", "fpdf")


def searchable_copy(source: Source, settings: OcrSettings) -> Artifact | None:
    """Return a PDF/A of the source with a text layer on its scanned pages; None for other types.

    Pages that have text keep it and are not recognized; sideways pages are turned upright.

    Raises:
        OcrFailedError: ocrmypdf gave up; names its error.
    """
    if source.media_type != _PDF and source.media_type not in _IMAGES:
        return None
    try:
        with _quiet(), temporary.folder() as folder:
            content = source.read()
            pdf = content if source.media_type == _PDF else _pdf_of_images(content)
            made = _recognized(pdf, folder / "searchable.pdf", settings)
    except (LoanbatchError, MemoryError):
        raise
    except Exception as error:  # noqa: BLE001 - it raises its own, Pillow's, pdfium's and more
        raise OcrFailedError(
            f"ocrmypdf made no searchable copy ({_cause(error)}); the original is kept, and"
            " a copy printed to a new PDF file usually works"
        ) from None
    return Artifact(name="searchable.pdf", media_type=_PDF, content=made)


def _cause(error: Exception) -> str:
    """Return the system's own words, such as those for a full disk; else the class of an error."""
    return getattr(error, "strerror", None) or type(error).__name__


def _recognized(pdf: bytes, target: Path, settings: OcrSettings) -> bytes:
    import ocrmypdf

    from loanbatch_plugins.ocr._layer import plugins_for

    ocrmypdf.ocr(
        io.BytesIO(pdf),
        target,
        plugin_manager=plugins_for(settings),
        language=settings.languages.split("+"),
        output_type="auto",
        mode="skip",
        rotate_pages=True,
        optimize=1,
        # The worker is one of several processes already.
        jobs=1,
        use_threads=True,
        progress_bar=False,
        # The original keeps its signature; this is a copy.
        invalidate_digital_signatures=True,
    )
    return target.read_bytes()


def _pdf_of_images(content: bytes) -> bytes:
    """Return a PDF with a page for each frame, the compressed data as they are where possible."""
    import img2pdf  # type: ignore[import-untyped]

    try:
        made = img2pdf.convert(content, rotation=img2pdf.Rotation.ifvalid)
    except Exception:  # noqa: BLE001 - alpha, odd modes, broken metadata: each has its own error
        made = img2pdf.convert(_plain_frames(content))
    return bytes(made)


def _plain_frames(content: bytes) -> list[bytes]:
    """Return the frames as PNG, upright and without transparency."""
    from PIL import Image, ImageOps, ImageSequence

    frames: list[bytes] = []
    with Image.open(io.BytesIO(content)) as image:
        for frame in ImageSequence.Iterator(image):
            upright = ImageOps.exif_transpose(frame).convert("RGBA")
            paper = Image.new("RGBA", upright.size, "white")
            stream = io.BytesIO()
            dpi = image.info.get("dpi")
            Image.alpha_composite(paper, upright).convert("RGB").save(
                stream, "PNG", **({"dpi": dpi} if dpi else {})
            )
            frames.append(stream.getvalue())
    return frames


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep libraries that log what they read from logging it."""
    loggers = [logging.getLogger(name) for name in _TALKATIVE]
    levels = [logger.level for logger in loggers]
    for logger in loggers:
        logger.setLevel(logging.CRITICAL + 1)
    try:
        yield
    finally:
        for logger, level in zip(loggers, levels, strict=True):
            logger.setLevel(level)
