"""Writes reports for programs: `json` (the whole result) and `csv` (flat, for spreadsheets).

Both write results one by one as they are read from the job store, so that the memory needed does
not grow with the batch, and both give the same bytes for the same results.
"""

from __future__ import annotations

from typing import BinaryIO

from attrs import field, frozen

from loanbatch.errors import SettingsError
from loanbatch.hookspecs import hookimpl
from loanbatch.results import BatchProcessingSummary
from loanbatch.settings import Settings

__all__ = ["ReportingSettings", "register_settings", "report"]

CSV_LAYOUTS = ("fields", "documents")


def _known_layout(_: object, __: object, value: str) -> None:
    if value not in CSV_LAYOUTS:
        raise SettingsError(f"csv_layout must be one of {', '.join(CSV_LAYOUTS)}")


@frozen(kw_only=True)
class ReportingSettings:
    """The table `[loanbatch.reporting]`."""

    #: `fields`: a row per value, with its evidence; `documents`: a row per document.
    csv_layout: str = field(default="fields", validator=_known_layout)


@hookimpl
def register_settings() -> type:
    """Give the class of the plugin's settings."""
    return ReportingSettings


@hookimpl
def report(
    summary: BatchProcessingSummary,
    format: str,  # noqa: A002 - the hook's name for it
    stream: BinaryIO,
    settings: Settings,
) -> bool | None:
    """Write the formats `json` and `csv`."""
    if format == "json":
        from loanbatch_plugins.reporting._json import write_json

        write_json(summary, stream)
        return True
    if format == "csv":
        from loanbatch_plugins.reporting._csv import write_documents, write_fields

        if settings.plugin(ReportingSettings).csv_layout == "documents":
            write_documents(summary.results, stream)
        else:
            write_fields(summary.results, stream, threshold=settings.review_threshold)
        return True
    return None
