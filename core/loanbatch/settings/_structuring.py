"""From what people write to typed values, with errors that say what was expected."""

from __future__ import annotations

import difflib
import json
import math
import types
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from enum import Enum
from functools import cache
from pathlib import Path
from typing import Any, Literal, TypeVar, Union, get_args, get_origin

import attrs
import cattrs

from loanbatch.errors import SettingsError

T = TypeVar("T")

#: Attributes of `Settings` that nobody sets by their name.
INTERNAL = ("plugin_tables", "pending")

_TRUE = frozenset({"1", "true", "yes", "on"})
_FALSE = frozenset({"0", "false", "no", "off"})

_EXPECTED: dict[Any, str] = {
    bool: "true or false",
    int: "a whole number",
    float: "a number",
    Decimal: "a number",
    str: "a text",
    Path: "a path",
    date: "a date as YYYY-MM-DD",
}


def attributes(cls: type) -> dict[str, attrs.Attribute[Any]]:
    """Return the attributes of an attrs class by the names under which they are given.

    Raises:
        NameError: An annotation names something that its module does not have.
    """
    return {item.alias or item.name: item for item in attrs.fields(attrs.resolve_types(cls))}


def nearest(name: str, known: Iterable[str]) -> str:
    """Return a hint at the known name that was probably meant, or at all of them."""
    names = sorted(known)
    close = difflib.get_close_matches(name, names, n=1, cutoff=0.5)
    if close:
        return f"did you mean `{close[0]}`?"
    return f"known are {', '.join(names)}" if names else "there are none"


def expected(kind: Any) -> str:  # noqa: ANN401 -- a type, a union or a generic alias
    """Describe a type for somebody who writes settings."""
    origin, arguments = get_origin(kind), get_args(kind)
    if origin in (Union, types.UnionType):
        return " or ".join(expected(item) for item in arguments if item is not type(None))
    if origin is Literal:
        return f"one of {', '.join(str(item) for item in arguments)}"
    if isinstance(kind, type) and issubclass(kind, Enum):
        return f"one of {', '.join(str(item.value) for item in kind)}"
    if origin in (tuple, list, set, frozenset, Sequence):
        return f"a list, each entry {expected(arguments[0])}" if arguments else "a list"
    if origin in (dict, Mapping) or (isinstance(kind, type) and attrs.has(kind)):
        return "a table"
    return _EXPECTED.get(kind) or f"a value for {getattr(kind, '__name__', kind)}"


def structure(value: object, kind: Any, *, origin: str, text: bool) -> Any:  # noqa: ANN401
    """Return a value of the given type.

    Args:
        value: As read: from TOML or a program with its type, from the environment as text.
        kind: The annotation of the attribute.
        origin: Where the value was written and its key, for the message.
        text: Whether numbers, lists and so on are written as text.

    Raises:
        SettingsError: The value is of another type; the message does not tell the value.
    """
    converter = _text_converter() if text else _typed_converter()
    try:
        return converter.structure(value, kind)
    except SettingsError as error:
        raise SettingsError(f"{origin}: {error.message}") from None
    except cattrs.errors.StructureHandlerNotFoundError:
        raise
    except Exception:  # noqa: BLE001 -- classes of plugins may raise anything
        raise SettingsError(f"{origin}: expected {expected(kind)}") from None


def structure_table(cls: type[T], table: Mapping[str, Any], *, origin: str) -> T:
    """Return an instance of an attrs class from plain or already typed values.

    Raises:
        SettingsError: An unknown key, a wrong type, or a value that the class refuses.
    """
    known = attributes(cls)
    for key in table:
        if key not in known:
            raise SettingsError(f"{origin}: unknown setting `{key}`; {nearest(key, known)}")
    values = {
        key: structure(value, known[key].type, origin=f"{origin} {key}", text=False)
        for key, value in table.items()
    }
    return construct(cls, values, origin=origin)


def construct(cls: type[T], values: Mapping[str, Any], *, origin: str) -> T:
    """Make the instance, and tell where a value came from that the class refuses.

    Raises:
        SettingsError: As the class says; without its words where a secret could be in them.
    """
    try:
        return cls(**values)
    except SettingsError as error:
        raise SettingsError(f"{origin}: {error.message}") from None
    except (ValueError, TypeError) as error:
        known = attributes(cls)
        secret = any(known[key].repr is False for key in values)
        reason = "a value is not allowed" if secret else str(error.args[0] if error.args else error)
        raise SettingsError(f"{origin}: {reason}") from None


