"""Priorities: what they may be, which order they make in a job and among jobs, what keeps them."""

import json
import subprocess
import sys
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loanbatch import hookimpl
from loanbatch.errors import JobHeldError, UnknownJobError, UsageError
from loanbatch.jobstore import JobStore, QueuedSource
from loanbatch.jobstore._order import POINT, TURN, in_turn, seems_begun
from loanbatch.models import Source
from loanbatch.priorities import LEAST, MOST, priority_of


@pytest.mark.parametrize(
    ("value", "number"),
    [(0, 0), (-100, -100), ("100", 100), (" +7 ", 7), ("low", -10), ("Normal", 0), ("HIGH", 10)],
)
def test_priority_is_a_number_or_a_word_for_one(value, number):
    assert priority_of(value) == number


@pytest.mark.parametrize(
    "value", [101, -101, "101", "1.0", 1.0, True, None, "", "urgent", "1_0", "１", "9" * 5000, [1]]
)
def test_anything_else_is_no_priority(value):
    with pytest.raises(ValueError, match="from -100 to 100, or low, normal or high"):
        priority_of(value)


def order(priorities, taken=0):
    """Return the positions of sources of these priorities in the order in which they are taken."""
    streams = [
        iter(
            [
                QueuedSource(row_id=n, position=n, source=Source(file_name="a", location="a"))
                for n, own in enumerate(priorities)
                if own == priority
            ]
        )
        for priority in sorted(set(priorities), reverse=True)
    ]
    return [queued.position for queued in in_turn(streams, taken=taken)]


def test_each_tenth_is_the_one_that_waits_longest():
    assert order([0] * 3 + [5] * 25) == [
        *range(3, 12), 0, *range(12, 21), 1, *range(21, 28), 2,
    ]  # fmt: skip


def test_sources_of_one_priority_come_in_input_order():
    assert order([7] * 25) == list(range(25))


def test_turns_are_counted_over_the_whole_job():
    assert order([0] + [5] * 3, taken=TURN - 2) == [1, 0, 2, 3]


@given(st.lists(st.integers(LEAST, MOST), max_size=80), st.integers(0, 30))
def test_any_order_is_urgent_first_and_leaves_nobody_waiting(priorities, taken):
    found = order(priorities, taken)

    assert sorted(found) == list(range(len(priorities)))
    for place, position in enumerate(found):
        assert place < TURN * (position + 1)
        if (taken + place + 1) % TURN == 0:
            assert position == min(found[place:])
        else:
            assert position == min(found[place:], key=lambda n: (-priorities[n], n))


@pytest.fixture
def store(database_url):
    opened = JobStore(database_url)
    yield opened
    opened.close()


def test_store_gives_any_number_of_priorities_in_order(store):
    priorities = [(number * 37) % 201 - 100 for number in range(700)]
    job_id = store.create_job("f", priority=3)
    sources = (Source(file_name=str(p), location="a", priority=p) for p in priorities)
    store.queue(job_id, sources, priority=3)

    found = list(store.queued(job_id))

    assert [queued.position for queued in found] == order(priorities)
    assert [queued.source.priority for queued in found] == [
        priorities[queued.position] for queued in found
    ]


def test_priority_of_the_job_is_that_of_sources_without_one(store):
    job_id = store.create_job("f", priority=3)
    own = [None, 0, 4]
    store.queue(job_id, [Source(file_name="a", location="a", priority=p) for p in own], priority=3)

    assert [(q.position, q.source.priority) for q in store.queued(job_id)] == [
        (2, 4), (0, 3), (1, 0),
    ]  # fmt: skip
    assert store.job_status(job_id)["priority"] == 3


def jobs_of_age(store, *ages):
    """Return jobs that wait, each of (priority, hours since it began)."""
    ids = []
    for priority, hours in ages:
        job_id = store.create_job("f", priority=priority)
        store.queue(job_id, [Source(file_name="a", location="a")])
        store.interrupt(job_id)
        begun = (datetime.now(UTC) - timedelta(hours=hours)).isoformat()
        store._records.write(
            lambda begun=begun, job_id=job_id: store._records.run(
                "UPDATE processing_jobs SET created_at = ? WHERE job_id = ?", (begun, job_id)
            )
        )
        ids.append(job_id)
    return ids


def test_job_that_waits_is_the_more_urgent_one_first(store):
    low, old, high, newer = jobs_of_age(store, (-10, 0), (0, 2), (10, 0), (0, 1))

    assert [job["job_id"] for job in store.waiting_jobs()] == [high, old, newer, low]


