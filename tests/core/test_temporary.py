"""Temporary files of workers: private, and gone however their process ended."""

import os
import signal
import stat
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loanbatch import hookimpl, temporary

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="asks for processes by number")

#: Leaves a file and its folder's mode behind, then does what the document says.
PLUGIN = """
import os, signal, tempfile, time
from pathlib import Path
from loanbatch import hookimpl

@hookimpl
def validate(source):
    descriptor, path = tempfile.mkstemp(prefix="secret-")
    os.write(descriptor, source.read())
    os.close(descriptor)
    folder = Path(path).parent
    Path({told!r}).joinpath(source.file_name).write_text(
        f"{{folder}} {{folder.stat().st_mode & 0o777:o}}"
    )
    if b"look" in source.read():
        beside = [path.name for path in folder.parent.iterdir() if path != folder]
        Path({told!r}).joinpath("beside").write_text(" ".join(beside))
    if b"hang" in source.read():
        time.sleep(600)
    if b"memory" in source.read():
        hoard = []
        while True:
            hoard.append(bytearray(64 << 20))
    if b"kill" in source.read():
        os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.fixture
def outer(tmp_path, monkeypatch):
    """The system's folder for temporary files, empty."""
    folder = tmp_path / "outer"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    monkeypatch.setenv("TMPDIR", str(folder))
    return folder


@pytest.fixture
def told(tmp_path):
    """Where the plugin notes which folder its file was in, and the mode of that."""
    folder = tmp_path / "told"
    folder.mkdir()
    (tmp_path / "leaving.py").write_text(PLUGIN.format(told=str(folder)))
    return folder


def process_named(process, outer, start=1):
    """A folder as a process with this number makes it."""
    mark = temporary.marked_name().split("-")
    folder = outer / f"loanbatch-{mark[0]}-{process}-{start}-{mark[3]}"
    folder.mkdir()
    (folder / "page.png").write_bytes(b"page")
    return folder


def gone_process():
    with subprocess.Popen([sys.executable, "-c", ""]) as process:
        process.wait()
    return process.pid


@pytest.mark.parametrize("text", ["note 1", "hang", "kill", "memory"])
def test_worker_keeps_its_files_private_and_leaves_none(
    make_handler, write, outer, told, tmp_path, text
):
    handler = make_handler(
        str(tmp_path / "leaving.py"), executor="isolated", timeout_seconds=1.5, memory_limit_mb=250
    )

    summary = handler.process_batch_from_paths(write(document=text))

    codes = {"note 1": None, "hang": "timeout", "kill": "worker_crashed"}
    codes["memory"] = "out_of_memory"
    assert [result.error_code for result in summary.results] == [codes[text]]
    folder, mode = (told / "document.txt").read_text().split()
    assert Path(folder).parent == outer
    assert mode == "700"
    assert list(outer.iterdir()) == []


class Littering:
    """Writes files of a megabyte while it extracts, as many as the page says, then waits."""

    @hookimpl
    def extract(self, pages):
        (count,) = (int(word.text[2:]) for word in pages[0].words if word.text.startswith("x="))
        for _ in range(count):
            descriptor, _ = tempfile.mkstemp()
            os.write(descriptor, bytes(1024 * 1024))
            os.close(descriptor)
        if count > 8:
            time.sleep(60)
        return ()


@pytest.mark.parametrize("workers", [1, 2])
def test_worker_whose_files_take_too_much_together_is_ended(make_handler, write, outer, workers):
    handler = make_handler(
        Littering(), executor="isolated", temporary_limit_mb=8, workers=workers, timeout_seconds=50
    )

    summary = handler.process_batch_from_paths(write(a="note x=1", b="note x=9", c="note x=2"))

    codes = {result.file_name: result.error_code for result in summary.results}
    assert codes == {"a.txt": None, "b.txt": "out_of_disk", "c.txt": None}
    failed = next(result for result in summary.results if result.error_code)
    assert "more than 8 MB of temporary files" in failed.error_message
    assert "Littering" in failed.error_message
    assert failed.retryable
    assert list(outer.iterdir()) == []


def test_files_that_earlier_documents_left_cost_no_other_its_room(make_handler, write, outer):
    handler = make_handler(Littering(), executor="isolated", temporary_limit_mb=8)

    summary = handler.process_batch_from_paths(
        write(**{f"n{number}": f"note x=3 y={number}" for number in range(8)})
    )

    assert summary.failed_documents == 0
    assert list(outer.iterdir()) == []


@pytest.mark.parametrize("text", ["hang", "kill"])
def test_files_of_a_killed_worker_are_gone_when_the_batch_goes_on(
    make_handler, write, outer, told, tmp_path, text
):
    handler = make_handler(str(tmp_path / "leaving.py"), executor="isolated", timeout_seconds=1.5)

    handler.process_batch_from_paths(write(first=text, second="look"))

    assert (told / "first.txt").exists()
    assert (told / "beside").read_text() == ""


