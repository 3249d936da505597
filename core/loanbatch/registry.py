"""Finds, loads and isolates plugins.

Entry points are loaded one at a time, the bundled ones first, so that third parties win "first
result" hooks. A plugin that cannot be used is named and set aside; a blocked one is never imported.
A registry is an object made when asked for, and travels to workers as its `spec`.
"""

from __future__ import annotations

import difflib
import hashlib
import importlib
import importlib.util
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from enum import StrEnum
from importlib.metadata import EntryPoint, entry_points, version
from pathlib import Path
from types import ModuleType
from typing import Any

import pluggy
from attrs import asdict, evolve, field, frozen

from loanbatch import hookspecs
from loanbatch._logging import get_logger
from loanbatch.errors import PluginError, UnknownPluginError
from loanbatch.hookspecs import PROJECT_NAME
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
_SETTINGS_THAT_MATTER = ("review_threshold", "searchable", "passwords")
#: Hooks that make a result; plugins without any do not change the fingerprint.
_WORKER_HOOKS = frozenset(
    {
        "validate",
        "read_pages",
        "render_page",
        "recognize_text",
        "make_searchable",
        "classify",
        "extract",
        "normalize",
        "check",
        "register_fields",
    }
)


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


@frozen(kw_only=True)
class Spec:
    """What a registry can be rebuilt from in another process."""

    settings: Settings
    objects: tuple[object, ...] = ()

    def __hash__(self) -> int:
        return hash(repr(self.settings))  # settings hold mappings; equal ones have equal texts


@frozen(kw_only=True)
class _Candidate:
    """A plugin that could be loaded."""

    name: str
    distribution: str
    version: str
    load: Callable[[], object]
    #: Text that changes when the plugin's code does, where its version may not.
    print: str = ""


