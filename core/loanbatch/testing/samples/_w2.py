"""Form W-2 in the official layout, and as payroll software prints it.

Source: Form W-2, Wage and Tax Statement, Copy B; box 1 less box 12 code D differs from boxes 3 and 5.
"""

from __future__ import annotations

from decimal import Decimal

from loanbatch.testing.samples._canvas import Canvas
from loanbatch.testing.samples._employment import Employment
from loanbatch.testing.samples._formats import bare, cents

#: How amounts are written, and the font of what is filled in, by style.
STYLES = {"official": "courier", "laser": "helvetica", "payroll": "times"}

_LEFT, _TOP, _RIGHT = 40.0, 60.0, 572.0
_MIDDLE, _THIRD = 322.0, 447.0
_PERIODS = 26
_HUNDRED = Decimal(100)


def draw(canvas: Canvas, job: Employment, style: str) -> None:
    """Draw one copy on one page."""
    canvas.new_page()
    amounts = _amounts(canvas, job, dollar_signs=style == "payroll")
    if style == "payroll":
        _payroll(canvas, job, amounts)
    else:
        _official(canvas, job, amounts, fill=STYLES[style])


_BOXES = (
    ("1", "Wages, tips, other compensation", "wages"),
    ("2", "Federal income tax withheld", "federal_income_tax_withheld"),
    ("3", "Social security wages", "social_security_wages"),
    ("4", "Social security tax withheld", "social_security_tax_withheld"),
    ("5", "Medicare wages and tips", "medicare_wages"),
    ("6", "Medicare tax withheld", "medicare_tax_withheld"),
)


def _amounts(canvas: Canvas, job: Employment, *, dollar_signs: bool) -> dict[str, str]:
    gross = job.gross * _PERIODS
    deferred = job.retirement * _PERIODS
    wages = gross - deferred
    values = {
        "wages": wages,
        "federal_income_tax_withheld": job.taxes[0][1] * _PERIODS,
        "social_security_wages": gross,
        "social_security_tax_withheld": cents(gross * Decimal("6.2") / _HUNDRED),
        "medicare_wages": gross,
        "medicare_tax_withheld": cents(gross * Decimal("1.45") / _HUNDRED),
        "state_wages": wages,
        "state_income_tax": job.taxes[3][1] * _PERIODS,
    }
    sign = "$" if dollar_signs else ""
    texts = {name: canvas.truth.money(name, v, f"{sign}{bare(v)}") for name, v in values.items()}
    texts["deferred"] = f"{sign}{bare(deferred)}"
    canvas.truth.row("box_12", {"code": "D", "amount": deferred}, texts["deferred"])
    cells = {
        "state": job.state,
        "employer_state_id": job.employer.number,
        "state_wages": wages,
        "state_income_tax": values["state_income_tax"],
    }
    canvas.truth.row("states", cells, texts["state_wages"], texts["state_income_tax"])
    return texts


def _parties(canvas: Canvas, job: Employment) -> None:
    truth, employee, employer = canvas.truth, job.employee, job.employer
    truth.plain("employee_ssn", employee.ssn)
    truth.plain("employer_ein", employer.number)
    truth.plain("employer_name", employer.name)
    truth.address("employer_address", employer.address)
    truth.plain("control_number", job.control_number)
    truth.plain("employee_name", employee.name, *employee.name.split())
    truth.address("employee_address", employee.address)
    truth.plain("tax_year", job.period_end.year, str(job.period_end.year))
    truth.plain("state", job.state)
    truth.plain("employer_state_id", employer.number)
    for name, ticked in _TICKS:
        truth.plain(name, ticked)


_TICKS = (("statutory_employee", False), ("retirement_plan", True), ("third_party_sick_pay", False))


def _cell(
    canvas: Canvas,
    place: tuple[float, float, float, float],
    label: str,
    values: tuple[str, ...],
    fill: str,
    *,
    right: bool = False,
) -> None:
    left, top, end, bottom = place
    canvas.box(left, top, end, bottom)
    canvas.text(left + 3, top + 7.5, label, size=6.2)
    for index, value in enumerate(values):
        x, align = (end - 6, "R") if right else (left + 8, "L")
        canvas.text(x, top + 20 + 11 * index, value, size=9.5, family=fill, align=align)  # type: ignore[arg-type]


