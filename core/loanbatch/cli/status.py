"""`loanbatch status`: one job."""

from __future__ import annotations

import click

from loanbatch.cli import _output
from loanbatch.cli._jobs import job_argument, the_job
from loanbatch.cli._options import json_option, open_handler, with_settings
from loanbatch.settings import Settings


@click.command(
    epilog="""\b
Examples:
  loanbatch status latest
  loanbatch status job-20260131-101500-a1b2c3 --json"""
)
@job_argument
@with_settings
@json_option
def status(*, settings: Settings, job: str, as_json: bool) -> None:
    """Show how far a job is."""
    with open_handler(settings) as handler:
        found = handler.get_job_status(the_job(handler, job))
    if as_json:
        _output.json_payload(found)
        return
    rows = [
        (name.replace("_", " "), "" if value is None else str(value))
        for name, value in found.items()
    ]
    _output.table(("Job", ""), rows)
