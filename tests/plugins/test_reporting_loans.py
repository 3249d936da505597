"""Loans and their comparison in the reports for people."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from html import unescape
from typing import Any

import openpyxl
import pypdfium2
import pytest
from attrs import evolve

from loanbatch.book import Hide, ReportBook
from loanbatch.loans import (
    Basis,
    ComparedRow,
    ComparedValue,
    Comparison,
    Fact,
    Loan,
    LoanDocument,
    Observation,
    Prepayment,
    SchedulePayment,
    WhatIf,
)
from loanbatch.models import Box, Document, Field, FieldEvidence, Finding, Severity
from loanbatch.results import BatchProcessingResult, BatchProcessingSummary, JobStatus, ResultStatus
from loanbatch.settings import Settings
from loanbatch_plugins.reporting import ReportingSettings, report

MOMENT = datetime(2026, 3, 1, 12, tzinfo=UTC)
HOSTILE = '=HYPERLINK("http://x")<script>alert(1)</script>'
LENDER = Field(
    name="lender_name",
    raw=HOSTILE,
    value=HOSTILE,
    page=1,
    box=Box(72, 90, 200, 102),
    confidence=0.99,
    extractor="templates/note",
)
AMOUNT = evolve(LENDER, name="loan_amount", value=Decimal("250000.00"), raw="x", currency="USD")
RESULT = BatchProcessingResult(
    file_name="note.pdf",
    source="in/note.pdf",
    status=ResultStatus.SUCCESS,
    document_id="doc-1",
    loan_id="L-1",
    timestamp=MOMENT,
    documents=(
        Document(
            kind="promissory_note",
            first_page=1,
            last_page=1,
            fields={"lender_name": LENDER, "loan_amount": AMOUNT},
        ),
    ),
)


def loan_of(
    result: BatchProcessingResult, loan_id: str = "L-1", loan_type: str = "mortgage"
) -> Loan:
    (document,) = result.documents

    def otherwise(item: Field) -> Field:
        return evolve(item, value="other", currency=None)

    facts = {
        name: Fact(
            name=name,
            value=item.value,
            currency=item.currency,
            observations=(
                Observation(document=0, name=name, field=item),
                Observation(document=0, name=name, field=otherwise(item)),
            ),
            contradicted=name == "loan_amount",
        )
        for name, item in document.fields.items()
    }
    finding = Finding(
        code="contradiction",
        severity=Severity.WARNING,
        message="documents differ",
        evidence=(
            FieldEvidence(
                field="loan_amount", page=1, box=None, document_id="doc-1", file_name="note.pdf"
            ),
        ),
    )
    return Loan(
        loan_id=loan_id,
        loan_type=loan_type,
        documents=(
            LoanDocument(
                document_id="doc-1",
                file_name="note.pdf",
                number=0,
                document=document,
                issued=date(2026, 1, 2),
            ),
        ),
        facts=facts,
        missing=("w2",),
        findings=(finding,),
    )


PAYMENT = SchedulePayment(
    number=1,
    due=date(2026, 4, 1),
    amount=Decimal("1498.88"),
    interest=Decimal("1250.00"),
    principal=Decimal("248.88"),
    balance=Decimal("249751.12"),
)


class Book(ReportBook):
    """Two loans and their comparison."""

    def __init__(self) -> None:
        self.prepayments: Sequence[Prepayment] = ()

    def loans(self, hide: Hide | None = None) -> Iterable[Loan]:
        shown = hide(RESULT) if hide else RESULT
        yield loan_of(shown)
        yield loan_of(shown, "L-2")
        yield loan_of(shown, "doc-9", loan_type="")

    def comparisons(
        self, loans: Sequence[Loan], prepayments: Sequence[Prepayment] = ()
    ) -> Sequence[Comparison]:
        self.prepayments = prepayments

        def value(number: str, note: str = "") -> ComparedValue:
            return ComparedValue(value=Decimal(number), basis=Basis.COMPUTED, note=note)

        missing = ComparedValue(value=None, basis=Basis.MISSING, note="no rate is stated")
        lender = str(loans[0].facts["lender_name"].value)
        texts = tuple(ComparedValue(value=lender, basis=Basis.STATED) for _ in loans)
        rows = (
            ComparedRow(name="lender_name", label="Lender", unit="text", values=texts),
            ComparedRow(
                name="total_cost",
                label="Total cost",
                unit="money",
                values=(value("300000.10", "amount and fees"), value("150000.00")),
                best=(1,),
                worst=(0,),
            ),
            ComparedRow(
                name="note_rate_percent",
                label="Rate",
                unit="percent",
                values=(value("6.125"), missing),
            ),
        )
        what_if = WhatIf(
            loan_id="L-1",
            prepayment="100.00 a month",
            agreed=(PAYMENT,),
            prepaid=(evolve(PAYMENT, amount=Decimal("1598.88")),),
            interest_saved=Decimal("1234.50"),
            months_saved=12,
        )
        ids = tuple(loan.loan_id for loan in loans)
        return [Comparison(currency="USD", loan_ids=ids, rows=rows, what_ifs=(what_if,))]


def written(format_name: str, book: ReportBook | None = None, **own: Any) -> bytes:
    stream = io.BytesIO()
    summary = BatchProcessingSummary(
        job_id="job-1",
        status=JobStatus.COMPLETED,
        total_documents=1,
        processed_documents=1,
        successful_documents=1,
        failed_documents=0,
        skipped_documents=0,
        results=[RESULT],
        start_time=MOMENT,
        end_time=MOMENT,
    )
    settings = Settings(plugin_tables={"reporting": ReportingSettings(**own)})
    assert report(summary, format_name, stream, settings, book or Book()) is True
    return stream.getvalue()


def workbook(**own: Any) -> dict[str, list[tuple[Any, ...]]]:
    book = openpyxl.load_workbook(io.BytesIO(written("xlsx", **own)))
    return {sheet.title: [tuple(c.value for c in row) for row in sheet] for sheet in book}


def test_workbook_has_the_loans_with_real_numbers() -> None:
    sheets = workbook()

    assert [row[0] for row in sheets["Loans"]] == ["loan id", "L-1", "L-2"]
    facts = sheets["Loan facts"]
    amount = next(row for row in facts if row[1] == "Loan amount")
    assert amount[2:7] == (250000, "USD", "note.pdf", 1, True)
    assert amount[7] == "other in note.pdf, page 1"
    assert sheets["Loan findings"][1][:4] == ("L-1", "contradiction", "warning", "documents differ")


def test_workbook_compares_loans_in_rows_with_charts() -> None:
    rows = workbook()["Comparison USD"]

    assert rows[0] == ("loan", "Lender", "Total cost, USD", "Rate, %")
    assert rows[1][0] == "L-1"
    assert rows[1][2:] == (300000.10, 6.125)
    assert rows[2][2:] == (150000, None)
    book = openpyxl.load_workbook(io.BytesIO(written("xlsx")))
    assert len(book["Comparison USD"]._charts) == 1
    assert book["Comparison USD"].freeze_panes == "B2"
    assert book["Comparison USD"].auto_filter.ref == "A1:D3"
    assert book["Comparison USD"]["C3"].font.bold
    basis = workbook()["Comparison basis"]
    assert ("L-2", "Rate", None, "percent", "missing", "no rate is stated") in basis


def test_workbook_has_the_schedules() -> None:
    rows = workbook()["Amortization"]

    assert rows[1] == (
        "L-1", "as agreed", 1, datetime(2026, 4, 1), 1498.88, 1250, 248.88, 249751.12,  # noqa: DTZ001
    )  # fmt: skip
    assert rows[2][1:5:3] == ("with 100.00 a month more", 1598.88)


def test_workbook_has_no_formula() -> None:
    book = openpyxl.load_workbook(io.BytesIO(written("xlsx")))

    cells = [cell for sheet in book for row in sheet for cell in row]
    assert any(cell.value == HOSTILE for cell in cells)
    assert {cell.data_type for cell in cells} <= {"s", "n", "b", "d"}


def test_workbook_leads_to_the_places_of_a_page_beside_it() -> None:
    book = openpyxl.load_workbook(io.BytesIO(written("xlsx", xlsx_links_to="batch.html")))
    page = written("html", ReportBook()).decode()

    links = {cell.value: cell.hyperlink for row in book["Fields"] for cell in row if cell.hyperlink}
    assert {f"{link.target}#{link.location}" for link in links.values()} == {"batch.html#p1-1-1"}
    assert list(links) == ["page 1"]
    assert 'id="file-1"' in page


def test_workbook_of_a_job_without_loans_has_no_sheets_of_loans() -> None:
    names = openpyxl.load_workbook(io.BytesIO(written("xlsx", ReportBook()))).sheetnames

    assert names == ["Summary", "Files", "Documents", "Fields", "Findings"]


def test_page_shows_loans_and_their_comparison() -> None:
    page = unescape(re.sub(r"<[^>]+>", " ", written("html").decode()))
    words = " ".join(page.split())

    assert "150,000.00 best" in words
    assert "missing no rate is stated" in words
    assert "L-1: 100.00 a month more saves 1,234.50 USD of interest and 12 payments" in words
    assert "Loan amount contradicted 250,000.00 USD other in note.pdf, page 1" in words
    assert "Not among them: Form W-2." in words
    assert "Loan amount in note.pdf (page 1)" in words
    assert "doc-9" not in words


@pytest.mark.parametrize("format_name", ["html", "xlsx", "pdf"])
def test_same_loans_give_the_same_bytes(format_name: str) -> None:
    assert written(format_name) == written(format_name)


@pytest.mark.parametrize("format_name", ["html", "xlsx", "pdf"])
def test_loans_are_joined_from_what_may_be_shown(format_name: str) -> None:
    content = written(format_name, mask_personal=True)

    if format_name == "xlsx":
        text = str(workbook(mask_personal=True))
    elif format_name == "pdf":
        with pypdfium2.PdfDocument(content) as document:
            text = " ".join(page.get_textpage().get_text_bounded() for page in document)
    else:
        text = content.decode()
    assert "HYPERLINK" not in text
    assert "XXXXXXXXX" in text.upper()


def test_page_runs_nothing_that_a_loan_says() -> None:
    text = written("html").decode()

    assert text.count("<script>") == 1
    assert "&lt;script&gt;alert(1)" in text


def test_what_if_is_as_the_settings_say() -> None:
    asked, none = Book(), Book()
    written("html", asked, prepay_monthly=250)
    written("html", none, prepay_monthly=0)

    assert asked.prepayments == [Prepayment(amount=Decimal(250), every_months=1)]
    assert list(none.prepayments) == []
