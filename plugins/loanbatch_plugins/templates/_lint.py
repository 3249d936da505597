"""What a sound template file says and probably does not mean."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from attrs import evolve

from loanbatch.vocabulary import FieldDefinition, standard_vocabulary
from loanbatch_plugins.templates._own import forms_of
from loanbatch_plugins.templates._schema import FieldTemplate, Rule, Template

#: Points, in minimums of the form, from which a kind can be certain enough to need no review.
_CERTAIN = 3


def doubts(template: Template, tables: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield key and doubt for what a template says in vain, or lacks."""
    yield from _lacks(template.kind, tables)
    yield from _weak_forms(tables)
    yield from _labels_in_stops(template)
    before: list[str] = []
    for item in template.fields:
        for number, rule in enumerate(item.rules, 1):
            key = f"fields.{item.name}"
            key += f"[{number}]" if len(item.rules) > 1 else ""
            yield from _of_rule(rule, key, before)
            yield from _unreachable(item, number, key)
            yield from _unknown_columns(template.vocabulary.field(item.name), rule, key)
        before.append(item.name)


def _lacks(kind: str, tables: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for key, what in (
        ("version", "a number to raise with each change"),
        ("source", "the form and edition that it is for"),
    ):
        if key not in tables:
            yield key, f"missing: {what}"
    if not isinstance(tables.get("version", 1), int):
        yield "version", "expected a number to raise with each change"
    if kind in standard_vocabulary().kinds:
        return
    if "title" not in tables:
        yield "title", "missing: what people call this new kind of document"
    if not forms_of(tables):
        yield (
            "classify",
            "missing: the kind is new, and without phrases no document is recognized as one of it",
        )


def _weak_forms(tables: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for key, form in forms_of(tables):
        minimum = form.get("minimum", 5)
        points = sum(
            float(worth) * (1 if isinstance(phrases, str) else len(phrases))
            for place in ("title", "text", "edge")
            for worth, phrases in form.get(place, {}).items()
        )
        if points < minimum:
            yield key, f"unreachable: all phrases together give {points:g} of {minimum:g} points"
        elif points < _CERTAIN * minimum:
            yield (
                key,
                f"all phrases together give {points:g} points; under {_CERTAIN * minimum:g} the"
                " kind stays uncertain and every document needs review",
            )


def _labels_in_stops(template: Template) -> Iterator[tuple[str, str]]:
    labels = {label.key for item in template.fields for rule in item.rules for label in rule.labels}
    shared = [repr(label.text) for label in template.stops if label.key in labels]
    if shared:
        more = f" and {len(shared) - 1} more are" if len(shared) > 1 else " is"
        yield (
            "stops",
            f"{shared[0]}{more} among the labels of fields; here they also end a value that has"
            " the words",
        )


def _of_rule(rule: Rule, key: str, before: Sequence[str]) -> Iterator[tuple[str, str]]:
    pattern = rule.pattern
    if pattern is not None and pattern.compiled.groups and "value" not in pattern.groupindex:
        yield f"{key}.pattern", "its groups have no name: the value is the whole match, not a group"
    if rule.given and not set(rule.given) & set(before):
        yield f"{key}.given", "unreachable: none of these fields stands before it in the file"
    for name in rule.unless:
        if name not in before:
            yield f"{key}.unless", f"in vain: the field {name} does not stand before it in the file"
    names = [column.name for column in rule.columns]
    for name in rule.required if names else ():
        if name not in names:
            yield f"{key}.required", f"unreachable: there is no column {name}"
    for part, own in enumerate(rule.parts, 1):
        yield from _of_rule(own, f"{key}.parts[{part}]", before)


def _unknown_columns(
    definition: FieldDefinition, rule: Rule, key: str
) -> Iterator[tuple[str, str]]:
    """Say of a column that nobody has defined that it has no type."""
    for column in rule.columns:
        if not column.name.startswith("_") and column.name not in definition.columns:
            known = ", ".join(definition.columns) or "none"
            yield (
                f"{key}.columns.{column.name}",
                f"no column of {definition.name} (they are {known}): its cells are plain text",
            )


def _unreachable(item: FieldTemplate, number: int, key: str) -> Iterator[tuple[str, str]]:
    """Say of a rule that an earlier one of the field finds all that it could find."""
    rule = item.rules[number - 1]
    for earlier, other in enumerate(item.rules[: number - 1], 1):
        alike = evolve(rule, labels=(), confidence=1.0) == evolve(other, labels=(), confidence=1.0)
        if alike and set(rule.labels) <= set(other.labels):
            yield key, f"unreachable: rule {earlier} of the field finds all that this one could"
            return
