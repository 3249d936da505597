"""What a path, a folder, a glob pattern or a URL stands for, as listed sources."""

from __future__ import annotations

import glob
import os
import stat
from collections.abc import Callable, Iterator, Sequence
from fnmatch import fnmatch
from pathlib import Path

from attrs import field, frozen

from loanbatch.errors import LoanbatchError, NotFoundError
from loanbatch.models import Source
from loanbatch.sources._reading import (
    classified,
    display_name,
    is_url,
    local_path,
    path_location,
    read_location,
    refuse_irregular,
    stat_path,
)
from loanbatch.sources._urls import find_objects

#: Endings of files that are left out when a folder, or a glob that does not name the ending, is
#: listed. Everything else is listed, whatever its name: the validate stage judges by content.
NOT_DOCUMENTS = frozenset(
    f".{ending}"
    for line in (
        "bak bat cfg css csv db dll doc docx env exe htm html ini ipynb js json jsonl lnk lock log",
        "md ods odt part ppt pptx ps1 py pyc rst rtf sh sql sqlite sqlite3 tmp toml ts tsv txt xls",
        "xlsx xml xsd yaml yml",
    )
    for ending in line.split()
)


@frozen(kw_only=True)
class ListedSource:
    """One input found by `list_sources`."""

    source: Source
    #: Why it cannot be processed; None when nothing speaks against it yet.
    error: LoanbatchError | None = None


@frozen
class Listing:
    """Lists what single inputs stand for."""

    #: Folders by device and inode that are never entered, for they hold what was stored.
    kept_out: frozenset[tuple[int, int]] = field(default=frozenset())

    def expand(self, location: str) -> Iterator[ListedSource]:
        """List one path, folder, glob pattern or URL."""
        path = local_path(location)
        if path is None:
            yield from _list_url(location)
            return
        try:
            with classified(display_name(location)):
                status = stat_path(path)
        except LoanbatchError as error:
            if isinstance(error, NotFoundError) and glob.has_magic(path):
                yield from self._list_glob(path)
            else:
                yield failed(location, error)
            return
        if stat.S_ISDIR(status.st_mode):
            yield from self._list_folder(path)
        else:
            yield _list_file(path)

    def one(self, location: str) -> ListedSource:
        """List one path or URL as a single source, whatever stands there."""
        path = local_path(location)
        if path is not None:
            return _list_file(path)
        name = display_name(location)
        return ListedSource(source=Source(file_name=name, location=location, reader=read_location))

    def _list_glob(self, pattern: str) -> Iterator[ListedSource]:
        ending = Path(pattern).suffix.lower()

        def wanted(path: str) -> bool:
            return is_candidate(path) or Path(path).suffix.lower() == ending

        match = self._match_deep if "**" in pattern else self._match
        empty = True
        for listed in match(pattern, wanted):
            empty = False
            yield listed
        if empty:
            yield failed(pattern, NotFoundError(f"{display_name(pattern)}: no file matches"))

    def _match(self, pattern: str, wanted: Callable[[str], bool]) -> Iterator[ListedSource]:
        for path in sorted(glob.iglob(pattern)):  # noqa: PTH207 -- the pattern may be absolute
            if Path(path).is_dir():
                yield from self._list_folder(path)
            elif wanted(path):
                yield _list_file(path)

    def _match_deep(self, pattern: str, wanted: Callable[[str], bool]) -> Iterator[ListedSource]:
        """Match `**` in a walk of our own: the standard one runs in circles of links."""
        parts = Path(pattern).parts
        fixed = next(number for number, part in enumerate(parts) if glob.has_magic(part))
        base = Path(*parts[:fixed])
        if not base.is_dir():
            return

        def matches(path: str) -> bool:
            return wanted(path) and _match_parts(Path(path).relative_to(base).parts, parts[fixed:])

        yield from _Walk(self.kept_out, matches).walk(str(base))

    def _list_folder(self, folder: str) -> Iterator[ListedSource]:
        walk = _Walk(self.kept_out, is_candidate)
        empty = True
        for listed in walk.walk(folder):
            empty = False
            yield listed
        if empty:
            left_out = f" ({walk.left_out} other files were left out)" if walk.left_out else ""
            message = f"no documents in folder {display_name(folder)}{left_out}"
            yield failed(folder, NotFoundError(message))
        elif walk.left_out:
            from loanbatch._logging import get_logger

            get_logger().info("files_left_out", count=walk.left_out)


