"""What became of each labelled document and value: right, wrong or missing. Pure.

Labels name the main values that a person can read; they need not be complete. A found value without
label counts neither way, except on a document labelled without any field (a blank form): there
every value is wrong. A label that is a list of rows counts once a row.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from enum import StrEnum
from pathlib import PurePath
from typing import Any

import attrs
from attrs import evolve, frozen

from loanbatch.evaluation._values import is_rows, means_same, pair_rows

#: A result, a label file or a part of one, as JSON data.
Plain = Mapping[str, Any]


class Verdict(StrEnum):
    """What became of a labelled value."""

    RIGHT = "right"
    WRONG = "wrong"
    MISSING = "missing"
    #: A value on a blank form; counts as wrong.
    UNWANTED = "unwanted"


@frozen(kw_only=True)
class Judgement:
    """What became of one labelled value, or of one labelled row."""

    #: Number of the label, from 0, and the name of its file.
    label: int
    file: str
    kind: str
    field: str
    verdict: Verdict
    #: Pages of the labelled document, inclusive.
    pages: tuple[int, int]
    expected: Any = attrs.field(default=None, repr=False)
    found: Any = attrs.field(default=None, repr=False)
    raw: str = attrs.field(default="", repr=False)
    page: int | None = None
    #: As in results: left, top, right, bottom in points of the displayed page.
    box: tuple[float, float, float, float] | None = None
    #: Of the found value; of a row the least of its cells. None where nothing was found.
    confidence: float | None = None
    extractor: str | None = None
    #: Whether the result is marked for review.
    review: bool = False

    @property
    def wrong(self) -> bool:
        """Whether a value was found that is not what the paper says."""
        return self.verdict in (Verdict.WRONG, Verdict.UNWANTED)

    @property
    def silent(self) -> bool:
        """Whether it is wrong in a result that nobody is asked to look at."""
        return self.wrong and not self.review


@frozen(kw_only=True)
class JudgedDocument:
    """What became of one labelled document."""

    file: str
    kind: str
    #: Labelled first and last page.
    pages: tuple[int, int]
    #: First page of the found document of this kind that shares most pages; None without one.
    found_page: int | None
    review: bool

    @property
    def right(self) -> bool:
        """Whether a document of this kind was found that begins on the labelled page."""
        return self.found_page == self.pages[0]


@frozen(kw_only=True)
class JudgedFile:
    """What became of one labelled file."""

    #: Number of the label, from 0.
    label: int
    file: str
    #: success, failed or skipped; None where the results do not have the file.
    status: str | None
    review: bool
    #: The label names other bytes than were processed.
    changed: bool
    #: Of the least sure value, labelled or not; 1 where there is none.
    least_confidence: float = 1.0
    #: Whether it is marked for review by something else than the confidence of values.
    review_anyway: bool = False


@frozen(kw_only=True)
class Judged:
    """All that became of a set of labels."""

    files: tuple[JudgedFile, ...]
    documents: tuple[JudgedDocument, ...]
    values: tuple[Judgement, ...] = attrs.field(repr=False)


def judge(results: Iterable[Plain], labels: Iterable[Plain]) -> Judged:
    """Compare results with labels.

    Args:
        results: In the form of the JSON report.
        labels: In the form of label files.
    """
    index = _Index(results)
    files: list[JudgedFile] = []
    documents: list[JudgedDocument] = []
    values: list[Judgement] = []
    for number, label in enumerate(labels):
        result = index.find(label)
        file = _judge_file(number, label, result)
        files.append(file)
        found = result["documents"] if result is not None else ()
        for wanted in label["documents"]:
            match = _best_match(wanted, found)
            documents.append(
                JudgedDocument(
                    file=file.file,
                    kind=wanted["kind"],
                    pages=(wanted["first_page"], wanted["last_page"]),
                    found_page=None if match is None else match["first_page"],
                    review=file.review,
                )
            )
            values += _judge_values(file, wanted, {} if match is None else match["fields"])
    return Judged(files=tuple(files), documents=tuple(documents), values=tuple(values))


class _Index:
    """Finds results by content, else by name; the last of several counts."""

    def __init__(self, results: Iterable[Plain]) -> None:
        self.by_content: dict[str, Plain] = {}
        self.by_name: dict[str, Plain] = {}
        for result in results:
            self.by_name[PurePath(result["file_name"]).name] = result
            content = result.get("sha256")
            # A duplicate is skipped: what was found is in the result of the first.
            if content and not (_is_skipped(result) and content in self.by_content):
                self.by_content[content] = result

    def find(self, label: Plain) -> Plain | None:
        content = label.get("sha256") or ""
        result = self.by_content.get(content) or self.by_name.get(PurePath(label["file"]).name)
        if result is not None and _is_skipped(result):
            return self.by_content.get(result.get("sha256") or "", result)
        return result


def _is_skipped(result: Plain) -> bool:
    return result.get("status") == "skipped"


def _judge_file(number: int, label: Plain, result: Plain | None) -> JudgedFile:
    labelled, processed = label.get("sha256"), (result or {}).get("sha256")
    return JudgedFile(
        label=number,
        file=PurePath(label["file"]).name,
        status=None if result is None else result.get("status", "success"),
        review=bool(result and result["needs_review"]),
        changed=bool(labelled and processed and labelled != processed),
        least_confidence=_least_confidence(result or {}),
        review_anyway=any(
            finding["severity"] != "info" and finding["code"] != "low_confidence"
            for finding in (result or {}).get("findings", ())
        ),
    )


def _least_confidence(result: Plain) -> float:
    return min(
        (
            found.get("confidence", 1.0)
            for document in result.get("documents", ())
            for found in document["fields"].values()
        ),
        default=1.0,
    )


def _best_match(wanted: Plain, found: Iterable[Plain]) -> Plain | None:
    """Return the found document of the kind that shares most pages with the labelled one."""

    def shared_pages(document: Plain) -> int:
        first = max(document["first_page"], wanted["first_page"])
        return int(min(document["last_page"], wanted["last_page"])) - int(first) + 1

    same = [item for item in found if item["kind"] == wanted["kind"] and shared_pages(item) > 0]
    return max(same, key=shared_pages, default=None)


def _judge_values(
    file: JudgedFile, wanted: Plain, fields: Mapping[str, Plain]
) -> Iterator[Judgement]:
    def judgement(name: str, verdict: Verdict, expected: Any = None) -> Judgement:  # noqa: ANN401
        return Judgement(
            label=file.label,
            file=file.file,
            kind=wanted["kind"],
            field=name,
            verdict=verdict,
            pages=(wanted["first_page"], wanted["last_page"]),
            expected=expected,
            review=file.review,
        )

    if not wanted["fields"]:
        for name, found in fields.items():
            yield _with_evidence(judgement(name, Verdict.UNWANTED), found)
    for name, expected in wanted["fields"].items():
        own = fields.get(name)
        if is_rows(expected):
            blank = [judgement(name, Verdict.MISSING, row) for row in expected]
            yield from blank if own is None else _judge_rows(blank, own)
        elif own is None:
            yield judgement(name, Verdict.MISSING, expected)
        else:
            verdict = _verdict(own["value"], expected)
            yield _with_evidence(judgement(name, verdict, expected), own)


def _verdict(value: Any, expected: Any) -> Verdict:  # noqa: ANN401 -- JSON data
    if value is None:
        return Verdict.MISSING
    return Verdict.RIGHT if means_same(value, expected) else Verdict.WRONG


def _with_evidence(judgement: Judgement, found: Plain) -> Judgement:
    box = found.get("box")
    return evolve(
        judgement,
        found=found["value"],
        raw=found.get("raw") or "",
        page=found.get("page"),
        box=None if box is None else tuple(box),
        confidence=found.get("confidence"),
        extractor=found.get("extractor"),
    )


def _judge_rows(blank: list[Judgement], found: Plain) -> Iterator[Judgement]:
    """Give each labelled row its verdict and the evidence of the row found for it."""
    values, cells = found["value"], found.get("rows") or []
    pairs = pair_rows(values, [judgement.expected for judgement in blank])
    for judgement, (number, right) in zip(blank, pairs, strict=True):
        verdict = Verdict.RIGHT if right else Verdict.WRONG
        judged = evolve(judgement, verdict=verdict, page=found.get("page"))
        if number is not None:
            row = cells[number] if number < len(cells) else {}
            evidence = _row_evidence(found, values[number], list(row.values()))
            judged = _with_evidence(judged, evidence)
        yield judged


def _row_evidence(found: Plain, value: Any, cells: list[Plain]) -> Plain:  # noqa: ANN401
    """Return a row as if it were one field: around its cells, as sure as the least sure one."""
    if not cells:
        return {**found, "value": value}
    page = cells[0]["page"]
    boxes = [cell["box"] for cell in cells if cell["box"] is not None and cell["page"] == page]
    lefts, tops, rights, bottoms = zip(*boxes, strict=True) if boxes else ((),) * 4
    return {
        "value": value,
        "raw": " | ".join(cell["raw"] for cell in cells),
        "page": page,
        "box": [min(lefts), min(tops), max(rights), max(bottoms)] if boxes else None,
        "confidence": min(cell["confidence"] for cell in cells),
        "extractor": found.get("extractor"),
    }
