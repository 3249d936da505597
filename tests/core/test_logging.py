"""Events: where they go, and that nothing of a document is in them."""

import io
import json
import logging
import os
import subprocess
import sys

import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st

from loanbatch._logging import (
    ALLOWED_KEYS,
    bound,
    configure_logging,
    ensure_logging,
    get_logger,
    redact,
    reset_logging,
)
from loanbatch.errors import CorruptError, SettingsError


@pytest.fixture
def lines(make_settings):
    """Configure logging to a text and return a function that reads its events."""
    stream = io.StringIO()
    configure_logging(make_settings(log_file="", log_level="info"), stream=stream)
    return lambda: [json.loads(line) for line in stream.getvalue().splitlines()]


@pytest.fixture
def foreign():
    """Configure structlog as a program around loanbatch would."""
    captured = []

    def capture(_logger, method, event):
        captured.append({**event, "method": method})
        raise structlog.DropEvent

    structlog.configure(processors=[capture], cache_logger_on_first_use=False)
    yield captured
    structlog.reset_defaults()


def test_event_is_a_line_of_json_with_level_and_time(lines):
    get_logger().info("job_started", total_documents=3)

    (event,) = lines()
    assert event["timestamp"].endswith("Z")
    del event["timestamp"]
    assert event == {"event": "job_started", "level": "info", "total_documents": 3}


def test_bound_facts_are_in_every_event_of_the_block(lines):
    with bound(job_id="job-1"), bound(file="a.pdf"):
        get_logger().info("document_finished")
    get_logger().info("job_finished")

    assert [(e.get("job_id"), e.get("file")) for e in lines()] == [
        ("job-1", "[withheld]"),
        (None, None),
    ]


def test_names_of_files_are_withheld_in_messages_too(lines):
    with bound(file="Jane Sample.pdf"):
        get_logger().info("document_failed", error="Jane Sample.pdf: 61 pages")

    assert lines()[0]["error"] == "[withheld]: 61 pages"


def test_names_of_files_are_written_where_they_are_wanted(make_settings):
    stream = io.StringIO()
    configure_logging(
        make_settings(log_file="", log_level="info", log_file_names=True), stream=stream
    )

    with bound(file="a.pdf"):
        get_logger().info("document_failed", error="a.pdf: 61 pages")

    event = json.loads(stream.getvalue())
    assert (event["file"], event["error"]) == ("a.pdf", "a.pdf: 61 pages")


def test_quieter_events_are_not_written(lines):
    get_logger().debug("pages_read")

    assert lines() == []


def test_unknown_facts_are_withheld(lines):
    get_logger().info("job_started", borrower="Jane Sample")

    assert lines()[0]["borrower"] == "[withheld]"


@pytest.mark.parametrize(
    "personal",
    [
        "123-45-6789",
        "123 45 6789",
        "123456789",
        "12-3456789",
        "4111 1111 1111 1111",
        "jane.sample@example.com",
        "$1,234.56",
        "Rs. 12,34,567",
        "1,234,567.89",
    ],
)
def test_what_looks_personal_is_blotted_out(personal):
    event = redact(None, "info", {"event": "x", "cause": f"found {personal} there"})

    assert event["cause"] == "found [redacted] there"


@pytest.mark.parametrize("plain", ["a-2024-01.pdf", "page 12 of 50", "3.5", "4096 MB", "v1.2.3"])
def test_what_does_not_stays(plain):
    assert redact(None, "info", {"cause": plain})["cause"] == plain


def test_trace_has_lines_and_types_but_no_words(lines):
    words = f"{'Jane'} Sample"
    try:
        try:
            raise KeyError(words)  # noqa: TRY301
        except KeyError as inner:
            raise RuntimeError(words) from inner
    except RuntimeError:
        get_logger().exception("document_failed")

    (event,) = lines()
    assert "test_logging.py" in event["exception"]
    assert "KeyError" in event["exception"]
    assert "RuntimeError" in event["exception"]
    assert "Jane" not in json.dumps(event)
    assert event["level"] == "error"


def test_words_of_our_own_errors_are_written(lines):
    try:
        raise CorruptError("a.pdf is damaged")  # noqa: TRY301
    except CorruptError:
        get_logger().exception("document_failed")

    assert "CorruptError: a.pdf is damaged" in lines()[0]["exception"]


@given(st.dictionaries(st.text(), st.one_of(st.text(), st.integers(), st.binary(), st.none())))
def test_any_event_is_redacted(facts):
    event = redact(None, "info", dict(facts))

    assert all(event[key] == "[withheld]" for key in facts if key not in ALLOWED_KEYS)


def test_log_file_is_for_its_owner_only(make_settings, tmp_path):
    configure_logging(make_settings(log_level="info"))
    get_logger().info("job_started")

    path = tmp_path / "log.jsonl"
    assert path.stat().st_mode & 0o777 == 0o600
    assert json.loads(path.read_text())["event"] == "job_started"


def test_log_file_that_cannot_be_opened_is_an_error(make_settings, tmp_path):
    with pytest.raises(SettingsError, match="log_file: cannot be opened"):
        configure_logging(make_settings(log_file=str(tmp_path / "none" / "log")))


def test_standard_error_is_looked_up_when_an_event_is_written(make_settings, capsys):
    configure_logging(make_settings(log_file=""))

    get_logger().warning("worker_failed")

    captured = capsys.readouterr()
    assert json.loads(captured.err)["event"] == "worker_failed"
    assert captured.out == ""


def test_terminal_gets_plain_text(make_settings):
    class Terminal(io.StringIO):
        def isatty(self):
            return True

    stream = Terminal()
    configure_logging(make_settings(log_file=""), stream=stream)

    get_logger().warning("worker_failed", plugin="ocr")

    assert "worker_failed" in stream.getvalue()
    assert "plugin=ocr" in stream.getvalue()


