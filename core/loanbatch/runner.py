"""The coordinator: queues the sources of a job, has them processed, stores and records what comes back.

It alone writes. A source goes through exactly one of: failed before it started (cannot be read), skipped (the
same bytes came earlier), reused (an earlier run has the result), processed in the executor. Storing comes before
the job record: an interruption leaves at most something stored that the next run stores again, identically.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Executor, Future, wait
from datetime import UTC, datetime

from attrs import Factory, define, evolve, field

from loanbatch import hookcalls
from loanbatch._logging import bound, get_logger
from loanbatch.errors import (
    DuplicateError,
    LoanbatchError,
    NotStartedError,
)
from loanbatch.executors import InlineExecutor, make_executor, task_error
from loanbatch.jobstore import JobStore, QueuedSource
from loanbatch.models import Source
from loanbatch.pipeline import failed_result, process_task
from loanbatch.registry import Registry
from loanbatch.results import (
    BatchProcessingResult,
    BatchProcessingSummary,
    JobStatus,
    ResultStatus,
)
from loanbatch.sources import ListedSource, hash_source, read_location

#: Sources submitted per worker: one at work and one waiting, so that no worker idles.
_IN_FLIGHT_PER_WORKER = 2

OnResult = Callable[[BatchProcessingResult], None]


@define(kw_only=True)
class _Job:
    """The state of one run."""

    job_id: str
    registry: Registry
    store: JobStore
    fingerprint: str
    executor: Executor
    stop: threading.Event
    on_result: OnResult
    #: What cannot be found again from a row: bytes handed in, and errors found while listing.
    listed: dict[int, ListedSource] = field(repr=False)
    in_flight: dict[Future[BatchProcessingResult], tuple[QueuedSource, datetime]] = Factory(dict)
    #: Same bytes as a source in flight: settled when that one is done.
    duplicates: list[QueuedSource] = Factory(list)
    failed: bool = False

    @property
    def ended(self) -> bool:
        """Whether no further source may start."""
        return self.stop.is_set() or (self.failed and self.registry.settings.fail_fast)


def run_job(
    registry: Registry,
    store: JobStore,
    sources: Iterable[ListedSource],
    *,
    on_total: Callable[[int], None] | None = None,
    on_result: OnResult | None = None,
    stop: threading.Event | None = None,
) -> BatchProcessingSummary:
    """Process a batch and return its summary.

    Args:
        registry: Plugins and settings.
        store: The job records.
        sources: Iterated once, lazily.
        on_total: Told how many sources there are, before the first is processed.
        on_result: Told each result, in order of completion, after it is recorded.
        stop: When set, the sources at hand are finished and recorded; the others stay queued.

    Raises:
        StorageFailedError: The job records cannot be written.
        SettingsError: The executor is not known.
    """
    fingerprint = registry.fingerprint()
    job_id = store.create_job(fingerprint)
    with bound(job_id=job_id):
        listed: dict[int, ListedSource] = {}
        total = store.queue(job_id, _remember(sources, listed))
        if on_total is not None:
            on_total(total)
        hookcalls.on_job_started(registry, job_id, total)
        get_logger().info("job_started", total_documents=total)
        job = _Job(
            job_id=job_id,
            registry=registry,
            store=store,
            fingerprint=fingerprint,
            executor=hookcalls.get_executor(registry) or make_executor(registry.settings),
            stop=stop or threading.Event(),
            on_result=on_result or (lambda _: None),
            listed=listed,
        )
        return _run(job)


def _remember(sources: Iterable[ListedSource], listed: dict[int, ListedSource]) -> Iterator[Source]:
    for position, item in enumerate(sources):
        if item.error is not None or item.source.content is not None:
            listed[position] = item
        yield item.source


def _run(job: _Job) -> BatchProcessingSummary:
    finished = False
    try:
        window = _window(job)
        for queued in job.store.queued(job.job_id):
            if job.ended:
                break
            _start(job, queued)
            while len(job.in_flight) >= window:
                _collect(job)
        while job.in_flight:
            _collect(job)
        for queued in job.duplicates:
            _settle_duplicate(job, queued)
        finished = True
    finally:
        job.executor.shutdown(wait=True, cancel_futures=not finished)
        if not finished:
            job.store.interrupt(job.job_id)
    return _finish(job)


def _window(job: _Job) -> int:
    settings = job.registry.settings
    if settings.fail_fast or isinstance(job.executor, InlineExecutor):
        return 1  # nothing may be processed that the first failure should have prevented
    return settings.workers * _IN_FLIGHT_PER_WORKER


def _start(job: _Job, queued: QueuedSource) -> None:
    """Settle a source at once where that is possible, else submit it."""
    started_at = datetime.now(UTC)
    listed = job.listed.get(queued.position)
    source = evolve(queued.source, reader=read_location) if listed is None else listed.source
    try:
        if listed is not None and listed.error is not None:
            raise listed.error
        source = hash_source(source)
    except LoanbatchError as error:
        _record(job, queued, failed_result(source, error), started_at)
        return
    queued = evolve(queued, source=source)
    if any(other.source.sha256 == source.sha256 for other, _ in job.in_flight.values()):
        job.duplicates.append(queued)
        return
    if _settle_duplicate(job, queued) or _settle_reused(job, queued, started_at):
        return
    future = job.executor.submit(process_task, job.registry.spec, source, os.getpid())
    job.in_flight[future] = (queued, started_at)


def _settle_duplicate(job: _Job, queued: QueuedSource) -> bool:
    """Skip a source whose bytes have a result in this job already."""
    source = queued.source
    if source.sha256 is None:
        return False
    first = job.store.first_with_content(job.job_id, source.sha256, before=queued.position)
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


def _settle_reused(job: _Job, queued: QueuedSource, started_at: datetime) -> bool:
    """Take over the success of an earlier run under the same fingerprint."""
    source = queued.source
    if job.registry.settings.reprocess or source.sha256 is None:
        return False
    found = job.store.find_success(source.sha256, job.fingerprint)
    if found is None:
        return False
    row_id, earlier = found
    result = evolve(
        earlier,
        file_name=source.file_name,
        source=source.location,
        loan_id=source.loan_id or earlier.loan_id,
        processing_time=(datetime.now(UTC) - started_at).total_seconds(),
        timestamp=datetime.now(UTC),
        reused=True,
    )
    _record(job, queued, result, started_at, reused_from=row_id)
    return True


def _collect(job: _Job) -> None:
    """Wait for one or more sources in flight and record what became of them."""
    done, _ = wait(job.in_flight, return_when=FIRST_COMPLETED)
    for future in sorted(done, key=lambda item: job.in_flight[item][0].position):
        queued, started_at = job.in_flight.pop(future)
        error = future.exception()
        if error is None:
            result = future.result()
        else:
            get_logger().warning(
                "worker_failed", file=queued.source.file_name, error=type(error).__name__
            )
            elapsed = (datetime.now(UTC) - started_at).total_seconds()
            failure = failed_result(queued.source, task_error(error, job.registry.settings))
            result = evolve(failure, processing_time=elapsed)
        _record(job, queued, _stored(job, queued.source, result), started_at)


def _stored(job: _Job, source: Source, result: BatchProcessingResult) -> BatchProcessingResult:
    """Hand a success to the store hooks; a failure to store makes it a failed result."""
    if result.status is not ResultStatus.SUCCESS:
        return result
    try:
        hookcalls.store(job.registry, result, source)
    except LoanbatchError as error:
        return evolve(failed_result(source, error), processing_time=result.processing_time)
    return evolve(result, artifacts=())


def _record(
    job: _Job,
    queued: QueuedSource,
    result: BatchProcessingResult,
    started_at: datetime,
    *,
    reused_from: int | None = None,
) -> None:
    job.store.record(
        job.job_id,
        queued,
        result,
        fingerprint=job.fingerprint,
        started_at=started_at,
        reused_from=reused_from,
    )
    job.failed = job.failed or result.status is ResultStatus.FAILED
    get_logger().info(
        "document_finished",
        file=result.file_name,
        document_id=result.document_id,
        status=result.status.value,
        error_code=result.error_code,
        seconds=round(result.processing_time, 3),
        reused=result.reused,
    )
    hookcalls.on_result(job.registry, job.job_id, result)
    job.on_result(result)


def _finish(job: _Job) -> BatchProcessingSummary:
    if job.stop.is_set():
        job.store.interrupt(job.job_id)
        return job.store.summary(job.job_id)
    for queued in job.store.queued(job.job_id):
        error = NotStartedError("an earlier failure ended the batch (fail_fast)")
        result = evolve(failed_result(queued.source, error), status=ResultStatus.SKIPPED)
        _record(job, queued, result, datetime.now(UTC))
    job.store.finish(job.job_id, _job_status(job))
    summary = job.store.summary(job.job_id)
    get_logger().info(
        "job_finished",
        status=summary.status.value,
        successful_documents=summary.successful_documents,
        failed_documents=summary.failed_documents,
    )
    hookcalls.on_job_finished(job.registry, summary)
    return summary


def _job_status(job: _Job) -> JobStatus:
    summary = job.store.summary(job.job_id)
    if summary.failed_documents == 0:
        return JobStatus.COMPLETED
    if job.registry.settings.fail_fast or summary.successful_documents == 0:
        return JobStatus.FAILED
    return JobStatus.COMPLETED_WITH_ERRORS
