"""What a run is to do: a new batch, what is left of an old one, or what failed in it."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterable, Iterator

from attrs import evolve, field, frozen

from loanbatch import hookcalls
from loanbatch._logging import bound
from loanbatch.errors import StorageFailedError, UsageError
from loanbatch.executors import IsolatedExecutor, make_executor, refuse_in_starting_worker
from loanbatch.jobstore import JobStore, Requeued
from loanbatch.models import Source
from loanbatch.pipeline import lent
from loanbatch.priorities import NORMAL
from loanbatch.registry import Registry
from loanbatch.results import BatchProcessingSummary
from loanbatch.runner._heartbeat import Heartbeat
from loanbatch.runner._inputs import Inputs, obstacle_of
from loanbatch.runner._job import Job, OnResult
from loanbatch.runner._progress import OnProgress, Progress
from loanbatch.runner._running import process
from loanbatch.sources import ListedSource

#: Sources submitted per worker: one at work and one waiting, so that no worker idles.
_IN_FLIGHT_PER_WORKER = 2


@frozen(kw_only=True)
class Listeners:
    """Who is told of the progress of a run, and how it is stopped."""

    #: Told how many sources wait, before the first is processed.
    on_total: Callable[[int], None] | None = None
    #: Told each result, in order of completion, after it is recorded.
    on_result: OnResult | None = None
    #: Told how far the job is, from the listing of its sources on; may raise.
    progress: OnProgress | None = None
    #: Told what a retry took back, and what it left.
    on_requeued: Callable[[Requeued], None] | None = None
    #: When set, the sources at hand are finished and recorded; the others stay queued.
    stop: threading.Event | None = None


@frozen(kw_only=True)
class Retry:
    """Which failures are taken back before a job is gone on with."""

    #: Also those that trying again is not likely to mend.
    every: bool = False
    #: Also documents on which workers died too often.
    quarantined: bool = False


@frozen(kw_only=True)
class _Plan:
    """What is known of a job when each of its sources has a row."""

    job_id: str
    fingerprint: str
    inputs: Inputs
    #: By position, sources that only this process has.
    in_memory: dict[int, Source] = field(factory=dict, repr=False)
    #: Whether an earlier job has results that may be taken over.
    may_reuse: bool
    total: int
    #: Sources without a result.
    waiting: int
    progress: Progress


class _ListingStopped(Exception):  # noqa: N818 -- nothing went wrong
    """Nobody wants the sources any more that were not listed yet."""


def run_job(
    registry: Registry,
    store: JobStore,
    batch: Inputs | Iterable[ListedSource],
    listeners: Listeners,
    priority: int = NORMAL,
) -> BatchProcessingSummary:
    """Process a batch and return its summary.

    Args:
        registry: Plugins and settings.
        store: The job records.
        batch: What to list, which is remembered; or the sources, iterated once, lazily.
        listeners: Who is told.
        priority: Of the job, and of those of its sources that have none of their own.

    Raises:
        StorageFailedError: The job records cannot be written; what was recorded before is kept.
        LeaseLostError: Another process took over the job.
        SettingsError: The executor is not known.
        UsageError: The script around this is not guarded, and workers import it.
    """
    refuse_in_starting_worker()
    fingerprint = registry.fingerprint()
    reprocess = registry.settings.reprocess
    may_reuse = not reprocess and store.has_successes(fingerprint)
    inputs = batch if isinstance(batch, Inputs) else None
    listed = batch.listed(registry.settings) if isinstance(batch, Inputs) else batch
    job_id = store.create_job(
        fingerprint,
        inputs=None if inputs is None else inputs.to_json(),
        reprocess=reprocess,
        priority=priority,
    )
    with _held(store, job_id) as lost:
        progress = Progress(job_id, listeners.progress)
        progress.listing()
        in_memory: dict[int, Source] = {}
        try:
            total = _queue(store, job_id, _until(listeners.stop, listed), in_memory, priority)
        except _ListingStopped:
            return _interrupted(store, job_id)
        plan = _Plan(
            job_id=job_id,
            fingerprint=fingerprint,
            inputs=inputs or Inputs.here(()),
            in_memory=in_memory,
            may_reuse=may_reuse,
            total=total,
            waiting=total,
            progress=progress,
        )
        return _start(registry, store, listeners, plan, lost)


def resume_job(
    registry: Registry,
    store: JobStore,
    job_id: str,
    listeners: Listeners,
    retry: Retry | None = None,
) -> BatchProcessingSummary:
    """Go on with a job that was left unfinished, or try again what failed in it.

    Nothing that is recorded is processed again, except what `retry` takes back. A finished job in
    which nothing is left to do stays as it is.

    Raises:
        UnknownJobError: No job has this id.
        JobHeldError: Another process works on it.
        UsageError: It was stopped while its sources were listed, and only the program that began
            it knows them.
        StorageFailedError, LeaseLostError, SettingsError: As `run_job`.
    """
    refuse_in_starting_worker()
    fingerprint = registry.fingerprint()
    found = store.take(job_id, fingerprint)
    with _held(store, job_id) as lost:
        progress = Progress(job_id, listeners.progress)
        inputs = None if found.inputs is None else Inputs.from_json(found.inputs)
        total, processed = found.total, found.processed
        if not found.is_listed:
            progress.listing()
            try:
                total = _list_anew(registry, store, job_id, inputs, listeners.stop, found.priority)
            except _ListingStopped:
                return _interrupted(store, job_id)
        if retry is not None:
            requeued = store.requeue(job_id, every=retry.every, quarantined=retry.quarantined)
            processed -= requeued.count
            if listeners.on_requeued is not None:
                listeners.on_requeued(requeued)
        if found.is_finished and processed == total:
            store.release(job_id)
            if listeners.on_total is not None:
                listeners.on_total(0)
            progress.listed(total, store)
            return store.summary(job_id)
        reprocess = found.reprocess or registry.settings.reprocess
        plan = _Plan(
            job_id=job_id,
            fingerprint=fingerprint,
            inputs=inputs or Inputs.here(()),
            may_reuse=not reprocess and store.has_successes(fingerprint),
            total=total,
            waiting=total - processed,
            progress=progress,
        )
        return _start(registry, store, listeners, plan, lost)


@contextlib.contextmanager
def _held(store: JobStore, job_id: str) -> Iterator[threading.Event]:
    """Hold the lease of a job while it is worked on; give the event that tells its loss.

    Raises:
        StorageFailedError: The storage failed meanwhile; with the way to go on.
    """
    with bound(job_id=job_id), Heartbeat(store, job_id) as heartbeat:
        try:
            yield heartbeat.lost
        except BaseException as error:
            if not isinstance(error, Exception):
                store.hurry()  # somebody asked to end at once
            with contextlib.suppress(StorageFailedError):
                store.interrupt(job_id)
            if isinstance(error, StorageFailedError):
                raise StorageFailedError(
                    f"{error.message}; when that is put right, go on with"
                    f" `loanbatch resume {job_id}`"
                ) from error
            raise


def _interrupted(store: JobStore, job_id: str) -> BatchProcessingSummary:
    store.interrupt(job_id)
    return store.summary(job_id)


def _start(
    registry: Registry, store: JobStore, listeners: Listeners, plan: _Plan, lost: threading.Event
) -> BatchProcessingSummary:
    store.begin(plan.job_id)
    if listeners.on_total is not None:
        listeners.on_total(plan.waiting)
    plan.progress.listed(plan.total, store)
    most = registry.settings.workers * _IN_FLIGHT_PER_WORKER
    with lent(registry, most) as ticket:
        executor = hookcalls.get_executor(registry) or make_executor(registry.settings)
        job = Job(
            job_id=plan.job_id,
            registry=registry,
            store=store,
            fingerprint=plan.fingerprint,
            executor=executor,
            ticket=evolve(ticket, may_leave=isinstance(executor, IsolatedExecutor)),
            lines=list(range(most)),
            stop=listeners.stop or threading.Event(),
            on_result=listeners.on_result or (lambda _: None),
            progress=plan.progress,
            inputs=plan.inputs,
            in_memory=plan.in_memory,
            may_reuse=plan.may_reuse,
            lost=lost,
            total=plan.total,
            recorded=plan.total - plan.waiting,
        )
        return _observed(job)


def _observed(job: Job) -> BatchProcessingSummary:
    """Process a job; observers that hear of its beginning hear of its end, too."""
    registry, summary = job.registry, None
    hookcalls.on_job_started(registry, job.job_id, job.total, job.total - job.recorded)
    try:
        summary = process(job)
    finally:
        if summary is None or summary.end_time is None:
            hookcalls.on_job_interrupted(registry, job.job_id, job.total - job.recorded)
    return summary


def _until(stop: threading.Event | None, listed: Iterable[ListedSource]) -> Iterator[ListedSource]:
    for item in listed:
        if stop is not None and stop.is_set():
            raise _ListingStopped
        yield item


def _queue(
    store: JobStore,
    job_id: str,
    listed: Iterable[ListedSource],
    in_memory: dict[int, Source],
    priority: int,
) -> int:
    """Write a row for each source; keep what only this process has of it."""
    obstacles = {}

    def sources() -> Iterator[Source]:
        for position, item in enumerate(listed):
            if item.source.content is not None:
                in_memory[position] = item.source
            obstacle = obstacle_of(item)
            if obstacle is not None:
                obstacles[position] = obstacle
            yield item.source

    return store.queue(
        job_id,
        sources(),
        obstacle=lambda position: obstacles.pop(position, None),
        priority=priority,
    )


def _list_anew(
    registry: Registry,
    store: JobStore,
    job_id: str,
    inputs: Inputs | None,
    stop: threading.Event | None,
    priority: int,
) -> int:
    """List a batch again whose listing was interrupted; nothing of it was processed yet."""
    if inputs is None:
        raise UsageError(
            f"{job_id} was stopped before all its documents were listed, and only the program that"
            " began it knows them: process them anew"
        )
    store.forget_sources(job_id)
    return _queue(store, job_id, _until(stop, inputs.listed(registry.settings)), {}, priority)
