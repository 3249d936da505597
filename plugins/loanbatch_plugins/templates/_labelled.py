"""Label rules: a value stands beside or under its label, or where a row meets a column."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from attrs import evolve

from loanbatch.models import TextSource, Word
from loanbatch.vocabulary import FieldType
from loanbatch_plugins.layout import PageLayout, Segment
from loanbatch_plugins.templates._candidates import Candidate, fixed_value
from loanbatch_plugins.templates._cells import in_cell
from loanbatch_plugins.templates._cues import Cues
from loanbatch_plugins.templates._hits import Hit
from loanbatch_plugins.templates._numbered import on_line
from loanbatch_plugins.templates._placing import Piece, pieces
from loanbatch_plugins.templates._schema import Rule, Where
from loanbatch_plugins.templates._texts import collect, paragraph
from loanbatch_plugins.templates._ticks import answer
from loanbatch_plugins.templates._types import Match, find_typed, is_placeholder, is_typed
from loanbatch_plugins.templates._view import DocumentView, words_of
from loanbatch_plugins.templates._wordings import Wording

#: Headers of one row may stand so many heights apart.
_HEADER_ROW = 2.0
#: Rows between a label and one that has to stand near.
_NEAR_ROWS = 4.0
#: Share of its height that the rest of a line has in common with its beginning.
_CUT_OVERLAP = 0.4
_OF_BIRTH = re.compile(r"\W*(?:(?:of|de)\W+)?(?:birth|nacimiento)\b", re.IGNORECASE)


def labelled(view: DocumentView, rule: Rule, *, similar: bool = False) -> Iterator[Candidate]:
    """Yield the candidates of a label rule."""
    return (found for _, found in with_labels(view, rule, similar=similar))


def with_labels(
    view: DocumentView, rule: Rule, *, similar: bool = False
) -> Iterator[tuple[Hit, Candidate]]:
    """Yield the candidates of a label rule, each with its label."""
    for hit in hits_of(view, rule, similar=similar):
        if rule.type is FieldType.DATE and _goes_on_with_birth(hit):
            continue
        for rank, where in enumerate(rule.where):
            found = _located(view, hit, where, rule)
            if found is not None and _accepted(found, rule) and not _elsewhere(view, found, rule):
                candidate = evolve(
                    found,
                    value=found.value if rule.value is None else fixed_value(rule),
                    score=found.score * rule.confidence,
                    cues=_with_label(found, hit, rank),
                    found_by=_extractor_of(rule, where),
                )
                yield hit, candidate
                break


def _goes_on_with_birth(hit: Hit) -> bool:
    """Whether a label only begins the one of a person's birth: "Date" in "Date of Birth"."""
    return _OF_BIRTH.match(hit.segments[-1].text, hit.end) is not None


def _with_label(found: Candidate, hit: Hit, rank: int) -> Cues:
    """Return what is told about a value by its place and by its label."""
    inner = not hit.starts_cell
    return evolve(
        found.cues,
        misread_label=1 - hit.similarity,
        inner_label=float(inner and not hit.follows_mark),
        marked_label=float(inner and hit.follows_mark),
        longer_label=float(_is_longer(hit, found)),
        later_place=float(rank),
    )


def _extractor_of(rule: Rule, where: Where) -> str:
    """Return which kind of label rule found something."""
    if rule.column:
        return "crossing"
    return {Where.CELL: "form_cell", Where.LINE: "numbered_line"}.get(where, "label")


def _is_longer(hit: Hit, found: Candidate) -> bool:
    """Whether the label only begins what labels the cell beside it: "Due date of …"."""
    cell = hit.segments[-1]
    rest = cell.text[hit.end :].strip()
    return bool(re.match(r"[a-z]{2,} \w", rest)) and not set(found.words) & set(cell.words)


def _located(view: DocumentView, hit: Hit, where: Where, rule: Rule) -> Candidate | None:
    if rule.column:
        return _in_column(view, hit, rule)
    if where is Where.CELL:
        return in_cell(view, hit, rule)
    if where is Where.LINE:
        return on_line(view, hit, rule)
    if where is Where.UNDER:
        return _under_caption(view, hit, rule)
    return _along(view, hit, where, rule)


def _under_caption(view: DocumentView, hit: Hit, rule: Rule) -> Candidate | None:
    """Return the line under a label that has its cell for itself, as far left as the label."""
    if not hit.ends_cell:
        return None
    found = _along(view, hit, Where.BELOW, evolve(rule, lines=1))
    aligned = found is not None and abs(found.area.left - hit.box.left) < hit.height
    return found if aligned else None


