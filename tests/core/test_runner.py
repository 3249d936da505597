"""Whole jobs: what becomes of each source, in which order, and what the records say."""

import functools
import json
import threading
import time
from datetime import datetime

import pytest
from playhouse.db_url import connect

from loanbatch import hookimpl
from loanbatch.errors import StorageFailedError
from loanbatch.models import Finding, Receipt, Severity
from loanbatch.results import JobStatus, ResultStatus


@pytest.fixture
def make_settings(make_settings, database_url):
    """Settings with a database of either kind: each test runs on both."""
    return functools.partial(make_settings, database=database_url)


def outcomes(summary):
    return [(r.file_name, r.status.value, r.error_code) for r in summary.results]


def test_batch_of_good_sources_completes(make_handler, write):
    handler = make_handler()

    summary = handler.process_batch_from_paths(write(a="note x=1", b="note x=2"))

    assert summary.status is JobStatus.COMPLETED
    assert (summary.total_documents, summary.processed_documents) == (2, 2)
    assert (summary.successful_documents, summary.failed_documents) == (2, 0)
    assert summary.skipped_documents == 0
    assert summary.get_total_processing_time() > 0
    assert [r.documents[0].fields["x"].raw for r in summary.results] == ["1", "2"]


def test_empty_batch_completes(make_handler):
    summary = make_handler().process_batch_from_paths([])

    assert summary.status is JobStatus.COMPLETED
    assert list(summary.results) == []


def test_failure_is_classified_and_others_go_on(make_handler, write):
    handler = make_handler()

    summary = handler.process_batch_from_paths(write(a="note x=1", b="", c="note x=3"))

    assert outcomes(summary) == [
        ("a.txt", "success", None),
        ("b.txt", "failed", "empty"),
        ("c.txt", "success", None),
    ]
    assert summary.status is JobStatus.COMPLETED_WITH_ERRORS
    assert summary.results[1].error_type.value == "validation_error"


def test_batch_of_failures_fails(make_handler, write):
    summary = make_handler().process_batch_from_paths(write(a=""))

    assert summary.status is JobStatus.FAILED


def test_first_failure_ends_the_batch_when_it_may_not_go_on(make_handler, write):
    paths = write(a="note x=1", b="", c="note x=3", d="note x=4")

    summary = make_handler().process_batch_from_paths(paths, continue_on_failure=False)

    assert outcomes(summary) == [
        ("a.txt", "success", None),
        ("b.txt", "failed", "empty"),
        ("c.txt", "skipped", "not_started"),
        ("d.txt", "skipped", "not_started"),
    ]
    assert summary.status is JobStatus.FAILED
    assert summary.processed_documents == summary.total_documents == 4


def test_failing_fast_is_for_that_batch_only(make_handler, write):
    handler = make_handler()
    paths = write(a="", b="note x=2")
    handler.process_batch_from_paths(paths, continue_on_failure=False)

    assert handler.process_batch_from_paths(paths).successful_documents == 1


def test_same_bytes_are_processed_once(make_handler, write):
    summary = make_handler().process_batch_from_paths(write(a="note x=1", b="note x=1"))

    first, second = summary.results
    assert (second.status, second.error_code) == (ResultStatus.SKIPPED, "duplicate")
    assert (second.document_id, second.loan_id) == (first.document_id, first.loan_id)
    assert summary.status is JobStatus.COMPLETED


def test_same_bytes_of_a_failure_are_skipped_too(make_handler, write):
    summary = make_handler().process_batch_from_paths(write(a="", b=""))

    assert [r.status.value for r in summary.results] == ["failed", "skipped"]


def test_same_bytes_in_flight_are_processed_once(make_handler, write):
    handler = make_handler(executor="isolated", workers=2)

    summary = handler.process_batch_from_paths(write(a="note x=1", b="note x=1", c="note x=1"))

    assert sorted(r.status.value for r in summary.results) == ["skipped", "skipped", "success"]


def test_many_copies_of_what_is_in_flight_wait_in_order(make_handler, write):
    class Slow:
        @hookimpl
        def extract(self, document):
            time.sleep(0.3)
            return []

    handler = make_handler(Slow(), executor="isolated", workers=2)
    texts = {f"f{number:03}": "note x=1" for number in range(250)} | {"z": "note x=2"}

    summary = handler.process_batch_from_paths(write(**texts))

    statuses = [r.status.value for r in summary.results]
    assert statuses == ["success", *249 * ["skipped"], "success"]
    assert {r.document_id for r in summary.results[:250]} == {summary.results[0].document_id}


