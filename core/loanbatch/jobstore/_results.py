"""The results of a job as a sequence that holds none of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, overload

from loanbatch.results import BatchProcessingResult

if TYPE_CHECKING:
    from loanbatch.jobstore._reading import JobRecords


class StoredResults(Sequence[BatchProcessingResult]):
    """The processed results of a job in input order, read from the store in portions."""

    _PORTION = 100

    def __init__(self, store: JobRecords, job_id: str) -> None:
        self._store = store
        self._job_id = job_id

    def __len__(self) -> int:
        return self._store.count_results(self._job_id)

    @overload
    def __getitem__(self, index: int) -> BatchProcessingResult: ...

    @overload
    def __getitem__(self, index: slice) -> Sequence[BatchProcessingResult]: ...

    def __getitem__(
        self, index: int | slice
    ) -> BatchProcessingResult | Sequence[BatchProcessingResult]:
        if isinstance(index, slice):
            return [self[i] for i in range(*index.indices(len(self)))]
        place = index + len(self) if index < 0 else index
        found = self._store.result_at(self._job_id, place) if place >= 0 else None
        if found is None:
            raise IndexError(index)
        return found

    def __iter__(self) -> Iterator[BatchProcessingResult]:
        position: int | None = -1
        while position is not None:
            portion, position = self._store.results_after(
                self._job_id, position, limit=self._PORTION
            )
            yield from portion
