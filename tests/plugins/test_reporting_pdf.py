"""The PDF report, read by a library that did not write it."""

from __future__ import annotations

import io
import re
import time
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pikepdf
import pypdfium2
import pytest
from attrs import evolve

from loanbatch.book import Hide, ReportBook
from loanbatch.errors import ErrorType
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
    WhatIf,
)
from loanbatch.models import Box, Document, Field, Finding, PageImage, Severity
from loanbatch.results import BatchProcessingResult, BatchProcessingSummary, JobStatus, ResultStatus
from loanbatch.settings import Settings
from loanbatch_plugins.reporting import ReportingSettings, report

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
RICH = result(
    field("loan_amount", Decimal("250000.00"), currency="USD", raw="$250,000.00"),
    field("note_rate_percent", Decimal("6.125"), box=Box(72, 120, 100, 132)),
    field("borrower_names", ("Ann Poe", "Zoë Ωmega-Жукова"), page=2, confidence=0.5),
    field("lender_name", "भारतीय बैंक ₹"),
    document_id="doc-1",
    needs_review=True,
    findings=(Finding(code="sum_differs", severity=Severity.WARNING, message="does not add up"),),
)


def loan_of(loan_id: str, amount: str, source: BatchProcessingResult = RICH) -> Loan:
    (document,) = source.documents
    item = field("loan_amount", Decimal(amount), currency="USD")
    seen = Observation(document=0, name="loan_amount", field=item)
    return Loan(
        loan_id=loan_id,
        loan_type="mortgage",
        documents=(
            LoanDocument(
                document_id=source.document_id or "",
                file_name=source.file_name,
                number=0,
                document=document,
            ),
        ),
        facts={
            "loan_amount": Fact(
                name="loan_amount",
                value=Decimal(amount),
                currency="USD",
                observations=(seen, evolve(seen, field=evolve(item, value=Decimal("1.00")))),
                contradicted=True,
            )
        },
        missing=("w2",),
    )


class Book(ReportBook):
    """A book with white pages, two loans and their comparison."""

    def __init__(self) -> None:
        self.asked = 0

    def loans(self, hide: Hide | None = None) -> Iterable[Loan]:
        shown = RICH if hide is None else hide(RICH)
        return [loan_of("L-1", "250000.00", shown), loan_of("L-2", "125000.00", shown)]

    def comparisons(
        self, loans: Sequence[Loan], prepayments: Sequence[Prepayment] = ()
    ) -> Sequence[Comparison]:
        def stated(text: str) -> ComparedValue:
            return ComparedValue(value=Decimal(text), basis=Basis.STATED)

        missing = ComparedValue(value=None, basis=Basis.MISSING, note="no rate is stated")
        rows = (
            ComparedRow(
                name="total_cost",
                label="Total cost",
                unit="money",
                values=(stated("300000.00"), stated("150000.00")),
                best=(1,),
                worst=(0,),
            ),
            ComparedRow(
                name="note_rate_percent",
                label="Rate",
                unit="percent",
                values=(stated("6.125"), missing),
            ),
        )
        what_if = WhatIf(
            loan_id="L-1",
            prepayment="100.00 a month",
            interest_saved=Decimal("1234.50"),
            months_saved=12,
        )
        ids = tuple(loan.loan_id for loan in loans)
        return [Comparison(currency="USD", loan_ids=ids, rows=rows, what_ifs=(what_if,))]

    def page_images(
        self, result: BatchProcessingResult, page_numbers: Sequence[int], *, width: int
    ) -> Mapping[int, PageImage]:
        self.asked += len(page_numbers)
        height = width * 11 // 8
        return {
            number: PageImage(
                page_number=number,
                width=width,
                height=height,
                pixels=b"\xf0" * (width * height),
                points_per_pixel=612 / width,
            )
            for number in page_numbers
        }


def written(
    results: Sequence[BatchProcessingResult], book: ReportBook | None = None, **own: Any
) -> bytes:
    stream = io.BytesIO()
    summary = BatchProcessingSummary(
        job_id="job-1",
        status=JobStatus.COMPLETED_WITH_ERRORS,
        total_documents=2,
        processed_documents=2,
        successful_documents=1,
        failed_documents=1,
        skipped_documents=0,
        results=results,
        start_time=MOMENT,
        end_time=MOMENT,
    )
    settings = Settings(plugin_tables={"reporting": ReportingSettings(**own)})
    assert report(summary, "pdf", stream, settings, book or Book()) is True
    return stream.getvalue()


