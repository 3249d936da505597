"""Misread amounts of an account, told by the running balances around them.

Each balance is the one before it and the amount beside it. Of all ways to read a column of amounts
and balances that hold together so, the one that believes the most of what recognition read is
taken; where two believe as much and differ, nothing is mended.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal

from attrs import evolve, frozen

from loanbatch_plugins.templates._ledger import Posting

#: What it costs not to believe an amount or balance, the same where it was hard to read or could
#: not be, and to believe that an entry before it is missing.
_DISBELIEF, _DOUBT, _MISSING = 2, 1, 2
#: Ways that are followed at a time, and postings that may tell the balance before them.
_MOST_WAYS, _MOST_OPENINGS = 40, 4


@frozen
class _Way:
    """A reading of the postings so far: the balance after the last, all amounts and balances."""

    balance: Decimal
    cost: int
    steps: tuple[tuple[Decimal | None, Decimal], ...] = ()

    def step(self, amount: Decimal | None, balance: Decimal, cost: int) -> _Way:
        """Go on with one more posting."""
        return _Way(balance, self.cost + cost, (*self.steps, (amount, balance)))


def mend(postings: Sequence[Posting], opening: Decimal | None, closing: Decimal | None) -> None:
    """Set misread amounts and balances of postings, the oldest first, to what the others tell.

    Args:
        postings: Those of one account, each with a balance or with place for one.
        opening: Balance before the first.
        closing: Balance after the last, where it is known.
    """
    trials = []
    for is_lost in (_is_lost, _is_unsure):
        trial = [evolve(posting) for posting in postings]
        _mend_parts(trial, opening, closing, is_lost)
        trials.append(trial)
    best = max(trials, key=lambda trial: _holding(trial, opening))
    for posting, mended in zip(postings, best, strict=True):
        posting.amount, posting.signed = mended.amount, mended.signed
        posting.balance, posting.mended = mended.balance, mended.mended


def _holding(postings: Sequence[Posting], opening: Decimal | None) -> int:
    """Return of how many postings the balance is the one before it and the amount."""
    count, before = 0, opening
    for posting in postings:
        if before is not None and posting.amount is not None:
            count += posting.balance == before + posting.amount
        before = posting.balance
    return count


_Judge = Callable[[Posting], bool]


def _is_lost(posting: Posting) -> bool:
    """Whether nothing is known of a posting, or little."""
    unread = posting.amount is None or (posting.doubtful and posting.has_balance)
    return unread and posting.balance is None


def _is_unsure(posting: Posting) -> bool:
    """Whether nothing is known of a posting that was easy to read."""
    unread = posting.amount is None or (posting.doubtful and posting.has_balance)
    return unread and (posting.balance is None or posting.doubtful_balance)


def _mend_parts(
    postings: Sequence[Posting], opening: Decimal | None, closing: Decimal | None, is_lost: _Judge
) -> None:
    """Mend what stands between lost postings, then these, the newest first."""
    gaps = [number for number, item in enumerate(postings) if is_lost(item)]
    parts = list(zip([0, *(gap + 1 for gap in gaps)], [*gaps, len(postings)], strict=True))
    openings = [opening, *(_after(postings, gap, closing) for gap in gaps)]
    for (start, end), before in zip(parts, openings, strict=True):
        _mend_part(postings[start:end], before, closing if end == len(postings) else None)
    for (start, gap), before in reversed(list(zip(parts[:-1], openings[:-1], strict=True))):
        balance = postings[gap - 1].balance if gap > start else before
        _find_lost(postings[gap], balance, _after(postings, gap, closing))


def _mend_part(
    postings: Sequence[Posting], opening: Decimal | None, closing: Decimal | None
) -> None:
    """Mend postings none of which is lost, from where the balance before them is known."""
    for start, posting in enumerate(postings):
        rest = postings[start:]
        openings = _openings(rest) if opening is None else [opening]
        if openings:
            _mend(rest, openings, closing)
            return
        opening = posting.balance


def _openings(postings: Sequence[Posting]) -> list[Decimal]:
    """Return what the balance before the first posting may be, by the balances that follow."""
    found: list[Decimal] = []
    total = Decimal(0)
    for posting in postings[:_MOST_OPENINGS]:
        if posting.states_balance or posting.amount is None or not posting.signed:
            break
        total += posting.amount
        if posting.balance is not None and posting.balance - total not in found:
            found.append(posting.balance - total)
    return found


def _find_lost(lost: Posting, balance: Decimal | None, after: Decimal | None) -> None:
    """Set a posting of which nothing is known to what the balances before and after it tell."""
    if balance is not None and after is not None and (after - balance) * (lost.sign or 1) > 0:
        lost.balance = None
        _apply(lost, after - balance, after)


def _after(postings: Sequence[Posting], number: int, closing: Decimal | None) -> Decimal | None:
    """Return the balance after a posting, as the next one tells it, or the end of the account."""
    return _before(postings[number + 1]) if number + 1 < len(postings) else closing


def _before(posting: Posting) -> Decimal | None:
    """Return the balance before a posting; None unless its amount and balance are known."""
    if posting.amount is None or posting.balance is None or not posting.signed:
        return None
    return posting.balance - posting.amount


def _mend(
    postings: Sequence[Posting], openings: Sequence[Decimal], closing: Decimal | None
) -> None:
    ways = [_Way(opening, 0) for opening in openings]
    for posting in postings:
        ways = _cheapest(way for before in ways for way in _steps(before, posting))
        if not ways:
            return
    ended = [_end(way, closing) for way in ways]
    least = min(way.cost for way in ended)
    best = [way.steps for way in ended if way.cost == least]
    for posting, *readings in zip(postings, *best, strict=True):
        if len(set(readings)) == 1:
            _apply(posting, *readings[0])


def _end(way: _Way, closing: Decimal | None) -> _Way:
    missed = closing is not None and way.balance != closing
    return _Way(way.balance, way.cost + (_DISBELIEF if missed else 0), way.steps)


def _cheapest(ways: Iterator[_Way]) -> list[_Way]:
    ordered = sorted(ways, key=lambda way: way.cost)
    limit = ordered[0].cost + 2 * _DISBELIEF if ordered else 0
    return [way for way in ordered[:_MOST_WAYS] if way.cost <= limit]


def _steps(before: _Way, posting: Posting) -> Iterator[_Way]:
    """Yield the ways to read a posting after a balance."""
    if posting.states_balance:
        if posting.balance is not None:
            cost = 0 if posting.balance == before.balance else _DISBELIEF
            yield before.step(None, posting.balance, cost)
        return
    told = posting.balance
    if told is None:
        lost = _DOUBT if posting.has_balance else 0
        yield from (before.step(a, before.balance + a, lost) for a in _amounts(posting))
        return
    amounts = _amounts(posting)
    for amount in amounts:
        balance = before.balance + amount
        if balance == told:
            yield before.step(amount, balance, 0)
            return
        yield before.step(amount, balance, _DOUBT if posting.doubtful_balance else _DISBELIEF)
        yield before.step(amount, told, _MISSING)
    moved = told - before.balance
    if moved and (not posting.sign or (moved > 0) == (posting.sign > 0)):
        doubt = posting.amount is None or posting.doubtful
        yield before.step(moved, told, _DOUBT if doubt else _DISBELIEF)


def _amounts(posting: Posting) -> tuple[Decimal, ...]:
    """Return what the amount read may be: with either sign where none is said."""
    amount = posting.amount
    if amount is None:
        return ()
    return (amount,) if posting.signed else (amount, -amount)


def _apply(posting: Posting, amount: Decimal | None, balance: Decimal) -> None:
    if amount is None:
        return
    if posting.amount is None or abs(posting.amount) != abs(amount):
        posting.amount, posting.signed, posting.mended = amount, True, True
    if posting.has_balance and posting.balance != balance:
        posting.balance, posting.mended = balance, True
