"""A second opinion where the engine reads debris: pdfminer.six, at many times the price."""

from __future__ import annotations

import io
import logging
import struct
import zlib
from collections.abc import Iterable, Iterator
from typing import Any

from loanbatch.models import Box, Word
from loanbatch_plugins.pdf_text._geometry import Displayed

#: Pages of a file for which the second opinion was no better, after which it is not asked again.
_MOST_FAILURES = 3
#: What pdfminer raises on damaged files beside its own exceptions.
_FAILURES = (
    ArithmeticError, AssertionError, AttributeError, EOFError, LookupError, OSError, RecursionError,
    TypeError, ValueError, NotImplementedError, struct.error, zlib.error,
)  # fmt: skip


class SecondReader:
    """Reads pages of one file anew."""

    def __init__(self, content: bytes) -> None:
        self._content = content
        self._failures = 0

    def words(self, number: int, shown: Displayed, media: Displayed) -> list[Word]:
        """Return the words of a page, counting from 1; none when they cannot be read.

        Args:
            number: The page's number.
            shown: How the page is displayed.
            media: The same for its whole sheet, which is what pdfminer sees.
        """
        if self._failures >= _MOST_FAILURES:
            return []
        corner = media.box(shown.left, shown.bottom, shown.right, shown.top)
        return [
            moved
            for word in self._read(number, media.height)
            if _is_on_page(moved := _moved(word, corner), shown)
        ]

    def failed(self) -> None:
        """Note that the second opinion on a page was no better than the first."""
        self._failures += 1

    def _read(self, number: int, height: float) -> list[Word]:
        from pdfminer.high_level import extract_pages
        from pdfminer.psexceptions import PSException

        logging.getLogger("pdfminer").setLevel(logging.CRITICAL)  # it tells of every oddity
        try:
            pages = extract_pages(io.BytesIO(self._content), page_numbers=[number - 1])
            return [word for page in pages for word in _words(page, height)]
        except (PSException, *_FAILURES):
            return []


def _words(page: Iterable[Any], height: float) -> Iterator[Word]:
    for line in _lines(page):
        run: list[Any] = []
        for item in line:
            if hasattr(item, "x0") and not item.get_text().isspace():
                run.append(item)
            elif run:
                yield _word(run, height)
                run = []
        if run:
            yield _word(run, height)


def _lines(container: Iterable[Any]) -> Iterator[Any]:
    from pdfminer.layout import LTTextLine

    for item in container:
        if isinstance(item, LTTextLine):
            yield item
        elif isinstance(item, Iterable):
            yield from _lines(item)


def _word(characters: list[Any], height: float) -> Word:
    return Word(
        "".join(character.get_text() for character in characters),
        min(character.x0 for character in characters),
        height - max(character.y1 for character in characters),
        max(character.x1 for character in characters),
        height - min(character.y0 for character in characters),
    )


def _moved(word: Word, corner: Box) -> Word:
    return word._replace(
        left=word.left - corner.left,
        right=word.right - corner.left,
        top=word.top - corner.top,
        bottom=word.bottom - corner.top,
    )


def _is_on_page(word: Word, shown: Displayed) -> bool:
    across, along = (word.left + word.right) / 2, (word.top + word.bottom) / 2
    return 0 <= across <= shown.width and 0 <= along <= shown.height
