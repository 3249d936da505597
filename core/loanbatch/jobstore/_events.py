"""What happened to a job: its events, and each try at one of its sources.

An event is a row of the table `events` and, at the same time, an event of the log: same name, same
level, same facts. Tries at sources have a table of their own, `attempts`, so that nothing is
written twice for each document; here they are read as the event `document_finished`. Rows hold no
name of a file: a source is told by its position, and its name is looked up where events are shown.
"""

from __future__ import annotations

import functools
import heapq
import json
from collections.abc import Callable, Mapping
from typing import Any, Concatenate, ParamSpec, Protocol, TypeVar

from attrs import Factory, frozen
from peewee import Database

from loanbatch._logging import get_logger
from loanbatch.database import PatientDatabase
from loanbatch.errors import DuplicateError, NotStartedError
from loanbatch.jobstore._tables import Event
from loanbatch.priorities import NORMAL
from loanbatch.results import ResultStatus

#: Each event that is recorded, and its level in the log.
EVENT_LEVELS = {
    "job_created": "info",
    "job_abandoned": "warning",
    "job_released": "warning",
    "job_resumed": "info",
    "pipeline_changed": "warning",
    "job_requeued": "info",
    "job_started": "info",
    "worker_failed": "warning",
    "document_set_aside": "warning",
    "job_interrupted": "warning",
    "job_finished": "info",
}
#: How a try at a source is told.
ATTEMPT = "document_finished"

_EVENTS = """\
SELECT e.moment, e.event, e.detail, e.position, r.file_name FROM events e
LEFT JOIN results r ON r.job_id = e.job_id AND r.position = e.position
WHERE e.job_id = ? ORDER BY e.id"""

_ATTEMPTS = """\
SELECT a.ended_at, a.outcome, r.position, r.priority, r.file_name,
ROW_NUMBER() OVER (PARTITION BY a.result_id ORDER BY a.id)
FROM attempts a JOIN results r ON r.id = a.result_id
WHERE r.job_id = ? ORDER BY a.ended_at, a.id"""

_SKIPPED = (DuplicateError.error_code, NotStartedError.error_code, ResultStatus.SKIPPED.value)


@frozen(kw_only=True)
class Note:
    """Something that happened to a source, to be recorded with its result."""

    event: str
    #: Those that are None are not told.
    facts: Mapping[str, Any] = Factory(dict)


@frozen(kw_only=True)
class JobEvent:
    """Something that happened to a job or to one of its sources."""

    #: ISO 8601, UTC.
    timestamp: str
    #: As in the log.
    level: str
    event: str
    #: The source that it happened to, from 0 in the order of the input; None for the job as such.
    position: int | None = None
    file_name: str | None = None
    facts: Mapping[str, Any] = Factory(dict)

    def to_dict(self) -> dict[str, Any]:
        """Return it as people see it, with positions from 1."""
        told = {"timestamp": self.timestamp, "level": self.level, "event": self.event}
        if self.position is None:
            return {**told, **self.facts}
        return {**told, "position": self.position + 1, "file": self.file_name, **self.facts}


@frozen(kw_only=True)
class Logged:
    """An event as the log has it."""

    event: str
    facts: Mapping[str, Any]


def insert(
    database: Database,
    job_id: str,
    note: Note,
    moment: str,
    position: int | None = None,
    file_name: str | None = None,
) -> Logged:
    """Record an event, inside a transaction, and return what the log will have of it."""
    facts = {name: value for name, value in note.facts.items() if value is not None}
    Event.insert(
        job_id=job_id,
        moment=moment,
        event=note.event,
        position=position,
        detail=json.dumps(facts) if facts else "",
    ).execute(database)
    of_source = {} if position is None else {"file": file_name, "position": position + 1}
    return Logged(event=note.event, facts={"job_id": job_id, **of_source, **facts})


class _Teller(Protocol):
    _records: PatientDatabase
    _told: list[Logged]


S = TypeVar("S", bound=_Teller)
P = ParamSpec("P")
T = TypeVar("T")


def telling(method: Callable[Concatenate[S, P], T]) -> Callable[Concatenate[S, P], T]:
    """Make a method of a store one transaction, whose events are logged once it is committed."""

    @functools.wraps(method)
    def tell(self: S, /, *args: P.args, **kwargs: P.kwargs) -> T:
        def attempt() -> T:
            self._told.clear()  # of an attempt that came to nothing
            return method(self, *args, **kwargs)

        value = self._records.write(attempt)
        for logged in self._told:
            getattr(get_logger(), EVENT_LEVELS[logged.event])(logged.event, **logged.facts)
        return value

    return tell


def events_of(records: PatientDatabase, job_id: str) -> list[JobEvent]:
    """Return what happened to a job and to its sources, oldest first; inside an action."""
    events = map(_event, records.run(_EVENTS, (job_id,)).fetchall())
    attempts = map(_attempt, records.run(_ATTEMPTS, (job_id,)).fetchall())
    return list(heapq.merge(events, attempts, key=lambda item: item.timestamp))


def _event(row: tuple[str, str, str, int | None, str | None]) -> JobEvent:
    moment, event, detail, position, file_name = row
    return JobEvent(
        timestamp=moment,
        level=EVENT_LEVELS.get(event, "info"),
        event=event,
        position=position,
        file_name=file_name,
        facts=_facts(event, detail),
    )


def _facts(event: str, detail: str) -> Mapping[str, Any]:
    """Return the facts of an event; versions before wrote a single one, as text."""
    if not detail:
        return {}
    if detail.startswith("{"):
        facts: dict[str, Any] = json.loads(detail)
        return facts
    return {"count": int(detail)} if event == "job_requeued" else {"status": detail}


def _attempt(row: tuple[str, str, int, int, str, int]) -> JobEvent:
    moment, outcome, position, priority, file_name, number = row
    status, code = ResultStatus.FAILED.value, outcome
    if outcome == ResultStatus.SUCCESS.value:
        status, code = outcome, ""
    elif outcome in _SKIPPED:
        status = ResultStatus.SKIPPED.value
    facts: dict[str, Any] = {"status": status, "attempt": number}
    if priority != NORMAL:
        facts["priority"] = priority
    return JobEvent(
        timestamp=moment,
        level="warning" if status == ResultStatus.FAILED.value else "info",
        event=ATTEMPT,
        position=position,
        file_name=file_name,
        facts={**facts, "error_code": code} if code else facts,
    )
