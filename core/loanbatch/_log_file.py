"""A log file that may be moved away while it is written: the next line begins a new one.

Programs that rotate logs rename the file, and tell the one that writes to open it again; here
nobody has to be told. The workers, which write to it as well, notice by themselves.
"""

from __future__ import annotations

import io
import os
from pathlib import Path
from typing import TextIO


class LogFile(io.TextIOBase):
    """Appends lines to the file at a path, whichever file that is at the moment.

    Args:
        path: Made where it is missing, for its owner only.

    Raises:
        OSError: It cannot be opened.
    """

    def __init__(self, path: str) -> None:
        self._path = Path(path).expanduser()
        self._stream = _open(self._path)

    def write(self, text: str) -> int:
        """Write to the file, opened anew where it was moved or removed."""
        if self._is_moved():
            self._reopen()
        return self._stream.write(text)

    def flush(self) -> None:
        """Hand everything to the system."""
        self._stream.flush()

    def close(self) -> None:
        """Close the file."""
        super().close()
        self._stream.close()

    def _is_moved(self) -> bool:
        try:
            there = self._path.stat()
        except OSError:
            return True
        return not os.path.samestat(there, os.fstat(self._stream.fileno()))

    def _reopen(self) -> None:
        try:
            opened = _open(self._path)
        except OSError:
            return  # its folder is gone: the file at hand still takes lines
        self._stream.close()
        self._stream = opened


def _open(path: Path) -> TextIO:
    def opener(name: str, flags: int) -> int:
        return os.open(name, flags, 0o600)  # events name files and people's plugins: not for others

    return open(path, "a", encoding="utf-8", buffering=1, opener=opener)