@pytest.mark.parametrize("executor", ["isolated", "inline"])
def test_files_of_a_killed_run_are_removed_by_the_next(outer, told, tmp_path, executor, bundled):
    document = tmp_path / "first.txt"
    document.write_text("hang")
    command = [
        sys.executable, "-m", "loanbatch", "run", str(document), "--quiet",
        "--home", str(tmp_path / "home"), "--plugin", str(tmp_path / "leaving.py"),
        "--set", f"executor={executor}",
    ]  # fmt: skip
    for name in bundled:
        command += ["--no-plugin", name]
    with subprocess.Popen(command, stderr=subprocess.DEVNULL, start_new_session=True) as process:
        deadline = time.monotonic() + 60
        while not (told / "first.txt").exists() or not (told / "first.txt").read_text():
            assert time.monotonic() < deadline
            time.sleep(0.02)
        os.killpg(process.pid, signal.SIGKILL)
    assert len(list(outer.rglob("secret-*"))) == 1

    document.write_text("no more")
    subprocess.run(command, check=False, stderr=subprocess.DEVNULL)

    assert list(outer.iterdir()) == []


def test_sweep_takes_only_what_belongs_to_processes_that_are_gone(outer):
    gone = process_named(gone_process(), outer)
    reused = process_named(os.getpid(), outer, start=7)
    mine = outer / f"loanbatch-{temporary.marked_name()}"
    mine.mkdir()
    elsewhere = outer / f"loanbatch-00000000-{gone_process()}-1-abcdef"
    elsewhere.mkdir()
    others = outer / "loanbatch-report"
    others.mkdir()

    assert [left.path for left in temporary.left_overs()] == sorted([gone, reused])
    assert temporary.sweep() == 2
    assert sorted(outer.iterdir()) == sorted([mine, elsewhere, others])


def test_sweep_follows_no_link(outer, tmp_path):
    kept = tmp_path / "kept"
    kept.mkdir()
    (kept / "file").write_bytes(b"x")
    link = process_named(gone_process(), outer)
    (link / "page.png").unlink()
    link.rmdir()
    link.symlink_to(kept)

    assert temporary.sweep() == 0
    assert (kept / "file").exists()


@pytest.mark.skipif(os.name == "nt" or os.geteuid() != 0, reason="only root can give files away")
def test_sweep_leaves_folders_of_other_users(outer):
    theirs = process_named(gone_process(), outer)
    os.chown(theirs, 65534, 65534)

    assert temporary.sweep() == 0
    assert theirs.exists()


def test_folders_of_other_computers_are_told_when_they_are_old(outer):
    old, young = (outer / f"loanbatch-00000000-{number}-1-abcdef" for number in (1, 2))
    mine = outer / "loanbatch-training"  # not one that was made here
    for folder in (old, young, mine):
        folder.mkdir()
    two_days_ago = time.time() - 48 * 3600
    for folder in (old, mine):
        os.utime(folder, (two_days_ago, two_days_ago))

    told = temporary.left_overs(forgotten_after=temporary.FORGOTTEN_AFTER)

    assert [left.path for left in told] == [old]


def test_folder_is_private_tells_whose_it_is_and_goes(outer):
    with temporary.folder() as folder:
        assert folder.parent == outer
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
        assert temporary.is_abandoned(folder.name) is False
        (folder / "page.png").write_bytes(b"page")

    assert list(outer.iterdir()) == []


def test_process_that_its_parent_has_not_noticed_is_gone():
    process = subprocess.Popen([sys.executable, "-c", ""])
    name = temporary.marked_name()
    mark = name.split("-")
    deadline = time.monotonic() + 30
    while os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT | os.WNOHANG) is None:
        assert time.monotonic() < deadline
        time.sleep(0.01)

    abandoned = temporary.is_abandoned(f"{mark[0]}-{process.pid}-{mark[2]}-{mark[3]}")

    process.wait()
    assert abandoned is True
    assert temporary.is_abandoned(name) is False


@given(st.text())
def test_names_without_a_mark_tell_nothing(name):
    assert temporary.is_abandoned(name) is None


def test_private_folder_is_left_as_it_was_found(outer):
    with temporary.private_folder():
        folder = Path(tempfile.gettempdir())
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
        assert os.environ["TMPDIR"] == str(folder)
        (folder / "page.png").write_bytes(b"page")

    assert tempfile.gettempdir() == os.environ["TMPDIR"] == str(outer)
    assert list(outer.iterdir()) == []


class Format:
    @hookimpl
    def report(self, stream):
        stream.write(b"whole")
        return True


def test_report_of_a_killed_process_is_removed_by_the_next(make_handler, write, tmp_path):
    handler = make_handler(Format())
    summary = handler.process_batch_from_paths(write(document="note 1"))
    folder = tmp_path / "reports"
    folder.mkdir()
    mark = temporary.marked_name().split("-")
    left = folder / f".{mark[0]}-{gone_process()}-1-{mark[3]}.loanbatch"
    left.write_bytes(b"half")
    at_work = folder / f".{temporary.marked_name()}.loanbatch"
    at_work.write_bytes(b"half")

    handler.write_report(summary, folder / "loans.any")

    assert sorted(folder.iterdir()) == sorted([at_work, folder / "loans.any"])
