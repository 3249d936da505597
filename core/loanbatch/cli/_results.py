"""What became of a run, for a person: a table, and what to look at; never a document's values."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from loanbatch.cli import _output
from loanbatch.jobstore import Outcomes
from loanbatch.models import Severity
from loanbatch.results import BatchProcessingResult, BatchProcessingSummary, ResultStatus

#: Batches up to this size are shown whole, larger ones by what went wrong.
_WHOLE = 50
#: Results that went wrong shown of a large batch; the rest is counted.
SHOWN = 30
#: Remarks shown per result.
_REMARKS = 5
#: Characters of a document id: enough for `loanbatch show`.
_ID_SHOWN = 14
#: Kinds of documents in one file that are named where there is little room.
_KINDS_WHERE_NARROW = 2
_COLUMNS = ("File", "Status", "Id", "Documents", "Review", "Error")
_UNBROKEN = ("Status", "Id", "Review", "Error")


def show_run(summary: BatchProcessingSummary, outcomes: Outcomes) -> None:
    """Write the table of a run and what to look at to standard output."""
    whole = summary.processed_documents <= _WHOLE
    shown = list(summary.results) if whole else outcomes.notable
    _show_table(shown)
    _show_remarks(shown)
    more = outcomes.notable_count - len(shown)
    if not whole and more > 0:
        _output.payload(f"  … and {more} more; a report (--report) has them all")
    _output.payload(_total(summary, outcomes))


def _show_table(results: Sequence[BatchProcessingResult]) -> None:
    """Write a line per result, without the columns in which nothing stands."""
    columns: tuple[str, ...] = _COLUMNS
    rows: list[tuple[str, ...]] = [_row(result) for result in results]
    if _output.is_narrow():
        # What failed has no documents: one column holds both.
        columns = (*_COLUMNS[:3], "Documents, error", _COLUMNS[4])
        rows = [(*row[:3], row[3] or row[5], row[4]) for row in rows]
    kept = [n for n in range(len(columns)) if n == 0 or any(row[n] for row in rows)]
    if rows:
        _output.table(
            [columns[n] for n in kept],
            [[row[n] for n in kept] for row in rows],
            unbroken=_UNBROKEN,
        )


def _show_remarks(results: Iterable[BatchProcessingResult]) -> None:
    """Write what somebody should look at, file by file."""
    title = "\nWhat to look at:"
    for result in results:
        lines = list(_remarks(result))
        if not lines:
            continue
        if title:
            _output.payload(title)
            title = ""
        _output.payload(f"  {_output.clean(result.file_name)}")
        for line in lines:
            _output.payload(f"    {_output.clean(line)}")


def _row(result: BatchProcessingResult) -> tuple[str, ...]:
    kinds = Counter(document.kind for document in result.documents)
    named = ", ".join(kind if count == 1 else f"{kind} x{count}" for kind, count in kinds.items())
    if len(kinds) > _KINDS_WHERE_NARROW and _output.is_narrow():
        named = f"{len(result.documents)} documents"
    review = "review" if result.needs_review else ""
    short_id = (result.document_id or "")[:_ID_SHOWN]
    return (result.file_name, result.status.value, short_id, named, review, result.error_code or "")


def _remarks(result: BatchProcessingResult) -> Iterator[str]:
    if result.status is ResultStatus.FAILED:
        # Most messages begin with the file's name, which stands above already.
        message = (result.error_message or "").removeprefix(f"{result.file_name}: ")
        yield f"{result.error_code}: {message}"
    if not result.needs_review:
        return
    found = [item for item in result.findings if item.severity is not Severity.INFO]
    for finding in found[:_REMARKS]:
        fields = f" ({', '.join(finding.fields[:_REMARKS])})" if finding.fields else ""
        yield f"{finding.code}: {finding.message}{fields}"
    if len(found) > _REMARKS:
        yield f"… and {len(found) - _REMARKS} more findings"


def _total(summary: BatchProcessingSummary, outcomes: Outcomes) -> str:
    parts = [f"{summary.successful_documents} succeeded"]
    if outcomes.reused:
        parts[0] += f" ({outcomes.reused} reused from earlier runs)"
    if outcomes.reviews:
        parts.append(f"{outcomes.reviews} to review")
    if summary.failed_documents:
        codes = ", ".join(f"{count} {code}" for code, count in outcomes.codes.most_common())
        parts.append(f"{summary.failed_documents} failed ({codes})")
    if summary.skipped_documents:
        parts.append(f"{summary.skipped_documents} skipped")
    waiting = summary.total_documents - summary.processed_documents
    if waiting:
        parts.append(f"{waiting} not reached")
    seconds = summary.get_total_processing_time()
    took = f" in {seconds:.1f} s" if seconds else ""
    return f"\n{summary.job_id}: {', '.join(parts)}{took}"
