"""`loanbatch retry`: try again what failed in a job."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from loanbatch.cli import _output
from loanbatch.cli._batch_options import Request, batch_options
from loanbatch.cli._jobs import job_argument, the_job

if TYPE_CHECKING:
    from loanbatch.api import BatchProcessingHandler
    from loanbatch.jobstore import Requeued
    from loanbatch.results import BatchProcessingSummary


@click.command(
    epilog="""\b
Examples:
  loanbatch retry latest --timeout 900
  loanbatch retry job-20260131-101500-a1b2c3 --all-failed --password-file passwords.txt

Exit codes: those of `loanbatch run`."""
)
@job_argument
@click.option(
    "--all-failed",
    is_flag=True,
    help="Also failures that trying again is not likely to mend: after a file was replaced, say.",
)
@click.option(
    "--quarantined", is_flag=True, help="Also documents on which worker processes died three times."
)
@batch_options
@click.pass_context
def retry(
    context: click.Context, *, request: Request, job: str, all_failed: bool, quarantined: bool
) -> None:
    """Process again what failed in a job, and what was never reached.

    Without --all-failed only failures are tried again that may end otherwise: a timeout, a dead
    worker, too little memory, storage that refused, a file that changed. Results that succeeded
    stay as they are.
    """
    from loanbatch.cli._batch import run_batch
    from loanbatch.runner import Retry

    choice = Retry(every=all_failed, quarantined=quarantined)

    def try_again(
        handler: BatchProcessingHandler,
        **told: Any,  # noqa: ANN401 - what the command line listens to
    ) -> BatchProcessingSummary:
        return handler.retry(the_job(handler, job), choice, on_requeued=_tell, **told)

    code = run_batch(request, try_again)
    context.exit(code)


def _tell(requeued: Requeued) -> None:
    """Say what is not tried again, and how it would be."""
    if requeued.hopeless:
        _output.note(
            f"Failures that are not likely to end otherwise, and stay as they are:"
            f" {requeued.hopeless}; --all-failed tries them again."
        )
    if requeued.quarantined:
        _output.note(
            "Documents that killed their worker again and again, and stay set aside:"
            f" {requeued.quarantined}; --quarantined tries them again."
        )
    if not requeued.count:
        _output.note("There is nothing to try again.")
