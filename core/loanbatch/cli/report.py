"""`loanbatch report`: a report of a job that ran earlier."""

from __future__ import annotations

import click

from loanbatch.cli import _output
from loanbatch.cli._jobs import job_argument, the_job
from loanbatch.cli._options import open_handler, with_settings
from loanbatch.settings import Settings


@click.command(
    epilog="""\b
Examples:
  loanbatch report latest --output loans.csv --csv-rows documents
  loanbatch report job-20260131-101500-a1b2c3 --format json | jq .status"""
)
@job_argument
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
    help="json, csv, xlsx, html, pdf or what a plugin writes."
    " [default: the ending of FILE, else json]",
)
@click.option(
    "--csv-rows",
    type=click.Choice(["fields", "documents"]),
    help="Rows of csv: one per value or one per document. [default: fields]",
)
@click.option(
    "--mask",
    "mask_personal",
    is_flag=True,
    default=None,
    help="Hide names, numbers and other texts in reports; amounts and dates stay.",
)
@with_settings
def report(*, settings: Settings, job: str, output: str, report_format: str | None) -> None:
    """Write the report of a job that ran earlier."""
    with open_handler(settings) as handler:
        if output == "-":
            from loanbatch.cli._reports import to_standard_output
            from loanbatch.reports import check_format

            check_format(handler.registry, report_format or "json")
            to_standard_output(
                handler,
                handler.get_summary(the_job(handler, job)),
                report_format or "json",
            )
            return
        handler.check_report_path(output, report_format)
        summary = handler.get_summary(the_job(handler, job))
        handler.write_report(summary, output, report_format)
    _output.note(f"Wrote {output}")
