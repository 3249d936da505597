"""Forms that template files of one's own bring: their tables `[classify]`.

A table is what a form in `kinds.toml` is, for the kind that the file is named after. Its phrases
may be written as they are printed. The `templates` plugin judges the files when they are loaded;
here they are only read.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

import tomli

from loanbatch.errors import SettingsError
from loanbatch.settings import TemplateFile
from loanbatch_plugins.classification._forms import (
    Catalogue,
    build_catalogue,
    bundled_tables,
    standard_catalogue,
)
from loanbatch_plugins.classification._reading import fold

#: Keys whose phrases are grouped by what they are worth, and those with a plain list.
_WEIGHED = ("title", "text", "edge", "against")
_LISTED = ("first", "stamps", "heads")


def catalogue_of(files: tuple[TemplateFile, ...]) -> Catalogue:
    """Return the bundled forms and those of the files, arranged once until a file changes.

    Raises:
        SettingsError: A file has a table `[classify]` that is no form.
    """
    return _with_own(files) if files else standard_catalogue()


@lru_cache(maxsize=4)
def _with_own(files: tuple[TemplateFile, ...]) -> Catalogue:
    tables = bundled_tables()
    for file in files:
        try:
            for number, table in enumerate(_forms_in(file), 1):
                tables[f"own {file.path.stem} {number}"] = table
        except (OSError, ValueError, AttributeError, TypeError) as error:
            raise SettingsError(
                f"{file.path}: [classify] cannot be read; `loanbatch templates check` tells why"
            ) from error
    return build_catalogue(tables)


def _forms_in(file: TemplateFile) -> Iterable[Mapping[str, Any]]:
    found = tomli.loads(file.path.read_text(encoding="utf-8")).get("classify", [])
    for table in found if isinstance(found, list) else [found]:
        folded: dict[str, Any] = {key: _folded(table[key]) for key in _LISTED if key in table}
        for key in _WEIGHED:
            if key in table:
                folded[key] = {float(n): _folded(texts) for n, texts in table[key].items()}
        yield {**table, **folded, "kind": file.path.stem, "own": True}


def _folded(phrases: str | Iterable[str]) -> list[str]:
    texts = [phrases] if isinstance(phrases, str) else phrases
    return [" ".join(fold(text).split()) for text in texts]
