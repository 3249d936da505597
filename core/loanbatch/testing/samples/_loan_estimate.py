"""The Loan Estimate.

Source: form H-24 of Regulation Z (12 CFR 1026, appendix H).
"""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from loanbatch.testing.samples._adjustable import AdjustableRate
from loanbatch.testing.samples._canvas import Canvas
from loanbatch.testing.samples._formats import plain_percent, short_dollars, us_date, whole
from loanbatch.testing.samples._mortgage import Mortgage, refinanced, uninsured
from loanbatch.testing.samples._trid_front import (
    LEFT,
    RIGHT,
    TridForm,
    TridStyle,
    costs_at_closing,
    direction_boxes,
    loan_terms,
    projected_payments,
    rate_text,
)
from loanbatch.testing.samples._trid_front import STYLES as _STYLES

_NAME = "LOAN ESTIMATE"
#: Styles of a loan whose rate is adjustable.
_ADJUSTABLE = {"adjustable": TridStyle(family="helvetica", fill="helvetica")}
STYLES = _STYLES | _ADJUSTABLE
_SECTIONS = {
    "A": "A. Origination Charges",
    "B": "B. Services You Cannot Shop For",
    "C": "C. Services You Can Shop For",
    "E": "E. Taxes and Other Government Fees",
    "F": "F. Prepaids",
    "G": "G. Initial Escrow Payment at Closing",
    "H": "H. Other",
}
_MIDDLE = 300.0


def draw(canvas: Canvas, loan: Mortgage, style: str) -> None:
    """Draw the three pages."""
    chosen = STYLES[style]
    if chosen.refinance:
        loan = refinanced(loan)
    rate = None
    if style in _ADJUSTABLE:
        loan = uninsured(loan)
        rate = AdjustableRate(loan=loan)
    form = TridForm(canvas=canvas, loan=loan, style=chosen, estimate=True, rate=rate)
    for number, page in enumerate((_first_page, _costs, _comparisons), start=1):
        canvas.new_page()
        page(form)
        form.footer(_NAME, number, 3)


def _first_page(form: TridForm) -> None:
    canvas, loan = form.canvas, form.loan
    canvas.text(LEFT, 46, loan.lender.name.upper(), size=15, grey=120)
    canvas.text(LEFT, 60, ", ".join(loan.lender.address), size=8)
    canvas.text(
        300,
        60,
        "Save this Loan Estimate to compare with your Closing Disclosure.",
        size=8.5,
        italic=True,
    )
    canvas.rule(LEFT, 67, RIGHT, 67, weight=1.5)
    canvas.text(LEFT, 86, "Loan Estimate", size=18, bold=True)
    _left_labels(form, 108)
    _right_labels(form, 86)
    bottom = loan_terms(form, 210)
    bottom = projected_payments(form, bottom + 26)
    costs_at_closing(form, bottom + 24)
    canvas.text(
        306,
        752,
        "Visit www.consumerfinance.gov/mortgage-estimate for general information and tools.",
        size=8.5,
        align="C",
    )


def _left_labels(form: TridForm, y: float) -> None:
    loan, truth = form.loan, form.canvas.truth
    issued = loan.issued - timedelta(days=40)
    names = [person.name for person in loan.borrowers]
    truth.address("property_address", loan.property_lines)
    rows = (
        ("DATE ISSUED", truth.date("date_issued", issued)),
        ("APPLICANTS", truth.names("borrower_names", names)),
        ("", loan.borrowers[0].address[0]),
        ("", loan.borrowers[0].address[1]),
        ("PROPERTY", loan.property_lines[0]),
        ("", loan.property_lines[1]),
        _price(form),
    )
    for index, (label, value) in enumerate(rows):
        # The longest label has no more room than the others.
        form.canvas.text(LEFT, y + 12 * index, label, size=7 if len(label) < 12 else 6, bold=True)
        form.fill(LEFT + 62, y + 12 * index, value)


def _price(form: TridForm) -> tuple[str, str]:
    price = form.loan.terms.price
    label, name = "SALE PRICE", "sale_price"
    if form.style.refinance:
        label, name = "EST. PROP. VALUE", "estimated_property_value"
    return label, form.canvas.truth.money(name, price, short_dollars(price))


