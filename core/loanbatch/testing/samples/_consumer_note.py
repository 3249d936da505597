"""Notes with their terms listed before the text: an installment note, and a note with a schedule of terms."""

from __future__ import annotations

from decimal import Decimal

from loanbatch.testing.samples._arithmetic import months_later
from loanbatch.testing.samples._canvas import Canvas
from loanbatch.testing.samples._formats import dollars, long_date, us_date
from loanbatch.testing.samples._mortgage import Mortgage
from loanbatch.testing.samples._sheet import Look, Sheet

STYLES = {
    "installment": Look(layout="colon", size=10, money=dollars, date=long_date),
    "schedule": Look(family="times", layout="ruled", wording=1, size=10.5, date=us_date),
    "cells": Look(layout="boxes", wording=2, size=9.5, date=us_date),
}

_LABELS = {
    "loan_identifier": ("Loan Number", "Loan No.", "Loan ID"),
    "note_date": ("Date of Note", "Note Date", "Loan Date"),
    "borrower_names": ("Borrower", "Maker", "Borrower(s)"),
    "lender_name": ("Lender", "Holder", "Lender"),
    "loan_amount": ("Principal Amount", "Note Amount", "Loan Amount"),
    "note_rate_percent": ("Interest Rate", "Annual Interest Rate", "Note Rate"),
    "loan_term_months": ("Term", "Loan Term", "Term"),
    "principal_and_interest_payment": (
        "Monthly Payment",
        "Monthly Payment Amount",
        "Monthly Installment",
    ),
    "first_payment_date": ("First Payment Date", "First Payment Due", "First Payment Date"),
    "maturity_date": ("Maturity Date", "Maturity Date", "Final Payment Date"),
    "property_address": ("Property Address", "Property Address", "Property"),
}


def draw(canvas: Canvas, loan: Mortgage, style: str) -> None:
    """Draw the note."""
    sheet = Sheet(canvas, STYLES[style], _LABELS)
    terms = loan.terms
    sheet.title("INSTALLMENT PROMISSORY NOTE" if style == "installment" else "PROMISSORY NOTE")
    last = months_later(loan.first_payment, terms.months - 1)
    names = [person.name for person in loan.borrowers]
    sheet.values(
        [
            sheet.plain("loan_identifier", loan.identifier),
            sheet.date("note_date", loan.closing),
            sheet.names("borrower_names", names),
            sheet.plain("lender_name", loan.lender.name),
            sheet.money("loan_amount", terms.amount),
            sheet.percent("note_rate_percent", terms.rate, f"{terms.rate:.3f}%"),
            sheet.count("loan_term_months", terms.months, f"{terms.months} months"),
            sheet.money("principal_and_interest_payment", loan.principal_and_interest),
            sheet.date("first_payment_date", loan.first_payment),
            sheet.date("maturity_date", last),
            sheet.address("property_address", loan.property_lines, one_line=style != "cells"),
        ]
    )
    for title, text in _clauses(sheet, loan):
        sheet.section(title)
        sheet.paragraph(text)
    sheet.signature(*names)


def _clauses(sheet: Sheet, loan: Mortgage) -> list[tuple[str, str]]:
    truth = sheet.truth
    days = truth.plain("late_fee_days", 10, "10")
    late = truth.percent("late_fee_percent", Decimal(loan.terms.late_fee_percent))
    truth.plain("prepayment_penalty", False)
    return [
        (
            "Promise to Pay",
            "For value received, the undersigned promises to pay to the order of the Lender named above the principal amount with interest on the unpaid balance until paid.",
        ),
        (
            "Payments",
            "Payments are due on the same day of each month beginning on the first payment date. Any balance that is left on the maturity date is due on that date.",
        ),
        (
            "Late Charge",
            f"If a payment is not received within {days} days after it is due, the Borrower will pay a late charge of {late} of the overdue payment.",
        ),
        (
            "Prepayment",
            "The Borrower may prepay all or part of the principal at any time without penalty.",
        ),
        (
            "Default",
            "If the Borrower does not pay the full amount of a payment when it is due, the Borrower is in default and the Lender may declare the balance due at once.",
        ),
    ]