def hits_of(view: DocumentView, rule: Rule, *, similar: bool = False) -> list[Hit]:
    """Return the labels of a rule that stand where the rule looks."""
    hits = view.find(rule.labels, similar=similar)
    if rule.section is not None:
        regions = view.regions(rule.section)
        hits = [h for h in hits if any(region.holds(h.page, h.box) for region in regions)]
    hits = [hit for hit in hits if view.in_scope(hit.page, rule.page)]
    if rule.near:
        near = view.find_any(rule.near)
        hits = [hit for hit in hits if any(_is_near(other, hit) for other in near)]
    if rule.after:
        first = next(iter(view.find_any(rule.after)), None)
        if first is None:
            return []
        mark = (first.page, first.box.top)
        hits = [hit for hit in hits if (hit.page, hit.box.top) >= mark]
    return hits


def _is_near(other: Hit, hit: Hit) -> bool:
    return (
        other.page == hit.page
        and -_NEAR_ROWS * hit.height <= other.box.top - hit.box.top <= hit.height
    )


def _accepted(candidate: Candidate, rule: Rule) -> bool:
    if candidate.value is None and is_placeholder(candidate.raw):
        return False
    return rule.reject is None or rule.reject.search(candidate.raw) is None


def _elsewhere(view: DocumentView, candidate: Candidate, rule: Rule) -> bool:
    """Whether a value stands in a column that is another field's."""
    area = candidate.area
    return any(
        header.page == candidate.page
        and header.ends_cell
        and header.box.bottom <= area.top
        and min(header.box.right, area.right) > max(header.box.left, area.left)
        for header in view.find(rule.not_under)
    )


def _along(view: DocumentView, hit: Hit, where: Where, rule: Rule) -> Candidate | None:
    """Return the nearest fitting value in one direction."""
    if rule.type is FieldType.YES_NO and rule.pattern is None:
        given = answer(hit.layout, pieces(view, hit, where, rule), rule.skip)
        return None if given is None else _from_match(*given)
    skipped = 0
    for piece in pieces(view, hit, where, rule):
        # A count or unit in brackets after the label, as in "Deposits (3)", is no value.
        if not re.search(r"\w", piece.text) or (
            (piece.own or piece.torn) and is_placeholder(piece.text)
        ):
            continue
        found = _in_piece(view, hit, piece, rule)
        if found is not None:
            return found
        if not (piece.own or piece.torn) and where is not Where.BAND:
            skipped += 1
        if skipped > rule.skip:
            return None
    return None


def _in_piece(view: DocumentView, hit: Hit, piece: Piece, rule: Rule) -> Candidate | None:
    if rule.pattern is not None:
        if rule.lines:
            return _in_paragraph(paragraph(view, hit, piece, rule.lines), rule.pattern)
        return by_pattern(piece, rule)
    if not is_typed(rule.type):
        lines = collect(view, hit, piece, rule)
        if not lines or len(lines) <= rule.drop:
            return None
        found = _from_lines(lines[rule.drop :])
        if _is_cut(hit.layout, lines[-1].segment):
            found = evolve(found, cues=evolve(found.cues, cut_off=1.0))
        street_only = rule.type is FieldType.ADDRESS and not re.search(r"[,\n]", found.raw)
        return evolve(found, cues=evolve(found.cues, street_only=float(street_only)))
    matches = find_typed(rule.type, piece.text)
    return None if not matches else _from_match(piece, matches[0])


def _is_cut(layout: PageLayout, segment: Segment) -> bool:
    """Whether recognition put the rest of a line at another height, so that it was not read on."""
    if layout.page.text_source is not TextSource.RECOGNIZED:
        return False
    return any(
        item.line != segment.line
        and 0 <= item.left - segment.right < segment.height
        and min(item.bottom, segment.bottom) - max(item.top, segment.top)
        > _CUT_OVERLAP * item.height
        and item.text[:1].isalpha()
        for item in layout.between(segment.top, segment.bottom)
    )


def by_pattern(piece: Piece, rule: Rule) -> Candidate | None:
    """Return what a rule's pattern captures in a piece."""
    if rule.pattern is None:
        return None
    match = rule.pattern.search(piece.text)
    if match is None:
        return None
    group: str | int = "value" if "value" in rule.pattern.groupindex else 0
    start, end = match.span(group)
    if start < 0 or start == end:
        return None
    return _candidate(piece, start, end, piece.cues)


