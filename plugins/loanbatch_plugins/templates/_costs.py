"""Lettered sections of Loan Estimate and Closing Disclosure: fees (A to J), summaries (K to N).

A section begins with its letter and heading, the total in the same row; its lines follow in the
same half of the page, until the next heading. On the Closing Disclosure five columns say who pays
and when.

Source: 12 CFR 1026.37(f), (g); 1026.38(f), (g), (j), (k).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal

from attrs import frozen

from loanbatch.models import Word
from loanbatch.vocabulary import FieldType
from loanbatch_plugins.layout import PageLayout, Segment
from loanbatch_plugins.templates._candidates import Candidate, Cell, rows_of_cells
from loanbatch_plugins.templates._line_numbers import NumberedLines, Split, split_numbers
from loanbatch_plugins.templates._schema import Rule
from loanbatch_plugins.templates._signs import amount_of, settled
from loanbatch_plugins.templates._types import find_typed
from loanbatch_plugins.templates._view import DocumentView, words_at

_SCORE = 0.93
#: Fees do not make the total of their section.
_DOUBTED = 0.6
#: Dollars by which they may miss it: those of a Loan Estimate are rounded.
_CENTS, _DOLLARS = Decimal("0.02"), Decimal(2)
#: A letter that may be lost or misread.
_ANY = r"(?:\S{1,2}[.,]?\s+)?"
#: How the headings begin; without the letter where their wording tells them from others.
_HEADINGS = {
    "A": r"(?:[A4][.,]?\s+)?(?:origination charges|(?:gastos|cargos) por tramitaci)",
    "B": r"(?:[B8][.,]?\s+)?(?:services (?:borrower did not|you cannot) shop"
    r"|servicios que (?:usted|el deudor) no\b)",
    "C": r"(?:C[.,]?\s+)?(?:services (?:borrower did|you can) shop"
    r"|servicios que (?:usted|el deudor) (?!no\b))",
    "D": rf"{_ANY}total loan costs|D[.,]?\s+costos totales",
    "E": r"(?:E[.,]?\s+)?(?:taxes and other government|impuestos y otros cargos)",
    "F": r"(?:\S[.,]?\s+)?prepaids\b|F[.,]?\s+pagos anticipados",
    "G": r"(?:[G6][.,]?\s+)?(?:initial escrow payment|pago inicial de la cuenta)",
    "H": r"(?:H\.?|\S[.,])\s+other\b|H[.,]?\s+otros\b",
    "I": rf"{_ANY}total other costs|(?:[I1l|][.,]?\s+)?total de otros",
    "J": r"[J)][.,]?\s+(?:total closing costs|total de costos)",
    "K": rf"{_ANY}due from borrower"
    r"|K[.,]?\s+(?:cantidad adeudada|total adeudado) por el deudor",
    "L": rf"{_ANY}paid already by|L[.,]?\s+pagado",
    "M": rf"{_ANY}due to seller"
    r"|M[.,]?\s+(?:cantidad adeudada al vendedor|total adeudado al vendedor)",
    "N": rf"{_ANY}due from seller"
    r"|N[.,]?\s+(?:cantidad adeudada por el vendedor|total adeudado por el vend)",
}
_HEADING = {k: re.compile(rf"\W{{0,2}}(?:{p})", re.IGNORECASE) for k, p in _HEADINGS.items()}
_COSTS = frozenset("ABCDEFGHIJ")
_SUMMARIES = frozenset("KLMN")
_FEES = frozenset("ABCEFGH")
#: What ends a section besides the next heading.
_END = re.compile(
    r"\W*(?:(?:loan|other|closing) costs subtotals|subtotales de|other costs$|loan costs$"
    r"|calculation\b|cash\b|total due (?:from|to)|calculating cash"
    r"|lender credits|d ?\+ ?i$|cálculo|créditos del prestamista)",
    re.IGNORECASE,
)
_AT = re.compile(r"\W*(?:at closing|al cierre)\W*$", re.IGNORECASE)
_BEFORE = re.compile(r"\W*(?:before closing|antes del cierre)\W*$", re.IGNORECASE)
_SELLER = re.compile(r"seller|vendedor", re.IGNORECASE)
_OTHERS = re.compile(r"\W*(?:paid by others|others|por otros|otros)\W*$", re.IGNORECASE)
_SUBTOTALS = re.compile(
    r"\W*(?:(?:loan|other|closing) costs subtotals|subtotales de)\b", re.IGNORECASE
)
_PAYERS = (
    ("borrower", "at_closing"),
    ("borrower", "before_closing"),
    ("seller", "at_closing"),
    ("seller", "before_closing"),
    ("other", "at_closing"),
)
#: What follows the wording of a fee: the months, a daily rate, dates, parts of a recording fee.
_DETAILS = re.compile(
    r"\s+\(|\s+\$|\s+deed\W|\s+\d{1,2}/\d{1,2}/\d{2,4}|\s+[_…]{2,}|\s+per (?:month|day)\b",
    re.IGNORECASE,
)
_DATES = re.compile(r"\s+\d{1,2}/\d{1,2}/\d{2,4}|\s+to$", re.IGNORECASE)
_NOTHING = re.compile("(?!)")
_MONTHS = re.compile(r"(?P<value>\d{1,3})\s?(?:mo\b|months|meses)", re.IGNORECASE)
_PERCENT = re.compile(r"(?P<value>\d{0,2}\.?\d+\s?%)", re.IGNORECASE)
_TO = re.compile(r"\s+(?:to|para)\s+(?=[A-Z])")
#: A cell belongs to the half of the page where its heading stands; points.
_APART = 120.0


@frozen
class _Section:
    letter: str
    layout: PageLayout
    heading: Segment
    #: Words that say the letter.
    words: tuple[Word, ...]
    left: float
    right: float
    bottom: float


def fees(view: DocumentView, rule: Rule, extractor: str) -> Iterator[Candidate]:
    """Yield the lines of sections A, B, C, E, F, G and H, one row a payer."""
    rows: list[tuple[int, list[Cell]]] = []
    score = _SCORE
    sections = [item for item in _sections(view, _COSTS) if item.letter in _FEES]
    for section, lines in _split(sections):
        columns = _payer_columns(section.layout)
        read = [row for item in _unwrapped(lines) for row in _fee(section, *item, columns)]
        proved = _proved(section, read)
        if proved is None:
            score = _DOUBTED
        rows += [(section.layout.number, row) for row in proved or read]
    if rows:
        yield rows_of_cells(rows, score * rule.confidence, extractor)


def _unwrapped(lines: Sequence[Split]) -> Iterator[Split]:
    """Yield lines, those that begin within a wording together with the one above them."""
    above: Split | None = None
    for number, words in lines:
        first = words[0].text
        if above is not None and (first[0].islower() or first[0] == "("):
            number, words = above[0] or number, [*above[1], *words]  # noqa: PLW2901
        above = None if _amounts(words[-1:]) else (number, words)
        yield number, words


def _proved(section: _Section, rows: list[list[Cell]]) -> list[list[Cell]] | None:
    """Return the fees with the signs that the section's total proves; None when they miss it."""
    found = _total(section)
    total = None if found is None else amount_of(found)
    if found is None or total is None or not rows:
        return rows
    own = [row for row in rows if any(c.value == "borrower" for c in row)] or rows
    amounts = [next(cell for cell in row if cell.name == "amount") for row in own]
    cells = settled(amounts, total, _CENTS if "." in found.raw else _DOLLARS)
    if cells is None:
        return None
    new = {id(old): cell for old, cell in zip(amounts, cells, strict=True)}
    return [[new.get(id(cell), cell) for cell in row] for row in rows]


