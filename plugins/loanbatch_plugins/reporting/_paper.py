"""A PDF to write on: headings that make an outline, paragraphs, tables, bars, cut-outs of pages.

Set in Noto Sans, which comes with ocrmypdf: Latin, Greek, Cyrillic and Devanagari. Characters that
it has not are replaced, visibly, and counted.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from datetime import datetime
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from loanbatch.errors import PluginError
from loanbatch.models import Box, PageImage
from loanbatch_plugins.reporting._album import inside

if TYPE_CHECKING:
    from PIL.Image import Image

_FONT = "noto"
_REPLACEMENT = "\ufffd"
#: Millimetres.
_MARGIN, _LINE = 15.0, 4.6
#: Points of type.
_TEXT, _SMALL = 9.0, 7.5
_SIZES = {1: 20.0, 2: 14.0, 3: 10.5}
_INK, _SOFT, _GROUND = (27, 31, 36), (87, 96, 106), (238, 242, 246)
#: Blue and orange of Okabe and Ito: told apart with every kind of colour vision.
_BAR, _MARK = (0, 114, 178), (213, 94, 0)
#: Characters of a cell that fit a page however wide they are, and of a heading.
_MOST_IN_CELL, _MOST_IN_HEADING = 600, 200
#: Points shown around a place: to its sides, above and below.
_AROUND = (110.0, 16.0)
_JPEG_QUALITY = 60


class Paper:
    """A document that is written from top to bottom.

    Args:
        title: Of the document.
        foot: Stands at the foot of each page.
        made: When it was made; the same moment gives the same bytes.
    """

    def __init__(self, title: str, foot: str, made: datetime) -> None:
        from fpdf import FPDF

        pdf = FPDF(format="A4")
        self._pdf: Any = pdf
        pdf.set_creation_date(made)
        pdf.set_lang("en")
        pdf.set_creator("loanbatch")
        pdf.set_producer("loanbatch")
        pdf.set_margin(_MARGIN)
        pdf.set_auto_page_break(True, margin=_MARGIN + 5)
        pdf.add_font(_FONT, fname=_font_file())
        self._known = frozenset(pdf.fonts[_FONT].cmap)
        #: Characters that could not be written.
        self.replaced = 0
        pdf.set_title(self.clean(title))
        pdf.set_font(_FONT, size=_TEXT)
        # The text is Devanagari at times, whose letters join.
        pdf.set_text_shaping(True)
        foot = self.clean(foot)

        def footer() -> None:
            pdf.set_y(-12)
            pdf.set_font(_FONT, size=_SMALL)
            pdf.set_text_color(*_SOFT)
            pdf.cell(pdf.epw / 2, 5, foot)
            pdf.cell(pdf.epw / 2, 5, f"Page {pdf.page_no()} of {{nb}}", align="R")
            pdf.set_text_color(*_INK)
            pdf.set_font(_FONT, size=_TEXT)

        pdf.footer = footer
        pdf.set_fill_color(255, 255, 255)
        pdf.set_text_color(*_INK)

    def clean(self, text: str) -> str:
        """Return a text with what the font has not replaced, in one line."""
        text = " ".join(text.split())
        unknown = {char for char in text if ord(char) not in self._known}
        self.replaced += sum(map(text.count, unknown))
        return text.translate({ord(char): _REPLACEMENT for char in unknown})

    def page(self) -> None:
        """Begin a page."""
        self._pdf.add_page()

    def heading(self, text: str, level: int) -> None:
        """Write a heading, which is in the outline too; it stays with what follows."""
        text = _short(self.clean(text), _MOST_IN_HEADING)
        size = _SIZES[level]
        self._room(size / 2 + 14)
        self._pdf.ln(size / 6)
        self._pdf.start_section(text or "Untitled", level=level - 1, strict=False)
        self._write(text, size=size, height=size / 2.2)
        self._pdf.ln(1)

    def text(self, text: str, *, soft: bool = False) -> None:
        """Write a paragraph."""
        self._pdf.set_text_color(*(_SOFT if soft else _INK))
        self._write(self.clean(text), size=_SMALL if soft else _TEXT)
        self._pdf.set_text_color(*_INK)
        self._pdf.ln(1)

    def table(
        self,
        head: Sequence[str],
        rows: Iterable[Sequence[str]],
        widths: Sequence[int],
        *,
        right: Sequence[int] = (),
    ) -> None:
        """Write a table; its head is repeated on each page, long cells are wrapped.

        Args:
            head: Titles of the columns.
            rows: As many cells each.
            widths: Of the columns, in relation to one another.
            right: Columns of numbers.
        """
        from fpdf.enums import TableBordersLayout
        from fpdf.fonts import FontFace

        align = ["RIGHT" if place in right else "LEFT" for place in range(len(head))]
        self._pdf.set_draw_color(208, 215, 222)
        self._room(16)
        with self._pdf.table(
            col_widths=tuple(widths),
            text_align=tuple(align),
            line_height=_LINE,
            padding=(0.5, 1.2),
            borders_layout=TableBordersLayout.HORIZONTAL_LINES,
            headings_style=FontFace(color=_SOFT, fill_color=_GROUND),
            width=self._pdf.epw,
        ) as table:
            for row in (head, *rows):
                table.row([_short(self.clean(cell), _MOST_IN_CELL) for cell in row])
        self._pdf.ln(3)

    def bars(self, title: str, bars: Iterable[tuple[str, float, str]]) -> None:
        """Draw a bar for each label with its value in words.

        Args:
            title: Of the chart.
            bars: Label, share of the longest bar (0 to 1), value.
        """
        pdf = self._pdf
        items = list(bars)
        self._room(8 + 5.5 * len(items))
        self._write(self.clean(title), size=_TEXT)
        label_width, room = 52.0, pdf.epw - 52.0 - 34.0
        for label, share, value in items:
            top = pdf.get_y()
            pdf.cell(label_width, 5, self._fitting(self.clean(label), label_width - 2))
            pdf.set_fill_color(*_BAR)
            pdf.rect(_MARGIN + label_width, top + 0.9, max(room * share, 0.3), 3.2, style="F")
            pdf.set_xy(_MARGIN + label_width + room * share + 1.5, top)
            pdf.cell(32, 5, self.clean(value), new_x="LMARGIN", new_y="NEXT")
        pdf.set_fill_color(255, 255, 255)
        pdf.ln(3)

    def cut_out(self, image: PageImage, box: Box, caption: str) -> None:
        """Show the place of a value on its page, framed.

        Args:
            image: The page.
            box: The place, in points of the page.
            caption: What is seen, for those who do not see it as well.
        """
        pdf = self._pdf
        cut, frame = _cut(image, box)
        width = min(pdf.epw, frame.page_width * 25.4 / 72)
        scale = width / frame.page_width
        height = frame.page_height * scale
        self._room(height + 8)
        left, top = _MARGIN, pdf.get_y()
        pdf.image(cut, x=left, y=top, w=width, h=height, alt_text=self.clean(caption))
        pdf.set_draw_color(*_MARK)
        pdf.set_line_width(0.5)
        mark = frame.mark
        pdf.rect(
            left + mark.left * scale,
            top + mark.top * scale,
            (mark.right - mark.left) * scale,
            (mark.bottom - mark.top) * scale,
        )
        pdf.set_line_width(0.2)
        pdf.set_draw_color(208, 215, 222)
        pdf.rect(left, top, width, height)
        pdf.set_xy(left, top + height + 0.5)
        self.text(caption, soft=True)
        pdf.ln(1)

    def written(self) -> bytes:
        """Return the document."""
        return bytes(self._pdf.output())

    def _write(self, text: str, *, size: float, height: float = _LINE) -> None:
        self._pdf.set_font(_FONT, size=size)
        self._pdf.multi_cell(0, height, text, new_x="LMARGIN", new_y="NEXT", align="L")
        self._pdf.set_font(_FONT, size=_TEXT)

    def _room(self, height: float) -> None:
        """Begin a page where less room (millimetres) is left."""
        if self._pdf.will_page_break(height):
            self._pdf.add_page()

    def _fitting(self, text: str, width: float) -> str:
        if self._pdf.get_string_width(text) <= width:
            return text
        while text and self._pdf.get_string_width(f"{text}…") > width:
            text = text[:-1]
        return f"{text}…"


class _Frame:
    """Size of a cut-out and the place that is marked in it, in points."""

    def __init__(self, page_width: float, page_height: float, mark: Box) -> None:
        self.page_width, self.page_height, self.mark = page_width, page_height, mark


def _cut(image: PageImage, box: Box) -> tuple[io.BytesIO, _Frame]:
    from PIL import Image

    scale = image.points_per_pixel
    width, height = image.width * scale, image.height * scale
    place = inside(box, width, height)
    aside, above = _AROUND
    left, top = max(place.left - aside, 0.0), max(place.top - above, 0.0)
    right, bottom = min(place.right + aside, width), min(place.bottom + above, height)
    page = Image.frombytes("L", (image.width, image.height), image.pixels)
    x, y, end, foot = (round(edge / scale) for edge in (left, top, right, bottom))
    cut = page.crop((x, y, max(end, x + 1), max(foot, y + 1)))
    mark = Box(
        place.left - left - 1, place.top - top - 1, place.right - left + 1, place.bottom - top + 1
    )
    return _jpeg(cut), _Frame(right - left, bottom - top, mark)


def _short(text: str, most: int) -> str:
    """Return a text, cut where it is too long; that it was is told."""
    return text if len(text) <= most else f"{text[:most]}… ({len(text)} characters)"


def _jpeg(picture: Image) -> io.BytesIO:
    stream = io.BytesIO()
    picture.save(stream, "JPEG", quality=_JPEG_QUALITY)
    stream.seek(0)
    return stream


def _font_file() -> Path:
    """Return the font, without the start-up time of the package that it comes with.

    Raises:
        PluginError: It is not there.
    """
    spec = find_spec("ocrmypdf")
    for folder in (spec and spec.submodule_search_locations) or ():
        path = Path(folder) / "data" / "NotoSans-Regular.ttf"
        if path.is_file():
            return path
    raise PluginError("the font of PDF reports is missing: install ocrmypdf 17 or later again")
