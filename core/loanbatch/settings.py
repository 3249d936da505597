"""Typed settings: defaults < loanbatch.toml < environment < command line.

`load_settings` is the only way in for programs and the command line; an unknown key is an error that names
the nearest known one. Settings are frozen and travel to workers as they are. Each plugin may own a table.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeVar

from attrs import field, frozen

PluginSettings = TypeVar("PluginSettings")


def default_home() -> Path:
    """Return the folder for the database and the stored objects, by the platform's custom."""
    from platformdirs import user_data_path

    return user_data_path("loanbatch", appauthor=False)


@frozen(kw_only=True)
class Settings:
    """Everything that can be configured."""

    #: Folder of the database and the stored objects.
    home: Path = field(factory=default_home)
    #: `sqlite:///…` or `postgresql://…`; empty for `loanbatch.db` in `home`.
    database: str = ""
    #: fsspec address for stored objects; empty for `objects` in `home`.
    objects: str = ""
    #: `isolated` (worker processes) or `inline` (this process), or what a plugin's get_executor knows.
    executor: str = "isolated"
    #: Worker processes.
    workers: int = 1
    #: Wall time per document before its worker is killed.
    timeout_seconds: float = 300.0
    #: Address space of a worker; 0 for no limit.
    memory_limit_mb: int = 4096
    #: Documents before a worker is replaced.
    documents_per_worker: int = 200
    #: The first failure ends the batch.
    fail_fast: bool = False
    #: Documents that need review end the command with exit code 5.
    strict: bool = False
    #: A broken plugin is an error, not a warning.
    strict_plugins: bool = False
    #: Ignore results of earlier runs.
    reprocess: bool = False
    #: Store a searchable PDF/A beside each original.
    searchable: bool = False
    #: A field with less confidence (0 to 1) marks its result for review.
    review_threshold: float = 0.75
    #: Passwords to try on encrypted files.
    passwords: tuple[str, ...] = field(default=(), repr=False)
    #: Modules or files to load as plugins.
    plugins: tuple[str, ...] = ()
    #: Names of plugins not to load.
    no_plugins: tuple[str, ...] = ()
    #: File for JSON logs; empty for standard error.
    log_file: str = ""
    log_level: str = "warning"
    #: One attrs instance per plugin that registered a table, by plugin name.
    plugin_tables: Mapping[str, Any] = field(factory=dict, repr=False)

    @property
    def database_url(self) -> str:
        """Address of the database for peewee's `db_url`: `database`, or the SQLite file in `home`."""
        return self.database or f"sqlite:///{self.home / 'loanbatch.db'}"

    @property
    def objects_url(self) -> str:
        """fsspec address of the stored objects: `objects`, or the folder in `home`."""
        return self.objects or str(self.home / "objects")

    def plugin(self, cls: type[PluginSettings]) -> PluginSettings:
        """Return the table of the plugin that registered `cls`; defaults where none was loaded."""
        for table in self.plugin_tables.values():
            if isinstance(table, cls):
                return table
        return cls()
