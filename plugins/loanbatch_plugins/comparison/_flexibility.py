"""The flexibility score: points for stated terms that leave the borrower room, simply added up.

What each point is for, and why, is told in docs/explanation/comparison.md. What is not stated has
no points and is named; a loan of which none of these terms is stated has no score.
"""

from __future__ import annotations

from collections.abc import Callable

from attrs import frozen

from loanbatch.loans import Basis, ComparedValue
from loanbatch_plugins.comparison._repayment import pause_of
from loanbatch_plugins.comparison._terms import Terms

#: Days after which a late payment is charged, from which on they count as grace.
_GRACE_DAYS = 10


@frozen
class Criterion:
    """One term and its points."""

    label: str
    points: int
    #: Whether the points are earned; None where the documents do not tell.
    judge: Callable[[Terms], bool | None]


def _free_prepayment(terms: Terms) -> bool | None:
    percent = terms.amount("prepayment_penalty_percent")
    most = terms.amount("prepayment_penalty_maximum_amount")
    if percent or most:
        return False
    penalty = terms.says("prepayment_penalty")
    if penalty is None:
        return True if percent is not None or most is not None else None
    return not penalty


def _above_zero(*names: str) -> Callable[[Terms], bool | None]:
    def judge(terms: Terms) -> bool | None:
        amounts = [terms.amount(name) for name in names]
        told = [amount for amount in amounts if amount is not None]
        return any(told) if told else None

    return judge


def _moratorium(terms: Terms) -> bool | None:
    return True if pause_of(terms) else _above_zero("moratorium_months", "deferment_months")(terms)


def _grace(terms: Terms) -> bool | None:
    days = terms.amount("late_fee_days")
    return None if days is None else days >= _GRACE_DAYS


def _withdrawal(terms: Terms) -> bool | None:
    if terms.day("cancellation_deadline"):
        return True
    return _above_zero("cooling_off_days")(terms)


def _no_balloon(terms: Terms) -> bool | None:
    balloon = terms.says("balloon_payment")
    return None if balloon is None else not balloon


def _choice(terms: Terms) -> bool | None:
    rows = terms.tables.get("cost_examples", ())
    options = {row["repayment_option"] for row in rows if "repayment_option" in row}
    return len(options) > 1 if options else None


CRITERIA = (
    Criterion("prepaying is free", 3, _free_prepayment),
    Criterion(
        "payments begin after a moratorium",
        2,
        _moratorium,
    ),
    Criterion("only interest is paid at first", 1, _above_zero("interest_only_term_months")),
    Criterion(f"late after {_GRACE_DAYS} days or more", 1, _grace),
    Criterion("can be withdrawn from", 1, _withdrawal),
    Criterion("no balloon payment", 1, _no_balloon),
    Criterion("a choice of repayments", 1, _choice),
)
MOST_POINTS = sum(criterion.points for criterion in CRITERIA)


def flexibility_of(terms: Terms) -> ComparedValue:
    """Return the score, with what each point is for."""
    judged = [(criterion, criterion.judge(terms)) for criterion in CRITERIA]
    if all(earned is None for _, earned in judged):
        note = "none of the terms that the score is made of is stated"
        return ComparedValue(value=None, basis=Basis.MISSING, note=note)
    score = sum(criterion.points for criterion, earned in judged if earned)
    parts = [
        _listed(f"{score} of {MOST_POINTS}", judged, lambda earned: earned is True, points=True),
        _listed("not so", judged, lambda earned: earned is False),
        _listed("not stated", judged, lambda earned: earned is None),
    ]
    return ComparedValue(value=score, basis=Basis.COMPUTED, note="; ".join(filter(None, parts)))


def _listed(
    head: str,
    judged: list[tuple[Criterion, bool | None]],
    chosen: Callable[[bool | None], bool],
    *,
    points: bool = False,
) -> str:
    labels = [
        f"{criterion.label} (+{criterion.points})" if points else criterion.label
        for criterion, earned in judged
        if chosen(earned)
    ]
    if not labels:
        return head if points else ""
    return f"{head}: {', '.join(labels)}"
