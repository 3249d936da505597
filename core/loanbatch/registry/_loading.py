"""Loading one plugin: whatever goes wrong with it stays with it."""

from __future__ import annotations

from enum import StrEnum

import attrs
import pluggy
from attrs import evolve, frozen

from loanbatch import hookspecs
from loanbatch.errors import PluginError, SettingsError
from loanbatch.registry._candidates import Candidate, nearest
from loanbatch.settings import Settings
from loanbatch.vocabulary import FieldDefinition, KindDefinition


class State(StrEnum):
    """What became of a plugin when it was loaded."""

    ACTIVE = "active"
    #: Named in `no_plugins`; not imported.
    BLOCKED = "blocked"
    #: Failed to load; set aside.
    BROKEN = "broken"


@frozen(kw_only=True)
class PluginState:
    """A plugin that was found, and what became of it."""

    name: str
    state: State
    #: The installed distribution; for others `file`, `module` or `object`.
    distribution: str
    version: str = ""
    #: Why it is broken; one line.
    cause: str = ""
    #: Names of the hooks it implements, sorted.
    hooks: tuple[str, ...] = ()


class _SettingsAtFaultError(Exception):
    """Carries a SettingsError past the border that keeps a broken plugin to itself."""


def load_one(
    manager: pluggy.PluginManager, candidate: Candidate, settings: Settings
) -> PluginState:
    """Load one plugin into the manager, unless it is blocked; what it raises is its state.

    Raises:
        SettingsError: The settings name something that the plugin cannot take words from.
    """
    state = PluginState(
        name=candidate.name,
        state=State.ACTIVE,
        distribution=candidate.distribution,
        version=candidate.version,
    )
    if candidate.name in settings.no_plugins:
        return evolve(state, state=State.BLOCKED)
    plugin: object = None
    try:
        plugin = candidate.load()
        manager.register(plugin, name=candidate.name)
        hooks = _hooks_of(manager, plugin)
        _try_registrations(manager, plugin, settings)
    except _SettingsAtFaultError as error:
        raise error.args[0] from None
    except (Exception, SystemExit) as error:
        # A plugin may raise anything while it is imported; it must not take the tool down.
        if plugin is not None and manager.is_registered(plugin):
            manager.unregister(plugin)
        return evolve(state, state=State.BROKEN, cause=_cause(error))
    return evolve(state, hooks=hooks)


def _cause(error: BaseException) -> str:
    # pluggy says which argument is wrong in the third line.
    text = "; ".join(line.strip() for line in str(error).strip().splitlines()[:3])
    return f"{type(error).__name__}: {text}" if text else type(error).__name__


def _hooks_of(manager: pluggy.PluginManager, plugin: object) -> tuple[str, ...]:
    """Return the hooks of a plugin; a misspelt one registers in silence and is refused here."""
    callers = [
        caller
        for caller in manager.get_hookcallers(plugin) or []
        if caller.has_spec() or not _is_optional(caller, plugin)
    ]
    known = [name for name in dir(hookspecs) if hasattr(getattr(manager.hook, name, None), "spec")]
    for caller in callers:
        if not caller.has_spec():
            raise PluginError(f"there is no hook {caller.name}{nearest(caller.name, known)}")
    if not callers:
        raise PluginError("it implements no hook; mark functions with @hookimpl")
    for caller in callers:
        if any(
            impl.plugin is plugin and (impl.wrapper or impl.hookwrapper)
            for impl in caller.get_hookimpls()
        ):
            raise PluginError(f"{caller.name} is a wrapper; each plugin is called by itself")
    return tuple(sorted(caller.name for caller in callers))


def _is_optional(caller: pluggy.HookCaller, plugin: object) -> bool:
    return all(impl.optionalhook for impl in caller.get_hookimpls() if impl.plugin is plugin)


def subset_caller(manager: pluggy.PluginManager, hook: str, plugin: object) -> pluggy.HookCaller:
    """Return a caller of one plugin's implementation of a hook."""
    others = [other for other in manager.get_plugins() if other is not plugin]
    return manager.subset_hook_caller(hook, others)


def _try_registrations(manager: pluggy.PluginManager, plugin: object, settings: Settings) -> None:
    """Call the hooks that are needed at load time, so that a failure sets the plugin aside."""
    for cls in subset_caller(manager, "register_settings", plugin)():
        if not (isinstance(cls, type) and attrs.has(cls)):
            raise PluginError("register_settings must return an attrs class")
        attrs.resolve_types(cls)
        cls()
    try:
        answers = subset_caller(manager, "register_fields", plugin)(settings=settings)
        words = [word for answer in answers for word in answer]
    except SettingsError as error:
        raise _SettingsAtFaultError(error) from error
    if not all(isinstance(word, FieldDefinition | KindDefinition) for word in words):
        raise PluginError("register_fields must return field and kind definitions")
