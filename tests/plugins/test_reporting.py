"""The JSON and CSV reports."""

from __future__ import annotations

import csv
import io
import json
import re
import tracemalloc
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from importlib.resources import files
from typing import Any

import jsonschema
import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from loanbatch.book import ReportBook
from loanbatch.errors import ErrorType, SettingsError
from loanbatch.models import Box, Document, Field, Finding, Severity
from loanbatch.results import (
    BatchProcessingResult,
    BatchProcessingSummary,
    JobStatus,
    ResultStatus,
)
from loanbatch.settings import Settings
from loanbatch_plugins.reporting import ReportingSettings, report

MOMENT = datetime(2026, 3, 1, 12, tzinfo=UTC)


def make_field(name: str, value: Any = None, **more: Any) -> Field:
    given = {"raw": str(value), "page": 1, "box": Box(72, 90.5, 200.25, 102)}
    given |= {"confidence": 0.99, "extractor": "templates/note", "value": value}
    return Field(name=name, **(given | more))


def make_result(*fields: Field, **more: Any) -> BatchProcessingResult:
    document = Document(
        kind="promissory_note", first_page=1, last_page=2, fields={f.name: f for f in fields}
    )
    given: dict[str, Any] = {
        "file_name": "note.pdf",
        "source": "in/note.pdf",
        "status": ResultStatus.SUCCESS,
        "sha256": "ab" * 32,
        "document_id": "doc-1",
        "loan_id": "L1",
        "timestamp": MOMENT,
        "documents": (document,),
    }
    return BatchProcessingResult(**(given | more))


FAILURE = BatchProcessingResult(
    file_name="broken.pdf",
    source="in/broken.pdf",
    status=ResultStatus.FAILED,
    error_type=ErrorType.VALIDATION,
    error_code="corrupt",
    error_message="damaged",
    timestamp=MOMENT,
)
ROW = (make_field("description", "Appraisal"), make_field("amount", Decimal("405.50")))
RICH = make_result(
    make_field("loan_amount", Decimal("250000.00"), currency="USD", raw="$250,000.00"),
    make_field("note_date", date(2026, 3, 31)),
    make_field("term_months", 360, alternatives=(make_field("term_months", 300),)),
    make_field("borrower_names", ("Ann Poe", "Bo Poe")),
    make_field("balloon_payment", False, confidence=0.5),
    make_field("loan_purpose", None, raw="smudge", box=None),
    make_field("fees", rows=(ROW, ROW)),
    findings=(
        Finding(
            code="sum_differs",
            severity=Severity.WARNING,
            message="does not add up",
            fields=("loan_amount",),
            expected="1",
            actual="2",
        ),
    ),
    needs_review=True,
)


def summary_of(results: Iterable[BatchProcessingResult]) -> BatchProcessingSummary:
    return BatchProcessingSummary(
        job_id="job-1",
        status=JobStatus.COMPLETED_WITH_ERRORS,
        total_documents=2,
        processed_documents=2,
        successful_documents=1,
        failed_documents=1,
        skipped_documents=0,
        results=results,  # type: ignore[arg-type]
        start_time=MOMENT,
        end_time=MOMENT,
    )


def written(format_name: str, results: Iterable[BatchProcessingResult], **own: Any) -> bytes:
    stream = io.BytesIO()
    settings = Settings(plugin_tables={"reporting": ReportingSettings(**own)})
    assert report(summary_of(results), format_name, stream, settings, ReportBook()) is True
    return stream.getvalue()


def table(*results: BatchProcessingResult, **own: Any) -> list[dict[str, str]]:
    text = written("csv", results, **own).decode("utf-8")
    return list(csv.DictReader(io.StringIO(text, newline="")))


def test_other_formats_are_left_to_other_plugins() -> None:
    assert report(summary_of([]), "docx", io.BytesIO(), Settings(), ReportBook()) is None


def test_json_follows_the_schema() -> None:
    schema = json.loads(files("loanbatch").joinpath("data/results.schema.json").read_text())

    plain = json.loads(written("json", [RICH, FAILURE]))

    jsonschema.validate(plain, schema, format_checker=jsonschema.FormatChecker())
    assert [result["status"] for result in plain["results"]] == ["success", "failed"]


