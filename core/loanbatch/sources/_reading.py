"""From a location to bytes: opening without waiting, and what can go wrong in words of ours."""

from __future__ import annotations

import errno
import functools
import hashlib
import io
import os
import stat
import unicodedata
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import IO, TypeVar
from urllib.parse import unquote, unquote_to_bytes, urlsplit

from attrs import evolve

from loanbatch.errors import (
    LoanbatchError,
    NotAFileError,
    NotFoundError,
    SourceUnavailableError,
    TooLargeError,
    UnreadableError,
)
from loanbatch.models import Source
from loanbatch.patience import Patience, may_answer_again

T = TypeVar("T")

#: Errors of the operating system that mean: there is nothing at this path.
_NOTHING_THERE = frozenset(
    {errno.ENOENT, errno.ENOTDIR, errno.ELOOP, errno.ENAMETOOLONG, errno.EINVAL}
)
#: Unicode categories that disturb a terminal, a report or an encoder.
_UNPRINTABLE = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
#: Bytes of a file from which on it is never read, whatever the settings say: the whole batch waits
#: while a file is hashed, and a file may be a hole of terabytes, or without end.
MOST_BYTES = 1 << 30
#: Seconds that a server is asked again; the libraries try several times themselves each time.
_PATIENCE = 30.0
#: Bytes read at a time while hashing.
_CHUNK = 1 << 20


def read_location(location: str) -> bytes:
    """Return the bytes at a path or URL: the reader of listed sources.

    Raises:
        NotFoundError: Nothing is there.
        NotAFileError: It is a folder, device, pipe or socket.
        UnreadableError: It may not be read, or the disk failed.
        TooLargeError: It has more than `MOST_BYTES`.
        SourceUnavailableError: The server that it lies on does not answer.
    """

    def read() -> bytes:
        with open_location(location) as stream:
            return stream.read()

    with classified(display_name(location)):
        return reached(location, read)


def hash_source(source: Source) -> Source:
    """Return the source with `size` and `sha256` of its bytes, read piece by piece.

    Raises:
        LoanbatchError: As `read_location`.
    """

    def read() -> Source:
        digest = hashlib.sha256()
        size = 0
        with _open_source(source) as stream:
            while chunk := stream.read(_CHUNK):
                digest.update(chunk)
                size += len(chunk)
                _refuse_size(source.file_name, size)
        return evolve(source, size=size, sha256=digest.hexdigest())

    with classified(source.file_name):
        _refuse_size(source.file_name, source.size or 0)
        return reached(source.location, read) if source.content is None else read()


def source_from_bytes(file_name: str, data: bytes) -> Source:
    """Return a source for bytes; folders and control characters are taken out of its name."""
    name = clean_name(file_name.replace("\\", "/").rstrip("/").rpartition("/")[2])
    return Source(file_name=name, location=name, content=bytes(data), size=len(data))


def clean_name(name: str) -> str:
    """Return a file name without characters that disturb a terminal, a report or an encoder."""
    cleaned = "".join("_" if unicodedata.category(c) in _UNPRINTABLE else c for c in name)
    return cleaned.strip() or "unnamed"


def is_url(location: str) -> bool:
    """Tell an address from a path; `::` chains addresses in fsspec's way."""
    return "://" in location or "::" in location


def display_name(location: str) -> str:
    """Return the name of a location without folders, query or password."""
    path = local_path(location)
    if path is not None:
        return clean_name(Path(path).name or path)
    first = location.partition("::")[0]
    address = first if "://" in first else location.rpartition("::")[2]
    parts = urlsplit(address)
    if parts.scheme in ("http", "https"):
        return clean_name(PurePosixPath(unquote(parts.path)).name)
    # Elsewhere `?` and `#` may be part of an object's name.
    return clean_name(PurePosixPath(address.partition("://")[2].rpartition("@")[2]).name)


def local_path(location: str) -> str | None:
    """Return the path behind a location of this computer; None for other addresses."""
    if not is_url(location):
        return location
    if location.startswith("file://") and "::" not in location:
        path = urlsplit(location).path
        if os.name != "nt":
            return os.fsdecode(unquote_to_bytes(path))  # names may be bytes that are no text
        from urllib.request import url2pathname  # brings the whole of http and ssl with it

        return url2pathname(path)
    return None


def relocated(location: str, folder: str) -> str:
    """Return a location whose relative path begins in a folder, as seen from the present one."""
    path = local_path(location)
    here = os.getcwd()  # noqa: PTH109 -- as text, compared letter for letter
    if path is None or path != location or Path(path).is_absolute() or folder == here:
        return location
    return os.path.join(folder, path)  # noqa: PTH118 -- pathlib would collapse what was given


