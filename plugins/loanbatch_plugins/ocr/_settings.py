"""The plugin's table of settings."""

from __future__ import annotations

from typing import Any

from attrs import Attribute, field, frozen

from loanbatch.errors import SettingsError

ENGINES = ("auto", "tesserocr", "ocrmypdf")


def _known_engine(_: Any, attribute: Attribute[Any], value: str) -> None:  # noqa: ANN401
    if value not in ENGINES:
        raise SettingsError(f"{attribute.name} must be one of {', '.join(ENGINES)}")


@frozen(kw_only=True)
class OcrSettings:
    """The table `[loanbatch.ocr]`."""

    #: Tesseract's names of languages, joined by plus: `eng`, `eng+spa`.
    languages: str = "eng"
    #: Folder with `eng.traineddata` and the like; empty for the one installed with loanbatch.
    tessdata: str = ""
    #: Read a page that came out badly once more, by other means.
    retry: bool = True
    #: `tesserocr` (in process), `ocrmypdf` (runs the tesseract program), or `auto`: the first of
    #: the two that is installed.
    engine: str = field(default="auto", validator=_known_engine)
