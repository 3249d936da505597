"""Going on with jobs: what is left, what failed, and that both end as if nothing had happened."""

import functools
import os
import signal
import sys
import threading
import time

import pytest

from loanbatch import hookimpl
from loanbatch.errors import JobHeldError, StorageFailedError, UnknownJobError, UsageError
from loanbatch.results import JobStatus
from loanbatch.runner import Inputs, Listeners, Retry, _heartbeat, run_job
from loanbatch.sources import ListedSource, list_files, source_from_bytes


@pytest.fixture
def make_settings(make_settings, database_url):
    """Settings with a database of either kind: each test runs on both."""
    return functools.partial(make_settings, database=database_url)


def outcomes(summary):
    return [(r.file_name, r.status.value, r.error_code) for r in summary.results]


def without_times(summary):
    plain = summary.to_dict()
    results = [
        {key: value for key, value in result.items() if key not in ("processing_time", "timestamp")}
        for result in plain["results"]
    ]
    return plain["status"], results


class Stopper:
    """Stops a run while it reads its n-th document."""

    def __init__(self):
        self.stop = threading.Event()
        self.left = 0

    @hookimpl
    def classify(self):
        self.left -= 1
        if self.left == 0:
            self.stop.set()


def interrupted(make_handler, paths, count, **overrides):
    """Return the id of a job that was stopped after it had read some documents."""
    stopper = Stopper()
    handler = make_handler(stopper, **overrides)
    stopper.left = count
    summary = handler.process([str(path) for path in paths], stop=stopper.stop)
    assert summary.processed_documents < summary.total_documents
    handler.close()
    return summary.job_id


@pytest.mark.parametrize("count", [1, 2, 3])
def test_resumed_job_ends_as_if_undisturbed(make_handler, write, tmp_path, count):
    texts = ("note x=1", "", "note x=1", "note x=4", "", "note x=4", "note x=7", "note x=8")
    paths = write(**dict(zip("abcdefgh", texts, strict=True)))
    paths.insert(3, tmp_path / "absent.txt")
    undisturbed = make_handler(database=f"sqlite:///{tmp_path}/other.db").process(
        [str(path) for path in paths]
    )
    job_id = interrupted(make_handler, paths, count)
    handler = make_handler()

    summary = handler.resume(job_id)

    assert without_times(summary) == without_times(undisturbed)
    assert summary.job_id == job_id
    assert handler.get_job_status(job_id)["completed_at"] is not None


def test_resume_processes_only_what_is_left(make_handler, write):
    handler = make_handler()
    paths = write(**{f"n{number}": f"note x={number}" for number in range(6)})
    job_id = interrupted(make_handler, paths, 2)
    done = handler.get_job_status(job_id)["processed_documents"]
    totals, seen = [], []

    handler.resume(job_id, on_total=totals.append, on_result=lambda r: seen.append(r.file_name))

    assert totals == [6 - done]
    assert seen == [f"n{number}.txt" for number in range(done, 6)]


def test_finished_job_has_nothing_to_resume(make_handler, write):
    handler = make_handler()
    before = handler.process_batch_from_paths(write(a="note x=1", b=""))
    seen = []

    after = handler.resume(before.job_id, on_result=seen.append)

    assert seen == []
    assert (after.status, outcomes(after)) == (before.status, outcomes(before))
    assert after.end_time == before.end_time
    assert handler.resume(before.job_id).end_time == before.end_time


def test_job_that_is_being_worked_on_is_refused(make_handler, write):
    handler, other = make_handler(), make_handler()
    caught = []

    def on_result(_):
        (job,) = other.list_jobs()
        with pytest.raises(JobHeldError, match=f"process {os.getpid()}") as error:
            other.resume(job["job_id"])
        caught.append(error.value.exit_code)

    handler.process([str(path) for path in write(a="note x=1")], on_result=on_result)

    assert caught == [2]


def test_bytes_handed_over_are_gone_with_the_program_that_had_them(
    make_handler, tmp_path, monkeypatch
):
    first, second = make_handler(), make_handler()
    items = [{"file_name": f"{n}.txt", "file_data": b"note x=%d" % n} for n in range(2)]
    (tmp_path / "1.txt").write_text("note x=another")
    monkeypatch.chdir(tmp_path)
    job_id = half_done(first, items)

    summary = second.resume(job_id)

    assert outcomes(summary) == [("0.txt", "success", None), ("1.txt", "failed", "not_found")]
    assert "hand them over again" in summary.results[1].error_message


def half_done(handler, items):
    """Process handed-over bytes until the first result is told; return the job's id."""

    def on_result(_):
        raise KeyboardInterrupt

    listed = [
        ListedSource(source=source_from_bytes(item["file_name"], item["file_data"]))
        for item in items
    ]
    with pytest.raises(KeyboardInterrupt):
        run_job(handler.registry, handler._store, listed, Listeners(on_result=on_result))
    (job,) = handler.list_jobs()
    return job["job_id"]


