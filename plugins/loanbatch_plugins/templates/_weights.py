"""How likely a candidate is right, by weights that were learned from documents with known values.

The model is a logistic regression: the log-odds of a candidate are what its extractor is worth by
itself, plus each cue times its weight. `weights.toml` holds the numbers with their meanings;
`tests/training/learn_weights.py` makes it.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from functools import cache, cached_property
from importlib.resources import files
from operator import attrgetter, mul

import tomli
from attrs import frozen

from loanbatch_plugins.templates._cues import Cues, sign_of

FILE = "weights.toml"
#: The extractor that stands for those without a line of their own.
ANY = "other"
#: No sum of cues makes a candidate certain.
MOST = 0.999


@frozen(slots=False)
class Weights:
    """What the log-odds of a candidate are made of."""

    #: By kind of extractor: the log-odds of a value against which nothing speaks.
    extractors: Mapping[str, float]
    #: By name of a cue: what one of it adds.
    cues: Mapping[str, float]

    @cached_property
    def _seen(self) -> Callable[[Cues], tuple[float, ...]]:
        return attrgetter(*self.cues)

    def log_odds(self, extractor: str, cues: Cues) -> float:
        """Return the log-odds that a candidate is right."""
        start = self.extractors.get(extractor, self.extractors[ANY])
        return math.fsum((start, *map(mul, self.cues.values(), self._seen(cues))))


def probability(log_odds: float) -> float:
    """Return what log-odds mean, from 0 to `MOST`."""
    # Beyond this nothing changes, and exp would overflow.
    return min(MOST, 1 / (1 + math.exp(-max(-50.0, log_odds))))


def read_weights(text: str) -> Weights:
    """Return the weights of a file.

    Raises:
        ValueError: It lacks one, has an unknown one, or one of the wrong sign.
    """
    plain = tomli.loads(text)
    weights = Weights(
        extractors={name: float(value) for name, value in plain["extractors"].items()},
        cues={name: float(value) for name, value in plain["cues"].items()},
    )
    if set(weights.cues) != set(Cues.names()):
        raise ValueError(f"{FILE}: its cues are not those of the engine; make it again")
    if ANY not in weights.extractors:
        raise ValueError(f"{FILE}: extractors.{ANY} is missing")
    for name, value in weights.cues.items():
        if value * sign_of(name) < 0:
            raise ValueError(f"{FILE}: cues.{name} has the wrong sign")
    return weights


@cache
def load_weights() -> Weights:
    """Return the packaged weights."""
    return read_weights(files(__package__).joinpath(FILE).read_text(encoding="utf-8"))
