"""Which plugin is at work, told in memory that outlives the process that works.

A worker that is killed, or that kills itself, can say nothing any more. Workers that are forked
write beforehand what they are about to do into memory that they share with the coordinator.
"""

from __future__ import annotations

import mmap
import time

from attrs import frozen

from loanbatch._logging import get_logger

#: Bytes for the names of a plugin and a hook, and the byte that parts them.
_SLOT = 160
_NOTHING = b"\n"
#: Seconds from which on a plugin takes long.
_SLOW = 30.0


@frozen
class AtWork:
    """A plugin in the middle of a hook."""

    plugin: str
    hook: str

    def __str__(self) -> str:
        return f"plugin {self.plugin} was at work, in {self.hook}"


class Board:
    """A line for each task in flight.

    Args:
        lines: How many tasks are in flight at most.
    """

    def __init__(self, lines: int) -> None:
        self._memory = mmap.mmap(-1, lines * _SLOT)

    def line(self, number: int) -> memoryview:
        """Return the memory of a line, wiped."""
        line = memoryview(self._memory)[number * _SLOT : (number + 1) * _SLOT]
        line[:1] = _NOTHING
        return line

    def read(self, number: int) -> AtWork | None:
        """Return what a line says; None where no plugin is at work."""
        start = number * _SLOT
        plugin, hook, _ = (self._memory[start : start + _SLOT] + b"\n\n").split(b"\n", 2)
        if not plugin:
            return None
        return AtWork(plugin.decode(errors="replace"), hook.decode(errors="replace"))


#: Where this process tells what it does; its own memory where nobody asked.
_line: memoryview = memoryview(bytearray(_SLOT))
_texts: dict[tuple[str, str], bytes] = {}


def tell_on(line: memoryview) -> None:
    """Tell from now on what is at work on a line of a board."""
    global _line  # noqa: PLW0603 -- one task at a time in a process
    _line = line


class _Call:
    #: When the last call began, on the monotonic clock, and whether its length was told.
    begun = 0.0
    is_told = False


def begin(plugin: str, hook: str) -> None:
    """Tell that a plugin's hook is called."""
    _Call.begun, _Call.is_told = time.monotonic(), False
    text = _texts.get((plugin, hook))
    if text is None:
        text = f"{plugin[:80]}\n{hook}\n".encode()[:_SLOT]
        _texts[plugin, hook] = text
    _line[: len(text)] = text


def end() -> None:
    """Tell that no plugin is at work."""
    _line[:1] = _NOTHING


def tell_slow() -> None:
    """Log which plugin has been at work in this process for long, once for each call."""
    found, seconds = at_work(), time.monotonic() - _Call.begun
    if found is not None and seconds > _SLOW and not _Call.is_told:
        _Call.is_told = True
        get_logger().warning(
            "plugin_slow", plugin=found.plugin, hook=found.hook, seconds=round(seconds)
        )


def at_work() -> AtWork | None:
    """Return what this process told last."""
    plugin, hook, _ = (bytes(_line) + b"\n\n").split(b"\n", 2)
    return (
        AtWork(plugin.decode(errors="replace"), hook.decode(errors="replace")) if plugin else None
    )
