"""What is written as JSON is read back equal, and fits the schema of the report."""

import json
import unicodedata
from datetime import UTC, datetime
from decimal import Decimal
from importlib.resources import files

import jsonschema
import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from loanbatch.convert import from_plain, json_text, plain_value, to_plain
from loanbatch.errors import ErrorType
from loanbatch.models import Box, Document, Field, Finding, Severity
from loanbatch.results import (
    BatchProcessingResult,
    BatchProcessingSummary,
    JobStatus,
    ResultStatus,
    document_id,
)

texts = st.text(max_size=20)
names = st.from_regex(r"[a-z][a-z_]{0,9}", fullmatch=True)
#: As they are written: two decimals of a point, four of a confidence.
points = st.integers(0, 99_999).map(lambda n: round(n / 100, 2))
confidences = st.integers(0, 10_000).map(lambda n: round(n / 10_000, 4))
decimals = st.decimals(allow_nan=False, allow_infinity=False, places=3)
values = st.one_of(
    st.none(),
    decimals,
    st.integers(),
    st.booleans(),
    texts,
    st.dates(),
    st.lists(texts, min_size=1, max_size=3).map(tuple),
)


def fields(name, depth=1):
    nested = {}
    if depth:
        cells = names.flatmap(lambda column: fields(column, depth - 1))
        nested = {
            "rows": st.lists(
                st.lists(cells, max_size=3, unique_by=lambda cell: cell.name).map(tuple), max_size=2
            ).map(tuple),
            "alternatives": st.lists(fields(name, 0), max_size=2).map(tuple),
        }
    built = st.builds(
        Field,
        name=st.just(name),
        raw=texts,
        page=st.integers(1, 99),
        box=st.one_of(st.none(), st.builds(Box, points, points, points, points)),
        confidence=confidences,
        extractor=texts,
        value=values,
        currency=st.sampled_from([None, "USD", "INR"]),
        **nested,
    )
    return built.map(lambda item: evolve(item, value=None) if item.rows else item)


documents = st.builds(
    Document,
    kind=names,
    first_page=st.integers(1, 9),
    last_page=st.integers(9, 20),
    confidence=confidences,
    fields=st.lists(names.flatmap(fields), max_size=3).map(lambda fs: {f.name: f for f in fs}),
)
findings = st.builds(
    Finding,
    code=names,
    severity=st.sampled_from(Severity),
    message=texts,
    fields=st.lists(names, max_size=2).map(tuple),
    expected=st.one_of(st.none(), texts),
    actual=st.one_of(st.none(), texts),
)
successes = st.builds(
    BatchProcessingResult,
    file_name=texts,
    source=texts,
    status=st.just(ResultStatus.SUCCESS),
    sha256=st.just("0" * 64),
    page_count=st.integers(1, 50),
    document_id=st.just(document_id("0" * 64)),
    loan_id=texts,
    processing_time=st.floats(0, 1000),
    timestamp=st.datetimes(timezones=st.just(UTC)),
    needs_review=st.booleans(),
    documents=st.lists(documents, max_size=2).map(tuple),
    findings=st.lists(findings, max_size=2).map(tuple),
)
failures = st.builds(
    BatchProcessingResult,
    file_name=texts,
    source=texts,
    status=st.sampled_from([ResultStatus.FAILED, ResultStatus.SKIPPED]),
    error_type=st.sampled_from(ErrorType),
    error_code=names,
    error_message=texts,
    retryable=st.booleans(),
    timestamp=st.datetimes(timezones=st.just(UTC)),
)


@given(st.one_of(successes, failures))
def test_result_is_read_as_it_was_written(result):
    plain = json.loads(json.dumps(to_plain(result)))

    assert from_plain(plain, BatchProcessingResult) == result


@given(st.one_of(successes, failures))
def test_report_of_any_result_fits_the_schema(result):
    moment = datetime(2024, 1, 1, tzinfo=UTC)
    summary = BatchProcessingSummary(
        job_id="job-1",
        status=JobStatus.COMPLETED,
        total_documents=1,
        processed_documents=1,
        successful_documents=1,
        failed_documents=0,
        skipped_documents=0,
        results=[result],
        start_time=moment,
        end_time=moment,
    )
    schema = json.loads(files("loanbatch").joinpath("data/results.schema.json").read_text("utf-8"))

    jsonschema.validate(json.loads(json.dumps(summary.to_dict())), schema)


@pytest.mark.parametrize(
    ("value", "plain", "kind"),
    [
        (Decimal("1234.50"), "1234.50", "decimal"),
        (Decimal("1E+3"), "1000", "decimal"),
        (True, True, "boolean"),
        (7, 7, "integer"),
        ("text", "text", "text"),
        (("a", "b"), ["a", "b"], "list"),
        (None, None, "null"),
    ],
)
def test_value_and_its_type_stand_side_by_side(a_field, value, plain, kind):
    written = to_plain(
        Document(kind="note", first_page=1, last_page=1, fields={"x": evolve(a_field, value=value)})
    )

    assert (written["fields"]["x"]["value"], written["fields"]["x"]["type"]) == (plain, kind)


def test_rows_are_a_list_of_objects(a_field):
    cell = evolve(a_field, name="amount", value=Decimal("1.00"))

    assert plain_value(evolve(a_field, rows=((cell,),))) == [{"amount": "1.00"}]


def test_evidence_is_rounded_to_what_can_be_seen(a_field):
    fine = evolve(a_field, box=Box(1.23456, 2, 3, 4), confidence=0.123456)
    plain = to_plain(Document(kind="n", first_page=1, last_page=1, fields={"x": fine}))

    assert plain["fields"]["x"]["box"] == [1.23, 2, 3, 4]
    assert plain["fields"]["x"]["confidence"] == 0.1235


@given(st.recursive(st.text(), lambda inner: st.dictionaries(st.text(), inner, max_size=3)))
def test_json_text_reads_back_and_cannot_steer_a_terminal(plain):
    text = json_text(plain)

    assert json.loads(text) == plain
    assert not {unicodedata.category(char) for char in text} & {"Cc", "Cs", "Zl", "Zp"}
    assert not set("\u202e\u2066\u200b\ufeff") & set(text)
