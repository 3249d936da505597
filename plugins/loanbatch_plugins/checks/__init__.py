"""Bundled plugin of the normalize stage: does what was read tie out?

The arithmetic is in `loanbatch_plugins.finance`; `loanbatch calc` gives it at the command line.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from loanbatch.hookspecs import hookimpl
from loanbatch.loans import Loan
from loanbatch.models import Document, Finding

if TYPE_CHECKING:
    import click


@hookimpl
def register_commands(group: click.Group) -> None:
    """Add `loanbatch calc`."""
    from loanbatch_plugins.checks._calc import calc

    group.add_command(calc)


@hookimpl
def check(documents: Sequence[Document]) -> Iterator[Finding]:
    """Try every rule on each document; what does not tie out is a finding."""
    for document in documents:
        if document.fields:
            # Letters without any are many; the rules and the arithmetic take longer than they do.
            from loanbatch_plugins.checks._running import findings_of

            yield from findings_of(document)


@hookimpl
def check_loan(loan: Loan) -> Iterator[Finding]:
    """Try every rule across the documents of a loan."""
    from loanbatch_plugins.checks._across import loan_findings
    from loanbatch_plugins.checks._loan_rules import LOAN_RULES

    yield from loan_findings(loan, LOAN_RULES)
