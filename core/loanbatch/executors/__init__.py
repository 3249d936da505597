"""Where documents are processed: in this process, or in workers that may hang, crash or run out.

Both have the shape of `concurrent.futures.Executor`; plugins may bring others through the
get_executor hook. Here a death is only reported, as the classified error that the future raises.
"""

from __future__ import annotations

from concurrent.futures import Executor

from loanbatch import temporary
from loanbatch.errors import SettingsError
from loanbatch.executors._deaths import is_termination, task_error
from loanbatch.executors._inline import InlineExecutor
from loanbatch.executors._isolated import IsolatedExecutor
from loanbatch.executors._starting import refuse_in_starting_worker
from loanbatch.settings import Settings

__all__ = [
    "InlineExecutor",
    "IsolatedExecutor",
    "is_termination",
    "make_executor",
    "refuse_in_starting_worker",
    "task_error",
]


def make_executor(settings: Settings) -> Executor:
    """Return the built-in executor that the settings name.

    What runs that were killed left in the folder for temporary files is removed first.

    Raises:
        SettingsError: Neither a built-in one nor one that a plugin knows.
    """
    temporary.sweep()
    match settings.executor:
        case "inline":
            return InlineExecutor()
        case "isolated":
            return IsolatedExecutor(settings)
        case name:
            raise SettingsError(
                f"executor: no plugin provides {name!r}; built in are isolated and inline"
            )
