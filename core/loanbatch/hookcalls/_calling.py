"""Calling one plugin at a time, and what becomes of its exceptions."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from contextvars import ContextVar
from itertools import islice
from typing import Any, NoReturn, TypeVar

from loanbatch._logging import blotted, get_logger
from loanbatch.errors import ErrorType, LoanbatchError, PluginError
from loanbatch.hookcalls import _at_work
from loanbatch.hookcalls._silence import SILENCE
from loanbatch.models import Finding, Severity
from loanbatch.registry import Registry, kept_surroundings

T = TypeVar("T")

#: Hooks in whose process nobody limits memory, and whose failure must not end the job.
_OF_COORDINATOR = frozenset(
    {
        "join_loan",
        "check_loan",
        "store",
        "read_original",
        "report",
        "compare_loans",
        "get_executor",
        "register_commands",
        "on_job_started",
        "on_result",
        "on_job_interrupted",
        "on_job_finished",
    }
)
#: Items of an answer that is made while it is asked for: it may have no end.
_MOST_ITEMS = 100_000


def call(
    registry: Registry,
    plugin: str,
    hook: str,
    caller: Any,  # noqa: ANN401 -- pluggy's, which takes what the hook takes
    read: Callable[[Any], T],
    **arguments: object,
) -> T:
    """Call one plugin and return what `read` makes of its answer.

    Raises:
        PluginError: It raised something, or `read` met something that it cannot look at.
        LoanbatchError: The plugin, or `read`, raised one of ours.
        MemoryError: In the worker, where a limit is set.
        KeyboardInterrupt: Where Ctrl-C may be the cause.
    """
    trusted = registry.is_bundled(plugin)
    process = os.getpid()
    printed = SILENCE.count
    _at_work.begin(plugin, hook)
    try:
        with _NOTHING_TO_KEEP if trusted else _kept(plugin, hook):
            answer = read(_answer(plugin, hook, caller, arguments))
    except BaseException as error:  # noqa: BLE001 -- a plugin raises what it likes
        _refuse_fork(process, plugin, hook)
        _tell_printed(plugin, hook, SILENCE.count - printed)
        _classify(plugin, hook, error, trusted=trusted)
    _refuse_fork(process, plugin, hook)
    _tell_printed(plugin, hook, SILENCE.count - printed)
    _at_work.end()
    return answer


_NOTHING_TO_KEEP: AbstractContextManager[None] = nullcontext()


def _answer(plugin: str, hook: str, caller: Any, arguments: dict[str, object]) -> Any:  # noqa: ANN401
    answers = caller(**arguments)
    # A caller of an all-results hook gives a list of its one plugin's answers; that of a
    # first-result hook the answer itself, which may be a list too.
    first = caller.spec.opts["firstresult"]
    answer = answers if first else (answers[0] if answers else None)
    if not isinstance(answer, Iterator):
        return answer
    items = tuple(islice(answer, _MOST_ITEMS + 1))
    if len(items) > _MOST_ITEMS:
        raise PluginError(f"plugin {plugin} gave more than {_MOST_ITEMS:,} items in {hook}")
    return items


def _kept(plugin: str, hook: str) -> AbstractContextManager[None]:
    def tell(name: str) -> None:
        get_logger().warning("plugin_meddled", plugin=plugin, hook=hook, cause=name)

    return kept_surroundings(tell)


def _refuse_fork(process: int, plugin: str, hook: str) -> None:
    """End a copy of this process that a plugin made and let go on: two must not do one's work."""
    if os.getpid() != process:
        get_logger().warning("plugin_forked", plugin=plugin, hook=hook)
        os._exit(0)


def _tell_printed(plugin: str, hook: str, count: int) -> None:
    if count:
        get_logger().warning("plugin_printed", plugin=plugin, hook=hook, count=count)


def _classify(plugin: str, hook: str, error: BaseException, *, trusted: bool) -> NoReturn:
    """Raise what stands for an exception of a plugin."""
    if isinstance(error, MemoryError) and hook not in _OF_COORDINATOR:
        # What is at work stays told, for whoever makes a result of it.
        get_logger().exception("plugin_failed", plugin=plugin, hook=hook)
        raise error
    _at_work.end()
    if isinstance(error, LoanbatchError) and (trusted or _is_sound(error)):
        if not trusted:
            name = "" if f"plugin {plugin}" in error.message else f" (plugin {plugin})"
            error.message = blotted(error.message + name)
        raise error
    if isinstance(error, KeyboardInterrupt) and signal.getsignal(signal.SIGINT) != signal.SIG_IGN:
        get_logger().warning("plugin_interrupted", plugin=plugin, hook=hook)
        raise error
    get_logger().exception("plugin_failed", plugin=plugin, hook=hook)
    raise PluginError(f"plugin {plugin} failed in {hook}: {type(error).__name__}") from error


def _is_sound(error: LoanbatchError) -> bool:
    """Tell whether an error of ours, or of a class made of one, has what results take from it."""
    try:
        told = (error.message, error.error_code, error.retryable, error.error_type)
        return tuple(map(type, told)) == (str, str, bool, ErrorType)
    except Exception:  # noqa: BLE001 -- whatever a class of a plugin's raises
        return False


def failed(error: LoanbatchError) -> Finding:
    """Return the finding that tells of a plugin that failed."""
    return Finding(code="plugin_failed", severity=Severity.WARNING, message=error.message)


#: Failures of plugins in whose place another one answered, while somebody collects them.
_replaced: ContextVar[list[LoanbatchError] | None] = ContextVar("replaced", default=None)


@contextmanager
def replaced_plugins() -> Iterator[list[LoanbatchError]]:
    """Give a list that fills with the failures of plugins in whose place another one answered."""
    failures: list[LoanbatchError] = []
    token = _replaced.set(failures)
    try:
        yield failures
    finally:
        _replaced.reset(token)


def first_answer(
    registry: Registry, hook: str, read: Callable[[str, Any], T], **arguments: object
) -> tuple[T | None, LoanbatchError | None]:
    """Ask plugins until one answers; return its answer, and the last failure where none did."""
    failure: LoanbatchError | None = None
    for plugin, caller in registry.callers(hook):

        def unless_none(answer: Any, plugin: str = plugin) -> T | None:  # noqa: ANN401
            return None if answer is None else read(plugin, answer)

        try:
            answer = call(registry, plugin, hook, caller, unless_none, **arguments)
        except LoanbatchError as error:
            failure = error
            continue
        if answer is not None:
            if failure is not None:
                _note_replaced(failure)
            return answer, failure
    return None, failure


def _note_replaced(failure: LoanbatchError) -> None:
    failures = _replaced.get()
    if failures is not None and all(failure.message != known.message for known in failures):
        failures.append(failure)
