"""Who may work on a job: a lease that has to be renewed, so that an abandoned job is found.

A lease is held by one `JobStore`. It ends when it is given back, when it was not renewed for
`LEASE_SECONDS`, or when its holder's process is known to be gone. Whoever lost it can record
nothing more (see `COUNT` in `_statements`), so two processes never write to one job.
"""

from __future__ import annotations

import os
import secrets
import sys
import time
from typing import Any

from peewee import Database

from loanbatch.errors import JobHeldError
from loanbatch.jobstore._tables import ProcessingJob
from loanbatch.results import JobStatus
from loanbatch.temporary import computer

#: Seconds that a lease lasts unless renewed. Clocks of computers that share a database must agree
#: to well within it.
LEASE_SECONDS = 60.0


def new_holder() -> str:
    """Return a name for a holder of leases: computer, process, and what tells it from others."""
    return f"{computer()}/{os.getpid()}/{secrets.token_hex(4)}"


def process_of(holder: str) -> str:
    """Return who a holder is in words for people: the number of a process, and its computer."""
    place, process, _ = holder.split("/")
    return f"{process} on {place.partition('@')[0]}"


def lease_end() -> float:
    """Return when a lease that is taken or renewed now ends, in seconds since 1970."""
    return time.time() + LEASE_SECONDS


def is_held(job: Any) -> bool:  # noqa: ANN401 -- a row
    """Tell whether somebody works on a job."""
    if job.lease_holder is None or job.lease_until is None:
        return False
    return job.lease_until > time.time() and not _is_gone(job.lease_holder)


def is_abandoned(job: Any) -> bool:  # noqa: ANN401 -- a row
    """Tell whether whoever worked on a job left without giving it back."""
    return job.lease_holder is not None and not is_held(job)


def take(database: Database, job: Any, holder: str) -> None:  # noqa: ANN401 -- a row
    """Take the lease of a job that nobody holds; inside a transaction.

    Raises:
        JobHeldError: Somebody works on it.
    """
    if is_held(job):
        raise JobHeldError(
            f"{job.job_id} is being worked on by process {process_of(job.lease_holder)}: wait for"
            " its end, or stop it"
        )
    update = ProcessingJob.update(lease_holder=holder, lease_until=lease_end())
    taken = update.where(_as_seen(job)).execute(database)
    if not taken:
        raise JobHeldError(f"{job.job_id} was taken up by another process at this moment")


def clear(database: Database, job: Any) -> bool:  # noqa: ANN401 -- a row
    """Take an abandoned lease from a job, inside a transaction; False when somebody was faster."""
    update = ProcessingJob.update(
        status=JobStatus.QUEUED.value, lease_holder=None, lease_until=None
    )
    return bool(update.where(_as_seen(job)).execute(database))


def _as_seen(job: Any) -> Any:  # noqa: ANN401 -- a row, and a condition
    """Return the condition that a job's lease is what it was when its row was read."""
    this_job = ProcessingJob.job_id == job.job_id
    if job.lease_holder is None:
        return this_job & ProcessingJob.lease_holder.is_null()
    holder = ProcessingJob.lease_holder == job.lease_holder
    return this_job & holder & (ProcessingJob.lease_until == job.lease_until)


def renew(database: Database, job_id: str, holder: str) -> bool:
    """Make a lease last from now on; False when it is no longer this holder's."""
    update = ProcessingJob.update(lease_until=lease_end())
    mine = (ProcessingJob.job_id == job_id) & (ProcessingJob.lease_holder == holder)
    return bool(update.where(mine).execute(database))


def _is_gone(holder: str) -> bool:
    """Tell whether a holder's process is known to have ended."""
    place, process, _ = holder.split("/")
    if sys.platform == "win32" or place != computer():  # asking would end it on Windows
        return False
    try:
        os.kill(int(process), 0)
    except ProcessLookupError:
        return True
    except OSError:
        return False
    return False
