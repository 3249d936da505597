"""Temporary files that tell whose they are, so that what a killed process leaves is found.

A worker has one folder for all its temporary files and for those that libraries make in it: 0700,
with a random name, in the system's folder for temporary files. `tempfile` leads into it, so plugins
need nothing of this module for that. Names hold a mark of the process that made them; what belongs
to a process that is gone is waste, and whoever comes next removes it.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import secrets
import shutil
import socket
import stat
import sys
import tempfile
import time
from collections.abc import Collection, Iterator
from functools import lru_cache
from multiprocessing.util import Finalize
from pathlib import Path

from attrs import frozen

_PREFIX = "loanbatch-"
#: Bytes in the unit in which the system counts what a file takes, and what each takes at least.
_STAT_BLOCK = 512
_BLOCK = 4096
#: Digits of the hash that stands for a computer.
_COMPUTER_DIGITS = 8
_MARK = r"(?P<computer>[0-9a-f]{8})-(?P<process>\d+)-(?P<start>\d+)"
_MARKED = re.compile(rf"\W?(?:{_PREFIX})?{_MARK}-[0-9a-f]+(\.\w+)?")
#: Age in seconds from which nobody can still be at work with a file whose process is not known.
FORGOTTEN_AFTER = 24 * 3600.0


@frozen(kw_only=True)
class LeftOver:
    """Something that a process which is gone left behind."""

    path: Path
    #: Seconds since it was last changed.
    age: float


def computer() -> str:
    """Return what tells apart the sets of processes in which a process number means one process."""
    try:
        # Containers may share a name, but not their numbers.
        return f"{socket.gethostname()}@{os.stat('/proc/self/ns/pid').st_ino}"  # noqa: PTH116
    except OSError:
        return f"{socket.gethostname()}@"


def marked_name() -> str:
    """Return a new name, letters, digits and dashes, that says which process made it."""
    return f"{_mark_of(os.getpid())}-{secrets.token_hex(8)}"


def is_abandoned(name: str) -> bool | None:
    """Tell whether the process that made a name is gone.

    Returns:
        None where nobody can tell: the name has no mark, or one of another computer.
    """
    match = _MARKED.fullmatch(name)
    if match is None or match["computer"] != _short(computer()) or sys.platform == "win32":
        return None
    process = int(match["process"])
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return True
    except OSError:
        return False  # it is somebody else's, so it is there
    found = _started(process)
    if found is None:
        return True
    # Zero stands for a system that does not tell; a number may have been given anew.
    return "0" not in (match["start"], found) and found != match["start"]


def use_private_folder() -> None:
    """Send the temporary files of this process to a folder of its own, removed when it ends.

    Nothing changes where no folder can be made. Programs that this one starts are told as well.
    """
    with contextlib.suppress(OSError):
        own = _make_folder(_outer_folder())
        _enter(own)
        # Finalizers run in workers, too, which end without Python's own `atexit`.
        Finalize(None, shutil.rmtree, args=(own, True), exitpriority=0)


@contextlib.contextmanager
def private_folder() -> Iterator[None]:
    """Send the temporary files of this process to a folder of its own while this is open."""
    own, before, told = _make_folder(_outer_folder()), tempfile.tempdir, os.environ.get("TMPDIR")
    _enter(own)
    try:
        yield
    finally:
        tempfile.tempdir = before
        if told is None:
            del os.environ["TMPDIR"]
        else:
            os.environ["TMPDIR"] = told
        shutil.rmtree(own, ignore_errors=True)


@contextlib.contextmanager
def folder() -> Iterator[Path]:
    """Give a new folder for temporary files, 0700, which is removed at the end.

    Unlike one of `tempfile` it tells whose it is, so that it is found where a program that works on
    documents itself is killed.
    """
    path = _make_folder(tempfile.gettempdir())
    try:
        yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)


def sizes(processes: Collection[int], *, enough: int) -> dict[int, int]:
    """Return the bytes on the disk that processes of this computer have in folders of their own.

    Args:
        processes: Their numbers; one without a folder is left out.
        enough: Bytes from which on no more is counted.
    """
    found: dict[int, int] = {}
    with contextlib.suppress(OSError), os.scandir(_outer_folder()) as entries:
        for entry in entries:
            match = entry.name.startswith(_PREFIX) and _MARKED.fullmatch(entry.name)
            if match and match["computer"] == _short(computer()):
                process = int(match["process"])
                if process in processes:
                    found[process] = found.get(process, 0) + _size_of(entry.path, enough)
    return found


def own_size(*, enough: int) -> int:
    """Return the bytes on the disk that this process has in a folder of its own; 0 without one."""
    current = Path(tempfile.gettempdir())
    inside = current.name.startswith(_PREFIX) and _MARKED.fullmatch(current.name)
    return _size_of(str(current), enough) if inside else 0


def _size_of(folder: str, enough: int) -> int:
    """Return the bytes of all files below a folder, a block for each at least; no link is taken."""
    total, waiting = 0, [folder]
    while waiting and total < enough:
        with contextlib.suppress(OSError), os.scandir(waiting.pop()) as entries:  # it may go
            for entry in entries:
                with contextlib.suppress(OSError):
                    status = entry.stat(follow_symlinks=False)
                    blocks = getattr(status, "st_blocks", status.st_size // _STAT_BLOCK)
                    total += max(blocks * _STAT_BLOCK, _BLOCK)
                    if stat.S_ISDIR(status.st_mode):
                        waiting.append(entry.path)
                if total >= enough:
                    break
    return total


def sweep() -> int:
    """Remove the folders of processes of this user that are gone; return how many those were."""
    removed = 0
    for left in left_overs():
        shutil.rmtree(left.path, ignore_errors=True)
        removed += not left.path.exists()
    return removed


def left_overs(*, forgotten_after: float | None = None) -> list[LeftOver]:
    """Return what processes of this user left in the system's folder for temporary files.

    Args:
        forgotten_after: Seconds from which folders count whose process cannot be known; None leaves
            them out.
    """
    try:
        entries = list(os.scandir(_outer_folder()))
    except OSError:
        return []
    found = (_left_over(entry, forgotten_after) for entry in entries)
    return sorted((left for left in found if left), key=lambda left: left.path)


def _left_over(entry: os.DirEntry[str], forgotten_after: float | None) -> LeftOver | None:
    if not entry.name.startswith(_PREFIX) or not _MARKED.fullmatch(entry.name):
        return None
    try:
        status = entry.stat(follow_symlinks=False)
    except OSError:
        return None
    # Anybody can put a name into a common folder: only what is ours is looked at.
    if not stat.S_ISDIR(status.st_mode) or status.st_uid != _user(status):
        return None
    age, abandoned = time.time() - status.st_mtime, is_abandoned(entry.name)
    if abandoned is None:
        abandoned = forgotten_after is not None and age >= forgotten_after
    return LeftOver(path=Path(entry.path), age=age) if abandoned else None


def _user(status: os.stat_result) -> int:
    return os.getuid() if sys.platform != "win32" else status.st_uid


def _outer_folder() -> str:
    """Return the folder beside whose entries this process has, or would have, its own."""
    current = Path(tempfile.gettempdir())
    inside = current.name.startswith(_PREFIX) and _MARKED.fullmatch(current.name)
    return str(current.parent if inside else current)


def _make_folder(outer: str) -> Path:
    path = Path(outer) / f"{_PREFIX}{marked_name()}"
    path.mkdir(mode=0o700)  # fails where it is there already
    return path


def _enter(own: Path) -> None:
    tempfile.tempdir = os.environ["TMPDIR"] = str(own)


@lru_cache(maxsize=1)
def _mark_of(process: int) -> str:
    return f"{_short(computer())}-{process}-{_started(process) or 0}"


def _short(name: str) -> str:
    return hashlib.sha256(name.encode()).hexdigest()[:_COMPUTER_DIGITS]


def _started(process: int) -> str | None:
    """Return when a process started, in ticks since the computer did; `0` where nobody tells.

    None stands for a process that has ended and that its parent has not taken notice of.
    """
    try:
        text = Path(f"/proc/{process}/stat").read_text("ascii", errors="replace")
    except OSError:
        return "0"
    state, *others = text.rpartition(")")[2].split()
    return None if state in "ZX" else others[18]
