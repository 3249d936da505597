"""Plugins that misbehave on purpose, to show that nothing else suffers.

As a plugin of its own (`--plugin loanbatch.testing.faults`) this module misbehaves in `validate` on
files whose name begins with the name of a fault and a dot or dash: `hang.pdf`, `kill-2.pdf`. All
other files are left alone. `Fault("extract", "raise")` is a plugin with one hook that always fails.
"""

from __future__ import annotations

import os
import re
import signal
import sys
import threading
from collections.abc import Callable, Iterable
from typing import Any, NoReturn

from loanbatch.errors import UsageError
from loanbatch.hookspecs import hookimpl
from loanbatch.models import Finding, Source

#: What the exception of `raise` says: it must never be seen outside the log's trace.
SECRET = "SSN 900-12-3456"  # noqa: S105 - a marker to look for, not a password


def _raise() -> NoReturn:
    raise RuntimeError(SECRET)


def _raise_exit() -> NoReturn:
    raise SystemExit(7)


def _hang() -> NoReturn:
    while True:  # an event that nobody sets, waited for in pieces
        threading.Event().wait(3600)


def _spin() -> NoReturn:
    while True:
        pass


def _exit() -> NoReturn:
    os._exit(3)


def _kill() -> None:
    os.kill(os.getpid(), getattr(signal, "SIGKILL", signal.SIGTERM))


def _fill_memory() -> NoReturn:
    hoard = []
    while True:
        hoard.append(bytearray(16 * 1024 * 1024))


def _recurse() -> int:
    return _recurse() + 1


def _wrong_type() -> int:
    return 42


def _print() -> None:
    sys.stdout.write(f"{SECRET}\n")
    sys.stdout.flush()
    os.write(1, f"{SECRET}\n".encode())


#: Every fault by name.
FAULTS: dict[str, Callable[[], Any]] = {
    "raise": _raise,
    "raise-exit": _raise_exit,
    "hang": _hang,
    "spin": _spin,
    "exit": _exit,
    "kill": _kill,
    "fill-memory": _fill_memory,
    "recurse": _recurse,
    "wrong-type": _wrong_type,
    "print": _print,
}

#: `NAME.pdf` or `NAME-anything.pdf`; the longer names first, since some begin with others.
_TRIGGER = re.compile(f"({'|'.join(sorted(FAULTS, key=len, reverse=True))})[.-]")


@hookimpl
def validate(source: Source) -> Iterable[Finding] | None:
    """Misbehave where the file's name asks for it."""
    match = _TRIGGER.match(source.file_name)
    answer: Iterable[Finding] | None = FAULTS[match[1]]() if match else None
    return answer


class Fault:
    """A plugin with one hook that misbehaves whenever it is called; it can be pickled.

    Args:
        hook: Any hook of `loanbatch.hookspecs`.
        fault: One of `FAULTS`.

    Raises:
        UsageError: There is no such fault.
    """

    def __init__(self, hook: str, fault: str) -> None:
        if fault not in FAULTS:
            raise UsageError(f"{fault}: no such fault, only {', '.join(FAULTS)}")
        self.__name__ = f"fault_{hook}_{fault.replace('-', '_')}"
        self._made_of = (hook, fault)
        misbehave = FAULTS[fault]

        def implementation() -> Any:  # noqa: ANN401 - wrong on purpose
            return misbehave()

        setattr(self, hook, hookimpl(implementation))

    def __reduce__(self) -> tuple[type[Fault], tuple[str, str]]:
        return type(self), self._made_of
