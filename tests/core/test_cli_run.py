"""`loanbatch run`: exit codes, what is printed where, reports, interruption.

A plugin in a file reads plain text in place of the bundled ones: the first word is the kind,
`name=value` a field, `!review` a warning.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import re
import signal
import subprocess
import sys
import time
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from loanbatch.cli._group import cli
from loanbatch.cli._results import show_run
from loanbatch.cli.jobs import show_jobs
from loanbatch.jobstore import Outcomes
from loanbatch.models import Document
from loanbatch.results import (
    BatchProcessingResult,
    BatchProcessingSummary,
    JobStatus,
    ResultStatus,
)

TEXT_PLUGIN = """
import pathlib, time
from attrs import evolve
from loanbatch import hookimpl
from loanbatch.errors import EmptyError, EncryptedError
from loanbatch.models import Document, Field, Finding, Page, Severity, TextSource, Validation, Word

@hookimpl
def validate(source, settings):
    content = source.read()
    if not content:
        raise EmptyError(f"{source.file_name}: it is empty")
    if content.startswith(b"locked") and "open sesame" not in settings.passwords:
        raise EncryptedError(f"{source.file_name}: no password opens it")
    if source.file_name.startswith("slow"):
        pathlib.Path(source.location).with_suffix(".started").touch()
        time.sleep(float(content.split()[-1]))
    return Validation(source=evolve(source, media_type="text/plain", page_count=1, content=content))

@hookimpl
def read_pages(source):
    words = tuple(
        Word(word, 10.0 * n, 10.0, 10.0 * n + 9, 20.0)
        for n, word in enumerate(source.read().decode().split())
    )
    return [Page(number=1, width=612, height=792, words=words, text_source=TextSource.TEXT_LAYER)]

@hookimpl
def classify(pages):
    return [Document(kind=pages[0].words[0].text, first_page=1, last_page=1)]

@hookimpl
def extract(pages):
    for word in pages[0].words:
        name, equals, raw = word.text.partition("=")
        if equals:
            yield Field(name=name, raw=raw, page=1, box=word.box, confidence=0.99, extractor="text")

@hookimpl
def normalize(field):
    return evolve(field, value=field.raw)

@hookimpl
def check(documents):
    if documents[0].kind == "!review":
        yield Finding(code="odd_total", severity=Severity.WARNING, message="the total is odd")
