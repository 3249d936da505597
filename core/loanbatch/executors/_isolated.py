"""Processing in worker processes that may hang, crash or run out of memory."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from concurrent.futures import BrokenExecutor, Executor, Future
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define

from loanbatch import temporary
from loanbatch._logging import get_logger
from loanbatch.errors import LEFT_TO_ANOTHER, OutOfDiskError, UsageError, WorkerCrashedError
from loanbatch.executors._deaths import CRASH_ADVICE
from loanbatch.executors._starting import UNGUARDED, end_with, exit_code_of, process_context
from loanbatch.settings import Settings

if TYPE_CHECKING:
    from pebble import ProcessPool

T = TypeVar("T")


#: Seconds that the answer of a worker that is gone may take to arrive.
_PATIENCE = 2.0
#: Seconds between looks at the temporary files of the workers, and at their locks.
_LOOK_SECONDS = 1.0
#: Looks in a row that find a lock of the pool held before its holder is taken for dead: ending a
#: worker takes three seconds of that, the largest result less than one.
_MOST_LOOKS_LOCKED = 10
_MEGABYTE = 1024 * 1024
#: Pools that a task may see break under it before it is given up.
_MOST_POOLS = 2


@define(eq=False)
class _Task:
    """A task that is not done yet, and how often its pool broke."""

    fn: Callable[..., Any]
    args: tuple[Any, ...]
    kwargs: dict[str, Any]
    pools: int = 0
    #: Why its worker is ended.
    refusal: OutOfDiskError | None = None


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
        self._context = process_context()
        #: Whether a worker ever took up a task, and whether none seems able to.
        self._proven = self._context.get_start_method() == "fork"
        self._hopeless = False
        #: By the future of the pool.
        self._running: dict[Future[Any], _Task] = {}
        self._looked_at = 0.0
        #: Looks in a row at which a worker held a lock of the pool.
        self._looks_locked = 0
        #: Whether a worker that is ended may have left files.
        self._to_sweep = False

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
            raise UsageError(UNGUARDED)
        if self._pool.active:
            self._give_up_lost_tasks(self._pool)
            self._look_after(self._pool)
        if self._pool.active:
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

        pebble takes exit code 0 for a worker's retirement, even in the middle of a task, and misses
        a death that it sees before it hears that the worker took the task up: it would wait for the
        time limit. The answer of a worker that retired may still be in the pipe:
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
                code = exit_code_of(self._context, task.worker_id)
                error = ProcessExpired("the worker left", code=code, pid=task.worker_id)
                manager.task_manager.task_done(task.id, Result(ResultStatus.ERROR, error))

    def _look_after(self, pool: ProcessPool) -> None:
        """Look at what nobody tells of, once a second."""
        now = time.monotonic()
        if now - self._looked_at >= _LOOK_SECONDS:
            self._looked_at = now
            self._break_if_stuck(pool)
            if self._settings.temporary_limit_mb:
                self._limit_files(pool, self._settings.temporary_limit_mb)

    def _break_if_stuck(self, pool: ProcessPool) -> None:
        """Declare a pool broken in which a worker died with a lock that the others need.

        It holds one while it takes a task or sends a result. From then on nobody gets or sends
        anything, and no time limit is heeded.
        """
        from concurrent.futures.process import BrokenProcessPool

        manager = pool._pool_manager  # noqa: SLF001 -- nothing public tells
        with manager.worker_manager.workers_channel.lock(block=False) as is_free:
            self._looks_locked = 0 if is_free else self._looks_locked + 1
        if self._looks_locked >= _MOST_LOOKS_LOCKED:
            self._looks_locked = 0
            manager.handle_broken_pool(BrokenProcessPool("a dead worker holds a lock"))

    def _limit_files(self, pool: ProcessPool, limit_mb: int) -> None:
        """End tasks whose workers have too much in temporary files.

        The system limits each file. How many there are, only somebody who looks can tell.
        """
        if self._to_sweep:
            self._to_sweep = False
            temporary.sweep()
        manager = pool._pool_manager  # noqa: SLF001 -- nothing public tells
        most = limit_mb * _MEGABYTE
        sizes = temporary.sizes(set(manager.worker_manager.workers), enough=most)
        for task in tuple(manager.task_manager.tasks.values()):
            mine = self._running.get(task.future)
            if mine is not None and sizes.get(task.worker_id, 0) >= most:
                mine.refusal = OutOfDiskError.over(limit_mb)
                self._to_sweep = True
                task.future.cancel()  # ends the worker

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
        self._running[inner] = task
        inner.add_done_callback(partial(self._settle, future))

    def _settle(self, future: Future[Any], inner: Future[Any]) -> None:
        """Pass on how a task ended, unless its pool broke: then it waits to be mended."""
        self._running.pop(inner, None)
        if inner.cancelled():
            task = self._pending.pop(future, None)
            if task is None or task.refusal is None:
                future.cancel()
            else:
                future.set_exception(task.refusal)
            return
        error = inner.exception()
        if isinstance(error, BrokenExecutor):
            if self._pending[future].pools < _MOST_POOLS:
                return
            if not self._proven:
                self._hopeless = True
                return
            error = WorkerCrashedError(
                f"the workers died again and again around this document; {CRASH_ADVICE}"
            )
        self._proven = True
        if getattr(error, "exitcode", None) == LEFT_TO_ANOTHER:
            # Nothing came of it. A fresh worker never leaves its first task: this comes to an end.
            temporary.sweep()
            self._pending[future].pools -= 1
            self._schedule(future)
            return
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
            initializer=end_with,
            initargs=[os.getpid()],
        )
