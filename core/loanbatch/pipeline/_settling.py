"""What becomes of a value that was read more than once: pure, and told by a table."""

from __future__ import annotations

from collections.abc import Sequence

from attrs import evolve, field, frozen

from loanbatch.models import Value, Word

#: Confidence from which on a single reading that differs counts: of 1,900 numbers on scans, those
#: that had been read right got other readings of 0.74 at the most.
_COUNTS = 0.8
#: What a reading must have to win over the first: this much more confidence, or, where it was read
#: twice, this confidence. On blurred scans, where no reading is sure, two say little.
_CLEARLY, _SURE = 0.1, 0.9
#: Confidence of words whose readings differ: the one taken was right in two of three cases.
DISPUTED = 0.5


@frozen(kw_only=True)
class Reading:
    """A value as it was read once."""

    #: Text and place, the words of the value as one.
    word: Word = field(repr=False)
    #: None where the text means nothing to the field's type.
    value: Value | None = field(repr=False)

    @property
    def confidence(self) -> float:
        """That of its weakest word."""
        return self.word.confidence

    def with_confidence(self, confidence: float) -> Reading:
        """Return the same, more or less sure."""
        return evolve(self, word=self.word._replace(confidence=confidence))


@frozen(kw_only=True)
class Settlement:
    """What the readings of a value amount to."""

    #: With the confidence that it has now.
    winner: Reading
    #: What else may stand there; empty where nothing is disputed.
    rivals: tuple[Reading, ...] = ()


def settled(first: Reading, again: Sequence[Reading]) -> Settlement:
    """Return what the readings of one value amount to.

    Args:
        first: The reading of the whole page.
        again: Those of the place by itself, in order; the last may agree with the first.

    Returns:
        By the values of the first and of the further readings, `-` for none. A value *counts* that
        one sure reading has, or two where none agrees with the first; what most have, or the
        surest, goes first. It *wins* if it is clearly surer than the first, or sure and read twice.

        ===== ==================== ================================================================
        first again                outcome
        ===== ==================== ================================================================
        a     a, or a and -        a, as sure as the surer of the two readings
        a     a, and b that counts a, disputed, with b as rival
        a     b that wins          b, disputed, with a as rival
        a     b that counts        a, disputed, with b as rival
        a     others               a, as it was
        -     b that counts        b, disputed, with the first as rival
        -     others               as it was
        ===== ==================== ================================================================
    """
    others = [it for it in again if it.value not in (None, first.value)]
    agreeing = [it for it in again if it.value == first.value is not None]
    counted = _counted(others, alone=not agreeing)
    if not counted:
        if agreeing and not others:
            sure = max(first.confidence, *(it.confidence for it in agreeing))
            return Settlement(winner=first.with_confidence(sure))
        return Settlement(winner=first)
    best, votes = counted[0]
    rivals = [rival for rival, _ in counted]
    wins = best.confidence >= first.confidence + _CLEARLY or (
        votes > 1 and best.confidence >= _SURE
    )
    if first.value is None or (wins and not agreeing):
        return _disputed(best, [first, *rivals[1:]])
    return _disputed(first, rivals)


def _counted(readings: Sequence[Reading], *, alone: bool) -> list[tuple[Reading, int]]:
    """Return the surest reading of each value that counts, with how many have it.

    Args:
        readings: Those with other values than the first one.
        alone: Whether none agrees with the first.
    """
    found: dict[Value | None, list[Reading]] = {}
    for reading in readings:
        found.setdefault(reading.value, []).append(reading)
    surest = [(max(same, key=lambda it: it.confidence), len(same)) for same in found.values()]
    counted = [
        (best, votes)
        for best, votes in surest
        if best.confidence >= _COUNTS or (alone and votes > 1)
    ]
    return sorted(counted, key=lambda item: (-item[1], -item[0].confidence))


def _disputed(winner: Reading, rivals: Sequence[Reading]) -> Settlement:
    sure = min(winner.confidence, DISPUTED)
    return Settlement(winner=winner.with_confidence(sure), rivals=tuple(rivals))
