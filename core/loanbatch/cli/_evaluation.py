"""What `loanbatch evaluate` does: results, scores, misses, baseline and exit code."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from attrs import evolve, frozen

from loanbatch.api import BatchProcessingHandler
from loanbatch.cli import _output
from loanbatch.cli._accuracy import Measured, show_changes, show_measured, show_misses
from loanbatch.cli._options import open_handler
from loanbatch.cli._progress import Progress
from loanbatch.cli._signals import stop_on_signal
from loanbatch.errors import UsageError
from loanbatch.evaluation import (
    THRESHOLDS,
    Change,
    Figures,
    LabelFile,
    baseline_of,
    check_folder,
    compare,
    figures_of,
    judge,
    miss_page,
    read_json,
    read_labels,
    reliability,
    reliability_by_extractor,
    results_of,
    score,
    set_aside,
    thresholds,
    write_private,
)
from loanbatch.settings import Settings

EXIT_WORSE = 3
EXIT_INTERRUPTED = 130


@frozen(kw_only=True)
class Request:
    """What the command line asks for."""

    labels: Path
    results_file: Path | None
    reports: tuple[str, ...]
    all_fields: bool
    misses: bool
    misses_html: Path | None
    set_aside: Path | None
    baseline: Path | None
    save_baseline: Path | None
    tolerance: float
    quiet: bool
    as_json: bool


def run_evaluation(settings: Settings, request: Request) -> int:
    """Measure, show and compare; return the exit code.

    Raises:
        UsageError: Something asked for is impossible; nothing was processed.
    """
    before = _check(request)
    labels = read_labels(request.labels)
    aside: Sequence[LabelFile] = ()
    if request.set_aside is not None:
        aside = set_aside(labels, request.labels, request.set_aside)
    settings = evolve(settings, metrics_file="")  # it tells of loans, not of labelled documents
    with open_handler(settings) as handler:
        results = _results(handler, labels, request)
        if results is None:
            return EXIT_INTERRUPTED
        measured = _measure(results, labels, aside, settings)
        if request.misses_html is not None:
            _write_page(handler, measured, labels, request.misses_html)
    changes = None
    if before is not None:
        changes = compare(before, measured.score.kinds, request.tolerance)
    _show(measured, changes, request)
    return _settle(measured, changes or (), request)


def _check(request: Request) -> dict[str, Figures] | None:
    """Refuse what would fail when the work is done; return the figures of the baseline."""
    if request.results_file is not None and request.reports:
        raise UsageError("--report needs a run; it cannot go with --results")
    for path in (request.misses_html, request.save_baseline):
        if path is not None:
            check_folder(path)
    if request.baseline is None:
        return None
    if request.baseline == request.save_baseline and not request.baseline.exists():
        _output.note(f"{request.baseline} is not there yet: nothing to compare with.")
        return None
    plain = read_json(request.baseline)
    try:
        return figures_of(plain)
    except UsageError as error:
        raise UsageError(f"{request.baseline}: {error.message}") from None


def _results(
    handler: BatchProcessingHandler, labels: Sequence[LabelFile], request: Request
) -> list[dict[str, Any]] | None:
    """Return the results to score; None where the run was stopped."""
    if request.results_file is not None:
        report = read_json(request.results_file)
        try:
            return results_of(report)
        except UsageError as error:
            raise UsageError(f"{request.results_file}: {error.message}") from None
    for path in request.reports:
        handler.check_report_path(path)
    documents = [str(label.document) for label in labels]
    with (
        _output.reserved(),
        stop_on_signal() as stop,
        Progress(quiet=request.quiet) as progress,
    ):
        summary = handler.process(documents, progress=progress, stop=stop)
    if stop.is_set():
        _output.note("Interrupted. Finished documents are not repeated by the same command.")
        return None
    for path in request.reports:
        handler.write_report(summary, path)
        _output.note(f"Wrote {path}")
    return [result.to_dict() for result in summary.results]


def _measure(
    results: Sequence[dict[str, Any]],
    labels: Sequence[LabelFile],
    aside: Sequence[LabelFile],
    settings: Settings,
) -> Measured:
    judged = judge(results, [label.plain for label in labels])
    seen = judged
    if aside:
        # Whoever looks at what was missed in them can no longer say how new documents fare.
        seen = judge(results, [label.plain for label in labels if label not in aside])
    return Measured(
        judged=seen,
        score=score(judged),
        set_aside=score(judge(results, [label.plain for label in aside])) if aside else None,
        reliability=reliability(judged.values),
        extractors=reliability_by_extractor(judged.values),
        thresholds=thresholds(judged, (*THRESHOLDS, settings.review_threshold)),
        review_threshold=settings.review_threshold,
    )


def _write_page(
    handler: BatchProcessingHandler, measured: Measured, labels: Sequence[LabelFile], path: Path
) -> None:
    with _output.reserved():
        write_private(path, miss_page(handler.registry, measured.misses, labels))
    _output.note(f"Wrote {path}: it holds personal data and only you may read it.")


def _show(measured: Measured, changes: Sequence[Change] | None, request: Request) -> None:
    if request.as_json:
        plain = measured.to_dict(with_misses=request.misses)
        if changes is not None:
            plain["worse"] = {item.kind: list(item.worse) for item in changes if item.worse}
        _output.json_payload(plain)
        return
    if request.quiet:
        return
    if request.misses:
        show_misses(measured)
    show_measured(measured, all_fields=request.all_fields)
    if changes is not None:
        show_changes(changes)


def _settle(measured: Measured, changes: Sequence[Change], request: Request) -> int:
    """Name what became worse, save the figures, and return the exit code."""
    for name in measured.changed_files:
        _output.warning(f"{_output.clean(name)} is not the file that was labelled")
    worse = [change for change in changes if change.worse]
    for change in worse:
        _output.note(f"Worse than the baseline: {change.kind} ({', '.join(change.worse)})")
    if request.save_baseline is None:
        return EXIT_WORSE if worse else 0
    if worse:
        _output.note(f"Not saved: {request.save_baseline}")
        return EXIT_WORSE
    text = json.dumps(baseline_of(measured.score), indent=1)
    write_private(request.save_baseline, [text, "\n"])
    _output.note(f"Wrote {request.save_baseline}")
    return 0
