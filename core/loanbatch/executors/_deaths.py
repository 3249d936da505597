"""What became of a task that gave no result, as a classified error."""

from __future__ import annotations

import signal
import sys
from concurrent.futures import BrokenExecutor

from loanbatch.errors import (
    DocumentTimeoutError,
    LoanbatchError,
    OutOfMemoryError,
    UnexpectedError,
    WorkerCrashedError,
)
from loanbatch.settings import Settings

#: Bytes in a megabyte, and in the unit in which the system reports peak memory.
_MEGABYTE = 1024 * 1024
_MAXRSS_UNIT = 1 if sys.platform == "darwin" else 1024
#: What to do about a document around which workers died.
CRASH_ADVICE = "run it again, and if that does not help print it to a new PDF"


def task_error(error: BaseException, settings: Settings) -> LoanbatchError:
    """Return the classified error for what a task's future raised."""
    if isinstance(error, LoanbatchError):
        return error
    if isinstance(error, TimeoutError):
        return DocumentTimeoutError(
            f"not done after {settings.timeout_seconds:g} s: split the document, or allow more time"
            " (--timeout, setting timeout_seconds)"
        )
    if isinstance(error, MemoryError):
        return OutOfMemoryError.over(settings.memory_limit_mb)
    if isinstance(error, BrokenExecutor):
        return WorkerCrashedError(f"the workers died around this document; {CRASH_ADVICE}")
    exit_code = getattr(error, "exitcode", None)
    if exit_code is not None:  # pebble's ProcessExpired
        return _worker_death(int(exit_code), settings)
    return UnexpectedError(f"unexpected {type(error).__name__} in the worker; see the log")


def is_termination(error: BaseException | None) -> bool:
    """Tell whether a task's future raised that its worker was asked to end (SIGTERM)."""
    exit_code = getattr(error, "exitcode", None)
    return exit_code is not None and abs(int(exit_code)) == signal.SIGTERM


def _worker_death(exit_code: int, settings: Settings) -> LoanbatchError:
    if exit_code < 0:
        # C libraries abort when the address-space limit refuses them memory.
        aborted = -exit_code in (signal.SIGABRT, signal.SIGSEGV, signal.SIGTRAP, signal.SIGILL)
        if aborted and settings.memory_limit_mb and _peak_reached(settings.memory_limit_mb):
            return OutOfMemoryError.over(settings.memory_limit_mb)
        return WorkerCrashedError(
            f"the worker died of signal {-exit_code} on this document; {CRASH_ADVICE}"
        )
    return WorkerCrashedError(
        f"the worker ended with exit code {exit_code} on this document; {CRASH_ADVICE}"
    )


def _peak_reached(limit_mb: int) -> bool:
    """Return whether any worker so far came near the limit."""
    if sys.platform == "win32":
        return False
    import resource

    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * _MAXRSS_UNIT
    return peak > 0.5 * limit_mb * _MEGABYTE
