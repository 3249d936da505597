"""Transactions of bank statements.

A table of transactions has a date at the start of each row; what the amounts mean is said by the
headers above them (credits, debits, balance), by a heading over the table (deposits, withdrawals),
by a sign, and is proved by the running balance where there is one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise

from loanbatch.models import Field, Word
from loanbatch_plugins.layout import PageLayout, Segment, union
from loanbatch_plugins.templates._candidates import Candidate, weakest
from loanbatch_plugins.templates._currency import find_currency
from loanbatch_plugins.templates._entries import (
    Calendar,
    is_amount,
    read_amount,
    read_day,
    read_misread_day,
    writes_day_first,
)
from loanbatch_plugins.templates._ledger import MENDED, Posting, in_order, prove
from loanbatch_plugins.templates._mending import mend
from loanbatch_plugins.templates._schema import Rule
from loanbatch_plugins.templates._statement_columns import (
    AMOUNTS,
    Column,
    balanced,
    header_columns,
    is_header,
    repeated_lefts,
)
from loanbatch_plugins.templates._statement_entries import Entry, is_doubtful
from loanbatch_plugins.templates._view import DocumentView

#: Rows that state a balance, not a transaction; some have no date.
_BALANCE_ROW = re.compile(
    r"\b(?:(?:beginning|opening|ending|closing|previous|new|starting|current|available) balance|"
    r"balance (?:brought|carried|forward|last)|brought forward|carried forward)\b|^[bc]/?f\b",
    re.IGNORECASE,
)
_UNDATED_BALANCE_ROW = re.compile(
    r"^\W*(?:(?:beginning|opening|ending|closing|previous) balance|(?:balance )?(?:brought|carried)"
    r" forward|[bc]/?f\b)",
    re.IGNORECASE,
)
_TOTAL_ROW = re.compile(r"^\W*(?:sub)?totals?\b", re.IGNORECASE)
#: The sign of an amount as a word of its own behind it.
_CR_OR_DR = re.compile(r"\W*(?P<sign>cr|dr)\.?\W*", re.IGNORECASE)
#: A loan kept under the same membership as the accounts: its rows are no transactions of theirs.
_LOAN_HEADING = re.compile(r"^\W*(?:loan\W{0,3}(?:id\W{0,2})?\d{1,4}\b|L\d{2,4}\b)", re.IGNORECASE)
_SHARE_HEADING = re.compile(
    r"^\W*(?:(?:suffix|share|sub ?account|account|id)\W{0,3}\d{1,4}\b|S\d{2,4}\b)", re.IGNORECASE
)
_LOAN_COLUMN = re.compile(r"^\W*principal\b", re.IGNORECASE)
_IN_HEADING = re.compile(
    r"^\W*(?:total )?(?:(?:customer|other|mobile|direct|regular) )?"
    r"(?:deposits|credits|additions|electronic deposits|other credits|interest paid"
    r"|deposits (?:and|&|/) (?:other )?(?:credits|additions))\b(?!.*withdrawals)",
    re.IGNORECASE,
)
_OUT_HEADING = re.compile(
    r"^\W*(?:total )?(?:(?:customer|other|card) )?"
    r"(?:atm (?:and|&) debit|electronic withdrawals|withdrawals|debits"
    r"|checks(?: paid)?|fees|service fees|other withdrawals|electronic payments|payments"
    r"|purchases|card purchases|subtractions|service charges|other subtractions)\b"
    r"(?!.*deposits)",
    re.IGNORECASE,
)
#: A table of balances follows, no transactions.
_BALANCES = re.compile(r"\b(?:daily|ledger)\b.*\bbalance", re.IGNORECASE)

_SCORE = 0.93
#: One unreadable word makes a table doubtful, not worthless.
_LEAST = 0.55
#: What recognition adds to days.
_MARKS = "|., "
#: "Monthly statement, September 2023".
_STATEMENT_MONTH = re.compile(
    r"\b(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?,? ((?:19|20)\d\d)\b",
    re.IGNORECASE,
)


def transactions(view: DocumentView, rule: Rule, extractor: str) -> Iterator[Candidate]:
    """Yield all transactions of a statement as one candidate of rows, if there are any."""
    reader = _Reader(view.layouts, _calendar(view), extractor)
    rows = reader.rows(_found(view, "opening_balance"), _found(view, "closing_balance"))
    if not rows:
        return
    weakest_cell = min(cell.confidence for row in rows for cell in row)
    first = rows[0][0].page
    boxes = [cell.box for row in rows for cell in row if cell.page == first and cell.box]
    yield Candidate(
        raw="\n".join(" | ".join(cell.raw for cell in row) for row in rows),
        page=first,
        words=(),
        score=max(min(weakest_cell, _LEAST if reader.missing else 1.0), _LEAST) * rule.confidence,
        rows=tuple(rows),
        box=union(boxes),
    )


def _found(view: DocumentView, name: str) -> Decimal | None:
    return read_amount(view.found[name].raw) if name in view.found else None


def _calendar(view: DocumentView) -> Calendar:
    """Return the statement's period and how it writes days, by all that stands in it."""
    currency = find_currency(view)
    words = [word.text.strip("|,.") for layout in view.layouts for word in layout.page.words]
    abroad = currency is not None or any(word.startswith("IFSC") for word in words)
    day_first = writes_day_first(words, usual=abroad)
    days: list[date | None] = []
    for names in (("statement_period_start",), ("statement_period_end", "statement_date")):
        found = next((view.found[name] for name in names if name in view.found), None)
        known = Calendar(day_first=day_first)
        days.append(read_day(found.raw, known) if found is not None else None)
    start, end = days
    return Calendar(start, end or _end_of_month(view), day_first)


