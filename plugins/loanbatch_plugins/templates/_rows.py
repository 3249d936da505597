"""Tables of rows: headers give the columns, each line below is a row, until the table ends.

Without headers a table is a list of labels with amounts at the right, as in an itemization. A line
that continues the text of the row above belongs to it. Headers repeated on following pages are
passed over.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from attrs import frozen

from loanbatch.models import Field, Word
from loanbatch.vocabulary import FieldType
from loanbatch_plugins.layout import PageLayout, Segment, union
from loanbatch_plugins.templates._candidates import Candidate
from loanbatch_plugins.templates._hits import Hit
from loanbatch_plugins.templates._schema import Column, Rule
from loanbatch_plugins.templates._types import find_typed, is_placeholder, is_typed
from loanbatch_plugins.templates._view import DocumentView, Region

_SCORE = 0.93
#: Headers of one table stand within so many heights of each other.
_HEADER_HEIGHT = 4.0
#: A line further below the row above than this many heights is no continuation of its text.
_LEADING = 0.8
#: An empty stretch of so many heights ends a table that has no other end.
_END_GAP = 6.0


@frozen
class _Cell:
    column: Column
    raw: str
    words: tuple[Word, ...]


@frozen
class _Table:
    """A table's place on one page: where its body begins and its columns' extents."""

    layout: PageLayout
    top: float
    bottom: float
    left: float
    right: float
    #: Middle and extent of each column that has a header here.
    columns: tuple[tuple[Column, float, float], ...]


def _told(row: Sequence[_Cell]) -> list[_Cell]:
    """Return the cells but those of columns that are only there to keep the others apart."""
    return [cell for cell in row if not cell.column.name.startswith("_")]


def tabled(view: DocumentView, rule: Rule, extractor: str) -> Iterator[Candidate]:
    """Yield one candidate with all rows of the table."""
    rows: list[tuple[PageLayout, list[_Cell]]] = []
    headed = any(column.labels for column in rule.columns)
    places = _headed(view, rule) if headed else _listed(view, rule)
    for table in places:
        read = _read_headed if table.columns else _read_list
        rows += [(table.layout, _told(row)) for row in read(rule, table)]
    if not rows:
        return
    fields = tuple(
        tuple(_field(cell, layout.number, extractor, rule) for cell in row) for layout, row in rows
    )
    first_page = rows[0][0].number
    words = tuple(
        w for layout, row in rows if layout.number == first_page for cell in row for w in cell.words
    )
    raw = "\n".join(" | ".join(cell.raw for cell in row) for _, row in rows)
    yield Candidate(
        raw=raw, page=first_page, words=words, score=_SCORE * rule.confidence, rows=fields
    )


def _field(cell: _Cell, page: int, extractor: str, rule: Rule) -> Field:
    weakest = min(word.confidence for word in cell.words)
    return Field(
        name=cell.column.name,
        raw=cell.raw,
        page=page,
        box=union(cell.words),
        confidence=round(_SCORE * rule.confidence * (0.4 + 0.6 * weakest), 4),
        extractor=extractor,
    )


def _scopes(view: DocumentView, rule: Rule) -> list[Region]:
    if rule.section is not None:
        return view.regions(rule.section)
    from loanbatch.models import Box

    return [
        Region(item.number, Box(0, 0, item.page.width, item.page.height))
        for item in view.layouts
        if view.in_scope(item.number, rule.page)
    ]


def _end_of(view: DocumentView, rule: Rule, page: int, top: float, bottom: float) -> float:
    ends = [
        hit.box.top - 1
        for hit in view.find_any(rule.end)
        if hit.page == page and hit.box.top > top and hit.starts_cell
    ]
    return min([bottom, *ends])


def _headed(view: DocumentView, rule: Rule) -> Iterator[_Table]:
    """Yield the places of the table: below each header row, and at the top of pages without one."""
    last: _Table | None = None
    for region in _scopes(view, rule):
        layout = view.layout(region.page)
        headers = _header_rows(view, rule, region)
        for number, header in enumerate(headers):
            box = union([hit.box for _, hit in header])
            limit = (
                min(hit.box.top for _, hit in headers[number + 1]) - 1
                if number + 1 < len(headers)
                else region.box.bottom
            )
            bottom = _end_of(view, rule, region.page, box.bottom, limit)
            columns = tuple((column, hit.box.left, hit.box.right) for column, hit in header)
            last = _Table(layout, box.bottom, bottom, region.box.left, region.box.right, columns)
            yield last


def _header_rows(view: DocumentView, rule: Rule, region: Region) -> list[list[tuple[Column, Hit]]]:
    """Group the headers that stand at one height; enough of them make a header row."""
    hits: list[tuple[Column, Hit]] = []
    for column in rule.columns:
        found = view.find_any(column.labels)
        hits += [(column, hit) for hit in found if region.holds(hit.page, hit.box)]
    hits.sort(key=lambda pair: pair[1].box.bottom)
    rows: list[list[tuple[Column, Hit]]] = []
    for column, hit in hits:
        if rows and hit.box.top < rows[-1][-1][1].box.bottom + 0.3 * hit.height:
            known = {item.name for item, _ in rows[-1]}
            height = hit.box.bottom - min(other.box.top for _, other in rows[-1])
            if column.name not in known and height <= _HEADER_HEIGHT * hit.height:
                rows[-1].append((column, hit))
                continue
            if column.name in known:
                continue
        rows.append([(column, hit)])
    whole = [_with_misread(view, rule, row) for row in rows]
    return [row for row in whole if _is_header(row, rule)]


def _with_misread(
    view: DocumentView, rule: Rule, row: list[tuple[Column, Hit]]
) -> list[tuple[Column, Hit]]:
    """Add the headers of a scan that were misread, though they are right elsewhere in it."""
    layout = row[0][1].layout
    known = {column.name for column, _ in row}
    if len(row) < 2 or not layout.recognized:  # noqa: PLR2004
        return row
    box = union([hit.box for _, hit in row])
    added = list(row)
    for column in rule.columns:
        if column.name in known:
            continue
        beside = (
            hit
            for hit in view.find(column.labels, similar=True)
            if hit.page == layout.number
            and hit.starts_cell
            and hit.ends_cell
            and box.top < (hit.box.top + hit.box.bottom) / 2 < box.bottom
            and not any(_overlap(hit, other) for _, other in added)
        )
        first = next(beside, None)
        if first is not None:
            added.append((column, first))
    return added


def _overlap(one: Hit, other: Hit) -> bool:
    return one.box.left < other.box.right and other.box.left < one.box.right


def _is_header(row: Sequence[tuple[Column, Hit]], rule: Rule) -> bool:
    names = {column.name for column, _ in row}
    labelled = [column.name for column in rule.columns if column.labels]
    needed = [name for name in rule.required if name in labelled] or labelled[:2]
    return all(name in names for name in needed)


def _read_headed(rule: Rule, table: _Table) -> list[list[_Cell]]:
    rows: list[list[_Cell]] = []
    last_bottom = table.top
    open_row = False
    for line in _lines(table):
        if _END_GAP * line[0].height < line[0].top - last_bottom and rows:
            break
        cells = _cells(line, table.columns)
        if _is_row(cells, rule):
            rows.append(list(cells.values()))
            open_row = True
        elif open_row and _continues(line, cells, last_bottom):
            rows[-1] = _joined(rows[-1], cells)
        else:
            open_row = False
        last_bottom = max(item.bottom for item in line)
    return rows


def _lines(table: _Table) -> Iterator[list[Segment]]:
    for line in table.layout.lines:
        inside = [
            item
            for item in line
            if table.top - 0.3 * item.height <= item.top
            and item.middle < table.bottom
            and table.left <= (item.left + item.right) / 2 <= table.right
        ]
        if inside:
            yield inside


def _cells(
    line: Sequence[Segment], columns: Sequence[tuple[Column, float, float]]
) -> dict[str, _Cell]:
    """Assign a line's words to the columns; a typed column takes only what fits it."""
    words: dict[str, list[Word]] = {}
    runs = [run for segment in line for run in _runs(segment, columns)]
    owners = [_column_of(run, columns) for run in runs]
    if len(runs) == len(columns) and len({owner.name for owner in owners}) < len(owners):
        # A column may be set apart from its header; then only the order tells.
        owners = [column for column, left, _ in sorted(columns, key=lambda item: item[1])]
    for run, owner in zip(runs, owners, strict=True):
        words.setdefault(owner.name, []).extend(run)
    by_name = {column.name: column for column, _, _ in columns}
    cells = {}
    for name, found in words.items():
        cell = _cell(by_name[name], found)
        if cell is not None:
            cells[name] = cell
    return cells


