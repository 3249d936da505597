"""The command line: what is listed and sent again, also after the process was killed."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

SECRET = "whsec_" + "c2VjcmV0" * 5
SAMPLES = Path(__file__).parents[2] / "docs" / "samples"
#: Does not let the second document pass before it may.
GATE = """
import time
from pathlib import Path
from loanbatch import hookimpl

@hookimpl
def validate(source):
    while source.file_name == "b.pdf" and not Path("open").exists():
        time.sleep(0.02)
"""


@pytest.fixture
def environment(tmp_path: Path, receiver: Any, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with three documents, and settings that name the receiver."""
    monkeypatch.chdir(tmp_path)
    for name, sample in {"a": "w2", "b": "paystub", "c": "promissory-note"}.items():
        shutil.copy(SAMPLES / f"{sample}.pdf", tmp_path / f"{name}.pdf")
    (tmp_path / "gate.py").write_text(GATE)
    for key, value in {
        "HOME": "home",
        "EXECUTOR": "inline",
        "WEBHOOKS_URL": receiver.url,
        "WEBHOOKS_SECRET": SECRET,
        "WEBHOOKS_ALLOW_PRIVATE": "true",
        "WEBHOOKS_ATTEMPTS": "1",
    }.items():
        monkeypatch.setenv(f"LOANBATCH_{key}", value)
    return tmp_path


def arguments(*words: str) -> list[str]:
    return [sys.executable, "-m", "loanbatch", *words]


def run(*words: str, code: int = 0) -> subprocess.CompletedProcess[str]:
    done = subprocess.run(arguments(*words), capture_output=True, text=True, check=False)
    assert done.returncode == code, done.stdout + done.stderr
    assert "t0ps3cret" not in done.stdout + done.stderr
    assert SECRET not in done.stdout + done.stderr
    return done


def listed() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(run("webhooks", "list", "--json").stdout)
    return found


def killed(receiver: Any, when: Callable[[], bool], *words: str) -> None:
    """Run a command and kill it at some moment."""
    process = subprocess.Popen(
        arguments(*words), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        receiver.wait_for(when)
    finally:
        process.kill()
        process.wait()


def test_event_that_was_given_up_is_listed_and_sent_again_with_its_id(
    environment: Path, receiver: Any
) -> None:
    receiver.script += [204, 500]
    told = run("run", "a.pdf").stderr
    assert "0 wait, 1 were given up" in told

    (entry,) = listed()
    assert (entry["type"], entry["state"], entry["reason"]) == (
        "document.finished",
        "dead",
        "status 500",
    )
    assert entry["id"][:12] in run("webhooks", "list").stdout

    receiver.script.append(503)
    refused = run("webhooks", "send", entry["id"], code=1)
    assert refused.stdout == f"{entry['id']}  status 503\n0 sent, 1 left\n"
    assert run("webhooks", "send", entry["id"][:12]).stdout == "1 sent, 0 left\n"
    assert listed() == []
    assert run("webhooks", "send", "--all").stdout == "0 sent, 0 left\n"
    ids = Counter(request.webhook_id for request in receiver.requests)
    assert sorted(ids.values()) == [1, 1, 3]
    assert ids[entry["id"]] == 3


def test_three_refusals_in_a_row_end_the_sending(environment: Path, receiver: Any) -> None:
    receiver.script.append(410)
    run("run", "a.pdf", "b.pdf", "c.pdf")
    assert len(listed()) == 5

    receiver.script += [500, 500, 204, 500, 500]
    run("webhooks", "send", "--all", code=1)
    assert len(listed()) == 4
    receiver.script[:] = [500, 500, 500]
    assert "0 sent, 4 left" in run("webhooks", "send", "--all", code=1).stdout
    assert "4 sent, 0 left" in run("webhooks", "send", "--all").stdout
    assert len(receiver.delivered) == 5


def test_try_says_what_the_receiver_makes_of_it(environment: Path, receiver: Any) -> None:
    assert run("webhooks", "test").stdout == "delivered\n"
    assert receiver.types == ["loanbatch.test"]

    receiver.script.append(401)
    assert run("webhooks", "test", code=1).stdout == "not delivered: status 401\n"
    assert listed() == []


def test_settings_may_stand_in_a_file_of_any_name(
    environment: Path, receiver: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("LOANBATCH_WEBHOOKS_URL")
    (environment / "other.toml").write_text(f'[loanbatch.webhooks]\nurl = "{receiver.url}"\n')

    assert run("webhooks", "test", "--config", "other.toml").stdout == "delivered\n"
    assert run("webhooks", "list", "--config", "other.toml").stdout == ""
    assert run("webhooks", "send", "--all", "--config", "other.toml").stdout == "0 sent, 0 left\n"


def test_private_address_is_refused_where_it_is_not_allowed(
    environment: Path, receiver: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LOANBATCH_WEBHOOKS_ALLOW_PRIVATE", "false")
    monkeypatch.setenv("LOANBATCH_WEBHOOKS_URL", "https://localhost/")

    assert "private" in run("webhooks", "test", code=1).stdout
    assert receiver.requests == []


def test_wrong_use_is_told(environment: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "give --all" in run("webhooks", "send", code=2).stderr
    assert "give --all" in run("webhooks", "send", "--all", "msg_1", code=2).stderr
    assert "no undelivered event" in run("webhooks", "send", "msg_1", code=2).stderr
    monkeypatch.setenv("LOANBATCH_WEBHOOKS_URL", "")
    assert "no receiver is set" in run("webhooks", "test", code=2).stderr
    assert run("webhooks", "list").stderr == "All events are delivered.\n"


def test_new_secret_is_one_that_can_be_used(
    environment: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LOANBATCH_WEBHOOKS_SECRET", run("webhooks", "new-secret").stdout.strip())

    run("webhooks", "list")


@pytest.mark.skipif(os.name == "nt", reason="there is no SIGKILL")
def test_job_that_is_killed_in_the_middle_of_a_delivery_tells_all_when_resumed(
    environment: Path, receiver: Any
) -> None:
    receiver.script += [204, "hang"]
    killed(
        receiver, receiver.hanging.is_set, "run", "a.pdf", "b.pdf", "c.pdf", "--plugin", "gate.py"
    )
    assert [entry["state"] for entry in listed()] == ["waiting"]

    Path("open").touch()
    run("resume", "latest", "--plugin", "gate.py")

    assert receiver.types == [
        *("job.started", "document.finished", "job.started"),
        *("document.finished", "document.finished", "job.finished"),
    ]
    positions = [e["data"].get("position") for e in receiver.delivered]
    assert positions == [None, 1, None, 2, 3, None]
    # The receiver had the one that was under way, and may discard it by its id.
    ids = Counter(request.webhook_id for request in receiver.requests)
    assert list(ids.values()) == [1, 2, 1, 1, 1, 1]
    assert listed() == []


@pytest.mark.skipif(os.name == "nt", reason="there is no SIGKILL")
def test_what_a_killed_process_did_not_send_can_be_sent_by_hand(
    environment: Path, receiver: Any
) -> None:
    receiver.script += [204, 204, "hang"]
    Path("open").touch()
    killed(receiver, receiver.hanging.is_set, "run", "a.pdf", "b.pdf")
    waiting = listed()
    assert waiting

    run("webhooks", "send", "--all")

    ids = Counter(request.webhook_id for request in receiver.requests)
    assert sorted(ids.values()) == [1] * (len(ids) - 1) + [2]
    assert {entry["id"] for entry in waiting} <= set(ids)
