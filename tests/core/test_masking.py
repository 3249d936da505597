"""Masked results: what tells of a person is gone, the rest and the shape stay."""

import json
import re
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from loanbatch.masking import masked
from loanbatch.models import Document, Field, Finding, Severity
from loanbatch.results import BatchProcessingResult, ResultStatus
from loanbatch.vocabulary import standard_vocabulary

DICTIONARY = Path(__file__).parents[3] / "shared" / "fields.md"


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


def test_date_of_birth_is_masked_under_any_name(a_field):
    born = date(1944, 2, 29)
    fields = [
        evolve(a_field, name=name, raw="02/29/1944", value=born)
        for name in ("date_of_birth", "note_date", "maturity_date")
    ]
    other = evolve(a_field, name="closing_date", raw="1/2/24", value=date(2024, 1, 2))
    cell = evolve(a_field, name="date", raw="29.2.44", value=born)
    row = (cell, evolve(other, name="date"))
    rows = evolve(a_field, name="transactions", raw="", value=None, rows=(row,))

    shown = masked(result_with(*fields, other, rows)).documents[0].fields

    assert {shown[field.name].value for field in fields} == {"9999-99-99"}
    assert {shown[field.name].raw for field in fields} == {"99/99/9999"}
    assert shown["closing_date"] == other
    assert [cell.value for cell in shown["transactions"].rows[0]] == ["9999-99-99", other.value]


def test_value_that_an_alternative_or_another_document_knows_as_personal_is_masked(a_field):
    born = evolve(a_field, name="date_of_birth", raw="1944", value=date(1944, 2, 29))
    unsure = evolve(born, value=date(2001, 1, 1), alternatives=(born,))
    note = evolve(a_field, name="note_date", raw="29.2.44", value=date(1944, 2, 29))
    apart = result_with(unsure)
    both = evolve(apart, documents=(*apart.documents, *result_with(note).documents))

    assert masked(both).documents[1].fields["note_date"].value == "9999-99-99"


def test_number_of_a_person_is_masked_under_the_name_of_an_amount(a_field):
    ssn = evolve(a_field, name="borrower_ssn", raw="900-12-3456", value="900-12-3456")
    short = evolve(a_field, name="account_number", raw="x-1200", value="1200")
    taken = evolve(a_field, name="total_payments", raw="900123456", value=Decimal(900123456))
    price = evolve(a_field, name="loan_amount", raw="1,200", value=Decimal(1200))

    shown = masked(result_with(ssn, short, taken, price)).documents[0].fields

    assert shown["total_payments"].value == "999999999"
    assert shown["loan_amount"].value == Decimal(1200)


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


def test_words_and_other_digits_beside_an_amount_are_masked(a_field):
    def raw(text, value=Decimal("1.00"), name="loan_amount"):
        return masked_field(evolve(a_field, name=name, raw=text, value=value)).raw

    assert raw("$1.00 Jane") == "$1.00 xxxx"
    assert raw("123-45-6789 $1.00") == "999-99-9999 $9.99"
    assert raw("April 5, 2026", date(2026, 4, 5), "note_date") == "xxxxx 5, 2026"


def test_every_field_that_is_personal_in_any_way_is_masked():
    """Only amounts, rates, counts, dates and yes or no stay; names, texts and numbers of things go.

    Of the former the dictionary marks what tells of a person nevertheless.
    """
    words = standard_vocabulary()
    harmless = {"money", "percent", "date", "months", "year", "count", "number", "yes_no"}
    personal = {
        name
        for name, definition in words.fields.items()
        if definition.type.value in harmless and definition.personal
    }

    assert personal >= {"date_of_birth", "credit_score"}
    assert not [
        name
        for name, definition in words.fields.items()
        if re.search("birth|ssn|score|phone|passport|licen[cs]e_number", name)
        and definition.type.value in harmless
        and not definition.personal
    ]


@pytest.mark.skipif(not DICTIONARY.exists(), reason="the dictionary of the labels is not here")
def test_fields_that_the_dictionary_marks_are_personal():
    marked = set(re.findall(r"`(\w+)` \([^)]*PII[^)]*\)", DICTIONARY.read_text("utf-8")))

    assert marked
    words = standard_vocabulary()
    assert not [n for n in marked if n in words.fields and not words.fields[n].personal]


CANARY = "Zq9Xw7 Vk8Jy6 4071"


@st.composite
def fields_with_canaries(draw, depth=1):
    """Return a field, of any name and type, that holds the canary somewhere."""
    name = draw(st.sampled_from([*standard_vocabulary().fields, "of_tomorrow"]))
    value = draw(
        st.sampled_from([None, CANARY, (CANARY, "x"), Decimal("5.00"), 5, True, date(2024, 1, 2)])
    )
    field = Field(
        name=name, raw=draw(st.sampled_from([CANARY, f"$5.00 {CANARY}", f"5 {CANARY.upper()}"])),
        page=1, box=None, confidence=1.0, extractor="test", value=value,
    )  # fmt: skip
    if not depth:
        return field
    inner = draw(st.lists(fields_with_canaries(depth=depth - 1), max_size=2))
    return evolve(field, rows=(tuple(inner),) if inner else (), alternatives=tuple(inner))


@given(st.lists(fields_with_canaries(), min_size=1, max_size=3))
def test_no_canary_survives_in_masked_results(fields):
    finding = Finding(
        code="differs", severity=Severity.WARNING, message="m", expected=CANARY, actual=CANARY
    )
    result = result_with(*fields, findings=(finding,))

    text = json.dumps(masked(result).to_dict()).lower()

    assert not [part for part in CANARY.lower().split() if part in text]
    assert CANARY in json.dumps(result.to_dict())  # what was masked is a copy
