"""Events of jobs reach a receiver: signed, in order, without anything of a document in them."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

import pytest
import stamina
from attrs import evolve
from playhouse.db_url import connect

from loanbatch import BatchProcessingHandler, hookimpl, load_settings
from loanbatch._logging import reset_logging
from loanbatch.errors import EmptyError, SettingsError
from loanbatch.models import Document, Finding, Severity, Validation
from loanbatch.results import JobStatus
from loanbatch.testing import make_page

SECRET = "whsec_" + "c2VjcmV0" * 5
OTHERS = tuple(e.name for e in entry_points(group="loanbatch") if e.name != "webhooks")

pytestmark = pytest.mark.usefixtures("no_pauses")


class Reader:
    """Takes any text for a note; an empty file is none."""

    @hookimpl
    def validate(self, source):
        if not source.read():
            raise EmptyError(f"{source.file_name} is empty")
        return Validation(source=evolve(source, media_type="text/plain", page_count=1))

    @hookimpl
    def read_pages(self, source):
        return [make_page(source.read().decode())]

    @hookimpl
    def classify(self):
        return [Document(kind="promissory_note", first_page=1, last_page=1)]

    @hookimpl
    def check(self):
        return [Finding(code="doubtful", severity=Severity.WARNING, message="look at Jane Doe")]


@pytest.fixture(autouse=True)
def fresh_logging() -> Iterator[None]:
    yield
    reset_logging()


@pytest.fixture
def make_handler(tmp_path: Path, receiver: Any, database_url: str) -> Iterator[Callable[..., Any]]:
    """Return a maker of handlers that tell the receiver; all are closed."""
    handlers = []

    def make(*plugins: object, **table: Any) -> BatchProcessingHandler:
        given = {"url": receiver.url, "secret": SECRET, "allow_private": True, "attempts": 2}
        settings = load_settings(
            {
                "home": tmp_path / "home",
                "database": database_url,
                "no_plugins": OTHERS,
                "executor": "inline",
                "log_file": str(tmp_path / "log.jsonl"),
                "webhooks": given | {"patience_seconds": 20.0} | table,
            },
            environ={},
        )
        handlers.append(BatchProcessingHandler(settings, [Reader(), *plugins]))
        return handlers[-1]

    yield make
    for handler in handlers:
        handler.close()


@pytest.fixture
def paths(tmp_path: Path) -> list[str]:
    """Two sound documents and an empty one, under names that nobody else must learn."""
    found = []
    for name, text in {"jane-doe": "owes 125000", "john": "owes 1", "nothing": ""}.items():
        path = tmp_path / f"{name}.txt"
        path.write_text(text)
        found.append(str(path))
    return found


@pytest.fixture
def table(database_url: str) -> Callable[[], list[tuple[Any, ...]]]:
    """Return a reader of the outbox: type, state, attempts and reason, in order."""

    def read() -> list[tuple[Any, ...]]:
        database = connect(database_url)
        query = "SELECT type, state, attempts, reason FROM webhook_events ORDER BY made_at"
        try:
            return [tuple(row) for row in database.execute_sql(query).fetchall()]
        finally:
            database.close()

    return read


WHOLE = ["job.started", "document.finished", "document.finished", "document.finished"]
WHOLE += ["job.finished"]


def test_events_of_a_job_are_delivered_in_order(make_handler, paths, receiver, table):
    summary = make_handler().process_batch_from_paths(paths)

    started, first, _, failed, finished = (event["data"] for event in receiver.delivered)
    assert receiver.types == WHOLE
    assert {event["data"]["job_id"] for event in receiver.delivered} == {summary.job_id}
    assert (started["total_documents"], started["waiting_documents"]) == (3, 3)
    assert (first["position"], first["status"], first["kinds"]) == (
        1,
        "success",
        ["promissory_note"],
    )
    assert first["document_id"] == summary.results[0].document_id
    assert (first["needs_review"], first["findings"]["doubtful"]) == (True, 1)
    assert (failed["status"], failed["error_code"]) == ("failed", "empty")
    assert (finished["status"], finished["failed_documents"]) == ("completed_with_errors", 1)
    assert [row[1] for row in table()] == ["delivered"] * 5


def test_nothing_of_a_document_or_its_name_is_sent_or_logged(
    make_handler, paths, receiver, tmp_path
):
    receiver.script += [500, 500, "drop", 404]

    make_handler().process_batch_from_paths(paths)

    sent = json.dumps([[request.event, request.headers] for request in receiver.requests])
    log = (tmp_path / "log.jsonl").read_text()
    for secret in ("Jane", "jane", "john", "125000", "t0ps3cret"):
        assert secret not in sent
        assert secret not in log
    assert SECRET not in sent + log
    assert SECRET[6:] not in sent + log
    assert "delivered" in log  # so there was something to be found in it


def test_only_events_that_were_asked_for_are_sent(make_handler, paths, receiver):
    make_handler(events=["job.finished"]).process_batch_from_paths(paths)

    assert receiver.types == ["job.finished"]


def test_receiver_that_fails_now_and_then_gets_each_event_with_its_first_id(
    make_handler, paths, receiver, table
):
    receiver.script += [500, 204, "drop", 503, 204, 429, 404]

    make_handler(attempts=3).process_batch_from_paths(paths)

    assert receiver.types == WHOLE
    assert [row[1:3] for row in table()] == [("delivered", count) for count in (2, 3, 3, 1, 1)]
    assert len({request.webhook_id for request in receiver.requests}) == 5
    assert len(receiver.requests) == 10


def test_event_that_is_given_up_lets_the_others_pass_and_is_kept(
    make_handler, paths, receiver, table, tmp_path
):
    receiver.script += [204, 500, 500]

    summary = make_handler().process_batch_from_paths(paths)

    assert summary.status is JobStatus.COMPLETED_WITH_ERRORS
    assert receiver.types == [
        "job.started",
        "document.finished",
        "document.finished",
        "job.finished",
    ]
    assert table()[1] == ("document.finished", "dead", 2, "status 500")
    log = (tmp_path / "log.jsonl").read_text()
    assert "0 wait, 1 were given up; `loanbatch webhooks list` shows them" in log


def test_redirect_is_not_followed_nor_tried_again(make_handler, paths, receiver, table):
    receiver.script.append((302, {"Location": receiver.url}))

    make_handler().process_batch_from_paths(paths)

    assert len(receiver.requests) == 5
    assert table()[0] == ("job.started", "dead", 1, "status 302: redirects are not followed")


def test_receiver_that_is_gone_is_left_alone(make_handler, paths, receiver, table):
    receiver.script.append(410)

    make_handler().process_batch_from_paths(paths)

    assert len(receiver.requests) == 1
    assert [row[1] for row in table()] == ["dead"] + ["waiting"] * 4
    assert "410" in table()[0][3]


@pytest.mark.parametrize(
    "told",
    ["600", format_datetime(datetime.now(UTC) + timedelta(hours=2), usegmt=True)],
    ids=["seconds", "date"],
)
def test_receiver_that_asks_for_a_long_rest_has_it(make_handler, paths, receiver, table, told):
    receiver.script.append((503, {"Retry-After": told}))

    make_handler().process_batch_from_paths(paths)

    assert len(receiver.requests) == 1
    assert [row[1] for row in table()] == ["waiting"] * 5
    assert "asks to be left alone" in table()[0][3]


def test_short_rest_that_a_receiver_asks_for_comes_before_the_next_attempt(
    make_handler, paths, receiver, monkeypatch
):
    receiver.script += [(429, {"Retry-After": "7"}), (503, {"Retry-After": "a while"})]
    pauses: list[float] = []
    with stamina.set_testing(testing=False):
        monkeypatch.setattr("tenacity.nap.time.sleep", pauses.append)
        make_handler(attempts=3).process_batch_from_paths(paths)

    assert receiver.types == WHOLE
    assert pauses[0] == 7.0
    assert 2.0 <= pauses[1] <= 3.0  # the second pause of those that grow


def test_receiver_that_does_not_answer_does_not_hold_up_the_batch(
    make_handler, paths, receiver, table
):
    receiver.script += ["hang"]
    handler = make_handler(timeout_seconds=60.0, patience_seconds=0.0)

    summary = handler.process_batch_from_paths(paths)

    assert summary.processed_documents == 3
    assert [row[1] for row in table()] == ["waiting"] * 5
    receiver.wait_for(receiver.hanging.is_set)
    receiver.closing.set()
    receiver.wait_for(lambda: table()[0][2] == 1)  # what was under way is noted nevertheless
    assert table()[0] == ("job.started", "waiting", 1, "the connection was lost")


def test_answer_that_comes_too_late_counts_for_none(make_handler, paths, receiver, table):
    receiver.script += ["hang", "hang"]

    make_handler(timeout_seconds=0.2).process_batch_from_paths(paths)

    assert table()[0] == ("job.started", "dead", 2, "no answer in time")
    assert receiver.types == WHOLE[1:]


def test_thread_is_gone_when_all_is_delivered(make_handler, paths):
    make_handler().process_batch_from_paths(paths)

    assert "webhooks" not in {thread.name for thread in threading.enumerate()}


def test_interrupted_job_tells_so_and_goes_on_with_what_waits(make_handler, paths, receiver, table):
    stop = threading.Event()
    receiver.script += [204, (503, {"Retry-After": "999"})]
    handler = make_handler()

    job_id = handler.process(paths, on_result=lambda _: stop.set(), stop=stop).job_id
    receiver.wait_for(lambda: len(receiver.requests) == 2)
    assert [row[:2] for row in table()] == [
        ("job.started", "delivered"),
        ("document.finished", "waiting"),
        ("job.interrupted", "waiting"),
    ]
    handler.resume(job_id)

    assert receiver.types == [
        *("job.started", "document.finished", "job.interrupted", "job.started"),
        *("document.finished", "document.finished", "job.finished"),
    ]
    again = receiver.delivered[3]["data"]
    assert (again["total_documents"], again["waiting_documents"]) == (3, 2)
    assert len({request.webhook_id for request in receiver.requests}) == 7


def test_results_that_were_recorded_but_not_told_are_told_when_the_job_ends(
    make_handler, paths, receiver, monkeypatch
):
    """As when the process dies between the two."""
    stop = threading.Event()
    handler = make_handler()
    with monkeypatch.context() as patch:
        patch.setattr("loanbatch.hookcalls.on_result", lambda *_: stop.set())
        job_id = handler.process(paths, stop=stop).job_id
    assert "document.finished" not in receiver.types

    handler.resume(job_id)

    told = [e["data"]["position"] for e in receiver.delivered if e["type"] == "document.finished"]
    assert sorted(told) == [1, 2, 3]


def test_retried_document_is_told_again_and_the_others_are_not(make_handler, paths, receiver):
    handler = make_handler()
    job_id = handler.process(paths).job_id
    receiver.requests.clear()
    Path(paths[2]).write_text("owes 3")

    from loanbatch.runner import Retry

    handler.retry(job_id, Retry(every=True))

    assert receiver.types == ["job.started", "document.finished", "job.finished"]
    assert receiver.delivered[1]["data"]["position"] == 3


def test_workers_are_forked_while_events_are_sent(receiver, paths, tmp_path):
    """With isolated workers of the real pipeline; the receiver hangs all the while."""
    receiver.script += ["hang"]
    settings = load_settings(
        {
            "home": tmp_path / "home",
            "documents_per_worker": 1,
            "webhooks": {
                "url": receiver.url,
                "secret": SECRET,
                "allow_private": True,
                "patience_seconds": 0.0,
            },
            "log_file": str(tmp_path / "log.jsonl"),
        },
        environ={},
    )
    with BatchProcessingHandler(settings) as handler:
        summary = handler.process_batch_from_paths(paths)

    assert summary.processed_documents == 3
    assert receiver.hanging.is_set()


def test_database_that_refuses_costs_the_events_only(make_handler, paths, receiver, monkeypatch):
    from loanbatch.errors import StorageFailedError
    from loanbatch_contrib.webhooks import _outbox

    def refuse(*_: object) -> None:
        raise StorageFailedError("no")

    monkeypatch.setattr(_outbox.Outbox, "add", refuse)

    assert make_handler().process_batch_from_paths(paths).processed_documents == 3
    assert receiver.requests == []


def test_without_an_address_nothing_is_loaded_or_written(make_handler, paths, database_url):
    make_handler(url="", secret="").process_batch_from_paths(paths)

    database = connect(database_url)
    assert not database.table_exists("webhook_events")
    database.close()


def settings_of(**table: Any) -> Any:
    given = {"url": "https://example.com/hooks", "secret": SECRET}
    settings = load_settings({"no_plugins": OTHERS, "webhooks": given | table}, environ={})
    from loanbatch.registry import Registry

    return Registry.load(settings).settings


@pytest.mark.parametrize(
    ("table", "told"),
    [
        ({"url": "http://example.com"}, "https:"),
        ({"url": "ftp://example.com"}, "must be an address"),
        ({"url": "https://"}, "must be an address"),
        ({"url": "https://example.com:port"}, "must be an address"),
        ({"url": "https://[::1"}, "must be an address"),
        ({"url": "https://jane:t0ps3cret@example.com"}, "no user"),
        ({"secret": ""}, "secret must be"),
        ({"secret": "whsec_t0ps3cret"}, "secret must be"),
        ({"secret": "whsec_dDBwczNjcmV0"}, "secret must be"),
        ({"events": ["job.begun"]}, "each must be one of job.started,"),
        ({"attempts": 0}, "at least 1"),
        ({"timeout_seconds": 0.0}, "more than 0"),
    ],
)
def test_setting_that_cannot_be_used_ends_the_command_without_telling_it(table, told):
    with pytest.raises(SettingsError, match=told) as caught:
        settings_of(**table)

    assert "t0ps3cret" not in caught.value.message


def test_missing_library_is_told_only_where_a_receiver_is_set(monkeypatch):
    monkeypatch.setattr("loanbatch_contrib.webhooks._settings.find_spec", lambda _: None)

    settings_of(url="")
    with pytest.raises(SettingsError, match=r"pip install 'loanbatch\[webhooks\]'"):
        settings_of()


def test_settings_show_neither_address_nor_secret():
    shown = repr(settings_of().plugin_tables)

    assert "example.com" not in shown
    assert SECRET not in shown


def documented() -> dict[str, set[str]]:
    """Return the keys of each event's data as the reference has them."""
    page = Path(__file__).parents[2] / "docs" / "reference" / "webhooks.md"
    parts = re.split(r"^### (\S+)$", page.read_text("utf-8"), flags=re.MULTILINE)[1:]
    return {
        name: {
            key
            for row in re.findall(r"^\| (`.*?) \|", text.partition("\n## ")[0], re.MULTILINE)
            for key in re.findall(r"`(\w+)`", row)
        }
        for name, text in zip(parts[::2], parts[1::2], strict=True)
    }


def test_events_are_in_the_reference(make_handler, paths, receiver):
    stop = threading.Event()
    handler = make_handler()
    job_id = handler.process(paths, on_result=lambda _: stop.set(), stop=stop).job_id
    handler.resume(job_id)

    sent = {event["type"]: {*event["data"]} - {"job_id"} for event in receiver.delivered}
    assert sent == documented()


def test_two_batches_at_once_have_their_own_events(make_handler, paths, receiver):
    jobs: list[str] = []

    def process() -> None:
        with make_handler() as handler:
            jobs.append(handler.process(paths).job_id)

    threads = [threading.Thread(target=process) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(jobs) == 2
    for job_id in jobs:
        told = [e["type"] for e in receiver.delivered if e["data"]["job_id"] == job_id]
        assert told == WHOLE