def test_relative_paths_are_found_from_another_folder(make_handler, write, tmp_path, monkeypatch):
    write(a="note x=1", b="note x=2", c="note x=3")
    handler = make_handler()
    monkeypatch.chdir(tmp_path)
    job_id = interrupted(make_handler, ["a.txt", "b.txt", "c.txt"], 1)
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")

    summary = handler.resume(job_id)

    assert [name for name, *_ in outcomes(summary)] == ["a.txt", "b.txt", "c.txt"]
    assert summary.successful_documents == 3
    assert [result.source for result in summary.results] == ["a.txt", "b.txt", "c.txt"]


@pytest.mark.parametrize("known", [True, False])
def test_batch_whose_listing_broke_off_is_listed_again(make_handler, write, known):
    handler = make_handler()
    paths = write(a="note x=1", b="note x=2")

    def breaking():
        yield from list_files(paths[:1])
        raise KeyboardInterrupt

    class Breaking(Inputs):
        def listed(self, settings):
            return breaking()

    batch = Breaking.here([str(path) for path in paths]) if known else breaking()
    with pytest.raises(KeyboardInterrupt):
        run_job(handler.registry, handler._store, batch, Listeners())
    (job,) = handler.list_jobs()
    assert job["resumable"] is known

    if known:
        assert handler.resume(job["job_id"]).successful_documents == 2
    else:
        with pytest.raises(UsageError, match="process them anew"):
            handler.resume(job["job_id"])


def test_stop_while_sources_are_listed_leaves_a_batch_that_is_listed_again(make_handler, write):
    handler = make_handler()
    paths = [str(path) for path in write(a="note x=1", b="note x=2")]
    stop = threading.Event()
    stop.set()

    stopped = handler.process(paths, stop=stop)

    assert (stopped.status, stopped.processed_documents) == (JobStatus.QUEUED, 0)
    assert handler.resume(stopped.job_id).successful_documents == 2


def test_earlier_results_stay_out_of_a_resumed_job_that_was_to_ignore_them(make_handler, write):
    paths = write(**{f"n{number}": f"note x={number}" for number in range(4)})
    make_handler().process_batch_from_paths(paths)
    job_id = interrupted(make_handler, paths, 1, reprocess=True)

    summary = make_handler().resume(job_id)

    assert not any(result.reused for result in summary.results)


def test_failures_that_may_end_otherwise_are_tried_again(make_handler, write, faults):
    broken = make_handler(faults, executor="isolated", timeout_seconds=0.5)
    paths = write(a="note hang x=1", b="", c="note x=3")
    failed = broken.process_batch_from_paths(paths)
    assert outcomes(failed)[0] == ("a.txt", "failed", "timeout")
    told = []

    summary = make_handler().retry(failed.job_id, on_requeued=told.append)

    assert outcomes(summary) == [
        ("a.txt", "success", None),
        ("b.txt", "failed", "empty"),
        ("c.txt", "success", None),
    ]
    assert summary.status is JobStatus.COMPLETED_WITH_ERRORS
    assert [(item.count, item.hopeless) for item in told] == [(1, 1)]


def test_replaced_file_is_read_again_when_every_failure_is_retried(make_handler, write):
    handler = make_handler()
    failed = handler.process_batch_from_paths(write(a="", b="note x=2"))
    write(a="note x=1")

    summary = handler.retry(failed.job_id, Retry(every=True))

    assert (summary.status, summary.successful_documents) == (JobStatus.COMPLETED, 2)


def test_what_an_early_end_left_out_is_taken_up_by_a_retry(make_handler, write):
    handler = make_handler()
    paths = write(a="", b="note x=2", c="note x=3")
    failed = handler.process_batch_from_paths(paths, continue_on_failure=False)
    assert failed.skipped_documents == 2

    summary = handler.retry(failed.job_id)

    assert [status for _, status, _ in outcomes(summary)] == ["failed", "success", "success"]


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX signals")
def test_document_that_kills_its_worker_is_set_aside_after_the_third_time(
    make_handler, write, faults
):
    handler = make_handler(faults, executor="isolated")
    summary = handler.process_batch_from_paths(write(a="note kill", b="note x=2"))
    retryable = []
    for _ in range(3):
        retryable.append(summary.results[0].retryable)
        summary = handler.retry(summary.job_id)

    assert retryable == [True, True, False]
    result = summary.results[0]
    assert (result.status.value, result.error_code) == ("failed", "worker_crashed")
    assert "3 times" in result.error_message
    told = []
    handler.retry(summary.job_id, Retry(every=True), on_requeued=told.append)
    assert (told[0].count, told[0].quarantined) == (0, 1)
    assert attempts(handler) == 4  # three of the first, one of the second


def attempts(handler):
    return handler._store._database.execute_sql("SELECT COUNT(*) FROM attempts").fetchone()[0]