def _total(section: _Section) -> Cell | None:
    line = [s for s in _row(section, section.heading) if s is not section.heading]
    amounts = _amounts([w for s in line for w in s.words]) or _amounts(section.heading.words)
    return Cell("amount", *amounts[0]) if amounts else None


def section_totals(view: DocumentView, rule: Rule, extractor: str) -> Iterator[Candidate]:
    """Yield the totals of sections A to J."""
    rows = []
    for section in _sections(view, _COSTS):
        total = _total(section)
        if total is not None:
            rows.append((section.layout.number, [_letter(section), total]))
    if rows:
        yield rows_of_cells(rows, _SCORE * rule.confidence, extractor)


def transaction_summary(view: DocumentView, rule: Rule, extractor: str) -> Iterator[Candidate]:
    """Yield the lines with an amount of sections K to N."""
    rows = []
    for section, lines in _split(_sections(view, _SUMMARIES)):
        for _, words in lines:
            amounts = _amounts(words)
            label = _label(words, amounts, _DATES)
            if amounts and label is not None:
                cells = [_letter(section), label, Cell("amount", *amounts[-1])]
                rows.append((section.layout.number, cells))
    if rows:
        yield rows_of_cells(rows, _SCORE * rule.confidence, extractor)


def _sections(view: DocumentView, letters: frozenset[str]) -> list[_Section]:
    found = []
    for layout in view.layouts:
        headings = [
            (letter, segment)
            for segment in layout.segments
            for letter, pattern in _HEADING.items()
            if letter in letters and pattern.match(segment.text)
        ]
        lefts = sorted(segment.left for _, segment in headings)
        for letter, segment in headings:
            others = [left for left in lefts if left > segment.left + _APART]
            right = min(others) - 2 if others else layout.page.width
            ends = [
                item.top
                for item in layout.segments
                if item.top > segment.bottom - 1
                and item.left < right
                and abs(item.left - segment.left) < _APART / 4
                and (_END.match(item.text) or any(item is other for _, other in headings))
            ]
            bottom = min(ends, default=layout.page.height)
            words = segment.words[:1]
            left = segment.left - 2 * segment.height
            found.append(_Section(letter, layout, segment, words, left, right, bottom))
    kept: dict[str, _Section] = {}
    for section in found:
        kept.setdefault(section.letter, section)
    return list(kept.values())


