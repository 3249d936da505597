"""`loanbatch doctor` where things went wrong: tells without touching, mends when asked."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from attrs import frozen
from click.testing import CliRunner, Result

from loanbatch import BatchProcessingHandler, load_settings, temporary
from loanbatch.cli._group import cli
from loanbatch.jobstore import JobStore
from loanbatch.models import Source
from loanbatch.testing.samples import make_sample

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="asks for processes by number")


@frozen
class Kept:
    """A home in which two documents were processed, and the folder that they came from."""

    home: Path
    inbox: Path

    def doctor(self, *arguments: str) -> Result:
        return CliRunner().invoke(cli, ["doctor", "--home", str(self.home), "--json", *arguments])

    def run(self, *arguments: str) -> Result:
        command = ["run", str(self.inbox), "--home", str(self.home), "--quiet"]
        return CliRunner().invoke(cli, [*command, "--set", "executor=inline", *arguments])

    def objects(self) -> list[Path]:
        return sorted(path for path in (self.home / "objects").rglob("*") if path.is_file())

    def store(self) -> JobStore:
        return JobStore(f"sqlite:///{self.home / 'loanbatch.db'}")


def states(result: Result) -> dict[str, str]:
    return {check["name"]: check["state"] for check in json.loads(result.stdout)["checks"]}


def items(result: Result, name: str) -> list[str]:
    checks = json.loads(result.stdout)["checks"]
    return next(check["items"] for check in checks if check["name"] == name)


def mended(result: Result) -> str:
    return "\n".join(json.loads(result.stdout)["mended"])


@pytest.fixture(autouse=True)
def outer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "outer"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


@pytest.fixture(scope="module")
def processed(tmp_path_factory: pytest.TempPathFactory) -> Kept:
    place = tmp_path_factory.mktemp("processed")
    kept = Kept(place / "home", place / "inbox")
    kept.inbox.mkdir()
    for number, kind in enumerate(("w2", "promissory_note")):
        (kept.inbox / f"{number}.pdf").write_bytes(make_sample(kind, seed=number).content)
    assert kept.run().exit_code == 0
    return kept


@pytest.fixture
def kept(processed: Kept, tmp_path: Path) -> Kept:
    # The records name the inbox by its path: it stays, and is put back by who changes it.
    shutil.copytree(processed.home, tmp_path / "home")
    return Kept(tmp_path / "home", processed.inbox)


def add_orphan(kept: Kept, *, age: float = 7200) -> Path:
    digest = hashlib.sha256(b"orphan").hexdigest()
    path = kept.home / "objects" / digest[:2] / digest[2:4] / f"{digest}.pdf"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"orphan")
    os.utime(path, (time.time() - age,) * 2)
    return path


def gone_process() -> int:
    with subprocess.Popen([sys.executable, "-c", ""]) as process:
        process.wait()
    return process.pid


def marked(process: int) -> str:
    computer, _, _, rest = temporary.marked_name().split("-")
    return f"{computer}-{process}-1-{rest}"


def add_abandoned_job(kept: Kept) -> str:
    """A job whose process is gone, two minutes after its last sign of life."""
    store = kept.store()
    job_id = store.create_job("fingerprint")
    store.queue(job_id, [Source(file_name="0.pdf", location=str(kept.inbox / "0.pdf"))])
    store.close()
    with closing(sqlite3.connect(kept.home / "loanbatch.db")) as database, database:
        database.execute(
            "UPDATE processing_jobs SET lease_until = ? WHERE job_id = ?",
            (time.time() - 120, job_id),
        )
    return job_id


def damage(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def tree(home: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in sorted(home.rglob("*")) if path.is_file()}


def test_doctor_finds_nothing_after_a_plain_run(kept: Kept) -> None:
    result = kept.doctor()

    assert result.exit_code == 0
    assert set(states(result).values()) == {"ok"}


def test_doctor_tells_everything_and_changes_nothing(kept: Kept, outer: Path) -> None:
    orphan = add_orphan(kept)
    damaged, lost = (path for path in kept.objects() if path != orphan)
    damage(damaged)
    lost.unlink()
    (kept.home / "objects" / "incoming").mkdir(exist_ok=True)
    (kept.home / "objects" / "incoming" / marked(gone_process())).write_bytes(b"half")
    folder = outer / f"loanbatch-{marked(gone_process())}"
    folder.mkdir()
    job_id = add_abandoned_job(kept)
    before = tree(kept.home)

    result = kept.doctor()

    assert result.exit_code == 3
    found = {name: state for name, state in states(result).items() if state != "ok"}
    assert found == {
        "jobs": "mendable",
        "orphaned objects": "mendable",
        "unfinished objects": "mendable",
        "damaged objects": "mendable",
        "missing objects": "damaged",
        "temporary files": "mendable",
    }
    assert items(result, "jobs") == [job_id]
    assert [Path(key).name for key in items(result, "orphaned objects")] == [orphan.name]
    assert [Path(key).name for key in items(result, "damaged objects")] == [damaged.name]
    assert items(result, "missing objects") == [lost.stem]
    assert items(result, "temporary files") == [str(folder)]
    assert tree(kept.home) == before
    assert folder.exists()


def test_repair_mends_everything_at_once(kept: Kept, outer: Path) -> None:
    orphan = add_orphan(kept)
    damaged, lost = (path for path in kept.objects() if path != orphan)
    whole = tree(kept.home / "objects")
    damage(damaged)
    lost.unlink()
    (outer / f"loanbatch-{marked(gone_process())}").mkdir()
    job_id = add_abandoned_job(kept)

    result = kept.doctor("--repair")

    assert result.exit_code == 0, result.output
    assert set(states(result).values()) == {"ok"}
    assert f"loanbatch resume {job_id}" in mended(result)
    assert not orphan.exists()
    assert list(outer.iterdir()) == []
    sound = {path: content for path, content in whole.items() if path != str(orphan)}
    now = tree(kept.home / "objects")
    (aside,) = set(now) - set(sound)
    assert aside == str(
        kept.home / "objects" / "damaged" / damaged.relative_to(kept.home / "objects")
    )
    del now[aside]
    assert now == sound


def test_orphan_stays_while_it_is_young(kept: Kept) -> None:
    orphan = add_orphan(kept, age=100)

    result = kept.doctor("--repair")
    assert result.exit_code == 3
    assert orphan.exists()

    result = kept.doctor("--repair", "--grace", "60")
    assert result.exit_code == 0
    assert not orphan.exists()


def test_objects_stay_while_a_job_is_at_work(kept: Kept) -> None:
    orphan = add_orphan(kept)
    store = kept.store()
    job_id = store.create_job("fingerprint")

    result = kept.doctor("--repair")

    assert f"{job_id} is being worked on" in mended(result)
    assert orphan.exists()
    store.interrupt(job_id)
    store.close()
    assert kept.doctor("--repair").exit_code == 0
    assert not orphan.exists()


def test_objects_stay_where_the_database_knows_no_document(kept: Kept, tmp_path: Path) -> None:
    """A lost or mistaken database must not cost the originals."""
    before = kept.objects()

    for database in ("absent", "no_tables", "empty"):
        url = f"sqlite:///{tmp_path / database}.db"
        if database == "empty":
            JobStore(url).close()
        elif database == "no_tables":
            (tmp_path / "no_tables.db").write_bytes(b"")
        result = kept.doctor("--repair", "--grace", "0", "--set", f"database={url}")

        assert kept.objects() == before, result.output
        assert states(result)["database"] == "ok"


def test_damaged_object_without_source_is_set_aside_until_the_file_comes_again(
    kept: Kept, processed: Kept
) -> None:
    damaged = kept.objects()[0]
    source = next(
        path
        for path in kept.inbox.iterdir()
        if hashlib.sha256(path.read_bytes()).hexdigest() == damaged.stem
    )
    content = source.read_bytes()
    damage(damaged)
    try:
        source.write_bytes(b"another file by now")

        result = kept.doctor("--repair")

        assert result.exit_code == 3
        assert states(result)["missing objects"] == "damaged"
        assert "--reprocess" in mended(result)
        assert not damaged.exists()
    finally:
        source.write_bytes(content)
    assert kept.run("--reprocess").exit_code == 0
    assert damaged.read_bytes() == content
    assert kept.doctor().exit_code == 0


def test_doctor_tells_locked_objects_from_damaged_ones(
    kept: Kept, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("cryptography", reason="the extra `encryption` is not installed")
    old, new = (base64.b64encode(bytes([number]) * 32).decode() for number in (1, 2))
    monkeypatch.setenv("LOANBATCH_OBJECTS_ENCRYPTION_KEYS", old)
    assert kept.doctor().exit_code == 0
    assert states(kept.doctor())["outdated objects"] == "attention"
    home = ["--home", str(kept.home)]
    assert CliRunner().invoke(cli, ["objects", "encrypt", *home]).exit_code == 0
    assert set(states(kept.doctor()).values()) == {"ok"}

    monkeypatch.setenv("LOANBATCH_OBJECTS_ENCRYPTION_KEYS", new)
    locked = kept.doctor("--repair")

    assert locked.exit_code == 1
    assert states(locked)["locked objects"] == "missing"
    assert "damaged objects" not in states(locked)
    assert new not in locked.output
    monkeypatch.setenv("LOANBATCH_OBJECTS_ENCRYPTION_KEYS", f"{new},{old}")
    damaged = kept.objects()[0]
    damage(damaged)
    assert kept.doctor("--repair").exit_code == 0
    assert b"%PDF" not in damaged.read_bytes()


def test_quick_checkup_reads_no_object(kept: Kept) -> None:
    damage(kept.objects()[0])

    assert kept.doctor("--quick").exit_code == 0
    assert kept.doctor().exit_code == 3


def test_damaged_database_is_told_and_left_alone(kept: Kept) -> None:
    path = kept.home / "loanbatch.db"
    content = bytearray(path.read_bytes())
    content[4096 * 2 : 4096 * 6] = os.urandom(4096 * 4)
    path.write_bytes(content)
    orphan = add_orphan(kept)

    result = kept.doctor("--repair")

    assert result.exit_code == 3
    assert states(result)["database"] == "damaged"
    assert orphan.exists()


#: Brings a database up to date, and is killed in the middle of it.
KILLED_MIGRATION = """
import os, signal, sys
from loanbatch.jobstore import JobStore, _reading
*earlier, last = _reading.STEPS
def killed(database):
    last(database)
    database.run("CREATE TABLE half_done (number INTEGER)")
    os.kill(os.getpid(), signal.SIGKILL)
