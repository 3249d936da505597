"""From documents to findings: every rule is tried, and what does not tie out is told."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal

from loanbatch.models import Document, Field, FieldEvidence, Finding, Suggestion
from loanbatch_plugins.checks import _closing, _disclosures, _income, _loans, _statements, _taxes
from loanbatch_plugins.checks._facts import Facts, facts_of
from loanbatch_plugins.checks._localizing import Explanation, explain
from loanbatch_plugins.checks._rule import Rule, Tie

#: All rules, by concern.
ALL_RULES: tuple[Rule, ...] = (
    *_loans.RULES,
    *_disclosures.RULES,
    *_closing.RULES,
    *_income.RULES,
    *_statements.RULES,
    *_taxes.RULES,
)


def findings_of(document: Document) -> Iterator[Finding]:
    """Yield a finding for each rule that a document breaks."""
    rules = [rule for rule in ALL_RULES if document.kind in rule.kinds]
    facts = facts_of(document)
    broken = [(rule, tie) for rule in rules for tie in rule.ties(facts) if not tie.holds]
    if not broken:
        return
    explanation = explain(facts, rules, [tie for _, tie in broken])
    for rule in dict.fromkeys(rule for rule, _ in broken):
        ties = [tie for owner, tie in broken if owner is rule]
        own = explanation or explain(facts, rules, ties)
        yield _finding(document, rule, ties, own)


def _finding(
    document: Document, rule: Rule, ties: Sequence[Tie], explanation: Explanation | None
) -> Finding:
    paths = tuple(dict.fromkeys(path for tie in ties for path in tie.inputs))
    first = ties[0]
    suggestion = None
    if explanation is not None and explanation.path in paths:
        suggestion = Suggestion(
            evidence=evidence_at(document, explanation.path), value=f"{explanation.value:f}"
        )
    where = (
        f"page {document.first_page}"
        if document.first_page == document.last_page
        else f"pages {document.first_page} to {document.last_page}"
    )
    times = f" ({len(ties)} times)" if len(ties) > 1 else ""
    hint = f"; one misread value may explain it: {suggestion.evidence.field}" if suggestion else ""
    return Finding(
        code=rule.code,
        severity=rule.severity,
        message=f"{document.kind}, {where}: it should hold that {rule.claim}{times}{hint}",
        fields=tuple(dict.fromkeys(path.partition("[")[0] for path in paths)),
        expected=_text(first.expected),
        actual=_text(first.actual),
        evidence=tuple(evidence_at(document, path) for path in paths),
        suggestion=suggestion,
    )


def _text(value: Decimal | date | None) -> str | None:
    if value is None:
        return None
    return value.isoformat() if isinstance(value, date) else f"{value:.2f}"


def evidence_at(document: Document, path: str) -> FieldEvidence:
    """Return where the value at a path stands."""
    found = _field_at(document, path)
    return FieldEvidence(field=path, page=found.page, box=found.box)


def _field_at(document: Document, path: str) -> Field:
    name, bracket, rest = path.partition("[")
    found = document.fields[name]
    if not bracket:
        return found
    number, _, column = rest.partition("].")
    return next(cell for cell in found.rows[int(number)] if cell.name == column)


def tried(facts: Facts) -> Iterator[tuple[Rule, tuple[Tie, ...]]]:
    """Yield each rule that can run on a document, with what it found."""
    for rule in ALL_RULES:
        ties = rule.ties(facts)
        if ties:
            yield rule, ties
