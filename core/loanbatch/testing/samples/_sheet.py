"""Sets pages of labels, values and tables in the ways lenders' systems print them.

A kind says what stands on its pages; a `Look` says how: font, wording of the labels, where values stand, whether
tables are ruled, how numbers and dates are written. So every kind comes in many lenders' styles.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Literal

from attrs import frozen

from loanbatch.testing.samples._canvas import Align, Canvas
from loanbatch.testing.samples._formats import dollars, us_date_padded
from loanbatch.testing.samples._people import Firm

#: How labels and values stand: a ruled table of two columns, values in a column of their own, values right after
#: the label, leaders of dots to a right-aligned value, two columns of pairs, or cells with a caption.
Layout = Literal["ruled", "colon", "inline", "leaders", "pairs", "boxes"]

_LEFT, _MARGIN = 48.0, 48.0
_FOOT = 44.0

Pair = tuple[str, str]


@frozen(kw_only=True)
class Look:
    """A lender's style."""

    family: str = "helvetica"
    layout: Layout = "colon"
    size: float = 9.5
    #: Which of the wordings of each label, counted from 0; wordings run out in a circle.
    wording: int = 0
    #: Whether tables have lines around every cell.
    ruled_tables: bool = True
    #: White on black section headings, or bold ones over a line.
    tabs: bool = False
    money: Callable[[Decimal], str] = dollars
    date: Callable[[date], str] = us_date_padded
    #: What a blank of the form holds in front of each label, as in `1. `.
    numbered: bool = False


@frozen(kw_only=True)
class Column:
    """A column of a table."""

    head: str
    #: Share of the width; the shares of a table are added up first.
    share: float = 1.0
    right: bool = False


