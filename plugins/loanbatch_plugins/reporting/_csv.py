"""The CSV reports: a row per field, or a row per document; RFC 4180, UTF-8."""

from __future__ import annotations

import csv
import io
import json
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import date
from decimal import Decimal
from typing import Any, BinaryIO, TextIO

from loanbatch.results import BatchProcessingResult
from loanbatch_plugins.reporting._cells import cell
from loanbatch_plugins.reporting._rows import (
    DOCUMENT_COLUMNS,
    FIELD_COLUMNS,
    FILE_COLUMNS,
    document_rows,
    field_rows,
)

#: Characters of rows held in memory until the columns of the documents layout are known.
_SPOOL = 8 * 1024 * 1024


def write_fields(
    results: Iterable[BatchProcessingResult], stream: BinaryIO, *, threshold: float
) -> None:
    """Write one row per value: `fees[0].amount` is the cell `amount` in the first row of `fees`.

    Args:
        results: Read once.
        stream: Gets the rows.
        threshold: Confidence (0 to 1) below which `review_reasons` says `low_confidence`.
    """
    with _text(stream) as text:
        columns = (*FILE_COLUMNS, *DOCUMENT_COLUMNS, *FIELD_COLUMNS)
        writer = csv.DictWriter(text, columns, lineterminator="\r\n", restval="")
        writer.writeheader()
        for result in results:
            for row in field_rows(result, threshold):
                writer.writerow({column: cell(_plain(value)) for column, value in row.items()})


def write_documents(results: Iterable[BatchProcessingResult], stream: BinaryIO) -> None:
    """Write one row per document, with a column for every field that any document has.

    A field of rows is told by the number of its rows; `currencies` lists those of the amounts. The
    columns are known only when all results are read: until then the rows wait in a temporary file.

    Args:
        results: Read once.
        stream: Gets the rows.
    """
    names: set[str] = set()
    with tempfile.SpooledTemporaryFile(_SPOOL, "w+", encoding="utf-8") as spool:
        for result in results:
            for row, values in document_rows(result):
                names.update(values)
                plain = {name: _plain(value) for name, value in values.items()}
                spool.write(json.dumps([row, plain]) + "\n")
        spool.seek(0)
        _write_spooled(spool, sorted(names), stream)


def _write_spooled(spool: Iterable[str], names: list[str], stream: BinaryIO) -> None:
    columns = (*FILE_COLUMNS, *DOCUMENT_COLUMNS, "confidence", "currencies")
    with _text(stream) as text:
        writer = csv.writer(text, lineterminator="\r\n")
        writer.writerow((*columns, *names))
        for line in spool:
            row, values = json.loads(line)
            cells = (*map(row.get, columns), *map(values.get, names))
            writer.writerow([cell(item) for item in cells])


@contextmanager
def _text(stream: BinaryIO) -> Iterator[TextIO]:
    """Give text over a binary stream that stays open afterwards."""
    text = io.TextIOWrapper(stream, encoding="utf-8", newline="")
    try:
        yield text
    finally:
        text.detach()


def _plain(value: Any) -> Any:  # noqa: ANN401 - JSON data
    """Return a typed value as JSON can hold it, written as the JSON report does."""
    if isinstance(value, Decimal):
        return format(value, "f")
    return value.isoformat() if isinstance(value, date) else value
