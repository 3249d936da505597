"""The hooks that run in the coordinator: stores, reports, executors, commands, observers."""

from __future__ import annotations

import time
from collections.abc import Sequence
from concurrent.futures import Executor
from functools import partial
from typing import TYPE_CHECKING, Any, BinaryIO

from loanbatch._logging import get_logger
from loanbatch.book import ReportBook
from loanbatch.errors import LoanbatchError, PluginError, StorageFailedError
from loanbatch.hookcalls._calling import call, first_answer
from loanbatch.hookcalls._commands import take_commands
from loanbatch.hookcalls._comparisons import expect_comparisons
from loanbatch.hookcalls._outcomes import (
    expect_executor,
    expect_original,
    expect_receipts,
    expect_written,
)
from loanbatch.loans import Comparison, Loan, Prepayment
from loanbatch.models import Receipt, Source
from loanbatch.registry import Registry, alarm
from loanbatch.results import BatchProcessingResult, BatchProcessingSummary

if TYPE_CHECKING:
    import click


def store(registry: Registry, result: BatchProcessingResult, source: Source) -> tuple[Receipt, ...]:
    """Have all plugins store a result.

    Raises:
        LoanbatchError: As a plugin raised it.
        StorageFailedError: A plugin failed otherwise.
    """
    receipts: list[Receipt] = []
    for plugin, caller in registry.callers("store"):
        try:
            receipts += call(
                registry,
                plugin,
                "store",
                caller,
                partial(expect_receipts, plugin),
                result=result,
                source=source,
                settings=registry.settings,
            )
        except PluginError as error:
            raise StorageFailedError(error.message) from error
    return tuple(receipts)


def read_original(registry: Registry, sha256: str) -> bytes | None:
    """Return the stored bytes of a source; None where no plugin has them.

    Raises:
        LoanbatchError: The last plugin asked failed.
    """
    content, failure = first_answer(
        registry,
        "read_original",
        partial(expect_original, sha256=sha256),
        sha256=sha256,
        settings=registry.settings,
    )
    if content is None and failure is not None:
        raise failure
    return content


def report(
    registry: Registry,
    summary: BatchProcessingSummary,
    format: str,  # noqa: A002 - the hook's argument
    stream: BinaryIO,
    book: ReportBook | None = None,
) -> bool:
    """Return whether a plugin wrote the report.

    Raises:
        LoanbatchError: The plugin that knows the format failed.
    """
    for plugin, caller in registry.callers("report"):
        written = call(
            registry,
            plugin,
            "report",
            caller,
            partial(expect_written, plugin),
            summary=summary,
            format=format,
            stream=stream,
            settings=registry.settings,
            book=book or ReportBook(),
        )
        if written:
            return True
    return False


def compare_loans(
    registry: Registry, loans: Sequence[Loan], prepayments: Sequence[Prepayment] = ()
) -> tuple[Comparison, ...]:
    """Return the comparisons of the first plugin that makes any; none where no plugin does.

    Raises:
        LoanbatchError: The last plugin asked failed.
    """
    comparisons, failure = first_answer(
        registry,
        "compare_loans",
        lambda plugin, answer: expect_comparisons(plugin, answer, loans),
        loans=loans,
        prepayments=prepayments,
        settings=registry.settings,
    )
    if comparisons is None and failure is not None:
        raise failure
    return comparisons or ()


def get_executor(registry: Registry) -> Executor | None:
    """Return the executor of the first plugin that has one for these settings.

    Raises:
        LoanbatchError: A plugin failed: the job must not start somewhere else than asked for.
    """
    for plugin, caller in registry.callers("get_executor"):
        read = partial(expect_executor, plugin)
        executor = call(registry, plugin, "get_executor", caller, read, settings=registry.settings)
        if executor is not None:
            return executor
    return None


def register_commands(registry: Registry, group: click.Group) -> None:
    """Have plugins add their commands; one that fails is logged and its commands are missing.

    A name that is taken stays with who has it: the group, then the plugin that was loaded last.
    """
    for plugin, caller in registry.callers("register_commands"):
        take_commands(registry, plugin, caller, group)


def on_job_started(
    registry: Registry, job_id: str, total_documents: int, waiting_documents: int
) -> None:
    """Tell observers that a job begins, or is gone on with."""
    _notify(
        registry,
        "on_job_started",
        job_id=job_id,
        total_documents=total_documents,
        waiting_documents=waiting_documents,
    )


def on_result(
    registry: Registry, job_id: str, position: int, result: BatchProcessingResult
) -> None:
    """Tell observers that a source is done; positions count from 1."""
    _notify(registry, "on_result", job_id=job_id, position=position, result=result)


def on_job_interrupted(registry: Registry, job_id: str, waiting_documents: int) -> None:
    """Tell observers that this process leaves a job before its end."""
    _notify(registry, "on_job_interrupted", job_id=job_id, waiting_documents=waiting_documents)


def on_job_finished(registry: Registry, summary: BatchProcessingSummary) -> None:
    """Tell observers that a job ended."""
    _notify(registry, "on_job_finished", summary=summary)


def _notify(registry: Registry, hook: str, **arguments: object) -> None:
    for plugin, caller in registry.callers(hook):
        if not registry.is_muted(plugin):
            _notify_one(registry, hook, plugin, caller, arguments)


def _notify_one(
    registry: Registry,
    hook: str,
    plugin: str,
    caller: Any,  # noqa: ANN401 -- pluggy's, which takes what the hook takes
    arguments: dict[str, object],
) -> None:
    """Tell one observer; one that takes too long is told nothing more: the job would crawl."""
    most = registry.settings.observer_seconds
    message = f"no end after {most:g} s; the setting observer_seconds allows more"
    began = time.monotonic()
    try:
        with alarm(most, message):
            call(
                registry,
                plugin,
                hook,
                caller,
                lambda _: None,
                **arguments,
                settings=registry.settings,
            )
    except LoanbatchError as error:
        get_logger().warning("observer_failed", plugin=plugin, error=error.message)
    if most and time.monotonic() - began >= most:
        registry.mute(plugin)
        get_logger().warning("observer_muted", plugin=plugin, hook=hook, seconds=most)
