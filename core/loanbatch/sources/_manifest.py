"""Lists of inputs with what is known of each: the loan it belongs to, how urgent it is."""

from __future__ import annotations

import hashlib
import io
import os
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

from attrs import evolve

from loanbatch.errors import LoanbatchError, NotFoundError, ValidationError
from loanbatch.models import Source
from loanbatch.priorities import priority_of
from loanbatch.settings import Settings
from loanbatch.sources._listing import ListedSource, Listing, failed, identify
from loanbatch.sources._reading import (
    classified,
    clean_name,
    display_name,
    is_url,
    local_path,
    open_regular,
    stat_path,
)

if TYPE_CHECKING:
    import csv

#: Columns of a manifest; only `file` is needed.
MANIFEST_COLUMNS = ("file", "loan", "priority")

#: Characters of a manifest that are looked at together.
_READ_AT_ONCE = 1 << 20
_MANIFEST_ENDINGS = (".csv", ".jsonl")


def list_sources(inputs: Iterable[str | Path], *, settings: Settings) -> Iterator[ListedSource]:
    """List what is to be processed, lazily and in a stable order.

    Args:
        inputs: Files, folders (searched to the bottom, by name), glob patterns, URLs that fsspec
            knows, and manifests (`.csv` or `.jsonl` with the columns `file`, `loan`, `priority`;
            relative paths start at the manifest). A name that exists is taken as it stands, even
            with `*` or `[` in it.
        settings: The folder `home` is left out: what was stored there is no new input.

    A location that comes again, by name and with its folder for example, is listed once, unless
    another loan is told for it.

    Yields:
        Each source with its location; an input that cannot be used with a `not_found`,
        `not_a_file`, `unreadable` or (for a line of a manifest) `invalid` error.
    """
    locations = [os.fspath(item) for item in inputs]
    listed = _list_inputs(locations, Listing(_stored(settings)))
    # Nothing comes twice in one folder or pattern, and marks of a million files take 100 MB.
    alone = len(locations) == 1 and _manifest_path(locations[0]) is None
    yield from listed if alone else _each_once(listed)


def _list_inputs(locations: Iterable[str], listing: Listing) -> Iterator[ListedSource]:
    for location in locations:
        path = _manifest_path(location)
        if path is not None:
            yield from _list_manifest(path, listing)
        else:
            yield from listing.expand(location)


def _manifest_path(location: str) -> str | None:
    """Return the path of a manifest; None for any other input."""
    path = local_path(location)
    return path if path is not None and path.lower().endswith(_MANIFEST_ENDINGS) else None


def _each_once(listed: Iterable[ListedSource]) -> Iterator[ListedSource]:
    seen: set[bytes] = set()
    for item in listed:
        if item.error is None:
            place, with_loan = _marks(item.source)
            if with_loan in seen or (item.source.loan_id is None and place in seen):
                continue
            seen.add(place)
            if item.source.loan_id is not None:
                seen.add(with_loan)
        yield item


def _marks(source: Source) -> tuple[bytes, bytes]:
    """Return what stands for a location alone and with its loan; texts would take more memory."""
    path = local_path(source.location)
    place = source.location if path is None else os.path.abspath(path)  # noqa: PTH100 -- no links
    return _mark(place), _mark(f"{place}\0{source.loan_id}")


def _mark(text: str) -> bytes:
    return hashlib.blake2b(text.encode(errors="surrogateescape"), digest_size=16).digest()


def list_files(paths: Iterable[str | Path]) -> Iterator[ListedSource]:
    """List paths or URLs as one source each: nothing is expanded."""
    listing = Listing()
    for path in paths:
        yield listing.one(os.fspath(path))


def _stored(settings: Settings) -> frozenset[tuple[int, int]]:
    """Return the folders with stored documents, as far as they are on this computer."""
    identities = []
    for place in (str(settings.home), settings.objects_url):
        path = local_path(place)
        if path is None:
            continue
        try:
            identities.append(identify(stat_path(path)))
        except OSError:  # nothing was stored yet
            continue
    return frozenset(identities)


