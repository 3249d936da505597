"""Numbered steps that bring the job tables from any earlier version to the present one."""

from __future__ import annotations

from peewee import SchemaManager

from loanbatch.database import PatientDatabase, Step
from loanbatch.jobstore._loans import CREATE_INDEX
from loanbatch.jobstore._tables import (
    Attempt,
    Event,
    JobInputs,
    ProcessingJob,
    ResultRow,
)

COMPONENT = "jobs"


def _create_tables(records: PatientDatabase) -> None:
    for model in (ProcessingJob, ResultRow, Attempt, Event):
        SchemaManager(model, records.peewee).create_all()


def _add_leases(records: PatientDatabase) -> None:
    """Jobs can be gone on with: leases, what a batch was made of, deaths of workers."""
    # Jobs of before were recorded after all their sources were listed.
    for table, column, kind in (
        ("processing_jobs", "is_listed", "BOOLEAN NOT NULL DEFAULT TRUE"),
        ("processing_jobs", "reprocess", "BOOLEAN NOT NULL DEFAULT FALSE"),
        ("processing_jobs", "lease_holder", "VARCHAR(255)"),
        ("processing_jobs", "lease_until", "DOUBLE PRECISION"),
        ("results", "obstacle", "TEXT"),
        ("results", "worker_deaths", "INTEGER NOT NULL DEFAULT 0"),
    ):
        _add_column(records, table, column, kind)
    SchemaManager(JobInputs, records.peewee).create_all()


def _add_priorities(records: PatientDatabase) -> None:
    """Jobs have a priority; results had one from the start."""
    _add_column(records, "processing_jobs", "priority", "INTEGER NOT NULL DEFAULT 0")


def _add_column(records: PatientDatabase, table: str, column: str, kind: str) -> None:
    """Add a column; a new database has it, for its tables were made from the models of today."""
    if column not in {known.name for known in records.peewee.get_columns(table)}:
        records.run(f"ALTER TABLE {table} ADD COLUMN {column} {kind}")


def _find_loans(records: PatientDatabase) -> None:
    """Documents of one loan are found by what variants of its id have in common."""
    records.run(CREATE_INDEX)


#: Step n brings version n to n + 1. Steps are never changed once released.
STEPS: tuple[Step, ...] = (_create_tables, _add_leases, _add_priorities, _find_loans)
