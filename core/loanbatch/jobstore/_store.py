"""JobStore: create jobs, queue sources, record results, answer questions about both."""

from __future__ import annotations

import json
import secrets
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime
from itertools import islice
from typing import Any

from loanbatch.errors import (
    LeaseLostError,
    LoanbatchError,
    StorageFailedError,
    error_from_code,
)
from loanbatch.jobstore import _leases, _requeueing
from loanbatch.jobstore import _statements as sql
from loanbatch.jobstore._events import Logged, Note, insert, telling
from loanbatch.jobstore._order import in_turn
from loanbatch.jobstore._reading import JobRecords
from loanbatch.jobstore._records import (
    QueuedSource,
    Record,
    UnfinishedJob,
    queued_values,
    recorded_values,
)
from loanbatch.jobstore._rows import now
from loanbatch.jobstore._statements import reading, writing
from loanbatch.jobstore._tables import JobInputs, ProcessingJob, ResultRow
from loanbatch.models import Source
from loanbatch.priorities import NORMAL
from loanbatch.results import JobStatus, ResultStatus

#: Rows that are written or read at a time where sources are queued.
_CHUNK = 500
#: Rows of seven values that one statement writes: any SQLite takes 999 values.
_ROWS_PER_STATEMENT = 100
_NO_LEASE: dict[str, Any] = {"lease_holder": None, "lease_until": None}
#: Above all priorities.
_TOP = 2**31 - 1


