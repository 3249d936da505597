"""Bundled plugin of the extract stage: finds fields with templates, one file of rules a kind.

Templates are data (`kinds/*.toml`, and a folder of one's own); the engine knows layout, labels and
types but nothing about lending. A kind without a template is read with the lexicon of labels alone,
cautiously.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from attrs import field, frozen

from loanbatch.hookspecs import hookimpl
from loanbatch.models import Document, Field, Page
from loanbatch.settings import Settings


@frozen(kw_only=True)
class TemplateSettings:
    """The table `[loanbatch.templates]`."""

    #: Folder with template files of one's own; a file there replaces the packaged one of its kind.
    folder: str = field(default="")


@hookimpl
def register_settings() -> type:
    """Give the plugin's own table of settings."""
    return TemplateSettings


@hookimpl
def extract(
    document: Document, pages: Sequence[Page], settings: Settings
) -> Iterable[Field] | None:
    """Find the fields of a document with the template of its kind, else with the lexicon alone."""
    from loanbatch_plugins.templates._engine import extract_fields
    from loanbatch_plugins.templates._generic import generic_template
    from loanbatch_plugins.templates._loading import load_template

    folder = settings.plugin(TemplateSettings).folder
    template = load_template(document.kind, folder) or generic_template(document.kind)
    return extract_fields(template, pages)


def __getattr__(name: str) -> str:
    # Computed when asked for: hashing the files is no business of an import.
    if name == "FINGERPRINT":
        from loanbatch_plugins.templates._fingerprint import fingerprint

        return fingerprint()
    raise AttributeError(name)
