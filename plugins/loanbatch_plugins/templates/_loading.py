"""Template files and the lexicon: from TOML to frozen templates, once per process.

Whatever is wrong in a file is told with the file, the key and what was expected. Files are found by
kind; a folder of the user's own is read by `_own`.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Collection, Mapping
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import Any, TypeVar

import tomli

from loanbatch.errors import SettingsError
from loanbatch.vocabulary import FieldType, Vocabulary, standard_vocabulary
from loanbatch_plugins.layout import squeeze
from loanbatch_plugins.templates._fragments import FRAGMENTS
from loanbatch_plugins.templates._places import line_of
from loanbatch_plugins.templates._placing import at_usual_places
from loanbatch_plugins.templates._readers import READERS
from loanbatch_plugins.templates._schema import (
    Column,
    FieldTemplate,
    Label,
    LetterPart,
    Occurrence,
    Rule,
    Scope,
    Section,
    Template,
    Where,
)
from loanbatch_plugins.templates._wordings import Wording, wording

_TOP_KEYS = {
    "kind", "version", "source", "stops", "sections", "fields", "blank_without", "known", "title",
    "vocabulary", "classify", "sums",
}  # fmt: skip
_SECTION_KEYS = {"start", "end", "continues"}
_RULE_KEYS = {
    "labels", "where", "section", "page", "occurrence", "distance", "lines", "skip", "pattern",
    "reject", "near", "after", "stop", "column", "text", "choices", "columns", "required", "end",
    "confidence", "parts", "join", "prefix", "type", "value", "letter", "drop", "reader", "unless",
    "cells", "given", "not_under",
}  # fmt: skip
#: Keys of rules that can do without labels.
_WITHOUT_LABELS = {"text", "choices", "columns", "parts", "letter", "reader"}
_COLUMN_KEYS = {"labels", "type", "pattern"}
#: Stands for the lexicon's labels of the field in a list of labels.
_LEXICON = "@"


_Member = TypeVar("_Member", bound=StrEnum)


class TemplateError(SettingsError):
    """A template file says something that cannot be understood."""

    #: Where in the file, as `fields.wages[2].where`, and what is wrong there.
    key: str = ""
    problem: str = ""


class TemplateReader:
    """Turns one parsed file into a template and knows where it is when something is wrong."""

    def __init__(
        self, name: str, text: str, vocabulary: Vocabulary, lexicon: Mapping[str, tuple[str, ...]]
    ) -> None:
        self.name = name
        self.text = text
        self.vocabulary = vocabulary
        #: Whether the patterns over running text are compiled at once, to find what is wrong.
        self.checked = True
        self.lexicon = lexicon

    def error(self, key: str, problem: str) -> TemplateError:
        """Return the error for a key: `w2.toml:14: fields.wages.where: …`."""
        line = line_of(self.text, key)
        place = self.name if line is None else f"{self.name}:{line}"
        error = TemplateError(f"{place}: {key}: {problem}")
        error.key, error.problem = key, problem
        return error

    def check_keys(self, table: object, known: set[str], key: str) -> dict[str, Any]:
        """Return the table when it is one and has known keys only."""
        if not isinstance(table, dict):
            raise self.error(key, "expected a table")
        for unknown in table.keys() - known:
            raise self.error(f"{key}.{unknown}", f"unknown key; {_meant(str(unknown), known)}")
        return table

    def strings(self, value: object, key: str) -> tuple[str, ...]:
        """Return one string or a list of strings as a tuple."""
        items = [value] if isinstance(value, str) else value
        if not isinstance(items, list) or not all(isinstance(item, str) for item in items):
            raise self.error(key, "expected a string or a list of strings")
        return tuple(items)

    def labels(self, value: object, key: str, field: str = "") -> tuple[Label, ...]:
        """Return labels; `@` stands for the lexicon's wordings of the field."""
        found: dict[str, Label] = {}
        for text in self.strings(value, key):
            wordings = self.lexicon.get(field, ()) if text == _LEXICON else (text,)
            for text_of in wordings:
                label = make_label(text_of)
                if not label.key:
                    raise self.error(key, f"label without a letter or digit: {text_of!r}")
                found.setdefault(text_of, label)
        return tuple(found.values())

    def pattern(self, value: object, key: str) -> Wording:
        """Return a regular expression, compiled where the file is checked."""
        if not isinstance(value, str):
            raise self.error(key, "expected a regular expression")
        try:
            found = wording(value)
            if self.checked:
                found.compiled  # noqa: B018 - says what is wrong
        except KeyError as error:
            known = ", ".join(FRAGMENTS)
            raise self.error(key, f"unknown shape {error}, expected one of {known}") from error
        except re.error as error:
            raise self.error(key, f"not a regular expression ({error})") from error
        return found

    def choice(self, cls: type[_Member], value: object, key: str) -> _Member:
        """Return the member of an enumeration."""
        try:
            return cls(str(value))
        except ValueError as error:
            expected = ", ".join(member.value for member in cls)
            raise self.error(key, f"expected one of {expected}") from error

    def number(self, value: object, key: str) -> float:
        """Return a number."""
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise self.error(key, "expected a number")
        return value

    def section(self, name: str, table: object) -> Section:
        """Return one section."""
        key = f"sections.{name}"
        table = self.check_keys(table, _SECTION_KEYS, key)
        if "start" not in table:
            raise self.error(f"{key}.start", "missing: the headings that start the section")
        return Section(
            name=name,
            start=self.labels(table["start"], f"{key}.start"),
            end=self.labels(table.get("end", []), f"{key}.end"),
            continues=bool(table.get("continues", False)),
        )

    def field(self, name: str, value: object, sections: Mapping[str, Section]) -> FieldTemplate:
        """Return a field: one table is one rule, a list of tables are several."""
        if name not in self.vocabulary.fields:
            raise self.error(f"fields.{name}", "unknown field, expected one of the vocabulary's")
        definition = self.vocabulary.field(name)
        tables = value if isinstance(value, list) else [value]
        rules = []
        for number, table in enumerate(tables, 1):
            key = f"fields.{name}" if len(tables) == 1 else f"fields.{name}[{number}]"
            rule = at_usual_places(self.rule(name, definition.type, table, key), table)
            if rule.section is not None and rule.section not in sections:
                known = _meant(rule.section, sections) if sections else "[sections] is missing"
                raise self.error(f"{key}.section", f"unknown section; {known}")
            rules.append(rule)
        return FieldTemplate(name=name, type=definition.type, rules=tuple(rules))

    def rule(self, name: str, kind: FieldType, table: object, key: str) -> Rule:
        """Return one rule."""
        table = self.check_keys(table, _RULE_KEYS, key)
        given: dict[str, Any] = {"type": kind}
        needs_labels = not table.keys() & _WITHOUT_LABELS
        for name_of in ("labels", "near", "after", "stop", "column", "not_under", "end"):
            if name_of in table:
                given[name_of] = self.labels(table[name_of], f"{key}.{name_of}", name)
        if needs_labels and "labels" not in table:
            given["labels"] = self.labels(_LEXICON, f"{key}.labels", name)
        if needs_labels and not given["labels"]:
            raise self.error(f"{key}.labels", "missing: the words beside the value")
        self._enumerations(table, given, key)
        for name_of in ("distance", "lines", "skip", "drop", "confidence"):
            if name_of in table:
                given[name_of] = self.number(table[name_of], f"{key}.{name_of}")
        for name_of in ("pattern", "reject"):
            if name_of in table:
                given[name_of] = self.pattern(table[name_of], f"{key}.{name_of}")
        self._structures(name, table, given, key)
        return Rule(**given)

    def _enumerations(self, table: dict[str, Any], given: dict[str, Any], key: str) -> None:
        if "where" in table:
            places = self.strings(table["where"], f"{key}.where")
            given["where"] = tuple(self.choice(Where, item, f"{key}.where") for item in places)
        if "page" in table:
            given["page"] = self.choice(Scope, table["page"], f"{key}.page")
        if "occurrence" in table:
            given["occurrence"] = self.choice(Occurrence, table["occurrence"], f"{key}.occurrence")
        if "cells" in table:
            given["cells"] = bool(table["cells"])
        if "letter" in table:
            given["letter"] = self.choice(LetterPart, table["letter"], f"{key}.letter")
        if "section" in table:
            given["section"] = str(table["section"])
        if "reader" in table:
            given["reader"] = table["reader"]
            if table["reader"] not in READERS:
                expected = ", ".join(sorted(READERS))
                raise self.error(f"{key}.reader", f"unknown reader, expected one of {expected}")
            if table["reader"] == "ordered_tick" and str(table.get("value", 1)) not in {*"123"}:
                raise self.error(f"{key}.value", "expected the place of the box: 1, 2 or 3")

    def _structures(
        self, name: str, table: dict[str, Any], given: dict[str, Any], key: str
    ) -> None:
        if "text" in table:
            self._text(table, given, f"{key}.text")
        if "choices" in table:
            given["choices"] = self._choices(table["choices"], f"{key}.choices")
        if "columns" in table:
            given["columns"] = self._columns(name, table["columns"], f"{key}.columns")
        if "parts" in table:
            given["parts"] = self._parts(name, table["parts"], given["type"], f"{key}.parts")
        for name_of in ("join", "prefix", "value"):
            if name_of in table:
                given[name_of] = str(table[name_of])
        for name_of in ("required", "unless", "given"):
            if name_of in table:
                given[name_of] = self.strings(table[name_of], f"{key}.{name_of}")

    def _text(self, table: dict[str, Any], given: dict[str, Any], key: str) -> None:
        found = tuple(self.pattern(item, key) for item in self.strings(table["text"], key))
        needs_value = "value" not in table and given["type"] is not FieldType.ROWS
        if self.checked and needs_value and any("value" not in item.groupindex for item in found):
            raise self.error(key, "pattern without a group (?P<value>…)")
        given["text"] = found

    def _parts(self, name: str, value: object, kind: FieldType, key: str) -> tuple[Rule, ...]:
        """Return the rules of a composed value; each may say a type of its own."""
        if not isinstance(value, list) or not value:
            raise self.error(key, "expected a list of tables")
        rules = []
        for number, table in enumerate(value, 1):
            place = f"{key}[{number}]"
            self.check_keys(table, _RULE_KEYS, place)
            own = (
                self.choice(FieldType, table["type"], f"{place}.type") if "type" in table else kind
            )
            rules.append(self.rule(name, own, table, place))
        return tuple(rules)

    def _choices(self, value: object, key: str) -> tuple[tuple[Label, str | None], ...]:
        if isinstance(value, dict):
            return tuple(
                (label, str(result))
                for result, wordings in value.items()
                for label in self.labels(wordings, f"{key}.{result}")
            )
        return tuple((label, None) for label in self.labels(value, key))

    def _columns(self, field: str, value: object, key: str) -> tuple[Column, ...]:
        definition = self.vocabulary.field(field)
        if not isinstance(value, dict):
            raise self.error(key, "expected a table of columns")
        columns = []
        for name, item in value.items():
            table = item if isinstance(item, dict) else {"labels": item}
            self.check_keys(table, _COLUMN_KEYS, f"{key}.{name}")
            kind = definition.column(name).type
            if "type" in table:
                kind = self.choice(FieldType, table["type"], f"{key}.{name}.type")
            pattern = table.get("pattern")
            columns.append(
                Column(
                    name=name,
                    type=kind,
                    labels=self.labels(table.get("labels", []), f"{key}.{name}"),
                    pattern=None
                    if pattern is None
                    else self.pattern(pattern, f"{key}.{name}.pattern"),
                )
            )
        return tuple(columns)


