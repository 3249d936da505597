"""The only place that prints: payload to standard output, everything else to standard error."""

from __future__ import annotations

import io
import os
import shutil
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any, BinaryIO, TextIO, cast

from loanbatch.errors import StorageFailedError

#: Characters across from which on a terminal is wide.
_WIDE = 100
#: Characters of a word that a column has room for, if it can.
_LONGEST_WORD = 24
#: Characters across that the first column has at least, and that part columns.
_LEAST_FIRST = 12
_GAP = 2


#: Standard output while `reserved` keeps it from everybody else.
_kept: TextIO | None = None


def _out() -> TextIO:
    return sys.stdout if _kept is None else _kept


def _columns() -> int:
    """Return the characters across that standard output has."""
    if not os.environ.get("COLUMNS", "").isdigit():
        with suppress(OSError, ValueError):
            return os.get_terminal_size(_out().fileno()).columns
    return shutil.get_terminal_size().columns


def clean(text: str) -> str:
    """Return a text that cannot steer a terminal: control characters become escapes."""
    if text.isprintable():
        return text
    return "".join(
        char if char.isprintable() else char.encode("unicode_escape").decode() for char in text
    )


def payload(text: str, *, end: str = "\n") -> None:
    """Write text to standard output."""
    _write(_out(), text, end=end)


def json_payload(plain: Any) -> None:  # noqa: ANN401 - anything that JSON can say
    """Write a value as JSON to standard output."""
    from loanbatch.convert import json_text

    _write(_out(), json_text(plain, indent=2))


@contextmanager
def binary() -> Iterator[BinaryIO]:
    """Give standard output for bytes to somebody who should not see it break.

    Raises:
        BrokenPipeError: At the end, where the reader did not want all of it.
        StorageFailedError: At the end, where it could not be written.
    """
    flush()
    stream = _Pipe(_out().buffer)
    yield cast("BinaryIO", stream)
    with _writing():
        if stream.failure is not None:
            raise stream.failure
        _out().flush()


@contextmanager
def _writing() -> Iterator[None]:
    """Tell standard output that fails from other errors of the system.

    Raises:
        BrokenPipeError: Nobody reads it any more.
        StorageFailedError: It cannot be written.
    """
    try:
        yield
    except BrokenPipeError:
        raise
    except OSError as error:
        give_up()
        reason = error.strerror or type(error).__name__
        raise StorageFailedError(
            f"standard output cannot be written ({reason}); send it somewhere else"
        ) from None


def give_up() -> None:
    """Send what is still to be written to standard output nowhere, so that the exit is quiet."""
    with suppress(OSError, ValueError):  # a stream in memory has no descriptor
        os.dup2(os.open(os.devnull, os.O_WRONLY), _out().fileno())


class _Pipe(io.RawIOBase):
    """Passes bytes on as long as they can be written."""

    def __init__(self, target: BinaryIO) -> None:
        self.target = target
        self.failure: OSError | None = None

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:  # noqa: ANN401 - anything with bytes
        try:
            if self.failure is None:
                self.target.write(data)
        except OSError as error:
            self.failure = error
        return len(data)


def room() -> int | None:
    """Return the characters across that tables are drawn to; None where they have no limit."""
    return _columns() if _out().isatty() else None


def is_narrow(wide: int = _WIDE) -> bool:
    """Tell whether tables are drawn on a terminal of fewer columns than is wide."""
    return _out().isatty() and _columns() < wide


def table(
    columns: Sequence[str],
    rows: Iterable[Sequence[str]],
    *,
    title: str = "",
    unbroken: Sequence[str] = (),
) -> None:
    """Write a table to standard output: drawn to the width of a terminal, else as aligned lines.

    Args:
        columns: Their heads.
        rows: A cell for each column.
        title: Written above.
        unbroken: Heads of columns that are never wrapped, for they hold what is copied.
    """
    cells = [[clean(cell) for cell in row] for row in rows]
    if _out().isatty():
        _drawn(columns, cells, title, unbroken)
        return
    if title:
        payload(title)
    widths = [max(map(len, column)) for column in zip(columns, *cells, strict=True)]
    for row in (columns, *cells):
        line = "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        payload(line.rstrip())


