"""An employer's or a vendor's verification of employment: a report, a form, a letter's table.

Source: Fannie Mae form 1005, and what verification services print.
"""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from loanbatch.testing.samples._canvas import Canvas
from loanbatch.testing.samples._employment import Employment
from loanbatch.testing.samples._formats import bare, cents, dollars, long_date, us_date_padded
from loanbatch.testing.samples._sheet import Column, Look, Sheet

STYLES = {
    "report": Look(layout="colon", money=dollars, date=us_date_padded),
    "service": Look(layout="pairs", wording=1, size=9, tabs=True, ruled_tables=False),
    "table": Look(family="times", layout="ruled", wording=2, size=10, date=long_date),
}

_LABELS = {
    "employer_name": ("Employer Name", "Employer", "Name of Employer"),
    "employer_address": ("Employer Address", "Employer Address", "Address of Employer"),
    "employee_name": ("Employee Name", "Employee", "Name of Employee"),
    "employee_ssn": ("SSN", "Social Security Number", "Social Security No."),
    "job_title": ("Job Title", "Position", "Position / Title"),
    "hire_date": ("Hire Date", "Original Hire Date", "Date of Hire"),
    "employment_status": ("Employment Status", "Status", "Current Employment Status"),
    "pay_frequency": ("Pay Frequency", "Pay Frequency", "Pay Frequency"),
    "pay_rate": ("Rate of Pay", "Pay Rate", "Hourly Rate"),
    "hours_per_week": ("Average Hours per Week", "Hours per Week", "Average hours worked per week"),
    "probability_of_continued_employment": (
        "Probability of Continued Employment",
        "Likelihood of continued employment",
        "Probability of Continued Employment",
    ),
    "verification_date": ("Verification Date", "Date Verified", "Date of Verification"),
    "verifier_name": ("Verifier Name", "Contact Name", "Name of Verifier"),
    "verifier_title": ("Verifier Title", "Contact Title", "Title of Verifier"),
}


def draw(canvas: Canvas, job: Employment, style: str) -> None:
    """Draw the verification on one page."""
    sheet = Sheet(canvas, STYLES[style], _LABELS)
    titles = {"report": "Employment Verification Report", "service": "Verification of Employment"}
    sheet.title(titles.get(style, "VERIFICATION OF EMPLOYMENT AND INCOME"))
    masked = f"XXX-XX-{job.employee.ssn[-4:]}"
    sheet.section("Employer Information")
    sheet.values(
        [
            sheet.plain("employer_name", job.employer.name),
            sheet.address("employer_address", job.employer.address, one_line=True),
        ]
    )
    hired = date(2024 - int(job.employee_id[1:]) % 11, 1 + int(job.employee_id[1:]) % 12, 14)
    sheet.section("Employee Information")
    sheet.values(
        [
            sheet.plain("employee_name", job.employee.name),
            sheet.plain("employee_ssn", masked),
            sheet.plain("job_title", job.job_title),
            sheet.date("hire_date", hired),
            sheet.plain("employment_status", "Active"),
            sheet.plain("probability_of_continued_employment", "Good"),
        ]
    )
    sheet.section("Pay Information")
    weekly = job.hours / 2
    sheet.values(
        [
            sheet.plain("pay_frequency", "Hourly"),
            sheet.money("pay_rate", job.pay_rate),
            sheet.pair("hours_per_week", sheet.truth.plain("hours_per_week", f"{weekly:.0f}")),
        ]
    )
    _income(sheet, job)
    sheet.section("Verification")
    sheet.values(
        [
            sheet.date("verification_date", job.period_end + timedelta(days=9)),
            sheet.plain("verifier_name", job.employer.contact),
            sheet.plain("verifier_title", "Payroll Manager"),
        ]
    )


def _income(sheet: Sheet, job: Employment) -> None:
    sheet.section("Gross Earnings")
    columns = [
        Column(head=head, right=index > 0)
        for index, head in enumerate(("Year", "Base Pay", "Overtime", "Bonus", "Total"))
    ]
    rows = []
    for back in range(1, 4):
        share = Decimal(100 - 3 * back) / 100
        base = cents(job.regular * 26 * share)
        overtime = cents(job.overtime * 26 * share)
        bonus = Decimal(250 * (4 - back))
        total = base + overtime + bonus
        year = job.period_end.year - back
        rows.append((str(year), *map(bare, (base, overtime, bonus, total))))
        cells = {
            "year": str(year),
            "base_pay": base,
            "overtime": overtime,
            "bonus": bonus,
            "total": total,
        }
        sheet.truth.row("income", cells, bare(base), bare(total))
    sheet.table(columns, rows)
