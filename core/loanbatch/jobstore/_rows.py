"""Between rows and what callers see."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from attrs import evolve
from peewee import Database

from loanbatch.convert import from_plain, to_plain
from loanbatch.jobstore._tables import ResultRow
from loanbatch.results import BatchProcessingResult


def now() -> str:
    """Return the present moment as it stands in the tables."""
    return datetime.now(UTC).isoformat()


def column_text(text: str | None) -> str | None:
    """Return a text that every database can hold: without null characters and half characters."""
    if text is None or (text.isprintable() and text.isascii()):
        return text
    return "".join("_" if c == "\0" or unicodedata.category(c) == "Cs" else c for c in text)


def payload_of(result: BatchProcessingResult) -> str:
    """Return the whole result as JSON."""
    return json.dumps(to_plain(result))


def result_from_payload(payload: str) -> BatchProcessingResult:
    """Return the result that `payload_of` wrote."""
    return from_plain(json.loads(payload), BatchProcessingResult)


def results_from_rows(database: Database, rows: Iterable[ResultRow]) -> list[BatchProcessingResult]:
    """Return the results of processed rows; those that were reused take their content elsewhere."""
    rows = list(rows)
    wanted = [row.reused_from for row in rows if row.reused_from is not None]
    originals: dict[int, str] = {}
    if wanted:
        query = ResultRow.select(ResultRow.id, ResultRow.payload).where(ResultRow.id.in_(wanted))
        originals = {row.id: str(row.payload) for row in query.execute(database)}
    return [
        result_from_payload(str(row.payload))
        if row.reused_from is None
        else _reused(row, result_from_payload(originals[row.reused_from]))
        for row in rows
    ]


def _reused(row: Any, original: BatchProcessingResult) -> BatchProcessingResult:  # noqa: ANN401
    return evolve(
        original,
        file_name=row.file_name,
        source=row.location,
        loan_id=row.loan_id,
        processing_time=row.processing_time,
        timestamp=datetime.fromisoformat(row.timestamp),
        reused=True,
    )


def plain_job(job: Any) -> dict[str, Any]:  # noqa: ANN401 -- a row
    """Return a job's row as plain data."""
    return {
        "job_id": job.job_id,
        "status": job.status,
        "priority": job.priority,
        "total_documents": job.total_documents,
        "processed_documents": job.processed_documents,
        "successful_documents": job.successful_documents,
        "failed_documents": job.failed_documents,
        "skipped_documents": job.skipped_documents,
        "created_at": job.created_at,
        "completed_at": job.completed_at,
    }
