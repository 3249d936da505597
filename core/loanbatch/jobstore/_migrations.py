"""Numbered steps that bring the job tables from any earlier version to the present one."""

from __future__ import annotations

from peewee import (
    BooleanField,
    DoubleField,
    Field,
    IntegerField,
    SchemaManager,
    TextField,
)

from loanbatch.database import PatientDatabase, Step
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
    database = records.peewee
    added: dict[str, dict[str, Field]] = {
        "processing_jobs": {
            # Jobs of before were recorded after all their sources were listed.
            "is_listed": BooleanField(default=True),
            "reprocess": BooleanField(default=False),
            "lease_holder": TextField(null=True),
            "lease_until": DoubleField(null=True),
        },
        "results": {"obstacle": TextField(null=True), "worker_deaths": IntegerField(default=0)},
    }
    SchemaManager(JobInputs, database).create_all()
    for table, columns in added.items():
        # A new database has them: its tables were made from the models of today.
        known = {column.name for column in database.get_columns(table)}
        missing = {name: field for name, field in columns.items() if name not in known}
        if missing:
            from playhouse.migrate import SchemaMigrator, migrate

            migrator = SchemaMigrator.from_database(database)
            migrate(*(migrator.add_column(table, *item) for item in missing.items()))


#: Step n brings version n to n + 1. Steps are never changed once released.
STEPS: tuple[Step, ...] = (_create_tables, _add_leases)
