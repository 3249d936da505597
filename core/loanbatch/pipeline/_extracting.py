"""The fields of one document, extracted and normalized."""

from __future__ import annotations

from collections.abc import Sequence

from attrs import evolve

from loanbatch import hookcalls
from loanbatch.models import Document, Finding, Page
from loanbatch.registry import Registry


def with_fields(
    registry: Registry, document: Document, pages: Sequence[Page]
) -> tuple[Document, tuple[Finding, ...]]:
    """Return a document with its fields, their evidence in points of the upright pages.

    Args:
        registry: With the plugins and settings of the job.
        document: As classified; fields that it has are replaced.
        pages: Its own.
    """
    bare = evolve(document, fields={})
    fields, findings = hookcalls.extract(registry, bare, pages)
    normalized = {name: hookcalls.normalize(registry, found) for name, found in fields.items()}
    return evolve(document, fields=normalized), findings
