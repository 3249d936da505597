"""What is counted during a run.

Labels have few values: statuses, error codes and kinds; never a name of a file, of a job or of a
person. Counters begin at 0 with each run, as those of a program that was started anew.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from attrs import Factory, define, field

from loanbatch.errors import DocumentTimeoutError, OutOfMemoryError, WorkerCrashedError
from loanbatch.results import BatchProcessingResult, JobStatus, ResultStatus

#: Upper bounds of the buckets of the histogram, in seconds.
BUCKETS = (0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 120.0, 300.0)
#: Ends that a job may have.
ENDS = (JobStatus.COMPLETED, JobStatus.COMPLETED_WITH_ERRORS, JobStatus.FAILED)
RUNNING, INTERRUPTED = "running", "interrupted"
STATES = (RUNNING, *(status.value for status in ENDS), INTERRUPTED)

#: Values of one label that are told apart; plugins may invent codes and kinds.
_MOST_VALUES = 100
_OTHERS = "other"
_WORKER_FAILURES = (
    WorkerCrashedError.error_code,
    DocumentTimeoutError.error_code,
    OutOfMemoryError.error_code,
)

#: Counts by the values of labels.
Counts = Counter[tuple[str, ...]]


def _known_failures() -> Counts:
    return Counter({(code,): 0 for code in _WORKER_FAILURES})


def _known_documents() -> Counts:
    return Counter({(ResultStatus.SUCCESS.value, ""): 0})


@define(kw_only=True)
class Figures:
    """The figures of one run."""

    #: When a job ended last, in seconds since 1970, by its status.
    last_ends: dict[str, float]
    state: str = RUNNING
    #: Seconds since 1970; 0 before.
    started_at: float = 0.0
    ended_at: float = 0.0
    #: Sources that waited at the beginning, and those done since.
    total: int = 0
    done: int = 0
    #: By status and error code.
    documents: Counts = Factory(_known_documents)
    #: By kind.
    kinds: Counts = Factory(Counter)
    #: By error code.
    worker_failures: Counts = Factory(_known_failures)
    reviews: int = 0
    reused: int = 0
    retried: int = 0
    pages: int = 0
    #: Of the documents processed: how many took up to each bound, the last for longer ones.
    buckets: list[int] = field(factory=lambda: [0] * (len(BUCKETS) + 1))
    seconds: float = 0.0

    @classmethod
    def after(cls, last_ends: Mapping[str, float]) -> Figures:
        """Return the figures of a run before it begins."""
        return cls(last_ends={end.value: last_ends.get(end.value, 0.0) for end in ENDS})

    def count(self, result: BatchProcessingResult) -> None:
        """Count a result."""
        self.done += 1
        _count(self.documents, result.status.value, result.error_code or "")
        if (result.error_code,) in self.worker_failures:
            _count(self.worker_failures, str(result.error_code))
        self.reviews += result.needs_review
        self.reused += result.reused
        for document in result.documents:
            _count(self.kinds, document.kind)
        if result.reused or result.status is ResultStatus.SKIPPED:
            return
        self.pages += sum(item.last_page - item.first_page + 1 for item in result.documents)
        self.seconds += result.processing_time
        self.buckets[sum(bound < result.processing_time for bound in BUCKETS)] += 1


def _count(counts: Counts, *labels: str) -> None:
    if labels not in counts and len(counts) >= _MOST_VALUES:
        labels = (*labels[:-1], _OTHERS)
    counts[labels] += 1
