"""Images: how many, how large, and whether all of their bytes are there; from headers, without decoding."""

from __future__ import annotations

import io
import warnings

from loanbatch.errors import CorruptError
from loanbatch_plugins.intake._limits import Judged, Limits


def judge_image(content: bytes, media_type: str, limits: Limits) -> Judged:
    """Judge a JPEG, PNG or TIFF.

    Raises:
        TooLargeError: An image has too many pixels.
        TooManyPagesError: A TIFF has too many images.
        CorruptError: Not even the header can be read.
    """
    from PIL import Image

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            with Image.open(io.BytesIO(content)) as image:
                limits.refuse_pixels(*image.size)
                count = getattr(image, "n_frames", 1) if media_type == "image/tiff" else 1
        except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
            raise CorruptError("the image cannot be read; scan or export it again") from None
    limits.refuse_pages(count)
    return Judged(media_type=media_type, page_count=count, content=content)
