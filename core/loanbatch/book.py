"""What a report may show besides the results: loans, comparisons, pictures of pages."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from loanbatch.loans import Comparison, Loan
from loanbatch.models import PageImage
from loanbatch.results import BatchProcessingResult


class ReportBook:
    """Gives what is asked for, when it is asked for; this one has nothing.

    Tests of report hooks make one of their own from it.
    """

    def loans(self) -> Iterable[Loan]:
        """Return the loans of the job, one after the other."""
        return ()

    def comparisons(self) -> Iterable[Comparison]:
        """Return the job's loans side by side."""
        return ()

    def page_images(
        self,
        result: BatchProcessingResult,  # noqa: ARG002
        page_numbers: Sequence[int],  # noqa: ARG002
        *,
        width: int,  # noqa: ARG002
    ) -> Mapping[int, PageImage]:
        """Return pictures of some pages of a source, drawn from its stored original.

        Drawing is bounded in time and memory. A page is not among them where the original is not
        in the store any more, or the page cannot be drawn within these bounds.

        Args:
            result: Of the source.
            page_numbers: Of its pages, from 1; ask for a handful at a time.
            width: Pixels of the widest picture.
        """
        return {}
