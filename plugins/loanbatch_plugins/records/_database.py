"""Opening the database: once per process and address, with the tables brought up to date."""

from __future__ import annotations

import os

from loanbatch.database import PatientDatabase, bring_up_to_date
from loanbatch.errors import SettingsError, StorageFailedError
from loanbatch_plugins.records._migrations import COMPONENT, STEPS

#: By process and address: a connection must not be used on both sides of a fork.
_open: dict[tuple[int, str], PatientDatabase] = {}


def open_database(url: str, *, patience: float) -> PatientDatabase:
    """Return the database at an address, with tables of the present version.

    Args:
        url: For peewee's `db_url`.
        patience: Seconds that a database is tried again whose connection got lost.

    Raises:
        StorageFailedError: It cannot be opened, or a newer loanbatch wrote it.
    """
    key = (os.getpid(), url)
    database = _open.get(key)
    if database is None:
        database = PatientDatabase(url, patience=patience)
        try:
            bring_up_to_date(database, COMPONENT, STEPS)
        except SettingsError as error:  # no document is at fault
            raise StorageFailedError(error.message) from error
        _open[key] = database
    return database


def close_databases() -> None:
    """Close what this process opened."""
    for key in [key for key in _open if key[0] == os.getpid()]:
        _open.pop(key).close()
