"""The CSV reports: a row per field, or a row per document; RFC 4180, UTF-8."""

from __future__ import annotations

import csv
import io
import json
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any, BinaryIO, TextIO

from loanbatch.convert import plain_value
from loanbatch.models import Document, Field, Severity
from loanbatch.results import BatchProcessingResult
from loanbatch_plugins.reporting._cells import cell

#: What every row says of its file; a file without documents has one row of these alone.
_FILE_COLUMNS = ("file", "status", "error_code", "document_id", "loan_id", "needs_review")
_DOCUMENT_COLUMNS = ("document", "kind", "first_page", "last_page")
_FIELD_COLUMNS = (
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

#: Characters of rows held in memory until the columns of the documents layout are known.
_SPOOL = 8 * 1024 * 1024
#: As in the JSON report.
_CONFIDENCE_DIGITS = 4

Row = dict[str, Any]


def write_fields(
    results: Iterable[BatchProcessingResult], stream: BinaryIO, *, threshold: float
) -> None:
    """Write one row per value: `fees[0].amount` is the cell `amount` in the first row of `fees`.

    Args:
        results: Read once.
        stream: Gets the rows.
        threshold: Confidence (0 to 1) below which `review_reasons` says `low_confidence`.
    """
    with _text(stream) as text:
        columns = (*_FILE_COLUMNS, *_DOCUMENT_COLUMNS, *_FIELD_COLUMNS)
        writer = csv.DictWriter(text, columns, lineterminator="\r\n", restval="")
        writer.writeheader()
        for result in results:
            for row in _field_rows(result, threshold):
                writer.writerow({column: cell(value) for column, value in row.items()})


def write_documents(results: Iterable[BatchProcessingResult], stream: BinaryIO) -> None:
    """Write one row per document, with a column for every field that any document has.

    A field of rows is told by the number of its rows; `currencies` lists those of the amounts. The
    columns are known only when all results are read: until then the rows wait in a temporary file.

    Args:
        results: Read once.
        stream: Gets the rows.
    """
    names: set[str] = set()
    with tempfile.SpooledTemporaryFile(_SPOOL, "w+", encoding="utf-8") as spool:
        for result in results:
            for row, values in _document_rows(result):
                names.update(values)
                spool.write(json.dumps([row, values]) + "\n")
        spool.seek(0)
        _write_spooled(spool, sorted(names), stream)


def _write_spooled(spool: Iterable[str], names: list[str], stream: BinaryIO) -> None:
    columns = (*_FILE_COLUMNS, *_DOCUMENT_COLUMNS, "confidence", "currencies")
    with _text(stream) as text:
        writer = csv.writer(text, lineterminator="\r\n")
        writer.writerow((*columns, *names))
        for line in spool:
            row, values = json.loads(line)
            cells = (*map(row.get, columns), *map(values.get, names))
            writer.writerow([cell(item) for item in cells])


@contextmanager
def _text(stream: BinaryIO) -> Iterator[TextIO]:
    """Give text over a binary stream that stays open afterwards."""
    text = io.TextIOWrapper(stream, encoding="utf-8", newline="")
    try:
        yield text
    finally:
        text.detach()


def _file_row(result: BatchProcessingResult) -> Row:
    return {
        "file": result.file_name,
        "status": result.status.value,
        "error_code": result.error_code,
        "document_id": result.document_id,
        "loan_id": result.loan_id,
        "needs_review": result.needs_review,
    }


def _document_row(number: int, document: Document) -> Row:
    return {
        "document": number,
        "kind": document.kind,
        "first_page": document.first_page,
        "last_page": document.last_page,
    }


def _field_rows(result: BatchProcessingResult, threshold: float) -> Iterator[Row]:
    """Give the rows of a result: never none, for a file without a row would be lost silently."""
    file_row = _file_row(result)
    if not result.documents:
        yield file_row
    reasons = _reasons_by_field(result)
    for number, document in enumerate(result.documents, start=1):
        row = {**file_row, **_document_row(number, document)}
        if not document.fields:
            yield row
        for name, field in document.fields.items():
            for label, value in _values(name, field):
                why = list(reasons.get(name, ()))
                if value.value is None:
                    why.append("no_value")
                if value.confidence < threshold:
                    why.append("low_confidence")
                yield {**row, **_field_row(label, value), "review_reasons": " ".join(why)}


def _reasons_by_field(result: BatchProcessingResult) -> dict[str, list[str]]:
    """Return the codes of the findings that somebody should look at, by the fields they name."""
    reasons: dict[str, list[str]] = {}
    for finding in result.findings:
        if finding.severity is not Severity.INFO:
            for name in finding.fields:
                codes = reasons.setdefault(name, [])
                if finding.code not in codes:
                    codes.append(finding.code)
    return reasons


def _values(name: str, field: Field) -> Iterator[tuple[str, Field]]:
    """Give a field, or each of its cells, with the name it has in the report."""
    if not field.rows:
        yield name, field
    for index, row in enumerate(field.rows):
        for item in row:
            yield f"{name}[{index}].{item.name}", item


def _field_row(label: str, field: Field) -> Row:
    box = field.box and " ".join(f"{edge:.2f}" for edge in field.box)
    return {
        "field": label,
        "value": _value(field),
        "currency": field.currency,
        "raw": field.raw,
        "page": field.page,
        "box": box,
        "confidence": round(field.confidence, _CONFIDENCE_DIGITS),
        "extractor": field.extractor,
    }


def _value(field: Field) -> str | int | bool | None:
    if field.rows:
        return f"{len(field.rows)} rows"
    value = plain_value(field)
    return "; ".join(value) if isinstance(value, list) else value


def _document_rows(result: BatchProcessingResult) -> Iterator[tuple[Row, Row]]:
    """Give the fixed cells and the fields of each document; a file without any has one, empty."""
    file_row = _file_row(result)
    if not result.documents:
        yield file_row, {}
    for number, document in enumerate(result.documents, start=1):
        fields = document.fields.values()
        currencies = sorted({field.currency for field in fields if field.currency})
        row = {
            **file_row,
            **_document_row(number, document),
            "confidence": round(document.confidence, _CONFIDENCE_DIGITS),
            "currencies": " ".join(currencies),
        }
        yield row, {name: _value(field) for name, field in document.fields.items()}
