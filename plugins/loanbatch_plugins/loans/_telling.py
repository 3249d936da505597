"""What is worth telling of a joined loan: contradictions, strangers, gaps."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from loanbatch.convert import plain_value
from loanbatch.loans import Borrower, LoanDocument, Observation, Standing
from loanbatch.models import FieldEvidence, Finding, Severity
from loanbatch_plugins.loans._facts import JoinedFact
from loanbatch_plugins.loans._people import BORROWERS
from loanbatch_plugins.loans._standing import kind_rule
from loanbatch_plugins.loans._tables import LoanType, tables

#: Sign together: who owes the loan is the same in both.
_SIGNED = frozenset({"promissory_note", "closing_disclosure"})


def contradictions(
    documents: Sequence[LoanDocument], facts: Mapping[str, JoinedFact]
) -> Iterator[Finding]:
    """Yield a finding for each fact that current documents contradict each other about."""
    for name, joined in facts.items():
        if joined.contradicted is not None:
            yield _contradiction(documents, name, (joined.contradicted, *joined.contradicting))


def _contradiction(
    documents: Sequence[LoanDocument], name: str, observations: Sequence[Observation]
) -> Finding:
    believed, *others = observations
    kinds = [documents[item.document].document.kind for item in observations]
    verb = "says" if len(set(kinds[1:])) == 1 else "say"
    return Finding(
        code="contradiction",
        severity=Severity.WARNING,
        message=f"{name}: {_listed(kinds[1:])} {verb} otherwise than {kinds[0]}, which is believed",
        fields=tuple(dict.fromkeys(item.name for item in observations)),
        expected=_text(believed),
        actual=_text(others[0]),
        evidence=tuple(evidence_of(documents, item) for item in observations),
    )


def _text(item: Observation) -> str:
    value = plain_value(item.field)
    return "; ".join(value) if isinstance(value, list) else str(value)


def evidence_of(documents: Sequence[LoanDocument], item: Observation) -> FieldEvidence:
    """Return where an observation stands, with the source that it stands in."""
    source = documents[item.document]
    return FieldEvidence(
        field=item.name,
        page=item.field.page,
        box=item.field.box,
        document_id=source.document_id,
        file_name=source.file_name,
    )


def other_borrowers(
    documents: Sequence[LoanDocument], borrowers: Sequence[Borrower], order: Sequence[int]
) -> Iterator[Finding]:
    """Yield a finding if documents name different borrowers.

    One that leaves somebody out tells less, and not otherwise; note and Closing Disclosure are
    signed by the same people.
    """
    named: dict[int, dict[int, Observation]] = {}
    for number, borrower in enumerate(borrowers):
        for item in borrower.observations:
            if item.name == BORROWERS:
                named.setdefault(item.document, {})[number] = item
    current = [p for p in order if p in named and documents[p].standing is Standing.CURRENT]
    others = [place for place in current[1:] if _differ(documents, named, current[0], place)]
    if others:
        seen = (next(iter(named[place].values())) for place in (current[0], *others))
        yield _contradiction(documents, BORROWERS, tuple(seen))


def _differ(
    documents: Sequence[LoanDocument],
    named: Mapping[int, Mapping[int, Observation]],
    one: int,
    other: int,
) -> bool:
    less, more = named[one].keys() - named[other].keys(), named[other].keys() - named[one].keys()
    kinds = {documents[place].document.kind for place in (one, other)}
    return bool((less and more) or ((less or more) and kinds == _SIGNED))


def strangers(
    documents: Sequence[LoanDocument], borrowers: Sequence[Borrower]
) -> Iterator[Finding]:
    """Yield a finding for documents about people who do not owe the loan."""
    known = {(item.document, item.name) for b in borrowers for item in b.observations}
    if not any(name == BORROWERS for _, name in known):
        return
    for place, item in enumerate(documents):
        named = [n for n in kind_rule(item.document.kind).persons if n in item.document.fields]
        about = [
            Observation(document=place, name=name, field=item.document.fields[name])
            for name in named
            if item.document.fields[name].value is not None
        ]
        if about and not any((place, name) in known for name in named):
            yield Finding(
                code="not_a_borrower",
                severity=Severity.INFO,
                message=f"{item.document.kind}: it is about somebody whom no document names as a"
                " borrower",
                fields=tuple(observation.name for observation in about),
                evidence=tuple(evidence_of(documents, observation) for observation in about),
            )


def type_of(documents: Sequence[LoanDocument]) -> LoanType | None:
    """Return what type of loan it is; None where no document tells."""
    table = tables()
    kinds = {item.document.kind for item in documents}
    described = {
        name
        for item in documents
        if item.document.kind in table.others.kinds
        for name, field in item.document.fields.items()
        if field.value is not None
    }
    return next(
        (one for one in table.types if kinds & one.kinds or described & set(one.fields)), None
    )


def missing_kinds(documents: Sequence[LoanDocument], loan_type: LoanType | None) -> Iterator[str]:
    """Yield what a loan of this type should have and this one has not; one kind of several."""
    kinds = {item.document.kind for item in documents}
    for need in () if loan_type is None else loan_type.needs:
        if not kinds & set(need.kinds):
            yield need.kinds[0]


def gaps(loan_type: LoanType | None, missing: Iterable[str]) -> Iterator[Finding]:
    """Yield a finding for each kind that is missing."""
    needs = {need.kinds[0]: need for need in (() if loan_type is None else loan_type.needs)}
    for kind in missing:
        need = needs[kind]
        kinds = f" ({_listed(need.kinds, 'or')})" if len(need.kinds) > 1 else ""
        yield Finding(
            code="document_missing",
            severity=Severity.INFO,
            message=f"there is no {need.what}{kinds}; {need.source}",
        )


def _listed(words: Sequence[str], last: str = "and") -> str:
    *some, one = dict.fromkeys(words)
    return f"{', '.join(some)} {last} {one}" if some else one
