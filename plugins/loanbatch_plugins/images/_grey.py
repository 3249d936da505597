"""Any picture in 8-bit grey as on white paper."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from PIL.Image import Image

_WITH_ALPHA = frozenset({"RGBA", "LA", "PA", "RGBa", "La"})
#: Modes whose first channel is the lightness.
_LIGHTNESS_FIRST = frozenset({"LAB", "YCbCr"})
_WHITE_16_BIT = 65535
#: What white may be in pictures of larger numbers.
_WHITES = (1, 255, _WHITE_16_BIT)


def grey(image: Image) -> Image:
    """Return a picture in mode L; what is transparent shows the white paper."""
    from PIL import Image as Pillow

    mode = image.mode
    if mode.startswith(("I", "F")):
        return _from_numbers(image)
    if mode in _WITH_ALPHA or "transparency" in image.info:
        image = image.convert("RGBA")
        paper = Pillow.new("RGBA", image.size, "white")
        return Pillow.alpha_composite(paper, image).convert("L")
    if mode in _LIGHTNESS_FIRST:
        return image.getchannel(0)
    if mode in {"CMYK", "HSV", "P"}:
        image = image.convert("RGB")
    return image if mode == "L" else image.convert("L")


def _from_numbers(image: Image) -> Image:
    """Return a picture of numbers beyond 8 bits, whose white is told by their type or size."""
    is_16_bit = image.mode.startswith("I;16")
    image = image.convert("I").convert("F") if is_16_bit else image.convert("F")
    low, high = cast("tuple[float, float]", image.getextrema())
    whites = [white for white in _WHITES if high <= white]
    if is_16_bit:
        low, high = 0, _WHITE_16_BIT
    elif low >= 0 and whites:
        low, high = 0, whites[0]
    scale = 255 / ((high - low) or 1)
    return image.point(lambda value: value * scale + (-low * scale)).convert("L")
