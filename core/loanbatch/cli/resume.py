"""`loanbatch resume`: go on with a job that was left unfinished."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from loanbatch.cli import _output
from loanbatch.cli._batch_options import Request, batch_options
from loanbatch.cli._jobs import NEXT, the_job, waiting_job_argument

if TYPE_CHECKING:
    from loanbatch.api import BatchProcessingHandler
    from loanbatch.results import BatchProcessingSummary


@click.command(
    epilog="""\b
Examples:
  loanbatch resume latest
  loanbatch resume next --report loans.json
  loanbatch resume job-20260131-101500-a1b2c3 --workers 4 --report loans.json

Exit codes: those of `loanbatch run`."""
)
@waiting_job_argument
@batch_options
@click.pass_context
def resume(context: click.Context, *, request: Request, job: str) -> None:
    """Go on with a job that was left unfinished.

    Only what is left is processed, whatever ended the job: Ctrl-C, a crash, a full disk. Give the
    options and settings of the first run again. `loanbatch jobs --waiting` lists what can be
    resumed; `next` is the first of them: that of the highest priority, where a point of priority
    counts for an hour that another has waited longer.
    """
    from loanbatch.cli._batch import run_batch

    def go_on(
        handler: BatchProcessingHandler,
        **told: Any,  # noqa: ANN401 - what the command line listens to
    ) -> BatchProcessingSummary:
        if job == NEXT:
            return handler.resume_next(on_total=_tell, **told)
        return handler.resume(the_job(handler, job), on_total=_tell, **told)

    context.exit(run_batch(request, go_on))


def _tell(waiting: int) -> None:
    if not waiting:
        _output.note("Nothing was left to do; the job's results:")
