"""Forms 1099-INT, -DIV, -NEC and -G in the layout of the IRS: captions in boxes, amounts at the right.

Source: IRS Forms 1099, Copy B. Each style is one of the forms.
"""

from __future__ import annotations

from decimal import Decimal

from loanbatch.testing.samples._canvas import Canvas
from loanbatch.testing.samples._employment import Employment
from loanbatch.testing.samples._formats import bare, cents

#: Form, and font of what is filled in, by style.
STYLES = {
    "interest": ("1099-INT", "courier"),
    "dividends": ("1099-DIV", "helvetica"),
    "nonemployee": ("1099-NEC", "times"),
    "government": ("1099-G", "courier"),
}

_LEFT, _TOP, _MIDDLE, _RIGHT = 40.0, 70.0, 290.0, 572.0
_TITLES = {
    "1099-INT": ("Interest Income", "1545-0112"),
    "1099-DIV": ("Dividends and Distributions", "1545-0110"),
    "1099-NEC": ("Nonemployee Compensation", "1545-0116"),
    "1099-G": ("Certain Government Payments", "1545-0120"),
}
#: Caption, field, and how much of the first box it holds; without a field the box is empty.
_BOXES: dict[str, tuple[tuple[str, str, str], ...]] = {
    "1099-INT": (
        ("1 Interest income", "interest_income", "1"),
        ("2 Early withdrawal penalty", "early_withdrawal_penalty", "0.04"),
        (
            "3 Interest on U.S. Savings Bonds and Treasury obligations",
            "us_savings_bond_interest",
            "0.3",
        ),
        ("4 Federal income tax withheld", "federal_income_tax_withheld", "0.1"),
        ("5 Investment expenses", "", "0"),
        ("6 Foreign tax paid", "foreign_tax_paid", "0.02"),
        ("8 Tax-exempt interest", "tax_exempt_interest", "0.2"),
        ("9 Specified private activity bond interest", "private_activity_bond_interest", "0.05"),
        ("10 Market discount", "market_discount", "0.03"),
        ("11 Bond premium", "bond_premium", "0.01"),
        ("12 Bond premium on Treasury obligations", "", "0"),
        ("13 Bond premium on tax-exempt bond", "", "0"),
    ),
    "1099-DIV": (
        ("1a Total ordinary dividends", "ordinary_dividends", "1"),
        ("1b Qualified dividends", "qualified_dividends", "0.8"),
        ("2a Total capital gain distr.", "capital_gain_distributions", "0.4"),
        ("2b Unrecap. Sec. 1250 gain", "", "0"),
        ("2c Section 1202 gain", "section_1202_gain", "0.05"),
        ("2d Collectibles (28%) gain", "collectibles_gain", "0.02"),
        ("3 Nondividend distributions", "nondividend_distributions", "0.1"),
        ("4 Federal income tax withheld", "federal_income_tax_withheld", "0.12"),
        ("5 Section 199A dividends", "section_199a_dividends", "0.06"),
        ("6 Investment expenses", "", "0"),
        ("7 Foreign tax paid", "foreign_tax_paid", "0.03"),
        ("12 Exempt-interest dividends", "exempt_interest_dividends", "0.07"),
    ),
    "1099-NEC": (
        ("1 Nonemployee compensation", "nonemployee_compensation", "24"),
        ("2 Payer made direct sales totaling $5,000 or more", "", "0"),
        ("3", "", "0"),
        ("4 Federal income tax withheld", "federal_income_tax_withheld", "2.4"),
    ),
    "1099-G": (
        ("1 Unemployment compensation", "unemployment_compensation", "6"),
        ("2 State or local income tax refunds, credits, or offsets", "", "0"),
        ("3 Box 2 amount is for tax year", "", "0"),
        ("4 Federal income tax withheld", "federal_income_tax_withheld", "0.6"),
        ("5 RTAA payments", "rtaa_payments", "0.5"),
        ("6 Taxable grants", "", "0"),
        ("7 Agriculture payments", "agriculture_payments", "0.8"),
        ("9 Market gain", "", "0"),
    ),
}


