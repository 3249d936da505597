"""Measures speed and memory of the installed command against the bare engines, and prints a table.

Each figure is taken in processes of its own, as CPU time (user and system, children included), so
that a busy machine does not blur it. Documents are docs/samples and, where it lies beside the
clone, ../shared/documents. `--write` puts the table into docs/explanation/performance.md.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[2]
BARE = Path(__file__).with_name("bare_engines.py")
PERFORMANCE_PAGE = ROOT / "docs" / "explanation" / "performance.md"
LOANBATCH = [sys.executable, "-m", "loanbatch"]
TINY_DOCUMENTS = 1000
#: Seconds between looks at the memory of the processes.
LOOK = 0.02


class Cost(NamedTuple):
    """What a command cost."""

    #: Seconds of user and system time, children included.
    cpu: float
    #: Peak resident megabytes of the command's own process, and of its largest child.
    parent_mb: float
    worker_mb: float
    output: str


class Row(NamedTuple):
    """A line of the table."""

    what: str
    measured: str
    goal: str


def peak_megabytes(pid: int) -> float:
    """Return a process's peak resident megabytes, 0 where the system does not tell."""
    try:
        found = re.search(r"VmHWM:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text())
    except OSError:
        return 0.0
    return int(found[1]) / 1024 if found else 0.0


def children(pid: int) -> list[int]:
    """Return the process ids of all children, 0 of them where the system does not tell."""
    try:
        # Workers that take the place of others are started by another thread.
        lists = [path.read_text() for path in Path(f"/proc/{pid}/task").glob("*/children")]
    except OSError:
        return []
    return [int(word) for text in lists for word in text.split()]


def cost_of(command: Sequence[str], *, watch_memory: bool = False) -> Cost:
    """Run a command and return what it cost; a worker's share counts once it has ended."""
    before = os.times()
    with tempfile.TemporaryFile("w+") as output:
        process = subprocess.Popen(command, stdout=output, stderr=subprocess.DEVNULL)
        parent = worker = 0.0
        while watch_memory and process.poll() is None:
            parent = max(parent, peak_megabytes(process.pid))
            worker = max([worker, *map(peak_megabytes, children(process.pid))])
            time.sleep(LOOK)
        code = process.wait()
        output.seek(0)
        text = output.read()
    if code not in (0, 3, 5):
        raise SystemExit(f"{' '.join(command)} ended with {code}")
    after = os.times()
    cpu = after.children_user + after.children_system
    cpu -= before.children_user + before.children_system
    return Cost(cpu, parent, worker, text)


def run_command(sources: Sequence[Path], home: Path, *options: str) -> list[str]:
    """Return the command line of a run with a fresh home."""
    shutil.rmtree(home, ignore_errors=True)
    listed = home.with_suffix(".csv")
    listed.write_text("file\n" + "".join(f"{source}\n" for source in sources))
    return [*LOANBATCH, "run", str(listed), "--home", str(home), "--json", "--quiet", *options]


def documents() -> tuple[list[Path], list[Path]]:
    """Return the born-digital PDFs, and the scans, as their label files tell them apart."""
    kept: dict[str, list[Path]] = {"born_digital": [], "scanned": []}
    for folder in (ROOT / "docs" / "samples", ROOT.parent / "shared" / "documents"):
        for label in sorted(folder.rglob("*.gold.json")):
            text = json.loads(label.read_text(encoding="utf-8")).get("text")
            if text in kept:
                kept[text].append(label.with_name(label.name.removesuffix(".gold.json")))
    return kept["born_digital"], kept["scanned"]


def measure_born_digital(sources: Sequence[Path], home: Path) -> list[Row]:
    bare = cost_of([sys.executable, str(BARE), "text", *map(str, sources)])
    pages = int(bare.output)
    rules_off = ("--no-plugin", "templates", "--no-plugin", "classification")
    framework = cost_of(run_command(sources, home, *rules_off))
    whole = cost_of(run_command(sources, home), watch_memory=True)
    each = 1000 / pages
    return [
        Row(
            f"born-digital pages, pypdfium2 alone ({pages} pages)", f"{bare.cpu * each:.1f} ms", ""
        ),
        Row(
            "born-digital, `run` with extraction rules off",
            f"{framework.cpu * each:.1f} ms a page ({framework.cpu / bare.cpu:.2f} x)",
            "≤ 1.10 x",
        ),
        Row(
            "born-digital, whole `run`",
            f"{whole.cpu * each:.1f} ms a page ({whole.cpu / bare.cpu:.2f} x)",
            "≤ 2 x",
        ),
        Row("memory, parent", f"{whole.parent_mb:.0f} MB", "≤ 80 MB"),
        Row("memory, text worker", f"{whole.worker_mb:.0f} MB", "≤ 60 MB"),
    ]


def measure_scans(sources: Sequence[Path], home: Path) -> list[Row]:
    bare = cost_of([sys.executable, str(BARE), "ocr", *map(str, sources)])
    pages = int(bare.output)
    whole = cost_of(run_command(sources, home), watch_memory=True)
    return [
        Row(f"scans, render + tesserocr alone ({pages} pages)", f"{bare.cpu / pages:.2f} s", ""),
        Row(
            "scans, whole `run`",
            f"{whole.cpu / pages:.2f} s a page ({whole.cpu / bare.cpu:.2f} x)",
            "≤ 1.05 x",
        ),
        Row("memory, OCR worker", f"{whole.worker_mb:.0f} MB", "≤ 200 MB"),
    ]


def measure_start(home: Path) -> list[Row]:
    version = min(cost_of([*LOANBATCH, "--version"]).cpu for _ in range(5))
    small = make_tiny_documents(home.with_name("one"), 1)
    run = min(cost_of(run_command(small, home)).cpu for _ in range(5))
    return [
        Row("`loanbatch --version`", f"{version * 1000:.0f} ms", "≤ 120 ms"),
        Row("`run` on one small file", f"{run * 1000:.0f} ms", "≤ 300 ms"),
    ]


def measure_tiny(home: Path) -> list[Row]:
    sources = make_tiny_documents(home.with_name("tiny"), TINY_DOCUMENTS)
    first = cost_of(run_command(sources, home))
    listed = [*LOANBATCH, "run", str(home.with_suffix(".csv")), "--home", str(home), "--json"]
    again = cost_of([*listed, "--quiet"])
    return [
        Row(
            f"{TINY_DOCUMENTS} tiny documents",
            f"{TINY_DOCUMENTS / first.cpu:.0f} a CPU second",
            "≥ 1,000",
        ),
        Row("the same again, all reused", f"{TINY_DOCUMENTS / again.cpu:.0f} a CPU second", ""),
    ]


def make_tiny_documents(folder: Path, count: int) -> list[Path]:
    """Write PDFs with one line of text each, all different."""
    from fpdf import FPDF

    folder.mkdir(exist_ok=True)
    paths = []
    for number in range(count):
        pdf = FPDF()
        pdf.add_page()
        pdf.set_font("helvetica", size=12)
        pdf.text(72, 72, f"Letter number {number} about nothing in particular")
        path = folder / f"letter-{number:04}.pdf"
        path.write_bytes(bytes(pdf.output()))
        paths.append(path)
    return paths


def table_of(rows: Sequence[Row]) -> str:
    lines = ["| what | measured | goal |", "| --- | --- | --- |"]
    lines += [f"| {row.what} | {row.measured} | {row.goal} |" for row in rows]
    machine = f"Python {platform.python_version()}, {os.cpu_count()} cores, {platform.machine()}"
    driver = "with" if find_spec("psycopg") else "without"
    where = f"{machine}, {driver} the driver of PostgreSQL"
    return "\n".join([*lines, "", f"CPU time, {where}.", ""])


def write_table(table: str) -> None:
    """Put the table between the marks of the performance page."""
    begin, end = "<!-- benchmark -->\n", "<!-- end of benchmark -->"
    text = PERFORMANCE_PAGE.read_text(encoding="utf-8")
    before, _, rest = text.partition(begin)
    _, _, after = rest.partition(end)
    PERFORMANCE_PAGE.write_text(before + begin + table + end + after, encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true", help="update the documentation")
    arguments = parser.parse_args()
    os.environ["OMP_THREAD_LIMIT"] = "1"
    # As people run it: modules are compiled once, not at each start.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    digital, scanned = documents()
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "home"
        rows = [
            *measure_start(home),
            *measure_tiny(home),
            *measure_born_digital(digital, home),
            *measure_scans(scanned, home),
        ]
    table = table_of(rows)
    sys.stdout.write(table)
    if arguments.write:
        write_table(table)


if __name__ == "__main__":
    main()
