"""Plugins' tables: what was written for them, once the classes that they declare are known."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from loanbatch.errors import SettingsError
from loanbatch.settings import PendingSetting, Settings
from loanbatch.settings._structuring import INTERNAL, attributes, construct, nearest, structure


def structure_plugin_tables(
    settings: Settings, classes: Mapping[str, type], *, ignored: Iterable[str] = ()
) -> dict[str, Any]:
    """Return one attrs instance per plugin that registered a table.

    Args:
        settings: With pending values and, from programs, plain mappings or instances by plugin
            name.
        classes: What the plugins registered, by plugin name.
        ignored: Names of plugins that are not there although their tables may be: blocked or
            broken.

    Raises:
        SettingsError: A table belongs to no plugin, a key is unknown, or a value is wrong.
    """
    absent = set(ignored)
    values: dict[str, dict[str, Any]] = {name: {} for name in classes}
    ready: dict[str, Any] = {}
    for name, table in settings.plugin_tables.items():
        if name in classes and isinstance(table, classes[name]):
            ready[name] = table
        elif isinstance(table, Mapping):
            pending = (
                PendingSetting(
                    origin=f"settings of {name}: {key}", table=name, key=key, value=value
                )
                for key, value in table.items()
            )
            for item in pending:
                _take(item, classes, absent, values)
    for item in settings.pending:
        _take(item, classes, absent, values)
    return {
        name: ready.get(name) or construct(cls, values[name], origin=f"[loanbatch.{name}]")
        for name, cls in classes.items()
    }


def _take(
    item: PendingSetting,
    classes: Mapping[str, type],
    absent: set[str],
    values: dict[str, dict[str, Any]],
) -> None:
    plugin, key = _owner(item, (*classes, *absent))
    if plugin in absent:
        return
    if plugin is None or plugin not in classes:
        names = (*(key for key in attributes(Settings) if key not in INTERNAL), *classes)
        raise SettingsError(
            f"{item.origin}: no plugin or setting of this name; {nearest(plugin or key, names)}"
        )
    known = attributes(classes[plugin])
    if not key:
        return
    if key not in known:
        raise SettingsError(f"{item.origin}: unknown setting `{key}`; {nearest(key, known)}")
    text = item.table is None
    values[plugin][key] = structure(item.value, known[key].type, origin=item.origin, text=text)


def _owner(item: PendingSetting, names: Iterable[str]) -> tuple[str | None, str]:
    """Return plugin and key; a variable has both in one name, the longest plugin name wins."""
    if item.table is not None:
        return item.table, item.key
    for name in sorted(names, key=len, reverse=True):
        if item.key.startswith(f"{name.lower()}_"):
            return name, item.key[len(name) + 1 :]
    return None, item.key
