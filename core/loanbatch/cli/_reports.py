"""Reports on standard output."""

from __future__ import annotations

from loanbatch.api import BatchProcessingHandler
from loanbatch.cli import _output
from loanbatch.reports import report_to
from loanbatch.results import BatchProcessingSummary


def to_standard_output(
    handler: BatchProcessingHandler, summary: BatchProcessingSummary, report_format: str
) -> None:
    """Write a report to standard output."""
    with _output.binary() as stream:
        report_to(handler.registry, summary, stream, report_format, handler.loans_to_show)
