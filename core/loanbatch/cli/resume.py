"""`loanbatch resume`: go on with a job that was left unfinished."""

from __future__ import annotations

import click

from loanbatch.cli._batch_options import Request, batch_options


@click.command(
    epilog="""\b
Examples:
  loanbatch resume job-20260131-101500-a1b2c3
  loanbatch resume job-20260131-101500-a1b2c3 --workers 4 --report loans.json

Exit codes: those of `loanbatch run`."""
)
@click.argument("job")
@batch_options
@click.pass_context
def resume(context: click.Context, *, request: Request, job: str) -> None:
    """Go on with a job that was left unfinished.

    Only what is left is processed, whatever ended the job: Ctrl-C, a crash, a full disk. Give the
    options and settings of the first run again. `loanbatch jobs` lists what can be resumed.
    """
    from loanbatch.cli._batch import run_batch

    code = run_batch(request, lambda handler, **told: handler.resume(job, **told))
    context.exit(code)
