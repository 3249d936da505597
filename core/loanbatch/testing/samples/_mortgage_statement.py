"""A servicer's monthly statement of a mortgage.

Source: Regulation Z, 12 CFR 1026.41(d), sample form H-30(A).
"""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from loanbatch.testing.samples._arithmetic import months_later
from loanbatch.testing.samples._canvas import Canvas
from loanbatch.testing.samples._formats import (
    bare,
    cents,
    dollars,
    long_date,
    short_date,
    us_date,
)
from loanbatch.testing.samples._mortgage import Mortgage
from loanbatch.testing.samples._sheet import Column, Look, Sheet

STYLES = {
    "form": Look(layout="colon", money=dollars, date=us_date),
    "boxes": Look(layout="boxes", wording=1, ruled_tables=False, tabs=True, date=short_date),
    "plain": Look(family="times", layout="pairs", wording=2, size=9, money=bare, date=long_date),
    "printer": Look(family="courier", layout="leaders", size=8.5, ruled_tables=False),
}

_LABELS = {
    "statement_date": ("Statement Date", "Date of Statement", "Billing Date"),
    "loan_identifier": ("Account Number", "Loan Number", "Loan No."),
    "payment_due_date": ("Payment Due Date", "Due Date", "Next Payment Due Date"),
    "total_amount_due": ("Amount Due", "Total Amount Due", "Total Payment Amount Due"),
    "unpaid_principal_balance": (
        "Outstanding Principal",
        "Unpaid Principal Balance",
        "Principal Balance",
    ),
    "note_rate_percent": ("Interest Rate", "Current Interest Rate", "Note Rate"),
    "escrow_balance": ("Escrow Balance", "Escrow Account Balance"),
    "maturity_date": ("Maturity Date", "Loan Maturity Date"),
    "prepayment_penalty": ("Prepayment Penalty",),
    "property_address": ("Property Address", "Property"),
    "principal_due": ("Principal", "Principal Due"),
    "interest_due": ("Interest", "Interest Due"),
    "escrow_due": ("Escrow (Taxes and Insurance)", "Escrow (for Taxes and Insurance)", "Escrow"),
}


def draw(canvas: Canvas, loan: Mortgage, style: str) -> None:
    """Draw one month's statement."""
    sheet = Sheet(canvas, STYLES[style], _LABELS)
    sheet.letterhead(loan.lender, "servicer_name")
    sheet.title("Mortgage Statement", align="L")
    names = [person.name for person in loan.borrowers]
    sheet.truth.names("borrower_names", names, *names)
    canvas.lines(sheet.left, sheet.y, [*names, *loan.borrowers[0].address], size=10)
    sheet.y += 12 * (len(names) + 2) + 14
    paid = 6 + int(loan.identifier) % 30
    due = months_later(loan.first_payment, paid)
    _overview(sheet, loan, paid)
    _explanation(sheet, loan, paid)
    _activity(sheet, loan, paid)
    sheet.section("Important Messages")
    grace = due + timedelta(days=15)
    late = cents(loan.principal_and_interest * loan.terms.late_fee_percent / 100)
    fee = sheet.truth.money("late_fee_amount", late)
    text = f"If payment is received after {sheet.look.date(grace)}, {fee} late fee will be charged."
    sheet.paragraph(text)


def _overview(sheet: Sheet, loan: Mortgage, paid: int) -> None:
    due = months_later(loan.first_payment, paid)
    total = loan.principal_and_interest + loan.escrow
    sheet.values(
        [
            sheet.date("statement_date", due - timedelta(days=15)),
            sheet.plain("loan_identifier", loan.identifier),
            sheet.date("payment_due_date", due),
            sheet.money("total_amount_due", total),
        ]
    )
    sheet.section("Account Information")
    penalty = bool(loan.terms.prepayment_penalty)
    sheet.truth.plain("prepayment_penalty", penalty, "Yes" if penalty else "No")
    last = months_later(loan.first_payment, loan.terms.months - 1)
    sheet.values(
        [
            sheet.address("property_address", loan.property_lines),
            sheet.money("unpaid_principal_balance", loan.balance_after[paid - 1]),
            sheet.percent("note_rate_percent", loan.terms.rate),
            sheet.money("escrow_balance", loan.escrow * (3 + paid % 5)),
            sheet.date("maturity_date", last),
            sheet.pair("prepayment_penalty", "Yes" if penalty else "No"),
        ]
    )


def _explanation(sheet: Sheet, loan: Mortgage, paid: int) -> None:
    interest = cents(loan.balance_after[paid - 1] * loan.terms.rate / 1200)
    principal = loan.principal_and_interest - interest
    sheet.section("Explanation of Amount Due")
    total = loan.principal_and_interest + loan.escrow
    sheet.values(
        [
            sheet.money("principal_due", principal),
            sheet.money("interest_due", interest),
            sheet.money("escrow_due", loan.escrow),
            ("Regular Monthly Payment", sheet.look.money(total)),
            ("Total Fees and Charges", sheet.look.money(Decimal(0))),
        ]
    )


def _activity(sheet: Sheet, loan: Mortgage, paid: int) -> None:
    total = loan.principal_and_interest + loan.escrow
    sheet.section("Transaction Activity")
    columns = (
        Column(head="Date", share=1),
        Column(head="Description", share=2.4),
        Column(head="Amount", right=True),
    )
    rows = []
    for number in (2, 1):
        day = months_later(loan.first_payment, paid - number) + timedelta(days=number + 1)
        text, amount = "Payment Received - Thank You", sheet.look.money(total)
        rows.append((us_date(day), text, amount))
        cells = {"date": day, "description": text, "amount": total}
        sheet.truth.row("transactions", cells, amount)
    sheet.table(columns, rows)
