"""`loanbatch calc`: the arithmetic of loans at the command line."""

from __future__ import annotations

import csv
import json
from collections.abc import Sequence
from decimal import Decimal
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from loanbatch_plugins.checks._calc import calc as command

LOAN: dict[str, Any] = {
    "advances": [{"amount": "6000", "date": "1978-02-10"}],
    "payments": [{"amount": "200", "first_date": "1978-04-01", "count": 36, "every": "month"}],
}
TERMS = ("--amount", "20000", "--rate", "15", "--payments", "24")


def calc(*arguments: str, given: str | None = None) -> Result:
    return CliRunner().invoke(command, arguments, input=given)


def test_apr_tells_rate_unit_period_and_odd_days_as_json(tmp_path: Path) -> None:
    file = tmp_path / "loan.json"
    file.write_text(json.dumps(LOAN))
    result = calc("apr", str(file), "--json")
    assert result.exit_code == 0
    assert json.loads(result.stdout) == {
        "annual_percentage_rate_percent": "11.816508",
        "unit_period": "month",
        "unit_periods_per_year": "12",
        "whole_unit_periods": 1,
        "odd_days": 19,
        "odd_months": 0,
    }


def test_apr_reads_numbers_and_standard_input() -> None:
    plain = '{"advances": [{"amount": 1000, "date": "1978-01-15"}], '
    plain += '"payments": [{"amount": 1135.19, "first_date": "1979-07-15"}]}'
    result = calc("apr", "-", given=plain)
    assert result.exit_code == 0
    assert "8.757047 %" in result.stdout
    assert "1 unit-periods and 6 odd months" in result.stdout


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("[", "no JSON"),
        ("[]", "'advances' and 'payments'"),
        (json.dumps({**LOAN, "advances": []}), "advances: expected a list"),
        (json.dumps({**LOAN, "advances": [5]}), "advances[1]: expected an object"),
        (json.dumps({**LOAN, "advances": [{"amount": "x", "date": "2026-01-01"}]}), ".amount"),
        (json.dumps({**LOAN, "advances": [{"amount": True, "date": "2026-01-01"}]}), ".amount"),
        (json.dumps({**LOAN, "advances": [{"amount": "5", "date": "1.2.26"}]}), "[1].date"),
        (
            json.dumps({**LOAN, "payments": [{"amount": "5", "first_date": "2026-01-01", "n": 2}]}),
            "payments[1].n: unknown",
        ),
        (
            json.dumps({**LOAN, "payments": [{**LOAN["payments"][0], "every": "fortnight"}]}),
            "payments[1].every: expected one of day, week",
        ),
        (json.dumps({**LOAN, "payments": [{**LOAN["payments"][0], "count": "3"}]}), "[1].count"),
        (json.dumps({**LOAN, "payments": [{**LOAN["payments"][0], "count": 0}]}), "1 to"),
        (json.dumps({**LOAN, "payments": [{**LOAN["payments"][0], "count": 3}]}), "less than"),
    ],
)
def test_apr_tells_where_a_file_is_wrong(text: str, place: str) -> None:
    result = calc("apr", "-", given=text)
    assert result.exit_code != 0
    assert place in str(result.exception) + result.stderr


def test_payment_is_told_in_cents_and_unrounded() -> None:
    facts = json.loads(calc("payment", *TERMS, "--json").stdout)
    assert facts == {
        "payment": "969.73",
        "unrounded_payment": "969.732961",
        "total_of_payments": "23273.59",
        "total_interest": "3273.59",
        "effective_annual_rate_percent": "16.075452",
    }


def test_schedule_is_written_as_csv_with_dates() -> None:
    result = calc("schedule", *TERMS, "--first-date", "2026-01-31", "--csv")
    rows = list(csv.DictReader(StringIO(result.stdout)))
    assert [row["date"] for row in rows[:3]] == ["2026-01-31", "2026-02-28", "2026-03-31"]
    assert sum(Decimal(row["principal"]) for row in rows) == 20_000
    assert rows[-1]["balance"] == "0.00"


@pytest.mark.parametrize("extra", [[], ["--extra", "100"]])
def test_schedule_sums_are_those_of_its_rows(extra: Sequence[str]) -> None:
    facts = json.loads(calc("schedule", *TERMS, *extra, "--json").stdout)
    rows = facts["payments"]
    assert facts["number_of_payments"] == len(rows) == rows[-1]["number"]
    for name, column in (("total_of_payments", "payment"), ("total_interest", "interest")):
        assert Decimal(facts[name]) == sum(Decimal(row[column]) for row in rows)
    assert (len(rows) == 24) == (not extra)


def test_what_is_no_number_is_a_usage_error() -> None:
    result = calc("payment", "--amount", "ten", "--rate", "5", "--payments", "12")
    assert result.exit_code == 2
    assert "'ten' is not a number" in result.stderr
