"""Trying again what does not answer: a database, an object store, a server with documents."""

from __future__ import annotations

import errno
import random
import time
from collections.abc import Callable
from typing import TypeVar

from loanbatch._logging import get_logger
from loanbatch.errors import LoanbatchError

T = TypeVar("T")

#: What storage libraries raise where asking again cannot help.
_LASTING = (
    FileExistsError,
    FileNotFoundError,
    ImportError,
    IsADirectoryError,
    LoanbatchError,
    MemoryError,
    NotADirectoryError,
    NotImplementedError,
    PermissionError,
    TypeError,
    ValueError,
)
_LASTING_CODES = frozenset(
    {
        errno.EDQUOT,
        errno.EINVAL,
        errno.EMSGSIZE,
        errno.ENAMETOOLONG,
        errno.ENOSPC,
        errno.ENOSYS,
        errno.EPERM,
        errno.EROFS,
    }
)
_TOO_MANY_REQUESTS = 429
_SERVER_ERROR = 500

#: Seconds before the first and between any two later attempts; doubled each time between them.
_FIRST_PAUSE = 0.05
_LONGEST_PAUSE = 5.0


class Patience:
    """How long something that went away is tried again, for all its users together.

    Once it was given up, whoever comes next asks once and waits no more, until it answers again:
    a batch must not wait anew with each document for a server that is gone.

    Args:
        what: Name of the thing for the log; nothing of its address.
        seconds: From the first failure on; with 0 everything is tried once.
    """

    def __init__(self, what: str, seconds: float) -> None:
        self._what = what
        self.seconds = seconds
        self._lost_at: float | None = None

    def keep_trying(self, action: Callable[[], T], may_pass: Callable[[Exception], bool]) -> T:
        """Return what an action does, repeated with growing pauses while it fails.

        Args:
            action: Safe to repeat.
            may_pass: Tells whether an error is one that may be gone at the next attempt.

        Raises:
            Exception: What the action raised at last.
        """
        attempt = 0
        while True:
            try:
                value = action()
            except Exception as error:
                if not may_pass(error):
                    self._answered()
                    raise
                if not self._wait(attempt, error):
                    raise
                attempt += 1
            except BaseException:
                self._give_up()
                raise
            else:
                self._answered()
                return value

    def _wait(self, attempt: int, error: Exception) -> bool:
        """Wait before the next attempt; False when there shall be none."""
        now = time.monotonic()
        if self._lost_at is None:
            self._lost_at = now
            if self.seconds:
                get_logger().warning("storage_lost", storage=self._what, error=type(error).__name__)
        left = self._lost_at + self.seconds - now
        if left <= 0:
            return False
        pause = min(_FIRST_PAUSE * 2.0**attempt, _LONGEST_PAUSE)
        # Not all processes at the same moment.
        try:
            time.sleep(min(pause * random.uniform(0.5, 1.0), left))  # noqa: S311 - no secret
        except BaseException:
            self._give_up()
            raise
        return True

    def _give_up(self) -> None:
        """Let nobody wait any longer: somebody asked the program to end at once."""
        if self._lost_at is not None:
            self._lost_at = time.monotonic() - self.seconds

    def _answered(self) -> None:
        if self._lost_at is not None and self.seconds:
            seconds = round(time.monotonic() - self._lost_at, 1)
            get_logger().info("storage_regained", storage=self._what, seconds=seconds)
        self._lost_at = None


def may_answer_again(error: Exception) -> bool:
    """Tell whether what a storage library raised may be gone when it is asked again.

    Libraries raise classes of their own for what a server or a network does; what the caller did
    wrong, or a person has to put right, they tell as errors of Python and of the system.
    """
    if isinstance(error, _LASTING) or "Credentials" in type(error).__name__:
        return False
    status = getattr(error, "status", None)  # of an answer over HTTP
    if isinstance(status, int):
        return status >= _SERVER_ERROR or status == _TOO_MANY_REQUESTS
    return getattr(error, "errno", None) not in _LASTING_CODES
