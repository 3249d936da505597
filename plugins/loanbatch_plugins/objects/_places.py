"""Where objects lie: a folder of this machine, or anything that fsspec reaches.

Both kinds write to a temporary name below `incoming/`, read the bytes back, and only then move them
to their final name. The local kind does without fsspec: that is faster, and file modes can be set.
"""

from __future__ import annotations

import errno
import functools
import hashlib
import os
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path, PurePosixPath
from typing import NoReturn, TypeVar

from loanbatch.errors import LoanbatchError, StorageFailedError
from loanbatch.patience import Patience, may_answer_again
from loanbatch.settings import Settings
from loanbatch.temporary import marked_name

T = TypeVar("T")

#: Folder for files that are being written; what is left there after a crash is waste.
INCOMING = "incoming"

#: Where there are no folders, and making one makes the bucket, which a misspelt address must not.
_FOLDERLESS = frozenset({"s3", "s3a", "gs", "gcs", "az", "abfs", "abfss", "adl", "oss", "oci"})

_FILE_MODE = 0o600
_FOLDER_MODE = 0o700


class Place(ABC):
    """A place for objects, addressed by keys such as `ab/cd/<sha256>.pdf`."""

    #: Address of the whole place, without credentials.
    root: str

    def put(self, key: str, content: bytes, digest: str) -> str:
        """Store content that its key identifies, and return its address.

        An object that is there with the right size is left alone.

        Args:
            key: Name of the object.
            content: Its bytes.
            digest: Their sha256.

        Raises:
            StorageFailedError: The place cannot be written, or what was written reads differently.
        """
        try:
            present = self.size(key) == len(content)
        except OSError as error:
            self.fail(error)
        return self.address(key) if present else self.write(key, content, digest)

    def replace(self, key: str, content: bytes, digest: str) -> str:
        """Store content whose key says nothing of it, in place of what was there.

        Raises:
            StorageFailedError: As `put`.
        """
        try:
            same = self.size(key) == len(content) and self.digest(key) == digest
        except OSError as error:
            self.fail(error)
        return self.address(key) if same else self.write(key, content, digest)

    def write(self, key: str, content: bytes, digest: str) -> str:
        """Store content whatever was there before, and return its address.

        Raises:
            StorageFailedError: As `put`.
        """
        try:
            self._write(key, content, digest)
        except OSError as error:
            self.fail(error)
        return self.address(key)

    def digest(self, key: str) -> str:
        """Return the sha256 of a stored object. Raises OSError where it cannot be read."""
        return hashlib.sha256(self.read(key)).hexdigest()

    @abstractmethod
    def address(self, key: str) -> str:
        """Return the full address of a key: a path, or a URL without credentials."""

    @abstractmethod
    def size(self, key: str) -> int | None:
        """Return the bytes of a stored object; None where there is none."""

    @abstractmethod
    def read(self, key: str) -> bytes:
        """Return a stored object. Raises OSError."""

    def keys(self, below: str = "") -> Iterator[str]:
        """Give the keys of all files of the place, or of a folder of it, in order.

        Those of temporary files are among them.
        """
        return (key for key, _ in self.files(below))

    @abstractmethod
    def files(self, below: str = "") -> Iterator[tuple[str, int]]:
        """Give the keys, as `keys` does, with the bytes of each file."""

    @abstractmethod
    def remove(self, key: str) -> None:
        """Remove a file. Raises OSError."""

    @abstractmethod
    def move(self, key: str, target: str) -> None:
        """Give a file another key, in place of what was there. Raises OSError."""

    @abstractmethod
    def age(self, key: str, now: float) -> float | None:
        """Return the seconds since a file was written; None where the place does not know."""

    @abstractmethod
    def _write(self, key: str, content: bytes, digest: str) -> None: ...

    def fail(self, error: OSError) -> NoReturn:
        """Raise what it means that the place could not be used."""
        name = errno.errorcode.get(error.errno or 0, type(error).__name__)
        raise StorageFailedError(
            f"objects cannot be written to {self.root} ({name}): free space or permit writing "
            "there, or set 'objects' to another place"
        ) from error

    def _verify(self, temporary: str, digest: str) -> None:
        if self.digest(temporary) != digest:
            raise StorageFailedError(
                f"what was written to {self.root} reads differently: the disk may be failing"
            )