def _runs(segment: Segment, columns: Sequence[tuple[Column, float, float]]) -> Iterator[list[Word]]:
    """Split a cell that runs over the middles of two columns: narrow gutters join cells."""
    over = [left for _, left, right in columns if left < segment.right and right > segment.left]
    if len(over) < 2 or len(segment.words) < 2:  # noqa: PLR2004
        yield list(segment.words)
        return
    run = [segment.words[0]]
    for word in segment.words[1:]:
        if _column_of([word], columns) is not _column_of(run[-1:], columns):
            yield run
            run = []
        run.append(word)
    yield run


def _column_of(run: Sequence[Word], columns: Sequence[tuple[Column, float, float]]) -> Column:
    left, right = run[0].left, run[-1].right

    def distance(item: tuple[Column, float, float]) -> float:
        return max(item[1], left) - min(item[2], right)

    return min(columns, key=distance)[0]


def _cell(column: Column, words: Sequence[Word]) -> _Cell | None:
    text = " ".join(word.text for word in words)
    start, end = 0, len(text)
    if column.pattern is not None:
        match = column.pattern.search(text)
        if match is None:
            return None
        start, end = match.span("value" if "value" in column.pattern.groupindex else 0)
    elif is_typed(column.type):
        matches = find_typed(column.type, text)
        if not matches:
            return None
        start, end = matches[0].start, matches[0].end
    raw = text[start:end].strip()
    if not raw or is_placeholder(raw):
        return None
    kept, offset = [], 0
    for word in words:
        if offset < end and offset + len(word.text) > start:
            kept.append(word)
        offset += len(word.text) + 1
    return _Cell(column, raw, tuple(kept))


