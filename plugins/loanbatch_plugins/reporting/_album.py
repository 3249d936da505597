"""Pictures of pages for reports: small, and no more of them than a budget of bytes allows."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence

from attrs import define, field, frozen

from loanbatch.book import ReportBook
from loanbatch.models import Box, PageImage
from loanbatch.results import BatchProcessingResult
from loanbatch_plugins.reporting._shown import ShownFile

#: Pages that are in memory at a time.
_AT_ONCE = 6
#: Share of the budget for pages on which nobody has to look at anything.
_SHARE_OF_OTHERS = 0.7
_WEBP_QUALITY = 40


@frozen(kw_only=True)
class Picture:
    """A picture of a page as a WebP file."""

    content: bytes = field(repr=False)
    #: Pixels.
    width: int
    #: Pixels.
    height: int
    #: Points of the page as displayed.
    page_width: float
    #: Points.
    page_height: float


@define
class Album:
    """Pictures of pages within a budget; keeps count of those that are left out.

    Args:
        book: Draws.
        width: Of a picture, in pixels.
        budget: Bytes of all pictures.
    """

    _book: ReportBook
    _width: int
    _budget: int
    #: Pictures so far.
    shown: int = field(default=0, init=False)
    #: Pages that did not fit.
    left_out: int = field(default=0, init=False)
    #: Pages that could not be drawn, or whose original is not stored any more.
    missing: int = field(default=0, init=False)
    _bytes: int = field(default=0, init=False)

    def pictures(self, result: BatchProcessingResult, file: ShownFile) -> dict[int, Picture]:
        """Return pictures of the pages of a file by page number."""
        found: dict[int, Picture] = {}
        for numbers in _portions(file.pages_to_show()):
            wanted = [number for number in numbers if self._fits(doubts=file.has_doubts(number))]
            self.left_out += len(numbers) - len(wanted)
            drawn = self._book.page_images(result, wanted, width=self._width) if wanted else {}
            self.missing += len(wanted) - len(drawn)
            for number, image in sorted(drawn.items()):
                found[number] = picture = _picture(image)
                self._bytes += len(picture.content)
                self.shown += 1
        return found

    def _fits(self, *, doubts: bool) -> bool:
        return self._bytes < self._budget * (1.0 if doubts else _SHARE_OF_OTHERS)


def _portions(numbers: Sequence[int]) -> Iterator[Sequence[int]]:
    for start in range(0, len(numbers), _AT_ONCE):
        yield numbers[start : start + _AT_ONCE]


def _picture(image: PageImage) -> Picture:
    from PIL import Image

    page = Image.frombytes("L", (image.width, image.height), image.pixels)
    stream = io.BytesIO()
    page.save(stream, "WEBP", quality=_WEBP_QUALITY, method=3)
    return Picture(
        content=stream.getvalue(),
        width=image.width,
        height=image.height,
        page_width=image.width * image.points_per_pixel,
        page_height=image.height * image.points_per_pixel,
    )


def inside(box: Box, width: float, height: float) -> Box:
    """Return the part of a box that is on its page, never empty."""
    left = min(max(box.left, 0.0), width - 1)
    top = min(max(box.top, 0.0), height - 1)
    return Box(
        left, top, min(max(box.right, left + 1), width), min(max(box.bottom, top + 1), height)
    )
