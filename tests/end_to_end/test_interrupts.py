"""A person who presses Ctrl-C twice gets out, whatever the job waits for, and can go on."""

from __future__ import annotations

import json
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from loanbatch.testing.samples import make_sample

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="POSIX signals")

DOCUMENTS = 4
#: Seconds that the storage would be waited for.
PATIENCE = 600
#: Seconds after which nobody can say that the second signal was heeded.
PROMPT = 30

#: Touches a file when so many documents are recorded, and waits for another one to appear.
GATE = """
import pathlib, time
from loanbatch import hookimpl
seen = []

@hookimpl
def on_result(result):
    seen.append(result)
    if len(seen) == 2:
        pathlib.Path("reached").touch()
        while not pathlib.Path("go").exists():
            time.sleep(0.02)
"""


@pytest.fixture
def workplace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "inbox").mkdir()
    for number in range(DOCUMENTS):
        sample = make_sample("w2", seed=number)
        (tmp_path / "inbox" / f"{number}.pdf").write_bytes(sample.content)
    (tmp_path / "gate.py").write_text(GATE)
    return tmp_path


def command(*words: str, database: str = "", workers: bool = False) -> list[str]:
    chosen = ("--home", "home", "--set", f"storage_patience_seconds={PATIENCE}")
    chosen += ("--set", f"database={database}") if database else ()
    chosen += () if workers else ("--set", "executor=inline")
    return [sys.executable, "-m", "loanbatch", *words, *chosen]


class Running:
    """`loanbatch run` in a process of its own, held up after the second document."""

    def __init__(self, folder: Path, words: Sequence[str]) -> None:
        self._folder = folder
        self.process = subprocess.Popen(
            words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )

    def reach(self, name: str) -> None:
        for _ in range(1200):
            if (self._folder / name).exists():
                return
            assert self.process.poll() is None, self.process.communicate()
            time.sleep(0.05)
        pytest.fail(f"{name} did not appear")

    def interrupt(self, number: signal.Signals) -> str:
        """Ask twice, and return what was said; fails where that is not heeded."""
        self.process.send_signal(number)
        time.sleep(1.0)
        self.process.send_signal(number)
        try:
            _, stderr = self.process.communicate(timeout=PROMPT)
        finally:
            self.process.kill()
        return stderr


def ended_well(folder: Path, database: str = "") -> None:
    """Go on with the job, and look at what is left."""
    (folder / "go").touch()
    words = command("resume", "latest", "--json", database=database)
    done = subprocess.run(words, capture_output=True, text=True, timeout=240, check=False)
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert (told["total_documents"], told["successful_documents"]) == (DOCUMENTS, DOCUMENTS)


BOTH = pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
WITH_WORKERS = pytest.mark.parametrize("workers", [False, True], ids=["inline", "isolated"])


@BOTH
@WITH_WORKERS
def test_second_signal_ends_a_run_whose_server_went_silent(
    workplace: Path,
    postgres_server: Any,
    postgres_url: str,
    make_proxy: Callable[[int], Any],
    number: signal.Signals,
    workers: bool,
) -> None:
    proxy = make_proxy(postgres_server.port)
    behind = postgres_url.replace(str(postgres_server.port), str(proxy.port))
    words = command("run", "inbox", "--plugin", "gate.py", database=behind, workers=workers)
    running = Running(workplace, words)
    running.reach("reached")
    proxy.mute = True
    (workplace / "go").touch()

    stderr = running.interrupt(number)

    assert running.process.returncode == 130, stderr
    assert "Traceback" not in stderr
    ended_well(workplace, postgres_url)


@BOTH
def test_second_signal_ends_a_run_whose_server_is_gone(
    workplace: Path,
    postgres_server: Any,
    postgres_url: str,
    make_proxy: Callable[[int], Any],
    number: signal.Signals,
) -> None:
    proxy = make_proxy(postgres_server.port)
    behind = postgres_url.replace(str(postgres_server.port), str(proxy.port))
    running = Running(workplace, command("run", "inbox", "--plugin", "gate.py", database=behind))
    running.reach("reached")
    proxy.close()
    (workplace / "go").touch()

    stderr = running.interrupt(number)

    assert running.process.returncode == 130, stderr
    assert "Traceback" not in stderr
    ended_well(workplace, postgres_url)


@BOTH
@WITH_WORKERS
def test_second_signal_ends_a_run_whose_database_is_locked(
    workplace: Path,
    number: signal.Signals,
    workers: bool,
) -> None:
    running = Running(workplace, command("run", "inbox", "--plugin", "gate.py", workers=workers))
    running.reach("reached")
    with closing(sqlite3.connect("home/loanbatch.db", isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        (workplace / "go").touch()

        stderr = running.interrupt(number)

    assert running.process.returncode == 130, stderr
    assert "Traceback" not in stderr
    ended_well(workplace)
