"""Gathering settings from the file, the environment and the caller."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import tomli

from loanbatch.errors import SettingsError
from loanbatch.settings import PendingSetting, Settings
from loanbatch.settings._structuring import INTERNAL, attributes, construct, nearest, structure

#: File in the current folder that is read when none is named.
DEFAULT_FILE = "loanbatch.toml"
PREFIX = "LOANBATCH_"


def load(
    overrides: Mapping[str, object],
    *,
    config_file: Path | None,
    environ: Mapping[str, str] | None,
) -> Settings:
    """Do the work of `loanbatch.settings.load_settings`."""
    known = {key: item for key, item in attributes(Settings).items() if key not in INTERNAL}
    gathered = _Gathered(known)
    gathered.take_file(config_file)
    gathered.take_environ(os.environ if environ is None else environ)
    gathered.take_overrides(overrides)
    values = {**gathered.values, "pending": tuple(gathered.pending)}
    return construct(Settings, values, origin="settings")


class _Gathered:
    """What was found so far; later finds replace earlier ones."""

    def __init__(self, known: Mapping[str, Any]) -> None:
        self.known = known
        self.values: dict[str, Any] = {}
        self.pending: list[PendingSetting] = []

    def take_file(self, config_file: Path | None) -> None:
        path = Path(DEFAULT_FILE) if config_file is None else Path(config_file)
        try:
            content = tomli.loads(path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            if config_file is None:
                return
            raise SettingsError(f"{path}: there is no such file of settings") from None
        except (OSError, UnicodeDecodeError) as error:
            raise SettingsError(f"{path} cannot be read ({type(error).__name__})") from None
        except tomli.TOMLDecodeError as error:
            raise SettingsError(f"{path} is not TOML: {error}") from None
        for name in content:
            if name != "loanbatch":
                raise SettingsError(
                    f"{path}: unknown table or key `{name}`; all settings stand under [loanbatch]"
                )
        table = content.get("loanbatch", {})
        if not isinstance(table, dict):
            raise SettingsError(f"{path}: `loanbatch` must be a table: [loanbatch]")
        for key, value in table.items():
            self._take(key, value, f"{path}: [loanbatch] {key}", f"{path}: [loanbatch.{key}]")

    def take_environ(self, environ: Mapping[str, str]) -> None:
        for variable in sorted(environ):
            if not variable.startswith(PREFIX):
                continue
            key = variable.removeprefix(PREFIX).lower()
            value = environ[variable]
            if key in self.known:
                self._keep(key, value, f"variable {variable}", text=True)
            elif "_" in key:
                pending = PendingSetting(
                    origin=f"variable {variable}", table=None, key=key, value=value
                )
                self.pending.append(pending)
            else:
                raise SettingsError(
                    f"variable {variable}: unknown setting `{key}`; {nearest(key, self.known)}"
                )

    def take_overrides(self, overrides: Mapping[str, object]) -> None:
        for key, value in overrides.items():
            if value is not None:
                self._take(key, value, f"setting {key}", f"settings of {key}:")

    def _take(self, key: str, value: object, origin: str, table_origin: str) -> None:
        if key in self.known and not isinstance(value, Mapping):
            self._keep(key, value, origin, text=False)
        elif isinstance(value, Mapping):
            self.pending.extend(
                PendingSetting(origin=f"{table_origin} {name}", table=key, key=name, value=item)
                for name, item in value.items()
            )
            if not value:  # an empty table is refused too when no plugin has its name
                self.pending.append(
                    PendingSetting(origin=table_origin, table=key, key="", value=None)
                )
        else:
            raise SettingsError(f"{origin}: unknown setting; {nearest(key, self.known)}")

    def _keep(self, key: str, value: object, origin: str, *, text: bool) -> None:
        attribute = self.known[key]
        structured = structure(value, attribute.type, origin=origin, text=text)
        if attribute.validator is not None:
            try:
                attribute.validator(None, attribute, structured)
            except SettingsError as error:
                raise SettingsError(f"{origin}: {error.message}") from None
        self.values[key] = structured