class Counter:
    def __init__(self):
        self.seen = []

    @hookimpl
    def extract(self, document):
        self.seen.append(document.kind)
        return ()


def test_earlier_success_is_reused_with_the_same_ids(make_handler, write):
    counter = Counter()
    handler = make_handler(counter)
    paths = write(a="note x=1")
    earlier = handler.process_batch_from_paths(paths).results[0]

    later = handler.process_batch_from_paths(paths).results[0]

    assert counter.seen == ["note"]
    assert later.reused
    assert not earlier.reused
    assert later.document_id == earlier.document_id
    assert later.loan_id == earlier.loan_id
    assert later.documents == earlier.documents


def test_reuse_takes_the_new_name(make_handler, write):
    handler = make_handler()
    handler.process_batch_from_paths(write(a="note x=1"))

    result = handler.process_batch_from_paths(write(b="note x=1")).results[0]

    assert result.reused
    assert result.file_name == "b.txt"


def test_reuse_does_not_keep_a_loan_that_was_told_before(make_handler):
    handler = make_handler()
    item = {"file_name": "a.txt", "file_data": b"note x=1"}
    handler.process_batch_from_bytes([{**item, "loan_id": "L-1"}])

    result = handler.process_batch_from_bytes([item]).results[0]

    assert result.reused
    assert result.loan_id == result.document_id


def test_reprocess_ignores_earlier_results(make_handler, write):
    counter = Counter()
    handler = make_handler(counter, reprocess=True)
    paths = write(a="note x=1")
    handler.process_batch_from_paths(paths)

    assert not handler.process_batch_from_paths(paths).results[0].reused
    assert counter.seen == ["note", "note"]


def test_failure_is_tried_again(make_handler, write):
    handler = make_handler()
    paths = write(a="")
    handler.process_batch_from_paths(paths)

    result = handler.process_batch_from_paths(paths).results[0]

    assert (result.status, result.reused) == (ResultStatus.FAILED, False)


def test_other_settings_that_matter_are_another_fingerprint(make_handler, write):
    paths = write(a="note x=1")
    make_handler().process_batch_from_paths(paths)

    result = make_handler(review_threshold=0.5).process_batch_from_paths(paths).results[0]

    assert not result.reused


@pytest.mark.parametrize("executor", ["inline", "isolated"])
def test_results_are_in_input_order_whatever_the_priority(make_handler, tmp_path, executor):
    for name in "abcd":
        (tmp_path / f"{name}.txt").write_text(f"note x={name}")
    manifest = tmp_path / "list.csv"
    manifest.write_text("file,loan,priority\na.txt,L1,\nb.txt,,9\nc.txt,,5\nd.txt,,-1\n")
    started = []
    handler = make_handler(executor=executor)

    summary = handler.process([str(manifest)], on_result=lambda r: started.append(r.file_name))

    assert [r.file_name for r in summary.results] == ["a.txt", "b.txt", "c.txt", "d.txt"]
    assert summary.results[0].loan_id == "L1"
    assert started == ["b.txt", "c.txt", "a.txt", "d.txt"]


def test_job_row_follows_the_documents(make_handler, write):
    seen = []

    class Slow:
        @hookimpl
        def extract(self):
            threading.Event().wait(0.06)  # longer than results wait for each other
            return ()

    handler = make_handler(Slow())

    def note(_):
        job = handler.list_jobs()[0]
        seen.append((job["status"], job["processed_documents"]))

    handler.process([str(p) for p in write(a="note", b="note 2", c="note 3")], on_result=note)

    assert seen == [("processing", 1), ("processing", 2), ("processing", 3)]


def test_observers_and_callbacks_hear_of_everything(make_handler, write):
    heard = []

    class Observer:
        @hookimpl
        def on_job_started(self, job_id, total_documents):
            heard.append(("started", total_documents))

        @hookimpl
        def on_result(self, result):
            heard.append(result.file_name)

        @hookimpl
        def on_job_finished(self, summary):
            heard.append(("finished", summary.status.value))

    handler = make_handler(Observer())
    totals = []

    handler.process([str(p) for p in write(a="note", b="")], on_total=totals.append)

    assert totals == [2]
    assert heard == [("started", 2), "a.txt", "b.txt", ("finished", "completed_with_errors")]


