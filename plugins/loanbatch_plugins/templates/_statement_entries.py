"""One entry of a table of transactions: what stands in its columns."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal

from attrs import define

from loanbatch.models import Word
from loanbatch_plugins.templates._entries import read_amount

#: The columns of amounts, and the sign that each says.
_SIGNS = (("credit", 1), ("debit", -1), ("amount", 0))


#: So many digits without a separator are an amount whose separators were misread.
_RUN = re.compile(r"\D?\d{5,}")
#: Recognition of a word below this confidence is in doubt.
_SURE = 0.75


def is_doubtful(words: Sequence[Word]) -> bool:
    """Whether one of the words was hard to read."""
    return any(word.confidence < _SURE for word in words)


@define
class Entry:
    """One transaction, or stated balance, as read."""

    page: int
    words: dict[str, list[Word]]
    states_balance: bool
    #: 1 under a heading of deposits, -1 under one of withdrawals, 0 without.
    side: int
    #: Whether it stands in a list of checks, which may repeat what another table has.
    listed: bool
    #: Amounts that a word behind them makes negative.
    debits: tuple[Word, ...] = ()
    #: Whether the words were read from a picture and so may be misread, or torn.
    recognized: bool = False

    def cell(self, name: str) -> Sequence[Word]:
        """Return the words of an amount: the last one, or all of one that was torn."""
        words = self.words.get(name, [])
        return words if self.recognized else words[-1:]

    def value(self, name: str) -> Decimal | None:
        """Return the amount in a column; None where there is none, or none readable."""
        words = self.cell(name)
        text = "".join(word.text for word in words)
        value = None if self.recognized and _RUN.fullmatch(text) else read_amount(text)
        return -abs(value) if value is not None and words[-1] in self.debits else value

    def balance(self) -> Decimal | None:
        """Return the balance after a transaction, or the one that the row states."""
        names = ("balance", "credit", "debit", "amount") if self.states_balance else ("balance",)
        return next((v for v in map(self.value, names) if v is not None), None)

    def amount(self) -> Amount | None:
        """Return the amount; None unless there is just one, readable or not."""
        found = [
            Amount(None if value is None else sign * abs(value) if sign else value, name, sign)
            for name, sign in _SIGNS
            if self.words.get(name) and (value := self.value(name)) != 0
        ]
        read = [item for item in found if item.value is not None] or found
        if len(read) != 1:
            return None
        only = read[0]
        if only.value is None:
            return Amount(None, only.column, only.sign or self.side)
        if not only.sign and self.side and only.value > 0:
            return Amount(only.value * self.side, only.column, self.side)
        plus = self.cell(only.column)[0].text.lstrip().startswith("+")
        told = only.sign or (-1 if only.value < 0 else int(plus))
        return Amount(only.value, only.column, told)


@define
class Amount:
    """What an entry moves."""

    #: None where it was misread.
    value: Decimal | None
    column: str
    #: What the page says: 1 paid in, -1 paid out, 0 nothing.
    sign: int
