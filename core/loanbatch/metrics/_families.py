"""From figures to the families of metrics that prometheus_client writes."""

from __future__ import annotations

import platform
from collections.abc import Iterable, Iterator, Mapping
from importlib.metadata import version
from itertools import accumulate

from prometheus_client.metrics_core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    Metric,
)

from loanbatch.metrics._figures import BUCKETS, STATES, Figures

_Values = Mapping[tuple[str, ...], float]


def families(figures: Figures, batch: str) -> Iterator[Metric]:
    """Yield the metrics of a run.

    Args:
        figures: As they are now.
        batch: The value of the label that tells several files apart.
    """
    for name, told, labels, values in _gauges(figures):
        gauge = GaugeMetricFamily(f"loanbatch_{name}", told, labels=["batch", *labels])
        for label_values, value in values.items():
            gauge.add_metric([batch, *label_values], value)
        yield gauge
    for name, told, labels, values in _counters(figures):
        counter = CounterMetricFamily(f"loanbatch_{name}", told, labels=["batch", *labels])
        for label_values, value in values.items():
            counter.add_metric([batch, *label_values], value)
        yield counter
    yield _histogram(figures, batch)


_Family = tuple[str, str, tuple[str, ...], _Values]


def _gauges(figures: Figures) -> Iterable[_Family]:
    build: _Values = {(version("loanbatch"), platform.python_version()): 1.0}
    yield "build_info", "Always 1: which loanbatch ran.", ("version", "python"), build
    yield (
        "job_state",
        "1 for the state of the job that ran last, 0 for the others.",
        ("state",),
        {(state,): float(state == figures.state) for state in STATES},
    )
    yield "job_start_timestamp_seconds", "When the run began.", (), {(): figures.started_at}
    yield "job_end_timestamp_seconds", "When the run ended; 0 before.", (), {(): figures.ended_at}
    yield (
        "last_end_timestamp_seconds",
        "When a job of these records ended last with this status; 0 for never.",
        ("status",),
        {(status,): moment for status, moment in figures.last_ends.items()},
    )
    yield "job_documents", "Sources that waited when the run began.", (), {(): figures.total}
    left = figures.total - figures.done
    yield "queue_documents", "Sources that wait for their result.", (), {(): left}


def _counters(figures: Figures) -> Iterable[_Family]:
    yield (
        "documents",
        "Sources with a result, by status and error code.",
        ("status", "error_code"),
        figures.documents,
    )
    yield (
        "document_kinds",
        "Documents found in sources, by kind.",
        ("kind",),
        figures.kinds,
    )
    yield (
        "review_documents",
        "Sources of which a person should look at something.",
        (),
        {(): figures.reviews},
    )
    yield "reused_documents", "Sources with a result of an earlier run.", (), {(): figures.reused}
    yield "retried_documents", "Sources tried again by retry.", (), {(): figures.retried}
    yield "pages", "Pages read, without those of reused results.", (), {(): figures.pages}
    yield (
        "worker_failures",
        "Sources that ended a worker, or broke its limit of time or memory.",
        ("error_code",),
        figures.worker_failures,
    )


def _histogram(figures: Figures, batch: str) -> Metric:
    histogram = HistogramMetricFamily(
        "loanbatch_document_duration_seconds",
        "Time that processing a source took, without reused and skipped ones.",
        labels=["batch"],
    )
    bounds = [*(str(bound) for bound in BUCKETS), "+Inf"]
    counts = list(accumulate(figures.buckets))
    histogram.add_metric(
        [batch], [(bound, float(n)) for bound, n in zip(bounds, counts, strict=True)],
        figures.seconds,
    )  # fmt: skip
    return histogram
