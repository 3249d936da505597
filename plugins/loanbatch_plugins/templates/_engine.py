"""The template engine: each field's rules in order, the best candidate told with its rivals.

A rule that finds something good enough ends the search for its field; the next rules are for what
it left. Labels are sought letter for letter first and with tolerance only where nothing was found
so.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import cache, partial

from attrs import evolve, frozen

from loanbatch.models import Field, Page
from loanbatch.vocabulary import FieldType
from loanbatch_plugins.templates._candidates import Candidate, choose
from loanbatch_plugins.templates._choices import chosen
from loanbatch_plugins.templates._composed import celled, composed
from loanbatch_plugins.templates._currency import apply_currency, apply_day_order, find_currency
from loanbatch_plugins.templates._hits import LabelIndex
from loanbatch_plugins.templates._labelled import labelled
from loanbatch_plugins.templates._loading import load_lexicon, make_label
from loanbatch_plugins.templates._prose import in_prose
from loanbatch_plugins.templates._prose_rows import rows_in_prose
from loanbatch_plugins.templates._readers import READERS
from loanbatch_plugins.templates._rows import tabled
from loanbatch_plugins.templates._runs import mend_runs
from loanbatch_plugins.templates._schema import FieldTemplate, Label, Rule, Template
from loanbatch_plugins.templates._sums import doubt_sums
from loanbatch_plugins.templates._texts import has_odd_end
from loanbatch_plugins.templates._view import DocumentView


def extract_fields(template: Template, pages: Sequence[Page]) -> list[Field]:
    """Return the fields that a template finds on a document's pages, in the template's order."""
    return read_document(template, pages)[1]


def read_document(template: Template, pages: Sequence[Page]) -> tuple[DocumentView, list[Field]]:
    """Return the fields of a document, and the view that tells how they were found."""
    view = DocumentView(pages, template, _index_of(template))
    extractor = f"templates/{template.kind}"
    fields = _read(view, template.fields, extractor)
    if template.blank_without and not any(item.name in template.blank_without for item in fields):
        return view, []
    fields = doubt_sums(view, fields, template)
    fields = mend_runs(fields, {item.number for item in view.layouts if item.recognized})
    currency = find_currency(view)
    fields = apply_currency(fields, currency, extractor, template)
    return view, apply_day_order(fields, view, currency)


def _read(view: DocumentView, items: Sequence[FieldTemplate], extractor: str) -> list[Field]:
    view.read_part = partial(_read_part, view, extractor)
    for item in items:
        field = _find_field(view, item, extractor)
        if field is not None:
            view.found[item.name] = field
    return [view.found[item.name] for item in items if item.name in view.found]


def _read_part(
    whole: DocumentView, extractor: str, pages: Sequence[Page], items: Sequence[FieldTemplate]
) -> dict[str, Field]:
    """Read a part of a document like one of its own, with what was found in the whole at hand."""
    view = DocumentView(pages, whole.template, _index_of(whole.template))
    view.found.update(whole.found)
    fields = _read(view, [item for item in items if item.name not in whole.found], extractor)
    return {field.name: field for field in fields}


#: A choice that is so likely right, and so needs no review, makes the rules after it unnecessary.
_GOOD = 0.95


@frozen
class Choice:
    """What one rule of a field found."""

    #: Number of the rule, from 1.
    rule: int
    winner: Candidate
    losers: Sequence[Candidate]


def choices(view: DocumentView, item: FieldTemplate, extractor: str) -> Iterator[Choice]:
    """Yield what each rule of a field finds, in the order of the rules."""
    for number, rule in enumerate(item.rules, 1):
        if not view.found.keys().isdisjoint(rule.unless):
            continue
        if rule.given and view.found.keys().isdisjoint(rule.given):
            continue
        found = choose(list(_candidates(view, rule, extractor)), rule.occurrence, item.type)
        if found is not None:
            yield Choice(number, *found)


def best_of(found: Iterable[Choice]) -> Choice | None:
    """Return the first good choice, else the likeliest; does not look behind a good one."""
    best: Choice | None = None
    for choice in found:
        if best is None or choice.winner.confidence > best.winner.confidence:
            best = choice
        if choice.winner.likelihood >= _GOOD:
            break
    return best


def _find_field(view: DocumentView, item: FieldTemplate, extractor: str) -> Field | None:
    """Return a field by the first of its rules that finds something good, else the best of all."""
    best = best_of(choices(view, item, extractor))
    if best is None:
        return None
    view.rule_numbers[item.name] = best.rule
    return evolve(
        best.winner.as_field(item.name, extractor),
        alternatives=tuple(loser.as_field(item.name, extractor) for loser in best.losers),
    )


def _candidates(view: DocumentView, rule: Rule, extractor: str) -> Iterator[Candidate]:
    """Yield what a rule finds, each candidate with the kind of its extractor."""
    kind = extractor_of(rule)
    for item in _found(view, rule, extractor):
        odd = rule.type is FieldType.ADDRESS and has_odd_end(item.raw)
        if odd or not item.found_by:
            cues = evolve(item.cues, odd_postal_code=1.0) if odd else item.cues
            yield evolve(item, cues=cues, found_by=item.found_by or kind)
        else:
            yield item


def _found(view: DocumentView, rule: Rule, extractor: str) -> Iterator[Candidate]:
    if rule.reader is not None:
        yield from READERS[rule.reader](view, rule, extractor)
    elif rule.parts:
        yield from composed(view, rule, extractor, _candidates)
    elif rule.letter is not None:
        # Letters have many patterns, compiled when they are imported.
        from loanbatch_plugins.templates._letters import lettered

        yield from lettered(view, rule)
    elif rule.text and rule.type is FieldType.ROWS:
        yield from rows_in_prose(view, rule, extractor)
    elif rule.text:
        yield from in_prose(view, rule)
    elif rule.choices:
        yield from chosen(view, rule)
    elif rule.columns and rule.labels:
        yield from celled(view, rule, extractor)
    elif rule.columns:
        yield from tabled(view, rule, extractor)
    else:
        found = list(labelled(view, rule))
        yield from found or labelled(view, rule, similar=True)


def extractor_of(rule: Rule) -> str:
    """Return the kind of extractor that a rule asks, as the weights know it."""
    if rule.reader is not None:
        return rule.reader
    if rule.letter is not None:
        return "letter"
    if rule.text:
        return "prose_rows" if rule.type is FieldType.ROWS else "prose"
    if rule.choices:
        return "choice"
    return "table" if rule.columns else "label"


@cache
def _lexicon_keys() -> frozenset[str]:
    return frozenset(
        make_label(wording).key for wordings in load_lexicon().values() for wording in wordings
    )


@cache
def _index_of(template: Template) -> LabelIndex:
    keys = set(_lexicon_keys())
    for section in template.sections.values():
        keys |= _keys(section.start) | _keys(section.end)
    keys |= _keys(template.stops) | _keys(template.known)
    for item in template.fields:
        for rule in item.rules:
            keys |= _rule_keys(rule)
    return LabelIndex(keys)


def _rule_keys(rule: Rule) -> set[str]:
    keys: set[str] = set()
    for labels in (
        rule.labels,
        rule.near,
        rule.after,
        rule.stop,
        rule.column,
        rule.not_under,
        rule.end,
    ):
        keys |= _keys(labels)
    keys |= {label.key for label, _ in rule.choices}
    for column in rule.columns:
        keys |= _keys(column.labels)
    for part in rule.parts:
        keys |= _rule_keys(part)
    return keys


def _keys(labels: Sequence[Label]) -> set[str]:
    return {label.key for label in labels}
