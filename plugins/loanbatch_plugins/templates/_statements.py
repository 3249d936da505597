"""Transactions of bank statements.

A table of transactions has a date at the start of each row; what the amounts mean is said by the
headers above them (credits, debits, balance), by a heading over the table (deposits, withdrawals),
by a sign, and is proved by the running balance where there is one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal

from attrs import define, evolve, frozen

from loanbatch.models import Field, Word
from loanbatch_plugins.layout import PageLayout, Segment, union
from loanbatch_plugins.templates._candidates import Candidate, weakest
from loanbatch_plugins.templates._entries import is_amount, read_amount, read_day
from loanbatch_plugins.templates._schema import Rule
from loanbatch_plugins.templates._view import DocumentView

#: What the headers of a table's columns are called.
_HEADERS = {
    "date": r"date|(?:trans(?:action)?|txn|posting|posted|post|value|effective)\.? date"
    r"|date posted",
    "description": r"(?:transaction )?(?:description|details?|narration|particulars|activity|memo)"
    r"|transaction|remarks",
    "check_number": r"(?:check|cheque|chq)\.? ?/? ?(?:no|number|#|ref no)\.?"
    r"|ref no\.?/? ?cheque no\.?|check",
    "credit": r"credits?|deposits?(?: ?/ ?(?:credits?|additions?))?|additions|credit amount"
    r"|money in|paid in|deposit amt|deposits and (?:other )?(?:credits|additions)|\+? ?deposits",
    "debit": r"debits?|withdrawals?(?: ?/ ?(?:debits?|subtractions?))?|subtractions|debit amount"
    r"|money out|paid out|withdrawal amt|withdrawals and (?:other )?debits|payments"
    r"|- ?withdrawals",
    "amount": r"amount|withdrawals ?/ ?(?:deposits)?|deposits ?/ ?withdrawals|debit ?/ ?credit"
    r"|transaction amount",
    "balance": r"(?:running |ending daily |daily |ending |account |ledger |closing |available )?"
    r"balance",
}
_HEADER = {
    name: re.compile(
        rf"^\W*(?:{pattern})\W*(?:\(?\W*(?:\$|s\$?|rs|inr|usd)\W*\)?)?\W*$", re.IGNORECASE
    )
    for name, pattern in _HEADERS.items()
}
_AMOUNTS = ("credit", "debit", "amount", "balance")
#: Rows that state a balance, not a transaction.
_BALANCE_ROW = re.compile(
    r"\b(?:(?:beginning|opening|ending|closing|previous|new|starting|current|available) balance|"
    r"balance (?:brought|carried|forward|last)|brought forward|carried forward|total)\b",
    re.IGNORECASE,
)
_IN_HEADING = re.compile(
    r"^\W*(?:total )?(?:deposits|credits|additions|electronic deposits|other credits|interest paid"
    r"|deposits (?:and|&|/) (?:other )?(?:credits|additions))\b(?!.*withdrawals)",
    re.IGNORECASE,
)
_OUT_HEADING = re.compile(
    r"^\W*(?:total )?(?:atm (?:and|&) debit|electronic withdrawals|withdrawals|debits"
    r"|checks(?: paid)?|fees|service fees|other withdrawals|electronic payments|payments"
    r"|purchases|card purchases|subtractions|service charges|other subtractions)\b"
    r"(?!.*deposits)",
    re.IGNORECASE,
)
#: A table of balances follows, no transactions.
_BALANCES = re.compile(r"\b(?:daily|ledger)\b.*\bbalance", re.IGNORECASE)

_SCORE = 0.93
#: The running balance proves the amount.
_PROVED = 0.97
#: The sign is a guess.
_UNSIGNED = 0.8
#: The balance contradicts.
_DOUBTED = 0.6
#: A table with cells that are hardly legible.
_LEAST = 0.55


@frozen
class _Column:
    name: str
    left: float
    right: float
    #: Where the header ends; headers of one table may stand at slightly different heights.
    bottom: float = 0.0


@define
class _Entry:
    """One transaction as read."""

    page: int
    words: dict[str, list[Word]]
    states_balance: bool
    #: 1 under a heading of deposits, -1 under one of withdrawals, 0 without.
    side: int

    def value(self, name: str) -> Decimal | None:
        """Return the amount in a column; None where there is none."""
        words = self.words.get(name)
        return read_amount(words[-1].text) if words else None


def transactions(view: DocumentView, rule: Rule, extractor: str) -> Iterator[Candidate]:
    """Yield all transactions of a statement as one candidate of rows, if there are any."""
    reader = _Reader(view.layouts, _period(view), extractor)
    rows = reader.rows()
    if not rows:
        return
    first = rows[0][0].page
    boxes = [cell.box for row in rows for cell in row if cell.page == first and cell.box]
    yield Candidate(
        raw="\n".join(" | ".join(cell.raw for cell in row) for row in rows),
        page=first,
        words=(),
        # Hard-to-read cells say so themselves; the table is found all the same.
        score=max(_LEAST, min(cell.confidence for row in rows for cell in row)) * rule.confidence,
        rows=tuple(rows),
        box=union(boxes),
    )


def _period(view: DocumentView) -> tuple[date | None, date | None]:
    """Return the statement's first and last day, as far as the fields found before say them."""
    days = []
    for names in (("statement_period_start",), ("statement_period_end", "statement_date")):
        found = next((view.found[name] for name in names if name in view.found), None)
        days.append(read_day(found.raw, (None, None)) if found is not None else None)
    return days[0], days[1]


