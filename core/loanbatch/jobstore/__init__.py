"""The only reader and writer of job records.

Every change is one transaction; only the coordinator writes. A result's payload is the whole result as JSON, so
that reports, `show` and reuse need no other store.
"""

from loanbatch.jobstore._store import JobStore, QueuedSource, StoredResults

__all__ = ["JobStore", "QueuedSource", "StoredResults"]
