"""Options that several commands share, and how they become settings."""

from __future__ import annotations

import sys
import tomllib
from collections.abc import Callable, Iterable
from functools import wraps
from pathlib import Path
from typing import Any

import click

from loanbatch.errors import UsageError
from loanbatch.settings import Settings

#: Options that add to what other places say, instead of replacing it.
_ADDITIVE = ("plugins", "no_plugins", "passwords")
#: Options that are settings of a bundled plugin: its table and the key there.
_OF_PLUGINS = {"csv_rows": ("reporting", "csv_rows")}


def with_settings(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the options --home, --config and --set, and the argument `settings`.

    Every other option of the command that has the name of a setting becomes part of the settings.
    """
    import attrs

    known = {item.name for item in attrs.fields(Settings)} | set(_OF_PLUGINS)

    @wraps(command)
    def wrapper(**options: Any) -> Any:  # noqa: ANN401 - what click gives and takes
        given = {name: options.pop(name) for name in list(options) if name in known}
        settings = make_settings(given, options.pop("config"), options.pop("assignments"))
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


def make_settings(
    given: dict[str, Any], config: str | None, assignments: Iterable[str]
) -> Settings:
    """Return the settings in force and make them known to the log."""
    from attrs import evolve

    from loanbatch.cli import _crash
    from loanbatch.settings import load_settings

    added = {name: tuple(given.pop(name, ()) or ()) for name in _ADDITIVE}
    overrides = _assigned(assignments)
    for name, value in given.items():
        if value is None:
            continue
        if name in _OF_PLUGINS:
            table, key = _OF_PLUGINS[name]
            overrides.setdefault(table, {})[key] = value
        else:
            overrides[name] = value
    settings = load_settings(overrides, config_file=None if config is None else Path(config))
    for name, values in added.items():
        if values:
            settings = evolve(settings, **{name: (*getattr(settings, name), *values)})
    _crash.remember(settings)
    _start_log(settings)
    return settings


def _start_log(settings: Settings) -> None:
    from loanbatch._logging import configure_logging
    from loanbatch.cli._crash import with_log_file

    if sys.stderr.isatty():  # a terminal shows progress and results; the log has a file
        try:
            settings = with_log_file(settings)
        except OSError:
            return  # the store will say what is wrong with home
    configure_logging(settings)


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
        return tomllib.loads(f"value = {text}")["value"]
    except tomllib.TOMLDecodeError:
        return text


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
