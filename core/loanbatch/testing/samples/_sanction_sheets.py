"""More sanction letters for an education loan: banks' other words, orders and forms."""

from __future__ import annotations

from loanbatch.testing.samples._canvas import Canvas
from loanbatch.testing.samples._education_loan import EducationLoan
from loanbatch.testing.samples._formats import (
    day_month_date,
    indian_date,
    indian_long_date,
    inr,
    rupees,
)
from loanbatch.testing.samples._sheet import Look, Pair, Sheet

STYLES = {
    "advice": Look(layout="colon", size=10, money=rupees, date=indian_date),
    "grid": Look(layout="ruled", wording=1, size=9.5, tabs=True, money=inr, date=day_month_date),
    "memo": Look(
        family="times", layout="inline", wording=2, size=10.5, money=rupees, date=indian_long_date
    ),
}

_LABELS = {
    "loan_identifier": ("Loan Account No.", "Application No.", "Sanction Ref. No."),
    "date_issued": ("Date", "Date of Sanction", "Date"),
    "borrower_names": ("Name of Applicant", "Applicant", "Borrower"),
    "co_signer_names": ("Name of Co-applicant", "Co-Applicant", "Co-borrower"),
    "course_name": ("Name of the Course", "Course", "Course of Study"),
    "institution_name": ("Name of Institution", "Institution", "Name of Institute"),
    "loan_amount": ("Loan Amount Sanctioned", "Amount Sanctioned", "Sanctioned Amount"),
    "note_rate_percent": ("Rate of Interest", "Interest Rate", "Rate of Interest"),
    "moratorium_months": ("Moratorium Period", "Moratorium", "Moratorium Period"),
    "loan_term_months": ("Loan Tenure", "Tenure", "Total Tenure"),
    "number_of_payments": ("Number of EMIs", "No. of Instalments", "Number of EMIs"),
    "principal_and_interest_payment": ("EMI", "EMI Amount", "Equated Monthly Instalment"),
    "first_payment_date": ("First EMI Date", "Repayment starts on", "First EMI due on"),
    "processing_fee": ("Processing Fee", "Processing Charges", "Processing Fee"),
    "processing_fee_tax": ("GST on Processing Fee", "GST", "GST on Processing Fee"),
    "margin_percent": ("Margin", "Margin", "Margin"),
    "penal_charge_percent": ("Penal Charges", "Penal Interest", "Penal Charges"),
    "prepayment_penalty": ("Prepayment Charges", "Foreclosure Charges", "Prepayment Charges"),
    "sanction_validity_date": ("Validity of Sanction", "Sanction valid up to", "Valid till"),
}


def draw(canvas: Canvas, loan: EducationLoan, style: str) -> None:
    """Draw the letter on one or two pages."""
    sheet = Sheet(canvas, STYLES[style], _LABELS)
    truth, parties = sheet.truth, loan.parties
    truth.plain("currency", "INR", "")
    truth.plain("loan_type", "education", "")
    sheet.title(truth.plain("lender_name", parties.bank), size=16)
    sheet.title("SANCTION LETTER - EDUCATION LOAN", size=12)
    truth.plain("rate_type", "floating", "floating")
    people = [
        sheet.plain("loan_identifier", loan.identifier),
        sheet.date("date_issued", loan.issued),
        sheet.names("borrower_names", [parties.student]),
        sheet.names("co_signer_names", [parties.co_applicant]),
        sheet.plain("course_name", parties.course),
        sheet.plain("institution_name", parties.institution),
    ]
    sheet.values(people[:4] if style == "memo" else people)
    text = "We are pleased to inform you that your loan application has been approved on the terms below."
    sheet.paragraph(text)
    sheet.section("Terms of the Loan")
    sheet.values([*(people[4:] if style == "memo" else []), *_terms(sheet, loan)])
    sheet.section("Charges")
    sheet.values(_charges(sheet, loan))
    sheet.paragraph(
        "The bank may change the rate of interest with the benchmark. Disbursement is made directly to the institution."
    )
    sheet.signature("Branch Manager", "Accepted: Borrower")


def _terms(sheet: Sheet, loan: EducationLoan) -> list[Pair]:
    rate = sheet.truth.percent("note_rate_percent", loan.rate, f"{loan.rate:.2f}%")
    return [
        sheet.money("loan_amount", loan.amount),
        sheet.percent("margin_percent", loan.margin_percent),
        sheet.pair("note_rate_percent", f"{rate} p.a. (floating)"),
        sheet.count(
            "moratorium_months", loan.moratorium_months, f"{loan.moratorium_months} months"
        ),
        sheet.count("loan_term_months", loan.total_months, f"{loan.total_months} months"),
        sheet.count("number_of_payments", loan.months),
        sheet.money("principal_and_interest_payment", loan.instalment),
        sheet.date("first_payment_date", loan.first_payment),
        sheet.date("sanction_validity_date", loan.valid_until),
    ]


def _charges(sheet: Sheet, loan: EducationLoan) -> list[Pair]:
    penal = sheet.truth.percent("penal_charge_percent", loan.penal_percent)
    sheet.truth.plain("prepayment_penalty", False, "Nil")
    return [
        sheet.money("processing_fee", loan.processing_fee),
        sheet.money("processing_fee_tax", loan.processing_tax),
        sheet.pair("penal_charge_percent", f"{penal} p.a. on the overdue amount"),
        sheet.pair("prepayment_penalty", "Nil"),
    ]
