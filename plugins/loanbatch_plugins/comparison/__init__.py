"""Bundled plugin: loans side by side, and what paying them back earlier would change.

What a document states is taken as it stands; what is not stated is worked out by
`loanbatch_plugins.finance` where other stated values allow, else it is said to be missing.
"""

from __future__ import annotations

from collections.abc import Sequence

from loanbatch.hookspecs import hookimpl
from loanbatch.loans import Comparison, Loan, Prepayment


@hookimpl
def compare_loans(
    loans: Sequence[Loan], prepayments: Sequence[Prepayment]
) -> tuple[Comparison, ...]:
    """Compare loans of one currency at a time."""
    from loanbatch_plugins.comparison._comparing import comparisons_of

    return comparisons_of(loans, prepayments)
