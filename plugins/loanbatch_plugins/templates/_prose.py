"""Text rules: a regular expression over the running text, mapped back to the words it captured."""

from __future__ import annotations

from collections.abc import Iterator

from loanbatch_plugins.layout import Flow
from loanbatch_plugins.templates._candidates import Candidate, fixed_value
from loanbatch_plugins.templates._schema import Rule
from loanbatch_plugins.templates._types import find_typed, is_placeholder, is_typed
from loanbatch_plugins.templates._view import DocumentView, box_of
from loanbatch_plugins.templates._wordings import Wording

_SCORE = 0.95


def in_prose(view: DocumentView, rule: Rule) -> Iterator[Candidate]:
    """Yield what the patterns capture, in the first flow and by the first pattern that matches."""
    for wording in rule.text:
        for flow in (view.cell_flow,) if rule.cells else view.flows:
            found = list(_matches(view, flow, wording, rule))
            if found:
                yield from found
                return


def _may_be(rule: Rule, raw: str) -> bool:
    """Whether a text has the shape of the rule's type.

    Words alone may mean a number that only the normalizer reads: "fifteen", "thirty years".
    """
    typed = not is_typed(rule.type) or bool(find_typed(rule.type, raw))
    return typed or raw.replace(" ", "").replace("-", "").isalpha()


def _matches(view: DocumentView, flow: Flow, wording: Wording, rule: Rule) -> Iterator[Candidate]:
    for match in wording.matches(flow):
        start, end = match.span("value" if "value" in match.re.groupindex else 0)
        raw = flow.text[start:end].strip()
        if start < 0 or not raw or is_placeholder(raw) or (rule.reject and rule.reject.search(raw)):
            continue
        span = flow.span(start, start + len(flow.text[start:end].rstrip()))
        if not span.words or not view.stands(rule, span.page, box_of(span.words)):
            continue
        if rule.value is None and not _may_be(rule, raw):
            continue
        yield Candidate(
            raw=" ".join(raw.split()),
            page=span.page,
            words=span.words,
            score=_SCORE * rule.confidence,
            value=fixed_value(rule),
        )
