"""More paystubs: other payroll firms' words for the same things, in tables with and without lines."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

from loanbatch.testing.samples._canvas import Canvas
from loanbatch.testing.samples._employment import Employment
from loanbatch.testing.samples._formats import bare, day_month_date, short_date, us_date
from loanbatch.testing.samples._sheet import Column, Look, Sheet

STYLES = {
    "cells": Look(layout="boxes", size=9, money=bare, date=us_date),
    "voucher": Look(
        family="times", layout="pairs", wording=1, size=9.5, ruled_tables=False, date=short_date
    ),
    "advice": Look(layout="ruled", wording=2, size=9, tabs=True, date=day_month_date, money=bare),
}

_LABELS = {
    "employee_name": ("Employee", "Employee Name", "Name"),
    "employee_id": ("Employee ID", "Employee No.", "Employee Number"),
    "job_title": ("Job Title", "Position", "Title"),
    "pay_frequency": ("Pay Frequency", "Frequency", "Pay Frequency"),
    "pay_period_start": ("Period Start", "Pay Begin Date", "Period Beginning"),
    "pay_period_end": ("Period End", "Pay End Date", "Period Ending"),
    "pay_date": ("Pay Date", "Check Date", "Payment Date"),
    "gross_pay": ("Gross Pay", "Total Gross", "Total Earnings"),
    "total_taxes": ("Total Taxes", "Total Taxes", "Total Taxes"),
    "total_deductions": ("Total Deductions", "Total Deductions", "Total Deductions"),
    "net_pay": ("Net Pay", "Net Pay", "Net Pay"),
}


def draw(canvas: Canvas, job: Employment, style: str) -> None:
    """Draw one stub on one page."""
    sheet = Sheet(canvas, STYLES[style], _LABELS)
    truth = sheet.truth
    truth.address("employer_address", job.employer.address)
    sheet.letterhead(job.employer, "employer_name")
    sheet.title({"advice": "PAY ADVICE", "voucher": "Earnings Statement"}.get(style, "Pay Stub"))
    start = job.period_end - timedelta(days=13)
    truth.address("employee_address", job.employee.address)
    name = sheet.plain("employee_name", job.employee.name)
    sheet.values(
        [
            (name[0], "\n".join((name[1], *job.employee.address))),
            sheet.plain("employee_id", job.employee_id),
            sheet.plain("job_title", job.job_title),
            sheet.date("pay_period_start", start),
            sheet.date("pay_period_end", job.period_end),
            sheet.date("pay_date", job.period_end + timedelta(days=6)),
            sheet.plain("pay_frequency", "Biweekly"),
        ]
    )
    _earnings(sheet, job)
    _taken(sheet, job)
    _net(sheet, job)


def _earnings(sheet: Sheet, job: Employment) -> None:
    truth, periods, write = sheet.truth, job.period_number, sheet.look.money
    lines = [("Regular", job.pay_rate, job.hours, job.regular)]
    if job.overtime:
        lines.append(("Overtime", job.pay_rate * Decimal("1.5"), job.overtime_hours, job.overtime))
    rows: list[tuple[str, ...]] = []
    for label, rate, hours, amount in lines:
        rows.append((label, bare(hours), bare(rate), write(amount), write(amount * periods)))
        cells = {
            "label": label,
            "rate": rate,
            "hours": hours,
            "amount": amount,
            "year_to_date": amount * periods,
        }
        truth.row("earnings", cells, label, write(amount))
    truth.money("pay_rate", job.pay_rate, bare(job.pay_rate))
    truth.money("hours", job.hours, bare(job.hours))
    truth.money("regular_pay", job.regular, write(job.regular))
    rows.append(_total(sheet, job, "gross_pay", "gross_pay", job.gross, blanks=2))
    heads = ("Earnings", "Hours", "Rate", "Current", "YTD")
    sheet.table(_columns(heads), rows)


def _taken(sheet: Sheet, job: Employment) -> None:
    periods, write = job.period_number, sheet.look.money
    groups: tuple[tuple[str, tuple[tuple[str, Decimal], ...], str, str, Decimal], ...] = (
        ("Taxes", job.taxes, "total_taxes", "taxes", job.total_taxes),
        ("Deductions", job.deductions, "total_deductions", "deductions", job.total_deductions),
    )
    for head, lines, name, to_date, total in groups:
        rows: list[tuple[str, ...]] = []
        for label, amount in lines:
            rows.append((label, write(amount), write(amount * periods)))
            cells = {"label": label, "amount": amount, "year_to_date": amount * periods}
            sheet.truth.row("deductions", cells, label, write(amount))
        rows.append(_total(sheet, job, name, to_date, total, blanks=0))
        sheet.table(_columns((head, "Current", "YTD")), rows)


def _net(sheet: Sheet, job: Employment) -> None:
    row = _total(sheet, job, "net_pay", "net_pay", job.net, blanks=0)
    sheet.table(_columns(("Summary", "Current", "YTD")), [row])


def _total(
    sheet: Sheet, job: Employment, name: str, to_date: str, amount: Decimal, *, blanks: int
) -> tuple[str, ...]:
    write: Callable[[Decimal], str] = sheet.look.money
    year = amount * job.period_number
    texts = (
        sheet.truth.money(name, amount, write(amount)),
        sheet.truth.money(f"year_to_date_{to_date}", year, write(year)),
    )
    return (sheet.label(name), *("",) * blanks, *texts)


def _columns(heads: tuple[str, ...]) -> list[Column]:
    shares = [1.0 if index else 2.0 for index, _ in enumerate(heads)]
    return [
        Column(head=head, share=share, right=index > 0)
        for index, (head, share) in enumerate(zip(heads, shares, strict=True))
    ]
