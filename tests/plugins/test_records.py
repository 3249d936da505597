"""The tables of documents, loans, fields and findings."""

from __future__ import annotations

import multiprocessing
import sqlite3
import stat
import sys
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from playhouse.db_url import connect

from loanbatch.errors import StorageFailedError
from loanbatch.models import Box, Document, Field, Finding, Severity
from loanbatch.results import BatchProcessingResult, ResultStatus, document_id
from loanbatch.settings import Settings
from loanbatch_plugins.records import on_job_finished, store
from loanbatch_plugins.records._migrations import STEPS

SHA256 = "ab" * 32


def make_field(name: str, value: Any = None, **more: Any) -> Field:
    given = {"raw": f"raw of {name}", "page": 1, "box": Box(72, 90.5, 200.25, 102)}
    given |= {"confidence": 0.9, "extractor": "templates/note", "value": value}
    return Field(name=name, **(given | more))


def make_result(
    *fields: Field, number: int = 0, loan_id: str | None = "loan-1", **more: Any
) -> BatchProcessingResult:
    sha256 = f"{number:08x}".ljust(64, "0") if number else SHA256
    document = Document(
        kind="promissory_note", first_page=1, last_page=2, fields={f.name: f for f in fields}
    )
    given: dict[str, Any] = {
        "file_name": "note.pdf",
        "source": "in/note.pdf",
        "status": ResultStatus.SUCCESS,
        "sha256": sha256,
        "document_id": document_id(sha256),
        "loan_id": loan_id,
        "timestamp": datetime(2026, 3, 1, 12, tzinfo=UTC),
        "documents": (document,),
    }
    return BatchProcessingResult(**(given | more))


@pytest.fixture
def settings(tmp_path: Path) -> Iterator[Settings]:
    yield Settings(home=tmp_path / "home")
    on_job_finished()


@pytest.fixture
def anywhere(database_url: str, tmp_path: Path) -> Iterator[Settings]:
    """Settings for an empty database of either kind."""
    yield Settings(home=tmp_path / "home", database=database_url)
    on_job_finished()


def rows(settings: Settings, query: str) -> list[tuple[Any, ...]]:
    database = connect(settings.database_url)
    try:
        return [tuple(row) for row in database.execute_sql(query).fetchall()]
    finally:
        database.close()


def dump(settings: Settings) -> list[list[tuple[Any, ...]]]:
    tables = ("loans", "documents", "fields", "findings")
    return [rows(settings, f"SELECT * FROM {table} ORDER BY 1, 2, 3") for table in tables]  # noqa: S608


def test_record_names_its_place(settings: Settings) -> None:
    receipt = store(make_result(), settings)

    assert receipt is not None
    assert receipt.what == "record"
    assert receipt.where == f"documents/{document_id(SHA256)}"
    assert receipt.sha256 == SHA256


def test_result_without_document_id_is_not_stored(settings: Settings) -> None:
    assert store(make_result(document_id=None), settings) is None
    assert not (settings.home / "loanbatch.db").exists()


@pytest.mark.parametrize(
    ("value", "text", "kind"),
    [
        (Decimal("250000.00"), "250000.00", "decimal"),
        (Decimal("0.1") + Decimal("0.2"), "0.3", "decimal"),
        (Decimal("1E+6"), "1000000", "decimal"),
        (date(2026, 3, 31), "2026-03-31", "date"),
        (360, "360", "integer"),
        (True, "true", "boolean"),
        ("Fixed", "Fixed", "text"),
        (("Ann", "Bo"), '["Ann", "Bo"]', "list"),
        (None, None, "null"),
    ],
)
def test_value_is_exact_text_with_its_type(
    anywhere: Settings, value: Any, text: str | None, kind: str
) -> None:
    store(make_result(make_field("a", value)), anywhere)

    assert rows(anywhere, "SELECT value, value_type FROM fields") == [(text, kind)]


