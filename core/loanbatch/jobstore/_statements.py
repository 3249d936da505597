"""The statements that run once for each document, and methods that are one transaction."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Concatenate, ParamSpec, Protocol, TypeVar

from loanbatch.database import PatientDatabase

P = ParamSpec("P")
T = TypeVar("T")


class _Store(Protocol):
    _records: PatientDatabase


S = TypeVar("S", bound=_Store)

# Text, because peewee takes ten times longer to build these than the database to run them.
ADD_SOURCES = """\
INSERT INTO results (job_id, position, priority, file_name, location, loan_id, obstacle, status,
needs_review, processing_time, worker_deaths) VALUES """
#: The values of one source.
ONE_SOURCE = "(?, ?, ?, ?, ?, ?, ?, 'queued', FALSE, 0, 0)"

QUEUED = """\
SELECT id, position, file_name, location, loan_id, obstacle, worker_deaths FROM results
WHERE job_id = ? AND status = 'queued' AND priority = ? AND position > ?
ORDER BY position LIMIT ?"""

# One step in the index for each priority; DISTINCT would read all that waits.
NEXT_PRIORITY = """\
SELECT priority FROM results WHERE job_id = ? AND status = 'queued' AND priority < ?
ORDER BY priority DESC LIMIT 1"""

# An order by the position alone would lead SQLite through the whole job.
FIRST_WITH_CONTENT = """\
SELECT file_name, document_id, loan_id FROM results
WHERE job_id = ? AND sha256 = ? AND status IN ('success', 'failed')
ORDER BY position + 0 LIMIT 1"""

SUCCESS_WITH_CONTENT = """\
SELECT id, payload FROM results
WHERE document_id = ? AND sha256 = ? AND fingerprint = ? AND status = 'success'
AND payload IS NOT NULL
ORDER BY id DESC LIMIT 1"""

# What stores were told last.
LAST_SUCCESS = """\
SELECT loan_id, fingerprint FROM results WHERE document_id = ? AND status = 'success'
ORDER BY timestamp DESC, id DESC LIMIT 1"""

OUTCOMES = """\
SELECT status, error_code, needs_review, reused_from IS NOT NULL, COUNT(*) FROM results
WHERE job_id = ? AND status <> 'queued' GROUP BY 1, 2, 3, 4"""

# A row that is no longer queued was recorded before: nothing may be counted twice.
RECORD = """\
UPDATE results SET status = ?, sha256 = ?, document_id = ?, loan_id = ?, error_type = ?,
error_code = ?, needs_review = ?, processing_time = ?, timestamp = ?, fingerprint = ?, payload = ?,
reused_from = ?, worker_deaths = ?
WHERE id = ? AND status = 'queued'"""

ADD_ATTEMPT = "INSERT INTO attempts (result_id, started_at, ended_at, outcome) VALUES (?, ?, ?, ?)"

# Nothing is counted, and with that nothing recorded, by one that lost the job to another process.
COUNT = """\
UPDATE processing_jobs SET processed_documents = processed_documents + ?,
successful_documents = successful_documents + ?, failed_documents = failed_documents + ?,
skipped_documents = skipped_documents + ?
WHERE job_id = ? AND lease_holder = ?"""


def reading(method: Callable[Concatenate[S, P], T]) -> Callable[Concatenate[S, P], T]:
    """Make a method of a store, which reads, one that is repeated when the connection is lost."""

    @functools.wraps(method)
    def read(self: S, /, *args: P.args, **kwargs: P.kwargs) -> T:
        return self._records.read(lambda: method(self, *args, **kwargs))

    return read


def writing(method: Callable[Concatenate[S, P], T]) -> Callable[Concatenate[S, P], T]:
    """Make a method of a store one transaction, repeated when the connection is lost."""

    @functools.wraps(method)
    def write(self: S, /, *args: P.args, **kwargs: P.kwargs) -> T:
        return self._records.write(lambda: method(self, *args, **kwargs))

    return write
