"""The loans of a job and their comparisons, as every report for people needs them."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from attrs import frozen

from loanbatch.book import Hide, ReportBook
from loanbatch.loans import Comparison, Loan, Prepayment
from loanbatch_plugins.reporting._shown_loans import (
    FindAnchor,
    ShownComparison,
    ShownLoan,
    is_shown,
    shown_comparison,
    shown_loan,
)

#: Loans of a report are in memory together; those beyond are told by their number.
_MOST_LOANS = 200


@frozen(kw_only=True)
class LoansOfJob:
    """The loans of a job that a report shows."""

    loans: Sequence[Loan]
    comparisons: Sequence[Comparison]
    #: Loans beyond those, which are neither shown nor compared.
    not_compared: int

    def shown(self, find_anchor: FindAnchor) -> list[tuple[ShownLoan, frozenset[str]]]:
        """Return each loan as it is shown, with the ids of its documents."""
        return [
            (
                shown_loan(loan, number, find_anchor),
                frozenset(item.document_id for item in loan.documents),
            )
            for number, loan in enumerate(self.loans, start=1)
        ]

    def comparisons_shown(self) -> list[ShownComparison]:
        """Return the comparisons of more than one loan as they are shown."""
        return [shown_comparison(item) for item in self.comparisons if len(item.loan_ids) > 1]


def loans_of(book: ReportBook, hide: Hide | None, prepay_monthly: int) -> LoansOfJob:
    """Return the loans of a job.

    Args:
        book: Of the job.
        hide: Takes personal data out of results, where it has to be.
        prepay_monthly: What is paid besides each month in a what-if; 0 for none.
    """
    loans: list[Loan] = []
    beyond = 0
    for loan in book.loans(hide):
        if not is_shown(loan):
            continue
        if len(loans) < _MOST_LOANS:
            loans.append(loan)
        else:
            beyond += 1
    asked = [Prepayment(amount=Decimal(prepay_monthly), every_months=1)] if prepay_monthly else []
    return LoansOfJob(loans=loans, comparisons=book.comparisons(loans, asked), not_compared=beyond)
