"""Finds, loads and isolates plugins.

Entry points are loaded one at a time, the bundled ones first, so that third parties win "first
result" hooks. A plugin that cannot be used is named and set aside; a blocked one is never imported.
A registry is an object made when asked for, and travels to workers as its `spec`.
"""

from loanbatch.registry._loading import PluginState, State
from loanbatch.registry._patience import alarm
from loanbatch.registry._registry import Registry, Spec
from loanbatch.registry._surroundings import kept_surroundings

__all__ = ["PluginState", "Registry", "Spec", "State", "alarm", "kept_surroundings"]
