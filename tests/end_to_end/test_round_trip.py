"""What the generator wrote is what the pipeline reads.

Born-digital samples of every kind, in every layout, go through the whole pipeline; the values that
they print are known. `FLOORS` holds how much of them must be read today; the aim is all. A wrong
value that nobody is told to look at is a failure whatever the floor.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from loanbatch import BatchProcessingHandler, Settings
from loanbatch.evaluation import Judgement, judge
from loanbatch.testing.samples import (
    KINDS,
    Sample,
    broken_samples,
    degraded,
    make_package,
    make_sample,
    styles,
)

#: Seeds not used anywhere else, so that templates are not made to measure.
SEEDS = (101, 102)
#: Share of the printed values that must be read, by kind; a row of a table counts as one.
FLOORS = dict.fromkeys(KINDS, 1.0)
#: One scan of each kind at 200 dpi or above: what became of the paper, and the share that must be
#: read. tests/benchmarks/round_trip.py measures all of them.
SCANS = {
    "closing_disclosure": ("uneven_light", 0.93),
    "loan_estimate": ("handwriting", 0.93),
    "promissory_note": ("worn", 0.97),
    "w2": ("stamp", 0.97),
    "paystub": ("turn_90", 0.97),
    "bank_statement": ("fax", 0.99),
    "student_loan_disclosure": ("skew_right", 0.97),
    "sanction_letter": ("dpi_300", 0.97),
    "mortgage_statement": ("fold", 0.94),
    "form_1099": ("blur", 0.75),
    "loan_application": ("turn_180", 0.97),
    "transmittal_summary": ("noise", 0.97),
    "employment_verification": ("punch_holes", 0.97),
    "conditional_approval": ("skew_left", 0.97),
    "title_report": ("speckle", 0.90),
    "key_facts_statement": ("jpeg", 0.97),
    "payment_schedule": ("dpi_200", 0.95),
}
#: Wrong values that nobody is told of, as `kind.field`: each one is a bug to be mended.
KNOWN_SILENT = {
    # Scans only.
    "bank_statement.account_number",
    "promissory_note.lender_name",
}


def process(samples: Sequence[Sample], home: Path) -> list[dict[str, Any]]:
    with BatchProcessingHandler(Settings(home=home, executor="inline")) as handler:
        items = [{"file_name": s.file_name, "file_data": s.content} for s in samples]
        summary = handler.process_batch_from_bytes(items)
        return [result.to_dict() for result in summary.results]


def judged(samples: Sequence[Sample], home: Path) -> tuple[Judgement, ...]:
    results = process(samples, home)
    assert [result["status"] for result in results] == ["success"] * len(samples)
    return judge(results, [sample.labels() for sample in samples]).values


def assert_read(values: Sequence[Judgement], floor: float) -> None:
    """Assert without printing the values of documents."""
    misses = [v for v in values if v.verdict != "right"]
    report = "\n".join(f"{v.file}: {v.kind}.{v.field} {v.verdict}" for v in misses)
    silent = {f"{v.kind}.{v.field}" for v in misses if v.silent} - KNOWN_SILENT
    assert not silent, f"wrong and silent: {', '.join(sorted(silent))}\n{report}"
    share = 1 - len(misses) / len(values)
    assert share >= floor, f"{share:.3f} of {len(values)} values read, not {floor}\n{report}"


def test_every_kind_has_its_floors():
    assert tuple(FLOORS) == tuple(SCANS) == KINDS


@pytest.mark.parametrize("kind", KINDS)
def test_clean_samples_are_read_as_they_were_written(kind, tmp_path):
    samples = [
        make_sample(kind, seed=seed, style=style, file_name=f"{kind}-{style}-{seed}.pdf")
        for seed in SEEDS
        for style in styles(kind)
    ]

    assert_read(judged(samples, tmp_path), FLOORS[kind])


LAYOUTS = [(kind, style) for kind in KINDS if FLOORS[kind] == 1 for style in styles(kind)]


@settings(max_examples=25, deadline=None, derandomize=True, database=None)
@given(layout=st.sampled_from(LAYOUTS), seed=st.integers(min_value=10_000, max_value=99_999))
def test_any_clean_sample_is_read_as_it_was_written(layout, seed):
    kind, style = layout
    name = f"{kind}-{style}-{seed}.pdf"

    with TemporaryDirectory() as home:
        values = judged([make_sample(kind, seed=seed, style=style, file_name=name)], Path(home))

    assert_read(values, 1.0)


@pytest.mark.parametrize("kind", SCANS)
def test_scanned_samples_are_read(kind, tmp_path, monkeypatch):
    monkeypatch.setenv("OMP_THREAD_LIMIT", "1")
    degradation, floor = SCANS[kind]
    sample = degraded(make_sample(kind, seed=SEEDS[0]), degradation)

    assert_read(judged([sample], tmp_path), floor)


def test_package_is_taken_apart_where_its_documents_begin(tmp_path):
    package = make_package(seed=103)

    (result,) = process([package], tmp_path)

    wanted = {(d.kind, d.first_page) for d in package.truth if d.kind != "other"}
    found = {(d["kind"], d["first_page"]) for d in result["documents"] if d["kind"] != "other"}
    assert found == wanted


def test_same_samples_give_the_same_values_twice(tmp_path):
    samples = [make_sample(kind, seed=SEEDS[0]) for kind in KINDS]

    first, second = (process(samples, tmp_path / name) for name in ("first", "second"))

    assert [r["documents"] for r in first] == [r["documents"] for r in second]


BROKEN = {sample.file_name: sample for sample in broken_samples()}


@pytest.mark.parametrize("name", BROKEN)
def test_broken_sample_ends_with_its_code(name, tmp_path):
    (result,) = process([BROKEN[name]], tmp_path)

    assert result["error_code"] == BROKEN[name].error_code
    assert result["status"] == ("failed" if BROKEN[name].error_code else "success")


def test_broken_samples_do_not_hurt_the_sound_ones(tmp_path):
    sound = make_sample("w2", seed=SEEDS[0])
    batch = [*BROKEN.values(), sound]

    *_, result = process(batch, tmp_path)

    assert result["status"] == "success"
    assert result["documents"][0]["kind"] == "w2"
