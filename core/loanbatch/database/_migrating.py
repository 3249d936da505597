"""Numbered steps that bring the tables of a component from any earlier version to the present."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from loanbatch.database._patient import PatientDatabase
from loanbatch.errors import SettingsError

Step = Callable[[PatientDatabase], None]

_VERSIONS_TABLE = """
CREATE TABLE IF NOT EXISTS schema_versions (
    component VARCHAR(255) NOT NULL PRIMARY KEY,
    version INTEGER NOT NULL
)
"""
_GET_VERSION = "SELECT version FROM schema_versions WHERE component = ?"
_SET_VERSION = """
INSERT INTO schema_versions (component, version) VALUES (?, ?)
ON CONFLICT (component) DO UPDATE SET version = excluded.version
"""


def bring_up_to_date(database: PatientDatabase, component: str, steps: Sequence[Step]) -> None:
    """Apply the steps that are missing, all in one transaction.

    Processes that do so at once wait for each other; what an interruption leaves is the version of
    before, for both kinds of databases undo changes of tables.

    Args:
        database: Where the tables are.
        component: Whose steps they are.
        steps: Step n, counted from 0, brings version n to n + 1; 0 is no tables at all.

    Raises:
        SettingsError: A newer loanbatch wrote the tables.
        StorageFailedError: The database refused.
    """

    def apply() -> None:
        database.run(_VERSIONS_TABLE)
        found = version_of(database, component)
        if found > len(steps):
            raise SettingsError(
                f"the database has version {found} of the tables '{component}', this loanbatch"
                f" knows {len(steps)}: install a newer loanbatch, or name another database"
            )
        for step in steps[found:]:
            step(database)
        database.run(_SET_VERSION, (component, len(steps)))

    if database.read(lambda: version_of(database, component)) != len(steps):
        database.write(apply, subject="migration", takes_long=True)


def version_of(database: PatientDatabase, component: str) -> int:
    """Return how many steps the tables of a component have gone; inside an action."""
    if not database.peewee.table_exists("schema_versions"):
        return 0
    row = database.run(_GET_VERSION, (component,)).fetchone()
    return 0 if row is None else int(row[0])
