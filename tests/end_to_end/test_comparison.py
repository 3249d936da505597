"""Four loans from their documents to their comparison, against figures of other libraries.

A fixed-rate mortgage, a student loan with a deferment and two letters of sanction in rupees are
generated, read by the whole pipeline, joined and compared. What is expected is computed by
numpy-financial and pyxirr from what the generator wrote, not from what was read.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy_financial
import pytest
import pyxirr

from loanbatch import BatchProcessingHandler, load_settings
from loanbatch.loans import Comparison, Loan, WhatIf
from loanbatch.testing.samples import make_sample

Truth = Mapping[str, Any]
KINDS = {
    "mortgage": ("closing_disclosure", 301),
    "student": ("student_loan_disclosure", 302),
    # Tells what the moratorium costs and when money is paid out,
    "india": ("sanction_letter", 306),
    # and does not: the payment has to tell.
    "india_short": ("sanction_letter", 303),
}


class Run:
    """What was written, and what became of it."""

    def __init__(self, folder: Path) -> None:
        self.truths: dict[str, Truth] = {}
        for name, (kind, seed) in KINDS.items():
            sample = make_sample(kind, seed=seed)
            (folder / f"{name}.pdf").write_bytes(sample.content)
            self.truths[name] = sample.labels()["documents"][0]["fields"]
        self.home = folder / "home"
        settings = load_settings(
            {"home": str(self.home), "executor": "inline", "log_level": "error"}, environ={}
        )
        with BatchProcessingHandler(settings) as handler:
            self.job_id = handler.process([str(folder / f"{name}.pdf") for name in KINDS]).job_id
            self.loans = list(handler.get_loans(self.job_id))
            self.comparisons = handler.compare(self.job_id, ["500/month", "10000@24"])

    def loan(self, name: str) -> Loan:
        return next(loan for loan in self.loans if loan.documents[0].file_name == f"{name}.pdf")

    def comparison(self, name: str) -> Comparison:
        loan_id = self.loan(name).loan_id
        return next(item for item in self.comparisons if loan_id in item.loan_ids)

    def figure(self, name: str, row: str) -> float:
        comparison = self.comparison(name)
        place = comparison.loan_ids.index(self.loan(name).loan_id)
        (found,) = (item.values[place] for item in comparison.rows if item.name == row)
        assert isinstance(found.value, Decimal | int), found.note
        return float(found.value)

    def what_if(self, name: str, number: int) -> WhatIf:
        loan_id = self.loan(name).loan_id
        mine = [item for item in self.comparison(name).what_ifs if item.loan_id == loan_id]
        return mine[number]


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    return Run(tmp_path_factory.mktemp("compared"))


def number(truth: Truth, name: str) -> float:
    return float(truth[name])


def payments(truth: Truth) -> int:
    return int(truth.get("number_of_payments") or truth["loan_term_months"])


def opening(truth: Truth) -> float:
    """What is owed when repayment begins."""
    if truth.get("moratorium_months") and not truth.get("accrued_deferment_interest"):
        rate = number(truth, "note_rate_percent") / 1200
        payment = number(truth, "principal_and_interest_payment")
        return -float(numpy_financial.pv(rate, payments(truth), payment))
    return number(truth, "loan_amount") + float(truth.get("accrued_deferment_interest") or 0)


def test_dollars_and_rupees_are_compared_apart(run):
    groups = {item.currency: set(item.loan_ids) for item in run.comparisons}

    assert groups == {
        "USD": {run.loan("mortgage").loan_id, run.loan("student").loan_id},
        "INR": {run.loan("india").loan_id, run.loan("india_short").loan_id},
    }


@pytest.mark.parametrize("name", KINDS)
def test_payment_is_that_of_another_library(run, name):
    truth = run.truths[name]
    rate = number(truth, "note_rate_percent") / 1200

    independent = -numpy_financial.pmt(rate, payments(truth), opening(truth))

    # Lenders in India round to rupees.
    assert run.figure(name, "principal_and_interest_payment") == pytest.approx(independent, abs=1)


@pytest.mark.parametrize("name", KINDS)
def test_total_interest_is_that_of_another_library(run, name):
    truth = run.truths[name]
    rate, count = number(truth, "note_rate_percent") / 1200, payments(truth)

    of_payments = -numpy_financial.ipmt(rate, range(1, count + 1), count, opening(truth)).sum()
    before = opening(truth) - number(truth, "loan_amount")

    # The stated payment is rounded, to a cent or to a rupee; over the years that adds up.
    rounding = 1.0 if name.startswith("india") else 0.01
    assert run.figure(name, "total_interest") == pytest.approx(
        of_payments + before, abs=rounding * count
    )


@pytest.mark.parametrize("name", KINDS)
def test_effective_annual_rate_is_that_of_another_library(run, name):
    rate = number(run.truths[name], "note_rate_percent") / 1200

    independent = numpy_financial.fv(rate, 12, 0, -100) - 100

    assert run.figure(name, "effective_annual_rate_percent") == pytest.approx(
        independent, abs=0.0005
    )


@pytest.mark.parametrize("name", KINDS)
def test_total_cost_is_amount_interest_and_fees(run, name):
    parts = ("loan_amount", "total_interest", "fees")

    assert run.figure(name, "total_cost") == pytest.approx(
        sum(run.figure(name, part) for part in parts), abs=0.001
    )


def test_annual_percentage_rate_is_that_of_the_cash_flows(run):
    truth = run.truths["india"]
    fees = number(truth, "processing_fee") + number(truth, "processing_fee_tax")
    parts = [
        (date.fromisoformat(row["date"]), float(row["amount"]))
        for row in truth["disbursement_schedule"]
    ]
    first = date.fromisoformat(truth["first_payment_date"])
    due = [
        date(first.year + (first.month - 1 + n) // 12, (first.month - 1 + n) % 12 + 1, first.day)
        for n in range(payments(truth))
    ]
    flows = [amount for _, amount in parts]
    flows[0] -= fees
    paid = [-number(truth, "principal_and_interest_payment")] * payments(truth)

    effective = pyxirr.xirr([day for day, _ in parts] + due, flows + paid)
    nominal = ((1 + effective) ** (1 / 12) - 1) * 1200

    # The other library counts days, the regulation months of equal length.
    assert run.figure("india", "annual_percentage_rate_percent") == pytest.approx(nominal, abs=0.03)


def test_rate_without_dates_of_payout_is_unknown(run):
    comparison = run.comparison("india_short")
    place = comparison.loan_ids.index(run.loan("india_short").loan_id)
    (row,) = (row for row in comparison.rows if row.name == "annual_percentage_rate_percent")

    assert row.values[place].value is None
    assert row.values[place].note == "the dates of payout and first payment are not stated"


def test_stated_annual_percentage_rate_stands(run):
    stated = number(run.truths["mortgage"], "annual_percentage_rate_percent")

    assert run.figure("mortgage", "annual_percentage_rate_percent") == stated


@pytest.mark.parametrize("name", KINDS)
@pytest.mark.parametrize("place", [0, 1])
def test_prepaying_changes_what_another_schedule_says(run, name, place):
    truth = run.truths[name]
    found = run.what_if(name, place)
    payment = number(truth, "principal_and_interest_payment")

    def repaid(extras: Mapping[int, float]) -> tuple[int, float]:
        balance, interest, month = opening(truth), 0.0, 0
        rate = number(truth, "note_rate_percent") / 1200
        while balance > 0.005 and month < payments(truth):
            month += 1
            due = -float(numpy_financial.ipmt(rate, 1, payments(truth), balance))
            interest += due
            balance -= min(payment + extras.get(month, 0.0) - due, balance)
        return month, interest

    extras = dict.fromkeys(range(1, 421), 500.0) if place == 0 else {24: 10_000.0}
    (agreed_months, agreed), (months, interest) = repaid({}), repaid(extras)
    assert len(found.agreed) == agreed_months
    assert len(found.prepaid) == months
    assert found.months_saved == agreed_months - months
    # Interest of each month is rounded to a cent.
    assert float(found.interest_saved or 0) == pytest.approx(
        agreed - interest, abs=0.01 * payments(truth)
    )
    assert found.agreed[-1].balance == found.prepaid[-1].balance == 0


def command(run: Run, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "loanbatch", "compare", *arguments, "--home", str(run.home)],
        capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip


def test_command_tells_the_same(run):
    done = command(run, "latest", "--prepay", "500/month", "--json")

    told = json.loads(done.stdout)
    (dollars,) = (item for item in told["comparisons"] if item["currency"] == "USD")
    interest = next(row for row in dollars["rows"] if row["name"] == "total_interest")
    loan_id = run.loan("mortgage").loan_id
    assert float(interest["values"][loan_id]["value"]) == run.figure("mortgage", "total_interest")
    (saved,) = (item for item in dollars["what_ifs"] if item["loan"] == loan_id)
    assert Decimal(saved["interest_saved"]) == run.what_if("mortgage", 0).interest_saved
    assert told["left_out"] == []


def test_command_shows_a_table_for_each_currency(run):
    done = command(run, "latest", "--prepay", "500/month", "--schedule")

    assert "Loans in USD" in done.stdout
    assert "Loans in INR" in done.stdout
    assert "(+) best, (-) worst" in done.stdout
    assert "with 500.00 a month" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["no-such-loan"], "no job and no loan 'no-such-loan'"),
        (["latest", "--prepay", "much"], "write 500/month"),
        (["latest", "--schedule"], "add --prepay"),
        ([], "Missing argument"),
    ],
)
def test_command_says_what_is_wrong(run, arguments, message):
    done = command(run, *arguments)

    assert done.returncode == 2
    assert message in done.stderr
    assert done.stdout == ""


def test_loans_without_terms_are_nothing_to_compare(run, tmp_path):
    paper = tmp_path / "w2.pdf"
    paper.write_bytes(make_sample("w2", seed=305).content)
    settings = load_settings(
        {"home": str(tmp_path / "home"), "executor": "inline", "log_level": "error"}, environ={}
    )
    with BatchProcessingHandler(settings) as handler:
        job_id = handler.process([str(paper)]).job_id
        with pytest.raises(Exception, match="nothing to compare: the documents"):
            handler.compare(job_id)
