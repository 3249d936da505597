"""JobStore: create jobs, queue sources, record results, answer questions about both."""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, overload

from attrs import evolve, frozen
from peewee import Database, DatabaseError, fn
from playhouse.db_url import connect

from loanbatch.convert import from_plain, to_plain
from loanbatch.errors import StorageFailedError, UnknownJobError, UnknownRecordError
from loanbatch.jobstore._migrations import migrate
from loanbatch.jobstore._tables import TABLES, Attempt, Event, ProcessingJob, ResultRow
from loanbatch.models import Source
from loanbatch.results import (
    BatchProcessingResult,
    BatchProcessingSummary,
    JobStatus,
    ResultStatus,
    document_id,
)

#: Rows per INSERT when sources are queued.
_CHUNK = 500
_COUNTERS = {
    ResultStatus.SUCCESS: "successful_documents",
    ResultStatus.FAILED: "failed_documents",
    ResultStatus.SKIPPED: "skipped_documents",
}
_SQLITE_PRAGMAS = {
    "journal_mode": "wal",
    # Safe against crashes of the process; a power cut may lose the last commits, never the database.
    "synchronous": "normal",
    "foreign_keys": 1,
    "busy_timeout": 30_000,
}


def _now() -> str:
    return datetime.now(UTC).isoformat()


@frozen(kw_only=True)
class QueuedSource:
    """A source of a job that waits for its result."""

    row_id: int
    #: From 0, in the order of the input.
    position: int
    source: Source


