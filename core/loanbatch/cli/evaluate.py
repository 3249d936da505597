"""`loanbatch evaluate`: how accurate results are, measured on labelled documents."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from loanbatch.cli._batch_options import (
    no_plugin_option,
    plugin_option,
    report_option,
    reprocess_option,
    templates_option,
    timeout_option,
    workers_option,
)
from loanbatch.cli._options import json_option, with_settings
from loanbatch.settings import Settings


@click.command(
    epilog="""\b
Examples:
  loanbatch evaluate docs/samples
  loanbatch evaluate labelled --misses-html misses.html
  loanbatch evaluate labelled --baseline accuracy.json --save-baseline accuracy.json

Exit codes: 0 measured, 1 unexpected error, 2 usage, 3 worse than the baseline, 130 interrupted."""
)
@click.argument("labels", metavar="LABELS", type=click.Path(path_type=Path))
@click.option(
    "--results",
    "results_file",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="Score a JSON report made earlier instead of processing the documents.",
)
@report_option
@click.option("--fields", "all_fields", is_flag=True, help="Show the figures of every field.")
@click.option(
    "--misses", is_flag=True, help="List each wrong and missing value. This is personal data."
)
@click.option(
    "--misses-html",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="Write a page that shows each wrong and missing value beside its picture.",
)
@click.option(
    "--set-aside",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="Show the figures of the documents that FILE lists (a path below LABELS a line) apart as"
    " well, and none of their misses.",
)
@click.option(
    "--baseline",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="Compare with saved figures; exit with 3 when a kind became worse.",
)
@click.option(
    "--save-baseline",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="Save the figures, unless they are worse than those of --baseline.",
)
@click.option(
    "--tolerance",
    type=click.FloatRange(0, 1),
    default=0.0,
    metavar="SHARE",
    help="How much worse is not worse: 0.01 is one value in a hundred. [default: 0]",
)
@plugin_option
@no_plugin_option
@templates_option
@workers_option
@timeout_option
@reprocess_option
@with_settings
@click.option("--quiet", is_flag=True, help="Show only what became worse or went wrong.")
@json_option
@click.pass_context
def evaluate(context: click.Context, /, *, settings: Settings, **asked: Any) -> None:  # noqa: ANN401 - the options above
    """Measure how accurate results are, against documents that a person has labelled.

    LABELS is a folder of documents with a label file NAME.gold.json beside each, or one such
    document. The documents are processed as by `run`, then every labelled value is compared with
    what was found.
    """
    from loanbatch.cli._evaluation import Request, run_evaluation

    context.exit(run_evaluation(settings, Request(**asked)))
