"""What an executor runs: a module-level function with picklable arguments.

Registries are made once per process. The coordinator lends its own to workers that are forked from
it; others rebuild it from its spec.
"""

from __future__ import annotations

import contextlib
import os
import pickle
import secrets
import signal
import sys
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import NoReturn

from attrs import field, frozen

from loanbatch import temporary
from loanbatch._logging import (
    bound,
    ensure_logging,
    get_logger,
    log_to_standard_error,
    program_logs,
)
from loanbatch.errors import LEFT_TO_ANOTHER, OutOfMemoryError, PluginError
from loanbatch.hookcalls import SILENCE, AtWork, Board, tell_on
from loanbatch.models import Source
from loanbatch.pipeline._process import process_source
from loanbatch.registry import Registry
from loanbatch.results import BatchProcessingResult

_MEGABYTE = 1024 * 1024


@frozen(kw_only=True)
class Ticket:
    """What a worker gets a job's registry for."""

    key: str
    coordinator_pid: int
    #: The pickled spec; empty where a plugin object cannot be pickled.
    spec: bytes = field(repr=False)
    #: The line of the board on which the task tells what it does.
    line: int = 0
    #: Whether a worker may end and leave its task to another one; only our own executor knows how.
    may_leave: bool = False


@frozen
class _Lent:
    registry: Registry
    board: Board


#: What the running jobs of this process lend, and of the coordinator it was forked from.
_LENT: dict[str, _Lent] = {}


@contextlib.contextmanager
def lent(registry: Registry, tasks: int = 1) -> Iterator[Ticket]:
    """Lend a registry to tasks: of this process, and of workers forked from it, without copying.

    Args:
        registry: Of the job.
        tasks: How many are in flight at most: each has a line on the board.
    """
    key = secrets.token_hex(8)
    try:
        spec = pickle.dumps(registry.spec)
    except Exception:  # noqa: BLE001 -- plugin objects may raise anything when they are pickled
        spec = b""
    _LENT[key] = _Lent(registry, Board(tasks))
    try:
        yield Ticket(key=key, coordinator_pid=os.getpid(), spec=spec)
    finally:
        del _LENT[key]


def plugin_at_work(ticket: Ticket) -> AtWork | None:
    """Return the plugin at which a task was when it was last heard of; None where nobody knows.

    Workers that are not forked from this process tell nothing.
    """
    found = _LENT.get(ticket.key)
    return None if found is None else found.board.read(ticket.line)


def process_task(ticket: Ticket, source: Source) -> BatchProcessingResult:
    """Process one source.

    In a process other than the coordinator's the limits of memory and of files are applied,
    temporary files have a folder of their own, and Ctrl-C is left to the coordinator.

    Raises:
        PluginError: A plugin that was given as an object cannot be had in this process.
    """
    registry = take_up(ticket)
    isolated = os.getpid() != ticket.coordinator_pid
    may_leave = isolated and ticket.may_leave
    if may_leave:
        _leave_when_bloated(registry.settings.memory_limit_mb)
        _leave_when_littered(registry.settings.temporary_limit_mb)
    with bound(file=source.file_name, sha256=source.sha256):
        result = process_source(registry, source)
    if isolated:
        _note_growth(registry, result, may_leave=may_leave)
    return result


def take_up(ticket: Ticket) -> Registry:
    """Return the registry that a task works with; a worker is prepared for it first.

    Raises:
        PluginError: A plugin that was given as an object cannot be had in this process.
    """
    found = _LENT.get(ticket.key)
    if found is not None:
        tell_on(found.board.line(ticket.line))
    registry = _rebuilt(ticket.spec) if found is None else found.registry
    if os.getpid() != ticket.coordinator_pid:
        chosen = registry.settings
        ensure_logging(chosen)
        _prepare_worker(chosen.memory_limit_mb, chosen.temporary_limit_mb, chosen.log_file)
    return registry


class _Grown:
    #: Megabytes of address space that were inherited: they are the embedding program's.
    inherited = 0.0
    #: Megabytes of address space after the first document, when libraries are loaded; 0 before.
    first_size = 0.0
    #: Whether the last document met the limit: what is left of it cannot be told.
    met_limit = False
    #: Whether this process has processed a document before.
    has_worked = False


