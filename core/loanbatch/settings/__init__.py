"""Typed settings: defaults < loanbatch.toml < environment < command line.

`load_settings` is the only way in for programs and the command line; an unknown key is an error
that names the nearest known one. Settings are frozen and travel to workers as they are. Each plugin
may own a table; what was written for it waits in `pending` until the plugin is loaded.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from attrs import field, frozen

from loanbatch.errors import SettingsError

if TYPE_CHECKING:
    from attrs import Attribute

PluginSettings = TypeVar("PluginSettings")

#: From the most talkative to the quietest.
LOG_LEVELS = ("debug", "info", "warning", "error", "critical")


def default_home() -> Path:
    """Return the folder for the database and the stored objects, by the platform's custom."""
    from platformdirs import user_data_path

    return user_data_path("loanbatch", appauthor=False)


def _in_range(
    low: float, high: float = math.inf, *, above: bool = False
) -> Callable[[Any, Attribute[Any], float], None]:
    """Return a validator for numbers from `low` (with `above`: not `low` itself) to `high`."""

    def validate(_: Any, attribute: Attribute[Any], value: float) -> None:  # noqa: ANN401
        # Written so that NaN, of which every comparison is false, is refused.
        if (low < value or (low == value and not above)) and value <= high and value != math.inf:
            return
        bound = f"more than {low:g}" if above else f"at least {low:g}"
        limit = "" if high == math.inf else f" and at most {high:g}"
        raise SettingsError(f"{attribute.name} must be {bound}{limit}, not {value:g}")

    return validate


def _log_level(_: Any, attribute: Attribute[Any], value: str) -> None:  # noqa: ANN401
    if value.lower() not in LOG_LEVELS:
        raise SettingsError(f"{attribute.name} must be one of {', '.join(LOG_LEVELS)}")


class TemplateFile(NamedTuple):
    """A template file of one's own, and what changes when it is edited: a key for what was read."""

    path: Path
    #: Nanoseconds of the clock of the file system.
    modified: int
    #: Bytes.
    size: int


@frozen(kw_only=True)
class PendingSetting:
    """A value for a plugin's table, as it was written, before the plugin is known."""

    #: Where it was written, for messages.
    origin: str
    #: The plugin's name; None for a variable of the environment, whose name has both in one.
    table: str | None
    #: The key; for a variable all that follows `LOANBATCH_`, in lower case.
    key: str
    value: Any = field(repr=False)


