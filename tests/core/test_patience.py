"""Trying again: what is repeated, for how long, and when nobody waits any more."""

import errno
import time

import pytest

from loanbatch import patience as module
from loanbatch.errors import NotFoundError
from loanbatch.patience import Patience, may_answer_again


class Flaky:
    """Fails as often as it is told, then answers."""

    def __init__(self, *errors):
        self.errors = list(errors)
        self.asked = 0

    def __call__(self):
        self.asked += 1
        if self.errors:
            raise self.errors.pop(0)
        return "answer"


@pytest.fixture
def pauses(monkeypatch):
    """Return the pauses that were made; the clock goes on by them."""
    made = []
    clock = [1000.0]

    def sleep(seconds):
        made.append(seconds)
        clock[0] += seconds

    monkeypatch.setattr(module.time, "sleep", sleep)
    monkeypatch.setattr(module.time, "monotonic", lambda: clock[0])
    return made


def test_what_fails_for_a_while_is_repeated_until_it_answers(pauses):
    flaky = Flaky(ConnectionError(), ConnectionError(), TimeoutError())

    assert Patience("thing", 60.0).keep_trying(flaky, may_answer_again) == "answer"
    assert (flaky.asked, len(pauses)) == (4, 3)


def test_pauses_grow_and_end_when_patience_does(pauses):
    flaky = Flaky(*(ConnectionError() for _ in range(1000)))

    with pytest.raises(ConnectionError):
        Patience("thing", 60.0).keep_trying(flaky, may_answer_again)

    assert pauses[0] <= 0.05
    assert max(pauses) <= 5.0
    assert sum(pauses) == pytest.approx(60.0)
    assert 15 < flaky.asked < 60


def test_what_was_given_up_is_asked_once_until_it_answers(pauses):
    patience = Patience("thing", 1.0)
    with pytest.raises(ConnectionError):
        patience.keep_trying(Flaky(*[ConnectionError()] * 100), may_answer_again)
    still_gone, back, lost_again = Flaky(ConnectionError()), Flaky(), Flaky(ConnectionError())

    with pytest.raises(ConnectionError):
        patience.keep_trying(still_gone, may_answer_again)
    patience.keep_trying(back, may_answer_again)
    patience.keep_trying(lost_again, may_answer_again)

    assert (still_gone.asked, back.asked, lost_again.asked) == (1, 1, 2)


def test_an_error_that_is_an_answer_ends_it_at_once(pauses):
    flaky = Flaky(ConnectionError(), PermissionError())

    with pytest.raises(PermissionError):
        Patience("thing", 60.0).keep_trying(flaky, may_answer_again)

    assert flaky.asked == 2


def test_without_patience_everything_is_asked_once(pauses):
    flaky = Flaky(ConnectionError())

    with pytest.raises(ConnectionError):
        Patience("thing", 0.0).keep_trying(flaky, may_answer_again)

    assert (flaky.asked, pauses) == (1, [])


def test_nobody_waits_any_more_when_the_program_is_to_end_at_once():
    patience = Patience("thing", 600.0)
    with pytest.raises(KeyboardInterrupt):
        patience.keep_trying(Flaky(ConnectionError(), KeyboardInterrupt()), may_answer_again)
    before = time.monotonic()
    last_words = Flaky(ConnectionError())

    with pytest.raises(ConnectionError):
        patience.keep_trying(last_words, may_answer_again)

    assert last_words.asked == 1
    assert time.monotonic() - before < 60


class AnswerError(Exception):
    """As HTTP libraries raise it."""

    def __init__(self, status):
        super().__init__(status)
        self.status = status


@pytest.mark.parametrize(
    ("error", "again"),
    [
        (ConnectionResetError(), True),
        (TimeoutError(), True),
        (OSError(errno.EIO, ""), True),
        (AnswerError(500), True),
        (AnswerError(503), True),
        (AnswerError(429), True),
        (AnswerError(403), False),
        (FileNotFoundError(), False),
        (PermissionError(), False),
        (OSError(errno.ENOSPC, ""), False),
        (OSError(errno.EROFS, ""), False),
        (ValueError(), False),
        (ImportError(), False),
        (MemoryError(), False),
        (NotFoundError("x"), False),
        (type("NoCredentialsError", (Exception,), {})(), False),
    ],
)
def test_errors_that_may_pass_are_told_from_those_that_last(error, again):
    assert may_answer_again(error) is again
