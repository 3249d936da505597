"""What a report may show besides the results: loans, comparisons, pictures of pages."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from loanbatch.loans import Comparison, Loan, Prepayment
from loanbatch.models import PageImage
from loanbatch.results import BatchProcessingResult

#: Takes personal data out of a result.
Hide = Callable[[BatchProcessingResult], BatchProcessingResult]


class ReportBook:
    """Gives what is asked for, when it is asked for; this one has nothing.

    Tests of report hooks make one of their own from it.
    """

    def loans(self, hide: Hide | None = None) -> Iterable[Loan]:  # noqa: ARG002
        """Return the loans of the job, one after the other, joined from their documents.

        Args:
            hide: Takes personal data out of a result before it is joined to others.
        """
        return ()

    def comparisons(
        self,
        loans: Sequence[Loan],  # noqa: ARG002
        prepayments: Sequence[Prepayment] = (),  # noqa: ARG002
    ) -> Sequence[Comparison]:
        """Return loans side by side, those of one currency at a time.

        Args:
            loans: As `loans` gave them.
            prepayments: What to try on each.
        """
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
