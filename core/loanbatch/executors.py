"""Where documents are processed: in this process, or in workers that may hang, crash or run out.

Both have the shape of `concurrent.futures.Executor`; plugins may bring others through the
get_executor hook. Here a death is only reported, as the classified error that the future raises.
"""

from __future__ import annotations

import multiprocessing
import signal
import sys
import time
from collections.abc import Callable
from concurrent.futures import BrokenExecutor, Executor, Future
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define

from loanbatch import temporary
from loanbatch._logging import get_logger
from loanbatch.errors import (
    DocumentTimeoutError,
    LoanbatchError,
    OutOfMemoryError,
    SettingsError,
    UnexpectedError,
    UsageError,
    WorkerCrashedError,
)
from loanbatch.settings import Settings

if TYPE_CHECKING:
    from multiprocessing.context import BaseContext

    from pebble import ProcessPool

T = TypeVar("T")

#: Bytes in a megabyte, and in the unit in which the system reports peak memory.
_MEGABYTE = 1024 * 1024
_MAXRSS_UNIT = 1 if sys.platform == "darwin" else 1024
#: Seconds that the answer of a worker that is gone may take to arrive.
_PATIENCE = 2.0
#: Pools that a task may see break under it before it is given up.
_MOST_POOLS = 2
_CRASH_ADVICE = "run it again, and if that does not help print it to a new PDF"
_UNGUARDED = (
    "the workers cannot start, because they import your script, which processes documents again:"
    " put its statements under `if __name__ == '__main__':`, or use executor=\"inline\""
)


class InlineExecutor(Executor):
    """Runs each task at once, in the calling thread: for embedding and debugging.

    No time or memory limit applies, and a crash of a C library takes the process along.
    """

    def submit(self, fn: Callable[..., T], /, *args: Any, **kwargs: Any) -> Future[T]:  # noqa: ANN401
        """Run `fn` now and return a finished future."""
        future: Future[T] = Future()
        try:
            future.set_result(fn(*args, **kwargs))
        except Exception as error:  # noqa: BLE001 -- a future carries whatever its task raised
            future.set_exception(error)
        return future


@define(eq=False)
class _Task:
    """A task that is not done yet, and how often its pool broke."""

    fn: Callable[..., Any]
    args: tuple[Any, ...]
    kwargs: dict[str, Any]
    pools: int = 0


