"""Label files: `NAME.gold.json` beside the document NAME."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from attrs import field, frozen

from loanbatch.errors import UsageError

#: What the name of a label file adds to that of its document.
LABEL_ENDING = ".gold.json"


@frozen(kw_only=True)
class LabelFile:
    """What a person read in one file."""

    #: The document, whether it is there or not.
    document: Path
    #: The content: file, sha256, documents with kind, first_page, last_page and fields.
    plain: dict[str, Any] = field(repr=False)


def read_labels(folder: Path) -> list[LabelFile]:
    """Return the labels in a folder and below, by path; or those of the one file that is named.

    Args:
        folder: A folder, a label file, or a document with a label file beside it.

    Raises:
        UsageError: There are none, or one of them is no label file.
    """
    paths = [_label_file(folder)] if folder.is_file() else sorted(folder.rglob(f"*{LABEL_ENDING}"))
    if not paths:
        raise UsageError(f"{folder}: no label files there (NAME{LABEL_ENDING} beside NAME)")
    return [_read(path) for path in paths]


def _label_file(path: Path) -> Path:
    if path.name.endswith(LABEL_ENDING):
        return path
    beside = path.with_name(f"{path.name}{LABEL_ENDING}")
    if not beside.is_file():
        raise UsageError(f"{path}: there is no label file {beside.name} beside it")
    return beside


def set_aside(labels: Sequence[LabelFile], folder: Path, listing: Path) -> list[LabelFile]:
    """Return those of the labels whose documents a list names.

    Args:
        labels: All of `folder`.
        folder: Where the names begin; or the one label file, beside its document.
        listing: A text file with the path of one document a line, or its sha256, as its label has
            it; lines that are empty or begin with `#` do not count.

    Raises:
        UsageError: The list cannot be read, names none, or names a document without labels.
    """
    try:
        lines = [line.strip() for line in listing.read_text(encoding="utf-8").splitlines()]
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{listing}: cannot be read ({type(error).__name__})") from None
    wanted = dict.fromkeys(line for line in lines if line and not line.startswith("#"))
    if not wanted:
        raise UsageError(f"{listing}: it names no document")
    begin = folder.parent if folder.is_file() else folder
    known = {label.document.relative_to(begin).as_posix(): label for label in labels}
    known |= {str(label.plain.get("sha256")): label for label in labels}
    for name in wanted:
        if name not in known:
            raise UsageError(f"{listing}: {folder} has no labels for {name}")
    return [known[name] for name in wanted]


def read_json(path: Path) -> Any:  # noqa: ANN401 -- JSON data
    """Return the content of a JSON file.

    Raises:
        UsageError: It cannot be read, or is no JSON; the message holds nothing of it.
    """
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise UsageError(f"{path}: cannot be read ({reason})") from None
    except (ValueError, RecursionError):
        raise UsageError(f"{path}: it is no JSON") from None


def _read(path: Path) -> LabelFile:
    plain = read_json(path)
    fault = _fault(plain)
    if fault:
        raise UsageError(f"{path}: it is no label file: {fault}")
    beside = path.with_name(path.name.removesuffix(LABEL_ENDING))
    if beside == path or not beside.exists():
        beside = path.with_name(Path(plain["file"]).name)
    return LabelFile(document=beside, plain=plain)


def _fault(plain: Any) -> str:  # noqa: ANN401 -- JSON data
    """Return where the content is not as it must be; empty where it is."""
    if not isinstance(plain, dict) or not isinstance(plain.get("file"), str):
        return "$.file must be a text"
    documents = plain.get("documents")
    if not isinstance(documents, list):
        return "$.documents must be a list"
    wanted = {"kind": str, "first_page": int, "last_page": int, "fields": dict}
    for number, document in enumerate(documents):
        for key, kind in wanted.items():
            if not isinstance(document, dict) or not isinstance(document.get(key), kind):
                return f"$.documents[{number}].{key} must be of type {kind.__name__}"
    return ""


def results_of(report: Any) -> list[dict[str, Any]]:  # noqa: ANN401 -- JSON data
    """Return the results of a JSON report.

    Raises:
        UsageError: It is none.
    """
    try:
        results = list(report["results"])
        for result in results:
            _ = result["file_name"], result["needs_review"]
            for document in result["documents"]:
                _ = document["kind"], document["first_page"], document["last_page"]
                for found in document["fields"].values():
                    _ = found["value"]
    except (AttributeError, KeyError, TypeError):
        raise UsageError("it is no JSON report of loanbatch") from None
    return results
