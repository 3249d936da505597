"""Transactions that are repeated when the connection is lost, and committed once."""

from __future__ import annotations

import contextlib
import math
import os
import secrets
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any, TypeVar

from peewee import (
    Database,
    DataError,
    ImproperlyConfigured,
    InterfaceError,
    OperationalError,
    PeeweeException,
    SqliteDatabase,
)

from loanbatch.database._kinds import cause_of, database_at, no_driver
from loanbatch.database._postgres import PostgresDatabase
from loanbatch.errors import StorageFailedError
from loanbatch.patience import Patience

T = TypeVar("T")

#: Seconds that others may take to open the same SQLite file for the first time: its change to a
#: write-ahead log is refused to all others then, without the wait of `busy_timeout`.
_OPENING_SECONDS = 30.0
#: Seconds that others may write to a SQLite file where a lost database is not to be waited for.
_WRITING_SECONDS = 30.0

#: Seconds that an answer of a server may take, whatever the patience; and where nobody waits long.
_MOST_ANSWER_SECONDS = 60.0
_LEAST_ANSWER_SECONDS = 2.0
_IMPATIENT_ANSWER_SECONDS = 10.0
#: Seconds for all that is still to be done when somebody asked to end at once.
_HASTE_SECONDS = 1.0
_PAST = -math.inf

#: A session has a name by which it can be ended when its connection is lost; that of a computer
#: that vanished in the middle of a transaction is ended by the server itself.
_BEGIN_SESSION = """\
SELECT set_config('application_name', ?, false),
set_config('idle_in_transaction_session_timeout', '60s', false)"""
_END_SESSION = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = ?"

#: SQLSTATEs after which the same transaction may succeed: lost connection, server stopping or
#: starting, no connection left, serialization failure and deadlock.
_PASSING_STATES = ("08", "57P", "53300", "40")

_LOCK_SUBJECT = "SELECT pg_advisory_xact_lock(hashtextextended(?, 0))"
_TRANSACTION_NUMBER = "SELECT txid_current_if_assigned()"
_TRANSACTION_STATUS = "SELECT txid_status(?)"


class _Session(threading.local):
    """What this thread knows of its connection."""

    #: What it is called on the server; None before the first.
    name: str | None = None
    #: Seconds that an answer may take; None for what is usual.
    answer_seconds: float | None = None


