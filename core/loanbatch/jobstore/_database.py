"""Opening the database, transactions, and the statements that run once for each document."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from peewee import (
    Database,
    ImproperlyConfigured,
    OperationalError,
    PeeweeException,
    SqliteDatabase,
)

from loanbatch.errors import StorageFailedError
from loanbatch.jobstore._migrations import migrate

_SQLITE_PRAGMAS = {
    "journal_mode": "wal",
    # Safe against crashes of the process; a power cut may lose the last commits, never the
    # database.
    "synchronous": "normal",
    "foreign_keys": 1,
    "busy_timeout": 30_000,
}

#: How long others may take to open the same file for the first time.
_OPENING_SECONDS = 30.0

#: What SQLite says of its own surroundings, and what that is to people.
_CAUSES = {
    "disk is full": "disk full",
    "disk i/o error": "the disk does not work as it should",
    "is locked": "another program keeps it locked",
    "readonly database": "it may not be written",
    "unable to open": "no permission, or no such folder",
    "not a database": "the file is something else",
    "malformed": "the file is damaged",
}

# Text, because peewee takes ten times longer to build these than the database to run them.
QUEUED = """\
SELECT id, position, priority, file_name, location, loan_id, obstacle, worker_deaths FROM results
WHERE job_id = ? AND status = 'queued' AND (priority < ? OR (priority = ? AND position > ?))
ORDER BY priority DESC, position LIMIT ?"""

FIRST_WITH_CONTENT = """\
SELECT file_name, document_id, loan_id FROM results
WHERE job_id = ? AND sha256 = ? AND status IN ('success', 'failed')
ORDER BY position LIMIT 1"""

SUCCESS_WITH_CONTENT = """\
SELECT id, payload FROM results
WHERE document_id = ? AND sha256 = ? AND fingerprint = ? AND status = 'success'
AND payload IS NOT NULL
ORDER BY id DESC LIMIT 1"""

# A row that is no longer queued was recorded before: nothing may be counted twice.
RECORD = """\
UPDATE results SET status = ?, sha256 = ?, document_id = ?, loan_id = ?, error_type = ?,
error_code = ?, needs_review = ?, processing_time = ?, timestamp = ?, fingerprint = ?, payload = ?,
reused_from = ?, worker_deaths = ?
WHERE id = ? AND status = 'queued'"""

ADD_ATTEMPT = "INSERT INTO attempts (result_id, started_at, ended_at, outcome) VALUES (?, ?, ?, ?)"

# Nothing is counted, and with that nothing recorded, by one that lost the job to another process.
COUNT = """\
UPDATE processing_jobs SET processed_documents = processed_documents + ?,
successful_documents = successful_documents + ?, failed_documents = failed_documents + ?,
skipped_documents = skipped_documents + ?
WHERE job_id = ? AND lease_holder = ?"""


def open_database(url: str) -> Database:
    """Open a database and bring its tables up to date.

    Raises:
        StorageFailedError: It cannot be opened.
        SettingsError: A newer loanbatch wrote it.
    """
    scheme, _, path = url.partition(":///")
    options: dict[str, Any] = {}
    try:
        if scheme == "sqlite":
            _make_folder(Path(path).parent)
            options["pragmas"] = _SQLITE_PRAGMAS
        database = connect(url, **options)
        _open_patiently(database)
        migrate(database)
    except ImproperlyConfigured as error:
        raise StorageFailedError(
            "the driver of the database is not installed: pip install 'loanbatch[postgres]'"
        ) from error
    except (PeeweeException, OSError, ImportError, RuntimeError, ValueError) as error:
        where = f"the database {path}" if scheme == "sqlite" else "the database"
        raise StorageFailedError(
            f"{where} cannot be opened ({_cause(error)}); name another folder with --home (setting"
            " home) or another database (setting database)"
        ) from error
    return database


def _make_folder(folder: Path) -> None:
    """Make the folder of a database.

    Raises:
        StorageFailedError: It cannot be made; the message says where and why.
    """
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        blocking = next((p for p in (folder, *folder.parents) if p.is_file()), None)
        if blocking is not None:
            reason = f"{blocking} is a file, not a folder"
        else:
            reason = f"the folder {folder} cannot be made ({_cause(error)})"
        raise StorageFailedError(
            f"home: {reason}; name a folder that can be written with --home (setting home)"
        ) from error


def _cause(error: Exception) -> str:
    """Return what is wrong, in words that hold nothing of an address or of a document."""
    # A full disk undoes a transaction by itself, so that undoing it fails and hides the cause.
    at_hand: BaseException | None = error
    while at_hand is not None:
        text = str(at_hand).lower()
        for words, cause in _CAUSES.items():
            if words in text:
                return cause
        at_hand = at_hand.__context__
    reason = error.strerror if isinstance(error, OSError) else None
    return reason or type(error).__name__


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


def connect(url: str, **options: Any) -> Database:  # noqa: ANN401 -- what peewee takes
    """Return the database at an address; what only other kinds need is loaded for them alone."""
    scheme, _, path = url.partition(":///")
    if scheme == "sqlite" and "?" not in path:
        return SqliteDatabase(path or ":memory:", **options)
    from playhouse import db_url

    database: Database = db_url.connect(url, **options)
    return database


@contextmanager
def classified(database: Database) -> Iterator[None]:
    """Turn what peewee raises into an error of ours.

    Raises:
        StorageFailedError: The database refused.
    """
    try:
        yield
    except PeeweeException as error:
        local = isinstance(database, SqliteDatabase)
        where = f"the database {database.database}" if local else "the database"
        raise StorageFailedError(f"{where} refused ({_cause(error)})") from error


@contextmanager
def transaction(database: Database) -> Iterator[None]:
    """Commit what happens inside, or nothing of it.

    Raises:
        StorageFailedError: The database refused.
    """
    with classified(database), database.atomic():
        yield


def fetch_one(database: Database, statement: str, values: Sequence[object]) -> Any:  # noqa: ANN401
    """Return the first row of one of the statements above, None where there is none."""
    with classified(database):  # a single statement needs no transaction
        return run(database, statement, values).fetchone()


def run(database: Database, statement: str, values: Sequence[object]) -> Any:  # noqa: ANN401
    """Run one of the statements above and return its cursor."""
    return database.execute_sql(  # type: ignore[no-untyped-call]
        statement.replace("?", database.param), values
    )
