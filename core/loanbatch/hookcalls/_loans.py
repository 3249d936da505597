"""Joining the documents of a loan, and judging it; what plugins hand over is checked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from functools import partial
from typing import Any

from attrs import evolve

from loanbatch._logging import blotted
from loanbatch.errors import LoanbatchError, PluginError
from loanbatch.hookcalls._calling import call, failed, first_answer
from loanbatch.hookcalls._shapes import (
    expect,
    expect_fields,
    expect_findings,
    first_wrong,
    is_names,
    is_text_or_none,
    is_value,
)
from loanbatch.loans import Borrower, Fact, Loan, LoanDocument, Observation, Standing
from loanbatch.models import Finding
from loanbatch.registry import Registry
from loanbatch.results import BatchProcessingResult, loan_documents

_HOOK = "join_loan"


def join_loan(registry: Registry, loan_id: str, results: Sequence[BatchProcessingResult]) -> Loan:
    """Return the loan that results are of, as the first plugin that answers joins it."""
    loan, failure = first_answer(
        registry,
        _HOOK,
        partial(_expect_loan, loan_id=loan_id),
        loan_id=loan_id,
        results=results,
        settings=registry.settings,
    )
    if loan is None:
        findings = () if failure is None else (failed(failure),)
        return Loan(loan_id=loan_id, documents=loan_documents(results), findings=findings)
    return loan


def check_loan(registry: Registry, loan: Loan) -> tuple[Finding, ...]:
    """Return the findings of all plugins; one that fails is a finding itself."""
    findings: list[Finding] = []
    for plugin, caller in registry.callers("check_loan"):
        try:
            found = call(
                registry,
                plugin,
                "check_loan",
                caller,
                partial(expect_findings, plugin, "check_loan"),
                loan=loan,
                settings=registry.settings,
            )
            findings.extend(found if registry.is_bundled(plugin) else map(_blotted, found))
        except LoanbatchError as error:
            findings.append(failed(error))
    return tuple(findings)


def _blotted(finding: Finding) -> Finding:
    return evolve(finding, message=blotted(finding.message))


def _expect_loan(plugin: str, answer: object, *, loan_id: str) -> Loan:
    loan = expect(plugin, _HOOK, answer, Loan)
    facts: Any = loan.facts
    wrong = first_wrong(
        (
            ("loan_id", loan.loan_id, loan.loan_id == loan_id),
            ("documents", loan.documents, _all_are(loan.documents, LoanDocument)),
            ("facts", facts, isinstance(facts, Mapping) and _all_are((*facts.values(),), Fact)),
            ("borrowers", loan.borrowers, _all_are(loan.borrowers, Borrower)),
            ("loan_type", loan.loan_type, isinstance(loan.loan_type, str)),
            ("missing", loan.missing, is_names(loan.missing)),
        )
    )
    if wrong:
        raise PluginError(f"plugin {plugin} gave in {_HOOK} a loan with {wrong}")
    for document in loan.documents:
        _look_at_document(plugin, document)
    for name, fact in loan.facts.items():
        _look_at_fact(plugin, name, fact, len(loan.documents))
    for borrower in loan.borrowers:
        _look_at_borrower(plugin, borrower, len(loan.documents))
    return evolve(loan, findings=expect_findings(plugin, _HOOK, loan.findings))


def _all_are(items: object, wanted: type) -> bool:
    return isinstance(items, tuple) and all(type(item) is wanted for item in items)


def _look_at_document(plugin: str, item: LoanDocument) -> None:
    number: Any = item.number
    wrong = first_wrong(
        (
            ("document_id", item.document_id, isinstance(item.document_id, str)),
            ("file_name", item.file_name, isinstance(item.file_name, str)),
            ("number", number, isinstance(number, int) and number >= 0),
            ("issued", item.issued, item.issued is None or _is_day(item.issued)),
            ("standing", item.standing, isinstance(item.standing, Standing)),
        )
    )
    if wrong:
        raise PluginError(f"plugin {plugin} gave in {_HOOK} a document with {wrong}")


def _is_day(value: object) -> bool:
    return isinstance(value, date) and not isinstance(value, datetime)


def _look_at_fact(plugin: str, name: Any, fact: Fact, documents: int) -> None:  # noqa: ANN401
    wrong = first_wrong(
        (
            ("name", fact.name, isinstance(name, str) and fact.name == name),
            ("value", fact.value, is_value(fact.value)),
            ("currency", fact.currency, is_text_or_none(fact.currency)),
            ("observations", fact.observations, _are_observations(fact.observations, documents)),
            ("contradicted", fact.contradicted, isinstance(fact.contradicted, bool)),
        )
    )
    if wrong:
        raise PluginError(f"plugin {plugin} gave in {_HOOK} a fact with {wrong}")
    expect_fields(plugin, _HOOK, [item.field for item in fact.observations])


def _look_at_borrower(plugin: str, borrower: Borrower, documents: int) -> None:
    seen: Any = borrower.observations
    wrong = first_wrong(
        (
            ("name", borrower.name, isinstance(borrower.name, str)),
            ("observations", seen, _are_observations(seen, documents)),
        )
    )
    if wrong:
        raise PluginError(f"plugin {plugin} gave in {_HOOK} a borrower with {wrong}")
    expect_fields(plugin, _HOOK, [item.field for item in borrower.observations])


def _are_observations(items: Any, documents: int) -> bool:  # noqa: ANN401 - a plugin's
    return isinstance(items, tuple) and bool(items) and all(_is_one(i, documents) for i in items)


def _is_one(item: Any, documents: int) -> bool:  # noqa: ANN401 - a plugin's
    return (
        type(item) is Observation
        and all((type(item.name) is str, type(item.document) is int))
        and 0 <= item.document < documents
    )
