"""The calculation of cash to close of the Closing Disclosure: what was estimated, what it became.

A row's wording may take two lines, its amounts stand beside either or a little below. Misread
wordings are known by those that the form prescribes and by their order; lost or invented minus
signs by the amounts' sum, the cash to close.

Source: 12 CFR 1026.38(e), (i).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal
from itertools import groupby, pairwise

from attrs import define, evolve, frozen

from loanbatch.vocabulary import FieldType
from loanbatch_plugins.layout import PageLayout, Segment, squeeze
from loanbatch_plugins.templates._candidates import Candidate, Cell, rows_of_cells
from loanbatch_plugins.templates._schema import Rule
from loanbatch_plugins.templates._signs import amount_of, settled
from loanbatch_plugins.templates._types import find_typed
from loanbatch_plugins.templates._view import DocumentView, Region, words_of

_SCORE = 0.93
#: The amounts do not make the cash to close.
_DOUBTED = 0.6
_CENTS = Decimal("0.02")
_ESTIMATE = re.compile(r"\W*(?:loan estimate|estimación de préstamo)\W*$", re.IGNORECASE)
_FINAL = re.compile(r"\W*final\W*$", re.IGNORECASE)
_CHANGED = re.compile(r"\W*(?P<value>yes|no|sí|si)\b", re.IGNORECASE)
#: The rows of the table, and of the one of loans without a seller.
_LABELS = (
    (
        "Total Closing Costs (J)",
        "Closing Costs Paid Before Closing",
        "Closing Costs Financed (Paid from your Loan Amount)",
        "Down Payment/Funds from Borrower",
        "Deposit",
        "Funds for Borrower",
        "Seller Credits",
        "Adjustments and Other Credits",
        "Cash to Close",
    ),
    (
        "Loan Amount",
        "Total Closing Costs (J)",
        "Closing Costs Paid Before Closing",
        "Total Payoffs and Payments (K)",
        "Cash to Close",
    ),
)
_KEYS = {squeeze(label): label for labels in _LABELS for label in labels}
#: Percent of likeness of a misread wording with the prescribed one.
_ALIKE = 80
#: Share of a line's height by which amounts may stand over their wording.
_RISE = 0.6


@define
class _Row:
    """A wording at the left, its lines, and the amounts beside it."""

    lines: list[Segment]
    cells: list[Cell]

    @property
    def text(self) -> str:
        return _text(self.lines)


def cash_to_close_table(view: DocumentView, rule: Rule, extractor: str) -> Iterator[Candidate]:
    """Yield the rows of the calculation: label, estimate, final amount, whether it changed."""
    for region in view.regions(rule.section) if rule.section else view.whole_pages:
        rows = _calculation(view.layout(region.page), region)
        if rows:
            proved = _proved(rows)
            score = (_DOUBTED if proved is None else _SCORE) * rule.confidence
            yield rows_of_cells([(region.page, row) for row in proved or rows], score, extractor)
            return


def _calculation(layout: PageLayout, region: Region) -> list[list[Cell]]:
    cells = [item for item in layout.segments if region.holds(region.page, item.box)]
    estimate = next((item for item in cells if _ESTIMATE.match(item.text)), None)
    final = next((item for item in cells if _FINAL.match(item.text)), None)
    if estimate is None or final is None or final.left <= estimate.left:
        return []
    beside = layout.right_of(final.box)
    columns = _Columns(
        (estimate.left + estimate.right) / 2,
        (final.left + final.right) / 2,
        min([item.left for item in beside], default=final.right + final.height) - 1,
    )
    below = [item for item in cells if item.top > estimate.bottom - 2]
    wordings = [item for item in below if columns.is_wording(item)]
    rows = [_Row(lines, []) for lines in _grouped(wordings)]
    # Two lines that were read as one are higher than the others.
    rise = _RISE * min((item.height for item in wordings), default=0.0)
    bounds = [row.lines[0].top - rise for row in rows]
    for row, (top, bottom) in zip(rows, pairwise([*bounds, region.box.bottom]), strict=True):
        row.cells = _amounts([i for i in below if top <= i.middle < bottom], columns)
    rows = [row for row in rows if row.cells]
    return [[_label(row, name), *row.cells] for row, name in zip(rows, _names(rows), strict=True)]


@frozen
class _Columns:
    """Middles of the two columns of amounts, and where the second has ended."""

    estimate: float
    final: float
    right: float

    def is_wording(self, item: Segment) -> bool:
        """Whether a cell stands left of the amounts and has letters."""
        half = (self.final - self.estimate) / 2
        return item.left < self.estimate - 2 * half and any(map(str.isalpha, item.text))

    def name_at(self, middle: float) -> str | None:
        """Return which column an amount stands in; None left of both."""
        pitch = self.final - self.estimate
        if middle <= self.estimate - pitch:
            return None
        return "loan_estimate" if middle < (self.estimate + self.final) / 2 else "final"


def _grouped(wordings: Sequence[Segment]) -> list[list[Segment]]:
    """Return the wordings of one or two lines each."""
    lines = [list(cells) for _, cells in groupby(wordings, key=lambda item: item.line)]
    groups: list[list[Segment]] = []
    for line in lines:
        if groups and _goes_on(_text(groups[-1]), _text(line)):
            groups[-1] += line
        else:
            groups.append(line)
    return groups


def _text(cells: Sequence[Segment]) -> str:
    return " ".join(item.text for item in cells)


def _goes_on(above: str, text: str) -> bool:
    """Whether a line belongs to the wording above it, both known or looking so."""
    if _known(text) is not None or _known(above) is not None:
        return False
    return _known(f"{above} {text}") is not None or text[0] == "(" or text[0].islower()


def _known(text: str) -> str | None:
    """Return the prescribed wording that a text is, misread or not."""
    from rapidfuzz.fuzz import ratio
    from rapidfuzz.process import extractOne

    found = extractOne(squeeze(text), _KEYS.keys(), scorer=ratio, score_cutoff=_ALIKE)
    return _KEYS[found[0]] if found is not None else None


def _names(rows: Sequence[_Row]) -> list[str | None]:
    """Return the prescribed wordings, of unreadable rows by those before and behind them."""
    names = [_known(row.text) for row in rows]
    for order in _LABELS:
        if [name for name in order if name in names] == [name for name in names if name]:
            places = [-1, *(order.index(name) if name else None for name in names), len(order)]
            for number, (before, own, behind) in enumerate(
                zip(places, places[1:], places[2:], strict=False)
            ):
                if own is None and before is not None and behind == before + 2:
                    names[number] = order[before + 1]
            break
    return names


def _label(row: _Row, name: str | None) -> Cell:
    words = tuple(word for item in row.lines for word in item.words)
    literal = name is None or squeeze(name) == squeeze(row.text)
    return Cell("label", row.text, words, None if literal else name)


def _amounts(band: Sequence[Segment], columns: _Columns) -> list[Cell]:
    """Return the amounts of a row in the two columns; none unless it has both."""
    found: dict[str, Cell] = {}
    for item in band:
        if item.left > columns.right:
            match = _CHANGED.match(item.text)
            if match is not None and "changed" not in found:
                words = words_of(item, *match.span("value"))
                value = match["value"][0] in "yYsS"
                found["changed"] = Cell("changed", match["value"], words, value)
            continue
        for money in find_typed(FieldType.MONEY, item.text):
            words = words_of(item, money.start, money.end)
            name = columns.name_at((words[0].left + words[-1].right) / 2)
            if name is not None:
                raw = item.text[money.start : money.end].strip()
                found.setdefault(name, Cell(name, raw, words))
    names = ("loan_estimate", "final", "changed")
    whole = {"loan_estimate", "final"} <= found.keys()
    return [found[name] for name in names if name in found] if whole else []


def _proved(rows: list[list[Cell]]) -> list[list[Cell]] | None:
    """Return the rows with the signs that the last one, the sum, proves; None when they miss it."""
    *parts, sums = rows
    if not parts:
        return rows
    proved = [list(row) for row in parts]
    for name in ("loan_estimate", "final"):
        own = [next(cell for cell in row if cell.name == name) for row in parts]
        total = amount_of(next(cell for cell in sums if cell.name == name))
        cells = None if total is None else settled(own, total, _CENTS)
        if cells is None:
            return None
        for row, old, new in zip(proved, own, cells, strict=True):
            row[:] = [evolve(new) if cell is old else cell for cell in row]
    return [*proved, sums]
