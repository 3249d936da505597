"""The coordinator at work: has queued sources processed, stores and records results.

It alone writes. A source goes through exactly one of: failed before it started (cannot be read),
skipped (the same bytes came earlier), reused (an earlier run has the result), processed in the
executor. Storing comes before the job record: an interruption leaves at most something stored that
the next run stores again, identically.
"""

from __future__ import annotations

import contextlib
import time
from concurrent.futures import FIRST_COMPLETED, Future, wait
from datetime import UTC, datetime
from typing import Any

from attrs import evolve

from loanbatch import hookcalls
from loanbatch._logging import get_logger
from loanbatch.errors import (
    DuplicateError,
    LeaseLostError,
    LoanbatchError,
    NotStartedError,
    PluginError,
    StorageFailedError,
)
from loanbatch.executors import (
    InlineExecutor,
    IsolatedExecutor,
    is_termination,
)
from loanbatch.forks import at_rest, at_work
from loanbatch.jobstore import Note, QueuedSource, Record
from loanbatch.models import Source
from loanbatch.pipeline import failed_result, loan_id_of, plugin_at_work, process_task
from loanbatch.results import (
    BatchProcessingResult,
    BatchProcessingSummary,
    JobStatus,
    ResultStatus,
)
from loanbatch.runner._job import Job
from loanbatch.runner._outcomes import error_of, expected, failure_of
from loanbatch.sources import hash_source

#: Results that come faster than this many seconds apart are committed together: a commit costs as
#: much as the rest of the work on a tiny document.
_COMMIT_SECONDS = 0.05
#: Results committed together at most.
_COMMIT_RESULTS = 100
#: Sources that wait at most for one with the same bytes.
_MOST_DUPLICATES = 100
#: Seconds between looks at the workers' health while nothing is done.
_PATIENCE = 1.0


def process(job: Job) -> BatchProcessingSummary:
    """Process the sources of a job that wait, and return its summary.

    Raises:
        StorageFailedError: The job records cannot be written; what was recorded before is kept.
        LeaseLostError: Another process took over the job.
    """
    finished = False
    try:
        with at_work():
            _work_through(job)
        finished = True
    except StorageFailedError as error:
        raise StorageFailedError(
            f"{error.message}; {job.recorded} of {job.total} documents were recorded"
        ) from error
    except Exception:
        raise
    except BaseException:
        job.store.hurry()  # somebody asked to end at once
        raise
    finally:
        try:
            if not finished:
                # What is final is kept, whatever ended the run.
                with contextlib.suppress(StorageFailedError, LeaseLostError):
                    _write(job)
        finally:
            job.executor.shutdown(wait=True, cancel_futures=not finished)
    return _finish(job)


def _work_through(job: Job) -> None:
    """Start what waits, a few sources ahead of the workers, and settle what they give."""
    window = _window(job)
    for queued in job.store.queued(job.job_id):
        if job.ended:
            break
        _start(job, queued)
        while job.in_flight and (
            len(job.in_flight) >= window or len(job.duplicates) >= _MOST_DUPLICATES
        ):
            _collect(job)
        _commit_in_time(job)
    while job.in_flight:
        _collect(job)
    job.take_refused()
    _commit(job)
    _commit(job)  # the duplicates of what was at hand


def _window(job: Job) -> int:
    if job.registry.settings.fail_fast or isinstance(job.executor, InlineExecutor):
        return 1  # nothing may be processed that the first failure should have prevented
    return len(job.lines)


def _start(job: Job, queued: QueuedSource) -> None:
    """Settle a source at once where that is possible, else submit it."""
    started_at = datetime.now(UTC)
    in_memory = job.in_memory.pop(queued.position, None)
    source = (
        job.inputs.readable(queued.source)
        if in_memory is None
        else evolve(in_memory, priority=queued.source.priority)
    )
    try:
        if in_memory is None and queued.obstacle is not None:
            raise queued.obstacle
        source = hash_source(source)
    except LoanbatchError as error:
        _record(job, queued, failed_result(source, error), started_at)
        return
    queued = evolve(queued, source=source)
    if source.sha256 in _at_hand(job):
        job.duplicates.append(evolve(queued, source=evolve(source, content=None)))
        return
    if _settle_duplicate(job, queued):
        return
    if job.may_reuse and _settle_reused(job, queued, started_at):
        return
    _submit(job, queued, started_at)


