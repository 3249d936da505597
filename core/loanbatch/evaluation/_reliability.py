"""Whether confidences are honest: of values with confidence 0.9, are nine in ten right? Pure.

Source:
    Guo, Pleiss, Sun, Weinberger: "On Calibration of Modern Neural Networks" (2017), section 2:
    reliability diagram and expected calibration error (equation 3). The last of its ten equal bins,
    in which most values are, is divided further: that can only make the error larger.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from attrs import field, frozen

from loanbatch.evaluation._figures import SHARE_DIGITS, share
from loanbatch.evaluation._judging import Judged, Judgement, Verdict

#: Where bins of confidence end; each has its upper bound.
EDGES = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.94, 0.96, 0.98, 0.99, 1.0)

#: Thresholds that are looked at besides the one in force.
THRESHOLDS = (0.8, 0.85, 0.9, 0.92, 0.94, 0.95, 0.96, 0.97, 0.98)


@frozen(kw_only=True)
class Bin:
    """The values whose confidence is above `low` and at most `high` (0 belongs to the first)."""

    low: float
    high: float
    values: int
    mean_confidence: float
    right: int

    @property
    def share_right(self) -> float:
        """What the mean confidence should be."""
        return share(self.right, self.values)


@frozen(kw_only=True)
class Reliability:
    """How the confidences of some found values compare with their truth."""

    values: int
    right: int
    mean_confidence: float
    #: Without empty ones.
    bins: tuple[Bin, ...] = field(repr=False)

    @property
    def share_right(self) -> float:
        """Share of the values that are right."""
        return share(self.right, self.values)

    @property
    def error(self) -> float:
        """Expected calibration error: the mean gap of the bins, weighted by their values."""
        gaps = (item.values * abs(item.share_right - item.mean_confidence) for item in self.bins)
        return sum(gaps) / self.values if self.values else 0.0

    def to_dict(self) -> dict[str, Any]:
        """Return the figures as JSON data."""
        return {
            "values": self.values,
            "right": self.right,
            "share_right": round(self.share_right, SHARE_DIGITS),
            "mean_confidence": round(self.mean_confidence, SHARE_DIGITS),
            "expected_calibration_error": round(self.error, SHARE_DIGITS),
            "bins": [
                {
                    "low": item.low,
                    "high": item.high,
                    "values": item.values,
                    "mean_confidence": round(item.mean_confidence, SHARE_DIGITS),
                    "share_right": round(item.share_right, SHARE_DIGITS),
                }
                for item in self.bins
            ],
        }


@frozen(kw_only=True)
class Threshold:
    """What a review threshold would do to the found values."""

    threshold: float
    values: int
    wrong: int
    #: Values with less confidence than the threshold, and the wrong ones among them.
    flagged: int
    flagged_wrong: int
    #: Labelled files, and those whose result would need review.
    files: int = 0
    files_flagged: int = 0
    #: Wrong values in results that would not need it.
    silent: int = 0

    @property
    def flagged_share(self) -> float:
        """Share of the values that a person would be asked to look at."""
        return share(self.flagged, self.values)

    @property
    def files_share(self) -> float:
        """Share of the files that a person would be asked to look at."""
        return share(self.files_flagged, self.files)

    @property
    def slipped(self) -> int:
        """Wrong values that would not be among those to look at."""
        return self.wrong - self.flagged_wrong

    @property
    def slipped_share(self) -> float:
        """Share of the wrong values that slip through."""
        return share(self.slipped, self.wrong)

    def to_dict(self) -> dict[str, Any]:
        """Return the figures as JSON data."""
        return {
            "threshold": self.threshold,
            "flagged": self.flagged,
            "flagged_share": round(self.flagged_share, SHARE_DIGITS),
            "slipped": self.slipped,
            "slipped_share": round(self.slipped_share, SHARE_DIGITS),
            "files_flagged": self.files_flagged,
            "files_share": round(self.files_share, SHARE_DIGITS),
            "silent": self.silent,
        }


def found_values(values: Iterable[Judgement]) -> list[Judgement]:
    """Return the values that were found with a confidence, right or wrong."""
    return [
        value
        for value in values
        if value.confidence is not None and value.verdict is not Verdict.MISSING
    ]


def reliability(values: Iterable[Judgement]) -> Reliability:
    """Compare the confidences of the found values with their truth."""
    facts = [_fact(value) for value in found_values(values)]
    by_bin: dict[int, list[tuple[float, bool]]] = defaultdict(list)
    for confidence, right in facts:
        by_bin[bisect_left(EDGES, confidence)].append((confidence, right))
    return Reliability(
        values=len(facts),
        right=sum(right for _, right in facts),
        mean_confidence=_mean_confidence(facts),
        bins=tuple(
            Bin(
                low=EDGES[number - 1] if number else 0.0,
                high=EDGES[number],
                values=len(members),
                mean_confidence=_mean_confidence(members),
                right=sum(right for _, right in members),
            )
            for number, members in sorted(by_bin.items())
        ),
    )


def reliability_by_extractor(values: Iterable[Judgement]) -> Mapping[str, Reliability]:
    """Return the reliability of each extractor, that with the most values first."""
    by_extractor: dict[str, list[Judgement]] = defaultdict(list)
    for value in found_values(values):
        by_extractor[value.extractor or ""].append(value)
    most_first = sorted(by_extractor.items(), key=lambda item: (-len(item[1]), item[0]))
    return {name: reliability(members) for name, members in most_first}


def thresholds(judged: Judged, at: Iterable[float] = THRESHOLDS) -> tuple[Threshold, ...]:
    """Return what each threshold would do, in ascending order."""
    facts = [_fact(value) for value in found_values(judged.values)]
    wrong = sum(not right for _, right in facts)
    wrong_in = Counter(value.label for value in judged.values if value.wrong)
    found = []
    for threshold in sorted(set(at)):
        flagged = [right for confidence, right in facts if confidence < threshold]
        passed = [
            file
            for file in judged.files
            if file.least_confidence >= threshold and not file.review_anyway
        ]
        found.append(
            Threshold(
                threshold=threshold,
                values=len(facts),
                wrong=wrong,
                flagged=len(flagged),
                flagged_wrong=flagged.count(False),
                files=len(judged.files),
                files_flagged=len(judged.files) - len(passed),
                silent=sum(wrong_in[file.label] for file in passed),
            )
        )
    return tuple(found)


def _fact(value: Judgement) -> tuple[float, bool]:
    return value.confidence or 0.0, value.verdict is Verdict.RIGHT


def _mean_confidence(facts: Sequence[tuple[float, bool]]) -> float:
    return sum(confidence for confidence, _ in facts) / len(facts) if facts else 0.0