def _drawn(
    columns: Sequence[str], rows: Sequence[Sequence[str]], title: str, unbroken: Sequence[str]
) -> None:
    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    drawn = Table(
        box=SIMPLE_HEAD,
        title=title or None,
        title_justify="left",
        show_edge=not is_narrow(),
        pad_edge=False,
        padding=(0, 1, 0, 0) if is_narrow() else (0, 1),
    )
    least = [
        _least_width(column, (row[number] for row in rows), whole=column in unbroken)
        for number, column in enumerate(columns)
    ]
    # The first column, names of files, gives way where words of others would break.
    left = _columns() - sum(width + _GAP for width in least[1:])
    for number, column in enumerate(columns):
        drawn.add_column(
            column,
            overflow="fold",
            no_wrap=column in unbroken,
            min_width=least[number] if number and unbroken else None,
            max_width=max(left, _LEAST_FIRST) if is_narrow() and unbroken and not number else None,
        )
    for row in rows:
        drawn.add_row(*(Text(cell, style=_STYLES.get(cell, "")) for cell in row))
    Console(file=_out(), highlight=False).print(drawn)


def _least_width(column: str, cells: Iterable[str], *, whole: bool) -> int:
    """Return the characters across that a column needs so that no word of it is broken."""
    texts = [column, *cells]
    if whole:
        return max(map(len, texts))
    return min(max(len(word) for text in texts for word in text.split() or [""]), _LONGEST_WORD)


_STYLES = {
    "success": "green",
    "failed": "bold red",
    "broken": "bold red",
    "skipped": "dim",
    "blocked": "dim",
    "review": "yellow",
}


@contextmanager
def reserved() -> Iterator[None]:
    """Keep standard output to this module: what plugins and libraries print goes to standard error.

    Works on the descriptor, so that worker processes and C libraries are covered.
    """
    global _kept
    if _kept is not None:
        yield
        return
    before, _kept = sys.stdout, _standard_output_of_our_own()
    sys.stdout = sys.stderr
    try:
        yield
    finally:
        try:
            flush()
        finally:
            ours, _kept, sys.stdout = _kept, None, before
            if ours is not before:
                os.dup2(ours.fileno(), before.fileno())
                with suppress(OSError):  # it was tried above
                    ours.close()


def _standard_output_of_our_own() -> TextIO:
    """Return a stream to where standard output leads, whose descriptor leads elsewhere from now."""
    before = sys.stdout
    try:
        descriptor, other = before.fileno(), sys.stderr.fileno()
    except (AttributeError, OSError, ValueError):  # a stream in memory, as under test
        return before
    before.flush()
    ours = os.fdopen(os.dup(descriptor), "w", encoding=before.encoding, errors=before.errors)
    os.dup2(other, descriptor)
    return ours


def note(text: str) -> None:
    """Write a remark to standard error."""
    _write(sys.stderr, text)


def warning(text: str) -> None:
    """Write a warning to standard error."""
    _write(sys.stderr, f"Warning: {text}")


def error(text: str, hint: str = "") -> None:
    """Write an error and what to do to standard error, in one line."""
    line = " ".join(f"{text} {hint}".split())
    _write(sys.stderr, f"Error: {clean(line)}")


def flush() -> None:
    """Hand everything to the system, so that a failure to do so is seen before the exit."""
    with _writing():
        _out().flush()


def _write(stream: TextIO, text: str, *, end: str = "\n") -> None:
    # File names that are not UTF-8 hold lone surrogates, and a terminal may know few characters.
    encoding = stream.encoding or "utf-8"
    line = text.encode(encoding, "backslashreplace").decode(encoding) + end
    if stream is _out():
        with _writing():
            stream.write(line)
    else:
        stream.write(line)
