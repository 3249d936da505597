"""Template files of one's own: known kinds read another way, and kinds and fields that are new.

Besides what every template says, such a file may give its kind's `title`, new fields in
`[vocabulary.NAME]`, and in `[classify]` the phrases by which its documents are recognized; those
are matched by the plugin for classification, which reads the same files.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

import tomli
from attrs import field, frozen

from loanbatch.settings import Settings, TemplateFile
from loanbatch.vocabulary import (
    FieldDefinition,
    FieldType,
    KindDefinition,
    standard_vocabulary,
)
from loanbatch_plugins.templates._generic import generic_template
from loanbatch_plugins.templates._loading import (
    TemplateError,
    TemplateReader,
    load_template,
    read_template,
)
from loanbatch_plugins.templates._schema import Template

#: Names of kinds and fields.
NAME = re.compile(r"[a-z][a-z0-9_]*")
_FIELD_KEYS = {"type", "personal", "columns"}
#: Keys of a `[classify]` table: phrases by what they are worth, phrases, marks of the form.
_WEIGHED = ("title", "text", "edge", "against")
_LISTED = ("first", "stamps", "heads", "inset")
_MARKS = ("single", "parts", "joins", "rows")
_CLASSIFY_KEYS = {*_WEIGHED, *_LISTED, *_MARKS, "minimum"}


@frozen(kw_only=True)
class Own:
    """What the files of a folder teach."""

    kinds: tuple[KindDefinition, ...] = ()
    fields: tuple[FieldDefinition, ...] = ()
    templates: Mapping[str, Template] = field(factory=dict)


def template_of(kind: str, settings: Settings) -> Template:
    """Return the template of a kind: one's own, else the bundled one, else labels alone.

    Raises:
        TemplateError: A file of one's own is not a valid template.
    """
    own = read_own(settings.template_files()).templates.get(kind)
    return own or load_template(kind) or generic_template(kind)


@lru_cache(maxsize=4)
def read_own(files: tuple[TemplateFile, ...]) -> Own:
    """Return what files teach, read once until one changes.

    Raises:
        TemplateError: A file is not a valid template.
    """
    texts = {item.path: read_text(item) for item in files}
    words = [
        words_of(TemplateReader(str(path), text, standard_vocabulary(), {}), tables)
        for path, text in texts.items()
        for tables in [parse(str(path), text)]
    ]
    kinds = tuple(kind for kind, _ in words)
    fields = tuple(item for _, items in words for item in items)
    vocabulary = standard_vocabulary().extended(kinds=kinds, fields=fields)
    templates = {
        path.stem: read_template(text, str(path), path.stem, vocabulary)
        for path, text in texts.items()
    }
    return Own(kinds=kinds, fields=fields, templates=templates)


def read_text(file: TemplateFile) -> str:
    """Return the text of a file.

    Raises:
        TemplateError: It cannot be read.
    """
    try:
        return file.path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise TemplateError(f"{file.path}: cannot be read ({type(error).__name__})") from None


def parse(name: str, text: str) -> dict[str, Any]:
    """Return the tables of a text.

    Raises:
        TemplateError: It is no TOML; the message has the line.
    """
    try:
        return tomli.loads(text)
    except tomli.TOMLDecodeError as error:
        problem = re.sub(r" \(at .*\)$", "", str(error))
        found = re.search(r"at line (\d+)", str(error))
        line = found[1] if found else len(text.splitlines())
        hint = "; texts stand in quotes" if problem == "Invalid value" else ""
        raise TemplateError(f"{name}:{line}: not TOML: {problem}{hint}") from None


def words_of(
    reader: TemplateReader, tables: Mapping[str, Any]
) -> tuple[KindDefinition, tuple[FieldDefinition, ...]]:
    """Return the kind and the new fields that a file defines, and judge how it classifies.

    Raises:
        TemplateError: A name, a type or a phrase is not what it has to be.
    """
    name = str(tables.get("kind", ""))
    if not NAME.fullmatch(name):
        raise reader.error("kind", "expected a name in snake_case: small letters, digits and _")
    title = tables.get("title", "")
    if not isinstance(title, str):
        raise reader.error("title", "expected a text")
    given = tables.get("vocabulary", {})
    if not isinstance(given, dict):
        raise reader.error("vocabulary", "expected a table")
    fields = tuple(_field(reader, key, table) for key, table in given.items())
    _judge_forms(reader, tables.get("classify", []))
    known = standard_vocabulary().kinds.get(name)
    usual = known.fields if known else ()
    own = tables.get("fields", {})
    kind = KindDefinition(
        name=name,
        title=title or (known.title if known else name.replace("_", " ").capitalize()),
        fields=tuple(dict.fromkeys((*usual, *(own if isinstance(own, dict) else ())))),
    )
    return kind, fields


def _field(reader: TemplateReader, name: str, value: object) -> FieldDefinition:
    key = f"vocabulary.{name}"
    if not NAME.fullmatch(name):
        raise reader.error(key, "expected a name in snake_case: small letters, digits and _")
    table = reader.check_keys(value, _FIELD_KEYS, key)
    if "type" not in table:
        raise reader.error(f"{key}.type", f"missing, expected one of {', '.join(FieldType)}")
    kind = reader.choice(FieldType, table["type"], f"{key}.type")
    known = standard_vocabulary().fields.get(name)
    if known is not None and known.type is not kind:
        raise reader.error(
            f"{key}.type", f"the field is built in, expected its type {known.type.value}"
        )
    columns = table.get("columns", {})
    if not isinstance(columns, dict):
        raise reader.error(f"{key}.columns", "expected a table: column = type")
    personal = _flag(reader, table, "personal", key)
    return FieldDefinition(
        name=name,
        type=kind,
        personal=personal or (known is not None and known.personal),
        columns={
            column: reader.choice(FieldType, item, f"{key}.columns.{column}")
            for column, item in columns.items()
        },
    )


def _flag(reader: TemplateReader, table: Mapping[str, Any], name: str, key: str) -> bool:
    value = table.get(name, False)
    if not isinstance(value, bool):
        raise reader.error(f"{key}.{name}", "expected true or false")
    return value


def forms_of(tables: Mapping[str, Any]) -> list[tuple[str, Mapping[str, Any]]]:
    """Return the tables `[classify]` with their keys in the file."""
    value = tables.get("classify", [])
    if isinstance(value, list):
        return [(f"classify[{number}]", table) for number, table in enumerate(value, 1)]
    return [("classify", value)]


def _judge_forms(reader: TemplateReader, value: object) -> None:
    for key, form in forms_of({"classify": value}):
        table = reader.check_keys(form, _CLASSIFY_KEYS, key)
        for name in _LISTED:
            _judge_phrases(reader, table.get(name, []), f"{key}.{name}")
        for name in _MARKS:
            _flag(reader, table, name, key)
        if reader.number(table.get("minimum", 5), f"{key}.minimum") <= 0:
            raise reader.error(f"{key}.minimum", "expected more than 0 points")
        for name in _WEIGHED:
            for points, phrases in _by_points(reader, table.get(name, {}), f"{key}.{name}"):
                _judge_phrases(reader, phrases, f"{key}.{name}.{points}")


def _by_points(reader: TemplateReader, value: object, key: str) -> Iterable[tuple[str, object]]:
    """Return phrases by what they are worth: `title.6 = […]`."""
    name = key.rpartition(".")[2]
    if not isinstance(value, dict):
        raise reader.error(key, f"expected what the phrases are worth: {name}.6 = […]")
    for points in value:
        if not points.isdigit() or int(points) == 0:
            raise reader.error(f"{key}.{points}", f"expected a number of points: {name}.6 = […]")
    return value.items()


def _judge_phrases(reader: TemplateReader, value: object, key: str) -> None:
    for phrase in reader.strings(value, key):
        if not re.search(r"[^\W_]", phrase):
            raise reader.error(key, f"phrase without a letter or digit: {phrase!r}")