def _meant(name: str, known: Collection[str]) -> str:
    """Return what an unknown name may have been meant for, and what is known."""
    near = difflib.get_close_matches(name, known, n=1)
    meant = f"did you mean {near[0]}? " if near else ""
    return f"{meant}expected one of {', '.join(sorted(known))}"


@cache
def make_label(wording: str) -> Label:
    """Return the label of a wording with its anchors `^` and `$`."""
    text = wording
    starts = text.startswith("^")
    ends = text.endswith("$")
    text = text.removeprefix("^").removesuffix("$")
    return Label(text, squeeze(text), starts, ends)


def read_template(
    text: str,
    name: str,
    kind: str,
    vocabulary: Vocabulary | None = None,
    *,
    checked: bool = True,
) -> Template:
    """Return the template that a file's text describes.

    Args:
        text: TOML.
        name: The file's name, for errors.
        kind: The kind that the file has to be for.
        vocabulary: Known fields; the standard ones by default.
        checked: Whether patterns are compiled, to see that they can be.

    Raises:
        TemplateError: The text is no TOML, or says something unknown.
    """
    reader = TemplateReader(name, text, vocabulary or standard_vocabulary(), load_lexicon())
    reader.checked = checked
    try:
        tables = tomli.loads(text)
    except tomli.TOMLDecodeError as error:
        raise TemplateError(f"{name}: not TOML: {error}") from error
    return build_template(reader, tables, kind)