def test_observers_hear_of_positions_and_of_an_interrupted_job(make_handler, write):
    heard = []
    stop = threading.Event()

    class Observer:
        @hookimpl
        def on_job_started(self, total_documents, waiting_documents, settings):
            heard.append(("started", total_documents, waiting_documents, settings.workers))

        @hookimpl
        def on_result(self, position, result):
            heard.append((position, result.file_name))
            stop.set()

        @hookimpl
        def on_job_interrupted(self, waiting_documents):
            heard.append(("interrupted", waiting_documents))

        @hookimpl
        def on_job_finished(self, summary):
            heard.append("finished")

    handler = make_handler(Observer())
    paths = [str(path) for path in write(a="note 1", b="note 2", c="note 3")]

    job_id = handler.process(paths, stop=stop).job_id
    assert heard == [("started", 3, 3, 1), (1, "a.txt"), ("interrupted", 2)]

    heard.clear()
    handler.resume(job_id)
    assert heard == [("started", 3, 2, 1), (2, "b.txt"), (3, "c.txt"), "finished"]


def test_observers_hear_of_a_job_whose_storage_refuses(make_handler, write):
    heard = []

    class Refusing:
        @hookimpl
        def store(self):
            raise StorageFailedError("the disk is full")

        @hookimpl
        def on_job_interrupted(self, waiting_documents):
            heard.append(waiting_documents)

        @hookimpl
        def on_job_finished(self):
            heard.append("finished")

    paths = write(a="note 1", b="note 2", c="note 3")
    with pytest.raises(StorageFailedError):
        make_handler(Refusing()).process_batch_from_paths(paths)

    assert heard == [3]


def counts(states):
    return [
        (
            state.total_documents,
            state.processed_documents,
            state.failed_documents,
            state.skipped_documents,
        )
        for state in states
    ]


def test_progress_is_told_from_listing_to_the_last_result(make_handler, write):
    states = []
    paths = write(a="note 1", b="", c="note 1", d="note 2")

    summary = make_handler().process_batch_from_paths(paths, progress=states.append)

    assert {state.job_id for state in states} == {summary.job_id}
    assert counts(states)[:2] == [(None, 0, 0, 0), (4, 0, 0, 0)]
    assert counts(states)[-1] == (4, 4, 1, 1)
    assert [state.processed_documents for state in states[1:]] == [0, 1, 2, 3, 4]


def test_progress_of_documents_in_memory_counts_those_to_review(make_handler):
    states = []

    class Doubter:
        @hookimpl
        def check(self):
            return [Finding(code="doubtful", severity=Severity.WARNING, message="look")]

    handler = make_handler(Doubter())
    items = [{"file_name": "a.txt", "file_data": b"note 1"}]

    handler.process_batch_from_bytes(items, progress=states.append)

    assert [state.review_documents for state in states] == [0, 0, 1]


def test_progress_of_the_handler_gives_way_to_that_of_a_call(make_handler, write):
    usual, once = [], []
    paths = write(a="note 1")
    handler = make_handler(progress=usual.append)

    handler.process_batch_from_paths(paths, progress=once.append)
    assert (len(usual), len(once)) == (0, 3)
    job_id = handler.process(map(str, paths)).job_id
    assert len(usual) == 3
    handler.resume(job_id)

    assert counts(usual)[-1] == (1, 1, 0, 0)
    assert len(once) == 3


def test_progress_of_a_resumed_job_counts_what_was_done_before(make_handler, write):
    states = []
    stop = threading.Event()
    paths = [str(path) for path in write(a="", b="note 2", c="note 3")]
    handler = make_handler()
    job_id = handler.process(paths, on_result=lambda _: stop.set(), stop=stop).job_id

    handler.resume(job_id, progress=states.append)

    assert counts(states) == [(3, 1, 1, 0), (3, 2, 1, 0), (3, 3, 1, 0)]


def test_progress_that_raises_is_logged_and_costs_nothing(make_handler, write, tmp_path):
    def fail(state):
        raise ValueError("Jane Doe")

    summary = make_handler().process_batch_from_paths(write(a="note"), progress=fail)

    log = (tmp_path / "log.jsonl").read_text()
    assert summary.status is JobStatus.COMPLETED
    assert log.count('"progress_failed"') == 3
    assert "ValueError" in log
    assert "Jane" not in log


