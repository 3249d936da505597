"""What a batch was made of, in a form that outlives the program that began it."""

from __future__ import annotations

import functools
import json
import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Self

from attrs import evolve, frozen

from loanbatch.errors import LoanbatchError, NotFoundError
from loanbatch.models import Source
from loanbatch.settings import Settings
from loanbatch.sources import ListedSource, list_files, list_sources, read_location, relocated

_GONE = NotFoundError(
    "its bytes were handed over by a program that has ended: hand them over again"
)


@frozen(kw_only=True)
class Inputs:
    """What was asked for, to be listed now or once more."""

    items: tuple[str, ...]
    #: Whether each item is one file; else folders, patterns and manifests stand for what they hold.
    only_files: bool = False
    #: The folder in which relative paths begin.
    folder: str

    @classmethod
    def here(cls, items: Iterable[str | Path], *, only_files: bool = False) -> Self:
        """Return inputs whose relative paths begin in the present folder."""
        texts = tuple(os.fspath(item) for item in items)
        return cls(items=texts, only_files=only_files, folder=os.getcwd())  # noqa: PTH109

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Return what `to_json` wrote."""
        plain = json.loads(text)
        return cls(
            items=tuple(plain["items"]), only_files=plain["only_files"], folder=plain["folder"]
        )

    def to_json(self) -> str:
        """Return the inputs as text; bytes in names that are no text survive it."""
        plain = {"items": self.items, "only_files": self.only_files, "folder": self.folder}
        return json.dumps(plain)

    def listed(self, settings: Settings) -> Iterator[ListedSource]:
        """List the sources, lazily."""
        items = [relocated(item, self.folder) for item in self.items]
        return list_files(items) if self.only_files else list_sources(items, settings=settings)

    def readable(self, source: Source) -> Source:
        """Return a source of these inputs with its reader, wherever this program runs."""
        if relocated(source.location, self.folder) == source.location:
            return evolve(source, reader=read_location)
        return evolve(source, reader=functools.partial(_read_below, self.folder))


def _read_below(folder: str, location: str) -> bytes:
    return read_location(relocated(location, folder))


def obstacle_of(item: ListedSource) -> LoanbatchError | None:
    """Return what will stand against a source once the program that listed it is gone."""
    return item.error or (None if item.source.content is None else _GONE)