class LocalPlace(Place):
    """A folder: files 0600, folders 0700."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder.absolute()
        self.root = str(self._folder)

    def address(self, key: str) -> str:
        return f"{self.root}{os.sep}{key.replace('/', os.sep)}"

    def size(self, key: str) -> int | None:
        try:
            return os.stat(self.address(key)).st_size  # noqa: PTH116 - a Path costs more than the call
        except FileNotFoundError:
            return None

    def read(self, key: str) -> bytes:
        with open(self.address(key), "rb", buffering=0) as stream:  # noqa: PTH123 - as above
            return stream.readall()

    def files(self, below: str = "") -> Iterator[tuple[str, int]]:
        for folder, folders, names in os.walk(self.address(below) if below else self.root):
            folders.sort()
            prefix = PurePosixPath(Path(folder).relative_to(self.root).as_posix())
            for name in sorted(names):
                key = str(prefix / name)
                size = self.size(key)
                if size is not None:  # else it was removed at this moment
                    yield key, size

    def remove(self, key: str) -> None:
        Path(self.address(key)).unlink(missing_ok=True)

    def move(self, key: str, target: str) -> None:
        source, final = self.address(key), self.address(target)
        self._in_folder(final, lambda: os.replace(source, final))  # noqa: PTH105 - as above

    def age(self, key: str, now: float) -> float | None:
        return now - Path(self.address(key)).stat().st_mtime

    def _write(self, key: str, content: bytes, digest: str) -> None:
        temporary = f"{INCOMING}/{marked_name()}"
        try:
            self._create(temporary, content)
            self._verify(temporary, digest)
            self.move(temporary, key)
        except BaseException:
            with suppress(OSError):  # the first error is the one to tell
                self.remove(temporary)
            raise

    def _create(self, key: str, content: bytes) -> None:
        path = self.address(key)
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
        descriptor = self._in_folder(path, lambda: os.open(path, flags, _FILE_MODE))
        with open(descriptor, "wb", buffering=0) as stream:  # noqa: PTH123 - sets the mode
            rest = memoryview(content)
            while rest:
                rest = rest[stream.write(rest) :]

    def _in_folder(self, path: str, action: Callable[[], T]) -> T:
        """Do something with a file; its folder, which is mostly there, is made where it is not."""
        try:
            return action()
        except FileNotFoundError:
            self._make_folder(Path(path).parent)
            return action()

    def _make_folder(self, folder: Path) -> None:
        if folder.is_dir():
            return
        self._make_folder(folder.parent)
        folder.mkdir(mode=_FOLDER_MODE, exist_ok=True)


class RemotePlace(Place):
    """A bucket, a server, an archive: whatever fsspec has a filesystem for."""

    def __init__(self, address: str, *, patience: float) -> None:
        from fsspec.core import url_to_fs

        try:
            self._fs, path = url_to_fs(address)
        except (ImportError, ValueError) as error:
            # The text of both may repeat the address, which may hold a password.
            scheme = address.partition("://")[0]
            raise StorageFailedError(
                f"no filesystem for '{scheme}://' addresses: install its fsspec package, "
                "or set 'objects' to another place"
            ) from error
        self._path = str(path).rstrip("/")
        self.root = self._fs.unstrip_protocol(self._path)
        self._has_folders = address.partition("://")[0] not in _FOLDERLESS
        self._patience = _patience_with(self.root, patience)

    def address(self, key: str) -> str:
        return f"{self.root}/{key}"

    def size(self, key: str) -> int | None:
        try:
            return int(self._asked(lambda: self._fs.info(self._file(key))["size"]))
        except FileNotFoundError:
            return None

    def read(self, key: str) -> bytes:
        return bytes(self._asked(lambda: self._fs.cat_file(self._file(key))))

    def files(self, below: str = "") -> Iterator[tuple[str, int]]:
        top = self._file(below) if below else self._path
        if not self._asked(lambda: self._fs.exists(top)):
            return
        # With the sizes, which are asked for one by one else.
        found = self._asked(lambda: self._fs.find(top, detail=True))
        for path in sorted(found):
            yield str(path).removeprefix(self._path).lstrip("/"), int(found[path]["size"])

    def remove(self, key: str) -> None:
        try:
            self._asked(lambda: self._fs.rm_file(self._file(key)))
        except FileNotFoundError:
            return

    def move(self, key: str, target: str) -> None:
        self._asked(lambda: self._move(key, target))

    def _move(self, key: str, target: str) -> None:
        source, final = self._file(key), self._file(target)
        if self._has_folders:
            self._fs.makedirs(final.rpartition("/")[0], exist_ok=True)
            self._fs.mv(source, final)
        else:  # a copy is there whole or not at all; `mv` would look for folders first
            self._fs.cp_file(source, final)
            self._fs.rm_file(source)

    def age(self, key: str, now: float) -> float | None:
        def age() -> float | None:
            try:
                return float(now - self._fs.modified(self._file(key)).timestamp())
            except NotImplementedError:
                return None

        return self._asked(age)

    def _file(self, key: str) -> str:
        return f"{self._path}/{key}"

    def fail(self, error: OSError) -> NoReturn:
        if not isinstance(error, _UnansweredError):
            super().fail(error)
        raise StorageFailedError(
            f"the object store {self.root} does not do its work ({error}), tried for"
            f" {self._patience.seconds:g} seconds: see that it runs, can be reached and knows you,"
            " or set 'objects' to another place"
        ) from error

    def _write(self, key: str, content: bytes, digest: str) -> None:
        self._asked(lambda: self._write_once(key, content, digest))

    def _write_once(self, key: str, content: bytes, digest: str) -> None:
        temporary = f"{INCOMING}/{marked_name()}"
        try:
            self._create(temporary, content)
            self._verify(temporary, digest)
            self._move(temporary, key)
        except BaseException:
            with suppress(Exception):  # the first error is the one to tell
                self._fs.rm_file(self._file(temporary))
            raise

    def _create(self, key: str, content: bytes) -> None:
        if self._has_folders:
            self._fs.makedirs(f"{self._path}/{INCOMING}", exist_ok=True)
        self._fs.pipe_file(self._file(key), content)

    def _asked(self, action: Callable[[], T]) -> T:
        """Return what an action does, repeated while the store does not answer.

        Raises:
            OSError: It failed; libraries' own classes come as one of ours.
        """
        try:
            return self._patience.keep_trying(action, may_answer_again)
        except Exception as error:
            if isinstance(error, (OSError, LoanbatchError)) and not may_answer_again(error):
                raise
            raise _UnansweredError(_named(error)) from error


class _UnansweredError(OSError):
    """A store did not do what it was asked for; the text names the cause."""


def _named(error: BaseException) -> str:
    """Return the cause of an error without its text, which may hold an address."""
    if isinstance(error, _UnansweredError):
        return str(error)
    return errno.errorcode.get(getattr(error, "errno", 0) or 0, type(error).__name__)


@functools.cache
def _patience_with(_root: str, seconds: float) -> Patience:
    """Return the one patience with a store: it is opened anew for each document."""
    return Patience("objects", seconds)


def open_place(settings: Settings) -> Place:
    """Return the place that the settings name.

    Raises:
        StorageFailedError: No filesystem is installed for the address.
    """
    address = settings.objects_url
    scheme, separator, rest = address.partition("://")
    if not separator:
        return LocalPlace(Path(address).expanduser())
    if scheme in {"file", "local"}:
        return LocalPlace(Path(rest))
    return RemotePlace(address, patience=settings.storage_patience_seconds)
