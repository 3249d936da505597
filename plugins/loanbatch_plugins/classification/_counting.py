"""Whether the pages that a document counts are all there, and in order.

Only numbers with a total tell ("page 2 of 5"). A page whose number cannot be read may be any of
those that are not seen, so the count ties out where there are enough of such pages. A counting that
runs through several documents of the source, as that of a scanned file, is no document's own.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import pairwise

from loanbatch.models import Finding, Severity
from loanbatch_plugins.classification._reading import Reading
from loanbatch_plugins.classification._segments import Segment

#: More missing pages than this are told as a number.
_NAMED = 12


def findings_of(segments: Sequence[Segment]) -> Iterable[Finding]:
    """Yield what is wrong with the page numbers of documents, in their order."""
    for segment in segments:
        readings = segment.readings
        total = _total(readings)
        if not total:
            continue
        where = f"{segment.form.kind}, {_pages(readings)}"
        missing = _missing(segment, segments, total)
        if missing:
            yield Finding(
                code="pages_missing",
                severity=Severity.WARNING,
                message=f"{where}: {_named(missing)} of {total} missing",
                expected=str(total),
                actual=str(len(readings)),
            )
        if _is_disordered(readings, total):
            yield Finding(
                code="pages_out_of_order",
                severity=Severity.WARNING,
                message=f"{where}: the pages are not in the order of their numbers",
            )


def _total(readings: Sequence[Reading]) -> int:
    """Return of how many pages most pages say to be, 0 where none does; the most of several."""
    told = Counter(
        total for reading in readings for total in {n.last for n in reading.counted if n.last > 1}
    )
    return max(told, key=lambda total: (told[total], total), default=0)


def _numbers(reading: Reading, total: int) -> list[int]:
    return sorted(n.number for n in reading.counted if n.last == total)


def _missing(segment: Segment, segments: Sequence[Segment], total: int) -> Sequence[int]:
    numbered = [reading for reading in segment.readings if _numbers(reading, total)]
    seen = {number for reading in numbered for number in _numbers(reading, total)}
    missing = [number for number in range(1, total + 1) if number not in seen]
    if len(missing) <= len(segment.leaves) - len(numbered) or _is_of_file(segment, segments, total):
        return ()
    return missing


def _is_of_file(segment: Segment, segments: Sequence[Segment], total: int) -> bool:
    """Whether the pages of the whole file, or of a part of it, are counted, not the document's.

    Other documents go on with the count, and one is of another kind or has one page by its form.
    """
    places = {r.number - n for r in segment.readings for n in _numbers(r, total)}
    counted = [
        other
        for other in segments
        if any(r.number - n in places for r in other.readings for n in _numbers(r, total))
    ]
    told = sum(bool(_numbers(r, total)) for other in counted for r in other.readings)
    mixed = any(other.form.kind != segment.form.kind or other.form.single for other in counted)
    return len(counted) > 1 and mixed and told == total


def _is_disordered(readings: Sequence[Reading], total: int) -> bool:
    told = [numbers[0] for r in readings if len(numbers := _numbers(r, total)) == 1]
    return len(set(told)) == len(told) and any(after < before for before, after in pairwise(told))


def _pages(readings: Sequence[Reading]) -> str:
    first, last = readings[0].number, readings[-1].number
    return f"page {first}" if first == last else f"pages {first} to {last}"


def _named(numbers: Sequence[int]) -> str:
    if len(numbers) > _NAMED:
        return f"{len(numbers)} pages"
    if len(numbers) == 1:
        return f"page {numbers[0]}"
    return f"pages {', '.join(map(str, numbers[:-1]))} and {numbers[-1]}"
