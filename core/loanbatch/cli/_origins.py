"""Which settings are in force, and where each was said."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import attrs

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
        given: On the command line, by name.
        config: The settings file, where one was named.
    """
    file = Path(config or _DEFAULT_FILE)
    written = _read(file)
    found = []
    for item in attrs.fields(Settings):
        if item.name in _INTERNAL:
            continue
        origin = _origin(item.name, given, written, str(file))
        found.append((item.name, _shown(item, getattr(settings, item.name)), origin))
    for plugin, table in settings.plugin_tables.items():
        inside = written.get(plugin)
        for item in attrs.fields(type(table)):
            name = f"{plugin}.{item.name}"
            known = inside if isinstance(inside, Mapping) else {}
            origin = _origin(name, given, {name: 0} if item.name in known else {}, str(file))
            found.append((name, _shown(item, getattr(table, item.name)), origin))
    return found


def _read(file: Path) -> Mapping[str, Any]:
    try:
        table = tomllib.loads(file.read_text(encoding="utf-8")).get("loanbatch", {})
    except (OSError, ValueError):
        return {}
    return table if isinstance(table, Mapping) else {}


def _origin(name: str, given: Mapping[str, object], written: Mapping[str, Any], file: str) -> str:
    variable = f"LOANBATCH_{name.replace('.', '_').upper()}"
    if name in given:
        return "command line"
    if variable in os.environ:
        return variable
    return file if name in written else "default"


def _shown(item: attrs.Attribute[Any], value: object) -> str:
    if not item.repr:
        return "set, not shown" if value else ""
    if isinstance(value, tuple | list):
        return ", ".join(map(str, value))
    return str(value)
