"""Which currency a document reckons in, told by its signs, and how it writes dates.

United States dollars are what documents without another sign mean. A document in rupees, euros or
pounds writes the day first.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from attrs import evolve, frozen

from loanbatch.models import Field, Word
from loanbatch.vocabulary import FieldType, Vocabulary
from loanbatch_plugins.layout import union
from loanbatch_plugins.templates._entries import writes_day_first
from loanbatch_plugins.templates._schema import Template
from loanbatch_plugins.templates._view import DocumentView

_SIGNS = {
    "INR": re.compile(r"^[(\[]?(?:₹|Rs\b\.?|INR\b|Rupees\b)", re.IGNORECASE),
    "EUR": re.compile(r"^[(\[]?(?:€|EUR\b)"),
    "GBP": re.compile(r"^[(\[]?(?:£|GBP\b)"),
    "USD": re.compile(r"^[(\[]?(?:US)?\$|^USD\b"),
}
#: Indian grouping of digits: 12,34,567.
_LAKHS = re.compile(
    r"^\W{0,2}\d{1,2}(?:,\d{2})+,\d{3}(?:\.\d\d)?\W*$|^(?:lakhs?|lacs?|crores?)\b", re.IGNORECASE
)
_LEAST = 1
#: Where these are paid the day is written first.
_DAY_FIRST = frozenset({"INR", "EUR", "GBP"})


@frozen
class Currency:
    """A document's currency and the words that say so."""

    code: str
    page: int
    words: tuple[Word, ...]


@lru_cache(maxsize=8192)
def _signs(word: str) -> tuple[bool, tuple[str, ...]]:
    """Return whether a word is an amount in lakhs, and the currencies whose signs it has."""
    codes = tuple(code for code, sign in _SIGNS.items() if sign.match(word))
    return _LAKHS.match(word) is not None, codes


def find_currency(view: DocumentView) -> Currency | None:
    """Return the currency that most signs of the document name; None for dollars, or none."""
    seen: dict[str, list[tuple[int, Word]]] = {code: [] for code in _SIGNS}
    lakhs = 0
    for layout in view.layouts:
        for word in layout.page.words:
            in_lakhs, codes = _signs(word.text)
            lakhs += in_lakhs
            for code in codes:
                seen[code].append((layout.number, word))
    code = max(
        seen, key=lambda item: len(seen[item]) + (lakhs if item == "INR" and seen[item] else 0)
    )
    if code == "USD" or len(seen[code]) < _LEAST:
        return None
    page, word = seen[code][0]
    return Currency(code, page, (word,))


def apply_currency(
    fields: Sequence[Field], currency: Currency | None, extractor: str, template: Template
) -> list[Field]:
    """Give a document's fields the currency it reckons in, and add it as a field of its own."""
    if currency is None:
        return list(fields)
    vocabulary = template.vocabulary
    name = f"{extractor}/in" if currency.code == "INR" else extractor
    kept = [_marked(field, currency.code, name, vocabulary) for field in fields]
    known = vocabulary.kinds.get(template.kind)
    if fields and known is not None and "currency" in known.fields:
        kept.append(
            Field(
                name="currency",
                raw=currency.words[0].text,
                page=currency.page,
                box=union(currency.words),
                confidence=0.95,
                extractor=name,
                value=currency.code,
            )
        )
    return kept


def apply_day_order(
    fields: Sequence[Field], view: DocumentView, currency: Currency | None
) -> list[Field]:
    """Mark a document's fields where it writes the day first.

    A day over twelve shows it; where there is none, the currency tells what is usual.
    """
    words = (word.text.strip("|,.") for layout in view.layouts for word in layout.page.words)
    usual = currency is not None and currency.code in _DAY_FIRST
    if not writes_day_first(words, usual=usual):
        return list(fields)
    return [
        item
        if item.extractor.endswith("/in")
        else evolve(item, extractor=f"{item.extractor}/day_first")
        for item in fields
    ]


def _marked(field: Field, code: str, extractor: str, vocabulary: Vocabulary) -> Field:
    kind = vocabulary.field(field.name).type
    return evolve(
        field,
        extractor=extractor,
        currency=code if kind is FieldType.MONEY else None,
        rows=tuple(
            tuple(
                evolve(
                    cell,
                    extractor=extractor,
                    currency=code
                    if vocabulary.field(field.name).column(cell.name).type is FieldType.MONEY
                    else None,
                )
                for cell in row
            )
            for row in field.rows
        ),
        alternatives=tuple(evolve(item, extractor=extractor) for item in field.alternatives),
    )
