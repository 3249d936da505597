"""Looking at job records without changing anything: what `loanbatch doctor` goes by."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from attrs import frozen
from peewee import JOIN, SqliteDatabase

from loanbatch.database import PatientDatabase, version_of
from loanbatch.errors import SettingsError, StorageFailedError
from loanbatch.jobstore import _leases
from loanbatch.jobstore._migrations import COMPONENT, STEPS
from loanbatch.jobstore._reading import JobRecords
from loanbatch.jobstore._statements import reading
from loanbatch.jobstore._tables import JobInputs, ProcessingJob, ResultRow
from loanbatch.results import ResultStatus

#: Rows that are read at a time.
_CHUNK = 1000


@frozen(kw_only=True)
class Health:
    """How job records are."""

    #: Version of their tables; 0 where there are none yet.
    version: int
    #: What the database says of damage to itself; empty where there is none.
    damage: str
    #: Unfinished jobs whose process is gone or gave no sign of life for too long.
    abandoned: tuple[str, ...] = ()
    #: Jobs that a process works on.
    at_work: tuple[str, ...] = ()
    #: Unfinished jobs that nobody holds.
    waiting: tuple[str, ...] = ()

    @property
    def is_present(self) -> bool:
        """Whether the tables are those of this loanbatch."""
        return self.version == len(STEPS)


class Examination(JobRecords):
    """The job records in one database, as they are: no table is made, none brought up to date.

    Args:
        url: As for `JobStore`.

    Raises:
        NotFoundError: There is no database.
        StorageFailedError: It cannot be opened.
    """

    def __init__(self, url: str) -> None:
        self._records = PatientDatabase(url, patience=0.0, as_it_is=True)
        self._database = self._records.peewee

    def health(self) -> Health:
        """Look for damage, abandoned jobs, and tables that are not up to date.

        Raises:
            SettingsError: A newer loanbatch wrote the database.
        """
        try:
            damage, version = self._damage(), self._version()
        except StorageFailedError as error:
            return Health(version=0, damage=error.message)
        if version > len(STEPS):
            raise SettingsError(
                f"it has version {version} of the job tables, this loanbatch knows {len(STEPS)}:"
                " install a newer loanbatch or name another database"
            )
        if damage or version < len(STEPS):
            return Health(version=version, damage=damage)
        jobs = self._unfinished()
        held = [job for job in jobs if _leases.is_held(job)]
        return Health(
            version=version,
            damage="",
            at_work=tuple(job.job_id for job in held),
            abandoned=tuple(job.job_id for job in jobs if _leases.is_abandoned(job)),
            waiting=tuple(job.job_id for job in jobs if job.lease_holder is None),
        )

    @reading
    def _unfinished(self) -> list[Any]:
        query = ProcessingJob.select().where(ProcessingJob.completed_at.is_null())
        return list(query.order_by(ProcessingJob.created_at).execute(self._database))

    @reading
    def _version(self) -> int:
        return version_of(self._records, COMPONENT)

    @reading
    def _damage(self) -> str:
        if not isinstance(self._database, SqliteDatabase):
            return ""  # servers look after their files themselves
        (first,) = self._records.run("PRAGMA quick_check(1)").fetchone()
        return "" if first == "ok" else "the file is damaged"

    def contents(self) -> Iterator[str]:
        """Give the sha256 of every content that was processed with success, in order, once."""
        last = ""
        while portion := self._contents_after(last):
            yield from portion
            last = portion[-1]

    @reading
    def _contents_after(self, last: str) -> list[str]:
        successes = ResultRow.status == ResultStatus.SUCCESS.value
        query = (
            ResultRow.select(ResultRow.sha256)
            .where(successes & (ResultRow.sha256 > last))
            .distinct()
            .order_by(ResultRow.sha256)
            .limit(_CHUNK)
        )
        return [str(sha256) for (sha256,) in query.tuples().execute(self._database)]

    @reading
    def sources_of(self, sha256: str) -> list[tuple[str, str | None]]:
        """Return where a content came from: locations, with what their batch was made of."""
        query = (
            ResultRow.select(ResultRow.location, JobInputs.inputs)
            .join(JobInputs, JOIN.LEFT_OUTER, on=(JobInputs.job == ResultRow.job))
            .where(ResultRow.sha256 == sha256)
            .order_by(ResultRow.id.desc())
        )
        return [(location, inputs) for location, inputs in query.tuples().execute(self._database)]
