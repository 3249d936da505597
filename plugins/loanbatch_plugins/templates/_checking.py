"""Everything that is wrong in template files, line by line, and what is probably not meant.

Reading a template stops at the first problem. Here what is wrong is told, taken out of the tables,
and the rest is read again, until nothing is left that is wrong.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, TypeVar

from attrs import evolve, frozen

from loanbatch.errors import UsageError
from loanbatch.settings import TemplateFile
from loanbatch.vocabulary import (
    FieldDefinition,
    FieldType,
    Vocabulary,
    standard_vocabulary,
)
from loanbatch_plugins.templates._lint import doubts
from loanbatch_plugins.templates._loading import (
    TemplateError,
    TemplateReader,
    build_template,
    load_lexicon,
)
from loanbatch_plugins.templates._own import NAME, parse, read_text, words_of
from loanbatch_plugins.templates._places import line_of

#: More problems of one file are not told.
_MOST = 100
T = TypeVar("T")

#: What is put where something is missing or was taken out, so that the rest can be read.
_FILLERS: dict[str | int, Any] = {"labels": "x", "start": "x"}
_STEP = re.compile(r"(?P<name>[^.\[\]]+)|\[(?P<number>\d+)\]")


@frozen(kw_only=True)
class Remark:
    """Something about a place in a template file."""

    file: str
    #: From 1; None where it is about the file as a whole.
    line: int | None
    #: As `fields.wages[2].where`; empty where it is about the file as a whole.
    key: str
    text: str
    #: False for what is allowed and probably not meant.
    is_problem: bool = True

    def __str__(self) -> str:
        place = self.file if self.line is None else f"{self.file}:{self.line}"
        parts = [place, self.key, self.text] if self.key else [place, self.text]
        told = ": ".join(parts)
        return told if self.is_problem else f"{told} (warning)"


def files_of(paths: Iterable[str]) -> list[Path]:
    """Return the template files that paths name: files, and the `.toml` files of folders.

    Raises:
        UsageError: Nothing is at a path, or no template is in a folder.
    """
    found: dict[Path, None] = {}
    for given in paths:
        path = Path(given).expanduser()
        files = sorted(path.glob("*.toml")) if path.is_dir() else [path]
        if not files:
            raise UsageError(f"{given}: there is no .toml file in this folder")
        if not path.exists():
            raise UsageError(f"{given}: there is no such file or folder")
        found.update(dict.fromkeys(files))
    return list(found)


def check_files(paths: Sequence[Path]) -> list[Remark]:
    """Return the problems and doubts of files, in the order of the files and their lines."""
    vocabularies = {folder: _words_in(folder) for folder in {path.parent for path in paths}}
    return [
        remark
        for path in paths
        for remark in sorted(
            _check(path, vocabularies[path.parent]),
            key=lambda item: (item.line or 0, not item.is_problem),
        )
    ]


def _words_in(folder: Path) -> Vocabulary:
    """Return the vocabulary with what the sound files of a folder define."""
    vocabulary = standard_vocabulary()
    for path in sorted(folder.glob("*.toml")):
        try:
            text = _text(path)
            kind, fields = words_of(_reader(path, text, vocabulary), parse(str(path), text))
        except TemplateError:
            continue
        vocabulary = vocabulary.extended(kinds=[kind], fields=fields)
    return vocabulary


def _text(path: Path) -> str:
    return read_text(TemplateFile(path, 0, 0))


def _reader(path: Path, text: str, vocabulary: Vocabulary) -> TemplateReader:
    return TemplateReader(str(path), text, vocabulary, load_lexicon())


def _check(path: Path, vocabulary: Vocabulary) -> Iterator[Remark]:
    try:
        text = _text(path)
        tables = parse(str(path), text)
    except TemplateError as error:
        yield _unreadable(path, error)
        return
    known = _reader(path, text, vocabulary)
    problems: list[TemplateError] = []
    if not NAME.fullmatch(path.stem):
        problem = "expected a name of the file, and so of the kind, in snake_case"
        yield Remark(file=str(path), line=None, key="", text=problem)
    elif tables.get("kind") != path.stem:
        problems.append(known.error("kind", f"expected {path.stem!r}, the name of the file"))
    kind = path.stem if NAME.fullmatch(path.stem) else "unnamed"
    tables["kind"] = kind
    words = _mended(tables, lambda: words_of(known, tables), problems)
    vocabulary = vocabulary.extended(fields=() if words is None else words[1])
    vocabulary = _with_words(vocabulary, problems)
    problems += _unknown_fields(known, tables, vocabulary)
    vocabulary = _with_words(vocabulary, problems)
    reader = _reader(path, text, vocabulary)
    template = _mended(tables, lambda: build_template(reader, tables, kind), problems)
    for key, told in dict.fromkeys((error.key, error.problem) for error in problems):
        yield _remark(path, text, key, told)
    if template is not None and not problems:
        for key, doubt in doubts(template, tables):
            yield evolve(_remark(path, text, key, doubt), is_problem=False)


def _remark(path: Path, text: str, key: str, told: str) -> Remark:
    key = key.removeprefix("file.")
    return Remark(file=str(path), line=line_of(text, key), key=key, text=told)


def _unreadable(path: Path, error: TemplateError) -> Remark:
    told = error.message.removeprefix(f"{path}")
    line, _, problem = told.removeprefix(":").partition(": ")
    if line.isdigit():
        return Remark(file=str(path), line=int(line), key="", text=problem)
    return Remark(file=str(path), line=None, key="", text=told.removeprefix(": "))


def _unknown_fields(
    reader: TemplateReader, tables: dict[str, Any], vocabulary: Vocabulary
) -> Iterator[TemplateError]:
    """Yield an error with the nearest names for each field that is nowhere defined."""
    fields = tables.get("fields")
    for name in fields if isinstance(fields, dict) else ():
        if name not in vocabulary.fields:
            near = difflib.get_close_matches(name, vocabulary.fields, n=3, cutoff=0.6)
            meant = f"did you mean {' or '.join(near)}? " if near else ""
            yield reader.error(
                f"fields.{name}",
                f"unknown field; {meant}expected a name of the vocabulary or one that"
                f" [vocabulary.{name}] defines",
            )


def _with_words(vocabulary: Vocabulary, problems: Iterable[TemplateError]) -> Vocabulary:
    """Return a vocabulary in which fields that are wrongly defined, or not at all, are texts."""
    keys = [problem.key.split(".") for problem in problems]
    names = {key[1] for key in keys if key[0] in ("fields", "vocabulary") and len(key) > 1}
    return vocabulary.extended(
        fields=[
            FieldDefinition(name=name, type=FieldType.TEXT)
            for name in sorted(names - set(vocabulary.fields))
        ]
    )


def _mended(
    tables: dict[str, Any], read: Callable[[], T], problems: list[TemplateError]
) -> T | None:
    """Return what is read once all that is wrong was taken out; None where that has no end."""
    for _ in range(_MOST):
        try:
            return read()
        except TemplateError as error:
            if any((error.key, error.problem) == (old.key, old.problem) for old in problems[-3:]):
                return None
            problems.append(error)
            _mend(tables, error.key.removeprefix("file."))
    return None


def _mend(tables: dict[str, Any], key: str) -> None:
    """Take out the value of a key, or put one in where it is missing."""
    steps = [int(m["number"]) - 1 if m["number"] else m["name"] for m in _STEP.finditer(key)]
    if steps[0] == "vocabulary":
        steps = steps[:2]  # a field that is wrongly defined is not defined
    *way, last = steps
    node: Any = tables
    for step in way:
        following = _child(node, step)
        if following is None:
            return
        node = following
    if isinstance(node, list) and isinstance(last, str) and last in node:
        node.remove(last)
        return
    if isinstance(node, list) and isinstance(last, str):
        node = node[0] if node else {}
    if isinstance(node, dict):
        node.pop(last, None)
        if last in _FILLERS or (way and way[0] == "fields" and len(way) > 1):
            filler = last if last in _FILLERS else "labels"
            node[filler] = _FILLERS[filler]
    elif isinstance(last, int) and last < len(node):
        node[last] = {"labels": "x"} if way[0] == "fields" else {}


def _child(node: Any, step: str | int) -> Any:  # noqa: ANN401 - whatever TOML can say
    """Return what is under a step; a list of one table may be named without its number."""
    if isinstance(node, list) and isinstance(step, str):
        node = node[0] if node else None
    if isinstance(node, dict):
        return node.get(str(step))
    if isinstance(node, list) and isinstance(step, int) and step < len(node):
        return node[step]
    return None