def _submit(job: Job, queued: QueuedSource, started_at: datetime) -> None:
    """Give a source to the executor; one that does not take it costs this source."""
    ticket = evolve(job.ticket, line=job.lines.pop())
    try:
        future: Any = job.executor.submit(process_task, ticket, queued.source)
        broken = None if isinstance(future, Future) else type(future).__name__
    except LoanbatchError:
        raise
    except Exception as error:
        if isinstance(job.executor, InlineExecutor | IsolatedExecutor):
            raise
        get_logger().exception("executor_failed", executor=type(job.executor).__name__)
        broken = type(error).__name__
    if broken is None:
        job.in_flight[future] = (queued, started_at, ticket)
        return
    job.lines.append(ticket.line)
    refusal = PluginError(f"the executor {type(job.executor).__name__} takes no task ({broken})")
    _record(job, queued, failed_result(queued.source, refusal), started_at)


def _at_hand(job: Job) -> set[str | None]:
    """Return the hashes of sources that the records do not know yet."""
    return {
        *(queued.source.sha256 for queued, _, _ in job.in_flight.values()),
        *(record.result.sha256 for record in (*job.records, *job.refused)),
    }


def _settle_duplicates(job: Job) -> None:
    """Skip the sources that waited for one whose result is recorded by now."""
    at_hand = _at_hand(job) if job.duplicates else set()
    waiting, job.duplicates = job.duplicates, []
    for queued in waiting:
        if queued.source.sha256 in at_hand or not _settle_duplicate(job, queued):
            job.duplicates.append(queued)


def _settle_duplicate(job: Job, queued: QueuedSource) -> bool:
    """Skip a source whose bytes have a result in this job already."""
    source = queued.source
    if source.sha256 is None:
        return False
    first = job.store.first_with_content(job.job_id, source.sha256)
    if first is None:
        return False
    error = DuplicateError(f"same content as {first.file_name}, which was processed before")
    result = evolve(
        failed_result(source, error),
        status=ResultStatus.SKIPPED,
        document_id=first.document_id,
        loan_id=first.loan_id,
    )
    _record(job, queued, result, datetime.now(UTC))
    return True


def _settle_reused(job: Job, queued: QueuedSource, started_at: datetime) -> bool:
    """Take over the success of an earlier run under the same fingerprint.

    It is stored again where stores were told something else of the document since.
    """
    source = queued.source
    if source.sha256 is None:
        return False
    found = job.store.find_success(source.sha256, job.fingerprint)
    if found is None:
        return False
    row_id, earlier = found
    result = evolve(
        earlier,
        file_name=source.file_name,
        source=source.location,
        loan_id=loan_id_of(source, earlier.documents) or earlier.document_id,
        processing_time=(datetime.now(UTC) - started_at).total_seconds(),
        timestamp=datetime.now(UTC),
        reused=True,
    )
    known = job.store.last_success(earlier.document_id or "")
    if known != (result.loan_id, job.fingerprint):
        result = _stored(job, source, result)
    kept = result.status is ResultStatus.SUCCESS
    _record(job, queued, result, started_at, reused_from=row_id if kept else None)
    return True


def _collect(job: Job) -> None:
    """Wait for one or more sources in flight and settle what became of them."""
    done = _done(job)
    for future in [item for item in job.in_flight if item in done]:  # as they were started
        queued, started_at, ticket = job.in_flight.pop(future)
        job.lines.append(ticket.line)
        error = error_of(future)
        if error is None:
            result = expected(queued.source, future.result())
            _record(job, queued, _stored(job, queued.source, result), started_at)
            continue
        if job.stop.is_set() and is_termination(error):
            continue  # all processes were asked to end: the document is at no fault, and waits
        elapsed = (datetime.now(UTC) - started_at).total_seconds()
        result, notes = failure_of(job.registry.settings, queued, error, plugin_at_work(ticket))
        _record(job, queued, evolve(result, processing_time=elapsed), started_at, notes=notes)
    _commit_in_time(job)


