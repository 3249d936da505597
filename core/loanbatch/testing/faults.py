"""Plugins that misbehave on purpose, to show that nothing else suffers.

As a plugin of its own (`--plugin loanbatch.testing.faults`) this module misbehaves in `validate` on
files whose name begins with the name of a fault and a dot or dash: `hang.pdf`, `kill-2.pdf`. All
other files are left alone. `Fault("extract", "raise")` is a plugin with one hook that always fails.
"""

from __future__ import annotations

import ctypes
import decimal
import io
import locale
import os
import re
import signal
import sys
import threading
import warnings
from collections.abc import Callable, Iterable, Iterator
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


def _raise_interrupt() -> NoReturn:
    raise KeyboardInterrupt(SECRET)


def _raise_generator_exit() -> NoReturn:
    raise GeneratorExit(SECRET)


def _raise_memory_error() -> NoReturn:
    raise MemoryError(SECRET)


def _hang() -> NoReturn:
    while True:  # an event that nobody sets, waited for in pieces
        threading.Event().wait(3600)


def _hang_in_c() -> NoReturn:
    """Wait where no other thread of Python gets a turn."""
    sleep = ctypes.PyDLL(None).sleep
    while True:
        sleep(3600)


def _spin() -> NoReturn:
    while True:
        pass


def _exit() -> NoReturn:
    os._exit(3)


def _leave() -> NoReturn:
    os._exit(0)  # as if its work were done


def _crash() -> None:
    ctypes.string_at(0)


def _fork() -> None:
    os.fork()  # and both go on


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


def _keep_memory() -> None:
    _hoard.append(bytearray(48 * 1024 * 1024))


_hoard: list[bytearray] = []


def _endless() -> Iterator[int]:
    while True:
        yield 42


class Evil:
    """Raises whatever is asked of it."""

    def __getattribute__(self, name: str) -> NoReturn:
        raise RuntimeError(SECRET)

    __iter__ = __bool__ = __str__ = __repr__ = __eq__ = __hash__ = _raise  # type: ignore[assignment]


def _change_folder() -> None:
    os.chdir(os.sep)


def _change_arithmetic() -> None:
    decimal.getcontext().prec = 2


def _change_locale() -> None:
    locale.setlocale(locale.LC_ALL, "POSIX" if locale.setlocale(locale.LC_ALL) == "C" else "C")


def _change_signals() -> None:
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: None)


def _change_filters() -> None:
    warnings.simplefilter("error")


def _change_environment() -> None:
    os.environ["LANG"] = os.environ["LOANBATCH_HOME"] = SECRET


def _change_streams() -> None:
    sys.stdout = sys.stderr = io.StringIO()


#: Every fault by name.
FAULTS: dict[str, Callable[[], Any]] = {
    "raise": _raise,
    "raise-exit": _raise_exit,
    "raise-interrupt": _raise_interrupt,
    "raise-generator-exit": _raise_generator_exit,
    "raise-memory-error": _raise_memory_error,
    "recurse": _recurse,
    "wrong-type": _wrong_type,
    "evil": Evil,
    "endless": _endless,
    "print": _print,
    "change-folder": _change_folder,
    "change-arithmetic": _change_arithmetic,
    "change-locale": _change_locale,
    "change-signals": _change_signals,
    "change-filters": _change_filters,
    "change-environment": _change_environment,
    "change-streams": _change_streams,
    "fork": _fork,
    "keep-memory": _keep_memory,
    "fill-memory": _fill_memory,
    "hang": _hang,
    "hang-in-c": _hang_in_c,
    "spin": _spin,
    "exit": _exit,
    "leave": _leave,
    "crash": _crash,
    "kill": _kill,
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
