"""The kinds of databases: what each is opened with, and what its errors mean to people."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from peewee import Database, ImproperlyConfigured, SqliteDatabase

from loanbatch.database._postgres import PostgresDatabase
from loanbatch.errors import NotFoundError, StorageFailedError

_SQLITE_PRAGMAS = {
    "journal_mode": "wal",
    # Safe against crashes of the process; a power cut may lose the last commits, never the
    # database.
    "synchronous": "normal",
    "foreign_keys": 1,
    # Milliseconds to wait for another writer at a time: no signal is heeded meanwhile.
    "busy_timeout": 1_000,
}

_LOOKING_PRAGMAS = {"busy_timeout": 1_000, "query_only": 1}

#: A server that vanished without a word is noticed within a minute; libpq's own way is two hours.
_POSTGRES_OPTIONS = {
    "prefer_psycopg3": True,
    "connect_timeout": 10,
    "keepalives_idle": 20,
    "keepalives_interval": 10,
    "keepalives_count": 3,
    "tcp_user_timeout": 50_000,
}

#: What databases say of their surroundings, and what that is to people.
_CAUSES = {
    "disk is full": "disk full",
    "no space left": "disk full",
    "disk i/o error": "the disk does not work as it should",
    "is locked": "another program keeps it locked",
    "readonly database": "it may not be written",
    "unable to open": "no permission, or no such folder",
    "not a database": "the file is something else",
    "malformed": "the file is damaged",
    "file vanished": "its file is gone, or another is in its place",
    "connection refused": "no server answers at its address",
    "authentication failed": "the server refuses user or password",
    "shutting down": "the server is shutting down",
    "starting up": "the server is starting",
    "too many clients": "the server takes no more connections",
    "closed the connection": "the connection was lost",
    "connection is closed": "the connection was lost",
    "connection is lost": "the connection was lost",
    "terminating connection": "the connection was lost",
    "gave no answer": "the server takes connections and gives no answer",
    "timeout expired": "nothing answers at its address",
}


def database_at(url: str, *, as_it_is: bool = False) -> Database:
    """Return the database at an address, not yet connected.

    Args:
        url: For peewee's `db_url`.
        as_it_is: A SQLite file that is missing is not made, and in one that is there nothing can
            be changed.

    Raises:
        NotFoundError: With `as_it_is`: the file is missing.
        StorageFailedError: There is no such kind of database, or no place for its file.
    """
    scheme, _, path = url.partition(":///")
    try:
        if scheme == "sqlite" and not as_it_is:
            _make_private(path.partition("?")[0])
        elif scheme == "sqlite" and not Path(path.partition("?")[0]).exists():
            raise NotFoundError(f"there is no database {path} yet")
        return _database(url, _LOOKING_PRAGMAS if as_it_is else _SQLITE_PRAGMAS)
    except ImproperlyConfigured as error:
        raise StorageFailedError(no_driver()) from error
    except (OSError, ImportError, RuntimeError, ValueError) as error:
        where = f"the database {path}" if scheme == "sqlite" else "the database"
        raise StorageFailedError(
            f"{where} cannot be opened ({cause_of(error)}); name another folder with --home"
            " (setting home) or another database (setting database)"
        ) from error


def no_driver() -> str:
    """Return what to do where the driver of a database is missing."""
    return "the driver of the database is not installed: pip install 'loanbatch[postgres]'"


def _database(url: str, pragmas: Mapping[str, object]) -> Database:
    """Return the database at an address; what only other kinds need is loaded for them alone."""
    scheme, _, path = url.partition(":///")
    if scheme == "sqlite" and "?" not in path:
        return SqliteDatabase(path or ":memory:", pragmas=pragmas)
    from playhouse import db_url

    if url.startswith(("postgresql://", "postgres://")):
        told = db_url.parse(url, unquote_user=True, unquote_password=True)
        if not told["database"]:
            raise ValueError("the address names no database")
        return PostgresDatabase(**{**_POSTGRES_OPTIONS, **told})
    options = {"pragmas": pragmas} if scheme == "sqlite" else {}
    database: Database = db_url.connect(url, unquote_user=True, unquote_password=True, **options)
    return database


def _make_private(name: str) -> None:
    """Make the file of a database for its owner only, in folders that are too.

    Raises:
        StorageFailedError: Its folder cannot be made; the message says where and why.
        OSError: It cannot be made itself.
    """
    if name in ("", ":memory:"):
        return
    path = Path(name)
    folder = path.parent
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        blocking = next((p for p in (folder, *folder.parents) if p.is_file()), None)
        if blocking is not None:
            reason = f"{blocking} is a file, not a folder"
        else:
            reason = f"the folder {folder} cannot be made ({cause_of(error)})"
        raise StorageFailedError(
            f"home: {reason}; name a folder that can be written with --home (setting home)"
        ) from error
    if not path.exists():
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))


def cause_of(error: BaseException) -> str:
    """Return what is wrong, in words that hold nothing of an address or of a document."""
    # A full disk undoes a transaction by itself, so that undoing it fails and hides the cause.
    at_hand: BaseException | None = error
    while at_hand is not None:
        text = str(at_hand).lower()
        for words, cause in _CAUSES.items():
            if words in text:
                return cause
        at_hand = at_hand.__context__
    return getattr(error, "strerror", None) or _code_of(error) or type(error).__name__


def _code_of(error: BaseException) -> str | None:
    """Return SQLite's own code where there is one, for the text may quote values."""
    name = getattr(error.__cause__ or error.__context__, "sqlite_errorname", None)
    return None if name is None else str(name)