def _right_labels(form: TridForm, y: float) -> None:
    canvas, loan, truth = form.canvas, form.loan, form.canvas.truth
    years = loan.terms.months // 12
    rows = (
        ("LOAN TERM", truth.plain("loan_term_months", loan.terms.months, f"{years} years")),
        ("PURPOSE", truth.plain("loan_purpose", "Refinance" if loan.payoffs else "Purchase")),
        (
            "PRODUCT",
            truth.plain("loan_product", "5/1 Adjustable Rate" if form.rate else "Fixed Rate"),
        ),
        ("LOAN TYPE", ""),
        ("LOAN ID #", truth.plain("loan_identifier", loan.identifier)),
        ("RATE LOCK", ""),
    )
    for index, (label, value) in enumerate(rows):
        canvas.text(_MIDDLE, y + 12 * index, label, size=7, bold=True)
        if value:
            form.fill(_MIDDLE + 55, y + 12 * index, value)
    truth.plain("mortgage_type", loan.mortgage_type)
    x = _MIDDLE + 55
    for label, width in (("Conventional", 70.0), ("FHA", 34.0), ("VA", 30.0)):
        canvas.check(x, y + 36, label, ticked=label == loan.mortgage_type)
        x += width
    canvas.check(x, y + 36, "________", ticked=False)
    until = loan.issued + timedelta(days=20)
    canvas.check(_MIDDLE + 55, y + 60, "NO", ticked=False)
    locked = truth.date("rate_lock_expiration_date", until)
    canvas.check(_MIDDLE + 85, y + 60, f"YES, until {locked} at 5:00 p.m. EDT", ticked=True)
    expire = us_date(loan.issued - timedelta(days=30))
    text = f"Before closing, your interest rate, points, and lender credits can change unless you lock the interest rate. All other estimated closing costs expire on {expire} at 5:00 p.m. EDT"
    canvas.paragraph(_MIDDLE + 55, y + 72, RIGHT - _MIDDLE - 55, text, size=7, italic=True)


def _costs(form: TridForm) -> None:
    canvas, loan, truth = form.canvas, form.loan, form.canvas.truth
    canvas.text(LEFT, 46, "Closing Cost Details", size=14, bold=True)
    columns = ((LEFT, "Loan Costs", "ABC"), (_MIDDLE + 12, "Other Costs", "EFGH"))
    for left, title, sections in columns:
        form.heading(78, title, left=left, right=left + 264)
        y = 96.0
        for section in sections:
            y = _section(form, section, left, y)
        _total(form, title, left, y)
    origination = loan.estimated("A")
    truth.money("origination_charges", origination, short_dollars(origination))
    left = _MIDDLE + 12
    credit = loan.terms.lender_credit
    rows = (
        ("J. TOTAL CLOSING COSTS", loan.estimated_closing_costs),
        ("D + I", loan.estimated_closing_costs + credit),
        ("Lender Credits", -credit),
    )
    for index, (label, amount) in enumerate(rows):
        y = 452 + 15 * index
        canvas.text(left, y, label, size=8.5, bold=not index)
        form.fill(left + 262, y, short_dollars(amount), size=8.5, align="R")
    if loan.payoffs:
        _refinance_cash(form, left, 515)
    else:
        _cash_to_close(form, left, 515)
    if form.rate is not None:
        _rate_table(form, form.rate, 662)


def _section(form: TridForm, section: str, left: float, y: float) -> float:
    canvas, loan, truth = form.canvas, form.loan, form.canvas.truth
    total = short_dollars(loan.estimated(section))
    canvas.box(left, y - 10, left + 264, y + 4, fill=228)
    canvas.text(left + 3, y, _SECTIONS[section], size=8.5, bold=True)
    form.fill(left + 262, y, total, size=8.5, align="R")
    truth.row("section_totals", {"section": section, "amount": loan.estimated(section)}, total)
    for fee in loan.fees:
        if fee.section != section or fee.paid_by != "borrower" or not whole(fee.amount):
            continue
        y += 14
        amount = short_dollars(whole(fee.amount))
        canvas.text(left + 3, y, fee.label, size=8 if len(fee.label) < 42 else 7)
        form.fill(left + 262, y, amount, size=8.5, align="R")
        canvas.rule(left, y + 4, left + 264, y + 4, grey=190)
    return y + 22


