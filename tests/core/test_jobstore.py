"""The job records: what is counted, what survives, in which order things come back."""

import os
import sqlite3
import subprocess
import sys
import textwrap
import threading
import time
from contextlib import closing
from datetime import UTC, datetime

import pytest
from attrs import evolve
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from loanbatch.errors import (
    DuplicateError,
    EmptyError,
    JobHeldError,
    LeaseLostError,
    SettingsError,
    StorageFailedError,
    UnknownJobError,
    UnknownRecordError,
    WorkerCrashedError,
)
from loanbatch.jobstore import LEASE_SECONDS, MOST_WORKER_DEATHS, JobStore, Record
from loanbatch.jobstore import _statements as sql
from loanbatch.models import Source
from loanbatch.pipeline import failed_result
from loanbatch.results import BatchProcessingResult, JobStatus, ResultStatus, document_id

NOW = datetime(2024, 5, 6, 7, 8, 9, tzinfo=UTC)


def sqlite_url(folder):
    return f"sqlite:///{folder}/jobs.db"


@pytest.fixture
def url(database_url):
    return database_url


@pytest.fixture
def store(url):
    opened = JobStore(url)
    yield opened
    opened.close()


@pytest.fixture
def sqlite_store(tmp_path):
    opened = JobStore(sqlite_url(tmp_path))
    yield opened
    opened.close()


def source(name="a.pdf", **changes):
    return Source(file_name=name, location=f"/in/{name}", **changes)


def success(queued, sha256="0" * 64, **changes):
    result = BatchProcessingResult(
        file_name=queued.source.file_name,
        source=queued.source.location,
        status=ResultStatus.SUCCESS,
        sha256=sha256,
        document_id=document_id(sha256),
        loan_id="L-1",
        timestamp=NOW,
    )
    return evolve(result, **changes)


def failure(queued):
    return failed_result(queued.source, EmptyError("empty"))


def record(store, job_id, *pairs, **changes):
    records = [Record(queued=q, result=r, started_at=NOW, **changes) for q, r in pairs]
    store.record(job_id, records, fingerprint="f")


def new_job(store, *names, **changes):
    job_id = store.create_job("f")
    store.queue(job_id, [source(name, **changes) for name in names])
    return job_id


def test_new_job_is_queued_then_processing(store):
    job_id = store.create_job("f")
    before = store.job_status(job_id)

    store.queue(job_id, [source("a.pdf"), source("b.pdf")])

    assert (before["status"], before["total_documents"]) == ("queued", 0)
    after = store.job_status(job_id)
    assert (after["status"], after["total_documents"]) == ("processing", 2)
    assert after["completed_at"] is None
    assert datetime.fromisoformat(after["created_at"]).tzinfo is not None


def test_status_of_unknown_job_is_an_error_that_tells_where_to_look(store):
    with pytest.raises(UnknownJobError, match="no job has the id 'job-7'; `loanbatch jobs` lists"):
        store.job_status("job-7")
    with pytest.raises(UnknownJobError):
        store.summary("job-7")


def test_sources_come_by_priority_then_in_input_order(store):
    job_id = store.create_job("f")
    priorities = [0, 5, 0, 5, -1]
    store.queue(job_id, [source(f"{n}.pdf", priority=p) for n, p in enumerate(priorities)])

    assert [q.source.file_name[0] for q in store.queued(job_id)] == ["1", "3", "0", "2", "4"]


def test_more_sources_than_a_portion_are_listed_once_each(sqlite_store):
    job_id = sqlite_store.create_job("f")
    total = sqlite_store.queue(job_id, (source(f"{n}.pdf", priority=n % 3) for n in range(1203)))

    positions = [queued.position for queued in sqlite_store.queued(job_id)]

    assert total == 1203
    assert sorted(positions) == list(range(1203))


def test_listing_goes_on_while_results_are_recorded(sqlite_store):
    job_id = sqlite_store.create_job("f")
    sqlite_store.queue(job_id, (source(f"{n}.pdf") for n in range(1100)))

    seen = 0
    for queued in sqlite_store.queued(job_id):
        record(sqlite_store, job_id, (queued, failure(queued)))
        seen += 1

    assert seen == 1100
    assert sqlite_store.job_status(job_id)["failed_documents"] == 1100


