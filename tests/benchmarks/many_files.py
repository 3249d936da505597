"""Measures one job of very many files: whether memory stays flat and a document costs the same.

The installed command runs over one-page PDFs, all different, and is watched from outside: its
memory and that of its workers in /proc, its progress in the job's row. Needs Linux. `--write` puts
the table into docs/explanation/performance.md.
"""

from __future__ import annotations

import argparse
import os
import platform
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "explanation" / "performance.md"
BEGIN, END = "<!-- many files -->\n", "<!-- end of many files -->"
#: Seconds between looks.
LOOK = 0.25
_TICKS = os.sysconf("SC_CLK_TCK")
_MEGABYTE = 1024 * 1024
#: Of a job's documents, how many are watched at its start, in its middle and at its end.
_PART = 0.1


class Look(NamedTuple):
    """What was seen at one moment."""

    seconds: float
    #: Of the command and all its workers so far.
    cpu: float
    parent_mb: float
    workers_mb: float
    done: int


class Row(NamedTuple):
    """A line of the table, with a figure for each run."""

    what: str
    tell: Callable[[Sequence[Look]], str]


def make_files(folder: Path, count: int) -> None:
    """Write PDFs with one line of text each, all different; those that are there stay."""
    from fpdf import FPDF

    pdf = FPDF()
    pdf.set_compression(False)
    pdf.add_page()
    pdf.set_font("helvetica", size=12)
    pdf.text(72, 72, "Letter number 0000000 about nothing in particular")
    before, after = bytes(pdf.output()).split(b"0000000 about")
    for number in range(count):
        path = folder / f"{number // 1000:04}" / f"letter-{number:07}.pdf"
        if not number % 1000:
            path.parent.mkdir(parents=True, exist_ok=True)
        if not path.exists():
            # As many digits everywhere, so that what points into the file stays right.
            path.write_bytes(before + b"%07d about" % number + after)


def watch(command: Sequence[str], home: Path) -> list[Look]:
    """Run a command and return what was seen of it while it processed documents."""
    started = time.monotonic()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    looks = list(_looks(process, home / "loanbatch.db", started))
    if process.returncode not in (0, 3, 5):
        raise SystemExit(f"{' '.join(command)} ended with {process.returncode}")
    return looks


def _looks(process: subprocess.Popen[bytes], database: Path, started: float) -> Iterator[Look]:
    while process.poll() is None:
        try:
            workers = _children(process.pid)
            cpu = _cpu(process.pid) + sum(map(_own_cpu, workers))
            memory = _megabytes(process.pid), sum(map(_megabytes, workers))
        except (OSError, IndexError):  # one of them has just ended
            continue
        yield Look(time.monotonic() - started, cpu, *memory, _processed(database))
        time.sleep(LOOK)


def _processed(database: Path) -> int:
    try:
        with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
            row = connection.execute("SELECT processed_documents FROM processing_jobs").fetchone()
    except sqlite3.Error:  # not there yet
        return 0
    return 0 if row is None else int(row[0])


def _children(pid: int) -> list[int]:
    # A thread of the pool starts the workers, not the main one.
    lists = Path(f"/proc/{pid}/task").glob("*/children")
    return [int(word) for path in lists for word in path.read_text().split()]


def _times(pid: int) -> list[int]:
    # The name of the process, in parentheses, may hold anything.
    return [int(w) for w in Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[11:15]]


def _cpu(pid: int) -> float:
    return sum(_times(pid)) / _TICKS


def _own_cpu(pid: int) -> float:
    return sum(_times(pid)[:2]) / _TICKS


def _megabytes(pid: int) -> float:
    """Return what a process would give back: its share of what it has in common is counted once."""
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) / 1024
    return 0.0


def _at(looks: Sequence[Look], part: float) -> Look:
    """Return the look at which a part of the documents was done, as a straight line tells it."""
    wanted = part * looks[-1].done
    before = looks[0]
    for look in looks:
        if look.done > wanted:
            share = (wanted - before.done) / (look.done - before.done)
            return Look(*(a + share * (b - a) for a, b in zip(before, look, strict=True)))
        before = look
    return before


