"""The tables of earnings statements: earnings, taxes and deductions as rows.

A table is known by its headers (rate, hours, this period, year to date); several may stand side by
side. Its title, in the row of headers or over it, says what the rows are. What the employer pays is
no deduction.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal

from attrs import define, evolve, field, frozen

from loanbatch.models import Word
from loanbatch_plugins.layout import PageLayout, Segment, squeeze
from loanbatch_plugins.templates._candidates import Candidate, Cell, rows_of_cells
from loanbatch_plugins.templates._entries import read_amount
from loanbatch_plugins.templates._schema import Rule
from loanbatch_plugins.templates._view import DocumentView

_SCORE = 0.92
_HEADERS = {
    "ytd_hours": r"ytd (?:hours|hrs|hour/unit|units)",
    "rate": r"(?:hourly |pay |base )?rate",
    "hours": r"(?:current )?(?:hours|hrs|hour/unit|hours/units|hrs/units|units|qty|quantity"
    r"|hours worked|hours ?/ ?(?:pay|days))",
    "year_to_date": r"y-?t-?d(?: amount| earnings| total)?|year[ -]to[ -]date(?: total| amount)?"
    r"|total to date|calendar ytd",
    "amount": r"(?:current|this period|amount|current (?:amount|period|earnings)|earnings|period)",
    "other": r"type(?: account)?|account|wages|taxable wages|exempt|code|filing status|dates?",
}
_HEADER = {
    name: re.compile(rf"\W*(?:{pattern})\W*(?:\(\$\))?\W*", re.IGNORECASE)
    for name, pattern in _HEADERS.items()
}
_TWICE = {"amount": "year_to_date", "hours": "ytd_hours"}
_NOT_OURS = re.compile(
    r"\b(?:employer|company|time off|leave|accru|plan type|benefits|summary|distribution|deposit)",
    re.IGNORECASE,
)
_EARNINGS = re.compile(r"\bearnings?\b|\bhours\b|\bpay\b", re.IGNORECASE)
_DEDUCTIONS = re.compile(
    r"\btax(?:es)?\b|\bdeductions?\b|\bwithh?oldings?|\bstatutory\b|contributions", re.IGNORECASE
)
#: Rows that sum up others.
_TOTAL = re.compile(
    r"\W*(?:sub-?total|total|gross|net\b|taxable|current$|ytd$|fed(?:eral)? taxable)|.*\btotal$",
    re.IGNORECASE,
)
_NET = re.compile(r"\W*net (?:pay|check|amount|earnings|wages|salary)\b", re.IGNORECASE)
_INLINE = re.compile(
    r"(?P<label>.*?)\s+(?P<hours>\d{1,3}(?:\.\d+)?)\s?(?:hrs?|hours)\.?\s?(?:@|x|at)\s?"
    r"\$?(?P<rate>\d[\d,.]*)",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"[-–−(]?\$?\d[\d,]*\.\d{2,6}\)?[-–−*°\"]?|[-–−]?\$\d[\d,]*")
#: Hours without decimals, and hours and minutes.
_HOURS = re.compile(r"(?P<hours>\d{1,3})(?::(?P<minutes>[0-5]\d))?")
_SUBHEADING = re.compile(
    r"\W*(?:(?:employee|statutory|other|voluntary|pre-?tax|after-?tax|before-?tax|post-?tax) )?"
    r"(?:deductions|taxes|taxes withheld)\b",
    re.IGNORECASE,
)
_REGULAR = re.compile(r"\W*(?:regular|reg\b|hourly)", re.IGNORECASE)
#: Lines that say the rate and hours of the regular work where none is called so.
_BASE = re.compile(r"\W*(?:\w+ )?(?:base|salary|basic)\b", re.IGNORECASE)
_TAXES = re.compile(r"\btax(?:es)?\b|\bwithh?oldings?\b", re.IGNORECASE)
_OTHERS = re.compile(r"\bdeductions?\b", re.IGNORECASE)
#: A total that its rows prove; what the rows may lack of it, in the currency's unit.
_PROVED = 0.95
_CENT = Decimal("0.01")
#: An amount may begin this far left of the first column's header, points.
_BEFORE_HEADER = 12.0
#: What stands this near a column's left edge is in it, points.
_TILT = 2.0
#: A line further below the row above than this many heights belongs to no table.
_END_GAP = 5.0


@frozen
class _Column:
    name: str
    left: float
    right: float


@define
class _Table:
    layout: PageLayout
    title: str
    left: float
    top: float
    line: int
    columns: list[_Column] = field(factory=list)
    right: float = 0.0


def earnings(view: DocumentView, rule: Rule, extractor: str) -> Iterator[Candidate]:
    """Yield the rows of the earnings: label, rate, hours, amount, year to date."""
    yield from _rows_of(view, rule, extractor, _is_earnings)


def deductions(view: DocumentView, rule: Rule, extractor: str) -> Iterator[Candidate]:
    """Yield the rows of taxes and of deductions: label, amount, year to date."""
    yield from _rows_of(view, rule, extractor, _is_deductions)


def regular_line(view: DocumentView, rule: Rule, extractor: str) -> Iterator[Candidate]:
    """Yield a cell of the regular line among the earnings found: `value = "rate"`."""
    del extractor
    found = view.found.get("earnings")
    rows = [{cell.name: cell for cell in row} for row in found.rows] if found is not None else []
    wordings = (_REGULAR,) if rule.value == "amount" else (_REGULAR, _BASE)
    for wording in wordings:
        for named in rows:
            cell = named.get(rule.value or "")
            if cell is not None and "label" in named and wording.match(named["label"].raw):
                score = cell.confidence * rule.confidence
                yield Candidate(raw=cell.raw, page=cell.page, words=(), score=score, box=cell.box)
                return


def table_total(view: DocumentView, rule: Rule, extractor: str) -> Iterator[Candidate]:
    """Yield the total of a table, by name and column: `value = "taxes.amount"`.

    A total that is the sum of the rows over it is proved by them; another one is left to the
    rules after this one.
    """
    del extractor
    name, _, column = (rule.value or "").partition(".")
    for table in _tables(view):
        if _NOT_OURS.search(table.title) or _part_of(table.title) != name:
            continue
        rows, totals = _read_with_totals(table)
        added = sum((_amount_in(row, column) for row in rows), Decimal(0))
        for cell in totals:
            if cell.name == column and rows and abs(_amount_in([cell], column) - added) <= _CENT:
                score = _PROVED * rule.confidence
                yield Candidate(
                    raw=cell.raw, page=table.layout.number, words=cell.words, score=score
                )
                return


def _part_of(title: str) -> str:
    """Return which total a table has; empty where its rows are of several kinds."""
    if _is_earnings(title):
        return "earnings"
    is_taxes = _TAXES.search(title) is not None
    if is_taxes == (_OTHERS.search(title) is not None):
        return ""
    return "taxes" if is_taxes else "deductions"


def _amount_in(row: Sequence[Cell], column: str) -> Decimal:
    values = [read_amount(cell.raw) for cell in row if cell.name == column]
    return abs(values[0] or Decimal(0)) if values else Decimal(0)


def _is_earnings(title: str) -> bool:
    return bool(_EARNINGS.search(title)) and not _DEDUCTIONS.search(title)


def _is_deductions(title: str) -> bool:
    return bool(_DEDUCTIONS.search(title))


def _rows_of(
    view: DocumentView, rule: Rule, extractor: str, wanted: Callable[[str], bool]
) -> Iterator[Candidate]:
    rows = [
        (table.layout.number, row)
        for table in _tables(view)
        if not _NOT_OURS.search(table.title) and wanted(table.title)
        for row in _read(table)
    ]
    if rows:
        yield rows_of_cells(rows, _SCORE * rule.confidence, extractor)


def _tables(view: DocumentView) -> list[_Table]:
    if "pay tables" not in view.remembered:
        view.remembered["pay tables"] = [
            table for layout in view.layouts for table in _tables_on(layout)
        ]
    known: list[_Table] = view.remembered["pay tables"]
    return known


def _tables_on(layout: PageLayout) -> list[_Table]:
    tables: list[_Table] = []
    for line in layout.lines:
        found = [t for t in _in_headers(layout, line) if _is_table(t)]
        for table in found:
            table.left = max([table.left, *_right_edges(tables, table)])
            _entitle(table)
            tables.append(table)
            tables += _continued(table)
    return tables


def _right_edges(tables: Sequence[_Table], table: _Table) -> Iterator[float]:
    """Yield where the tables left of one end."""
    first = min(column.left for column in table.columns)
    return (other.right for other in tables if other.right <= first)


def _continued(table: _Table) -> Iterator[_Table]:
    """Yield the parts under headings without headers of their own: deductions below earnings."""
    for line in table.layout.lines[table.line + 1 :]:
        inside = [s for s in line if table.left - 2 <= s.left < table.right]
        if _heads(table, inside):
            return
        if inside and _is_subheading(inside):
            yield evolve(table, title=inside[0].text, line=inside[0].line, top=inside[0].bottom)


def _is_subheading(line: Sequence[Segment]) -> bool:
    return _SUBHEADING.match(line[0].text) is not None and not any(
        character.isdigit() for item in line for character in item.text
    )


def _in_headers(layout: PageLayout, line: Sequence[Segment]) -> list[_Table]:
    """Return the tables whose headers stand in a line, from the left."""
    tables: list[_Table] = []
    for item in line:
        name = next((n for n, p in _HEADER.items() if p.fullmatch(item.text)), None)
        starts = name is None or (not tables and name == "amount" and _EARNINGS.match(item.text))
        if starts or not tables:
            title = item.text if name is None or starts else ""
            # Without a header over the labels they begin anywhere left of the amounts.
            left = item.left if title else 0.0
            tables.append(_Table(layout, title, left, item.bottom, item.line))
        if name is not None and not starts:
            known = {column.name for column in tables[-1].columns}
            name = _TWICE.get(name, name) if name in known else name
            tables[-1].columns.append(_Column(name, item.left, item.right))
            tables[-1].top = max(tables[-1].top, item.bottom)
    for number, table in enumerate(tables):
        following = tables[number + 1 : number + 2]
        table.right = following[0].left - 2 if following else layout.page.width
    return tables


def _is_table(table: _Table) -> bool:
    names = {column.name for column in table.columns}
    has_amounts = bool(names & {"amount", "year_to_date"})
    return has_amounts and (len(names) > 1 or bool(_DEDUCTIONS.search(table.title)))


def _entitle(table: _Table) -> None:
    """Take the title from above the headers where they have none of their own."""
    if table.title and (_EARNINGS.search(table.title) or _DEDUCTIONS.search(table.title)):
        above = _above(table)
        # "Company Tax" under "Employer Taxes": both count.
        table.title = f"{above} {table.title}" if _NOT_OURS.search(above) else table.title
        return
    table.title = f"{_above(table)} {table.title}".strip()


def _above(table: _Table) -> str:
    layout = table.layout
    for number in range(table.line - 1, max(table.line - 4, -1), -1):
        for item in layout.lines[number]:
            height = item.height
            near = table.top - item.bottom < 4.5 * height
            inside = table.left - 20 * height < item.left < table.right and item.right > table.left
            if near and inside and (_EARNINGS.search(item.text) or _DEDUCTIONS.search(item.text)):
                if not table.columns[0].left <= table.left:
                    return item.text
                table.left = min(table.left, item.left)
                return item.text
    return ""


def _read(table: _Table) -> list[list[Cell]]:
    return _read_with_totals(table)[0]


def _read_with_totals(table: _Table) -> tuple[list[list[Cell]], list[Cell]]:
    """Return the rows of a table, and the amounts of the first row that sums them up."""
    first = min(column.left for column in table.columns)
    rows: list[list[Cell]] = []
    totals: list[Cell] = []
    for words in _lines_of(table, first):
        label, cells = _parts(words, table, first)
        text = " ".join(word.text for word in label).strip(" -–:")
        if not cells.keys() & {"amount", "year_to_date"}:
            continue
        if _NET.match(text):
            # What follows says where the money goes.
            break
        if _sums_up(text, table):
            totals = totals or list(cells.values())
            # A table of taxes and deductions goes on below the total of the taxes.
            if rows and _part_of(table.title) and _is_proved(rows, totals):
                break
        elif not text and rows and _is_proved(rows, list(cells.values())):
            totals = totals or list(cells.values())
        elif any(map(str.isalpha, text)):
            kept = [*_labelled(text, tuple(label)), *cells.values()]
            rows.append([cell for cell in kept if cell.name not in ("other", "ytd_hours")])
    return rows, totals


def _is_proved(rows: Sequence[Sequence[Cell]], totals: Sequence[Cell]) -> bool:
    """Whether a total is the sum of the rows over it: then nothing follows it in its table."""
    for column in ("amount", "year_to_date"):
        added = sum((_amount_in(row, column) for row in rows), Decimal(0))
        if added and abs(_amount_in(totals, column) - added) <= _CENT:
            return True
    return False


def _lines_of(table: _Table, first: float) -> Iterator[list[Word]]:
    """Yield the words of each line of a table below its headers."""
    left = min(table.left, first) - 2
    bottom = table.top
    for line in table.layout.lines[table.line + 1 :]:
        words = [w for s in line for w in s.words if left <= w.left < table.right]
        if not words or words[0].top < table.top - 3:
            continue
        height = words[0].bottom - words[0].top
        inside = [s for s in line if left <= s.left < table.right]
        far = words[0].top - bottom > _END_GAP * height
        if far or _heads(table, inside) or (inside and _is_subheading(inside)):
            return
        yield words
        bottom = words[0].bottom


def _heads(table: _Table, line: Sequence[Segment]) -> bool:
    """Whether another table begins in a line."""
    return any(_is_table(other) for other in _in_headers(table.layout, line))


def _parts(
    words: Sequence[Word], table: _Table, first: float
) -> tuple[list[Word], dict[str, Cell]]:
    """Return the words of a row's label, and its amounts by column."""
    label: list[Word] = []
    cells: dict[str, Cell] = {}
    for word in words:
        column = min(table.columns, key=lambda c: _distance(word, c))
        is_number = _NUMBER.fullmatch(word.text) or (
            column.name in ("hours", "ytd_hours") and _HOURS.fullmatch(word.text)
        )
        if is_number and word.right > first - _BEFORE_HEADER:
            cells.setdefault(column.name, _number(column.name, word))
        elif word.left < first - _TILT and not cells:
            label.append(word)
    return label, cells


