"""Telling which plugins cannot be used, and why."""

from __future__ import annotations

from loanbatch.cli import _output
from loanbatch.registry import Registry, State


def tell_broken_plugins(registry: Registry) -> None:
    """Warn of each plugin that was set aside."""
    for plugin in registry.states:
        if plugin.state is State.BROKEN:
            origin = " ".join(filter(None, (plugin.distribution, plugin.version)))
            _output.warning(f"plugin {plugin.name} ({origin}) is not used: {plugin.cause}")