class PatientDatabase:
    """A database whose transactions are repeated when the connection to it is lost.

    An action that is handed over may run several times, each time in a new transaction; what it
    did is committed once. Where the answer to a commit was lost, the server is asked what became
    of it.

    Args:
        url: For peewee's `db_url`; the folder of a SQLite file is made when missing.
        patience: Seconds that a lost database is tried again; a server that gives no answer for as
            long (two seconds at least, a minute at most) is lost.
        as_it_is: A database to look at: nothing is made, and in SQLite nothing can be changed.

    Raises:
        NotFoundError: With `as_it_is`: there is no SQLite file.
        StorageFailedError: No such kind of database, or no place for its file. All methods: it
            refused, or did not answer for too long.
    """

    def __init__(self, url: str, *, patience: float, as_it_is: bool = False) -> None:
        #: For queries of peewee's; inside an action only.
        self.peewee: Database = database_at(url, as_it_is=as_it_is)
        self._is_local = isinstance(self.peewee, SqliteDatabase)
        self._where = f"the database {self.peewee.database}" if self._is_local else "the database"
        self._patience = Patience("database", patience or self._is_local * _WRITING_SECONDS)
        self._opening = Patience("database", _OPENING_SECONDS if self._is_local else 0.0)
        self._at_once = Patience("database", 0.0)
        self._session = _Session()
        self._answer_seconds = min(
            max(patience or _MOST_ANSWER_SECONDS, _LEAST_ANSWER_SECONDS), _MOST_ANSWER_SECONDS
        )
        if isinstance(self.peewee, PostgresDatabase):
            self.peewee.answer_within = self._answer_within
        #: When all has to be done, on the monotonic clock, once somebody asked to end at once.
        self._end: float | None = None
        self._path = _path_of(self.peewee)
        #: Which file the database is; None before it is opened, and where it is none.
        self._file: tuple[int, int] | None = None

    def open(self, migrate: Callable[[PatientDatabase], None]) -> None:
        """Connect for the first time, and let the tables be brought up to date.

        A server that does not answer is not waited for: a wrong address is best told at once.
        """
        usual, self._patience = self._patience, self._opening
        try:
            migrate(self)
            self._file = self._file_now()
        except StorageFailedError as error:
            self.close()
            raise StorageFailedError(
                f"{error.message}; name another folder with --home (setting home) or another"
                " database (setting database)"
            ) from error
        except BaseException:
            self.close()
            raise
        finally:
            self._patience = usual

    def close(self) -> None:
        """Close the connection of this thread; it opens again when it is used again."""
        with contextlib.suppress(PeeweeException):  # a broken one
            self.peewee.close()

    def hurry(self) -> None:
        """Wait for nothing any more: what is not done in a second fails, and all that follows."""
        if self._end != _PAST:
            self._end = time.monotonic() + _HASTE_SECONDS

    def take_time(self) -> None:
        """Wait again as usual."""
        self._end = None

    def _answer_within(self) -> float:
        """Return the seconds that the next answer of a server may take."""
        usual = self._session.answer_seconds or self._answer_seconds
        return usual if self._end is None else min(usual, self._end - time.monotonic())

    def read(self, action: Callable[[], T]) -> T:
        """Return what an action reads; it has to read its rows to the end."""
        if self.peewee.in_transaction():
            return action()

        def attempt() -> T:
            self._connect()
            return action()

        return self._repeated(attempt, self._patience)

    def write(
        self,
        action: Callable[[], T],
        *,
        subject: str = "",
        patiently: bool = True,
        takes_long: bool = False,
    ) -> T:
        """Commit what an action does, or nothing of it, and return what it returns.

        Args:
            action: May run several times; inside an open transaction it is part of that.
            subject: No two transactions of any process with the same subject overlap; with none,
                only the rows that they write part them.
            patiently: Whether to wait for a database that does not answer.
            takes_long: Whether the server may be busy with it for as long as it likes.
        """
        if self.peewee.in_transaction():
            return action()
        unanswered: list[tuple[int, T]] = []

        def attempt() -> T:
            self._connect()
            if unanswered and self._is_committed(unanswered[0][0]):
                return unanswered[0][1]
            unanswered.clear()
            with self._transaction(subject):
                value = action()
                number = self._transaction_number()
                if number is not None:
                    unanswered.append((number, value))
                self._check_file()
            return value

        if patiently and not takes_long:
            return self._repeated(attempt, self._patience)
        self._session.answer_seconds = math.inf if takes_long else _IMPATIENT_ANSWER_SECONDS
        try:
            return self._repeated(attempt, self._patience if patiently else self._at_once)
        finally:
            self._session.answer_seconds = None

    def run(self, statement: str, values: Sequence[object] = ()) -> Any:  # noqa: ANN401 -- a cursor
        """Run a statement inside an action, its parameters written as question marks."""
        return self.peewee.execute_sql(  # type: ignore[no-untyped-call]
            statement.replace("?", self.peewee.param), values
        )

    def _connect(self) -> None:
        if not self.peewee.is_closed():
            return
        self.peewee.connect()
        if self._is_local:
            return
        if self._session.name is not None:  # not the first connection
            # The server may not have noticed that this connection was lost, and keep its locks.
            self.run(_END_SESSION, (self._session.name,))
        self._session.name = f"loanbatch {secrets.token_hex(8)}"
        self.run(_BEGIN_SESSION, (self._session.name,))

    def _file_now(self) -> tuple[int, int] | None:
        """Return what names the file of the database; None where there is none."""
        if self._path is None:
            return None
        try:
            status = os.stat(self._path)  # noqa: PTH116 - once for each transaction
        except OSError:
            return None
        return status.st_dev, status.st_ino

    def _check_file(self) -> None:
        """Refuse to commit to a file that is not in its place any more.

        A folder that was moved away, deleted or unmounted lets go on who has its files open.
        """
        if self._file is not None and self._file_now() != self._file:
            raise OperationalError("database file vanished")

    @contextlib.contextmanager
    def _transaction(self, subject: str) -> Iterator[None]:
        # SQLite refuses at once, without waiting, to make a writer of a reader while others write.
        ended_by = None
        try:
            with self.peewee.atomic(*(["IMMEDIATE"] if self._is_local else [])):
                if subject and not self._is_local:
                    self.run(_LOCK_SUBJECT, (f"loanbatch {subject}",))
                try:
                    yield
                except BaseException as error:
                    ended_by = error
                    raise
        except Exception:
            if ended_by is None or isinstance(ended_by, Exception):
                raise
            raise ended_by from None  # not what came of undoing it over a connection that is gone

    def _transaction_number(self) -> int | None:
        """Return what names the open transaction to the server; None where it wrote nothing."""
        if self._is_local:
            return None  # a file gives its answer, or the process is gone
        number: int | None = self.run(_TRANSACTION_NUMBER).fetchone()[0]
        return number

    def _is_committed(self, number: int) -> bool:
        """Tell whether a transaction was committed of whose end this program did not hear."""
        try:
            status = self.run(_TRANSACTION_STATUS, (number,)).fetchone()[0]
        except DataError:  # a number of the future: another server took over that never heard of it
            return False
        if status == "in progress":  # its session is about to end
            raise OperationalError("connection is lost")
        return bool(status == "committed")

    def _repeated(self, attempt: Callable[[], T], patience: Patience) -> T:
        """Repeat while the connection gets lost; tell errors without anything of the data."""
        if self._end is not None:
            if time.monotonic() > self._end:
                raise StorageFailedError(f"{self._where} was not waited for")
            patience = self._at_once
        try:
            return patience.keep_trying(attempt, self._may_pass)
        except ImproperlyConfigured as error:
            raise StorageFailedError(no_driver()) from error
        except PeeweeException as error:
            if self._end is not None:
                self._end = _PAST
            waited = patience.seconds and not self._is_local and self._may_pass(error)
            what = f"did not answer for {patience.seconds:g} seconds" if waited else "refused"
            raise StorageFailedError(f"{self._where} {what} ({cause_of(error)})") from error
        except Exception:
            raise
        except BaseException:
            # Somebody asked to end, and nobody knows how far it got: what comes is no part of it.
            while self.peewee.transaction_depth():
                self.peewee.pop_transaction()  # type: ignore[no-untyped-call]
            self.close()
            raise

    def _may_pass(self, error: Exception) -> bool:
        """Tell whether the same may succeed at the next attempt; let go of a lost connection."""
        if not isinstance(error, (OperationalError, InterfaceError)):
            return False
        if self._is_local:
            return "locked" in str(error)
        cause = error.args[0] if error.args else None
        state = getattr(cause, "sqlstate", None) or getattr(cause, "pgcode", None)
        if state is not None and not state.startswith(_PASSING_STATES):
            return False
        self.close()
        return True


def _path_of(database: Database) -> str | None:
    """Return where the file of a database is, wherever the program goes from here."""
    if not isinstance(database, SqliteDatabase) or database.database == ":memory:":
        return None
    return os.path.abspath(str(database.database))  # noqa: PTH100 - as SQLite has it
