"""The disclosures of a private education loan: approval, final, and a plainer final one.

Source: forms H-19 (approval) and H-20 (final) of Regulation Z (12 CFR 1026, appendix H; 1026.47).
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from loanbatch.testing.samples._canvas import Canvas
from loanbatch.testing.samples._formats import (
    dollars,
    long_date,
    plain_percent,
    us_date,
    us_date_padded,
)
from loanbatch.testing.samples._student_loan import StudentLoan

#: Font by style.
STYLES = {"final": "helvetica", "approval": "times", "plain": "helvetica"}

_LEFT, _RIGHT, _MIDDLE = 42.0, 570.0, 306.0


def draw(canvas: Canvas, loan: StudentLoan, style: str) -> None:
    """Draw the disclosure on two pages."""
    canvas.family = STYLES[style]
    canvas.new_page()
    sheet = _Sheet(canvas, loan, style)
    y = _head(sheet)
    y = _costs_in_lines(sheet, y) if style == "plain" else _costs_in_boxes(sheet, y)
    y = _itemization(sheet, y)
    _rate_and_fees(sheet, y)
    canvas.new_page()
    y = _repayment(sheet, 60)
    if style == "approval":
        y = _federal_alternatives(sheet, y)
    _deadlines(sheet, y)


class _Sheet:
    """A disclosure that is being filled in."""

    def __init__(self, canvas: Canvas, loan: StudentLoan, style: str) -> None:
        self.canvas = canvas
        self.truth = canvas.truth
        self.loan = loan
        self.style = style
        self.approval = style == "approval"
        #: Headings: capitals on grey, or white on black.
        self.grey = style != "final"

    def heading(self, y: float, title: str) -> float:
        """Draw a section's heading; return where its content begins."""
        if self.grey:
            self.canvas.box(_LEFT, y - 11, _RIGHT, y + 4, fill=215)
            self.canvas.text(_LEFT + 4, y, title, size=9.5, bold=True)
        else:
            self.canvas.box(_LEFT, y - 11, _RIGHT, y + 4, fill=30)
            self.canvas.text(_MIDDLE, y, title, size=9.5, bold=True, align="C", grey=255)
        return y + 19

    def line(self, y: float, label: str, value: str, *, at: float = _RIGHT - 6) -> float:
        """Draw a label and its amount at the right; return the next baseline."""
        self.canvas.text(_LEFT + 6, y, label, size=9)
        self.canvas.text(at, y, value, size=9, align="R")
        self.canvas.rule(_LEFT, y + 4, _RIGHT, y + 4, grey=200)
        return y + 15


def _head(sheet: _Sheet) -> float:
    canvas, truth, loan = sheet.canvas, sheet.truth, sheet.loan
    title = "Approval Disclosure" if sheet.approval else "Final Disclosure"
    canvas.text(_MIDDLE, 44, f"Private Education Loan {title}", size=14, bold=True, align="C")
    issued = us_date if sheet.approval else long_date
    left = [
        (
            "Lender:" if sheet.style == "plain" else "Creditor:",
            truth.plain("lender_name", loan.lender.name),
        ),
        ("", loan.lender.address[0]),
        ("", loan.lender.address[1]),
        ("Date:", truth.date("date_issued", loan.issued, issued(loan.issued))),
        ("Loan Number:", truth.plain("loan_identifier", loan.identifier)),
    ]
    if sheet.style == "plain":
        left.append(("Program:", truth.plain("loan_product", loan.product)))
    truth.address("borrower_current_address", loan.borrower.address)
    right = [
        ("Borrower:", truth.names("borrower_names", [loan.borrower.name])),
        ("", loan.borrower.address[0]),
        ("", loan.borrower.address[1]),
        ("School:", truth.plain("school_name", loan.school)),
    ]
    if loan.co_signer:
        label = "Co-signer:" if sheet.approval else "Cosigner:"
        right.append((label, truth.names("co_signer_names", [loan.co_signer])))
    for x, rows in ((_LEFT, left), (_MIDDLE + 10, right)):
        for index, (label, value) in enumerate(rows):
            canvas.text(x, 72 + 13 * index, label, size=9, bold=True)
            canvas.text(x + 72, 72 + 13 * index, value, size=9)
    return 156.0


def _cost_parts(sheet: _Sheet) -> list[tuple[str, str, str]]:
    truth, loan = sheet.truth, sheet.loan
    estimated = "estimated " if sheet.approval else ""
    return [
        (
            "Total Loan Amount" if sheet.approval else "Loan Amount",
            truth.money("loan_amount", loan.amount),
            "The total amount you are borrowing.",
        ),
        (
            "Interest Rate",
            truth.percent("note_rate_percent", loan.rate),
            "Your current interest rate.",
        ),
        (
            "Finance Charge",
            truth.money("finance_charge", loan.finance_charge),
            f"The {estimated}dollar amount the credit will cost you.",
        ),
        (
            "Total of Payments",
            truth.money("total_of_payments", loan.total),
            f"The {estimated}amount you will have paid when you have made all payments.",
        ),
    ]