def test_job_overtakes_in_time_whatever_begins_later(store):
    least, most = jobs_of_age(store, (LEAST, 201), (MOST, 0))

    assert [job["job_id"] for job in store.waiting_jobs()] == [least, most]
    now = datetime.now(UTC).isoformat()
    assert seems_begun(now, LEAST) - seems_begun(now, MOST) == timedelta(days=8, hours=8)
    assert timedelta(hours=1) == POINT


def test_jobs_at_work_or_finished_do_not_wait(store):
    (waiting,) = jobs_of_age(store, (0, 0))
    store.create_job("f", inputs="{}")

    assert [job["job_id"] for job in store.waiting_jobs()] == [waiting]


class Watch:
    """Notes which document is read, and asks to stop after some of them."""

    def __init__(self, stop=None, after=0):
        self.seen, self.stop, self.after = [], stop, after

    @hookimpl
    def extract(self, pages):
        self.seen.extend(w.text for page in pages for w in page.words[1:2])
        if self.stop is not None and len(self.seen) == self.after:
            self.stop.set()
        return ()


def manifest_of(tmp_path, priorities):
    rows = ["file,priority"]
    for number, priority in enumerate(priorities):
        (tmp_path / f"{number:02}.txt").write_text(f"note x={number}")
        rows.append(f"{number:02}.txt,{priority}")
    path = tmp_path / "list.csv"
    path.write_text("\n".join(rows))
    return str(path)


PRIORITIES = ["", "low", "5", "", "high", "5", "-100", "", "high", "0", "100", "", "low", "1"]
#: The default is 2.
ORDERED = [10, 4, 8, 2, 5, 0, 3, 7, 11, 1, 13, 9, 12, 6]


def test_documents_are_read_in_the_order_of_their_priorities(make_handler, tmp_path):
    watch = Watch()
    summary = make_handler(watch).process([manifest_of(tmp_path, PRIORITIES)], priority=2)

    assert watch.seen == [f"x={number}" for number in ORDERED]
    assert [r.file_name for r in summary.results] == [f"{n:02}.txt" for n in range(14)]


@pytest.mark.parametrize("workers", [1, 3])
def test_workers_are_given_documents_in_that_order(make_handler, tmp_path, workers):
    handler = make_handler(executor="isolated", workers=workers)
    job_id = handler.process([manifest_of(tmp_path, PRIORITIES)], priority=2).job_id

    rows = handler._store._records.read(
        lambda: handler._store._records.run(
            "SELECT position FROM attempts a JOIN results r ON r.id = a.result_id"
            " ORDER BY a.started_at"
        ).fetchall()
    )
    assert [row[0] for row in rows] == ORDERED
    events = {e["position"] - 1: e for e in handler.get_job_events(job_id) if "position" in e}
    assert [events[n].get("priority") for n in (10, 4, 0, 9)] == [100, 10, 2, None]


def test_log_tells_the_priority(make_handler, tmp_path):
    handler = make_handler(log_level="info")
    handler.process([manifest_of(tmp_path, ["", "high"])], priority=2)
    handler.close()

    lines = [json.loads(line) for line in (tmp_path / "log.jsonl").read_text().splitlines()]
    told = [(e["event"], e.get("priority")) for e in lines if "priority" in e]
    assert told == [("job_created", 2), ("document_finished", 10), ("document_finished", 2)]


@pytest.mark.parametrize("first", [1, 3, 8, 9, 10])
def test_resumed_job_goes_on_in_the_same_order(make_handler, tmp_path, first):
    import threading

    watch = Watch(threading.Event(), first)
    handler = make_handler(watch)
    inputs = [manifest_of(tmp_path, PRIORITIES)]
    summary = handler.process(inputs, priority=2, stop=watch.stop)
    assert summary.processed_documents == first
    handler.close()
    (tmp_path / "list.csv").unlink()
    other = Watch()

    resumed = make_handler(other).resume(summary.job_id)

    assert watch.seen + other.seen == [f"x={number}" for number in ORDERED]
    assert resumed.successful_documents == len(PRIORITIES)


def test_listing_that_was_interrupted_is_done_anew_with_the_priority(make_handler, tmp_path):
    import threading

    (tmp_path / "a.txt").write_text("note")
    stop = threading.Event()
    stop.set()
    handler = make_handler()
    job_id = handler.process([str(tmp_path / "a.txt")], priority="high", stop=stop).job_id

    handler.resume(job_id)

    (event,) = [e for e in handler.get_job_events(job_id) if e["event"] == "document_finished"]
    assert event["priority"] == 10


