"""The front door for programs: `BatchProcessingHandler`."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypedDict, Unpack

from attrs import evolve

from loanbatch import hookcalls
from loanbatch._logging import ensure_logging
from loanbatch.errors import JobHeldError, UnknownJobError, ValidationError
from loanbatch.jobstore import JobStore, Outcomes, Requeued
from loanbatch.loan_records import LoanRecords
from loanbatch.metrics import MetricsFile
from loanbatch.models import PageImage, Severity
from loanbatch.priorities import NORMAL
from loanbatch.registry import Registry
from loanbatch.reports import check_report_path, write_report
from loanbatch.results import BatchProcessingResult, BatchProcessingSummary
from loanbatch.runner import Inputs, Listeners, OnProgress, OnResult, Retry, resume_job, run_job
from loanbatch.settings import Settings, load_settings
from loanbatch.sources import (
    ListedSource,
    checked_priority,
    list_files,
    paths_of,
    sources_of,
)


class Told(TypedDict, total=False):
    """Who is told how far a batch is, and how it is stopped; each may be left out."""

    #: Told how far the job is: when its sources are listed, how many there are, after each result.
    #: It may raise.
    progress: OnProgress | None
    #: Told the number of sources that wait, before the first is processed.
    on_total: Callable[[int], None] | None
    #: Told each result, in order of completion, after it is recorded.
    on_result: OnResult | None
    #: Told what `retry` took back to be tried again, and what it left.
    on_requeued: Callable[[Requeued], None] | None
    #: When set, the documents at hand are finished and the others stay queued.
    stop: threading.Event | None


class BatchProcessingHandler(LoanRecords):
    """Processes batches of loan documents and answers questions about jobs and records.

    Documents are processed in worker processes unless the setting `executor` says `inline`. A
    handler may be used for many batches; close it, or use it as a context manager.

    Args:
        settings: Defaults, loanbatch.toml and environment where None.
        plugins: Plugin objects or modules, or names as in the setting `plugins`.
        progress: Called with a `BatchProgress` when a batch is listed, when its size is known and
            after each result, unless a call names another one; what it raises is logged.

    Raises:
        SettingsError: A setting is unknown or impossible.
        UnknownPluginError: A plugin that was asked for by name cannot be found.
    """

    def __init__(
        self,
        settings: Settings | None = None,
        plugins: Sequence[object] = (),
        *,
        progress: OnProgress | None = None,
    ) -> None:
        chosen = load_settings() if settings is None else settings
        ensure_logging(chosen)
        names = tuple(plugin for plugin in plugins if isinstance(plugin, str))
        if names:
            chosen = evolve(chosen, plugins=(*chosen.plugins, *names))
        objects = [plugin for plugin in plugins if not isinstance(plugin, str)]
        self.registry = Registry.load(chosen, extra=objects)
        self._progress = progress
        self._open_store: JobStore | None = None

    @property
    def settings(self) -> Settings:
        """The settings in force, with the plugins' tables."""
        return self.registry.settings

    @property
    def _store(self) -> JobStore:
        if self._open_store is None:
            self._open_store = JobStore(
                self.settings.database_url, patience=self.settings.storage_patience_seconds
            )
        return self._open_store

    def close(self) -> None:
        """Close the database; the handler opens it again when it is used again."""
        if self._open_store is not None:
            self._open_store.close()
            self._open_store = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def process_batch_from_paths(
        self,
        paths: Iterable[str | Path],
        continue_on_failure: bool = True,  # noqa: FBT001, FBT002 - the name callers know
        *,
        progress: OnProgress | None = None,
        priority: int | str = NORMAL,
    ) -> BatchProcessingSummary:
        """Process files.

        Args:
            paths: Paths or URLs, one file each; a folder is a failed result, not_a_file.
            continue_on_failure: False ends the batch at the first failure: the rest is skipped, the
                job failed.
            progress: Told how far it is, instead of the handler's.
            priority: Of the job: from -100 to 100, or low, normal or high; see `resume_next`.

        Raises:
            UsageError: There is no list, an item is no path, or the priority is none.
        """
        inputs = Inputs.here(paths_of(paths), only_files=True)
        return self._process(
            inputs, progress, continue_on_failure=continue_on_failure, priority=priority
        )

    def process_batch_from_bytes(
        self,
        items: Iterable[Mapping[str, Any]],
        continue_on_failure: bool = True,  # noqa: FBT001, FBT002 - the name callers know
        *,
        progress: OnProgress | None = None,
        priority: int | str = NORMAL,
    ) -> BatchProcessingSummary:
        """Process documents held in memory.

        Args:
            items: Mappings with `file_name` (str), `file_data` (bytes) and, if known, `loan_id`
                (str) and `priority` (from -100 to 100, or low, normal or high).
            continue_on_failure: As in `process_batch_from_paths`.
            progress: Told how far it is, instead of the handler's.
            priority: Of the job, and of the items that have none.

        Raises:
            UsageError: There is no list, an item lacks a key, or a value has the wrong type.
        """
        listed = (ListedSource(source=source) for source in sources_of(items))
        return self._process(
            listed, progress, continue_on_failure=continue_on_failure, priority=priority
        )

    def process(
        self,
        inputs: Iterable[str],
        *,
        priority: int | str = NORMAL,
        **told: Unpack[Told],
    ) -> BatchProcessingSummary:
        """Process what the command line takes: files, folders, globs, URLs, manifests.

        Args:
            inputs: As given by a person.
            priority: Of the job, and of the documents to which a manifest gives none: from -100 to
                100, or low, normal or high. Higher goes first.
            **told: Who is told how far it is, and how it is stopped.

        Raises:
            UsageError: The priority is none.
        """
        number = checked_priority(priority)
        return self._run(self.registry, Inputs.here(inputs), self._listeners(told), number)

    def resume(
        self,
        job_id: str,
        **told: Unpack[Told],
    ) -> BatchProcessingSummary:
        """Go on with a job that was left unfinished: what is recorded is not processed again.

        Documents that were handed over as bytes to a program that has ended fail, not_found.

        Args:
            job_id: A job; of a finished one nothing is left to do.
            **told: As in `process`.

        Raises:
            UnknownJobError: No job has this id.
            JobHeldError: Another process works on it.
        """
        return self._resume(job_id, self._listeners(told))

    def resume_next(self, **told: Unpack[Told]) -> BatchProcessingSummary:
        """Go on with the job that comes first of those that were left unfinished.

        The one of the highest priority does; a point of priority counts for an hour that another
        job has waited longer. Several programs may do so at once, each with a job of its own.

        Args:
            **told: As in `process`.

        Raises:
            UnknownJobError: No job waits.
        """
        for job in self._store.waiting_jobs():
            with contextlib.suppress(JobHeldError):  # another process was faster
                return self.resume(job["job_id"], **told)
        raise UnknownJobError("no job waits; `loanbatch jobs` lists all")

    def retry(
        self,
        job_id: str,
        choice: Retry | None = None,
        **told: Unpack[Told],
    ) -> BatchProcessingSummary:
        """Process the failures of a job again, then what was never reached.

        Args:
            job_id: A job.
            choice: Which failures; those marked retryable where None.
            **told: As in `process`.

        Raises:
            UnknownJobError: No job has this id.
            JobHeldError: Another process works on it.
        """
        return self._resume(job_id, self._listeners(told), choice or Retry())

    def _listeners(self, told: Told) -> Listeners:
        return evolve(Listeners(**told), progress=told.get("progress") or self._progress)

    def _process(
        self,
        batch: Inputs | Iterable[ListedSource],
        progress: OnProgress | None,
        *,
        continue_on_failure: bool,
        priority: int | str,
    ) -> BatchProcessingSummary:
        number = checked_priority(priority)
        registry = self.registry
        if not continue_on_failure:
            registry = registry.with_settings(evolve(self.settings, fail_fast=True))
        return self._run(registry, batch, self._listeners({"progress": progress}), number)

    def _run(
        self,
        registry: Registry,
        batch: Inputs | Iterable[ListedSource],
        listeners: Listeners,
        priority: int,
    ) -> BatchProcessingSummary:
        return self._measured(
            listeners, lambda told: run_job(registry, self._store, batch, told, priority)
        )

    def _resume(
        self, job_id: str, listeners: Listeners, choice: Retry | None = None
    ) -> BatchProcessingSummary:
        return self._measured(
            listeners,
            lambda told: resume_job(self.registry, self._store, job_id, told, choice),
        )

    def _measured(
        self, listeners: Listeners, run: Callable[[Listeners], BatchProcessingSummary]
    ) -> BatchProcessingSummary:
        """Run a job; keep its metrics in a file where the settings name one."""
        path = self.settings.metrics_file
        if not path:
            return run(listeners)
        with MetricsFile(path, self._store.last_ends()) as metrics:
            summary = run(_both(listeners, metrics))
            metrics.on_end(summary)
        return summary

    def get_job_status(self, job_id: str) -> dict[str, Any]:
        """Return a job's state.

        Returns:
            job_id, status, priority, total_documents, processed_documents, successful_documents,
            failed_documents, skipped_documents, created_at, completed_at (ISO 8601, UTC; None while
            it runs), resumable (whether it was left unfinished, and nobody works on it).

        Raises:
            UnknownJobError: No job has this id.
        """
        return self._store.job_status(job_id)

    def get_job_events(self, job_id: str) -> Iterator[dict[str, Any]]:
        """Return what happened to a job and to its sources, oldest first.

        Yields:
            timestamp (ISO 8601, UTC), level, event; position (of the source in the input, from 1)
            and file for what happened to a source; and the facts of the event.

        Raises:
            UnknownJobError: No job has this id.
        """
        return (event.to_dict() for event in self._store.events(job_id))

    def list_jobs(self, limit: int = 20) -> list[dict[str, Any]]:
        """Return the newest jobs, newest first, as `get_job_status` does."""
        return self._store.jobs(limit)

    def list_waiting_jobs(self) -> list[dict[str, Any]]:
        """Return the jobs that were left unfinished, in the order of `resume_next`."""
        return self._store.waiting_jobs()

    def get_summary(self, job_id: str) -> BatchProcessingSummary:
        """Return a job's summary with its results.

        Raises:
            UnknownJobError: No job has this id.
        """
        return self._store.summary(job_id)

    def get_outcomes(self, job_id: str, *, notable: int = 30) -> Outcomes:
        """Return what became of a job's sources, counted, whatever their number.

        Args:
            job_id: A job.
            notable: How many of the results that failed or need review come with it at most.
        """
        return self._store.outcomes(job_id, notable=notable)

    def find_results(self, record_id: str) -> list[BatchProcessingResult]:
        """Return the newest result of each document with this document id or loan id.

        Raises:
            UnknownRecordError: None has.
        """
        return self._store.find(record_id)

    def draw_page(self, path: str | Path, number: int) -> PageImage:
        """Return a page of a file as a grey image, as displayed; drawn in this process.

        Raises:
            LoanbatchError: The file cannot be read or is refused, or the page cannot be drawn.
        """
        (listed,) = list_files([path])
        if listed.error is not None:
            raise listed.error
        source, findings = hookcalls.validate(self.registry, listed.source)
        for finding in findings:
            if finding.severity is Severity.ERROR:
                raise ValidationError(finding.message)
        return hookcalls.render_page(self.registry, source, number)

    def check_report_path(self, path: str | Path, format: str | None = None) -> None:  # noqa: A002
        """Raise UsageError where `write_report` to this path could not succeed."""
        check_report_path(self.registry, path, format)

    def write_report(
        self,
        summary: BatchProcessingSummary,
        path: str | Path,
        format: str | None = None,  # noqa: A002 - the hook's name for it
    ) -> None:
        """Write a report in the given format, else in the one that the path's ending names.

        Raises:
            UsageError: No plugin writes the format.
            StorageFailedError: The file cannot be written.
        """
        write_report(self.registry, summary, path, format, self.loans_to_show)


def _both(listeners: Listeners, metrics: MetricsFile) -> Listeners:
    """Return listeners that tell the metrics as well."""

    def on_total(total: int) -> None:
        metrics.on_total(total)
        if listeners.on_total is not None:
            listeners.on_total(total)

    def on_result(result: BatchProcessingResult) -> None:
        metrics.on_result(result)
        if listeners.on_result is not None:
            listeners.on_result(result)

    def on_requeued(requeued: Requeued) -> None:
        metrics.on_retried(requeued.count)
        if listeners.on_requeued is not None:
            listeners.on_requeued(requeued)

    return evolve(listeners, on_total=on_total, on_result=on_result, on_requeued=on_requeued)
