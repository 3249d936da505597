"""What the summary of a report counts."""

from __future__ import annotations

from collections import Counter

from attrs import define, field

from loanbatch.results import BatchProcessingResult


@define
class Counts:
    """Counts results as they come."""

    statuses: Counter[str] = field(factory=Counter)
    errors: Counter[str] = field(factory=Counter)
    kinds: Counter[str] = field(factory=Counter)
    findings: Counter[str] = field(factory=Counter)
    review: int = 0

    def add(self, result: BatchProcessingResult) -> None:
        """Count a result."""
        self.statuses[result.status.value] += 1
        if result.error_code:
            self.errors[result.error_code] += 1
        self.kinds.update(document.kind for document in result.documents)
        self.findings.update(finding.code for finding in result.findings)
        self.review += result.needs_review

    def tables(self) -> list[tuple[str, list[tuple[str, int]]]]:
        """Return the counts under their titles; what has none is left out."""
        named = (
            ("Files by status", self.statuses),
            ("Files by error code", self.errors),
            ("Documents by kind", self.kinds),
            ("Findings by code", self.findings),
        )
        return [(title, sorted(counter.items())) for title, counter in named if counter]
