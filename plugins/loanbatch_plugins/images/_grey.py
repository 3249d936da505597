"""Any picture in 8-bit grey as on white paper."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL.Image import Image

_WITH_ALPHA = frozenset({"RGBA", "LA", "PA", "RGBa", "La"})
#: Modes whose first channel is the lightness.
_LIGHTNESS_FIRST = frozenset({"LAB", "YCbCr"})
_WHITE_16_BIT = 65535


def grey(image: Image) -> Image:
    """Return a picture in mode L; what is transparent shows the white paper."""
    from PIL import Image as pil

    mode = image.mode
    if mode.startswith(("I", "F")):
        return _from_numbers(image)
    if mode in _WITH_ALPHA or "transparency" in image.info:
        image = image.convert("RGBA")
        paper = pil.new("RGBA", image.size, "white")
        return pil.alpha_composite(paper, image).convert("L")
    if mode in _LIGHTNESS_FIRST:
        return image.getchannel(0)
    if mode in {"CMYK", "HSV", "P"}:
        image = image.convert("RGB")
    return image if mode == "L" else image.convert("L")


def _from_numbers(image: Image) -> Image:
    """Return a picture of 16-bit, 32-bit or floating point numbers: 16 bits, or as far as they go."""
    image = image.convert("F")
    low, high = image.getextrema()
    if low >= 0 and 255 < high <= _WHITE_16_BIT:  # noqa: PLR2004 - 8 bits
        low, high = 0, _WHITE_16_BIT
    elif low >= 0 and 1 < high <= 255:  # noqa: PLR2004 - 8 bits
        low, high = 0, 255
    return image.point(lambda value: value * (255 / ((high - low) or 1)) - low).convert("L")
