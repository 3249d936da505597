"""`loanbatch calc`: the arithmetic of loans that the checks use, at the command line."""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import IO, Any, TypeVar

import click

from loanbatch.errors import UsageError
from loanbatch_plugins.checks._loan_file import read_loan
from loanbatch_plugins.finance import (
    NAMED,
    AnnualPercentageRate,
    ScheduledPayment,
    amortization_schedule,
    annual_percentage_rate,
    effective_annual_rate,
    level_payment,
    rounded,
)

T = TypeVar("T")
#: Intervals that come whole times in a year, and how many times.
_PER_YEAR = {
    name: interval.per_year.numerator
    for name, interval in NAMED.items()
    if interval.per_year.denominator == 1
}


def number(value: str) -> Decimal:
    """Read an option's number, with or without thousands separators."""
    try:
        found = Decimal(str(value).replace(",", ""))
    except InvalidOperation:
        found = Decimal("NaN")
    if not found.is_finite():
        raise click.BadParameter(f"{value!r} is not a number")
    return found


_json_option = click.option("--json", "as_json", is_flag=True, help="Write JSON.")


def _loan_options(function: Callable[..., None]) -> Callable[..., None]:
    """Add the options that say what a loan with level payments is."""
    for option in (
        click.option(
            "--every",
            type=click.Choice(list(_PER_YEAR)),
            default="month",
            show_default=True,
            help="Time between payments.",
        ),
        click.option(
            "--payments", type=click.IntRange(min=1), required=True, help="Number of payments."
        ),
        click.option(
            "--rate",
            type=number,
            required=True,
            help="Nominal rate in percent a year: 6.5 is 6.5 %.",
        ),
        click.option("--amount", type=number, required=True, help="Loan amount."),
    ):
        function = option(function)
    return function


@click.group(epilog="Example: loanbatch calc payment --amount 200000 --rate 6.5 --payments 360")
def calc() -> None:
    """Calculate rates, payments and schedules of loans."""


@calc.command(epilog="Example: loanbatch calc apr loan.json --json")
@click.argument("file", type=click.File(encoding="utf-8"))
@_json_option
def apr(file: IO[str], *, as_json: bool) -> None:
    """Calculate the annual percentage rate of a loan.

    By the actuarial method of Regulation Z (12 CFR 1026), appendix J. FILE (- for
    standard input) is JSON: advances (amount, date) and payments (amount, first_date, count,
    every); amounts advanced are the amount financed. Known for every: day, week, 2 weeks, 4 weeks,
    half month, month, 2 months, quarter, 6 months, year.
    """
    try:
        text = file.read()
    except UnicodeDecodeError as error:
        raise UsageError("this is no text in UTF-8") from error
    advances, payments = read_loan(text)
    rate = _told(lambda: annual_percentage_rate(advances, payments))
    facts = _apr_facts(rate)
    if as_json:
        click.echo(json.dumps(facts, indent=2))
        return
    first = rate.first_period
    odd = f"{first.odd} odd {'months' if first.odd_in_months else 'days'}"
    click.echo(f"annual percentage rate  {rate.percent} %")
    click.echo(f"unit-period             {rate.unit_period}")
    click.echo(f"to the first payment    {first.whole} unit-periods and {odd}")


def _apr_facts(rate: AnnualPercentageRate) -> dict[str, Any]:
    first = rate.first_period
    return {
        "annual_percentage_rate_percent": str(rate.percent),
        "unit_period": str(rate.unit_period),
        "unit_periods_per_year": str(rate.unit_period.per_year),
        "whole_unit_periods": first.whole,
        "odd_days": 0 if first.odd_in_months else first.odd,
        "odd_months": first.odd if first.odd_in_months else 0,
    }


