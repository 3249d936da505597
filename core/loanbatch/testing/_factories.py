"""Small makers of models: every argument has a default that is valid by itself."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from loanbatch.models import Box, Document, Field, Page, Source, TextSource, Value, Word
from loanbatch.results import BatchProcessingResult, ResultStatus, document_id

#: Points: where the first line of a made page begins, how far lines and letters are apart.
_LEFT, _TOP = 72.0, 72.0
_BOX = Box(72.0, 72.0, 140.0, 82.0)
_LEADING, _SIZE, _LETTER = 16.0, 10.0, 5.5


def make_source(
    content: bytes = b"%PDF-1.7\n",
    *,
    file_name: str = "document.pdf",
    media_type: str | None = "application/pdf",
    page_count: int | None = 1,
    **more: Any,  # noqa: ANN401 - other attributes of Source
) -> Source:
    """Make a source as the stages after validate see it.

    Args:
        content: The bytes to process.
        file_name: Without folders.
        media_type: None for a source that was not validated yet.
        page_count: None for a source that was not validated yet.
        **more: Other attributes of `Source`.
    """
    return Source(
        file_name=file_name,
        location=more.pop("location", file_name),
        size=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
        media_type=media_type,
        page_count=page_count,
        content=content,
        **more,
    )


def make_words(text: str, left: float, top: float, *, height: float = 8.0) -> tuple[Word, ...]:
    """Make the words of a line at a place of the page, for `make_page`.

    Args:
        text: Words, parted by blanks.
        left: Left edge of the first letter in points.
        top: Top edge of the letters in points.
        height: Of a letter in points; each is half as wide, a blank a quarter.
    """
    words = []
    for part in text.split():
        right = left + height / 2 * len(part)
        words.append(Word(part, left, top, right, top + height))
        left = right + height / 4
    return tuple(words)


def make_page(
    *lines: str | Iterable[Word],
    number: int = 1,
    width: float = 612.0,
    height: float = 792.0,
    text_source: TextSource | None = None,
) -> Page:
    """Make a page of words.

    Args:
        *lines: Each a line of text, set from the left margin down as a typewriter does (two blanks
            or more are kept as a gap), or the words themselves where their places matter.
        number: From 1.
        width: Points.
        height: Points.
        text_source: The text layer where there are words, none where there are not.
    """
    words: list[Word] = []
    for index, line in enumerate(lines):
        if isinstance(line, str):
            words.extend(_typed(line, _TOP + index * _LEADING))
        else:
            words.extend(line)
    found = TextSource.TEXT_LAYER if words else TextSource.NONE
    return Page(
        number=number,
        width=width,
        height=height,
        words=tuple(words),
        text_source=text_source or found,
    )


def _typed(line: str, top: float) -> Iterable[Word]:
    column = 0
    for piece in line.split(" "):
        if piece:
            left = _LEFT + column * _LETTER
            # A little less than the column, so that neighbours do not touch.
            yield Word(piece, left, top, left + len(piece) * _LETTER - 0.5, top + _SIZE)
        column += len(piece) + 1


def make_field(
    name: str = "loan_amount",
    raw: str = "$250,000.00",
    *,
    value: Value | None = None,
    page: int = 1,
    box: Box | None = _BOX,
    confidence: float = 1.0,
    extractor: str = "test",
    **more: Any,  # noqa: ANN401 - other attributes of Field
) -> Field:
    """Make a field with evidence; `value` stays None as before the normalize stage."""
    return Field(
        name=name,
        raw=raw,
        page=page,
        box=box,
        confidence=confidence,
        extractor=extractor,
        value=value,
        **more,
    )


def make_document(
    kind: str = "other",
    *fields: Field,
    first_page: int = 1,
    last_page: int | None = None,
    confidence: float = 1.0,
) -> Document:
    """Make a document; its last page is its first unless told otherwise."""
    return Document(
        kind=kind,
        first_page=first_page,
        last_page=first_page if last_page is None else last_page,
        confidence=confidence,
        fields={field.name: field for field in fields},
    )


def make_result(
    *documents: Document,
    source: Source | None = None,
    status: ResultStatus = ResultStatus.SUCCESS,
    **more: Any,  # noqa: ANN401 - other attributes of BatchProcessingResult
) -> BatchProcessingResult:
    """Make the result of a source, `make_source()` unless told otherwise."""
    origin = source or make_source()
    identity = document_id(origin.sha256 or "0" * 64)
    return BatchProcessingResult(
        file_name=origin.file_name,
        source=origin.location,
        status=status,
        sha256=origin.sha256,
        page_count=origin.page_count,
        document_id=identity,
        loan_id=more.pop("loan_id", identity),
        timestamp=more.pop("timestamp", datetime(2026, 1, 1, tzinfo=UTC)),
        documents=documents,
        **more,
    )