def texts(content: bytes) -> list[str]:
    with pypdfium2.PdfDocument(content) as document:
        return [" ".join(page.get_textpage().get_text_bounded().split()) for page in document]


def test_pdf_holds_the_values_of_loans_and_files() -> None:
    pages = texts(written([RICH, FAILURE]))
    text = " ".join(pages)

    assert "Loan L-1" in text
    assert "250,000.00 USD; but 1.00 USD in note.pdf, page 1" in text
    assert "Not among them: Form W-2." in text
    assert "broken.pdf corrupt: the PDF is damaged" in text
    assert "does not add up" in text
    assert "Zoë Ωmega-Жукова" in text
    assert all(f"Page {number} of {len(pages)}" in page for number, page in enumerate(pages, 1))


def test_pdf_values_of_lone_documents_are_those_read() -> None:
    lone = evolve(RICH, document_id="doc-2", needs_review=False)
    text = " ".join(texts(written([lone], ReportBook())))

    assert "Loan amount 250,000.00 USD $250,000.00" in text
    assert "Note rate percent 6.125 % 6.125" in text


def test_pdf_compares_loans_with_bars_and_words() -> None:
    text = " ".join(texts(written([RICH])))

    assert "Total cost, USD 300,000.00 (worst) 150,000.00 (best)" in text
    assert "Rate 6.125 % missing" in text
    # The chart tells its values too.
    assert re.search(r"Total cost, USD L-1 300,000.00 L-2 150,000.00", text)
    assert "100.00 a month more saves 1,234.50 USD of interest and 12 payments" in text


def test_pdf_shows_the_places_of_doubtful_values() -> None:
    book = Book()
    content = written([RICH], book)

    assert book.asked == 1
    assert "Borrower names, page 2: Ann Poe;" in " ".join(texts(content))
    with pikepdf.open(io.BytesIO(content)) as pdf:
        images = [page for page in pdf.pages if page.get_images()]
        assert len(images) == 1
        assert pdf.Root.Lang == "en"
        assert pdf.docinfo["/Title"] == "Loan batch job-1"
        assert "/StructTreeRoot" in pdf.Root  # the picture has its words
        with pdf.open_outline() as outline:
            (cover,) = outline.root
            names = [item.title for item in cover.children]
    assert names[:2] == ["Summary", "To look at"]
    assert {"Comparison: Loans in USD", "Loan L-1", "Loan L-2", "Files"} <= set(names)


def test_pdf_same_results_give_the_same_bytes() -> None:
    first = written([RICH, FAILURE])
    time.sleep(1.1)  # whatever notes the time would differ now

    assert written([RICH, FAILURE]) == first


def test_pdf_hides_personal_data_on_request() -> None:
    book = Book()
    text = " ".join(texts(written([RICH], book, mask_personal=True)))

    assert "Poe" not in text
    assert "Жукова" not in text
    assert "pictures of pages are left out" in text
    assert "250,000.00" in text
    assert book.asked == 0


def test_pdf_tells_of_letters_that_it_has_not() -> None:
    lone = result(field("lender_name", "銀行 Bank"))
    text = " ".join(texts(written([lone], ReportBook())))

    assert "4 characters are of scripts that this report has no letters for" in text
    assert "�� Bank" in text


@pytest.mark.parametrize("value", ["x" * 5000, "word " * 2000, "\u202e", "a\nb\tc", ""])
def test_pdf_wraps_whatever_a_value_holds(value: str) -> None:
    content = written([result(field("note", value, raw=value), file_name=value)], ReportBook())

    assert len(texts(content)) >= 2


def test_pdf_of_an_empty_job_is_whole() -> None:
    assert "Nothing: no file failed" in " ".join(texts(written([], ReportBook())))


def test_pdf_of_many_files_is_bounded() -> None:
    doubtful = result(field("note_rate_percent", None), needs_review=True)
    results = [evolve(doubtful, file_name=f"note-{number}.pdf") for number in range(400)]

    content = written(results)

    assert len(content) < 3_000_000
    assert "100 more values in doubt" in " ".join(texts(content)[-2:])