def _list_manifest(path: str, listing: Listing) -> Iterator[ListedSource]:
    name = display_name(path)
    try:
        with classified(name), open_regular(path) as stream:
            lines = _lines_of(stream.read(), name)
        rows = _csv_rows(lines, name) if path.lower().endswith(".csv") else _json_rows(lines)
    except LoanbatchError as error:
        yield failed(path, error)
        return
    empty = True
    for number, row in rows:
        empty = False
        try:
            yield from _list_row(row, listing, Path(path).parent)
        except ValidationError as error:
            yield failed(path, ValidationError(f"{name}, line {number}: {error.message}"))
    if empty:
        yield failed(path, NotFoundError(f"{name}: the manifest lists no file"))


def _lines_of(data: bytes, name: str) -> TextIO:
    """Return the text of a manifest, all of it good; as bytes it takes a quarter of the memory."""
    lines = io.TextIOWrapper(io.BytesIO(data), "utf-8-sig", newline="")
    try:
        while lines.read(_READ_AT_ONCE):
            pass
    except UnicodeDecodeError:
        raise ValidationError(f"{name}: a manifest must be a text in UTF-8") from None
    lines.seek(0)
    return lines


def _csv_rows(lines: TextIO, name: str) -> Iterator[tuple[int, Mapping[str, Any]]]:
    import csv

    header = lines.readline()
    lines.seek(0)
    delimiter = max(",;\t", key=header.count)
    reader = csv.DictReader(lines, delimiter=delimiter, strict=True)
    try:
        columns = [(column or "").strip().lower() for column in reader.fieldnames or ()]
    except csv.Error:
        raise ValidationError(f"{name} is no CSV file with a line of column names") from None
    if columns:
        _refuse_columns(columns, name)
    reader.fieldnames = columns
    return _numbered(reader)


def _numbered(reader: csv.DictReader[str]) -> Iterator[tuple[int, Mapping[str, Any]]]:
    import csv

    while True:
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error:
            # Quotes do not match: nothing after this can be trusted.
            yield reader.line_num + 1, {"": "the line is no CSV (do the quotes match?)"}
            return
        yield reader.line_num, row


def _json_rows(lines: TextIO) -> Iterator[tuple[int, Mapping[str, Any]]]:
    import json

    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except ValueError:
            row = None
        if isinstance(row, dict):
            yield number, {str(key).strip().lower(): value for key, value in row.items()}
        else:
            yield number, {"": "the line is no JSON object"}


def _refuse_columns(columns: Iterable[str], name: str) -> None:
    import difflib

    columns = list(columns)
    if "file" not in columns:
        raise ValidationError(f"{name}: a manifest needs a column `file` (others: loan, priority)")
    for column in columns:
        # Columns of somebody else's are welcome; one that was meant for us must not go unread.
        near = difflib.get_close_matches(column, MANIFEST_COLUMNS, n=1)
        if near and near[0] not in columns:
            raise ValidationError(
                f"{name}: unknown column `{column}`; did you mean `{near[0]}`? If not, add an"
                f" empty column `{near[0]}`"
            )


def _list_row(row: Mapping[str, Any], listing: Listing, folder: Path) -> Iterator[ListedSource]:
    if "" in row:
        raise ValidationError(str(row[""]))
    file = row.get("file")
    if not isinstance(file, str) or not file.strip():
        raise ValidationError("no `file` given")
    file = file.strip()
    loan_id, priority = _loan(row.get("loan")), _priority(row.get("priority"))
    location = file if is_url(file) else str(folder / file)
    for listed in listing.expand(location):
        source = evolve(listed.source, loan_id=loan_id, priority=priority)
        yield evolve(listed, source=source)


def _loan(value: object) -> str | None:
    if value is None or (isinstance(value, str | int) and not isinstance(value, bool)):
        text = str(value or "").strip()
        return clean_name(text) if text else None
    raise ValidationError("`loan` must be a text")


def _priority(value: object) -> int | None:
    if value is None or (isinstance(value, str) and not value.strip()):
        return None
    try:
        return priority_of(value)
    except ValueError as error:
        raise ValidationError(f"`priority` {error}") from None
