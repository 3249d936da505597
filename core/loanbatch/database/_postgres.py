"""PostgreSQL behind connections that notice a server which takes questions and never answers.

The system tells of a peer that is gone. One that is there and says nothing (a server that hangs, a
proxy that lost its server) looks like one that is busy: only a limit on the time tells them apart.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Generator
from functools import lru_cache
from typing import Any, TypeVar

from peewee import PostgresqlDatabase, Psycopg3Adapter

T = TypeVar("T")
#: Seconds between looks at the clock, and at what signals ask for, while an answer is waited for.
_LOOK_SECONDS = 0.1
#: What psycopg runs while it waits for the socket: it is told at each look that nothing came.
_Exchange = Generator[Any, Any, T]


class _Adapter(Psycopg3Adapter):
    """Connects by a class of ours."""

    def connect(self, db: PostgresDatabase, **params: Any) -> Any:  # noqa: ANN401 -- untyped
        most = min(float(params.get("connect_timeout") or math.inf), db.answer_within())
        params["connect_timeout"] = max(1, math.ceil(most))  # psycopg makes 2 of 1
        connection = _impatient_connection().connect(dbname=db.database, **params)
        connection.answer_within = db.answer_within
        return connection


class PostgresDatabase(PostgresqlDatabase):
    """A database whose connections are lost when an answer takes too long."""

    psycopg3_adapter = _Adapter

    #: Gives the seconds that the next answer may take.
    answer_within: Callable[[], float]


@lru_cache(maxsize=1)
def _impatient_connection() -> Any:  # noqa: ANN401 -- a class of an optional package
    from psycopg import Connection, OperationalError, waiting

    class ImpatientConnection(Connection[Any]):
        answer_within: Callable[[], float] = staticmethod(lambda: math.inf)

        def wait(self, gen: _Exchange[T], *_: object, **__: object) -> T:
            exchange = _ended_after(self.answer_within(), gen)
            try:
                return waiting.wait(exchange, self.pgconn.socket, _LOOK_SECONDS)
            except _NoAnswerError:
                self.pgconn.finish()
                raise OperationalError("the server gave no answer") from None
            except Exception:
                raise
            except BaseException:
                # Somebody wants to end: psycopg would ask the server to cancel, and wait for that.
                self.pgconn.finish()
                raise

    return ImpatientConnection


class _NoAnswerError(Exception):
    pass


def _ended_after(seconds: float, exchange: _Exchange[T]) -> _Exchange[T]:
    """Go through an exchange with the server, and give it up when the time is over.

    Raises:
        _NoAnswerError: It was not at its end.
    """
    end = time.monotonic() + seconds
    try:
        wanted = next(exchange)
        while True:
            came = yield wanted
            if not came and time.monotonic() > end:
                raise _NoAnswerError
            wanted = exchange.send(came)
    except StopIteration as last:
        value: T = last.value
        return value
