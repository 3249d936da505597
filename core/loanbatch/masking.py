"""Results without personal data: the shape of texts stays, their characters do not."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from attrs import evolve

from loanbatch.convert import plain_value
from loanbatch.models import Document, Field, Finding
from loanbatch.results import BatchProcessingResult
from loanbatch.vocabulary import FieldDefinition, FieldType, Vocabulary, standard_vocabulary

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


def masked(
    result: BatchProcessingResult, vocabulary: Vocabulary | None = None
) -> BatchProcessingResult:
    """Return a result with its personal values, and the raw texts that hold them, masked.

    Names, addresses, identifiers and other texts are masked, and fields that the vocabulary does
    not know; amounts, rates, counts and dates are not, unless the vocabulary marks them personal.
    File names and ids stay, for without them nobody finds the document.

    Args:
        result: What to mask.
        vocabulary: What is known of the fields; the standard one where None.
    """
    words = vocabulary or standard_vocabulary()
    return evolve(
        result,
        documents=tuple(_document(document, words) for document in result.documents),
        findings=tuple(map(_finding, result.findings)),
    )


def _document(document: Document, vocabulary: Vocabulary) -> Document:
    fields = {
        name: _field(field, vocabulary.field(name)) for name, field in document.fields.items()
    }
    return evolve(document, fields=fields)


def _finding(finding: Finding) -> Finding:
    expected, actual = finding.expected, finding.actual
    offered = finding.suggestion
    return evolve(
        finding,
        expected=expected and _shape(expected),
        actual=actual and _shape(actual),
        suggestion=offered and evolve(offered, value=_shape(offered.value)),
    )


def _field(field: Field, definition: FieldDefinition) -> Field:
    rows = tuple(
        tuple(_field(cell, definition.column(cell.name)) for cell in row) for row in field.rows
    )
    alternatives = tuple(_field(other, definition) for other in field.alternatives)
    plain = evolve(field, rows=rows, alternatives=alternatives)
    # A plugin may give text under the name of an amount.
    understood = field.value is not None and not isinstance(field.value, str | tuple)
    if understood and definition.type in _HARMLESS and not definition.personal:
        return evolve(plain, raw=_raw_of_harmless(field))
    return evolve(plain, raw=_shape(field.raw), value=_masked_value(field))


def _raw_of_harmless(field: Field) -> str:
    """Return the raw text of an amount or date, unless more than that stands in it.

    Words are masked, for they may be anybody's; the value has what they say of it.
    """
    letters_gone = "".join("x" if c.isalpha() else c for c in field.raw)
    read = sum(map(str.isdigit, field.raw))
    most = _DIGITS.get(type(field.value), lambda _: 0)(field.value)
    return letters_gone if read <= most else _shape(field.raw)


def _written(value: Any) -> int:  # noqa: ANN401 - a number
    # Cents, and the two digits of a year that are not printed, may stand on either side.
    return sum(map(str.isdigit, format(value, "f" if isinstance(value, Decimal) else ""))) + 2


#: Digits that the raw text of a value has at most.
_DIGITS: Mapping[type, Callable[[Any], int]] = {
    bool: lambda _: 0,
    int: _written,
    Decimal: _written,
    date: lambda _: 8,
}


def _masked_value(field: Field) -> Any:  # noqa: ANN401 - a value of a field
    if field.rows or field.value is None or isinstance(field.value, bool):
        return field.value
    if isinstance(field.value, tuple):
        return tuple(map(_shape, field.value))
    return _shape(str(plain_value(field)))


def _shape(text: str) -> str:
    """Return a text with every letter an x and every digit a 9."""
    return "".join("9" if c.isdigit() else "x" if c.isalpha() else c for c in text)
