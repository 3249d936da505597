"""Tables that only their wording holds together: each match of a pattern in running text is a row.

The pattern's groups are named after the columns.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from loanbatch.models import Field
from loanbatch_plugins.layout import Flow, Span, union
from loanbatch_plugins.templates._candidates import Candidate
from loanbatch_plugins.templates._schema import Rule
from loanbatch_plugins.templates._types import is_placeholder
from loanbatch_plugins.templates._view import DocumentView

_SCORE = 0.9


def rows_in_prose(view: DocumentView, rule: Rule, extractor: str) -> Iterator[Candidate]:
    """Yield a row for each match, in the first flow and by the first pattern that matches."""
    for wording in rule.text:
        for flow in view.flows:
            rows = [
                row for match in wording.matches(flow) if (row := _cells(view, flow, match, rule))
            ]
            if rows:
                yield _candidate(rows, rule, extractor)
                return


def _cells(
    view: DocumentView, flow: Flow, match: re.Match[str], rule: Rule
) -> list[tuple[str, Span]]:
    cells = []
    for name in match.re.groupindex:
        start, end = match.span(name)
        raw = flow.text[start:end].strip() if start >= 0 else ""
        if not raw or is_placeholder(raw):
            continue
        span = flow.span(start, start + len(flow.text[start:end].rstrip()))
        if span.words and view.stands(rule, span.page, union(span.words)):
            cells.append((name, span))
    return cells if len(cells) > 1 else []


def _candidate(rows: list[list[tuple[str, Span]]], rule: Rule, extractor: str) -> Candidate:
    score = _SCORE * rule.confidence
    page = rows[0][0][1].page
    fields = tuple(
        tuple(
            Field(
                name=name,
                raw=" ".join(span.text.split()),
                page=span.page,
                box=union(span.words),
                confidence=round(score * (0.4 + 0.6 * min(w.confidence for w in span.words)), 4),
                extractor=extractor,
            )
            for name, span in row
        )
        for row in rows
    )
    return Candidate(
        raw="\n".join(" | ".join(cell.raw for cell in row) for row in fields),
        page=page,
        words=tuple(w for row in rows for _, span in row if span.page == page for w in span.words),
        score=score,
        rows=fields,
    )
