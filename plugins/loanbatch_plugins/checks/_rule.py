"""What a rule is: a small pure function from the facts of a document to what should tie out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import date
from decimal import Decimal

from attrs import evolve, field, frozen

from loanbatch.models import Severity
from loanbatch_plugins.checks._facts import Facts

#: Half a cent: amounts that are exact agree within it.
EXACT = Decimal("0.005")


@frozen(kw_only=True)
class Tie:
    """One thing that should tie out, and whether it does."""

    #: What follows from the other inputs; None where nothing can follow from them.
    expected: Decimal | date | None = field(repr=False)
    #: What is printed.
    actual: Decimal | date | None = field(repr=False)
    holds: bool
    #: Paths of what it is made of, there or not; those that the rule needs when empty.
    inputs: tuple[str, ...] = ()


def tie(
    expected: Decimal,
    actual: Decimal,
    *,
    within: Decimal = EXACT,
    or_more: bool = False,
    or_less: bool = False,
    inputs: Iterable[str] = (),
) -> Tie:
    """Compare what should be with what is.

    Args:
        expected: What follows from the other inputs.
        actual: What is printed.
        within: How far they may differ, either way.
        or_more: The actual value may be more than the expected one.
        or_less: It may be less.
        inputs: Paths; those that the rule needs when empty.
    """
    high_enough = or_less or actual >= expected - within
    low_enough = or_more or actual <= expected + within
    return Tie(
        expected=expected, actual=actual, holds=high_enough and low_enough, inputs=tuple(inputs)
    )


def in_order(earlier: date, later: date, *, inputs: Iterable[str] = ()) -> Tie:
    """Compare two dates: the later one may be the same day."""
    return Tie(expected=earlier, actual=later, holds=earlier <= later, inputs=tuple(inputs))


@frozen(kw_only=True)
class Rule:
    """One check."""

    #: Of its finding: stable, snake_case.
    code: str
    #: Of documents that it is for.
    kinds: frozenset[str]
    #: Fields that must be there for it to run.
    needs: tuple[str, ...]
    #: What it says, for a person: `the sections of the fees add up to their totals`.
    claim: str
    #: Regulation and section, form, or formula.
    source: str
    severity: Severity
    function: Callable[[Facts], Iterable[Tie]]

    def ties(self, facts: Facts) -> tuple[Tie, ...]:
        """Try the rule; nothing where it is not for this document or an input is missing."""
        if facts.kind not in self.kinds or any(name not in facts for name in self.needs):
            return ()
        try:
            found = tuple(self.function(facts))
        except (ValueError, ArithmeticError):
            # Misread so that the arithmetic refuses it: that does not tie out either.
            found = (Tie(expected=None, actual=None, holds=False),)
        return tuple(
            evolve(item, inputs=tuple(path for path in item.inputs or self.needs if path in facts))
            for item in found
        )


class RulePack:
    """Rules of one concern, in the order in which they are written."""

    def __init__(self) -> None:
        self._rules: list[Rule] = []

    def __iter__(self) -> Iterator[Rule]:
        return iter(self._rules)

    def rule(
        self,
        code: str,
        *,
        kinds: Iterable[str],
        needs: Iterable[str] = (),
        claim: str,
        source: str,
        severity: Severity = Severity.WARNING,
    ) -> Callable[[Callable[[Facts], Iterable[Tie]]], Callable[[Facts], Iterable[Tie]]]:
        """Make a rule of a function."""

        def made(function: Callable[[Facts], Iterable[Tie]]) -> Callable[[Facts], Iterable[Tie]]:
            self._rules.append(
                Rule(
                    code=code,
                    kinds=frozenset(kinds),
                    needs=tuple(needs),
                    claim=claim,
                    source=source,
                    severity=severity,
                    function=function,
                )
            )
            return function

        return made


def nearest(actual: Decimal, possible: Iterable[Decimal]) -> Decimal:
    """Return which of several right answers is meant: the one next to what is printed."""
    return min(possible, key=lambda value: abs(value - actual))


def total(amounts: Iterable[Decimal | None]) -> Decimal:
    """Add amounts up; those that are not there count as 0."""
    return sum((amount for amount in amounts if amount is not None), Decimal(0))