def test_json_of_an_empty_job_is_whole() -> None:
    assert json.loads(written("json", []))["results"] == []


def test_json_holds_money_as_text_and_counts_as_numbers() -> None:
    (result,) = json.loads(written("json", [RICH]))["results"]

    fields = result["documents"][0]["fields"]
    assert fields["loan_amount"]["value"] == "250000.00"
    assert fields["loan_amount"]["currency"] == "USD"
    assert fields["note_date"]["value"] == "2026-03-31"
    assert fields["term_months"]["value"] == 360
    assert fields["balloon_payment"]["value"] is False
    assert fields["borrower_names"]["value"] == ["Ann Poe", "Bo Poe"]
    assert fields["fees"]["value"][1] == {"description": "Appraisal", "amount": "405.50"}


def test_json_holds_what_is_no_text_in_utf_8() -> None:
    (result,) = json.loads(written("json", [evolve(FAILURE, file_name="a\udc80.pdf")]))["results"]

    assert result["file_name"] == "a\udc80.pdf"


@pytest.mark.parametrize("format_name", ["json", "csv"])
def test_same_results_give_the_same_bytes(format_name: str) -> None:
    assert written(format_name, [RICH, FAILURE]) == written(format_name, [RICH, FAILURE])


@pytest.mark.parametrize(
    ("format_name", "csv_rows"), [("json", "fields"), ("csv", "fields"), ("csv", "documents")]
)
def test_memory_does_not_grow_with_the_results(format_name: str, csv_rows: str) -> None:
    class Nowhere(io.RawIOBase):
        def writable(self) -> bool:
            return True

        def write(self, data: Any) -> int:
            return len(data)

    def many() -> Iterator[BatchProcessingResult]:
        for number in range(2000):
            yield make_result(make_field("note", "x" * 20_000), document_id=f"doc-{number}")

    settings = Settings(plugin_tables={"reporting": ReportingSettings(csv_rows=csv_rows)})
    tracemalloc.start()
    try:
        stream: Any = io.BufferedWriter(Nowhere())
        report(summary_of(many()), format_name, stream, settings, ReportBook())
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert peak < 40_000_000  # the results hold 80 MB of text


def test_csv_has_a_row_per_value_with_its_evidence() -> None:
    row = table(RICH)[0]

    assert row == {
        "file": "note.pdf",
        "status": "success",
        "error_code": "",
        "document_id": "doc-1",
        "loan_id": "L1",
        "needs_review": "true",
        "document": "1",
        "kind": "promissory_note",
        "first_page": "1",
        "last_page": "2",
        "field": "loan_amount",
        "value": "250000.00",
        "currency": "USD",
        "raw": "$250,000.00",
        "page": "1",
        "box": "72.00 90.50 200.25 102.00",
        "confidence": "0.99",
        "extractor": "templates/note",
        "review_reasons": "sum_differs",
    }


def test_csv_flattens_rows_by_number_and_column() -> None:
    values = {row["field"]: row["value"] for row in table(RICH)}

    assert values["fees[0].description"] == "Appraisal"
    assert values["fees[1].amount"] == "405.50"


def test_csv_says_why_a_value_needs_review() -> None:
    reasons = {row["field"]: row["review_reasons"] for row in table(RICH)}

    assert reasons["balloon_payment"] == "low_confidence"
    assert reasons["loan_purpose"] == "no_value"
    assert reasons["note_date"] == ""


def test_csv_keeps_files_without_values() -> None:
    rows = table(FAILURE, make_result())

    assert [(row["file"], row["error_code"], row["kind"]) for row in rows] == [
        ("broken.pdf", "corrupt", ""),
        ("note.pdf", "", "promissory_note"),
    ]


def test_csv_of_documents_has_a_column_per_field() -> None:
    other = make_result(make_field("apr", Decimal("6.125")), file_name="other.pdf")

    rows = table(RICH, FAILURE, other, csv_rows="documents")

    assert [row["file"] for row in rows] == ["note.pdf", "broken.pdf", "other.pdf"]
    assert rows[0]["loan_amount"] == "250000.00"
    assert rows[0]["currencies"] == "USD"
    assert rows[0]["borrower_names"] == "Ann Poe; Bo Poe"
    assert rows[0]["fees"] == "2 rows"
    assert rows[0]["apr"] == ""
    assert rows[2]["apr"] == "6.125"