class JobStore(JobRecords):
    """The job records in one database. Every method is one transaction, except where it says so.

    A store holds the leases of the jobs that it created or took; only the holder changes a job.

    Args:
        url: For peewee's `db_url`; the folder of a SQLite file is made when missing.
        patience: Seconds that a database is tried again whose connection got lost.

    Raises:
        StorageFailedError: The database cannot be opened. All methods: it refused, or did not
            answer for too long.
        SettingsError: A newer loanbatch wrote it.
        LeaseLostError: By methods that change a job, which then stays as it is: another store
            took it.
    """

    def __init__(self, url: str, *, patience: float = 0.0) -> None:
        super().__init__(url, patience=patience)
        self._holder = _leases.new_holder()
        #: Jobs whose lease could not be given back, for the database did not answer.
        self._given_up: set[str] = set()
        #: Events of the transaction at hand.
        self._told: list[Logged] = []

    @telling
    def create_job(
        self,
        fingerprint: str,
        *,
        inputs: str | None = None,
        reprocess: bool = False,
        priority: int = NORMAL,
    ) -> str:
        """Add a job without sources, take its lease, and return its id, which sorts by time.

        Args:
            fingerprint: Of the pipeline.
            inputs: What the batch is made of, as JSON, if it can be listed again.
            reprocess: Whether results of earlier runs may not be taken over.
            priority: That of its sources which have none of their own, and its own among jobs.
        """
        self._records.take_time()
        moment = datetime.now(UTC)
        job_id = f"job-{moment:%Y%m%d-%H%M%S}-{secrets.token_hex(3)}"
        ProcessingJob.insert(
            job_id=job_id,
            status=JobStatus.QUEUED.value,
            fingerprint=fingerprint,
            created_at=moment.isoformat(),
            reprocess=reprocess,
            priority=priority,
            lease_holder=self._holder,
            lease_until=_leases.lease_end(),
        ).execute(self._database)
        if inputs is not None:
            JobInputs.insert(job=job_id, inputs=inputs).execute(self._database)
        self._tell(job_id, "job_created", priority=priority or None)
        return job_id

    def take(self, job_id: str, fingerprint: str) -> UnfinishedJob:
        """Take the lease of a job to go on with it under a pipeline of this fingerprint.

        Raises:
            UnknownJobError: No such job.
            JobHeldError: Somebody works on it.
        """
        self._records.take_time()
        found = self._take(job_id, fingerprint)
        self._given_up.discard(job_id)
        return found

    @telling
    def _take(self, job_id: str, fingerprint: str) -> UnfinishedJob:
        found = self._job(job_id)
        if job_id not in self._given_up or found.lease_holder != self._holder:
            _leases.take(self._database, found, self._holder)
        job = self._job(job_id)  # again: its last holder may have recorded something meanwhile
        self._update_job(job_id, fingerprint=fingerprint, lease_until=_leases.lease_end())
        if found.lease_holder not in (None, self._holder):
            self._tell(job_id, "job_abandoned", process=_leases.process_of(found.lease_holder))
        self._tell(job_id, "job_resumed")
        if job.fingerprint != fingerprint:
            self._tell(job_id, "pipeline_changed")
        row = JobInputs.select().where(JobInputs.job == job_id).first(self._database)
        return UnfinishedJob(
            fingerprint=job.fingerprint,
            total=job.total_documents,
            processed=job.processed_documents,
            is_listed=job.is_listed,
            inputs=None if row is None else row.inputs,
            reprocess=job.reprocess,
            priority=job.priority,
            is_finished=job.completed_at is not None,
        )

    def hurry(self) -> None:
        """Wait for the database no longer than a moment, until a job is created or taken."""
        self._records.hurry()

    @writing
    def release(self, job_id: str) -> None:
        """Give back the lease of a job and leave all else as it is."""
        mine = (ProcessingJob.job_id == job_id) & (ProcessingJob.lease_holder == self._holder)
        ProcessingJob.update(**_NO_LEASE).where(mine).execute(self._database)

    @telling
    def release_abandoned(self) -> list[str]:
        """Give back the leases of processes that are gone; return their jobs.

        Those could be gone on with anyhow: this makes them say so.
        """
        unfinished = ProcessingJob.completed_at.is_null()
        query = ProcessingJob.select().where(unfinished).order_by(ProcessingJob.created_at)
        jobs = list(query.execute(self._database))
        released = [
            job for job in jobs if _leases.is_abandoned(job) and _leases.clear(self._database, job)
        ]
        for job in released:
            process = _leases.process_of(job.lease_holder)
            self._tell(job.job_id, "job_released", process=process)
        return [job.job_id for job in released]

    def renew(self, job_id: str) -> bool:
        """Make the lease of a job last for another minute; False when it was lost."""
        return self._records.write(
            lambda: _leases.renew(self._database, job_id, self._holder),
            patiently=False,  # the next sign comes soon
        )

    @telling
    def requeue(
        self, job_id: str, *, every: bool = False, quarantined: bool = False
    ) -> _requeueing.Requeued:
        """Take back failed results of a job whose lease this store holds, to be tried again.

        Args:
            job_id: A job.
            every: Also failures that trying again is not likely to mend.
            quarantined: Also documents on which workers died too often.
        """
        self._update_job(job_id, lease_until=_leases.lease_end())  # if it is still held
        found = _requeueing.requeue(self._database, job_id, every=every, quarantined=quarantined)
        if found.count:
            self._update_job(job_id, status=JobStatus.QUEUED.value, completed_at=None)
            self._tell(job_id, "job_requeued", count=found.count)
        return found

    @writing
    def forget_sources(self, job_id: str) -> None:
        """Remove the rows of a job whose listing was interrupted: it is listed anew."""
        self._update_job(job_id, total_documents=0)
        ResultRow.delete().where(ResultRow.job == job_id).execute(self._database)

    def queue(
        self,
        job_id: str,
        sources: Iterable[Source],
        obstacle: Callable[[int], LoanbatchError | None] = lambda _: None,
        *,
        priority: int = NORMAL,
    ) -> int:
        """Add the sources of a job, in order, and return how many there are.

        Args:
            job_id: A job.
            sources: Iterated once.
            obstacle: Told the position of a source, gives what stands against processing it.
            priority: Of the sources without one of their own.

        Sources are listed while they are added; portions of them are one transaction each.
        """
        total = 0
        remaining = iter(sources)
        while portion := list(islice(remaining, _CHUNK)):
            rows = [
                queued_values(job_id, number, source, priority, obstacle(number))
                for number, source in enumerate(portion, start=total)
            ]
            total += len(rows)
            self._add_rows(job_id, total, rows)
        self._set_listed(job_id)
        return total

    @writing
    def _add_rows(self, job_id: str, total: int, rows: Sequence[tuple[object, ...]]) -> None:
        self._update_job(job_id, total_documents=total)
        for start in range(0, len(rows), _ROWS_PER_STATEMENT):
            portion = rows[start : start + _ROWS_PER_STATEMENT]
            places = ", ".join([sql.ONE_SOURCE] * len(portion))
            self._records.run(sql.ADD_SOURCES + places, [value for row in portion for value in row])

    @writing
    def _set_listed(self, job_id: str) -> None:
        self._update_job(job_id, is_listed=True, status=JobStatus.PROCESSING.value)

    @telling
    def begin(self, job_id: str) -> None:
        """Note that the sources of a job are being processed."""
        self._update_job(job_id, status=JobStatus.PROCESSING.value)
        total, waiting = self._totals(job_id)
        self._tell(job_id, "job_started", total_documents=total, waiting_documents=waiting)

    def queued(self, job_id: str) -> Iterator[QueuedSource]:
        """Iterate over the sources without result: higher priority first, then in input order.

        Each tenth is the first of them in input order, however urgent it is.
        """
        priorities, taken = self._waiting_priorities(job_id)
        portion = -(-_CHUNK // max(1, len(priorities)))  # as many are held whatever their number
        streams = (self._of_priority(job_id, priority, portion) for priority in priorities)
        return in_turn(streams, taken=taken)

    @reading
    def _waiting_priorities(self, job_id: str) -> tuple[list[int], int]:
        """Return the priorities of the sources without result, and how many have one."""
        found: list[int] = []
        values = (job_id, _TOP)
        while (row := self._records.run(sql.NEXT_PRIORITY, values).fetchone()) is not None:
            found.append(row[0])
            values = (job_id, row[0])
        return found, self._job(job_id).processed_documents

    def _of_priority(self, job_id: str, priority: int, portion: int) -> Iterator[QueuedSource]:
        position = -1
        while True:
            rows = self._queued_after(job_id, priority, position, portion)
            for row_id, position, name, location, loan_id, obstacle, deaths in rows:
                yield QueuedSource(
                    row_id=row_id,
                    position=position,
                    source=Source(
                        file_name=name, location=location, loan_id=loan_id, priority=priority
                    ),
                    obstacle=None if obstacle is None else error_from_code(*json.loads(obstacle)),
                    worker_deaths=deaths,
                )
            if len(rows) < portion:
                return

    @reading
    def _queued_after(self, job_id: str, priority: int, position: int, limit: int) -> list[Any]:
        values = (job_id, priority, position, limit)
        return list(self._records.run(sql.QUEUED, values).fetchall())

    @telling
    def record(self, job_id: str, records: Sequence[Record], *, fingerprint: str) -> None:
        """Write results, their attempts and the job's counters.

        A result that is there already stays as it is and is not counted again.

        Raises:
            LeaseLostError: Another store took the job; nothing was recorded.
        """
        moment = now()
        counts: Counter[ResultStatus] = Counter()
        for record in records:
            values = recorded_values(record, fingerprint)
            if self._records.run(sql.RECORD, values).rowcount == 0:
                continue
            result = record.result
            outcome = result.error_code or result.status.value
            attempt = (record.queued.row_id, record.started_at.isoformat(), moment, outcome)
            self._records.run(sql.ADD_ATTEMPT, attempt)
            self._tell_of_source(job_id, record, moment)
            counts[result.status] += 1
        successes, failures, skipped = (counts[status] for status in ResultStatus)
        counters = (counts.total(), successes, failures, skipped, job_id, self._holder)
        if self._records.run(sql.COUNT, counters).rowcount == 0:
            raise _lease_lost(job_id)

    @telling
    def finish(self, job_id: str, status: JobStatus) -> None:
        """Set a job's last status and its end."""
        self._update_job(job_id, status=status.value, completed_at=now(), **_NO_LEASE)
        job = self._job(job_id)
        self._tell(
            job_id,
            "job_finished",
            status=status.value,
            successful_documents=job.successful_documents,
            failed_documents=job.failed_documents,
            skipped_documents=job.skipped_documents,
        )

    def interrupt(self, job_id: str) -> None:
        """Note that a job was stopped before its end; its queued sources stay queued.

        A job that another store took is left alone. Where that cannot be written, this store may
        take the job up again; others may when the lease has run out.
        """
        try:
            self._interrupt(job_id)
        except StorageFailedError:
            self._given_up.add(job_id)
            raise

    @telling
    def _interrupt(self, job_id: str) -> None:
        mine = (ProcessingJob.job_id == job_id) & (ProcessingJob.lease_holder == self._holder)
        update = ProcessingJob.update(status=JobStatus.QUEUED.value, **_NO_LEASE).where(mine)
        if update.execute(self._database):
            _, waiting = self._totals(job_id)
            self._tell(job_id, "job_interrupted", waiting_documents=waiting)

    def _update_job(self, job_id: str, **values: object) -> None:
        """Change the row of a job that this store holds; inside a transaction, which ends else."""
        mine = (ProcessingJob.job_id == job_id) & (ProcessingJob.lease_holder == self._holder)
        if not ProcessingJob.update(**values).where(mine).execute(self._database):
            raise _lease_lost(job_id)

    def _totals(self, job_id: str) -> tuple[int, int]:
        """Return how many sources a job has, and how many of them wait."""
        job = self._job(job_id)
        return job.total_documents, job.total_documents - job.processed_documents

    def _tell(self, job_id: str, event: str, **facts: object) -> None:
        """Record something that happened to a job, inside a transaction."""
        self._told.append(insert(self._database, job_id, Note(event=event, facts=facts), now()))

    def _tell_of_source(self, job_id: str, record: Record, moment: str) -> None:
        """Record what happened to a source besides its result, inside a transaction."""
        position, name = record.queued.position, record.result.file_name
        for note in record.notes:
            logged = insert(self._database, job_id, note, moment, position, name)
            self._told.append(logged)


def _lease_lost(job_id: str) -> LeaseLostError:
    return LeaseLostError(
        f"another process took over {job_id}, because this one gave no sign of life for a minute;"
        " nothing is lost"
    )
