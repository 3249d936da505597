"""The workbook report: what became of the batch, documents, values, and what to look at.

Amounts, percents, counts and dates are real numbers and dates; everything else is text, never a
formula. Rows go to the file as they come, so that memory does not grow with the batch.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any, BinaryIO

from attrs import frozen

from loanbatch.results import BatchProcessingResult
from loanbatch_plugins.reporting._cells import writable
from loanbatch_plugins.reporting._counts import Counts
from loanbatch_plugins.reporting._loans import LoansOfJob
from loanbatch_plugins.reporting._rows import (
    DOCUMENT_COLUMNS,
    FIELD_COLUMNS,
    FILE_COLUMNS,
    FINDING_COLUMNS,
    Row,
    document_rows,
    field_rows,
    finding_rows,
)
from loanbatch_plugins.reporting._sheets import Formats, Link, Table, write_cell
from loanbatch_plugins.reporting._shown import shown_file
from loanbatch_plugins.reporting._xlsx_loans import write_loans

if TYPE_CHECKING:
    from xlsxwriter.worksheet import Worksheet

#: Links of a worksheet: Excel's limit is 65,530.
_MOST_LINKS = 65_000
_FILES = (*FILE_COLUMNS[:3], "error_message", *FILE_COLUMNS[3:], "pages", "documents", "findings")


@frozen(kw_only=True)
class WorkbookParts:
    """What a workbook is made of."""

    #: The summary without its results.
    header: Mapping[str, Any]
    #: Read once, in order.
    results: Iterable[BatchProcessingResult]
    #: Gives the loans; asked when the results were read.
    loans: Callable[[], LoansOfJob]
    #: Confidence (0 to 1) below which a value is marked for review.
    threshold: float
    #: An HTML report of the same job, to whose places the values lead; empty for none.
    pages: str


def write_workbook(parts: WorkbookParts, stream: BinaryIO) -> None:
    """Write a job as a workbook: Summary, Files, Documents, Fields, Findings, and its loans."""
    from xlsxwriter import Workbook

    header = parts.header
    with Workbook(
        stream, {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    ) as book:
        book.set_properties({"title": f"loanbatch {header['job_id']}", "created": _made(header)})
        formats = Formats(book)
        summary = book.add_worksheet("Summary")
        files = Table(book, "Files", _FILES, formats)
        documents = Table(
            book, "Documents", (*FILE_COLUMNS, *DOCUMENT_COLUMNS, "confidence", "fields"), formats
        )
        shown = ("file", *DOCUMENT_COLUMNS, *FIELD_COLUMNS, *(("place",) if parts.pages else ()))
        values = Table(book, "Fields", shown, formats)
        findings = Table(book, "Findings", FINDING_COLUMNS, formats)
        counts, links = Counts(), _Links(parts)
        for number, result in enumerate(parts.results, start=1):
            counts.add(result)
            files.write(_file(result))
            for row, found in document_rows(result):
                if "kind" in row:
                    documents.write({**row, "fields": len(found)})
            rows = (row for row in field_rows(result, parts.threshold) if "field" in row)
            for row in links.added(rows, result, number):
                values.write(row)
            for row in finding_rows(result):
                findings.write(row)
        for table in (files, documents, values, findings):
            table.finish()
        beyond = write_loans(book, parts.loans(), formats)
        _write_summary(summary, header, counts, formats, beyond)


class _Links:
    """Adds to values where they are shown in an HTML report of the same job."""

    def __init__(self, parts: WorkbookParts) -> None:
        self._parts = parts
        self._left = _MOST_LINKS if parts.pages else 0

    def added(
        self, rows: Iterator[Row], result: BatchProcessingResult, number: int
    ) -> Iterator[Row]:
        """Yield the rows of a result with their places."""
        if self._left <= 0:
            yield from rows
            return
        file = shown_file(result, number, self._parts.threshold)
        anchors = {
            (document.number, value.name): value.anchor
            for document in file.documents
            for value in document.all_values()
        }
        for row in rows:
            anchor = anchors.get((row["document"], row["field"])) or file.anchor
            self._left -= 1
            link = Link(f"external:{self._parts.pages}#{anchor}", f"page {row['page']}")
            yield {**row, "place": link} if self._left >= 0 else row


def _made(header: Mapping[str, Any]) -> datetime:
    """Return the moment of the job: the same results give the same file."""
    text = header["end_time"] or header["start_time"]
    return datetime.fromisoformat(text).replace(tzinfo=None, microsecond=0)


def _file(result: BatchProcessingResult) -> Row:
    (row, *_), *_ = document_rows(result)
    return {
        **row,
        "error_message": result.error_message,
        "pages": result.page_count,
        "documents": len(result.documents),
        "findings": len(result.findings),
    }


def _write_summary(
    sheet: Worksheet, header: Mapping[str, Any], counts: Counts, formats: Formats, beyond: int
) -> None:
    sheet.set_column(0, 0, 34)
    sheet.set_column(1, 1, 30)
    lines: list[tuple[str, object]] = [
        ("job", header["job_id"]),
        ("status", header["status"]),
        ("started", header["start_time"]),
        ("ended", header["end_time"]),
        ("seconds", Decimal(str(round(header["total_processing_time"], 3)))),
        ("files", header["total_documents"]),
        ("files processed", header["processed_documents"]),
        ("files to review", counts.review),
    ]
    if beyond:
        lines.append(("loans that are left out", beyond))
    for title, counted in counts.tables():
        lines += [("", None), (title, None), *counted]
    for number, (name, value) in enumerate(lines):
        bold = formats.bold if value is None else None
        sheet.write_string(number, 0, writable(name), bold)
        write_cell(sheet, number, 1, value, formats)