class JobStore:
    """The job records in one database.

    Args:
        url: For peewee's `db_url`; the folder of a SQLite file is made when missing.

    Raises:
        StorageFailedError: The database cannot be opened.
    """

    def __init__(self, url: str) -> None:
        self._database = _open(url)

    def close(self) -> None:
        """Close the connection."""
        self._database.close()

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        try:
            with self._database.bind_ctx(TABLES), self._database.atomic():
                yield
        except DatabaseError as error:
            raise StorageFailedError(
                f"the job database refused: {type(error).__name__}; see the setting database"
            ) from error

    def create_job(self, fingerprint: str) -> str:
        """Add a job without sources and return its id, which sorts by time."""
        moment = datetime.now(UTC)
        job_id = f"job-{moment:%Y%m%d-%H%M%S}-{secrets.token_hex(3)}"
        with self._transaction():
            ProcessingJob.create(
                job_id=job_id,
                status=JobStatus.QUEUED.value,
                fingerprint=fingerprint,
                created_at=moment.isoformat(),
            )
            self._add_event(job_id, "job_created")
        return job_id

    def queue(self, job_id: str, sources: Iterable[Source]) -> int:
        """Add sources to a job, in order, and return how many."""
        with self._transaction():
            rows = []
            position = 0
            for position, source in enumerate(sources, start=1):
                rows.append(
                    {
                        "job": job_id,
                        "position": position - 1,
                        "priority": source.priority,
                        "file_name": source.file_name,
                        "location": source.location,
                        "loan_id": source.loan_id,
                    }
                )
                if len(rows) == _CHUNK:
                    ResultRow.insert_many(rows).execute()
                    rows = []
            if rows:
                ResultRow.insert_many(rows).execute()
            ProcessingJob.update(total_documents=position, status=JobStatus.PROCESSING.value).where(
                ProcessingJob.job_id == job_id
            ).execute()
        return position

    def queued(self, job_id: str) -> Iterator[QueuedSource]:
        """Iterate over the sources without result: higher priority first, then in input order."""
        last: tuple[int, int] | None = None
        while True:
            with self._transaction():
                query = ResultRow.select().where(
                    (ResultRow.job == job_id) & (ResultRow.status == "queued")
                )
                if last is not None:
                    priority, position = last
                    query = query.where(
                        (ResultRow.priority < priority)
                        | ((ResultRow.priority == priority) & (ResultRow.position > position))
                    )
                order = (ResultRow.priority.desc(), ResultRow.position)
                rows = list(query.order_by(*order).limit(_CHUNK))
            if not rows:
                return
            for row in rows:
                yield QueuedSource(
                    row_id=row.id,
                    position=row.position,
                    source=Source(
                        file_name=row.file_name,
                        location=row.location,
                        loan_id=row.loan_id,
                        priority=row.priority,
                    ),
                )
            last = (rows[-1].priority, rows[-1].position)

    def record(
        self,
        job_id: str,
        queued: QueuedSource,
        result: BatchProcessingResult,
        *,
        fingerprint: str,
        started_at: datetime,
        reused_from: int | None = None,
    ) -> None:
        """Write a result, its attempt and the job's counters in one transaction."""
        payload = None if reused_from is not None else json.dumps(to_plain(result))
        outcome = result.error_code or result.status.value
        with self._transaction():
            changed = (
                ResultRow.update(
                    status=result.status.value,
                    sha256=result.sha256,
                    document_id=result.document_id,
                    loan_id=result.loan_id,
                    error_type=result.error_type and result.error_type.value,
                    error_code=result.error_code,
                    needs_review=result.needs_review,
                    processing_time=result.processing_time,
                    timestamp=result.timestamp.isoformat(),
                    fingerprint=fingerprint,
                    payload=payload,
                    reused_from=reused_from,
                )
                .where((ResultRow.id == queued.row_id) & (ResultRow.status == "queued"))
                .execute()
            )
            if not changed:  # recorded before an interruption: nothing may be counted twice
                return
            Attempt.create(
                result=queued.row_id,
                started_at=started_at.isoformat(),
                ended_at=_now(),
                outcome=outcome,
            )
            counter = getattr(ProcessingJob, _COUNTERS[result.status])
            ProcessingJob.update(
                {
                    counter: counter + 1,
                    ProcessingJob.processed_documents: ProcessingJob.processed_documents + 1,
                }
            ).where(ProcessingJob.job_id == job_id).execute()

    def finish(self, job_id: str, status: JobStatus) -> None:
        """Set a job's last status and its end."""
        with self._transaction():
            ProcessingJob.update(status=status.value, completed_at=_now()).where(
                ProcessingJob.job_id == job_id
            ).execute()
            self._add_event(job_id, "job_finished", detail=status.value)

    def interrupt(self, job_id: str) -> None:
        """Note that a job was stopped before its end; its queued sources stay queued."""
        with self._transaction():
            ProcessingJob.update(status=JobStatus.QUEUED.value).where(
                ProcessingJob.job_id == job_id
            ).execute()
            self._add_event(job_id, "job_interrupted")

    def _add_event(self, job_id: str, event: str, *, detail: str = "") -> None:
        Event.create(job_id=job_id, moment=_now(), event=event, detail=detail)

    def find_success(
        self, sha256: str, fingerprint: str
    ) -> tuple[int, BatchProcessingResult] | None:
        """Return the newest success for these bytes under this fingerprint, with its row's id."""
        with self._transaction():
            row = (
                ResultRow.select()
                .where(
                    (ResultRow.document_id == document_id(sha256))
                    & (ResultRow.sha256 == sha256)
                    & (ResultRow.fingerprint == fingerprint)
                    & (ResultRow.status == ResultStatus.SUCCESS.value)
                    & ResultRow.payload.is_null(False)
                )
                .order_by(ResultRow.id.desc())
                .first()
            )
            return None if row is None else (row.id, _load(row))

    def first_with_content(
        self, job_id: str, sha256: str, *, before: int
    ) -> BatchProcessingResult | None:
        """Return the recorded result of the same bytes at an earlier position of the job."""
        with self._transaction():
            row = (
                ResultRow.select()
                .where(
                    (ResultRow.job == job_id)
                    & (ResultRow.sha256 == sha256)
                    & (ResultRow.position != before)
                    & (ResultRow.status.in_(["success", "failed"]))
                )
                .order_by(ResultRow.position)
                .first()
            )
            return None if row is None else _load(row)

    def summary(self, job_id: str) -> BatchProcessingSummary:
        """Return a job with its results, which are read when asked for.

        Raises:
            UnknownJobError: No such job.
        """
        job = self._job(job_id)
        return BatchProcessingSummary(
            job_id=job_id,
            status=JobStatus(job.status),
            total_documents=job.total_documents,
            processed_documents=job.processed_documents,
            successful_documents=job.successful_documents,
            failed_documents=job.failed_documents,
            skipped_documents=job.skipped_documents,
            results=StoredResults(self, job_id),
            start_time=datetime.fromisoformat(job.created_at),
            end_time=None if job.completed_at is None else datetime.fromisoformat(job.completed_at),
        )

    def job_status(self, job_id: str) -> dict[str, Any]:
        """Return a job's row as plain data.

        Raises:
            UnknownJobError: No such job.
        """
        return _job_to_plain(self._job(job_id))

    def jobs(self, limit: int) -> list[dict[str, Any]]:
        """Return the newest jobs, newest first."""
        with self._transaction():
            newest = ProcessingJob.select().order_by(ProcessingJob.created_at.desc()).limit(limit)
            return [_job_to_plain(job) for job in newest]

    def _job(self, job_id: str) -> Any:
        with self._transaction():
            job = ProcessingJob.get_or_none(ProcessingJob.job_id == job_id)
        if job is None:
            raise UnknownJobError(f"no job has the id {job_id!r}; `loanbatch jobs` lists them")
        return job

    def results(self, job_id: str, *, offset: int, limit: int) -> list[BatchProcessingResult]:
        """Return some processed results of a job in the order of the input."""
        with self._transaction():
            rows = (
                ResultRow.select()
                .where((ResultRow.job == job_id) & (ResultRow.status != "queued"))
                .order_by(ResultRow.position)
                .offset(offset)
                .limit(limit)
            )
            return [_load(row) for row in rows]

    def count_results(self, job_id: str) -> int:
        """Return how many sources of a job are processed."""
        with self._transaction():
            return int(
                ResultRow.select()
                .where((ResultRow.job == job_id) & (ResultRow.status != "queued"))
                .count()
            )

    def find(self, record_id: str) -> list[BatchProcessingResult]:
        """Return the newest success of each document with this document id or loan id.

        Raises:
            UnknownRecordError: None has.
        """
        with self._transaction():
            newest = (
                ResultRow.select(fn.MAX(ResultRow.id))
                .where(
                    (ResultRow.status == ResultStatus.SUCCESS.value)
                    & ((ResultRow.document_id == record_id) | (ResultRow.loan_id == record_id))
                )
                .group_by(ResultRow.document_id)
            )
            rows = ResultRow.select().where(ResultRow.id.in_(newest)).order_by(ResultRow.id)
            found = [_load(row) for row in rows]
        if not found:
            raise UnknownRecordError(
                f"no stored document or loan has the id {record_id!r}; ids are in the reports"
            )
        return found


