"""Log events: JSON lines or console text, bound context, and two lines of defence for privacy.

The first line is the list of keys that may be logged; the second blots out what looks like personal
data in every text. Traces keep files, lines and types, never the words of an exception, for those
may quote a document. structlog costs 80 ms of start-up: it is loaded with the first event written.
"""

from __future__ import annotations

import logging
import os
import re
import sys
import traceback
from collections.abc import Iterator, Mapping, MutableMapping
from collections.abc import Set as AbstractSet
from contextlib import contextmanager
from contextvars import ContextVar
from types import MappingProxyType
from typing import Any, TextIO, cast

from loanbatch._log_file import LogFile
from loanbatch.errors import LoanbatchError, SettingsError
from loanbatch.settings import Settings

#: Keys of events that are written as they are, apart from redaction; others are withheld.
ALLOWED_KEYS = frozenset(
    {
        "attempt",
        "attempts",
        "cause",
        "count",
        "database",
        "distribution",
        "document_id",
        "duration",
        "error",
        "error_code",
        "error_type",
        "event",
        "exception",
        "executor",
        "failed_documents",
        "file",
        "first_page",
        "format",
        "hook",
        "hooks",
        "job_id",
        "kind",
        "last_page",
        "level",
        "limit",
        "media_type",
        "page",
        "page_count",
        "position",
        "pages",
        "plugin",
        "priority",
        "process",
        "processed_documents",
        "reused",
        "seconds",
        "setting",
        "sha256",
        "size",
        "skipped_documents",
        "stage",
        "status",
        "storage",
        "successful_documents",
        "template",
        "timestamp",
        "total_documents",
        "version",
        "waiting_documents",
        "worker",
        "workers",
    }
)

#: Warnings that a summary or a table tells as well: standard error has them only where somebody
#: asked for more than warnings, a log file always.
_IN_RESULTS = frozenset({"document_finished", "job_interrupted"})
#: Chatty libraries: what they say may quote the document.
_QUIET = ("ocrmypdf", "pdfminer", "PIL", "pypdfium2", "pikepdf", "fontTools", "fpdf", "img2pdf")
_REDACTED = "[redacted]"
_WITHHELD = "[withheld]"
#: Characters of a text that are kept: enough for a trace, and a bound on the work of redaction.
_LONGEST_TEXT = 20_000
#: Keys that hold our own identifiers, which are long runs of digits and letters by design.
_IDENTIFIERS = frozenset({"job_id", "document_id", "sha256", "timestamp", "level", "event"})
#: Social security and employer numbers, long digit runs (accounts, cards), e-mail, amounts.
_PERSONAL = re.compile(
    r"\b\d{3}[ \u2010-\u2015-]\d{2}[ \u2010-\u2015-]\d{4}\b"
    r"|\b\d{2}[\u2010-\u2015-]\d{7}\b"
    r"|\b(?:\d[ -]?){12,18}\d\b"
    r"|(?<!\d)\d{9,}(?!\d)"
    r"|(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,64}\.[\w.-]{1,64}"
    r"|(?:[$€£₹]|\b(?:Rs\.?|INR|USD|EUR|GBP))\s?\d[\d,.]*"
    r"|\b\d{1,3}(?:,\d{2,3})+(?:\.\d+)?\b"
)

_NOTHING: Mapping[str, object] = MappingProxyType({})
_context: ContextVar[Mapping[str, object]] = ContextVar("loanbatch_log_context", default=_NOTHING)


class _Setup:
    """What is to be done with events, until structlog is loaded and learns of it."""

    #: None for the defaults of `Settings`.
    told: tuple[str, str] | None = None
    #: Whether somebody asked for it, rather than a handler that needed something.
    explicit: bool = False
    #: None for standard error as it is when an event is written.
    stream: TextIO | None = None
    #: What stands for standard error in a worker, where it is kept from plugins.
    standard_error: TextIO | None = None
    threshold: int = logging.WARNING
    told_otherwise: AbstractSet[str] = frozenset()
    #: Whether names of files are written.
    file_names: bool = False
    #: What structlog was given; None until then.
    processors: list[Any] | None = None


