"""What the task of a source came to: a result, or what stands for it where the task failed."""

from __future__ import annotations

from concurrent.futures import CancelledError, Future

from attrs import evolve

from loanbatch.errors import PluginError, WorkerCrashedError
from loanbatch.executors import task_error
from loanbatch.hookcalls import AtWork
from loanbatch.jobstore import MOST_WORKER_DEATHS, Note, QueuedSource
from loanbatch.models import Source
from loanbatch.pipeline import blamed, failed_result
from loanbatch.results import BatchProcessingResult
from loanbatch.settings import Settings


def error_of(future: Future[BatchProcessingResult]) -> BaseException | None:
    """Return what a task raised; None where it gave something."""
    try:
        return future.exception()
    except CancelledError as error:  # by an executor of somebody else's
        return error


def failure_of(
    settings: Settings, queued: QueuedSource, error: BaseException, at_work: AtWork | None
) -> tuple[BatchProcessingResult, tuple[Note, ...]]:
    """Return the result of a source whose task failed, and what happened.

    After the third death of a worker the source is set aside.
    """
    told = blamed(task_error(error, settings), at_work)
    failure = failed_result(queued.source, told)
    died = Note(
        event="worker_failed",
        facts={
            "error": type(error).__name__,
            "error_code": told.error_code,
            "plugin": at_work and at_work.plugin,
            "hook": at_work and at_work.hook,
        },
    )
    deaths = queued.worker_deaths + 1
    if not isinstance(told, WorkerCrashedError) or deaths < MOST_WORKER_DEATHS:
        return failure, (died,)
    message = (
        f"workers died {deaths} times on this document: it is set aside until asked for"
        f" (loanbatch retry --quarantined); the last time: {told.message}"
    )
    set_aside = Note(event="document_set_aside", facts={"count": deaths})
    return evolve(failure, error_message=message, retryable=False), (died, set_aside)


def expected(source: Source, answer: object) -> BatchProcessingResult:
    """Return what a task gave, if that is a result: executors may be anybody's."""
    if isinstance(answer, BatchProcessingResult):
        return answer
    error = PluginError(f"the executor gave {type(answer).__name__}, expected a result")
    return failed_result(source, error)