def test_broken_observer_costs_nothing(make_handler, write):
    class Observer:
        @hookimpl
        def on_result(self, result):
            raise RuntimeError

    summary = make_handler(Observer()).process_batch_from_paths(write(a="note"))

    assert summary.status is JobStatus.COMPLETED


def test_stop_finishes_what_is_at_hand_and_leaves_the_rest_queued(make_handler, write):
    stop = threading.Event()
    handler = make_handler()
    paths = [str(p) for p in write(a="note 1", b="note 2", c="note 3")]

    class StopAtOnce:
        @hookimpl
        def extract(self):
            stop.set()
            return ()

    handler = make_handler(StopAtOnce())
    summary = handler.process(paths, stop=stop)

    assert summary.status is JobStatus.QUEUED
    assert summary.end_time is None
    assert outcomes(summary) == [("a.txt", "success", None)]
    status = handler.get_job_status(summary.job_id)
    assert (status["status"], status["processed_documents"]) == ("queued", 1)


def test_interruption_keeps_what_was_final(make_handler, write):
    handler = make_handler()

    def interrupt(result):
        if result.file_name == "b.txt":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        handler.process(
            [str(p) for p in write(a="note 1", b="note 2", c="note 3")], on_result=interrupt
        )

    job = handler.list_jobs()[0]
    assert job["status"] == "queued"
    assert job["processed_documents"] == len(handler.get_summary(job["job_id"]).results) >= 2


def test_result_that_a_store_never_had_is_not_reused(make_handler, write, tmp_path):
    stored = []

    class Shelf:
        @hookimpl
        def store(self, result):
            stored.append(result.file_name)

    (path,) = write(a="note 1")
    settings = {"home": tmp_path / "same"}
    make_handler(**settings).process_batch_from_paths([path])

    with_shelf = make_handler(Shelf(), **settings).process_batch_from_paths([path])
    again = make_handler(Shelf(), **settings).process_batch_from_paths([path])
    elsewhere = make_handler(
        Shelf(), **settings, objects=str(tmp_path / "new")
    ).process_batch_from_paths([path])

    assert [s.results[0].reused for s in (with_shelf, again, elsewhere)] == [False, True, False]
    assert stored == ["a.txt", "a.txt"]


def test_stores_have_of_a_reused_result_what_the_last_run_says(make_handler, tmp_path):
    stored = []

    class Shelf:
        @hookimpl
        def store(self, result):
            stored.append((result.loan_id, result.reused))

    def run(loan_id, **settings):
        item = {"file_name": "a.txt", "file_data": b"note 1", "loan_id": loan_id}
        handler = make_handler(Shelf(), home=tmp_path / "same", **settings)
        (result,) = handler.process_batch_from_bytes([item]).results
        return result.loan_id, result.reused

    told = [run("A"), run("A"), run("B"), run("B"), run("A")]
    other = run("A", review_threshold=0.5)
    back = [run("A"), run("A")]

    assert told == [("A", False), ("A", True), ("B", True), ("B", True), ("A", True)]
    assert (other, *back) == (("A", False), ("A", True), ("A", True))
    assert stored == [("A", False), ("B", True), ("A", True), ("A", False), ("A", True)]


def test_reused_result_that_cannot_be_stored_fails(make_handler, tmp_path):
    class Picky:
        @hookimpl
        def store(self, result):
            if result.loan_id == "B":
                raise OSError("no space left")

    def run(loan_id):
        item = {"file_name": "a.txt", "file_data": b"note 1", "loan_id": loan_id}
        handler = make_handler(Picky(), home=tmp_path / "same")
        summary = handler.process_batch_from_bytes([item])
        return [(result.status.value, result.error_code) for result in summary.results]

    assert run("A") == [("success", None)]
    assert run("B") == [("failed", "storage_failed")]
    assert run("A") == [("success", None)]


