"""The front door: `BatchProcessingHandler`."""

import logging
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest
from attrs import evolve

from loanbatch import BatchProcessingHandler, LoanbatchError
from loanbatch.errors import UnknownJobError, UnknownPluginError, UnknownRecordError, UsageError
from loanbatch.results import JobStatus, ResultStatus


def test_paths_may_be_texts_or_paths(make_handler, write):
    first, second = write(a="note x=1", b="note x=2")

    summary = make_handler().process_batch_from_paths([str(first), second])

    assert [r.file_name for r in summary.results] == ["a.txt", "b.txt"]
    assert [r.source for r in summary.results] == [str(first), str(second)]


@pytest.mark.parametrize("slip", [None, "a.pdf", Path("a.pdf"), b"a.pdf", 7])
def test_something_else_than_a_list_of_paths_is_refused(make_handler, slip):
    with pytest.raises(UsageError, match="paths: pass a list"):
        make_handler().process_batch_from_paths(slip)


@pytest.mark.parametrize("slip", [None, {"file_name": "a", "file_data": b""}])
def test_something_else_than_a_list_of_items_is_refused(make_handler, slip):
    with pytest.raises(UsageError, match="items: pass a list"):
        make_handler().process_batch_from_bytes(slip)


def test_paths_are_not_expanded(make_handler, write, tmp_path):
    write(a="note")

    summary = make_handler().process_batch_from_paths([tmp_path, tmp_path / "*.txt"])

    assert [r.error_code for r in summary.results] == ["not_a_file", "not_found"]


def test_something_else_than_a_path_is_refused_before_anything_happens(make_handler, write):
    handler = make_handler()

    with pytest.raises(UsageError, match="item 1: a path must be a text, not NoneType"):
        handler.process_batch_from_paths([*write(a="note"), None])

    assert handler.list_jobs() == []


def test_bytes_are_processed(make_handler):
    summary = make_handler().process_batch_from_bytes(
        [
            {"file_name": "deep/a.txt", "file_data": b"note x=1", "loan_id": "L-7"},
            {"file_name": "b.txt", "file_data": bytearray(b"note x=2")},
        ]
    )

    first, second = summary.results
    assert (first.file_name, first.loan_id) == ("a.txt", "L-7")
    assert second.loan_id == second.document_id
    assert summary.status is JobStatus.COMPLETED


@pytest.mark.parametrize(
    ("item", "message"),
    [
        ({"file_name": "a"}, "item 0: the key 'file_data' is missing"),
        ({"file_data": b""}, "item 0: the key 'file_name' is missing"),
        ({"file_name": "a", "file_data": "text"}, "file_data must be bytes, not str"),
        ({"file_name": 7, "file_data": b""}, "file_name must be a text, not int"),
        ({"file_name": "a", "file_data": b"", "loan_id": 7}, "loan_id must be a text, not int"),
        (7, "item 0: expected a mapping, not int"),
    ],
)
def test_wrong_item_is_refused_before_anything_happens(make_handler, item, message):
    handler = make_handler()

    with pytest.raises(UsageError) as caught:
        handler.process_batch_from_bytes([item])

    assert message in caught.value.message
    assert handler.list_jobs() == []


def test_job_status_has_the_promised_keys(make_handler, write):
    handler = make_handler()
    job_id = handler.process_batch_from_paths(write(a="note", b="")).job_id

    status = handler.get_job_status(job_id)

    assert status == {
        "job_id": job_id,
        "status": "completed_with_errors",
        "priority": 0,
        "total_documents": 2,
        "processed_documents": 2,
        "successful_documents": 1,
        "failed_documents": 1,
        "skipped_documents": 0,
        "created_at": status["created_at"],
        "completed_at": status["completed_at"],
        "resumable": False,
    }
    assert status["created_at"] < status["completed_at"]


def test_unknown_ids_are_errors(make_handler):
    handler = make_handler()

    with pytest.raises(UnknownJobError):
        handler.get_job_status("job-0")
    with pytest.raises(UnknownJobError):
        handler.get_summary("")
    with pytest.raises(UnknownRecordError):
        handler.find_results("doc-0")


def test_another_handler_sees_the_same_jobs(make_handler, write):
    summary = make_handler().process_batch_from_paths(write(a="note x=1"))

    other = make_handler()

    assert other.get_summary(summary.job_id).to_dict() == summary.to_dict()
    assert other.list_jobs()[0]["job_id"] == summary.job_id
    assert other.find_results(summary.results[0].document_id) == list(summary.results)


def test_handler_works_again_after_closing(make_handler, write):
    with make_handler() as handler:
        job_id = handler.process_batch_from_paths(write(a="note")).job_id

    assert handler.get_job_status(job_id)["status"] == "completed"


def test_comparing_without_a_plugin_that_can_says_so(make_handler, write):
    handler = make_handler()
    job_id = handler.process_batch_from_paths(write(a="note loan_amount=1")).job_id

    with pytest.raises(UsageError, match="no active plugin compares loans"):
        handler.compare(job_id)


