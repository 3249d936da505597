"""Damaged documents by the thousand through the command line: read, or failed with a code.

`TEST_MUTATIONS=5000` sets their number, `nox -s fuzz` does so and shows the table that is printed.
The first originals are samples; where real documents are at hand, they join in.
"""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from attrs import define, field

from loanbatch.errors import ErrorType
from loanbatch.testing.hostile import mutations

ROOT = Path(__file__).parents[2]
SAMPLES = ROOT / "docs" / "samples"
DOCUMENTS = ROOT.parent / "shared" / "documents"
SET_ASIDE = Path(__file__).with_name("set_aside.txt")
ENDINGS = {".pdf", ".png", ".jpg", ".tif", ".tiff"}

COUNT = int(os.environ.get("TEST_MUTATIONS", "60"))
SEED = 1
SECONDS, MEGABYTES = 20, 1024
#: Megabytes by which the coordinator may grow between a third and the end of a run: caches fill.
GROWTH = 30


def originals() -> list[tuple[str, bytes]]:
    """Return samples, and real documents where many files are asked for."""
    kept_out = set(SET_ASIDE.read_text(encoding="utf-8").splitlines())
    folders = [SAMPLES, DOCUMENTS] if COUNT >= 1000 else [SAMPLES]
    return [
        (path.suffix.lower(), path.read_bytes())
        for folder in folders
        for path in sorted(folder.rglob("*"))
        if path.suffix.lower() in ENDINGS
        and hashlib.sha256(path.read_bytes()).hexdigest() not in kept_out
    ]


@define
class Watched:
    """A run of the command, and what it took."""

    results: list[dict[str, Any]] = field(factory=list)
    exit_code: int = -1
    seconds: float = 0.0
    #: Resident megabytes of the coordinator, twice a second.
    memory: list[float] = field(factory=list)
    #: Most megabytes of temporary files at a time, and what is left of them.
    most_temporary: float = 0.0
    left: list[str] = field(factory=list)
    #: Megabytes of the home folder at the end.
    stored: float = 0.0
    changed: int = 0


def megabytes(folder: Path) -> float:
    total = 0
    for path in folder.rglob("*"):
        try:
            total += path.lstat().st_size
        except OSError:  # gone by now
            continue
    return total / 2**20


def resident(pid: int) -> float:
    pages = int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGESIZE") / 2**20


@pytest.fixture(scope="module")
def watched(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Watched:
    if not Path("/proc/self/statm").exists():
        pytest.skip("the memory of another process is read from /proc")
    folder = tmp_path_factory.mktemp("fuzz")
    inputs, home, temporary = folder / "in", folder / "home", folder / "tmp"
    for each in (inputs, temporary):
        each.mkdir()
    for mutation in mutations(originals(), COUNT, seed=SEED):
        (inputs / mutation.file_name).write_bytes(mutation.content)
    before = {path.name: path.read_bytes() for path in inputs.iterdir()}
    found = run(inputs, home, temporary, folder / "report.json")
    found.changed = sum((inputs / name).read_bytes() != data for name, data in before.items())
    found.stored = megabytes(home)
    if COUNT >= 1000:
        capture = request.config.pluginmanager.getplugin("capturemanager")
        with capture.global_and_fixture_disabled():
            sys.stdout.write(table(found))
    return found


def run(inputs: Path, home: Path, temporary: Path, report: Path) -> Watched:
    command = [sys.executable, "-m", "loanbatch", "run", str(inputs), "--home", str(home)]
    command += ["--workers", "2", "--timeout", str(SECONDS), "--memory-limit", str(MEGABYTES)]
    command += ["--report", str(report)]
    found, started = Watched(), time.monotonic()
    with subprocess.Popen(
        command,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "TMPDIR": str(temporary)},
    ) as process:
        while process.poll() is None:
            found.memory.append(resident(process.pid))
            found.most_temporary = max(found.most_temporary, megabytes(temporary))
            time.sleep(0.5)
    found.exit_code, found.seconds = process.returncode, time.monotonic() - started
    found.results = json.loads(report.read_text(encoding="utf-8"))["results"]
    found.left = sorted(str(path.relative_to(temporary)) for path in temporary.rglob("*"))
    return found


def table(found: Watched) -> str:
    """Return what a large run is done for."""
    codes = Counter(result["error_code"] or result["status"] for result in found.results)
    slowest = max(found.results, key=lambda result: result["processing_time"])
    memory = found.memory
    start, middle = memory[min(10, len(memory) // 3)], memory[len(memory) // 2]
    lines = [
        f"{len(found.results)} files in {found.seconds:.0f} s, exit code {found.exit_code}",
        *(f"  {count:6} {code}" for code, count in codes.most_common()),
        f"slowest: {slowest['processing_time']:.1f} s ({slowest['file_name']})",
        f"resident MB of the coordinator: {start:.0f} at the start, {middle:.0f} in the middle,"
        f" {memory[-2]:.0f} at the end, {max(memory):.0f} at most",
        f"MB stored: {found.stored:.0f}; of temporary files at most: {found.most_temporary:.1f}",
        f"temporary files left: {len(found.left)}; inputs changed: {found.changed}",
    ]
    return "\n" + "\n".join(lines) + "\n"


def test_every_damaged_file_has_a_result(watched: Watched) -> None:
    assert len(watched.results) == COUNT
    assert watched.exit_code in {0, 3, 4}


def test_no_damage_is_unexpected(watched: Watched) -> None:
    unclassified = {
        result["file_name"]: result["error_code"]
        for result in watched.results
        if result["error_type"] == ErrorType.UNEXPECTED
        or result["error_code"] in {"plugin_error", "storage_failed", "source_changed"}
    }

    assert unclassified == {}


def test_no_plugin_fails_on_a_damaged_file(watched: Watched) -> None:
    failed = {
        result["file_name"]: finding["message"]
        for result in watched.results
        for finding in result["findings"]
        if finding["code"] == "plugin_failed"
    }

    assert failed == {}


def test_coordinator_does_not_grow(watched: Watched) -> None:
    early = watched.memory[: len(watched.memory) // 3 + 1]

    assert max(watched.memory) - max(early) < GROWTH


def test_nothing_temporary_is_left(watched: Watched) -> None:
    assert watched.left == []


def test_damaged_files_are_left_as_they_were(watched: Watched) -> None:
    assert watched.changed == 0
