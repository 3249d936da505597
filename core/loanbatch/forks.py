"""Keeps forks apart from what other threads of the process are in the middle of.

A forked process is a copy of one thread; whatever the others were in the middle of stays so in the
copy for ever: a mutex of SQLite, the lock of a file's buffer. So a thread that uses a database, or
anything else with locks, says so with `at_work`, and a fork waits for it. Waiting for a network or
a person is no work: a fork would wait too.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

#: Seconds that a fork waits at most for threads at work.
PATIENCE = 2.0


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
            self._changed.wait_for(lambda: self._at_work <= own, timeout=PATIENCE)
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


@contextmanager
def forking() -> Iterator[None]:
    """Fork inside, when the other threads are not at work, or have been for too long."""
    with _gate.forking():
        yield


def begin_as_copy() -> None:
    """Forget, in a process that was forked, what threads of the other one were doing."""
    global _gate  # noqa: PLW0603 -- its lock may have been held by another thread
    _gate = _Gate()
