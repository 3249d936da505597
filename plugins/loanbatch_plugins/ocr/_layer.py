"""This plugin's engine as an OCR engine of ocrmypdf.

Imported only where ocrmypdf is about to run.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import ocrmypdf
from ocrmypdf.api import get_plugin_manager
from ocrmypdf.builtin_plugins.tesseract_ocr import TesseractOptions
from ocrmypdf.hocrtransform import BoundingBox, OcrClass, OcrElement
from ocrmypdf.pluginspec import OcrEngine, OrientationConfidence
from PIL import Image

from loanbatch.models import PageImage, Word
from loanbatch_plugins.ocr._settings import OcrSettings
from loanbatch_plugins.ocr._turning import displayed_words

#: ocrmypdf's name of the plugin that demands the program.
_PROGRAM_PLUGIN = "ocrmypdf.builtin_plugins.tesseract_ocr"
#: More than `rotate_pages_threshold`, in ocrmypdf's own unit.
_SURE = 20.0
#: Long side in pixels that small images are enlarged to.
_LONG_SIDE = 2200
_DEFAULT_DPI = 200.0


class LayerEngine(OcrEngine):  # type: ignore[misc] # ocrmypdf is not analysed
    """Reads page images for ocrmypdf."""

    def __init__(self, settings: OcrSettings) -> None:
        self._settings = settings

    @staticmethod
    def version() -> str:
        """Return Tesseract's version."""
        from loanbatch_plugins.ocr._tesseract import engine_version

        return engine_version()

    def creator_tag(self, options: Any) -> str:  # noqa: ANN401, ARG002
        """Return what the PDF says about its text layer."""
        return f"loanbatch, Tesseract {self.version()}"

    def __str__(self) -> str:
        return f"Tesseract {self.version()}"

    def languages(self, options: Any) -> set[str]:  # noqa: ANN401, ARG002
        """Return the languages of the settings; whether they exist is found out when reading."""
        return set(self._settings.languages.split("+"))

    def get_orientation(self, input_file: Path, options: Any) -> Any:  # noqa: ANN401, ARG002
        """Return whereto a page faces: ocrmypdf turns it counterclockwise by that."""
        from loanbatch_plugins.ocr._tesseract import orientation_of

        image, _ = _image_of(input_file, 0)
        angle = -orientation_of(image, self._settings) % 360
        return OrientationConfidence(angle=angle, confidence=_SURE if angle else 0.0)

    @staticmethod
    def supports_generate_ocr() -> bool:
        """Tell that `generate_ocr` is to be called."""
        return True

    def generate_ocr(
        self,
        input_file: Path,
        options: Any,  # noqa: ANN401, ARG002
        page_number: int = 0,
    ) -> tuple[Any, str]:
        """Return a page's lines of words in its own pixels, and their text."""
        from loanbatch_plugins.ocr._reading import read_image

        image, dpi = _image_of(input_file, page_number)
        words = displayed_words(read_image(image, self._settings), image.width, image.height)
        scale = 72.0 / dpi / image.points_per_pixel
        lines = [_line(line, scale) for line in _lines(words)]
        page = OcrElement(
            ocr_class=OcrClass.PAGE,
            bbox=BoundingBox(left=0, top=0, right=image.width / scale, bottom=image.height / scale),
            dpi=dpi,
            page_number=page_number,
            children=lines,
        )
        return page, "\n".join(" ".join(word.text for word in line) for line in _lines(words))

    def generate_hocr(self, *_: Any, **__: Any) -> None:  # noqa: ANN401
        """Refuse: `generate_ocr` does the work."""
        raise NotImplementedError

    def generate_pdf(self, *_: Any, **__: Any) -> None:  # noqa: ANN401
        """Refuse: `generate_ocr` does the work."""
        raise NotImplementedError


class LayerPlugin:
    """The plugin that ocrmypdf is given."""

    def __init__(self, settings: OcrSettings) -> None:
        self._engine = LayerEngine(settings)

    @ocrmypdf.hookimpl  # type: ignore[untyped-decorator]
    def register_options(self) -> dict[str, type]:
        """Keep Tesseract's options, which other parts of ocrmypdf read."""
        return {"tesseract": TesseractOptions}

    @ocrmypdf.hookimpl  # type: ignore[untyped-decorator]
    def get_ocr_engine(self) -> LayerEngine:
        """Give the engine."""
        return self._engine


def plugins_for(settings: OcrSettings) -> Any:  # noqa: ANN401
    """Return ocrmypdf's plugins with the engine of this module instead of the program."""
    manager = get_plugin_manager([])
    manager.pluggy_manager.set_blocked(_PROGRAM_PLUGIN)
    manager.pluggy_manager.register(LayerPlugin(settings), name="loanbatch")
    return manager


def _image_of(path: Path, page_number: int) -> tuple[PageImage, float]:
    """Return a page image large enough to be read, and the resolution of the file's own pixels."""
    with Image.open(path) as opened:
        dpi = float(opened.info.get("dpi", (_DEFAULT_DPI,))[0]) or _DEFAULT_DPI
        picture = opened.convert("L")
    scale = max(1.0, _LONG_SIDE / max(picture.size))
    if scale > 1:
        size = round(picture.width * scale), round(picture.height * scale)
        picture = picture.resize(size, Image.Resampling.LANCZOS)
    return PageImage(
        page_number=page_number + 1,
        width=picture.width,
        height=picture.height,
        pixels=picture.tobytes(),
        points_per_pixel=72.0 / dpi / scale,
    ), dpi


def _lines(words: list[Word]) -> list[list[Word]]:
    """Return words that follow each other at one height as lines."""
    lines: list[list[Word]] = []
    for word in words:
        if lines and _follows(lines[-1], word):
            lines[-1].append(word)
        else:
            lines.append([word])
    return lines


def _follows(line: list[Word], word: Word) -> bool:
    first, last = line[0], line[-1]
    shared = min(first.bottom, word.bottom) - max(first.top, word.top)
    return (
        word.left >= last.left
        and shared > min(first.bottom - first.top, word.bottom - word.top) / 2
    )


def _line(words: list[Word], scale: float) -> Any:  # noqa: ANN401
    return OcrElement(
        ocr_class=OcrClass.LINE,
        bbox=_bounding_box(
            min(word.left for word in words),
            min(word.top for word in words),
            max(word.right for word in words),
            max(word.bottom for word in words),
            scale,
        ),
        children=[
            OcrElement(
                ocr_class=OcrClass.WORD,
                bbox=_bounding_box(*word.box, scale),
                text=word.text,
                confidence=word.confidence,
            )
            for word in words
        ],
    )


def _bounding_box(left: float, top: float, right: float, bottom: float, scale: float) -> Any:  # noqa: ANN401
    return BoundingBox(
        left=left / scale, top=top / scale, right=right / scale, bottom=bottom / scale
    )
