"""What plugins hand over, checked at the border: no value of a shape that later code cannot hold.

A type checker tells a plugin's author the same, but not every author runs one. Messages name the
plugin, the hook, the attribute and the type found there, never a value.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, TypeVar

from attrs import evolve

from loanbatch.errors import PluginError
from loanbatch.models import (
    Box,
    Classification,
    Document,
    Field,
    FieldEvidence,
    Finding,
    Page,
    Severity,
    Source,
    Suggestion,
    Validation,
)

T = TypeVar("T")
FieldOrFinding = TypeVar("FieldOrFinding", Field, Finding)


def expect(plugin: str, hook: str, answer: object, wanted: type[T]) -> T:
    """Return the answer if it is of the class.

    Raises:
        PluginError: It is not.
    """
    # A class of one's own made of it may do anything when it is compared, sent or written.
    if type(answer) is not wanted:
        raise PluginError(
            f"plugin {plugin} gave {type(answer).__name__} in {hook}, expected {wanted.__name__}"
        )
    return answer


def expect_all(plugin: str, hook: str, answer: object, wanted: type[T]) -> tuple[T, ...]:
    """Return the answer's items, or the answer alone, if all are of the class.

    Raises:
        PluginError: One is not, or it is no collection.
    """
    if type(answer) is wanted:
        return (answer,)
    if isinstance(answer, str | bytes) or not isinstance(answer, Iterable):
        raise PluginError(
            f"plugin {plugin} gave {type(answer).__name__} in {hook}, expected {wanted.__name__}s"
        )
    return tuple(expect(plugin, hook, item, wanted) for item in answer)


def expect_fields(
    plugin: str, hook: str, answer: object, *, on: Sequence[Page] | None = None
) -> tuple[Field, ...]:
    """Return fields whose attributes are of their types; confidences are brought into 0 to 1.

    Args:
        plugin: Who gave them.
        hook: In which hook.
        answer: None for no field.
        on: Where they may stand; anywhere where None.

    Raises:
        PluginError: One is not a field, an attribute is not of its type, or its evidence stands
            where the document has no page.
    """
    if answer is None:
        return ()
    fields = tuple(_field(plugin, hook, f) for f in expect_all(plugin, hook, answer, Field))
    if on is not None:
        pages = {page.number: page for page in on}
        for field in fields:
            _stands_on_page(plugin, hook, field, pages)
    return fields


def _stands_on_page(plugin: str, hook: str, field: Field, pages: Mapping[int, Page]) -> None:
    page = pages.get(field.page)
    if page is None:
        raise PluginError(
            f"plugin {plugin} gave in {hook} a field on page {field.page}, outside the document"
        )
    box = field.box
    if box is not None and not (
        box.left <= box.right
        and box.top <= box.bottom
        and _meets(box.left, box.right, page.width)
        and _meets(box.top, box.bottom, page.height)
    ):
        raise PluginError(f"plugin {plugin} gave in {hook} a field whose box is not on its page")
    for part in (*(cell for row in field.rows for cell in row), *field.alternatives):
        _stands_on_page(plugin, hook, part, pages)


def _meets(low: float, high: float, edge: float) -> bool:
    return high >= 0 and low <= edge


def expect_normalized(plugin: str, answer: object, given: Field) -> Field:
    """Return the field with its value; the evidence must be that of the field that was given.

    Raises:
        PluginError: It is no field, or another one.
    """
    field = _field(plugin, "normalize", expect(plugin, "normalize", answer, Field))
    if (field.name, field.raw, field.page, field.box) != (
        given.name,
        given.raw,
        given.page,
        given.box,
    ):
        raise PluginError(f"plugin {plugin} gave in normalize a field with other evidence")
    return field


def expect_validation(plugin: str, source: Source, answer: object) -> Validation:
    """Return what a validate hook gave, as a Validation.

    Raises:
        PluginError: It is nothing of the kind, or tells of another source.
    """
    if answer is None:
        return Validation()
    if type(answer) is not Validation:
        return Validation(findings=expect_findings(plugin, "validate", answer))
    findings = expect_findings(plugin, "validate", answer.findings)
    if answer.source is None:
        return Validation(findings=findings)
    given = expect(plugin, "validate", answer.source, Source)
    wrong = first_wrong(
        (
            ("media_type", given.media_type, is_text_or_none(given.media_type)),
            (
                "page_count",
                given.page_count,
                given.page_count is None or is_count(given.page_count),
            ),
            ("loan_id", given.loan_id, is_text_or_none(given.loan_id)),
            ("content", given.content, given.content is None or type(given.content) is bytes),
            ("file_name", given.file_name, given.file_name == source.file_name),
            ("location", given.location, given.location == source.location),
            ("sha256", given.sha256, given.sha256 == source.sha256),
        )
    )
    if wrong:
        raise PluginError(f"plugin {plugin} gave in validate a source with {wrong}")
    return Validation(findings=findings, source=given)


def expect_classification(plugin: str, answer: object, pages: Sequence[Page]) -> Classification:
    """Return documents that lie within the pages, and findings about them.

    Raises:
        PluginError: One is no document, or lies elsewhere; a finding is none.
    """
    if type(answer) is not Classification:
        return Classification(documents=_documents(plugin, answer, pages))
    left_out: Any = answer.left_out
    if not isinstance(left_out, tuple) or not all(map(is_count, left_out)):
        raise PluginError(f"plugin {plugin} gave in classify pages left out that are no numbers")
    return Classification(
        documents=_documents(plugin, answer.documents, pages),
        findings=expect_findings(plugin, "classify", answer.findings),
        left_out=left_out,
    )


def _documents(plugin: str, answer: object, pages: Sequence[Page]) -> tuple[Document, ...]:
    first, last = pages[0].number, pages[-1].number
    documents = expect_all(plugin, "classify", answer, Document)
    for document in documents:
        wrong = first_wrong(
            (
                ("kind", document.kind, isinstance(document.kind, str)),
                ("first_page", document.first_page, isinstance(document.first_page, int)),
                ("last_page", document.last_page, isinstance(document.last_page, int)),
                ("confidence", document.confidence, is_number(document.confidence)),
            )
        )
        if wrong:
            raise PluginError(f"plugin {plugin} gave in classify a document with {wrong}")
        if not first <= document.first_page <= document.last_page <= last:
            raise PluginError(
                f"plugin {plugin} gave in classify a document of pages {document.first_page} to"
                f" {document.last_page}, the source has {first} to {last}"
            )
    return tuple(
        evolve(document, kind=_exact(document.kind), confidence=_confined(document.confidence))
        for document in documents
    )


def expect_findings(plugin: str, hook: str, answer: object) -> tuple[Finding, ...]:
    """Return findings whose attributes are of their types.

    Raises:
        PluginError: One is no finding, or an attribute is not of its type.
    """
    if answer is None:
        return ()
    findings = expect_all(plugin, hook, answer, Finding)
    for finding in findings:
        wrong = first_wrong(
            (
                ("code", finding.code, isinstance(finding.code, str)),
                ("severity", finding.severity, isinstance(finding.severity, Severity)),
                ("message", finding.message, isinstance(finding.message, str)),
                ("fields", finding.fields, is_names(finding.fields)),
                ("expected", finding.expected, is_text_or_none(finding.expected)),
                ("actual", finding.actual, is_text_or_none(finding.actual)),
                ("evidence", finding.evidence, _are_evidence(finding.evidence)),
                ("suggestion", finding.suggestion, _is_suggestion(finding.suggestion)),
            )
        )
        if wrong:
            raise PluginError(f"plugin {plugin} gave in {hook} a finding with {wrong}")
    return tuple(map(_exact_attributes, findings))


def _are_evidence(value: Any) -> bool:  # noqa: ANN401 - whatever a plugin gave
    return isinstance(value, tuple) and all(map(_is_evidence, value))


def _is_evidence(value: Any) -> bool:  # noqa: ANN401 - whatever a plugin gave
    return isinstance(value, FieldEvidence) and all(
        (
            _is_name(value.field),
            is_count(value.page),
            value.box is None or _is_box(value.box),
            is_text_or_none(value.document_id),
            is_text_or_none(value.file_name),
        )
    )


def _is_suggestion(value: Any) -> bool:  # noqa: ANN401 - whatever a plugin gave
    if value is None:
        return True
    return isinstance(value, Suggestion) and all(
        (is_text_or_none(value.value), _is_evidence(value.evidence))
    )


def _field(plugin: str, hook: str, field: Field) -> Field:
    wrong = first_wrong(
        (
            ("name", field.name, _is_name(field.name)),
            ("raw", field.raw, isinstance(field.raw, str)),
            ("page", field.page, is_count(field.page)),
            ("box", field.box, field.box is None or _is_box(field.box)),
            ("confidence", field.confidence, is_number(field.confidence)),
            ("extractor", field.extractor, isinstance(field.extractor, str)),
            ("value", field.value, field.value is None or is_value(field.value)),
            ("currency", field.currency, is_text_or_none(field.currency)),
            ("rows", field.rows, isinstance(field.rows, tuple)),
            ("alternatives", field.alternatives, isinstance(field.alternatives, tuple)),
        )
    )
    if wrong:
        raise PluginError(f"plugin {plugin} gave in {hook} a field with {wrong}")
    field = _exact_attributes(field)
    if not 0.0 <= field.confidence <= 1.0:
        field = evolve(field, confidence=_confined(field.confidence))
    if not field.rows and not field.alternatives:
        return field
    return evolve(
        field,
        rows=tuple(expect_fields(plugin, hook, row) for row in field.rows),
        alternatives=expect_fields(plugin, hook, field.alternatives),
    )


def _exact_attributes(item: FieldOrFinding) -> FieldOrFinding:
    """Return a field or finding without values of classes that a plugin made of plain ones."""
    changed = {}
    for name in _SCALARS[type(item)]:
        value = getattr(item, name)
        exact = _exact(value)
        if exact is not value:
            changed[name] = exact
    return evolve(item, **changed) if changed else item


#: What is looked at, beside what is of fields and findings by itself.
_SCALARS: Mapping[type, tuple[str, ...]] = {
    Field: ("name", "raw", "page", "confidence", "extractor", "value", "currency"),
    Finding: ("code", "message", "fields", "expected", "actual"),
}
_EXACT = frozenset({type(None), bool, int, float, str, Decimal, date})


def _exact(value: Any) -> Any:  # noqa: ANN401 -- whatever a field holds
    """Return a value of a plain class: others may not survive being compared, sent or written."""
    kind = type(value)
    if kind in _EXACT:
        return value
    if isinstance(value, tuple):
        return tuple(map(_exact, value)) if kind is not tuple or value else value
    if isinstance(value, str):
        return str.__str__(value)
    if isinstance(value, date):
        return date(value.year, value.month, value.day)
    for plain in (int, float, Decimal):
        if isinstance(value, plain):
            return plain(value)
    return value


def _confined(confidence: float) -> float:
    return min(1.0, max(0.0, confidence))


def first_wrong(attributes: Iterable[tuple[str, object, bool]]) -> str:
    """Return words about the first attribute that is not right; empty when all are."""
    for name, value, right in attributes:
        if not right:
            return f"a wrong {name} ({type(value).__name__})"
    return ""


def is_number(value: object) -> bool:
    """Tell whether a value is a number that one can reckon with."""
    return isinstance(value, int | float) and math.isfinite(value)


def _is_name(value: object) -> bool:
    return isinstance(value, str) and value != ""


def is_count(value: object) -> bool:
    """Tell whether a value is a whole number from 1 on."""
    return isinstance(value, int) and value > 0


def _is_box(value: object) -> bool:
    return isinstance(value, Box) and all(map(is_number, value))


def is_value(value: object) -> bool:
    """Tell whether a value is of those that a field can have."""
    if isinstance(value, Decimal):
        return value.is_finite()
    if isinstance(value, tuple):
        return is_names(value)
    # A moment is a date to Python, but not to those who read records back.
    return isinstance(value, str | int | date) and not isinstance(value, datetime)


def is_names(value: object) -> bool:
    """Tell whether a value is a tuple of texts."""
    return isinstance(value, tuple) and all(isinstance(item, str) for item in value)


def is_text_or_none(value: object) -> bool:
    """Tell whether a value is text or missing."""
    return value is None or isinstance(value, str)
