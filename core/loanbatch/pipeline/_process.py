"""The stages in order, and the result that comes out of them."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime

from attrs import evolve

from loanbatch import hookcalls
from loanbatch._logging import get_logger
from loanbatch.errors import (
    LoanbatchError,
    OutOfMemoryError,
    PluginError,
    SourceChangedError,
    UnexpectedError,
    UnsupportedTypeError,
    ValidationError,
)
from loanbatch.models import (
    Artifact,
    Classification,
    Document,
    Finding,
    Page,
    Severity,
    Source,
)
from loanbatch.pipeline._evidence import displayed_field
from loanbatch.pipeline._extracting import with_fields
from loanbatch.pipeline._reading import read_source
from loanbatch.pipeline._rereading import read_again
from loanbatch.registry import Registry
from loanbatch.results import BatchProcessingResult, ResultStatus, document_id
from loanbatch.settings import Settings

#: Numbers of pages told in a message.
_NUMBERS = 20


def process_source(registry: Registry, source: Source) -> BatchProcessingResult:
    """Take one source through all stages of the worker. Never raises.

    Args:
        registry: With the plugins and settings of the job.
        source: As listed, with sha256.
    """
    started = time.perf_counter()
    log = get_logger()
    try:
        with hookcalls.replaced_plugins() as replaced:
            result = _process(registry, source, replaced)
    except LoanbatchError as error:
        log.info("document_failed", error_code=error.error_code)
        result = failed_result(source, error)
    except MemoryError:
        limit = OutOfMemoryError.over(registry.settings.memory_limit_mb)
        result = failed_result(source, blamed(limit, hookcalls.at_work()))
    except Exception as error:
        # The worker's edge: a bug must cost one document, not the batch; the trace goes to the log
        # only.
        log.exception("document_failed", error_code=UnexpectedError.error_code)
        result = failed_result(source, unexpected(error))
    return evolve(
        result, processing_time=time.perf_counter() - started, timestamp=datetime.now(UTC)
    )


def unexpected(error: BaseException) -> UnexpectedError:
    """Return the error that stands for a bug: its type only, its text may quote a document."""
    return UnexpectedError(f"unexpected {type(error).__name__}; the log has the details")


def blamed(error: LoanbatchError, at_work: hookcalls.AtWork | None) -> LoanbatchError:
    """Return an error that names the plugin at work, where one was."""
    return error if at_work is None else type(error)(f"{error.message} ({at_work})")


def failed_result(source: Source, error: LoanbatchError) -> BatchProcessingResult:
    """Return the result of a source that failed with `error`."""
    return BatchProcessingResult(
        file_name=source.file_name,
        source=source.location,
        status=ResultStatus.FAILED,
        sha256=source.sha256,
        page_count=source.page_count,
        document_id=None if source.sha256 is None else document_id(source.sha256),
        loan_id=source.loan_id,
        error_type=error.error_type,
        error_code=error.error_code,
        error_message=error.message,
        retryable=error.retryable,
        timestamp=datetime.now(UTC),
    )


def _process(
    registry: Registry, source: Source, replaced: Sequence[LoanbatchError]
) -> BatchProcessingResult:
    source = evolve(source, reader=_verified_reader(source))
    source, validation_findings = hookcalls.validate(registry, source)
    refusal = next((f for f in validation_findings if f.severity is Severity.ERROR), None)
    if refusal is not None:
        failed = failed_result(source, ValidationError(refusal.message))
        return evolve(failed, error_code=refusal.code, findings=validation_findings)
    try:
        pages, reading_findings = read_source(registry, source)
    except UnsupportedTypeError as error:
        if source.media_type is not None:
            raise
        raise PluginError(
            "no plugin told the type of the file: one with the hook validate is missing (bundled:"
            " intake, see --no-plugin); `loanbatch plugins list` shows which are active"
        ) from error
    documents, understanding_findings = _understand(registry, pages)
    documents, rereading_findings = read_again(registry, source, pages, documents)
    documents = _displayed(documents, pages)
    check_findings = hookcalls.check(registry, documents)
    artifacts, artifact_findings = _make_artifacts(registry, source)
    findings = (
        *validation_findings,
        *reading_findings,
        *understanding_findings,
        *(finding for finding in rereading_findings if finding not in understanding_findings),
        *_doubts(documents, registry.settings),
        *check_findings,
        *artifact_findings,
        *map(hookcalls.failed, replaced),
    )
    sha256 = source.sha256 or hashlib.sha256(source.read()).hexdigest()
    return BatchProcessingResult(
        file_name=source.file_name,
        source=source.location,
        status=ResultStatus.SUCCESS,
        sha256=sha256,
        page_count=len(pages),
        document_id=document_id(sha256),
        loan_id=loan_id_of(source, documents) or document_id(sha256),
        timestamp=datetime.now(UTC),
        needs_review=any(finding.severity is not Severity.INFO for finding in findings),
        documents=documents,
        findings=findings,
        artifacts=artifacts,
    )


def _verified_reader(source: Source) -> Callable[[str], bytes]:
    """Return a reader that notices when the bytes are no longer those that were listed."""

    def read(location: str) -> bytes:
        data = source.reader(location) if source.reader is not None else b""
        if source.sha256 is not None and hashlib.sha256(data).hexdigest() != source.sha256:
            raise SourceChangedError("the file changed while it was processed; run it again")
        return data

    return read


def _understand(
    registry: Registry, pages: Sequence[Page]
) -> tuple[tuple[Document, ...], tuple[Finding, ...]]:
    """Classify, extract and normalize; evidence stays in points of the upright pages."""
    found = hookcalls.classify(registry, pages)
    documents, findings = [], found.findings
    for document in found.documents:
        own = tuple(p for p in pages if document.first_page <= p.number <= document.last_page)
        understood, more = with_fields(registry, document, own)
        documents.append(understood)
        findings += more
    return tuple(documents), (*findings, *_left_out(found, pages))


def _left_out(found: Classification, pages: Iterable[Page]) -> Iterable[Finding]:
    """Yield a finding about pages with words that belong to no document, and nobody knows why."""
    covered = set(found.left_out)
    for document in found.documents:
        covered.update(range(document.first_page, document.last_page + 1))
    numbers = [str(p.number) for p in pages if p.words and p.number not in covered]
    if numbers:
        yield Finding(
            code="pages_left_out",
            severity=Severity.WARNING,
            message=f"no document was found on page {', '.join(numbers[:_NUMBERS])}"
            + (" and more" if len(numbers) > _NUMBERS else ""),
        )


def _displayed(documents: Iterable[Document], pages: Iterable[Page]) -> tuple[Document, ...]:
    """Return the documents with their evidence on the pages as people see them."""
    by_number = {page.number: page for page in pages}
    return tuple(
        evolve(
            document,
            fields={n: displayed_field(field, by_number) for n, field in document.fields.items()},
        )
        for document in documents
    )


def _doubts(documents: Iterable[Document], settings: Settings) -> list[Finding]:
    """Return what makes documents need review: unsure kinds and fields, text without value."""
    findings = []
    for document in documents:
        where = f"{document.kind}, {_pages(document.first_page, document.last_page)}"
        if document.confidence < settings.kind_threshold:
            findings.append(
                Finding(
                    code="uncertain_kind",
                    severity=Severity.WARNING,
                    message=f"{where}: the kind of document is uncertain",
                )
            )
        unsure = tuple(
            n for n, f in document.fields.items() if f.confidence < settings.review_threshold
        )
        if unsure:
            findings.append(
                Finding(
                    code="low_confidence",
                    severity=Severity.WARNING,
                    message=f"{where}: {_values(len(unsure))} read with little confidence",
                    fields=unsure,
                )
            )
        no_value = tuple(n for n, f in document.fields.items() if f.value is None and not f.rows)
        if no_value:
            findings.append(
                Finding(
                    code="not_normalized",
                    severity=Severity.WARNING,
                    message=f"{where}: the text of {_fields(len(no_value))} was not understood",
                    fields=no_value,
                )
            )
    return findings


def _pages(first: int, last: int) -> str:
    return f"page {first}" if first == last else f"pages {first} to {last}"


def _values(count: int) -> str:
    return "1 value was" if count == 1 else f"{count} values were"


def _fields(count: int) -> str:
    return "1 field" if count == 1 else f"{count} fields"


def loan_id_of(source: Source, documents: Iterable[Document]) -> str | None:
    """Return the loan that was told, else the first that a document names."""
    if source.loan_id:
        return source.loan_id
    for document in documents:
        field = document.fields.get("loan_identifier")
        if field is not None and isinstance(field.value, str):
            return field.value
    return None


def _make_artifacts(
    registry: Registry, source: Source
) -> tuple[tuple[Artifact, ...], tuple[Finding, ...]]:
    if not registry.settings.searchable:
        return (), ()
    try:
        artifact = hookcalls.make_searchable(registry, source)
    except LoanbatchError as error:
        finding = Finding(
            code="not_searchable",
            severity=Severity.WARNING,
            message=f"no searchable copy could be made: {error.message}",
        )
        return (), (finding,)
    return () if artifact is None else (artifact,), ()
