"""Writes reports: `json` (the whole result), `csv` (flat), `xlsx` (a workbook for people).

All write results one by one as they are read from the job store, so that the memory needed does
not grow with the batch, and all give the same bytes for the same results.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import BinaryIO

from attrs import field, frozen

from loanbatch.errors import SettingsError
from loanbatch.hookspecs import hookimpl
from loanbatch.results import BatchProcessingResult, BatchProcessingSummary
from loanbatch.settings import Settings

__all__ = ["ReportingSettings", "register_settings", "report"]

CSV_ROWS = ("fields", "documents")


def _known_rows(_: object, __: object, value: str) -> None:
    if value not in CSV_ROWS:
        raise SettingsError(f"csv_rows must be one of {', '.join(CSV_ROWS)}")


@frozen(kw_only=True)
class ReportingSettings:
    """The table `[loanbatch.reporting]`."""

    #: `fields`: a row per value, with its evidence; `documents`: a row per document.
    csv_rows: str = field(default="fields", validator=_known_rows)
    #: Put x for letters and 9 for digits in names, addresses, identifiers and other personal data.
    mask_personal: bool = False


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
    """Write the formats `json`, `csv` and `xlsx`."""
    if format not in {"json", "csv", "xlsx"}:
        return None
    own = settings.plugin(ReportingSettings)
    results: Iterable[BatchProcessingResult] = summary.results
    if own.mask_personal:
        from loanbatch.masking import masked

        results = map(masked, results)
    if format == "json":
        from loanbatch_plugins.reporting._json import write_json

        write_json(summary.header(), results, stream)
        return True
    if format == "xlsx":
        from loanbatch_plugins.reporting._xlsx import write_workbook

        write_workbook(summary.header(), results, stream, threshold=settings.review_threshold)
        return True
    from loanbatch_plugins.reporting._csv import write_documents, write_fields

    if own.csv_rows == "documents":
        write_documents(results, stream)
    else:
        write_fields(results, stream, threshold=settings.review_threshold)
    return True