@frozen(kw_only=True)
class Registry:
    """The plugins of one run, their settings and words."""

    settings: Settings
    states: tuple[PluginState, ...]
    vocabulary: Vocabulary
    spec: Spec
    _callers: dict[str, tuple[tuple[str, pluggy.HookCaller], ...]] = field(repr=False)
    _prints: tuple[str, ...] = field(default=(), repr=False)

    @classmethod
    def load(cls, settings: Settings, *, extra: Sequence[object] = ()) -> Registry:
        """Load all plugins that the settings and the installed distributions name.

        Args:
            settings: `plugins`, `no_plugins`, `strict_plugins` and the plugins' raw tables.
            extra: Plugin objects, registered last.

        Raises:
            UnknownPluginError: A name in `plugins` or `no_plugins` cannot be found.
            PluginError: A plugin is broken and `strict_plugins` is set.
            SettingsError: A plugin's table has an unknown key or a wrong value.
        """
        candidates = [*_installed(), *map(_asked_for, settings.plugins), *map(_object, extra)]
        _refuse_unknown_blocks(settings.no_plugins, [c.name for c in candidates])
        manager = pluggy.PluginManager(PROJECT_NAME)
        manager.add_hookspecs(hookspecs)
        states: list[PluginState] = []
        prints: list[str] = []
        for candidate in candidates:
            state = _load_one(manager, candidate, settings.no_plugins)
            states.append(state)
            if state.state is State.ACTIVE and _WORKER_HOOKS.intersection(state.hooks):
                module = manager.get_plugin(candidate.name)
                own = str(getattr(module, "FINGERPRINT", ""))
                prints.append(f"{state.name} {state.version} {candidate.print} {own}")
        _report_broken(states, strict=settings.strict_plugins)
        classes = _settings_classes(manager)
        absent = [state.name for state in states if state.state is not State.ACTIVE]
        tables = structure_plugin_tables(settings, classes, ignored=absent)
        return cls(
            settings=evolve(settings, plugin_tables=tables, pending=()),
            states=tuple(states),
            vocabulary=_vocabulary(manager),
            spec=Spec(settings=settings, objects=tuple(extra)),
            callers=_make_callers(manager),
            prints=tuple(prints),
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

    def fingerprint(self) -> str:
        """Return a hash of everything that decides what is read from a document.

        Versions of loanbatch and of the plugins that work on documents, their data, file plugins'
        content, and the settings that matter.
        """
        chosen = {name: getattr(self.settings, name) for name in _SETTINGS_THAT_MATTER}
        tables = {name: asdict(table) for name, table in self.settings.plugin_tables.items()}
        text = repr((version("loanbatch"), self._prints, chosen, sorted(tables.items())))
        return hashlib.sha256(text.encode()).hexdigest()


def _installed() -> Iterator[_Candidate]:
    """Yield the installed plugins, our own distribution's first, then by name."""
    found = entry_points(group=PROJECT_NAME)

    def order(entry: EntryPoint) -> tuple[bool, str]:
        return (entry.dist is None or entry.dist.name != PROJECT_NAME, entry.name)

    for entry in sorted(found, key=order):
        yield _Candidate(
            name=entry.name,
            distribution="" if entry.dist is None else entry.dist.name,
            version="" if entry.dist is None else entry.dist.version,
            load=entry.load,
        )


def _asked_for(name: str) -> _Candidate:
    """Return the candidate for a module's name or a file's path."""
    if name.endswith(".py"):
        path = Path(name)
        if not path.is_file():
            raise UnknownPluginError(f"{name}: no such plugin file")
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        return _Candidate(
            name=path.stem,
            distribution="file",
            version="",
            load=lambda: _load_file(path, digest),
            print=digest,
        )
    try:
        spec = importlib.util.find_spec(name)
    except (ImportError, ValueError):
        spec = None
    if spec is None:
        raise UnknownPluginError(
            f"{name}: no such plugin module; name an importable module or a file that ends in .py"
        )
    return _Candidate(
        name=name, distribution="module", version="", load=lambda: importlib.import_module(name)
    )


def _load_file(path: Path, digest: str) -> ModuleType:
    # The content is part of the name: an edited file is another module.
    name = f"loanbatch_file_plugin_{path.stem}_{digest[:8]}"
    if name in sys.modules:
        return sys.modules[name]
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise ImportError(f"{path.name} is not a Python file")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    except BaseException:
        del sys.modules[name]
        raise
    return module


def _object(plugin: object) -> _Candidate:
    name = getattr(plugin, "__name__", type(plugin).__name__)
    return _Candidate(name=name, distribution="object", version="", load=lambda: plugin)


def _refuse_unknown_blocks(blocked: Iterable[str], known: Sequence[str]) -> None:
    for name in blocked:
        if name not in known:
            raise UnknownPluginError(
                f"{name}: no plugin of this name to block{_nearest(name, known)};"
                " `loanbatch plugins list` shows them"
            )


def _nearest(name: str, known: Iterable[str]) -> str:
    close = difflib.get_close_matches(name, list(known), n=1)
    return f", did you mean {close[0]}?" if close else ""


def _load_one(
    manager: pluggy.PluginManager, candidate: _Candidate, blocked: Sequence[str]
) -> PluginState:
    state = PluginState(
        name=candidate.name,
        state=State.ACTIVE,
        distribution=candidate.distribution,
        version=candidate.version,
    )
    if candidate.name in blocked:
        return evolve(state, state=State.BLOCKED)
    plugin: object = None
    try:
        plugin = candidate.load()
        manager.register(plugin, name=candidate.name)
        hooks = _hooks_of(manager, plugin)
        _try_registrations(manager, plugin)
    except (Exception, SystemExit) as error:
        # A plugin may raise anything while it is imported; it must not take the tool down.
        if plugin is not None and manager.is_registered(plugin):
            manager.unregister(plugin)
        return evolve(state, state=State.BROKEN, cause=_cause(error))
    return evolve(state, hooks=hooks)


def _cause(error: BaseException) -> str:
    lines = str(error).strip().splitlines()
    return f"{type(error).__name__}: {lines[0]}" if lines else type(error).__name__


def _hooks_of(manager: pluggy.PluginManager, plugin: object) -> tuple[str, ...]:
    """Return the hooks of a plugin; a misspelt one registers in silence and is refused here."""
    callers = manager.get_hookcallers(plugin) or []
    known = [name for name in dir(hookspecs) if hasattr(getattr(manager.hook, name, None), "spec")]
    for caller in callers:
        if not caller.has_spec():
            raise PluginError(f"there is no hook {caller.name}{_nearest(caller.name, known)}")
    if not callers:
        raise PluginError("it implements no hook; mark functions with @hookimpl")
    return tuple(sorted(caller.name for caller in callers))


def _subset(manager: pluggy.PluginManager, hook: str, plugin: object) -> pluggy.HookCaller:
    others = [other for other in manager.get_plugins() if other is not plugin]
    return manager.subset_hook_caller(hook, others)


def _try_registrations(manager: pluggy.PluginManager, plugin: object) -> None:
    """Call the hooks that are needed at load time once, so that a failure sets the plugin aside."""
    import attrs

    for cls in _subset(manager, "register_settings", plugin)():
        if not (isinstance(cls, type) and attrs.has(cls)):
            raise PluginError("register_settings must return an attrs class")
        cls()
    for words in _subset(manager, "register_fields", plugin)():
        if not all(isinstance(word, FieldDefinition | KindDefinition) for word in words):
            raise PluginError("register_fields must return field and kind definitions")


def _report_broken(states: Iterable[PluginState], *, strict: bool) -> None:
    for state in states:
        if state.state is not State.BROKEN:
            continue
        if strict:
            raise PluginError(
                f"plugin {state.name} ({state.distribution}) is broken: {state.cause}"
            )
        get_logger().warning(
            "plugin_set_aside",
            plugin=state.name,
            distribution=state.distribution,
            version=state.version,
            cause=state.cause,
        )


def _settings_classes(manager: pluggy.PluginManager) -> dict[str, type]:
    classes = {}
    for name, plugin in manager.list_name_plugin():
        if plugin is not None:
            for cls in _subset(manager, "register_settings", plugin)():
                classes[name] = cls
    return classes


def _vocabulary(manager: pluggy.PluginManager) -> Vocabulary:
    words: list[Any] = []
    # Bundled plugins first: pluggy answers last registered first.
    for answer in reversed(manager.hook.register_fields()):
        words.extend(answer)
    return standard_vocabulary().extended(
        kinds=[word for word in words if isinstance(word, KindDefinition)],
        fields=[word for word in words if isinstance(word, FieldDefinition)],
    )


def _make_callers(
    manager: pluggy.PluginManager,
) -> dict[str, tuple[tuple[str, pluggy.HookCaller], ...]]:
    """Return kept callers per hook and plugin: making them anew for each call costs tenfold."""
    callers = {}
    for name, caller in vars(manager.hook).items():
        if isinstance(caller, pluggy.HookCaller):
            # get_hookimpls lists in reverse call order.
            callers[name] = tuple(
                (impl.plugin_name, _subset(manager, name, impl.plugin))
                for impl in reversed(caller.get_hookimpls())
            )
    return callers
