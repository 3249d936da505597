"""Numbered steps that bring the job tables from any earlier version to the present one."""

from __future__ import annotations

from collections.abc import Callable

from peewee import (
    BooleanField,
    Database,
    DoubleField,
    Field,
    IntegerField,
    SchemaManager,
    TextField,
)

from loanbatch.errors import SettingsError
from loanbatch.jobstore._tables import (
    Attempt,
    Event,
    JobInputs,
    ProcessingJob,
    ResultRow,
    SchemaVersion,
)

COMPONENT = "jobs"


def _create_tables(database: Database) -> None:
    for model in (ProcessingJob, ResultRow, Attempt, Event):
        SchemaManager(model, database).create_all()


def _add_leases(database: Database) -> None:
    """Jobs can be gone on with: leases, what a batch was made of, deaths of workers."""
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
STEPS: tuple[Callable[[Database], None], ...] = (_create_tables, _add_leases)


def migrate(database: Database) -> None:
    """Apply the steps that are missing, all in one transaction.

    Raises:
        SettingsError: A newer loanbatch wrote the database.
    """
    # What an interruption leaves is the version of before: both databases undo changes of tables.
    if _version(database) == len(STEPS):
        return
    with database.atomic():
        SchemaManager(SchemaVersion, database).create_all()
        # Again: another process may have been faster.
        version = _version(database)
        if version > len(STEPS):
            raise SettingsError(
                f"the database has version {version} of the job tables, this loanbatch knows"
                f" {len(STEPS)}: install a newer loanbatch or name another database"
            )
        for step in STEPS[version:]:
            step(database)
        SchemaVersion.delete().where(SchemaVersion.component == COMPONENT).execute(database)
        SchemaVersion.insert(component=COMPONENT, version=len(STEPS)).execute(database)


def _version(database: Database) -> int:
    if not database.table_exists(SchemaVersion._meta.table_name):  # noqa: SLF001 -- peewee's way
        return 0
    row = SchemaVersion.select().where(SchemaVersion.component == COMPONENT).first(database)
    return 0 if row is None else int(row.version)
