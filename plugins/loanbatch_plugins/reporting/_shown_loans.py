"""What the reports for people show of loans and of comparisons, in words; pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal

from attrs import field, frozen

from loanbatch.loans import (
    Basis,
    ComparedRow,
    ComparedValue,
    Comparison,
    Fact,
    Loan,
    Observation,
    Standing,
    WhatIf,
)
from loanbatch.models import Box, Finding
from loanbatch_plugins.reporting._cells import writable
from loanbatch_plugins.reporting._shown import (
    ShownFinding,
    ShownPlace,
    label_of,
    text_of_value,
    title_of,
    words_of,
)

#: Rows of a comparison that are worth a picture.
CHARTED = (
    "annual_percentage_rate_percent",
    "principal_and_interest_payment",
    "total_interest",
    "total_cost",
)

#: Gives the anchor of a place on a page of a document; None where it is not pictured.
FindAnchor = Callable[[str, int, Box | None], str | None]


@frozen(kw_only=True)
class ShownFact:
    """A fact of a loan."""

    label: str
    text: str = field(repr=False)
    #: The document that is believed, and the page.
    source: str
    anchor: str | None
    #: What other documents say instead.
    others: tuple[str, ...] = field(repr=False)
    contradicted: bool


@frozen(kw_only=True)
class ShownLoan:
    """A loan as its documents tell it."""

    #: From 1.
    number: int
    loan_id: str
    type: str
    borrowers: tuple[str, ...] = field(repr=False)
    #: Name of the file, kind, and what became of it: `superseded`, `issued 2025-06-14`.
    documents: tuple[tuple[str, str, str], ...]
    facts: tuple[ShownFact, ...]
    missing: tuple[str, ...]
    findings: tuple[ShownFinding, ...]

    @property
    def anchor(self) -> str:
        """Unique in the report."""
        return f"loan-{self.number}"


@frozen(kw_only=True)
class ShownCell:
    """What a loan has in a row of a comparison."""

    text: str = field(repr=False)
    note: str
    #: `best`, `worst` or nothing.
    rank: str


@frozen(kw_only=True)
class ShownRow:
    """A row of a comparison."""

    label: str
    cells: tuple[ShownCell, ...]


@frozen(kw_only=True)
class ShownBar:
    """A bar of a chart: its length and its value in words."""

    loan_id: str
    #: 0 to 1, of the longest one.
    share: float
    text: str = field(repr=False)


@frozen(kw_only=True)
class ShownComparison:
    """Loans of one currency side by side."""

    title: str
    loan_ids: tuple[str, ...]
    rows: tuple[ShownRow, ...]
    #: Title and bars.
    charts: tuple[tuple[str, tuple[ShownBar, ...]], ...]
    what_ifs: tuple[str, ...]
    notes: tuple[str, ...]


def is_shown(loan: Loan) -> bool:
    """Tell whether a loan is one, and not a lone paper such as a wage statement."""
    return bool(loan.loan_type) or len({item.document_id for item in loan.documents}) > 1


def shown_loan(loan: Loan, number: int, find_anchor: FindAnchor) -> ShownLoan:
    """Return what is shown of a loan."""
    return ShownLoan(
        number=number,
        loan_id=short_id(loan.loan_id),
        type=words_of(loan.loan_type),
        borrowers=tuple(writable(borrower.name) for borrower in loan.borrowers),
        documents=tuple(_documents(loan)),
        facts=tuple(_fact(fact, loan, find_anchor) for fact in loan.facts.values()),
        missing=tuple(map(title_of, loan.missing)),
        findings=tuple(_finding(finding, find_anchor) for finding in loan.findings),
    )


def short_id(loan_id: str) -> str:
    """Return a loan's id; of one that is a document's, as much as tells it from others."""
    return writable(loan_id[:14] if loan_id.startswith("doc-") else loan_id)


def _documents(loan: Loan) -> Iterator[tuple[str, str, str]]:
    for item in loan.documents:
        words = [] if item.standing is Standing.CURRENT else [item.standing.value]
        words += [f"issued {item.issued.isoformat()}"] if item.issued else []
        yield writable(item.file_name), title_of(item.document.kind), ", ".join(words)


def _fact(fact: Fact, loan: Loan, find_anchor: FindAnchor) -> ShownFact:
    believed, *rest = fact.observations
    text = _value(fact.name, fact.value, fact.currency)
    others = dict.fromkeys(
        f"{said} in {_source(item, loan)}"
        for item in rest
        if (said := _value(item.name, item.field.value, item.field.currency)) != text and said
    )
    document = loan.documents[believed.document]
    return ShownFact(
        label=label_of(fact.name),
        text=text,
        source=_source(believed, loan),
        anchor=find_anchor(document.document_id, believed.field.page, believed.field.box),
        others=tuple(others),
        contradicted=fact.contradicted,
    )


def _value(name: str, value: object, currency: str | None) -> str:
    text = text_of_value(value, currency)
    return f"{text} %" if isinstance(value, Decimal) and "percent" in name else text


def _source(observation: Observation, loan: Loan) -> str:
    name = writable(loan.documents[observation.document].file_name)
    return f"{name}, page {observation.field.page}"


def _finding(finding: Finding, find_anchor: FindAnchor) -> ShownFinding:
    places = tuple(
        ShownPlace(
            label=f"{label_of(item.field)} in {writable(item.file_name or 'the document')}",
            page=item.page,
            anchor=find_anchor(item.document_id or "", item.page, item.box),
        )
        for item in finding.evidence
    )
    return ShownFinding(
        code=finding.code,
        severity=finding.severity.value,
        message=writable(finding.message),
        places=places,
        expected=writable(finding.expected or ""),
        actual=writable(finding.actual or ""),
        suggestion="",
    )


def shown_comparison(comparison: Comparison) -> ShownComparison:
    """Return what is shown of a comparison."""
    currency = comparison.currency or None
    rows = [row for row in comparison.rows if any(v.value is not None for v in row.values)]
    ids = tuple(map(short_id, comparison.loan_ids))
    charted = [row for name in CHARTED for row in rows if row.name == name]
    return ShownComparison(
        title=f"Loans in {currency}" if currency else "Loans",
        loan_ids=ids,
        rows=tuple(_row(row, currency) for row in rows),
        charts=tuple(
            (_title(row, currency), bars) for row in charted if len(bars := _bars(row, ids)) > 1
        ),
        what_ifs=tuple(
            f"{short_id(item.loan_id)}: {words}"
            for item in comparison.what_ifs
            if (words := what_if_in_words(item, currency))
        ),
        notes=tuple(map(writable, comparison.notes)),
    )


def _title(row: ComparedRow, currency: str | None) -> str:
    unit = {"money": currency or "", "percent": "%"}.get(row.unit, row.unit)
    return f"{row.label}, {unit}" if unit else row.label


def _row(row: ComparedRow, currency: str | None) -> ShownRow:
    cells = []
    for place, value in enumerate(row.values):
        rank = "best" if place in row.best else "worst" if place in row.worst else ""
        cells.append(ShownCell(text=_compared(value, row.unit), note=_note(value), rank=rank))
    return ShownRow(
        label=_title(row, currency) if row.unit == "money" else row.label, cells=tuple(cells)
    )


def _compared(value: ComparedValue, unit: str) -> str:
    if value.value is None:
        return "missing"
    text = text_of_value(value.value)
    return {"percent": f"{text} %", "months": f"{text} months"}.get(unit, text)


def _note(value: ComparedValue) -> str:
    """Return how a value that no document states came about, or what is missing."""
    return "" if value.basis is Basis.STATED and not value.note else writable(value.note)


def _bars(row: ComparedRow, ids: Sequence[str]) -> tuple[ShownBar, ...]:
    numbers = [
        (loan_id, value, float(value.value))
        for loan_id, value in zip(ids, row.values, strict=True)
        if isinstance(value.value, Decimal | int) and value.value >= 0
    ]
    longest = max((number for _, _, number in numbers), default=0.0)
    return tuple(
        ShownBar(loan_id=loan_id, share=number / longest, text=_compared(value, row.unit))
        for loan_id, value, number in numbers
        if longest
    )


def what_if_in_words(item: WhatIf, currency: str | None) -> str:
    """Return what prepaying would change; empty where nothing can be said."""
    if item.interest_saved is None or item.months_saved is None:
        return ""
    payments = f" and {item.months_saved} payments" if item.months_saved else ""
    interest = text_of_value(item.interest_saved, currency)
    return f"{writable(item.prepayment)} more saves {interest} of interest{payments}"