def draw(canvas: Canvas, job: Employment, style: str) -> None:
    """Draw one copy on one page."""
    form, fill = STYLES[style]
    title, number = _TITLES[form]
    canvas.family = "helvetica"
    canvas.new_page()
    year = str(job.period_end.year)
    canvas.truth.plain("form_type", form)
    canvas.truth.plain("tax_year", job.period_end.year, year)
    canvas.box(_LEFT + 160, 50, _LEFT + 168, 58)
    canvas.text(_LEFT + 172, 57, "CORRECTED (if checked)", size=7)
    bottom = _parties(canvas, job, fill)
    _boxes(canvas, job, form, fill)
    canvas.text(_MIDDLE + 150, _TOP + 12, f"OMB No. {number}", size=7)
    canvas.text(_MIDDLE + 150, _TOP + 32, f"Form {form}", size=10, bold=True)
    canvas.text(_MIDDLE + 150, _TOP + 54, year, size=15, bold=True)
    canvas.text(_RIGHT, _TOP + 74, title, size=10, bold=True, align="R")
    foot = max(bottom, _TOP + 84 + 30 * ((len(_BOXES[form]) + 1) // 2)) + 14
    canvas.text(_LEFT, foot, f"Form {form}", size=9, bold=True)
    canvas.text(_LEFT + 120, foot, "(keep for your records)", size=7)
    canvas.text(_RIGHT, foot, "Copy B For Recipient", size=8, bold=True, align="R")
    text = "This is important tax information and is being furnished to the IRS."
    canvas.text(_LEFT, foot + 12, text, size=7)


def _parties(canvas: Canvas, job: Employment, fill: str) -> float:
    truth, payer, person = canvas.truth, job.employer, job.employee
    truth.plain("payer_name", payer.name)
    truth.address("payer_address", payer.address)
    truth.plain("recipient_name", person.name)
    truth.address("recipient_address", person.address)
    caption = (
        "PAYER'S name, street address, city or town, state or province, country,",
        "ZIP or foreign postal code, and telephone no.",
    )
    half = (_LEFT + _MIDDLE) / 2
    account = truth.plain("account_number", f"{job.control_number}-{job.employee_id[1:]}")
    cells = (
        (_LEFT, 84.0, _MIDDLE, caption, (payer.name, *payer.address)),
        (_LEFT, 26.0, half, ("PAYER'S TIN",), (truth.plain("payer_tin", payer.number),)),
        (half, 26.0, _MIDDLE, ("RECIPIENT'S TIN",), (truth.plain("recipient_tin", person.ssn),)),
        (_LEFT, 32.0, _MIDDLE, ("RECIPIENT'S name",), (person.name,)),
        (_LEFT, 32.0, _MIDDLE, ("Street address (including apt. no.)",), person.address[:1]),
        (
            _LEFT,
            32.0,
            _MIDDLE,
            ("City or town, state or province, country, and ZIP or foreign postal code",),
            person.address[1:],
        ),
        (_LEFT, 32.0, _MIDDLE, ("Account number (see instructions)",), (account,)),
    )
    y = _TOP
    for left, height, right, captions, values in cells:
        canvas.box(left, y, right, y + height)
        for index, line in enumerate(captions):
            canvas.text(left + 3, y + 7 + 7 * index, line, size=5.8)
        start = y + 9 + 7 * len(captions)
        for index, value in enumerate(values):
            canvas.text(left + 8, start + 3 + 12 * index, value, size=9.5, family=fill)
        y += height if right == _MIDDLE else 0
    return y


def _boxes(canvas: Canvas, job: Employment, form: str, fill: str) -> None:
    base = cents(job.gross / 3)
    middle = (_MIDDLE + _RIGHT) / 2
    canvas.box(_MIDDLE, _TOP, _RIGHT, _TOP + 84)
    for index, (label, name, share) in enumerate(_BOXES[form]):
        left, right = ((_MIDDLE, middle), (middle, _RIGHT))[index % 2]
        top = _TOP + 84 + 30 * (index // 2)
        canvas.box(left, top, right, top + 30)
        for line, text in enumerate(canvas.broken(label, right - left - 6, size=5.8)):
            canvas.text(left + 3, top + 7 + 6 * line, text, size=5.8)
        if name:
            amount = cents(base * Decimal(share))
            printed = canvas.truth.money(name, amount, bare(amount))
            canvas.text(left + 4, top + 26, "$", size=8)
            canvas.text(right - 6, top + 26, printed, size=9.5, family=fill, align="R")