@cache
def _typed_converter() -> cattrs.Converter:
    """Return a converter that takes no value for another type than it has."""
    converter = cattrs.Converter(detailed_validation=False)
    for kind, hook in _TYPED.items():
        converter.register_structure_hook(kind, hook)
    _register_compound(converter, sequence=_sequence, mapping=_mapping)
    return converter


@cache
def _text_converter() -> cattrs.Converter:
    """Return a converter that reads typed values from text."""
    converter = cattrs.Converter(detailed_validation=False)
    for kind, hook in {
        **_TYPED,
        bool: _bool_from_text,
        int: _int_from_text,
        float: _float_from_text,
    }.items():
        converter.register_structure_hook(kind, hook)
    _register_compound(converter, sequence=_sequence_from_text, mapping=_mapping_from_text)
    return converter


def _register_compound(
    converter: cattrs.Converter,
    *,
    sequence: Callable[[object], Iterable[Any]],
    mapping: Callable[[object], Mapping[Any, Any]],
) -> None:
    def is_sequence(kind: Any) -> bool:  # noqa: ANN401
        return get_origin(kind) in (tuple, list, set, frozenset, Sequence)

    def structure_sequence(value: object, kind: Any) -> Any:  # noqa: ANN401
        item = get_args(kind)[0]
        entries = (converter.structure(entry, item) for entry in sequence(value))
        made = get_origin(kind)
        return tuple(entries) if made in (tuple, Sequence) else made(entries)

    def is_mapping(kind: Any) -> bool:  # noqa: ANN401
        return get_origin(kind) in (dict, Mapping)

    def structure_mapping(value: object, kind: Any) -> Any:  # noqa: ANN401
        key_type, item_type = get_args(kind)
        return {
            converter.structure(key, key_type): _typed_converter().structure(item, item_type)
            for key, item in mapping(value).items()
        }

    converter.register_structure_hook_func(is_sequence, structure_sequence)
    converter.register_structure_hook_func(is_mapping, structure_mapping)
    converter.register_structure_hook_func(
        lambda kind: isinstance(kind, type) and attrs.has(kind),
        lambda value, kind: (
            value
            if isinstance(value, kind)
            else structure_table(kind, mapping(value), origin="in the table")
        ),
    )


def _exactly(*kinds: type) -> Callable[[object, Any], Any]:
    """Return a hook for values that already have their type; a bool is no number here."""

    def hook(value: object, _: Any) -> Any:  # noqa: ANN401
        if isinstance(value, kinds) and (bool in kinds or not isinstance(value, bool)):
            return value
        raise TypeError

    return hook


def _float(value: object, _: Any) -> float:  # noqa: ANN401
    if isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value):
        return float(value)
    raise TypeError


def _decimal(value: object, _: Any) -> Decimal:  # noqa: ANN401
    if isinstance(value, int | float | str | Decimal) and not isinstance(value, bool):
        number = Decimal(str(value))
        if number.is_finite():
            return number
    raise TypeError


def _path(value: object, _: Any) -> Path:  # noqa: ANN401
    if isinstance(value, str | Path) and str(value):
        return Path(value).expanduser()
    raise TypeError


def _date(value: object, _: Any) -> date:  # noqa: ANN401
    return date.fromisoformat(value) if isinstance(value, str) else _exactly(date)(value, date)


_TYPED: dict[type, Callable[[Any, Any], Any]] = {
    bool: _exactly(bool),
    int: _exactly(int),
    float: _float,
    str: _exactly(str),
    Decimal: _decimal,
    Path: _path,
    date: _date,
}


def _sequence(value: object) -> Iterable[Any]:
    if isinstance(value, list | tuple | set | frozenset):
        return value
    raise TypeError


def _mapping(value: object) -> Mapping[Any, Any]:
    if isinstance(value, Mapping):
        return value
    raise TypeError


def _bool_from_text(value: object, _: Any) -> bool:  # noqa: ANN401
    word = str(value).strip().lower()
    if word in _TRUE | _FALSE:
        return word in _TRUE
    raise ValueError


def _int_from_text(value: object, _: Any) -> int:  # noqa: ANN401
    return int(str(value))


def _float_from_text(value: object, _: Any) -> float:  # noqa: ANN401
    return _float(float(str(value)), float)


def _sequence_from_text(value: object) -> Iterable[Any]:
    text = str(value).strip()
    if text.startswith("["):
        return [str(entry) for entry in _sequence(json.loads(text))]
    return [entry for entry in (part.strip() for part in text.split(",")) if entry]


def _mapping_from_text(value: object) -> Mapping[Any, Any]:
    return _mapping(json.loads(str(value)))
