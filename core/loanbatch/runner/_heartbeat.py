"""A sign of life beside the work, so that nobody takes a job for abandoned that is not."""

from __future__ import annotations

import threading
from types import TracebackType
from typing import Self

from loanbatch import hookcalls
from loanbatch.errors import StorageFailedError
from loanbatch.forks import at_work
from loanbatch.jobstore import LEASE_SECONDS, JobStore

#: Seconds between two signs: three may fail before the lease ends.
_EVERY = LEASE_SECONDS / 4
#: Seconds to wait for the last sign where somebody asked to end at once.
_AT_ONCE = 0.5


class Heartbeat:
    """Renews the lease of a job while it is open, in a thread: one document may take minutes."""

    def __init__(self, store: JobStore, job_id: str) -> None:
        self._store = store
        self._job_id = job_id
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._beat, name="heartbeat", daemon=True)
        #: Set when another process has taken the job.
        self.lost = threading.Event()

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._ended.set()
        # Who ends at once does not wait for an answer that this thread may be waiting for.
        at_once = error is not None and not isinstance(error, Exception)
        self._thread.join(_AT_ONCE if at_once else None)

    def _beat(self) -> None:
        while not self._ended.wait(_EVERY):
            hookcalls.tell_slow()
            try:
                with at_work():
                    is_mine = self._store.renew(self._job_id)
            except StorageFailedError:
                # It may answer next time, on a connection that is not broken.
                self._store.close()
                continue
            if not is_mine:
                self.lost.set()
                break
        with at_work():
            self._store.close()  # this thread's connection