@pytest.mark.parametrize(
    "text",
    [
        "=1+1",
        "+cmd",
        "+0",
        "+15550100",
        "-2+3",
        "@SUM(A1)",
        "\t1",
        "\r1",
        "＝1+1",
        "=cmd|' /C calc'!A0",
        "  =1+1",
        "'=1+1",
        '"=1+1"',
        "\u200b@SUM(A1)",
        "+1-907-555-0143",
    ],
)
def test_csv_defuses_formulas(text: str) -> None:
    row = table(make_result(make_field("note", text), file_name=text))[0]

    assert row["value"] == f"'{text}"
    assert row["raw"] == f"'{text}"
    assert row["file"] == f"'{text}"


#: What spreadsheets take off before they look, and what parts cells where the comma does not.
_SHED = " \t\r\n'\"\u00a0\u200b\ufeff"
_PARTERS = ",;\t|\n\r"


@given(
    st.text(alphabet=st.sampled_from("=+-@＝＋－＠ \t\r\n'\",;|\u00a0\u200b\ufeff09aA(.")),
    st.sampled_from(_PARTERS),
)
def test_csv_has_no_cell_that_could_be_a_formula(text: str, parter: str) -> None:
    """Whatever a program takes for the end of a cell, and takes off from its start."""
    row = table(make_result(make_field("note", text), file_name=text))[0]

    for whole in (row["value"], row["raw"], row["file"]):
        if re.fullmatch(r"-[0-9]+(\.[0-9]+)?", whole):
            continue
        # A comma inside is quoted: the cell is one for programs that part at commas.
        parts = [whole] if parter == "," else whole.split(parter)
        for part in parts:
            bare = part.lstrip(_SHED.replace("'", ""))
            assert not bare.startswith(tuple("=+-@＝＋－＠")), (whole, part)


@given(st.from_regex(r"[A-Za-z(0-9][A-Za-z0-9 .,()/#&-]*", fullmatch=True))
def test_csv_leaves_plain_text_as_it_is(text: str) -> None:
    assert table(make_result(make_field("note", text)))[0]["value"] == text


@pytest.mark.parametrize("text", ["(907) 555-0143", "907-555-0143", "00123", "1.250,00", "-5.00"])
def test_csv_leaves_telephone_and_other_numbers_as_they_are(text: str) -> None:
    assert table(make_result(make_field("note", text)))[0]["value"] == text


def test_csv_leaves_negative_amounts_as_numbers() -> None:
    assert table(make_result(make_field("amount", Decimal("-12.50"))))[0]["value"] == "-12.50"


def harmless(text: str) -> str:
    """Return a text without what steers a terminal or turns its writing around."""
    turning = {*map(chr, range(0x202A, 0x202F)), *map(chr, range(0x2066, 0x206A))}
    bad = turning | {chr(code) for code in (*range(32), *range(127, 160), 0xFFFE, 0xFFFF)}
    return "".join("\ufffd" if char in bad - set("\t\n\r") else char for char in text)


@given(st.text(), st.sampled_from(["fields", "documents"]))
def test_csv_reads_back_whatever_a_value_holds(text: str, csv_rows: str) -> None:
    (row,) = table(make_result(make_field("note", text)), csv_rows=csv_rows)

    value = row["value" if csv_rows == "fields" else "note"]
    # Apostrophes before formulas are all that is added.
    assert value.replace("'", "") == harmless(text).replace("'", "")
    assert not value.startswith(("=", "+", "@"))


def test_unknown_rows_of_csv_are_refused() -> None:
    with pytest.raises(SettingsError, match="fields, documents"):
        ReportingSettings(csv_rows="pages")


@pytest.mark.parametrize("format_name", ["json", "csv"])
def test_personal_data_is_masked_on_request(format_name: str) -> None:
    text = written(format_name, [RICH], mask_personal=True).decode()

    assert "Poe" not in text
    assert "xxx xxx" in text.lower()
    assert "250000.00" in text
