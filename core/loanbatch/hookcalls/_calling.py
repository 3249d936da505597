"""Calling one plugin at a time, and what becomes of its exceptions."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, TypeVar

from loanbatch._logging import get_logger
from loanbatch.errors import LoanbatchError, PluginError
from loanbatch.models import Finding, Severity
from loanbatch.registry import Registry

T = TypeVar("T")


def call(plugin: str, hook: str, caller: Any, **arguments: object) -> Any:  # noqa: ANN401
    """Call one plugin; what it raises becomes a PluginError, except ours and lack of memory."""
    try:
        answers = caller(**arguments)
        # A caller of an all-results hook gives a list of its one plugin's answers; that of a
        # first-result hook the answer itself, which may be a list too.
        first = caller.spec.opts["firstresult"]
        answer = answers if first else (answers[0] if answers else None)
        return tuple(answer) if isinstance(answer, Iterator) else answer
    except (LoanbatchError, MemoryError):
        raise
    except (Exception, SystemExit) as error:
        get_logger().exception("plugin_failed", plugin=plugin, hook=hook)
        raise PluginError(f"plugin {plugin} failed in {hook}: {type(error).__name__}") from error


def failed(error: LoanbatchError) -> Finding:
    """Return the finding that tells of a plugin that failed."""
    return Finding(code="plugin_failed", severity=Severity.WARNING, message=error.message)


def first_answer(
    registry: Registry, hook: str, read: Callable[[str, Any], T], **arguments: object
) -> tuple[T | None, LoanbatchError | None]:
    """Ask plugins until one answers; return its answer, and the last failure where none did."""
    failure: LoanbatchError | None = None
    for plugin, caller in registry.callers(hook):
        try:
            answer = call(plugin, hook, caller, **arguments)
            if answer is not None:
                return read(plugin, answer), failure
        except LoanbatchError as error:
            failure = error
    return None, failure
