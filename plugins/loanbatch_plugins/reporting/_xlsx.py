"""The workbook report: what became of the batch, documents, values, and what to look at.

Amounts, percents, counts and dates are real numbers and dates; everything else is text, never a
formula. Rows go to the file as they come, so that memory does not grow with the batch.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any, BinaryIO

from loanbatch.results import BatchProcessingResult
from loanbatch_plugins.reporting._cells import writable
from loanbatch_plugins.reporting._counts import Counts
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

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

#: Of a worksheet: Excel's specification and limits.
MOST_ROWS = 1_048_576
_MOST_CHARACTERS = 32_767
#: Digits that a double keeps.
_EXACT_DIGITS = 15
#: Places after the point that get a format of their own.
_MOST_PLACES = 6
#: What spreadsheets take for dates begins here.
_FIRST_DATE = date(1900, 3, 1)
#: Characters, by column; others have `_WIDTH`.
_WIDTHS = {
    "file": 36,
    "error_message": 60,
    "message": 80,
    "field": 36,
    "fields": 36,
    "value": 32,
    "raw": 32,
    "kind": 26,
    "extractor": 28,
    "review_reasons": 32,
    "code": 30,
    "box": 26,
    "document_id": 22,
    "loan_id": 20,
    "suggested_field": 30,
}
_WIDTH = 14
_FILES = (*FILE_COLUMNS[:3], "error_message", *FILE_COLUMNS[3:], "pages", "documents", "findings")


def write_workbook(
    header: Mapping[str, Any],
    results: Iterable[BatchProcessingResult],
    stream: BinaryIO,
    *,
    threshold: float,
) -> None:
    """Write a job as a workbook with the sheets Summary, Files, Documents, Fields, Findings.

    Args:
        header: The summary without its results.
        results: Read once, in order.
        stream: Gets the file.
        threshold: Confidence (0 to 1) below which a value is marked for review.
    """
    from xlsxwriter import Workbook

    with Workbook(
        stream, {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    ) as book:
        book.set_properties({"title": f"loanbatch {header['job_id']}", "created": _made(header)})
        formats = _Formats(book)
        summary = book.add_worksheet("Summary")
        files = _Table(book, "Files", _FILES, formats)
        documents = _Table(
            book, "Documents", (*FILE_COLUMNS, *DOCUMENT_COLUMNS, "confidence", "fields"), formats
        )
        values = _Table(book, "Fields", ("file", *DOCUMENT_COLUMNS, *FIELD_COLUMNS), formats)
        findings = _Table(book, "Findings", FINDING_COLUMNS, formats)
        counts = Counts()
        for result in results:
            counts.add(result)
            files.write(_file(result))
            for row, found in document_rows(result):
                if "kind" in row:
                    documents.write({**row, "fields": len(found)})
            for row in field_rows(result, threshold):
                if "field" in row:
                    values.write(row)
            for row in finding_rows(result):
                findings.write(row)
        for table in (files, documents, values, findings):
            table.finish()
        _write_summary(summary, header, counts, formats)


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


class _Formats:
    """The formats of a workbook, made when asked for."""

    def __init__(self, book: Workbook) -> None:
        self._book = book
        self._numbers: dict[int, Format] = {}
        self.head = book.add_format({"bold": True, "bottom": 1, "bg_color": "#E8EEF4"})
        self.bold = book.add_format({"bold": True})
        self.date = book.add_format({"num_format": "yyyy-mm-dd", "align": "left"})
        self.review = book.add_format({"bg_color": "#FFF2CC"})

    def number(self, places: int) -> Format:
        """Return a format with so many places after the point."""
        if places not in self._numbers:
            point = "." + "0" * places if places else ""
            self._numbers[places] = self._book.add_format({"num_format": f"#,##0{point}"})
        return self._numbers[places]


class _Table:
    """A worksheet with a head, which goes on in another one where it is full."""

    def __init__(
        self, book: Workbook, name: str, columns: Sequence[str], formats: _Formats
    ) -> None:
        self._book, self._name, self._columns, self._formats = book, name, columns, formats
        self._sheets = 0
        self._open()

    def _open(self) -> None:
        self._sheets += 1
        name = self._name if self._sheets == 1 else f"{self._name} {self._sheets}"
        self._sheet: Worksheet = self._book.add_worksheet(name)
        for number, column in enumerate(self._columns):
            self._sheet.set_column(number, number, _WIDTHS.get(column, _WIDTH))
            self._sheet.write_string(0, number, column.replace("_", " "), self._formats.head)
        self._sheet.freeze_panes(1, 1)
        self._sheet.repeat_rows(0)
        self._row = 1

    def write(self, row: Row) -> None:
        """Write a row below the last one."""
        if self._row == MOST_ROWS:
            self.finish()
            self._open()
        for number, column in enumerate(self._columns):
            _write(self._sheet, self._row, number, row.get(column), self._formats)
        self._row += 1

    def finish(self) -> None:
        """Add the filter over all rows."""
        self._sheet.autofilter(0, 0, max(self._row - 1, 1), len(self._columns) - 1)


def _write(sheet: Worksheet, row: int, column: int, value: object, formats: _Formats) -> None:
    if value is None or value == "":
        return
    if isinstance(value, bool):
        sheet.write_boolean(row, column, value)
    elif isinstance(value, Decimal) and _is_exact(value):
        sheet.write_number(row, column, float(value), formats.number(_places(value)))
    elif isinstance(value, (int, float)):
        sheet.write_number(row, column, value)
    elif isinstance(value, date) and value >= _FIRST_DATE:
        sheet.write_datetime(row, column, value, formats.date)
    else:
        text = format(value, "f") if isinstance(value, Decimal) else str(value)
        sheet.write_string(row, column, writable(text)[:_MOST_CHARACTERS])


def _is_exact(value: Decimal) -> bool:
    """Tell whether a spreadsheet's numbers keep all digits of a value."""
    return len(value.as_tuple().digits) <= _EXACT_DIGITS and _places(value) <= _MOST_PLACES


def _places(value: Decimal) -> int:
    return max(0, -int(value.as_tuple().exponent))


def _write_summary(
    sheet: Worksheet, header: Mapping[str, Any], counts: Counts, formats: _Formats
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
    for title, counted in counts.tables():
        lines += [("", None), (title, None), *counted]
    for number, (name, value) in enumerate(lines):
        bold = formats.bold if value is None else None
        sheet.write_string(number, 0, writable(name), bold)
        _write(sheet, number, 1, value, formats)
