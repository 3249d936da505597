"""Which plugins there are: installed ones, modules and files that were asked for, objects."""

from __future__ import annotations

import difflib
import hashlib
import importlib
import importlib.util
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from importlib.metadata import Distribution, EntryPoint, entry_points, version
from pathlib import Path
from types import ModuleType

from attrs import frozen

from loanbatch.errors import PluginError, UnknownPluginError
from loanbatch.hookspecs import PROJECT_NAME

#: Files of a plugin's package that may change what it reads.
_CODE_ENDINGS = frozenset({".csv", ".json", ".py", ".toml", ".yaml", ".yml"})


@frozen(kw_only=True)
class Candidate:
    """A plugin that could be loaded."""

    name: str
    distribution: str
    version: str
    load: Callable[[], object]
    #: Whether it comes with loanbatch, whose version covers its code.
    bundled: bool = False
    #: What its distribution needs, as in its metadata; read when it is loaded.
    needs: Callable[[], Iterable[str]] = tuple


def installed() -> Iterator[Candidate]:
    """Yield the installed plugins, our own distribution's first, then by name."""
    known: dict[Distribution, tuple[str, str]] = {}
    candidates = [
        Candidate(
            name=entry.name,
            distribution=name,
            version=number,
            load=entry.load,
            bundled=name == PROJECT_NAME,
            needs=partial(_needs, entry),
        )
        for entry in entry_points(group=PROJECT_NAME)
        for name, number in [_distribution_of(entry, known)]
    ]
    yield from sorted(candidates, key=lambda found: (not found.bundled, found.name))


def _needs(entry: EntryPoint) -> Iterable[str]:
    return () if entry.dist is None else entry.dist.requires or ()


def refuse_incompatible(candidate: Candidate) -> None:
    """Raise PluginError where the plugin's distribution needs another version of loanbatch.

    pip sees to it, but not for those who copy files or tell it not to look.
    """
    if candidate.bundled:
        return
    for text in candidate.needs():
        if not text.lower().startswith(PROJECT_NAME):
            continue
        from packaging.requirements import Requirement

        needed = Requirement(text)
        here = version(PROJECT_NAME)
        if needed.name.lower() == PROJECT_NAME and not needed.specifier.contains(
            here, prereleases=True
        ):
            raise PluginError(f"it needs loanbatch {needed.specifier}, this is {here}")


def _distribution_of(
    entry: EntryPoint, known: dict[Distribution, tuple[str, str]]
) -> tuple[str, str]:
    """Return name and version of an entry point's distribution, whose file is parsed but once."""
    if entry.dist is None:
        return "", ""
    if entry.dist not in known:
        known[entry.dist] = (entry.dist.name, entry.dist.version)
    return known[entry.dist]


def asked_for(name: str) -> Candidate:
    """Return the candidate for a module's name or a file's path."""
    if name.endswith(".py"):
        path = Path(name)
        if not path.is_file():
            raise UnknownPluginError(f"{name}: no such plugin file")
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        return Candidate(
            name=path.stem,
            distribution="file",
            version="",
            load=lambda: _load_file(path, digest),
        )
    try:
        spec = importlib.util.find_spec(name)
        found = spec is not None
    except (ModuleNotFoundError, ValueError):
        found = False
    except (Exception, SystemExit):  # noqa: BLE001 -- the package around it is broken, not unknown
        found = True
    if not found:
        raise UnknownPluginError(
            f"{name}: no such plugin module; name an importable module or a file that ends in .py"
        )
    return Candidate(
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


def plugin_object(plugin: object) -> Candidate:
    """Return the candidate for a plugin that a program made or imported."""
    name = getattr(plugin, "__name__", type(plugin).__name__)
    return Candidate(name=name, distribution="object", version="", load=lambda: plugin)


def code_print(plugin: object) -> str:
    """Return a hash of the code and data files that a plugin consists of.

    Its author edits it without a new version, and must not be answered from an earlier run.
    """
    module = plugin if isinstance(plugin, ModuleType) else sys.modules.get(type(plugin).__module__)
    location = getattr(module, "__file__", None)
    if location is None:
        return ""
    path = Path(location)
    package = path.name == "__init__.py"
    found = path.parent.rglob("*") if package else iter((path,))
    return files_print(file for file in found if file.suffix in _CODE_ENDINGS and file.is_file())


def files_print(paths: Iterable[Path]) -> str:
    """Return a hash of files' names and contents, whatever their folder."""
    digest = hashlib.sha256()
    for file in sorted(paths):
        digest.update(file.name.encode() + b"\0" + hashlib.sha256(file.read_bytes()).digest())
    return digest.hexdigest()


def refuse_unknown_blocks(blocked: Iterable[str], known: Sequence[str]) -> None:
    """Raise UnknownPluginError for a name to block that no plugin has."""
    for name in blocked:
        if name not in known:
            raise UnknownPluginError(
                f"{name}: no plugin of this name to block{nearest(name, known)};"
                " `loanbatch plugins list` shows them"
            )


def nearest(name: str, known: Iterable[str]) -> str:
    """Return a hint at the name that was probably meant; empty when none is near."""
    close = difflib.get_close_matches(name, list(known), n=1)
    return f", did you mean {close[0]}?" if close else ""
