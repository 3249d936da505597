"""Loading one plugin: whatever goes wrong with it stays with it."""

from __future__ import annotations

import os
from collections.abc import Iterable
from enum import StrEnum
from itertools import islice

import attrs
import pluggy
from attrs import evolve, frozen

from loanbatch import hookspecs
from loanbatch._logging import get_logger
from loanbatch.errors import PluginError, SettingsError
from loanbatch.registry._candidates import Candidate, code_print, nearest, refuse_incompatible
from loanbatch.registry._patience import patience
from loanbatch.registry._surroundings import kept_surroundings
from loanbatch.settings import Settings
from loanbatch.vocabulary import FieldDefinition, FieldType, KindDefinition

#: Hooks that make a result; plugins without any do not change the fingerprint.
WORKER_HOOKS = frozenset(
    {
        "validate",
        "read_pages",
        "render_page",
        "recognize_text",
        "recognize_again",
        "make_searchable",
        "classify",
        "extract",
        "normalize",
        "check",
        "register_fields",
    }
)
#: Words of one plugin; a generator of them may have no end.
_MOST_WORDS = 100_000


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


_UNKNOWN = PluginState(name="", state=State.ACTIVE, distribution="")


@frozen(kw_only=True)
class Loaded:
    """A plugin after its loading, and what it registered."""

    state: PluginState
    #: Of its table; None where it has none.
    settings_class: type | None = None
    words: tuple[FieldDefinition | KindDefinition, ...] = ()
    #: Stands for its code and data, where it decides what is read from documents.
    print: str = ""


def load_one(manager: pluggy.PluginManager, candidate: Candidate, settings: Settings) -> Loaded:
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
        return Loaded(state=evolve(state, state=State.BLOCKED))
    if candidate.bundled:
        return _load(manager, candidate, settings, state)

    def tell(cause: str) -> None:
        get_logger().warning("plugin_meddled", plugin=state.name, hook="import", cause=cause)

    with kept_surroundings(tell), patience(candidate.name, settings.plugin_load_seconds):
        return _load(manager, candidate, settings, state)


def _load(
    manager: pluggy.PluginManager, candidate: Candidate, settings: Settings, state: PluginState
) -> Loaded:
    before = set(manager.get_plugins())
    process = os.getpid()
    try:
        plugin = _imported(manager, candidate)
        hooks = _hooks_of(manager, plugin)
        loaded = _registered(manager, plugin, settings)
        own = _print(candidate, plugin) if WORKER_HOOKS.intersection(hooks) else ""
    except _SettingsAtFaultError as error:
        raise error.args[0] from None
    except BaseException as error:
        # A plugin may raise anything while it is imported; it must not take the tool down.
        if os.getpid() != process:
            os._exit(0)  # a copy of this process that the plugin made
        for half in set(manager.get_plugins()) - before:
            manager.unregister(half)
        if isinstance(error, KeyboardInterrupt):
            get_logger().warning("plugin_interrupted", plugin=state.name, hook="import")
            raise
        return Loaded(state=evolve(state, state=State.BROKEN, cause=_cause(error)))
    return evolve(loaded, state=evolve(state, hooks=hooks), print=own)


def _imported(manager: pluggy.PluginManager, candidate: Candidate) -> object:
    refuse_incompatible(candidate)
    if manager.has_plugin(candidate.name):
        raise PluginError("another plugin has this name already: give it a name of its own")
    plugin = candidate.load()
    if manager.is_registered(plugin):
        raise PluginError("the same plugin is loaded already, under another name")
    manager.register(plugin, name=candidate.name)
    return plugin


def _print(candidate: Candidate, plugin: object) -> str:
    own = str(getattr(plugin, "FINGERPRINT", ""))
    code = "" if candidate.bundled else code_print(plugin)
    return f"{candidate.name} {candidate.version} {code} {own}"


#: Characters of a cause: it stands in one line.
_LONGEST_CAUSE = 300


def _cause(error: BaseException) -> str:
    try:
        # pluggy says which argument is wrong in the third line.
        text = "; ".join(line.strip() for line in str(error).strip().splitlines()[:3])
    except Exception:  # whatever the plugin makes of being asked for its words
        text = ""
    if type(error) is PluginError:
        return text
    return (f"{type(error).__name__}: {text}" if text else type(error).__name__)[:_LONGEST_CAUSE]


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


def _registered(manager: pluggy.PluginManager, plugin: object, settings: Settings) -> Loaded:
    """Call the hooks that are needed at load time, so that a failure sets the plugin aside."""
    classes = subset_caller(manager, "register_settings", plugin)()
    for cls in classes:
        if not (isinstance(cls, type) and attrs.has(cls)):
            raise PluginError("register_settings must return an attrs class")
        attrs.resolve_types(cls)
        cls()
    try:
        answers = subset_caller(manager, "register_fields", plugin)(settings=settings)
        words = tuple(word for answer in answers for word in islice(answer, _MOST_WORDS))
    except SettingsError as error:
        raise _SettingsAtFaultError(error) from error
    if len(words) >= _MOST_WORDS or not all(map(_is_word, words)):
        raise PluginError("register_fields must return field and kind definitions")
    return Loaded(state=_UNKNOWN, settings_class=classes[0] if classes else None, words=words)


def _is_word(word: object) -> bool:
    if type(word) is KindDefinition:
        return _all_are(str, (word.name, word.title, *word.fields))
    if type(word) is not FieldDefinition or not _all_are(str, (word.name, *word.columns)):
        return False
    types = (word.type, *word.columns.values())
    return _all_are(FieldType, types) and _all_are(bool, (word.personal,))


def _all_are(wanted: type, values: Iterable[object]) -> bool:
    return all(isinstance(value, wanted) for value in values)
