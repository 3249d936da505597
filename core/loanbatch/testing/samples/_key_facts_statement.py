"""The key facts statement that goes with an Indian loan.

Source: Reserve Bank of India, circular of 15 April 2024, annex A: numbered parameters, fees, contingent charges.
"""

from __future__ import annotations

from decimal import Decimal

from loanbatch.testing.samples._canvas import Canvas
from loanbatch.testing.samples._education_loan import EducationLoan
from loanbatch.testing.samples._formats import indian_date, indian_long_date, inr, rupees
from loanbatch.testing.samples._sheet import Look, Sheet

STYLES = {
    "annex": Look(layout="ruled", numbered=True, size=9.5, money=rupees, date=indian_date),
    "lines": Look(
        family="times", layout="colon", wording=1, size=10, money=inr, date=indian_long_date
    ),
    "ruled": Look(layout="ruled", wording=2, size=9, tabs=True, money=inr, date=indian_date),
}

_LABELS = {
    "lender_name": ("Name of the Regulated Entity", "Name of the Bank", "Lender"),
    "proposal_number": (
        "Loan proposal / account No.",
        "Loan proposal No.",
        "Loan account No.",
    ),
    "date_issued": ("Date of issue of this KFS", "Date of issue", "Date"),
    "borrower_names": ("Name of the Borrower", "Name of the Applicant", "Borrower"),
    "co_signer_names": ("Co-applicant", "Name of Co-applicant", "Co-borrower"),
    "loan_type": ("Type of Loan", "Nature of Loan", "Loan Type"),
    "loan_amount": (
        "Sanctioned Loan amount (in Rupees)",
        "Sanctioned amount",
        "Loan amount sanctioned",
    ),
    "loan_term_months": ("Loan term (year/months/days)", "Loan term", "Tenor"),
    "number_of_payments": ("Number of EPIs", "Number of instalments", "No. of EMIs"),
    "principal_and_interest_payment": ("EPI (Rs.)", "EPI (INR)", "EMI amount"),
    "first_payment_date": (
        "Commencement of repayment, post sanction",
        "First instalment date",
        "First EMI date",
    ),
    "note_rate_percent": (
        "Interest rate (%) and type (fixed or floating or hybrid)",
        "Interest rate",
        "Rate of interest",
    ),
    "benchmark_rate_percent": ("Benchmark rate (%) (B)", "Benchmark rate", "Benchmark rate (%)"),
    "spread_percent": ("Spread (%) (S)", "Spread", "Spread (%)"),
    "annual_percentage_rate_percent": (
        "Annual Percentage Rate (APR) (%)",
        "Annual Percentage Rate (APR)",
        "APR (%)",
    ),
    "processing_fee": ("Processing fees", "Processing fee", "Processing charges"),
    "penal_charge_percent": (
        "Penal charges, if any, in case of delayed payment",
        "Penal charges",
        "Penal charge",
    ),
    "prepayment_penalty": (
        "Foreclosure charges, if applicable",
        "Foreclosure charges",
        "Prepayment charges",
    ),
    "cooling_off_days": (
        "Cooling off / look-up period",
        "Cooling off period",
        "Cooling-off period",
    ),
}


def draw(canvas: Canvas, loan: EducationLoan, style: str) -> None:
    """Draw both parts on one or two pages."""
    sheet = Sheet(canvas, STYLES[style], _LABELS)
    truth, parties = sheet.truth, loan.parties
    truth.plain("currency", "INR", "")
    sheet.title("Key Facts Statement" if style != "ruled" else "KEY FACTS STATEMENT (KFS)")
    sheet.section("Part 1 (Interest rate and fees/charges)")
    truth.plain("rate_type", "floating", "floating")
    sheet.values(
        [
            sheet.plain("lender_name", parties.bank),
            sheet.plain("proposal_number", loan.identifier),
            sheet.date("date_issued", loan.issued),
            sheet.names("borrower_names", [parties.student]),
            sheet.names("co_signer_names", [parties.co_applicant]),
            sheet.plain("loan_type", "Education Loan"),
            sheet.money("loan_amount", loan.amount),
            sheet.count("loan_term_months", loan.total_months, f"{loan.total_months} months"),
            sheet.count("number_of_payments", loan.months),
            sheet.money("principal_and_interest_payment", loan.instalment),
            sheet.date("first_payment_date", loan.first_payment),
            sheet.pair(
                "note_rate_percent",
                truth.percent("note_rate_percent", loan.rate, f"{loan.rate:.2f}%") + " floating",
            ),
            sheet.percent(
                "benchmark_rate_percent", loan.benchmark_rate, f"{loan.benchmark_rate:.2f}%"
            ),
            sheet.percent("spread_percent", loan.spread, f"{loan.spread:.2f}%"),
        ]
    )
    sheet.section("Fee / Charges")
    apr = loan.rate + Decimal("0.35")
    sheet.values(
        [
            sheet.money("processing_fee", loan.processing_fee),
            sheet.percent("annual_percentage_rate_percent", apr, f"{apr:.2f}%"),
        ]
    )
    sheet.section("Details of Contingent Charges")
    truth.plain("prepayment_penalty", False, "Nil")
    penal = truth.percent("penal_charge_percent", loan.penal_percent)
    sheet.values(
        [
            sheet.pair("penal_charge_percent", f"{penal} p.a. on the overdue amount"),
            sheet.pair("prepayment_penalty", "Nil"),
        ]
    )
    sheet.section("Part 2 (Other qualitative information)")
    days = 3 + loan.months % 5
    sheet.values([sheet.count("cooling_off_days", days, f"{days} days")])
