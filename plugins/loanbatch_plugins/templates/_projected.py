"""The table of projected payments on Loan Estimate and Closing Disclosure: one column a period.

A column's heading says the years ("Years 1-7", "Year 8", "Final Payment"); below it stand principal
and interest (a range where the rate can change), mortgage insurance, escrow and the total. An
amount belongs to the nearest heading; a dash is no amount.

Source: 12 CFR 1026.37(c), 1026.38(c).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence

from attrs import frozen

from loanbatch.models import Box, Field, Word
from loanbatch.vocabulary import FieldType
from loanbatch_plugins.layout import PageLayout, Segment, union
from loanbatch_plugins.templates._candidates import Candidate, size_of, weakest
from loanbatch_plugins.templates._schema import Rule
from loanbatch_plugins.templates._types import find_typed
from loanbatch_plugins.templates._view import DocumentView, Region, words_of

_SCORE = 0.95
#: The total is not the sum of its parts.
_DOUBTED = 0.6
#: Parts and total of a Loan Estimate are rounded to dollars.
_ROUNDING = 2.0
_HEADING = re.compile(
    r"\b(?:years?|a\w{1,3}os)\W{0,2}(?P<first>\d{1,2})(?:\s?(?:[-–—]|a|to|al)\s?(?P<last>\d{1,2}))?\b"
    r"|(?P<final>final payment|pago final|último pago)",
    re.IGNORECASE,
)
_RANGE = re.compile(r"(?<=\d)\s?[-–—−]\s?(?=\$)")
#: The labels of the rows; they begin a cell at the left.
_ROWS = {
    "mortgage_insurance": re.compile(
        r"^\W*(?:mortgage insurance|seguro hip\w+ario)", re.IGNORECASE
    ),
    "escrow": re.compile(
        r"^\W*(?:estimated escrow|dep\w?sito (?:en garant\w+ )?estimado)", re.IGNORECASE
    ),
    "total": re.compile(
        r"^\W*(?:estimated total|estimated monthly|pago total mensual|pago mensual(?: total|$))",
        re.IGNORECASE,
    ),
}


@frozen
class _Amount:
    raw: str
    words: tuple[Word, ...]


@frozen
class _Period:
    """One column: its heading and the amounts below it by row."""

    layout: PageLayout
    heading: re.Match[str]
    words: tuple[Word, ...]
    amounts: Mapping[str, Sequence[_Amount]]


def periods(view: DocumentView, rule: Rule, extractor: str) -> Iterator[Candidate]:
    """Yield one candidate with a row for each period; nothing when none has an amount."""
    found = _read(view, rule)
    rows = tuple(
        tuple(_cell(name, item, period, extractor) for name, item in _cells(period))
        for period in found
    )
    if not any(len(row) > 2 for row in rows):  # noqa: PLR2004 - the years alone are a blank form
        return
    yield Candidate(
        raw="\n".join(" | ".join(cell.raw for cell in row) for row in rows),
        page=found[0].layout.number,
        words=tuple(word for period in found for word in period.words),
        score=_SCORE * rule.confidence,
        rows=rows,
    )


def first_period(name: str) -> Callable[[DocumentView, Rule, str], Iterator[Candidate]]:
    """Return a reader of one amount of the first period; of a range there is no one amount."""

    def read(view: DocumentView, rule: Rule, extractor: str) -> Iterator[Candidate]:
        del extractor
        for period in _read(view, rule)[:1]:
            amounts = period.amounts.get(name, ())
            if len(amounts) == 1:
                doubted = name == "total" and not _adds_up(period)
                yield Candidate(
                    raw=amounts[0].raw,
                    page=period.layout.number,
                    words=amounts[0].words,
                    score=(_DOUBTED if doubted else _SCORE) * rule.confidence,
                )

    return read


def _adds_up(period: _Period) -> bool:
    """Whether the total is the sum of its parts, up to rounding; true where one is open."""
    total = 0.0
    for name in ("principal_and_interest", "mortgage_insurance", "escrow"):
        amounts = period.amounts.get(name, ())
        if len(amounts) > 1 or (name == "principal_and_interest" and not amounts):
            return True
        total += sum(size_of(item.raw) for item in amounts)
    return abs(total - size_of(period.amounts["total"][0].raw)) <= _ROUNDING


def _cells(period: _Period) -> Iterator[tuple[str, _Amount]]:
    first, last = period.heading["first"], period.heading["last"]
    if first:
        yield "first_year", _Amount(first, period.words)
        yield "last_year", _Amount(last or first, period.words)
    for name, low, high in (
        (
            "principal_and_interest",
            "principal_and_interest_minimum",
            "principal_and_interest_maximum",
        ),
        ("total", "total_minimum", "total_maximum"),
    ):
        amounts = period.amounts.get(name, ())
        if amounts:
            yield low, amounts[0]
            yield high, amounts[-1]
    for name in ("mortgage_insurance", "escrow"):
        if amounts := period.amounts.get(name, ()):
            yield name, amounts[0]


def _cell(name: str, item: _Amount, period: _Period, extractor: str) -> Field:
    return Field(
        name=name,
        raw=item.raw,
        page=period.layout.number,
        box=union(item.words),
        confidence=round(_SCORE * weakest(item.words), 4),
        extractor=extractor,
    )


def _read(view: DocumentView, rule: Rule) -> list[_Period]:
    """Return the periods of the first table that has amounts, from the left."""
    known = view.remembered.get("projected")
    if known is None:
        known = next((p for region in _regions(view, rule) if (p := _table(view, region))), [])
        view.remembered["projected"] = known
    return list(known)


def _regions(view: DocumentView, rule: Rule) -> Sequence[Region]:
    return view.regions(rule.section) if rule.section is not None else view.whole_pages


def _table(view: DocumentView, region: Region) -> list[_Period]:
    layout = view.layout(region.page)
    cells = [item for item in layout.segments if region.holds(region.page, item.box)]
    labels = {
        name: next((item for item in cells if pattern.match(item.text)), None)
        for name, pattern in _ROWS.items()
    }
    insurance, total = labels["mortgage_insurance"], labels["total"]
    if insurance is None or total is None:
        return []
    headings = [
        (match, words_of(item, *match.span()))
        for item in cells
        if item.bottom < insurance.top
        for match in _HEADING.finditer(item.text)
    ]
    if not headings:
        return []
    top = max(union(words).bottom for _, words in headings)
    amounts = _amounts(cells, labels, top, [union(words) for _, words in headings])
    return [
        _Period(layout, match, words, amounts[number])
        for number, (match, words) in enumerate(headings)
    ]


def _amounts(
    cells: Sequence[Segment],
    labels: Mapping[str, Segment | None],
    top: float,
    headings: Sequence[Box],
) -> list[dict[str, list[_Amount]]]:
    found: list[dict[str, list[_Amount]]] = [{} for _ in headings]
    middles = [(box.left + box.right) / 2 for box in headings]
    left = min(box.left for box in headings) - _reach(middles)
    for item in cells:
        row = _row_of(item, labels, top)
        if row is None or item in labels.values():
            continue
        # The dash of a range is no minus.
        text = _RANGE.sub(lambda dash: " " * len(dash[0]), item.text)
        for match in find_typed(FieldType.MONEY, text.lstrip("+| ")):
            shift = len(text) - len(text.lstrip("+| "))
            words = words_of(item, match.start + shift, match.end + shift)
            middle = (words[0].left + words[-1].right) / 2
            if middle < left:
                continue
            number = min(range(len(middles)), key=lambda n: abs(middles[n] - middle))
            raw = text[match.start + shift : match.end + shift].strip()
            found[number].setdefault(row, []).append(_Amount(raw, words))
    return found


def _reach(middles: Sequence[float]) -> float:
    """Return how far left of the first heading its amounts may stand, points."""
    return (middles[1] - middles[0]) / 2 if len(middles) > 1 else 60.0


def _row_of(item: Segment, labels: Mapping[str, Segment | None], top: float) -> str | None:
    insurance, escrow, total = labels["mortgage_insurance"], labels["escrow"], labels["total"]
    if insurance is None or total is None or item.top < top - 1:
        return None
    if item.middle < insurance.top:
        return "principal_and_interest"
    for name, label in (("mortgage_insurance", insurance), ("escrow", escrow)):
        if label is not None and abs(item.middle - label.middle) < 0.8 * label.height:
            return name
    # The total's label takes two lines; its amount stands beside either or between them.
    if total.top - 0.5 * total.height < item.middle < total.bottom + 1.6 * total.height:
        return "total"
    return None
