"""What stands in a captioned cell, row by row."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from attrs import evolve, frozen

from loanbatch.models import Word
from loanbatch_plugins.templates._placing import Piece
from loanbatch_plugins.templates._view import words_of

#: One behind the city of an address.
_PHONE_BEHIND = re.compile(r"(?:^|\s)\(?\d{3}\)?[ .-]{0,2}\d{3}[ .-]\d{4}(?:\s?x\d+)?\s*$")
#: A gap of so many heights in a text parts two cells.
_WIDE = 30.0
#: Specks that were read as marks, and rules between cells.
_SPECK = re.compile(r"[\s;:.,'`|¦]*")
#: Share of the lower one's height that two pieces of one row have in common.
_OVERLAP = 0.7


@frozen
class Row:
    """What stands at one height of a cell."""

    pieces: tuple[Piece, ...]

    @property
    def text(self) -> str:
        """The pieces' text with single spaces."""
        return " ".join(piece.text.strip() for piece in self.pieces)

    @property
    def words(self) -> tuple[Word, ...]:
        """The words of the pieces."""
        return tuple(
            word
            for piece in self.pieces
            for word in words_of(piece.segment, piece.start, piece.end)
        )


def rows_of(lines: Iterable[Sequence[Piece]]) -> list[Row]:
    """Return the rows of a cell; words of one row may have been read as two lines."""
    rows: list[list[Piece]] = []
    for line in lines:
        if rows and _at_one_height(rows[-1][0], line[0]):
            rows[-1].extend(line)
        else:
            rows.append(list(line))
    return [_row(pieces) for pieces in rows]


def _row(pieces: Sequence[Piece]) -> Row:
    told = [piece for piece in pieces if not _SPECK.fullmatch(piece.text)]
    return Row(tuple(sorted(told or pieces, key=lambda piece: piece.segment.left)))


def _at_one_height(first: Piece, second: Piece) -> bool:
    one, other = first.segment, second.segment
    shared = min(one.bottom, other.bottom) - max(one.top, other.top)
    return shared > _OVERLAP * min(one.height, other.height)


def row_words(row: Row, start: int, end: int) -> tuple[Word, ...]:
    """Return the words of a stretch of a row's text."""
    kept: list[Word] = []
    offset = 0
    for word in row.words:
        if offset < end and offset + len(word.text) > start:
            kept.append(word)
        offset += len(word.text) + 1
    return tuple(kept)


def near_row(row: Row) -> Row:
    """Return a row without what stands far right of its beginning."""
    kept = [row.pieces[0]]
    for piece in row.pieces[1:]:
        if piece.segment.left - kept[-1].segment.right > _WIDE * piece.segment.height:
            break
        kept.append(piece)
    return Row(tuple(kept))


def without_phone(row: Row) -> Row:
    """Return a row of an address without the telephone number behind it."""
    row = near_row(row)
    last = row.pieces[-1]
    found = _PHONE_BEHIND.search(last.text)
    if found is None:
        return row
    if found.start() > 0:
        return Row((*row.pieces[:-1], evolve(last, end=last.start + found.start())))
    return Row(row.pieces[:-1]) if len(row.pieces) > 1 else row