def test_recording_twice_counts_once(store):
    job_id = new_job(store, "a.pdf")
    (queued,) = store.queued(job_id)

    record(store, job_id, (queued, success(queued)))
    record(store, job_id, (queued, failure(queued)))

    status = store.job_status(job_id)
    assert (status["processed_documents"], status["successful_documents"]) == (1, 1)
    assert status["failed_documents"] == 0
    assert [r.status for r in store.summary(job_id).results] == [ResultStatus.SUCCESS]


def test_results_come_in_input_order_and_one_by_one(store):
    job_id = new_job(store, *(f"{n}.pdf" for n in range(5)))
    for queued in reversed(list(store.queued(job_id))):
        record(store, job_id, (queued, success(queued, sha256=f"{queued.position:064}")))

    results = store.summary(job_id).results

    names = [f"{n}.pdf" for n in range(5)]
    assert [r.file_name for r in results] == names
    assert [results[n].file_name for n in range(5)] == names
    assert results[-1].file_name == "4.pdf"
    assert [r.file_name for r in results[1:3]] == names[1:3]
    assert len(results) == 5
    for index in (5, -6):
        with pytest.raises(IndexError):
            results[index]


def test_results_of_long_jobs_are_read_in_portions(sqlite_store):
    job_id = new_job(sqlite_store, *(f"{n}.pdf" for n in range(250)))
    pairs = [(q, failure(q)) for q in sqlite_store.queued(job_id)]
    record(sqlite_store, job_id, *pairs)

    names = [r.file_name for r in sqlite_store.summary(job_id).results]

    assert names == [f"{n}.pdf" for n in range(250)]


def test_reused_result_is_the_first_ones_under_its_own_name(store):
    first, second = new_job(store, "a.pdf"), new_job(store, "b.pdf")
    (queued,) = store.queued(first)
    record(store, first, (queued, success(queued, page_count=3)))
    row_id, earlier = store.find_success("0" * 64, "f")
    (copy,) = store.queued(second)

    record(store, second, (copy, evolve(earlier, file_name="b.pdf")), reused_from=row_id)

    (result,) = store.summary(second).results
    assert (result.file_name, result.page_count, result.reused) == ("b.pdf", 3, True)


def test_success_is_found_by_bytes_and_fingerprint(store):
    job_id = new_job(store, "a.pdf", "b.pdf")
    good, bad = store.queued(job_id)
    record(store, job_id, (good, success(good)), (bad, failure(bad)))

    assert store.find_success("0" * 64, "f")[1].file_name == "a.pdf"
    assert store.find_success("0" * 64, "other") is None
    assert store.find_success("1" * 64, "f") is None


def test_records_are_found_by_document_and_by_loan(store):
    job_id = new_job(store, "a.pdf")
    (queued,) = store.queued(job_id)
    sha256 = os.urandom(32).hex()
    record(store, job_id, (queued, success(queued, sha256=sha256, loan_id=f"L-{sha256}")))

    by_document = store.find(document_id(sha256))
    by_loan = store.find(f"L-{sha256}")

    assert [r.file_name for r in by_document] == [r.file_name for r in by_loan] == ["a.pdf"]
    with pytest.raises(UnknownRecordError, match="no stored document or loan has the id 'nobody'"):
        store.find("nobody")


def test_jobs_are_listed_newest_first(store):
    ids = [store.create_job("f") for _ in range(3)]

    assert [job["job_id"] for job in store.jobs(2)] == ids[:0:-1]


def test_interrupted_job_keeps_its_queue(store):
    job_id = new_job(store, "a.pdf", "b.pdf")
    queued = next(iter(store.queued(job_id)))
    record(store, job_id, (queued, success(queued)))

    store.interrupt(job_id)

    assert store.job_status(job_id)["status"] == "queued"
    assert [q.source.file_name for q in store.queued(job_id)] == ["b.pdf"]


def test_finished_job_has_an_end(store):
    job_id = new_job(store, "a.pdf")

    store.finish(job_id, JobStatus.COMPLETED)

    summary = store.summary(job_id)
    assert summary.status is JobStatus.COMPLETED
    assert summary.end_time >= summary.start_time


@pytest.mark.parametrize("text", ["half \ud800 character", "null \0 character", "बैंक ₹ 🏠"])
def test_texts_that_databases_refuse_do_not_stop_a_job(store, text):
    job_id = new_job(store, text, loan_id=text)
    (queued,) = store.queued(job_id)

    record(store, job_id, (queued, success(queued, loan_id=text, error_message=text)))

    (result,) = store.summary(job_id).results
    assert result.loan_id == text  # the payload has it as it was


