"""Rows numbered 1, 2, 3 …: a number that breaks the run was misread, or rows are lost.

Recognition takes a lone 1 for a 7 or a 4 and is sure of it. Each number less its place in the table
tells where its run began; a number that agrees so with none near it is what both sides of it tell,
if they tell the same, else it is doubted. Text layers say what they say.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from itertools import pairwise

from attrs import evolve

from loanbatch.models import Field
from loanbatch_plugins.templates._sums import less_sure

#: The column whose numbers run.
_COLUMN = "number"
_WHOLE = re.compile(r"\d{1,4}")
#: Numbers this many rows apart confirm each other, over one misread between them.
_NEAR = 2

Rows = tuple[tuple[Field, ...], ...]


def mend_runs(fields: Sequence[Field], recognized: Collection[int]) -> list[Field]:
    """Return the fields, in tables on recognized pages the numbers mended or doubted.

    Args:
        fields: Of a document.
        recognized: Numbers of the pages whose words were read from a picture.
    """
    return [_mended(item, recognized) if item.rows else item for item in fields]


def _mended(table: Field, recognized: Collection[int]) -> Field:
    numbers = _numbers(table.rows)
    better = better_numbers(numbers)
    rows = tuple(
        tuple(
            _corrected(cell, numbers[place], better[place])
            if cell.name == _COLUMN and place in better and cell.page in recognized
            else cell
            for cell in row
        )
        for place, row in enumerate(table.rows)
    )
    if rows == table.rows:
        return table
    # A table is looked at where its own confidence is low.
    return less_sure(evolve(table, rows=rows))


def _numbers(rows: Rows) -> dict[int, int]:
    """Return the numbers read, by the places of their rows from 0."""
    return {
        place: int(cell.raw)
        for place, row in enumerate(rows)
        for cell in row
        if cell.name == _COLUMN and _WHOLE.fullmatch(cell.raw)
    }


def _corrected(cell: Field, read: int, told: int | None) -> Field:
    return less_sure(cell if told is None or told == read else evolve(cell, value=told))


def better_numbers(numbers: Mapping[int, int]) -> dict[int, int | None]:
    """Return what the numbers that break a run should be: None where that is not certain.

    Args:
        numbers: By the places of their rows from 0, in order. Runs may begin again at 1, and at any
            number where rows are lost.

    Returns:
        By place; nothing where most numbers run with none of the others.
    """
    # Before the first row stands, as it were, number 0.
    starts = {-1: 1} | {place: number - place for place, number in numbers.items()}
    running = {
        place
        for one, other in _near(list(starts))
        if starts[one] == starts[other]
        for place in (one, other)
    }
    if 2 * len(running) <= len(starts):
        return {}
    better: dict[int, int | None] = {}
    for place, number in numbers.items():
        if place in running:
            continue
        before = max((it for it in running if it < place), default=-1)
        after = min((it for it in running if it > place), default=None)
        follows = starts[before] + place
        if after is not None and starts[after] == starts[before]:
            better[place] = follows
        elif after is None or number not in (follows, 1):
            better[place] = None
    return better


def _near(places: Sequence[int]) -> list[tuple[int, int]]:
    return [*pairwise(places), *zip(places, places[_NEAR:], strict=False)]