def _total(form: TridForm, title: str, left: float, y: float) -> None:
    loan_side = title == "Loan Costs"
    total = form.loan.estimated("ABC" if loan_side else "EFGH")
    label = (
        "D. TOTAL LOAN COSTS (A + B + C)" if loan_side else "I. TOTAL OTHER COSTS (E + F + G + H)"
    )
    form.canvas.text(left + 3, y, label, size=8.5, bold=True)
    form.fill(left + 262, y, short_dollars(total), size=8.5, align="R")
    cells = {"section": "D" if loan_side else "I", "amount": total}
    form.canvas.truth.row("section_totals", cells, short_dollars(total))


def _cash_to_close(form: TridForm, left: float, y: float) -> None:
    canvas, loan, truth = form.canvas, form.loan, form.canvas.truth
    form.heading(y, "Calculating Cash to Close", left=left, right=left + 264)
    down = short_dollars(loan.down_payment)
    deposit = short_dollars(loan.terms.deposit)
    truth.money("down_payment_amount", loan.down_payment, down)
    truth.money("deposit_amount", loan.terms.deposit, f"- {deposit}")
    rows = (
        ("Total Closing Costs (J)", short_dollars(loan.estimated_closing_costs)),
        ("Closing Costs Financed (Paid from your Loan Amount)", "$0"),
        ("Down Payment/Funds from Borrower", down),
        ("Deposit", f"- {deposit}"),
        ("Funds for Borrower", "$0"),
        ("Seller Credits", "$0"),
        ("Adjustments and Other Credits", "$0"),
        ("Estimated Cash to Close", short_dollars(loan.estimated_cash_to_close)),
    )
    for index, (label, text) in enumerate(rows):
        line = y + 19 + 14 * index
        canvas.text(left, line, label, size=7.8, bold=index == len(rows) - 1)
        form.fill(left + 262, line, text, size=8.5, align="R")


def _refinance_cash(form: TridForm, left: float, y: float) -> None:
    canvas, loan, truth = form.canvas, form.loan, form.canvas.truth
    form.heading(y, "Calculating Cash to Close", left=left, right=left + 264)
    payoffs = whole(loan.total_payoffs)
    paid = truth.money("total_payoffs_and_payments", payoffs, f"- {short_dollars(payoffs)}")
    rows = (
        ("Loan Amount", short_dollars(loan.terms.amount)),
        ("Total Closing Costs (J)", f"- {short_dollars(loan.estimated_closing_costs)}"),
        ("Estimated Total Payoffs and Payments", paid),
        ("Estimated Cash to Close", short_dollars(abs(loan.estimated_cash_to_borrower))),
    )
    for index, (label, text) in enumerate(rows):
        line = y + 19 + 14 * index
        canvas.text(left, line, label, size=7.8, bold=index == len(rows) - 1)
        form.fill(left + 262, line, text, size=8.5, align="R")
    direction_boxes(form, left + 110, y + 19 + 42, size=7.5)
    canvas.text(left, y + 82, "Estimated Closing Costs Financed", size=7.8)
    canvas.text(left, y + 92, "(Paid from your Loan Amount)", size=7.8)
    form.fill(left + 262, y + 82, short_dollars(loan.estimated_closing_costs), size=8.5, align="R")


def _rate_table(form: TridForm, rate: AdjustableRate, y: float) -> None:
    left = _MIDDLE + 12
    form.heading(y, "Adjustable Interest Rate (AIR) Table", left=left, right=left + 264)
    lowest, highest = plain_percent(rate.lowest), plain_percent(rate.highest)
    rows = (
        ("Index + Margin", f"1 Year Treasury + {plain_percent(rate.margin)}%"),
        ("Initial Interest Rate", f"{plain_percent(form.loan.terms.rate)}%"),
        ("Minimum/Maximum Interest Rate", f"{lowest}%/{highest}%"),
        ("Change Frequency", ""),
        ("   First Change", "Beginning of 61st month"),
        ("   Subsequent Changes", "Every 12th month after first change"),
    )
    for index, (label, text) in enumerate(rows):
        form.canvas.text(left, y + 18 + 11 * index, label, size=7.8)
        form.fill(left + 262, y + 18 + 11 * index, text, size=7.8, align="R")


