"""`loanbatch status`, `jobs`, `show`, `report`: what is known of earlier runs."""

from __future__ import annotations

import hashlib
import json
from datetime import date
from decimal import Decimal
from itertools import count
from pathlib import Path

import pytest
from attrs import evolve
from click.shell_completion import ShellComplete
from click.testing import CliRunner, Result

from loanbatch import BatchProcessingHandler, hookimpl, load_settings
from loanbatch.cli._group import cli
from loanbatch.models import (
    Box,
    Document,
    Field,
    Finding,
    Page,
    Severity,
    TextSource,
    Validation,
    Word,
)
from loanbatch.results import BatchProcessingResult

SSN = "900-12-3456"
BLOCKED = ("intake", "pdf_text", "images", "ocr", "classification", "templates", "normalizers")


def field(name: str, raw: str, **more: object) -> Field:
    values = {"page": 1, "box": Box(10.4, 20.0, 30.0, 40.6), "confidence": 0.915, **more}
    return Field(name=name, raw=raw, extractor="templates/w2", **values)  # type: ignore[arg-type]


class Reader:
    """Finds the same fields in everything."""

    @hookimpl
    def validate(self, source):
        return Validation(source=evolve(source, page_count=1))

    @hookimpl
    def read_pages(self, source, page_numbers):
        words = (Word("w2", 10.0, 20.0, 30.0, 40.0),)
        return [
            Page(number=n, width=612, height=792, words=words, text_source=TextSource.TEXT_LAYER)
            for n in page_numbers
        ]

    @hookimpl
    def classify(self):
        return [Document(kind="w2", first_page=1, last_page=1, confidence=0.987)]

    @hookimpl
    def extract(self):
        row = (
            field("state", "NY", value="NY"),
            field("state_wages", "9 900.00", value=Decimal("9900.00"), confidence=0.7),
        )
        return [
            field("employee_ssn", SSN, value=SSN, alternatives=(field("employee_ssn", "900"),)),
            field("employee_name", "Jane\tDoe", value="Jane Doe"),
            field("wages", "$1,234.50", value=Decimal("1234.50"), currency="USD"),
            field("date_of_birth", "1 May 1980", value=date(1980, 5, 1)),
            field("note_date", "1 May 2020", value=date(2020, 5, 1), box=None),
            field("states", "", rows=(row, row[:1])),
        ]

    @hookimpl
    def check(self):
        yield Finding(
            code="odd_total",
            severity=Severity.WARNING,
            message="the total is odd",
            fields=("wages",),
            expected="1235.00",
            actual="1234.50",
        )