def test_store_opens_again_after_closing(sqlite_store):
    job_id = new_job(sqlite_store, "a.pdf")
    sqlite_store.close()

    assert sqlite_store.job_status(job_id)["total_documents"] == 1


def test_migrating_twice_changes_nothing(tmp_path):
    stores = [JobStore(sqlite_url(tmp_path)) for _ in range(2)]
    job_id = stores[0].create_job("f")

    assert stores[1].job_status(job_id)["job_id"] == job_id
    for opened in stores:
        opened.close()


def test_database_of_a_newer_loanbatch_is_refused(tmp_path):
    JobStore(sqlite_url(tmp_path)).close()
    with sqlite3.connect(tmp_path / "jobs.db") as database:
        database.execute("update schema_versions set version = 99 where component = 'jobs'")
    database.close()

    with pytest.raises(SettingsError, match="install a newer loanbatch"):
        JobStore(sqlite_url(tmp_path))


@pytest.mark.parametrize(
    "url",
    [
        "sqlite:////proc/nowhere/jobs.db",
        "postgresql://nobody@127.0.0.1:1/none",
        "nonsense://x",
        "nonsense",
    ],
)
def test_database_that_cannot_be_opened_is_an_error_without_its_address(url):
    with pytest.raises(StorageFailedError) as caught:
        JobStore(url)

    assert "nobody" not in caught.value.message


def test_file_that_is_no_database_is_an_error(tmp_path):
    (tmp_path / "jobs.db").write_text("these are not the tables you are looking for" * 100)

    with pytest.raises(StorageFailedError):
        JobStore(sqlite_url(tmp_path))


def test_stores_in_two_threads_do_not_mix(tmp_path):
    counts = {}

    def work(name):
        (tmp_path / name).mkdir()
        opened = JobStore(sqlite_url(tmp_path / name))
        for _ in range(20):
            job_id = new_job(opened, f"{name}.pdf")
            (queued,) = opened.queued(job_id)
            record(opened, job_id, (queued, success(queued)))
        names = {
            r.file_name for job in opened.jobs(99) for r in opened.summary(job["job_id"]).results
        }
        counts[name] = (len(opened.jobs(99)), names)
        opened.close()

    threads = [threading.Thread(target=work, args=[name]) for name in ("one", "two")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert counts == {"one": (20, {"one.pdf"}), "two": (20, {"two.pdf"})}


steps = st.lists(
    st.one_of(
        st.tuples(st.just("record"), st.integers(0, 5), st.sampled_from(list(ResultStatus))),
        st.tuples(st.just("interrupt"), st.just(0), st.just(None)),
        st.tuples(st.just("reopen"), st.just(0), st.just(None)),
    ),
    max_size=12,
)


@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=40
)
@given(steps)
def test_counters_equal_the_rows_whatever_happens(sqlite_store, happenings):
    job_id = new_job(sqlite_store, *(f"{n}.pdf" for n in range(6)))
    sources = sorted(sqlite_store.queued(job_id), key=lambda queued: queued.position)

    for what, number, status in happenings:
        if what == "record":
            result = evolve(success(sources[number]), status=status)
            record(sqlite_store, job_id, (sources[number], result))
        elif what == "interrupt":
            sqlite_store.interrupt(job_id)
            sqlite_store.take(job_id, "f")
        else:
            sqlite_store.close()

    summary = sqlite_store.summary(job_id)
    statuses = [result.status for result in summary.results]
    assert summary.processed_documents == len(statuses)
    assert summary.successful_documents == statuses.count(ResultStatus.SUCCESS)
    assert summary.failed_documents == statuses.count(ResultStatus.FAILED)
    assert summary.skipped_documents == statuses.count(ResultStatus.SKIPPED)
    assert len(list(sqlite_store.queued(job_id))) == 6 - len(statuses)


KILLED = """
import sys
from loanbatch import BatchProcessingHandler, hookimpl, load_settings
from loanbatch.models import *
from attrs import evolve

class Reader:
    @hookimpl
    def validate(self, source):
        return Validation(source=evolve(source, media_type="text/plain", page_count=1))
    @hookimpl
    def read_pages(self):
        word = Word("note", 1, 1, 2, 2)
        return [Page(number=1, width=9, height=9, words=(word,), text_source=TextSource.TEXT_LAYER)]

home, bundled, executor = sys.argv[1:]
handler = BatchProcessingHandler(
    load_settings({"home": home, "no_plugins": bundled.split(","), "executor": executor,
                   "log_level": "critical"}),
    [Reader()],
)
print("ready", flush=True)
while True:
    for start in range(0, 400, 40):
        handler.process_batch_from_bytes(
            {"file_name": f"{n}.txt", "file_data": b"%d" % n} for n in range(start, start + 40)
        )
"""


