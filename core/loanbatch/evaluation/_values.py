"""When a found value means the same as a labelled one. Pure; knows JSON data only."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

#: A list of cells by column, as labels and results have them.
Row = Mapping[str, Any]


def comparable(value: Any) -> Any:  # noqa: ANN401 -- JSON data
    """Return a form in which values of equal meaning are equal.

    Numbers are equal whatever their zeros and thousands separators, texts whatever their case,
    punctuation and spaces, lists whatever their order.
    """
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, Mapping):
        return tuple(sorted((key, str(comparable(cell))) for key, cell in value.items()))
    if isinstance(value, list | tuple):
        return tuple(sorted(str(comparable(item)) for item in value))
    text = str(value).strip()
    try:
        return Decimal(text.replace(",", "")).normalize()
    except InvalidOperation:
        return " ".join(re.findall("[0-9a-z]+", text.casefold()))


def means_same(found: Any, wanted: Any) -> bool:  # noqa: ANN401 -- JSON data
    """Tell whether a found value means what the label says; one value equals a list of it."""
    if isinstance(found, list) is not isinstance(wanted, list):
        found, wanted = _as_list(found), _as_list(wanted)
    return bool(comparable(found) == comparable(wanted))


def _as_list(value: Any) -> list[Any]:  # noqa: ANN401 -- JSON data
    return value if isinstance(value, list) else [value]


def is_rows(wanted: Any) -> bool:  # noqa: ANN401 -- JSON data
    """Tell whether a label is a list of rows, each of which counts by itself."""
    return isinstance(wanted, list) and bool(wanted) and isinstance(wanted[0], Mapping)


def pair_rows(found: Any, wanted: Sequence[Row]) -> list[tuple[int | None, bool]]:  # noqa: ANN401
    """Return for each labelled row the number of its found row, and whether that one is right.

    A found row is right when it has every cell of the labelled one with an equal value, and belongs
    to one labelled row at most. Labelled rows without such a row get the one left over that shares
    most cells with them, or None where none shares any.
    """
    rows = found if isinstance(found, list) else []
    left = {number: row for number, row in enumerate(rows) if isinstance(row, Mapping)}
    pairs: list[tuple[int | None, bool]] = []
    for row in wanted:
        number = next((n for n, other in left.items() if _shared(other, row) == len(row)), None)
        if number is not None:
            del left[number]
        pairs.append((number, number is not None))
    for place, row in enumerate(wanted):
        if pairs[place][1]:
            continue
        nearest = max(left, key=lambda n: _shared(left[n], row), default=None)
        if nearest is not None and _shared(left[nearest], row):
            del left[nearest]
            pairs[place] = (nearest, False)
    return pairs


def _shared(found: Row, wanted: Row) -> int:
    """Return how many cells of the labelled row the found one has."""
    return sum(means_same(found.get(column), cell) for column, cell in wanted.items())
