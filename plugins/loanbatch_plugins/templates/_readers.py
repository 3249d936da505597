"""Readers in code for what labels and places cannot say, by the names under which templates ask for
them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from loanbatch_plugins.templates import _projected
from loanbatch_plugins.templates._candidates import Candidate
from loanbatch_plugins.templates._schema import Rule
from loanbatch_plugins.templates._view import DocumentView

Reader = Callable[[DocumentView, Rule, str], Iterable[Candidate]]

READERS: Mapping[str, Reader] = {
    "projected_payments": _projected.periods,
    "projected_mortgage_insurance": _projected.first_period("mortgage_insurance"),
    "projected_escrow": _projected.first_period("escrow"),
    "projected_total": _projected.first_period("total"),
}
