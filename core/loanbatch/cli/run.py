"""`loanbatch run`: process documents."""

from __future__ import annotations

from collections.abc import Sequence

import click

from loanbatch.cli._batch_options import Request, batch_options

#: Priorities that a shell proposes.
_WORDS = ("low", "normal", "high")


@click.command(
    epilog="""\b
Examples:
  loanbatch run closing.pdf
  loanbatch run ~/loans 's3://bucket/2024/*.pdf' --workers 4 --report loans.json
  loanbatch run urgent.pdf --priority high
  loanbatch run manifest.csv --plugin ./lender.py --report values.csv

Exit codes: 0 all succeeded, 1 the command failed, an error was unexpected (a bug), or a report
could not be written, 2 usage, 3 some documents failed, 4 all failed, 5 something needs
review (only with --strict), 130 interrupted."""
)
@click.argument("sources", metavar="SOURCE…", nargs=-1, required=True)
@click.option(
    "--priority",
    metavar="N|low|normal|high",
    default="normal",
    shell_complete=lambda _context, _option, begun: [w for w in _WORDS if w.startswith(begun)],
    help="How urgent what has no priority of its own is, from -100 to 100. [default: normal, 0]",
)
@batch_options
@click.pass_context
def run(context: click.Context, *, request: Request, sources: Sequence[str], priority: str) -> None:
    """Process files, folders, globs, URLs and manifests.

    A folder stands for the documents in it and below. A manifest is a CSV file or JSON lines with a
    column `file` and, where known, `loan` and `priority`: higher goes first, and each tenth
    document is the one that waits longest. Results of earlier runs are reused. Inputs are never
    changed. A run that was interrupted goes on with `loanbatch resume`.
    """
    from loanbatch.cli._batch import run_batch

    code = run_batch(
        request, lambda handler, **told: handler.process(sources, priority=priority, **told)
    )
    context.exit(code)
