"""The arithmetic of an account: what running balances prove about the amounts between them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from itertools import pairwise, product

from attrs import define

#: How sure an amount is: its sign is said by a column, a heading or a minus; the balances prove
#: it, or prove what was not read; the sign is a guess; the balances contradict; all amounts
#: together miss the closing balance.
SIGNED, PROVED, MENDED, GUESSED, CONTRADICTED, INCOMPLETE = 0.93, 0.97, 0.8, 0.6, 0.6, 0.7
#: Signs are tried out for so many amounts at most.
_MOST_GUESSES = 8


@define
class Posting:
    """One transaction of an account, or a stated balance (without an amount)."""

    day: date | None
    amount: Decimal | None
    #: Whether the page says the sign.
    signed: bool = False
    balance: Decimal | None = None
    confidence: float = SIGNED
    #: What the page says: 1 paid in, -1 paid out, 0 nothing.
    sign: int = 0
    #: Whether it only states a balance.
    states_balance: bool = False
    #: Whether a balance is printed beside it, readable or not.
    has_balance: bool = False
    #: Whether the amount, and the balance, were hard to read.
    doubtful: bool = False
    doubtful_balance: bool = False
    #: Whether amount or balance are what the others tell, not what was read.
    mended: bool = False


def prove(postings: Sequence[Posting], opening: Decimal | None, closing: Decimal | None) -> None:
    """Set signs and confidences of postings in printed order by the balances between them.

    A balance may stand on the last posting of a day only, and the newest posting may come first.
    """
    previous = opening
    group: list[Posting] = []
    for posting in in_order(postings):
        if posting.amount is not None:
            posting.confidence = SIGNED if posting.signed else GUESSED
            group.append(posting)
        if posting.balance is None:
            continue
        if group and previous is not None:
            _settle(group, posting.balance - previous, CONTRADICTED)
        previous, group = posting.balance, []
    if group and previous is not None and closing is not None:
        _settle(group, closing - previous, INCOMPLETE)


def in_order(postings: Sequence[Posting]) -> list[Posting]:
    """Return printed postings with the oldest first."""
    return list(reversed(postings) if _is_newest_first(postings) else postings)


def _is_newest_first(postings: Sequence[Posting]) -> bool:
    days = [item.day for item in postings if item.day is not None and item.amount is not None]
    falling = all(later <= earlier for earlier, later in pairwise(days))
    return len(days) > 1 and falling and days[-1] < days[0]


def _settle(group: Sequence[Posting], difference: Decimal, otherwise: float) -> None:
    """Judge the postings between two balances, whose signs may be turned where that is needed."""
    fitting = [signs for signs in _signs(group) if _total(group, signs) == difference]
    if len(fitting) == 1:
        for posting, keeps in zip(group, fitting[0], strict=True):
            assert posting.amount is not None  # noqa: S101 - only such are in a group
            posting.amount = posting.amount if keeps else -posting.amount
            turned = posting.signed and not keeps
            proved = MENDED if posting.mended else PROVED
            posting.confidence = CONTRADICTED if turned else proved
        return
    for posting in group:
        posting.confidence = min(posting.confidence, otherwise)


def _signs(group: Sequence[Posting]) -> Iterator[tuple[bool, ...]]:
    """Yield which amounts keep their sign: all first, then with those turned that are guesses."""
    free = [not item.signed for item in group]
    if len(group) == 1:
        yield from ((True,), (False,))
    elif sum(free) <= _MOST_GUESSES:
        yield from product(*((True, False) if item else (True,) for item in free))
    else:
        yield tuple(True for _ in group)


def _total(group: Sequence[Posting], signs: Sequence[bool]) -> Decimal:
    amounts = [item.amount or Decimal(0) for item in group]
    return sum((a if keeps else -a for a, keeps in zip(amounts, signs, strict=True)), Decimal(0))
