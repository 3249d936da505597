"""Results without personal data: the shape of texts stays, their characters do not."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

from attrs import evolve

from loanbatch.convert import plain_value
from loanbatch.loans import Fact, Loan, Observation
from loanbatch.models import Document, Field, Finding
from loanbatch.results import BatchProcessingResult, ResultStatus
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

#: Digits from which on a number is one of a person or an account, and not an amount by chance.
_TELLING_DIGITS = 5


def masked(
    result: BatchProcessingResult, vocabulary: Vocabulary | None = None
) -> BatchProcessingResult:
    """Return a result with its personal values, and the raw texts that hold them, masked.

    Names, addresses, identifiers and other texts are masked, and fields that the vocabulary does
    not know; amounts, rates, counts and dates are not, unless the vocabulary marks them personal or
    the same value stands in the result as a personal one: a date of birth is masked wherever it was
    read, and so is a number of an account.
    File names and document ids stay, for without them nobody finds the document; the loan's id is
    masked where it was read from a document.

    Args:
        result: What to mask.
        vocabulary: What is known of the fields; the standard one where None.
    """
    words = vocabulary or standard_vocabulary()
    fields = [field for document in result.documents for field in document.fields.values()]
    personal = frozenset(key for field in fields for key in _personal(field, words))
    return evolve(
        result,
        loan_id=_loan_id(result),
        documents=tuple(_document(document, words, personal) for document in result.documents),
        findings=tuple(map(_finding, result.findings)),
    )


def _loan_id(result: BatchProcessingResult) -> str | None:
    """Return the id of the loan, masked where a document tells it: it is masked there, too.

    A copy has the id of the document that it is a copy of, which may tell it.
    """
    told = (field.value for document in result.documents for field in document.fields.values())
    copied = result.status is ResultStatus.SKIPPED
    if result.loan_id and (copied or result.loan_id in told):
        return _shape(result.loan_id)
    return result.loan_id


def _personal(
    field: Field, vocabulary: Vocabulary, definition: FieldDefinition | None = None
) -> Iterator[object]:
    """Yield what tells personal values of a field, its cells and its alternatives from others."""
    known = definition or vocabulary.field(field.name)
    if known.personal or known.type is FieldType.IDENTIFIER:
        for value in field.value if isinstance(field.value, tuple) else (field.value,):
            key = _key(value)
            if key is not None:
                yield key
    for other in field.alternatives:
        yield from _personal(other, vocabulary, known)
    for cell in (cell for row in field.rows for cell in row):
        yield from _personal(cell, vocabulary, _column(vocabulary, known, cell.name))


def _key(value: object) -> object:
    """Return what equal values have in common, whatever their types; None where that says little.

    A date is a date; an identifier with few digits may be anything.
    """
    if isinstance(value, date):
        return value
    if isinstance(value, str | int | Decimal):
        text = format(value, "f") if isinstance(value, Decimal) else str(value)
        digits = "".join(filter(str.isdigit, text))
        return digits if len(digits) >= _TELLING_DIGITS else None
    return None


def _column(vocabulary: Vocabulary, table: FieldDefinition, name: str) -> FieldDefinition:
    """Return the definition of a column, which may have the name of a personal field."""
    column = table.column(name)
    return evolve(column, personal=column.personal or vocabulary.field(name).personal)


def _document(document: Document, vocabulary: Vocabulary, personal: frozenset[object]) -> Document:
    fields = {
        name: _hidden(field, vocabulary.field(name), vocabulary, personal)
        for name, field in document.fields.items()
    }
    return evolve(document, fields=fields)


def _hidden(
    field: Field,
    definition: FieldDefinition,
    vocabulary: Vocabulary,
    personal: frozenset[object],
) -> Field:
    rows = tuple(
        tuple(
            _hidden(cell, _column(vocabulary, definition, cell.name), vocabulary, personal)
            for cell in row
        )
        for row in field.rows
    )
    alternatives = tuple(
        _hidden(other, definition, vocabulary, personal) for other in field.alternatives
    )
    plain = evolve(field, rows=rows, alternatives=alternatives)
    # A plugin may give text under the name of an amount.
    understood = field.value is not None and not isinstance(field.value, str | tuple)
    told = definition.personal or _key(field.value) in personal
    if understood and definition.type in _HARMLESS and not told:
        return evolve(plain, raw=_raw_of_harmless(field))
    return evolve(plain, raw=_shape(field.raw), value=_masked_value(field))


def masked_loan(loan: Loan, vocabulary: Vocabulary | None = None) -> Loan:
    """Return a loan with its personal values masked, as `masked` does it with a result.

    Args:
        loan: What to mask.
        vocabulary: What is known of the fields; the standard one where None.
    """
    words = vocabulary or standard_vocabulary()
    fields = [field for item in loan.documents for field in item.document.fields.values()]
    personal = frozenset(key for field in fields for key in _personal(field, words))

    def observation(item: Observation) -> Observation:
        name, _, column = item.name.partition("[")
        known = words.field(name)
        if column:
            known = _column(words, known, column.partition("].")[2])
        return evolve(item, field=_hidden(item.field, known, words, personal))

    def fact(item: Fact) -> Fact:
        # What a fact says is masked as the field that says it.
        first = item.observations[0].field
        stands_for = evolve(first, name=item.name, value=item.value, rows=(), alternatives=())
        value = _hidden(stands_for, words.field(item.name), words, personal).value
        observations = tuple(map(observation, item.observations))
        return evolve(item, value=item.value if value is None else value, observations=observations)

    told = {field.value for field in fields if isinstance(field.value, str)}
    return evolve(
        loan,
        loan_id=_shape(loan.loan_id) if loan.loan_id in told else loan.loan_id,
        documents=tuple(
            evolve(item, document=_document(item.document, words, personal))
            for item in loan.documents
        ),
        facts={name: fact(item) for name, item in loan.facts.items()},
        borrowers=tuple(
            evolve(
                item,
                name=_shape(item.name),
                observations=tuple(map(observation, item.observations)),
            )
            for item in loan.borrowers
        ),
        findings=tuple(map(_finding, loan.findings)),
    )


def _finding(finding: Finding) -> Finding:
    expected, actual = finding.expected, finding.actual
    offered = finding.suggestion
    return evolve(
        finding,
        expected=expected and _shape(expected),
        actual=actual and _shape(actual),
        suggestion=offered and evolve(offered, value=_shape(offered.value)),
    )


def _raw_of_harmless(field: Field) -> str:
    """Return the raw text of an amount or date, unless other digits than its own stand in it.

    Words are masked, for they may be anybody's; the value has what they say of it.
    """
    value = format(field.value, "f") if isinstance(field.value, Decimal) else str(field.value)
    others = Counter(filter(str.isdigit, field.raw)) - Counter(value)
    return _shape(field.raw) if others else "".join("x" if c.isalpha() else c for c in field.raw)


def _masked_value(field: Field) -> Any:  # noqa: ANN401 - a value of a field
    if field.rows or field.value is None or isinstance(field.value, bool):
        return field.value
    if isinstance(field.value, tuple):
        return tuple(map(_shape, field.value))
    return _shape(str(plain_value(field)))


def _shape(text: str) -> str:
    """Return a text with every letter an x and every digit a 9."""
    return "".join("9" if c.isdigit() else "x" if c.isalpha() else c for c in text)
