"""Bundled plugin of the normalize stage: raw text to a typed value, by the field's type.

Everything here is a pure function of the raw text and the field's definition. What cannot be
understood for certain stays without value; a reading that needed mending lowers the field's
confidence.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from attrs import evolve, frozen

from loanbatch.hookspecs import hookimpl
from loanbatch.models import Field
from loanbatch.settings import Settings
from loanbatch.vocabulary import FieldDefinition, FieldType
from loanbatch_plugins.normalizers import (
    addresses,
    choices,
    dates,
    identifiers,
    money,
    names,
    numbers,
)
from loanbatch_plugins.normalizers._reading import Reading

#: Templates of documents whose country writes the day first; an extractor is `plugin/template`, and
#: `plugin/template/in` where the document itself is found to be Indian, and
#: `plugin/template/day_first` where one of its days is over twelve.
_DAY_FIRST_TEMPLATES = frozenset({"key_facts_statement", "sanction_letter", "in", "day_first"})


@frozen(kw_only=True)
class NormalizerSettings:
    """The table `[loanbatch.normalizers]`."""

    #: 05/04/2026 is the fifth of April; where the document itself says otherwise, that counts.
    day_first: bool = False


@hookimpl
def register_settings() -> type:
    """Give the plugin's own table of settings."""
    return NormalizerSettings


def _read_date(field: Field, own: NormalizerSettings) -> Reading | None:
    day_first = own.day_first or field.extractor.rpartition("/")[2] in _DAY_FIRST_TEMPLATES
    return dates.parse_date(field.raw, day_first=day_first, birth="birth" in field.name)


_PARSERS: Mapping[FieldType, Callable[[Field], Reading | None]] = {
    FieldType.MONEY: lambda field: money.parse_money(field.raw, field.name),
    FieldType.PERCENT: lambda field: money.parse_percent(field.raw, field.name),
    FieldType.MONTHS: lambda field: dates.parse_months(field.raw),
    FieldType.YEAR: lambda field: numbers.parse_year(field.raw),
    FieldType.COUNT: lambda field: numbers.parse_count(field.raw),
    FieldType.NUMBER: lambda field: numbers.parse_number(field.raw),
    FieldType.IDENTIFIER: lambda field: identifiers.parse_identifier(field.raw, field.name),
    FieldType.NAME: lambda field: names.parse_name(field.raw),
    FieldType.NAMES: lambda field: names.parse_names(field.raw),
    FieldType.ADDRESS: lambda field: addresses.parse_address(field.raw),
    FieldType.TEXT: lambda field: choices.parse_text(field.raw),
    FieldType.YES_NO: lambda field: choices.parse_yes_no(field.raw),
    FieldType.LIST: lambda field: choices.parse_list(field.raw),
    # A table that a form states as its sum only: `deductions` of a tax return.
    FieldType.ROWS: lambda field: money.parse_money(field.raw, field.name),
}


@hookimpl
def normalize(field: Field, definition: FieldDefinition, settings: Settings) -> Field | None:
    """Give the field its typed value; None where its raw text cannot be understood for certain."""
    if field.rows:
        return None
    if definition.type is FieldType.DATE:
        reading = _read_date(field, settings.plugin(NormalizerSettings))
    else:
        reading = _PARSERS[definition.type](field)
    if reading is None:
        return None
    return evolve(
        field,
        value=reading.value,
        currency=field.currency or reading.currency,
        confidence=field.confidence * reading.certainty,
    )
