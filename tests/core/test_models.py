"""The frozen data: complete, picklable, silent about content."""

import inspect
import pickle

import attrs
import pytest
from attrs.exceptions import FrozenInstanceError

from loanbatch import models, results
from loanbatch.models import Box, Document, Field, Finding, Page, Severity, Source, Word
from loanbatch.results import BatchProcessingSummary, JobStatus
from loanbatch.vocabulary import FieldDefinition, FieldType, KindDefinition, standard_vocabulary


def classes():
    for module in (models, results):
        for _, cls in inspect.getmembers(module, inspect.isclass):
            if cls.__module__ == module.__name__ and attrs.has(cls):
                yield cls


@pytest.mark.parametrize("missing", ["name", "raw", "page", "box", "confidence", "extractor"])
def test_field_cannot_be_made_without_evidence(a_field, missing):
    values = attrs.asdict(a_field, recurse=False)
    del values[missing]

    with pytest.raises(TypeError, match=missing):
        Field(**values)


@pytest.mark.parametrize("cls", list(classes()), ids=lambda cls: cls.__name__)
def test_classes_are_frozen_and_take_keywords_only(cls):
    assert all(item.kw_only for item in attrs.fields(cls))
    assert cls.__setattr__ is not object.__setattr__


def test_values_cannot_be_changed(a_field):
    with pytest.raises(FrozenInstanceError):
        a_field.raw = "2"


@pytest.mark.parametrize(
    "thing",
    [
        Word("a", 1, 2, 3, 4),
        Page(number=1, width=1, height=1, words=(Word("a", 1, 2, 3, 4),)),
        Source(file_name="a", location="a", content=b"x"),
        Document(kind="note", first_page=1, last_page=1),
        Finding(code="x", severity=Severity.INFO, message="m"),
        Box(1, 2, 3, 4),
    ],
    ids=lambda thing: type(thing).__name__,
)
def test_models_survive_a_process_border(thing):
    assert pickle.loads(pickle.dumps(thing)) == thing  # noqa: S301


def test_field_survives_a_process_border(a_field):
    assert pickle.loads(pickle.dumps(a_field)) == a_field  # noqa: S301


def test_reprs_hold_no_content(a_field):
    personal = "Jane Sample"
    things = [
        attrs.evolve(a_field, raw=personal, value=personal),
        Page(number=1, width=1, height=1, words=(Word(personal, 1, 2, 3, 4),)),
        Source(file_name="a", location="a", content=personal.encode()),
        Document(kind="n", first_page=1, last_page=1, fields={"x": a_field}),
        Finding(code="x", severity=Severity.INFO, message="m", expected=personal, actual=personal),
    ]

    assert all(personal not in repr(thing) for thing in things)


def test_word_has_a_box():
    assert Word("a", 1, 2, 3, 4).box == Box(1, 2, 3, 4)


def test_source_reads_its_content_or_through_its_reader():
    assert Source(file_name="a", location="x", content=b"here").read() == b"here"
    assert Source(file_name="a", location="x", reader=lambda at: at.encode()).read() == b"x"
    assert Source(file_name="a", location="x").read() == b""


def test_running_job_has_no_processing_time():
    from datetime import UTC, datetime, timedelta

    start = datetime(2024, 1, 1, tzinfo=UTC)
    summary = BatchProcessingSummary(
        job_id="job",
        status=JobStatus.PROCESSING,
        total_documents=0,
        processed_documents=0,
        successful_documents=0,
        failed_documents=0,
        skipped_documents=0,
        results=(),
        start_time=start,
    )

    assert summary.get_total_processing_time() == 0.0
    ended = attrs.evolve(summary, end_time=start + timedelta(seconds=90))
    assert ended.get_total_processing_time() == 90.0


def test_document_id_is_that_of_the_content():
    assert results.document_id("ab" * 32) == "doc-" + "ab" * 20


def test_fields_of_every_kind_are_defined():
    words = standard_vocabulary()

    missing = {
        (kind.name, name)
        for kind in words.kinds.values()
        for name in kind.fields
        if name not in words.fields
    }

    assert missing == set()


def test_rows_and_only_rows_have_columns():
    for definition in standard_vocabulary().fields.values():
        assert bool(definition.columns) == (definition.type is FieldType.ROWS), definition.name


def test_unknown_field_is_text():
    assert standard_vocabulary().field("of_tomorrow").type is FieldType.TEXT


def test_column_takes_its_type_from_the_rows():
    rows = FieldDefinition(
        name="fees", type=FieldType.ROWS, columns={"amount": FieldType.MONEY}, personal=True
    )

    assert rows.column("amount") == FieldDefinition(
        name="amount", type=FieldType.MONEY, personal=True
    )
    assert rows.column("note").type is FieldType.TEXT


def test_vocabulary_is_extended_without_touching_the_standard_one():
    words = standard_vocabulary().extended(
        kinds=[KindDefinition(name="pet_passport", title="Pet passport")],
        fields=[FieldDefinition(name="loan_amount", type=FieldType.TEXT)],
    )

    assert words.kinds["pet_passport"].title == "Pet passport"
    assert words.field("loan_amount").type is FieldType.TEXT
    assert "pet_passport" not in standard_vocabulary().kinds
    assert standard_vocabulary().field("loan_amount").type is FieldType.MONEY
