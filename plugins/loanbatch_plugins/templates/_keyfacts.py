"""Fees of a key facts statement: numbered rows, the lender's fees left, those of others right.

Source: Reserve Bank of India, circular of 15 April 2024, annex A, row 8.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from loanbatch.models import Field, Word
from loanbatch_plugins.layout import Segment, union
from loanbatch_plugins.templates._candidates import Candidate
from loanbatch_plugins.templates._hits import Hit
from loanbatch_plugins.templates._schema import Rule
from loanbatch_plugins.templates._view import DocumentView

_SCORE = 0.9
_NUMERAL = re.compile(r"\(?(?:[ivx]{1,4}|[a-h])[.)]", re.IGNORECASE)
_AMOUNT = re.compile(r"(?<![\d,.%])\d[\d,]*(?:\.\d{1,2})?(?![\d,.]*\d|\s?%)")
#: Rows reach this far below the last numeral, in heights of the text.
_LAST_ROW = 2.6


def side_fees(view: DocumentView, rule: Rule, extractor: str) -> Iterator[Candidate]:
    """Yield the fees in the column under the rule's labels.

    `near` labels head the column left of it, `stop` labels the one right of it, `column` labels the
    parts of both.
    """
    heading = next(iter(view.find_any(rule.labels)), None)
    if heading is None:
        return
    columns = sorted(
        hit.box.left
        for hit in view.find(rule.column)
        if _is_under(hit, heading) and hit.page == heading.page
    )
    left, right = _edges(view, rule, heading, columns)
    first = min([heading.box.left, *columns]) - heading.height
    rows = []
    for band in _bands(heading, view, rule):
        label = _words(band, heading, right=first, skip_numeral=True)
        cell = _words(band, heading, left=left, right=right)
        amount = _amount(cell)
        if label and amount:
            rows.append(
                (
                    _field("label", label, heading, extractor),
                    _field("amount", amount, heading, extractor),
                )
            )
    if rows:
        page = heading.page
        yield Candidate(
            raw="\n".join(" | ".join(cell.raw for cell in row) for row in rows),
            page=page,
            words=(),
            box=union([cell.box for row in rows for cell in row if cell.box is not None]),
            score=_SCORE * rule.confidence,
            rows=tuple(rows),
        )


def _edges(
    view: DocumentView, rule: Rule, heading: Hit, columns: Sequence[float]
) -> tuple[float, float]:
    """Return where the heading's side begins and ends: each side has half of the columns."""
    margin = heading.height
    others = [
        hit.box.left
        for hit in view.find_any(rule.stop)
        if hit.page == heading.page and hit.box.left > heading.box.left
    ]
    half = len(columns) // 2
    width = heading.layout.page.width
    if columns and len(columns) % 2 == 0:
        middle = columns[half] - margin
        return (columns[0] - margin, middle) if others else (middle, width)
    return heading.box.left - margin, min(others, default=width) - margin


def _is_under(hit: Hit, heading: Hit) -> bool:
    return 0 <= hit.box.top - heading.box.bottom < 6 * heading.height


def _bands(heading: Hit, view: DocumentView, rule: Rule) -> list[list[Segment]]:
    """Return the cells of each numbered row below a heading."""
    layout = heading.layout
    ends = [
        hit.box.top
        for hit in view.find_any(rule.end)
        if hit.page == heading.page and hit.box.top > heading.box.bottom
    ]
    bottom = min(ends, default=layout.page.height)
    below = [item for item in layout.segments if heading.box.bottom < item.middle < bottom]
    tops = sorted(item.top for item in below if _NUMERAL.match(item.text))
    bands = []
    for number, top in enumerate(tops):
        last = tops[number + 1] if number + 1 < len(tops) else top + _LAST_ROW * heading.height
        bands.append([item for item in below if top - 2 <= item.top < last - 2])
    return bands


def _words(
    band: Sequence[Segment],
    heading: Hit,
    *,
    left: float = 0.0,
    right: float,
    skip_numeral: bool = False,
) -> list[Word]:
    """Return the words of a row between two edges, in reading order."""
    del heading
    found = [
        word for item in band for word in item.words if left <= (word.left + word.right) / 2 < right
    ]
    if skip_numeral and found and _NUMERAL.fullmatch(found[0].text):
        found = found[1:]
    return found


def _amount(words: Sequence[Word]) -> list[Word]:
    """Return the word with the sum: behind the sign of equality, else the only amount."""
    texts = [word.text for word in words]
    behind = texts.index("=") + 1 if "=" in texts else 0
    amounts = [word for word in words[behind:] if _AMOUNT.fullmatch(word.text.strip("₹()/-"))]
    amounts = [word for word in amounts if not word.text.endswith("%")]
    return amounts[:1] if behind or len(amounts) == 1 else []


def _field(name: str, words: Sequence[Word], heading: Hit, extractor: str) -> Field:
    text = " ".join(word.text for word in words)
    if name == "label":
        text = re.sub(
            r"^(?:any other(?: \([^)]*\))?|others?)\s*:\s*", "", text, flags=re.IGNORECASE
        )
    weakest = min(word.confidence for word in words)
    return Field(
        name=name,
        raw=text,
        page=heading.page,
        box=union(words),
        confidence=round(_SCORE * (0.4 + 0.6 * weakest), 4),
        extractor=extractor,
    )