def test_plugins_may_be_files(make_settings, write, tmp_path):
    (tmp_path / "own.py").write_text(
        "from loanbatch import hookimpl\n@hookimpl\ndef check(documents): return None\n"
    )

    handler = BatchProcessingHandler(make_settings(), plugins=[str(tmp_path / "own.py")])

    assert [name for name, _ in handler.registry.callers("check")] == ["own"]


def test_unknown_plugin_is_an_error(make_settings):
    with pytest.raises(UnknownPluginError):
        BatchProcessingHandler(make_settings(), plugins=["no_such_plugin"])


def test_report_is_written_by_the_ending_of_its_name(make_handler, write, tmp_path, bundled):
    others = [name for name in bundled if name != "reporting"]
    handler = make_handler(no_plugins=others)
    summary = handler.process_batch_from_paths(write(a="note x=1"))

    handler.write_report(summary, tmp_path / "report.JSON")

    assert summary.job_id in (tmp_path / "report.JSON").read_text()
    assert (tmp_path / "report.JSON").stat().st_mode & 0o777 == 0o600


def test_report_in_an_unknown_format_is_refused_early_and_late(make_handler, write, tmp_path):
    handler = make_handler()
    summary = handler.process_batch_from_paths(write(a="note"))

    path = tmp_path / "report.docx"
    with pytest.raises(UsageError, match="no plugin writes reports in this format"):
        handler.check_report_path(path)
    with pytest.raises(UsageError, match="no plugin writes reports in this format"):
        handler.write_report(summary, path)
    assert not list(tmp_path.glob("*report*"))


def test_folder_that_is_missing_is_refused_early(make_handler, tmp_path):
    with pytest.raises(UsageError, match="folder of the report does not exist"):
        make_handler().check_report_path(tmp_path / "none" / "report.json")


def test_failing_report_leaves_the_earlier_one(make_handler, write, tmp_path):
    from loanbatch import hookimpl

    class Torn:
        @hookimpl
        def report(self, stream):
            stream.write(b"half")
            raise RuntimeError

    handler = make_handler(Torn())
    summary = handler.process_batch_from_paths(write(a="note"))
    (tmp_path / "report.json").write_text("earlier")

    with pytest.raises(LoanbatchError):
        handler.write_report(summary, tmp_path / "report.json")

    assert (tmp_path / "report.json").read_text() == "earlier"
    assert [p.name for p in tmp_path.glob("*report*")] == ["report.json"]


def test_database_that_cannot_be_opened_is_told_when_it_is_needed(make_settings, tmp_path):
    (tmp_path / "home").write_text("a file, not a folder")
    handler = BatchProcessingHandler(make_settings())

    with pytest.raises(LoanbatchError) as caught:
        handler.list_jobs()

    assert caught.value.error_code == "storage_failed"


def test_script_without_a_main_guard_works(tmp_path, write):
    """The example of the documentation, run as people run it: by itself, in workers."""
    (path,) = write(a="no document")
    script = tmp_path / "example.py"
    script.write_text(
        textwrap.dedent(
            f"""
            from loanbatch import BatchProcessingHandler, load_settings
            handler = BatchProcessingHandler(load_settings({{"home": {str(tmp_path / "h")!r}}}))
            summary = handler.process_batch_from_paths([{str(path)!r}], continue_on_failure=True)
            print(summary.status, summary.results[0].error_code)
            """
        )
    )

    done = subprocess.run(
        [sys.executable, script], capture_output=True, text=True, check=True, cwd=tmp_path
    )

    assert done.stdout == "failed unsupported_type\n"
    assert done.stderr == ""


def test_import_costs_nothing():
    code = (
        "import sys, loanbatch; print(len([m for m in sys.modules if m.startswith('loanbatch')]))"
    )

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout == "1\n"


def test_logging_of_the_program_is_left_alone(make_handler, write):
    before = (logging.root.level, list(logging.root.handlers))

    make_handler().process_batch_from_paths(write(a="note"))

    assert (logging.root.level, logging.root.handlers) == before


def test_settings_may_be_changed_for_one_handler(make_settings, write):
    settings = evolve(make_settings(), workers=2)

    assert BatchProcessingHandler(settings).settings.workers == 2


def test_many_handlers_may_be_open(make_handler, write):
    handlers = [make_handler() for _ in range(3)]
    paths = write(a="note x=1")

    statuses = [h.process_batch_from_paths(paths).results[0].status for h in handlers]

    assert statuses == [ResultStatus.SUCCESS] * 3


def test_relative_path_is_kept_as_given(make_handler, write, monkeypatch):
    (path,) = write(a="note")
    monkeypatch.chdir(path.parent)

    result = make_handler().process_batch_from_paths([Path("a.txt")]).results[0]

    assert (result.source, result.status) == ("a.txt", ResultStatus.SUCCESS)