class StoredResults(Sequence[BatchProcessingResult]):
    """The processed results of a job in input order, read from the store in portions."""

    _PORTION = 100

    def __init__(self, store: JobStore, job_id: str) -> None:
        self._store = store
        self._job_id = job_id

    def __len__(self) -> int:
        return self._store.count_results(self._job_id)

    @overload
    def __getitem__(self, index: int) -> BatchProcessingResult: ...

    @overload
    def __getitem__(self, index: slice) -> Sequence[BatchProcessingResult]: ...

    def __getitem__(
        self, index: int | slice
    ) -> BatchProcessingResult | Sequence[BatchProcessingResult]:
        if isinstance(index, slice):
            return [self[i] for i in range(*index.indices(len(self)))]
        position = index + len(self) if index < 0 else index
        found = self._store.results(self._job_id, offset=position, limit=1) if position >= 0 else []
        if not found:
            raise IndexError(index)
        return found[0]

    def __iter__(self) -> Iterator[BatchProcessingResult]:
        offset = 0
        while portion := self._store.results(self._job_id, offset=offset, limit=self._PORTION):
            yield from portion
            offset += len(portion)


def _open(url: str) -> Database:
    scheme, _, path = url.partition(":///")
    options: dict[str, Any] = {}
    try:
        if scheme == "sqlite":
            Path(path).parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            options["pragmas"] = _SQLITE_PRAGMAS
        database = connect(url, **options)
        with database.bind_ctx(TABLES):
            migrate(database)
    except (DatabaseError, OSError, ImportError, RuntimeError) as error:
        raise StorageFailedError(
            f"the database cannot be opened ({type(error).__name__}); see the settings database and home"
        ) from error
    return database


def _load(row: Any) -> BatchProcessingResult:
    """Return the result of a row; one that was reused takes its content from the first."""
    if row.reused_from is None:
        return from_plain(json.loads(row.payload), BatchProcessingResult)
    original = _load(ResultRow.get_by_id(row.reused_from))
    return evolve(
        original,
        file_name=row.file_name,
        source=row.location,
        loan_id=row.loan_id,
        processing_time=row.processing_time,
        timestamp=datetime.fromisoformat(row.timestamp),
        reused=True,
    )


def _job_to_plain(job: Any) -> dict[str, Any]:
    return {
        "job_id": job.job_id,
        "status": job.status,
        "total_documents": job.total_documents,
        "processed_documents": job.processed_documents,
        "successful_documents": job.successful_documents,
        "failed_documents": job.failed_documents,
        "skipped_documents": job.skipped_documents,
        "created_at": job.created_at,
        "completed_at": job.completed_at,
    }