def build_template(reader: TemplateReader, tables: Mapping[str, Any], kind: str) -> Template:
    """Return the template that a file's tables describe.

    Raises:
        TemplateError: They say something unknown.
    """
    reader.check_keys(tables, _TOP_KEYS, "file")
    if tables.get("kind") != kind:
        raise reader.error("kind", f"expected {kind!r}, the name of the file")
    headed = tables.get("sections", {})
    names = set(headed) if isinstance(headed, dict) else set()
    sections = {
        key: reader.section(key, table)
        for key, table in reader.check_keys(headed, names, "sections").items()
    }
    fields = tables.get("fields", {})
    if not isinstance(fields, dict):
        raise reader.error("fields", "expected a table")
    sums = reader.check_keys(tables.get("sums", {}), set(fields), "sums")
    return Template(
        kind=kind,
        sections=sections,
        fields=tuple(reader.field(key, item, sections) for key, item in fields.items()),
        stops=reader.labels(tables.get("stops", []), "stops"),
        known=reader.labels(tables.get("known", []), "known"),
        blank_without=_names(reader, tables, "blank_without", tables.get("blank_without", [])),
        sums={
            whole: _names(reader, tables, f"sums.{whole}", parts) for whole, parts in sums.items()
        },
        vocabulary=reader.vocabulary,
    )


def _names(
    reader: TemplateReader, tables: Mapping[str, Any], key: str, value: object
) -> tuple[str, ...]:
    names = reader.strings(value, key)
    for name in names:
        if name not in tables.get("fields", {}):
            raise reader.error(f"{key}.{name}", "expected the name of a field of this file")
    return names


@cache
def load_lexicon() -> Mapping[str, tuple[str, ...]]:
    """Return the label wordings of each field across kinds."""
    text = files(__package__).joinpath("lexicon.toml").read_text(encoding="utf-8")
    return {name: tuple(wordings) for name, wordings in tomli.loads(text).items()}


@cache
def load_template(kind: str) -> Template | None:
    """Return the bundled template of a kind, read once; None when there is none.

    Raises:
        TemplateError: The file is not a valid template.
    """
    path = files(__package__).joinpath("kinds", f"{kind}.toml")
    if not path.is_file():
        return None
    text = path.read_text(encoding="utf-8")
    # Tests check the packaged files; compiling all that a document may say takes a while.
    return read_template(text, f"{kind}.toml", kind, checked=False)
