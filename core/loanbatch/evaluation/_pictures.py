"""Pictures of pages for people who look at misses: drawn in a worker, by the render_page hook."""

from __future__ import annotations

import io
import pickle
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import wait
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Self

from attrs import field, frozen

from loanbatch import hookcalls
from loanbatch._logging import ensure_logging
from loanbatch.errors import LoanbatchError, ValidationError
from loanbatch.executors import IsolatedExecutor, make_executor, task_error
from loanbatch.models import Box, Severity, Source
from loanbatch.registry import Registry
from loanbatch.sources import list_files

if TYPE_CHECKING:
    from concurrent.futures import Executor

    from PIL.Image import Image

#: Points shown around a box: to its sides, above and below.
_AROUND = (150.0, 30.0)
#: Widest pictures, in pixels.
_PAGE_WIDTH, _CUT_WIDTH = 900, 760
#: A value is marked in this colour, with a line of so many pixels, so many points away from it.
_MARK, _LINE, _GAP = (200, 30, 30), 2, 2.0
_JPEG_QUALITY = 55
#: Seconds between looks at the workers.
_LOOK_EVERY = 0.5


@frozen(kw_only=True)
class PageWish:
    """What is wanted of a page."""

    number: int
    #: Places to mark, and to cut out one by one; as in results.
    boxes: tuple[Box, ...] = ()
    #: Whether the whole page is wanted too.
    whole: bool = False


@frozen(kw_only=True)
class PagePictures:
    """Pictures of one page as JPEG files; empty where the page could not be drawn."""

    whole: bytes = field(default=b"", repr=False)
    #: By the place that they show.
    cuts: Mapping[Box, bytes] = field(factory=dict, repr=False)


class PictureMaker:
    """Draws pages in the executor that the settings name; use it as a context manager."""

    def __init__(self, registry: Registry) -> None:
        self._registry = registry
        self._settings = registry.settings
        self._executor: Executor | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._executor is not None:
            self._executor.shutdown(wait=True, cancel_futures=True)

    def draw(self, document: Path, wishes: Sequence[PageWish]) -> dict[int, PagePictures]:
        """Return the pictures of some pages of a file by page number.

        Raises:
            LoanbatchError: The file cannot be read or judged, or its worker died.
        """
        (listed,) = list_files([document])
        if listed.error is not None:
            raise listed.error
        if self._executor is None:
            own = hookcalls.get_executor(self._registry)
            self._executor = own or make_executor(self._settings)
        spec = pickle.dumps(self._registry.spec)
        future = self._executor.submit(draw_pages, spec, listed.source, tuple(wishes))
        while not wait([future], timeout=_LOOK_EVERY).done:
            if isinstance(self._executor, IsolatedExecutor):
                self._executor.mend()
        error = future.exception()
        if error is not None:
            raise task_error(error, self._settings) from None
        return future.result()


def draw_pages(spec: bytes, source: Source, wishes: Sequence[PageWish]) -> dict[int, PagePictures]:
    """Draw pages; runs in the worker.

    Raises:
        LoanbatchError: The source cannot be read or is refused.
    """
    registry = _registry(spec)
    ensure_logging(registry.settings)
    source, findings = hookcalls.validate(registry, source)
    for finding in findings:
        if finding.severity is Severity.ERROR:
            raise ValidationError(finding.message)
    pictures = {}
    for wish in wishes:
        try:
            pictures[wish.number] = _draw_page(registry, source, wish)
        except LoanbatchError:
            pictures[wish.number] = PagePictures()
    return pictures


@lru_cache(maxsize=1)
def _registry(spec: bytes) -> Registry:
    return Registry.from_spec(pickle.loads(spec))  # noqa: S301 -- from our own coordinator


def _draw_page(registry: Registry, source: Source, wish: PageWish) -> PagePictures:
    from PIL import Image, ImageDraw

    drawn = hookcalls.render_page(registry, source, wish.number)
    size = (drawn.width, drawn.height)
    page = Image.frombytes("L", size, drawn.pixels).convert("RGB")
    scale = drawn.points_per_pixel
    cuts = {box: _jpeg(_cut(page, box, scale), _CUT_WIDTH) for box in wish.boxes}
    if not wish.whole:
        return PagePictures(cuts=cuts)
    pen = ImageDraw.Draw(page)
    for box in wish.boxes:
        pen.rectangle(_frame(box, scale, size), outline=_MARK, width=_LINE * 2)
    return PagePictures(whole=_jpeg(page, _PAGE_WIDTH), cuts=cuts)


def _frame(box: Box, scale: float, size: tuple[int, int]) -> tuple[float, float, float, float]:
    """Return the rectangle of pixels around a box, inside the page and never empty."""
    width, height = size
    left = min(max((box.left - _GAP) / scale, 0), width - 2)
    top = min(max((box.top - _GAP) / scale, 0), height - 2)
    right = min(max((box.right + _GAP) / scale, left + 1), width - 1)
    bottom = min(max((box.bottom + _GAP) / scale, top + 1), height - 1)
    return left, top, right, bottom


def _cut(page: Image, box: Box, scale: float) -> Image:
    from PIL import ImageDraw

    frame = _frame(box, scale, page.size)
    aside, above = (distance / scale for distance in _AROUND)
    left, top = max(int(frame[0] - aside), 0), max(int(frame[1] - above), 0)
    right = min(int(frame[2] + aside) + 1, page.width)
    bottom = min(int(frame[3] + above) + 1, page.height)
    cut = page.crop((left, top, right, bottom))
    marked = (frame[0] - left, frame[1] - top, frame[2] - left, frame[3] - top)
    ImageDraw.Draw(cut).rectangle(marked, outline=_MARK, width=_LINE)
    return cut


def _jpeg(picture: Image, width: int) -> bytes:
    if picture.width > width:
        height = max(1, round(picture.height * width / picture.width))
        picture = picture.resize((width, height), reducing_gap=2.0)
    stream = io.BytesIO()
    picture.save(stream, "JPEG", quality=_JPEG_QUALITY)
    return stream.getvalue()


def wishes_for(places: Iterable[tuple[int, Box]], whole: Iterable[int]) -> list[PageWish]:
    """Return what to draw for boxes on pages, and whole pages, by page number."""
    boxes: dict[int, list[Box]] = {number: [] for number in whole}
    wanted = set(boxes)
    for number, box in places:
        own = boxes.setdefault(number, [])
        if box not in own:
            own.append(box)
    return [
        PageWish(number=number, boxes=tuple(own), whole=number in wanted)
        for number, own in sorted(boxes.items())
    ]
