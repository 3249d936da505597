"""Numbered steps that bring the job tables from any earlier version to the present one."""

from __future__ import annotations

from collections.abc import Callable

from peewee import Database, SchemaManager

from loanbatch.errors import SettingsError
from loanbatch.jobstore._tables import Attempt, Event, ProcessingJob, ResultRow, SchemaVersion

COMPONENT = "jobs"


def _create_tables(database: Database) -> None:
    for model in (ProcessingJob, ResultRow, Attempt, Event):
        SchemaManager(model, database).create_all()


#: Step n brings version n to n + 1. Steps are never changed once released.
STEPS: tuple[Callable[[Database], None], ...] = (_create_tables,)


def migrate(database: Database) -> None:
    """Apply the steps that are missing, all in one transaction.

    Raises:
        SettingsError: A newer loanbatch wrote the database.
    """
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