def _in_paragraph(lines: Sequence[Piece], pattern: Wording) -> Candidate | None:
    """Return what a pattern captures in lines that are read as one text."""
    text = " ".join(line.text.strip() for line in lines)
    match = pattern.search(text)
    if match is None:
        return None
    start, end = match.span("value" if "value" in pattern.groupindex else 0)
    if start < 0 or start == end:
        return None
    words: list[Word] = []
    offset = 0
    for line in lines:
        lead = line.start + len(line.text) - len(line.text.lstrip())
        first, last = lead + start - offset, lead + end - offset
        length = len(line.text.strip())
        if start < offset + length and end > offset:
            words += words_of(line.segment, max(first, lead), min(last, lead + length))
        offset += length + 1
    raw = text[start:end].strip()
    return Candidate(raw=raw, page=lines[0].segment.page, words=tuple(words), cues=lines[0].cues)


def _from_match(piece: Piece, match: Match) -> Candidate:
    before = re.sub(r"\([^)]*\)|U\.?S\.?", "", piece.text[: match.start])
    letters = sum(map(str.isalpha, before))
    words_before = letters > 3  # noqa: PLR2004 - a unit or a currency code is no sentence
    cues = evolve(piece.cues, bare_shape=1 - match.fit, words_before=float(words_before))
    return _candidate(piece, match.start, match.end, cues)


def _candidate(piece: Piece, start: int, end: int, cues: Cues) -> Candidate:
    segment = piece.segment
    words = words_of(segment, piece.start + start, piece.start + end)
    return Candidate(raw=piece.text[start:end].strip(), page=segment.page, words=words, cues=cues)


def _from_lines(lines: Sequence[Piece]) -> Candidate:
    words = tuple(w for line in lines for w in words_of(line.segment, line.start, line.end))
    raw = "\n".join(line.text.strip() for line in lines)
    return Candidate(raw=raw, page=lines[0].segment.page, words=words, cues=lines[0].cues)


def _in_column(view: DocumentView, hit: Hit, rule: Rule) -> Candidate | None:
    """Return the value in the label's row under one of the rule's column headers."""
    header = _header_over(view, hit, rule)
    if header is None:
        return None
    cells = [item for item in hit.layout.right_of(hit.box) if item not in hit.segments]
    heads = hit.layout.lines[header.segments[0].line]
    columns = _columns_of(cells, heads, hit)
    for cell, head in zip(cells, columns, strict=True):
        if head not in header.segments:
            continue
        piece = Piece(cell, 0, len(cell.text))
        found = _in_piece(view, hit, piece, rule)
        if found is not None:
            return found
    return None


def _columns_of(cells: Sequence[Segment], heads: Sequence[Segment], hit: Hit) -> list[Segment]:
    """Return the header of each cell of a row.

    Amounts at the right edges of columns whose headers stand at the left ones may be nearer to the
    next header than to their own; where there are as many cells as headers, their order tells.
    """
    over = [head for head in heads if head.left > hit.box.right]
    apart = any(not any(_overlap(cell, head) > 0 for head in over) for cell in cells)
    if apart and len(cells) == len(over) > 1:
        return list(over)
    return [nearest(cell, heads) for cell in cells]


def _overlap(cell: Segment, head: Segment) -> float:
    return min(cell.right, head.right) - max(cell.left, head.left)


def _header_over(view: DocumentView, hit: Hit, rule: Rule) -> Hit | None:
    """Return the header of the label's own table: the lowest above it, of those the leftmost."""
    headers = [other for other in view.find_any(rule.column) if other.page == hit.page]
    if any(_beside(other, hit) for other in headers):
        # The label is the title of a table, its row the headers'.
        return None
    over = [
        other
        for other in headers
        if other.box.bottom <= hit.box.top + 0.3 * hit.height and other.box.right > hit.box.right
    ]
    lowest = max((other.box.top for other in over), default=0.0)
    row = [other for other in over if other.box.top > lowest - _HEADER_ROW * hit.height]
    return min(row, key=lambda item: item.box.left, default=None)


def _beside(header: Hit, hit: Hit) -> bool:
    return (
        header.box.left > hit.box.right
        and abs(header.box.top - hit.box.top) < 0.6 * hit.height
        and header.ends_cell
    )


def nearest(cell: Segment, heads: Sequence[Segment]) -> Segment:
    """Return the header under which a cell stands: most overlap, else least distance."""
    return max(heads, key=lambda head: _overlap(cell, head))
