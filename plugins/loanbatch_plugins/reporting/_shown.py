"""What the reports for people show of a file: its documents, values and findings, in words.

Pure, and made of one result at a time. What a report looks like is the business of its writer.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from decimal import Decimal

from attrs import define, field, frozen

from loanbatch.models import Box, Field, Finding, Severity
from loanbatch.results import BatchProcessingResult
from loanbatch.vocabulary import FieldType, standard_vocabulary
from loanbatch_plugins.reporting._cells import writable
from loanbatch_plugins.reporting._rows import reasons_by_field, reasons_of, value_of

#: Edges that differ by less (points) are of one place.
_SAME_PLACE = 1.0
_CAPITALS = {"apr", "apor", "ssn", "id", "ein", "emi", "pmi", "tip", "ytd", "mers", "nmls", "ifsc"}


@frozen(kw_only=True)
class Mark:
    """A place on a page that something shown is about."""

    #: Unique in the report.
    anchor: str
    box: Box
    #: What stands there, for a person.
    label: str
    #: Whether somebody should look.
    review: bool


@frozen(kw_only=True)
class ShownValue:
    """A value, or a cell of a row."""

    #: As in the other reports: `fees[0].amount`.
    name: str
    label: str
    #: The value in words; empty where the raw text was not understood.
    text: str = field(repr=False)
    #: As read.
    raw: str = field(repr=False)
    page: int
    #: Of its mark; None where it has no place.
    anchor: str | None
    #: 0 to 1.
    confidence: float
    extractor: str
    #: Codes, as in the other reports; empty where nobody needs to look.
    reasons: tuple[str, ...]

    @property
    def sure(self) -> str:
        """The confidence as percent, rounded down: 99.6 must not look like certainty."""
        return f"{int(self.confidence * 100)} %"


@frozen(kw_only=True)
class ShownTable:
    """A field of rows."""

    label: str
    #: In words.
    columns: tuple[str, ...]
    #: One cell for each column; None where the row has none.
    rows: tuple[tuple[ShownValue | None, ...], ...]


@frozen(kw_only=True)
class ShownDocument:
    """A document inside a file."""

    #: From 1.
    number: int
    kind: str
    title: str
    first_page: int
    last_page: int
    #: Of fields without rows.
    values: tuple[ShownValue, ...]
    tables: tuple[ShownTable, ...]

    def all_values(self) -> Iterator[ShownValue]:
        """Yield the values, then the cells of all tables."""
        yield from self.values
        for table in self.tables:
            yield from (cell for row in table.rows for cell in row if cell is not None)

    @property
    def pages(self) -> str:
        """Its pages in words."""
        first, last = self.first_page, self.last_page
        return f"page {first}" if first == last else f"pages {first} to {last}"


@frozen(kw_only=True)
class ShownPlace:
    """Where a value of a finding stands."""

    label: str
    page: int
    anchor: str | None


@frozen(kw_only=True)
class ShownFinding:
    """A finding."""

    code: str
    severity: str
    message: str
    places: tuple[ShownPlace, ...]
    expected: str = field(repr=False)
    actual: str = field(repr=False)
    #: What a value may really be; empty where nothing is offered.
    suggestion: str = field(repr=False)

    @property
    def review(self) -> bool:
        """Whether somebody should look."""
        return self.severity != Severity.INFO.value


@frozen(kw_only=True)
class ShownFile:
    """A source and what was made of it."""

    #: From 1, in the order of the batch.
    number: int
    name: str
    status: str
    error_code: str
    error_message: str
    document_id: str
    loan_id: str
    review: bool
    page_count: int
    documents: tuple[ShownDocument, ...]
    findings: tuple[ShownFinding, ...]
    #: By page number, in the order of the page.
    marks: Mapping[int, tuple[Mark, ...]]

    @property
    def anchor(self) -> str:
        """Unique in the report."""
        return f"file-{self.number}"

    @property
    def doubtful(self) -> tuple[ShownValue, ...]:
        """The values that somebody should look at."""
        found = (value for document in self.documents for value in document.all_values())
        return tuple(value for value in found if value.reasons)

    def pages_to_show(self) -> tuple[int, ...]:
        """The pages on which something stands that is shown; the first where nothing does."""
        return tuple(self.marks) or ((1,) if self.documents else ())

    def has_doubts(self, page: int) -> bool:
        """Tell whether somebody should look at something on a page."""
        return any(mark.review for mark in self.marks.get(page, ()))


def shown_file(result: BatchProcessingResult, number: int, threshold: float) -> ShownFile:
    """Return what is shown of a result.

    Args:
        result: Masked already where personal data must not be shown.
        number: Of the file in the report, from 1.
        threshold: Confidence (0 to 1) below which a value is to be looked at.
    """
    places = _Places(number)
    documents = tuple(_documents(result, places, threshold))
    findings = tuple(_finding(finding, places) for finding in result.findings)
    return ShownFile(
        number=number,
        name=writable(result.file_name),
        status=result.status.value,
        error_code=result.error_code or "",
        error_message=writable(result.error_message or ""),
        document_id=result.document_id or "",
        loan_id=writable(result.loan_id or ""),
        review=result.needs_review,
        page_count=result.page_count or 0,
        documents=documents,
        findings=findings,
        marks=places.by_page(),
    )


@define
class _Places:
    """The marks of a file: one for each place, however many things are about it."""

    number: int
    _found: dict[int, list[Mark]] = field(factory=dict)

    def anchor(self, page: int, box: Box | None, label: str, *, review: bool) -> str | None:
        """Return the anchor of a place, which is marked if it was not."""
        if box is None or box.right <= box.left or box.bottom <= box.top:
            return None
        marks = self._found.setdefault(page, [])
        for index, mark in enumerate(marks):
            if _same(mark.box, box):
                if review and not mark.review:
                    marks[index] = Mark(
                        anchor=mark.anchor, box=mark.box, label=mark.label, review=True
                    )
                return mark.anchor
        anchor = f"p{self.number}-{page}-{len(marks) + 1}"
        marks.append(Mark(anchor=anchor, box=box, label=label, review=review))
        return anchor

    def by_page(self) -> dict[int, tuple[Mark, ...]]:
        return {page: tuple(marks) for page, marks in sorted(self._found.items())}


def _same(one: Box, other: Box) -> bool:
    return all(abs(a - b) < _SAME_PLACE for a, b in zip(one, other, strict=True))


def _documents(
    result: BatchProcessingResult, places: _Places, threshold: float
) -> Iterator[ShownDocument]:
    codes = reasons_by_field(result)

    def shown(name: str, item: Field, of: str) -> ShownValue:
        reasons = reasons_of(item, codes.get(of, ()), threshold)
        label = label_of(name)
        return ShownValue(
            name=name,
            label=label,
            text=text_of(item),
            raw=writable(item.raw),
            page=item.page,
            anchor=places.anchor(item.page, item.box, label, review=bool(reasons)),
            confidence=item.confidence,
            extractor=item.extractor,
            reasons=tuple(reasons),
        )

    for number, document in enumerate(result.documents, start=1):
        fields = document.fields.values()
        yield ShownDocument(
            number=number,
            kind=document.kind,
            title=title_of(document.kind),
            first_page=document.first_page,
            last_page=document.last_page,
            values=tuple(shown(item.name, item, item.name) for item in fields if not item.rows),
            tables=tuple(_table(item, shown) for item in fields if item.rows),
        )


def _table(whole: Field, shown: Callable[[str, Field, str], ShownValue]) -> ShownTable:
    names = list(dict.fromkeys(cell.name for row in whole.rows for cell in row))
    rows = []
    for index, row in enumerate(whole.rows):
        cells = {
            cell.name: shown(f"{whole.name}[{index}].{cell.name}", cell, whole.name) for cell in row
        }
        rows.append(tuple(map(cells.get, names)))
    return ShownTable(
        label=words_of(whole.name), columns=tuple(map(words_of, names)), rows=tuple(rows)
    )


def _finding(finding: Finding, places: _Places) -> ShownFinding:
    review = finding.severity is not Severity.INFO
    shown = [
        ShownPlace(
            label=label_of(item.field),
            page=item.page,
            anchor=places.anchor(item.page, item.box, label_of(item.field), review=review),
        )
        for item in finding.evidence
    ]
    offered = finding.suggestion
    return ShownFinding(
        code=finding.code,
        severity=finding.severity.value,
        message=writable(finding.message),
        places=tuple(shown),
        expected=writable(finding.expected or ""),
        actual=writable(finding.actual or ""),
        suggestion=""
        if offered is None
        else f"{label_of(offered.evidence.field)} may be {writable(offered.value)}",
    )


def title_of(kind: str) -> str:
    """Return a kind of document in words."""
    known = standard_vocabulary().kinds.get(kind)
    return known.title if known else words_of(writable(kind))


def words_of(name: str) -> str:
    """Return a name in snake_case as words: `note_rate_percent` is `Note rate percent`."""
    words = [word.upper() if word in _CAPITALS else word for word in name.split("_")]
    text = " ".join(words)
    return text[:1].upper() + text[1:]


def label_of(name: str) -> str:
    """Return the name of a value in words: `fees[0].amount` is `Fees 1: amount`."""
    found = re.fullmatch(r"(\w+)\[(\d+)\]\.(\w+)", name)
    if found is None:
        return words_of(writable(name))
    column = words_of(found[3])
    return f"{words_of(found[1])} {int(found[2]) + 1}: {column[:1].lower()}{column[1:]}"


def text_of(item: Field) -> str:
    """Return a field's value in words; empty where it has none."""
    value = value_of(item)
    type_ = standard_vocabulary().field(item.name).type
    text = text_of_value(value, item.currency)
    if isinstance(value, Decimal) and (type_ is FieldType.PERCENT or "percent" in item.name):
        return f"{text} %"
    return text


def text_of_value(value: object, currency: str | None = None) -> str:
    """Return a value in words: thousands parted, the currency behind, ISO dates."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Decimal):
        return f"{value:,f}{f' {currency}' if currency else ''}"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, tuple):
        return "; ".join(map(writable, value))
    return writable(str(value))
