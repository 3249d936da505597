"""Opening the database: once per process and address, with the tables brought up to date."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

from peewee import (
    Database,
    OperationalError,
    PeeweeException,
    PostgresqlDatabase,
    SqliteDatabase,
)

from loanbatch.errors import StorageFailedError
from loanbatch_plugins.records._migrations import (
    COMPONENT,
    GET_VERSION,
    SET_VERSION,
    STEPS,
    VERSIONS_TABLE,
)

T = TypeVar("T")

_SQLITE_PRAGMAS = {
    "journal_mode": "wal",
    # In WAL mode a killed process loses nothing, a power cut at most the last commits.
    "synchronous": "normal",
    "foreign_keys": 1,
    #: Milliseconds to wait for another writer.
    "busy_timeout": 30_000,
}
#: How long others may take to open the same file for the first time.
_OPENING_SECONDS = 30.0
_OWNER_ONLY = 0o600
_OWNER_ONLY_FOLDER = 0o700

#: Number of the lock under which PostgreSQL lets one process migrate at a time; any number will do.
_MIGRATION_LOCK = 0x6C6F616E

#: By process and address: a connection must not be used on both sides of a fork.
_open: dict[tuple[int, str], Database] = {}


def open_database(url: str) -> Database:
    """Return the database at an address, connected and with tables of the present version.

    Raises:
        StorageFailedError: It cannot be opened, or a newer loanbatch wrote it.
    """
    key = (os.getpid(), url)
    database = _open.get(key)
    if database is None:
        database = guarded(lambda: _connect(url))
        _open[key] = database
    return database


def close_databases() -> None:
    """Close what this process opened."""
    for key in [key for key in _open if key[0] == os.getpid()]:
        _open.pop(key).close()


def guarded(action: Callable[[], T]) -> T:
    """Return what the action does, its database errors told without anything of the data.

    Raises:
        StorageFailedError: The database refused.
    """
    try:
        return action()
    except (PeeweeException, OSError, ImportError, RuntimeError, ValueError) as error:
        raise StorageFailedError(
            f"the records cannot be written ({_cause(error)}): see that the database of the "
            "settings 'database' and 'home' is there, writable and not full"
        ) from error


def _cause(error: Exception) -> str:
    """Name the cause: SQLite's own code where there is one, for the text may quote values."""
    name = getattr(error.__cause__ or error.__context__, "sqlite_errorname", None)
    return str(name or type(error).__name__)


def _connect(url: str) -> Database:
    options: dict[str, Any] = {}
    if url.startswith("sqlite:"):
        options["pragmas"] = _SQLITE_PRAGMAS
    database = _at(url, **options)
    if isinstance(database, SqliteDatabase):
        _make_private(database.database)
    try:
        _open_patiently(database)
        _migrate(database)
    except BaseException:
        database.close()
        raise
    return database


def _open_patiently(database: Database) -> None:
    """Connect, though other processes may open the same new SQLite file at this moment.

    Its change to a write-ahead log is refused then without the wait that `busy_timeout` asks for.
    """
    deadline = time.monotonic() + _OPENING_SECONDS
    while True:
        try:
            database.connect(reuse_if_open=True)
        except OperationalError as error:
            if "locked" not in str(error) or time.monotonic() > deadline:
                raise
            time.sleep(0.02)
        else:
            return


def _at(url: str, **options: Any) -> Database:  # noqa: ANN401 - what peewee takes
    scheme, _, path = url.partition(":///")
    if scheme == "sqlite" and "?" not in path:
        return SqliteDatabase(path or ":memory:", **options)
    from playhouse import db_url  # loads what the other kinds of databases need

    database: Database = db_url.connect(url, **options)
    return database


def _make_private(path: str) -> None:
    if path == ":memory:" or Path(path).exists():
        return
    Path(path).parent.mkdir(mode=_OWNER_ONLY_FOLDER, parents=True, exist_ok=True)
    os.close(os.open(path, os.O_CREAT | os.O_RDWR, _OWNER_ONLY))


def _migrate(database: Database) -> None:
    if database.table_exists("schema_versions") and _version(database) == len(STEPS):
        return
    with _exclusive(database):
        run(database, VERSIONS_TABLE)
        version = _version(database)
        if version > len(STEPS):
            raise StorageFailedError(
                f"the records have version {version}, this loanbatch knows {len(STEPS)}: "
                "install a newer loanbatch, or name another 'database'"
            )
        for step in STEPS[version:]:
            for statement in step:
                run(database, statement)
        run(database, SET_VERSION, (COMPONENT, len(STEPS)))


def _version(database: Database) -> int:
    row = run(database, GET_VERSION, (COMPONENT,)).fetchone()
    return 0 if row is None else int(row[0])


@contextmanager
def writing(database: Database) -> Iterator[None]:
    """Hold a transaction that writes: all of it is committed, or nothing."""
    # SQLite refuses at once, without waiting, to make a writer of a reader while others write.
    immediate = ("IMMEDIATE",) if isinstance(database, SqliteDatabase) else ()
    with database.atomic(*immediate):
        yield


@contextmanager
def _exclusive(database: Database) -> Iterator[None]:
    """Hold a transaction that no other process's migration can overlap."""
    with writing(database):
        if isinstance(database, PostgresqlDatabase):
            run(database, "SELECT pg_advisory_xact_lock(?)", (_MIGRATION_LOCK,))
        yield


def run(database: Database, statement: str, values: Sequence[object] = ()) -> Any:  # noqa: ANN401 - a cursor
    """Run a statement, its parameters written as question marks."""
    return database.execute_sql(  # type: ignore[no-untyped-call]
        statement.replace("?", database.param), values
    )