@pytest.fixture
def result(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, database_url: str
) -> BatchProcessingResult:
    """A processed document of loan L-17, in the home and database that the commands look at."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LOANBATCH_DATABASE", database_url)
    monkeypatch.setenv("LOANBATCH_HOME", str(tmp_path / "home"))
    settings = load_settings({"executor": "inline", "no_plugins": BLOCKED})
    with BatchProcessingHandler(settings, [Reader()]) as handler:
        item = {"file_name": "w2.pdf", "file_data": b"w2", "loan_id": "L-17"}
        return handler.process_batch_from_bytes([item]).results[0]


@pytest.fixture
def job_id(result: BatchProcessingResult) -> str:
    return str(json.loads(invoke("jobs", "--json").stdout)[0]["job_id"])


def invoke(*arguments: str) -> Result:
    return CliRunner().invoke(cli, arguments)


def columns(result: Result, first: str) -> list[str]:
    """The cells of the line that begins with `first`."""
    line = next(line for line in result.stdout.splitlines() if line.startswith(f"{first} "))
    return [cell.strip() for cell in line.split("  ") if cell.strip()]


def test_show_tells_value_and_evidence(result: BatchProcessingResult) -> None:
    shown = invoke("show", str(result.document_id))

    wages = ["wages", "1234.50 USD", "$1,234.50", "1", "10 20 30 41", "0.92", "templates/w2"]
    assert shown.exit_code == 0
    assert shown.stdout.startswith(f"w2.pdf ({result.document_id}), loan L-17, needs review")
    assert "w2, page 1, confidence 0.99" in shown.stdout
    assert columns(shown, "wages") == wages
    assert columns(shown, "odd_total")[-2:] == ["1235.00", "1234.50"]


def test_show_escapes_control_characters(result: BatchProcessingResult) -> None:
    assert "Jane\\tDoe" in invoke("show", str(result.document_id)).stdout


def test_show_tells_rows_as_a_table(result: BatchProcessingResult) -> None:
    shown = invoke("show", str(result.document_id)).stdout

    rows = shown[shown.index("\nstates\n") :].splitlines()
    assert "2 rows, below" in shown
    assert rows[2].split() == ["state", "state_wages", "Page", "Conf."]
    assert rows[3].split() == ["1", "NY", "9900.00", "1", "0.70"]
    assert rows[4].split() == ["2", "NY", "1", "0.92"]


def test_show_takes_the_beginning_of_a_document_id(result: BatchProcessingResult) -> None:
    beginning = str(result.document_id)[:10]

    assert invoke("show", beginning).exit_code == 0
    short = invoke("show", beginning[:9])
    assert short.exit_code == 2
    assert "at least six digits after doc-" in short.stderr


def test_show_says_that_several_documents_begin_alike(result: BatchProcessingResult) -> None:
    met: dict[str, bytes] = {}
    for number in count():
        data = f"w2 {number}".encode()
        start = hashlib.sha256(data).hexdigest()[:6]
        if start in met:
            break
        met[start] = data
    settings = load_settings({"executor": "inline", "no_plugins": BLOCKED})
    with BatchProcessingHandler(settings, [Reader()]) as handler:
        pair = [{"file_name": "pair", "file_data": item} for item in (met[start], data)]
        handler.process_batch_from_bytes(pair)

    shown = invoke("show", f"doc-{start}")

    assert shown.exit_code == 0
    assert f"2 documents begin with doc-{start}" in shown.stderr


def test_show_json_is_the_result(result: BatchProcessingResult) -> None:
    shown = invoke("show", str(result.document_id), "--json")

    fields = json.loads(shown.stdout)[0]["documents"][0]["fields"]
    assert fields["wages"]["value"] == "1234.50"
    assert fields["employee_ssn"]["alternatives"][0]["raw"] == "900"


@pytest.mark.parametrize("options", [(), ("--json",)])
def test_show_mask_keeps_amounts_and_hides_persons(
    result: BatchProcessingResult, options: tuple[str, ...]
) -> None:
    shown = invoke("show", str(result.document_id), "--mask", *options).stdout

    assert "1234.50" in shown
    assert "2020-05-01" in shown
    assert "xxxx xxx" in shown
    assert "999-99-9999" in shown
    assert SSN not in shown
    assert "Doe" not in shown
    assert "1980" not in shown


def test_show_of_a_loan_id_shows_the_loan(result: BatchProcessingResult) -> None:
    for arguments in (("l17",), ("L-17",), ("--loan", str(result.document_id)[:12])):
        shown = invoke("show", *arguments)

        assert shown.exit_code == 0
        assert shown.stdout.startswith("Loan L-17\n")
        assert columns(shown, "1")[:2] == ["1", "w2"]


def test_show_of_an_unknown_loan_is_refused(result: BatchProcessingResult) -> None:
    shown = invoke("show", "L-18")

    assert shown.exit_code == 2
    assert "no stored document is of the loan 'L-18'" in shown.stderr


def test_show_mask_hides_the_persons_of_a_loan(result: BatchProcessingResult) -> None:
    shown = invoke("show", "L-17", "--mask", "--json").stdout

    assert json.loads(shown)["documents"][0]["document"]["fields"]["wages"]["value"] == "1234.50"
    assert "999-99-9999" in shown
    assert SSN not in shown
    assert "Doe" not in shown


def test_status_tells_the_counts(job_id: str) -> None:
    table, plain = invoke("status", job_id), invoke("status", job_id, "--json")

    assert "completed" in table.stdout
    assert json.loads(plain.stdout)["successful_documents"] == 1


def test_jobs_are_listed_newest_first(job_id: str) -> None:
    with BatchProcessingHandler(load_settings({"no_plugins": BLOCKED})) as handler:
        handler.process_batch_from_paths([])

    jobs = json.loads(invoke("jobs", "--json").stdout)
    limited = invoke("jobs", "--limit", "1").stdout.splitlines()

    assert [job["job_id"] for job in jobs][1] == job_id
    assert len(limited) == 2
    assert limited[1].startswith(jobs[0]["job_id"])


def test_no_jobs_is_no_error(tmp_path: Path) -> None:
    listed = invoke("jobs", "--home", str(tmp_path))

    assert listed.exit_code == 0
    assert listed.stdout == ""
    assert "No jobs" in listed.stderr


def test_report_goes_to_standard_output_as_json(job_id: str) -> None:
    report = json.loads(invoke("report", job_id).stdout)

    assert report["job_id"] == job_id
    assert len(report["results"]) == 1


def test_report_takes_the_format_of_the_ending(job_id: str) -> None:
    done = invoke("report", job_id, "--output", "out.csv")

    assert done.exit_code == 0
    assert done.stdout == ""
    assert "employee_ssn" in Path("out.csv").read_text()


def test_report_takes_the_format_that_is_named(job_id: str) -> None:
    invoke("report", job_id, "--output", "out.dat", "--format", "json")
    masked = invoke("report", job_id, "--format", "csv", "--mask")

    assert json.loads(Path("out.dat").read_text())["job_id"] == job_id
    assert SSN not in masked.stdout
    assert "999-99-9999" in masked.stdout


@pytest.mark.parametrize("options", [("--format", "docx"), ("--output", "out.docx")])
def test_report_in_an_unknown_format_is_refused(job_id: str, options: tuple[str, ...]) -> None:
    done = invoke("report", job_id, *options)

    assert done.exit_code == 2
    assert "docx" in done.stderr
    assert done.stdout == ""


def test_events_are_shown_oldest_first_and_filtered(result: BatchProcessingResult) -> None:
    (job,) = json.loads(invoke("jobs", "--json").stdout)

    shown = invoke("events", job["job_id"])
    listed = json.loads(invoke("events", job["job_id"], "--json").stdout)
    names = [event["event"] for event in listed]

    assert [line.split()[3] for line in shown.stdout.splitlines()] == names
    assert names[0] == "job_created"
    assert names[-1] == "job_finished"
    last = json.loads(invoke("events", job["job_id"], "--tail", "1", "--json").stdout)
    assert last == listed[-1:]
    one = invoke("events", job["job_id"], "--event", "document_finished", "--file", "w2.pdf")
    assert "w2.pdf  status=success  attempt=1" in one.stdout
    assert len(one.stdout.splitlines()) == 1
    assert json.loads(invoke("events", job["job_id"], "--level", "error", "--json").stdout) == []
    assert invoke("events", job["job_id"], "--since", "9999-01-01").stdout == ""


@pytest.mark.parametrize(
    ("option", "value", "said"),
    [("--since", "yesterday", "write a date"), ("--event", "job_end", "known are job_created")],
)
def test_events_says_what_a_filter_may_be(option: str, value: str, said: str) -> None:
    refused = invoke("events", "job-1", option, value)

    assert refused.exit_code == 2
    assert said in refused.stderr


@pytest.mark.parametrize(
    "command",
    [("status",), ("events",), ("report", "--format", "json"), ("resume", "--json")],
    ids=lambda c: c[0],
)
def test_latest_stands_for_the_newest_job(
    result: BatchProcessingResult, command: tuple[str, ...]
) -> None:
    (job,) = json.loads(invoke("jobs", "--json").stdout)

    blocked = [f"--no-plugin={name}" for name in BLOCKED] if command[0] == "resume" else []
    told = invoke(command[0], "latest", *command[1:], *blocked)

    assert told.exit_code == 0
    assert told.stdout == invoke(command[0], job["job_id"], *command[1:], *blocked).stdout


def test_latest_without_any_job_is_an_error(tmp_path: Path) -> None:
    refused = invoke("status", "latest", "--home", str(tmp_path / "empty"))

    assert refused.exit_code == 2
    assert "there are no jobs in" in refused.stderr


def test_shell_completes_jobs(
    result: BatchProcessingResult, monkeypatch: pytest.MonkeyPatch
) -> None:
    (job,) = json.loads(invoke("jobs", "--json").stdout)

    def proposed(*words: str) -> list[str]:
        found = ShellComplete(cli, {}, "loanbatch", "_LOANBATCH_COMPLETE")
        return [item.value for item in found.get_completions(list(words[:-1]), words[-1])]

    assert proposed("events", "") == ["latest", job["job_id"]]
    assert proposed("status", "job-") == [job["job_id"]]
    assert proposed("resume", "ne") == ["next"]
    assert proposed("compare", job["job_id"], "la") == ["latest"]
    monkeypatch.delenv("LOANBATCH_DATABASE", raising=False)
    assert proposed("status", "--home", "elsewhere", "") == []
    assert not Path("elsewhere").exists()
