"""The state of one run, kept by the coordinator."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Executor, Future
from datetime import datetime

from attrs import Factory, define, field

from loanbatch.errors import StorageFailedError
from loanbatch.jobstore import JobStore, QueuedSource, Record
from loanbatch.models import Source
from loanbatch.pipeline import Ticket
from loanbatch.registry import Registry
from loanbatch.results import BatchProcessingResult
from loanbatch.runner._inputs import Inputs
from loanbatch.runner._progress import Progress

#: Documents in a row that could not be stored before the job stops.
_MOST_REFUSED = 3

OnResult = Callable[[BatchProcessingResult], None]


@define(kw_only=True)
class Job:
    """The state of one run."""

    job_id: str
    registry: Registry
    store: JobStore
    fingerprint: str
    executor: Executor
    ticket: Ticket
    stop: threading.Event
    on_result: OnResult
    progress: Progress
    inputs: Inputs
    #: By position, what cannot be found again from a row: sources whose bytes were handed over.
    in_memory: dict[int, Source] = field(repr=False)
    in_flight: dict[Future[BatchProcessingResult], tuple[QueuedSource, datetime, Ticket]] = Factory(
        dict
    )
    #: Lines of the board on which no task tells what it does.
    lines: list[int]
    #: Whether an earlier job has results that may be taken over.
    may_reuse: bool
    #: Set when another process has taken the job.
    lost: threading.Event
    #: Final, but not yet committed.
    records: list[Record] = Factory(list)
    #: The last ones that could not be stored, in a row.
    refused: list[Record] = Factory(list)
    committed_at: float = 0.0
    #: Same bytes as a source in flight or not yet committed: settled when that one is.
    duplicates: list[QueuedSource] = Factory(list)
    failed: bool = False
    total: int = 0
    recorded: int = 0

    @property
    def ended(self) -> bool:
        """Whether no further source may start."""
        if self.stop.is_set() or self.lost.is_set():
            return True
        return self.failed and self.registry.settings.fail_fast

    def refuse(self, record: Record) -> None:
        """Keep a result that could not be stored apart until another one can be.

        Raises:
            StorageFailedError: None of the last few could: they wait with the rest of the job,
                instead of a night's work failing for a full disk.
        """
        self.refused.append(record)
        if len(self.refused) >= _MOST_REFUSED:
            raise StorageFailedError(
                f"{record.result.error_message}; {_MOST_REFUSED} documents in a row could not be"
                " stored"
            )

    def take_refused(self) -> None:
        """Let results that could not be stored be final: failed, to be tried again on request."""
        self.records.extend(self.refused)
        self.refused.clear()
