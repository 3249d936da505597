"""Bundled plugin of the extract stage: finds fields with templates, one file of rules a kind.

Templates are data (`kinds/*.toml`, and the folder that the setting `templates` names, whose files
may teach new kinds and fields); the engine knows layout, labels and types but nothing about
lending. A kind without a template is read with the lexicon of labels alone, cautiously.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from loanbatch.hookspecs import hookimpl
from loanbatch.models import Document, Field, Page
from loanbatch.settings import Settings
from loanbatch.vocabulary import FieldDefinition, KindDefinition

if TYPE_CHECKING:
    import click


@hookimpl
def register_fields(settings: Settings) -> Iterable[FieldDefinition | KindDefinition]:
    """Give the kinds and fields that template files of one's own teach."""
    if not settings.templates:
        return ()
    from loanbatch_plugins.templates._own import read_own

    own = read_own(settings.template_files())
    return (*own.kinds, *own.fields)


@hookimpl
def register_commands(group: click.Group) -> None:
    """Add `loanbatch templates`."""
    from loanbatch_plugins.templates._commands import templates

    group.add_command(templates)


@hookimpl
def extract(
    document: Document, pages: Sequence[Page], settings: Settings
) -> Iterable[Field] | None:
    """Find the fields of a document with the template of its kind, else with the lexicon alone."""
    from loanbatch_plugins.templates._engine import extract_fields
    from loanbatch_plugins.templates._own import template_of

    return extract_fields(template_of(document.kind, settings), pages)


def __getattr__(name: str) -> str:
    # Computed when asked for: hashing the files is no business of an import.
    if name == "FINGERPRINT":
        from loanbatch_plugins.templates._fingerprint import fingerprint

        return fingerprint()
    raise AttributeError(name)
