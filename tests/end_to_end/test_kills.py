"""A batch whose processes are killed again and again ends like one that nobody disturbed.

`TEST_KILLS` says how often at least (4 where it is not set); the moments are random with a
fixed seed.
"""

from __future__ import annotations

import json
import os
import random
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from attrs import frozen

from loanbatch.testing.samples import as_scan, broken_samples, make_sample

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL")

KILLS = int(os.environ.get("TEST_KILLS", "4"))
DOCUMENTS = 60
#: What two runs cannot have in common.
TIMES = frozenset(
    {"processing_time", "timestamp", "start_time", "end_time", "total_processing_time", "job_id"}
)
#: Columns of the database that differ by time or by the run.
UNEQUAL = {
    *TIMES, "id", "result_id", "reused_from", "created_at", "completed_at", "started_at",
    "ended_at", "stored_at", "first_seen", "last_seen", "lease_holder", "lease_until",
}  # fmt: skip


@pytest.fixture(scope="module")
def batch(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Sixty small documents: good ones, a scan, copies, damaged ones."""
    folder = tmp_path_factory.mktemp("batch")
    broken = list(broken_samples())
    for number in range(DOCUMENTS):
        path = folder / f"{number:02}.pdf"
        if number % 10 == 9:
            path.write_bytes(broken[number // 10 % len(broken)].content)
        elif number % 20 == 8:
            path.write_bytes((folder / f"{number - 3:02}.pdf").read_bytes())
        else:
            kind = ("w2", "paystub", "promissory_note")[number % 3]
            path.write_bytes(make_sample(kind, seed=1000 + number).content)
    scan = as_scan(make_sample("w2", seed=7), dpi=150)
    (folder / "00.pdf").write_bytes(scan.content)
    return folder


def command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "loanbatch", *arguments]


@frozen
class Place:
    """Where the records of a run are kept, and how many workers it has."""

    home: Path
    workers: int
    database: str | None = None

    @property
    def options(self) -> list[str]:
        database = ["--set", f"database={self.database}"] if self.database else []
        return ["--home", str(self.home), *database]

    def process(self, *arguments: str) -> list[str]:
        """Return the command that processes documents."""
        return command(*arguments, *self.options, "--workers", str(self.workers), "--quiet")

    def job(self) -> dict[str, Any] | None:
        """Return the one job, if there is one."""
        asked = command("jobs", "--json", *self.options)
        found = json.loads(subprocess.run(asked, capture_output=True, check=True).stdout)
        assert len(found) <= 1
        return found[0] if found else None

    def report(self) -> Any:
        """Return the JSON report of the job, without times."""
        job = self.job()
        assert job is not None
        path = self.home / "report.json"
        asked = command("report", job["job_id"], "--output", str(path), *self.options)
        subprocess.run(asked, check=True)
        return timeless(json.loads(path.read_text()))


def undisturbed(batch: Path, folder: Path, workers: int) -> Place:
    place = Place(folder / "calm", workers)
    subprocess.run(place.process("run", str(batch)), check=False)
    return place


def kill_until_done(batch: Path, place: Place, chance: random.Random) -> int:
    """Run the batch, killed at random moments and resumed; return the number of kills."""
    kills, done, longest = 0, 0, 1.5
    while True:
        job = place.job()
        processed = 0 if job is None else job["processed_documents"]
        # Whoever never lives long enough for one document gets nowhere.
        longest, done = longest * 1.3 if processed == done else longest, processed
        if job is not None and not job["resumable"]:
            return kills
        what = ("run", str(batch)) if job is None else ("resume", job["job_id"])
        with subprocess.Popen(place.process(*what), stderr=subprocess.PIPE) as process:
            try:
                process.wait(chance.uniform(0.2, longest))
            except subprocess.TimeoutExpired:
                process.kill()
                kills += 1
            else:
                assert process.returncode in (0, 3), process.communicate()


def timeless(plain: Any) -> Any:
    if isinstance(plain, dict):
        return {key: timeless(value) for key, value in plain.items() if key not in TIMES}
    return [timeless(item) for item in plain] if isinstance(plain, list) else plain


def records(home: Path) -> dict[str, list[str]]:
    """Return all rows of a SQLite database, as text, without what differs by time."""
    found = {}
    with closing(sqlite3.connect(home / "loanbatch.db")) as database:
        database.row_factory = sqlite3.Row
        names = [
            row[0] for row in database.execute("SELECT name FROM sqlite_master WHERE type='table'")
        ]
        for name in names:
            if name in ("events", "schema_versions", "job_inputs") or name.startswith("sqlite_"):
                continue
            rows = database.execute(f'SELECT * FROM "{name}"').fetchall()  # noqa: S608
            found[name] = sorted(str(row_of(row)) for row in rows)
    return found


def row_of(row: sqlite3.Row) -> dict[str, Any]:
    plain = {key: row[key] for key in row.keys() if key not in UNEQUAL}  # noqa: SIM118
    if plain.get("payload"):
        plain["payload"] = timeless(json.loads(plain["payload"]))
    return plain


def objects(home: Path) -> set[str]:
    folder = home / "objects"
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize("workers", [1, 2])
def test_killed_batch_ends_like_an_undisturbed_one(
    batch: Path, tmp_path: Path, workers: int
) -> None:
    calm = undisturbed(batch, tmp_path, workers)
    wanted = calm.report(), records(calm.home), objects(calm.home)
    chance, kills, rounds = random.Random(workers), 0, 0  # noqa: S311 - reproducible
    while kills < KILLS:
        stormy = Place(tmp_path / f"stormy{rounds}", workers)

        kills += kill_until_done(batch, stormy, chance)

        assert (stormy.report(), records(stormy.home), objects(stormy.home)) == wanted
        rounds += 1
    # Seen with `pytest -s`: how hard it was.
    sys.stderr.write(f"{kills} kills in {rounds} rounds\n")
    time.sleep(1)  # workers look after their parent once in a while
    assert orphans(tmp_path) == []


def test_killed_batch_ends_like_an_undisturbed_one_on_postgresql(
    batch: Path, tmp_path: Path, postgres_url: str
) -> None:
    calm = undisturbed(batch, tmp_path, 2)
    stormy = Place(tmp_path / "stormy", 2, postgres_url)

    kill_until_done(batch, stormy, random.Random(3))  # noqa: S311 - reproducible

    assert stormy.report() == calm.report()
    assert objects(stormy.home) == objects(calm.home)


def orphans(folder: Path) -> list[str]:
    """Return the command lines of processes that still work for homes in a folder."""
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            line = path.read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            continue
        if str(folder) in line and "loanbatch" in line:
            found.append(line)
    return found