def _is_row(cells: Mapping[str, _Cell], rule: Rule) -> bool:
    if rule.required:
        return all(name in cells for name in rule.required)
    return len(cells) >= min(2, len(rule.columns))


def _continues(line: Sequence[Segment], cells: Mapping[str, _Cell], last_bottom: float) -> bool:
    if not cells or line[0].top - last_bottom > _LEADING * line[0].height:
        return False
    return all(not is_typed(cell.column.type) for cell in cells.values())


def _joined(row: list[_Cell], more: Mapping[str, _Cell]) -> list[_Cell]:
    joined = []
    for cell in row:
        after = more.get(cell.column.name)
        if after is None:
            joined.append(cell)
        else:
            joined.append(_Cell(cell.column, f"{cell.raw}\n{after.raw}", cell.words + after.words))
    return joined


def _listed(view: DocumentView, rule: Rule) -> Iterator[_Table]:
    for region in _scopes(view, rule):
        layout = view.layout(region.page)
        bottom = _end_of(view, rule, region.page, region.box.top, region.box.bottom)
        yield _Table(layout, region.box.top, bottom, region.box.left, region.box.right, ())


def _read_list(rule: Rule, table: _Table) -> list[list[_Cell]]:
    """Read lines of a wording followed by typed values, columns in the order of the rule."""
    text = next((c for c in rule.columns if not is_typed(c.type)), None)
    typed = [column for column in rule.columns if is_typed(column.type)]
    rows: list[list[_Cell]] = []
    for line in _lines(table):
        cells: dict[str, _Cell] = {}
        left = list(line)
        for column in reversed(typed):
            while left:
                cell = _cell(column, left[-1].words)
                if cell is not None:
                    cells[column.name] = cell
                    left = _without(left, cell)
                    break
                if len(left) == 1 or column.name in rule.required:
                    break
                left.pop()
        if text is not None and left:
            words = [word for item in left for word in item.words]
            cell = _cell(text, words)
            if cell is not None:
                cells[text.name] = cell
        if _is_row(cells, rule):
            rows.append([cells[c.name] for c in rule.columns if c.name in cells])
    return rows


def _without(line: list[Segment], cell: _Cell) -> list[Segment]:
    """Return the cells before a value, its own cell shortened to what stands before it."""
    last = line[-1]
    before = [word for word in last.words if word.right <= cell.words[0].left + 0.5]
    kept = line[:-1]
    if before and cell.column.type is not FieldType.COUNT:
        kept.append(Segment(before, last.page))
    return kept
