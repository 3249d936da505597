"""Every error that loanbatch raises on purpose, as one tree.

Each class says what became of the document (`error_type`), which failure it is (`error_code`,
stable), whether trying again may help (`retryable`) and how `loanbatch run` ends where a document
failed of it (`exit_code`; a command that fails itself exits with 2 for a UsageError, else with 1).
Messages name a file, a limit or a setting; they never hold text of a document.

    LoanbatchError
    ├── ValidationError            the input is at fault
    │   ├── EmptyError             empty
    │   ├── UnsupportedTypeError   unsupported_type
    │   ├── TooLargeError          too_large
    │   ├── TooManyPagesError      too_many_pages
    │   ├── EncryptedError         encrypted
    │   ├── CorruptError           corrupt
    │   ├── NotFoundError          not_found
    │   ├── NotAFileError          not_a_file
    │   ├── UnreadableError        unreadable
    │   └── DuplicateError         duplicate (the source is skipped, not failed)
    ├── ProcessingError            a stage could not do its work
    │   ├── NoTextError            no_text
    │   ├── OcrFailedError         ocr_failed
    │   ├── DocumentTimeoutError   timeout
    │   ├── WorkerCrashedError     worker_crashed
    │   ├── OutOfMemoryError       out_of_memory
    │   ├── OutOfDiskError         out_of_disk
    │   ├── StorageFailedError     storage_failed
    │   ├── SourceChangedError     source_changed
    │   ├── SourceUnavailableError source_unavailable (its server does not answer)
    │   ├── NotStartedError        not_started (the batch ended before it)
    │   ├── LeaseLostError         lease_lost (another process took over the job)
    │   └── PluginError            plugin_error
    ├── UnexpectedError            unexpected_error: a bug, ours or a plugin's
    └── UsageError                 the caller asked for something impossible; nothing was processed
        ├── SettingsError          invalid_settings
        ├── UnknownJobError        unknown_job
        ├── JobHeldError           job_held
        ├── UnknownRecordError     unknown_record
        ├── UnknownPluginError     unknown_plugin
        └── BrokenPluginError      broken_plugin

Errors cross process borders: every class takes one positional argument, the message.
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum
from typing import ClassVar

#: Exit code of a worker that has too little memory left for the next document, and leaves it,
#: untouched, to a fresh worker.
LEFT_TO_ANOTHER = 75


class ErrorType(StrEnum):
    """The three classes of failure that a result can have."""

    VALIDATION = "validation_error"
    PROCESSING = "processing_error"
    UNEXPECTED = "unexpected_error"


class LoanbatchError(Exception):
    """Root of all errors of loanbatch.

    Args:
        message: One line that says what is wrong and what to do; no document content.
    """

    error_type: ClassVar[ErrorType] = ErrorType.UNEXPECTED
    error_code: ClassVar[str] = "unexpected_error"
    retryable: ClassVar[bool] = False
    exit_code: ClassVar[int] = 1

    def __init__(self, message: str = "") -> None:
        super().__init__(message)
        self.message = message

    def __str__(self) -> str:
        return self.message


class ValidationError(LoanbatchError):
    """The input is at fault; a person has to supply another one."""

    error_type = ErrorType.VALIDATION
    error_code = "invalid"
    exit_code = 3


class EmptyError(ValidationError):
    """The source has no bytes, or no page."""

    error_code = "empty"


class UnsupportedTypeError(ValidationError):
    """The content is of a type that no plugin reads."""

    error_code = "unsupported_type"


class TooLargeError(ValidationError):
    """The source has more bytes, or an image more pixels, than the settings allow."""

    error_code = "too_large"


class TooManyPagesError(ValidationError):
    """The source has more pages than the settings allow."""

    error_code = "too_many_pages"


class EncryptedError(ValidationError):
    """The source is encrypted and no known password opens it."""

    error_code = "encrypted"


class CorruptError(ValidationError):
    """The content is damaged beyond repair."""

    error_code = "corrupt"


class NotFoundError(ValidationError):
    """Nothing is at the given path or address."""

    error_code = "not_found"


class NotAFileError(ValidationError):
    """The path is a folder, a device, a pipe or a socket."""

    error_code = "not_a_file"


class UnreadableError(ValidationError):
    """The file exists but may not be read."""

    error_code = "unreadable"


class DuplicateError(ValidationError):
    """The same bytes came earlier in the batch."""

    error_code = "duplicate"


class ProcessingError(LoanbatchError):
    """A stage could not do its work on an input that may be sound."""

    error_type = ErrorType.PROCESSING
    error_code = "processing_failed"
    exit_code = 3


class NoTextError(ProcessingError):
    """No page of the source yielded any text."""

    error_code = "no_text"


class OcrFailedError(ProcessingError):
    """The OCR engine is missing or gave up."""

    error_code = "ocr_failed"


class DocumentTimeoutError(ProcessingError):
    """The document took longer than `timeout_seconds`."""

    error_code = "timeout"
    retryable = True


class WorkerCrashedError(ProcessingError):
    """The worker process died on the document."""

    error_code = "worker_crashed"
    retryable = True


class OutOfMemoryError(ProcessingError):
    """The document needed more memory than `memory_limit_mb`."""

    error_code = "out_of_memory"
    retryable = True

    @classmethod
    def over(cls, limit_mb: int) -> OutOfMemoryError:
        """Return the error for a document that met the limit, in megabytes (2^20 bytes)."""
        return cls(
            f"more than {limit_mb} MB of memory needed: split the document, or allow more"
            " (--memory-limit, setting memory_limit_mb)"
        )


class OutOfDiskError(ProcessingError):
    """The document needed more room for temporary files than `temporary_limit_mb`."""

    error_code = "out_of_disk"
    retryable = True

    @classmethod
    def over(cls, limit_mb: int) -> OutOfDiskError:
        """Return the error for a document that met the limit, in megabytes (2^20 bytes)."""
        return cls(
            f"more than {limit_mb} MB of temporary files: split the document, or allow more"
            " (setting temporary_limit_mb)"
        )


class StorageFailedError(ProcessingError):
    """The result could not be stored; nothing of it was kept."""

    error_code = "storage_failed"
    retryable = True


class SourceChangedError(ProcessingError):
    """The file changed or vanished between listing and reading."""

    error_code = "source_changed"
    retryable = True


class SourceUnavailableError(ProcessingError):
    """The server or bucket that the source lies on does not answer; the source may be sound."""

    error_code = "source_unavailable"
    retryable = True


class NotStartedError(ProcessingError):
    """The batch ended before this source was reached."""

    error_code = "not_started"
    retryable = True


class LeaseLostError(ProcessingError):
    """Another process took over the job, because this one gave no sign of life for too long."""

    error_code = "lease_lost"


class PluginError(ProcessingError):
    """A plugin raised, or returned something that its hook does not allow."""

    error_code = "plugin_error"


class UnexpectedError(LoanbatchError):
    """A bug, ours or a plugin's; the trace is in the log."""


