"""Tesseract in this process, through tesserocr.

A page is laid out first, which tells whether its lines are upright and how they are tilted. A page
that is level is then read as it is; another one is made upright and level with Pillow and laid out
again, which gives words in the coordinates that the hook promises, and lines that Tesseract reads
better than tilted ones.

Whether a page stands on its head is for the words to tell: a page of print has a mean confidence of
0.75 and more then, and 0.35 at most the other way round. Tesseract's own look at a page's direction
takes as long as half of the reading, and of 18 pages on their head it took two for upright.
"""

from __future__ import annotations

import math
import threading
from typing import TYPE_CHECKING, Any, NamedTuple

from attrs import evolve, frozen

from loanbatch.errors import OcrFailedError
from loanbatch.models import CheckBox, PageImage, Recognition, Word
from loanbatch_plugins.ocr._boxes import find_check_boxes
from loanbatch_plugins.ocr._paper import without_check_boxes
from loanbatch_plugins.ocr._rereading import reread
from loanbatch_plugins.ocr._settings import OcrSettings
from loanbatch_plugins.ocr._specks import is_dirty, without_specks
from loanbatch_plugins.ocr._tessdata import find_tessdata
from loanbatch_plugins.ocr._turning import Upright, as_picture, make_upright

if TYPE_CHECKING:
    from collections.abc import Iterator

    from PIL.Image import Image

#: An engine takes 60 ms to start and must not be shared by threads.
_engines = threading.local()

#: Degrees; less tilt than this does no harm and is not levelled.
_LEVEL_ENOUGH = 0.3

_POINTS_PER_INCH = 72.0

#: Pixels per inch at which a line of the size that is shown would be common print.
_LINE_RESOLUTION = 300


def engine_for(settings: OcrSettings) -> Any:  # noqa: ANN401 - tesserocr has no types
    """Return this thread's engine for the languages of the settings.

    Raises:
        OcrFailedError: tesserocr is missing or does not start with these data.
    """
    key = f"{settings.languages}|{settings.tessdata}"
    known: dict[str, Any] = _engines.__dict__
    if key not in known:
        known[key] = _start(settings)
    return known[key]


def _start(settings: OcrSettings) -> Any:  # noqa: ANN401
    tesserocr = _tesserocr()
    folder = find_tessdata(settings)
    try:
        return tesserocr.PyTessBaseAPI(
            path=f"{folder}/",
            lang=settings.languages,
            psm=tesserocr.PSM.AUTO,
            oem=tesserocr.OEM.LSTM_ONLY,
            # Tesseract writes remarks about every page to standard error otherwise.
            variables={"debug_file": "/dev/null"},
        )
    except RuntimeError as error:
        raise OcrFailedError(
            f"Tesseract does not start with the data in {folder}; are they of version 4 or later?"
        ) from error


def _tesserocr() -> Any:  # noqa: ANN401
    try:
        import tesserocr
    except ImportError as error:
        raise OcrFailedError(
            "tesserocr is not installed; `pip install tesserocr`, or install the tesseract program"
        ) from error
    # Leptonica complains to standard error about every odd image otherwise.
    tesserocr.set_leptonica_log_level(tesserocr.LeptLogLevel.NONE)
    return tesserocr


def is_installed() -> bool:
    """Tell whether tesserocr can be imported."""
    try:
        import tesserocr  # noqa: F401
    except ImportError:
        return False
    return True


def engine_version() -> str:
    """Return Tesseract's version, as `5.5.0`.

    Raises:
        OcrFailedError: tesserocr is missing.
    """
    first_line: str = _tesserocr().tesseract_version().splitlines()[0]
    return first_line.removeprefix("tesseract").strip()


class Attitude(NamedTuple):
    """How a page has to be turned to be upright, and then to be level, in degrees clockwise."""

    orientation: int = 0
    skew: float = 0.0

    def on_its_head(self) -> Attitude:
        """Return the same for a page whose words turned out to stand on their heads."""
        return Attitude((self.orientation + 180) % 360, self.skew)


AS_SHOWN = Attitude()


@frozen(kw_only=True)
class Reading:
    """What one pass over a picture gave, in pixels of the upright picture."""

    #: As it was shown to the engine: upright, level, without dirt and check boxes.
    upright: Upright
    words: tuple[Word, ...]
    check_boxes: tuple[CheckBox, ...] = ()
    attitude: Attitude = AS_SHOWN

    def placed(self) -> Recognition:
        """Return it in pixels of the image of the original size."""
        return Recognition(
            words=tuple(self.upright.place_word(word) for word in self.words),
            check_boxes=tuple(self.upright.place_check_box(item) for item in self.check_boxes),
            orientation=self.attitude.orientation,
            skew=self.attitude.skew,
        )


def read_picture(
    picture: Image, resolution: int, settings: OcrSettings, attitude: Attitude | None = None
) -> Reading:
    """Read the words and check boxes of a grey picture.

    Args:
        picture: Paper should be white.
        resolution: Pixels per inch, as far as it is known.
        settings: Which languages.
        attitude: How the page has to be turned, where that is known. Else it is found out, except
            whether the page stands on its head.

    Raises:
        OcrFailedError: There is no engine, or no data for the languages.
    """
    engine = engine_for(settings)
    try:
        shown, dirty = attitude or AS_SHOWN, is_dirty(picture)
        page = make_upright(picture, *shown)
        upright, check_boxes = _show(engine, page, resolution, dirty=dirty)
        if attitude is None:
            attitude = _attitude(engine)
            if attitude != shown:
                page = make_upright(picture, *attitude)
                upright, check_boxes = _show(engine, page, resolution, dirty=dirty)
        return Reading(
            upright=upright,
            words=tuple(_read_words(engine)),
            check_boxes=check_boxes,
            attitude=attitude,
        )
    finally:
        engine.Clear()


