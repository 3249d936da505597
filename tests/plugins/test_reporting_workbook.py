"""The xlsx report, read by a library that did not write it."""

from __future__ import annotations

import io
from collections.abc import Iterable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from loanbatch.book import ReportBook
from loanbatch.errors import ErrorType
from loanbatch.models import Box, Document, Field, FieldEvidence, Finding, Severity, Suggestion
from loanbatch.results import (
    BatchProcessingResult,
    BatchProcessingSummary,
    JobStatus,
    ResultStatus,
)
from loanbatch.settings import Settings
from loanbatch_plugins.reporting import ReportingSettings, _sheets, report

MOMENT = datetime(2026, 3, 1, 12, tzinfo=UTC)


def field(name: str, value: Any = None, **more: Any) -> Field:
    given = {"raw": str(value), "page": 1, "box": Box(72, 90, 200, 102), "confidence": 0.99}
    return Field(name=name, extractor="templates/note", **(given | {"value": value} | more))


def result(*fields: Field, **more: Any) -> BatchProcessingResult:
    document = Document(
        kind="promissory_note", first_page=1, last_page=2, fields={f.name: f for f in fields}
    )
    given: dict[str, Any] = {"file_name": "note.pdf", "source": "in/note.pdf", "page_count": 2}
    given |= {"status": ResultStatus.SUCCESS, "timestamp": MOMENT, "documents": (document,)}
    return BatchProcessingResult(**(given | more))


FAILURE = BatchProcessingResult(
    file_name="broken.pdf",
    source="in/broken.pdf",
    status=ResultStatus.FAILED,
    error_type=ErrorType.VALIDATION,
    error_code="corrupt",
    error_message="the PDF is damaged",
    timestamp=MOMENT,
)


def written(results: Iterable[BatchProcessingResult], **own: Any) -> bytes:
    items = tuple(results)
    summary = BatchProcessingSummary(
        job_id="job-1",
        status=JobStatus.COMPLETED_WITH_ERRORS,
        total_documents=len(items),
        processed_documents=len(items),
        successful_documents=0,
        failed_documents=0,
        skipped_documents=0,
        results=items,
        start_time=MOMENT,
        end_time=MOMENT,
    )
    stream = io.BytesIO()
    settings = Settings(plugin_tables={"reporting": ReportingSettings(**own)})
    assert report(summary, "xlsx", stream, settings, ReportBook()) is True
    return stream.getvalue()


def sheets(results: Iterable[BatchProcessingResult], **own: Any) -> dict[str, list[dict[str, Any]]]:
    """Return the rows of each sheet with a head, by name."""
    book = openpyxl.load_workbook(io.BytesIO(written(results, **own)))
    tables = {}
    for sheet in book.worksheets[1:]:
        head, *rows = sheet.iter_rows(values_only=True)
        tables[sheet.title] = [dict(zip(head, row, strict=True)) for row in rows]
    return tables


def test_values_are_real_numbers_and_dates() -> None:
    rows = sheets(
        [
            result(
                field("loan_amount", Decimal("250000.00"), currency="USD"),
                field("note_rate_percent", Decimal("3.875")),
                field("note_date", date(2026, 3, 31)),
                field("loan_term_months", 360),
                field("balloon_payment", False),
                field("borrower_names", ("Ann Poe", "Bo Poe")),
                field("loan_identifier", "00123"),
            )
        ]
    )["Fields"]
    values = {row["field"]: row["value"] for row in rows}
    assert values == {
        "loan_amount": 250000,
        "note_rate_percent": 3.875,
        "note_date": datetime(2026, 3, 31),  # noqa: DTZ001 - as the library reads dates
        "loan_term_months": 360,
        "balloon_payment": False,
        "borrower_names": "Ann Poe; Bo Poe",
        "loan_identifier": "00123",
    }
    assert rows[0]["currency"] == "USD"


