"""Hooks about reports, and about the originals that they show."""
# mypy: disable-error-code="empty-body"

from __future__ import annotations

from typing import BinaryIO

from loanbatch.book import ReportBook
from loanbatch.hookspecs._markers import hookspec
from loanbatch.results import BatchProcessingSummary
from loanbatch.settings import Settings


@hookspec(firstresult=True)
def read_original(sha256: str, settings: Settings) -> bytes | None:
    """Give back the bytes of a source that `store` kept.

    Called by whoever wants to show pages of documents that were processed earlier.

    Returns:
        The original, whose hash is compared; None where the plugin has not got it.

    Runs in: coordinator. First result. On an exception the next plugin is asked; at last the
    document is shown without its pages.

    .. versionadded:: 0.1
    """


@hookspec(firstresult=True)
def report(
    summary: BatchProcessingSummary,
    format: str,  # noqa: A002 -- the word for it
    stream: BinaryIO,
    settings: Settings,
    book: ReportBook,
) -> bool | None:
    """Write a report of a job in one format to an open binary stream.

    Args:
        summary: Its results may be read lazily: iterate once, keep nothing.
        format: The ending that the user asked for, lower case, without dot: `json`, `csv`.
        stream: Open for writing; not to be closed.
        settings: All settings.
        book: What may be shown besides: loans, comparisons, pictures of pages. Nothing of it is
            made before it is asked for.

    Returns:
        True when written; None when the format is not the plugin's.

    Runs in: coordinator. First result. On an exception the results stay and the command says which
    report is missing.

    .. versionadded:: 0.1
    """