def look_again(reading: Reading, settings: OcrSettings) -> Reading:
    """Return a reading with what a second look at its picture brings to light.

    Raises:
        OcrFailedError: There is no engine, or no data for the languages.
    """
    words = reread(reading.upright.picture, reading.words, lambda line: read_line(line, settings))
    return evolve(reading, words=words)


def read_line(picture: Image, settings: OcrSettings) -> list[Word]:
    """Read a grey picture that holds one line of text, upright.

    Raises:
        OcrFailedError: There is no engine, or no data for the languages.
    """
    engine = engine_for(settings)
    import tesserocr

    try:
        engine.SetPageSegMode(tesserocr.PSM.SINGLE_LINE)
        _set_picture(engine, picture, _LINE_RESOLUTION)
        return list(_read_words(engine))
    finally:
        engine.Clear()


def orientation_of(image: PageImage, settings: OcrSettings) -> int:
    """Return by how many degrees clockwise a page has to be turned to be upright.

    Raises:
        OcrFailedError: There is no engine, or no data for the languages.
    """
    engine = engine_for(settings)
    import tesserocr

    try:
        _set_picture(engine, as_picture(image), image_resolution(image))
        engine.SetPageSegMode(tesserocr.PSM.AUTO_OSD)
        return _attitude(engine).orientation
    finally:
        engine.Clear()


def image_resolution(image: PageImage) -> int:
    """Return the pixels per inch of the displayed page."""
    return round(_POINTS_PER_INCH / image.points_per_pixel)


def _show(
    engine: Any,  # noqa: ANN401
    page: Upright,
    resolution: int,
    *,
    dirty: bool,
) -> tuple[Upright, tuple[CheckBox, ...]]:
    """Give the engine a page without dirt and check boxes, and return it and these."""
    import tesserocr

    if dirty:
        page = evolve(page, picture=without_specks(page.picture))
    check_boxes = find_check_boxes(page.picture)
    if check_boxes:
        page = evolve(page, picture=without_check_boxes(page.picture, check_boxes))
    engine.SetPageSegMode(tesserocr.PSM.AUTO)
    _set_picture(engine, page.picture, resolution)
    return page, check_boxes


def _set_picture(engine: Any, picture: Image, resolution: int) -> None:  # noqa: ANN401
    engine.SetImageBytes(picture.tobytes(), picture.width, picture.height, 1, picture.width)
    engine.SetSourceResolution(min(max(resolution, 70), 600))


def _attitude(engine: Any) -> Attitude:  # noqa: ANN401
    """Return how the image shown has to be turned and levelled.

    Unless the engine was told to look for the direction of the print, it takes all lines for
    upright; those that run up or down are then taken to run up.
    """
    import tesserocr

    level = tesserocr.RIL.TEXTLINE
    text_types = range(tesserocr.PT.FLOWING_TEXT, tesserocr.PT.CAPTION_TEXT + 1)
    blocks = engine.AnalyseLayout()
    if blocks is None:
        return AS_SHOWN
    lengths: dict[int, int] = {}
    tilts: list[tuple[float, int]] = []
    for line in tesserocr.iterate_level(blocks, level):
        box, baseline = line.BoundingBox(level), line.Baseline(level)
        # Pictures and rules count as lines as well, always level ones.
        if box is None or baseline is None or line.BlockType() not in text_types:
            continue
        facing = line.Orientation()[0] or int(_runs_up(*baseline))
        length = max(box[2] - box[0], box[3] - box[1])
        lengths[facing] = lengths.get(facing, 0) + length
        tilts.append((_tilt(*baseline), length))
    if not lengths:
        return AS_SHOWN
    facing = max(lengths, key=lambda key: lengths[key])
    skew = -_weighted_median(tilts)
    orientation = (360 - 90 * facing) % 360
    return Attitude(orientation, 0.0 if orientation == 0 and abs(skew) < _LEVEL_ENOUGH else skew)


def _runs_up(start: tuple[int, int], end: tuple[int, int]) -> bool:
    return abs(end[1] - start[1]) > abs(end[0] - start[0])


def _tilt(start: tuple[int, int], end: tuple[int, int]) -> float:
    """Return by how many degrees clockwise a baseline is off the nearest axis.

    Tesseract's own estimate of a page's tilt is off by up to half a degree, the middle one of the
    baselines by less than a tenth (pages turned by known angles).
    """
    angle = math.degrees(math.atan2(end[1] - start[1], end[0] - start[0]))
    return (angle + 45) % 90 - 45


def _weighted_median(values: list[tuple[float, int]]) -> float:
    values.sort()
    half = sum(weight for _, weight in values) / 2
    seen = 0
    for value, weight in values:
        seen += weight
        if seen >= half:
            return value
    return 0.0


def _read_words(engine: Any) -> Iterator[Word]:  # noqa: ANN401
    import tesserocr

    engine.Recognize()
    results = engine.GetIterator()
    if results is None:
        return
    for item in tesserocr.iterate_level(results, tesserocr.RIL.WORD):
        if item.Empty(tesserocr.RIL.WORD):
            continue
        text = item.GetUTF8Text(tesserocr.RIL.WORD).strip()
        box = item.BoundingBox(tesserocr.RIL.WORD)
        if text and box is not None:
            confidence = item.Confidence(tesserocr.RIL.WORD) / 100
            left, top, right, bottom = box
            yield Word(text, left, top, right, bottom, min(max(confidence, 0.0), 1.0))
