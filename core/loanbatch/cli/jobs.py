"""`loanbatch jobs`: the newest jobs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import click

from loanbatch.cli import _output
from loanbatch.cli._options import json_option, open_handler, with_settings
from loanbatch.settings import Settings

_COLUMNS = {
    "job_id": "Job",
    "status": "Status",
    "priority": "Priority",
    "total_documents": "Sources",
    "successful_documents": "Succeeded",
    "failed_documents": "Failed",
    "skipped_documents": "Skipped",
    "created_at": "Started",
    "completed_at": "Ended",
}
#: Characters of a line with all of them.
_WIDE = 120
#: Those for which a narrow terminal has room; an id tells when its job began.
_FIRST = ("job_id", "status", "priority", "total_documents", "failed_documents")
#: Characters of an ISO moment down to its seconds.
_TO_SECONDS = 19


@click.command(
    epilog="""\b
Examples:
  loanbatch jobs --limit 5 --json
  loanbatch jobs --waiting"""
)
@click.option(
    "--limit", type=click.IntRange(1), default=20, show_default=True, help="How many, at most."
)
@click.option(
    "--waiting",
    is_flag=True,
    help="Only jobs that were left unfinished, in the order of `loanbatch resume next`.",
)
@with_settings
@json_option
def jobs(*, settings: Settings, limit: int, waiting: bool, as_json: bool) -> None:
    """List the newest jobs, newest first; moments are UTC.

    A job that is `resumable` was left unfinished: `loanbatch resume` goes on with it.
    """
    with open_handler(settings) as handler:
        found = handler.list_waiting_jobs()[:limit] if waiting else handler.list_jobs(limit)
    if as_json:
        _output.json_payload(found)
    elif not found:
        _output.note("No job waits." if waiting else f"No jobs in {settings.home} yet.")
    else:
        show_jobs(found)


def show_jobs(found: Sequence[Mapping[str, object]]) -> None:
    """Write a line per job, with as many columns as there is room for."""
    names = _FIRST if _output.is_narrow(_WIDE) else tuple(_COLUMNS)
    _output.table(
        [_COLUMNS[name] for name in names],
        [[_text(job, name) for name in names] for job in found],
        unbroken=("Job",),
    )


def _text(job: Mapping[str, object], name: str) -> str:
    value = job[name]
    if name == "status" and job["resumable"]:
        return f"{value} (resumable)"
    if value is None:
        return ""
    return str(value)[:_TO_SECONDS].replace("T", " ") if name.endswith("_at") else str(value)
