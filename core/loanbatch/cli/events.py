"""`loanbatch events`: what happened to a job and to its sources."""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

import click

from loanbatch.cli import _output
from loanbatch.cli._jobs import job_argument, the_job
from loanbatch.cli._options import json_option, open_handler, with_settings
from loanbatch.errors import UsageError
from loanbatch.settings import LOG_LEVELS, Settings

Event = Mapping[str, Any]

#: Characters of an ISO moment down to its seconds.
_TO_SECONDS = 19
#: Facts that have columns of their own, or are told in words.
_SHOWN = ("timestamp", "level", "event", "position", "file")


@click.command(
    epilog="""\b
Examples:
  loanbatch events job-20260131-101500-a1b2c3
  loanbatch events latest --level warning --tail 20
  loanbatch events job-20260131-101500-a1b2c3 --file w2.pdf --json"""
)
@job_argument
@click.option(
    "--level",
    type=click.Choice(LOG_LEVELS, case_sensitive=False),
    default="info",
    help="Least level that is shown. [default: info]",
)
@click.option(
    "--event", "names", metavar="NAME", multiple=True, help="Only events of this name. Repeatable."
)
@click.option("--file", metavar="NAME", help="Only what happened to sources of this name.")
@click.option("--since", metavar="MOMENT", help="Only from then on, as 2026-01-31T22:00 (UTC).")
@click.option("--tail", metavar="N", type=click.IntRange(1), help="Only the last N.")
@with_settings
@json_option
def events(
    *,
    settings: Settings,
    job: str,
    tail: int | None,
    as_json: bool,
    **wanted: Any,  # noqa: ANN401 - what to filter by
) -> None:
    """Show what happened to a job and to its sources, oldest first; moments are UTC.

    Each try at a source is a `document_finished` with its number; dead workers, retries,
    interruptions and what took a job over are told too. A failed document is a warning.
    """
    since = _moment(wanted.pop("since"))
    _check_names(wanted["names"])
    with open_handler(settings) as handler:
        found: Iterable[Event] = _chosen(
            handler.get_job_events(the_job(handler, job)), since=since, **wanted
        )
        if tail is not None:
            found = deque(found, maxlen=tail)
        if as_json:
            _write_json(found)
        else:
            for event in found:
                _output.payload(_line(event))


def _check_names(names: Iterable[str]) -> None:
    """Refuse names that no event has.

    Raises:
        UsageError: There is one.
    """
    from loanbatch.jobstore import ATTEMPT, EVENT_LEVELS

    known = (*EVENT_LEVELS, ATTEMPT)
    for name in names:
        if name not in known:
            raise UsageError(
                f"--event {name}: no event has this name; known are {', '.join(known)}"
            )


def _moment(text: str | None) -> str:
    """Return a moment as the records have it; what tells no zone is UTC.

    Raises:
        UsageError: It is no moment.
    """
    if text is None:
        return ""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise UsageError(
            f"--since {text}: write a date, or a date and a time, as 2026-01-31T22:00"
        ) from None
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC).isoformat()


def _chosen(
    found: Iterable[Event], *, level: str, names: tuple[str, ...], file: str | None, since: str
) -> Iterator[Event]:
    levels = LOG_LEVELS[LOG_LEVELS.index(level.lower()) :]
    for event in found:
        if event["level"] not in levels or event["timestamp"] < since:
            continue
        if names and event["event"] not in names:
            continue
        if file is None or event.get("file") == file:
            yield event


def _write_json(found: Iterable[Event]) -> None:
    """Write a list with an event a line, as it is read: a job may have very many."""
    before = "["
    for event in found:
        _output.payload(f"{before}{json.dumps(event, ensure_ascii=False)}", end="")
        before = ",\n"
    _output.payload("[]" if before == "[" else "]")


def _line(event: Event) -> str:
    moment = event["timestamp"][:_TO_SECONDS].replace("T", " ")
    facts = "  ".join(
        f"{name}={value}" for name, value in event.items() if name not in _SHOWN and value != ""
    )
    file = event.get("file") or ""
    told = "  ".join(filter(None, (file, facts)))
    return _output.clean(f"{moment}  {event['level']:7}  {event['event']:18}  {told}".rstrip())
