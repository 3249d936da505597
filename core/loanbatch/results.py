"""What became of a source and of a batch: the classes that callers of the library see."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any

from attrs import field, frozen

from loanbatch import convert
from loanbatch.errors import ErrorType
from loanbatch.loans import LoanDocument
from loanbatch.models import Artifact, Document, Finding

#: Version of the JSON form, as in the JSON Schema of the report.
SCHEMA_VERSION = 1


#: Hex digits of the content hash in a document id: 2^80 documents before a likely collision.
_ID_DIGITS = 40


def document_id(sha256: str) -> str:
    """Return the id of a source's content: the same bytes have the same id everywhere."""
    return f"doc-{sha256[:_ID_DIGITS]}"


class JobStatus(StrEnum):
    """Where a job is in its life."""

    QUEUED = "queued"
    PROCESSING = "processing"
    COMPLETED = "completed"
    COMPLETED_WITH_ERRORS = "completed_with_errors"
    FAILED = "failed"


class ResultStatus(StrEnum):
    """What became of one source."""

    SUCCESS = "success"
    FAILED = "failed"
    SKIPPED = "skipped"


@frozen(kw_only=True)
class BatchProcessingResult:
    """What became of one source of a batch."""

    file_name: str
    #: Path or URL as given.
    source: str
    status: ResultStatus
    sha256: str | None = None
    page_count: int | None = None
    #: Derived from the content: the same bytes have the same id everywhere.
    document_id: str | None = None
    loan_id: str | None = None
    error_type: ErrorType | None = None
    error_code: str | None = None
    error_message: str | None = None
    #: Whether trying again may help.
    retryable: bool = False
    #: Seconds.
    processing_time: float = 0.0
    #: When the result was final, UTC.
    timestamp: datetime
    needs_review: bool = False
    documents: tuple[Document, ...] = field(default=(), repr=False)
    findings: tuple[Finding, ...] = field(default=(), repr=False)
    #: Taken over from an earlier run under the same pipeline fingerprint.
    reused: bool = False
    #: Files to store beside the original; emptied once they are stored.
    artifacts: tuple[Artifact, ...] = field(default=(), repr=False)

    def to_dict(self) -> dict[str, Any]:
        """Return the result in the form of the JSON report, ready for `json.dumps`."""
        plain: dict[str, Any] = convert.to_plain(self)
        del plain["artifacts"]
        return plain


@frozen(kw_only=True)
class BatchProgress:
    """How far a job is: numbers only, so that it can be shown and logged anywhere.

    They count the whole job, also what earlier runs of it have done.
    """

    job_id: str
    #: None while the sources are listed.
    total_documents: int | None = None
    #: Those with a result, whatever it is.
    processed_documents: int = 0
    failed_documents: int = 0
    skipped_documents: int = 0
    #: Of those that succeeded, how many a person should look at.
    review_documents: int = 0


@frozen(kw_only=True)
class BatchProcessingSummary:
    """What became of a batch."""

    job_id: str
    status: JobStatus
    total_documents: int
    processed_documents: int
    successful_documents: int
    failed_documents: int
    skipped_documents: int
    #: In the order of the input; may read lazily from the job store.
    results: Sequence[BatchProcessingResult] = field(repr=False)
    #: UTC.
    start_time: datetime
    #: UTC; None while the job runs.
    end_time: datetime | None = None

    def get_total_processing_time(self) -> float:
        """Return the wall time from start to end in seconds, 0.0 while the job runs."""
        if self.end_time is None:
            return 0.0
        return (self.end_time - self.start_time).total_seconds()

    def to_dict(self) -> dict[str, Any]:
        """Return the summary with all results in the form of the JSON report."""
        return {**self.header(), "results": [result.to_dict() for result in self.results]}

    def header(self) -> dict[str, Any]:
        """Return the summary without its results, for writers that stream them."""
        return {
            "schema_version": SCHEMA_VERSION,
            "job_id": self.job_id,
            "status": self.status.value,
            "total_documents": self.total_documents,
            "processed_documents": self.processed_documents,
            "successful_documents": self.successful_documents,
            "failed_documents": self.failed_documents,
            "skipped_documents": self.skipped_documents,
            "start_time": self.start_time.isoformat(),
            "end_time": None if self.end_time is None else self.end_time.isoformat(),
            "total_processing_time": self.get_total_processing_time(),
        }


def loan_documents(results: Iterable[BatchProcessingResult]) -> tuple[LoanDocument, ...]:
    """Return the documents of the results of one loan, as they come."""
    return tuple(
        LoanDocument(
            document_id=result.document_id or "",
            file_name=result.file_name,
            number=number,
            document=document,
        )
        for result in results
        for number, document in enumerate(result.documents)
    )
