"""The options of the commands that process documents: run, resume, retry and, in part, evaluate."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any

import click
from attrs import evolve, frozen

from loanbatch.cli._options import json_option, read_passwords, with_settings
from loanbatch.settings import LOG_LEVELS, Settings

Command = Callable[..., Any]
Option = Callable[[Command], Command]

report_option = click.option(
    "--report",
    "reports",
    metavar="FILE",
    multiple=True,
    help="Write a report; the ending (.json, .csv, .xlsx, .html) is the format. Repeatable.",
)
plugin_option = click.option(
    "--plugin",
    "plugins",
    metavar="NAME|FILE.py",
    multiple=True,
    help="Use one more plugin: a module or a file. Repeatable.",
)
no_plugin_option = click.option(
    "--no-plugin",
    "no_plugins",
    metavar="NAME",
    multiple=True,
    help="Do not load a plugin. Repeatable.",
)
workers_option = click.option(
    "--workers", type=int, metavar="N", help="Worker processes. [default: 1]"
)
timeout_option = click.option(
    "--timeout",
    "timeout_seconds",
    type=float,
    metavar="SECONDS",
    help="Time per document before its worker is stopped. [default: 300]",
)
reprocess_option = click.option(
    "--reprocess", is_flag=True, default=None, help="Ignore the results of earlier runs."
)

templates_option = click.option(
    "--templates",
    metavar="DIR",
    help="Folder with templates of your own; see `loanbatch templates`.",
)

_BATCH: tuple[Option, ...] = (
    report_option,
    plugin_option,
    no_plugin_option,
    templates_option,
    click.option(
        "--strict-plugins", is_flag=True, default=None, help="A broken plugin ends the command."
    ),
    workers_option,
    timeout_option,
    click.option(
        "--memory-limit",
        "memory_limit_mb",
        type=int,
        metavar="MB",
        help="Memory of a worker; 0 for no limit. [default: 4096]",
    ),
    click.option("--fail-fast", is_flag=True, default=None, help="End at the first failure."),
    click.option(
        "--strict", is_flag=True, default=None, help="Exit with 5 when something needs review."
    ),
    reprocess_option,
    click.option(
        "--searchable", is_flag=True, default=None, help="Keep a searchable PDF/A of each document."
    ),
    click.option(
        "--csv-rows",
        type=click.Choice(["fields", "documents"]),
        help="Rows of .csv reports: one per value or one per document. [default: fields]",
    ),
    click.option(
        "--mask",
        "mask_personal",
        is_flag=True,
        default=None,
        help="Hide names, numbers and other texts in reports; amounts and dates stay.",
    ),
    click.option(
        "--password-file",
        metavar="FILE",
        help="Passwords to try on encrypted files, one per line.",
    ),
    with_settings,
    click.option(
        "--metrics-file", metavar="FILE.prom", help="Keep metrics for Prometheus in a file."
    ),
    click.option("--log-file", metavar="FILE", help="File for the log, as JSON lines."),
    click.option(
        "--log-level",
        type=click.Choice(LOG_LEVELS, case_sensitive=False),
        help="Least level that is logged. [default: warning]",
    ),
    click.option(
        "--quiet", is_flag=True, help="Show only what went wrong with the command itself."
    ),
    json_option,
)


@frozen(kw_only=True)
class Request:
    """How a batch is processed, shown and reported."""

    settings: Settings
    #: Paths of the reports to write.
    reports: Sequence[str]
    quiet: bool
    as_json: bool


def batch_options(command: Command) -> Command:
    """Give a command all that says how a batch is treated, as the argument `request`."""

    @wraps(command)
    def wrapper(
        *,
        settings: Settings,
        reports: Sequence[str],
        password_file: str | None,
        quiet: bool,
        as_json: bool,
        **arguments: Any,  # noqa: ANN401 - the command's own
    ) -> Any:  # noqa: ANN401 - what the command gives
        if password_file is not None:
            passwords = (*settings.passwords, *read_passwords(password_file))
            settings = evolve(settings, passwords=passwords)
        request = Request(settings=settings, reports=reports, quiet=quiet, as_json=as_json)
        return command(request=request, **arguments)

    decorated: Command = wrapper
    for option in reversed(_BATCH):
        decorated = option(decorated)
    return decorated
