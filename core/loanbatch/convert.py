"""The one converter between models and plain JSON data.

Used at the edges only: reports, the job store, process borders that speak JSON. A field's value
keeps its type beside it (`type`), so that stored records come back exactly as they were.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from typing import Any, TypeVar

import cattrs
from cattrs.gen import make_dict_unstructure_fn, override

from loanbatch.loans import Borrower, Fact, Loan, LoanDocument, Observation
from loanbatch.models import Artifact, Box, Document, Field, FieldEvidence, Finding, Value

T = TypeVar("T")

#: Digits kept of coordinates (points) and of confidences: more would be noise in the output.
_COORDINATE_DIGITS = 2
_CONFIDENCE_DIGITS = 4
#: Characters that steer a terminal, hide in it or turn its writing around, and lone surrogates, as
#: names of files and texts of documents have them.
_UNSEEN = re.compile(
    "[\x7f-\x9f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    "\U000e0001-\U000e007f\ud800-\udfff]"
)


def _value_to_plain(value: Value | None) -> Any:  # noqa: ANN401 -- JSON data
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, tuple):
        return list(value)
    return value


def _type_of(value: Value | None) -> str:
    # bool before int: a bool is an int.
    for cls, name in (
        (bool, "boolean"),
        (int, "integer"),
        (Decimal, "decimal"),
        (date, "date"),
        (tuple, "list"),
        (str, "text"),
    ):
        if isinstance(value, cls):
            return name
    return "null"


def _value_from_plain(value: Any, type_name: str) -> Value | None:  # noqa: ANN401 -- JSON data
    match type_name:
        case "decimal":
            return Decimal(value)
        case "date":
            return date.fromisoformat(value)
        case "list":
            return tuple(value)
        case "null":
            return None
        case _:
            return value  # type: ignore[no-any-return]


def plain_value(field: Field) -> Any:  # noqa: ANN401 -- JSON data
    """Return a field's value as JSON data: rows as a list of objects, money as a decimal string."""
    if field.rows:
        return [{cell.name: plain_value(cell) for cell in row} for row in field.rows]
    return _value_to_plain(field.value)


def _field_to_plain(field: Field) -> dict[str, Any]:
    plain: dict[str, Any] = {
        "value": plain_value(field),
        "raw": field.raw,
        "page": field.page,
        "box": _box_to_plain(field.box),
        "confidence": round(field.confidence, _CONFIDENCE_DIGITS),
        "extractor": field.extractor,
        "type": "rows" if field.rows else _type_of(field.value),
    }
    if field.currency is not None:
        plain["currency"] = field.currency
    if field.rows:
        plain["rows"] = [{cell.name: _field_to_plain(cell) for cell in row} for row in field.rows]
    if field.alternatives:
        plain["alternatives"] = [_field_to_plain(other) for other in field.alternatives]
    return plain


def _field_from_plain(name: str, plain: Mapping[str, Any]) -> Field:
    rows = tuple(
        tuple(_field_from_plain(column, cell) for column, cell in row.items())
        for row in plain.get("rows", ())
    )
    return Field(
        name=name,
        raw=plain["raw"],
        page=plain["page"],
        box=None if plain["box"] is None else Box(*plain["box"]),
        confidence=plain["confidence"],
        extractor=plain["extractor"],
        value=None if rows else _value_from_plain(plain["value"], plain["type"]),
        currency=plain.get("currency"),
        rows=rows,
        alternatives=tuple(_field_from_plain(name, o) for o in plain.get("alternatives", ())),
    )


def _evidence_to_plain(evidence: FieldEvidence) -> dict[str, Any]:
    plain = {"field": evidence.field, "page": evidence.page, "box": _box_to_plain(evidence.box)}
    source = {"document_id": evidence.document_id, "file_name": evidence.file_name}
    return {**plain, **{name: value for name, value in source.items() if value is not None}}


def _evidence_from_plain(plain: Mapping[str, Any], _: type[FieldEvidence]) -> FieldEvidence:
    box = plain["box"]
    return FieldEvidence(
        field=plain["field"],
        page=plain["page"],
        box=None if box is None else Box(*box),
        document_id=plain.get("document_id"),
        file_name=plain.get("file_name"),
    )


def _box_to_plain(box: Box | None) -> list[float] | None:
    return None if box is None else [round(edge, _COORDINATE_DIGITS) for edge in box]


def _document_to_plain(document: Document) -> dict[str, Any]:
    return {
        "kind": document.kind,
        "first_page": document.first_page,
        "last_page": document.last_page,
        "confidence": round(document.confidence, _CONFIDENCE_DIGITS),
        "fields": {name: _field_to_plain(field) for name, field in document.fields.items()},
    }


def _document_from_plain(plain: Mapping[str, Any], _: type[Document]) -> Document:
    return Document(
        kind=plain["kind"],
        first_page=plain["first_page"],
        last_page=plain["last_page"],
        confidence=plain.get("confidence", 1.0),
        fields={name: _field_from_plain(name, field) for name, field in plain["fields"].items()},
    )


