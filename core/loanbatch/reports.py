"""Reports of a job to files, in the format that the file's ending names."""

from __future__ import annotations

import contextlib
import io
import os
from datetime import UTC, datetime
from pathlib import Path, PurePath

from loanbatch import hookcalls
from loanbatch.errors import StorageFailedError, UsageError
from loanbatch.registry import Registry
from loanbatch.results import BatchProcessingSummary, JobStatus
from loanbatch.temporary import is_abandoned, marked_name

#: The ending of a report that is being written.
_UNFINISHED = ".loanbatch"


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
    if not is_written(registry, format or report_format(path)):
        raise _unknown_format(path)


def is_written(registry: Registry, format: str) -> bool:  # noqa: A002
    """Tell whether a plugin writes reports in a format."""
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


def _unknown_format(path: str | Path) -> UsageError:
    return UsageError(
        f"{path}: no plugin writes reports in this format; name a file that ends in .json, .csv or"
        " .xlsx"
    )


def write_report(
    registry: Registry,
    summary: BatchProcessingSummary,
    path: str | Path,
    format: str | None = None,  # noqa: A002 - the hook's name for it
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
            written = hookcalls.report(registry, summary, format or report_format(path), stream)
        if not written:
            raise _unknown_format(path)
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