def test_evidence_stands_beside_the_value(anywhere: Settings) -> None:
    field = make_field("loan_amount", Decimal(9), currency="USD", page=2, confidence=0.875)
    store(make_result(field), anywhere)

    stored = rows(
        anywhere,
        "SELECT raw, page, box_left, box_top, box_right, box_bottom, confidence, extractor,"
        " currency, chosen FROM fields",
    )
    evidence = ("raw of loan_amount", 2, 72.0, 90.5, 200.25, 102.0, 0.875)
    assert stored == [(*evidence, "templates/note", "USD", 1)]


def test_value_without_place_has_no_box(settings: Settings) -> None:
    store(make_result(make_field("a", "x", box=None)), settings)

    assert rows(settings, "SELECT box_left, box_bottom FROM fields") == [(None, None)]


def test_losing_candidates_are_kept_as_not_chosen(anywhere: Settings) -> None:
    loser = make_field("a", Decimal(8), confidence=0.4)
    store(make_result(make_field("a", Decimal(3), alternatives=(loser,))), anywhere)

    stored = rows(anywhere, "SELECT value, chosen, ordinal FROM fields ORDER BY ordinal")
    assert stored == [("3", 1, 0), ("8", 0, 1)]


def test_cells_of_rows_are_rows_of_the_table(anywhere: Settings) -> None:
    row = (make_field("description", "Appraisal"), make_field("amount", Decimal("405.00")))
    store(make_result(make_field("fees", rows=(row, row))), anywhere)

    stored = rows(anywhere, "SELECT name, row_index, column_name, value FROM fields")
    assert stored == [
        ("fees", 0, "description", "Appraisal"),
        ("fees", 0, "amount", "405.00"),
        ("fees", 1, "description", "Appraisal"),
        ("fees", 1, "amount", "405.00"),
    ]


def test_findings_are_stored_with_their_fields(anywhere: Settings) -> None:
    finding = Finding(
        code="sum_differs",
        severity=Severity.WARNING,
        message="does not add up",
        fields=("a", "b"),
        expected="3",
        actual="4",
    )
    store(make_result(findings=(finding,)), anywhere)

    stored = rows(
        anywhere, "SELECT code, severity, message, fields, expected, actual FROM findings"
    )
    assert stored == [("sum_differs", "warning", "does not add up", '["a", "b"]', "3", "4")]


def test_storing_again_changes_nothing(anywhere: Settings) -> None:
    result = make_result(make_field("a", 1), make_field("b", "x"))
    store(result, anywhere)
    before = dump(anywhere)

    store(result, anywhere)

    assert dump(anywhere) == before


def test_new_result_replaces_the_rows_of_the_old(anywhere: Settings) -> None:
    store(make_result(make_field("a", 1), make_field("b", 2)), anywhere)
    store(make_result(make_field("c", 3)), anywhere)

    assert rows(anywhere, "SELECT name, value FROM fields") == [("c", "3")]
    assert rows(anywhere, "SELECT COUNT(*) FROM documents") == [(1,)]


def test_documents_of_one_source_keep_their_order(settings: Settings) -> None:
    documents = tuple(
        Document(kind=kind, first_page=page, last_page=page, fields={"a": make_field("a", page)})
        for page, kind in enumerate(("w2", "paystub"), start=1)
    )
    store(make_result(documents=documents), settings)

    stored = rows(settings, "SELECT document_index, kind, value FROM fields")
    assert stored == [(0, "w2", "1"), (1, "paystub", "2")]


def test_loan_counts_its_documents_and_when_they_were_seen(anywhere: Settings) -> None:
    store(make_result(number=1), anywhere)
    store(make_result(number=2, timestamp=datetime(2026, 1, 5, tzinfo=UTC)), anywhere)
    store(make_result(number=2, timestamp=datetime(2026, 1, 5, tzinfo=UTC)), anywhere)

    assert rows(anywhere, "SELECT * FROM loans") == [
        ("loan-1", 2, "2026-01-05T00:00:00.000000+00:00", "2026-03-01T12:00:00.000000+00:00")
    ]


