"""Tells another program of jobs and their results, by signed requests over HTTP: webhooks.

Active where the settings name a receiver. What happens is written into a table first, and sent from
there by a thread beside the batch, which never waits for a receiver. What a receiver does not take
stays in the table, to be sent again by `loanbatch webhooks send`. Payloads have ids, codes and
counts, nothing of a document.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from loanbatch.hookspecs import hookimpl
from loanbatch.results import BatchProcessingResult, BatchProcessingSummary
from loanbatch.settings import Settings
from loanbatch_contrib.webhooks._settings import WebhooksSettings

if TYPE_CHECKING:
    import click

    from loanbatch_contrib.webhooks._job import JobWebhooks

__all__ = [
    "WebhooksSettings",
    "on_job_finished",
    "on_job_interrupted",
    "on_job_started",
    "on_result",
    "register_commands",
    "register_settings",
]

#: Seconds that an interrupted job waits for what is being sent: a person waits for its end.
_PATIENCE_INTERRUPTED = 1.0

#: The jobs that this process works on, by id.
_jobs: dict[str, JobWebhooks] = {}


@hookimpl
def register_settings() -> type:
    """Give the class of the plugin's settings."""
    return WebhooksSettings


@hookimpl
def register_commands(group: click.Group) -> None:
    """Add `loanbatch webhooks`."""
    from loanbatch_contrib.webhooks._commands import webhooks

    group.add_command(webhooks)


@hookimpl
def on_job_started(
    job_id: str, total_documents: int, waiting_documents: int, settings: Settings
) -> None:
    """Begin to send the events of a job, those first that an earlier run of it left."""
    if not settings.plugin(WebhooksSettings).url:
        return
    from loanbatch_contrib.webhooks._job import JobWebhooks

    job = JobWebhooks(job_id, settings)
    job.begin(total_documents, waiting_documents)
    _jobs[job_id] = job


@hookimpl
def on_result(job_id: str, position: int, result: BatchProcessingResult) -> None:
    """Note that a document is done, to be sent."""
    if job_id in _jobs:
        _jobs[job_id].note_result(position, result)


@hookimpl
def on_job_interrupted(job_id: str, waiting_documents: int) -> None:
    """Note that the job was left before its end, and stop sending."""
    job = _jobs.pop(job_id, None)
    if job is not None:
        with job.ending(_PATIENCE_INTERRUPTED):
            job.note_interruption(waiting_documents)


@hookimpl
def on_job_finished(summary: BatchProcessingSummary, settings: Settings) -> None:
    """Note that the job ended, and wait a while for what is not delivered yet.

    Raises:
        DeliveryFailedError: Something is left, to be sent by hand.
    """
    job = _jobs.pop(summary.job_id, None)
    if job is not None:
        with job.ending(settings.plugin(WebhooksSettings).patience_seconds):
            job.note_end(summary)
