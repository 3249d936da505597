"""Licences, identity cards and passports: numbers, places and machine-readable lines.

Cards of the AAMVA design put numbers instead of words before their elements: 1 the family name,
2 the given names, 8 the address. Passports and the cards of ICAO Doc 9303 repeat all in lines for
machines, proved by check digits; only what a check digit proves, or stands beside it, is told.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from attrs import evolve, frozen

from loanbatch.models import Word
from loanbatch_plugins.layout import PageLayout, Segment
from loanbatch_plugins.templates._candidates import Candidate
from loanbatch_plugins.templates._machine_lines import read_machine_lines
from loanbatch_plugins.templates._schema import Rule
from loanbatch_plugins.templates._view import DocumentView

#: Both names with their numbers; one with its number; an address; a state by heading or address.
_NUMBERED, _HALF, _ADDRESS, _GLUED = 0.9, 0.78, 0.9, 0.65
_STATE_AGREED, _STATE_HEADING, _STATE_OF_ADDRESS, _STATE_DISPUTED = 0.95, 0.85, 0.7, 0.6
_MACHINE_READ = 0.93
#: Cells of one line lie no further apart, in heights; lines of one block likewise.
_GAP, _LEADING = 3.0, 2.6
_HEAD = 0.4
#: What pictures and background are read as.
_SPECKS = " _»«|\\/()[]{}~*'"
_NAME = re.compile(r"[A-Z][A-Z .'’-]*[A-Z.]")
_ELEMENT = re.compile(r"(?P<number>[12])[.:]? (?P<name>[A-Z][A-Z .'’-]*[A-Z.])")
_STREET = re.compile(
    r"(?:(?P<number>8)[.:]? |[sS&B] )?"
    r"(?P<street>\d{1,6}[A-Z]? [A-Z0-9][A-Z0-9 .#'/-]{2,}|P\.?O\.? BOX \d+.*)"
)
_PLACE = re.compile(r"[A-Z][A-Z .'-]+? ?,? (?P<state>[A-Z]{2}),? \d{5}(?:-\d{4})?")
_NO_NAME = re.compile(
    r"\b(?:LICEN[SC]E|DRIVER|IDENTIFICATION|CARD|USA|SEX|CLASS|EXP|ISS|DOB|DONOR|LIMITS?|VETERAN"
    r"|ST|STREET|AVE|AVENUE|RD|ROAD|DR|DRIVE|LN|LANE|CT|COURT|BLVD|HWY|APT|UNIT|BOX)\b"
)
#: Names of states and the District by their postal abbreviations.
_STATES = {
    "AL": "ALABAMA", "AK": "ALASKA", "AZ": "ARIZONA", "AR": "ARKANSAS", "CA": "CALIFORNIA",
    "CO": "COLORADO", "CT": "CONNECTICUT", "DE": "DELAWARE", "DC": "DISTRICT OF COLUMBIA",
    "FL": "FLORIDA", "GA": "GEORGIA", "HI": "HAWAII", "ID": "IDAHO", "IL": "ILLINOIS",
    "IN": "INDIANA", "IA": "IOWA", "KS": "KANSAS", "KY": "KENTUCKY", "LA": "LOUISIANA",
    "ME": "MAINE", "MD": "MARYLAND", "MA": "MASSACHUSETTS", "MI": "MICHIGAN", "MN": "MINNESOTA",
    "MS": "MISSISSIPPI", "MO": "MISSOURI", "MT": "MONTANA", "NE": "NEBRASKA", "NV": "NEVADA",
    "NH": "NEW HAMPSHIRE", "NJ": "NEW JERSEY", "NM": "NEW MEXICO", "NY": "NEW YORK",
    "NC": "NORTH CAROLINA", "ND": "NORTH DAKOTA", "OH": "OHIO", "OK": "OKLAHOMA", "OR": "OREGON",
    "PA": "PENNSYLVANIA", "RI": "RHODE ISLAND", "SC": "SOUTH CAROLINA", "SD": "SOUTH DAKOTA",
    "TN": "TENNESSEE", "TX": "TEXAS", "UT": "UTAH", "VT": "VERMONT", "VA": "VIRGINIA",
    "WA": "WASHINGTON", "WV": "WEST VIRGINIA", "WI": "WISCONSIN", "WY": "WYOMING",
}  # fmt: skip
#: The heading of a card; artwork before it may have been read as a letter.
_HEADING = re.compile(
    r"\W*\w?(?P<state>" + "|".join(sorted(_STATES.values(), key=len, reverse=True)) + r")\b"
)


@frozen
class _Line:
    """Cells that stand side by side."""

    segments: tuple[Segment, ...]

    @property
    def text(self) -> str:
        return " ".join(segment.text for segment in self.segments).strip(_SPECKS)

    @property
    def words(self) -> tuple[Word, ...]:
        return tuple(word for segment in self.segments for word in segment.words)

    @property
    def left(self) -> float:
        return self.segments[0].left

    @property
    def middle(self) -> float:
        return self.segments[0].middle

    @property
    def height(self) -> float:
        return self.segments[0].height


@frozen(kw_only=True)
class _Found:
    """One element of a card: what is printed, where, how sure it is."""

    raw: str
    page: int
    words: tuple[Word, ...]
    score: float
    value: str | None = None


def card_element(view: DocumentView, rule: Rule, extractor: str) -> Iterator[Candidate]:
    """Yield the element that the rule's `value` names, as "family_name"."""
    del extractor
    if "card" not in view.remembered:
        view.remembered["card"] = _read(view.layouts)
    found: _Found | None = view.remembered["card"].get(rule.value)
    if found is not None:
        yield Candidate(
            raw=found.raw,
            page=found.page,
            words=found.words,
            score=found.score * rule.confidence,
            value=found.value,
        )


