"""What is told of a job and its documents: pure, and nothing of a document in it.

Each event is a JSON object with `type`, `timestamp` and `data`, as Standard Webhooks has it. Ids of
documents are made of hashes; names of files, ids of loans and values are left out, for they may be
personal.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from collections import Counter
from datetime import UTC, datetime
from typing import Any

from attrs import frozen

from loanbatch.results import BatchProcessingResult, BatchProcessingSummary

JOB_STARTED = "job.started"
DOCUMENT_FINISHED = "document.finished"
JOB_INTERRUPTED = "job.interrupted"
JOB_FINISHED = "job.finished"
TEST = "loanbatch.test"

#: Types that can be asked for.
EVENT_TYPES = (JOB_STARTED, DOCUMENT_FINISHED, JOB_INTERRUPTED, JOB_FINISHED)


@frozen(kw_only=True)
class Event:
    """Something to be told, under an id that stays however often it is sent."""

    webhook_id: str
    type: str
    job_id: str
    #: JSON, exactly as it is signed and sent.
    body: str


def job_started(job_id: str, total_documents: int, waiting_documents: int) -> Event:
    """Return the event of a job that begins or is gone on with."""
    data = {"total_documents": total_documents, "waiting_documents": waiting_documents}
    return _event(JOB_STARTED, job_id, datetime.now(UTC), data)


def document_finished(job_id: str, position: int, result: BatchProcessingResult) -> Event:
    """Return the event of a result: the same one for the same result, whoever makes it when.

    Args:
        job_id: The job.
        position: Of the source in the input, from 1.
        result: What became of it.
    """
    data = {
        "position": position,
        "document_id": result.document_id,
        "status": result.status.value,
        "error_type": None if result.error_type is None else result.error_type.value,
        "error_code": result.error_code,
        "retryable": result.retryable,
        "needs_review": result.needs_review,
        "reused": result.reused,
        "page_count": result.page_count,
        "kinds": [document.kind for document in result.documents],
        "findings": dict(sorted(Counter(finding.code for finding in result.findings).items())),
        "processing_time": round(result.processing_time, 3),
    }
    key = f"{job_id} {position} {result.timestamp.isoformat()}"
    digest = hashlib.sha256(key.encode()).hexdigest()[:32]
    return _event(DOCUMENT_FINISHED, job_id, result.timestamp, data, webhook_id=f"msg_{digest}")


def job_interrupted(job_id: str, waiting_documents: int) -> Event:
    """Return the event of a job that was left before its end."""
    data = {"waiting_documents": waiting_documents}
    return _event(JOB_INTERRUPTED, job_id, datetime.now(UTC), data)


def job_finished(summary: BatchProcessingSummary) -> Event:
    """Return the event of a job that ended."""
    data = {
        "status": summary.status.value,
        "total_documents": summary.total_documents,
        "processed_documents": summary.processed_documents,
        "successful_documents": summary.successful_documents,
        "failed_documents": summary.failed_documents,
        "skipped_documents": summary.skipped_documents,
        "processing_time": round(summary.get_total_processing_time(), 3),
    }
    return _event(JOB_FINISHED, summary.job_id, datetime.now(UTC), data)


def trial() -> Event:
    """Return an event that tells of nothing."""
    return _event(TEST, "", datetime.now(UTC), {})


def _event(
    type_: str,
    job_id: str,
    moment: datetime,
    data: dict[str, Any],
    *,
    webhook_id: str | None = None,
) -> Event:
    told = {"job_id": job_id, **data} if job_id else data
    plain = {"type": type_, "timestamp": moment.isoformat(), "data": told}
    return Event(
        webhook_id=webhook_id or f"msg_{secrets.token_hex(16)}",
        type=type_,
        job_id=job_id,
        body=json.dumps(plain, separators=(",", ":")),
    )
