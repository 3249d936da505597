"""Balances of a statement that stand in a row of headers over their values, or in cards."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal

from loanbatch.models import Word
from loanbatch_plugins.layout import PageLayout, Segment
from loanbatch_plugins.templates._candidates import Candidate
from loanbatch_plugins.templates._entries import Calendar, is_amount, read_amount, read_day
from loanbatch_plugins.templates._schema import Rule
from loanbatch_plugins.templates._view import DocumentView

_IN = r"(?:deposits?|credits?|additions|money in|paid in)"
_OUT = r"(?:withdrawals?|debits?|subtractions|checks|money out|paid out)"
_HEADERS = {
    "opening_balance": r"(?:beginning|opening|previous|starting) bal(?:ance|\.)?",
    "closing_balance": r"(?:ending|closing|new|current) bal(?:ance|\.)?",
    "total_deposits": rf"(?:total )?{_IN}(?: ?(?:/|&|and) ?(?:other )?{_IN})?",
    "total_withdrawals": rf"(?:total )?{_OUT}(?: ?(?:/|&|and) ?(?:other )?{_OUT})?",
    "deposit_count": rf"(?:cr|{_IN})\.? count|(?:no\.?|number|#) of {_IN}",
    "withdrawal_count": rf"(?:dr|{_OUT})\.? count|(?:no\.?|number|#) of {_OUT}",
}
_HEADER = {
    name: re.compile(rf"^\W*(?:{pattern})\W*(?:\(.{{1,4}}\))?\W*$", re.IGNORECASE)
    for name, pattern in _HEADERS.items()
}
#: A period as in "3/1 through 3/31" or "Aug 1 - Aug 31, 2024".
_SHORT_PERIOD = re.compile(
    r"(?<![\d/])(?P<start>\d{1,2}/\d{1,2})\s?(?:-|–|to|thru|through)\s?"
    r"(?P<end>\d{1,2}/\d{1,2})(?![\d/])",
    re.IGNORECASE,
)
_MONTH = r"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*\.?"
_ONE_YEAR_PERIOD = re.compile(
    rf"\b(?P<start>{_MONTH} \d{{1,2}})\s?(?:-|–|to|thru|through)\s?"
    rf"(?P<end>{_MONTH} \d{{1,2}},? (?:19|20)\d\d)\b",
    re.IGNORECASE,
)
_LONGEST_PERIOD = 100
_PERIOD = 0.8
_COUNTS = ("deposit_count", "withdrawal_count")
_COUNT = re.compile(r"\d{1,4}")
#: Opening balance and movements come to the closing one; nothing to check with; they do not.
_PROVED, _SCORE, _DOUBTED = 0.97, 0.85, 0.6
#: Values stand within so many heights below their headers.
_REACH = 4.5

Row = Mapping[str, tuple[Word, int]]


def short_period(view: DocumentView, rule: Rule, extractor: str) -> Iterator[Candidate]:
    """Yield the first day of a period without a year, or the last with `value = "end"`.

    The year is that of the last day, or of the statement's date, after which no period ends.
    """
    del extractor
    dated = view.found.get("statement_date")
    latest = read_day(dated.raw, Calendar()) if dated is not None else None
    text = view.flows[1].text
    match = _ONE_YEAR_PERIOD.search(text) or (_SHORT_PERIOD.search(text) if latest else None)
    if match is None:
        return
    end = read_day(match["end"], Calendar(end=latest))
    start = read_day(match["start"], Calendar(end=end))
    if start is not None and end is not None and (end - start).days <= _LONGEST_PERIOD:
        name = rule.value or "start"
        span = view.flows[1].span(match.start(name), match.end(name))
        yield Candidate(
            raw=match[name],
            page=span.page,
            words=span.words,
            score=_PERIOD * rule.confidence,
            value=end if name == "end" else start,
        )


def balance_summary(view: DocumentView, rule: Rule, extractor: str) -> Iterator[Candidate]:
    """Yield the value of one header, which the rule names with `value`."""
    del extractor
    if "balance summary" not in view.remembered:
        view.remembered["balance summary"] = _find(view)
    row: Row = view.remembered["balance summary"]
    if rule.value is not None and rule.value in row:
        word, page = row[rule.value]
        score = _proof({name: found for name, (found, _) in row.items()})
        yield Candidate(raw=word.text, page=page, words=(word,), score=score * rule.confidence)


def _find(view: DocumentView) -> Row:
    """Return the words under the first row of headers that has both balances."""
    for layout in view.layouts:
        for line in layout.lines:
            headers = {name: item for item in line if (name := _name(item)) is not None}
            if headers.keys() >= {"opening_balance", "closing_balance"}:
                found = _values(layout, headers)
                if "closing_balance" in found:
                    return {name: (word, layout.number) for name, word in found.items()}
    return {}


def _name(item: Segment) -> str | None:
    return next((name for name, header in _HEADER.items() if header.match(item.text)), None)


def _values(layout: PageLayout, headers: Mapping[str, Segment]) -> dict[str, Word]:
    """Return the first fitting word under each header."""
    height = max(item.height for item in headers.values())
    top = max(item.bottom for item in headers.values())
    found: dict[str, Word] = {}
    for item in layout.between(top - 0.3 * height, top + _REACH * height):
        for word in item.words:
            name = min(headers, key=lambda name: _distance(headers[name], word))
            fits = _COUNT.fullmatch(word.text) if name in _COUNTS else is_amount(word.text)
            if fits:
                found.setdefault(name, word)
    return found


def _distance(header: Segment, word: Word) -> tuple[float, float]:
    gap = max(header.left, word.left) - min(header.right, word.right)
    return max(gap, 0.0), abs(header.left + header.right - word.left - word.right)


def _proof(words: Mapping[str, Word]) -> float:
    def amount(name: str) -> Decimal | None:
        return read_amount(words[name].text) if name in words else None

    values: Sequence[Decimal | None] = [
        amount(name)
        for name in ("opening_balance", "total_deposits", "total_withdrawals", "closing_balance")
    ]
    opening, deposits, withdrawals, closing = values
    if opening is None or deposits is None or withdrawals is None or closing is None:
        return _SCORE
    return _PROVED if opening + abs(deposits) - abs(withdrawals) == closing else _DOUBTED