_reading.STEPS = (*earlier, killed)
JobStore(sys.argv[1])
"""


def test_interrupted_migration_is_as_if_it_had_not_begun_and_can_be_finished(kept: Kept) -> None:
    path = kept.home / "loanbatch.db"
    with closing(sqlite3.connect(path)) as database, database:
        # As version 1 had it.
        database.execute("UPDATE schema_versions SET version = 1 WHERE component = 'jobs'")
        database.execute("DROP TABLE job_inputs")
        for table, column in (("processing_jobs", "lease_until"), ("results", "obstacle")):
            database.execute(f"ALTER TABLE {table} DROP COLUMN {column}")
    killed = subprocess.run(
        [sys.executable, "-c", KILLED_MIGRATION, f"sqlite:///{path}"], check=False
    )
    assert killed.returncode == -signal.SIGKILL

    told = kept.doctor()
    repaired = kept.doctor("--repair")

    assert states(told)["database"] == "mendable"
    assert "from version 1 to 4" in mended(repaired)
    assert repaired.exit_code == 0
    with closing(sqlite3.connect(path)) as database:
        tables = {name for (name,) in database.execute("SELECT name FROM sqlite_master")}
    assert "half_done" not in tables
    assert kept.run().exit_code == 0


def test_job_of_a_killed_process_is_set_free_and_gone_on_with(tmp_path: Path) -> None:
    kept = Kept(tmp_path / "home", tmp_path / "inbox")
    kept.inbox.mkdir()
    for number in range(4):
        (kept.inbox / f"{number}.pdf").write_bytes(make_sample("w2", seed=number).content)
    command = ["run", str(kept.inbox), "--home", str(kept.home), "--quiet"]
    with subprocess.Popen([sys.executable, "-m", "loanbatch", *command]) as process:
        wait_for_results(kept, process)
        process.kill()

    told = kept.doctor()
    repaired = kept.doctor("--repair")
    (job_id,) = items(told, "jobs")

    assert states(told)["jobs"] == "mendable"
    assert states(repaired)["jobs"] == "ok"
    with BatchProcessingHandler(load_settings({"home": str(kept.home)})) as handler:
        assert handler.get_job_status(job_id)["status"] == "queued"
        assert handler.resume(job_id).successful_documents == 4
    # What had been stored and not recorded at the kill is known by now.
    assert kept.doctor().exit_code == 0


def wait_for_results(kept: Kept, process: subprocess.Popen[Any]) -> None:
    """Wait until some of a batch is recorded, but not all."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and process.poll() is None:
        time.sleep(0.02)
        if not (kept.home / "loanbatch.db").exists():
            continue
        try:
            with closing(sqlite3.connect(kept.home / "loanbatch.db")) as database:
                query = "SELECT processed_documents FROM processing_jobs"
                if database.execute(query).fetchone() not in (None, (0,)):
                    return
        except sqlite3.OperationalError:  # its tables are being made
            continue
    pytest.fail("nothing was recorded in time")