def _speed(start: float, *, cpu: bool) -> Callable[[Sequence[Look]], str]:
    def tell(looks: Sequence[Look]) -> str:
        first, last = _at(looks, start), _at(looks, start + _PART)
        spent = last.cpu - first.cpu if cpu else last.seconds - first.seconds
        return f"{(last.done - first.done) / spent:.0f}"

    return tell


def _parent(part: float) -> Callable[[Sequence[Look]], str]:
    return lambda looks: f"{_at(looks, part).parent_mb:.0f} MB"


MIDDLE, LAST = 0.5 - _PART / 2, 1 - _PART
ROWS = (
    Row("memory of the parent at 1 %", _parent(0.01)),
    Row("memory of the parent in the middle", _parent(0.5)),
    Row("memory of the parent at the end", _parent(1.0)),
    Row("memory of the workers, most", lambda looks: f"{max(i.workers_mb for i in looks):.0f} MB"),
    Row("documents a CPU second, first tenth", _speed(0.0, cpu=True)),
    Row("documents a CPU second, middle tenth", _speed(MIDDLE, cpu=True)),
    Row("documents a CPU second, last tenth", _speed(LAST, cpu=True)),
    Row("documents a second, first tenth", _speed(0.0, cpu=False)),
    Row("documents a second, middle tenth", _speed(MIDDLE, cpu=False)),
    Row("documents a second, last tenth", _speed(LAST, cpu=False)),
    Row("CPU seconds in all", lambda looks: f"{looks[-1].cpu:.1f}"),
    Row("seconds in all", lambda looks: f"{looks[-1].seconds:.1f}"),
)


def measure(files: Path, workers: int, folder: Path) -> tuple[list[Look], float]:
    """Run one job over all files; return what was seen, and the megabytes of its database."""
    home = folder / f"home-{workers}"
    command = [sys.executable, "-m", "loanbatch", "run", str(files), "--home", str(home)]
    options = ["--workers", str(workers), "--quiet", "--report", str(folder / "report.json")]
    looks = watch([*command, *options], home)
    size = sum(path.stat().st_size for path in home.glob("loanbatch.db*")) / _MEGABYTE
    return looks, size


def table_of(count: int, workers: Sequence[int], runs: Sequence[tuple[list[Look], float]]) -> str:
    columns = [f"{n} worker{'s' if n > 1 else ''}" for n in workers]
    lines = [f"| {count:,} one-page files | {' | '.join(columns)} |"]
    lines.append("| --- " * (1 + len(columns)) + "|")
    lines += [
        f"| {row.what} | {' | '.join(row.tell(looks) for looks, _ in runs)} |" for row in ROWS
    ]
    lines.append(f"| size of the database | {' | '.join(f'{size:.0f} MB' for _, size in runs)} |")
    machine = f"Python {platform.python_version()}, {os.cpu_count()} cores, {platform.machine()}"
    return "\n".join([*lines, "", f"{machine}.", ""])


def write_table(table: str) -> None:
    """Put the table between the marks of the performance page."""
    before, _, rest = PAGE.read_text(encoding="utf-8").partition(BEGIN)
    after = rest.partition(END)[2]
    PAGE.write_text(before + BEGIN + table + END + after, encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--files", type=int, default=20_000, metavar="N")
    parser.add_argument("--workers", type=int, nargs="+", default=[1, 2], metavar="N")
    parser.add_argument("--folder", type=Path, help="keep files and homes there, for a next time")
    parser.add_argument("--write", action="store_true", help="update the documentation")
    arguments = parser.parse_args()
    os.environ["OMP_THREAD_LIMIT"] = "1"
    with tempfile.TemporaryDirectory() as temporary:
        folder = arguments.folder or Path(temporary)
        files = folder / f"files-{arguments.files}"
        make_files(files, arguments.files)
        with tempfile.TemporaryDirectory(dir=folder) as homes:
            runs = [measure(files, workers, Path(homes)) for workers in arguments.workers]
    table = table_of(arguments.files, arguments.workers, runs)
    sys.stdout.write(table)
    if arguments.write:
        write_table(table)


if __name__ == "__main__":
    main()
