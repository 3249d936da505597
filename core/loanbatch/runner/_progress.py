"""Counting results for whoever wants to know how far a job is."""

from __future__ import annotations

from collections.abc import Callable

from attrs import evolve

from loanbatch._logging import get_logger
from loanbatch.jobstore import JobStore
from loanbatch.results import BatchProcessingResult, BatchProgress, ResultStatus

OnProgress = Callable[[BatchProgress], None]


class Progress:
    """Tells a callable of a caller's how far a job is; one that raises costs nothing.

    Args:
        job_id: The job.
        listener: Called with each state; None where nobody wants to know.
    """

    def __init__(self, job_id: str, listener: OnProgress | None) -> None:
        self._listener = listener
        self._state = BatchProgress(job_id=job_id)

    def listing(self) -> None:
        """Tell that the sources are being listed."""
        self._say(self._state)

    def listed(self, total: int, store: JobStore) -> None:
        """Tell how many sources there are, and what became of them before."""
        if self._listener is None:
            return
        job_id = self._state.job_id
        counts = store.job_status(job_id)
        self._say(
            evolve(
                self._state,
                total_documents=total,
                processed_documents=counts["processed_documents"],
                failed_documents=counts["failed_documents"],
                skipped_documents=counts["skipped_documents"],
                review_documents=store.outcomes(job_id, notable=0).reviews,
            )
        )

    def count(self, result: BatchProcessingResult) -> None:
        """Tell that a result was recorded."""
        state = self._state
        self._say(
            evolve(
                state,
                processed_documents=state.processed_documents + 1,
                failed_documents=state.failed_documents + (result.status is ResultStatus.FAILED),
                skipped_documents=state.skipped_documents + (result.status is ResultStatus.SKIPPED),
                review_documents=state.review_documents + result.needs_review,
            )
        )

    def _say(self, state: BatchProgress) -> None:
        self._state = state
        if self._listener is None:
            return
        try:
            self._listener(state)
        except Exception as error:  # noqa: BLE001 -- somebody else's code
            get_logger().warning("progress_failed", error=type(error).__name__)