def _costs_in_boxes(sheet: _Sheet, y: float) -> float:
    y = sheet.heading(
        y, "Loan Rate & Estimated Total Costs" if sheet.approval else "Loan Rate & Total Costs"
    )
    width = (_RIGHT - _LEFT) / 4
    for index, (label, value, hint) in enumerate(_cost_parts(sheet)):
        left = _LEFT + width * index
        sheet.canvas.box(left, y - 14, left + width, y + 56, weight=0.8)
        sheet.canvas.text(left + width / 2, y, label, size=9.5, bold=True, align="C")
        sheet.canvas.text(left + width / 2, y + 19, value, size=13, bold=True, align="C")
        sheet.canvas.paragraph(left + 6, y + 33, width - 12, hint, size=7.5)
    return y + 78


def _costs_in_lines(sheet: _Sheet, y: float) -> float:
    y = sheet.heading(y, "LOAN RATE AND TOTAL COSTS")
    for label, value, hint in _cost_parts(sheet):
        sheet.canvas.text(_LEFT + 6, y, label, size=9.5, bold=True)
        sheet.canvas.text(260, y, value, size=10.5, align="R")
        sheet.canvas.text(276, y, hint, size=7.5, italic=True)
        sheet.canvas.rule(_LEFT, y + 5, _RIGHT, y + 5, grey=200)
        y += 18
    return y + 10


def _itemization(sheet: _Sheet, y: float) -> float:
    truth, loan = sheet.truth, sheet.loan
    y = sheet.heading(y, "ITEMIZATION OF AMOUNT FINANCED")
    lines = []
    if loan.paid_to_borrower:
        lines.append(("Amount paid to you", loan.paid_to_borrower))
    lines.append((f"Amount paid to {loan.school}", loan.amount_financed - loan.paid_to_borrower))
    for label, amount in lines:
        truth.row("itemization", {"label": label, "amount": amount}, label, dollars(amount))
        y = sheet.line(y, label, dollars(amount))
    financed = truth.money("amount_financed", loan.amount_financed)
    y = sheet.line(y, "Amount Financed (total amount provided)", financed)
    fee = truth.money("origination_fee", loan.fee)
    share = truth.percent("origination_fee_percent", loan.fee_percent)
    y = sheet.line(y, f"Origination Fee ({share} of the loan amount)", fee)
    return sheet.line(y, "Total Loan Amount", dollars(loan.amount)) + 12


def _rate_and_fees(sheet: _Sheet, y: float) -> None:
    canvas, truth, loan = sheet.canvas, sheet.truth, sheet.loan
    y = sheet.heading(y, "ABOUT YOUR INTEREST RATE")
    for text in _rate_texts(sheet):
        y = canvas.paragraph(_LEFT + 6, y, _RIGHT - _LEFT - 12, text, size=9) + 5
    y = sheet.heading(y + 14, "FEES")
    days = truth.plain("late_fee_days", loan.late_fee_days, str(loan.late_fee_days))
    share = truth.percent("late_fee_percent", loan.late_fee_percent)
    amount = truth.money("late_fee_amount", loan.late_fee_amount)
    returned = truth.money("returned_payment_fee", loan.returned_payment_fee)
    late = f"Late Charge: {share} of the unpaid amount of the payment or {amount}, whichever is less, if the payment is more than {days} days late."
    for text in (late, f"Returned Check Charge: {returned}"):
        y = canvas.paragraph(_LEFT + 6, y, _RIGHT - _LEFT - 12, text, size=9) + 5


def _rate_texts(sheet: _Sheet) -> list[str]:
    truth, loan = sheet.truth, sheet.loan
    truth.plain("rate_type", "variable" if loan.variable else "fixed", "")
    apr = truth.percent("annual_percentage_rate_percent", loan.apr)
    share = f"Annual Percentage Rate (APR): {apr}. The APR is the cost of your credit expressed as a yearly rate."
    if not loan.variable:
        return [
            "Your interest rate is fixed. This means that your rate will not change during the life of the loan.",
            share,
        ]
    index = truth.plain("benchmark_name", "30-day Average SOFR")
    base = truth.percent("benchmark_rate_percent", loan.benchmark_rate)
    spread = truth.percent("spread_percent", loan.spread)
    highest = truth.percent("interest_rate_maximum_percent", loan.rate_maximum)
    return [
        f"Your interest rate is variable. This means that your rate could move lower or higher than the rate on this form. The rate is the index, the {index}, currently {base}, plus a margin of {spread}.",
        f"Your interest rate will never exceed {highest}, the maximum interest rate allowed for this loan.",
        share,
    ]


def _table(
    canvas: Canvas, y: float, rows: Sequence[Sequence[str]], edges: Sequence[float]
) -> float:
    for number, row in enumerate(rows):
        for x, text in zip(edges, row, strict=True):
            canvas.text(x, y, text, size=9, bold=number == 0)
        canvas.rule(_LEFT, y + 5, _RIGHT, y + 5, grey=120)
        y += 17
    return y + 8


