"""What becomes of each hostile file: code, seconds, memory of its worker, temporary files.

    python tests/benchmarks/hostile_files.py [--searchable] [PATTERN…]

Each is processed by a command of its own, so that peaks are its own. Prints Markdown, the worst
first.
"""

from __future__ import annotations

import argparse
import fnmatch
import json
import multiprocessing
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from loanbatch.testing.hostile import HostileFile, hostile_files

SECONDS, MEGABYTES = 30, 2048


def measured(file: HostileFile, *, searchable: bool) -> tuple[float, str]:
    """Return the seconds and a row of the table."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "tmp").mkdir()
        # In a process of its own: a command's peak of memory begins with that of its parent.
        maker = multiprocessing.get_context("spawn").Process(
            target=write, args=(folder, file.file_name)
        )
        maker.start()
        maker.join()
        size = (folder / file.file_name).stat().st_size
        peak, temporary, left = run(folder, file.file_name, searchable=searchable)
        (result,) = json.loads((folder / "r.json").read_text(encoding="utf-8"))["results"]
    findings = ", ".join(finding["code"] for finding in result["findings"])
    code = result["error_code"] or (f"success ({findings})" if findings else "success")
    seconds = result["processing_time"]
    row = f"| {file.file_name} | {size / 1024:.0f} | {code} | {seconds:.1f} | {peak:.0f} |"
    return seconds, f"{row} {temporary:.1f} | {left} |"


def write(folder: Path, name: str) -> None:
    """Write a hostile file into a folder."""
    file = next(file for file in hostile_files() if file.file_name == name)
    (folder / name).write_bytes(file.make())


def run(folder: Path, name: str, *, searchable: bool) -> tuple[float, float, int]:
    """Run the command; return megabytes of memory and temporary files at most, and files left."""
    arguments = ["-m", "loanbatch", "run", name, "--home", "home", "--report", "r.json", "--quiet"]
    arguments += ["--timeout", str(SECONDS), "--memory-limit", str(MEGABYTES)]
    environment = {**os.environ, "TMPDIR": str(folder / "tmp")}
    if searchable:
        environment["LOANBATCH_SEARCHABLE"] = "true"
    nowhere = subprocess.DEVNULL
    process = subprocess.Popen(
        [sys.executable, *arguments], cwd=folder, env=environment, stdout=nowhere, stderr=nowhere
    )
    most = 0
    while True:
        ended, _, usage = os.wait4(process.pid, os.WNOHANG)
        if ended:
            process.returncode = 0  # taken notice of, and of no interest
            left = sum(1 for _ in (folder / "tmp").rglob("*"))
            return usage.ru_maxrss / 1024, most / 2**20, left
        most = max(most, size_of(folder / "tmp"))
        time.sleep(0.05)


def size_of(folder: Path) -> int:
    total = 0
    for path in folder.rglob("*"):
        try:
            total += path.lstat().st_blocks * 512
        except OSError:  # gone by now
            continue
    return total


def main() -> None:
    """Measure what is asked for and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("patterns", nargs="*", default=["*"])
    parser.add_argument("--searchable", action="store_true")
    options = parser.parse_args()
    chosen = [
        file
        for file in hostile_files()
        if any(fnmatch.fnmatch(file.file_name, pattern) for pattern in options.patterns)
    ]
    rows = [measured(file, searchable=options.searchable) for file in chosen]
    head = "| file | KB | ends as | seconds | peak MB | temporary MB | left |"
    lines = [head, "| --- | --- | --- | --- | --- | --- | --- |"]
    lines += [row for _, row in sorted(rows, reverse=True)]
    sys.stdout.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