@frozen(kw_only=True)
class Settings:
    """Everything that can be configured."""

    #: Folder of the database and the stored objects.
    home: Path = field(factory=default_home, converter=Path)
    #: `sqlite:///…` or `postgresql://…`; empty for `loanbatch.db` in `home`.
    database: str = field(default="", repr=False)
    #: fsspec address for stored objects; empty for `objects` in `home`.
    objects: str = field(default="", repr=False)
    #: How long a database or object store that does not answer is tried again, before what needs
    #: it fails; 0 for not at all.
    storage_patience_seconds: float = field(default=120.0, validator=_in_range(0))
    #: `isolated` (worker processes), `inline` (this process), or a name that a plugin knows.
    executor: str = "isolated"
    #: Worker processes.
    workers: int = field(default=1, validator=_in_range(1))
    #: Wall time per document before its worker is killed.
    timeout_seconds: float = field(default=300.0, validator=_in_range(0, above=True))
    #: Megabytes (2^20 bytes) of address space that a worker may take beyond what it began with; 0
    #: for no limit.
    memory_limit_mb: int = field(default=4096, validator=_in_range(0))
    #: Megabytes (2^20 bytes) of the temporary files of a worker, together and each; 0 for no limit.
    temporary_limit_mb: int = field(default=1024, validator=_in_range(0))
    #: Documents before a worker is replaced.
    documents_per_worker: int = field(default=1000, validator=_in_range(1))
    #: The first failure ends the batch.
    fail_fast: bool = False
    #: Documents that need review end the command with exit code 5.
    strict: bool = False
    #: A broken plugin is an error, not a warning.
    strict_plugins: bool = False
    #: Seconds that one plugin may take to load before it is set aside; 0 for no end.
    plugin_load_seconds: float = field(default=60.0, validator=_in_range(0))
    #: Seconds that a plugin which watches jobs may take over one thing before it is told nothing
    #: more; 0 for no end.
    observer_seconds: float = field(default=60.0, validator=_in_range(0))
    #: Ignore results of earlier runs.
    reprocess: bool = False
    #: Store a searchable PDF/A beside each original.
    searchable: bool = False
    #: Read values of scanned pages again where the OCR engine was unsure of them.
    reread: bool = True
    #: A field with less confidence (0 to 1) marks its result for review.
    review_threshold: float = field(default=0.95, validator=_in_range(0, 1))
    #: A document whose kind has less confidence (0 to 1) marks its result for review.
    kind_threshold: float = field(default=0.75, validator=_in_range(0, 1))
    #: Passwords to try on encrypted files.
    passwords: tuple[str, ...] = field(default=(), repr=False)
    #: Folder with template files of one's own: they go before the bundled ones of their kinds, and
    #: may teach new kinds and fields.
    templates: str = ""
    #: Modules or files to load as plugins.
    plugins: tuple[str, ...] = ()
    #: Names of plugins not to load.
    no_plugins: tuple[str, ...] = ()
    #: File for metrics in Prometheus' text format, rewritten every few seconds; empty for none.
    metrics_file: str = ""
    #: File for JSON logs; empty for standard error.
    log_file: str = ""
    #: Write names of files into the log. They often hold names of people, so that the log has ids
    #: and positions instead.
    log_file_names: bool = False
    #: debug, info, warning, error or critical.
    log_level: str = field(default="warning", validator=_log_level)
    #: One attrs instance per plugin that registered a table, by plugin name. A program may give
    #: plain mappings; the registry structures them.
    plugin_tables: Mapping[str, Any] = field(factory=dict, repr=False)
    #: Values for plugins' tables that no plugin has taken yet; later ones win.
    pending: tuple[PendingSetting, ...] = field(default=(), repr=False)

    @property
    def database_url(self) -> str:
        """Address of the database for peewee's `db_url`: `database`, or a SQLite file in `home`."""
        return self.database or f"sqlite:///{self.home / 'loanbatch.db'}"

    @property
    def objects_url(self) -> str:
        """Fsspec address of the stored objects: `objects`, or the folder in `home`."""
        return self.objects or str(self.home / "objects")

    def template_files(self) -> tuple[TemplateFile, ...]:
        """Return the `.toml` files in the folder `templates` by name; empty where none is set.

        Raises:
            SettingsError: It is no folder, or cannot be read.
        """
        if not self.templates:
            return ()
        folder = Path(self.templates).expanduser()
        try:
            found = [(path, path.stat()) for path in folder.iterdir() if path.suffix == ".toml"]
        except OSError as error:
            raise SettingsError(
                f"templates: {self.templates} cannot be read as a folder ({type(error).__name__})"
            ) from None
        return tuple(
            sorted(TemplateFile(path, stat.st_mtime_ns, stat.st_size) for path, stat in found)
        )

    def plugin(self, cls: type[PluginSettings]) -> PluginSettings:
        """Return the table of the plugin that registered `cls`; defaults where none was loaded."""
        for table in self.plugin_tables.values():
            if isinstance(table, cls):
                return table
        return cls()


def load_settings(
    overrides: Mapping[str, object] | None = None,
    *,
    config_file: Path | None = None,
    environ: Mapping[str, str] | None = None,
) -> Settings:
    """Put the settings together from all places.

    Args:
        overrides: Values by name, as from the command line; they win. None stands for "not given".
            A mapping under the name of a plugin is its table.
        config_file: A TOML file with the table `[loanbatch]` and a table `[loanbatch.NAME]` per
            plugin. `loanbatch.toml` in the current folder, if there is one, where None.
        environ: Variables `LOANBATCH_KEY` and `LOANBATCH_PLUGIN_KEY`; lists are separated by commas
            or written as JSON. The process's own where None.

    Raises:
        SettingsError: A key is unknown, or a value not of its type or range; it names the file or
            variable, the key and what was expected, never the value of a secret.
    """
    # Reading files needs parsers that `import loanbatch.settings` should not have to pay for.
    from loanbatch.settings._loading import load

    return load(overrides or {}, config_file=config_file, environ=environ)