@pytest.mark.parametrize("executor", ["inline", "isolated"])
def test_killed_coordinator_leaves_records_that_add_up(tmp_path, bundled, executor, make_handler):
    script = tmp_path / "killed.py"
    script.write_text(textwrap.dedent(KILLED))
    home = tmp_path / "home"
    for delay in (0.02, 0.11, 0.3):
        with subprocess.Popen(
            [sys.executable, script, home, ",".join(bundled), executor], stdout=subprocess.PIPE
        ) as process:
            assert process.stdout.readline() == b"ready\n"
            time.sleep(delay)
            process.kill()

    handler = make_handler()

    summary = handler.process_batch_from_bytes([{"file_name": "a.txt", "file_data": b"note x=1"}])
    assert summary.status is JobStatus.COMPLETED
    for job in handler.list_jobs(1000):
        results = list(handler.get_summary(job["job_id"]).results)
        assert job["processed_documents"] == len(results)
        assert job["processed_documents"] <= job["total_documents"]
        assert job["status"] in ("queued", "processing", "completed")
        if job["status"] == "completed":
            assert job["processed_documents"] == job["total_documents"]


def crashed(queued):
    return failed_result(queued.source, WorkerCrashedError("the worker died"))


def test_job_at_work_is_refused_to_others(store, url):
    job_id = new_job(store, "a.pdf")
    other = JobStore(url)

    with pytest.raises(JobHeldError, match=f"{job_id} is being worked on by process {os.getpid()}"):
        other.take(job_id, "f")

    assert not store.job_status(job_id)["resumable"]
    other.close()


def test_interrupted_job_can_be_taken_by_others_and_only_they_record(store, url):
    job_id = new_job(store, "a.pdf", "b.pdf")
    (first, second) = store.queued(job_id)
    record(store, job_id, (first, success(first)))
    store.interrupt(job_id)
    assert store.job_status(job_id)["resumable"]
    other = JobStore(url)

    found = other.take(job_id, "g")

    assert (found.total, found.processed, found.is_listed) == (2, 1, True)
    assert found.fingerprint == "f"
    with pytest.raises(LeaseLostError):
        record(store, job_id, (second, success(second)))
    assert store.job_status(job_id)["processed_documents"] == 1
    record(other, job_id, (second, success(second)))
    assert store.job_status(job_id)["processed_documents"] == 2
    other.close()


def test_store_that_lost_a_job_does_not_interrupt_it(store, url):
    job_id = new_job(store, "a.pdf")
    store.interrupt(job_id)
    other = JobStore(url)
    other.take(job_id, "f")
    other.begin(job_id)

    store.interrupt(job_id)

    assert not store.renew(job_id)
    assert other.renew(job_id)
    assert store.job_status(job_id)["status"] == "processing"
    other.close()


@pytest.mark.parametrize(
    "change",
    [
        lambda store, job_id: store.begin(job_id),
        lambda store, job_id: store.queue(job_id, [source("late.pdf")]),
        lambda store, job_id: store.forget_sources(job_id),
        lambda store, job_id: store.requeue(job_id, every=True),
        lambda store, job_id: store.finish(job_id, JobStatus.COMPLETED),
    ],
    ids=["begin", "queue", "forget_sources", "requeue", "finish"],
)
def test_store_that_lost_a_job_changes_nothing_of_it(store, url, change):
    job_id = new_job(store, "a.pdf", "b.pdf")
    first, _ = store.queued(job_id)
    record(store, job_id, (first, failure(first)))
    store.interrupt(job_id)
    other = JobStore(url)
    other.take(job_id, "f")
    before = other.job_status(job_id)

    with pytest.raises(LeaseLostError, match=job_id):
        change(store, job_id)

    assert other.job_status(job_id) == before
    assert [item.source.file_name for item in other.queued(job_id)] == ["b.pdf"]
    assert other.renew(job_id)
    other.close()


