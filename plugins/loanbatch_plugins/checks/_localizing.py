"""Which single misread number would explain everything that does not tie out?

A number may be misread in one digit, with two neighbours swapped, a digit lost or added, or the
decimal point in another place. Each is tried, likely mistakes first; what makes all ties with the
number hold is an explanation. It is offered where no other number has one. Nothing is ever changed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal

from attrs import frozen

from loanbatch_plugins.checks._facts import Facts
from loanbatch_plugins.checks._rule import Rule, Tie

#: Pairs of digits that OCR engines and people take for one another; others cost more.
_ALIKE = frozenset(
    frozenset(pair)
    for pair in ("17", "38", "56", "58", "68", "08", "06", "09", "49", "14", "27", "35", "39", "89")
)
_COST_ALIKE = 1.0
_COST_DIGIT = 2.0
_COST_SWAP = 2.0
_COST_POINT = 2.0
_COST_LENGTH = 2.5
#: Numbers of broken ties that are tried at most; more inputs tell nothing.
_MOST_SUSPECTS = 60


@frozen(kw_only=True)
class Explanation:
    """A number that, read otherwise, makes everything tie out."""

    path: str
    value: Decimal
    #: Of the misreading; less is likelier.
    cost: float


def explain(
    facts: Facts, rules: Sequence[Rule], broken: Sequence[Tie], skip: Iterable[str] = ()
) -> Explanation | None:
    """Return what explains broken ties; None where nothing does, or several numbers do alike.

    Args:
        facts: As read.
        rules: All rules of the document.
        broken: The ties that do not hold.
        skip: Paths that are known to be right.
    """
    numbers = dict(facts.numbers())
    known = set(skip)
    suspects = [path for path in _common(broken) if path in numbers and path not in known]
    found = []
    for path in suspects[:_MOST_SUSPECTS]:
        best = _best(facts, rules, path, numbers[path])
        if best is not None:
            found.append(best)
    if len(found) != 1:
        return None
    return found[0]


def _common(broken: Sequence[Tie]) -> list[str]:
    """Return the inputs that all broken ties share: one misread number breaks all it stands in."""
    first, *rest = broken
    return [path for path in first.inputs if all(path in tie.inputs for tie in rest)]


def _best(facts: Facts, rules: Sequence[Rule], path: str, value: Decimal) -> Explanation | None:
    tried = [(rule, rule.ties(facts)) for rule in rules]
    touching = [item for item in tried if any(path in tie.inputs for tie in item[1])]
    # Those that are broken first: most candidates fail there, and the others are not tried.
    touching.sort(key=lambda item: all(tie.holds for tie in item[1]))
    for candidate, cost in sorted(_misreadings(value), key=lambda item: (item[1], item[0])):
        other = facts.with_value(path, candidate)
        if all(_holds(rule, other, len(ties)) for rule, ties in touching):
            return Explanation(path=path, value=candidate, cost=cost)
    return None


def _holds(rule: Rule, facts: Facts, tried: int) -> bool:
    """Tell whether a rule holds; one that finds less to try than before explains nothing."""
    ties = rule.ties(facts)
    return len(ties) >= tried and all(tie.holds for tie in ties)


def _misreadings(value: Decimal) -> Iterator[tuple[Decimal, float]]:
    """Yield what may have been printed where a value was read, with the cost of the mistake."""
    digits = f"{abs(value):f}".replace(".", "")
    exponent = int(value.as_tuple().exponent)
    seen = {value}
    for text, shift, cost in _variants(digits):
        number = Decimal(text or "0").scaleb(exponent + shift).copy_sign(value)
        # No more places than the value has: cents stay cents.
        if number == round(number, -exponent) and number not in seen:
            seen.add(number)
            yield number, cost


def _variants(digits: str) -> Iterator[tuple[str, int, float]]:
    """Yield digits, how far the point is moved, and the cost."""
    for place, digit in enumerate(digits):
        for other in "0123456789":
            if other != digit:
                alike = frozenset((digit, other)) in _ALIKE
                yield (
                    digits[:place] + other + digits[place + 1 :],
                    0,
                    _COST_ALIKE if alike else _COST_DIGIT,
                )
    for place in range(len(digits) - 1):
        swapped = digits[place + 1] + digits[place]
        yield digits[:place] + swapped + digits[place + 2 :], 0, _COST_SWAP
    for shift in (-3, -2, -1, 1, 2, 3):
        yield digits, shift, _COST_POINT
    for place in range(len(digits) + 1):
        for other in "0123456789":
            yield digits[:place] + other + digits[place:], 0, _COST_LENGTH
    for place in range(len(digits)):
        yield digits[:place] + digits[place + 1 :], 0, _COST_LENGTH
