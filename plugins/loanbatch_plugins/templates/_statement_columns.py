"""The columns of tables of transactions, by what their headers are called."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from attrs import evolve, frozen

from loanbatch_plugins.layout import Segment

#: What the headers of a table's columns are called.
_HEADERS = {
    "serial": r"(?:s|sr|sl)\.? ?no\.?|serial (?:no\.?|number)",
    "date": r"(?:(?:trans(?:action)?|tran|txn|posting|posted|post|value|effective)\.? )?"
    r"(?:date|dt\.?)"
    r"|date (?:posted|paid)|paid",
    "description": r"(?:transaction )?"
    r"(?:description|details?|narration|particulars|(?:electronic )?activity|memo|remarks)"
    r"|transaction|description of transaction",
    "check_number": r"(?:check|cheque|chq)\.? ?/? ?(?:no|number|#)\.?|check|chq\.?",
    "reference": r"ref(?:erence)?\.? ?(?:no|number|#)\.?(?: ?/ ?(?:cheque|chq\.?) ?no\.?)?"
    r"|(?:check|chq|cheque)\.? ?/? ?ref\.? ?no\.?",
    "credit": r"cr\.?(?: amount)?"
    r"|credits?|deposits?(?: ?/ ?(?:credits?|additions?))?|additions|credit amount"
    r"|amount added|money in|paid in|deposit am(?:oun)?t\.?"
    r"|deposits and (?:other )?(?:credits|additions)"
    r"|\+? ?deposits",
    "debit": r"dr\.?(?: amount)?"
    r"|debits?|withdrawals?(?: ?/ ?(?:debits?|subtractions?))?|subtractions|debit amount"
    r"|amount subtracted|money out|paid out|withdrawal am(?:oun)?t\.?"
    r"|withdrawals and (?:other )?debits|payments"
    r"|- ?withdrawals",
    "amount": r"amount|withdrawals ?/ ?(?:deposits)?|deposits ?/ ?withdrawals|debit ?/ ?credit"
    r"|transaction amount",
    "balance": r"(?:running |ending daily |daily |ending |account |ledger |closing |available )?"
    r"balance",
}
_HEADER = {
    name: re.compile(
        rf"^\W*(?:{pattern})\W*(?:\(?\W*(?:\$|s\$?|rs|inr|usd|dr|cr)\W*\)?)?\W*$", re.IGNORECASE
    )
    for name, pattern in _HEADERS.items()
}
AMOUNTS = ("credit", "debit", "amount", "balance")


@frozen
class Column:
    """A header and its extent."""

    name: str
    left: float
    right: float
    #: Where the header ends; headers of one table may stand at slightly different heights.
    bottom: float = 0.0


def header_columns(line: Sequence[Segment]) -> list[Column]:
    """Return the columns that the headers in a line name."""
    columns = []
    for segment in line:
        name = next((n for n, p in _HEADER.items() if p.match(segment.text)), None)
        if name is not None:
            columns.append(Column(name, segment.left, segment.right, segment.bottom))
    return columns


def balanced(columns: Sequence[Column]) -> list[Column]:
    """Return the columns; an amount beside credits and debits is the running balance."""
    names = {column.name for column in columns}
    if names >= {"credit", "debit", "amount"} and "balance" not in names:
        return [evolve(c, name="balance") if c.name == "amount" else c for c in columns]
    return list(columns)


def is_header(names: set[str]) -> bool:
    """Whether columns of these names head transactions: a date, or enough of the others."""
    amounts = names & set(AMOUNTS)
    if "date" in names:
        return bool(amounts) or "description" in names
    return len(amounts) > 1 and len(names) > 2  # noqa: PLR2004 - OCR lost the date's header


def repeated_lefts(columns: Sequence[Column]) -> list[float]:
    """Return where further tables beside the first begin: at a date after an amount.

    In a list of checks their number stands before the date.
    """
    lefts: list[float] = []
    amount = False
    in_order = sorted(columns, key=lambda item: item.left)
    for before, column in pairwise(in_order):
        amount = amount or before.name in AMOUNTS
        if column.name == "date" and amount:
            lefts.append(before.left if before.name == "check_number" else column.left)
            amount = False
    return lefts