class IsolatedExecutor(Executor):
    """Runs tasks in worker processes with a hard time limit; a death costs one task only.

    Args:
        settings: workers, timeout_seconds, documents_per_worker.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._pool: ProcessPool | None = None
        self._pending: dict[Future[Any], _Task] = {}
        #: When the worker of a task was first missed, by the pool's number of the task.
        self._lost_since: dict[int, float] = {}
        self._context = _process_context()
        #: Whether a worker ever took up a task, and whether none seems able to.
        self._proven = self._context.get_start_method() == "fork"
        self._hopeless = False

    def submit(self, fn: Callable[..., T], /, *args: Any, **kwargs: Any) -> Future[T]:  # noqa: ANN401
        """Schedule `fn`; its time limit counts from when a worker takes it up."""
        self.mend()
        future: Future[T] = Future()
        self._pending[future] = _Task(fn, args, kwargs)
        self._schedule(future)
        return future

    def mend(self) -> None:
        """Replace a pool that broke and give its tasks to the new one.

        A pool breaks when a worker dies between two tasks. Whoever waits for futures calls this now
        and then.

        Raises:
            UsageError: Workers die while they start, as they do of a script that is not guarded.
        """
        if self._pool is None:
            return
        if self._hopeless:
            raise UsageError(_UNGUARDED)
        if self._pool.active:
            self._give_up_lost_tasks(self._pool)
            return
        if self._proven:
            get_logger().warning("workers_replaced", count=len(self._pending))
        self._pool.stop()
        self._pool.join()
        self._pool = None
        self._lost_since.clear()
        for future in list(self._pending):
            self._schedule(future)

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:  # noqa: FBT001, FBT002
        """Stop the workers; at once with `cancel_futures`, else when their tasks are done."""
        if self._pool is None:
            return
        if cancel_futures or not self._pending:
            self._pool.stop()
        else:
            self._pool.close()
        if wait:
            self._pool.join()
            temporary.sweep()  # of workers that had to be stopped

    def _give_up_lost_tasks(self, pool: ProcessPool) -> None:
        """End tasks whose worker is gone without an error.

        pebble takes exit code 0 for a worker's retirement, even in the middle of a task, and would
        wait for the time limit. The answer of a worker that retired may still be in the pipe:
        hence the patience.
        """
        from pebble import ProcessExpired
        from pebble.common import Result, ResultStatus

        manager = pool._pool_manager  # noqa: SLF001 -- nothing public tells
        now = time.monotonic()
        for task in tuple(manager.task_manager.tasks.values()):
            if not task.worker_id or task.worker_id in manager.worker_manager.workers:
                continue
            if manager.task_manager.timeout(task):
                continue  # pebble is ending its worker, which takes seconds inside a C library
            if now - self._lost_since.setdefault(task.id, now) > _PATIENCE:
                error = ProcessExpired("the worker left", code=0, pid=task.worker_id)
                manager.task_manager.task_done(task.id, Result(ResultStatus.ERROR, error))

    def _schedule(self, future: Future[Any]) -> None:
        task = self._pending[future]
        task.pools += 1
        if self._pool is None:
            self._pool = self._start()
        try:
            inner = self._pool.schedule(
                task.fn, args=task.args, kwargs=task.kwargs, timeout=self._settings.timeout_seconds
            )
        except RuntimeError:  # the pool broke this moment; the next look will see it
            return
        inner.add_done_callback(partial(self._settle, future))

    def _settle(self, future: Future[Any], inner: Future[Any]) -> None:
        """Pass on how a task ended, unless its pool broke: then it waits to be mended."""
        if inner.cancelled():
            self._pending.pop(future, None)
            future.cancel()
            return
        error = inner.exception()
        if isinstance(error, BrokenExecutor):
            if self._pending[future].pools < _MOST_POOLS:
                return
            if not self._proven:
                self._hopeless = True
                return
            error = WorkerCrashedError(
                f"the workers died again and again around this document; {_CRASH_ADVICE}"
            )
        self._proven = True
        self._pending.pop(future, None)
        if error is None:
            future.set_result(inner.result())
        else:
            temporary.sweep()  # a worker that was killed leaves what it was writing
            future.set_exception(error)

    def _start(self) -> ProcessPool:
        from pebble import ProcessPool

        return ProcessPool(
            max_workers=self._settings.workers,
            max_tasks=self._settings.documents_per_worker,
            context=self._context,
        )


def _process_context() -> BaseContext:
    """Return how workers are started: forked in a twentieth of spawn's time where that is safe.

    A program that told multiprocessing never to fork is heeded.
    """
    told = multiprocessing.get_start_method(allow_none=True)
    if sys.platform != "linux" or told not in (None, "fork"):
        return multiprocessing.get_context("spawn")

    class PatientProcess(multiprocessing.context.ForkProcess):
        """Waits while a module is half imported: in the new process it would stay so for ever."""

        def start(self) -> None:
            deadline = time.monotonic() + _PATIENCE
            while _half_imported() - own and time.monotonic() < deadline:
                time.sleep(0.001)
            super().start()

    class PatientContext(multiprocessing.context.ForkContext):
        Process = PatientProcess

    # A program may be one long import itself; nobody must wait for its end.
    own = _half_imported()
    return PatientContext()


def refuse_in_starting_worker() -> None:
    """End a worker that runs the statements of a script which it should only import.

    A worker that is spawned imports the main script. It leaves without a word, for the executor
    that started it tells what is wrong.

    Raises:
        UsageError: A process of somebody else's making is in the same state.
    """
    process = multiprocessing.current_process()
    if getattr(process, "_inheriting", False):
        from pebble.pool.process import WORKERS_NAME

        if process.name == WORKERS_NAME:
            sys.exit(1)
        raise UsageError(_UNGUARDED)


def _half_imported() -> set[str]:
    """Return the names of the modules that some thread is importing at this moment."""
    modules = list(sys.modules.items())
    return {name for name, module in modules if _is_initializing(module)}


def _is_initializing(module: object) -> bool:
    return getattr(getattr(module, "__spec__", None), "_initializing", False) is True


def make_executor(settings: Settings) -> Executor:
    """Return the built-in executor that the settings name.

    What runs that were killed left in the folder for temporary files is removed first.

    Raises:
        SettingsError: Neither a built-in one nor one that a plugin knows.
    """
    temporary.sweep()
    match settings.executor:
        case "inline":
            return InlineExecutor()
        case "isolated":
            return IsolatedExecutor(settings)
        case name:
            raise SettingsError(
                f"executor: no plugin provides {name!r}; built in are isolated and inline"
            )


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
        return WorkerCrashedError(f"the workers died around this document; {_CRASH_ADVICE}")
    exit_code = getattr(error, "exitcode", None)
    if exit_code is not None:  # pebble's ProcessExpired
        return _worker_death(int(exit_code), settings)
    return UnexpectedError(f"unexpected {type(error).__name__} in the worker; see the log")


def _worker_death(exit_code: int, settings: Settings) -> LoanbatchError:
    if exit_code < 0:
        # C libraries abort when the address-space limit refuses them memory.
        aborted = -exit_code in (signal.SIGABRT, signal.SIGSEGV, signal.SIGTRAP, signal.SIGILL)
        if aborted and settings.memory_limit_mb and _peak_reached(settings.memory_limit_mb):
            return OutOfMemoryError.over(settings.memory_limit_mb)
        return WorkerCrashedError(
            f"the worker died of signal {-exit_code} on this document; {_CRASH_ADVICE}"
        )
    return WorkerCrashedError(
        f"the worker ended with exit code {exit_code} on this document; {_CRASH_ADVICE}"
    )


def _peak_reached(limit_mb: int) -> bool:
    """Return whether any worker so far came near the limit."""
    if sys.platform == "win32":
        return False
    import resource

    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * _MAXRSS_UNIT
    return peak > 0.5 * limit_mb * _MEGABYTE
