"""Pictures of pages with labels and values framed, for people who write templates."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from loanbatch.errors import StorageFailedError
from loanbatch.models import Box, Page, PageImage
from loanbatch_plugins.templates._trial import Finding, Outcome, Trial

if TYPE_CHECKING:
    from PIL.Image import Image
    from PIL.ImageDraw import ImageDraw

#: Pixels of a picture's width.
_WIDTH = 1200
Colour = tuple[int, int, int]
#: Frames of labels; of values, and the names of fields.
_LABEL: Colour = (20, 90, 200)
_VALUE: Colour = (200, 30, 30)
#: Points between a word and its frame; pixels of its line, of the letters, and between the two.
_GAP, _LINE, _LETTERS, _AWAY = 1.5, 2, 14, 6


def write_pictures(outcome: Outcome, target: Path) -> list[Path]:
    """Write a PNG file of each page, readable by its owner alone; return their paths.

    Args:
        outcome: With its pages drawn.
        target: A file `NAME.png`, for further pages `NAME-2.png` and so on; else a folder.

    Raises:
        StorageFailedError: A file cannot be written.
    """
    pages = [(trial, page) for trial in outcome.trials for page in trial.pages]
    paths = [_path(target, outcome.result.file_name, page.number) for _, page in pages]
    if target.suffix.lower() == ".png":
        paths = [target, *(path for path in paths[1:])]
    try:
        for path, (trial, page) in zip(paths, pages, strict=True):
            path.parent.mkdir(parents=True, exist_ok=True)
            _save(_picture(outcome.drawn[page.number], page, trial), path)
    except OSError as error:
        raise StorageFailedError(f"{target}: cannot be written ({type(error).__name__})") from None
    return paths


def _path(target: Path, file_name: str, number: int) -> Path:
    if target.suffix.lower() == ".png":
        return target.with_name(f"{target.stem}-{number}.png")
    return target / f"{Path(file_name).stem}-{number}.png"


def _save(picture: Image, path: Path) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as stream:
        picture.save(stream, "PNG")


def _picture(drawn: PageImage, page: Page, trial: Trial) -> Image:
    from PIL import Image, ImageDraw

    image = Image.frombytes("L", (drawn.width, drawn.height), drawn.pixels)
    # Turned as the page was turned to be read: the boxes are those of the upright page.
    if page.orientation:
        image = image.rotate(-page.orientation, expand=True)
    if page.skew:
        image = image.rotate(-page.skew, fillcolor=255)
    height = max(1, round(image.height * _WIDTH / image.width))
    picture = image.resize((_WIDTH, height), reducing_gap=2.0).convert("RGB")
    pen = ImageDraw.Draw(picture)
    scale = _WIDTH / page.width
    values = [(found.field.name, box) for found, box in _values(trial, page.number)]
    for box in _labels(trial, page.number):
        _frame(pen, box, scale, _LABEL)
    for _, box in values:
        _frame(pen, box, scale, _VALUE)
    names = _Names(pen, page, scale)
    for name, box in values:
        names.write(name, box)
    return picture


def _labels(trial: Trial, number: int) -> Iterator[Box]:
    for found in trial.found:
        yield from (box for page, box in found.label_boxes if page == number)


def _values(trial: Trial, number: int) -> Iterator[tuple[Finding, Box]]:
    for found in trial.found:
        if found.box is not None and found.field.page == number:
            yield found, found.box


def _frame(pen: ImageDraw, box: Box, scale: float, colour: Colour) -> None:
    corners = (box.left - _GAP, box.top - _GAP, box.right + _GAP, box.bottom + _GAP)
    pen.rectangle([edge * scale for edge in corners], outline=colour, width=_LINE)


class _Names:
    """Writes names beside frames where they hide nothing."""

    def __init__(self, pen: ImageDraw, page: Page, scale: float) -> None:
        from PIL import ImageFont

        self._pen = pen
        self._font = ImageFont.load_default(_LETTERS)
        self._scale = scale
        self._taken = [tuple(edge * scale for edge in word.box) for word in page.words]

    def write(self, name: str, box: Box) -> None:
        """Write a name right of a box, else over or under it, else over what is there."""
        left, top, right, bottom = (edge * self._scale for edge in box)
        width = self._pen.textlength(name, font=self._font)
        corners = [
            (right + _AWAY, (top + bottom - _LETTERS) / 2 - 1),
            (left, top - _LETTERS - _AWAY),
            (left, bottom + _AWAY / 2),
            (left - width - _AWAY, (top + bottom - _LETTERS) / 2 - 1),
        ]
        areas = [(x, y, x + width, y + _LETTERS) for x, y in corners]
        area = next(filter(self._is_free, areas), areas[1])
        self._taken.append(area)
        self._pen.text(area[:2], name, fill=_VALUE, font=self._font)

    def _is_free(self, area: tuple[float, float, float, float]) -> bool:
        left, top, right, bottom = area
        inside = left >= 0 and top >= 0 and right <= _WIDTH
        return inside and not any(
            left < other[2] and other[0] < right and top < other[3] and other[1] < bottom
            for other in self._taken
        )
