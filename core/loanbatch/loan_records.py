"""The part of the front door that answers questions about loans."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator

from attrs import evolve

from loanbatch import hookcalls
from loanbatch.jobstore import JobStore
from loanbatch.loans import Loan
from loanbatch.registry import Registry


class LoanRecords(ABC):
    """What the documents of a loan, joined, say of it."""

    registry: Registry

    @property
    @abstractmethod
    def _store(self) -> JobStore:
        """The job records."""

    def get_loan(self, loan_id: str) -> Loan:
        """Return a loan: what the newest results of its documents, joined, say of it.

        Args:
            loan_id: However it is punctuated, spaced and capitalized.

        Raises:
            UnknownRecordError: No document is of this loan.
        """
        results = self._store.results_of_loan(loan_id)
        loan = hookcalls.join_loan(self.registry, results[0].loan_id or loan_id, results)
        findings = hookcalls.check_loan(self.registry, loan)
        return evolve(loan, findings=(*loan.findings, *findings))

    def get_loans(self, job_id: str, *, several_sources: bool = False) -> Iterator[Loan]:
        """Yield the loans of a job as `get_loan` does, in the order of their first sources.

        Args:
            job_id: A job. What other jobs know of its loans is part of them.
            several_sources: Only loans that are made of more than one source.

        Raises:
            UnknownJobError: No job has this id.
        """
        return map(self.get_loan, self._store.loans_of_job(job_id, several=several_sources))
