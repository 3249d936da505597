"""Answers from the job records: jobs, their results, and what earlier runs have."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import islice
from typing import Any

from attrs import field, frozen
from peewee import fn

from loanbatch.database import PatientDatabase, bring_up_to_date
from loanbatch.errors import UnexpectedError, UnknownJobError, UnknownRecordError
from loanbatch.jobstore import _leases
from loanbatch.jobstore import _statements as sql
from loanbatch.jobstore._events import JobEvent, events_of
from loanbatch.jobstore._loans import loans_after, newest_of_loan
from loanbatch.jobstore._migrations import COMPONENT, STEPS
from loanbatch.jobstore._order import seems_begun
from loanbatch.jobstore._results import StoredResults
from loanbatch.jobstore._rows import plain_job, result_from_payload, results_from_rows
from loanbatch.jobstore._statements import reading
from loanbatch.jobstore._tables import JobInputs, ProcessingJob, ResultRow
from loanbatch.results import (
    BatchProcessingResult,
    BatchProcessingSummary,
    JobStatus,
    ResultStatus,
    document_id,
)

#: Hashes asked for at a time.
_CHUNK = 500
#: Characters of a document id that may stand for all of it: `doc-` and six hex digits.
_SHORTEST_ID = 10


@frozen(kw_only=True)
class EarlierResult:
    """What a later copy of the same bytes needs to know of the first."""

    file_name: str
    document_id: str | None
    loan_id: str | None


@frozen(kw_only=True)
class Outcomes:
    """What became of the sources of a job, counted, and what somebody should look at first."""

    #: Failed results by error code.
    codes: Counter[str] = field(factory=Counter)
    #: Results that need review.
    reviews: int = 0
    #: Results that earlier runs had.
    reused: int = 0
    #: The first results, in input order, that failed or need review.
    notable: tuple[BatchProcessingResult, ...] = ()

    @property
    def notable_count(self) -> int:
        """How many results failed or need review."""
        return self.codes.total() + self.reviews


class JobRecords:
    """The job records in one database, for reading.

    Args:
        url: For peewee's `db_url`; the folder of a SQLite file is made when missing.
        patience: Seconds that a database is tried again whose connection got lost.

    Raises:
        StorageFailedError: The database cannot be opened. All methods: it refused, or did not
            answer for too long.
        SettingsError: A newer loanbatch wrote it.
    """

    def __init__(self, url: str, *, patience: float = 0.0) -> None:
        self._records = PatientDatabase(url, patience=patience)
        self._database = self._records.peewee
        self._records.open(lambda database: bring_up_to_date(database, COMPONENT, STEPS))

    def close(self) -> None:
        """Close the connection of this thread; it opens again when it is used again."""
        self._records.close()

    @reading
    def has_successes(self, fingerprint: str) -> bool:
        """Tell whether `find_success` can find anything under this fingerprint."""
        query = ProcessingJob.select().where(
            (ProcessingJob.fingerprint == fingerprint) & (ProcessingJob.successful_documents > 0)
        )
        return bool(query.exists(self._database))

    @reading
    def find_success(
        self, sha256: str, fingerprint: str
    ) -> tuple[int, BatchProcessingResult] | None:
        """Return the newest success for these bytes under this fingerprint, with its row's id."""
        values = (document_id(sha256), sha256, fingerprint)
        row = self._records.run(sql.SUCCESS_WITH_CONTENT, values).fetchone()
        return None if row is None else (row[0], result_from_payload(row[1]))

    @reading
    def last_success(self, document: str) -> tuple[str | None, str] | None:
        """Return loan id and fingerprint of the newest success of a document in any job."""
        row = self._records.run(sql.LAST_SUCCESS, (document,)).fetchone()
        return None if row is None else (row[0], row[1])

    @reading
    def first_with_content(self, job_id: str, sha256: str) -> EarlierResult | None:
        """Return the recorded result of the same bytes in the same job."""
        row = self._records.run(sql.FIRST_WITH_CONTENT, (job_id, sha256)).fetchone()
        if row is None:
            return None
        return EarlierResult(file_name=row[0], document_id=row[1], loan_id=row[2])

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

    @reading
    def outcomes(self, job_id: str, *, notable: int) -> Outcomes:
        """Count what became of the sources of a job, without reading the results.

        Args:
            job_id: A job.
            notable: How many results that failed or need review are read at most.
        """
        codes: Counter[str] = Counter()
        reviews = reused = 0
        rows = self._records.run(sql.OUTCOMES, (job_id,)).fetchall()
        for status, code, needs_review, is_reused, count in rows:
            if status == ResultStatus.FAILED.value:
                codes[code or UnexpectedError.error_code] += count
            reviews += count if needs_review else 0
            reused += count if is_reused else 0
        failed = ResultRow.status == ResultStatus.FAILED.value
        found = _processed(job_id).where(failed | ResultRow.needs_review).limit(notable)
        return Outcomes(
            codes=codes,
            reviews=reviews,
            reused=reused,
            notable=tuple(results_from_rows(self._database, found.execute(self._database))),
        )

    @reading
    def job_status(self, job_id: str) -> dict[str, Any]:
        """Return a job's row as plain data.

        Raises:
            UnknownJobError: No such job.
        """
        return self._plain(self._job(job_id))

    @reading
    def jobs(self, limit: int) -> list[dict[str, Any]]:
        """Return the newest jobs, newest first."""
        newest = ProcessingJob.select().order_by(ProcessingJob.created_at.desc()).limit(limit)
        return [self._plain(job) for job in newest.execute(self._database)]

    @reading
    def waiting_jobs(self) -> list[dict[str, Any]]:
        """Return the jobs that were left unfinished, in the order in which to go on with them.

        A point of priority counts for an hour that another job has waited longer.
        """
        unfinished = ProcessingJob.select().where(ProcessingJob.completed_at.is_null())
        jobs = map(self._plain, unfinished.execute(self._database))
        return sorted(
            (job for job in jobs if job["resumable"]),
            key=lambda job: (seems_begun(job["created_at"], job["priority"]), job["job_id"]),
        )

    def _plain(self, job: Any) -> dict[str, Any]:  # noqa: ANN401 -- a row
        unfinished = job.status in (JobStatus.QUEUED.value, JobStatus.PROCESSING.value)
        resumable = unfinished and not _leases.is_held(job) and self._has_sources(job)
        return {**plain_job(job), "resumable": resumable}

    def _has_sources(self, job: Any) -> bool:  # noqa: ANN401 -- a row
        """Tell whether all sources of a job have a row, or can be listed again."""
        known = JobInputs.select().where(JobInputs.job == job.job_id)
        return job.is_listed or bool(known.exists(self._database))

    @reading
    def last_ends(self) -> dict[str, float]:
        """Return when a job ended last, in seconds since 1970, by its status."""
        query = (
            ProcessingJob.select(ProcessingJob.status, fn.MAX(ProcessingJob.completed_at))
            .where(~ProcessingJob.completed_at.is_null())
            .group_by(ProcessingJob.status)
        )
        rows = query.tuples().execute(self._database)
        return {status: datetime.fromisoformat(moment).timestamp() for status, moment in rows}

    @reading
    def events(self, job_id: str) -> list[JobEvent]:
        """Return what happened to a job and to its sources, oldest first.

        Raises:
            UnknownJobError: No such job.
        """
        self._job(job_id)
        return events_of(self._records, job_id)

    @reading
    def _job(self, job_id: str) -> Any:  # noqa: ANN401 -- a row
        query = ProcessingJob.select().where(ProcessingJob.job_id == job_id)
        job = query.first(self._database)
        if job is None:
            raise UnknownJobError(f"no job has the id {job_id!r}; `loanbatch jobs` lists them")
        return job

    @reading
    def results_after(
        self, job_id: str, position: int, *, limit: int
    ) -> tuple[list[BatchProcessingResult], int | None]:
        """Return some processed results in input order, and after which position to go on."""
        query = _processed(job_id).where(ResultRow.position > position).limit(limit)
        rows = list(query.execute(self._database))
        results = results_from_rows(self._database, rows)
        return results, rows[-1].position if len(rows) == limit else None

    @reading
    def result_at(self, job_id: str, place: int) -> BatchProcessingResult | None:
        """Return one of the processed results, counted from 0 in input order."""
        rows = _processed(job_id).offset(place).limit(1).execute(self._database)
        results = results_from_rows(self._database, rows)
        return results[0] if results else None

    @reading
    def count_results(self, job_id: str) -> int:
        """Return how many sources of a job are processed."""
        return int(_processed(job_id).count(self._database))

    def unknown_contents(self, hashes: Iterable[str]) -> list[str]:
        """Return the hashes of contents of which no success is recorded, in order."""
        unknown: list[str] = []
        waiting = iter(hashes)
        while portion := list(islice(waiting, _CHUNK)):
            known = self._known_among(portion)
            unknown.extend(sha256 for sha256 in portion if sha256 not in known)
        return unknown

    @reading
    def _known_among(self, hashes: list[str]) -> set[str]:
        ids = [document_id(sha256) for sha256 in hashes]
        query = ResultRow.select(ResultRow.sha256).where(
            ResultRow.document_id.in_(ids) & (ResultRow.status == ResultStatus.SUCCESS.value)
        )
        return {row.sha256 for row in query.execute(self._database)}

    @reading
    def find(self, record_id: str) -> list[BatchProcessingResult]:
        """Return the newest success of each document with this document id or loan id.

        The first six or more hex digits of a document id stand for it.

        Raises:
            UnknownRecordError: None has.
        """
        this = ResultRow.document_id == record_id
        if len(record_id) >= _SHORTEST_ID and record_id.startswith("doc-"):
            # All that begin so: no hex digit comes after `f`, and the index can be used.
            this = ResultRow.document_id.between(record_id, f"{record_id}g")
        newest = (
            ResultRow.select(fn.MAX(ResultRow.id))
            .where(
                (ResultRow.status == ResultStatus.SUCCESS.value)
                & (this | (ResultRow.loan_id == record_id))
            )
            .group_by(ResultRow.document_id)
        )
        query = ResultRow.select().where(ResultRow.id.in_(newest)).order_by(ResultRow.id)
        found = results_from_rows(self._database, query.execute(self._database))
        if not found:
            too_short = record_id.startswith("doc-") and len(record_id) < _SHORTEST_ID
            advice = (
                "give at least six digits after doc-" if too_short else "ids are in the reports"
            )
            raise UnknownRecordError(
                f"no stored document or loan has the id {record_id!r}; {advice}"
            )
        return found

    @reading
    def results_of_loan(self, loan_id: str) -> list[BatchProcessingResult]:
        """Return the newest success of each document of a loan, by file name.

        Ids that differ in punctuation, spaces or case only are of one loan.

        Raises:
            UnknownRecordError: No document is of this loan.
        """
        rows = ResultRow.select().where(ResultRow.id.in_(newest_of_loan(self._records, loan_id)))
        found = results_from_rows(self._database, rows.execute(self._database))
        if not found:
            raise UnknownRecordError(
                f"no stored document is of the loan {loan_id!r}; loan ids are in the reports"
            )
        return sorted(found, key=lambda result: (result.file_name, result.document_id or ""))

    def loans_of_job(self, job_id: str, *, several: bool = False) -> Iterator[str]:
        """Yield the ids of the loans of a job, in the order of their first sources.

        Args:
            job_id: A job.
            several: Only loans of which the database has more than one source.

        Raises:
            UnknownJobError: No such job.
        """
        self._job(job_id)
        position: int | None = -1
        while position is not None:
            loan_ids, position = self._loans_after(job_id, position, several=several)
            yield from loan_ids

    @reading
    def _loans_after(
        self, job_id: str, position: int, *, several: bool
    ) -> tuple[list[str], int | None]:
        return loans_after(self._records, job_id, position, several=several)


def _processed(job_id: str) -> Any:  # noqa: ANN401 -- a query
    """Return the query of a job's processed rows in input order."""
    rows = ResultRow.select().where((ResultRow.job == job_id) & (ResultRow.status != "queued"))
    return rows.order_by(ResultRow.position)
