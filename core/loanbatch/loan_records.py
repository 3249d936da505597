"""The part of the front door that answers questions about loans."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator

from attrs import evolve

from loanbatch import hookcalls
from loanbatch.book import Hide
from loanbatch.errors import UnknownJobError, UnknownRecordError, UsageError
from loanbatch.jobstore import JobStore
from loanbatch.loans import Comparison, Loan, Prepayment
from loanbatch.prepayments import parse_prepayment
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
        return self._joined(loan_id, None)

    def _joined(self, loan_id: str, hide: Hide | None) -> Loan:
        results = self._store.results_of_loan(loan_id)
        named = results[0].loan_id or loan_id
        if hide is not None:
            told = [result.loan_id for result in results]
            results = [hide(result) for result in results]
            # A document that tells the id hides it in all others, too.
            ids = [
                new.loan_id for new, old in zip(results, told, strict=True) if new.loan_id != old
            ]
            named = (ids or [results[0].loan_id])[0] or named
        loan = hookcalls.join_loan(self.registry, named, results)
        findings = hookcalls.check_loan(self.registry, loan)
        return evolve(loan, findings=(*loan.findings, *findings))

    def loans_to_show(self, job_id: str, hide: Hide | None = None) -> Iterator[Loan]:
        """Yield the loans of a job for a report.

        Args:
            job_id: A job.
            hide: Takes personal data out of a result before it is joined to others.

        Raises:
            UnknownJobError: No job has this id.
        """
        for loan_id in self._store.loans_of_job(job_id, several=False):
            yield self._joined(loan_id, hide)

    def get_loans(self, job_id: str, *, several_sources: bool = False) -> Iterator[Loan]:
        """Yield the loans of a job as `get_loan` does, in the order of their first sources.

        Args:
            job_id: A job. What other jobs know of its loans is part of them.
            several_sources: Only loans that are made of more than one source.

        Raises:
            UnknownJobError: No job has this id.
        """
        return map(self.get_loan, self._store.loans_of_job(job_id, several=several_sources))

    def find_loans(self, named: Iterable[str | Loan]) -> list[Loan]:
        """Return the loans of some jobs, and some loans, each once.

        Args:
            named: Ids of jobs or of loans; a loan stands for itself.

        Raises:
            UnknownRecordError: One id is of neither.
        """
        found = [
            loan
            for item in named
            for loan in ([item] if isinstance(item, Loan) else self._loans_called(item))
        ]
        return list({loan.loan_id: loan for loan in found}.values())

    def compare(
        self,
        loans: str | Iterable[str | Loan],
        prepay: str | Iterable[str | Prepayment] = (),
    ) -> tuple[Comparison, ...]:
        """Set loans side by side, those of one currency at a time.

        Args:
            loans: A job id, for all of its loans; or ids of loans, or loans.
            prepay: What to try on each: `500/month`, `6000/year`, `10000@2027-03` (once in a
                month), `10000@12` (once with payment 12).

        Raises:
            UsageError: There is no loan, none has terms to compare, or a prepayment is not
                understood.
            UnknownRecordError: No job and no loan has an id.
            LoanbatchError: The plugin that compares failed.
        """
        asked = [prepay] if isinstance(prepay, str) else prepay
        tried = [parse_prepayment(item) if isinstance(item, str) else item for item in asked]
        chosen = self.find_loans([loans] if isinstance(loans, str) else loans)
        if not chosen:
            raise UsageError("nothing to compare: name a job that read documents, or loans")
        comparisons = hookcalls.compare_loans(self.registry, chosen, tried)
        if not comparisons and not self.registry.callers("compare_loans"):
            raise UsageError("no active plugin compares loans (bundled: comparison)")
        if not comparisons:
            raise UsageError(
                "nothing to compare: the documents of these loans state no rate, term or payment"
            )
        return comparisons

    def _loans_called(self, name: str) -> list[Loan]:
        try:
            return list(self.get_loans(name))
        except UnknownJobError:
            pass
        try:
            return [self.get_loan(name)]
        except UnknownRecordError:
            raise UnknownRecordError(
                f"no job and no loan {name!r}; `loanbatch jobs` lists the newest jobs"
            ) from None
