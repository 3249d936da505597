"""What a check of `loanbatch doctor` finds."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from typing import Any

from attrs import frozen

#: Things named in a table; more are counted.
_NAMED = 5


class State(StrEnum):
    """How a check ended."""

    OK = "ok"
    #: Works, but somebody should look.
    ATTENTION = "attention"
    #: Something was left over or is out of order; `--repair` mends it.
    MENDABLE = "mendable"
    #: Something stored is damaged or gone, and only a person can supply it.
    DAMAGED = "damaged"
    #: Something needed is missing.
    MISSING = "missing"


@frozen(kw_only=True)
class Check:
    """What a check found."""

    name: str
    found: str
    state: State = State.OK
    #: What to do; empty when nothing is.
    advice: str = ""
    #: All that `found` names some of: objects, jobs, folders.
    items: tuple[str, ...] = ()

    def to_plain(self) -> dict[str, Any]:
        """Return the check as JSON data."""
        return {
            "name": self.name,
            "state": self.state.value,
            "found": self.found,
            "advice": self.advice,
            "items": list(self.items),
        }


def some(items: Iterable[str]) -> str:
    """Return the first few of many names."""
    names = list(items)
    return ", ".join(names[:_NAMED]) + (", …" if len(names) > _NAMED else "")