def _split(sections: Sequence[_Section]) -> Iterator[tuple[_Section, list[Split]]]:
    """Yield each section with the words of its lines, their numbers set apart."""
    for layout in dict.fromkeys(section.layout for section in sections):
        here = [section for section in sections if section.layout is layout]
        parts = [
            NumberedLines(layout, item.heading.left, item.heading.middle, list(_body(item)))
            for item in here
        ]
        yield from zip(here, split_numbers(parts), strict=True)


def _letter(section: _Section) -> Cell:
    return Cell("section", section.words[0].text, section.words, section.letter)


def _row(section: _Section, segment: Segment) -> list[Segment]:
    return [
        item
        for item in section.layout.lines[segment.line]
        if section.left <= item.left < section.right
    ]


def _body(section: _Section) -> Iterator[list[Word]]:
    """Yield the words of each line between a heading and the next."""
    for line in section.layout.lines:
        words = [
            word
            for segment in line
            if segment.top > section.heading.bottom - 2 and segment.middle < section.bottom
            for word in segment.words
            if section.left <= word.left < section.right
        ]
        if words:
            yield words


def _amounts(words: Sequence[Word]) -> list[tuple[str, tuple[Word, ...]]]:
    """Return the amounts that stand alone or with a sign among words, with a minus before them."""
    found: list[tuple[str, tuple[Word, ...]]] = []
    text = " ".join(word.text for word in words)
    for match in find_typed(FieldType.MONEY, text):
        own, offset = [], 0
        for word in words:
            if offset < match.end and offset + len(word.text) > match.start:
                own.append(word)
            offset += len(word.text) + 1
        found.append((text[match.start : match.end].strip(), tuple(own)))
    return found


def _label(
    words: Sequence[Word], amounts: Sequence[tuple[str, tuple[Word, ...]]], end: re.Pattern[str]
) -> Cell | None:
    """Return the wording before the first amount, up to what a pattern says is no part of it."""
    taken = {word for _, own in amounts for word in own}
    before = []
    for word in words:
        if word in taken:
            break
        before.append(word)
    text = " ".join(word.text for word in before)
    match = end.search(text)
    raw = (text[: match.start()] if match else text).strip(" –—-_|")
    if sum(map(str.isalpha, raw)) < 3:  # noqa: PLR2004 - no wording
        return None
    return Cell("label", raw, tuple(before[: len(raw.split())]))


_Column = tuple[float, str, str, tuple[Word, ...]]


