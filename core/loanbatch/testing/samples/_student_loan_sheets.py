"""More disclosures of private education loans: the same facts as lenders' own systems print them."""

from __future__ import annotations

from loanbatch.testing.samples._canvas import Canvas
from loanbatch.testing.samples._formats import dollars, long_date, short_date, us_date_padded
from loanbatch.testing.samples._sheet import Look, Sheet
from loanbatch.testing.samples._student_loan import StudentLoan

STYLES = {
    "lines": Look(layout="colon", size=10, money=dollars, date=us_date_padded),
    "grid": Look(layout="boxes", wording=1, size=9.5, tabs=True, date=short_date),
    "ruled": Look(family="times", layout="ruled", wording=2, size=10, date=long_date),
}

_LABELS = {
    "lender_name": ("Lender", "Creditor", "Lender"),
    "loan_identifier": ("Loan Number", "Loan ID", "Loan Number"),
    "date_issued": ("Date", "Disclosure Date", "Date"),
    "borrower_names": ("Borrower", "Borrower Name", "Borrower"),
    "co_signer_names": ("Cosigner", "Co-signer", "Cosigner"),
    "school_name": ("School", "School Name", "School"),
    "loan_amount": ("Loan Amount", "Total Loan Amount", "Loan Amount"),
    "note_rate_percent": ("Interest Rate", "Interest Rate", "Interest Rate"),
    "annual_percentage_rate_percent": (
        "Annual Percentage Rate (APR)",
        "Annual Percentage Rate",
        "Annual Percentage Rate (APR)",
    ),
    "finance_charge": ("Finance Charge",),
    "amount_financed": ("Amount Financed",),
    "total_of_payments": ("Total of Payments",),
    "origination_fee": ("Origination Fee",),
    "returned_payment_fee": ("Returned Payment Fee", "Returned Payment Charge"),
    "number_of_payments": ("Number of Payments",),
    "principal_and_interest_payment": ("Monthly Payment", "Payment Amount", "Monthly Payment"),
    "first_payment_date": ("First Payment Date", "First Payment Due", "First Payment Date"),
    "deferment_months": ("Deferment Period",),
    "loan_term_months": ("Loan Term", "Repayment Term", "Loan Term"),
}


def draw(canvas: Canvas, loan: StudentLoan, style: str) -> None:
    """Draw the final disclosure on one or two pages."""
    sheet = Sheet(canvas, STYLES[style], _LABELS)
    sheet.title("Private Education Loan Final Disclosure")
    parties = [
        sheet.plain("lender_name", loan.lender.name),
        sheet.plain("loan_identifier", loan.identifier),
        sheet.date("date_issued", loan.issued),
        sheet.names("borrower_names", [loan.borrower.name]),
        sheet.plain("school_name", loan.school),
    ]
    if loan.co_signer:
        parties.append(sheet.names("co_signer_names", [loan.co_signer]))
    sheet.values(parties)
    sheet.section("Loan Rate and Costs")
    sheet.values(
        [
            sheet.money("loan_amount", loan.amount),
            sheet.percent("note_rate_percent", loan.rate),
            sheet.percent("annual_percentage_rate_percent", loan.apr),
            sheet.money("finance_charge", loan.finance_charge),
            sheet.money("amount_financed", loan.amount_financed),
            sheet.money("total_of_payments", loan.total),
        ]
    )
    sheet.section("Fees")
    sheet.values(
        [
            sheet.money("origination_fee", loan.fee),
            sheet.money("returned_payment_fee", loan.returned_payment_fee),
        ]
    )
    sheet.section("Repayment")
    sheet.values(
        [
            sheet.count("loan_term_months", loan.months, f"{loan.months} months"),
            sheet.count("number_of_payments", loan.months),
            sheet.money("principal_and_interest_payment", loan.monthly),
            sheet.date("first_payment_date", loan.first_payment),
            sheet.count(
                "deferment_months", loan.deferment_months, f"{loan.deferment_months} months"
            ),
        ]
    )
    until = sheet.truth.date(
        "cancellation_deadline",
        loan.cancellation_deadline,
        long_date(loan.cancellation_deadline),
    )
    sheet.section("Right to Cancel")
    sheet.paragraph(
        f"You have a right to cancel this transaction, without penalty, by midnight on {until}. No funds will be disbursed until then."
    )
    sheet.section("Bankruptcy Limitations")
    sheet.paragraph(
        "If you file for bankruptcy you may still be required to pay back this loan. Private education loan terms are in your promissory note."
    )
