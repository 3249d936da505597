"""Whether figures became worse since a baseline was saved. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from attrs import fields as attributes
from attrs import frozen

from loanbatch.errors import UsageError
from loanbatch.evaluation._figures import Figures, Score

#: Shares may differ by this much without being different: noise of arithmetic.
_NOISE = 1e-9

#: Version of the form of a baseline.
_BASELINE_VERSION = 1


@frozen(kw_only=True)
class Change:
    """A kind's figures before and now; the empty figures where it had or has no labels."""

    kind: str
    before: Figures
    now: Figures
    #: Names of the figures that became worse by more than the tolerance.
    worse: tuple[str, ...] = ()

    @property
    def same_labels(self) -> bool:
        """Whether as much is labelled as before; figures over other labels tell less."""
        return (self.before.documents, self.before.labelled) == (
            self.now.documents,
            self.now.labelled,
        )


def baseline_of(score: Score) -> dict[str, Any]:
    """Return what is kept of a score, as JSON data: figures only, nothing of a document."""
    return {
        "baseline_version": _BASELINE_VERSION,
        "total": score.total.to_dict(),
        "kinds": {kind: figures.to_dict() for kind, figures in score.kinds.items()},
    }


def figures_of(baseline: Any) -> dict[str, Figures]:  # noqa: ANN401 -- JSON data
    """Return the figures by kind of a baseline, or of what `evaluate --json` wrote.

    Raises:
        UsageError: It is neither.
    """
    counts = [item.name for item in attributes(Figures)]
    try:
        return {
            kind: Figures(**{name: int(plain[name]) for name in counts})
            for kind, plain in baseline["kinds"].items()
        }
    except (AttributeError, KeyError, TypeError, ValueError):
        raise UsageError("it has no figures by kind; write it with --save-baseline") from None


def compare(
    before: Mapping[str, Figures], now: Mapping[str, Figures], tolerance: float = 0.0
) -> tuple[Change, ...]:
    """Return each kind's change, by name.

    A kind that is not labelled any more, or was not before, is not worse.

    Args:
        before: The baseline's figures by kind.
        now: The figures by kind to judge.
        tolerance: How much a share may fall, 0 to 1; the share of the labelled values by which the
            silent ones may rise.
    """
    nothing = Figures()
    changes = []
    for kind in sorted({*before, *now}):
        old, new = before.get(kind, nothing), now.get(kind, nothing)
        worse = _worse(old, new, tolerance) if old.documents and new.documents else ()
        changes.append(Change(kind=kind, before=old, now=new, worse=worse))
    return tuple(changes)


def _worse(before: Figures, now: Figures, tolerance: float) -> tuple[str, ...]:
    losses = {
        "kinds": before.kinds - now.kinds,
        "precision": before.precision - now.precision,
        "recall": before.recall - now.recall,
        "silent": (now.silent - before.silent) / max(now.labelled, 1),
    }
    return tuple(name for name, loss in losses.items() if loss > tolerance + _NOISE)
