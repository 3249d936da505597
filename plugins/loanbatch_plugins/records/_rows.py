"""A result as rows of the tables: pure, without a database."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from datetime import UTC
from typing import Any

from loanbatch.convert import to_plain
from loanbatch.results import BatchProcessingResult

Row = dict[str, Any]

#: What databases refuse in text: NUL (PostgreSQL), and halves of surrogate pairs (everyone).
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_REPLACEMENT = "\ufffd"


def stored_at(result: BatchProcessingResult) -> str:
    """Return a result's time as the tables hold it; text that sorts like the times."""
    return result.timestamp.astimezone(UTC).isoformat(timespec="microseconds")


def document_rows(result: BatchProcessingResult) -> list[Row]:
    """Return a row per logical document."""
    return [
        _storable(
            {
                "document_id": result.document_id,
                "document_index": index,
                "loan_id": result.loan_id,
                "sha256": result.sha256,
                "file_name": result.file_name,
                "kind": document.kind,
                "first_page": document.first_page,
                "last_page": document.last_page,
                "confidence": document.confidence,
                "needs_review": result.needs_review,
                "stored_at": stored_at(result),
            }
        )
        for index, document in enumerate(result.documents)
    ]


def field_rows(result: BatchProcessingResult) -> list[Row]:
    """Return a row per value, cell and losing candidate of all documents."""
    rows: list[Row] = []
    for index, document in enumerate(result.documents):
        fields: Mapping[str, Any] = to_plain(document)["fields"]
        document_key = {
            "document_id": result.document_id,
            "document_index": index,
            "kind": document.kind,
        }
        values = (row for name, plain in fields.items() for row in _of_field(name, plain))
        for ordinal, row in enumerate(values):
            rows.append(_storable({**document_key, "ordinal": ordinal, **row}))
    return rows


def finding_rows(result: BatchProcessingResult) -> list[Row]:
    """Return a row per finding."""
    return [
        _storable(
            {
                "document_id": result.document_id,
                "ordinal": ordinal,
                "code": finding.code,
                "severity": finding.severity.value,
                "message": finding.message,
                "fields": json.dumps(finding.fields),
                "expected": finding.expected,
                "actual": finding.actual,
            }
        )
        for ordinal, finding in enumerate(result.findings)
    ]


def _of_field(name: str, plain: Mapping[str, Any], *, chosen: bool = True) -> Iterator[Row]:
    """Give the rows of a field: itself or, where it has cells, these; then its alternatives."""
    if plain["type"] == "rows":
        for number, cells in enumerate(plain["rows"]):
            for column, cell in cells.items():
                place = {"name": name, "row_index": number, "column_name": column}
                yield _one(place, cell, chosen=chosen)
                for other in cell.get("alternatives", ()):
                    yield _one(place, other, chosen=False)
    else:
        yield _one({"name": name, "row_index": None, "column_name": None}, plain, chosen=chosen)
    for other in plain.get("alternatives", ()):
        yield from _of_field(name, other, chosen=False)


def _one(place: Row, plain: Mapping[str, Any], *, chosen: bool) -> Row:
    left, top, right, bottom = plain["box"] or (None, None, None, None)
    return {
        **place,
        "value": _value_text(plain["value"]),
        "value_type": plain["type"],
        "currency": plain.get("currency"),
        "raw": plain["raw"],
        "page": plain["page"],
        "box_left": left,
        "box_top": top,
        "box_right": right,
        "box_bottom": bottom,
        "confidence": plain["confidence"],
        "extractor": plain["extractor"],
        "chosen": chosen,
    }


def _value_text(value: object) -> str | None:
    if value is None or isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False)


def _storable(row: Row) -> Row:
    return {
        key: _UNSTORABLE.sub(_REPLACEMENT, value) if isinstance(value, str) else value
        for key, value in row.items()
    }