def _sums_up(text: str, table: _Table) -> bool:
    """Whether a row is the total of others: by its wording, or the table's title again."""
    named = squeeze(text)
    is_title = bool(named) and named in squeeze(table.title)
    return is_title or named in ("deductions", "taxes") or _TOTAL.match(text) is not None


def _distance(word: Word, column: _Column) -> tuple[float, float]:
    gap = max(column.left, word.left) - min(column.right, word.right)
    return max(gap, 0.0), abs(column.right - word.right)


def _number(name: str, word: Word) -> Cell:
    raw = word.text.rstrip('*°"')
    value: Decimal | None = None
    if name in ("amount", "year_to_date"):
        # Deductions are told as positive amounts, whatever sign is printed.
        read = read_amount(raw)
        value = abs(read) if read is not None else None
    clock = _HOURS.fullmatch(raw) if name == "hours" and ":" in raw else None
    if clock is not None:
        minutes = Decimal(clock["hours"]) * 60 + Decimal(clock["minutes"])
        value = (minutes / 60).quantize(_CENT)
    return Cell(name, raw, (word,), value)


def _labelled(text: str, words: tuple[Word, ...]) -> list[Cell]:
    """Return the label, and hours and rate where they are part of it: `Regular 80 hrs @ 21.25`."""
    match = _INLINE.fullmatch(text)
    if match is None:
        return [Cell("label", text, words)]
    cells = [Cell("label", match["label"], words[: len(match["label"].split())])]
    for name in ("rate", "hours"):
        own = tuple(word for word in words if match[name] in word.text)
        cells.append(Cell(name, match[name], own[:1]))
    return cells
