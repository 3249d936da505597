"""Notices what code does to the outside: files written, processes started, connections opened.

Python's audit events are the source; a hook for them cannot be removed, so there is one, installed
when it is first needed, that is deaf unless somebody watches.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

#: Events that always reach outside.
_REACHING_OUT = frozenset(
    {"subprocess.Popen", "os.system", "os.exec", "os.posix_spawn", "socket.connect"}
)
#: Events that change files, with the position of the path.
_CHANGING_FILES = {
    "os.mkdir": 0,
    "os.remove": 0,
    "os.rename": 1,
    "os.rmdir": 0,
    "os.symlink": 1,
    "os.truncate": 0,
    "shutil.move": 1,
    "sqlite3.connect": 0,
}
_WRITING_FLAGS = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC

_installed = False
_deeds: list[str] | None = None


@contextmanager
def watched() -> Iterator[list[str]]:
    """Give a list that fills with what is done to the outside, each as `event: path`.

    Temporary files, compiled Python files and devices are nobody's business.
    """
    global _installed, _deeds  # noqa: PLW0603 - audit hooks are the process's
    if not _installed:
        sys.addaudithook(_listen)
        _installed = True
    before, _deeds = _deeds, []
    try:
        yield _deeds
    finally:
        _deeds = before


def _listen(event: str, arguments: tuple[Any, ...]) -> None:
    if _deeds is None:
        return
    if event in _REACHING_OUT:
        _deeds.append(event)
    elif event == "open":
        path, mode, flags = arguments
        if isinstance(path, str | bytes | os.PathLike) and _writes(mode, flags):
            _note(event, os.fsdecode(path))
    elif event in _CHANGING_FILES:
        path = arguments[_CHANGING_FILES[event]]
        if isinstance(path, str | bytes | os.PathLike):
            _note(event, os.fsdecode(path))


def _writes(mode: object, flags: object) -> bool:
    if isinstance(mode, str):
        return any(letter in mode for letter in "wax+")
    return isinstance(flags, int) and bool(flags & _WRITING_FLAGS)


def _note(event: str, path: str) -> None:
    harmless = (tempfile.gettempdir(), "/dev/", "/proc/")
    if _deeds is None or path.startswith(harmless) or "__pycache__" in path:
        return
    _deeds.append(f"{event}: {Path(path).name}")
