"""The registry: the loaded plugins, their settings, their words, and a caller for each hook."""

from __future__ import annotations

import hashlib
import importlib
from collections.abc import Iterable, Sequence
from types import ModuleType

import pluggy
from attrs import asdict, evolve, field, frozen

from loanbatch import hookspecs
from loanbatch._logging import get_logger
from loanbatch.errors import BrokenPluginError
from loanbatch.hookspecs import PROJECT_NAME
from loanbatch.registry._candidates import (
    asked_for,
    files_print,
    installed,
    plugin_object,
    refuse_unknown_blocks,
)
from loanbatch.registry._installation import installation_print
from loanbatch.registry._loading import (
    WORKER_HOOKS,
    Loaded,
    PluginState,
    State,
    load_one,
    subset_caller,
)
from loanbatch.settings import Settings
from loanbatch.settings._tables import structure_plugin_tables
from loanbatch.vocabulary import (
    FieldDefinition,
    KindDefinition,
    Vocabulary,
    standard_vocabulary,
)

#: Settings that change what is read from a document, and so whether an earlier result may be
#: reused.
_SETTINGS_THAT_MATTER = (
    "reread",
    "review_threshold",
    "kind_threshold",
    "searchable",
    "passwords",
    "objects",
)


@frozen(kw_only=True)
class _ModuleName:
    """Stands for a module where it is pickled: modules themselves cannot be."""

    name: str


@frozen(kw_only=True)
class Spec:
    """What a registry can be rebuilt from in another process."""

    settings: Settings
    objects: tuple[object, ...] = ()

    def __getstate__(self) -> tuple[Settings, tuple[object, ...]]:
        portable = (
            _ModuleName(name=plugin.__name__) if isinstance(plugin, ModuleType) else plugin
            for plugin in self.objects
        )
        return self.settings, tuple(portable)

    def __setstate__(self, state: tuple[Settings, tuple[object, ...]]) -> None:
        objects = (
            importlib.import_module(item.name) if isinstance(item, _ModuleName) else item
            for item in state[1]
        )
        object.__setattr__(self, "settings", state[0])
        object.__setattr__(self, "objects", tuple(objects))


