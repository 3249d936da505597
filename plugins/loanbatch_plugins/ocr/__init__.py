"""Reads images of pages: tesserocr in this process, ocrmypdf where there is no tesserocr.

`describe` tells `loanbatch doctor` which engine answers, as pairs of a name and a text for people.
"""

from __future__ import annotations

from collections.abc import Sequence

from loanbatch.hookspecs import hookimpl
from loanbatch.models import Artifact, Page, PageImage, Recognition, Source, Word
from loanbatch.settings import Settings
from loanbatch_plugins.ocr._settings import OcrSettings

__all__ = [
    "OcrSettings",
    "describe",
    "make_searchable",
    "recognize_again",
    "recognize_text",
    "register_settings",
]


@hookimpl
def register_settings() -> type:
    """Give the class of the plugin's settings."""
    return OcrSettings


@hookimpl
def recognize_text(image: PageImage, settings: Settings) -> Recognition:
    """Read the words and check boxes of an image.

    Raises:
        OcrFailedError: There is no engine, or no data for the languages.
    """
    from loanbatch_plugins.ocr._reading import read_image

    return read_image(image, settings.plugin(OcrSettings))


@hookimpl
def recognize_again(
    image: PageImage, page: Page, words: Sequence[Word], settings: Settings
) -> list[tuple[Word, ...]] | None:
    """Read words of a page by themselves, in other sizes; None where tesserocr does not answer.

    Raises:
        OcrFailedError: There are no data for the languages.
    """
    from loanbatch_plugins.ocr._again import read_again
    from loanbatch_plugins.ocr._reading import is_in_process

    own = settings.plugin(OcrSettings)
    return read_again(image, page, words, own) if is_in_process(own) else None


@hookimpl
def make_searchable(source: Source, settings: Settings) -> Artifact | None:
    """Make a searchable PDF/A of a PDF or an image.

    Raises:
        OcrFailedError: It could not be made.
    """
    from loanbatch_plugins.ocr._searchable import searchable_copy

    return searchable_copy(source, settings.plugin(OcrSettings))


def describe(settings: Settings | None = None) -> dict[str, str]:
    """Return which engine answers, its version, languages and data, for `loanbatch doctor`.

    Never raises: what is missing is said under `problem`.
    """
    from loanbatch_plugins.ocr._reading import describe_engine

    return describe_engine((settings or Settings()).plugin(OcrSettings))
