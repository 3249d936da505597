"""The book of a job: loans are joined when asked for, pages drawn from the stored originals."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Self

from loanbatch import hookcalls
from loanbatch._logging import get_logger
from loanbatch.book import Hide, ReportBook
from loanbatch.drawing import PageDrawer
from loanbatch.errors import LoanbatchError, ValidationError
from loanbatch.loans import Comparison, Loan, Prepayment
from loanbatch.models import PageImage, Source
from loanbatch.registry import Registry
from loanbatch.results import BatchProcessingResult

#: For the pages of one call.
_SECONDS = 60.0
#: Originals that may hang or crash before no more pictures are drawn: a report must come to an end.
_MOST_FAILURES = 3


#: Gives the loans of a job by its id.
LoansOf = Callable[[str, Hide | None], Iterable[Loan]]


class JobBook(ReportBook):
    """Gives what the reports of a job ask for; use it as a context manager.

    Args:
        registry: Whose plugins read originals, draw and compare.
        job_id: The job.
        loans_of: Gives its loans.
    """

    def __init__(self, registry: Registry, job_id: str, loans_of: LoansOf) -> None:
        self._registry = registry
        self._job_id = job_id
        self._loans_of = loans_of
        self._drawer = PageDrawer(registry, seconds=_SECONDS)
        self._failures = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._drawer.__exit__()

    def loans(self, hide: Hide | None = None) -> Iterable[Loan]:
        """Return the loans of the job; see `ReportBook`."""
        return self._loans_of(self._job_id, hide)

    def comparisons(
        self, loans: Sequence[Loan], prepayments: Sequence[Prepayment] = ()
    ) -> Sequence[Comparison]:
        """Return loans side by side; see `ReportBook`."""
        return hookcalls.compare_loans(self._registry, loans, prepayments) if loans else ()

    def page_images(
        self, result: BatchProcessingResult, page_numbers: Sequence[int], *, width: int
    ) -> Mapping[int, PageImage]:
        """Return pictures of some pages of a source; see `ReportBook`."""
        if result.sha256 is None or not page_numbers or self._failures >= _MOST_FAILURES:
            return {}
        try:
            content = hookcalls.read_original(self._registry, result.sha256)
            if content is None:
                return {}
            return self._drawer.draw(_source(result, content), page_numbers, width=width)
        except LoanbatchError as error:
            # It was processed once: whatever is wrong with it now, the report goes on without.
            if not isinstance(error, ValidationError):
                self._failures += 1
            get_logger().warning("pages_not_drawn", error_code=error.error_code)
            return {}


def _source(result: BatchProcessingResult, content: bytes) -> Source:
    return Source(
        file_name=result.file_name,
        location=result.source,
        size=len(content),
        sha256=result.sha256,
        content=content,
    )
