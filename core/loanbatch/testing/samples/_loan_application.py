"""A lender's loan application form: the borrower, employment, assets, liabilities, the loan and the property.

Source: what the Uniform Residential Loan Application (Fannie Mae form 1003) asks, as lenders' own forms ask it.
"""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from loanbatch.testing.samples._canvas import Canvas
from loanbatch.testing.samples._formats import (
    bare,
    cents,
    dollars,
    long_date,
    short_dollars,
)
from loanbatch.testing.samples._mortgage import Mortgage
from loanbatch.testing.samples._sheet import Column, Look, Sheet

STYLES = {
    "form": Look(layout="boxes", size=9.5, tabs=True, money=short_dollars),
    "lines": Look(layout="colon", wording=1, money=dollars, ruled_tables=False),
    "ruled": Look(family="times", layout="ruled", wording=2, size=10, date=long_date),
}

_LABELS = {
    "borrower_names": ("Full Name", "Applicant Name", "Name of Applicant"),
    "borrower_ssn": ("Social Security Number", "SSN", "Social Security No."),
    "date_of_birth": ("Date of Birth", "DOB", "Birth Date"),
    "borrower_current_address": ("Current Address", "Home Address", "Present Address"),
    "employer_name": ("Employer Name", "Current Employer", "Name of Employer"),
    "job_title": ("Position / Title", "Job Title", "Occupation"),
    "employment_start_date": ("Start Date", "Date of Hire", "Employment Start Date"),
    "total_monthly_income": (
        "Gross Monthly Income",
        "Total Monthly Income",
        "Monthly Gross Income",
    ),
    "loan_amount": ("Requested Loan Amount", "Loan Amount Requested", "Amount of Loan"),
    "loan_term_months": ("Loan Term", "Desired Loan Term", "Term of Loan"),
    "loan_purpose": ("Loan Purpose", "Purpose of Loan", "Purpose of the Loan"),
    "property_address": ("Property Address", "Subject Property Address", "Address of Property"),
    "sale_price": ("Purchase Price", "Sales Price", "Contract Price"),
    "down_payment_amount": ("Down Payment", "Down Payment Amount", "Amount of Down Payment"),
    "occupancy": ("Occupancy", "Occupancy Type", "Property will be"),
    "application_date": ("Application Date", "Date of Application", "Application Date"),
    "loan_originator_name": ("Loan Officer", "Loan Officer Name", "Loan Officer"),
    "lender_name": ("Lender", "Lender Name", "Name of Lender"),
}


def draw(canvas: Canvas, loan: Mortgage, style: str) -> None:
    """Draw the form on one or two pages."""
    sheet = Sheet(canvas, STYLES[style], _LABELS)
    borrower, terms = loan.borrowers[0], loan.terms
    titles = {"form": "Residential Loan Application", "lines": "MORTGAGE LOAN APPLICATION"}
    sheet.title(titles.get(style, "Home Loan Application Form"))
    number = int(loan.identifier)
    sheet.values(
        [
            sheet.plain("lender_name", loan.lender.name),
            sheet.plain("loan_originator_name", loan.lender.contact),
            sheet.date("application_date", loan.issued - timedelta(days=42)),
        ]
    )
    sheet.section("Borrower Information")
    born = date(1955 + number % 45, 1 + number % 12, 1 + number % 28)
    sheet.values(
        [
            sheet.names("borrower_names", [borrower.name]),
            sheet.plain("borrower_ssn", borrower.ssn),
            sheet.date("date_of_birth", born),
            sheet.address("borrower_current_address", borrower.address, one_line=True),
        ]
    )
    _employment(sheet, loan)
    sheet.section("Loan and Property Information")
    years = f"{terms.months // 12} years"
    sheet.values(
        [
            sheet.money("loan_amount", terms.amount),
            sheet.count("loan_term_months", terms.months, years),
            sheet.plain("loan_purpose", "Purchase"),
            sheet.address("property_address", loan.property_lines, one_line=True),
            sheet.money("sale_price", terms.price),
            sheet.money("down_payment_amount", loan.down_payment),
            sheet.plain("occupancy", "Primary Residence"),
        ]
    )
    _assets(sheet, loan)
    _liabilities(sheet, loan)
    sheet.section("Acknowledgment")
    sheet.paragraph("I certify that the information provided in this application is true.")
    sheet.signature("Applicant Signature", "Co-Applicant Signature")


def _employment(sheet: Sheet, loan: Mortgage) -> None:
    number = int(loan.identifier)
    firm = loan.employer or loan.broker_seller.name.replace("Realty", "Works")
    income = loan.monthly_income
    if income is None:
        income = cents(loan.principal_and_interest * Decimal(30 + number % 25) / 10)
    sheet.section("Employment Information")
    sheet.values(
        [
            sheet.plain("employer_name", firm),
            sheet.plain("job_title", ("Accountant", "Teacher", "Planner")[number % 3]),
            sheet.date("employment_start_date", date(2008 + number % 14, 1 + number % 12, 3)),
            sheet.money("total_monthly_income", income),
        ]
    )


_BANKS = ("Greywater Bank", "Harvest Mutual Bank", "Tamarack Credit Union", "Bank of Ellery")


def _assets(sheet: Sheet, loan: Mortgage) -> None:
    number = int(loan.identifier)
    sheet.section("Assets")
    heads = ("Account Type", "Financial Institution", "Account Number", "Cash or Market Value")
    rows = []
    for index, kind in enumerate(("Checking", "Savings", "Retirement")[: 2 + number % 2]):
        bank, account = _BANKS[(number + index) % 4], f"{number % 8999 + 1000 + index}"
        amount = Decimal(number % 19000 + 2500 * (index + 1))
        rows.append((kind, bank, account, bare(amount)))
        cells = {
            "account_type": kind,
            "institution_name": bank,
            "account_number": account,
            "amount": amount,
        }
        sheet.truth.row("assets", cells, account, bare(amount))
    sheet.table([Column(head=head, right=i == 3) for i, head in enumerate(heads)], rows)


def _liabilities(sheet: Sheet, loan: Mortgage) -> None:
    number = int(loan.identifier)
    sheet.section("Liabilities")
    heads = ("Account Type", "Company Name", "Account Number", "Unpaid Balance", "Monthly Payment")
    rows = []
    for index, kind in enumerate(("Revolving", "Installment")[: 1 + number % 2]):
        bank, account = _BANKS[(number + 2 + index) % 4], f"{number % 7999 + 2000 + index}"
        balance = Decimal(number % 9000 + 700 * (index + 1))
        due = Decimal(35 + number % 200 + index)
        rows.append((kind, bank, account, bare(balance), bare(due)))
        cells = {
            "account_type": kind,
            "institution_name": bank,
            "account_number": account,
            "balance": balance,
            "payment": due,
        }
        sheet.truth.row("liabilities", cells, account, bare(balance))
    sheet.table([Column(head=head, right=i > 2) for i, head in enumerate(heads)], rows)
