"""The metrics file: read back by prometheus_client's own parser."""

import re
import threading
from pathlib import Path

import pytest
from attrs import evolve
from prometheus_client.parser import text_string_to_metric_families

from loanbatch.errors import SettingsError, UnknownJobError
from loanbatch.metrics import MetricsFile, _file
from loanbatch.runner import Retry
from loanbatch.testing import make_result


def samples(path):
    """Return what stands in a file by name and labels, without the label of the file."""
    found = {}
    for family in text_string_to_metric_families(path.read_text(encoding="utf-8")):
        for sample in family.samples:
            labels = {k: v for k, v in sample.labels.items() if k != "batch"}
            assert sample.labels["batch"] == path.stem
            found[sample.name, *labels.values()] = sample.value
    return found


@pytest.fixture
def file(tmp_path):
    return tmp_path / "nightly.prom"


def test_metrics_tell_what_became_of_a_batch(make_handler, write, file):
    handler = make_handler(metrics_file=str(file))
    summary = handler.process_batch_from_paths(write(a="note x=1", b="", c="note x=1", d="w2 \f 2"))

    found = samples(file)
    assert found["loanbatch_documents_total", "", "success"] == 2
    assert found["loanbatch_documents_total", "empty", "failed"] == 1
    assert found["loanbatch_documents_total", "duplicate", "skipped"] == 1
    assert found["loanbatch_document_kinds_total", "note"] == 1
    assert found["loanbatch_pages_total",] == 3
    assert found["loanbatch_job_documents",] == 4
    assert found["loanbatch_queue_documents",] == 0
    assert found["loanbatch_document_duration_seconds_count",] == 3
    assert found["loanbatch_document_duration_seconds_bucket", "+Inf"] == 3
    assert found["loanbatch_worker_failures_total", "worker_crashed"] == 0
    assert found["loanbatch_job_state", "completed_with_errors"] == 1
    assert found["loanbatch_job_state", "running"] == 0
    end = summary.end_time.timestamp()
    assert found["loanbatch_last_end_timestamp_seconds", "completed_with_errors"] == end
    assert found["loanbatch_last_end_timestamp_seconds", "completed"] == 0


def test_metrics_count_reviews_reused_results_and_retries(make_handler, write, file):
    paths = write(a="note x=1", b="")
    handler = make_handler(metrics_file=str(file), review_threshold=1.0)
    first = handler.process_batch_from_paths(paths)
    assert samples(file)["loanbatch_review_documents_total",] == 1

    handler.process_batch_from_paths(paths)
    assert samples(file)["loanbatch_reused_documents_total",] == 1
    assert samples(file)["loanbatch_document_duration_seconds_count",] == 1
    handler.retry(first.job_id, Retry(every=True))
    assert samples(file)["loanbatch_retried_documents_total",] == 1


def test_metrics_count_dead_workers(make_handler, faults, write, file):
    handler = make_handler(faults, executor="isolated", metrics_file=str(file))
    handler.process_batch_from_paths(write(a="note exit"))

    assert samples(file)["loanbatch_worker_failures_total", "worker_crashed"] == 1
    assert samples(file)["loanbatch_job_state", "failed"] == 1


def test_metrics_of_an_interrupted_run_say_so_and_keep_the_last_end(make_handler, write, file):
    stop = threading.Event()
    handler = make_handler(metrics_file=str(file))
    last = handler.process_batch_from_paths(write(a="note x=1")).end_time.timestamp()
    paths = [str(path) for path in write(b="note x=2", c="note x=3")]
    handler.process(paths, stop=stop, on_result=lambda _: stop.set())

    found = samples(file)
    assert found["loanbatch_job_state", "interrupted"] == 1
    assert found["loanbatch_queue_documents",] == 1
    assert found["loanbatch_last_end_timestamp_seconds", "completed"] == last


def test_metrics_are_written_while_the_run_lasts(make_handler, write, file, monkeypatch):
    monkeypatch.setattr(_file, "_EVERY", 0.01)
    seen = []

    def wait_for_it(_):
        left = 1 - len(seen)
        for _ in range(3000):
            found = samples(file)
            if found["loanbatch_queue_documents",] == left:
                seen.append(found["loanbatch_job_state", "running"])
                return
            threading.Event().wait(0.01)

    handler = make_handler(metrics_file=str(file))
    paths = [str(path) for path in write(a="note x=1", b="note x=2")]
    handler.process(paths, on_result=wait_for_it)

    assert seen == [1, 1]
    assert [path.name for path in file.parent.glob("*nightly*")] == ["nightly.prom"]
    assert file.stat().st_mode & 0o777 == 0o644


def test_refused_run_changes_no_metrics(make_handler, write, file):
    file.write_text("as it was")

    with pytest.raises(UnknownJobError):
        make_handler(metrics_file=str(file)).resume("job-1")
    assert file.read_text() == "as it was"


def test_metrics_have_base_units_and_names_of_the_convention(make_handler, write, file):
    make_handler(metrics_file=str(file)).process_batch_from_paths(write(a="note x=1", b=""))

    families = list(text_string_to_metric_families(file.read_text(encoding="utf-8")))
    for family in families:
        assert re.fullmatch(r"loanbatch(_[a-z]+)+", family.name)
        assert family.documentation.endswith(".")
        assert family.type in ("gauge", "counter", "histogram")
        if "timestamp" in family.name or "duration" in family.name:
            assert family.name.endswith("_seconds")
    assert len(families) == len({family.name for family in families})


def test_values_of_a_label_are_bounded():
    from loanbatch.metrics._figures import Figures

    figures = Figures.after({})
    for number in range(1000):
        figures.count(evolve(make_result(), error_code=f"code_{number}"))

    assert len(figures.documents) <= 101
    assert sum(figures.documents.values()) == 1000


def test_metrics_file_in_no_folder_is_refused(tmp_path):
    with pytest.raises(SettingsError, match=r"metrics_file: .*cannot be written"):
        MetricsFile(str(tmp_path / "none" / "a.prom"), {})


def test_missing_library_is_named_with_the_way_to_get_it(file, monkeypatch):
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)

    with pytest.raises(SettingsError, match=r"pip install 'loanbatch\[metrics\]'"):
        MetricsFile(str(file), {})


def test_file_that_can_no_longer_be_written_does_not_end_the_run(make_handler, write, tmp_path):
    folder = tmp_path / "collector"
    folder.mkdir()
    handler = make_handler(metrics_file=str(folder / "a.prom"))

    def remove(_):
        (folder / "a.prom").unlink()
        folder.rmdir()

    paths = [str(path) for path in write(a="note x=1")]
    summary = handler.process(paths, on_result=remove)

    assert summary.successful_documents == 1
    assert '"metrics_failed"' in (tmp_path / "log.jsonl").read_text()


def test_reference_lists_every_metric_with_type_and_labels(make_handler, write, file):
    make_handler(metrics_file=str(file)).process_batch_from_paths(write(a="note x=1", b=""))
    page = (Path(__file__).parents[2] / "docs" / "reference" / "metrics.md").read_text("utf-8")
    row = r"^\| `(\w+)` \| (\w+) \|([^|]*)\| \S"

    written = set()
    for family in text_string_to_metric_families(file.read_text(encoding="utf-8")):
        name = f"{family.name}_total" if family.type == "counter" else family.name
        labels = set().union(*(sample.labels for sample in family.samples)) - {"batch", "le"}
        written.add((name, family.type, frozenset(labels)))

    documented = {
        (name, kind, frozenset(re.findall(r"`(\w+)`", labels)))
        for name, kind, labels in re.findall(row, page, re.MULTILINE)
    }
    assert documented == written
