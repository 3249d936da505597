"""structlog set-up: JSON lines or console, bound context, redaction as the last line of defence."""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import MutableMapping
from pathlib import Path
from typing import Any, TextIO

import structlog

from loanbatch.errors import SettingsError
from loanbatch.settings import Settings

#: Chatty libraries: what they say may quote the document.
_QUIET = ("ocrmypdf", "pdfminer", "PIL", "pypdfium2", "pikepdf", "fontTools", "img2pdf")
_REDACTED = "[redacted]"
#: Social security numbers, employer numbers, long digit runs (accounts, cards), e-mail, amounts.
_PERSONAL = re.compile(
    r"\b\d{3}-\d{2}-\d{4}\b"
    r"|\b\d{2}-\d{7}\b"
    r"|\b(?:\d[ -]?){12,18}\d\b"
    r"|\b\d{9,}\b"
    r"|[\w.+-]+@[\w-]+\.[\w.]+"
    r"|(?:[$€£₹]|Rs\.?|INR|USD)\s?\d[\d,.]*"
)
#: Keys that hold our own identifiers, which are long runs of digits and letters by design.
_IDENTIFIERS = frozenset({"job_id", "document_id", "sha256", "timestamp", "level", "event"})


def configure_logging(settings: Settings, *, stream: TextIO | None = None) -> None:
    """Send log events to the log file, or to standard error: as text on a terminal, else as JSON lines.

    Raises:
        SettingsError: The log file cannot be opened.
    """
    target = stream or _open_target(settings)
    console = not settings.log_file and target.isatty()
    renderer: Any = (
        structlog.dev.ConsoleRenderer(colors=False)
        if console
        else structlog.processors.JSONRenderer()
    )
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            redact,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(
            getattr(logging, settings.log_level.upper())
        ),
        logger_factory=structlog.WriteLoggerFactory(file=target),
        cache_logger_on_first_use=False,
    )
    for name in _QUIET:
        logger = logging.getLogger(name)
        logger.setLevel(logging.CRITICAL)
        logger.propagate = False


def _open_target(settings: Settings) -> TextIO:
    if not settings.log_file:
        return sys.stderr
    try:
        return Path(settings.log_file).open("a", encoding="utf-8", buffering=1)
    except OSError as error:
        raise SettingsError(
            f"log_file: cannot be opened ({error.strerror}); name a file in a writable folder"
        ) from None


def redact(
    _logger: object, _method: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    """Blot out what looks like personal data in every text of a log event."""
    for key, value in event.items():
        if isinstance(value, str) and key not in _IDENTIFIERS:
            event[key] = _PERSONAL.sub(_REDACTED, value)
    return event
