"""Numbered steps that bring the tables of this plugin from any earlier version to the present one.

Plain SQL that SQLite and PostgreSQL understand alike: a step must not change when the program does.
Money and dates are text, exactly as in the JSON report (`1234.50`, `2026-03-31`), because binary
numbers would change them.
Times are ISO 8601 in UTC. Boxes are points from the page's top left corner.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence

from loanbatch.database import PatientDatabase, Step

#: The row of the table schema_versions that counts our steps.
COMPONENT = "records"

_FIRST = (
    """
    CREATE TABLE loans (
        loan_id TEXT NOT NULL PRIMARY KEY,
        document_count INTEGER NOT NULL,
        first_seen TEXT NOT NULL,
        last_seen TEXT NOT NULL
    )
    """,
    # One row per logical document; all documents of a source share its document_id.
    """
    CREATE TABLE documents (
        document_id TEXT NOT NULL,
        document_index INTEGER NOT NULL,
        loan_id TEXT REFERENCES loans (loan_id),
        sha256 TEXT,
        file_name TEXT NOT NULL,
        kind TEXT NOT NULL,
        first_page INTEGER NOT NULL,
        last_page INTEGER NOT NULL,
        confidence DOUBLE PRECISION NOT NULL,
        needs_review BOOLEAN NOT NULL,
        stored_at TEXT NOT NULL,
        PRIMARY KEY (document_id, document_index)
    )
    """,
    "CREATE INDEX documents_loan_id ON documents (loan_id)",
    # A field of rows has one row per cell; a candidate that lost has chosen = false.
    """
    CREATE TABLE fields (
        document_id TEXT NOT NULL,
        document_index INTEGER NOT NULL,
        ordinal INTEGER NOT NULL,
        kind TEXT NOT NULL,
        name TEXT NOT NULL,
        row_index INTEGER,
        column_name TEXT,
        value TEXT,
        value_type TEXT NOT NULL,
        currency TEXT,
        raw TEXT NOT NULL,
        page INTEGER NOT NULL,
        box_left DOUBLE PRECISION,
        box_top DOUBLE PRECISION,
        box_right DOUBLE PRECISION,
        box_bottom DOUBLE PRECISION,
        confidence DOUBLE PRECISION NOT NULL,
        extractor TEXT NOT NULL,
        chosen BOOLEAN NOT NULL,
        PRIMARY KEY (document_id, document_index, ordinal),
        FOREIGN KEY (document_id, document_index)
            REFERENCES documents (document_id, document_index) ON DELETE CASCADE
    )
    """,
    "CREATE INDEX fields_name_value ON fields (name, value)",
    # Of the source as a whole; `fields` is a JSON array of field names.
    """
    CREATE TABLE findings (
        document_id TEXT NOT NULL,
        ordinal INTEGER NOT NULL,
        code TEXT NOT NULL,
        severity TEXT NOT NULL,
        message TEXT NOT NULL,
        fields TEXT NOT NULL,
        expected TEXT,
        actual TEXT,
        PRIMARY KEY (document_id, ordinal)
    )
    """,
    "CREATE INDEX findings_code ON findings (code)",
)


def _run_all(database: PatientDatabase, *, statements: Sequence[str]) -> None:
    for statement in statements:
        database.run(statement)


#: Step n brings version n to n + 1. Steps are never changed once released.
STEPS: tuple[Step, ...] = (functools.partial(_run_all, statements=_FIRST),)
