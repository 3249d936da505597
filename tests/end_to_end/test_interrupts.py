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
from types import SimpleNamespace
from typing import Any

import pytest

from loanbatch import BatchProcessingHandler, hookimpl, load_settings
from loanbatch.hookcalls import _at_work
from loanbatch.runner import _heartbeat
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


#: Hangs in a hook of the coordinator, in a way of its own, once the first document is done.
HANGING = """
import ctypes, pathlib, threading, time
from loanbatch import hookimpl

def lock_in_c():
    mutex, library = ctypes.create_string_buffer(128), ctypes.CDLL(None)
    library.pthread_mutex_lock(mutex)
    library.pthread_mutex_lock(mutex)

def swallow():
    while True:
        try:
            threading.Event().wait(3600)
        except BaseException:
            pass

@hookimpl
def {hook}({argument}):
    if {when}:
        pathlib.Path("reached").touch()
        {how}()
"""
HOOKS = {
    "store": ("result", "not pathlib.Path('go').exists()"),
    "on_result": ("result", "not pathlib.Path('go').exists()"),
    "report": ("format, summary", "format == 'csv' and summary.total_documents"),
}


@pytest.mark.parametrize(
    ("hook", "how", "workers"),
    [
        ("store", "lock_in_c", True),
        ("store", "swallow", False),
        ("on_result", "swallow", True),
        ("report", "lock_in_c", False),
    ],
)
def test_plugin_that_heeds_no_signal_is_named_and_left(
    workplace: Path, hook: str, how: str, workers: bool
) -> None:
    argument, when = HOOKS[hook]
    code = HANGING.format(hook=hook, argument=argument, when=when, how=how)
    (workplace / "stubborn.py").write_text(code)
    words = command("run", "inbox", "--report", "all.csv", workers=workers)
    running = Running(workplace, [*words, "--plugin", "stubborn.py"])
    running.reach("reached")

    stderr = running.interrupt(signal.SIGINT)

    assert running.process.returncode == 130, stderr
    assert f"plugin stubborn was at work, in {hook}" in stderr
    assert not (workplace / "all.csv").exists()
    ended_well(workplace)


def test_observer_that_hangs_is_named_and_told_nothing_more(workplace: Path) -> None:
    code = HANGING.format(
        hook="on_result", argument="result", when="True", how="threading.Event().wait"
    )
    (workplace / "stubborn.py").write_text(code)
    words = command("run", "inbox", "--plugin", "stubborn.py", "--log-file", "log.jsonl")

    done = subprocess.run(
        [*words, "--set", "observer_seconds=0.5"], capture_output=True, timeout=240, check=False
    )

    events = [json.loads(line) for line in Path("log.jsonl").read_text().splitlines()]
    told = [event["event"] for event in events if event.get("plugin") == "stubborn"]
    assert done.returncode == 0
    assert told == ["observer_failed", "observer_muted"]
    ended_well(workplace)


def test_plugin_that_takes_long_in_the_coordinator_is_named(
    workplace: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_heartbeat, "_EVERY", 0.05)
    monkeypatch.setattr(_at_work, "_SLOW", 0.2)
    told = []

    class Slow:
        @hookimpl
        def store(self) -> None:
            time.sleep(1.0)

    monkeypatch.setattr(
        _at_work, "get_logger", lambda: SimpleNamespace(warning=lambda *a, **k: told.append((a, k)))
    )
    settings = load_settings({"home": "home", "executor": "inline"}, environ={})
    with BatchProcessingHandler(settings, [Slow()]) as handler:
        summary = handler.process(["inbox/0.pdf", "inbox/1.pdf"])

    slow = [facts for _, facts in told if facts["hook"] == "store"]
    assert summary.successful_documents == 2
    assert [facts["plugin"].rpartition(".")[2] for facts in slow] == ["Slow", "Slow"]