def test_retried_documents_keep_their_priorities(make_handler, faults, tmp_path):
    from loanbatch.runner import Retry

    watch = Watch()
    for name in ("a", "b", "c"):
        (tmp_path / f"{name}.txt").write_text("")
    items = [(1, "a"), (3, "b"), (2, "c")]
    manifest = tmp_path / "list.jsonl"
    manifest.write_text(
        "\n".join(json.dumps({"file": f"{n}.txt", "priority": p}) for p, n in items)
    )
    handler = make_handler(watch)
    job_id = handler.process([str(manifest)]).job_id
    for name in ("a", "b", "c"):
        (tmp_path / f"{name}.txt").write_text(f"note {name}")

    handler.retry(job_id, Retry(every=True))

    assert watch.seen == ["b", "c", "a"]


def test_items_in_memory_have_priorities(make_handler):
    watch, sources = Watch(), []

    class Sources:
        @hookimpl
        def validate(self, source):
            sources.append(source.priority)

    handler = make_handler(watch, Sources())
    items = [
        {"file_name": f"{n}.txt", "file_data": f"note {n}".encode(), "priority": p}
        for n, p in (("a", None), ("b", "high"), ("c", -3))
    ]

    handler.process_batch_from_bytes(items, priority=5)

    assert watch.seen == ["b", "a", "c"]
    assert sources == [10, 5, -3]


def test_paths_have_the_priority_of_the_call(make_handler, write):
    handler = make_handler()

    job_id = handler.process_batch_from_paths(write(a="note"), priority=-7).job_id

    assert handler.get_job_status(job_id)["priority"] == -7


@pytest.mark.parametrize("call", ["process", "process_batch_from_paths"])
def test_wrong_priority_is_refused_before_there_is_a_job(make_handler, call):
    handler = make_handler()

    with pytest.raises(UsageError, match="priority must be a whole number from -100 to 100"):
        getattr(handler, call)(["a.txt"], priority=1000)
    assert handler.list_jobs() == []


def test_wrong_priority_of_an_item_names_the_item(make_handler):
    items = [
        {"file_name": "a", "file_data": b"a"},
        {"file_name": "b", "file_data": b"b", "priority": 1.5},
    ]

    with pytest.raises(UsageError, match="item 1: priority must be a whole number"):
        make_handler().process_batch_from_bytes(items)


@pytest.fixture
def waiting(make_handler, write):
    """Return a handler and two jobs that were stopped before they began: low, then high."""
    import threading

    stop = threading.Event()
    stop.set()
    handler = make_handler()
    paths = [str(path) for path in write(a="note a", b="note b")]
    return handler, [
        handler.process([path], priority=priority, stop=stop).job_id
        for path, priority in zip(paths, ("low", "high"), strict=True)
    ]


def test_next_job_is_the_most_urgent_one(waiting):
    handler, (low, high) = waiting

    assert [job["job_id"] for job in handler.list_waiting_jobs()] == [high, low]
    assert [handler.resume_next().job_id for _ in range(2)] == [high, low]
    with pytest.raises(UnknownJobError, match="no job waits"):
        handler.resume_next()


def test_job_that_another_process_took_is_passed_over(waiting, monkeypatch):
    handler, (low, high) = waiting
    jobs = handler.list_waiting_jobs()
    other = JobStore(handler.settings.database_url)
    other.take(high, "f")
    monkeypatch.setattr(JobStore, "waiting_jobs", lambda self: jobs)

    assert handler.resume_next().job_id == low
    with pytest.raises(JobHeldError):
        handler.resume(high)
    other.close()


def test_command_line_takes_priorities(waiting, tmp_path):
    handler, (low, high) = waiting
    handler.close()

    def loanbatch(*words):
        command = [sys.executable, "-m", "loanbatch", *words, "--home", str(tmp_path / "home")]
        return subprocess.run(command, capture_output=True, text=True, check=False, cwd=tmp_path)

    listed = loanbatch("jobs", "--waiting", "--json")
    assert [(j["job_id"], j["priority"]) for j in json.loads(listed.stdout)] == [
        (high, 10), (low, -10),
    ]  # fmt: skip
    done = loanbatch("resume", "next", "--quiet", "--json")
    assert json.loads(done.stdout)["job_id"] == high
    urgent = loanbatch("run", "a.txt", "--priority", "-5", "--quiet", "--json")
    status = loanbatch("status", json.loads(urgent.stdout)["job_id"], "--json")
    assert json.loads(status.stdout)["priority"] == -5
    wrong = loanbatch("run", "a.txt", "--priority", "soon")
    assert wrong.returncode == 2
    assert "priority must be a whole number from -100 to 100, or low, normal" in wrong.stderr