def _repayment(sheet: _Sheet, y: float) -> float:
    canvas, truth, loan = sheet.canvas, sheet.truth, sheet.loan
    estimated = "ESTIMATED " if sheet.approval else ""
    y = sheet.heading(y, f"{estimated}REPAYMENT SCHEDULE & TERMS")
    first, last = loan.first_payment, loan.last_payment
    begins = truth.date("first_payment_date", first, us_date_padded(first))
    ends = truth.date("maturity_date", last, us_date_padded(last))
    due = truth.money("principal_and_interest_payment", loan.monthly)
    truth.plain("number_of_payments", loan.months, str(loan.months))
    cells = {
        "number_of_payments": loan.months,
        "payment": loan.monthly,
        "first_date": first,
        "last_date": last,
    }
    truth.row("payment_schedule", cells, str(loan.months), due, begins, ends)
    heads = (
        "Number of payments",
        "Amount of each payment",
        "First payment due",
        "Last payment due",
    )
    row = (str(loan.months), due, begins, ends)
    y = _table(canvas, y, (heads, row), (_LEFT + 6, 170, 320, 450))
    term = truth.plain("loan_term_months", loan.months, f"{loan.months} months")
    pause = truth.plain(
        "deferment_months", loan.deferment_months, f"{loan.deferment_months} months"
    )
    interest = truth.money("accrued_deferment_interest", loan.deferred_interest)
    y = sheet.line(y, "Loan Term (repayment period)", term)
    y = sheet.line(y, "Deferment Period", pause)
    y = sheet.line(
        y, "Interest that accrues during the deferment and is added to the loan", interest
    )
    if loan.variable and sheet.approval:
        highest = loan.payment_at(loan.rate_maximum)
        most = truth.money("principal_and_interest_payment_maximum", highest)
        all_most = truth.money("total_of_payments_maximum", highest * loan.months)
        top = plain_percent(loan.rate_maximum)
        y = sheet.line(y, f"Monthly payment at {top}%, the maximum interest rate", most)
        y = sheet.line(y, f"Total of payments at {top}%, the maximum interest rate", all_most)
    truth.plain("prepayment_penalty", False, "")
    text = "Prepayments: If you pay your loan early, you will not have to pay a penalty. You will not be entitled to a refund of part of the finance charge."
    return canvas.paragraph(_LEFT + 6, y + 6, _RIGHT - _LEFT - 12, text, size=9) + 22


#: Rates of the award year 2025-26 (20 USC 1087e, as published by the Department of Education).
_FEDERAL = (
    ("Direct Loan (subsidized)", Decimal("6.39"), "Undergraduate students"),
    ("Direct Loan (unsubsidized)", Decimal("6.39"), "Undergraduate students"),
    ("Direct Loan (unsubsidized)", Decimal("7.94"), "Graduate students"),
    ("PLUS", Decimal("8.94"), "Parents and graduate students"),
)


def _federal_alternatives(sheet: _Sheet, y: float) -> float:
    y = sheet.heading(y, "FEDERAL LOAN ALTERNATIVES")
    rows: list[tuple[str, str, str]] = [("Loan program", "Current interest rate", "For")]
    for label, rate, who in _FEDERAL:
        text = f"{plain_percent(rate)}% fixed"
        rows.append((label, text, who))
        cells = {"label": label, "note_rate_percent": plain_percent(rate), "eligibility": who}
        sheet.truth.row("federal_alternatives", cells, label, f"{plain_percent(rate)}%")
    y = _table(sheet.canvas, y, rows, (_LEFT + 6, 230, 370))
    text = "You may qualify for Federal education loans. For additional information, contact your school's financial aid office or the Department of Education."
    return sheet.canvas.paragraph(_LEFT + 6, y, _RIGHT - _LEFT - 12, text, size=9) + 18


def _deadlines(sheet: _Sheet, y: float) -> None:
    canvas, truth, loan = sheet.canvas, sheet.truth, sheet.loan
    if sheet.approval:
        y = sheet.heading(y, "NEXT STEPS & TERMS OF ACCEPTANCE")
        until = truth.date(
            "loan_acceptance_deadline",
            loan.acceptance_deadline,
            long_date(loan.acceptance_deadline),
        )
        texts = [
            f"This offer is good until: {until}. To accept it, sign and return your loan agreement.",
            "Except for changes to the interest rate of a variable-rate loan and changes permitted by law, the rates and terms of the loan may not be changed during this time.",
        ]
    else:
        y = sheet.heading(y, "RIGHT TO CANCEL")
        until = truth.date(
            "cancellation_deadline",
            loan.cancellation_deadline,
            long_date(loan.cancellation_deadline),
        )
        paid = truth.date("disbursement_date", loan.disbursed, long_date(loan.disbursed))
        texts = [
            f"You have a right to cancel this transaction, without penalty, by midnight on {until}. No funds will be disbursed to you or to your school until after this time. You may cancel by calling {loan.lender.phone}.",
            f"Disbursement Date: {paid}",
        ]
    texts.append(
        "Bankruptcy: if you file for bankruptcy you may still be required to pay back this loan."
    )
    for text in texts:
        y = canvas.paragraph(_LEFT + 6, y, _RIGHT - _LEFT - 12, text, size=9) + 6
