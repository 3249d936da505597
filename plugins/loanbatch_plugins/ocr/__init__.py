"""Reads images of pages: tesserocr in this process, ocrmypdf where there is no tesserocr.

`describe` tells `loanbatch doctor` which engine answers, as pairs of a name and a text for people.
"""

from __future__ import annotations

from loanbatch.hookspecs import hookimpl
from loanbatch.models import PageImage, Recognition
from loanbatch.settings import Settings
from loanbatch_plugins.ocr._settings import OcrSettings

__all__ = ["OcrSettings", "recognize_text", "register_settings"]


@hookimpl
def register_settings() -> type:
    """Give the class of the plugin's settings."""
    return OcrSettings


@hookimpl
def recognize_text(image: PageImage, settings: Settings) -> Recognition:
    """Read the words of an image.

    Raises:
        OcrFailedError: There is no engine, or no data for the languages.
    """
    from loanbatch_plugins.ocr._tesseract import read_image

    return read_image(image, settings.plugin(OcrSettings))
