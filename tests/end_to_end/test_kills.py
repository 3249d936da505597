"""A batch whose processes are killed again and again ends like one that nobody disturbed.

It is run, gone on with, and its failures are retried; every command is killed at moments that are
drawn over its whole life, or just when something has happened. `TEST_KILLS` says how often at least
for each way of working (4 where it is not set); the moments are random with a fixed seed. With
`pytest -s` the kills are counted by what was going on.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import random
import subprocess
import sys
import time
from collections import Counter
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from attrs import frozen
from peewee import PeeweeException, SqliteDatabase
from PIL import Image, ImageDraw, ImageFont
from playhouse.db_url import connect

from loanbatch.testing.samples import broken_samples, make_sample

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
TABLES = (
    "processing_jobs", "results", "attempts", "documents", "loans", "fields", "findings",
)  # fmt: skip
#: Ends of the command that are none of a crash: 0 all succeeded, 3 some failed.
ENDED = (0, 3)
STATE = """\
SELECT job_id, is_listed, total_documents, processed_documents, completed_at,
(SELECT COUNT(*) FROM events WHERE event = 'job_resumed'),
(SELECT COUNT(*) FROM events WHERE event = 'job_requeued'),
(SELECT COUNT(*) FROM events WHERE event = 'job_interrupted')
FROM processing_jobs"""


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
    (folder / "00.png").write_bytes(scanned_line())
    return folder


def scanned_line() -> bytes:
    """Return a picture with one line: the engine needs a moment for it, not seconds."""
    page = Image.new("L", (900, 200), 255)
    ImageDraw.Draw(page).text(
        (40, 60), "Promissory Note", fill=0, font=ImageFont.load_default(size=60)
    )
    stream = io.BytesIO()
    page.save(stream, "PNG", dpi=(200, 200))
    return stream.getvalue()


@frozen
class State:
    """How far the job has come, as the database tells it."""

    job_id: str | None = None
    is_listed: bool = False
    total: int = 0
    processed: int = 0
    is_finished: bool = False
    resumes: int = 0
    retries: int = 0
    interruptions: int = 0

    @property
    def phase(self) -> str:
        if self.job_id is None:
            return "starting"
        if not self.is_listed:
            return "listing"
        if self.is_finished:
            return "ending"
        if self.processed == self.total:
            return "finishing"
        return "processing" if self.processed else "listed"


@frozen
class Place:
    """Where the records of a run are kept, and how many workers it has."""

    home: Path
    workers: int = 1
    database: str | None = None

    @property
    def options(self) -> list[str]:
        database = ["--set", f"database={self.database}"] if self.database else []
        return ["--home", str(self.home), *database]

    def command(self, *arguments: str) -> list[str]:
        return [sys.executable, "-m", "loanbatch", *arguments, *self.options]

    def process(self, *arguments: str) -> list[str]:
        """Return the command that processes documents."""
        workers = ("--workers", str(self.workers))
        return self.command(*arguments, *workers, "--quiet", "--report", str(self.own_report))

    @property
    def own_report(self) -> Path:
        return self.home.parent / f"{self.home.name}.json"

    def check_report(self) -> None:
        """Fail where a killed command left half a report."""
        if self.own_report.exists():
            json.loads(self.own_report.read_text())

    def state(self) -> State:
        """Return how far the one job is; looking changes nothing, not even an absent database."""
        file = self.home / "loanbatch.db"
        if self.database is not None:
            database = connect(self.database)
        elif file.exists():
            database = SqliteDatabase(f"file:{file}?mode=ro", uri=True)
        else:
            return State()
        try:
            rows = database.execute_sql(STATE).fetchall()
        except PeeweeException:  # no tables yet
            return State()
        finally:
            database.close()
        assert len(rows) <= 1
        return State(*rows[0][:4], rows[0][4] is not None, *rows[0][5:]) if rows else State()

    def report(self) -> Any:
        """Return the JSON report of the job, without times."""
        path = self.home.parent / "report.json"
        job_id = self.state().job_id
        assert job_id is not None
        asked = self.command("report", job_id, "--output", str(path))
        subprocess.run(asked, check=True, stderr=subprocess.DEVNULL)
        return timeless(json.loads(path.read_text()))

    def outcome(self) -> tuple[Any, ...]:
        """Return all that two runs must have in common."""
        return self.report(), self.records(), self.objects()

    def records(self) -> dict[str, list[str]]:
        """Return all rows of the database, as text, without what differs by time."""
        found = {}
        with closing(connect(self.database or f"sqlite:///{self.home}/loanbatch.db")) as database:
            for table in TABLES:
                cursor = database.execute_sql(f'SELECT * FROM "{table}"')  # noqa: S608
                names = [column[0] for column in cursor.description]
                rows = (dict(zip(names, row, strict=True)) for row in cursor.fetchall())
                found[table] = sorted(str(row_of(row)) for row in rows)
        return found

    def objects(self) -> dict[str, str]:
        """Return the hashes of all stored files by name, what is left half written too."""
        folder = self.home / "objects"
        return {
            str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
            for path in folder.rglob("*")
            if path.is_file()
        }


def row_of(row: dict[str, Any]) -> dict[str, Any]:
    plain = {
        name: int(value) if isinstance(value, bool) else value
        for name, value in row.items()
        if name not in UNEQUAL
    }
    if plain.get("payload"):
        plain["payload"] = timeless(json.loads(plain["payload"]))
    return plain


def timeless(plain: Any) -> Any:
    if isinstance(plain, dict):
        return {key: timeless(value) for key, value in plain.items() if key not in TIMES}
    return [timeless(item) for item in plain] if isinstance(plain, list) else plain


@pytest.fixture(scope="module")
def calm(batch: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[tuple[Any, ...], float]:
    """What an undisturbed run and retry leave, and how long the run lives."""
    place = Place(tmp_path_factory.mktemp("calm") / "home")
    began = time.monotonic()
    assert subprocess.run(place.process("run", str(batch)), check=False).returncode in ENDED
    lasted = time.monotonic() - began
    job_id = place.state().job_id
    assert job_id is not None
    retried = subprocess.run(place.process("retry", job_id, "--all-failed"), check=False)
    assert retried.returncode in ENDED
    return place.outcome(), lasted


class Killer:
    """Ends processes at moments drawn from a seed, and counts what was going on then."""

    def __init__(self, seed: int, life: float) -> None:
        self._chance = random.Random(seed)  # noqa: S311 - reproducible
        self._longest = life
        self.kills: Counter[str] = Counter()

    def run(self, place: Place, *arguments: str) -> None:
        """Run a command that may be killed; where it is not, it has ended well."""
        before = place.state()
        with subprocess.Popen(place.process(*arguments), stderr=subprocess.PIPE) as process:
            if self._wait(process, place, before):
                process.kill()
                process.wait()
                place.check_report()
                self.kills[f"{arguments[0]}: {doing(before, place.state(), arguments)}"] += 1
            else:
                told = process.communicate()[1].decode()
                assert process.returncode in ENDED, told

    def _wait(self, process: subprocess.Popen[bytes], place: Place, before: State) -> bool:
        """Wait for the moment to kill; False where the process ended before."""
        began = before.job_id is None
        life = self._longest if began else self._longest / 2
        if self._chance.random() < 0.5:
            return not ended(process, self._chance.uniform(0.0, life))
        # Just when something has happened: these moments are too short to be met by chance.
        phases = ("processing", "finishing", "ending")
        phase = self._chance.choice((*("listing", "listed"), *phases) if began else phases)
        pause = self._chance.uniform(0.0, 0.05)
        while not ended(process, 0.002):
            state = place.state()
            if state != before and state.phase == phase:
                return not ended(process, pause)
        return False


def ended(process: subprocess.Popen[bytes], within: float) -> bool:
    try:
        process.wait(within)
    except subprocess.TimeoutExpired:
        return False
    return True


def doing(before: State, now: State, arguments: tuple[str, ...]) -> str:
    """Return what a command was doing when it was killed."""
    own = {"run": "job_id", "resume": "resumes", "retry": "retries"}[arguments[0]]
    if getattr(before, own) == getattr(now, own):
        return "starting"
    return now.phase


def run_until_done(batch: Path, place: Place, killer: Killer) -> None:
    """Run the batch and retry its failures, each command killed and gone on with."""
    while not (state := place.state()).is_finished or state.retries == 0:
        if state.job_id is None:
            killer.run(place, "run", str(batch))
        elif state.is_finished:
            killer.run(place, "retry", state.job_id, "--all-failed")
        else:
            killer.run(place, "resume", state.job_id)


def check(batch: Path, place: Place, killer: Killer, wanted: tuple[Any, ...]) -> None:
    """Run a batch under kills and compare what is left, after the waste is swept away."""
    run_until_done(batch, place, killer)

    report, records, objects = place.outcome()

    assert report == wanted[0]
    assert records == wanted[1]
    finished = {name: hash_ for name, hash_ in objects.items() if not name.startswith("incoming")}
    assert finished == wanted[2]
    swept = subprocess.run(place.command("doctor", "--repair"), check=False, capture_output=True)
    assert swept.returncode == 0, swept.stdout.decode()
    assert place.outcome() == wanted


@pytest.mark.parametrize("workers", [1, 2])
def test_killed_batch_ends_like_an_undisturbed_one(
    batch: Path, calm: tuple[Any, float], tmp_path: Path, workers: int
) -> None:
    wanted, life = calm
    killer = Killer(workers, life)
    rounds = 0
    while killer.kills.total() < KILLS:
        check(batch, Place(tmp_path / f"stormy{rounds}", workers), killer, wanted)
        rounds += 1
    tell(f"SQLite, {workers} workers", rounds, killer)
    time.sleep(1)  # workers look after their parent once in a while
    assert orphans(tmp_path) == []


def test_killed_batch_ends_like_an_undisturbed_one_on_postgresql(
    batch: Path, calm: tuple[Any, float], tmp_path: Path, postgres_server: Any
) -> None:
    wanted, life = calm
    killer = Killer(3, life)
    rounds = 0
    while killer.kills.total() < KILLS:
        name = postgres_server.new_database()
        place = Place(tmp_path / f"stormy{rounds}", 2, f"{postgres_server.address}/{name}")
        check(batch, place, killer, wanted)
        postgres_server.drop_database(name)
        rounds += 1
    tell("PostgreSQL, 2 workers", rounds, killer)


def tell(what: str, rounds: int, killer: Killer) -> None:
    """Say, for `pytest -s`, how hard it was."""
    counts = ", ".join(f"{name} {count}" for name, count in sorted(killer.kills.items()))
    sys.stderr.write(f"\n{what}: {killer.kills.total()} kills in {rounds} rounds: {counts}\n")


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