def test_job_of_a_process_that_gave_no_sign_of_life_can_be_taken(store, url, monkeypatch):
    job_id = new_job(store, "a.pdf")
    now = time.time()
    other = JobStore(url)

    monkeypatch.setattr(time, "time", lambda: now + LEASE_SECONDS - 1)
    with pytest.raises(JobHeldError):
        other.take(job_id, "f")
    monkeypatch.setattr(time, "time", lambda: now + LEASE_SECONDS + 1)
    other.take(job_id, "f")

    assert not store.renew(job_id)
    other.close()


def test_lease_that_is_renewed_lasts(store, url, monkeypatch):
    job_id = new_job(store, "a.pdf")
    now = time.time()
    other = JobStore(url)

    monkeypatch.setattr(time, "time", lambda: now + LEASE_SECONDS - 1)
    assert store.renew(job_id)
    monkeypatch.setattr(time, "time", lambda: now + LEASE_SECONDS + 1)

    with pytest.raises(JobHeldError):
        other.take(job_id, "f")
    other.close()


@pytest.mark.skipif(sys.platform == "win32", reason="nothing tells there that a process ended")
def test_job_of_a_process_that_ended_can_be_taken_at_once(tmp_path):
    url = sqlite_url(tmp_path)
    program = (
        "import sys; from loanbatch.jobstore import JobStore;"
        "store = JobStore(sys.argv[1]); print(store.create_job('f', inputs='{}'))"
    )
    job_id = subprocess.run(
        [sys.executable, "-c", program, url], capture_output=True, text=True, check=True
    ).stdout.strip()
    store = JobStore(url)

    assert store.job_status(job_id)["resumable"]
    assert store.take(job_id, "f").is_listed is False
    store.close()


def test_finished_job_is_not_resumable(store):
    job_id = new_job(store)
    store.finish(job_id, JobStatus.COMPLETED)

    assert not store.job_status(job_id)["resumable"]


def test_only_what_may_end_otherwise_is_taken_back(store):
    job_id = new_job(store, "dead.pdf", "empty.pdf", "good.pdf")
    dead, empty, good = store.queued(job_id)
    record(store, job_id, (dead, crashed(dead)), (empty, failure(empty)), (good, success(good)))

    requeued = store.requeue(job_id)

    assert (requeued.count, requeued.hopeless, requeued.quarantined) == (1, 1, 0)
    assert [q.source.file_name for q in store.queued(job_id)] == ["dead.pdf"]
    status = store.job_status(job_id)
    assert (status["processed_documents"], status["failed_documents"]) == (2, 1)
    assert store.requeue(job_id, every=True).count == 1


def test_duplicates_of_what_is_taken_back_are_too(store):
    job_id = new_job(store, "a.pdf", "b.pdf", "c.pdf")
    first, same, other = store.queued(job_id)
    content, otherwise = "1" * 64, "2" * 64
    duplicate = evolve(
        failed_result(same.source, DuplicateError("same")), status=ResultStatus.SKIPPED
    )
    record(
        store,
        job_id,
        (first, evolve(crashed(first), sha256=content)),
        (same, evolve(duplicate, sha256=content)),
        (other, evolve(duplicate, file_name="c.pdf", sha256=otherwise)),
    )

    assert store.requeue(job_id).count == 2

    status = store.job_status(job_id)
    assert (status["failed_documents"], status["skipped_documents"]) == (0, 1)


def test_document_that_killed_three_workers_is_set_aside(store):
    job_id = new_job(store, "a.pdf")
    for _ in range(MOST_WORKER_DEATHS):
        (queued,) = store.queued(job_id)
        record(store, job_id, (queued, crashed(queued)))
        requeued = store.requeue(job_id)

    assert (requeued.count, requeued.quarantined) == (0, 1)
    assert store.requeue(job_id, every=True).quarantined == 1
    assert store.requeue(job_id, quarantined=True).count == 1


def test_documents_set_aside_are_taken_back_without_other_hopeless_failures(store):
    job_id = new_job(store, "dead.pdf", "empty.pdf")
    _, empty = store.queued(job_id)
    record(store, job_id, (empty, failure(empty)))
    for _ in range(MOST_WORKER_DEATHS):
        (queued,) = store.queued(job_id)
        record(store, job_id, (queued, crashed(queued)))
        store.requeue(job_id)

    requeued = store.requeue(job_id, quarantined=True)

    assert (requeued.count, requeued.hopeless, requeued.quarantined) == (1, 1, 0)
    assert [item.source.file_name for item in store.queued(job_id)] == ["dead.pdf"]