class Sheet:
    """Pages that are filled from top to bottom; each method returns nothing and moves on."""

    def __init__(
        self, canvas: Canvas, look: Look, labels: Mapping[str, tuple[str, ...]] | None = None
    ) -> None:
        self.canvas = canvas
        self.truth = canvas.truth
        self.look = look
        self._labels = labels or {}
        self._number = 0
        canvas.family = look.family
        self.left, self.right = _LEFT, canvas.width - _MARGIN
        self.y = 0.0
        self.new_page()

    def new_page(self) -> None:
        """Go on at the top of a new page."""
        self.canvas.new_page()
        self.y = 58.0

    def room(self, height: float) -> None:
        """Begin a new page unless this much is left on the one at hand."""
        if self.y + height > self.canvas.height - _FOOT:
            self.new_page()

    # Values: recorded in the truth, returned as they are to be drawn.

    def label(self, name: str) -> str:
        """Return the wording of a label in this look."""
        wordings = self._labels[name]
        return wordings[self.look.wording % len(wordings)]

    def pair(self, name: str, text: str) -> Pair:
        """Return a label and its value."""
        return self.label(name), text

    def money(self, name: str, amount: Decimal) -> Pair:
        """Record an amount."""
        return self.pair(name, self.truth.money(name, amount, self.look.money(amount)))

    def percent(self, name: str, value: Decimal, printed: str | None = None) -> Pair:
        """Record a percentage."""
        return self.pair(name, self.truth.percent(name, value, printed))

    def date(self, name: str, value: date) -> Pair:
        """Record a date."""
        return self.pair(name, self.truth.date(name, value, self.look.date(value)))

    def plain(self, name: str, value: str) -> Pair:
        """Record a text that is printed as it is labelled."""
        return self.pair(name, self.truth.plain(name, value))

    def count(self, name: str, value: int, printed: str | None = None) -> Pair:
        """Record a whole number."""
        return self.pair(name, self.truth.plain(name, value, printed or str(value)))

    def names(self, name: str, people: Sequence[str]) -> Pair:
        """Record persons, joined with "and"."""
        return self.pair(name, self.truth.names(name, people))

    def address(self, name: str, lines: Sequence[str], *, one_line: bool = False) -> Pair:
        """Record an address, on lines of its own or on one."""
        self.truth.address(name, lines)
        return self.pair(name, (", " if one_line else "\n").join(lines))

    # Drawing.

    def title(self, text: str, *, size: float = 15, align: Align = "C") -> None:
        """Draw the title of the document."""
        x = {"L": self.left, "C": (self.left + self.right) / 2, "R": self.right}[align]
        self.canvas.text(x, self.y, text, size=size, bold=True, align=align)
        self.y += size * 1.6

    def letterhead(self, firm: Firm, name: str | None = None) -> None:
        """Draw who sends the document; record the firm's name under `name`."""
        if name is not None:
            self.truth.plain(name, firm.name)
        self.canvas.text(self.left, self.y, firm.name, size=14, bold=True)
        for line in (*firm.address, firm.phone):
            self.y += 11
            self.canvas.text(self.left, self.y, line, size=8.5)
        self.y += 24

    def section(self, title: str) -> None:
        """Draw the heading of a section, with some of what follows on the same page."""
        self.room(70)
        self.y += 6
        if self.look.tabs:
            self.canvas.box(self.left, self.y - 11, self.right, self.y + 4, fill=40)
            self.canvas.text(self.left + 4, self.y, title, size=10, bold=True, grey=255)
        else:
            self.canvas.text(self.left, self.y, title, size=11, bold=True)
            self.canvas.rule(self.left, self.y + 4, self.right, self.y + 4, weight=0.8)
        self.y += 20

    def paragraph(self, text: str, *, bold: bool = False) -> None:
        """Draw running text."""
        size, width = self.look.size, self.right - self.left
        self.room(size * 1.3 * len(list(self.canvas.broken(text, width, size=size, bold=bold))))
        self.y = self.canvas.paragraph(self.left, self.y, width, text, size=size, bold=bold) + 5

    def values(self, pairs: Sequence[Pair]) -> None:
        """Draw labels and values in the layout of the look."""
        if self.look.layout in ("pairs", "boxes"):
            columns = 2 if self.look.layout == "pairs" else 3
            draw = self._draw_pairs if self.look.layout == "pairs" else self._draw_boxes
            for start in range(0, len(pairs), columns):
                draw(pairs[start : start + columns], columns)
        else:
            for label, value in pairs:
                self._draw_line(label, value)
        self.y += 8

    def _draw_line(self, label: str, value: str) -> None:
        look, size = self.look, self.look.size
        if look.numbered:
            self._number += 1
            label = f"{self._number}. {label}"
        middle = self.left + 0.42 * (self.right - self.left)
        x = middle
        if look.layout == "inline":
            x = self.left + self.canvas.width_of(f"{label}: ", size, bold=True) + 2
        lines = [
            part
            for line in value.split("\n")
            for part in self.canvas.broken(line, self.right - x - 4, size=size)
        ]
        heads = list(self.canvas.broken(label, middle - self.left - 14, size=size, bold=True))
        if look.layout == "inline":
            heads = [label]
        height = max(len(lines), len(heads)) * size * 1.25 + (5 if look.layout == "ruled" else 3)
        self.room(height)
        top = self.y - size - 2
        if look.layout == "ruled":
            self.canvas.box(self.left, top, middle - 6, top + height)
            self.canvas.box(middle - 6, top, self.right, top + height)
        elif look.layout in ("colon", "inline"):
            heads[-1] += ":"
        inset = 4 if look.layout == "ruled" else 0
        for number, head in enumerate(heads):
            y = self.y + number * size * 1.25
            self.canvas.text(self.left + inset, y, head, size=size, bold=look.layout == "inline")
        if look.layout == "leaders" and len(lines) == 1:
            self._draw_leaders(heads[-1], value)
        else:
            self.canvas.lines(x, self.y, lines, size=size, leading=1.25)
        self.y += height

    def _draw_leaders(self, label: str, value: str) -> None:
        size = self.look.size
        start = self.left + self.canvas.width_of(label, size) + 4
        end = self.right - self.canvas.width_of(value, size) - 4
        dots = " ." * int((end - start) / self.canvas.width_of(" .", size))
        self.canvas.text(end, self.y, dots, size=size, align="R", grey=120)
        self.canvas.text(self.right, self.y, value, size=size, align="R")

    def _draw_pairs(self, pairs: Sequence[Pair], columns: int) -> None:
        size = self.look.size
        width = (self.right - self.left) / columns
        heights = []
        self.room(3 * size * 1.25)
        for index, (label, value) in enumerate(pairs):
            left = self.left + index * width
            heads = list(self.canvas.broken(f"{label}:", width * 0.5 - 8, size=size, bold=True))
            lines = [
                part
                for line in value.split("\n")
                for part in self.canvas.broken(line, width * 0.5 - 8, size=size)
            ]
            for number, head in enumerate(heads):
                self.canvas.text(left, self.y + number * size * 1.2, head, size=size, bold=True)
            self.canvas.lines(left + width * 0.5, self.y, lines, size=size)
            heights.append(max(len(heads), len(lines)))
        self.y += max(heights) * size * 1.2 + 3

    def _draw_boxes(self, pairs: Sequence[Pair], columns: int) -> None:
        size = self.look.size
        width = (self.right - self.left) / columns
        cells = [
            [
                part
                for line in value.split("\n")
                for part in self.canvas.broken(line, width - 12, size=size)
            ]
            for _, value in pairs
        ]
        height = 15 + max(map(len, cells)) * size * 1.2
        self.room(height)
        top = self.y - 9
        for index, ((label, _), lines) in enumerate(zip(pairs, cells, strict=True)):
            left = self.left + index * width
            self.canvas.box(left, top, left + width, top + height)
            self.canvas.text(left + 4, top + 8, label, size=6.8)
            self.canvas.lines(left + 6, top + 20, lines, size=size)
        self.y += height

    def table(self, columns: Sequence[Column], rows: Sequence[Sequence[str]]) -> None:
        """Draw a table; its head again on each new page. Rows that begin with "Total" are bold."""
        self._draw_row(columns, [column.head for column in columns], bold=True)
        for row in rows:
            if self.y + 16 > self.canvas.height - _FOOT:
                self.new_page()
                self._draw_row(columns, [column.head for column in columns], bold=True)
            self._draw_row(columns, row, bold=row[0].startswith("Total"))
        self.y += 12

    def _draw_row(self, columns: Sequence[Column], row: Sequence[str], *, bold: bool) -> None:
        size = self.look.size - 0.5
        parts = (self.right - self.left) / sum(column.share for column in columns)
        widths = [column.share * parts for column in columns]
        cells = [
            list(self.canvas.broken(text, width - 6, size=size, bold=bold)) or [""]
            for text, width in zip(row, widths, strict=True)
        ]
        height = max(map(len, cells)) * size * 1.15 + 4
        left, top = self.left, self.y - size
        for column, width, lines in zip(columns, widths, cells, strict=True):
            if self.look.ruled_tables:
                self.canvas.box(left, top, left + width, top + height)
            for number, line in enumerate(lines):
                x, align = (left + width - 3, "R") if column.right else (left + 3, "L")
                y = self.y + number * size * 1.15
                self.canvas.text(x, y, line, size=size, bold=bold, align=align)  # type: ignore[arg-type]
            left += width
        if not self.look.ruled_tables and bold:
            self.canvas.rule(self.left, top + height, self.right, top + height, grey=120)
        self.y += height

    def signature(self, *who: str) -> None:
        """Draw lines to sign on."""
        self.room(60)
        self.y += 34
        width = (self.right - self.left) / max(2, len(who))
        for index, name in enumerate(who):
            x = self.left + index * width
            self.canvas.rule(x, self.y, x + width - 24, self.y)
            self.canvas.text(x, self.y + 11, name, size=8)
        self.y += 26
