"""Hooks about loans: what the documents of one tell together, and how several compare."""
# mypy: disable-error-code="empty-body"

from __future__ import annotations

from collections.abc import Iterable, Sequence

from loanbatch.hookspecs._markers import hookspec
from loanbatch.loans import Comparison, Loan, Prepayment
from loanbatch.models import Finding
from loanbatch.results import BatchProcessingResult
from loanbatch.settings import Settings


@hookspec(firstresult=True)
def join_loan(
    loan_id: str, results: Sequence[BatchProcessingResult], settings: Settings
) -> Loan | None:
    """Join the documents of one loan: each fact once, with all that was said of it.

    Called when somebody wants to know of a loan; nothing of it is stored. Must be pure: the same
    results give the same loan.

    Args:
        loan_id: As the first result has it.
        results: The newest success of each source of the loan, by file name.
        settings: All settings.

    Returns:
        The loan, with findings of what its documents contradict each other in. None leaves it to
        the next plugin; where none answers, a loan has its documents only.

    Runs in: coordinator. First result. On an exception the next plugin is asked; at last the loan
    has its documents only, with a finding `plugin_failed`.

    .. versionadded:: 0.1
    """


@hookspec
def check_loan(loan: Loan, settings: Settings) -> Iterable[Finding] | None:
    """Judge whether the documents of a joined loan hold together.

    What one document tells of itself is judged by `check`. Evidence in the findings names the
    source that it stands in (`document_id`, `file_name`).

    Runs in: coordinator. All results. On an exception a finding `plugin_failed` says whose checks
    are missing.

    .. versionadded:: 0.1
    """


@hookspec(firstresult=True)
def compare_loans(
    loans: Sequence[Loan], prepayments: Sequence[Prepayment], settings: Settings
) -> Sequence[Comparison] | None:
    """Set loans side by side, those of one currency at a time.

    Args:
        loans: At least one, each once.
        prepayments: What to try on each of them; may be empty.
        settings: All settings.

    Returns:
        Comparisons of loans that were given, each loan in one of them at most; a loan without any
        terms is in none. What cannot be known is said to be missing, and why. The same loans give
        the same answer; the hook writes nothing.

    Runs in: coordinator. First result. On an exception the next plugin is asked; at last the
    command fails with it.

    .. versionadded:: 0.1
    """
