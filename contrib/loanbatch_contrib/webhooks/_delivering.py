"""One event on its way from the outbox to the receiver, and what is noted of it."""

from __future__ import annotations

from collections.abc import Callable

from loanbatch.forks import at_work
from loanbatch_contrib.webhooks._outbox import Entry, Outbox, State
from loanbatch_contrib.webhooks._sending import Receiver, UndeliveredError


def deliver(
    outbox: Outbox, receiver: Receiver, entry: Entry, may_go_on: Callable[[], bool] = lambda: True
) -> UndeliveredError | None:
    """Send an event and note what became of it; return why it was not delivered.

    A process that dies between the two leaves an event that the receiver has and that is sent
    again, with the same id.

    Args:
        outbox: Where the event is.
        receiver: Where it shall go.
        entry: The event.
        may_go_on: Whether a further attempt is wanted.

    Raises:
        StorageFailedError: It cannot be noted.
    """
    answer = receiver.deliver(entry.event, may_go_on)
    failure, webhook_id = answer.failure, entry.event.webhook_id
    with at_work():
        if failure is None:
            outbox.set_delivered(webhook_id, answer.attempts)
        else:
            is_over = failure.is_final or answer.attempts >= receiver.most_attempts
            state = State.DEAD if is_over else State.WAITING
            outbox.set_undelivered(webhook_id, state, failure.reason, answer.attempts)
    return failure
