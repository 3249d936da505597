"""How workers are started: forked in a twentieth of spawn's time where that is safe.

A forked process is a copy of one thread; whatever the others were in the middle of stays so in the
copy for ever. So a fork waits for threads that import, and for those that are at work (`forks`);
and the copy never takes away what it inherited, for closing a connection of SQLite there would need
a mutex that may be held for ever, and could disturb the database of the other process.
"""

from __future__ import annotations

import gc
import importlib
import multiprocessing
import os
import signal
import sys
import threading
import time
from typing import TYPE_CHECKING, Any

from loanbatch import forks
from loanbatch.errors import UsageError

if TYPE_CHECKING:
    from multiprocessing.context import BaseContext

#: Seconds between two looks after the parent.
_LOOK_SECONDS = 1.0
UNGUARDED = (
    "the workers cannot start, because they import your script, which processes documents again:"
    " put its statements under `if __name__ == '__main__':`, or use executor=\"inline\""
)


def process_context() -> BaseContext:
    """Return how workers are started; a program that said never to fork is heeded."""
    told = multiprocessing.get_start_method(allow_none=True)
    if sys.platform != "linux" or told not in (None, "fork"):
        return multiprocessing.get_context("spawn")

    processes: dict[int | None, CarefulProcess] = {}

    class CarefulProcess(multiprocessing.context.ForkProcess):
        def start(self) -> None:
            # A program may be one long import itself.
            deadline = time.monotonic() + forks.PATIENCE
            while _half_imported() - own and time.monotonic() < deadline:
                time.sleep(0.001)
            self._collects = gc.isenabled()
            with forks.forking():
                gc.disable()  # nothing may be taken away in the copy before it is frozen
                try:
                    super().start()
                finally:
                    if self._collects:
                        gc.enable()
            processes[self.pid] = self

        def run(self) -> None:
            _begin_as_copy(collects=self._collects)
            super().run()

    class CarefulContext(multiprocessing.context.ForkContext):
        Process = CarefulProcess
        started = processes

    # A program may be one long import itself; nobody must wait for its end.
    own = _half_imported()
    return CarefulContext()


def exit_code_of(context: BaseContext, process: int) -> int:
    """Return how a process of a context ended; 0 where it did not, or where nobody knows."""
    found = getattr(context, "started", {}).get(process)
    return 0 if found is None else found.exitcode or 0


def end_with(parent: int) -> None:
    """End this worker when its parent is gone: nobody would stop a document that hangs, or want it.

    Args:
        parent: Process number of the coordinator.
    """
    threading.Thread(target=_outlive, args=[parent], daemon=True, name="parent").start()


def _outlive(parent: int) -> None:
    coordinator = multiprocessing.parent_process()
    if sys.platform == "win32" and coordinator is not None:
        coordinator.join()
    else:  # what other systems have for that is held open by other workers too
        while os.getppid() == parent:
            time.sleep(_LOOK_SECONDS)
    os._exit(1)


def _begin_as_copy(*, collects: bool) -> None:
    """Keep all that was inherited, garbage too; only what is made from now on is collected."""
    forks.begin_as_copy()
    _import_locks().clear()  # of threads that are not here; what they began is begun anew
    signal.set_wakeup_fd(-1)  # it is the coordinator that is told of signals
    gc.freeze()
    if collects:
        gc.enable()


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
        raise UsageError(UNGUARDED)


def _half_imported() -> set[str]:
    """Return the names of the modules that some thread is importing at this moment."""
    modules = list(sys.modules.items())
    return {name for name, module in modules if _is_initializing(module)} | _being_found()


def _being_found() -> set[str]:
    """Return the names of the modules whose lock another thread holds, there or not yet there.

    An import holds it while a library is linked in, before anything stands in `sys.modules`.
    """
    owners = {
        name: getattr(reference(), "owner", None)
        for name, reference in list(_import_locks().items())
    }
    return {name for name, owner in owners.items() if owner not in {None, threading.get_ident()}}


def _import_locks() -> dict[str, Any]:
    """Return Python's locks of modules, weakly referenced; empty where it keeps none there."""
    bootstrap = getattr(importlib, "_bootstrap", None)
    locks: dict[str, Any] = getattr(bootstrap, "_module_locks", {})
    return locks


def _is_initializing(module: object) -> bool:
    return getattr(getattr(module, "__spec__", None), "_initializing", False) is True
