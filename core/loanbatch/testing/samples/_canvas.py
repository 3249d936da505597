"""A thin layer over fpdf2: places text, rules, boxes and check marks in points from the top left corner.

Pages of several documents can go into one file, each with its own paper and font. The bytes are the same for
the same drawing: dates and ids are fixed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from importlib.resources import files
from typing import Any, Literal

from loanbatch.errors import LoanbatchError
from loanbatch.testing.samples._truth import TruthRecorder

Align = Literal["L", "C", "R"]

_NOTICE = "SAMPLE - NOT A REAL DOCUMENT"
_LETTER = (612.0, 792.0)
_A4 = (595.28, 841.89)


#: A font with the rupee sign, which the PDF standard's own fonts lack.
NOTO = "noto"


class SamplesUnavailableError(LoanbatchError):
    """A library that draws samples is not installed."""

    error_code = "samples_unavailable"

    def __init__(self) -> None:
        super().__init__("samples need fpdf2 and pillow: pip install 'loanbatch[testing]'")


def new_pdf() -> Any:
    """Return an empty fpdf2 document whose bytes depend on nothing but what is drawn.

    Raises:
        SamplesUnavailableError: fpdf2 is not installed.
    """
    try:
        from fpdf import FPDF
    except ImportError as error:
        raise SamplesUnavailableError from error
    pdf = FPDF(unit="pt", format="letter")
    pdf.set_auto_page_break(False)
    pdf.set_creation_date(datetime(2026, 1, 1, tzinfo=UTC))
    pdf.set_producer("loanbatch.testing.samples")
    return pdf


def _add_noto(pdf: Any) -> None:
    """Make the font that ocrmypdf carries known to a document, once."""
    if NOTO in pdf.fonts:
        return
    path = str(files("ocrmypdf").joinpath("data/NotoSans-Regular.ttf"))
    for style in ("", "B", "I", "BI"):
        pdf.add_font(NOTO, style=style, fname=path)


class Canvas:
    """Draws the pages of one document, and notes in its truth on which page values stand."""

    def __init__(
        self, pdf: Any, truth: TruthRecorder, *, family: str, paper: Literal["letter", "a4"]
    ) -> None:
        self._pdf = pdf
        self._format = paper
        self._first_page = len(pdf.pages)
        self.truth = truth
        self.family = family
        #: Points.
        self.width, self.height = _LETTER if paper == "letter" else _A4

    def new_page(self) -> None:
        """Begin a page; the notice that it is a sample goes to its foot."""
        self._pdf.add_page(format=self._format)
        self.truth.page = self.truth.first_page + len(self._pdf.pages) - self._first_page - 1
        self.text(self.width / 2, self.height - 9, _NOTICE, size=5.5, align="C", grey=140)

    def text(
        self,
        x: float,
        y: float,
        text: str,
        *,
        size: float = 9,
        bold: bool = False,
        italic: bool = False,
        align: Align = "L",
        grey: int = 0,
        family: str | None = None,
    ) -> None:
        """Draw one line; `y` is its baseline, `x` its left end, middle or right end by `align`."""
        self._font(size, bold=bold, italic=italic, family=family)
        self._pdf.set_text_color(grey)
        width = self._pdf.get_string_width(text)
        shift = {"L": 0.0, "C": width / 2, "R": width}[align]
        self._pdf.text(x - shift, y, text)

    def lines(
        self, x: float, y: float, lines: Sequence[str], *, size: float = 9, leading: float = 1.2
    ) -> float:
        """Draw lines one below the other; return the baseline after the last."""
        for line in lines:
            self.text(x, y, line, size=size)
            y += size * leading
        return y

    def paragraph(
        self,
        x: float,
        y: float,
        width: float,
        text: str,
        *,
        size: float = 9,
        leading: float = 1.25,
        bold: bool = False,
        italic: bool = False,
    ) -> float:
        """Draw running text broken into lines of at most `width`; return the next baseline."""
        for line in self.broken(text, width, size=size, bold=bold):
            self.text(x, y, line, size=size, bold=bold, italic=italic)
            y += size * leading
        return y

    def broken(self, text: str, width: float, *, size: float, bold: bool = False) -> Iterator[str]:
        """Break running text into lines."""
        self._font(size, bold=bold)
        line = ""
        for word in text.split():
            longer = f"{line} {word}" if line else word
            if line and self._pdf.get_string_width(longer) > width:
                yield line
                line = word
            else:
                line = longer
        if line:
            yield line

    def width_of(self, text: str, size: float, *, bold: bool = False) -> float:
        """Return how wide a line of text is, in points."""
        self._font(size, bold=bold)
        return float(self._pdf.get_string_width(text))

    def rule(
        self, x1: float, y1: float, x2: float, y2: float, *, weight: float = 0.5, grey: int = 0
    ) -> None:
        """Draw a straight line."""
        self._pdf.set_draw_color(grey)
        self._pdf.set_line_width(weight)
        self._pdf.line(x1, y1, x2, y2)

    def box(
        self,
        left: float,
        top: float,
        right: float,
        bottom: float,
        *,
        fill: int | None = None,
        weight: float = 0.5,
    ) -> None:
        """Draw a rectangle: its outline, or filled with a grey (0 to 255)."""
        self._pdf.set_draw_color(0)
        self._pdf.set_line_width(weight)
        if fill is not None:
            self._pdf.set_fill_color(fill)
        self._pdf.rect(left, top, right - left, bottom - top, style="D" if fill is None else "F")

    def tab(self, left: float, baseline: float, width: float, title: str) -> None:
        """Draw a section heading: white on black."""
        self.box(left, baseline - 12, left + width, baseline + 5, fill=20)
        self.text(left + 6, baseline, title, size=10, bold=True, grey=255)

    def check(self, x: float, y: float, label: str, *, ticked: bool, size: float = 9) -> None:
        """Draw a check box at the baseline `y` and its label to the right."""
        self.tick_box(x, y, ticked=ticked, size=size)
        self.text(x + size * 1.1, y, label, size=size)

    def tick_box(self, x: float, y: float, *, ticked: bool, size: float = 9) -> None:
        """Draw a check box whose bottom is the baseline `y`."""
        side = size * 0.8
        self.box(x, y - side + 0.5, x + side, y + 0.5)
        if ticked:
            self.text(x + side / 2, y - side * 0.12, "X", size=size * 0.8, bold=True, align="C")

    @contextmanager
    def typed(self, family: str) -> Iterator[None]:
        """Fill in with another font, as a typewriter or a printer does on a ready form."""
        before, self.family = self.family, family
        try:
            yield
        finally:
            self.family = before

    def _font(
        self, size: float, *, bold: bool = False, italic: bool = False, family: str | None = None
    ) -> None:
        style = ("B" if bold else "") + ("I" if italic else "")
        chosen = family or self.family
        if chosen == NOTO:
            _add_noto(self._pdf)
        self._pdf.set_font(chosen, style=style, size=size)
