"""What a borrower owns and owes on the Uniform Residential Loan Application.

The form of 2021 gives each property a part of its own with address, value and mortgage loans. The
form of 2005 and 2009 sets assets and liabilities side by side: a cell for each, with the name of
the bank or company on its first line, its account's number on a later one, and amounts beside them.

Source: Fannie Mae form 1003 / Freddie Mac form 65, 7/05 (rev. 6/09) section VI; 1/2021 section 3.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from loanbatch.models import Word
from loanbatch.vocabulary import FieldType
from loanbatch_plugins.templates._candidates import Candidate, Cell, rows_of_cells
from loanbatch_plugins.templates._hits import Hit
from loanbatch_plugins.templates._schema import Rule
from loanbatch_plugins.templates._types import find_typed
from loanbatch_plugins.templates._view import DocumentView, words_at

_SCORE = 0.9
#: A cell of one bank or company is no higher than this, in heights of its caption.
_DEPTH = 9.0
#: What begins left of a caption by less than this is in its column, in its heights.
_MARGIN = 1.0
_ACCOUNT = re.compile(
    r"\bacct\.? ?no\.?:?\s*(?P<value>[\w*#-]*\d[\w*#-]*(?: [\w*#-]+)*)", re.IGNORECASE
)
#: The first line of an empty cell.
_NO_NAME = re.compile(r"acct\b", re.IGNORECASE)
_ADDRESS = re.compile(
    r"\bstreet_* ?(?P<street>\w.*?) (?:unit ?#_* ?(?P<unit>[\w-]{1,8})? )?"
    r"city_* ?(?P<city>\w.*?) state_* ?(?P<state>[a-z]{2})_* zip_* ?(?P<zip>\d{5}(?:-\d{4})?)",
    re.IGNORECASE,
)


def account_cells(view: DocumentView, rule: Rule, extractor: str) -> Iterator[Candidate]:
    """Yield a row for each filled cell under one of the rule's captions.

    `stop` names the captions of the cells right of them. Columns with labels are amounts under
    these headers; one without is the amount of the cell.
    """
    hits = [hit for hit in view.find_any(rule.labels) if hit.starts_cell]
    rows = []
    for hit in hits:
        lines = _lines(view, hit, hits, rule)
        cells = _account(view, hit, lines, rule) if lines else []
        if {cell.name for cell in cells} >= set(rule.required):
            rows.append((hit.page, cells))
    if rows:
        yield rows_of_cells(rows, _SCORE * rule.confidence, extractor)


def _lines(view: DocumentView, hit: Hit, hits: Sequence[Hit], rule: Rule) -> list[list[Word]]:
    left = hit.box.left - _MARGIN * hit.height
    beside = [
        other.box.left - _MARGIN * other.height
        for other in view.find(rule.stop)
        if other.page == hit.page and other.box.left > hit.box.right
    ]
    right = min(beside, default=hit.layout.page.width)
    below = [
        other.box.top
        for other in (*hits, *view.find(rule.end))
        if other.page == hit.page
        and other.box.top > hit.box.bottom
        and left <= other.box.left < right
    ]
    bottom = min([hit.box.bottom + _DEPTH * hit.height, *below])
    lines: dict[int, list[Word]] = {}
    for segment in hit.layout.between(hit.box.bottom, bottom):
        inside = [w for w in segment.words if left <= w.left < right]
        if inside and hit.box.bottom < segment.middle < bottom:
            lines.setdefault(segment.line, []).extend(inside)
    return [sorted(words, key=lambda w: w.left) for _, words in sorted(lines.items())]


def _account(
    view: DocumentView, hit: Hit, lines: Sequence[Sequence[Word]], rule: Rule
) -> list[Cell]:
    """Return name, number and amounts of a cell; nothing where no name is written."""
    amounts = [word for line in lines for word in line if _is_amount(word)]
    name = [word for word in lines[0] if word not in amounts and word.text != "$"]
    text = " ".join(word.text for word in name)
    if not any(map(str.isalpha, text)) or _NO_NAME.match(text):
        return []
    cells = [Cell("institution_name", text, tuple(name))]
    for line in lines[1:]:
        kept = [word for word in line if word not in amounts and word.text != "$"]
        found = _ACCOUNT.search(" ".join(word.text for word in kept))
        if found:
            cells.append(
                Cell("account_number", found["value"], words_at(kept, *found.span("value")))
            )
            break
    for column in rule.columns:
        if column.type is FieldType.MONEY:
            word = _amount_of(hit, amounts, view.find(column.labels))
            if word is not None:
                cells.append(Cell(column.name, word.text, (word,)))
    return cells


def _is_amount(word: Word) -> bool:
    found = find_typed(FieldType.MONEY, word.text)
    return bool(found) and "." in word.text and found[0].end == len(word.text)


def _amount_of(hit: Hit, amounts: Sequence[Word], headers: Sequence[Hit]) -> Word | None:
    """Return the amount under a header above the cell, or the last one for want of a header."""
    over = [h for h in headers if h.page == hit.page and h.box.bottom <= hit.box.top + hit.height]
    if not headers:
        return amounts[-1] if amounts else None
    for header in over:
        reach = 4 * header.height
        under = [w for w in amounts if header.box.left - reach < w.right < header.box.right + reach]
        if under:
            return under[0]
    return None


def owned_properties(view: DocumentView, rule: Rule, extractor: str) -> Iterator[Candidate]:
    """Yield a row for each part under one of the rule's headings: address, value, mortgage."""
    headings = [hit for hit in view.find_any(rule.labels) if hit.starts_cell]
    ends = [*headings, *view.find(rule.end)]
    rows = []
    for heading in headings:
        below = [
            e.box.top for e in ends if e.page == heading.page and e.box.top > heading.box.bottom
        ]
        bottom = min(below, default=heading.layout.page.height)
        address = _address(heading, bottom)
        if address is not None:
            cells = [address, *_under_headers(view, heading, bottom, rule)]
            rows.append((heading.page, cells))
    if rows:
        yield rows_of_cells(rows, _SCORE * rule.confidence, extractor)


def _address(heading: Hit, bottom: float) -> Cell | None:
    words = [
        word
        for line in heading.layout.lines
        if heading.box.bottom < line[0].middle < bottom
        for segment in line
        for word in segment.words
    ]
    found = _ADDRESS.search(" ".join(word.text for word in words))
    if found is None:
        return None
    unit = f", Unit {found['unit']}" if found["unit"] else ""
    raw = f"{found['street']}{unit}, {found['city']}, {found['state']} {found['zip']}"
    own = [
        word
        for name in ("street", "unit", "city", "state", "zip")
        for word in words_at(words, *found.span(name))
    ]
    return Cell("property_address", raw, tuple(own))


def _under_headers(view: DocumentView, heading: Hit, bottom: float, rule: Rule) -> Iterator[Cell]:
    """Yield the first amount under the header of each column of money."""
    for column in rule.columns:
        if column.type is not FieldType.MONEY:
            continue
        for hit in view.find(column.labels):
            if hit.page != heading.page or not heading.box.bottom < hit.box.top < bottom:
                continue
            word = _first_under(hit, bottom)
            if word is not None:
                yield Cell(column.name, word.text, (word,))
                break


def _first_under(hit: Hit, bottom: float) -> Word | None:
    for segment in hit.layout.between(hit.box.bottom, bottom):
        for word in segment.words:
            inside = hit.box.left - 2 * hit.height < word.left < hit.box.right + hit.height
            if inside and segment.middle > hit.box.bottom and _is_amount(word):
                return word
    return None
