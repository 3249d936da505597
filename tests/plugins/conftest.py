"""What the tests of plugins share: papers that are given as typed text, read by templates."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from loanbatch.models import Document, Field
from loanbatch.settings import Settings, load_settings
from loanbatch.testing import make_page
from loanbatch.vocabulary import standard_vocabulary
from loanbatch_plugins import normalizers, templates

#: Wide enough for the longest line of the papers.
_WIDTH, _HEIGHT = 900.0, 1400.0

Read = Callable[..., dict[str, Field]]


@pytest.fixture(scope="session")
def read() -> Read:
    """Extract and normalize the fields of a paper: its kind, then the typed text of each page."""
    settings = load_settings({"log_level": "error"}, environ={})

    def read_paper(kind: str, *texts: str) -> dict[str, Field]:
        pages = [
            make_page(*text.split("\n"), number=number, width=_WIDTH, height=_HEIGHT)
            for number, text in enumerate(texts, 1)
        ]
        document = Document(kind=kind, first_page=1, last_page=len(pages))
        found = templates.extract(document, pages, settings) or ()
        return {field.name: _normalized(field, settings) for field in found}

    return read_paper


def _normalized(field: Field, settings: Settings) -> Field:
    if field.value is not None or field.rows:
        return field
    definition = standard_vocabulary().field(field.name)
    return normalizers.normalize(field, definition, settings) or field


@pytest.fixture(scope="session")
def assert_reads(read: Read) -> Callable[[str, str, Mapping[str, Any]], dict[str, Field]]:
    """Assert the values that a paper of one page must give, and return all its fields."""

    def check(kind: str, text: str, expected: Mapping[str, Any]) -> dict[str, Field]:
        fields = read(kind, text)
        found = {name: fields[name].value for name in expected if name in fields}
        assert {name: found.get(name) for name in expected} == expected
        return fields

    return check
