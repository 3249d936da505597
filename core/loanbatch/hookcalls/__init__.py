"""One typed function per hook: the only caller of plugins.

Each plugin is called by itself, so that one that raises loses nothing but its own answer, and what
comes back is checked at this border. Messages name plugin, hook and the type of an exception, never
its text, which may hold document content; the trace goes to the log.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Executor
from typing import TYPE_CHECKING, BinaryIO

from attrs import evolve

from loanbatch._logging import get_logger
from loanbatch.errors import (
    LoanbatchError,
    OcrFailedError,
    PluginError,
    StorageFailedError,
    UnsupportedTypeError,
)
from loanbatch.hookcalls._calling import call, failed, first_answer
from loanbatch.hookcalls._shapes import (
    expect,
    expect_all,
    expect_classification,
    expect_fields,
    expect_findings,
    expect_pages,
    expect_readings,
)
from loanbatch.models import (
    Artifact,
    Document,
    Field,
    Finding,
    Page,
    PageImage,
    Receipt,
    Recognition,
    Severity,
    Source,
    Validation,
    Word,
)
from loanbatch.registry import Registry
from loanbatch.results import BatchProcessingResult, BatchProcessingSummary
from loanbatch.vocabulary import FieldDefinition

if TYPE_CHECKING:
    import click

#: Losing candidates kept with a field.
_ALTERNATIVES = 3


def validate(registry: Registry, source: Source) -> tuple[Source, tuple[Finding, ...]]:
    """Ask all plugins, handing the source from one to the next.

    Raises:
        LoanbatchError: As a plugin raised it; PluginError for anything that is not ours.
    """
    findings: list[Finding] = []
    for plugin, caller in registry.callers("validate"):
        answer = call(plugin, "validate", caller, source=source, settings=registry.settings)
        if isinstance(answer, Validation):
            findings.extend(expect_findings(plugin, "validate", answer.findings))
            if answer.source is not None:
                source = expect(plugin, "validate", answer.source, Source)
        elif answer is not None:
            findings.extend(expect_findings(plugin, "validate", answer))
        if any(finding.severity is Severity.ERROR for finding in findings):
            break
    return source, tuple(findings)


def read_pages(registry: Registry, source: Source) -> tuple[Page, ...]:
    """Return all pages of a source, from the first plugin that reads this type.

    Raises:
        UnsupportedTypeError: No plugin reads it.
        LoanbatchError: The last plugin asked failed.
    """
    pages, failure = first_answer(
        registry,
        "read_pages",
        lambda plugin, answer: expect_pages(plugin, answer, source),
        source=source,
        page_numbers=range(1, (source.page_count or 1) + 1),
        settings=registry.settings,
    )
    if pages is not None:
        return pages
    raise failure or UnsupportedTypeError(
        f"no plugin reads {source.media_type or 'this type'}; `loanbatch plugins list` shows them"
    )


def render_page(registry: Registry, source: Source, number: int) -> PageImage:
    """Return the image of a page.

    Raises:
        LoanbatchError: No plugin could draw it.
    """
    image, failure = first_answer(
        registry,
        "render_page",
        lambda plugin, answer: expect(plugin, "render_page", answer, PageImage),
        source=source,
        page_number=number,
        settings=registry.settings,
    )
    if image is not None:
        return image
    raise failure or OcrFailedError("no plugin can draw pages of this type")


def recognize_text(registry: Registry, image: PageImage) -> Recognition:
    """Return what the first OCR engine that answers has read.

    Raises:
        LoanbatchError: The last one asked failed.
        OcrFailedError: There is none.
    """
    recognition, failure = first_answer(
        registry,
        "recognize_text",
        lambda plugin, answer: expect(plugin, "recognize_text", answer, Recognition),
        image=image,
        settings=registry.settings,
    )
    if recognition is not None:
        return recognition
    raise failure or OcrFailedError("no OCR engine answers; `loanbatch doctor` tells why")


def reads_again(registry: Registry) -> bool:
    """Tell whether a plugin can read places of a page once more."""
    return bool(registry.callers("recognize_again"))


def recognize_again(
    registry: Registry, image: PageImage, page: Page, words: Sequence[Word]
) -> tuple[tuple[Word, ...], ...]:
    """Return further readings of words, for each those of the first engine that answers.

    Raises:
        LoanbatchError: The last one asked failed.
    """
    readings, failure = first_answer(
        registry,
        "recognize_again",
        lambda plugin, answer: expect_readings(plugin, answer, words),
        image=image,
        page=page,
        words=words,
        settings=registry.settings,
    )
    if readings is None and failure is not None:
        raise failure
    return readings or ((),) * len(words)


def make_searchable(registry: Registry, source: Source) -> Artifact | None:
    """Return a searchable copy, None when no plugin makes one.

    Raises:
        LoanbatchError: The last plugin asked failed.
    """
    artifact, failure = first_answer(
        registry,
        "make_searchable",
        lambda plugin, answer: expect(plugin, "make_searchable", answer, Artifact),
        source=source,
        settings=registry.settings,
    )
    if artifact is None and failure is not None:
        raise failure
    return artifact


def classify(
    registry: Registry, pages: Sequence[Page]
) -> tuple[tuple[Document, ...], tuple[Finding, ...]]:
    """Return the documents in the pages; one of kind `other` if no plugin can tell."""
    answer, failure = first_answer(
        registry,
        "classify",
        lambda plugin, answer: expect_classification(plugin, answer, pages),
        pages=pages,
        settings=registry.settings,
    )
    if answer is not None and answer.documents:
        return answer.documents, answer.findings
    unknown = Document(
        kind="other", first_page=pages[0].number, last_page=pages[-1].number, confidence=0.0
    )
    return (unknown,), () if failure is None else (failed(failure),)


def extract(
    registry: Registry, document: Document, pages: Sequence[Page]
) -> tuple[dict[str, Field], tuple[Finding, ...]]:
    """Return the best candidate per field, by plugin in call order, then by confidence."""
    candidates: dict[str, list[Field]] = {}
    findings: list[Finding] = []
    for plugin, caller in registry.callers("extract"):
        try:
            answer = call(
                plugin,
                "extract",
                caller,
                document=document,
                pages=pages,
                settings=registry.settings,
            )
            fields = () if answer is None else expect_fields(plugin, "extract", answer)
        except LoanbatchError as error:
            findings.append(failed(error))
            continue
        for item in sorted(fields, key=lambda found: -found.confidence):
            candidates.setdefault(item.name, []).append(item)
    return {name: _best(found) for name, found in candidates.items()}, tuple(findings)


def _best(candidates: Sequence[Field]) -> Field:
    best, *losers = candidates
    others = [evolve(loser, alternatives=()) for loser in (*best.alternatives, *losers)]
    return evolve(best, alternatives=tuple(others[:_ALTERNATIVES]))


def normalize(registry: Registry, field: Field, definition: FieldDefinition | None = None) -> Field:
    """Return the field with its typed value, or as it is where nobody understands its text.

    Args:
        registry: Of the job.
        field: As extracted.
        definition: That of the vocabulary unless told otherwise, as for the cell of a row.
    """
    return _normalize(registry, field, definition or registry.vocabulary.field(field.name))


def _normalize(registry: Registry, field: Field, definition: FieldDefinition) -> Field:
    if field.rows:
        rows = tuple(
            tuple(_normalize(registry, cell, definition.column(cell.name)) for cell in row)
            for row in field.rows
        )
        return evolve(field, rows=rows)
    if field.value is not None:
        return field
    normalized, _ = first_answer(
        registry,
        "normalize",
        lambda plugin, answer: expect_fields(plugin, "normalize", answer)[0],
        field=field,
        definition=definition,
        settings=registry.settings,
    )
    return field if normalized is None else normalized


def check(registry: Registry, documents: Sequence[Document]) -> tuple[Finding, ...]:
    """Return the findings of all plugins; one that fails is a finding itself."""
    findings: list[Finding] = []
    for plugin, caller in registry.callers("check"):
        try:
            answer = call(plugin, "check", caller, documents=documents, settings=registry.settings)
            if answer is not None:
                findings.extend(expect_findings(plugin, "check", answer))
        except LoanbatchError as error:
            findings.append(failed(error))
    return tuple(findings)


def store(registry: Registry, result: BatchProcessingResult, source: Source) -> tuple[Receipt, ...]:
    """Have all plugins store a result.

    Raises:
        LoanbatchError: As a plugin raised it.
        StorageFailedError: A plugin failed otherwise.
    """
    receipts: list[Receipt] = []
    for plugin, caller in registry.callers("store"):
        try:
            answer = call(
                plugin,
                "store",
                caller,
                result=result,
                source=source,
                settings=registry.settings,
            )
        except PluginError as error:
            raise StorageFailedError(error.message) from error
        if answer is not None:
            receipts.extend(expect_all(plugin, "store", answer, Receipt))
    return tuple(receipts)


def report(
    registry: Registry,
    summary: BatchProcessingSummary,
    format: str,  # noqa: A002 - the hook's argument
    stream: BinaryIO,
) -> bool:
    """Return whether a plugin wrote the report.

    Raises:
        LoanbatchError: The plugin that knows the format failed.
    """
    for plugin, caller in registry.callers("report"):
        answer = call(
            plugin,
            "report",
            caller,
            summary=summary,
            format=format,
            stream=stream,
            settings=registry.settings,
        )
        if answer:
            return True
    return False


def get_executor(registry: Registry) -> Executor | None:
    """Return the executor of the first plugin that has one for these settings.

    Raises:
        LoanbatchError: A plugin failed: the job must not start somewhere else than asked for.
    """
    for plugin, caller in registry.callers("get_executor"):
        answer = call(plugin, "get_executor", caller, settings=registry.settings)
        if answer is not None:
            return expect(plugin, "get_executor", answer, Executor)
    return None


def register_commands(registry: Registry, group: click.Group) -> None:
    """Have plugins add their commands; one that fails is logged and its commands are missing."""
    _notify(registry, "register_commands", group=group)


def on_job_started(registry: Registry, job_id: str, total_documents: int) -> None:
    """Tell observers that a job begins."""
    _notify(registry, "on_job_started", job_id=job_id, total_documents=total_documents)


def on_result(registry: Registry, job_id: str, result: BatchProcessingResult) -> None:
    """Tell observers that a source is done."""
    _notify(registry, "on_result", job_id=job_id, result=result)


def on_job_finished(registry: Registry, summary: BatchProcessingSummary) -> None:
    """Tell observers that a job ended."""
    _notify(registry, "on_job_finished", summary=summary)


def _notify(registry: Registry, hook: str, **arguments: object) -> None:
    for plugin, caller in registry.callers(hook):
        try:
            call(plugin, hook, caller, **arguments)
        except LoanbatchError as error:
            get_logger().warning("observer_failed", plugin=plugin, error=error.message)