def test_retry_of_a_batch_without_failures_changes_nothing(make_handler, write):
    handler = make_handler()
    before = handler.process_batch_from_paths(write(a="note x=1"))

    after = handler.retry(before.job_id)

    assert without_times(after) == without_times(before)
    assert after.end_time == before.end_time


class FlickeringStore:
    """A store whose database does not answer at first, and gives the job away at last."""

    def __init__(self):
        self.happened = []
        self.answers = [StorageFailedError("the database refused"), True, False]

    def renew(self, job_id):
        self.happened.append(f"renew {job_id}")
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    def close(self):
        self.happened.append("close")


def test_sign_of_life_goes_on_over_a_new_connection_until_the_job_is_lost(monkeypatch):
    monkeypatch.setattr(_heartbeat, "_EVERY", 0.001)
    store = FlickeringStore()

    with _heartbeat.Heartbeat(store, "job-1") as heartbeat:
        assert heartbeat.lost.wait(30)

    assert store.happened == ["renew job-1", "close", "renew job-1", "renew job-1", "close"]


def told(handler, job_id):
    """Return what happened to a job: events, and the tries at each file with how they ended."""
    return [
        (event["event"], event.get("file"), event.get("attempt"), event.get("error_code"))
        for event in handler.get_job_events(job_id)
    ]


def test_events_of_a_job_tell_interruption_and_each_try(make_handler, write):
    job_id = interrupted(make_handler, write(a="note x=1", b="", c="note x=3"), 1)
    handler = make_handler()
    handler.resume(job_id)
    handler.retry(job_id, Retry(every=True))

    assert told(handler, job_id) == [
        ("job_created", None, None, None),
        ("job_started", None, None, None),
        ("document_finished", "a.txt", 1, None),
        ("job_interrupted", None, None, None),
        ("job_resumed", None, None, None),
        ("pipeline_changed", None, None, None),
        ("job_started", None, None, None),
        ("document_finished", "b.txt", 1, "empty"),
        ("document_finished", "c.txt", 1, None),
        ("job_finished", None, None, None),
        ("job_resumed", None, None, None),
        ("job_requeued", None, None, None),
        ("job_started", None, None, None),
        ("document_finished", "b.txt", 2, "empty"),
        ("job_finished", None, None, None),
    ]


def test_events_of_a_job_tell_dead_workers_and_what_was_set_aside(make_handler, faults, write):
    handler = make_handler(faults, executor="isolated")
    job_id = handler.process_batch_from_paths(write(a="note x=1", b="note exit")).job_id
    for _ in range(2):
        handler.retry(job_id)

    found = [event for event in told(handler, job_id) if event[1] == "b.txt"]

    died = ("worker_failed", "b.txt", None, "worker_crashed")
    assert found == [
        died,
        ("document_finished", "b.txt", 1, "worker_crashed"),
        died,
        ("document_finished", "b.txt", 2, "worker_crashed"),
        died,
        ("document_set_aside", "b.txt", None, None),
        ("document_finished", "b.txt", 3, "worker_crashed"),
    ]


def test_recorded_events_are_logged_with_the_same_level_and_facts(make_handler, write, tmp_path):
    import json

    handler = make_handler(log_level="info", log_file_names=True)
    job_id = handler.process_batch_from_paths(write(a="note x=1", b="")).job_id

    lines = [json.loads(line) for line in (tmp_path / "log.jsonl").read_text().splitlines()]
    for event in handler.get_job_events(job_id):
        facts = {k: v for k, v in event.items() if k not in ("timestamp", "attempt")}
        assert any(facts.items() <= line.items() for line in lines), facts


def test_events_of_an_unknown_job_are_an_error(make_handler):
    with pytest.raises(UnknownJobError, match="no job has the id 'job-1'"):
        make_handler().get_job_events("job-1")


class Terminated:
    """Ends its worker by SIGTERM once somebody has stopped the run."""

    def __init__(self, folder):
        self.reached = folder / "reached"
        self.stopped = folder / "stopped"

    @hookimpl
    def classify(self):
        self.reached.touch()
        while not self.stopped.exists():
            time.sleep(0.01)
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        os.kill(os.getpid(), signal.SIGTERM)

    def stop(self, event):
        while not self.reached.exists():
            time.sleep(0.01)
        event.set()
        self.stopped.touch()


def test_document_whose_worker_is_told_to_end_with_the_run_waits_on(make_handler, write, tmp_path):
    """A stop that goes to all processes, as service managers send it, is no fault of a document."""
    plugin, stop = Terminated(tmp_path), threading.Event()
    paths = [str(path) for path in write(a="note x=1")]
    stopper = threading.Thread(target=plugin.stop, args=(stop,))
    stopper.start()

    handler = make_handler(plugin, executor="isolated")
    job_id = handler.process(paths, stop=stop).job_id
    stopper.join()

    assert handler.get_job_status(job_id)["resumable"] is True
    assert [event[0] for event in told(handler, job_id)] == [
        "job_created",
        "job_started",
        "job_interrupted",
    ]
    assert make_handler().resume(job_id).successful_documents == 1
