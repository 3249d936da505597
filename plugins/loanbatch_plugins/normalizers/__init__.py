"""Bundled plugin of the normalize stage: raw text to a typed value, by the field's type.

Everything here is a pure function of the raw text and the field's definition. What cannot be
understood for certain stays without value; a reading that needed mending lowers the field's
confidence. The readers are loaded with the first value, because of their patterns.
"""

from __future__ import annotations

from attrs import evolve, frozen

from loanbatch.hookspecs import hookimpl
from loanbatch.models import Field
from loanbatch.settings import Settings
from loanbatch.vocabulary import FieldDefinition


@frozen(kw_only=True)
class NormalizerSettings:
    """The table `[loanbatch.normalizers]`."""

    #: 05/04/2026 is the fifth of April; where the document itself says otherwise, that counts.
    day_first: bool = False


@hookimpl
def register_settings() -> type:
    """Give the plugin's own table of settings."""
    return NormalizerSettings


@hookimpl
def normalize(field: Field, definition: FieldDefinition, settings: Settings) -> Field | None:
    """Give the field its typed value; None where its raw text cannot be understood for certain."""
    if field.rows:
        return None
    from loanbatch_plugins.normalizers._by_type import read

    day_first = settings.plugin(NormalizerSettings).day_first
    reading = read(field, definition.type, day_first=day_first)
    if reading is None:
        return None
    return evolve(
        field,
        value=reading.value,
        currency=field.currency or reading.currency,
        confidence=field.confidence * reading.certainty,
    )
