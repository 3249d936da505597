"""How long a plugin may take: named while it hangs, given up where that can be done."""

from __future__ import annotations

import contextlib
import signal
import threading
from collections.abc import Iterator
from types import FrameType

from loanbatch._logging import get_logger
from loanbatch.errors import PluginError

#: Seconds after which a plugin that is still being loaded is named.
_SLOW = 5.0


@contextlib.contextmanager
def patience(plugin: str, seconds: float) -> Iterator[None]:
    """Name a plugin that takes long to load, and end its loading when the time is over.

    Ending it takes an alarm of the system, which the main thread has on Unix while nobody else
    uses it; elsewhere, and inside a C library, the plugin is only named.

    Args:
        plugin: Its name.
        seconds: Wall time; 0 for no end.
    """
    watch = threading.Timer(_SLOW, _name, (plugin,))
    watch.daemon = True
    watch.start()
    try:
        told = f"it was not loaded after {seconds:g} s; the setting plugin_load_seconds allows more"
        with alarm(seconds, told):
            yield
    finally:
        watch.cancel()


def _name(plugin: str) -> None:
    get_logger().warning("plugin_slow", plugin=plugin, hook="import", seconds=_SLOW)


@contextlib.contextmanager
def alarm(seconds: float, message: str) -> Iterator[None]:
    """Raise a PluginError in the block when the time is over, where the system has an alarm free.

    Args:
        seconds: Wall time; 0 for no end.
        message: Of the error.
    """
    if (
        not seconds
        or not hasattr(signal, "setitimer")
        or threading.current_thread() is not threading.main_thread()
        or signal.getsignal(signal.SIGALRM) != signal.SIG_DFL
    ):
        yield
        return

    def end(_number: int, _frame: FrameType | None) -> None:
        raise PluginError(message)

    signal.signal(signal.SIGALRM, end)
    # Once more after a second: what hangs may swallow the first error.
    signal.setitimer(signal.ITIMER_REAL, seconds, 1.0)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