def test_failure_to_store_fails_the_result_and_may_be_retried(make_handler, write):
    class Full:
        @hookimpl
        def store(self, result):
            if result.file_name == "a.txt":
                raise OSError("no space left for Jane Sample")
            return Receipt(what="original", where="somewhere")

    summary = make_handler(Full()).process_batch_from_paths(write(a="note 1", b="note 2"))

    failed, good = summary.results
    assert (failed.error_code, failed.retryable) == ("storage_failed", True)
    assert failed.error_type.value == "processing_error"
    assert "Jane" not in failed.error_message
    assert good.status is ResultStatus.SUCCESS


def test_store_hook_is_asked_for_successes_only(make_handler, write):
    stored = []

    class Store:
        @hookimpl
        def store(self, result):
            stored.append(result.file_name)

    make_handler(Store()).process_batch_from_paths(write(a="note", b="", c="note"))

    assert stored == ["a.txt"]


def test_executor_that_answers_nonsense_fails_the_document(make_handler, write):
    from loanbatch.executors import InlineExecutor

    class Nonsense(InlineExecutor):
        def submit(self, fn, /, *args, **kwargs):
            return super().submit(dict)

    class Plugin:
        @hookimpl
        def get_executor(self):
            return Nonsense()

    summary = make_handler(Plugin()).process_batch_from_paths(write(a="note"))

    assert summary.results[0].error_code == "plugin_error"


def test_failing_executor_plugin_ends_the_job_before_its_first_document(make_handler, write):
    class Plugin:
        @hookimpl
        def get_executor(self):
            raise StorageFailedError("the cluster cannot be reached")

    handler = make_handler(Plugin())

    with pytest.raises(StorageFailedError):
        handler.process_batch_from_paths(write(a="note"))

    assert handler.list_jobs()[0]["processed_documents"] == 0


def test_attempts_and_events_are_recorded(make_handler, write):
    handler = make_handler()
    job_id = handler.process_batch_from_paths(write(a="note", b="")).job_id
    handler.close()

    database = connect(handler.settings.database)
    attempts = database.execute_sql(
        "select r.file_name, a.outcome, a.started_at <= a.ended_at from attempts a"
        " join results r on r.id = a.result_id order by r.position"
    ).fetchall()
    events = database.execute_sql("select event, job_id from events order by id").fetchall()
    database.close()

    assert attempts == [("a.txt", "success", 1), ("b.txt", "empty", 1)]
    names = ("job_created", "job_started", "job_finished")
    assert events == [(name, job_id) for name in names]


def test_summary_goes_through_json(make_handler, write):
    summary = make_handler().process_batch_from_paths(write(a="note x=1.5", b=""))

    plain = json.loads(json.dumps(summary.to_dict()))

    assert plain["results"][0]["documents"][0]["fields"]["x"]["value"] == "1.5"
    assert plain["results"][1]["error_code"] == "empty"
    assert datetime.fromisoformat(plain["end_time"]) == summary.end_time


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_disk_that_fills_ends_the_run_and_loses_nothing_recorded(make_handler, write):
    handler = make_handler()
    handler.list_jobs()
    fill = threading.Event()

    def on_result(_):
        if not fill.is_set():
            fill.set()
            database = handler._store._database
            database.execute_sql("VACUUM")
            (pages,) = database.execute_sql("PRAGMA page_count").fetchone()
            database.execute_sql(f"PRAGMA max_page_count = {pages}")

    texts = {f"n{number}": "note a=" + "x" * 90_000 + str(number) for number in range(200)}
    paths = [str(path) for path in write(first="note", **texts)]

    with pytest.raises(StorageFailedError) as caught:
        handler.process(paths, on_result=on_result)

    (job,) = handler.list_jobs()
    recorded = job["processed_documents"]
    message = caught.value.message
    assert handler.settings.database.removeprefix("sqlite:///") in message
    assert "disk full" in message
    assert f"{recorded} of 201 documents were recorded" in message
    assert f"loanbatch resume {job['job_id']}" in message
    assert (job["status"], job["resumable"]) == ("queued", True)

    handler.close()
    summary = handler.resume(job["job_id"])

    assert summary.successful_documents == 201
    assert not any(result.reused for result in summary.results)


def test_source_that_was_not_started_says_both_ways_to_ask_for_that(make_handler, write):
    handler = make_handler()

    summary = handler.process_batch_from_paths(write(a="", b="note"), continue_on_failure=False)

    message = summary.results[1].error_message
    assert "--fail-fast" in message
    assert "continue_on_failure=False" in message
