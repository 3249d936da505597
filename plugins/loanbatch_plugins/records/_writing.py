"""Replacing the rows of one result, in one transaction."""

from __future__ import annotations

from peewee import Database, fn

from loanbatch.results import BatchProcessingResult
from loanbatch_plugins.records._database import guarded
from loanbatch_plugins.records._rows import (
    Row,
    document_rows,
    field_rows,
    finding_rows,
    stored_at,
)
from loanbatch_plugins.records._tables import TABLES, DocumentRow, FieldRow, FindingRow, LoanRow

#: Parameters that any SQLite takes in one statement; newer ones and PostgreSQL take more.
_PARAMETERS = 999


def write_result(database: Database, result: BatchProcessingResult) -> None:
    """Write a result's rows in place of those that its document id had.

    Args:
        database: Open, of the present version.
        result: With a document id.

    Raises:
        StorageFailedError: The database refused; nothing was changed.
    """
    documents, fields, findings = document_rows(result), field_rows(result), finding_rows(result)

    def write() -> None:
        with database.bind_ctx(TABLES), database.atomic():
            left = _delete(result.document_id)
            loan_ids = {row["loan_id"] for row in documents if row["loan_id"] is not None}
            for loan_id in loan_ids:
                _note_loan(loan_id, stored_at(result))
            _insert(database, "documents", documents)
            _insert(database, "fields", fields)
            _insert(database, "findings", findings)
            for loan_id in left | loan_ids:
                _count_loan(loan_id)

    guarded(write)


def _delete(document_id: str | None) -> set[str]:
    """Remove the rows of a source, and return the loans that it belonged to."""
    mine = DocumentRow.document_id == document_id
    rows = DocumentRow.select(DocumentRow.loan_id).where(mine)
    loans: set[str | None] = {row.loan_id for row in rows}
    FindingRow.delete().where(FindingRow.document_id == document_id).execute()
    if loans:
        FieldRow.delete().where(FieldRow.document_id == document_id).execute()
        DocumentRow.delete().where(mine).execute()
    return {loan for loan in loans if loan is not None}


def _note_loan(loan_id: str, moment: str) -> None:
    """Make the loan's row, or widen the time in which it was seen."""
    seen = LoanRow.get_or_none(LoanRow.loan_id == loan_id)
    if seen is None:
        LoanRow.create(loan_id=loan_id, document_count=0, first_seen=moment, last_seen=moment)
    else:
        LoanRow.update(
            first_seen=min(seen.first_seen, moment), last_seen=max(seen.last_seen, moment)
        ).where(LoanRow.loan_id == loan_id).execute()


def _count_loan(loan_id: str) -> None:
    count = (
        DocumentRow.select(fn.COUNT(DocumentRow.document_id))
        .where(DocumentRow.loan_id == loan_id)
        .scalar()
    )
    this = LoanRow.loan_id == loan_id
    if count:
        LoanRow.update(document_count=count).where(this).execute()
    else:
        LoanRow.delete().where(this).execute()


def _insert(database: Database, table: str, rows: list[Row]) -> None:
    """Insert rows, many with one statement: peewee's insert_many costs far more for each."""
    if not rows:
        return
    columns = list(rows[0])
    row_places = f"({', '.join([database.param] * len(columns))})"
    per_statement = _PARAMETERS // len(columns)
    for start in range(0, len(rows), per_statement):
        portion = rows[start : start + per_statement]
        places = ", ".join([row_places] * len(portion))
        database.execute_sql(  # type: ignore[no-untyped-call]
            f"INSERT INTO {table} ({', '.join(columns)}) VALUES {places}",  # noqa: S608 - our names
            [value for row in portion for value in row.values()],
        )
