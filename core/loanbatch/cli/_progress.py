"""How far a run is: a live line on a terminal, a plain line now and then elsewhere."""

from __future__ import annotations

import sys
import time
from types import TracebackType
from typing import Any, Protocol, Self

from loanbatch.cli import _output
from loanbatch.results import BatchProgress

#: Plain lines of a whole run, at most.
_LINES = 20
#: Seconds after which a rate means something.
_SECONDS_TO_JUDGE = 1.0


class Display(Protocol):
    """What shows the counts."""

    def begin(self, total: int, done: int) -> None:
        """Learn how many sources there are, and how many earlier runs have done."""

    def update(self, done: int, failed: int) -> None:
        """Learn how many are done."""

    def end(self) -> None:
        """Clear up."""


class Progress:
    """Shows how far a job is when it is called with it."""

    def __init__(self, *, quiet: bool) -> None:
        self._display = _display(quiet=quiet)
        self._has_begun = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._display.end()

    def __call__(self, state: BatchProgress) -> None:
        """Show a state; nothing while sources are listed."""
        if state.total_documents is None:
            return
        if self._has_begun:
            self._display.update(state.processed_documents, state.failed_documents)
        else:
            self._display.begin(state.total_documents, state.processed_documents)
            self._has_begun = True


def _display(*, quiet: bool) -> Display:
    if quiet:
        return _Silent()
    return _Live() if sys.stderr.isatty() else _Lines()


class _Silent:
    def begin(self, total: int, done: int) -> None:
        pass

    def update(self, done: int, failed: int) -> None:
        pass

    def end(self) -> None:
        pass


class _Lines:
    """A line for every twentieth part of the batch, so that a log of it stays short."""

    def begin(self, total: int, done: int) -> None:
        self.total, self.before = total, done
        self.step = max(1, -(-(total - done) // _LINES))
        self.started = time.monotonic()

    def update(self, done: int, failed: int) -> None:
        if self.total == 1 or (done % self.step and done != self.total):
            return
        failures = f", {failed} failed" if failed else ""
        speed = _speed(done - self.before, self.total - done, time.monotonic() - self.started)
        _output.note(f"{done} of {self.total} documents{failures}{speed}")

    def end(self) -> None:
        pass


def _speed(done: int, waiting: int, seconds: float) -> str:
    """Return the rate and the time left, as far as they can be told already."""
    if seconds < _SECONDS_TO_JUDGE:
        return ""
    left = waiting * seconds / done
    about = f", about {left:.0f} s left" if left >= 1 else ""
    return f", {done / seconds:.1f} per second{about}"


class _Live:
    """A bar with counts, rate and the time that is left."""

    def begin(self, total: int, done: int) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
        from rich.progress import Progress as Bar

        self.bar: Any = Bar(
            TextColumn("Reading"),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("{task.fields[facts]}"),
            TimeRemainingColumn(),
            console=Console(stderr=True),
            transient=True,
        )
        self.started, self.before = time.monotonic(), done
        self.task = self.bar.add_task("", total=total, completed=done, facts="")
        self.bar.start()

    def update(self, done: int, failed: int) -> None:
        seconds = time.monotonic() - self.started
        new = done - self.before
        rate = f"{new / seconds:.1f}/s" if seconds >= _SECONDS_TO_JUDGE else ""
        failures = f"[red]{failed} failed[/red]  " if failed else ""
        self.bar.update(self.task, completed=done, facts=f"{failures}{rate}")

    def end(self) -> None:
        if hasattr(self, "bar"):
            self.bar.stop()
