"""The tables of this plugin: what is believed first, and how documents stand to each other."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from attrs import frozen

from loanbatch.vocabulary import FieldType, standard_vocabulary

#: What may contradict each other without being listed.
_EXACT = frozenset(
    {
        FieldType.MONEY,
        FieldType.PERCENT,
        FieldType.DATE,
        FieldType.MONTHS,
        FieldType.COUNT,
        FieldType.NUMBER,
        FieldType.YES_NO,
    }
)
#: Joined as persons, not as facts.
_PERSONS = frozenset({FieldType.NAMES, FieldType.ROWS})


@frozen(kw_only=True)
class FactRule:
    """How one fact is joined."""

    name: str
    #: Kinds, the one that is believed first in front.
    kinds: tuple[str, ...]
    #: The field's name where a kind calls it otherwise.
    names: Mapping[str, str]
    #: Kinds whose word is not final.
    estimated: frozenset[str]
    #: Whether two documents may contradict each other about it.
    compared: bool
    #: Whether it is told of a person, and joined for the first borrower only.
    person: bool

    def field_of(self, kind: str) -> str:
        """Return what a kind calls it."""
        return self.names.get(kind, self.name)


@frozen(kw_only=True)
class KindRule:
    """How documents of a kind stand to each other."""

    #: Fields that say when it was issued.
    issued: tuple[str, ...] = ()
    #: Whether a later one replaces an earlier one.
    reissued: bool = False
    #: Fields that name whom it is about.
    persons: tuple[str, ...] = ()


@frozen(kw_only=True)
class Need:
    """What a loan of a type should have."""

    #: One of these.
    kinds: tuple[str, ...]
    #: For a person.
    what: str
    #: Why.
    source: str


@frozen(kw_only=True)
class LoanType:
    """A type of loan."""

    name: str
    #: Kinds of which one shows the type.
    kinds: frozenset[str]
    #: Fields that show it in a document that describes the loan.
    fields: tuple[str, ...]
    needs: tuple[Need, ...]


@frozen(kw_only=True)
class Tables:
    """All that is data here."""

    facts: Mapping[str, FactRule]
    kinds: Mapping[str, KindRule]
    types: tuple[LoanType, ...]
    #: For fields of documents that describe the loan and are no fact of the table.
    others: FactRule
    describing: frozenset[str]
    left_out: frozenset[str]

    def rule_for(self, name: str) -> FactRule:
        """Return how a field of a document that describes the loan is joined."""
        known = self.facts.get(name)
        if known is not None:
            return known
        exact = standard_vocabulary().field(name).type in _EXACT
        rule = self.others
        return FactRule(
            name=name,
            kinds=rule.kinds,
            names={},
            estimated=rule.estimated,
            compared=exact,
            person=False,
        )

    def is_fact(self, name: str) -> bool:
        """Tell whether a field of a document that describes the loan is a fact of it."""
        return name not in self.left_out and standard_vocabulary().field(name).type not in _PERSONS


@cache
def tables() -> Tables:
    """Return the tables, read once."""
    facts, kinds = _read("facts.toml"), _read("kinds.toml")
    orders = {name: tuple(table["kinds"]) for name, table in facts["orders"].items()}
    others = facts["others"]
    return Tables(
        facts={name: _fact(name, table, orders) for name, table in facts["facts"].items()},
        kinds={name: _kind(table) for name, table in kinds["kinds"].items()},
        types=tuple(_type(name, table) for name, table in kinds["types"].items()),
        others=_fact("", others, orders),
        describing=frozenset(others["kinds"]),
        left_out=frozenset(others["left_out"]),
    )


def _read(name: str) -> dict[str, Any]:
    text = files("loanbatch_plugins.loans").joinpath(name).read_text(encoding="utf-8")
    return tomllib.loads(text)


def _fact(name: str, table: Mapping[str, Any], orders: Mapping[str, tuple[str, ...]]) -> FactRule:
    return FactRule(
        name=name,
        kinds=orders[table["order"]],
        names=table.get("names", {}),
        estimated=frozenset(table.get("estimated", ())),
        compared=table.get("compared", True),
        person=table.get("person", False),
    )


def _kind(table: Mapping[str, Any]) -> KindRule:
    return KindRule(
        issued=tuple(table.get("issued", ())),
        reissued=table.get("reissued", False),
        persons=tuple(table.get("persons", ())),
    )


def _type(name: str, table: Mapping[str, Any]) -> LoanType:
    return LoanType(
        name=name,
        kinds=frozenset(table["kinds"]),
        fields=tuple(table["fields"]),
        needs=tuple(
            Need(kinds=tuple(need["kinds"]), what=need["what"], source=need["source"])
            for need in table["needs"]
        ),
    )
