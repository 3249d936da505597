"""Sources that wait and results that are to be written, and the rows they become."""

from __future__ import annotations

import json
from datetime import datetime

from attrs import field, frozen

from loanbatch.errors import LoanbatchError, WorkerCrashedError
from loanbatch.jobstore._events import Note
from loanbatch.jobstore._rows import column_text, payload_of
from loanbatch.models import Source
from loanbatch.results import BatchProcessingResult


@frozen(kw_only=True)
class QueuedSource:
    """A source of a job that waits for its result."""

    row_id: int
    #: From 0, in the order of the input.
    position: int
    source: Source
    #: What stands against processing it unless the program that began the batch knows better.
    obstacle: LoanbatchError | None = None
    #: How often a worker died on it.
    worker_deaths: int = 0


@frozen(kw_only=True)
class UnfinishedJob:
    """What is known of a job that is taken up again."""

    fingerprint: str
    total: int
    #: Results recorded so far.
    processed: int
    #: Whether every source of the batch has its row.
    is_listed: bool
    #: As given to `create_job`.
    inputs: str | None = field(repr=False)
    reprocess: bool
    #: Of its sources without one of their own.
    priority: int
    #: Whether it had come to its end.
    is_finished: bool


@frozen(kw_only=True)
class Record:
    """A result to be written, and how it came about."""

    queued: QueuedSource
    result: BatchProcessingResult
    started_at: datetime
    #: The row whose content the result took over.
    reused_from: int | None = None
    #: What happened besides.
    notes: tuple[Note, ...] = ()


def queued_values(
    job_id: str, position: int, source: Source, priority: int, obstacle: LoanbatchError | None
) -> tuple[object, ...]:
    """Return the values of one source in the ADD_SOURCES statement, in its order.

    Args:
        job_id: Its job.
        position: From 0, in the order of the input.
        source: As listed.
        priority: That of sources without one of their own.
        obstacle: What stands against processing it.
    """
    return (
        job_id,
        position,
        priority if source.priority is None else source.priority,
        column_text(source.file_name),
        column_text(source.location),
        column_text(source.loan_id),
        None if obstacle is None else json.dumps([obstacle.error_code, obstacle.message]),
    )


def recorded_values(record: Record, fingerprint: str) -> tuple[object, ...]:
    """Return the values of the RECORD statement, in its order."""
    result = record.result
    return (
        result.status.value,
        result.sha256,
        result.document_id,
        column_text(result.loan_id),
        None if result.error_type is None else result.error_type.value,
        column_text(result.error_code),
        result.needs_review,
        result.processing_time,
        result.timestamp.isoformat(),
        fingerprint,
        None if record.reused_from is not None else payload_of(result),
        record.reused_from,
        record.queued.worker_deaths + (result.error_code == WorkerCrashedError.error_code),
        record.queued.row_id,
    )
