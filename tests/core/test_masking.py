"""Masked results: what tells of a person is gone, the rest and the shape stay."""

from datetime import UTC, date, datetime
from decimal import Decimal

from attrs import evolve

from loanbatch.masking import masked
from loanbatch.models import Document, Finding, Severity
from loanbatch.results import BatchProcessingResult, ResultStatus


def result_with(*fields, findings=()):
    document = Document(
        kind="note", first_page=1, last_page=1, fields={field.name: field for field in fields}
    )
    return BatchProcessingResult(
        file_name="a.pdf",
        source="a.pdf",
        status=ResultStatus.SUCCESS,
        timestamp=datetime(2024, 1, 1, tzinfo=UTC),
        documents=(document,),
        findings=findings,
    )


def masked_field(field):
    return masked(result_with(field)).documents[0].fields[field.name]


def test_texts_keep_their_shape_only(a_field):
    field = masked_field(
        evolve(a_field, name="lender_name", raw="Acme Bank, N.A. 12", value="Acme Bank 12")
    )

    assert (field.raw, field.value) == ("xxxx xxxx, x.x. 99", "xxxx xxxx 99")


def test_amounts_and_dates_stay(a_field):
    amount = evolve(a_field, name="loan_amount", raw="$1.00", value=Decimal("1.00"))
    when = evolve(a_field, name="note_date", raw="1/2/24", value=date(2024, 1, 2))

    assert masked_field(amount) == amount
    assert masked_field(when) == when


def test_amount_that_was_not_understood_is_masked(a_field):
    field = masked_field(evolve(a_field, name="loan_amount", raw="Jane 1", value=None))

    assert (field.raw, field.value) == ("xxxx 9", None)


def test_unknown_field_is_masked(a_field):
    assert masked_field(evolve(a_field, name="of_tomorrow", raw="Jane", value="Jane")).raw == "xxxx"


def test_cells_and_losers_are_masked_too(a_field):
    cell = evolve(a_field, name="of_tomorrow", raw="Jane", value="Jane")
    field = evolve(a_field, name="tables", rows=((cell,),), alternatives=(cell,))

    shown = masked_field(field)

    assert shown.rows[0][0].value == shown.alternatives[0].raw == "xxxx"


def test_evidence_and_ids_stay(a_field):
    field = masked_field(evolve(a_field, name="lender_name", raw="Acme"))

    assert (field.page, field.box, field.confidence) == (1, a_field.box, a_field.confidence)
    assert masked(result_with(a_field)).file_name == "a.pdf"


def test_what_checks_compared_is_masked(a_field):
    finding = Finding(
        code="differs", severity=Severity.WARNING, message="m", expected="Jane 1", actual=None
    )

    (shown,) = masked(result_with(a_field, findings=(finding,))).findings

    assert (shown.expected, shown.actual) == ("xxxx 9", None)