def _read(layouts: Iterable[PageLayout]) -> dict[str, _Found]:
    """Return the elements of the first card that has any."""
    for layout in layouts:
        lines = _lines(layout)
        machine = _machine_read(layout)
        found = machine or {**_names(layout, lines), **_address(layout, lines)}
        if "full_name" not in found and {"family_name", "given_names"} <= found.keys():
            found["full_name"] = _joined(found["given_names"], found["family_name"])
        if "nationality" not in found:
            found.update(_state(layout, found.get("state")))
        if found:
            return found
    return {}


def _lines(layout: PageLayout) -> list[_Line]:
    """Return the cells joined to lines, from the top."""
    lines: list[list[Segment]] = []
    told = [item for item in layout.segments if any(map(str.isalnum, item.text))]
    for segment in sorted(told, key=lambda item: item.left):
        for line in lines:
            last = line[-1]
            shared = min(last.bottom, segment.bottom) - max(last.top, segment.top)
            level = shared > 0.5 * min(last.height, segment.height)
            height = max(last.height, segment.height)
            if level and -height < segment.left - last.right < _GAP * height:
                line.append(segment)
                break
        else:
            lines.append([segment])
    return sorted((_Line(tuple(line)) for line in lines), key=lambda line: line.middle)


def _cells(lines: Sequence[_Line]) -> Iterator[_Line]:
    """Yield the cells of lines with several: artwork may have been read before one."""
    for line in lines:
        if len(line.segments) > 1:
            yield from (_Line((segment,)) for segment in line.segments)


def _names(layout: PageLayout, lines: Sequence[_Line]) -> dict[str, _Found]:
    """Return the names by their numbers; of two lines one may have lost its number."""
    numbered = {match["number"]: line for line in lines if (match := _ELEMENT.fullmatch(line.text))}
    family, given = numbered.get("1"), numbered.get("2")
    score = _NUMBERED
    if family is None and given is not None:
        family, score = _beside(lines, given, above=True), _HALF
    elif given is None and family is not None:
        given, score = _beside(lines, family, above=False), _HALF
    if family is None or given is None or not _one_block(family, given):
        return {}
    if any(_goes_on(line, other) for line in (family, given) for other in lines):
        score = _GLUED
    return {
        "family_name": _name(layout, family, score),
        "given_names": _name(layout, given, score),
    }


