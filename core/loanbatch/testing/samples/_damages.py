"""What happens to a sheet of paper before and while it is scanned, as data.

A damage is a small value; `as_scan(damages=…)` applies any number of them in their order. The same damages with
the same seed give the same picture. What is put onto the paper (stamps, handwriting) goes where nothing is
printed, so that the truth of the sample stays readable.
"""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING, Literal, Protocol

from attrs import frozen

if TYPE_CHECKING:
    from PIL import Image

_POINTS_PER_INCH = 72
#: Side of the squares in which empty places are looked for, in points.
_CELL = 4
_WHITE = 255
#: Darker than this is print.
_INK = 200

Color = tuple[int, int, int]
Box = tuple[float, float, float, float]


@frozen(kw_only=True)
class Sheet:
    """A page on its way through the scanner."""

    #: Grey, or in colour once something coloured is on it.
    picture: Image.Image
    dpi: int
    rng: Random

    @property
    def scale(self) -> float:
        """Pixels a point."""
        return self.dpi / _POINTS_PER_INCH

    def empty_place(self, width: float, height: float, *, margin: float = 18) -> Box | None:
        """Return a box of this size in points in which nothing is printed, by chance one of all there are."""
        from PIL import Image

        print_ = self.picture.convert("L").point(lambda grey: _WHITE if grey < _INK else 0)
        size = [round(side / self.scale / _CELL) for side in print_.size]
        cells = print_.resize((size[0], size[1]), Image.Resampling.BOX).tobytes()
        wide, high = (-int(-side // _CELL) for side in (width, height))
        edge = round(margin / _CELL)
        sums = _sums(cells, size[0])
        free = [
            (x, y)
            for y in range(edge, size[1] - high - edge)
            for x in range(edge, size[0] - wide - edge)
            if not _count(sums, x, y, x + wide, y + high)
        ]
        if not free:
            return None
        x, y = self.rng.choice(free)
        return x * _CELL, y * _CELL, x * _CELL + width, y * _CELL + height


def _sums(cells: bytes, width: int) -> list[list[int]]:
    """Return how many cells with print stand above and to the left of each."""
    sums = [[0] * (width + 1)]
    for start in range(0, len(cells), width):
        row, total = [0], 0
        for index, cell in enumerate(cells[start : start + width]):
            total += cell > 0
            row.append(total + sums[-1][index + 1])
        sums.append(row)
    return sums


def _count(sums: list[list[int]], left: int, top: int, right: int, bottom: int) -> int:
    return sums[bottom][right] - sums[top][right] - sums[bottom][left] + sums[top][left]


class Damage(Protocol):
    """Something that happens to a sheet."""

    def on(self, sheet: Sheet) -> Image.Image:
        """Return the sheet's picture afterwards."""
        ...


@frozen
class Skew:
    """The sheet lies askew in the scanner."""

    #: Clockwise.
    degrees: float

    def on(self, sheet: Sheet) -> Image.Image:
        """Rotate; corners that show up are white."""
        from PIL import Image

        picture = sheet.picture
        white = _WHITE if picture.mode == "L" else (_WHITE,) * 3
        return picture.rotate(-self.degrees, Image.Resampling.BICUBIC, fillcolor=white)


@frozen
class Turn:
    """The sheet went into the scanner the wrong way round."""

    #: Clockwise: 90, 180 or 270.
    degrees: int

    def on(self, sheet: Sheet) -> Image.Image:
        """Rotate without loss; a quarter turn swaps width and height."""
        from PIL import Image

        ways = {90: "ROTATE_270", 180: "ROTATE_180", 270: "ROTATE_90"}
        return sheet.picture.transpose(Image.Transpose[ways[self.degrees]])


@frozen
class Noise:
    """Grain all over the picture."""

    #: 0 (none) to 1 (nothing else).
    share: float

    def on(self, sheet: Sheet) -> Image.Image:
        """Blend with white noise."""
        from PIL import Image

        size = sheet.picture.size
        grain = Image.frombytes("L", size, sheet.rng.randbytes(size[0] * size[1]))
        return Image.blend(sheet.picture, grain.convert(sheet.picture.mode), self.share)


@frozen
class Blur:
    """The lens or the glass is not sharp."""

    #: Points.
    radius: float = 0.5

    def on(self, sheet: Sheet) -> Image.Image:
        """Smear by a Gaussian."""
        from PIL import ImageFilter

        return sheet.picture.filter(ImageFilter.GaussianBlur(self.radius * sheet.scale))


@frozen
class UnevenLight:
    """A telephone's picture: darker towards one side."""

    #: How much of the light is missing at the dark side, 0 to 1.
    strength: float = 0.45

    def on(self, sheet: Sheet) -> Image.Image:
        """Darken by a gradient, from a side that chance picks."""
        from PIL import Image

        low = round(_WHITE * (1 - self.strength))
        gradient = Image.linear_gradient("L").point(
            lambda grey: low + grey * (_WHITE - low) // _WHITE
        )
        gradient = gradient.rotate(90 * sheet.rng.randrange(4))
        return _darkened(sheet.picture, gradient.resize(sheet.picture.size))


@frozen
class Speckle:
    """Dirt on the glass, or a poor telephone line."""

    per_square_inch: float = 6

    def on(self, sheet: Sheet) -> Image.Image:
        """Draw small dark specks anywhere."""
        from PIL import ImageDraw

        picture, rng = sheet.picture.copy(), sheet.rng
        draw = ImageDraw.Draw(picture)
        inches = picture.width / sheet.dpi * picture.height / sheet.dpi
        for _ in range(round(self.per_square_inch * inches)):
            x, y = rng.uniform(0, picture.width), rng.uniform(0, picture.height)
            radius = rng.uniform(0.15, 0.5) * sheet.scale
            grey = rng.randrange(40, 140)
            fill = grey if picture.mode == "L" else (grey,) * 3
            draw.ellipse((x - radius, y - radius, x + radius, y + radius), fill=fill)
        return picture


@frozen
class PunchHoles:
    """The sheet was in a binder: three holes along the left edge."""

    def on(self, sheet: Sheet) -> Image.Image:
        """Draw dark discs where the scanner's lid shows, unless something is printed there."""
        from PIL import ImageDraw

        picture = sheet.picture.copy()
        draw, scale = ImageDraw.Draw(picture), sheet.scale
        middle = picture.height / scale / 2
        for y in (middle - 306, middle, middle + 306):
            box = tuple(side * scale for side in (8.0, y - 10, 28.0, y + 10))
            under = picture.convert("L").crop(tuple(round(side) for side in box))  # type: ignore[arg-type]
            if int(under.getextrema()[0]) >= _INK:  # type: ignore[arg-type]
                draw.ellipse(box, fill=60 if picture.mode == "L" else (60,) * 3)
        return picture


@frozen
class Fold:
    """The sheet was folded in three like a letter, and its edge does not lie flat."""

    #: Share of light that is missing in the deepest shadow.
    depth: float = 0.35

    def on(self, sheet: Sheet) -> Image.Image:
        """Darken along two lines across the sheet and along the right edge."""
        from PIL import Image

        picture, light = sheet.picture, Image.new("L", sheet.picture.size, _WHITE)
        low = round(_WHITE * (1 - self.depth))
        fall = Image.linear_gradient("L").point(lambda g: low + g * (_WHITE - low) // _WHITE)
        band = max(2, round(9 * sheet.scale))
        for third in (1, 2):
            across = fall.resize((picture.width, band))
            light.paste(across, (0, picture.height * third // 3))
        edge = fall.rotate(90).resize((2 * band, picture.height))
        light.paste(edge, (picture.width - 2 * band, 0))
        return _darkened(picture, light)


@frozen
class Stamp:
    """A rubber stamp's print where the sheet is empty; none where it would not fit."""

    text: str = "RECEIVED"
    shape: Literal["rectangle", "round"] = "rectangle"
    color: Color = (176, 24, 32)

    def on(self, sheet: Sheet) -> Image.Image:
        """Print it a little askew, as large as an empty place lets it be."""
        wide, high = (112.0, 46.0) if self.shape == "rectangle" else (84.0, 84.0)
        for share in (1.0, 0.8, 0.6):
            place = sheet.empty_place(wide * share, high * share)
            if place:
                return self._printed(sheet, place)
        return sheet.picture

    def _printed(self, sheet: Sheet, place: Box) -> Image.Image:
        from PIL import Image, ImageDraw, ImageFont

        left, top, right, bottom = (round(side * sheet.scale) for side in place)
        width, height = right - left, bottom - top
        mask = Image.new("L", (width, height), 0)
        draw = ImageDraw.Draw(mask)
        line = max(2, round(1.6 * sheet.scale))
        # Room for the corners of the stamp when it is turned.
        frame = (width * 0.06, height * 0.16, width * 0.94, height * 0.84)
        if self.shape == "round":
            frame = (line, line, width - line, height - line)
            draw.ellipse(frame, outline=210, width=line)
        else:
            draw.rectangle(frame, outline=210, width=line)
        font = ImageFont.load_default(size=0.8 * (frame[2] - frame[0]) / max(4, len(self.text)))
        draw.text((width / 2, height / 2), self.text, fill=210, font=font, anchor="mm")
        mask = mask.rotate(sheet.rng.uniform(-4, 4), Image.Resampling.BICUBIC)
        picture = sheet.picture.convert("RGB")
        picture.paste(self.color, (left, top), mask)
        return picture


@frozen
class Handwriting:
    """Strokes of a pen where the sheet is empty: a signature, or a line of words that nobody can read."""

    words: int = 1
    color: Color = (28, 40, 120)

    def on(self, sheet: Sheet) -> Image.Image:
        """Draw Bezier curves, word by word."""
        from PIL import ImageDraw

        width = 60.0 * self.words + 24
        place = sheet.empty_place(width, 26) or sheet.empty_place(width / 2, 18)
        if place is None:
            return sheet.picture
        picture = sheet.picture.convert("RGB")
        draw = ImageDraw.Draw(picture)
        pen = max(1, round(0.9 * sheet.scale))
        for word in range(self.words):
            points = [
                (x * sheet.scale, y * sheet.scale)
                for x, y in _scrawl(sheet.rng, place, word, self.words)
            ]
            draw.line(points, fill=self.color, width=pen, joint="curve")
        return picture


def _scrawl(rng: Random, place: Box, word: int, words: int) -> list[tuple[float, float]]:
    """Return points along cubic Bezier curves that loop from left to right through a share of the place."""
    left, top, right, bottom = place
    step = (right - left) / words
    x, middle, high = left + step * word, (top + bottom) / 2, (bottom - top) / 2
    last = (x + step * 0.04, middle)
    points = []
    letters = 6
    for _ in range(letters):
        end = (last[0] + step * 0.88 / letters, middle + rng.uniform(-0.3, 0.3) * high)
        first_pull = (last[0] + step * rng.uniform(0, 0.12), middle - high * rng.uniform(0.3, 1))
        second_pull = (end[0] - step * rng.uniform(0, 0.12), middle + high * rng.uniform(0.2, 0.9))
        points += [_bezier(last, first_pull, second_pull, end, part / 12) for part in range(13)]
        last = end
    return points


Point = tuple[float, float]


def _bezier(p: Point, q: Point, r: Point, s: Point, t: float) -> Point:
    a, b, c, d = (1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t * t * (1 - t), t**3
    return a * p[0] + b * q[0] + c * r[0] + d * s[0], a * p[1] + b * q[1] + c * r[1] + d * s[1]


def _darkened(picture: Image.Image, light: Image.Image) -> Image.Image:
    from PIL import ImageChops

    return ImageChops.multiply(picture, light.convert(picture.mode))
