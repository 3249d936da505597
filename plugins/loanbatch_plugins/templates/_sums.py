"""Amounts that add up: of fields whose sum fails, one was read from the wrong place.

Where exactly one of them would be right with another amount that the document prints, that one is
taken instead, for somebody to look at; else all of them are doubted.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from itertools import combinations

from attrs import evolve

from loanbatch.models import Field, Word
from loanbatch_plugins.templates._entries import read_amount
from loanbatch_plugins.templates._schema import Template
from loanbatch_plugins.templates._view import DocumentView

#: Below the threshold for review.
_DOUBTED = 0.6
_ROUNDING = Decimal("0.02")


def doubt_sums(view: DocumentView, fields: Sequence[Field], template: Template) -> list[Field]:
    """Return the fields with less confidence in those that do not add up as the template says."""
    found = {item.name: item for item in fields}
    for whole, parts in template.sums.items():
        names = (whole, *parts)
        amounts = {name: _amount(found[name].raw) for name in names if name in found}
        if len(amounts) == len(names) and None not in amounts.values():
            known = {name: amount for name, amount in amounts.items() if amount is not None}
            if not _adds_up(known, whole, parts):
                found.update(_doubted(view, found, known, whole))
    return [found[item.name] for item in fields]


def _amount(raw: str) -> Decimal | None:
    amount = read_amount(raw)
    return abs(amount) if amount is not None else None


def _adds_up(amounts: Mapping[str, Decimal], whole: str, parts: Sequence[str]) -> bool:
    """Whether the parts make the whole; one may be counted in another, but not the last."""
    *others, last = parts
    return any(
        abs(amounts[whole] - amounts[last] - sum(amounts[name] for name in some)) <= _ROUNDING
        for count in range(len(others) + 1)
        for some in combinations(others, count)
    )


def _doubted(
    view: DocumentView, found: Mapping[str, Field], amounts: Mapping[str, Decimal], whole: str
) -> dict[str, Field]:
    excess = sum(amounts.values()) - 2 * amounts[whole]
    better = {
        name: place
        for name, amount in amounts.items()
        if (place := _printed(view, amount + excess if name == whole else amount - excess))
    }
    if len(better) != 1:
        return {name: less_sure(found[name]) for name in amounts}
    [(name, (page, word))] = better.items()
    old = found[name]
    box = type(old.box)(word.left, word.top, word.right, word.bottom) if old.box else None
    rival = less_sure(evolve(old, alternatives=()))
    new = evolve(old, raw=word.text, page=page, box=box, alternatives=(rival,), value=None)
    return {name: less_sure(new)}


def less_sure(field: Field) -> Field:
    """Return a field with so little confidence that somebody looks at it."""
    return evolve(field, confidence=min(field.confidence, _DOUBTED))


def _printed(view: DocumentView, amount: Decimal) -> tuple[int, Word] | None:
    """Return where an amount above zero is printed, with its page."""
    if amount <= 0:
        return None
    return next((place for place in _words(view) if _amount(place[1].text) == amount), None)


def _words(view: DocumentView) -> Iterator[tuple[int, Word]]:
    for layout in view.layouts:
        for segment in layout.segments:
            for word in segment.words:
                if "." in word.text:
                    yield layout.number, word
