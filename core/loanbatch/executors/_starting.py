"""How workers are started: forked in a twentieth of spawn's time where that is safe.

A forked process is a copy of one thread; whatever the others were in the middle of stays so in the
copy for ever: half a module, a mutex of SQLite, the lock of a file's buffer. So a fork waits for
threads that import, and for those that said they are at work (`at_work`); and the copy never takes
away what it inherited, for closing a connection of SQLite there would need such a mutex and could
disturb the database of the other process.
"""

from __future__ import annotations

import gc
import multiprocessing
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from loanbatch.errors import UsageError

if TYPE_CHECKING:
    from multiprocessing.context import BaseContext

#: Seconds that a fork waits at most; a program may be one long import itself.
_PATIENCE = 2.0
UNGUARDED = (
    "the workers cannot start, because they import your script, which processes documents again:"
    " put its statements under `if __name__ == '__main__':`, or use executor=\"inline\""
)


class _Gate:
    """Keeps forks and the work of other threads apart; a fork that waits goes first."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._at_work: set[int] = set()
        self._forks = 0

    def enter(self) -> None:
        """Begin to work, when no fork is going on."""
        with self._changed:
            self._changed.wait_for(lambda: not self._forks)
            self._at_work.add(threading.get_ident())

    def leave(self) -> None:
        """Stop working."""
        with self._changed:
            self._at_work.discard(threading.get_ident())
            self._changed.notify_all()

    @contextmanager
    def forking(self) -> Iterator[None]:
        """Fork inside, when the other threads are not at work, or have been for too long."""
        with self._changed:
            self._forks += 1
            own = {threading.get_ident()}
            self._changed.wait_for(lambda: self._at_work <= own, timeout=_PATIENCE)
        try:
            yield
        finally:
            with self._changed:
                self._forks -= 1
                self._changed.notify_all()


_gate = _Gate()


@contextmanager
def at_work() -> Iterator[None]:
    """Have no worker forked from this process while this thread does what is inside."""
    _gate.enter()
    try:
        yield
    finally:
        _gate.leave()


@contextmanager
def at_rest() -> Iterator[None]:
    """Let workers be forked again meanwhile, inside `at_work`."""
    _gate.leave()
    try:
        yield
    finally:
        _gate.enter()


def process_context() -> BaseContext:
    """Return how workers are started; a program that said never to fork is heeded."""
    told = multiprocessing.get_start_method(allow_none=True)
    if sys.platform != "linux" or told not in (None, "fork"):
        return multiprocessing.get_context("spawn")

    class CarefulProcess(multiprocessing.context.ForkProcess):
        def start(self) -> None:
            deadline = time.monotonic() + _PATIENCE
            while _half_imported() - own and time.monotonic() < deadline:
                time.sleep(0.001)
            self._collects = gc.isenabled()
            with _gate.forking():
                gc.disable()  # nothing may be taken away in the copy before it is frozen
                try:
                    super().start()
                finally:
                    if self._collects:
                        gc.enable()

        def run(self) -> None:
            _begin_as_copy(collects=self._collects)
            super().run()

    class CarefulContext(multiprocessing.context.ForkContext):
        Process = CarefulProcess

    # A program may be one long import itself; nobody must wait for its end.
    own = _half_imported()
    return CarefulContext()


def _begin_as_copy(*, collects: bool) -> None:
    """Keep all that was inherited, garbage too; only what is made from now on is collected."""
    global _gate  # noqa: PLW0603 -- its lock may have been held by another thread
    _gate = _Gate()
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
    return {name for name, module in modules if _is_initializing(module)}


def _is_initializing(module: object) -> bool:
    return getattr(getattr(module, "__spec__", None), "_initializing", False) is True
