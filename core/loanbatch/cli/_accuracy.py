"""What was measured, as tables and as JSON data."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from attrs import field, frozen

from loanbatch.cli import _output
from loanbatch.evaluation import (
    Change,
    Figures,
    Judged,
    JudgedDocument,
    Judgement,
    Reliability,
    Score,
    Threshold,
    Verdict,
    shown,
)

#: Fields shown unless all are asked for: those with the most misses.
_WORST = 10

_KIND_COLUMNS = (
    "Kind", "Docs", "Kinds", "Labelled", "Right", "Wrong", "Missing", "Precision", "Recall",
    "Silent",
)  # fmt: skip
_FIELD_COLUMNS = (
    "Field", "Labelled", "Right", "Wrong", "Missing", "Precision", "Recall", "Silent",
)  # fmt: skip
_MISS_COLUMNS = (
    "File", "Page", "Field", "Verdict", "Label", "Found", "As read", "Box", "Conf.", "Review",
)  # fmt: skip


@frozen(kw_only=True)
class Measured:
    """All that was measured on a set of labels."""

    #: What may be shown: without the documents set aside.
    judged: Judged = field(repr=False)
    #: Of all documents.
    score: Score
    #: Of the documents set aside alone.
    set_aside: Score | None
    reliability: Reliability
    extractors: Mapping[str, Reliability]
    thresholds: Sequence[Threshold]
    #: The one in force.
    review_threshold: float

    @property
    def misses(self) -> list[Judgement]:
        """Values that are not right, in the order of the labels."""
        return [value for value in self.judged.values if value.verdict is not Verdict.RIGHT]

    @property
    def missed_documents(self) -> list[JudgedDocument]:
        """Documents that were not found, or not where they begin, in the order of the labels."""
        return [document for document in self.judged.documents if not document.right]

    @property
    def changed_files(self) -> list[str]:
        """Names of files with other bytes than those labelled."""
        return [file.file for file in self.judged.files if file.changed]

    def to_dict(self, *, with_misses: bool) -> dict[str, Any]:
        """Return the figures as JSON data; with misses it is personal data."""
        plain = {
            **self.score.to_dict(),
            "reliability": {
                **self.reliability.to_dict(),
                "extractors": {name: item.to_dict() for name, item in self.extractors.items()},
            },
            "review_threshold": self.review_threshold,
            "thresholds": [item.to_dict() for item in self.thresholds],
        }
        if self.set_aside is not None:
            plain["set_aside"] = self.set_aside.to_dict()
        if with_misses:
            plain["missed_documents"] = [_plain_document(item) for item in self.missed_documents]
            plain["misses"] = [_plain_miss(miss) for miss in self.misses]
        return plain


def show_measured(measured: Measured, *, all_fields: bool) -> None:
    """Write the figures to standard output."""
    score = measured.score
    rows = [_kind_row(kind, figures) for kind, figures in score.kinds.items()]
    _output.table(_KIND_COLUMNS, [*rows, _kind_row("TOTAL", score.total)])
    _output.payload("")
    if measured.set_aside is not None:
        aside = measured.set_aside
        rows = [_kind_row(kind, figures) for kind, figures in aside.kinds.items()]
        title = f"Documents set aside ({aside.files} of {score.files} files)"
        _output.table(_KIND_COLUMNS, [*rows, _kind_row("TOTAL", aside.total)], title=title)
        _output.payload("")
    _show_fields(score.fields, all_fields=all_fields)
    _show_reliability(measured)
    _output.payload(_summary(score))


def show_misses(measured: Measured) -> None:
    """Write each missed document, and each wrong and missing value, to standard output."""
    if measured.missed_documents:
        rows = [
            (item.file, item.kind, *map(str, item.pages), str(item.found_page or "not found"))
            for item in measured.missed_documents
        ]
        columns = ("File", "Kind", "First page", "Last", "Found on")
        _output.table(columns, rows, title="Documents of another kind or place than labelled")
        _output.payload("")
    if measured.misses:
        rows = [_miss_row(miss) for miss in measured.misses]
        _output.table(_MISS_COLUMNS, rows, title="Values that are wrong or missing")
        _output.payload("")


def show_changes(changes: Iterable[Change]) -> None:
    """Write the figures of the baseline beside those of now, of kinds that changed."""
    changed = [change for change in changes if change.before != change.now]
    if not changed:
        _output.payload("\nThe figures are those of the baseline.")
        return
    _output.payload("")
    columns = ("Kind", "Labelled", "Kinds", "Precision", "Recall", "Silent", "Worse")
    _output.table(columns, map(_change_row, changed), title="Compared with the baseline")
    if any(not change.same_labels for change in changed):
        _output.payload("Kinds with other labels than in the baseline are hard to compare.")


def _kind_row(name: str, figures: Figures) -> tuple[str, ...]:
    return (name, str(figures.documents), f"{figures.kinds:.2f}", *_value_cells(figures))


def _value_cells(figures: Figures) -> tuple[str, ...]:
    counts = (figures.labelled, figures.right, figures.wrong, figures.missing)
    shares = _shares(figures.precision, figures.recall)
    return (*map(str, counts), *shares, str(figures.silent))


def _show_fields(fields: Mapping[tuple[str, str], Figures], *, all_fields: bool) -> None:
    chosen = list(fields.items())
    title = "Fields"
    if not all_fields:
        missed = [item for item in chosen if item[1].wrong + item[1].missing]
        missed.sort(key=lambda item: (-item[1].wrong - item[1].missing, item[0]))
        title = f"Fields with the most misses ({len(missed)} of {len(chosen)} have any)"
        chosen = missed[:_WORST]
    if not chosen:
        return
    rows = [(f"{kind}.{name}", *_value_cells(figures)) for (kind, name), figures in chosen]
    _output.table(_FIELD_COLUMNS, rows, title=title)
    _output.payload("")


def _show_reliability(measured: Measured) -> None:
    whole = measured.reliability
    if not whole.values:
        return
    bins = [
        (
            f"{item.low:g} to {item.high:g}",
            str(item.values),
            *_shares(item.mean_confidence, item.share_right),
            f"{item.share_right - item.mean_confidence:+.3f}",
        )
        for item in whole.bins
    ]
    title = f"Confidence and truth (expected calibration error {whole.error:.3f})"
    _output.table(("Confidence", "Values", "Mean", "Right", "Gap"), bins, title=title)
    _output.payload("")
    rows = [
        (name, str(item.values), *_shares(item.mean_confidence, item.share_right, item.error))
        for name, item in measured.extractors.items()
    ]
    _output.table(("Found by", "Values", "Mean", "Right", "Error"), rows)
    _output.payload("")
    _show_thresholds(measured)


def _show_thresholds(measured: Measured) -> None:
    columns = ("Threshold", "Flagged", "Share", "Wrong, not flagged", "Files", "Share", "Silent")
    rows = [
        (
            f"{item.threshold:g}{' *' if item.threshold == measured.review_threshold else ''}",
            str(item.flagged),
            *_shares(item.flagged_share),
            f"{item.slipped} of {item.wrong}",
            str(item.files_flagged),
            *_shares(item.files_share),
            str(item.silent),
        )
        for item in measured.thresholds
    ]
    _output.table(columns, rows, title="What review_threshold would do (* in force)")
    _output.payload("")


def _shares(*shares: float) -> tuple[str, ...]:
    return tuple(f"{item:.3f}" for item in shares)


def _summary(score: Score) -> str:
    total = score.total
    failed = f", {score.files_failed} failed" if score.files_failed else ""
    return (
        f"{score.files} files{failed}; {score.files_to_review} ({score.review_share:.0%}) need"
        f" review, and with them {score.documents_to_review}"
        f" ({score.document_review_share:.0%}) of {total.documents} documents;"
        f" precision {total.precision:.3f}, recall {total.recall:.3f}, {total.silent} silent"
    )


def _miss_row(miss: Judgement) -> tuple[str, ...]:
    return (
        miss.file,
        "" if miss.page is None else str(miss.page),
        f"{miss.kind}.{miss.field}",
        miss.verdict.value,
        shown(miss.expected),
        shown(miss.found),
        miss.raw,
        "" if miss.box is None else " ".join(f"{edge:.0f}" for edge in miss.box),
        "" if miss.confidence is None else f"{miss.confidence:.2f}",
        "review" if miss.review else "",
    )


def _plain_document(document: JudgedDocument) -> dict[str, Any]:
    return {
        "file": document.file,
        "kind": document.kind,
        "first_page": document.pages[0],
        "last_page": document.pages[1],
        "found_page": document.found_page,
    }


def _plain_miss(miss: Judgement) -> dict[str, Any]:
    return {
        "file": miss.file,
        "page": miss.page,
        "kind": miss.kind,
        "field": miss.field,
        "verdict": miss.verdict.value,
        "expected": miss.expected,
        "found": miss.found,
        "raw": miss.raw,
        "box": miss.box,
        "confidence": miss.confidence,
        "extractor": miss.extractor,
        "needs_review": miss.review,
    }


def _change_row(change: Change) -> tuple[str, ...]:
    return (change.kind, *_change_cells(change.before, change.now), ", ".join(change.worse))


def _change_cells(before: Figures, now: Figures) -> Iterator[str]:
    for name in ("labelled", "kinds", "precision", "recall", "silent"):
        old, new = getattr(before, name), getattr(now, name)
        form = "d" if isinstance(new, int) else ".3f"
        yield format(new, form) if old == new else f"{old:{form}} → {new:{form}}"