"""
BLOCKED = ("intake", "pdf_text", "images", "ocr", "classification", "templates", "normalizers")
SSN = "900-12-3456"


@pytest.fixture(autouse=True)
def workplace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A current folder with the plugin in it, and a home of its own."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LOANBATCH_HOME", str(tmp_path / "home"))
    (tmp_path / "text_reader.py").write_text(TEXT_PLUGIN)
    return tmp_path


def plugin_options() -> list[str]:
    blocked = [option for name in BLOCKED for option in ("--no-plugin", name)]
    return ["--plugin", "text_reader.py", *blocked]


def run(*arguments: str) -> Result:
    """Run in this process."""
    options = [*plugin_options(), "--set", "executor=inline"]
    return CliRunner().invoke(cli, ["run", *arguments, *options])


def command(*arguments: str) -> list[str]:
    """The command for a process of its own, with isolated workers."""
    return [sys.executable, "-m", "loanbatch", "run", *arguments, *plugin_options()]


def run_apart(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command(*arguments), capture_output=True, text=True, timeout=60, check=False
    )


def write(**texts: str) -> None:
    for name, text in texts.items():
        Path(f"{name}.pdf").write_text(text)


def test_all_succeeded_exits_with_0_and_lists_files() -> None:
    write(one=f"w2 employee_ssn={SSN}", two="paystub net_pay=1")

    result = run("one.pdf", "two.pdf")

    lines = result.stdout.splitlines()
    assert result.exit_code == 0
    assert lines[1].split()[:2] == ["one.pdf", "success"]
    assert "w2" in lines[1]
    assert lines[2].split()[:2] == ["two.pdf", "success"]
    assert "2 succeeded" in lines[-1]


def test_nothing_of_a_document_is_printed() -> None:
    write(one=f"w2 employee_ssn={SSN} employee_name=Doe", bad="")

    result = run("one.pdf", "bad.pdf")

    assert SSN not in result.output
    assert "Doe" not in result.output


def test_some_failed_exits_with_3_and_says_what_to_look_at() -> None:
    write(good="w2", bad="")

    result = run("good.pdf", "bad.pdf")

    assert result.exit_code == 3
    assert (
        "What to look at:\n  bad.pdf\n    empty: it is empty (plugin text_reader)\n"
        in result.stdout
    )
    assert "1 failed (1 empty)" in result.stdout


@pytest.mark.parametrize("command", ["resume", "retry"])
def test_job_that_goes_on_tells_what_came_before(command: str) -> None:
    write(good="w2", odd="!review", bad="")
    first = run("good.pdf", "odd.pdf", "bad.pdf")
    (job,) = re.findall(r"^(job-\S+):", first.stdout, re.MULTILINE)

    again = CliRunner().invoke(cli, [command, job, *plugin_options()])

    assert again.exit_code == 3
    assert "2 succeeded, 1 to review, 1 failed (1 empty)" in again.stdout
    nothing = {"resume": "Nothing was left to do", "retry": "There is nothing to try again"}
    assert nothing[command] in again.stderr


def test_all_failed_exits_with_4() -> None:
    assert run("absent.pdf").exit_code == 4


def test_review_exits_with_5_only_when_strict() -> None:
    write(odd="!review")

    relaxed, strict = run("odd.pdf"), run("odd.pdf", "--strict")

    assert relaxed.exit_code == 0
    assert strict.exit_code == 5
    assert "odd_total: the total is odd" in strict.stdout


def test_failure_counts_more_than_review() -> None:
    write(odd="!review", bad="")

    assert run("odd.pdf", "bad.pdf", "--strict").exit_code == 3


@pytest.mark.parametrize(
    ("options", "text"),
    [
        (("--report", "out.docx"), "out.docx"),
        (("--report", "absent/out.json"), "absent/out.json"),
        (("--workers", "0"), "workers"),
        (("--workers", "many"), "--workers"),
        (("--no-plugin", "orc"), "did you mean ocr?"),
        (("--plugin", "absent.py"), "absent.py"),
        (("--password-file", "absent.txt"), "absent.txt"),
        (("--set", "reporting.csv_rwos=fields"), "did you mean `csv_rows`?"),
        (("--json", "--no-plugin", "reporting"), "loanbatch plugins list"),
    ],
)
def test_impossible_request_exits_with_2_before_work(options: tuple[str, ...], text: str) -> None:
    write(one="w2")

    result = run("one.pdf", *options)

    assert result.exit_code == 2
    assert result.stdout == ""
    assert result.stderr.startswith("Error: ")
    assert text in result.stderr
    assert result.stderr.count("\n") == 1
    assert not Path("home/loanbatch.db").exists()


def test_report_that_cannot_be_written_exits_with_1_and_says_how_to_go_on() -> None:
    write(one="w2")
    Path("out.json").mkdir()

    result = run("one.pdf", "--report", "out.json", "--report", "out.csv")

    assert result.exit_code == 1
    assert "1 succeeded" in result.stdout
    assert "loanbatch report job-" in result.stderr
    assert Path("out.csv").exists()


def test_json_is_all_of_standard_output() -> None:
    write(one=f"w2 employee_ssn={SSN}", two="w2 wages=1", bad="")

    result = run("one.pdf", "two.pdf", "bad.pdf", "--json")

    report = json.loads(result.stdout)
    assert [item["status"] for item in report["results"]] == ["success", "success", "failed"]
    assert report["results"][0]["documents"][0]["fields"]["employee_ssn"]["value"] == SSN


def test_mask_hides_personal_values_in_json_and_reports() -> None:
    write(one=f"w2 employee_ssn={SSN}")

    result = run("one.pdf", "--json", "--mask", "--report", "out.csv")

    assert SSN not in result.stdout + Path("out.csv").read_text()
    assert "999-99-9999" in result.stdout


def test_reports_are_written_by_ending() -> None:
    write(one="w2 wages=1 employer_name=X", two="w2 wages=2")

    run("one.pdf", "two.pdf", "--report", "out.json", "--report", "out.csv")
    run("one.pdf", "two.pdf", "--report", "rows.csv", "--csv-rows", "documents")

    assert len(json.loads(Path("out.json").read_text())["results"]) == 2
    assert len(Path("out.csv").read_text().splitlines()) == 1 + 3
    assert len(Path("rows.csv").read_text().splitlines()) == 1 + 2


def test_quiet_prints_nothing() -> None:
    write(one="w2", two="w2 a=1")

    assert run("one.pdf", "two.pdf", "--quiet").output == ""


def test_progress_goes_to_standard_error() -> None:
    write(one="w2", two="w2 a=1")

    result = run("one.pdf", "two.pdf")

    assert "2 of 2 documents" in result.stderr
    assert "2 of 2 documents" not in result.stdout


def test_large_batch_is_told_by_what_went_wrong() -> None:
    folder = Path("batch")
    folder.mkdir()
    for number in range(120):
        (folder / f"{number:03}.pdf").write_text(f"w2 wages={number}")
    for number in range(120, 160):
        (folder / f"{number}.pdf").write_text(f"locked {number}")

    result = run("batch")

    assert result.exit_code == 3
    assert "120 succeeded" in result.stdout
    assert "10 more" in result.stdout
    assert "000.pdf" not in result.stdout
    assert len(result.output.splitlines()) < 150


def test_second_run_reuses_what_the_first_one_did() -> None:
    write(one="w2")

    first, second, third = run("one.pdf"), run("one.pdf"), run("one.pdf", "--reprocess")

    assert "reused" not in first.stdout
    assert "1 reused from earlier runs" in second.stdout
    assert "reused" not in third.stdout


def test_fail_fast_skips_the_rest() -> None:
    write(a="", b="w2")

    result = run("a.pdf", "b.pdf", "--fail-fast")

    assert result.exit_code == 4
    assert "1 skipped" in result.stdout


def test_duplicate_is_skipped_and_no_failure() -> None:
    write(a="w2", b="w2")

    result = run("a.pdf", "b.pdf")

    assert result.exit_code == 0
    assert "1 skipped" in result.stdout


def test_broken_plugin_is_named_and_set_aside() -> None:
    write(one="w2")
    Path("broken.py").write_text("import no_such_module")

    result = run("one.pdf", "--plugin", "broken.py")
    strict = run("one.pdf", "--plugin", "broken.py", "--strict-plugins")

    assert result.exit_code == 0
    assert "Warning: plugin broken (file) is not used: ModuleNotFoundError" in result.stderr
    assert strict.exit_code == 2
    assert strict.stdout == ""


def test_passwords_come_from_a_file_and_are_not_told() -> None:
    write(shut="locked")
    Path("passwords").write_text("one\nopen sesame\n")

    without, with_file = run("shut.pdf"), run("shut.pdf", "--password-file", "passwords")

    assert without.exit_code == 4
    assert with_file.exit_code == 0
    assert "sesame" not in with_file.output


def test_manifest_tells_the_loan() -> None:
    write(one="w2")
    Path("list.csv").write_text("file,loan\none.pdf,L-17\n")

    result = run("list.csv", "--json")

    assert json.loads(result.stdout)["results"][0]["loan_id"] == "L-17"


def test_file_name_cannot_steer_the_terminal() -> None:
    Path("red\x1b[31m.pdf").write_text("w2")

    result = run("red\x1b[31m.pdf")

    assert "\x1b" not in result.output
    assert "[31m.pdf" in result.stdout


def test_settings_of_the_command_line_win_over_the_file() -> None:
    write(odd="!review")
    Path("loanbatch.toml").write_text("[loanbatch]\nstrict = false\n")

    assert run("odd.pdf", "--set", "strict=true").exit_code == 5


def test_plugins_add_to_those_of_the_file_and_set_replaces_them() -> None:
    write(one="w2")
    Path("other.py").write_text("from loanbatch import hookimpl\n@hookimpl\ndef check(): ...\n")
    Path("loanbatch.toml").write_text('[loanbatch]\nplugins = ["absent.py"]\n')

    added, replaced = run("one.pdf"), run("one.pdf", "--set", 'plugins=["other.py"]')

    assert added.exit_code == 2
    assert "absent.py" in added.stderr
    assert replaced.exit_code == 0


def test_log_file_gets_json_lines() -> None:
    write(one="w2")

    run("one.pdf", "--log-file", "log.jsonl", "--log-level", "info")

    events = [json.loads(line)["event"] for line in Path("log.jsonl").read_text().splitlines()]
    assert events[0] == "job_created"
    assert events[-1] == "job_finished"


def test_workers_may_hang_die_and_print_without_harm() -> None:
    write(good="w2", other="w2 a=1")
    for fault in ("hang", "kill", "print", "raise"):
        Path(f"{fault}.pdf").write_text(f"w2 b={fault}")

    done = run_apart(
        *("good.pdf", "hang.pdf", "kill.pdf", "print.pdf", "raise.pdf", "other.pdf"),
        *("--plugin", "loanbatch.testing.faults", "--timeout", "1", "--json"),
    )

    codes = {item["file_name"]: item["error_code"] for item in json.loads(done.stdout)["results"]}
    assert done.returncode == 3
    assert codes == {
        "good.pdf": None,
        "hang.pdf": "timeout",
        "kill.pdf": "worker_crashed",
        "print.pdf": None,
        "raise.pdf": "plugin_error",
        "other.pdf": None,
    }
    assert "Traceback" not in done.stderr


def wait_for(path: Path) -> None:
    for _ in range(600):
        if path.exists():
            return
        time.sleep(0.05)
    pytest.fail(f"{path} did not appear")


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX signals")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_first_interrupt_finishes_what_is_at_hand(number: signal.Signals) -> None:
    write(slow="w2 wait= 1")
    for rest in range(5):
        write(**{f"z{rest}": f"w2 a={rest}"})
    names = ["slow.pdf", *(f"z{rest}.pdf" for rest in range(5))]

    with subprocess.Popen(
        command(*names), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        wait_for(Path("slow.started"))
        process.send_signal(number)
        stdout, stderr = process.communicate(timeout=60)
    again = run_apart(*names)

    assert process.returncode == 130
    assert "slow.pdf" in stdout
    assert "not reached" in stdout
    assert "Go on with: loanbatch resume job-" in stderr
    assert again.returncode == 0
    assert "6 succeeded" in again.stdout
    assert "reused" in again.stdout


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX signals")
def test_interrupt_during_the_last_document_leaves_nothing_to_go_on_with() -> None:
    write(slow="w2 wait= 1")

    with subprocess.Popen(
        command("slow.pdf"), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        wait_for(Path("slow.started"))
        process.send_signal(signal.SIGINT)
        stdout, stderr = process.communicate(timeout=60)

    assert process.returncode == 0
    assert "1 succeeded" in stdout
    assert "Go on with" not in stderr


def processes_here() -> set[int]:
    """The processes that work in the current folder, this one aside."""
    here = Path.cwd()
    found = set()
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if (process / "cwd").readlink() == here:
                found.add(int(process.name))
    return found - {os.getpid()}


@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
def test_worker_ends_with_a_killed_coordinator_though_its_document_hangs() -> None:
    write(slow="w2 wait= 300")

    with subprocess.Popen(
        command("slow.pdf", "--workers", "2"), stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        wait_for(Path("slow.started"))
        before = processes_here()
        process.kill()
    for _ in range(600):
        if not processes_here():
            break
        time.sleep(0.05)

    assert len(before) > 1
    assert processes_here() == set()


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX signals")
def test_second_interrupt_stops_at_once() -> None:
    write(slow="w2 wait= 300")

    with subprocess.Popen(
        command("slow.pdf"), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        wait_for(Path("slow.started"))
        process.send_signal(signal.SIGINT)
        assert process.stderr is not None
        assert "again" in process.stderr.readline()
        process.send_signal(signal.SIGINT)
        _, stderr = process.communicate(timeout=60)

    assert process.returncode == 130
    assert "Traceback" not in stderr


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX signals")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_interrupt_while_the_report_is_written_leaves_none_and_says_how_to_get_it(
    number: signal.Signals,
) -> None:
    write(one="w2", two="w2 a=1")
    Path("slow_report.py").write_text(
        "import pathlib, time\n"
        "from loanbatch import hookimpl\n"
        "@hookimpl\n"
        "def report(summary, format, stream):\n"
        "    if format != 'slow':\n"
        "        return None\n"
        "    if summary.total_documents:\n"
        "        stream.write(b'half of it')\n"
        "        pathlib.Path('report.started').touch()\n"
        "        time.sleep(60)\n"
        "    return True\n"
    )

    asked = ("--plugin", "slow_report.py", "--report", "loans.slow")
    with subprocess.Popen(
        command("one.pdf", "two.pdf", *asked), stderr=subprocess.PIPE, text=True
    ) as process:
        wait_for(Path("report.started"))
        process.send_signal(number)
        _, stderr = process.communicate(timeout=30)

    assert process.returncode == 130
    assert re.search(r"loanbatch report job-\S+ --output FILE", stderr)
    assert "Traceback" not in stderr
    assert [path.name for path in Path().iterdir() if "loans.slow" in path.name] == []


@pytest.mark.skipif(sys.platform == "win32", reason="needs a pseudo-terminal")
def test_terminal_gets_a_drawn_table_and_the_log_a_file() -> None:
    import pty

    write(one="w2", bad="", odd="!review")
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        command("one.pdf", "bad.pdf", "odd.pdf"),
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        env={**os.environ, "TERM": "xterm", "COLUMNS": "100"},
    ) as process:
        os.close(theirs)
        shown = b""
        while chunk := _read(ours):
            shown += chunk
    os.close(ours)

    text = shown.decode()
    assert process.returncode == 3
    assert "one.pdf" in text
    assert "─" in text
    assert "What to look at:" in text
    assert Path("home/loanbatch.log").exists()


def _read(descriptor: int) -> bytes:
    try:
        return os.read(descriptor, 65536)
    except OSError:  # Linux's way to say that the other side is closed
        return b""


def test_unexpected_error_of_a_document_exits_with_1(monkeypatch: pytest.MonkeyPatch) -> None:
    def bug(*_: object) -> None:
        raise RuntimeError("a bug")

    monkeypatch.setattr("loanbatch.pipeline._process._process", bug)
    write(one="w2")

    result = run("one.pdf")

    assert result.exit_code == 1
    assert "unexpected_error" in result.stdout


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="the system has no /dev/full")
@pytest.mark.parametrize("options", [["--json"], []])
def test_standard_output_that_is_full_is_one_line(options: list[str]) -> None:
    write(one="w2")

    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            command("one.pdf", "--quiet" if options else "--strict", *options),
            stdout=full, stderr=subprocess.PIPE, text=True, timeout=60, check=False,
        )  # fmt: skip

    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert done.stderr.startswith("Error: standard output cannot be written (No space left")


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize("columns", [80, 120])
def test_table_on_a_terminal_breaks_no_word(columns: int, monkeypatch: pytest.MonkeyPatch) -> None:
    kinds = ("closing_disclosure", "loan_estimate", "w2", "paystub")
    documents = tuple(Document(kind=kind, first_page=1, last_page=1) for kind in kinds)
    common = {"source": "", "document_id": "doc-0123456789abcdef", "timestamp": datetime.now(UTC)}
    results = (
        BatchProcessingResult(
            file_name="a-package-with-quite-a-long-name-of-its-own.pdf",
            status=ResultStatus.SUCCESS, documents=documents, needs_review=True, **common,
        ),
        BatchProcessingResult(
            file_name="page.pdf", status=ResultStatus.FAILED, error_code="unsupported_type",
            error_message="it is a web page", **common,
        ),
    )  # fmt: skip
    summary = BatchProcessingSummary(
        job_id="job-1", status=JobStatus.COMPLETED_WITH_ERRORS, total_documents=2,
        processed_documents=2, successful_documents=1, failed_documents=1, skipped_documents=0,
        results=results, start_time=datetime.now(UTC), end_time=None,
    )  # fmt: skip
    monkeypatch.setenv("COLUMNS", str(columns))
    monkeypatch.setattr(sys, "stdout", terminal := Terminal())

    show_run(summary, Outcomes(codes=Counter(unsupported_type=1), reviews=1, notable=results))

    plain = re.sub(r"\x1b\[[0-9;]*m", "", terminal.getvalue())
    table = plain.partition("What to look at")[0]
    assert all(len(line) <= columns for line in table.splitlines())
    for word in ("success", "failed", "doc-0123456789", "review", "unsupported_type"):
        assert word in table
    wanted = ("4 documents",) if columns == 80 else ("closing_disclosure,", "loan_estimate,")
    assert all(text in table for text in wanted)


@pytest.mark.parametrize("columns", [80, 100, 120])
def test_jobs_on_a_terminal_have_ids_in_one_piece(
    columns: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = {
        "job_id": "job-20260131-101500-a1b2c3", "status": "completed_with_errors", "priority": -100,
        "total_documents": 1_000_000, "successful_documents": 1, "failed_documents": 999_999,
        "skipped_documents": 0, "created_at": "2026-01-31T10:15:00.123456+00:00",
        "completed_at": None, "resumable": False,
    }  # fmt: skip
    monkeypatch.setenv("COLUMNS", str(columns))
    monkeypatch.setattr(sys, "stdout", terminal := Terminal())

    show_jobs([job])

    plain = re.sub(r"\x1b\[[0-9;]*m", "", terminal.getvalue())
    assert all(len(line) <= columns for line in plain.splitlines())
    for text in ("job-20260131-101500-a1b2c3", "-100", "1000000", "999999"):
        assert text in plain


def test_column_in_which_nothing_stands_is_left_out() -> None:
    write(one="w2")

    assert "Error" not in run("one.pdf").stdout


def test_broken_plugin_is_told_once() -> None:
    write(one="w2")
    Path("broken.py").write_text("import no_such_module")

    done = run_apart("one.pdf", "--plugin", "broken.py")

    assert done.stderr.count("no_such_module") == 1
    assert "Warning: plugin broken" in done.stderr


def test_run_without_store_plugin_warns_that_nothing_is_kept() -> None:
    write(one="w2")

    without = run("one.pdf", "--no-plugin", "records", "--no-plugin", "objects")

    assert without.exit_code == 0
    assert without.stderr.count("no store plugin is active") == 1
    assert "store plugin" not in run("one.pdf").stderr


def test_progress_says_no_rate_before_it_means_something() -> None:
    write(one="w2", two="paystub")

    told = run("one.pdf", "two.pdf").stderr

    assert "2 of 2 documents" in told
    assert "about 0 s" not in told


JOINER = """
from loanbatch import hookimpl
from loanbatch.loans import Loan
from loanbatch.models import Finding, Severity
from loanbatch.results import loan_documents

