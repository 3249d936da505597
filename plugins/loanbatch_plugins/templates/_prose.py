"""Text rules: a regular expression over the running text, mapped back to the words that it
captured."""

from __future__ import annotations

from collections.abc import Iterator

from loanbatch_plugins.layout import Flow
from loanbatch_plugins.templates._candidates import Candidate, fixed_value
from loanbatch_plugins.templates._schema import Rule
from loanbatch_plugins.templates._types import find_typed, is_placeholder, is_typed
from loanbatch_plugins.templates._view import DocumentView, box_of

_SCORE = 0.95


def in_prose(view: DocumentView, rule: Rule) -> Iterator[Candidate]:
    """Yield what the rule's patterns capture, in the first flow and by the first pattern that
    matches.
    """
    for pattern in rule.text:
        for flow in (view.cell_flow,) if rule.cells else view.flows:
            found = list(_matches(view, flow, pattern, rule))
            if found:
                yield from found
                return


def _matches(view: DocumentView, flow: Flow, pattern, rule: Rule) -> Iterator[Candidate]:  # type: ignore[no-untyped-def]
    for match in pattern.finditer(flow.text):
        start, end = match.span("value" if "value" in pattern.groupindex else 0)
        raw = flow.text[start:end].strip()
        if start < 0 or not raw or is_placeholder(raw) or (rule.reject and rule.reject.search(raw)):
            continue
        span = flow.span(start, start + len(flow.text[start:end].rstrip()))
        if not span.words or not view.stands(rule, span.page, box_of(span.words)):
            continue
        if rule.value is None and is_typed(rule.type) and not find_typed(rule.type, raw):
            # A pattern may capture a wording that only the normalizer reads: "fifteen", "thirty
            # years".
            if not raw.replace(" ", "").replace("-", "").isalpha():
                continue
        yield Candidate(
            raw=" ".join(raw.split()),
            page=span.page,
            words=span.words,
            score=_SCORE * rule.confidence,
            value=fixed_value(rule),
        )