@frozen(kw_only=True)
class Registry:
    """The plugins of one run, their settings and words."""

    settings: Settings
    states: tuple[PluginState, ...]
    vocabulary: Vocabulary
    spec: Spec
    _callers: dict[str, tuple[tuple[str, pluggy.HookCaller], ...]] = field(repr=False)
    _prints: tuple[str, ...] = field(default=(), repr=False)
    _bundled: frozenset[str] = field(default=frozenset(), repr=False)
    #: Plugins that are told nothing more of jobs.
    _muted: set[str] = field(factory=set, init=False, repr=False)

    @classmethod
    def load(cls, settings: Settings, *, extra: Sequence[object] = ()) -> Registry:
        """Load all plugins that the settings and the installed distributions name.

        Args:
            settings: `plugins`, `no_plugins`, `strict_plugins` and the plugins' raw tables.
            extra: Plugin objects, registered last.

        Raises:
            UnknownPluginError: A name in `plugins` or `no_plugins` cannot be found.
            BrokenPluginError: A plugin is broken and `strict_plugins` is set.
            SettingsError: A plugin's table has an unknown key or a wrong value, or the settings
                name something that a plugin cannot take words from.
        """
        candidates = [*installed(), *map(asked_for, settings.plugins), *map(plugin_object, extra)]
        refuse_unknown_blocks(settings.no_plugins, [c.name for c in candidates])
        manager = pluggy.PluginManager(PROJECT_NAME)
        manager.add_hookspecs(hookspecs)
        found = [load_one(manager, candidate, settings) for candidate in candidates]
        states = tuple(loaded.state for loaded in found)
        _report_broken(states, strict=settings.strict_plugins)
        active = [loaded for loaded in found if loaded.state.state is State.ACTIVE]
        classes = {
            loaded.state.name: loaded.settings_class
            for loaded in active
            if loaded.settings_class is not None
        }
        absent = [state.name for state in states if state.state is not State.ACTIVE]
        tables = structure_plugin_tables(settings, classes, ignored=absent)
        return cls(
            settings=evolve(settings, plugin_tables=tables, pending=()),
            states=states,
            vocabulary=_vocabulary(active),
            spec=Spec(settings=settings, objects=tuple(extra)),
            callers=_make_callers(manager),
            prints=tuple(loaded.print for loaded in active if loaded.print),
            bundled=frozenset(c.name for c in candidates if c.bundled),
        )

    @classmethod
    def from_spec(cls, spec: Spec) -> Registry:
        """Rebuild a registry in another process."""
        return cls.load(spec.settings, extra=spec.objects)

    def with_settings(self, settings: Settings) -> Registry:
        """Return the same plugins under other settings of the core; the plugins' tables stay."""
        given = self.spec.settings
        raw = evolve(settings, plugin_tables=given.plugin_tables, pending=given.pending)
        return evolve(self, settings=settings, spec=evolve(self.spec, settings=raw))

    def callers(self, hook: str) -> Sequence[tuple[str, pluggy.HookCaller]]:
        """Return (plugin name, caller of its implementation) in call order; empty when none has."""
        return self._callers.get(hook, ())

    def is_bundled(self, plugin: str) -> bool:
        """Tell whether a plugin comes with loanbatch, and is tested with it."""
        return plugin in self._bundled

    def mute(self, plugin: str) -> None:
        """Have a plugin told nothing more of jobs, for it takes too long over it."""
        self._muted.add(plugin)

    def is_muted(self, plugin: str) -> bool:
        """Tell whether a plugin is told nothing more of jobs."""
        return plugin in self._muted

    def fingerprint(self) -> str:
        """Return a hash of everything that decides what is read from a document, and who stores it.

        Versions of loanbatch (its code where that is installed to be edited) and of the plugins
        that work on documents, the data and the code of the latter, the templates of one's own, and
        the settings that matter: what a plugin is told that only stores or reports changes no
        result. A result that a store never had is no result to be reused, so that the names of
        those that store count, too, and where originals go.
        """
        chosen = {name: getattr(self.settings, name) for name in _SETTINGS_THAT_MATTER}
        chosen["stores"] = sorted(name for name, _ in self.callers("store"))
        if self.settings.templates:
            chosen["templates"] = files_print(f.path for f in self.settings.template_files())
        at_work = {state.name for state in self.states if WORKER_HOOKS.intersection(state.hooks)}
        tables = {
            name: asdict(table)
            for name, table in self.settings.plugin_tables.items()
            if name in at_work
        }
        text = repr((installation_print(), self._prints, chosen, sorted(tables.items())))
        return hashlib.sha256(text.encode()).hexdigest()


def _report_broken(states: Iterable[PluginState], *, strict: bool) -> None:
    for state in states:
        if state.state is not State.BROKEN:
            continue
        if strict:
            raise BrokenPluginError(
                f"plugin {state.name} ({state.distribution}) is broken: {state.cause}"
            )
        get_logger().warning(
            "plugin_set_aside",
            plugin=state.name,
            distribution=state.distribution,
            version=state.version,
            cause=state.cause,
        )


def _vocabulary(plugins: Iterable[Loaded]) -> Vocabulary:
    """Return all words, the bundled plugins' first; of two plugins the later one wins, aloud."""
    vocabulary = standard_vocabulary()
    owners: dict[str, str] = {}
    for plugin in plugins:
        kinds = [word for word in plugin.words if isinstance(word, KindDefinition)]
        fields = [word for word in plugin.words if isinstance(word, FieldDefinition)]
        name = plugin.state.name
        for word in fields:
            known = vocabulary.fields.get(word.name)
            if known is not None and known.type is not word.type:
                get_logger().warning(
                    "field_redefined",
                    plugin=name,
                    cause=f"{word.name} is {known.type} by {owners.get(word.name, 'loanbatch')}",
                )
        owners.update((word.name, name) for word in fields)
        vocabulary = vocabulary.extended(kinds=kinds, fields=fields)
    return vocabulary


def _make_callers(
    manager: pluggy.PluginManager,
) -> dict[str, tuple[tuple[str, pluggy.HookCaller], ...]]:
    """Return kept callers per hook and plugin: making them anew for each call costs tenfold."""
    callers = {}
    for name, caller in vars(manager.hook).items():
        if isinstance(caller, pluggy.HookCaller):
            # get_hookimpls lists in reverse call order.
            callers[name] = tuple(
                (impl.plugin_name, subset_caller(manager, name, impl.plugin))
                for impl in reversed(caller.get_hookimpls())
            )
    return callers
