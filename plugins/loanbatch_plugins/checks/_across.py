"""Rules about the documents of a loan together, and what they tell."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import date
from decimal import Decimal

from attrs import field, frozen

from loanbatch.loans import Loan, LoanDocument, Standing
from loanbatch.models import FieldEvidence, Finding, Severity
from loanbatch_plugins.checks._facts import Facts, facts_of
from loanbatch_plugins.checks._rule import EXACT
from loanbatch_plugins.checks._running import evidence_at

#: A document's place in the loan, and a path in it.
Input = tuple[int, str]


@frozen(kw_only=True)
class Paper:
    """A document of a loan, as plain values."""

    place: int
    item: LoanDocument
    facts: Facts = field(repr=False)

    def at(self, *paths: str) -> tuple[Input, ...]:
        """Return where values stand, as far as they are there."""
        return tuple((self.place, path) for path in paths if path in self.facts)


@frozen(kw_only=True)
class Papers:
    """The documents of a loan."""

    all: tuple[Paper, ...]
    #: The places of the documents about each borrower.
    persons: tuple[frozenset[int], ...] = ()

    def of(self, *kinds: str) -> list[Paper]:
        """Return the current documents of some kinds."""
        return [
            paper
            for paper in self.all
            if paper.facts.kind in kinds and paper.item.standing is Standing.CURRENT
        ]

    def issues(self, kind: str) -> list[Paper]:
        """Return the dated issues of a kind, superseded ones too, the earliest first."""
        dated = [p for p in self.all if p.facts.kind == kind and p.item.issued is not None]
        return sorted(dated, key=lambda paper: paper.item.issued or date.max)

    def about(self, person: frozenset[int], *kinds: str) -> list[Paper]:
        """Return the current documents of some kinds that are about a person."""
        return [paper for paper in self.of(*kinds) if paper.place in person]


@frozen(kw_only=True)
class LoanTie:
    """One thing that should tie out across documents, and whether it does."""

    expected: Decimal | date = field(repr=False)
    actual: Decimal | date = field(repr=False)
    holds: bool
    inputs: tuple[Input, ...]


def at_most(
    expected: Decimal, actual: Decimal, inputs: Iterable[Input], *, within: Decimal = EXACT
) -> LoanTie:
    """Compare what may be at most with what is."""
    return LoanTie(
        expected=expected, actual=actual, holds=actual <= expected + within, inputs=tuple(inputs)
    )


def equal(
    expected: Decimal, actual: Decimal, inputs: Iterable[Input], *, within: Decimal = EXACT
) -> LoanTie:
    """Compare what should be with what is."""
    holds = abs(expected - actual) <= within
    return LoanTie(expected=expected, actual=actual, holds=holds, inputs=tuple(inputs))


def by(expected: date, actual: date, inputs: Iterable[Input]) -> LoanTie:
    """Compare a last day with the day on which something happened."""
    return LoanTie(expected=expected, actual=actual, holds=actual <= expected, inputs=tuple(inputs))


@frozen(kw_only=True)
class LoanRule:
    """One check across documents."""

    #: Of its finding: stable, snake_case.
    code: str
    #: Of documents that it sets side by side, for the reference.
    kinds: tuple[str, ...]
    #: What it says, for a person.
    claim: str
    #: Regulation and section, form, or formula, and the tolerance.
    source: str
    function: Callable[[Papers], Iterable[LoanTie]]

    def ties(self, papers: Papers) -> tuple[LoanTie, ...]:
        """Try the rule; nothing where its documents or values are not there."""
        try:
            return tuple(self.function(papers))
        except (ValueError, ArithmeticError):
            # Misread so that nothing can be reckoned; the document's own rules tell of it.
            return ()


class LoanRules:
    """Rules of one concern, in the order in which they are written."""

    def __init__(self) -> None:
        self._rules: list[LoanRule] = []

    def __iter__(self) -> Iterator[LoanRule]:
        return iter(self._rules)

    def rule(
        self, code: str, *, kinds: Iterable[str], claim: str, source: str
    ) -> Callable[[Callable[[Papers], Iterable[LoanTie]]], Callable[[Papers], Iterable[LoanTie]]]:
        """Make a rule of a function."""

        def made(
            function: Callable[[Papers], Iterable[LoanTie]],
        ) -> Callable[[Papers], Iterable[LoanTie]]:
            self._rules.append(
                LoanRule(
                    code=code, kinds=tuple(kinds), claim=claim, source=source, function=function
                )
            )
            return function

        return made


def papers_of(loan: Loan) -> Papers:
    """Return the documents of a loan as plain values, those of each borrower together."""
    return Papers(
        all=tuple(
            Paper(place=place, item=item, facts=facts_of(item.document))
            for place, item in enumerate(loan.documents)
        ),
        persons=tuple(
            frozenset(seen.document for seen in borrower.observations)
            for borrower in loan.borrowers
        ),
    )


def loan_findings(loan: Loan, rules: Iterable[LoanRule]) -> Iterator[Finding]:
    """Yield a finding for each rule that the documents of a loan break."""
    papers = papers_of(loan)
    for rule in rules:
        broken = [tie for tie in rule.ties(papers) if not tie.holds]
        if broken:
            yield _finding(loan, rule, broken)


def _finding(loan: Loan, rule: LoanRule, broken: list[LoanTie]) -> Finding:
    inputs = tuple(dict.fromkeys(item for tie in broken for item in tie.inputs))
    kinds = dict.fromkeys(loan.documents[place].document.kind for place, _ in inputs)
    times = f" ({len(broken)} times)" if len(broken) > 1 else ""
    return Finding(
        code=rule.code,
        severity=Severity.WARNING,
        message=f"{', '.join(kinds)}: it should hold that {rule.claim}{times}",
        fields=tuple(dict.fromkeys(path.partition("[")[0] for _, path in inputs)),
        expected=_text(broken[0].expected),
        actual=_text(broken[0].actual),
        evidence=tuple(_evidence(loan.documents[place], path) for place, path in inputs),
    )


def _evidence(item: LoanDocument, path: str) -> FieldEvidence:
    found = evidence_at(item.document, path)
    return FieldEvidence(
        field=path,
        page=found.page,
        box=found.box,
        document_id=item.document_id,
        file_name=item.file_name,
    )


def _text(value: Decimal | date) -> str:
    return value.isoformat() if isinstance(value, date) else f"{value:.2f}"
