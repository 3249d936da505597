"""What run, resume and retry do: the batch with its progress, table, reports and exit code."""

from __future__ import annotations

import gc
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext

from loanbatch.api import BatchProcessingHandler
from loanbatch.cli import _output
from loanbatch.cli._batch_options import Request
from loanbatch.cli._loan_view import tell_contradictions
from loanbatch.cli._options import open_handler
from loanbatch.cli._progress import Progress
from loanbatch.cli._reports import to_standard_output
from loanbatch.cli._results import SHOWN, show_run
from loanbatch.cli._signals import stop_on_signal
from loanbatch.errors import LoanbatchError, UnexpectedError
from loanbatch.jobstore import Outcomes
from loanbatch.reports import check_format
from loanbatch.results import BatchProcessingSummary
from loanbatch.settings import Settings
from loanbatch.temporary import private_folder

EXIT_UNEXPECTED = 1  # or a report could not be written
EXIT_SOME_FAILED = 3
EXIT_ALL_FAILED = 4
EXIT_REVIEW = 5
EXIT_INTERRUPTED = 130

_OBJECTS_BETWEEN_COLLECTIONS = 20_000


#: Given the handler, and by name progress and stop.
Process = Callable[..., BatchProcessingSummary]


def run_batch(request: Request, process: Process) -> int:
    """Process sources, show and report what became of them, and return the exit code."""
    with _own_folder(request.settings), open_handler(request.settings) as handler:
        if not handler.registry.callers("store"):
            _output.warning(
                "no store plugin is active (bundled: records, objects): results are in the job"
                " records and reports only, no loan records or originals are kept"
            )
        for path in request.reports:
            handler.check_report_path(path)
        if request.as_json:
            check_format(handler.registry, "json")
        summary, stopped = _process(handler, request, process)
        if stopped:
            _output.note(f"Interrupted. Go on with: loanbatch resume {summary.job_id}")
        try:
            outcomes = handler.get_outcomes(summary.job_id, notable=SHOWN)
            missing = _report(handler, request, summary, outcomes)
            if not request.quiet and handler.registry.callers("join_loan"):
                tell_contradictions(handler, summary.job_id)
        except KeyboardInterrupt:
            _output.note(
                "Interrupted; all results so far are recorded. Report them with: loanbatch report"
                f" {summary.job_id} --output FILE"
            )
            return EXIT_INTERRUPTED
    if stopped:
        return EXIT_INTERRUPTED
    return missing or _exit_code(summary, outcomes, request.settings)


def _report(
    handler: BatchProcessingHandler,
    request: Request,
    summary: BatchProcessingSummary,
    outcomes: Outcomes,
) -> int:
    """Write what was asked for, and return the exit code of what could not be written."""
    missing = _write_reports(handler, summary, request.reports)
    if request.as_json:
        to_standard_output(handler, summary, "json")
    elif not request.quiet:
        show_run(summary, outcomes)
    return missing


def _own_folder(settings: Settings) -> AbstractContextManager[None]:
    """Keep temporary files apart where this process itself works on documents, as workers do."""
    return private_folder() if settings.executor == "inline" else nullcontext()


def _process(
    handler: BatchProcessingHandler, request: Request, process: Process
) -> tuple[BatchProcessingSummary, bool]:
    """Run the batch; return its summary and whether it was stopped with something left to do."""
    _tend_memory()
    with stop_on_signal() as stop, Progress(quiet=request.quiet) as progress:
        summary = process(handler, progress=progress, stop=stop)
    return summary, stop.is_set() and summary.end_time is None


def _tend_memory() -> None:
    """Look for garbage again, but not among what is loaded, nor as often as is usual.

    Workers inherit it. Pages make many objects that live as long as their document.
    """
    gc.enable()
    gc.freeze()
    gc.set_threshold(_OBJECTS_BETWEEN_COLLECTIONS)


def _write_reports(
    handler: BatchProcessingHandler, summary: BatchProcessingSummary, reports: Sequence[str]
) -> int:
    """Write the reports; results are safe already, so one that fails does not stop the others."""
    code = 0
    for path in reports:
        try:
            handler.write_report(summary, path)
        except LoanbatchError as error:
            _output.error(
                f"{error.message}.",
                f"Try again with: loanbatch report {summary.job_id} --output {path}",
            )
            code = EXIT_UNEXPECTED
    return code


def _exit_code(summary: BatchProcessingSummary, outcomes: Outcomes, settings: Settings) -> int:
    if outcomes.codes[UnexpectedError.error_code]:
        return EXIT_UNEXPECTED
    if summary.failed_documents:
        return EXIT_SOME_FAILED if summary.successful_documents else EXIT_ALL_FAILED
    return EXIT_REVIEW if settings.strict and outcomes.reviews else 0
