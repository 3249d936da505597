"""From results to a loan."""

from __future__ import annotations

from collections.abc import Sequence

from loanbatch.loans import Borrower, Fact, Loan, LoanDocument
from loanbatch.results import BatchProcessingResult, loan_documents
from loanbatch_plugins.loans import _telling as telling
from loanbatch_plugins.loans._facts import believed_first, facts_of
from loanbatch_plugins.loans._people import BORROWERS, borrowers_of
from loanbatch_plugins.loans._standing import with_standing
from loanbatch_plugins.loans._tables import tables


def joined(loan_id: str, results: Sequence[BatchProcessingResult]) -> Loan:
    """Join the documents of a loan."""
    documents = with_standing(loan_documents(results))
    order = _order(documents)
    borrowers = borrowers_of(documents, order)
    facts = facts_of(documents, borrowers)
    loan_type = telling.type_of(documents)
    missing = tuple(telling.missing_kinds(documents, loan_type))
    return Loan(
        loan_id=loan_id,
        documents=documents,
        facts=_borrowers_fact(borrowers) | {name: item.fact for name, item in facts.items()},
        borrowers=borrowers,
        loan_type="" if loan_type is None else loan_type.name,
        missing=missing,
        findings=(
            *telling.contradictions(documents, facts),
            *telling.other_borrowers(documents, borrowers, order),
            *telling.strangers(documents, borrowers),
            *telling.gaps(loan_type, missing),
        ),
    )


def _order(documents: Sequence[LoanDocument]) -> tuple[int, ...]:
    """Return the places of all documents, those first that say most surely who owes the loan."""
    told = believed_first(documents, tables().others.kinds)
    known = set(told)
    return (*told, *(place for place in range(len(documents)) if place not in known))


def _borrowers_fact(borrowers: Sequence[Borrower]) -> dict[str, Fact]:
    seen = [item for borrower in borrowers for item in borrower.observations]
    observations = tuple(dict.fromkeys(item for item in seen if item.name == BORROWERS))
    if not observations:
        return {}
    names = tuple(borrower.name for borrower in borrowers)
    return {BORROWERS: Fact(name=BORROWERS, value=names, observations=observations)}
