"""One document taken through all stages, to see what a template makes of it and why.

The document goes the way of every other, in this process, with a plugin beside the others that
keeps what the extract stage is given. What was found is then told with the rule and the label that
found it, what was not found with the reason.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from attrs import evolve, field, frozen

from loanbatch import temporary
from loanbatch.hookspecs import hookimpl
from loanbatch.models import Box, Document, Field, Page, PageImage
from loanbatch.results import BatchProcessingResult
from loanbatch.settings import Settings
from loanbatch_plugins.templates._engine import read_document
from loanbatch_plugins.templates._hits import Hit
from loanbatch_plugins.templates._labelled import hits_of, with_labels
from loanbatch_plugins.templates._own import template_of
from loanbatch_plugins.templates._schema import FieldTemplate, Rule
from loanbatch_plugins.templates._view import DocumentView

#: `open_handler` of the command line: settings and plugin objects give a handler.
OpenHandler = Callable[[Settings, Sequence[object]], Any]
#: Extractors of fields that came from a template begin so.
_OURS = "templates/"
#: Points that a value may reach out of its field's box.
_SLACK = 1.0


@frozen(kw_only=True)
class Finding:
    """A field with what found it."""

    #: As in the result; its boxes are those of the displayed page.
    field: Field
    #: Which of the template's rules, from 1; 0 where another plugin found it.
    rule: int = 0
    rules: int = 0
    #: What kind of rule it is, and its label or pattern.
    how: str = ""
    #: Where the value stands on the upright page.
    box: Box | None = None
    #: The labels that led to it, as printed, and where they stand on the upright page.
    labels: tuple[str, ...] = ()
    label_boxes: tuple[tuple[int, Box], ...] = ()


@frozen(kw_only=True)
class Missing:
    """A field of the template that was not found, and why."""

    name: str
    reason: str


@frozen(kw_only=True)
class Trial:
    """What a template makes of one document of the source."""

    document: Document
    pages: tuple[Page, ...] = field(repr=False)
    #: In the order of the template, then what other plugins found.
    found: tuple[Finding, ...]
    missing: tuple[Missing, ...]


@frozen(kw_only=True)
class Outcome:
    """What became of the source; `drawn` has the pages where pictures were asked for."""

    result: BatchProcessingResult
    trials: tuple[Trial, ...] = ()
    drawn: dict[int, PageImage] = field(factory=dict, repr=False)


class _Witness:
    """A plugin that keeps what the extract stage is given, and may say the kind."""

    def __init__(self, kind: str) -> None:
        self._kind = kind
        self.seen: list[tuple[Document, tuple[Page, ...]]] = []

    @hookimpl
    def classify(self, pages: Sequence[Page]) -> list[Document] | None:
        """Say that the whole source is of the kind that was asked for."""
        if not self._kind:
            return None
        first, last = pages[0].number, pages[-1].number
        return [Document(kind=self._kind, first_page=first, last_page=last)]

    @hookimpl
    def extract(self, document: Document, pages: Sequence[Page]) -> None:
        """Keep the pages; the fields are found by the others."""
        self.seen.append((document, tuple(pages)))


def try_out(
    path: Path, settings: Settings, open_handler: OpenHandler, *, kind: str = "", draw: bool = False
) -> Outcome:
    """Process one document and tell how its fields were found.

    Nothing is kept: database and objects lie in a temporary folder.

    Args:
        path: The document.
        settings: In force; `templates` names the folder of one's own.
        open_handler: Gives what processes documents.
        kind: Taken for granted instead of recognized, where not empty.
        draw: Whether the pages are drawn too.
    """
    witness = _Witness(kind)
    with temporary.folder() as folder:
        alone = evolve(settings, home=folder, database="", objects="", executor="inline", workers=1)
        with open_handler(alone, [witness]) as handler:
            (result,) = handler.process_batch_from_paths([path]).results
            trials = tuple(
                _trial(document, pages, settings)
                for document, (_, pages) in zip(result.documents, witness.seen, strict=False)
            )
            numbers = {page.number for trial in trials for page in trial.pages} if draw else ()
            drawn = {number: handler.draw_page(path, number) for number in sorted(numbers)}
    return Outcome(result=result, trials=trials, drawn=drawn)


def _trial(document: Document, pages: tuple[Page, ...], settings: Settings) -> Trial:
    template = template_of(document.kind, settings)
    view, fields = read_document(template, pages)
    upright = {item.name: item for item in fields}
    items = {item.name: item for item in template.fields}
    order = {name: number for number, name in enumerate(items)}
    found = tuple(
        _finding(view, result, items.get(name), upright.get(name))
        for name, result in sorted(
            document.fields.items(), key=lambda pair: order.get(pair[0], len(order))
        )
    )
    missing = tuple(
        Missing(name=name, reason=_reason(view, item))
        for name, item in items.items()
        if name not in document.fields
    )
    return Trial(document=document, pages=pages, found=found, missing=missing)


def _finding(
    view: DocumentView, result: Field, item: FieldTemplate | None, upright: Field | None
) -> Finding:
    """Return the field of a result with the rule that found it, if a template did."""
    if item is None or upright is None or not result.extractor.startswith(_OURS):
        return Finding(field=result, box=result.box)
    number = view.rule_numbers[item.name]
    rule = item.rules[number - 1]
    hits = _labels_of(view, rule, upright)
    return Finding(
        field=result,
        rule=number,
        rules=len(item.rules),
        how=_how(rule),
        box=upright.box,
        labels=tuple(dict.fromkeys(_printed(hit) for hit in hits)),
        label_boxes=tuple((hit.page, hit.box) for hit in hits),
    )


def _labels_of(view: DocumentView, rule: Rule, found: Field) -> list[Hit]:
    """Return the labels that led a rule to a field."""
    if rule.parts:
        return [hit for part in rule.parts for hit in _labels_of(view, part, found)]
    if not rule.labels or rule.text or rule.letter is not None or rule.reader is not None:
        return []
    if rule.choices or rule.columns:
        return [hit for hit in hits_of(view, rule) if hit.page == found.page][:1]
    for similar in (False, True):
        hits = [
            hit
            for hit, candidate in with_labels(view, rule, similar=similar)
            if candidate.page == found.page and _holds(found.box, candidate.area)
        ]
        if hits:
            return hits
    return []


def _holds(outer: Box | None, inner: Box) -> bool:
    return (
        outer is not None
        and outer.left - _SLACK <= inner.left
        and outer.top - _SLACK <= inner.top
        and inner.right <= outer.right + _SLACK
        and inner.bottom <= outer.bottom + _SLACK
    )


def _printed(hit: Hit) -> str:
    """Return a label as it is printed."""
    first, *others = hit.segments
    if not others:
        return first.text[hit.start : hit.end].strip()
    lines = [first.text[hit.start :], *(item.text for item in others[:-1])]
    return " ".join([*lines, others[-1].text[: hit.end]]).strip()


def _how(rule: Rule) -> str:
    """Return what kind of rule it is."""
    if rule.reader is not None:
        return f"reader {rule.reader}"
    if rule.parts:
        return "parts"
    if rule.letter is not None:
        return f"letter {rule.letter.value}"
    if rule.text:
        return "text"
    if rule.choices:
        return "choices"
    if rule.columns:
        return "columns"
    return "column" if rule.column else f"label, {' or '.join(rule.where)}"


def _reason(view: DocumentView, item: FieldTemplate) -> str:
    """Say how far the rules of a field came."""
    rules = [rule for rule in item.rules if _applies(view, rule)]
    if not rules:
        return "no rule applies (given, unless)"
    hits = [hit for rule in rules for hit in _seen(view, rule)]
    if hits:
        hit = hits[0]
        return f"label {_printed(hit)!r} on page {hit.page}, but no {item.type.value} where it says"
    anywhere = [hit for rule in rules for hit in view.find_any(rule.labels)]
    if anywhere:
        hit = anywhere[0]
        return f"label {_printed(hit)!r} on page {hit.page} is not where the rule looks"
    return " and ".join(dict.fromkeys(_vain(rules)))


def _vain(rules: Iterable[Rule]) -> Iterator[str]:
    for rule in rules:
        if rule.labels or rule.parts:
            yield "no label of it on the pages"
        elif rule.text:
            yield "no text that fits its pattern"
        else:
            yield f"nothing by {_how(rule)}"


def _applies(view: DocumentView, rule: Rule) -> bool:
    if any(name in view.found for name in rule.unless):
        return False
    return not rule.given or any(name in view.found for name in rule.given)


def _seen(view: DocumentView, rule: Rule) -> list[Hit]:
    if rule.parts:
        return [hit for part in rule.parts for hit in _seen(view, part)]
    return (hits_of(view, rule) or hits_of(view, rule, similar=True)) if rule.labels else []