def test_numbers_keep_the_places_that_are_printed() -> None:
    book = openpyxl.load_workbook(
        io.BytesIO(written([result(field("a", Decimal("1.50")), field("b", Decimal("3.875")))]))
    )
    column = [cell.value for cell in book["Fields"][1]].index("value")
    formats = [row[column].number_format for row in book["Fields"].iter_rows(min_row=2)]
    assert formats == ["#,##0.00", "#,##0.000"]


@given(
    st.decimals(
        allow_nan=False, allow_infinity=False, places=2, min_value=-(10**22), max_value=10**22
    )
)
def test_no_digit_of_an_amount_is_lost(amount: Decimal) -> None:
    (row,) = sheets([result(field("loan_amount", amount))])["Fields"]
    assert Decimal(str(row["value"])) == amount


@pytest.mark.parametrize(
    "text", ["=1+1", "+1", "-1", "@SUM(A1)", "http://example.com", "\x00\x1b[2J", "{=A1}"]
)
def test_text_is_never_a_formula_or_a_link(text: str) -> None:
    book = openpyxl.load_workbook(io.BytesIO(written([result(field("loan_purpose", text))])))
    cells = [cell for row in book["Fields"].iter_rows(min_row=2) for cell in row]
    assert {cell.data_type for cell in cells} <= {"s", "n", "b"}
    assert all(cell.hyperlink is None for cell in cells)


def test_a_failed_file_is_told_and_has_no_values() -> None:
    tables = sheets([FAILURE, result()])
    assert [(row["file"], row["error code"]) for row in tables["Files"]] == [
        ("broken.pdf", "corrupt"),
        ("note.pdf", None),
    ]
    assert tables["Files"][0]["error message"] == "the PDF is damaged"
    assert [row["file"] for row in tables["Documents"]] == ["note.pdf"]
    assert tables["Fields"] == []


def test_findings_are_told_with_what_they_suggest() -> None:
    evidence = FieldEvidence(field="total", page=1, box=None)
    finding = Finding(
        code="sum_differs",
        severity=Severity.WARNING,
        message="does not add up",
        fields=("total",),
        expected="12.00",
        actual="72.00",
        suggestion=Suggestion(evidence=evidence, value="12.00"),
    )
    tables = sheets([result(field("total", Decimal(72)), findings=(finding,), needs_review=True)])
    (row,) = tables["Findings"]
    assert (row["code"], row["expected"], row["suggested field"]) == (
        "sum_differs",
        "12.00",
        "total",
    )
    assert tables["Fields"][0]["review reasons"] == "sum_differs"


def test_tables_have_a_frozen_head_and_a_filter_over_all_rows() -> None:
    book = openpyxl.load_workbook(
        io.BytesIO(written([result(field("a", 1), field("b", 2)), FAILURE]))
    )
    for sheet in book.worksheets[1:]:
        assert sheet.freeze_panes == "B2"
        assert sheet.auto_filter.ref.startswith("A1:")
    assert book["Fields"].auto_filter.ref == f"A1:{book['Fields'].dimensions.split(':')[1]}"


def test_a_full_sheet_goes_on_in_another(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_sheets, "MOST_ROWS", 3)
    tables = sheets([result(*(field(f"field_{n}", n) for n in range(5)))])
    told = [row["value"] for name in ("Fields", "Fields 2", "Fields 3") for row in tables[name]]
    assert told == [0, 1, 2, 3, 4]


def test_the_summary_counts_and_names_the_job() -> None:
    book = openpyxl.load_workbook(io.BytesIO(written([result(needs_review=True), FAILURE])))
    told = {row[0]: row[1] for row in book["Summary"].iter_rows(values_only=True)}
    assert (told["job"], told["files"], told["files to review"]) == ("job-1", 2, 1)
    assert (told["success"], told["failed"], told["corrupt"], told["promissory_note"]) == (
        1,
        1,
        1,
        1,
    )


def test_the_same_results_give_the_same_bytes() -> None:
    items = [result(field("loan_amount", Decimal(5))), FAILURE]
    assert written(items) == written(items)


def test_personal_data_is_masked_on_request() -> None:
    rows = sheets([result(field("borrower_names", ("Ann Poe",)))], mask_personal=True)["Fields"]
    assert rows[0]["value"] == "xxx xxx"