def _one_block(upper: _Line, lower: _Line) -> bool:
    return (
        0 < lower.middle - upper.middle < _LEADING * lower.height
        and abs(upper.left - lower.left) < 2 * lower.height
    )


def _goes_on(line: _Line, other: _Line) -> bool:
    """Whether a name may go on in capitals behind a gap, or in words read over it."""
    level = abs(other.middle - line.middle) < 0.5 * line.height
    near = line.left < other.left < line.segments[-1].right + 2 * _GAP * line.height
    return level and near and _NAME.fullmatch(other.text) is not None


def _beside(lines: Sequence[_Line], line: _Line, *, above: bool) -> _Line | None:
    """Return the line over or under one that can be a name, in the same block."""
    near = [
        other
        for other in lines
        if (_one_block(other, line) if above else _one_block(line, other))
        and _NAME.fullmatch(other.text)
        and not _NO_NAME.search(other.text)
    ]
    return min(near, key=lambda other: abs(other.middle - line.middle), default=None)


def _name(layout: PageLayout, line: _Line, score: float) -> _Found:
    match = _ELEMENT.fullmatch(line.text)
    raw = match["name"] if match else line.text
    words = line.words[1:] if match else line.words
    return _Found(raw=raw, page=layout.number, words=words or line.words, score=score)


def _joined(given: _Found, family: _Found) -> _Found:
    return _Found(
        raw=f"{given.raw} {family.raw}",
        page=given.page,
        words=(*given.words, *family.words),
        score=min(given.score, family.score),
    )


def _address(layout: PageLayout, lines: Sequence[_Line]) -> dict[str, _Found]:
    """Return the address and its state: a street over a place with a postal code."""
    numbered = any(_ELEMENT.fullmatch(line.text) for line in lines)
    every = (*lines, *_cells(lines))
    for street in every:
        match = _STREET.fullmatch(street.text)
        if match is None:
            continue
        for place in every:
            below = _PLACE.fullmatch(place.text)
            if below is None or not _is_below(street, place) or below["state"] not in _STATES:
                continue
            # "8123" is the number of the element before that of the house.
            glued = numbered and match["number"] is None and match["street"].startswith("8")
            words = (*street.words, *place.words)
            score = _GLUED if glued else _ADDRESS
            raw = f"{match['street'].removeprefix('8' if glued else '')}\n{place.text}"
            return {
                "address": _Found(raw=raw, page=layout.number, words=words, score=score),
                "state": _Found(
                    raw=below["state"], page=layout.number, words=place.words, score=_ADDRESS
                ),
            }
    return {}


def _is_below(street: _Line, place: _Line) -> bool:
    return (
        0 < place.middle - street.middle < _LEADING * street.height
        and abs(place.left - street.left) < 3 * street.height
    )


def _state(layout: PageLayout, of_address: _Found | None) -> dict[str, _Found]:
    """Return the issuing state by the heading of the card and by the address."""
    limit = _HEAD * layout.page.height
    headings: dict[str, Segment] = {}
    for segment in layout.segments:
        match = _HEADING.match(segment.text.upper())
        if match is not None and segment.top < limit:
            headings.setdefault(match["state"], segment)
    if len(headings) == 1:
        ((name, segment),) = headings.items()
        code = next(code for code, known in _STATES.items() if known == name)
        score = _STATE_HEADING
        if of_address is not None:
            score = _STATE_AGREED if of_address.raw == code else _STATE_DISPUTED
        words = segment.words
        found = _Found(raw=name, page=layout.number, words=words, score=score, value=code)
        return {"issuing_state": found}
    if of_address is not None and not headings:
        return {"issuing_state": evolve(of_address, score=_STATE_OF_ADDRESS)}
    return {}


def _machine_read(layout: PageLayout) -> dict[str, _Found]:
    """Return what the lines for machines say and prove."""
    lines = [line for line in layout.lines if any("<" in segment.text for segment in line)]
    texts = ["".join(segment.text for segment in line) for line in lines]
    words = tuple(word for line in lines for segment in line for word in segment.words)
    return {
        name: _Found(raw=raw, page=layout.number, words=words, score=_MACHINE_READ)
        for name, raw in read_machine_lines(texts).items()
    }
