"""What plugins hand over, checked at the border: no value of a shape that later code cannot hold.

A type checker tells a plugin's author the same, but not every author runs one. Messages name the
plugin, the hook, the attribute and the type found there, never a value.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import TypeVar

from attrs import evolve

from loanbatch.errors import PluginError
from loanbatch.models import (
    Box,
    Classification,
    Document,
    Field,
    Finding,
    Page,
    Severity,
    Source,
    Word,
)

T = TypeVar("T")


def expect(plugin: str, hook: str, answer: object, wanted: type[T]) -> T:
    """Return the answer if it is of the class.

    Raises:
        PluginError: It is not.
    """
    if not isinstance(answer, wanted):
        raise PluginError(
            f"plugin {plugin} gave {type(answer).__name__} in {hook}, expected {wanted.__name__}"
        )
    return answer


def expect_all(plugin: str, hook: str, answer: object, wanted: type[T]) -> tuple[T, ...]:
    """Return the answer's items, or the answer alone, if all are of the class.

    Raises:
        PluginError: One is not, or it is no collection.
    """
    if isinstance(answer, wanted):
        return (answer,)
    if isinstance(answer, str | bytes) or not isinstance(answer, Iterable):
        raise PluginError(
            f"plugin {plugin} gave {type(answer).__name__} in {hook}, expected {wanted.__name__}s"
        )
    return tuple(expect(plugin, hook, item, wanted) for item in answer)


def expect_fields(plugin: str, hook: str, answer: object) -> tuple[Field, ...]:
    """Return fields whose attributes are of their types; confidences are brought into 0 to 1.

    Raises:
        PluginError: One is not a field, or an attribute is not of its type.
    """
    return tuple(_field(plugin, hook, f) for f in expect_all(plugin, hook, answer, Field))


def expect_classification(plugin: str, answer: object, pages: Sequence[Page]) -> Classification:
    """Return documents that lie within the pages, and findings about them.

    Raises:
        PluginError: One is no document, or lies elsewhere; a finding is none.
    """
    if not isinstance(answer, Classification):
        return Classification(documents=_documents(plugin, answer, pages))
    return Classification(
        documents=_documents(plugin, answer.documents, pages),
        findings=expect_findings(plugin, "classify", answer.findings),
    )


def _documents(plugin: str, answer: object, pages: Sequence[Page]) -> tuple[Document, ...]:
    first, last = pages[0].number, pages[-1].number
    documents = expect_all(plugin, "classify", answer, Document)
    for document in documents:
        wrong = _first_wrong(
            (
                ("kind", document.kind, isinstance(document.kind, str)),
                ("first_page", document.first_page, isinstance(document.first_page, int)),
                ("last_page", document.last_page, isinstance(document.last_page, int)),
                ("confidence", document.confidence, _is_number(document.confidence)),
            )
        )
        if wrong:
            raise PluginError(f"plugin {plugin} gave in classify a document with {wrong}")
        if not first <= document.first_page <= document.last_page <= last:
            raise PluginError(
                f"plugin {plugin} gave in classify a document of pages {document.first_page} to"
                f" {document.last_page}, the source has {first} to {last}"
            )
    return documents


def expect_pages(plugin: str, answer: object, source: Source) -> tuple[Page, ...]:
    """Return the pages of a source, all of them and in order.

    Raises:
        PluginError: Some are missing, or others came: a part must not pass for the whole.
    """
    pages = expect_all(plugin, "read_pages", answer, Page)
    count = source.page_count or max(1, len(pages))
    if [page.number for page in pages] != list(range(1, count + 1)):
        raise PluginError(
            f"plugin {plugin} gave {len(pages)} pages in read_pages, expected 1 to {count} in order"
        )
    return pages


def expect_readings(
    plugin: str, answer: object, words: Sequence[Word]
) -> tuple[tuple[Word, ...], ...]:
    """Return further readings of words, as many as there are words.

    Raises:
        PluginError: Some are missing, or something is no word.
    """
    if isinstance(answer, str | bytes) or not isinstance(answer, Sequence):
        raise PluginError(
            f"plugin {plugin} gave {type(answer).__name__} in recognize_again, expected a sequence"
        )
    if len(answer) != len(words):
        raise PluginError(
            f"plugin {plugin} gave the readings of {len(answer)} words in recognize_again,"
            f" expected {len(words)}"
        )
    return tuple(expect_all(plugin, "recognize_again", item, Word) for item in answer)


def expect_findings(plugin: str, hook: str, answer: object) -> tuple[Finding, ...]:
    """Return findings whose attributes are of their types.

    Raises:
        PluginError: One is no finding, or an attribute is not of its type.
    """
    findings = expect_all(plugin, hook, answer, Finding)
    for finding in findings:
        wrong = _first_wrong(
            (
                ("code", finding.code, isinstance(finding.code, str)),
                ("severity", finding.severity, isinstance(finding.severity, Severity)),
                ("message", finding.message, isinstance(finding.message, str)),
                ("fields", finding.fields, _is_names(finding.fields)),
                ("expected", finding.expected, _is_text_or_none(finding.expected)),
                ("actual", finding.actual, _is_text_or_none(finding.actual)),
            )
        )
        if wrong:
            raise PluginError(f"plugin {plugin} gave in {hook} a finding with {wrong}")
    return findings


def _field(plugin: str, hook: str, field: Field) -> Field:
    wrong = _first_wrong(
        (
            ("name", field.name, _is_name(field.name)),
            ("raw", field.raw, isinstance(field.raw, str)),
            ("page", field.page, _is_page(field.page)),
            ("box", field.box, field.box is None or _is_box(field.box)),
            ("confidence", field.confidence, _is_number(field.confidence)),
            ("extractor", field.extractor, isinstance(field.extractor, str)),
            ("value", field.value, field.value is None or _is_value(field.value)),
            ("currency", field.currency, _is_text_or_none(field.currency)),
            ("rows", field.rows, isinstance(field.rows, tuple)),
            ("alternatives", field.alternatives, isinstance(field.alternatives, tuple)),
        )
    )
    if wrong:
        raise PluginError(f"plugin {plugin} gave in {hook} a field with {wrong}")
    if not 0.0 <= field.confidence <= 1.0:
        field = evolve(field, confidence=min(1.0, max(0.0, field.confidence)))
    if not field.rows and not field.alternatives:
        return field
    return evolve(
        field,
        rows=tuple(expect_fields(plugin, hook, row) for row in field.rows),
        alternatives=expect_fields(plugin, hook, field.alternatives),
    )


def _first_wrong(attributes: Iterable[tuple[str, object, bool]]) -> str:
    """Return words about the first attribute that is not right; empty when all are."""
    for name, value, right in attributes:
        if not right:
            return f"a wrong {name} ({type(value).__name__})"
    return ""


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and math.isfinite(value)


def _is_name(value: object) -> bool:
    return isinstance(value, str) and value != ""


def _is_page(value: object) -> bool:
    return isinstance(value, int) and value > 0


def _is_box(value: object) -> bool:
    return isinstance(value, Box) and all(map(_is_number, value))


def _is_value(value: object) -> bool:
    if isinstance(value, Decimal):
        return value.is_finite()
    if isinstance(value, tuple):
        return _is_names(value)
    # A moment is a date to Python, but not to those who read records back.
    return isinstance(value, str | int | date) and not isinstance(value, datetime)


def _is_names(value: object) -> bool:
    return isinstance(value, tuple) and all(isinstance(item, str) for item in value)


def _is_text_or_none(value: object) -> bool:
    return value is None or isinstance(value, str)
