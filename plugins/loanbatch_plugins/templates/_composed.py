"""Values that a form asks for in parts, as first and last name, and repeated cells as rows."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from attrs import evolve

from loanbatch_plugins.templates._candidates import Candidate, Cell, choose, rows_of_cells
from loanbatch_plugins.templates._cells import cells_as_rows
from loanbatch_plugins.templates._labelled import hits_of
from loanbatch_plugins.templates._schema import Rule
from loanbatch_plugins.templates._view import DocumentView

_ROW_SCORE = 0.93

Finder = Callable[[DocumentView, Rule, str], Iterator[Candidate]]


def composed(view: DocumentView, rule: Rule, extractor: str, find: Finder) -> Iterator[Candidate]:
    """Yield the value joined from the parts that are filled; the first part has to be."""
    found: list[tuple[Rule, Candidate]] = []
    for number, part in enumerate(rule.parts):
        choice = choose(list(find(view, part, extractor)), part.occurrence, part.type)
        if choice is None:
            if number == 0:
                return
            continue
        if found and choice[0].page != found[0][1].page:
            continue
        found.append((part, choice[0]))
    raw = rule.join.join(part.prefix + candidate.raw for part, candidate in found)
    if rule.reject is not None and rule.reject.search(raw):
        return
    # Parts make each other whole: a street alone is no address without its city.
    whole = [
        evolve(item, cues=evolve(item.cues, street_only=0.0, odd_postal_code=0.0))
        for _, item in found
    ]
    least = min(whole, key=lambda item: item.log_odds)
    yield Candidate(
        raw=raw,
        page=found[0][1].page,
        words=tuple(word for _, candidate in found for word in candidate.words),
        score=least.score * rule.confidence,
        cues=least.cues,
        found_by=least.found_by,
    )


def celled(view: DocumentView, rule: Rule, extractor: str) -> Iterator[Candidate]:
    """Yield one candidate with a row for each captioned cell; copies on a page count once."""
    rows: list[tuple[int, list[Cell]]] = []
    seen = set()
    for label in rule.labels:
        hits = [hit for hit in hits_of(view, rule) if hit.key == label.key][:1]
        for cells in cells_as_rows(view, rule, hits):
            place = tuple(word.box for _, _, words, _ in cells for word in words)
            if place not in seen:
                seen.add(place)
                named = [Cell(name, raw, words) for name, raw, words, _ in cells]
                rows.append((cells[0][3].page, named))
    if rows:
        yield rows_of_cells(rows, _ROW_SCORE * rule.confidence, extractor)
