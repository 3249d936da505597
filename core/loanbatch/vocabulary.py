"""The dictionary of the field: document kinds, field names, types.

The words themselves are data (`data/vocabulary.toml`); plugins add theirs through the
`register_fields` hook. A vocabulary is a plain object that is handed around; nothing is loaded at
import.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import Any

import tomli
from attrs import evolve, field, frozen


class FieldType(StrEnum):
    """What a field's raw text means, and so how it is normalized."""

    #: Decimal with two places; currency beside it.
    MONEY = "money"
    #: Decimal; 3.875 means 3.875 %.
    PERCENT = "percent"
    DATE = "date"
    #: A length of time as whole months.
    MONTHS = "months"
    #: A calendar year.
    YEAR = "year"
    #: A whole number.
    COUNT = "count"
    #: Decimal of any kind.
    NUMBER = "number"
    #: Kept as printed.
    IDENTIFIER = "identifier"
    #: One person or organization.
    NAME = "name"
    #: One entry per person.
    NAMES = "names"
    #: Printed lines joined with a comma.
    ADDRESS = "address"
    TEXT = "text"
    #: bool.
    YES_NO = "yes_no"
    #: Several texts.
    LIST = "list"
    #: Rows of cells, each a field of its own.
    ROWS = "rows"


@frozen(kw_only=True)
class FieldDefinition:
    """What is known of a field before any document is read."""

    name: str
    type: FieldType
    #: Personal data: masked in logs and errors and, on request, in reports.
    personal: bool = False
    #: For rows: the cells by name.
    columns: Mapping[str, FieldType] = field(factory=dict)

    def column(self, name: str) -> FieldDefinition:
        """Return the definition of one column's cells; text where the column is not listed."""
        return FieldDefinition(
            name=name, type=self.columns.get(name, FieldType.TEXT), personal=self.personal
        )


@frozen(kw_only=True)
class KindDefinition:
    """A kind of document."""

    name: str
    #: For people.
    title: str
    #: Names of the fields that such a document usually has.
    fields: tuple[str, ...] = ()


@frozen(kw_only=True)
class Vocabulary:
    """All kinds and fields that are known."""

    kinds: Mapping[str, KindDefinition]
    fields: Mapping[str, FieldDefinition]

    def field(self, name: str) -> FieldDefinition:
        """Return a field's definition; an unknown name is taken as text."""
        return self.fields.get(name) or FieldDefinition(name=name, type=FieldType.TEXT)

    def extended(
        self, *, kinds: Iterable[KindDefinition] = (), fields: Iterable[FieldDefinition] = ()
    ) -> Vocabulary:
        """Return a vocabulary with more words; known names are replaced, but stay personal."""
        return Vocabulary(
            kinds={**self.kinds, **{kind.name: kind for kind in kinds}},
            fields={**self.fields, **{item.name: self._still_personal(item) for item in fields}},
        )

    def _still_personal(self, item: FieldDefinition) -> FieldDefinition:
        known = self.fields.get(item.name)
        return evolve(item, personal=True) if known is not None and known.personal else item


def _field_from_table(name: str, table: Mapping[str, Any]) -> FieldDefinition:
    columns = {column: FieldType(kind) for column, kind in table.get("columns", {}).items()}
    return FieldDefinition(
        name=name,
        type=FieldType(table["type"]),
        personal=table.get("personal", False),
        columns=columns,
    )


@cache
def standard_vocabulary() -> Vocabulary:
    """Return the built-in vocabulary, read once."""
    text = files("loanbatch").joinpath("data/vocabulary.toml").read_text(encoding="utf-8")
    tables = tomli.loads(text)
    return Vocabulary(
        kinds={
            name: KindDefinition(name=name, title=table["title"], fields=tuple(table["fields"]))
            for name, table in tables["kinds"].items()
        },
        fields={name: _field_from_table(name, t) for name, t in tables["fields"].items()},
    )
