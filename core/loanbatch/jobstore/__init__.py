"""The only reader and writer of job records.

Every change is one transaction; only the coordinator writes. A result's payload is the whole result
as JSON, so that reports, `show` and reuse need no other store. No model is bound to a database: two
stores can be open in two threads.
"""

from loanbatch.jobstore._results import StoredResults
from loanbatch.jobstore._store import EarlierResult, JobStore, QueuedSource, Record

__all__ = ["EarlierResult", "JobStore", "QueuedSource", "Record", "StoredResults"]