class _Reader:
    """Reads the transactions of a statement's pages."""

    def __init__(
        self,
        layouts: Sequence[PageLayout],
        period: tuple[date | None, date | None],
        extractor: str,
    ) -> None:
        self.layouts = layouts
        self.period = period
        self.extractor = extractor
        self._columns: list[_Column] = []
        self._side = 0

    def rows(self) -> list[tuple[Field, ...]]:
        """Return the rows in printed order: date, description, amount, balance where printed."""
        rows: list[tuple[Field, ...]] = []
        previous: Decimal | None = None
        for entry in self._entries():
            balance = entry.value("balance")
            if entry.states_balance:
                stated = (entry.value(name) for name in ("balance", "credit", "debit", "amount"))
                previous = next((value for value in stated if value is not None), None)
                continue
            fields = self._fields(entry, previous)
            if fields:
                rows.append(fields)
                previous = balance
        return rows

    def _entries(self) -> Iterator[_Entry]:
        for layout in self.layouts:
            pending: list[_Column] = []
            for line in layout.lines:
                columns = [c for c in pending if c.bottom > line[0].top] + _header_columns(line)
                pending = columns
                if _is_header({column.name for column in columns}):
                    self._columns = _balanced(columns)
                    continue
                found = self._starts_with_date(line) if self._columns else None
                if found is None:
                    self._note_heading(line)
                    continue
                entry = self._entry(layout.number, *found)
                if entry is not None:
                    yield entry

    def _starts_with_date(self, line: Sequence[Segment]) -> tuple[list[Word], list[Word]] | None:
        """Split a line into the words of its leading date and the others."""
        words = [word for segment in line for word in segment.words]
        for skip in (0, 1):
            for count in (1, 2, 3):
                text = " ".join(word.text for word in words[skip : skip + count]).strip("|")
                if read_day(text, self.period, exact=True) is not None:
                    return words[skip : skip + count], words[skip + count :]
            if words and any(map(str.isalnum, words[0].text)):
                break
        return None

    def _note_heading(self, line: Sequence[Segment]) -> None:
        text = line[0].text
        if _IN_HEADING.match(text):
            self._side = 1
        elif _OUT_HEADING.match(text):
            self._side = -1
        elif _BALANCES.search(text) and not any(is_amount(w.text) for s in line for w in s.words):
            self._columns = []

    def _entry(self, page: int, day: list[Word], rest: list[Word]) -> _Entry | None:
        amounts = [w for w in rest if is_amount(w.text) or self._is_whole_amount(w)]
        if not amounts:
            return None
        words: dict[str, list[Word]] = {"date": day}
        for word in amounts:
            words.setdefault(self._column_of(word).name, []).append(word)
        texts = [w for w in rest if w not in amounts and any(map(str.isalnum, w.text))]
        if texts:
            words["description"] = texts
        description = " ".join(word.text for word in texts)
        return _Entry(page, words, _BALANCE_ROW.search(description) is not None, self._side)

    def _is_whole_amount(self, word: Word) -> bool:
        """Whether a bare number stands in a column of amounts and so is one: `-171`."""
        if read_amount(word.text) is None:
            return False
        column = self._column_of(word)
        return word.left < column.right and word.right > column.left - 4

    def _column_of(self, word: Word) -> _Column:
        """Return the column of an amount: most overlap, then the nearest right edge."""
        amounts = [column for column in self._columns if column.name in _AMOUNTS]
        if not amounts:
            return _Column("amount", word.left, word.right)

        def distance(column: _Column) -> tuple[float, float]:
            gap = max(column.left, word.left) - min(column.right, word.right)
            return max(gap, 0.0), abs(column.right - word.right)

        return min(amounts, key=distance)

    def _fields(self, entry: _Entry, previous: Decimal | None) -> tuple[Field, ...]:
        found = _amount(entry, previous)
        day = read_day(" ".join(word.text for word in entry.words["date"]), self.period)
        if found is None or day is None:
            return ()
        value, word, confidence = found
        cells = [self._cell("date", entry, entry.words["date"], _SCORE, day)]
        if "description" in entry.words:
            words = entry.words["description"]
            cells.append(self._cell("description", entry, words, _SCORE, None))
        cells.append(self._cell("amount", entry, [word], confidence, value))
        balance = entry.value("balance")
        if balance is not None:
            words = entry.words["balance"][-1:]
            cells.append(self._cell("balance", entry, words, confidence, balance))
        return tuple(cells)

    def _cell(
        self,
        name: str,
        entry: _Entry,
        words: Sequence[Word],
        confidence: float,
        value: date | Decimal | None,
    ) -> Field:
        return Field(
            name=name,
            raw=" ".join(word.text for word in words).strip("| "),
            page=entry.page,
            box=union(words),
            confidence=round(confidence * weakest(words), 4),
            extractor=self.extractor,
            value=value,
        )