@calc.command(epilog="Example: loanbatch calc payment --amount 500000 --rate 12 --payments 36")
@_loan_options
@_json_option
def payment(amount: Decimal, rate: Decimal, payments: int, every: str, *, as_json: bool) -> None:
    """Calculate the level payment (EMI) that repays a loan."""
    per_year = _PER_YEAR[every]
    exact = _told(lambda: level_payment(amount, rate, payments, per_year=per_year))
    effective = effective_annual_rate(rate, per_year)
    facts = {
        "payment": str(rounded(exact)),
        "unrounded_payment": f"{exact:.6f}",
        "total_of_payments": str(rounded(exact * payments)),
        "total_interest": str(rounded(exact * payments - amount)),
        "effective_annual_rate_percent": f"{effective:.6f}",
    }
    if as_json:
        click.echo(json.dumps(facts, indent=2))
        return
    for name, value in facts.items():
        click.echo(f"{name.replace('_', ' '):31}{value}")


@calc.command(
    epilog="Example: loanbatch calc schedule --amount 20000 --rate 15 --payments 24 --csv"
)
@_loan_options
@click.option("--payment", type=number, help="Level payment. [default: calculated]")
@click.option("--extra", type=number, default="0", help="Prepaid with each payment. [default: 0]")
@click.option(
    "--first-date",
    type=click.DateTime(["%Y-%m-%d"]),
    help="Of the first payment; the rows get dates.",
)
@click.option("--csv", "as_csv", is_flag=True, help="Write CSV.")
@_json_option
def schedule(  # noqa: PLR0913 - one argument an option
    *,
    amount: Decimal,
    rate: Decimal,
    payments: int,
    every: str,
    payment: Decimal | None,
    extra: Decimal,
    first_date: datetime | None,
    as_csv: bool,
    as_json: bool,
) -> None:
    """Calculate the payments of a loan, one by one.

    Each with its interest, principal and the balance after it. Interest is rounded to cents with
    each payment; the last payment takes what is left.
    """
    rows = _told(
        lambda: list(
            amortization_schedule(
                amount,
                rate,
                payments,
                per_year=_PER_YEAR[every],
                payment=payment,
                extra=extra,
                first_date=first_date.date() if first_date else None,
                every=NAMED[every],
            )
        )
    )
    columns = ["number", "date", "payment", "interest", "principal", "balance"]
    if first_date is None:
        columns.remove("date")
    cells = [[_cell(row, column) for column in columns] for row in rows]
    if as_json:
        click.echo(json.dumps(_schedule_facts(rows, columns, cells), indent=2))
    elif as_csv:
        csv.writer(sys.stdout, lineterminator="\n").writerows([columns, *cells])
    else:
        _table(columns, cells)
        click.echo(f"total of payments {_sum(rows, 'payment')}, interest {_sum(rows, 'interest')}")


def _schedule_facts(
    rows: Sequence[ScheduledPayment], columns: Sequence[str], cells: Iterable[Sequence[str]]
) -> dict[str, Any]:
    return {
        "total_of_payments": _sum(rows, "payment"),
        "total_interest": _sum(rows, "interest"),
        "number_of_payments": len(rows),
        "payments": [
            {**dict(zip(columns, line, strict=True)), "number": row.number}
            for row, line in zip(rows, cells, strict=True)
        ],
    }


def _sum(rows: Iterable[ScheduledPayment], column: str) -> str:
    return str(sum((getattr(row, column) for row in rows), Decimal(0)))


def _cell(row: ScheduledPayment, column: str) -> str:
    value: int | date | Decimal = getattr(row, column)
    return value.isoformat() if isinstance(value, date) else str(value)


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    widths = [max(map(len, column)) for column in zip(head, *rows, strict=True)]
    for line in (head, *rows):
        click.echo("  ".join(cell.rjust(width) for cell, width in zip(line, widths, strict=True)))


def _told(calculate: Callable[[], T]) -> T:
    """Calculate; what the arithmetic refuses is a usage error with its reason."""
    try:
        return calculate()
    except ValueError as error:
        raise UsageError(str(error)) from error
