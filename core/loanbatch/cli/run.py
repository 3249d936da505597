"""`loanbatch run`: process documents."""

from __future__ import annotations

from collections.abc import Sequence

import click
from attrs import evolve

from loanbatch.cli._options import json_option, read_passwords, with_settings
from loanbatch.settings import LOG_LEVELS, Settings


@click.command(
    epilog="""\b
Examples:
  loanbatch run closing.pdf
  loanbatch run ~/loans 's3://bucket/2024/*.pdf' --workers 4 --report loans.json
  loanbatch run manifest.csv --plugin ./lender.py --report values.csv

Exit codes: 0 all succeeded, 1 the command failed, an error was unexpected (a bug), or a report
could not be written, 2 usage, 3 some documents failed, 4 all failed, 5 something needs
review (only with --strict), 130 interrupted."""
)
@click.argument("sources", metavar="SOURCE…", nargs=-1, required=True)
@click.option(
    "--report",
    "reports",
    metavar="FILE",
    multiple=True,
    help="Write a report; the ending (.json, .csv) is the format. Repeatable.",
)
@click.option(
    "--plugin",
    "plugins",
    metavar="NAME|FILE.py",
    multiple=True,
    help="Use one more plugin: a module or a file. Repeatable.",
)
@click.option(
    "--no-plugin",
    "no_plugins",
    metavar="NAME",
    multiple=True,
    help="Do not load a plugin. Repeatable.",
)
@click.option(
    "--templates",
    metavar="DIR",
    help="Folder with templates of your own; see `loanbatch templates`.",
)
@click.option(
    "--strict-plugins", is_flag=True, default=None, help="A broken plugin ends the command."
)
@click.option("--workers", type=int, metavar="N", help="Worker processes. [default: 1]")
@click.option(
    "--timeout",
    "timeout_seconds",
    type=float,
    metavar="SECONDS",
    help="Time per document before its worker is stopped. [default: 300]",
)
@click.option(
    "--memory-limit",
    "memory_limit_mb",
    type=int,
    metavar="MB",
    help="Memory of a worker; 0 for no limit. [default: 4096]",
)
@click.option("--fail-fast", is_flag=True, default=None, help="End at the first failure.")
@click.option(
    "--strict", is_flag=True, default=None, help="Exit with 5 when something needs review."
)
@click.option("--reprocess", is_flag=True, default=None, help="Ignore the results of earlier runs.")
@click.option(
    "--searchable", is_flag=True, default=None, help="Keep a searchable PDF/A of each document."
)
@click.option(
    "--csv-rows",
    type=click.Choice(["fields", "documents"]),
    help="Rows of .csv reports: one per value or one per document. [default: fields]",
)
@click.option(
    "--mask",
    "mask_personal",
    is_flag=True,
    default=None,
    help="Hide names, numbers and other texts in reports; amounts and dates stay.",
)
@click.option(
    "--password-file",
    metavar="FILE",
    help="Passwords to try on encrypted files, one per line.",
)
@with_settings
@click.option("--log-file", metavar="FILE", help="File for the log, as JSON lines.")
@click.option(
    "--log-level",
    type=click.Choice(LOG_LEVELS, case_sensitive=False),
    help="Least level that is logged. [default: warning]",
)
@click.option("--quiet", is_flag=True, help="Show only what went wrong with the command itself.")
@json_option
@click.pass_context
def run(
    context: click.Context,
    *,
    settings: Settings,
    sources: Sequence[str],
    reports: Sequence[str],
    password_file: str | None,
    quiet: bool,
    as_json: bool,
) -> None:
    """Process files, folders, globs, URLs and manifests.

    A folder stands for the documents in it and below. A manifest is a CSV file or JSON lines with a
    column `file` and, where known, `loan` and `priority`. Results of earlier runs are reused.
    Inputs are never changed.
    """
    from loanbatch.cli._batch import run_batch

    if password_file is not None:
        passwords = (*settings.passwords, *read_passwords(password_file))
        settings = evolve(settings, passwords=passwords)
    context.exit(run_batch(settings, sources, reports, quiet=quiet, as_json=as_json))
