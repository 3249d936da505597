"""The underwriter's summary of a loan, as a lender's system prints it.

Source: Uniform Underwriting and Transmittal Summary, Fannie Mae form 1008.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from loanbatch.testing.samples._canvas import Canvas
from loanbatch.testing.samples._formats import bare, cents, dollars, plain_percent
from loanbatch.testing.samples._mortgage import Mortgage
from loanbatch.testing.samples._sheet import Look, Pair, Sheet

STYLES = {
    "boxes": Look(layout="boxes", size=9, money=dollars),
    "pairs": Look(family="times", layout="pairs", size=9.5, tabs=True),
    "lines": Look(layout="colon", size=9, money=dollars),
}

_LABELS = {
    "borrower_names": ("Borrower Name",),
    "property_address": ("Property Address",),
    "sale_price": ("Sales Price",),
    "appraised_value": ("Appraised Value",),
    "loan_amount": ("Original Loan Amount",),
    "principal_and_interest_payment": ("Initial P&I Payment",),
    "note_rate_percent": ("Initial Note Rate",),
    "loan_term_months": ("Loan Term (in months)",),
    "subordinate_financing_amount": ("Amount of Subordinate Financing",),
    "estimated_total_monthly_payment": ("Total Primary Housing Expense",),
    "total_monthly_income": ("Total Borrower Income",),
    "housing_expense_ratio_percent": ("Primary Housing Expense/Income",),
    "debt_to_income_percent": ("Total Obligations/Income",),
    "loan_to_value_percent": ("LTV",),
    "combined_loan_to_value_percent": ("CLTV/TLTV",),
    "credit_score": ("Representative Credit/Indicator Score",),
    "lender_name": ("Seller Name",),
    "loan_identifier": ("Seller Loan No.",),
}


def draw(canvas: Canvas, loan: Mortgage, style: str) -> None:
    """Draw the summary on one or two pages."""
    sheet = Sheet(canvas, STYLES[style], _LABELS)
    terms = loan.terms
    sheet.title("Uniform Underwriting and Transmittal Summary")
    sheet.section("I. Borrower and Property Information")
    sheet.values(
        [
            sheet.names("borrower_names", [loan.borrowers[0].name]),
            sheet.address("property_address", loan.property_lines, one_line=True),
            sheet.money("sale_price", terms.price),
            sheet.money("appraised_value", terms.price + 2000),
        ]
    )
    _choice(
        sheet,
        "occupancy",
        "Occupancy Status",
        ("Primary Residence", "Second Home", "Investment Property"),
    )
    sheet.section("II. Mortgage Information")
    _choice(sheet, "mortgage_type", "Loan Type", ("Conventional", "FHA", "VA"))
    _choice(sheet, "loan_purpose", "Loan Purpose", ("Purchase", "Home Improvement"))
    _choice(sheet, "lien_position", "Lien Position", ("First Mortgage", "Second Mortgage"))
    sheet.values(
        [
            sheet.money("loan_amount", terms.amount),
            sheet.money("principal_and_interest_payment", loan.principal_and_interest),
            sheet.percent("note_rate_percent", terms.rate, f"{terms.rate:.3f}%"),
            sheet.count("loan_term_months", terms.months),
        ]
    )
    _underwriting(sheet, loan)
    sheet.section("IV. Seller, Contract, and Contact Information")
    sheet.values(
        [
            sheet.plain("lender_name", loan.lender.name),
            sheet.plain("loan_identifier", loan.identifier),
            ("Contact Name", loan.lender.contact),
            ("Contact Phone Number", loan.lender.phone),
        ]
    )


def _choice(sheet: Sheet, name: str, label: str, options: Sequence[str]) -> None:
    """Draw check boxes of which the first is ticked."""
    sheet.room(20)
    sheet.canvas.text(sheet.left, sheet.y, label, size=9, bold=True)
    x = sheet.left + 120
    for option in options:
        sheet.canvas.check(x, sheet.y, option, ticked=option == options[0], size=9)
        x += sheet.canvas.width_of(option, 9) + 34
    sheet.truth.plain(name, options[0])
    sheet.y += 16


def _underwriting(sheet: Sheet, loan: Mortgage) -> None:
    terms = loan.terms
    housing = loan.principal_and_interest + loan.escrow + terms.insurance_premium
    housing += terms.association_dues
    income = loan.monthly_income
    if income is None:
        income = cents(housing / (Decimal(22 + int(loan.identifier) % 9) / 100))
    other = Decimal(150 + int(loan.identifier) % 700)
    share = cents(terms.amount / terms.price * 100)
    combined = _ratio(terms.amount, terms.price)
    sheet.section("III. Underwriting Information")
    pairs: list[Pair] = [
        sheet.money("total_monthly_income", income),
        ("First Mortgage P&I", bare(loan.principal_and_interest)),
        ("Hazard Insurance", bare(terms.homeowners_insurance)),
        ("Taxes", bare(terms.taxes)),
        sheet.money("estimated_total_monthly_payment", housing),
        ("All Other Monthly Payments", bare(other)),
        sheet.percent("housing_expense_ratio_percent", _ratio(housing, income)),
        sheet.percent("debt_to_income_percent", _ratio(housing + other, income)),
        sheet.percent("loan_to_value_percent", share, f"{plain_percent(share)}%"),
        sheet.percent("combined_loan_to_value_percent", combined),
        sheet.count("credit_score", 640 + int(loan.identifier) % 180),
    ]
    sheet.values(pairs)


def _ratio(part: Decimal, whole: Decimal) -> Decimal:
    return cents(part / whole * 100)