def _official(canvas: Canvas, job: Employment, amounts: dict[str, str], fill: str) -> None:
    employee, employer = job.employee, job.employer
    _parties(canvas, job)
    row = 24.0
    canvas.box(_LEFT, _TOP, 130, _TOP + row)
    _cell(
        canvas,
        (130, _TOP, 250, _TOP + row),
        "a  Employee's social security number",
        (employee.ssn,),
        fill,
    )
    canvas.text(256, _TOP + 15, "OMB No. 1545-0008", size=7)
    canvas.box(250, _TOP, _RIGHT, _TOP + row)
    y = _TOP + row
    _cell(
        canvas,
        (_LEFT, y, _MIDDLE, y + row),
        "b  Employer identification number (EIN)",
        (employer.number,),
        fill,
    )
    _cell(
        canvas,
        (_LEFT, y + row, _MIDDLE, y + 4 * row),
        "c  Employer's name, address, and ZIP code",
        (employer.name, *employer.address),
        fill,
    )
    _cell(
        canvas,
        (_LEFT, y + 4 * row, _MIDDLE, y + 5 * row),
        "d  Control number",
        (job.control_number,),
        fill,
    )
    first, last = employee.name.split()
    bottom = y + 9 * row
    _cell(
        canvas,
        (_LEFT, y + 5 * row, 190, y + 6 * row),
        "e  Employee's first name and initial",
        (first,),
        fill,
    )
    _cell(canvas, (190, y + 5 * row, 295, y + 6 * row), "Last name", (last,), fill)
    _cell(canvas, (295, y + 5 * row, _MIDDLE, y + 6 * row), "Suff.", (), fill)
    _cell(
        canvas,
        (_LEFT, y + 6 * row, _MIDDLE, bottom),
        "f  Employee's address and ZIP code",
        employee.address,
        fill,
    )
    boxes = [
        *((f"{n}  {label}", amounts[name]) for n, label, name in _BOXES),
        ("7  Social security tips", ""),
        ("8  Allocated tips", ""),
        ("9", ""),
        ("10  Dependent care benefits", ""),
    ]
    for index, (label, value) in enumerate(boxes):
        left, end = ((_MIDDLE, _THIRD), (_THIRD, _RIGHT))[index % 2]
        top = y + row * (index // 2)
        _cell(canvas, (left, top, end, top + row), label, (value,), fill, right=True)
    _lower_boxes(canvas, amounts, y + 5 * row, fill)
    _state_line(canvas, job, amounts, bottom, fill)
    canvas.text(_LEFT, bottom + 68, "Form W-2  Wage and Tax Statement", size=11, bold=True)
    canvas.text(330, bottom + 68, str(job.period_end.year), size=16, bold=True)
    canvas.text(
        _RIGHT,
        bottom + 68,
        "Department of the Treasury - Internal Revenue Service",
        size=7,
        align="R",
    )
    canvas.text(
        _LEFT, bottom + 80, "Copy B - To Be Filed With Employee's FEDERAL Tax Return.", size=7.5
    )


def _lower_boxes(canvas: Canvas, amounts: dict[str, str], top: float, fill: str) -> None:
    row = 24.0
    _cell(canvas, (_MIDDLE, top, _THIRD, top + row), "11  Nonqualified plans", (), fill)
    canvas.box(_MIDDLE, top + row, _THIRD, top + 2 * row)
    labels = ("Statutory employee", "Retirement plan", "Third-party sick pay")
    for index, (label, (_, ticked)) in enumerate(zip(labels, _TICKS, strict=True)):
        x = _MIDDLE + 4 + 41 * index
        for line, word in enumerate(label.split(maxsplit=1)):
            canvas.text(x, top + row + 6.5 + 5.5 * line, word, size=5)
        canvas.tick_box(x + 8, top + 2 * row - 2, ticked=ticked, size=9)
    canvas.text(_MIDDLE - 8, top + row + 7, "13", size=6.2)
    _cell(canvas, (_MIDDLE, top + 2 * row, _THIRD, top + 4 * row), "14  Other", (), fill)
    for index, letter in enumerate("abcd"):
        y = top + row * index
        _cell(canvas, (_THIRD, y, _RIGHT, y + row), f"12{letter}", (), fill)
        canvas.rule(_THIRD + 44, y + 8, _THIRD + 44, y + row)
    canvas.text(_THIRD + 24, top + 20, "D", size=9.5, family=fill)
    canvas.text(_RIGHT - 6, top + 20, amounts["deferred"], size=9.5, family=fill, align="R")


def _state_line(
    canvas: Canvas, job: Employment, amounts: dict[str, str], y: float, fill: str
) -> None:
    edges = (_LEFT, 66, 180, 262, 338, 418, 494, _RIGHT)
    cells = (
        ("15 State", job.state),
        ("Employer's state ID number", job.employer.number),
        ("16 State wages, tips, etc.", amounts["state_wages"]),
        ("17 State income tax", amounts["state_income_tax"]),
        ("18 Local wages, tips, etc.", ""),
        ("19 Local income tax", ""),
        ("20 Locality name", ""),
    )
    for index, (label, value) in enumerate(cells):
        place = (edges[index], y, edges[index + 1], y + 44)
        _cell(canvas, place, label, (value,), fill, right=index in {2, 3})


def _payroll(canvas: Canvas, job: Employment, amounts: dict[str, str]) -> None:
    """Draw label and amount side by side, as payroll software does for the employee's records."""
    employee, employer = job.employee, job.employer
    _parties(canvas, job)
    canvas.family = "times"
    year = job.period_end.year
    canvas.text(_LEFT, 60, f"{year} W-2 Wage and Tax Statement", size=15, bold=True)
    canvas.text(_LEFT, 74, "Copy C - For EMPLOYEE'S RECORDS", size=9)
    blocks = (
        ("c Employer's name, address, and ZIP code", (employer.name, *employer.address)),
        ("b Employer identification number (EIN)", (employer.number,)),
        ("e/f Employee's name, address, and ZIP code", (employee.name, *employee.address)),
        ("a Employee's social security number", (employee.ssn,)),
        ("d Control number", (job.control_number,)),
    )
    y = 100.0
    for label, lines in blocks:
        canvas.text(_LEFT, y, label, size=8)
        y = canvas.lines(_LEFT + 6, y + 13, lines, size=11) + 8
    y = 100.0
    rows = [
        *((f"{n} {label}", amounts[name]) for n, label, name in _BOXES),
        ("12a Code D", amounts["deferred"]),
        ("15 State", job.state),
        ("15 Employer's state ID number", employer.number),
        ("16 State wages, tips, etc.", amounts["state_wages"]),
        ("17 State income tax", amounts["state_income_tax"]),
    ]
    for label, value in rows:
        canvas.text(310, y, label, size=9.5)
        canvas.text(_RIGHT, y, value, size=10.5, align="R")
        canvas.rule(310, y + 4, _RIGHT, y + 4, grey=190)
        y += 19
    labels = ("Statutory employee", "Retirement plan", "Third-party sick pay")
    for label, (_, ticked) in zip(labels, _TICKS, strict=True):
        canvas.check(310, y, f"13 {label}", ticked=ticked)
        y += 15