class Logger:
    """Writes events: a name that never changes, and facts about it as keywords.

    The methods do nothing, and load nothing, below the level in force.
    """

    def debug(self, event: str, **facts: object) -> None:
        """Write an event that helps to find a bug."""
        _write(logging.DEBUG, "debug", event, facts)

    def info(self, event: str, **facts: object) -> None:
        """Write an event that belongs to a healthy run."""
        _write(logging.INFO, "info", event, facts)

    def warning(self, event: str, **facts: object) -> None:
        """Write an event that somebody should look at."""
        _write(logging.WARNING, "warning", event, facts)

    def error(self, event: str, **facts: object) -> None:
        """Write an event that cost a document or a job."""
        _write(logging.ERROR, "error", event, facts)

    def exception(self, event: str, **facts: object) -> None:
        """Write an error event with the trace of the exception at hand, without its words."""
        _write(logging.ERROR, "exception", event, facts)


_LOGGER = Logger()


def get_logger() -> Logger:
    """Return the logger of loanbatch."""
    return _LOGGER


@contextmanager
def bound(**facts: object) -> Iterator[None]:
    """Add facts (job_id, file, document_id, stage, plugin) to every event inside the block."""
    token = _context.set({**_context.get(), **facts})
    try:
        yield
    finally:
        _context.reset(token)


def configure_logging(
    settings: Settings,
    *,
    stream: TextIO | None = None,
    told_otherwise: AbstractSet[str] = frozenset(),
) -> None:
    """Send log events to the log file, or to standard error: as text on a terminal, else as JSON.

    Args:
        settings: `log_file` and `log_level`.
        stream: Where to write instead.
        told_otherwise: Events that the program itself tells on standard error: they are written to
            a log file only.

    Raises:
        SettingsError: The log file cannot be opened.
    """
    _set_up(settings, stream)
    _Setup.explicit = True
    _Setup.told_otherwise = told_otherwise


def ensure_logging(settings: Settings) -> None:
    """Configure logging where nobody did: a program's own structlog configuration is left alone.

    Raises:
        SettingsError: The log file cannot be opened.
    """
    if not _Setup.explicit:
        _Setup.file_names = settings.log_file_names
    if _Setup.explicit or program_logs():
        return
    if _Setup.told != (settings.log_file, settings.log_level):
        _set_up(settings, None)


def log_to_standard_error(stream: TextIO) -> None:
    """Say where standard error is, for events without another place, when others cannot have it."""
    _Setup.standard_error = stream


def _standard_error() -> TextIO:
    return _Setup.standard_error or sys.stderr


def reset_logging() -> None:
    """Forget what was configured and close the log file."""
    if _Setup.stream is not None and _Setup.told is not None and _Setup.told[0]:
        _Setup.stream.close()
    if _Setup.processors is not None:
        import structlog

        structlog.reset_defaults()
    _Setup.told = _Setup.stream = _Setup.processors = None
    _Setup.explicit = False
    _Setup.told_otherwise = frozenset()
    _Setup.threshold = logging.WARNING
    _Setup.file_names = False


def _set_up(settings: Settings, stream: TextIO | None) -> None:
    opened = _open(settings.log_file) if settings.log_file and stream is None else None
    reset_logging()
    _Setup.told = ("" if opened is None else settings.log_file, settings.log_level)
    _Setup.stream = stream or opened
    _Setup.file_names = settings.log_file_names
    _Setup.threshold = logging.getLevelNamesMapping()[settings.log_level.upper()]
    _quieten_libraries()


def _open(path: str) -> TextIO:
    try:
        return cast("TextIO", LogFile(path))
    except OSError as error:
        raise SettingsError(
            f"log_file: cannot be opened ({error.strerror}); name a file in a writable folder"
        ) from None


def _quieten_libraries() -> None:
    for name in _QUIET:
        logger = logging.getLogger(name)
        logger.setLevel(logging.ERROR)
        logger.propagate = False
        # Without any handler Python's last resort would write to standard error.
        if not logger.handlers:
            logger.addHandler(logging.NullHandler())


