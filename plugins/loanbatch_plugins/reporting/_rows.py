"""Results as rows, for every report that is a table: values keep their types."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal
from typing import Any

from loanbatch.convert import plain_value
from loanbatch.models import Document, Field, Severity
from loanbatch.results import BatchProcessingResult

#: What every row says of its file; a file without documents has one row of these alone.
FILE_COLUMNS = ("file", "status", "error_code", "document_id", "loan_id", "needs_review")
DOCUMENT_COLUMNS = ("document", "kind", "first_page", "last_page")
FIELD_COLUMNS = (
    "field",
    "value",
    "currency",
    "raw",
    "page",
    "box",
    "confidence",
    "extractor",
    "review_reasons",
)
FINDING_COLUMNS = (
    "file",
    "code",
    "severity",
    "message",
    "fields",
    "expected",
    "actual",
    "suggested_field",
    "suggested_value",
)
#: As in the JSON report.
_CONFIDENCE_DIGITS = 4

Row = dict[str, Any]


def file_row(result: BatchProcessingResult) -> Row:
    """Return what is told of a file."""
    return {
        "file": result.file_name,
        "status": result.status.value,
        "error_code": result.error_code,
        "document_id": result.document_id,
        "loan_id": result.loan_id,
        "needs_review": result.needs_review,
    }


def document_row(number: int, document: Document) -> Row:
    """Return what is told of a document; its number in the file is from 1."""
    return {
        "document": number,
        "kind": document.kind,
        "first_page": document.first_page,
        "last_page": document.last_page,
    }


def field_rows(result: BatchProcessingResult, threshold: float) -> Iterator[Row]:
    """Yield a row per value; never none, for a file without a row would be lost silently.

    Args:
        result: Of a file.
        threshold: Confidence (0 to 1) below which `review_reasons` says `low_confidence`.
    """
    of_file = file_row(result)
    if not result.documents:
        yield of_file
    reasons = reasons_by_field(result)
    for number, document in enumerate(result.documents, start=1):
        row = {**of_file, **document_row(number, document)}
        if not document.fields:
            yield row
        for name, field in document.fields.items():
            for label, value in labelled_cells(name, field):
                why = reasons_of(value, reasons.get(name, ()), threshold)
                yield {**row, **_field_row(label, value), "review_reasons": " ".join(why)}


def document_rows(result: BatchProcessingResult) -> Iterator[tuple[Row, Row]]:
    """Yield the fixed cells and the values by field of each document.

    A field of rows is told by the number of its rows; a file without documents has no values.
    """
    of_file = file_row(result)
    if not result.documents:
        yield of_file, {}
    for number, document in enumerate(result.documents, start=1):
        fields = document.fields.values()
        currencies = sorted({field.currency for field in fields if field.currency})
        row = {
            **of_file,
            **document_row(number, document),
            "confidence": round(document.confidence, _CONFIDENCE_DIGITS),
            "currencies": " ".join(currencies),
        }
        yield row, {name: value_of(field) for name, field in document.fields.items()}


def finding_rows(result: BatchProcessingResult) -> Iterator[Row]:
    """Yield a row per finding."""
    for finding in result.findings:
        offered = finding.suggestion
        yield {
            "file": result.file_name,
            "code": finding.code,
            "severity": finding.severity.value,
            "message": finding.message,
            "fields": " ".join(finding.fields),
            "expected": finding.expected,
            "actual": finding.actual,
            "suggested_field": offered and offered.evidence.field,
            "suggested_value": offered and offered.value,
        }


def reasons_by_field(result: BatchProcessingResult) -> dict[str, list[str]]:
    """Return the codes of the findings that somebody should look at, by the fields they name."""
    reasons: dict[str, list[str]] = {}
    for finding in result.findings:
        if finding.severity is not Severity.INFO:
            for name in finding.fields:
                codes = reasons.setdefault(name, [])
                if finding.code not in codes:
                    codes.append(finding.code)
    return reasons


def reasons_of(field: Field, codes: Iterable[str], threshold: float) -> list[str]:
    """Return why somebody should look at a value: codes of findings, and what it tells itself."""
    reasons = list(codes)
    if field.value is None:
        reasons.append("no_value")
    if field.confidence < threshold and "low_confidence" not in reasons:
        reasons.append("low_confidence")
    return reasons


def labelled_cells(name: str, field: Field) -> Iterator[tuple[str, Field]]:
    """Yield a field, or each of its cells, with the name it has in the report."""
    if not field.rows:
        yield name, field
    for index, row in enumerate(field.rows):
        for item in row:
            yield f"{name}[{index}].{item.name}", item


def _field_row(label: str, field: Field) -> Row:
    box = field.box and " ".join(f"{edge:.2f}" for edge in field.box)
    return {
        "field": label,
        "value": value_of(field),
        "currency": field.currency,
        "raw": field.raw,
        "page": field.page,
        "box": box,
        "confidence": round(field.confidence, _CONFIDENCE_DIGITS),
        "extractor": field.extractor,
    }


def value_of(field: Field) -> str | int | bool | Decimal | date | None:
    """Return a field's value for one cell: several entries joined, rows as their number."""
    if field.rows:
        return f"{len(field.rows)} rows"
    if isinstance(field.value, (Decimal, date)):
        return field.value
    value = plain_value(field)
    return "; ".join(value) if isinstance(value, list) else value