def path_location(path: str) -> str:
    """Return a path as text that any database and report can hold: as given, or as a file: URL."""
    try:
        path.encode()
    except UnicodeEncodeError:  # bytes that are no text came in as surrogates
        return Path(path).absolute().as_uri()
    # PostgreSQL has no null character.
    return Path(path).absolute().as_uri() if "\0" in path else path


@contextmanager
def classified(name: str) -> Iterator[None]:
    """Turn what the operating system or a storage library raises into errors of ours.

    Args:
        name: What to call the input in the message. The text of the cause is never passed on: it
            may hold a password that was part of an address.
    """
    try:
        yield
    except (LoanbatchError, MemoryError):
        raise
    except Exception as error:  # noqa: BLE001 -- storage libraries raise classes of their own
        raise _classify(error, name) from None


def _classify(error: Exception, name: str) -> LoanbatchError:
    if isinstance(error, FileNotFoundError) or getattr(error, "errno", 0) in _NOTHING_THERE:
        return NotFoundError(f"{name}: no such file; see that the path is right")
    if isinstance(error, IsADirectoryError):
        return NotAFileError(f"{name} is a folder, not a file: name a file in it")
    if isinstance(error, PermissionError):
        return UnreadableError(f"{name}: not permitted to read it; change its permissions")
    failure = SourceUnavailableError if may_answer_again(error) else UnreadableError
    return failure(
        f"{name} could not be read ({type(error).__name__}); see that its disk or server answers,"
        " then try again (loanbatch retry)"
    )


def reached(location: str, action: Callable[[], T]) -> T:
    """Return what an action reads at a location; at a URL it is repeated while that fails.

    Raises:
        Exception: What the action raised at last.
    """
    if local_path(location) is not None:
        return action()
    server = urlsplit(location.rpartition("::")[2])
    patience = _patience_with(server.scheme, server.netloc)
    return patience.keep_trying(action, may_answer_again)


@functools.cache
def _patience_with(_scheme: str, _server: str) -> Patience:
    """Return the one patience with a server or bucket of this process."""
    return Patience("sources", _PATIENCE)


def open_location(location: str) -> IO[bytes]:
    """Open a path or URL for reading bytes; raises whatever the system raises."""
    path = local_path(location)
    if path is not None:
        return open_regular(path)
    from loanbatch.sources._urls import filesystem

    files, name = filesystem(location)
    return files.open(name, "rb")  # type: ignore[no-any-return]


def open_regular(path: str) -> IO[bytes]:
    """Open a file of this computer without ever waiting for a pipe or waking a device."""
    refuse_irregular(path, stat_path(path).st_mode)
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    descriptor = os.open(path, flags)
    try:
        # Again: the name may stand for something else by now.
        status = os.fstat(descriptor)
        refuse_irregular(path, status.st_mode)
        _refuse_size(display_name(path), status.st_size)
        return os.fdopen(descriptor, "rb")
    except BaseException:
        os.close(descriptor)
        raise


def stat_path(path: str) -> os.stat_result:
    """Return what the system knows of a path, links followed.

    Raises:
        OSError: As `os.stat`; a name that no file can have counts as one that is not there.
    """
    try:
        return os.stat(path)  # noqa: PTH116 -- pathlib would collapse what was given
    except ValueError:  # a null character
        raise FileNotFoundError from None


def refuse_irregular(path: str, mode: int) -> None:
    """Raise unless the mode is that of a regular file.

    Raises:
        NotAFileError: Naming what it is.
    """
    if stat.S_ISREG(mode):
        return
    kinds = ((stat.S_ISDIR, "folder"), (stat.S_ISFIFO, "pipe"), (stat.S_ISSOCK, "socket"))
    kind = next((name for test, name in kinds if test(mode)), "device")
    hint = "name a file in it" if kind == "folder" else "copy what it gives to a file"
    raise NotAFileError(f"{display_name(path)} is a {kind}, not a file: {hint}")


def _refuse_size(name: str, size: int) -> None:
    if size > MOST_BYTES:
        raise TooLargeError(
            f"{name}: more than {MOST_BYTES >> 20} MB, which is never read; split the file"
        )


def _open_source(source: Source) -> IO[bytes]:
    if source.content is not None:
        return io.BytesIO(source.content)
    if source.reader is not None and source.reader is not read_location:
        return io.BytesIO(source.reader(source.location))
    return open_location(source.location)
