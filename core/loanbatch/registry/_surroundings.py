"""What a plugin may change of the process around it, and putting it back.

All plugins share a process with each other and with documents still to come: a changed decimal
context or language would make other people's values wrong, without a word.
"""

from __future__ import annotations

import contextlib
import decimal
import locale
import os
import signal
import sys
import threading
import warnings
from collections.abc import Callable, Iterator
from typing import Any

from attrs import frozen

_SIGNALS = (signal.SIGINT, signal.SIGTERM)


@frozen
class _Part:
    """One thing that can be looked at and put back."""

    name: str
    look: Callable[[], Any]
    put_back: Callable[[Any], Any]


def _folder() -> str | None:
    try:
        return os.getcwd()  # noqa: PTH109 -- a text is compared faster than a path
    except OSError:  # it was removed under us
        return None


def _set_folder(path: str | None) -> None:
    if path is not None:
        os.chdir(path)


def _arithmetic() -> tuple[Any, ...]:
    now = decimal.getcontext()
    traps = tuple(now.traps.items())
    return now.prec, now.rounding, now.Emin, now.Emax, now.capitals, now.clamp, traps


def _set_arithmetic(before: tuple[Any, ...]) -> None:
    prec, rounding, least, most, capitals, clamp, traps = before
    context = decimal.Context(prec, rounding, least, most, capitals, clamp)
    context.traps.update(traps)
    decimal.setcontext(context)


def _set_signals(before: tuple[Any, ...]) -> None:
    for number, handler in zip(_SIGNALS, before, strict=True):
        signal.signal(number, handler if handler is not None else signal.SIG_DFL)


def _set_environment(before: dict[str, str]) -> None:
    for name in os.environ.keys() - before.keys():
        del os.environ[name]
    os.environ.update(before)


def _set_streams(before: tuple[Any, Any]) -> None:
    sys.stdout, sys.stderr = before


def _set_filters(before: list[Any]) -> None:
    warnings.resetwarnings()  # tells the interpreter's cache, which a plain assignment does not
    warnings.filters[:] = before  # type: ignore[index]


#: Signals can be set by the main thread only.
_PARTS: tuple[_Part, ...] = (
    _Part("working directory", _folder, _set_folder),
    _Part("decimal context", _arithmetic, _set_arithmetic),
    _Part(
        "locale",
        lambda: locale.setlocale(locale.LC_ALL),
        lambda name: locale.setlocale(locale.LC_ALL, name),
    ),
    _Part("signal handlers", lambda: tuple(map(signal.getsignal, _SIGNALS)), _set_signals),
    _Part("environment", lambda: dict(os.environ), _set_environment),
    _Part("standard streams", lambda: (sys.stdout, sys.stderr), _set_streams),
    _Part("warnings filters", lambda: list(warnings.filters), _set_filters),
    _Part("recursion limit", sys.getrecursionlimit, sys.setrecursionlimit),
)


@contextlib.contextmanager
def kept_surroundings(told: Callable[[str], None]) -> Iterator[None]:
    """Put back what the block changes of the process.

    Args:
        told: Called with the name of each thing that was changed.
    """
    parts = _PARTS
    if threading.current_thread() is not threading.main_thread():
        parts = tuple(part for part in parts if part.put_back is not _set_signals)
    before = [part.look() for part in parts]
    changed: list[str] = []
    try:
        yield
    finally:
        for part, was in zip(parts, before, strict=True):
            if part.look() != was:
                with contextlib.suppress(OSError, ValueError):  # what it was is no more
                    part.put_back(was)
                changed.append(part.name)
        for name in changed:  # only now: it may be told on a stream that was replaced
            told(name)