class UsageError(LoanbatchError):
    """The caller asked for something impossible; nothing was processed."""

    error_type = ErrorType.VALIDATION
    error_code = "usage"
    exit_code = 2


class SettingsError(UsageError):
    """A setting is unknown or has a value that it cannot have."""

    error_code = "invalid_settings"


class UnknownJobError(UsageError):
    """No job has this id."""

    error_code = "unknown_job"


class JobHeldError(UsageError):
    """Another process works on the job."""

    error_code = "job_held"


class UnknownRecordError(UsageError):
    """No stored document or loan has this id."""

    error_code = "unknown_record"


class UnknownPluginError(UsageError):
    """No plugin can be found under this name or path."""

    error_code = "unknown_plugin"


class BrokenPluginError(UsageError):
    """A plugin is broken, and `strict_plugins` is set."""

    error_code = "broken_plugin"


def known_errors() -> Iterator[type[LoanbatchError]]:
    """Iterate over all classes of errors that are loaded, those of plugins too."""
    waiting: list[type[LoanbatchError]] = [LoanbatchError]
    while waiting:
        family = waiting.pop()
        yield family
        waiting.extend(family.__subclasses__())


def error_from_code(code: str, message: str) -> LoanbatchError:
    """Return the error with a stable code, an UnexpectedError where no loaded class has it."""
    classes = (item for item in known_errors() if item.error_code == code)
    return next(classes, UnexpectedError)(message)
