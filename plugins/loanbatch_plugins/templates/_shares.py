"""The parts of a statement over shares and loans under one membership, by their headings.

Credit unions number what a member has: `SUFFIX 00`, `Share 0001`, `S0001` are accounts, `LOAN 0070`
and `L0010` are loans. Each has a part of its own below its heading, and no table lists them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from attrs import frozen

from loanbatch.models import Word
from loanbatch_plugins.layout import PageLayout, Segment
from loanbatch_plugins.templates._entries import is_amount

_HEADING = re.compile(
    r"^\W*(?:(?P<kind>suffix|share|sub ?account|account|id|loan)\W{0,3}(?:id\W{0,2})?"
    r"(?P<number>\d{1,4})"
    r"|(?P<code>[SL]\d{2,4}))\b\W*(?P<name>[A-Za-z].*)$",
    re.IGNORECASE,
)
_LOAN = re.compile(
    r"\b(?:loan|visa|mastercard|mortgage|heloc|credit (?:card|line)|line of credit|vehicle|auto)\b",
    re.IGNORECASE,
)
#: What follows the last part.
_END = re.compile(r"^\W*(?:statement|account|year.to.date) summary|^\W*total shares", re.IGNORECASE)
_CONTINUED = re.compile(r"\W*\b(?:continued|cont\.?)\W*$", re.IGNORECASE)
_LONGEST_NAME = 6


@frozen
class Heading:
    """The heading of a part, or what ends the last one (without a number)."""

    page: int
    top: float
    number: str = ""
    number_words: tuple[Word, ...] = ()
    name_words: tuple[Word, ...] = ()
    is_loan: bool = False

    @property
    def is_account(self) -> bool:
        """Whether money is kept here, none owed."""
        return bool(self.number) and not self.is_loan


def find_headings(layouts: Sequence[PageLayout]) -> list[Heading]:
    """Return the headings of all parts in reading order; a repeated one goes on with its part."""
    found: list[Heading] = []
    for layout in layouts:
        for line in layout.lines:
            heading = _heading(layout.number, line)
            if heading is not None and (
                heading.number not in {item.number for item in found} or not heading.number
            ):
                found.append(heading)
    return found


def _heading(page: int, line: Sequence[Segment]) -> Heading | None:
    words = [word for segment in line for word in segment.words]
    top = min(segment.top for segment in line)
    text = " ".join(word.text for word in words)
    if _END.match(text):
        return Heading(page, top)
    match = _HEADING.match(text)
    if match is None or any(is_amount(word.text) for word in words):
        return None
    name = _CONTINUED.sub("", match["name"])
    count = len(name.split())
    if count > _LONGEST_NAME or ":" in name:
        return None
    first = len(text[: match.start("name")].split())
    number = match["number"] or match["code"]
    kind = match["kind"] or ""
    return Heading(
        page,
        top,
        number,
        tuple(word for word in words[:first] if number in word.text),
        tuple(words[first : first + count]),
        kind.casefold() == "loan"
        or number[0] in "Ll"
        or (kind.casefold() != "share" and _LOAN.search(name) is not None),
    )
