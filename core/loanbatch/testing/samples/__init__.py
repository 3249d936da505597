"""Makes loan documents whose truth is known: for tests, for demonstrations, for measuring accuracy.

Everything is invented, everything follows from a seed, and the numbers of a document hold together as a
lender's would: payments follow from amount, rate and term, totals from their rows. `Sample.labels()` gives
the truth in the form of label files.

    from loanbatch.testing.samples import Stamp, as_scan, make_sample

    sample = make_sample("paystub", seed=7)
    scan = as_scan(sample, dpi=150, format="jpeg", damages=[Stamp("PAID")])
"""

from __future__ import annotations

from loanbatch.testing.samples._broken import broken_samples
from loanbatch.testing.samples._canvas import SamplesUnavailableError
from loanbatch.testing.samples._damages import (
    Blur,
    Damage,
    Fold,
    Handwriting,
    Noise,
    PunchHoles,
    Skew,
    Speckle,
    Stamp,
    Turn,
    UnevenLight,
)
from loanbatch.testing.samples._loan_file import CONTRADICTIONS, Contradiction, make_loan_file
from loanbatch.testing.samples._making import KINDS, make_package, make_sample, styles
from loanbatch.testing.samples._scans import DEGRADATIONS, Degradation, as_scan, degraded
from loanbatch.testing.samples._truth import Sample, TrueDocument
from loanbatch.testing.samples._writing import sample_set, write_samples

__all__ = [
    "CONTRADICTIONS",
    "DEGRADATIONS",
    "KINDS",
    "Blur",
    "Contradiction",
    "Damage",
    "Degradation",
    "Fold",
    "Handwriting",
    "Noise",
    "PunchHoles",
    "Sample",
    "SamplesUnavailableError",
    "Skew",
    "Speckle",
    "Stamp",
    "TrueDocument",
    "Turn",
    "UnevenLight",
    "as_scan",
    "broken_samples",
    "degraded",
    "make_loan_file",
    "make_package",
    "make_sample",
    "sample_set",
    "styles",
    "write_samples",
]
