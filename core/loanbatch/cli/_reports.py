"""Reports on standard output."""

from __future__ import annotations

from loanbatch import hookcalls
from loanbatch.cli import _output
from loanbatch.errors import UsageError
from loanbatch.registry import Registry
from loanbatch.reports import is_written
from loanbatch.results import BatchProcessingSummary


def check_format(registry: Registry, report_format: str) -> None:
    """Refuse a format that no plugin writes.

    Raises:
        UsageError: No plugin does.
    """
    if not is_written(registry, report_format):
        raise UsageError(
            f"no plugin writes reports as {report_format}: name json, csv or xlsx; see"
            " `loanbatch plugins list` for what is active"
        )


def to_standard_output(
    registry: Registry, summary: BatchProcessingSummary, report_format: str
) -> None:
    """Write a report to standard output."""
    with _output.binary() as stream:
        hookcalls.report(registry, summary, report_format, stream)
