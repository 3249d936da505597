"""Keeps every document's values, with their evidence, in SQL tables for other programs to query.

Four tables in the database of the setting `database`: documents, loans, fields, findings. One
transaction per result; storing a result again replaces its rows, so that nothing is there twice.
The tables are made and brought up to date when the first result is stored.
"""

from __future__ import annotations

from loanbatch.hookspecs import hookimpl
from loanbatch.models import Receipt
from loanbatch.results import BatchProcessingResult
from loanbatch.settings import Settings

__all__ = ["on_job_finished", "store"]


@hookimpl
def store(result: BatchProcessingResult, settings: Settings) -> Receipt | None:
    """Write the rows of one result.

    Raises:
        StorageFailedError: The database cannot be opened or written; nothing was kept.
    """
    if result.document_id is None:
        return None
    from loanbatch_plugins.records._database import open_database
    from loanbatch_plugins.records._writing import write_result

    patience = settings.storage_patience_seconds
    write_result(open_database(settings.database_url, patience=patience), result)
    return Receipt(what="record", where=f"documents/{result.document_id}", sha256=result.sha256)


@hookimpl
def on_job_finished() -> None:
    """Close the connection of the job that ended; the next job opens its own."""
    from loanbatch_plugins.records._database import close_databases

    close_databases()
