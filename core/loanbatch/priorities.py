"""How urgent a document or a job is: a whole number, or a word for one."""

from __future__ import annotations

import re

LEAST, MOST = -100, 100
#: Words that stand for numbers.
NAMED = {"low": -10, "normal": 0, "high": 10}
NORMAL = NAMED["normal"]

_NUMBER = re.compile(r"[+-]?[0-9]{1,9}")


def priority_of(value: object) -> int:
    """Return the number that a priority stands for.

    Args:
        value: A whole number from -100 to 100, such a number as a text, or one of the words low,
            normal and high, however they are written.

    Raises:
        ValueError: It is none of these; the message does not repeat it.
    """
    if isinstance(value, str):
        word = value.strip().lower()
        value = int(word) if _NUMBER.fullmatch(word) else NAMED.get(word)
    if type(value) is int and LEAST <= value <= MOST:  # True is no number here
        return value
    raise ValueError(f"must be a whole number from {LEAST} to {MOST}, or low, normal or high")