def test_obstacles_of_sources_come_back_as_they_were(store):
    job_id = store.create_job("f")
    errors = [EmptyError("empty"), None]
    store.queue(job_id, [source("a.pdf"), source("b.pdf")], obstacle=lambda n: errors[n])

    first, second = store.queued(job_id)

    assert isinstance(first.obstacle, EmptyError)
    assert first.obstacle.message == "empty"
    assert second.obstacle is None


#: The job tables as version 1 made them.
VERSION_1 = """
CREATE TABLE schema_versions (component VARCHAR(255) NOT NULL PRIMARY KEY,
 version INTEGER NOT NULL);
INSERT INTO schema_versions VALUES ('jobs', 1);
CREATE TABLE processing_jobs (job_id VARCHAR(255) NOT NULL PRIMARY KEY,
 status VARCHAR(255) NOT NULL,
 total_documents INTEGER NOT NULL, processed_documents INTEGER NOT NULL,
 successful_documents INTEGER NOT NULL, failed_documents INTEGER NOT NULL,
 skipped_documents INTEGER NOT NULL, fingerprint VARCHAR(255) NOT NULL,
 created_at VARCHAR(255) NOT NULL, completed_at VARCHAR(255));
CREATE TABLE results (id INTEGER NOT NULL PRIMARY KEY, job_id VARCHAR(255) NOT NULL,
 position INTEGER NOT NULL, priority INTEGER NOT NULL, file_name TEXT NOT NULL,
 location TEXT NOT NULL, status VARCHAR(255) NOT NULL, sha256 VARCHAR(255),
 document_id VARCHAR(255), loan_id VARCHAR(255), error_type VARCHAR(255), error_code VARCHAR(255),
 needs_review INTEGER NOT NULL, processing_time REAL NOT NULL, timestamp VARCHAR(255),
 fingerprint VARCHAR(255), payload TEXT, reused_from INTEGER);
CREATE TABLE attempts (id INTEGER NOT NULL PRIMARY KEY, result_id INTEGER NOT NULL,
 started_at VARCHAR(255) NOT NULL, ended_at VARCHAR(255) NOT NULL, outcome VARCHAR(255) NOT NULL);
CREATE TABLE events (id INTEGER NOT NULL PRIMARY KEY, job_id VARCHAR(255) NOT NULL,
 position INTEGER, moment VARCHAR(255) NOT NULL, event VARCHAR(255) NOT NULL, detail TEXT NOT NULL);
INSERT INTO processing_jobs VALUES ('job-1', 'processing', 1, 0, 0, 0, 0, 'f',
 '2024-05-06T07:08:09+00:00', NULL);
INSERT INTO results VALUES (1, 'job-1', 0, 0, 'a.pdf', '/in/a.pdf', 'queued', NULL, NULL, NULL,
 NULL, NULL, 0, 0.0, NULL, NULL, NULL, NULL);
"""


def test_job_of_an_earlier_version_can_be_gone_on_with(tmp_path):
    with sqlite3.connect(tmp_path / "jobs.db") as database:
        database.executescript(VERSION_1)
    database.close()
    store = JobStore(sqlite_url(tmp_path))

    assert store.take("job-1", "f").is_listed
    (queued,) = store.queued("job-1")
    record(store, "job-1", (queued, success(queued)))

    assert store.job_status("job-1")["successful_documents"] == 1
    store.close()


@pytest.mark.parametrize(
    ("statement", "values", "index"),
    [
        (sql.QUEUED, ("j", 5, 7, 500), "results_queued"),
        (sql.NEXT_PRIORITY, ("j", 5), "results_queued"),
        (sql.FIRST_WITH_CONTENT, ("j", "00"), "resultrow_job_id_sha256"),
        (sql.SUCCESS_WITH_CONTENT, ("d", "00", "f"), "resultrow_document_id"),
    ],
)
def test_what_is_asked_for_each_document_does_not_lead_through_the_whole_job(
    tmp_path, statement, values, index
):
    """A hundred thousand documents would cost a hundred thousand times as much each."""
    JobStore(sqlite_url(tmp_path)).close()

    with closing(sqlite3.connect(tmp_path / "jobs.db")) as database:
        plan = database.execute(f"EXPLAIN QUERY PLAN {statement}", values).fetchall()

    assert index in plan[0][-1]
