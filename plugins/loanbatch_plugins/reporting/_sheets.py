"""Worksheets with typed cells: real numbers and dates, and texts that are never formulas."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from attrs import frozen

from loanbatch_plugins.reporting._cells import writable
from loanbatch_plugins.reporting._rows import Row

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

#: Of a worksheet: Excel's specification and limits.
MOST_ROWS = 1_048_576
_MOST_CHARACTERS = 32_767
#: Digits that a double keeps.
_EXACT_DIGITS = 15
#: Places after the point that get a format of their own.
_MOST_PLACES = 6
#: What spreadsheets take for dates begins here.
_FIRST_DATE = date(1900, 3, 1)
_RANKS: Mapping[str, Mapping[str, object]] = {
    "best": {"bold": True, "bg_color": "#D9EAF7"},
    "worst": {"italic": True, "bg_color": "#FBE3CF"},
}
#: Characters, by column; others have `_WIDTH`.
_WIDTHS = {
    "file": 36,
    "error_message": 60,
    "message": 80,
    "field": 36,
    "fields": 36,
    "value": 32,
    "raw": 32,
    "kind": 26,
    "extractor": 28,
    "review_reasons": 32,
    "code": 30,
    "box": 26,
    "document_id": 22,
    "loan_id": 20,
    "suggested_field": 30,
    "borrowers": 32,
    "missing_documents": 50,
    "fact": 36,
    "others": 50,
    "quality": 30,
    "note": 60,
    "schedule": 24,
}
_WIDTH = 14


@frozen
class Link:
    """A cell that leads somewhere."""

    url: str
    text: str


class Formats:
    """The formats of a workbook, made when asked for."""

    def __init__(self, book: Workbook) -> None:
        self._book = book
        self._made: dict[tuple[str, str], Format] = {}
        self.head = book.add_format({"bold": True, "bottom": 1, "bg_color": "#E8EEF4"})
        self.bold = book.add_format({"bold": True})
        self.date = book.add_format({"num_format": "yyyy-mm-dd", "align": "left"})

    def number(self, places: int, rank: str = "") -> Format:
        """Return a format with so many places after the point.

        Args:
            places: Digits.
            rank: `best` is bold on blue, `worst` slanted on orange, in black and white too.
        """
        point = "." + "0" * places if places else ""
        return self._format(f"#,##0{point}", rank)

    def text(self, rank: str) -> Format:
        """Return the format of a text with a rank."""
        return self._format("General", rank)

    def _format(self, number: str, rank: str) -> Format:
        if (number, rank) not in self._made:
            look = {"num_format": number, **_RANKS.get(rank, {})}
            self._made[number, rank] = self._book.add_format(look)
        return self._made[number, rank]


class Table:
    """A worksheet with a head, which goes on in another one where it is full."""

    def __init__(self, book: Workbook, name: str, columns: Sequence[str], formats: Formats) -> None:
        self._book, self._name, self._columns, self._formats = book, name, columns, formats
        self._sheets = 0
        self._open()

    def _open(self) -> None:
        self._sheets += 1
        name = self._name if self._sheets == 1 else f"{self._name} {self._sheets}"
        self._sheet: Worksheet = self._book.add_worksheet(name)
        for number, column in enumerate(self._columns):
            self._sheet.set_column(number, number, _WIDTHS.get(column, _WIDTH))
            self._sheet.write_string(0, number, column.replace("_", " "), self._formats.head)
        self._sheet.freeze_panes(1, 1)
        printed(self._sheet)
        self._row = 1

    def write(self, row: Row) -> None:
        """Write a row below the last one."""
        if self._row == MOST_ROWS:
            self.finish()
            self._open()
        for number, column in enumerate(self._columns):
            write_cell(self._sheet, self._row, number, row.get(column), self._formats)
        self._row += 1

    def finish(self) -> None:
        """Add the filter over all rows."""
        self._sheet.autofilter(0, 0, max(self._row - 1, 1), len(self._columns) - 1)


def printed(sheet: Worksheet) -> None:
    """Have a sheet printed as wide as a page, its head on each."""
    sheet.repeat_rows(0)
    sheet.set_landscape()
    sheet.set_paper(9)  # A4
    sheet.fit_to_pages(1, 0)


def write_cell(
    sheet: Worksheet, row: int, column: int, value: object, formats: Formats, rank: str = ""
) -> None:
    """Write a value as what it is: a number, a date, a truth, a link, else a text."""
    if value is None or value == "":
        return
    if isinstance(value, bool):
        sheet.write_boolean(row, column, value)
    elif isinstance(value, Link):
        sheet.write_url(row, column, value.url, string=value.text)
    elif isinstance(value, Decimal) and _is_exact(value):
        sheet.write_number(row, column, float(value), formats.number(_places(value), rank))
    elif isinstance(value, (int, float)):
        sheet.write_number(row, column, value, formats.text(rank) if rank else None)
    elif isinstance(value, date) and value >= _FIRST_DATE:
        sheet.write_datetime(row, column, value, formats.date)
    else:
        text = format(value, "f") if isinstance(value, Decimal) else str(value)
        look = formats.text(rank) if rank else None
        sheet.write_string(row, column, writable(text)[:_MOST_CHARACTERS], look)


def _is_exact(value: Decimal) -> bool:
    """Tell whether a spreadsheet's numbers keep all digits of a value."""
    return len(value.as_tuple().digits) <= _EXACT_DIGITS and _places(value) <= _MOST_PLACES


def _places(value: Decimal) -> int:
    return max(0, -int(value.as_tuple().exponent))
