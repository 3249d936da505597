"""One typed function per hook: the only caller of plugins.

Each plugin is called by itself, so that one that raises loses nothing but its own answer, and what
comes back is checked at this border. Messages name plugin, hook and the type of an exception, never
its text, which may hold document content; the trace goes to the log.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from attrs import evolve

from loanbatch._logging import blotted
from loanbatch.errors import (
    LoanbatchError,
    OcrFailedError,
    UnsupportedTypeError,
)
from loanbatch.hookcalls._at_work import AtWork, Board, at_work, tell_on, tell_slow
from loanbatch.hookcalls._calling import call, failed, first_answer, replaced_plugins
from loanbatch.hookcalls._coordinator import (
    compare_loans,
    get_executor,
    on_job_finished,
    on_job_interrupted,
    on_job_started,
    on_result,
    read_original,
    register_commands,
    report,
    store,
)
from loanbatch.hookcalls._loans import check_loan, join_loan
from loanbatch.hookcalls._outcomes import expect_artifact
from loanbatch.hookcalls._pages import (
    expect_image,
    expect_pages,
    expect_readings,
    expect_recognition,
)
from loanbatch.hookcalls._shapes import (
    expect_classification,
    expect_fields,
    expect_findings,
    expect_normalized,
    expect_validation,
)
from loanbatch.hookcalls._silence import SILENCE
from loanbatch.models import (
    Artifact,
    Classification,
    Document,
    Field,
    Finding,
    Page,
    PageImage,
    Recognition,
    Severity,
    Source,
    Word,
)
from loanbatch.registry import Registry
from loanbatch.vocabulary import FieldDefinition

__all__ = [
    "SILENCE",
    "AtWork",
    "Board",
    "at_work",
    "check",
    "check_loan",
    "classify",
    "compare_loans",
    "extract",
    "failed",
    "get_executor",
    "join_loan",
    "make_searchable",
    "normalize",
    "on_job_finished",
    "on_job_interrupted",
    "on_job_started",
    "on_result",
    "read_original",
    "read_pages",
    "reads_again",
    "recognize_again",
    "recognize_text",
    "register_commands",
    "render_page",
    "replaced_plugins",
    "report",
    "store",
    "tell_on",
    "tell_slow",
    "validate",
]

#: Losing candidates kept with a field.
_ALTERNATIVES = 3


def validate(registry: Registry, source: Source) -> tuple[Source, tuple[Finding, ...]]:
    """Ask all plugins, handing the source from one to the next.

    Raises:
        LoanbatchError: As a plugin raised it; PluginError for anything that is not ours.
    """
    findings: list[Finding] = []
    for plugin, caller in registry.callers("validate"):
        answer = call(
            registry,
            plugin,
            "validate",
            caller,
            partial(expect_validation, plugin, source),
            source=source,
            settings=registry.settings,
        )
        findings.extend(answer.findings)
        source = answer.source or source
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
        lambda plugin, answer: expect_pages(
            plugin, answer, source, words_too=not registry.is_bundled(plugin)
        ),
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
        lambda plugin, answer: expect_image(plugin, answer, number),
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
        lambda plugin, answer: expect_recognition(
            plugin, answer, words_too=not registry.is_bundled(plugin)
        ),
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
        expect_artifact,
        source=source,
        settings=registry.settings,
    )
    if artifact is None and failure is not None:
        raise failure
    return artifact


def classify(registry: Registry, pages: Sequence[Page]) -> Classification:
    """Return the documents in the pages; one of kind `other` if no plugin can tell."""
    answer, failure = first_answer(
        registry,
        "classify",
        lambda plugin, answer: expect_classification(plugin, answer, pages),
        pages=pages,
        settings=registry.settings,
    )
    if answer is not None and answer.documents:
        return answer
    unknown = Document(
        kind="other", first_page=pages[0].number, last_page=pages[-1].number, confidence=0.0
    )
    findings = () if failure is None else (failed(failure),)
    return Classification(documents=(unknown,), findings=findings)


def extract(
    registry: Registry, document: Document, pages: Sequence[Page]
) -> tuple[dict[str, Field], tuple[Finding, ...]]:
    """Return the best candidate per field, by plugin in call order, then by confidence."""
    candidates: dict[str, list[Field]] = {}
    findings: list[Finding] = []
    for plugin, caller in registry.callers("extract"):
        on = None if registry.is_bundled(plugin) else pages
        try:
            fields = call(
                registry,
                plugin,
                "extract",
                caller,
                partial(expect_fields, plugin, "extract", on=on),
                document=document,
                pages=pages,
                settings=registry.settings,
            )
        except LoanbatchError as error:
            findings.append(failed(error))
            continue
        for item in sorted(fields, key=lambda found: -found.confidence):
            candidates.setdefault(item.name, []).append(item)
    return {name: _best(found) for name, found in candidates.items()}, tuple(findings)


def _blotted(finding: Finding) -> Finding:
    return evolve(finding, message=blotted(finding.message))


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
        lambda plugin, answer: expect_normalized(plugin, answer, field),
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
            found = call(
                registry,
                plugin,
                "check",
                caller,
                partial(expect_findings, plugin, "check"),
                documents=documents,
                settings=registry.settings,
            )
            findings.extend(found if registry.is_bundled(plugin) else map(_blotted, found))
        except LoanbatchError as error:
            findings.append(failed(error))
    return tuple(findings)
