"""Amounts of a table that make its printed total, a minus lost or a stray dash read as one or not.

A sign is turned only where the printed total proves it: turning it makes the sum, and nothing else
of the kind does.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from itertools import combinations

from attrs import evolve

from loanbatch_plugins.templates._candidates import Cell
from loanbatch_plugins.templates._entries import read_amount

#: What recognition makes of a minus.
_DASHES = str.maketrans("—~", "--")
#: Signs are turned in so many rows at most.
_MOST_TURNED = 2


def amount_of(cell: Cell) -> Decimal | None:
    """Return the amount in a cell, blanks inside it or not; None for other texts."""
    if isinstance(cell.value, Decimal):
        return cell.value
    return read_amount("".join(cell.raw.split()).strip("|_").translate(_DASHES))


def settled(cells: Sequence[Cell], total: Decimal, rounding: Decimal) -> list[Cell] | None:
    """Return cells whose amounts make a total, with signs turned that the total proves wrong.

    Args:
        cells: Each with an amount.
        total: What they have to make.
        rounding: Dollars by which they may miss it.

    Returns:
        None when the amounts do not make the total, or do in more than one way.
    """
    amounts = [amount_of(cell) for cell in cells]
    known = [amount for amount in amounts if amount is not None]
    if len(known) < len(cells):
        return None
    excess = sum(known, Decimal(0)) - total
    places = [place for place, amount in enumerate(known) if amount]
    for count in range(_MOST_TURNED + 1):
        fitting = [
            turned
            for turned in combinations(places, count)
            if abs(excess - 2 * sum((known[place] for place in turned), Decimal(0))) <= rounding
        ]
        if fitting:
            return _turned(cells, known, fitting[0]) if len(fitting) == 1 else None
    return None


def _turned(cells: Sequence[Cell], amounts: Sequence[Decimal], places: Sequence[int]) -> list[Cell]:
    return [
        evolve(cell, value=-amounts[place]) if place in places else cell
        for place, cell in enumerate(cells)
    ]
