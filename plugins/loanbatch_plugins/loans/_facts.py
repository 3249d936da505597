"""One fact, many observations: who is believed, and who says otherwise."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from attrs import frozen

from loanbatch.loans import Borrower, Fact, LoanDocument, Observation, Standing
from loanbatch.models import Document, Value
from loanbatch.vocabulary import standard_vocabulary
from loanbatch_plugins.alike import same_person, same_value
from loanbatch_plugins.loans._people import BORROWERS, persons_in
from loanbatch_plugins.loans._standing import kind_rule
from loanbatch_plugins.loans._tables import FactRule, tables

#: Of documents of one kind, in this order.
_STANDINGS = (Standing.CURRENT, Standing.DUPLICATE, Standing.SUPERSEDED)


@frozen(kw_only=True)
class JoinedFact:
    """A fact, and what contradicts it."""

    fact: Fact
    #: Observations of current documents that say otherwise than the first of them that is final.
    contradicting: tuple[Observation, ...] = ()
    #: The one that they contradict.
    contradicted: Observation | None = None


def believed_first(documents: Sequence[LoanDocument], kinds: Sequence[str]) -> tuple[int, ...]:
    """Return the places of documents of some kinds, the one that is believed first in front.

    By kind; then current documents, copies, and those that a later one replaces; then the latest.
    """
    ranks = {kind: rank for rank, kind in enumerate(kinds)}

    def key(place: int) -> tuple[int, int, int]:
        item = documents[place]
        age = -item.issued.toordinal() if item.issued is not None else 0
        return ranks[item.document.kind], _STANDINGS.index(item.standing), age

    return tuple(
        sorted((p for p, item in enumerate(documents) if item.document.kind in ranks), key=key)
    )


def facts_of(
    documents: Sequence[LoanDocument], borrowers: Sequence[Borrower]
) -> dict[str, JoinedFact]:
    """Return the facts of a loan by name, in the order of the table."""
    found = {}
    for rule in _rules(documents):
        observations = tuple(_observations(documents, borrowers, rule))
        if observations:
            found[rule.name] = _joined(documents, rule, observations)
    return found


def _rules(documents: Sequence[LoanDocument]) -> Iterator[FactRule]:
    table = tables()
    yield from table.facts.values()
    names = (
        name
        for item in documents
        if item.document.kind in table.describing
        for name in item.document.fields
    )
    for name in dict.fromkeys(names):
        if name not in table.facts and table.is_fact(name):
            yield table.rule_for(name)


def _observations(
    documents: Sequence[LoanDocument], borrowers: Sequence[Borrower], rule: FactRule
) -> Iterator[Observation]:
    for place in believed_first(documents, rule.kinds):
        document = documents[place].document
        name = rule.field_of(document.kind)
        field = document.fields.get(name)
        if field is None or field.value is None or isinstance(field.value, tuple):
            continue
        if not rule.person or not borrowers or _is_about(document, borrowers[0]):
            yield Observation(document=place, name=name, field=field)


def _is_about(document: Document, borrower: Borrower) -> bool:
    """Tell whether what a document says of a person, it says of this borrower."""
    names = kind_rule(document.kind).persons or (BORROWERS,)
    named = [document.fields[name] for name in names if name in document.fields]
    people = [person for field in named for person in persons_in(field)]
    return bool(people) and same_person(people[0], borrower.name)


def _joined(
    documents: Sequence[LoanDocument], rule: FactRule, observations: Sequence[Observation]
) -> JoinedFact:
    first = observations[0]
    final = [item for item in observations if _is_final(documents[item.document], rule)]
    contradicting = tuple(
        item for item in final[1:] if rule.compared and not _agree(rule.name, final[0], item)
    )
    fact = Fact(
        name=rule.name,
        value=_value(first),
        currency=first.field.currency,
        observations=tuple(observations),
        contradicted=bool(contradicting),
    )
    return JoinedFact(
        fact=fact,
        contradicting=contradicting,
        contradicted=final[0] if contradicting else None,
    )


def _is_final(item: LoanDocument, rule: FactRule) -> bool:
    return item.standing is Standing.CURRENT and item.document.kind not in rule.estimated


def _agree(name: str, one: Observation, other: Observation) -> bool:
    currencies = {item.field.currency for item in (one, other) if item.field.currency}
    kind = standard_vocabulary().field(name).type
    return len(currencies) < 2 and same_value(_value(one), _value(other), kind)  # noqa: PLR2004


def _value(observation: Observation) -> Value:
    value = observation.field.value
    if value is None:
        raise ValueError(observation.name)
    return value
