"""Numbered steps that bring the job tables from any earlier version to the present one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from loanbatch.errors import SettingsError
from loanbatch.jobstore._tables import Attempt, Event, ProcessingJob, ResultRow, SchemaVersion

COMPONENT = "jobs"


def _create_tables(database: Any) -> None:
    database.create_tables([ProcessingJob, ResultRow, Attempt, Event])


#: Step n brings version n to n + 1. Steps are never changed once released.
STEPS: tuple[Callable[[Any], None], ...] = (_create_tables,)


def migrate(database: Any) -> None:
    """Apply the steps that are missing, each in a transaction with its version.

    Raises:
        SettingsError: A newer loanbatch wrote the database.
    """
    database.create_tables([SchemaVersion])
    row = SchemaVersion.get_or_none(SchemaVersion.component == COMPONENT)
    version = 0 if row is None else row.version
    if version > len(STEPS):
        raise SettingsError(
            f"the database has version {version} of the job tables, this loanbatch knows"
            f" {len(STEPS)}: install a newer loanbatch or name another database"
        )
    for number in range(version, len(STEPS)):
        with database.atomic():
            STEPS[number](database)
            SchemaVersion.replace(component=COMPONENT, version=number + 1).execute()
