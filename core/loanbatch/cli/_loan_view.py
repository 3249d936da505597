"""What a person sees of a loan: its documents, facts, borrowers and findings."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from loanbatch.api import BatchProcessingHandler
from loanbatch.cli import _output
from loanbatch.convert import plain_value, to_plain
from loanbatch.loans import Borrower, Fact, Loan, LoanDocument, Observation, Standing
from loanbatch.models import Field, FieldEvidence, Finding, Severity

_DOCUMENTS = ("No.", "Document", "Issued", "Standing", "File", "Pages", "Id")
_FACTS = ("Fact", "Value", "Believed", "Others")
_BORROWERS = ("Borrower", "Named in")
_FINDINGS = ("Finding", "Severity", "Message", "Expected", "Actual", "Where")
#: Loans that are named, of those whose documents contradict each other.
_NAMED = 5
#: Characters of a document id that are enough to ask for it.
_SHORT_ID = 14


def tell_contradictions(handler: BatchProcessingHandler, job_id: str) -> None:
    """Tell how many loans of a job have documents that contradict each other.

    Only loans with several sources are looked at, so that other jobs do not wait. Loans are named
    by a document of theirs, for their own ids are what documents say.
    """
    told: list[str] = []
    count = 0
    for loan in handler.get_loans(job_id, several_sources=True):
        if any(finding.severity is not Severity.INFO for finding in loan.findings):
            count += 1
            if len(told) < _NAMED:
                told.append(loan.documents[0].document_id[:_SHORT_ID])
    if count:
        loans = "1 loan has documents" if count == 1 else f"{count} loans have documents"
        more = ", …" if count > len(told) else ""
        _output.note(
            f"{loans} that contradict each other. See them with: loanbatch show --loan"
            f" {', '.join(told)}{more}"
        )


def show_loan(handler: BatchProcessingHandler, loan_id: str, *, mask: bool, as_json: bool) -> None:
    """Show a loan.

    Raises:
        UnknownRecordError: No document is of this loan.
    """
    loan = handler.get_loan(loan_id)
    if mask:
        from loanbatch.masking import masked_loan

        loan = masked_loan(loan, handler.registry.vocabulary)
    if as_json:
        _output.json_payload(to_plain(loan))
        return
    kind = f" ({loan.loan_type})" if loan.loan_type else ""
    _output.payload(_output.clean(f"Loan {loan.loan_id}{kind}"))
    _show(
        "Documents", _DOCUMENTS, map(_document, range(1, len(loan.documents) + 1), loan.documents)
    )
    _show("Borrowers", _BORROWERS, map(_borrower, loan.borrowers))
    _show("Facts", _FACTS, (_fact(loan, fact) for fact in loan.facts.values()))
    _show("Findings", _FINDINGS, map(_finding, loan.findings))
    if not loan.facts:
        _output.note("Nothing is joined; the values are in: loanbatch show DOCUMENT-ID")


def _show(title: str, columns: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> None:
    found = list(rows)
    if found:
        _output.payload("")
        _output.table(columns, found, title=title)


def _document(number: int, item: LoanDocument) -> tuple[str, ...]:
    first, last = item.document.first_page, item.document.last_page
    return (
        str(number),
        item.document.kind,
        "" if item.issued is None else item.issued.isoformat(),
        "" if item.standing is Standing.CURRENT else item.standing.value,
        item.file_name,
        str(first) if first == last else f"{first} to {last}",
        item.document_id[:_SHORT_ID],
    )


def _borrower(borrower: Borrower) -> tuple[str, ...]:
    return borrower.name, _numbers(borrower.observations)


def _numbers(observations: Iterable[Observation]) -> str:
    return ", ".join(map(str, sorted({item.document + 1 for item in observations})))


def _fact(loan: Loan, fact: Fact) -> tuple[str, ...]:
    first, *others = fact.observations
    mark = " (contradicted)" if fact.contradicted else ""
    believed = f"{first.document + 1} {loan.documents[first.document].document.kind}"
    value = fact.value
    text = "; ".join(value) if isinstance(value, tuple) else _text(first.field)
    return f"{fact.name}{mark}", text, believed, "; ".join(_others(first, others))


def _others(first: Observation, others: Iterable[Observation]) -> Iterator[str]:
    """Yield who says the same, and then who says what else."""
    others = list(others)
    same = [item for item in others if item.field.value == first.field.value]
    if same:
        yield f"{_numbers(same)} too"
    for item in others:
        if item not in same:
            yield f"{item.document + 1}: {_text(item.field)}"


def _text(field: Field) -> str:
    value = plain_value(field)
    text = "; ".join(map(str, value)) if isinstance(value, list) else str(value)
    return " ".join(filter(None, (text, field.currency)))


def _finding(finding: Finding) -> tuple[str, ...]:
    fields = f" ({', '.join(finding.fields)})" if finding.fields else ""
    return (
        finding.code,
        finding.severity.value,
        f"{finding.message}{fields}",
        finding.expected or "",
        finding.actual or "",
        "; ".join(dict.fromkeys(map(_place, finding.evidence))),
    )


def _place(evidence: FieldEvidence) -> str:
    return f"{evidence.file_name or ''} p. {evidence.page}".strip()
