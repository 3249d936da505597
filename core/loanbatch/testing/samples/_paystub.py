"""A paystub: as a table of earnings and deductions, or as two columns."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal

from loanbatch.testing.samples._canvas import Canvas
from loanbatch.testing.samples._employment import Employment
from loanbatch.testing.samples._formats import bare, dollars, us_date_padded

#: Font by style.
STYLES = {"table": "helvetica", "columns": "times", "register": "courier"}

_LEFT, _RIGHT = 40.0, 572.0


def draw(canvas: Canvas, job: Employment, style: str) -> None:
    """Draw one stub on one page."""
    canvas.family = STYLES[style]
    canvas.new_page()
    y = _head(canvas, job, style)
    if style == "columns":
        _two_columns(canvas, job, y)
    else:
        _tables(canvas, job, y)


def _dates(canvas: Canvas, job: Employment) -> tuple[str, str, str]:
    truth = canvas.truth
    start = job.period_end - timedelta(days=13)
    paid = job.period_end + timedelta(days=6)
    return (
        truth.date("pay_period_start", start, us_date_padded(start)),
        truth.date("pay_period_end", job.period_end, us_date_padded(job.period_end)),
        truth.date("pay_date", paid, us_date_padded(paid)),
    )


def _head(canvas: Canvas, job: Employment, style: str) -> float:
    truth, employer, employee = canvas.truth, job.employer, job.employee
    start, end, paid = _dates(canvas, job)
    canvas.text(_LEFT, 52, truth.plain("employer_name", employer.name), size=14, bold=True)
    canvas.lines(_LEFT, 66, employer.address, size=9)
    truth.address("employer_address", employer.address)
    title = "Earnings Statement" if style == "table" else "Pay Stub"
    canvas.text(_RIGHT, 52, title, size=14, bold=True, align="R")
    masked = f"XXX-XX-{employee.ssn[-4:]}"
    truth.plain("employee_name", employee.name)
    truth.address("employee_address", employee.address)
    left = [("Employee", employee.name), ("", employee.address[0]), ("", employee.address[1])]
    if style == "register":
        left.append(("SSN", truth.plain("employee_ssn", masked)))
    right = [
        ("Pay Period" if style == "columns" else "Period Beginning", start),
        ("Period Ending", end),
        ("Pay Date", paid),
        ("Employee ID", truth.plain("employee_id", job.employee_id)),
        ("Job Title", truth.plain("job_title", job.job_title)),
        ("Pay Frequency", truth.plain("pay_frequency", "Biweekly")),
    ]
    if style == "columns":
        right[:2] = [("Pay Period", f"{start} - {end}")]
    for x, rows, gap in ((_LEFT, left, 62.0), (350.0, right, 110.0)):
        for index, (label, value) in enumerate(rows):
            y = 104 + 13 * index
            if label:
                canvas.text(x, y, f"{label}:", size=9, bold=True)
            canvas.text(x + gap, y, value, size=9)
    return 200.0


def _earnings(job: Employment) -> list[tuple[str, Decimal, Decimal, Decimal]]:
    rows = [("Regular", job.pay_rate, job.hours, job.regular)]
    if job.overtime:
        rate = job.pay_rate * Decimal("1.5")
        rows.append(("Overtime", rate, job.overtime_hours, job.overtime))
    return rows


def _record_totals(canvas: Canvas, job: Employment, *, sign: bool) -> dict[str, str]:
    truth, periods = canvas.truth, job.period_number
    write = dollars if sign else bare
    values = {
        "gross_pay": job.gross,
        "year_to_date_gross_pay": job.gross * periods,
        "total_taxes": job.total_taxes,
        "year_to_date_taxes": job.total_taxes * periods,
        "total_deductions": job.total_deductions,
        "year_to_date_deductions": job.total_deductions * periods,
        "net_pay": job.net,
        "year_to_date_net_pay": job.net * periods,
    }
    truth.money("pay_rate", job.pay_rate, bare(job.pay_rate))
    truth.money("hours", job.hours, bare(job.hours))
    truth.money("regular_pay", job.regular, write(job.regular))
    for label, rate, hours, amount in _earnings(job):
        cells = {
            "label": label,
            "rate": rate,
            "hours": hours,
            "amount": amount,
            "year_to_date": amount * periods,
        }
        truth.row("earnings", cells, label, write(amount))
    for label, amount in (*job.taxes, *job.deductions):
        cells = {"label": label, "amount": amount, "year_to_date": amount * periods}
        truth.row("deductions", cells, label, write(amount))
    return {name: truth.money(name, value, write(value)) for name, value in values.items()}


def _table(
    canvas: Canvas,
    y: float,
    heads: Sequence[str],
    rows: Sequence[Sequence[str]],
    total: Sequence[str],
) -> float:
    ends = (_LEFT + 4, 300.0, 370.0, 460.0, _RIGHT - 4)
    canvas.box(_LEFT, y - 11, _RIGHT, y + 4, fill=225)
    for row, bold in ((heads, True), *((row, False) for row in rows), (total, True)):
        for index, (x, text) in enumerate(zip(ends, row, strict=True)):
            canvas.text(x, y, text, size=9, bold=bold, align="R" if index else "L")
        canvas.rule(_LEFT, y + 4, _RIGHT, y + 4, grey=190)
        y += 15
    return y + 14


def _tables(canvas: Canvas, job: Employment, y: float) -> None:
    texts, periods = _record_totals(canvas, job, sign=False), job.period_number
    earned = [(n, bare(r), bare(h), bare(a), bare(a * periods)) for n, r, h, a in _earnings(job)]
    total = ("Gross Pay", "", "", texts["gross_pay"], texts["year_to_date_gross_pay"])
    y = _table(canvas, y, ("Earnings", "Rate", "Hours", "Current", "YTD"), earned, total)
    groups = (
        ("Taxes", job.taxes, "Total Taxes", "total_taxes", "year_to_date_taxes"),
        (
            "Deductions",
            job.deductions,
            "Total Deductions",
            "total_deductions",
            "year_to_date_deductions",
        ),
    )
    for title, lines, label, name, to_date in groups:
        rows = [(item, "", "", bare(a), bare(a * periods)) for item, a in lines]
        total = (label, "", "", texts[name], texts[to_date])
        y = _table(canvas, y, (title, "", "", "Current", "YTD"), rows, total)
    net = ("Net Pay", "", "", texts["net_pay"], texts["year_to_date_net_pay"])
    _table(canvas, y, ("Summary", "", "", "Current", "YTD"), (), net)


def _column(canvas: Canvas, x: float, y: float, rows: Sequence[tuple[str, str, str]]) -> float:
    for label, current, to_date in rows:
        bold = label.startswith(("Total", "Gross", "Net")) or current == "This Period"
        canvas.text(x, y, label, size=9.5, bold=bold)
        canvas.text(x + 180, y, current, size=9.5, bold=bold, align="R")
        canvas.text(x + 255, y, to_date, size=9.5, bold=bold, align="R")
        y += 15
    return y


def _two_columns(canvas: Canvas, job: Employment, y: float) -> None:
    texts, periods = _record_totals(canvas, job, sign=True), job.period_number
    head = ("This Period", "Year to Date")
    left = [("Earnings", *head)]
    for label, rate, hours, amount in _earnings(job):
        left.append(
            (
                f"{label} {bare(hours)} hrs @ {bare(rate)}",
                dollars(amount),
                dollars(amount * periods),
            )
        )
    left.append(("Gross Pay", texts["gross_pay"], texts["year_to_date_gross_pay"]))
    right = [("Taxes and Deductions", *head)]
    right += [(n, dollars(a), dollars(a * periods)) for n, a in job.taxes]
    right.append(("Total Taxes", texts["total_taxes"], texts["year_to_date_taxes"]))
    right += [(n, dollars(a), dollars(a * periods)) for n, a in job.deductions]
    right.append(("Total Deductions", texts["total_deductions"], texts["year_to_date_deductions"]))
    canvas.rule(_LEFT, y - 14, _RIGHT, y - 14)
    _column(canvas, _LEFT, y, left)
    y = _column(canvas, _LEFT + 275, y, right)
    canvas.rule(_LEFT, y, _RIGHT, y, weight=1.2)
    _column(
        canvas, _LEFT + 275, y + 18, [("Net Pay", texts["net_pay"], texts["year_to_date_net_pay"])]
    )
