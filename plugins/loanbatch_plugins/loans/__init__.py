"""Bundled plugin of the normalize stage: joins the documents of one loan.

Each fact once, with all that was said of it; which document is believed first is data
(`facts.toml`), and so is how documents replace each other and which a loan should have
(`kinds.toml`).
"""

from __future__ import annotations

from collections.abc import Sequence

from loanbatch.hookspecs import hookimpl
from loanbatch.loans import Loan
from loanbatch.results import BatchProcessingResult


@hookimpl
def join_loan(loan_id: str, results: Sequence[BatchProcessingResult]) -> Loan:
    """Join the documents of a loan."""
    from loanbatch_plugins.loans._joining import joined

    return joined(loan_id, results)
