"""What becomes of a batch whose storage fails under it: nothing half-written is a success.

Whatever happens, the result at hand fails with a stable code or the job stops and tells how to go
on; once the fault is gone, `resume` ends with what an undisturbed run has.
"""

from __future__ import annotations

import functools
import shutil
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from attrs import frozen

from loanbatch import BatchProcessingHandler, hookimpl, load_settings
from loanbatch.database import _kinds
from loanbatch.errors import StorageFailedError
from loanbatch.testing.samples import make_sample
from loanbatch_plugins.records._database import close_databases

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the faults are those of POSIX")

DOCUMENTS = 8
INLINE = "--set=executor=inline"
#: Columns that differ by time or by the run.
UNEQUAL = {"processing_time", "timestamp", "start_time", "end_time", "total_processing_time"}
UNEQUAL |= {"job_id", "reused"}


@pytest.fixture(scope="module")
def inbox(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("inbox")
    for number in range(DOCUMENTS):
        kind = ("w2", "paystub")[number % 2]
        (folder / f"{number}.pdf").write_bytes(make_sample(kind, seed=number).content)
    return folder


@pytest.fixture(scope="module")
def undisturbed(inbox: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What a run that nothing happens to leaves."""
    home = tmp_path_factory.mktemp("undisturbed")
    with handler_at(home) as handler:
        handler.process([str(inbox)])
    return left_in(home)


def handler_at(home: Path, *plugins: object, **values: Any) -> BatchProcessingHandler:
    settings = {"home": str(home), "executor": "inline", "storage_patience_seconds": 0, **values}
    return BatchProcessingHandler(load_settings(settings, environ={}), plugins)


def left_in(home: Path) -> dict[str, Any]:
    """Return results, loan records and stored objects of a home, without times."""
    with handler_at(home) as handler:
        (job,) = handler.list_jobs()
        report = timeless(handler.get_summary(job["job_id"]).to_dict())
    with closing(sqlite3.connect(home / "loanbatch.db")) as database:
        fields = database.execute(
            "SELECT document_id, ordinal, name, value, raw, page, confidence FROM fields"
            " ORDER BY document_id, document_index, ordinal"
        ).fetchall()
    folder = home / "objects"
    files = {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }
    return {"report": report, "fields": fields, "objects": files}


def pass_a_minute(home: Path) -> None:
    """Let leases end that could not be given back: the process that held them is this one."""
    close_databases()
    with closing(sqlite3.connect(home / "loanbatch.db")) as database, database:
        database.execute("UPDATE processing_jobs SET lease_until = 0")


def timeless(plain: Any) -> Any:
    if isinstance(plain, dict):
        return {key: timeless(value) for key, value in plain.items() if key not in UNEQUAL}
    return [timeless(item) for item in plain] if isinstance(plain, list) else plain


class After:
    """A plugin that does something once, when so many documents are done."""

    def __init__(self, count: int, action: Callable[[], object]) -> None:
        self._left = count
        self._action = action

    @hookimpl
    def on_result(self) -> None:
        self._left -= 1
        if self._left == 0:
            self._action()


@frozen
class Stopped:
    """A job that its storage ended."""

    job_id: str
    message: str


def run_into(home: Path, inbox: Path, *plugins: object, **values: Any) -> Stopped:
    """Run a batch that is expected to be stopped, and tell what became of it."""
    handler = handler_at(home, *plugins, **values)
    with handler, pytest.raises(StorageFailedError) as caught:
        handler.process([str(inbox)])
    message = caught.value.message
    job_id = message.rpartition("loanbatch resume ")[2].rstrip("`")
    assert job_id.startswith("job-"), message
    return Stopped(job_id, message)


def resumed(home: Path, job_id: str) -> dict[str, Any]:
    """Go on with a job, and return what is left in its home."""
    pass_a_minute(home)
    with handler_at(home) as handler:
        summary = handler.resume(job_id)
        assert summary.successful_documents == DOCUMENTS
    return left_in(home)


def namespaces() -> list[str] | None:
    """Return the command that gives a process mounts of its own; None where there is none."""
    program = shutil.which("unshare")
    if program is None:
        return None
    command = [program, "--map-root-user", "--mount"]
    script = "mount -t tmpfs -o size=1m tmpfs /mnt"
    done = subprocess.run([*command, "sh", "-c", script], check=False, capture_output=True)
    return command if done.returncode == 0 else None


@pytest.fixture(scope="session")
def unshare() -> list[str]:
    command = namespaces()
    if command is None:
        pytest.skip("no file systems can be mounted here, not even in a namespace of one's own")
    return command


#: Runs a batch in a home on a disk of its own, spoils the disk, mends it, goes on.
#: $1 python, $2 home, $3 inbox, $4 where to copy the home to, $5 size of the disk, $6 option.
FULL_DISK = """
set -u
mount -t tmpfs -o size=$5 tmpfs "$2" || exit 77
"$1" -m loanbatch run "$3" --home "$2" --quiet $6; echo "run $?"
mount -o remount,size=100m "$2"
job=$("$1" -m loanbatch jobs --home "$2" --json | "$1" -c '
import json, sys
job, = json.load(sys.stdin)
print(job["job_id"], file=sys.stdout)
print("recorded", job["processed_documents"], job["failed_documents"], file=sys.stderr)')
"$1" -m loanbatch resume "$job" --home "$2" --quiet $6; echo "resume $?"
cp -r "$2/." "$4"
"""


@pytest.mark.parametrize(
    ("size", "how"), [("350k", INLINE), ("700k", INLINE), ("500k", "--workers=2")]
)
def test_full_disk_stops_the_job_until_there_is_room(
    unshare: list[str],
    inbox: Path,
    undisturbed: dict[str, Any],
    tmp_path: Path,
    size: str,
    how: str,
) -> None:
    home, copy = tmp_path / "home", tmp_path / "copy"
    home.mkdir()
    copy.mkdir()

    done = subprocess.run(
        [*unshare, "sh", "-c", FULL_DISK, "sh", sys.executable, home, inbox, copy, size, how],
        capture_output=True, text=True, check=False,
    )  # fmt: skip

    assert done.stdout.split() == ["run", "1", "resume", "0"], done.stderr
    assert "disk full" in done.stderr or "ENOSPC" in done.stderr
    assert "go on with `loanbatch resume job-" in done.stderr
    assert left_in(copy) == undisturbed


def test_disk_of_objects_that_is_full_stops_the_job(
    unshare: list[str], inbox: Path, undisturbed: dict[str, Any], tmp_path: Path
) -> None:
    """The database has room: every document of the night would fail one after the other."""
    home, copy = tmp_path / "home", tmp_path / "copy"
    (home / "objects").mkdir(parents=True)
    copy.mkdir()
    script = FULL_DISK.replace('tmpfs "$2" ||', 'tmpfs "$2/objects" ||').replace(
        'size=100m "$2"', 'size=100m "$2/objects"'
    )

    done = subprocess.run(
        [*unshare, "sh", "-c", script, "sh", sys.executable, home, inbox, copy, "16k", INLINE],
        capture_output=True, text=True, check=False,
    )  # fmt: skip

    assert done.stdout.split() == ["run", "1", "resume", "0"], done.stderr
    assert "ENOSPC" in done.stderr
    assert "3 documents in a row could not be stored" in done.stderr
    assert "\nrecorded 0 0\n" not in done.stderr  # some were stored before
    assert left_in(copy) == undisturbed


#: As above; the disk of the second run can only be read.
READ_ONLY_DISK = """
mount -t tmpfs -o size=100m tmpfs "$2" || exit 77
"$1" -m loanbatch jobs --home "$2"
mount -o remount,ro "$2" || exit 77
"$1" -m loanbatch run "$3" --home "$2" --quiet $6; echo "run $?"
"$1" -m loanbatch doctor --home "$2" --json >"$4/doctor.json"; echo "doctor $?"
mount -o remount,rw "$2"
"$1" -m loanbatch run "$3" --home "$2" --quiet $6; echo "run $?"
rm "$4/doctor.json"
cp -r "$2/." "$4"
"""


def test_read_only_disk_ends_the_run_before_it_begins(
    unshare: list[str], inbox: Path, undisturbed: dict[str, Any], tmp_path: Path
) -> None:
    home, copy = tmp_path / "home", tmp_path / "copy"
    home.mkdir()
    copy.mkdir()

    done = subprocess.run(
        [*unshare, "sh", "-c", READ_ONLY_DISK, "sh", sys.executable, home, inbox, copy, "", INLINE],
        capture_output=True, text=True, check=False,
    )  # fmt: skip

    assert done.stdout.split() == ["run", "1", "doctor", "1", "run", "0"], done.stderr
    (error,) = (line for line in done.stderr.splitlines() if line.startswith("Error:"))
    assert "it may not be written" in error or "no permission" in error
    assert left_in(copy) == undisturbed


def test_object_folder_that_may_not_be_written_stops_the_job(
    inbox: Path, undisturbed: dict[str, Any], tmp_path: Path
) -> None:
    objects = tmp_path / "objects"

    def shut() -> None:
        shutil.move(tmp_path / "objects", tmp_path / "kept")
        objects.write_bytes(b"")  # no folder can be made below a file, whoever one is

    stopped = run_into(tmp_path / "home", inbox, After(2, shut), objects=str(objects))

    assert "3 documents in a row could not be stored" in stopped.message
    objects.unlink()
    shutil.move(tmp_path / "kept", objects)
    with handler_at(tmp_path / "home", objects=str(objects)) as handler:
        status = handler.get_job_status(stopped.job_id)
        assert 2 <= status["processed_documents"] < DOCUMENTS
        assert status["failed_documents"] == 0
        handler.resume(stopped.job_id)
    shutil.copytree(objects, tmp_path / "home" / "objects")
    assert left_in(tmp_path / "home") == undisturbed


def test_store_that_fails_now_and_then_costs_those_documents_only(
    inbox: Path, undisturbed: dict[str, Any], tmp_path: Path
) -> None:
    class Flaky:
        calls = 0

        @hookimpl
        def store(self) -> None:
            self.calls += 1
            if self.calls in (1, 4, 5):
                raise StorageFailedError("not now")

    with handler_at(tmp_path, Flaky()) as handler:
        summary = handler.process([str(inbox)])
        assert [r.error_code for r in summary.results if r.error_code] == ["storage_failed"] * 3
        assert all(r.retryable for r in summary.results if r.error_code)

    with handler_at(tmp_path) as handler:
        handler.retry(summary.job_id)
    assert left_in(tmp_path) == undisturbed


def test_file_that_may_not_grow_stops_the_job(
    inbox: Path, undisturbed: dict[str, Any], tmp_path: Path
) -> None:
    """As a quota does it; no rights are needed."""
    import resource

    home = tmp_path / "home"
    limit = functools.partial(resource.setrlimit, resource.RLIMIT_FSIZE, (150_000,) * 2)
    command = [sys.executable, "-m", "loanbatch", "run", str(inbox), "--home", str(home)]

    done = subprocess.run(
        [*command, "--quiet", "--set", "executor=inline"],
        preexec_fn=limit, capture_output=True, text=True, check=False,
    )  # fmt: skip

    assert done.returncode == 1, done.stderr
    job_id = done.stderr.rpartition("loanbatch resume ")[2].strip().rstrip("`")
    assert resumed(home, job_id) == undisturbed


LOCK = """
import sqlite3, sys, time
database = sqlite3.connect(sys.argv[1], isolation_level=None)
database.execute("BEGIN EXCLUSIVE")
print("locked", flush=True)
time.sleep(float(sys.argv[2]))
database.execute("ROLLBACK")
"""


class Lock:
    """Another program that keeps the database to itself."""

    def __init__(self, home: Path, seconds: float) -> None:
        self._command = [sys.executable, "-c", LOCK, str(home / "loanbatch.db"), str(seconds)]
        self.process: subprocess.Popen[bytes] | None = None

    def __call__(self) -> None:
        self.process = subprocess.Popen(self._command, stdout=subprocess.PIPE)
        assert self.process.stdout is not None
        assert self.process.stdout.readline() == b"locked\n"

    def end(self) -> None:
        assert self.process is not None
        self.process.kill()
        self.process.communicate()


def test_database_locked_for_a_while_is_waited_for(
    inbox: Path, undisturbed: dict[str, Any], tmp_path: Path
) -> None:
    lock = Lock(tmp_path, 2)

    with handler_at(tmp_path, After(3, lock)) as handler:
        summary = handler.process([str(inbox)])

    lock.end()
    assert summary.successful_documents == DOCUMENTS
    assert left_in(tmp_path) == undisturbed


def test_database_locked_for_ever_stops_the_job(
    inbox: Path, undisturbed: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(_kinds._SQLITE_PRAGMAS, "busy_timeout", 200)
    lock = Lock(tmp_path, 600)

    stopped = run_into(tmp_path, inbox, After(3, lock), storage_patience_seconds=1)

    lock.end()
    assert "another program keeps it locked" in stopped.message
    assert resumed(tmp_path, stopped.job_id) == undisturbed


@pytest.mark.parametrize("how", ["moved", "deleted", "replaced"])
def test_home_that_vanishes_stops_the_job(
    inbox: Path, undisturbed: dict[str, Any], tmp_path: Path, how: str
) -> None:
    """A program goes on writing to a file that nobody can find any more, without an error."""
    home, away = tmp_path / "home", tmp_path / "away"

    def vanish() -> None:
        if how == "deleted":
            shutil.copytree(home, away)
            shutil.rmtree(home)
        else:
            home.rename(away)
            if how == "replaced":
                shutil.copytree(away, home)

    stopped = run_into(home, inbox, After(3, vanish))

    assert "its file is gone, or another is in its place" in stopped.message
    shutil.rmtree(home, ignore_errors=True)
    away.rename(home)
    assert resumed(home, stopped.job_id) == undisturbed


def test_damaged_database_stops_the_job_and_a_copy_brings_it_back(
    inbox: Path, undisturbed: dict[str, Any], tmp_path: Path
) -> None:
    home, copy = tmp_path / "home", tmp_path / "copy"
    stop = threading.Event()
    with handler_at(home, After(3, stop.set)) as handler:
        handler.process([str(inbox)], stop=stop)
        (job,) = handler.list_jobs()
    assert job["processed_documents"] < DOCUMENTS
    close_databases()  # what has not reached the file yet goes there
    shutil.copytree(home, copy)
    database = home / "loanbatch.db"
    content = bytearray(database.read_bytes())
    for page in range(1, len(content) // 4096):
        content[page * 4096 : page * 4096 + 512] = b"\xff" * 512
    database.write_bytes(content)

    with handler_at(home) as handler, pytest.raises(StorageFailedError) as caught:
        handler.resume(job["job_id"])

    assert "the file is damaged" in caught.value.message
    assert str(database) in caught.value.message
    shutil.copy(copy / "loanbatch.db", database)
    assert resumed(home, job["job_id"]) == undisturbed


def test_file_that_is_no_database_is_told_before_anything_is_processed(
    inbox: Path, tmp_path: Path
) -> None:
    (tmp_path / "loanbatch.db").write_bytes(b"something else " * 1000)

    with handler_at(tmp_path) as handler, pytest.raises(StorageFailedError) as caught:
        handler.process([str(inbox)])

    assert "the file is something else" in caught.value.message
    assert (tmp_path / "loanbatch.db").read_bytes() == b"something else " * 1000
