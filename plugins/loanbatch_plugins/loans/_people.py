"""The people who owe a loan, met again in its documents under variants of their names."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from loanbatch.loans import Borrower, LoanDocument, Observation
from loanbatch.models import Field
from loanbatch_plugins.alike import fullest, same_person
from loanbatch_plugins.loans._standing import kind_rule

#: Names those who owe the loan.
BORROWERS = "borrower_names"

_Named = tuple[str, Observation]


def borrowers_of(documents: Sequence[LoanDocument], order: Sequence[int]) -> tuple[Borrower, ...]:
    """Return the borrowers, those of the most believed document first.

    Where no document names borrowers, the people that its documents are about stand for them.

    Args:
        documents: Of the loan.
        order: Their places, the one that is believed first in front.
    """
    owing = [item for place in order for item in _named(documents, place, (BORROWERS,))]
    about = [
        item
        for place in order
        for item in _named(documents, place, kind_rule(documents[place].document.kind).persons)
    ]
    groups: list[list[_Named]] = []
    for item in owing or about:
        group = _group_of(item, groups)
        if group is None:
            groups.append([item])
        else:
            group.append(item)
    if owing:
        for item in about:
            group = _group_of(item, groups)
            if group is not None:
                group.append(item)
    return tuple(map(_borrower, groups))


def _borrower(group: Sequence[_Named]) -> Borrower:
    observations = tuple(dict.fromkeys(observation for _, observation in group))
    return Borrower(name=fullest(name for name, _ in group), observations=observations)


def _named(documents: Sequence[LoanDocument], place: int, names: Sequence[str]) -> Iterator[_Named]:
    for name in names:
        field = documents[place].document.fields.get(name)
        if field is not None:
            observation = Observation(document=place, name=name, field=field)
            yield from ((person, observation) for person in persons_in(field))


def persons_in(field: Field) -> tuple[str, ...]:
    """Return the people that a field names."""
    if isinstance(field.value, tuple):
        return field.value
    return (field.value,) if isinstance(field.value, str) else ()


def _group_of(item: _Named, groups: Sequence[list[_Named]]) -> list[_Named] | None:
    """Return whose name it is: that of one who is called exactly so, else of the first it fits.

    One field names a person once: father and son of one name are two, where both are in it.
    """
    name, observation = item
    fitting = [
        group
        for group in groups
        if all(same_person(name, known) for known, _ in group)
        and not any(seen == observation for _, seen in group)
    ]
    exact = (g for g in fitting if any(name.casefold() == known.casefold() for known, _ in g))
    return next(exact, fitting[0] if fitting else None)