def _end_of_month(view: DocumentView) -> date | None:
    """Return the last day of the month for which a statement says it is."""
    for line in view.layouts[0].lines:
        text = " ".join(segment.text for segment in line)
        match = _STATEMENT_MONTH.search(text) if "statement" in text.casefold() else None
        if match is not None:
            first = read_day(f"{match[1]} 1, {match[2]}", Calendar())
            return first and (first.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(
                days=1
            )
    return None


class _Reader:
    """Reads the transactions of a statement's pages."""

    def __init__(self, layouts: Sequence[PageLayout], calendar: Calendar, extractor: str) -> None:
        self.layouts = layouts
        self.calendar = calendar
        self.extractor = extractor
        self._columns: list[Column] = []
        self._side = 0
        #: Whether a heading says what dated amounts below it are, without headers of columns.
        self._titled = False
        self._in_loan = False
        self._lists_checks = False
        self._recognized = False
        #: Entries that were seen but could not be read.
        self.missing = 0

    def rows(self, opening: Decimal | None, closing: Decimal | None) -> list[tuple[Field, ...]]:
        """Return the rows in printed order: date, description, amount, balance where printed."""
        read: list[tuple[Entry, str, Posting]] = []
        for entry in self._entries():
            day = self._day(entry)
            if entry.states_balance:
                stated = Posting(day, None, balance=entry.balance(), states_balance=True)
                read.append((entry, "", stated))
                continue
            found = entry.amount()
            if found is not None and day is not None:
                value, column, sign = found.value, found.column, found.sign
                if entry.listed and any((p.day, p.amount) == (day, value) for _, _, p in read):
                    continue
                posting = Posting(day, value, bool(sign), entry.balance(), sign=sign)
                posting.has_balance = bool(entry.words.get("balance"))
                posting.doubtful = is_doubtful(entry.cell(column))
                posting.doubtful_balance = is_doubtful(entry.cell("balance"))
                read.append((entry, column, posting))
        postings = in_order([posting for _, _, posting in read])
        if any(layout.recognized for layout in self.layouts):
            mend(postings, opening, closing)
        prove(postings, opening, closing)
        self.missing = sum(column != "" and p.amount is None for _, column, p in read)
        return [self._fields(*item) for item in read if item[2].amount is not None]

    def _day(self, entry: Entry) -> date | None:
        text = " ".join(word.text for word in entry.words.get("date", ()))
        return self._read_day(text)

    def _read_day(self, text: str, *, exact: bool = False) -> date | None:
        day = read_day(text.strip(_MARKS), self.calendar, exact=exact)
        if day is None and self._recognized:
            day = read_misread_day(text.strip(_MARKS), self.calendar)
        return day

    def _entries(self) -> Iterator[Entry]:
        for layout in self.layouts:
            self._recognized = layout.recognized
            pending: list[Column] = []
            for line in layout.lines:
                columns = [c for c in pending if c.bottom > line[0].top] + header_columns(line)
                pending = columns
                if is_header({column.name for column in columns}):
                    of_loan = self._in_loan or any(_LOAN_COLUMN.match(s.text) for s in line)
                    self._begin_table([] if of_loan else balanced(columns))
                    continue
                if not self._columns:
                    self._note_heading(line)
                    if not self._titled:
                        continue
                yield from self._line_entries(layout.number, line)

    def _begin_table(self, columns: list[Column]) -> None:
        self._columns = columns
        names = {column.name for column in columns}
        self._lists_checks = names == {"date", "check_number", "amount"}
        if self._lists_checks:
            self._side = -1
        elif "balance" in names:
            self._side = 0

    def _line_entries(self, page: int, line: Sequence[Segment]) -> Iterator[Entry]:
        dated = False
        for part in self._beside(line):
            found = self._starts_with_date(part)
            if found is not None:
                dated = True
                entry = self._entry(page, *found)
                if entry is not None:
                    yield entry
        if not dated:
            if _UNDATED_BALANCE_ROW.match(line[0].text):
                entry = self._entry(page, [], [w for s in line for w in s.words])
                if entry is not None and entry.states_balance:
                    yield entry
            self._note_heading(line)

    def _beside(self, line: Sequence[Segment]) -> list[list[Word]]:
        """Split a line into the rows of tables side by side, each with a date of its own."""
        words = [word for segment in line for word in segment.words]
        lefts = repeated_lefts(self._columns)
        parts: list[list[Word]] = [[] for _ in range(len(lefts) + 1)]
        for word in words:
            parts[sum(word.left > left - word.bottom + word.top for left in lefts)].append(word)
        return [part for part in parts if part]

    def _starts_with_date(self, words: list[Word]) -> tuple[list[Word], list[Word]] | None:
        """Split words into those of their leading date and the others.

        A mark may stand before the date, and in a list of checks their number.
        """
        columns = sorted(self._columns, key=lambda column: column.left)
        lefts = repeated_lefts(columns)
        own = [c for c in columns if words[0].left > c.left - words[0].bottom + words[0].top]
        beside = bool(lefts) and any(c.name == "check_number" and c.left in lefts for c in own)
        numbered = beside or (bool(columns) and columns[0].name in ("check_number", "serial"))
        for skip in range(min(3, len(words))):
            count = self._date_length(words[skip:])
            if count:
                rest = words[skip + count :]
                twice = numbered + 1 < len(columns) and columns[numbered + 1].name == "date"
                second = self._date_length(rest) if twice else 0
                return words[skip : skip + count], rest[second:]
            mark = not any(map(str.isalnum, words[skip].text))
            if not mark and not (numbered and words[skip].text.strip("*#").isdigit()):
                break
        return None

    def _date_length(self, words: Sequence[Word]) -> int:
        """Return how many words at the beginning are a date, 0 for none."""
        for count in (3, 2, 1):
            text = " ".join(word.text for word in words[:count])
            if self._read_day(text, exact=True) is not None:
                return min(count, len(words))
        return 0

    def _heading_of(self, line: Sequence[Segment]) -> str:
        """Return the heading in a line; rules of signs beside it are recognized as letters."""
        if not self._recognized:
            return line[0].text
        texts = [re.sub(r"^\w{1,2} (?=\w{3})", "", segment.text) for segment in line]
        known = (text for text in texts if _IN_HEADING.match(text) or _OUT_HEADING.match(text))
        return next(known, texts[0])

    def _note_heading(self, line: Sequence[Segment]) -> None:
        text = self._heading_of(line)
        if any(is_amount(word.text) for segment in line for word in segment.words):
            return
        if _LOAN_HEADING.match(text):
            self._in_loan, self._columns, self._titled = True, [], False
        elif _SHARE_HEADING.match(text):
            self._in_loan = False
        elif _IN_HEADING.match(text):
            self._side, self._titled = 1, True
        elif _OUT_HEADING.match(text):
            self._side, self._titled = -1, True
        elif _BALANCES.search(text):
            self._columns, self._titled = [], False

    def _entry(self, page: int, day: list[Word], rest: list[Word]) -> Entry | None:
        amounts = [w for w in rest if is_amount(w.text) or self._is_whole_amount(w, rest[-1])]
        if self._recognized and day:
            amounts = [w for w in rest if w in amounts or self._is_misread_amount(w)]
        if not amounts:
            return None
        words: dict[str, list[Word]] = {"date": day} if day else {}
        for word in amounts:
            words.setdefault(self._column_of(word).name, []).append(word)
        signs = {
            before: match["sign"].lower()
            for before, after in pairwise(rest)
            if before in amounts and (match := _CR_OR_DR.fullmatch(after.text))
        }
        signed = [after for before, after in pairwise(rest) if before in signs]
        texts = [
            w
            for w in rest
            if w not in amounts and w not in signed and any(map(str.isalnum, w.text))
        ]
        if texts:
            words["description"] = texts
        description = " ".join(word.text for word in texts)
        if _TOTAL_ROW.match(description):
            return None
        return Entry(
            page,
            words,
            _BALANCE_ROW.search(description) is not None,
            self._side,
            self._lists_checks,
            tuple(word for word, sign in signs.items() if sign == "dr"),
            self._recognized,
        )

    def _is_misread_amount(self, word: Word) -> bool:
        """Whether a word in a column of amounts was hard to read, or has digits."""
        column = self._column_of(word)
        margin = 2 * (word.bottom - word.top)
        inside = word.left < column.right and word.right > column.left - margin
        doubtful = is_doubtful([word]) or any(map(str.isdigit, word.text))
        return inside and doubtful and column.bottom > 0

    def _is_whole_amount(self, word: Word, last: Word) -> bool:
        """Whether a bare number stands in a column of amounts and so is one: `-171`.

        Without headers, it is one, or a torn part of one, only at the end of its row.
        """
        column = self._column_of(word)
        if read_amount(word.text) is None:
            return False
        if not column.bottom:
            return last.left - word.right < word.bottom - word.top
        return word.left < column.right and word.right > column.left - 4

    def _column_of(self, word: Word) -> Column:
        """Return the column of an amount: most overlap, then the nearest right edge."""
        amounts = [column for column in self._columns if column.name in AMOUNTS]
        if not amounts:
            return Column("amount", word.left, word.right)

        def distance(column: Column) -> tuple[float, float]:
            gap = max(column.left, word.left) - min(column.right, word.right)
            return max(gap, 0.0), abs(column.right - word.right)

        return min(amounts, key=distance)

    def _fields(self, entry: Entry, column: str, posting: Posting) -> tuple[Field, ...]:
        date_words = entry.words["date"]
        literal = read_day(" ".join(word.text for word in date_words).strip(_MARKS), self.calendar)
        sure = _SCORE if literal is not None else MENDED
        cells = [self._cell("date", entry, date_words, sure, posting.day)]
        if "description" in entry.words:
            words = entry.words["description"]
            cells.append(self._cell("description", entry, words, _SCORE, None))
        sure = posting.confidence
        cells.append(self._cell("amount", entry, entry.cell(column), sure, posting.amount))
        if posting.balance is not None:
            beside = entry.cell("balance")
            cells.append(self._cell("balance", entry, beside, sure, posting.balance))
        return tuple(cells)

    def _cell(
        self,
        name: str,
        entry: Entry,
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
