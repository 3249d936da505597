"""Transactions and accounts of bank statements.

A table of transactions has a date at the start of each row; what the amounts mean is said by the headers
above them (credits, debits, balance), by a heading over the table (deposits, withdrawals), by a sign, and is
proved by the running balance where there is one. A statement over several accounts has its per-account values
in the rows of `accounts` only.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal, InvalidOperation

from attrs import define, evolve, frozen

from loanbatch.models import Field, Word
from loanbatch_plugins.layout import PageLayout, Segment, union

_MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split()
_DATE = re.compile(
    r"^(?:(?P<m>\d{1,2})[/-](?P<d>\d{1,2})(?:[/-](?P<y>\d{4}|\d{2}))?"
    r"|(?P<iso>\d{4})-(?P<im>\d{2})-(?P<id>\d{2})"
    r"|(?P<name>[A-Za-z]{3,9})\.?\s(?P<nd>\d{1,2})(?:,?\s(?P<ny>\d{4}))?"
    r"|(?P<dd>\d{1,2})[\s-](?P<dname>[A-Za-z]{3,9})\.?(?:,?[\s-](?P<dy>\d{4}|\d{2}))?)(?=\s|$)"
)
_AMOUNT = re.compile(
    r"^[(\[]?(?P<minus>[-–−+])?\s?(?P<sign>\$|USD|₹|Rs\.?|INR|€|£)?\s?(?P<minus2>[-–−+])?\s?"
    r"(?P<digits>\d{1,3}(?:,\d{2,3})+(?:\.\d{2})?|\d*\.\d{2}|\d+)\s?(?P<after>[-–−]|\)|CR|DR|Cr|Dr)?\|?$"
)
#: What the headers of a table's columns are called.
_HEADERS = {
    "date": r"date|(?:trans(?:action)?|txn|posting|posted|post|value|effective)\.? date|date posted",
    "description": r"(?:transaction )?(?:description|details?|narration|particulars|activity|memo)|transaction|remarks",
    "check_number": r"(?:check|cheque|chq)\.? ?/? ?(?:no|number|#|ref no)\.?|ref no\.?/? ?cheque no\.?|check",
    "credit": r"credits?|deposits?(?: ?/ ?(?:credits?|additions?))?|additions|credit amount|money in|paid in|deposit amt"
    r"|deposits and (?:other )?(?:credits|additions)|\+? ?deposits",
    "debit": r"debits?|withdrawals?(?: ?/ ?(?:debits?|subtractions?))?|subtractions|debit amount|money out|paid out"
    r"|withdrawal amt|withdrawals and (?:other )?debits|payments|- ?withdrawals",
    "amount": r"amount|withdrawals ?/ ?(?:deposits)?|deposits ?/ ?withdrawals|debit ?/ ?credit|transaction amount",
    "balance": r"(?:running |ending daily |daily |ending |account |ledger |closing |available )?balance",
}
_HEADER = {
    name: re.compile(
        rf"^\W*(?:{pattern})\W*(?:\(?\W*(?:\$|s\$?|rs|inr|usd)\W*\)?)?\W*$", re.IGNORECASE
    )
    for name, pattern in _HEADERS.items()
}
#: Rows that state a balance, not a transaction.
_BALANCE_ROW = re.compile(
    r"\b(?:(?:beginning|opening|ending|closing|previous|new|starting|current|available) balance|"
    r"balance (?:brought|carried|forward|last)|brought forward|carried forward|total)\b",
    re.IGNORECASE,
)
_IN_HEADING = re.compile(
    r"^\W*(?:(?:total )?(?:deposits|credits|additions|electronic deposits|deposits and (?:other )?(?:credits|additions)|"
    r"other credits|interest paid|deposits[ /&]+credits))\b(?!.*withdrawals)",
    re.IGNORECASE,
)
_OUT_HEADING = re.compile(
    r"^\W*(?:(?:total )?(?:atm (?:and|&) debit|electronic withdrawals|withdrawals|debits|checks(?: paid)?|fees|service fees|"
    r"other withdrawals|electronic payments|payments|purchases|card purchases|subtractions|service charges))\b(?!.*deposits)",
    re.IGNORECASE,
)

_SCORE = 0.93
#: The running balance proves the amount.
_PROVED = 0.97
#: The sign is a guess, or the balance contradicts.
_DOUBTED = 0.6


@frozen
class _Column:
    name: str
    left: float
    right: float


@define
class _Row:
    """One transaction as read."""

    page: int
    words: dict[str, list[Word]]
    sign: int | None
    heading: int | None


def _header_columns(line: Sequence[Segment]) -> list[_Column]:
    """Return the columns that a line of headers names; empty when it is none."""
    columns = []
    for segment in line:
        name = next((n for n, p in _HEADER.items() if p.match(segment.text)), None)
        if name is not None:
            columns.append(_Column(name, segment.left, segment.right))
    names = {column.name for column in columns}
    if (
        "date" in names
        and names & {"amount", "credit", "debit", "balance", "description"}
        and len(names) > 1
    ):
        return columns
    return []


def _starts_with_date(line: Sequence[Segment]) -> tuple[list[Word], list[Word]] | None:
    """Split a line into the words of its leading date and the others."""
    words = [word for segment in line for word in segment.words]
    for skip in (0, 1):
        for count in (1, 2, 3):
            text = " ".join(word.text for word in words[skip : skip + count]).strip("|")
            match = _DATE.match(text)
            if match and match.end() == len(text) and not _impossible(match):
                return words[skip : skip + count], words[skip + count :]
        if words and any(map(str.isalnum, words[0].text)):
            break
    return None


def _impossible(match: re.Match[str]) -> bool:
    name = match["name"] or match["dname"]
    return bool(name) and name[:3].lower() not in _MONTHS


def _is_amount(word: Word) -> bool:
    match = _AMOUNT.match(word.text)
    return match is not None and (
        "." in match["digits"] or "," in match["digits"] or bool(match["sign"])
    )


def read_amount(text: str) -> Decimal | None:
    """Return the amount that a text prints, negative with a minus, brackets or DR; None when it is none."""
    match = _AMOUNT.match(text.strip())
    if match is None:
        return None
    try:
        value = Decimal(match["digits"].replace(",", "")).quantize(Decimal("0.01"))
    except InvalidOperation:
        return None
    minus = "-–−"
    negative = (
        (match["minus"] or "") in minus
        and match["minus"]
        or (match["minus2"] or "") in minus
        and match["minus2"]
        or (match["after"] or "").upper() in ("-", "–", "−", ")", "DR")
        and match["after"]
    )
    return -value if negative else value


class StatementReader:
    """Reads the transactions of a statement's pages.

    Args:
        layouts: The pages.
        period: First and last day of the statement, where known; they give the year to dates without one.
    """

    def __init__(
        self, layouts: Sequence[PageLayout], period: tuple[date | None, date | None]
    ) -> None:
        self.layouts = layouts
        self.period = period
        self._columns: list[_Column] = []
        self._heading: int | None = None

    def transactions(self, extractor: str) -> list[tuple[Field, ...]]:
        """Return the rows in printed order: date, description, amount and, where printed, balance."""
        rows: list[tuple[Field, ...]] = []
        previous: Decimal | None = None
        for row in self._rows():
            balance = self._value(row, "balance")
            if row.sign == 0:
                previous = balance if balance is not None else self._any_value(row)
                continue
            fields = self._fields(row, previous, extractor)
            if fields:
                rows.append(fields)
                previous = balance if balance is not None else None
        return rows

    def _rows(self) -> Iterator[_Row]:
        for layout in self.layouts:
            headed = False
            for line in layout.lines:
                columns = _header_columns(line)
                if columns:
                    self._columns = columns
                    headed = True
                    continue
                found = _starts_with_date(line) if self._columns else None
                if found is None:
                    self._note_heading(line, headed=headed)
                    continue
                row = self._row(layout.number, *found)
                if row is not None:
                    yield row

    def _note_heading(self, line: Sequence[Segment], *, headed: bool) -> None:
        text = line[0].text
        if _IN_HEADING.match(text):
            self._heading = 1
        elif _OUT_HEADING.match(text):
            self._heading = -1
        elif (
            headed
            and "balance" in text.lower()
            and not any(_is_amount(w) for s in line for w in s.words)
        ):
            # A table of daily balances follows; it holds no transactions.
            if re.search(r"daily|ledger", text, re.IGNORECASE):
                self._columns = []

    def _row(self, page: int, day: list[Word], rest: list[Word]) -> _Row | None:
        words: dict[str, list[Word]] = {"date": day}
        amounts = [word for word in rest if _is_amount(word) or self._whole_amount(word)]
        texts = [word for word in rest if word not in amounts and any(map(str.isalnum, word.text))]
        if not amounts:
            return None
        for word in amounts:
            words.setdefault(self._column_of(word), []).append(word)
        if texts:
            words["description"] = texts
        description = " ".join(word.text for word in texts)
        sign = 0 if _BALANCE_ROW.search(description) else None
        return _Row(page, words, sign, self._heading)

    def _whole_amount(self, word: Word) -> bool:
        """Whether a bare number stands in a column of amounts and so is one: `-171`."""
        if not _AMOUNT.match(word.text):
            return False
        name = self._column_of(word)
        column = next((c for c in self._columns if c.name == name), None)
        return column is not None and word.left < column.right and word.right > column.left - 4

    def _column_of(self, word: Word) -> str:
        amounts = [c for c in self._columns if c.name in ("credit", "debit", "amount", "balance")]
        if not amounts:
            return "amount"

        def distance(column: _Column) -> float:
            # Amounts are flush right, headers flush right or centred.
            gap = max(column.left, word.left) - min(column.right, word.right)
            return (max(gap, 0.0), abs(column.right - word.right))[0] or -1 / (
                1 + abs(column.right - word.right)
            )

        return min(amounts, key=distance).name

    def _value(self, row: _Row, name: str) -> Decimal | None:
        words = row.words.get(name)
        return read_amount(words[-1].text) if words else None

    def _any_value(self, row: _Row) -> Decimal | None:
        for name in ("credit", "debit", "amount"):
            value = self._value(row, name)
            if value is not None:
                return value
        return None

    def _fields(self, row: _Row, previous: Decimal | None, extractor: str) -> tuple[Field, ...]:
        found = self._amount(row, previous)
        day = self._day(" ".join(word.text for word in row.words["date"]).strip("|"))
        if found is None or day is None:
            return ()
        value, word, confidence = found
        cells = [
            self._cell("date", row.page, row.words["date"], _SCORE, extractor, day),
            self._cell("amount", row.page, [word], confidence, extractor, value),
        ]
        if "description" in row.words:
            cells.insert(
                1,
                self._cell(
                    "description", row.page, row.words["description"], _SCORE, extractor, None
                ),
            )
        balance = self._value(row, "balance")
        if balance is not None:
            words = row.words["balance"][-1:]
            cells.append(self._cell("balance", row.page, words, confidence, extractor, balance))
        return tuple(cells)

    def _amount(self, row: _Row, previous: Decimal | None) -> tuple[Decimal, Word, float] | None:
        """Return the signed amount, its word and how sure it is."""
        candidates: list[tuple[Decimal, Word, bool]] = []
        for name, sign in (("credit", 1), ("debit", -1), ("amount", 0)):
            words = row.words.get(name)
            value = read_amount(words[-1].text) if words else None
            if words and value is not None and value != 0:
                candidates.append((sign * abs(value) if sign else value, words[-1], bool(sign)))
        if len(candidates) != 1:
            return None
        value, word, certain = candidates[0]
        if not certain and row.heading and value > 0:
            value, certain = value * row.heading, True
        balance = self._value(row, "balance")
        if previous is not None and balance is not None:
            if previous + value == balance:
                return value, word, _PROVED
            if previous - value == balance:
                return -value, word, _PROVED if not certain else _DOUBTED
            return value, word, _DOUBTED
        return value, word, _SCORE if certain or value < 0 else _SCORE * 0.85

    def _day(self, text: str) -> date | None:
        match = _DATE.match(text)
        if match is None:
            return None
        if match["iso"]:
            return _safe_date(int(match["iso"]), int(match["im"]), int(match["id"]))
        if match["name"] or match["dname"]:
            name = (match["name"] or match["dname"])[:3].lower()
            month = _MONTHS.index(name) + 1
            day = int(match["nd"] or match["dd"])
            year = match["ny"] or match["dy"]
        else:
            month, day, year = int(match["m"]), int(match["d"]), match["y"]
        if year is not None:
            return _safe_date(int(year) + (2000 if len(year) == 2 else 0), month, day)  # noqa: PLR2004
        return self._in_period(month, day)

    def _in_period(self, month: int, day: int) -> date | None:
        """Give a day its year: the one in which it lies in the statement's period."""
        start, end = self.period
        if end is None:
            return None
        found = _safe_date(end.year, month, day)
        if found is not None and found > end:
            found = _safe_date(end.year - 1, month, day)
        if found is not None and start is not None and not start.replace(day=1) <= found:
            return None
        return found

    def _cell(
        self,
        name: str,
        page: int,
        words: Sequence[Word],
        confidence: float,
        extractor: str,
        value: date | Decimal | None,
    ) -> Field:
        weakest = min(word.confidence for word in words)
        return Field(
            name=name,
            raw=" ".join(word.text for word in words).strip("| "),
            page=page,
            box=union(words),
            confidence=round(confidence * (0.4 + 0.6 * weakest), 4),
            extractor=extractor,
            value=value,
            currency="USD" if isinstance(value, Decimal) else None,
        )


def _safe_date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def transactions_field(
    layouts: Sequence[PageLayout], period: tuple[date | None, date | None], extractor: str
) -> Field | None:
    """Return all transactions of a statement as one field of rows; None when there are none."""
    rows = StatementReader(layouts, period).transactions(extractor)
    if not rows:
        return None
    cells = [cell for row in rows for cell in row if cell.page == rows[0][0].page and cell.box]
    return evolve(
        rows[0][0],
        name="transactions",
        raw="",
        box=union([cell.box for cell in cells if cell.box is not None]),
        confidence=round(min(cell.confidence for row in rows for cell in row), 4),
        value=None,
        currency=None,
        rows=tuple(rows),
    )
