"""Reading single values of a page once more, each cut out of it and enlarged by itself.

A page is read line by line in its own size; a value alone, as one line of the size that the engine
was trained on, is other input to it, so that its mistakes are others too: two readings that agree
are seldom wrong, and one that differs tells where to look.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

from loanbatch.models import Box, Page, PageImage, Recognition, Word
from loanbatch_plugins.ocr import _tesseract
from loanbatch_plugins.ocr._boxes import INK_BELOW
from loanbatch_plugins.ocr._paper import in_even_light, without_grain
from loanbatch_plugins.ocr._settings import OcrSettings
from loanbatch_plugins.ocr._specks import is_dirty, without_specks
from loanbatch_plugins.ocr._turning import as_picture, displayed_words, make_upright

if TYPE_CHECKING:
    from PIL.Image import Image


class Way(NamedTuple):
    """How a value is shown to the engine."""

    #: Pixels that its height is brought to.
    height: int
    #: Pixels of blur, which mends broken letters.
    blur: float
    #: Page shown beside it where no other word stands, in its heights.
    beside: float


#: Tried in turn until one gives what was read before (of 1,900 numbers on scans the first alone
#: agreed with 92 % of the right ones, all three with 98 %, and no two of them on another value).
WAYS = (Way(32, 0.0, 2.5), Way(24, 0.0, 8.0), Way(40, 1.2, 8.0))
#: The same where grain was smoothed: typewritten numbers of 389 on such scans these read 97 % each,
#: the ways above 70 to 88 %. On other pages more blur costs 4 % of the numbers.
GRAINY_WAYS = (Way(20, 0.6, 2.5), Way(24, 1.2, 2.5), Way(16, 0.6, 2.5))
#: Page shown above and below a value, and white paper around all of it, in its heights.
_ABOVE, _BORDER = 0.3, 0.3
#: Pixels that a line of print is high at least, and its widths in heights at most.
_LOWEST, _WIDEST = 4, 80
#: Parts of its height: nearer than this a word beside it may be the rest of it.
_GLUED = 0.5
#: The same for words in a cut: nearer than this they are one number.
_SAME_NUMBER = 0.3
_NUMBER_ENDS, _NUMBER_GOES_ON = re.compile(r"[$\d.,]$"), re.compile(r"[\d.,]")
#: What the rules of a table and the strokes of neighbours at the edge of a cut are read as.
_EDGES = "|¦_`'‘’“”\"°^[]{}!"
_STOPS = ".,:;"
#: A faint minus before a number.
_MINUS = re.compile(r"^[~—–=](?=\s*[$\d])")


class Cut(NamedTuple):
    """A value cut out of its page, with something around it."""

    picture: Image
    #: Where it stands in the picture, in its pixels.
    left: float
    right: float
    #: Of the value itself, in pixels.
    height: float


def read_again(
    image: PageImage, page: Page, words: Sequence[Word], settings: OcrSettings
) -> list[tuple[Word, ...]]:
    """Return other readings of words, for each in the order in which they were tried.

    Args:
        image: The page as displayed.
        page: What was read there before, and how it has to be turned to be upright.
        words: What to read again, in points of the upright page.
        settings: Which languages.

    Raises:
        OcrFailedError: There is no engine, or no data for the languages.
    """
    rough = as_picture(image)
    smooth = without_grain(rough)
    ways = WAYS if smooth is rough else GRAINY_WAYS
    picture = in_even_light(smooth)
    if page.orientation == 0 and is_dirty(picture):
        picture = without_specks(picture)
    return [tuple(_readings(picture, image, page, word, ways, settings)) for word in words]


def _readings(
    picture: Image,
    image: PageImage,
    page: Page,
    word: Word,
    ways: Iterable[Way],
    settings: OcrSettings,
) -> Iterator[Word]:
    before = _squeezed(word.text)
    height = word.bottom - word.top
    if height < _LOWEST * image.points_per_pixel or word.right - word.left > _WIDEST * height:
        return  # a rule or a speck, whatever it was read as
    for way in ways:
        cut = cut_out(picture, image, page, word, way.beside)
        if not any(cut.picture.histogram()[:INK_BELOW]):
            return  # the engine reads letters even into white paper
        found = read_cut(cut, way, settings)
        if not found:
            continue
        blank = " " if " " in word.text else ""
        text = without_edges(blank.join(it.text for it in found))
        agrees = _squeezed(text) == before
        if text:
            scale = (word.bottom - word.top) / cut.height
            yield word._replace(
                text=text,
                left=word.left if agrees else word.left + (found[0].left - cut.left) * scale,
                right=word.right if agrees else word.left + (found[-1].right - cut.left) * scale,
                confidence=min(it.confidence for it in found),
            )
        if agrees:
            return


def _squeezed(text: str) -> str:
    return "".join(text.split())


def cut_out(picture: Image, image: PageImage, page: Page, word: Word, beside: float) -> Cut:
    """Return a word upright and level, with some of the page around it."""
    left, right = _room(word, page.words, beside)
    left, right = max(left, min(word.left, 0.0)), min(right, max(word.right, page.width))
    margin = _ABOVE * (word.bottom - word.top)
    box = Box(left, word.top - margin, right, word.bottom + margin)
    scale = 1 / image.points_per_pixel
    shown = Word("", *(edge * scale for edge in box))
    return Cut(
        _upright_part(picture, page, shown),
        (word.left - left) * scale,
        (word.right - left) * scale,
        (word.bottom - word.top) * scale,
    )


def _room(word: Word, others: Sequence[Word], beside: float) -> tuple[float, float]:
    """Return how far to the left and to the right the page is looked at.

    The engine at times loses the rest of a number, or takes it for another word.
    """
    height = word.bottom - word.top
    left, right = word.left - beside * height, word.right + beside * height
    for other in others:
        if min(other.bottom, word.bottom) - max(other.top, word.top) < height / 4:
            continue
        middle = (other.left + other.right) / 2
        if word.left <= middle <= word.right:
            continue
        if middle > word.right:
            gap = max(other.left - word.right, 0.0)
            glued = gap < _GLUED * height and _NUMBER_GOES_ON.match(other.text)
            right = min(right, other.right + height / 4 if glued else word.right + gap / 2)
        else:
            gap = max(word.left - other.right, 0.0)
            glued = gap < _GLUED * height and _NUMBER_ENDS.search(other.text)
            left = max(left, other.left - height / 4 if glued else word.left - gap / 2)
    return left, right


def _upright_part(picture: Image, page: Page, word: Word) -> Image:
    across, along = (word.right - word.left) / 2, (word.bottom - word.top) / 2
    where = Recognition(words=(word,), orientation=page.orientation, skew=page.skew)
    (shown,) = displayed_words(where, picture.width, picture.height)
    x, y = (shown.left + shown.right) / 2, (shown.top + shown.bottom) / 2
    wide, high = (along, across) if page.orientation in (90, 270) else (across, along)
    tilt = abs(math.radians(page.skew))
    # The corners of the tilted word; turning about its middle brings them into place.
    reach_x = wide * math.cos(tilt) + high * math.sin(tilt) + 1
    reach_y = high * math.cos(tilt) + wide * math.sin(tilt) + 1
    part = _part(picture, x, y, reach_x, reach_y)
    level = make_upright(part, page.orientation, page.skew).picture
    return _part(level, level.width / 2, level.height / 2, across, along)


def _part(picture: Image, x: float, y: float, reach_x: float, reach_y: float) -> Image:
    """Return what lies around a point; there is white paper outside the picture."""
    from PIL import Image

    left, top = math.floor(x - reach_x), math.floor(y - reach_y)
    right, bottom = math.ceil(x + reach_x), math.ceil(y + reach_y)
    part = Image.new("L", (right - left, bottom - top), 255)
    part.paste(picture, (-left, -top))
    return part


def read_cut(cut: Cut, way: Way, settings: OcrSettings) -> list[Word]:
    """Return the words of a value, in pixels of its cut, without its neighbours."""
    from PIL import Image, ImageFilter, ImageOps

    factor = way.height / cut.height
    size = max(1, round(cut.picture.width * factor)), max(1, round(cut.picture.height * factor))
    shown = cut.picture.resize(size, Image.Resampling.BICUBIC)
    if way.blur:
        shown = shown.filter(ImageFilter.GaussianBlur(way.blur))
    border = round(_BORDER * way.height)
    found = _tesseract.read_line(ImageOps.expand(shown, border, 255), settings)
    placed = [
        word._replace(left=(word.left - border) / factor, right=(word.right - border) / factor)
        for word in found
    ]
    own = [index for index, word in enumerate(placed) if _is_of(word, cut.left, cut.right)]
    if not own:
        return []
    first, last = own[0], own[-1]
    while first > 0 and _goes_on(placed[first - 1], placed[first], cut.height):
        first -= 1
    while last + 1 < len(placed) and _goes_on(placed[last], placed[last + 1], cut.height):
        last += 1
    return placed[first : last + 1]


def _goes_on(word: Word, rest: Word, height: float) -> bool:
    """Tell whether a number goes on in the next word, by the gap of two digits."""
    return (
        rest.left - word.right < _SAME_NUMBER * height
        and _NUMBER_ENDS.search(word.text) is not None
        and _NUMBER_GOES_ON.match(rest.text) is not None
    )


def _is_of(word: Word, left: float, right: float) -> bool:
    """Tell whether a word lies within a value, or goes beyond it, rather than beside it."""
    shared = min(word.right, right) - max(word.left, left)
    return 2 * shared > min(word.right - word.left, right - left)


def without_edges(text: str) -> str:
    """Return a value without what is no part of it at its ends: rules, stops, half brackets.

    A dash of any kind before a number is a minus.
    """
    text = text.strip(_EDGES + " ").rstrip(_STOPS + _EDGES + " ")
    text = _MINUS.sub("-", text)
    if text.count("(") != text.count(")"):
        text = text.strip("() ")
    return text
