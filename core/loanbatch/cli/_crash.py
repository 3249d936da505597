"""Keeping the trace of an unexpected error where it can be found, and off the terminal."""

from __future__ import annotations

from pathlib import Path

from loanbatch._logging import configure_logging, get_logger
from loanbatch.errors import LoanbatchError
from loanbatch.settings import Settings, load_settings

#: In `home`, where no log file is set.
DEFAULT_LOG = "loanbatch.log"


def keep_trace(error: Exception) -> str:
    """Write the trace, without the words of the exception, to the log and say where that is."""
    try:
        settings = with_log_file(_last_settings or load_settings())
        configure_logging(settings)
    except (LoanbatchError, OSError):
        return "no log could be written: see the settings home and log_file"
    get_logger().error("command_failed", error=type(error).__name__, exc_info=error)
    return f"please report it with the trace at the end of {settings.log_file}"


_last_settings: Settings | None = None


def remember(settings: Settings) -> None:
    """Say which settings are in force, so that a trace goes to their log."""
    global _last_settings  # noqa: PLW0603 - one command per process
    _last_settings = settings


def with_log_file(settings: Settings) -> Settings:
    """Return settings whose log goes to a file: the one that is set, else one in `home`."""
    from attrs import evolve

    if settings.log_file:
        return settings
    home = Path(settings.home).expanduser()
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    return evolve(settings, log_file=str(home / DEFAULT_LOG))
