"""In which order what waits is taken: urgent first, and nothing is left waiting for ever."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from loanbatch.jobstore._records import QueuedSource

#: Each source whose number is a multiple of this is the one that waits longest.
TURN = 10
#: What a point of priority is worth to a job, in time that another has waited longer. It bounds
#: the wait: 200 points apart are eight days and eight hours.
POINT = timedelta(hours=1)


def in_turn(streams: Iterable[Iterator[QueuedSource]], *, taken: int) -> Iterator[QueuedSource]:
    """Yield the sources of a job, the more urgent ones first.

    Each tenth is the first in input order of those that wait, however urgent it is: of a source
    before which n wait in input order, at most 10 n + 10 are taken until it is.

    Args:
        streams: The sources of one priority each, in input order; the highest priority first.
        taken: How many sources of the job were taken before.
    """
    waiting = [(head, stream) for stream in streams if (head := next(stream, None)) is not None]
    while waiting:
        taken += 1
        place = 0
        if taken % TURN == 0:
            place = min(range(len(waiting)), key=lambda number: waiting[number][0].position)
        queued, stream = waiting[place]
        following = next(stream, None)
        if following is None:
            del waiting[place]
        else:
            waiting[place] = (following, stream)
        yield queued


def seems_begun(created_at: str, priority: int) -> datetime:
    """Return when a job of normal priority would have had to begin to be as urgent as this one.

    The job for which this is earliest comes first. It never changes, so that a job which waits
    overtakes, in time, whatever begins later.
    """
    return datetime.fromisoformat(created_at) - priority * POINT