def test_programs_own_configuration_is_left_alone(make_settings, foreign, tmp_path):
    ensure_logging(make_settings())

    with bound(job_id="job-1"):
        get_logger().info("job_started", total_documents=1)

    assert foreign == [
        {"event": "job_started", "job_id": "job-1", "total_documents": 1, "method": "info"}
    ]
    assert not (tmp_path / "log.jsonl").exists()


def test_program_that_configures_later_gets_the_events_too(make_settings):
    ensure_logging(make_settings(log_level="info"))
    get_logger().info("job_started")
    captured = []

    def capture(_logger, _method, event):
        captured.append(event["event"])
        raise structlog.DropEvent

    structlog.configure(processors=[capture])
    get_logger().info("job_finished")

    assert captured == ["job_finished"]
    structlog.reset_defaults()


def test_events_for_a_program_are_redacted_as_well(make_settings, foreign):
    ensure_logging(make_settings())
    words = f"{'Jane'} Sample"

    try:
        raise KeyError(words)  # noqa: TRY301
    except KeyError:
        get_logger().exception("document_failed", borrower=words, cause="SSN 123-45-6789")

    assert "Jane" not in json.dumps(foreign)
    assert foreign[0]["cause"] == "SSN [redacted]"
    assert foreign[0]["method"] == "error"


def test_command_line_wins_over_any_configuration(make_settings, foreign):
    stream = io.StringIO()
    configure_logging(make_settings(log_file=""), stream=stream)

    get_logger().warning("worker_failed")

    assert "worker_failed" in stream.getvalue()
    assert foreign == []


def test_handler_does_not_undo_what_the_command_line_asked_for(make_settings, tmp_path):
    stream = io.StringIO()
    configure_logging(make_settings(log_file=""), stream=stream)

    ensure_logging(make_settings())
    get_logger().warning("worker_failed")

    assert "worker_failed" in stream.getvalue()


def test_next_handler_may_have_another_log_file(make_settings, tmp_path):
    for name in ("one", "two"):
        ensure_logging(make_settings(log_file=str(tmp_path / name)))
        get_logger().warning("worker_failed")

    assert [len((tmp_path / name).read_text().splitlines()) for name in ("one", "two")] == [1, 1]


def test_chatty_libraries_are_silent(make_settings, capsys):
    configure_logging(make_settings(log_file=""))

    for name in ("pdfminer", "ocrmypdf", "PIL"):
        logging.getLogger(f"{name}.deep").warning("Jane Sample")

    assert capsys.readouterr().err == ""


def test_forgetting_closes_and_restores(make_settings):
    configure_logging(make_settings())
    get_logger().warning("worker_failed")

    reset_logging()

    assert not structlog.is_configured()


def test_structlog_is_loaded_with_the_first_event_only():
    code = (
        "import sys\n"
        "from loanbatch import load_settings\n"
        "from loanbatch._logging import configure_logging, get_logger\n"
        "configure_logging(load_settings(environ={}))\n"
        "get_logger().info('job_started')\n"
        "assert 'structlog' not in sys.modules\n"
        "get_logger().warning('worker_failed')\n"
        "assert 'structlog' in sys.modules\n"
    )

    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, check=False, env={**os.environ}
    )

    assert done.returncode == 0, done.stderr
    assert json.loads(done.stderr)["event"] == "worker_failed"


def test_failed_documents_are_warnings_of_the_log_file_but_not_of_standard_error(
    make_handler, write, tmp_path, capsys
):
    make_handler(log_level="warning").process_batch_from_paths(write(a=""))
    reset_logging()
    make_handler(log_level="warning", log_file="").process_batch_from_paths(write(a=""))
    assert capsys.readouterr().err == ""
    make_handler(log_level="info", log_file="").process_batch_from_paths(write(a=""))

    told = [json.loads(line) for line in (tmp_path / "log.jsonl").read_text().splitlines()]
    assert [line["event"] for line in told] == ["document_finished"]
    assert '"document_finished"' in capsys.readouterr().err


def test_log_file_that_was_moved_away_is_begun_anew(make_settings, tmp_path):
    log = tmp_path / "log.jsonl"
    configure_logging(make_settings(log_level="info"))
    get_logger().info("job_started")
    log.rename(tmp_path / "log.jsonl.1")
    get_logger().info("job_finished")
    log.unlink()
    get_logger().info("job_created")

    assert '"job_started"' in (tmp_path / "log.jsonl.1").read_text()
    assert '"job_finished"' not in (tmp_path / "log.jsonl.1").read_text()
    assert [json.loads(line)["event"] for line in log.read_text().splitlines()] == ["job_created"]
    assert log.stat().st_mode & 0o777 == 0o600


def test_log_file_whose_folder_is_gone_ends_no_run(make_settings, tmp_path):
    folder = tmp_path / "logs"
    folder.mkdir()
    configure_logging(make_settings(log_file=str(folder / "log"), log_level="info"))
    get_logger().info("job_started")
    (folder / "log").unlink()
    folder.rmdir()

    get_logger().info("job_finished")

    assert not folder.exists()


def test_workers_begin_a_new_log_file_too(make_handler, faults, write, tmp_path):
    handler = make_handler(faults, executor="isolated", workers=1)
    paths = [str(path) for path in write(a="note raise", b="note raise 2")]
    log = tmp_path / "log.jsonl"
    moved = []

    def move(_):
        if not moved:
            moved.append(log.rename(tmp_path / "log.jsonl.1"))

    handler.process(paths[:1], on_result=move)
    handler.process(paths[1:])

    assert '"plugin_failed"' in (tmp_path / "log.jsonl.1").read_text()
    assert '"plugin_failed"' in log.read_text()
