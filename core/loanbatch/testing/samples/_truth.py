"""What a sample is: its bytes, and the truth about the documents in it.

The truth is recorded while a page is drawn, so that only what is printed is ever claimed. Values have the
form of label files (`NAME.gold.json`): money and percent as decimal strings, dates in ISO 8601.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from hashlib import sha256
from typing import Any

from attrs import field, frozen

from loanbatch.testing.samples._formats import cents, dollars, plain_percent, us_date


@frozen(kw_only=True)
class TrueDocument:
    """A document of a sample, with the values that it prints."""

    #: As in the vocabulary.
    kind: str
    first_page: int
    #: Inclusive.
    last_page: int
    #: Values as in label files: strings, whole numbers, yes/no, lists, rows.
    fields: Mapping[str, Any] = field(factory=dict)
    #: The runs of text as drawn, by field; empty for what a mark or the wording tells.
    printed: Mapping[str, tuple[str, ...]] = field(factory=dict)
    #: The page on which each field stands first.
    pages: Mapping[str, int] = field(factory=dict)

    def on_pages(self, last: int) -> TrueDocument:
        """Return what is left of the document when only the pages up to `last` are kept."""
        kept = {name for name, page in self.pages.items() if page <= last}
        return TrueDocument(
            kind=self.kind,
            first_page=self.first_page,
            last_page=min(self.last_page, last),
            fields={name: value for name, value in self.fields.items() if name in kept},
            printed={name: texts for name, texts in self.printed.items() if name in kept},
            pages={name: page for name, page in self.pages.items() if name in kept},
        )


@frozen(kw_only=True)
class Sample:
    """A file made for tests and demonstrations."""

    file_name: str
    content: bytes = field(repr=False)
    #: Empty for a broken file.
    truth: tuple[TrueDocument, ...] = ()
    page_count: int = 1
    #: Whether the words are in the file (born digital) or only in its pictures.
    has_text_layer: bool = True
    #: The error code that a broken file must end with; None for a sound one.
    error_code: str | None = None

    def labels(self) -> dict[str, Any]:
        """Return the content of the label file that stands beside the sample."""
        return {
            "file": self.file_name,
            "sha256": sha256(self.content).hexdigest(),
            "derived": "made by loanbatch.testing.samples",
            "page_count": self.page_count,
            "text": "born_digital" if self.has_text_layer else "scanned",
            "documents": [
                {
                    "kind": document.kind,
                    "first_page": document.first_page,
                    "last_page": document.last_page,
                    "fields": dict(document.fields),
                }
                for document in self.truth
            ],
            "licence": "Apache-2.0; all persons, firms and numbers are invented",
        }

    def labels_json(self) -> str:
        """Return the label file's text, ending with a line break."""
        return json.dumps(self.labels(), indent=1, ensure_ascii=False) + "\n"


class TruthRecorder:
    """Collects the truth of one document while it is drawn; each method returns the text to draw."""

    def __init__(self, kind: str, first_page: int) -> None:
        self.kind = kind
        self.first_page = first_page
        #: Kept up to date by whoever draws.
        self.page = first_page
        self._fields: dict[str, Any] = {}
        self._printed: dict[str, list[str]] = {}
        self._pages: dict[str, int] = {}

    def plain(self, name: str, value: Any, *printed: str) -> str:
        """Record a value in the form of the labels, and the texts that show it."""
        texts = printed or ((value,) if isinstance(value, str) else ())
        self._fields.setdefault(name, value)
        self._pages.setdefault(name, self.page)
        self._printed.setdefault(name, []).extend(texts)
        return texts[0] if texts else ""

    def money(self, name: str, amount: Decimal, printed: str | None = None) -> str:
        """Record an amount; printed as dollars and cents unless told otherwise."""
        return self.plain(name, f"{cents(amount):.2f}", printed or dollars(amount))

    def percent(self, name: str, value: Decimal, printed: str | None = None) -> str:
        """Record a percentage; printed with a percent sign and without trailing zeros."""
        return self.plain(name, plain_percent(value), printed or f"{plain_percent(value)}%")

    def date(self, name: str, value: date, printed: str | None = None) -> str:
        """Record a date; printed as month/day/year unless told otherwise."""
        return self.plain(name, value.isoformat(), printed or us_date(value))

    def names(self, name: str, people: Sequence[str], *printed: str) -> str:
        """Record persons; printed joined with "and" unless told otherwise."""
        return self.plain(name, list(people), *(printed or (" and ".join(people),)))

    def address(self, name: str, lines: Sequence[str]) -> None:
        """Record an address that is drawn line by line."""
        self.plain(name, ", ".join(lines), *lines)

    def row(self, name: str, cells: Mapping[str, Any], *printed: str) -> None:
        """Add a row to a field of rows; decimals are money, dates become ISO 8601."""
        plain = {key: _plain(value) for key, value in cells.items() if value is not None}
        self._fields.setdefault(name, []).append(plain)
        self._pages[name] = self.page  # a table is complete with its last row
        self._printed.setdefault(name, []).extend(printed)

    def document(self) -> TrueDocument:
        """Return the truth; the page last drawn on is the document's last."""
        return TrueDocument(
            kind=self.kind,
            first_page=self.first_page,
            last_page=self.page,
            fields=self._fields,
            printed={name: tuple(texts) for name, texts in self._printed.items()},
            pages=self._pages,
        )


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return f"{cents(value):.2f}"
    if isinstance(value, date):
        return value.isoformat()
    return value
