"""Counts of right, wrong and missing values, and the shares that follow from them. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from attrs import field, frozen

from loanbatch.evaluation._judging import Judged, JudgedDocument, Judgement, Verdict

#: Digits of shares in JSON.
SHARE_DIGITS = 4


def share(part: int, whole: int) -> float:
    """Return a part as 0 to 1; 0 of nothing."""
    return part / whole if whole else 0.0


@frozen(kw_only=True)
class Figures:
    """Counts over some labelled values, and the documents that they stand in."""

    documents: int = 0
    #: Documents found with the right kind and first page.
    kinds_right: int = 0
    #: Labelled values; each row of a list of rows is one.
    labelled: int = 0
    right: int = 0
    #: With the values found on blank forms.
    wrong: int = 0
    missing: int = 0
    #: Wrong values in results that are not marked for review.
    silent: int = 0

    @property
    def kinds(self) -> float:
        """Share of the documents found with the right kind and first page."""
        return share(self.kinds_right, self.documents)

    @property
    def precision(self) -> float:
        """Share of the right ones among the values found."""
        return share(self.right, self.right + self.wrong)

    @property
    def recall(self) -> float:
        """Share of the labelled values that were found and right."""
        return share(self.right, self.labelled)

    def to_dict(self) -> dict[str, Any]:
        """Return counts and shares as JSON data."""
        return {
            "documents": self.documents,
            "kinds_right": self.kinds_right,
            "kinds": round(self.kinds, SHARE_DIGITS),
            "labelled": self.labelled,
            "right": self.right,
            "wrong": self.wrong,
            "missing": self.missing,
            "precision": round(self.precision, SHARE_DIGITS),
            "recall": round(self.recall, SHARE_DIGITS),
            "silent": self.silent,
        }


@frozen(kw_only=True)
class Score:
    """How well a set of labels was met."""

    total: Figures
    kinds: Mapping[str, Figures]
    #: By kind and field; documents are not counted there.
    fields: Mapping[tuple[str, str], Figures] = field(repr=False)
    #: Labelled files; those that failed or have no result; those whose result needs review.
    files: int
    files_failed: int
    files_to_review: int
    #: Labelled documents in results that need review.
    documents_to_review: int

    @property
    def review_share(self) -> float:
        """Share of the labelled files whose result needs review."""
        return share(self.files_to_review, self.files)

    @property
    def document_review_share(self) -> float:
        """Share of the labelled documents that are in a result that needs review."""
        return share(self.documents_to_review, self.total.documents)

    def to_dict(self) -> dict[str, Any]:
        """Return all figures as JSON data."""
        kinds = {name: figures.to_dict() for name, figures in self.kinds.items()}
        for (kind, name), figures in self.fields.items():
            plain = figures.to_dict()
            for key in ("documents", "kinds_right", "kinds"):
                del plain[key]
            kinds[kind].setdefault("fields", {})[name] = plain
        return {
            "files": self.files,
            "files_failed": self.files_failed,
            "review": {
                "results": round(self.review_share, SHARE_DIGITS),
                "documents": round(self.document_review_share, SHARE_DIGITS),
            },
            "total": self.total.to_dict(),
            "kinds": kinds,
        }


def score(judged: Judged) -> Score:
    """Count what became of a set of labels."""
    documents: dict[str, list[JudgedDocument]] = defaultdict(list)
    values: dict[str, list[Judgement]] = defaultdict(list)
    by_field: dict[tuple[str, str], list[Judgement]] = defaultdict(list)
    for document in judged.documents:
        documents[document.kind].append(document)
    for value in judged.values:
        values[value.kind].append(value)
        by_field[value.kind, value.field].append(value)
    return Score(
        total=_count(judged.documents, judged.values),
        kinds={kind: _count(documents[kind], values[kind]) for kind in sorted(documents)},
        fields={key: _count((), by_field[key]) for key in sorted(by_field)},
        files=len(judged.files),
        files_failed=sum(file.status in (None, "failed") for file in judged.files),
        files_to_review=sum(file.review for file in judged.files),
        documents_to_review=sum(document.review for document in judged.documents),
    )


def _count(documents: Iterable[JudgedDocument], values: Iterable[Judgement]) -> Figures:
    documents, values = list(documents), list(values)
    return Figures(
        documents=len(documents),
        kinds_right=sum(document.right for document in documents),
        labelled=sum(value.verdict is not Verdict.UNWANTED for value in values),
        right=sum(value.verdict is Verdict.RIGHT for value in values),
        wrong=sum(value.wrong for value in values),
        missing=sum(value.verdict is Verdict.MISSING for value in values),
        silent=sum(value.silent for value in values),
    )
