"""Writing files that only their owner may read."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterable
from pathlib import Path

from loanbatch.errors import StorageFailedError, UsageError


def check_folder(path: Path) -> None:
    """Refuse early what could not be written later.

    Raises:
        UsageError: The folder does not exist, or the path is a folder itself.
    """
    if not path.absolute().parent.is_dir():
        raise UsageError(f"{path}: its folder does not exist; make it first")
    if path.is_dir():
        raise UsageError(f"{path}: it is a folder; name a file")


def write_private(path: Path, texts: Iterable[str]) -> None:
    """Write texts to a file with mode 0600; an existing one is replaced by a complete one only.

    Raises:
        StorageFailedError: It cannot be written.
    """
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8", errors="backslashreplace") as stream:
            stream.writelines(texts)
        temporary.replace(path)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise StorageFailedError(f"{path}: it cannot be written ({reason})") from error
    finally:
        temporary.unlink(missing_ok=True)
