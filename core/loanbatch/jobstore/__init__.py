"""The only reader and writer of job records.

Every change is one transaction; only the coordinator writes. A result's payload is the whole result
as JSON, so that reports, `show` and reuse need no other store. No model is bound to a database: two
stores can be open in two threads.
"""

from loanbatch.jobstore._events import ATTEMPT, EVENT_LEVELS, JobEvent, Note
from loanbatch.jobstore._examination import Examination, Health
from loanbatch.jobstore._leases import LEASE_SECONDS
from loanbatch.jobstore._reading import EarlierResult, Outcomes
from loanbatch.jobstore._records import QueuedSource, Record, UnfinishedJob
from loanbatch.jobstore._requeueing import MOST_WORKER_DEATHS, Requeued
from loanbatch.jobstore._results import StoredResults
from loanbatch.jobstore._store import JobStore

__all__ = [
    "ATTEMPT",
    "EVENT_LEVELS",
    "LEASE_SECONDS",
    "MOST_WORKER_DEATHS",
    "EarlierResult",
    "Examination",
    "Health",
    "JobEvent",
    "JobStore",
    "Note",
    "Outcomes",
    "QueuedSource",
    "Record",
    "Requeued",
    "StoredResults",
    "UnfinishedJob",
]