def test_document_that_changes_its_loan_leaves_the_old_one(anywhere: Settings) -> None:
    store(make_result(number=1), anywhere)
    store(make_result(number=2), anywhere)
    store(make_result(number=1, loan_id="loan-2"), anywhere)
    store(make_result(number=2, loan_id="loan-2"), anywhere)

    assert rows(anywhere, "SELECT loan_id, document_count FROM loans") == [("loan-2", 2)]


def test_texts_that_databases_refuse_are_made_storable(anywhere: Settings) -> None:
    odd = "a\x00b\udc80c"
    store(make_result(make_field("a", odd, raw=odd), file_name=odd, loan_id=odd), anywhere)

    assert rows(anywhere, "SELECT value, raw FROM fields") == [("a�b�c", "a�b�c")]
    assert rows(anywhere, "SELECT loan_id FROM loans") == [("a�b�c",)]


def test_many_fields_take_several_statements(anywhere: Settings) -> None:
    store(make_result(*(make_field(f"f{n}", n) for n in range(500))), anywhere)

    assert rows(anywhere, "SELECT COUNT(*), MAX(ordinal) FROM fields") == [(500, 499)]


def test_database_is_for_its_owner_only_and_in_wal_mode(settings: Settings) -> None:
    store(make_result(), settings)

    path = settings.home / "loanbatch.db"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert rows(settings, "PRAGMA journal_mode") == [("wal",)]


def test_records_of_a_newer_version_are_left_alone(settings: Settings) -> None:
    store(make_result(), settings)
    on_job_finished()
    connection = sqlite3.connect(settings.home / "loanbatch.db")
    with connection:
        connection.execute("UPDATE schema_versions SET version = version + 1")
    connection.close()

    with pytest.raises(StorageFailedError, match="install a newer loanbatch"):
        store(make_result(number=7), settings)
    assert rows(settings, "SELECT COUNT(*) FROM documents") == [(1,)]


def test_version_is_that_of_the_last_step(anywhere: Settings) -> None:
    store(make_result(), anywhere)

    assert rows(anywhere, "SELECT * FROM schema_versions WHERE component = 'records'") == [
        ("records", len(STEPS))
    ]


def test_refused_write_keeps_nothing_and_tells_no_values(settings: Settings) -> None:
    store(make_result(number=1), settings)
    secret = make_field("secret-name", "secret-value", page=None)

    with pytest.raises(StorageFailedError) as caught:
        store(make_result(make_field("a", 1), secret, number=2), settings)

    assert "secret" not in caught.value.message
    assert "SQLITE_CONSTRAINT_NOTNULL" in caught.value.message
    assert rows(settings, "SELECT document_count FROM loans") == [(1,)]
    assert rows(settings, "SELECT COUNT(*) FROM fields") == [(0,)]


def test_place_that_cannot_be_written_fails_as_storage(tmp_path: Path) -> None:
    (tmp_path / "home").write_text("a file, not a folder")

    with pytest.raises(StorageFailedError, match="is a file, not a folder"):
        store(make_result(), Settings(home=tmp_path / "home"))


def test_address_of_an_unknown_database_fails_without_its_password() -> None:
    with pytest.raises(StorageFailedError) as caught:
        store(make_result(), Settings(database="nosuch://me:sesame@host/db"))

    assert "sesame" not in str(caught.value)


def store_some(home: Path, first: int) -> int:
    settings = Settings(home=home)
    for number in range(first, first + 20):
        store(make_result(make_field("a", 1), number=number), settings)
    return first


@pytest.mark.skipif(sys.platform != "linux", reason="needs fork: other ways cannot import tests")
def test_processes_that_start_at_once_share_one_database(settings: Settings) -> None:
    context = multiprocessing.get_context("fork")
    with ProcessPoolExecutor(3, mp_context=context) as pool:
        homes = [settings.home] * 3
        assert list(pool.map(store_some, homes, (100, 200, 300))) == [100, 200, 300]

    assert rows(settings, "SELECT COUNT(*) FROM documents") == [(60,)]
    assert rows(settings, "SELECT document_count FROM loans") == [(60,)]
