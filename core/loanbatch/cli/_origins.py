"""Which settings are in force, and where each was said."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import attrs
import tomli

from loanbatch.settings import Settings

_DEFAULT_FILE = "loanbatch.toml"
#: Attributes of Settings that are not settings.
_INTERNAL = ("plugin_tables", "pending")


def origins(
    settings: Settings, given: Mapping[str, object], config: str | None
) -> list[tuple[str, str, str]]:
    """Return name, value and origin of every setting, plugins' tables last; secrets are not told.

    Args:
        settings: In force, with the plugins' tables.
        given: On the command line, by name, plugins' tables as mappings.
        config: The settings file, where one was named.
    """
    file = Path(config or _DEFAULT_FILE)
    said, written = set(_names(given)), set(_names(_read(file)))
    found = []
    for name, item, value in _items(settings):
        if name in said:
            origin = "command line"
        elif (variable := f"LOANBATCH_{name.replace('.', '_').upper()}") in os.environ:
            origin = variable
        else:
            origin = str(file) if name in written else "default"
        found.append((name, _shown(item, value), origin))
    return found


def _items(settings: Settings) -> Iterator[tuple[str, attrs.Attribute[Any], object]]:
    for item in attrs.fields(Settings):
        if item.name not in _INTERNAL:
            yield item.name, item, getattr(settings, item.name)
    for plugin, table in settings.plugin_tables.items():
        for item in attrs.fields(type(table)):
            yield f"{plugin}.{item.name}", item, getattr(table, item.name)


def _names(table: Mapping[str, object]) -> Iterator[str]:
    """Give the names of settings in a table, those of plugins as PLUGIN.KEY."""
    for name, value in table.items():
        if isinstance(value, Mapping):
            yield from (f"{name}.{key}" for key in value)
        else:
            yield name


def _read(file: Path) -> Mapping[str, Any]:
    try:
        table = tomli.loads(file.read_text(encoding="utf-8")).get("loanbatch", {})
    except (OSError, ValueError):
        return {}
    return table if isinstance(table, Mapping) else {}


def _shown(item: attrs.Attribute[Any], value: object) -> str:
    if not item.repr:
        return "set, not shown" if value else ""
    if isinstance(value, tuple | list):
        return ", ".join(map(str, value))
    return str(value)
