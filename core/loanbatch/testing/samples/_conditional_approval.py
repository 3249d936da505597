"""A lender's conditional approval: the loan, and what is asked for before documents and before funding."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from loanbatch.testing.samples._canvas import Canvas
from loanbatch.testing.samples._formats import (
    dollars,
    long_date,
    plain_percent,
    short_dollars,
    us_date,
)
from loanbatch.testing.samples._mortgage import Mortgage
from loanbatch.testing.samples._sheet import Column, Look, Sheet

STYLES = {
    "notice": Look(layout="colon", date=us_date),
    "grid": Look(layout="boxes", wording=1, tabs=True, money=short_dollars),
    "letter": Look(
        family="times", layout="ruled", wording=2, size=10, date=long_date, money=dollars
    ),
    "pairs": Look(layout="pairs", wording=3, size=9, ruled_tables=False),
}

_LABELS = {
    "loan_identifier": ("Loan Number", "Loan #", "Loan No.", "Loan ID"),
    "borrower_names": ("Borrower", "Borrower(s)", "Borrower Name", "Borrowers"),
    "property_address": ("Property Address", "Property", "Subject Property", "Property Address"),
    "loan_amount": ("Loan Amount", "Total Loan Amount", "Amount of Loan", "Note Amount"),
    "sale_price": ("Sales Price", "Purchase Price", "Sale Price", "Sales Price"),
    "note_rate_percent": ("Interest Rate", "Note Rate", "Rate", "Interest Rate"),
    "loan_term_months": ("Term (months)", "Loan Term", "Term", "Loan Term"),
    "loan_purpose": ("Loan Purpose", "Purpose", "Purpose of Loan", "Loan Purpose"),
    "loan_product": ("Loan Program", "Product", "Loan Product", "Program"),
    "mortgage_type": ("Loan Type", "Mortgage Type", "Loan Type", "Loan Type"),
    "occupancy": ("Occupancy", "Occupancy Type", "Occupancy", "Occupancy"),
    "lien_position": ("Lien Position", "Lien Position", "Lien", "Lien Position"),
    "loan_to_value_percent": ("LTV", "LTV", "Loan-to-Value", "LTV"),
    "combined_loan_to_value_percent": ("CLTV", "CLTV", "Combined Loan-to-Value", "CLTV"),
    "expiration_date": (
        "Approval Expires",
        "Expiration Date",
        "Commitment Expires",
        "Approval Expiration Date",
    ),
}

_CONDITIONS = (
    ("Prior to Documents", "Most recent paystub covering thirty days with year to date earnings"),
    ("Prior to Documents", "Signed letter explaining all credit inquiries of the last 90 days"),
    ("Prior to Documents", "Evidence of the earnest money deposit, with the source of funds"),
    ("Prior to Funding", "Hazard insurance with the lender named as mortgagee"),
    ("Prior to Funding", "Verbal verification of employment within 10 days of the note"),
)


def draw(canvas: Canvas, loan: Mortgage, style: str) -> None:
    """Draw the notice."""
    sheet = Sheet(canvas, STYLES[style], _LABELS)
    terms = loan.terms
    sheet.letterhead(loan.lender)
    sheet.title("Conditional Loan Approval" if style != "letter" else "LOAN COMMITMENT LETTER")
    if style == "letter":
        text = (
            "Your application for a mortgage loan has been conditionally approved on these terms:"
        )
        sheet.paragraph(text)
    share = (terms.amount / terms.price * Decimal(100)).quantize(Decimal("0.01"))
    months = f"{terms.months} months" if style != "notice" else str(terms.months)
    sheet.values(
        [
            sheet.plain("loan_identifier", loan.identifier),
            sheet.names("borrower_names", [person.name for person in loan.borrowers]),
            sheet.address("property_address", loan.property_lines, one_line=style != "grid"),
            sheet.money("loan_amount", terms.amount),
            sheet.money("sale_price", terms.price),
            sheet.percent("note_rate_percent", terms.rate, f"{terms.rate:.3f}%"),
            sheet.count("loan_term_months", terms.months, months),
            sheet.plain("loan_purpose", "Purchase"),
            sheet.plain("loan_product", f"{terms.months // 12} Year Fixed"),
            sheet.plain("mortgage_type", loan.mortgage_type),
            sheet.plain("occupancy", "Primary Residence"),
            sheet.plain("lien_position", "First"),
            sheet.percent("loan_to_value_percent", share, f"{plain_percent(share)}%"),
            sheet.percent("combined_loan_to_value_percent", share, f"{plain_percent(share)}%"),
            sheet.date("expiration_date", loan.issued + timedelta(days=45)),
        ]
    )
    _conditions(sheet)
    sheet.signature("Underwriter", "Loan Officer")


def _conditions(sheet: Sheet) -> None:
    number = 0
    for category in ("Prior to Documents", "Prior to Funding"):
        sheet.section(f"{category} Conditions")
        rows = []
        for group, text in _CONDITIONS:
            if group == category:
                number += 1
                rows.append((str(number), text))
                cells = {"number": number, "text": text}
                sheet.truth.row("conditions", cells, *text.split())
        sheet.table((Column(head="#", share=0.12), Column(head="Condition", share=2)), rows)
