"""What decides what the code of loanbatch itself makes of a document: its version, or its files."""

from __future__ import annotations

import hashlib
import importlib.util
import json
import os
from collections.abc import Iterable, Iterator
from importlib.metadata import distribution
from pathlib import Path

from loanbatch.hookspecs import PROJECT_NAME

_PACKAGES = ("loanbatch", "loanbatch_plugins")
#: Folders that change no result.
_LEFT_OUT = frozenset({"__pycache__", "cli", "evaluation", "testing"})
_ENDINGS = (".json", ".py", ".toml")


def installation_print() -> str:
    """Return the version and, of an editable installation, what tells the state of its sources.

    The latter is made of names, sizes and times of files, for reading them takes ten times longer:
    results are made anew a few times too often for people who work on loanbatch itself.
    """
    found = distribution(PROJECT_NAME)
    origin = json.loads(found.read_text("direct_url.json") or "{}")
    if not origin.get("dir_info", {}).get("editable"):
        return found.version
    specs = [importlib.util.find_spec(name) for name in _PACKAGES]
    folders = [Path(spec.origin).parent for spec in specs if spec is not None and spec.origin]
    return f"{found.version} {sources_print(folders)}"


def sources_print(folders: Iterable[Path]) -> str:
    """Return a hash of the state of the files that may change a result."""
    states = [sorted(_states(folder, folder.name)) for folder in folders]
    return hashlib.sha256(repr(states).encode()).hexdigest()


def _states(folder: str | Path, name: str) -> Iterator[tuple[str, int, int]]:
    for entry in os.scandir(folder):
        inner = f"{name}/{entry.name}"
        if entry.is_dir():
            if entry.name not in _LEFT_OUT:
                yield from _states(entry.path, inner)
        elif entry.name.endswith(_ENDINGS):
            status = entry.stat()
            yield inner, status.st_size, status.st_mtime_ns