def _payer_columns(layout: PageLayout) -> list[_Column]:
    """Return middle, payer and time of the columns; empty where the form has none.

    There are five, or three where there is no seller.
    """
    heads = [s for s in layout.segments if _AT.match(s.text) or _BEFORE.match(s.text)]
    heads = sorted(heads, key=lambda item: item.left)
    seller = any(_SELLER.search(s.text) for s in layout.segments)
    if len(heads) not in (4, 4 if seller else 2):  # two times of each payer
        return _subtotal_columns(layout)
    payers = [*_PAYERS[: len(heads)], _PAYERS[-1]]
    below = [s for s in layout.segments if _OTHERS.match(s.text) and s.left > heads[-1].left]
    heads += below[:1]
    return [
        ((head.left + head.right) / 2, *payer, head.words)
        for head, payer in zip(heads, payers, strict=False)
    ]


def _subtotal_columns(layout: PageLayout) -> list[_Column]:
    """Return the columns by the subtotals under them, where recognition lost the headers.

    Five subtotals stand in the five columns; fewer are the borrower's at and before closing.
    """
    best: list[_Column] = []
    for line in layout.lines:
        if _SUBTOTALS.match(line[0].text):
            amounts = [own for _, own in _amounts([w for s in line[1:] for w in s.words])]
            payers = _PAYERS if len(amounts) == len(_PAYERS) else _PAYERS[:2]
            columns = [
                (_middle(own), *payer, own) for own, payer in zip(amounts, payers, strict=False)
            ]
            best = max(best, columns, key=len)
    return best if len(best) > 1 else []


def _fee(
    section: _Section, number: Cell | None, words: Sequence[Word], columns: Sequence[_Column]
) -> list[list[Cell]]:
    amounts = [a for a in _amounts(words) if _is_charged(a[1], section, columns)]
    label = _label(words, amounts, _DETAILS if section.letter != "A" else _NOTHING)
    if not amounts or label is None:
        return []
    start = [_letter(section), *([number] if number is not None else ())]
    start += _label_and_payee(words, amounts, label)
    rows = []
    for raw, own in amounts:
        cells = [*start, Cell("amount", raw, own)]
        if columns and _middle(own) < _end_of(columns):
            _, payer, when, head = min(columns, key=lambda c: abs(c[0] - _middle(own)))
            cells += [Cell("paid_by", _text(head), head, payer)]
            cells += [Cell("paid_when", _text(head), head, when)]
        rows.append(cells)
    return rows


def _label_and_payee(
    words: Sequence[Word], amounts: Sequence[tuple[str, tuple[Word, ...]]], label: Cell
) -> list[Cell]:
    taken = {word for _, own in amounts for word in own}
    rest = [word for word in words if word not in taken]
    text = " ".join(word.text for word in rest)
    cells = []
    outside = re.sub(r"\([^)]*\)", lambda m: "_" * len(m[0]), text)
    match = _TO.search(outside)
    if match is not None:
        raw = text[match.end() :].strip(" _|")
        payee = words_at(rest, match.end(), len(text))
        if raw and payee:
            cells.append(Cell("paid_to", raw, payee))
        if len(label.raw) > match.start():
            kept = text[: match.start()]
            label = Cell("label", kept.strip(), words_at(rest, 0, len(kept)))
    for name, pattern in (("months", _MONTHS), ("percent_of_loan", _PERCENT)):
        found = pattern.search(text)
        if found is not None and (name == "months" or "%" in label.raw):
            own = words_at(rest, found.start("value"), found.end("value"))
            cells.append(Cell(name, found["value"], own))
    return [label, *cells]


def _is_charged(own: Sequence[Word], section: _Section, columns: Sequence[_Column]) -> bool:
    """Whether an amount stands in a column of charges and is no part of the wording."""
    if columns:
        return _middle(own) > columns[0][0] - 0.6 * (columns[1][0] - columns[0][0])
    return own[-1].right > section.left + 0.8 * (section.right - section.left) - 30


def _end_of(columns: Sequence[_Column]) -> float:
    """Return where the columns end; without those of all payers more follow."""
    last = columns[-1][0]
    whole = len(columns) > 2  # noqa: PLR2004 - the borrower's two
    return last + (columns[1][0] - columns[0][0]) * (9.0 if whole else 0.5)


def _middle(words: Sequence[Word]) -> float:
    return (words[0].left + words[-1].right) / 2


def _text(words: Sequence[Word]) -> str:
    return " ".join(word.text for word in words)
