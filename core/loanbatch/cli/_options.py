"""Options that several commands share, and how they become settings."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Mapping
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

import attrs
import click
import tomli

from loanbatch._logging import configure_logging
from loanbatch.cli import _crash, _output
from loanbatch.errors import UsageError
from loanbatch.settings import Settings, load_settings

if TYPE_CHECKING:
    from loanbatch.api import BatchProcessingHandler

#: Options that add to what other places say, instead of replacing it.
_ADDITIVE = ("plugins", "no_plugins")
#: Options that are settings of a bundled plugin: its table and the key there.
_OF_PLUGINS = {
    "csv_rows": ("reporting", "csv_rows"),
    "mask_personal": ("reporting", "mask_personal"),
}


def with_settings(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the options --home, --config and --set, and the argument `settings`.

    Every other option of the command that has the name of a setting becomes part of the settings.
    """
    known = {item.name for item in attrs.fields(Settings)} | set(_OF_PLUGINS)

    @wraps(command)
    def wrapper(**options: Any) -> Any:  # noqa: ANN401 - what click gives and takes
        given = {name: options.pop(name) for name in list(options) if name in known}
        added = {name: given.pop(name, ()) for name in _ADDITIVE}
        config = options.pop("config")
        overrides = _overrides(given, options.pop("assignments"))
        # For `loanbatch doctor`, which tells where each setting comes from.
        click.get_current_context().meta["loanbatch.given"] = (overrides, config)
        settings = _make_settings(overrides, added, config)
        with _output.reserved():
            return command(settings=settings, **options)

    for option in (
        click.option(
            "--set",
            "assignments",
            metavar="KEY=VALUE",
            multiple=True,
            help="Any setting, as in loanbatch.toml; PLUGIN.KEY=VALUE for a plugin's. Repeatable.",
        ),
        click.option(
            "--config", metavar="FILE", help="Settings file. [default: loanbatch.toml, if there]"
        ),
        click.option(
            "--home", metavar="DIR", help="Folder of the database and the stored documents."
        ),
    ):
        wrapper = option(wrapper)
    return wrapper


def _overrides(given: Mapping[str, Any], assignments: Iterable[str]) -> dict[str, Any]:
    """Return what the command line says by name of setting, plugins' tables as mappings."""
    overrides = _assigned(assignments)
    for name, value in given.items():
        if value is None:
            continue
        if name in _OF_PLUGINS:
            table, key = _OF_PLUGINS[name]
            overrides.setdefault(table, {})[key] = value
        else:
            overrides[name] = value
    return overrides


def _make_settings(
    overrides: Mapping[str, Any], added: Mapping[str, tuple[str, ...]], config: str | None
) -> Settings:
    """Return the settings in force and make them known to the log."""
    settings = load_settings(overrides, config_file=None if config is None else Path(config))
    settings = attrs.evolve(
        settings,
        plugins=(*settings.plugins, *added["plugins"]),
        no_plugins=(*settings.no_plugins, *added["no_plugins"]),
    )
    _crash.remember(settings)
    _start_log(settings)
    return settings


def _start_log(settings: Settings) -> None:
    if sys.stderr.isatty():  # a terminal shows progress and results; the log has a file
        try:
            settings = _crash.with_log_file(settings)
        except OSError:
            return  # the store will say what is wrong with home
    configure_logging(settings, told_otherwise={"plugin_set_aside"})


def _assigned(assignments: Iterable[str]) -> dict[str, Any]:
    """Return the values of --set, with plugins' tables as mappings.

    A value is read as TOML (`true`, `3`, `["a", "b"]`), else it is text.
    """
    found: dict[str, Any] = {}
    for assignment in assignments:
        key, equals, text = assignment.partition("=")
        if not equals or not key:
            raise UsageError(f"--set {assignment}: write KEY=VALUE")
        table, dot, name = key.strip().partition(".")
        if dot:
            found.setdefault(table, {})[name] = _value(text.strip())
        else:
            found[table] = _value(text.strip())
    return found


def _value(text: str) -> object:
    try:
        return tomli.loads(f"value = {text}")["value"]
    except tomli.TOMLDecodeError:
        return text


def open_handler(settings: Settings) -> BatchProcessingHandler:
    """Return a handler and warn of plugins that are broken.

    What it takes to process documents is loaded here, not for the help.
    """
    from loanbatch.api import BatchProcessingHandler
    from loanbatch.cli._plugin_states import tell_broken_plugins

    handler = BatchProcessingHandler(settings)
    tell_broken_plugins(handler.registry)
    return handler


def json_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the option --json and the argument `as_json`."""
    return click.option("--json", "as_json", is_flag=True, help="Write JSON.")(command)


def read_passwords(path: str) -> tuple[str, ...]:
    """Return the lines of a password file.

    Raises:
        UsageError: It cannot be read; the message holds nothing of it.
    """
    try:
        text = Path(path).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(
            f"--password-file {path}: cannot be read ({type(error).__name__})"
        ) from None
    return tuple(line for line in text.splitlines() if line)