def _done(job: Job) -> set[Future[BatchProcessingResult]]:
    """Wait until sources in flight are done; commit and look after the workers meanwhile."""
    with at_rest():
        done = {future for future in job.in_flight if future.done()}
    while not done:
        timeout = _COMMIT_SECONDS if job.records else _PATIENCE
        with at_rest():
            done, _ = wait(job.in_flight, timeout=timeout, return_when=FIRST_COMPLETED)
        _commit_in_time(job)
        if not done and isinstance(job.executor, IsolatedExecutor):
            job.executor.mend()
    return done


def _stored(job: Job, source: Source, result: BatchProcessingResult) -> BatchProcessingResult:
    """Hand a success to the store hooks; a failure to store makes it a failed result."""
    if result.status is not ResultStatus.SUCCESS:
        return result
    try:
        hookcalls.store(job.registry, result, source)
    except LoanbatchError as error:
        return evolve(failed_result(source, error), processing_time=result.processing_time)
    return evolve(result, artifacts=())


def _record(
    job: Job,
    queued: QueuedSource,
    result: BatchProcessingResult,
    started_at: datetime,
    *,
    reused_from: int | None = None,
    notes: tuple[Note, ...] = (),
) -> None:
    """Keep a final result for the next commit."""
    job.failed = job.failed or result.status is ResultStatus.FAILED
    queued = evolve(queued, source=evolve(queued.source, content=None))
    record = Record(
        queued=queued,
        result=result,
        started_at=started_at,
        reused_from=reused_from,
        notes=notes,
    )
    if result.error_code == StorageFailedError.error_code:
        job.refuse(record)
        return
    if result.status is ResultStatus.SUCCESS and reused_from is None:
        job.take_refused()  # so they failed for reasons of their own
    job.records.append(record)


def _commit_in_time(job: Job) -> None:
    """Commit when results have waited long enough, or when there are many."""
    due = time.monotonic() - job.committed_at >= _COMMIT_SECONDS
    if job.records and (due or len(job.records) >= _COMMIT_RESULTS):
        _commit(job)


def _commit(job: Job) -> None:
    """Commit the results at hand, then tell everybody who wants to know."""
    for record in _write(job):
        result = record.result
        _log(record)
        hookcalls.on_result(job.registry, job.job_id, record.queued.position + 1, result)
        job.on_result(result)
        job.progress.count(result)
    _settle_duplicates(job)


def _log(record: Record) -> None:
    log, result = get_logger(), record.result
    write = log.warning if result.status is ResultStatus.FAILED else log.info
    write(
        "document_finished",
        file=result.file_name,
        position=record.queued.position + 1,
        priority=record.queued.source.priority,
        document_id=result.document_id,
        status=result.status.value,
        error_code=result.error_code,
        seconds=round(result.processing_time, 3),
        reused=result.reused,
    )


def _write(job: Job) -> list[Record]:
    records = job.records
    if records:
        job.store.record(job.job_id, records, fingerprint=job.fingerprint)
        job.records = []  # kept until then: a database that refuses now may not do so at the end
        job.recorded += len(records)
        job.committed_at = time.monotonic()
    return records


def _finish(job: Job) -> BatchProcessingSummary:
    if job.lost.is_set():
        raise LeaseLostError(f"another process took over {job.job_id}; nothing is lost")
    if job.stop.is_set() and job.recorded < job.total:
        job.store.interrupt(job.job_id)
        return job.store.summary(job.job_id)
    for queued in job.store.queued(job.job_id):
        error = NotStartedError(
            "an earlier failure ended the batch (--fail-fast, or continue_on_failure=False); put it"
            " right or leave it out, and run the batch again"
        )
        result = evolve(failed_result(queued.source, error), status=ResultStatus.SKIPPED)
        _record(job, queued, result, datetime.now(UTC))
        _commit_in_time(job)
    _commit(job)
    job.store.finish(job.job_id, _job_status(job))
    summary = job.store.summary(job.job_id)
    hookcalls.on_job_finished(job.registry, summary)
    return summary


def _job_status(job: Job) -> JobStatus:
    summary = job.store.summary(job.job_id)
    if summary.failed_documents == 0:
        return JobStatus.COMPLETED
    if job.registry.settings.fail_fast or summary.successful_documents == 0:
        return JobStatus.FAILED
    return JobStatus.COMPLETED_WITH_ERRORS
