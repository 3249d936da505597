"""`loanbatch report`: a report of a job that ran earlier."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from loanbatch.cli import _output
from loanbatch.cli._options import open_handler, with_settings
from loanbatch.errors import UsageError
from loanbatch.settings import Settings

if TYPE_CHECKING:
    from loanbatch.api import BatchProcessingHandler


@click.command(
    epilog="""\b
Examples:
  loanbatch report job-20260131-101500-a1b2c3 --output loans.csv --csv-rows documents
  loanbatch report job-20260131-101500-a1b2c3 --format json | jq .status"""
)
@click.argument("job")
@click.option(
    "--output",
    metavar="FILE|-",
    default="-",
    help="Where to write; `-` is standard output. [default: -]",
)
@click.option(
    "--format",
    "report_format",
    metavar="FORMAT",
    help="json, csv or what a plugin writes. [default: the ending of FILE, else json]",
)
@click.option(
    "--csv-rows",
    type=click.Choice(["fields", "documents"]),
    help="Rows of csv: one per value or one per document. [default: fields]",
)
@with_settings
def report(*, settings: Settings, job: str, output: str, report_format: str | None) -> None:
    """Write the report of a job that ran earlier."""
    with open_handler(settings) as handler:
        if output == "-":
            _to_standard_output(handler, job, report_format or "json")
            return
        handler.check_report_path(output, report_format)
        summary = handler.get_summary(job)
        handler.write_report(summary, output, report_format)
    _output.note(f"Wrote {output}")


def _to_standard_output(handler: BatchProcessingHandler, job: str, report_format: str) -> None:
    from loanbatch import hookcalls

    summary = handler.get_summary(job)
    if not hookcalls.report(handler.registry, summary, report_format, sys.stdout.buffer):
        raise UsageError(f"--format {report_format}: no plugin writes reports in this format")
