"""A result as rows of the tables: pure, without a database."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from datetime import UTC
from typing import Any

from loanbatch.convert import to_plain
from loanbatch.results import BatchProcessingResult

#: Values in the order of the columns below.
Row = tuple[Any, ...]

DOCUMENT_COLUMNS = (
    "document_id", "document_index", "loan_id", "sha256", "file_name", "kind", "first_page",
    "last_page", "confidence", "needs_review", "stored_at",
)  # fmt: skip
FIELD_COLUMNS = (
    "document_id", "document_index", "ordinal", "kind", "name", "row_index", "column_name", "value",
    "value_type", "currency", "raw", "page", "box_left", "box_top", "box_right", "box_bottom",
    "confidence", "extractor", "chosen",
)  # fmt: skip
FINDING_COLUMNS = (
    "document_id", "ordinal", "code", "severity", "message", "fields", "expected", "actual",
)  # fmt: skip

#: What databases refuse in text: NUL (PostgreSQL), and halves of surrogate pairs (everyone).
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_REPLACEMENT = "\ufffd"
_NO_BOX = (None, None, None, None)


def storable(text: str | None) -> str | None:
    """Return a text as any database can hold it."""
    return text and _UNSTORABLE.sub(_REPLACEMENT, text)


def stored_at(result: BatchProcessingResult) -> str:
    """Return a result's time as the tables hold it; text that sorts like the times."""
    return result.timestamp.astimezone(UTC).isoformat(timespec="microseconds")


def document_rows(result: BatchProcessingResult) -> list[Row]:
    """Return a row per logical document."""
    return [
        (
            result.document_id,
            index,
            storable(result.loan_id),
            result.sha256,
            storable(result.file_name),
            document.kind,
            document.first_page,
            document.last_page,
            document.confidence,
            result.needs_review,
            stored_at(result),
        )
        for index, document in enumerate(result.documents)
    ]


def field_rows(result: BatchProcessingResult) -> list[Row]:
    """Return a row per value, cell and losing candidate of all documents."""
    rows: list[Row] = []
    for index, document in enumerate(result.documents):
        fields: Mapping[str, Any] = to_plain(document)["fields"]
        values = (row for name, plain in fields.items() for row in _of_field(name, plain))
        rows.extend(
            (result.document_id, index, ordinal, document.kind, *row)
            for ordinal, row in enumerate(values)
        )
    return rows


def finding_rows(result: BatchProcessingResult) -> list[Row]:
    """Return a row per finding."""
    return [
        (
            result.document_id,
            ordinal,
            finding.code,
            finding.severity.value,
            storable(finding.message),
            json.dumps(finding.fields),
            storable(finding.expected),
            storable(finding.actual),
        )
        for ordinal, finding in enumerate(result.findings)
    ]


def _of_field(name: str, plain: Mapping[str, Any], *, chosen: bool = True) -> Iterator[Row]:
    """Give the rows of a field: itself or, where it has cells, these; then its alternatives."""
    if plain["type"] == "rows":
        for number, cells in enumerate(plain["rows"]):
            for column, cell in cells.items():
                place = (name, number, column)
                yield _one(place, cell, chosen=chosen)
                for other in cell.get("alternatives", ()):
                    yield _one(place, other, chosen=False)
    else:
        yield _one((name, None, None), plain, chosen=chosen)
    for other in plain.get("alternatives", ()):
        yield from _of_field(name, other, chosen=False)


def _one(place: Row, plain: Mapping[str, Any], *, chosen: bool) -> Row:
    return (
        *place,
        storable(_value_text(plain["value"])),
        plain["type"],
        plain.get("currency"),
        storable(plain["raw"]),
        plain["page"],
        *(plain["box"] or _NO_BOX),
        plain["confidence"],
        plain["extractor"],
        chosen,
    )


def _value_text(value: object) -> str | None:
    if value is None or isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False)
