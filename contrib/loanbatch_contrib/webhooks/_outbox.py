"""The table in which events wait until a receiver has them."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from enum import StrEnum
from functools import partial
from itertools import islice
from typing import Any

from attrs import frozen

from loanbatch.database import PatientDatabase, Step, bring_up_to_date
from loanbatch.settings import Settings
from loanbatch_contrib.webhooks._events import Event

#: Values in the order of the columns.
Row = tuple[Any, ...]

#: The row of the table schema_versions that counts our steps.
COMPONENT = "webhooks"
#: Events written in one transaction at most.
_PORTION = 200


class State(StrEnum):
    """Where an event is on its way."""

    #: Not delivered yet.
    WAITING = "waiting"
    #: Given up: a dead letter, until somebody has it sent again.
    DEAD = "dead"
    DELIVERED = "delivered"
    #: Nobody wants it; it tells that its job is known.
    UNWANTED = "unwanted"


@frozen(kw_only=True)
class Entry:
    """An event as it stands in the table."""

    event: Event
    state: State
    #: How often it was tried.
    attempts: int
    #: Why it was not delivered last; empty before it was tried.
    reason: str
    #: UTC.
    made_at: datetime


def _first(database: PatientDatabase) -> None:
    database.run(
        """
        CREATE TABLE webhook_events (
            webhook_id TEXT NOT NULL PRIMARY KEY,
            job_id TEXT NOT NULL,
            type TEXT NOT NULL,
            body TEXT NOT NULL,
            state TEXT NOT NULL,
            attempts INTEGER NOT NULL,
            reason TEXT NOT NULL,
            made_at BIGINT NOT NULL
        )
        """
    )
    database.run("CREATE INDEX webhook_events_order ON webhook_events (state, made_at)")
    database.run("CREATE INDEX webhook_events_job ON webhook_events (job_id, state, made_at)")


#: Step n brings version n to n + 1. Steps are never changed once released.
STEPS: tuple[Step, ...] = (_first,)

_INSERT = """\
INSERT INTO webhook_events (webhook_id, job_id, type, body, state, attempts, reason, made_at)
VALUES (?, ?, ?, ?, ?, 0, '', ?) ON CONFLICT (webhook_id) DO NOTHING"""
_COLUMNS = "webhook_id, type, job_id, body, state, attempts, reason, made_at"
_NEXT = f"""\
SELECT {_COLUMNS} FROM webhook_events WHERE job_id = ? AND state = 'waiting'
ORDER BY made_at LIMIT 1"""  # noqa: S608 - names of ours
_UNDELIVERED = f"""\
SELECT {_COLUMNS} FROM webhook_events WHERE state IN ('waiting', 'dead')
ORDER BY made_at"""  # noqa: S608 - names of ours
_KNOWN = "SELECT 1 FROM webhook_events WHERE job_id = ? LIMIT 1"
_LEFT = """\
SELECT state, COUNT(*) FROM webhook_events
WHERE job_id = ? AND state IN ('waiting', 'dead') GROUP BY state"""
#: The body of a delivered event is not needed any more; its id is, so that nobody makes it again.
_DELIVERED = """\
UPDATE webhook_events SET state = 'delivered', body = '', reason = '', attempts = attempts + ?
WHERE webhook_id = ?"""
_NOT_DELIVERED = """\
UPDATE webhook_events SET state = ?, reason = ?, attempts = attempts + ? WHERE webhook_id = ?"""


class Outbox:
    """The events in a database; each thread has a connection of its own.

    Args:
        settings: `database`, `storage_patience_seconds`.

    Raises:
        StorageFailedError: The database cannot be opened. All methods: it refused, or did not
            answer for too long.
        SettingsError: A newer loanbatch wrote the table.
    """

    def __init__(self, settings: Settings) -> None:
        self._database = PatientDatabase(
            settings.database_url, patience=settings.storage_patience_seconds
        )
        self._database.open(lambda database: bring_up_to_date(database, COMPONENT, STEPS))
        self._last = 0

    def close(self) -> None:
        """Close the connection of this thread; it opens again when it is used again."""
        self._database.close()

    def add(self, events: Iterable[Event], *, state: State = State.WAITING) -> None:
        """Write events that are not there yet, to be sent in this order."""
        rows = (
            (event.webhook_id, event.job_id, event.type, event.body, state.value, self._now())
            for event in events
        )
        while portion := list(islice(rows, _PORTION)):
            self._database.write(partial(self._insert, portion))

    def _insert(self, rows: Sequence[Row]) -> None:
        for row in rows:
            self._database.run(_INSERT, row)

    def _now(self) -> int:
        """Return the time in nanoseconds, later than any one before: it is the order."""
        self._last = max(time.time_ns(), self._last + 1)
        return self._last

    def knows(self, job_id: str) -> bool:
        """Tell whether a job has events, in whatever state."""
        return bool(self._rows(_KNOWN, (job_id,)))

    def next_of(self, job_id: str) -> Entry | None:
        """Return the event of a job that waits longest."""
        rows = self._rows(_NEXT, (job_id,))
        return _entry(rows[0]) if rows else None

    def undelivered(self) -> list[Entry]:
        """Return what waits and what was given up, oldest first."""
        return [_entry(row) for row in self._rows(_UNDELIVERED)]

    def left_of(self, job_id: str) -> dict[State, int]:
        """Count what a job has that is not delivered, by state."""
        return {State(state): count for state, count in self._rows(_LEFT, (job_id,))}

    def set_delivered(self, webhook_id: str, attempts: int) -> None:
        """Note that a receiver has an event, after so many attempts."""
        values = (attempts, webhook_id)
        self._database.write(lambda: self._database.run(_DELIVERED, values))

    def set_undelivered(self, webhook_id: str, state: State, reason: str, attempts: int) -> None:
        """Note why an event was not delivered, after so many attempts."""
        values = (state.value, reason, attempts, webhook_id)
        self._database.write(lambda: self._database.run(_NOT_DELIVERED, values))

    def _rows(self, query: str, values: Row = ()) -> list[Row]:
        return self._database.read(lambda: list(self._database.run(query, values).fetchall()))


def _entry(row: Row) -> Entry:
    webhook_id, type_, job_id, body, state, attempts, reason, made_at = row
    return Entry(
        event=Event(webhook_id=webhook_id, type=type_, job_id=job_id, body=body),
        state=State(state),
        attempts=attempts,
        reason=reason,
        made_at=datetime.fromtimestamp(made_at / 1e9, UTC),
    )