def _note_growth(registry: Registry, result: BatchProcessingResult, *, may_leave: bool) -> None:
    """Keep in mind what the document left of this worker's memory, for those that come after.

    Never in the coordinator: workers that are forked from it would begin as if they had worked.
    """
    _Grown.met_limit = result.error_code == OutOfMemoryError.error_code
    if may_leave and _Grown.met_limit and _Grown.has_worked:
        # Earlier documents may have left too little: a fresh worker has the whole limit.
        _leave_to_another(registry.settings.memory_limit_mb)
    _Grown.has_worked = True
    if not _Grown.first_size and not _Grown.met_limit:
        _Grown.first_size = _address_space_mb()


def _leave_when_bloated(memory_limit_mb: int) -> None:
    """Have a fresh worker process the document, where earlier ones left little memory for it.

    A plugin that keeps what it should let go must not cost the documents that come after.
    """
    room = _Grown.inherited + memory_limit_mb - _Grown.first_size
    bloated = _Grown.first_size and _address_space_mb() - _Grown.first_size > room / 2
    if memory_limit_mb and (bloated or _Grown.met_limit):
        _leave_to_another(memory_limit_mb)


def _leave_when_littered(temporary_limit_mb: int) -> None:
    """Have a fresh worker process the document, where earlier ones left many temporary files."""
    half = temporary_limit_mb * _MEGABYTE // 2
    if half and _Grown.has_worked and temporary.own_size(enough=half) >= half:
        _leave_to_another(temporary_limit_mb)


def _leave_to_another(limit_mb: int) -> NoReturn:
    """End this worker so that a fresh one gets the document; its first one is never left."""
    get_logger().info("worker_left", limit=limit_mb)
    os._exit(LEFT_TO_ANOTHER)


def _address_space_mb() -> float:
    """Return what the system's limit on memory counts; 0 where the system does not tell."""
    with contextlib.suppress(OSError, ValueError, IndexError):
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
        return pages * os.sysconf("SC_PAGE_SIZE") / (1024 * 1024)
    return 0.0


@lru_cache(maxsize=4)
def _rebuilt(spec: bytes) -> Registry:
    if not spec:
        raise PluginError(
            "a plugin was given as an object that cannot be sent to another process: put it in a"
            " module and give the module's name"
        )
    return Registry.from_spec(pickle.loads(spec))  # noqa: S301 -- from our own coordinator


@lru_cache(maxsize=1)
def _prepare_worker(memory_limit_mb: int, temporary_limit_mb: int, log_file: str) -> None:
    _silence_libraries_and_plugins()
    temporary.use_private_folder()
    # Ctrl-C reaches every process of a terminal; only the coordinator decides what it means.
    with contextlib.suppress(ValueError):  # not in the main thread of this process
        signal.signal(signal.SIGINT, signal.SIG_IGN)
    if sys.platform == "win32":
        return
    import resource

    # A crash is expected of hostile files; a core dump would put personal data on the disk.
    _limit(resource.RLIMIT_CORE, 0)
    if memory_limit_mb:
        # A program that embeds us may be larger than the limit; what it had is not the document's.
        _Grown.inherited = _address_space_mb()
        _limit(resource.RLIMIT_AS, int((_Grown.inherited + memory_limit_mb) * _MEGABYTE))
    if temporary_limit_mb:
        # The one file that a worker adds to, and that may be large already.
        log = Path(log_file)
        logged = log.stat().st_size if log.is_file() else 0
        _limit(resource.RLIMIT_FSIZE, temporary_limit_mb * _MEGABYTE + logged)


def _limit(what: int, most: int) -> None:
    import resource

    with contextlib.suppress(ValueError, OSError):  # macOS refuses address-space limits
        resource.setrlimit(what, (most, most))


def _silence_libraries_and_plugins() -> None:
    """Leave standard error to the log: image libraries and plugins write what they like.

    C libraries know the descriptors only, which lead nowhere from now on. A program that does its
    own logging keeps both streams: it may log to either.
    """
    own_logging = program_logs()
    with contextlib.suppress(OSError, ValueError, AttributeError):  # there may be no standard error
        ours = os.fdopen(os.dup(2), "w", buffering=1, errors="backslashreplace")
        log_to_standard_error(ours)
        if own_logging and sys.stderr.fileno() == 2:  # noqa: PLR2004 -- standard error
            sys.stderr = ours
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, 2)
        if not own_logging:
            os.dup2(nowhere, 1)
        os.close(nowhere)
    if not own_logging:
        sys.stdout = sys.stderr = SILENCE
