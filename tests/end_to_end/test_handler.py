"""The handler with all bundled plugins, on small documents: the example of the documentation."""

import json
from datetime import UTC, datetime
from decimal import Decimal
from importlib.resources import files

import fpdf
import jsonschema
import pytest

from loanbatch import BatchProcessingHandler, load_settings
from loanbatch._logging import reset_logging
from loanbatch.results import JobStatus, ResultStatus

PASSWORDS = {"owner_password": "o", "user_password": "u"}


def pdf(*pages, **encryption):
    """Return a PDF with lines of text on its pages."""
    document = fpdf.FPDF(unit="pt", format="letter")
    document.set_creation_date(datetime(2024, 3, 4, tzinfo=UTC))
    if encryption:
        document.set_encryption(**encryption)
    for lines in pages:
        document.add_page()
        document.set_font("Helvetica", size=11)
        for number, line in enumerate(lines):
            document.text(72, 72 + 18 * number, line)
    return bytes(document.output())


def note(amount="120,000.00", rate="5.125"):
    return pdf(
        [
            "NOTE",
            "March 3, 2024          Springfield          Illinois",
            "12 Elm Street, Springfield, IL 62701",
            "1. BORROWER'S PROMISE TO PAY",
            f"In return for a loan that I have received, I promise to pay U.S. ${amount}",
            '(this amount is called "Principal"), plus interest, to the order of the Lender.',
            "The Lender is Prairie Home Bank.",
            "2. INTEREST",
            "Interest will be charged on unpaid principal until the full amount of Principal",
            f"has been paid. I will pay interest at a yearly rate of {rate}%.",
            "3. PAYMENTS",
            "I will pay principal and interest by making a payment every month.",
        ]
    )


@pytest.fixture
def settings(tmp_path):
    yield load_settings(
        {
            "home": tmp_path / "home",
            "log_file": str(tmp_path / "log.jsonl"),
            "strict_plugins": True,
        },
        environ={},
    )
    reset_logging()


@pytest.fixture
def handler(settings):
    with BatchProcessingHandler(settings) as opened:
        yield opened


@pytest.fixture
def paths(tmp_path):
    contents = {
        "loan1.pdf": note(),
        "loan2.pdf": note("98,500.00", "4.875"),
        "empty.pdf": b"",
        "text.pdf": b"this is no PDF",
        "locked.pdf": pdf(["NOTE"], **PASSWORDS),
        "damaged.pdf": note()[:200],
        "again.pdf": note(),
    }
    for name, content in contents.items():
        (tmp_path / name).write_bytes(content)
    return [tmp_path / name for name in contents]


def test_batch_of_good_and_bad_files(handler, paths, tmp_path):
    summary = handler.process_batch_from_paths(
        [*paths, tmp_path / "missing.pdf", tmp_path], continue_on_failure=True
    )

    outcomes = {r.file_name: (r.status.value, r.error_code) for r in summary.results}
    assert outcomes == {
        "loan1.pdf": ("success", None),
        "loan2.pdf": ("success", None),
        "empty.pdf": ("failed", "empty"),
        "text.pdf": ("failed", "unsupported_type"),
        "locked.pdf": ("failed", "encrypted"),
        "damaged.pdf": ("failed", "corrupt"),
        "again.pdf": ("skipped", "duplicate"),
        "missing.pdf": ("failed", "not_found"),
        tmp_path.name: ("failed", "not_a_file"),
    }
    assert summary.status is JobStatus.COMPLETED_WITH_ERRORS
    assert {r.error_type.value for r in summary.results if r.error_type} == {"validation_error"}


def test_values_have_their_evidence(handler, paths):
    summary = handler.process_batch_from_paths(paths[:1])

    (document,) = summary.results[0].documents
    amount = document.fields["loan_amount"]
    assert document.kind == "promissory_note"
    assert amount.value == Decimal("120000.00")
    assert "120,000.00" in amount.raw
    assert amount.page == 1
    # Line 5 of the page: its baseline is 144 points from the top.
    assert amount.box.top < 144 < amount.box.bottom + 6
    assert amount.extractor.startswith("templates/")
    assert 0 < amount.confidence <= 1


