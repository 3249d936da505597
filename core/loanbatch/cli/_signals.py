"""Ctrl-C: once to finish what is at hand and stop, twice to stop at once, whatever is at work."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from types import FrameType
from typing import TYPE_CHECKING

from loanbatch.cli import _output

if TYPE_CHECKING:
    from multiprocessing.process import BaseProcess

_NUMBERS = (signal.SIGINT, signal.SIGTERM)
#: Seconds that the process may take to end once it was asked twice.
_GRACE = 6.0
_EXIT_INTERRUPTED = 130


@contextmanager
def stop_on_signal() -> Iterator[threading.Event]:
    """Give an event that the first Ctrl-C or SIGTERM sets; the second raises KeyboardInterrupt."""
    stop = threading.Event()

    def handle(_number: int, _frame: FrameType | None) -> None:
        if stop.is_set():
            raise KeyboardInterrupt
        stop.set()
        _output.note("Stopping after the documents at hand; press Ctrl-C again to stop at once.")

    if threading.current_thread() is not threading.main_thread():
        yield stop  # only the main thread may handle signals
        return
    before = [signal.signal(number, handle) for number in _NUMBERS]
    try:
        yield stop
    finally:
        for number, handler in zip(_NUMBERS, before, strict=True):
            signal.signal(number, handler)


def open_way_out() -> None:
    """End this process some seconds after the second Ctrl-C or SIGTERM, if it is still there.

    A plugin may swallow KeyboardInterrupt, or wait inside a C library, where Python handles no
    signal. The system tells of signals over a pipe, and a thread listens. Nothing helps against C
    code that lets no other thread run.
    """
    if sys.platform == "win32":  # the pipe would have to be a socket
        return
    reading, writing = os.pipe()
    os.set_blocking(writing, False)
    signal.set_wakeup_fd(writing, warn_on_full_buffer=False)
    threading.Thread(target=_listen, args=(reading,), name="way out", daemon=True).start()


def _listen(reading: int) -> None:
    asked = 0
    while asked < 2:  # noqa: PLR2004 -- twice
        asked += sum(number in _NUMBERS for number in os.read(reading, 64))
    time.sleep(_GRACE)
    # Nothing that the rest of the process may hold is used: neither streams nor locks.
    with suppress(OSError):
        os.write(2, f"Interrupted. It did not end by itself{_at_work()}.\n".encode())
    for worker in _workers():
        with suppress(OSError):
            worker.kill()
    os._exit(_EXIT_INTERRUPTED)


def _workers() -> list[BaseProcess]:
    import multiprocessing

    return multiprocessing.active_children()


def _at_work() -> str:
    """Return what to say of the plugin that is at work in this process."""
    told = sys.modules.get("loanbatch.hookcalls")
    found = told.at_work() if told is not None else None
    return "" if found is None else f": {_output.clean(str(found))}"