def _comparisons(form: TridForm) -> None:
    canvas, loan, truth = form.canvas, form.loan, form.canvas.truth
    canvas.text(LEFT, 58, "Additional Information About This Loan", size=13, bold=True)
    canvas.rule(LEFT, 66, RIGHT, 66, weight=1.2)
    rows = (
        ("LENDER", truth.plain("lender_name", loan.lender.name)),
        ("NMLS/__ LICENSE ID", ""),
        ("LOAN OFFICER", loan.lender.contact),
        ("EMAIL", loan.lender.email),
        ("PHONE", loan.lender.phone),
    )
    for index, (label, value) in enumerate(rows):
        canvas.text(LEFT, 92 + 12 * index, label, size=7, bold=True)
        form.fill(LEFT + 86, 92 + 12 * index, value)
    form.heading(206, "Comparisons")
    canvas.text(
        190, 206, "Use these measures to compare this loan with other loans.", size=8.5, bold=True
    )
    total, principal = loan.in_five_years
    paid = truth.money("in_five_years_total_paid", total, short_dollars(total))
    off = truth.money("in_five_years_principal_paid", principal, short_dollars(principal))
    source = form.rate or loan
    apr = truth.percent("annual_percentage_rate_percent", source.apr, rate_text(source.apr))
    share = truth.percent("total_interest_percentage", source.total_interest_percentage)
    measures = (
        (
            "In 5 Years",
            paid,
            "Total you will have paid in principal, interest, mortgage insurance, and loan costs.",
        ),
        ("", off, "Principal you will have paid off."),
        (
            "Annual Percentage Rate (APR)",
            apr,
            "Your costs over the loan term expressed as a rate. This is not your interest rate.",
        ),
        (
            "Total Interest Percentage (TIP)",
            share,
            "The total amount of interest that you will pay over the loan term as a percentage of your loan amount.",
        ),
    )
    for index, (label, value, text) in enumerate(measures):
        y = 228 + 26 * index
        canvas.text(LEFT + 5, y, label, size=8.5, bold=True)
        form.fill(190, y, value, size=12)
        canvas.paragraph(258, y, RIGHT - 258, text, size=8)
        if label:
            canvas.rule(LEFT, y - 16, RIGHT, y - 16)
    _considerations(form, 362)


def _considerations(form: TridForm, top: float) -> None:
    canvas, truth = form.canvas, form.canvas.truth
    form.heading(top, "Other Considerations")
    days = truth.plain("late_fee_days", 15, "15")
    late = truth.percent("late_fee_percent", Decimal(form.loan.terms.late_fee_percent))
    blocks = (
        (
            "Appraisal",
            "We may order an appraisal to determine the property's value and charge you for this appraisal.",
        ),
        (
            "Assumption",
            "If you sell or transfer this property to another person, we will not allow assumption of this loan on the original terms.",
        ),
        (
            "Late Payment",
            f"If your payment is more than {days} days late, we will charge a late fee of {late} of the monthly principal and interest payment.",
        ),
        (
            "Refinance",
            "Refinancing this loan will depend on your future financial situation, the property value, and market conditions.",
        ),
        ("Servicing", "We intend to service your loan. If so, you will make your payments to us."),
    )
    y = top + 24
    for title, text in blocks:
        canvas.text(LEFT + 5, y, title, size=8.5, bold=True)
        y = canvas.paragraph(165, y, RIGHT - 165, text, size=8.5) + 12
    form.heading(y + 30, "Confirm Receipt")
    text = "By signing, you are only confirming that you have received this form."
    canvas.paragraph(LEFT, y + 48, RIGHT - LEFT, text, size=8.5)
