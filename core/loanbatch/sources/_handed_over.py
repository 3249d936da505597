"""What a program hands over: paths, documents in memory, how urgent they are; checked, not read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, TypeVar

from attrs import evolve

from loanbatch.errors import UsageError
from loanbatch.models import Source
from loanbatch.priorities import priority_of
from loanbatch.sources._reading import clean_name, source_from_bytes

_T = TypeVar("_T")


def paths_of(paths: Iterable[str | Path]) -> list[str | Path]:
    """Return paths as a list.

    Raises:
        UsageError: There is no list, or an item is no path.
    """
    chosen = _listed(paths, "paths")
    for number, path in enumerate(chosen):
        if not isinstance(path, str | Path):
            raise UsageError(f"item {number}: a path must be a text, not {_type(path)}")
    return chosen


def sources_of(items: Iterable[Mapping[str, Any]]) -> list[Source]:
    """Return the sources of documents in memory.

    Args:
        items: Mappings with `file_name`, `file_data` and perhaps `loan_id` and `priority`.

    Raises:
        UsageError: There is no list, an item lacks a key, or a value has the wrong type.
    """
    return [_source(number, item) for number, item in enumerate(_listed(items, "items"))]


def checked_priority(value: object, name: str = "priority") -> int:
    """Return the number that a priority stands for.

    Raises:
        UsageError: It is no priority.
    """
    try:
        return priority_of(value)
    except ValueError as error:
        raise UsageError(f"{name} {error}") from None


def _listed(given: Iterable[_T], name: str) -> list[_T]:
    """Return what was given as a list; a text or a mapping alone is taken for a slip."""
    if isinstance(given, str | bytes | Path | Mapping) or not isinstance(given, Iterable):
        raise UsageError(f"{name}: pass a list, even of one; this is {_type(given)}")
    return list(given)


def _source(number: int, item: Mapping[str, Any]) -> Source:
    try:
        name, data = item["file_name"], item["file_data"]
    except KeyError as missing:
        raise UsageError(f"item {number}: the key {missing} is missing") from None
    except TypeError:
        raise UsageError(f"item {number}: expected a mapping, not {_type(item)}") from None
    loan_id, priority = item.get("loan_id"), item.get("priority")
    if not isinstance(data, bytes | bytearray | memoryview):
        raise UsageError(f"item {number}: file_data must be bytes, not {_type(data)}")
    if not isinstance(name, str):
        raise UsageError(f"item {number}: file_name must be a text, not {_type(name)}")
    if not isinstance(loan_id, str | None):
        raise UsageError(f"item {number}: loan_id must be a text, not {_type(loan_id)}")
    if priority is not None:
        priority = checked_priority(priority, f"item {number}: priority")
    source = source_from_bytes(name, bytes(data))
    return evolve(source, loan_id=clean_name(loan_id) if loan_id else None, priority=priority)


def _type(value: object) -> str:
    return type(value).__name__
