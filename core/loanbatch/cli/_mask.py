"""Results without personal data: the shape of texts stays, their characters do not."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from loanbatch.vocabulary import FieldDefinition, FieldType, Vocabulary

#: Values of these types tell nothing of a person, unless the field is marked personal.
_HARMLESS = frozenset(
    {
        FieldType.MONEY,
        FieldType.PERCENT,
        FieldType.DATE,
        FieldType.MONTHS,
        FieldType.YEAR,
        FieldType.COUNT,
        FieldType.NUMBER,
        FieldType.YES_NO,
    }
)

Plain = dict[str, Any]


def masked_result(result: Mapping[str, Any], vocabulary: Vocabulary) -> Plain:
    """Return a result (in the form of the JSON report) with its personal values masked.

    Names, addresses, identifiers and other texts are masked; amounts, rates, counts and dates are
    not, unless the vocabulary marks the field as personal.
    """
    return {
        **result,
        "loan_id": _shape(result["loan_id"]),
        "documents": [_document(document, vocabulary) for document in result["documents"]],
        "findings": [
            {
                **finding,
                "expected": _shape(finding["expected"]),
                "actual": _shape(finding["actual"]),
            }
            for finding in result["findings"]
        ],
    }


def _document(document: Mapping[str, Any], vocabulary: Vocabulary) -> Plain:
    fields = {
        name: _field(field, vocabulary.field(name)) for name, field in document["fields"].items()
    }
    return {**document, "fields": fields}


def _field(field: Plain, definition: FieldDefinition) -> Plain:
    masked = dict(field)
    if field.get("rows"):
        rows = [
            {name: _field(cell, definition.column(name)) for name, cell in row.items()}
            for row in field["rows"]
        ]
        masked["rows"] = rows
        masked["value"] = [{name: cell["value"] for name, cell in row.items()} for row in rows]
    elif definition.personal or definition.type not in _HARMLESS:
        masked["value"] = _shape(field["value"])
    if definition.personal or definition.type not in _HARMLESS or field["value"] is None:
        # What could not be understood may be anything.
        masked["raw"] = _shape(field["raw"])
    if "alternatives" in field:
        masked["alternatives"] = [_field(other, definition) for other in field["alternatives"]]
    return masked


def _shape(plain: Any) -> Any:  # noqa: ANN401 - JSON data
    """Return data with every letter an x and every digit a 9."""
    if isinstance(plain, list):
        return [_shape(item) for item in plain]
    if plain is None or isinstance(plain, bool):
        return plain
    return "".join("9" if c.isdigit() else "x" if c.isalpha() else c for c in str(plain))
