"""Where reports go: a file that is complete or not there, or an open stream."""

from __future__ import annotations

import contextlib
import io
import os
from datetime import UTC, datetime
from pathlib import Path, PurePath
from typing import BinaryIO

from loanbatch import hookcalls
from loanbatch.errors import StorageFailedError, UsageError
from loanbatch.registry import Registry
from loanbatch.reports._book import JobBook, LoansOf
from loanbatch.results import BatchProcessingSummary, JobStatus
from loanbatch.temporary import is_abandoned, marked_name

#: The ending of a report that is being written.
_UNFINISHED = ".loanbatch"
#: What the bundled plugin writes, where it is not blocked.
_FORMATS = ("json", "csv", "xlsx", "html", "pdf")


def report_format(path: str | Path) -> str:
    """Return the format that a file's ending names, lower case, no dot; empty without ending."""
    return PurePath(path).suffix.lstrip(".").lower()


def check_report_path(registry: Registry, path: str | Path, format: str | None = None) -> None:  # noqa: A002
    """Refuse early what `write_report` would refuse when the work is done.

    Raises:
        UsageError: No plugin writes the format, or the folder does not exist.
    """
    if not Path(path).absolute().parent.is_dir():
        raise UsageError(f"{path}: the folder of the report does not exist; make it first")
    if not _is_written(registry, format or report_format(path)):
        raise _unknown_format(registry, path)


def check_format(registry: Registry, format: str) -> None:  # noqa: A002 - the hook's name for it
    """Refuse a format that no plugin writes.

    Raises:
        UsageError: No plugin does.
    """
    if not _is_written(registry, format):
        raise UsageError(
            f"no plugin writes reports as {format}: {_known(registry, 'name {}')}`loanbatch plugins"
            " list` shows what is active"
        )


def _is_written(registry: Registry, format: str) -> bool:  # noqa: A002
    """Tell whether a plugin writes reports in a format: it is asked for one of nothing."""
    moment = datetime.now(UTC)
    empty = BatchProcessingSummary(
        job_id="job",
        status=JobStatus.COMPLETED,
        total_documents=0,
        processed_documents=0,
        successful_documents=0,
        failed_documents=0,
        skipped_documents=0,
        results=(),
        start_time=moment,
        end_time=moment,
    )
    return hookcalls.report(registry, empty, format, io.BytesIO())


def _unknown_format(registry: Registry, path: str | Path) -> UsageError:
    told = _known(registry, "name a file that ends in {}", ".")
    return UsageError(
        f"{path}: no plugin writes reports in this format; {told}`loanbatch plugins list` shows"
        " what is active"
    )


def _known(registry: Registry, words: str, mark: str = "") -> str:
    """Return words about the formats that are written now, ending in `; `; none where none is."""
    found = [f"{mark}{name}" for name in _FORMATS if _is_written(registry, name)]
    if not found:
        return ""
    *most, last = found
    return words.format(f"{', '.join(most)} or {last}" if most else last) + "; "


def report_to(
    registry: Registry,
    summary: BatchProcessingSummary,
    stream: BinaryIO,
    format: str,  # noqa: A002 - the hook's name for it
    loans_of: LoansOf,
) -> bool:
    """Write a report of a job to a stream and tell whether a plugin did.

    Raises:
        PluginError: The reporting plugin failed.
    """
    with JobBook(registry, summary.job_id, loans_of) as book:
        return hookcalls.report(registry, summary, format, stream, book)


def write_report(
    registry: Registry,
    summary: BatchProcessingSummary,
    path: str | Path,
    format: str | None,  # noqa: A002 - the hook's name for it
    loans_of: LoansOf,
) -> None:
    """Write a report of a job; an existing file is replaced only by a complete one.

    The format is what the path's ending names, unless it is given.

    Raises:
        UsageError: No plugin writes the format.
        StorageFailedError: The file cannot be written.
        PluginError: The reporting plugin failed.
    """
    target = Path(path)
    temporary = target.with_name(f".{marked_name()}{_UNFINISHED}")
    _remove_unfinished(target.parent)
    try:
        # Reports hold personal data: readable by their owner only.
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as stream:
            written = report_to(registry, summary, stream, format or report_format(path), loans_of)
        if not written:
            raise _unknown_format(registry, path)
        temporary.replace(target)
    except OSError as error:
        raise StorageFailedError(
            f"{path}: the report cannot be written ({error.strerror or type(error).__name__})"
        ) from error
    finally:
        temporary.unlink(missing_ok=True)


def _remove_unfinished(folder: Path) -> None:
    """Remove what processes that were killed left of reports in a folder: it holds personal data.

    What cannot be looked at or removed stays: writing the report will tell why.
    """
    with contextlib.suppress(OSError):
        for left in folder.glob(f".*{_UNFINISHED}"):
            if is_abandoned(left.name):
                left.unlink(missing_ok=True)