class _Walk:
    """One walk through a folder and all below it, each folder once even where links lead back."""

    def __init__(self, kept_out: frozenset[tuple[int, int]], wanted: Callable[[str], bool]) -> None:
        self.seen = set(kept_out)
        self.wanted = wanted
        self.left_out = 0

    def walk(self, folder: str) -> Iterator[ListedSource]:
        try:
            with classified(display_name(folder)):
                identity = identify(stat_path(folder))
                if identity in self.seen:
                    return
                self.seen.add(identity)
                names, folders = _names_in(folder)
        except LoanbatchError as error:
            yield failed(folder, error)
            return
        for name in names:
            path = os.path.join(folder, name)  # noqa: PTH118 -- pathlib would collapse what was given
            if name in folders:
                yield from self.walk(path)
            elif self.wanted(path):
                yield _list_file(path)
            else:
                self.left_out += 1


def _names_in(folder: str) -> tuple[list[str], set[str]]:
    """Return the names in a folder, in order, and which are folders; entries would take thrice."""
    names, folders = [], set()
    with os.scandir(folder) as entries:
        for entry in entries:
            if not entry.name.startswith("."):
                names.append(entry.name)
                if _is_folder(entry):
                    folders.add(entry.name)
    names.sort()
    return names, folders


def _match_parts(names: Sequence[str], patterns: Sequence[str]) -> bool:
    if not patterns:
        return not names
    first, rest = patterns[0], patterns[1:]
    if first == "**":
        return _match_parts(names, rest) or (bool(names) and _match_parts(names[1:], patterns))
    return bool(names) and fnmatch(names[0], first) and _match_parts(names[1:], rest)


def identify(status: os.stat_result) -> tuple[int, int]:
    """Return what tells one file or folder from all others, whatever it is called."""
    return status.st_dev, status.st_ino


def failed(location: str, error: LoanbatchError) -> ListedSource:
    """Return an input that cannot be used, with the reason."""
    safe = location if is_url(location) else path_location(location)
    source = Source(file_name=display_name(location), location=safe, reader=read_location)
    return ListedSource(source=source, error=error)


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:  # a loop of links: listed as a file, with its error
        return False


def is_candidate(name: str) -> bool:
    """Tell whether a file found in a folder may be a document, by the ending of its name."""
    return os.path.splitext(name)[1].lower() not in NOT_DOCUMENTS  # noqa: PTH122 -- of many names


def _list_file(path: str) -> ListedSource:
    try:
        with classified(display_name(path)):
            status = stat_path(path)
            refuse_irregular(path, status.st_mode)
    except LoanbatchError as error:
        return failed(path, error)
    return ListedSource(
        source=Source(
            file_name=display_name(path),
            location=path_location(path),
            size=status.st_size,
            reader=read_location,
        )
    )


def _list_url(url: str) -> Iterator[ListedSource]:
    count = left_out = 0
    try:
        with classified(display_name(url)):
            for address, size in find_objects(url):
                if address != url and not _is_listed(address, url):
                    left_out += 1
                    continue
                count += 1
                name = display_name(address)
                yield ListedSource(
                    source=Source(file_name=name, location=address, size=size, reader=read_location)
                )
    except LoanbatchError as error:
        yield failed(url, error)
        return
    if not count:
        message = f"{display_name(url)}: no documents found there ({left_out} other files left out)"
        yield failed(url, NotFoundError(message))


def _is_listed(address: str, url: str) -> bool:
    name = display_name(address)
    if name.startswith("."):
        return False
    return is_candidate(name) or url.lower().endswith(Path(name).suffix.lower())