def _header_columns(line: Sequence[Segment]) -> list[_Column]:
    """Return the columns that the headers in a line name."""
    columns = []
    for segment in line:
        name = next((n for n, p in _HEADER.items() if p.match(segment.text)), None)
        if name is not None:
            columns.append(_Column(name, segment.left, segment.right, segment.bottom))
    return columns


def _balanced(columns: Sequence[_Column]) -> list[_Column]:
    """Return the columns; an amount beside credits and debits is the running balance."""
    names = {column.name for column in columns}
    if names >= {"credit", "debit", "amount"} and "balance" not in names:
        return [evolve(c, name="balance") if c.name == "amount" else c for c in columns]
    return list(columns)


def _is_header(names: set[str]) -> bool:
    """Whether columns of these names head transactions: a date, or enough of the others."""
    amounts = names & set(_AMOUNTS)
    if "date" in names:
        return bool(amounts) or "description" in names
    return len(amounts) > 1 and len(names) > 2  # noqa: PLR2004 - OCR lost the date's header


def _amount(entry: _Entry, previous: Decimal | None) -> tuple[Decimal, Word, float] | None:
    """Return the signed amount, its word and how sure it is; None unless there is just one."""
    candidates: list[tuple[Decimal, Word, bool]] = []
    for name, sign in (("credit", 1), ("debit", -1), ("amount", 0)):
        value = entry.value(name)
        if value:
            signed = sign * abs(value) if sign else value
            candidates.append((signed, entry.words[name][-1], bool(sign)))
    if len(candidates) != 1:
        return None
    value, word, certain = candidates[0]
    if not certain and entry.side and value > 0:
        value, certain = value * entry.side, True
    balance = entry.value("balance")
    if previous is not None and balance is not None:
        if previous + value == balance:
            return value, word, _PROVED
        if previous - value == balance:
            return -value, word, _DOUBTED if certain else _PROVED
        return value, word, _DOUBTED
    return value, word, _SCORE if certain or value < 0 else _UNSIGNED
