"""Writing the rows of one result, in one transaction.

The statements are text: building them through peewee's models costs several times more than running
them.
"""

from __future__ import annotations

from collections.abc import Sequence

from loanbatch.database import PatientDatabase
from loanbatch.results import BatchProcessingResult
from loanbatch_plugins.records._rows import (
    DOCUMENT_COLUMNS,
    FIELD_COLUMNS,
    FINDING_COLUMNS,
    Row,
    document_rows,
    field_rows,
    finding_rows,
    storable,
    stored_at,
)

#: Parameters that any SQLite takes in one statement; newer ones and PostgreSQL take more.
_PARAMETERS = 999

_EARLIER_LOANS = """\
SELECT loan_id, COUNT(*) FROM documents WHERE document_id = ? GROUP BY loan_id"""

# In this order: fields refer to documents.
_DELETE_EARLIER = (
    "DELETE FROM fields WHERE document_id = ?",
    "DELETE FROM documents WHERE document_id = ?",
)
_DELETE_FINDINGS = "DELETE FROM findings WHERE document_id = ?"

# Counting the loan's documents anew would cost more with each document that a loan has.
_LEAVE_LOAN = "UPDATE loans SET document_count = document_count - ? WHERE loan_id = ?"
_JOIN_LOAN = """\
INSERT INTO loans (loan_id, document_count, first_seen, last_seen) VALUES (?, ?, ?, ?)
ON CONFLICT (loan_id) DO UPDATE SET
document_count = loans.document_count + excluded.document_count,
first_seen = CASE WHEN excluded.first_seen < loans.first_seen
    THEN excluded.first_seen ELSE loans.first_seen END,
last_seen = CASE WHEN excluded.last_seen > loans.last_seen
    THEN excluded.last_seen ELSE loans.last_seen END"""
_DELETE_EMPTY_LOAN = "DELETE FROM loans WHERE loan_id = ? AND document_count = 0"


def write_result(database: PatientDatabase, result: BatchProcessingResult) -> None:
    """Write a result's rows in place of those that its document id had.

    Args:
        database: Open, of the present version.
        result: With a document id.

    Raises:
        StorageFailedError: The database refused, or did not answer for too long; nothing was
            changed.
    """
    documents, fields, findings = document_rows(result), field_rows(result), finding_rows(result)
    loan_id, moment = storable(result.loan_id), stored_at(result)

    def write() -> None:
        left = _delete(database, result.document_id)
        if documents and loan_id is not None:
            database.run(_JOIN_LOAN, (loan_id, len(documents), moment, moment))
        _insert(database, "documents", DOCUMENT_COLUMNS, documents)
        _insert(database, "fields", FIELD_COLUMNS, fields)
        _insert(database, "findings", FINDING_COLUMNS, findings)
        for other in left:
            database.run(_DELETE_EMPTY_LOAN, (other,))

    # Two jobs may have the same document at the same moment: neither would see the other's rows.
    database.write(write, subject=f"document {result.document_id}")


def _delete(database: PatientDatabase, document_id: str | None) -> list[str]:
    """Remove the rows of a source, and return the loans that it belonged to."""
    loans = database.run(_EARLIER_LOANS, (document_id,)).fetchall()
    database.run(_DELETE_FINDINGS, (document_id,))
    if loans:
        for statement in _DELETE_EARLIER:
            database.run(statement, (document_id,))
    left = []
    for loan_id, count in loans:
        if loan_id is not None:
            database.run(_LEAVE_LOAN, (count, loan_id))
            left.append(loan_id)
    return left


def _insert(
    database: PatientDatabase, table: str, columns: Sequence[str], rows: Sequence[Row]
) -> None:
    """Insert rows, many with one statement."""
    per_statement = _PARAMETERS // len(columns)
    places = f"({', '.join('?' * len(columns))})"
    for start in range(0, len(rows), per_statement):
        portion = rows[start : start + per_statement]
        statement = (
            f"INSERT INTO {table} ({', '.join(columns)}) "  # noqa: S608 - names of ours
            f"VALUES {', '.join([places] * len(portion))}"
        )
        database.run(statement, [value for row in portion for value in row])