def test_bytes_give_what_paths_give(handler, paths, settings):
    from_paths = handler.process_batch_from_paths(paths[:1]).results[0]
    with BatchProcessingHandler(settings) as other:
        items = [{"file_name": "loan3.pdf", "file_data": paths[0].read_bytes()}]
        from_bytes = other.process_batch_from_bytes(items).results[0]

    assert from_bytes.document_id == from_paths.document_id
    assert from_bytes.documents == from_paths.documents


def test_executors_give_the_same(paths, settings, tmp_path):
    from attrs import evolve

    results = []
    for executor in ("inline", "isolated"):
        own = evolve(settings, executor=executor, home=tmp_path / executor)
        with BatchProcessingHandler(own) as handler:
            results.append([_timeless(r) for r in handler.process_batch_from_paths(paths).results])

    assert results[0] == results[1]


def _timeless(result):
    plain = result.to_dict()
    del plain["processing_time"], plain["timestamp"]
    return plain


def test_job_status_and_reports(handler, paths, tmp_path):
    summary = handler.process_batch_from_paths(paths)

    status = handler.get_job_status(summary.job_id)
    for name in ("report.json", "report.csv"):
        handler.write_report(summary, tmp_path / name)

    assert (status["total_documents"], status["processed_documents"]) == (7, 7)
    assert (status["failed_documents"], status["skipped_documents"]) == (4, 1)
    report = json.loads((tmp_path / "report.json").read_text())
    schema = json.loads(files("loanbatch").joinpath("data/results.schema.json").read_text("utf-8"))
    jsonschema.validate(report, schema)
    assert [r["file_name"] for r in report["results"]] == [path.name for path in paths]
    assert "loan1.pdf" in (tmp_path / "report.csv").read_text()


def test_first_failure_ends_the_batch_when_asked(handler, paths):
    summary = handler.process_batch_from_paths(
        [paths[0], paths[2], paths[1]], continue_on_failure=False
    )

    assert [r.status for r in summary.results] == [
        ResultStatus.SUCCESS,
        ResultStatus.FAILED,
        ResultStatus.SKIPPED,
    ]
    assert summary.status is JobStatus.FAILED


def test_second_run_reuses_and_changes_nothing(handler, paths):
    first = handler.process_batch_from_paths(paths[:2])

    second = handler.process_batch_from_paths(paths[:2])

    assert all(result.reused for result in second.results)
    assert [r.document_id for r in second.results] == [r.document_id for r in first.results]
    assert [r.documents for r in second.results] == [r.documents for r in first.results]


def test_password_opens_an_encrypted_file(paths, settings):
    from attrs import evolve

    with BatchProcessingHandler(
        evolve(settings, passwords=("x", PASSWORDS["user_password"]))
    ) as handler:
        result = handler.process_batch_from_paths([paths[4]]).results[0]

    assert result.status is ResultStatus.SUCCESS


def test_inputs_are_left_as_they_were(handler, paths):
    before = [(path.read_bytes(), path.stat().st_mtime_ns) for path in paths]

    handler.process_batch_from_paths(paths)

    assert [(path.read_bytes(), path.stat().st_mtime_ns) for path in paths] == before


def test_nothing_of_the_documents_is_in_the_log(settings, paths, tmp_path):
    from attrs import evolve

    with BatchProcessingHandler(evolve(settings, log_level="debug")) as handler:
        handler.process_batch_from_paths(paths)

    log = (tmp_path / "log.jsonl").read_text()
    assert '"document_finished"' in log
    for personal in ("Elm", "Springfield", "120,000", "Prairie"):
        assert personal not in log
