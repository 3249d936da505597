"""The reader of each type of field."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from loanbatch.models import Field
from loanbatch.vocabulary import FieldType
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


def read(field: Field, kind: FieldType, *, day_first: bool) -> Reading | None:
    """Return what a field's raw text means; None where that is not certain.

    Args:
        field: With its raw text.
        kind: Its type.
        day_first: Whether the day comes first in dates, unless the document says otherwise.
    """
    if kind is FieldType.DATE:
        first = day_first or field.extractor.rpartition("/")[2] in _DAY_FIRST_TEMPLATES
        return dates.parse_date(field.raw, day_first=first, birth="birth" in field.name)
    return _PARSERS[kind](field)


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