def _write(level: int, method: str, event: str, facts: Mapping[str, object]) -> None:
    foreign = program_logs()
    if level < _Setup.threshold and not foreign:
        return
    if _Setup.stream is None and not foreign and _is_told_otherwise(event):
        return
    import structlog

    told: MutableMapping[str, Any] = {**_context.get(), **facts}
    if method == "exception":
        method = "error"
        told["exc_info"] = sys.exc_info()
    if foreign:
        # Whatever the program does with events, nothing of a document may be in them.
        told = redact(None, method, trace_without_words(None, method, told))
    elif _Setup.processors is None:
        _apply()
    getattr(structlog.get_logger(), method)(event, **told)


def _is_told_otherwise(event: str) -> bool:
    quiet = _Setup.threshold >= logging.WARNING
    return event in _Setup.told_otherwise or (quiet and event in _IN_RESULTS)


def program_logs() -> bool:
    """Tell whether the program around us configured structlog, before or after we did."""
    structlog = sys.modules.get("structlog")
    # Another thread may be in the middle of importing it: then nobody configured it yet.
    is_configured = getattr(structlog, "is_configured", None)
    if structlog is None or is_configured is None or _Setup.explicit or not is_configured():
        return False
    return structlog.get_config()["processors"] is not _Setup.processors


def _apply() -> None:
    """Tell structlog what `configure_logging` was told."""
    import structlog

    to_file = _Setup.told is not None and bool(_Setup.told[0])
    console = not to_file and (_Setup.stream or _standard_error()).isatty()
    _Setup.processors = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        trace_without_words,
        redact,
        structlog.dev.ConsoleRenderer(colors=False)
        if console
        else structlog.processors.JSONRenderer(),
    ]
    structlog.configure(
        processors=_Setup.processors,
        wrapper_class=structlog.make_filtering_bound_logger(_Setup.threshold),
        # Standard error is looked up anew each time: programs and tests replace it.
        logger_factory=lambda *_: structlog.WriteLogger(_Setup.stream or _standard_error()),
        cache_logger_on_first_use=False,
    )


def trace_without_words(
    _logger: object, _method: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    """Replace `exc_info` by the trace: files, lines, functions and types of exceptions.

    The words of an exception may quote a document and are left out, unless the exception is one of
    loanbatch's own, whose messages are written to be shown.
    """
    info = event.pop("exc_info", None)
    if info is None or info is False:
        return event
    error = info if isinstance(info, BaseException) else sys.exc_info()[1]
    if isinstance(info, tuple):
        error = info[1]
    parts: list[str] = []
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        words = _words_of(error)
        frames = "".join(traceback.format_tb(error.__traceback__))
        parts.append(f"{frames}{type(error).__name__}{words}")
        suppressed = error.__suppress_context__
        error = error.__cause__ or (None if suppressed else error.__context__)
    event["exception"] = "\nfrom:\n".join(parts)
    return event


def _words_of(error: BaseException) -> str:
    if not isinstance(error, LoanbatchError):
        return ""
    message = vars(error).get("message")  # a class of a plugin's may have none
    return f": {message}" if isinstance(message, str) else ""


def redact(
    _logger: object, _method: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    """Withhold what is under unknown keys, and blot out what looks like personal data.

    Names of files are withheld too, unless they are wanted: they often hold names of people.
    """
    file = None if _Setup.file_names else event.get("file")
    for key, value in event.items():
        if key not in ALLOWED_KEYS or (key == "file" and file is not None):
            event[key] = _WITHHELD
        elif key not in _IDENTIFIERS:
            event[key] = _redacted(_without(value, file))
    return event


def _without(value: object, name: object) -> object:
    if isinstance(value, str) and isinstance(name, str) and name:
        return value.replace(name, _WITHHELD)
    return value


def blotted(text: str) -> str:
    """Return a text, of some length at most, without what looks like personal data."""
    return _PERSONAL.sub(_REDACTED, text[:_LONGEST_TEXT])


def _redacted(value: object) -> object:
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, list | tuple | set | frozenset):
        return [_redacted(item) for item in value]
    if isinstance(value, str | os.PathLike):
        return blotted(str(value))
    return _WITHHELD
