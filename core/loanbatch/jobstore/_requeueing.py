"""Which results of a job are taken back to be tried again."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from attrs import frozen
from peewee import Database

from loanbatch.errors import DuplicateError, NotStartedError, known_errors
from loanbatch.jobstore._tables import ProcessingJob, ResultRow
from loanbatch.results import ResultStatus

#: Deaths of a worker on one document after which it is set aside.
MOST_WORKER_DEATHS = 3
#: Rows that one statement names, below the least that a database allows.
_ROWS = 500


@frozen(kw_only=True)
class Requeued:
    """What a retry took back, and what it left."""

    #: Sources that wait again.
    count: int
    #: Failures left alone because they killed a worker too often.
    quarantined: int
    #: Failures left alone because trying again cannot help.
    hopeless: int


def requeue(database: Database, job_id: str, *, every: bool, quarantined: bool) -> Requeued:
    """Take back failed results, and what was skipped because of them; inside a transaction."""
    failed = ResultRow.select(
        ResultRow.id, ResultRow.error_code, ResultRow.sha256, ResultRow.worker_deaths
    ).where((ResultRow.job == job_id) & (ResultRow.status == ResultStatus.FAILED.value))
    chosen: list[int] = []
    contents: set[str] = set()
    left = {"quarantined": 0, "hopeless": 0}
    retryable = retryable_codes()
    for row in failed.execute(database):
        is_quarantined = row.worker_deaths >= MOST_WORKER_DEATHS
        if quarantined if is_quarantined else every or row.error_code in retryable:
            chosen.append(row.id)
            contents.update([row.sha256] if row.sha256 else [])
        else:
            left["quarantined" if is_quarantined else "hopeless"] += 1
    skipped = list(_skipped(database, job_id, contents))
    for portion in _portions([*chosen, *skipped]):
        ResultRow.update(
            status="queued", error_type=None, error_code=None, payload=None, timestamp=None
        ).where(ResultRow.id.in_(portion)).execute(database)
    count = len(chosen) + len(skipped)
    ProcessingJob.update(
        processed_documents=ProcessingJob.processed_documents - count,
        failed_documents=ProcessingJob.failed_documents - len(chosen),
        skipped_documents=ProcessingJob.skipped_documents - len(skipped),
    ).where(ProcessingJob.job_id == job_id).execute(database)
    return Requeued(count=count, **left)


def _skipped(database: Database, job_id: str, contents: set[str]) -> Iterator[int]:
    """Yield what was never reached, and what has the same bytes as a source taken back."""
    rows = ResultRow.select(ResultRow.id, ResultRow.error_code, ResultRow.sha256).where(
        (ResultRow.job == job_id) & (ResultRow.status == ResultStatus.SKIPPED.value)
    )
    for row in rows.execute(database):
        duplicate = row.error_code == DuplicateError.error_code and row.sha256 in contents
        if duplicate or row.error_code == NotStartedError.error_code:
            yield row.id


def retryable_codes() -> frozenset[str]:
    """Return the codes of the failures after which trying again may help."""
    return frozenset(item.error_code for item in known_errors() if item.retryable)


def _portions(rows: Iterable[int]) -> Iterator[list[int]]:
    waiting = list(rows)
    for start in range(0, len(waiting), _ROWS):
        yield waiting[start : start + _ROWS]