@hookimpl
def join_loan(loan_id, results):
    kinds = {document.kind for result in results for document in result.documents}
    level = Severity.WARNING if "other" in kinds else Severity.INFO
    told = Finding(code="contradiction", severity=level, message="they differ")
    return Loan(loan_id=loan_id, documents=loan_documents(results), findings=(told,))
"""


def test_loans_whose_documents_contradict_each_other_are_told(tmp_path: Path) -> None:
    (tmp_path / "joiner.py").write_text(JOINER)
    lines = ["file,loan"]
    for name, kind, loan in (
        ("a", "note", "L-1"),
        ("b", "other", "l1"),
        ("c", "note", "L-2"),
        ("d", "note", "L2"),
        ("e", "other", "L-3"),
    ):
        (tmp_path / f"{name}.txt").write_text(f"{kind} name={name}")
        lines.append(f"{name}.txt,{loan}")
    (tmp_path / "batch.csv").write_text("\n".join(lines))

    done = run(str(tmp_path / "batch.csv"), "--plugin", str(tmp_path / "joiner.py"))

    assert done.exit_code == 0
    assert "1 loan has documents that contradict each other" in done.stderr
    shown = re.search(r"loanbatch (show --loan doc-\w+)", done.stderr)
    assert shown
    (tmp_path / "loanbatch.toml").write_text('[loanbatch]\nplugins = ["joiner.py"]\n')
    loan = CliRunner().invoke(cli, shown[1].split())
    assert "Loan L-1" in loan.stdout
    assert "they differ" in loan.stdout