def _observation_to_plain(observation: Observation) -> dict[str, Any]:
    return {
        "document": observation.document,
        "name": observation.name,
        "field": _field_to_plain(observation.field),
    }


def _observation_from_plain(plain: Mapping[str, Any], _: type[Observation]) -> Observation:
    # Of a cell, as `fees[3].amount`, the last part.
    name = plain["name"].rpartition(".")[2]
    return Observation(
        document=plain["document"],
        name=plain["name"],
        field=_field_from_plain(name, plain["field"]),
    )


def _fact_to_plain(fact: Fact) -> dict[str, Any]:
    currency = {} if fact.currency is None else {"currency": fact.currency}
    return {
        "value": _value_to_plain(fact.value),
        "type": _type_of(fact.value),
        **currency,
        "contradicted": fact.contradicted,
        "observations": list(map(_observation_to_plain, fact.observations)),
    }


def _loan_to_plain(loan: Loan) -> dict[str, Any]:
    return {
        "loan_id": loan.loan_id,
        "loan_type": loan.loan_type,
        "documents": to_plain(loan.documents),
        "facts": {name: _fact_to_plain(fact) for name, fact in loan.facts.items()},
        "borrowers": to_plain(loan.borrowers),
        "missing": list(loan.missing),
        "findings": to_plain(loan.findings),
    }


def _loan_from_plain(plain: Mapping[str, Any], _: type[Loan]) -> Loan:
    return Loan(
        loan_id=plain["loan_id"],
        loan_type=plain["loan_type"],
        documents=from_plain(plain["documents"], tuple[LoanDocument, ...]),
        facts={name: _fact_from_plain(name, fact) for name, fact in plain["facts"].items()},
        borrowers=from_plain(plain["borrowers"], tuple[Borrower, ...]),
        missing=tuple(plain["missing"]),
        findings=from_plain(plain["findings"], tuple[Finding, ...]),
    )


def _fact_from_plain(name: str, plain: Mapping[str, Any]) -> Fact:
    value = _value_from_plain(plain["value"], plain["type"])
    if value is None:
        raise ValueError("a fact has a value")
    return Fact(
        name=name,
        value=value,
        currency=plain.get("currency"),
        observations=from_plain(plain["observations"], tuple[Observation, ...]),
        contradicted=plain["contradicted"],
    )


def _make_converter() -> cattrs.Converter:
    converter = cattrs.Converter()
    converter.register_unstructure_hook(Enum, lambda member: member.value)
    converter.register_unstructure_hook(datetime, lambda moment: moment.isoformat())
    converter.register_structure_hook(datetime, lambda text, _: datetime.fromisoformat(text))
    converter.register_unstructure_hook(date, lambda day: day.isoformat())
    converter.register_structure_hook(date, lambda text, _: date.fromisoformat(text))
    converter.register_unstructure_hook(Document, _document_to_plain)
    converter.register_structure_hook(Document, _document_from_plain)
    converter.register_unstructure_hook(FieldEvidence, _evidence_to_plain)
    converter.register_structure_hook(FieldEvidence, _evidence_from_plain)
    converter.register_unstructure_hook(Observation, _observation_to_plain)
    converter.register_structure_hook(Observation, _observation_from_plain)
    converter.register_unstructure_hook(Loan, _loan_to_plain)
    converter.register_structure_hook(Loan, _loan_from_plain)
    converter.register_unstructure_hook(
        Finding,
        make_dict_unstructure_fn(
            Finding,
            converter,
            fields=override(unstruct_hook=list),
            evidence=override(omit_if_default=True),
            suggestion=override(omit_if_default=True),
        ),
    )
    # Artifacts are files: they are stored as such, never as JSON.
    converter.register_unstructure_hook(Artifact, lambda artifact: artifact.name)
    return converter


converter = _make_converter()


def to_plain(model: Any) -> Any:  # noqa: ANN401 -- JSON data
    """Return JSON data for a model; money as decimal strings, dates and times ISO 8601."""
    return converter.unstructure(model)


def from_plain(plain: Any, cls: type[T]) -> T:  # noqa: ANN401 -- JSON data
    """Return the model that `to_plain` gave the data of.

    Raises:
        cattrs.BaseValidationError: The data does not have the shape of `cls`.
    """
    return converter.structure(plain, cls)


def json_text(plain: Any, *, indent: int | None = None) -> str:  # noqa: ANN401 -- JSON data
    """Return JSON that is safe to show: what a terminal would obey is written as escapes.

    It reads back as it was. What JSON has no form for is written as its text.
    """
    text = json.dumps(plain, indent=indent, ensure_ascii=False, allow_nan=False, default=str)
    return _UNSEEN.sub(lambda found: json.dumps(found[0])[1:-1], text)
