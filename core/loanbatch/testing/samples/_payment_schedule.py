"""A schedule of payments: an American amortization table, or an Indian bank's repayment schedule."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from loanbatch.testing.samples._arithmetic import months_later, payment
from loanbatch.testing.samples._canvas import Canvas
from loanbatch.testing.samples._education_loan import EducationLoan
from loanbatch.testing.samples._formats import (
    bare,
    cents,
    day_month_date,
    dollars,
    indian,
    indian_date,
    rupees,
    us_date_padded,
)
from loanbatch.testing.samples._sheet import Column, Look, Sheet

#: Courier has no room for six columns of large amounts.
STYLES = {
    "amortization": Look(layout="pairs", size=9, money=dollars, date=us_date_padded),
    "repayment": Look(layout="colon", wording=1, size=9, money=rupees, date=indian_date),
    "plain": Look(
        family="times",
        layout="ruled",
        wording=1,
        ruled_tables=False,
        money=rupees,
        date=day_month_date,
    ),
}

_LABELS = {
    "loan_identifier": ("Loan Number", "Loan Account No."),
    "borrower_names": ("Borrower", "Name of Borrower"),
    "loan_amount": ("Loan Amount", "Loan Amount Sanctioned"),
    "note_rate_percent": ("Annual Interest Rate", "Rate of Interest"),
    "number_of_payments": ("Number of Payments", "No. of Instalments"),
    "principal_and_interest_payment": ("Monthly Payment", "EMI Amount"),
    "first_payment_date": ("First Payment Date", "First Due Date"),
    "maturity_date": ("Maturity Date", "Last Due Date"),
}
_HEADS = (
    ("Pmt No.", "Payment Date", "Payment", "Principal", "Interest", "Balance"),
    ("Inst. No.", "Due Date", "EMI", "Principal", "Interest", "Closing Balance"),
)
_ROWS = (12, 18, 24, 36)


def draw(canvas: Canvas, loan: EducationLoan, style: str) -> None:
    """Draw the head and the table on as many pages as it needs."""
    american = style == "amortization"
    sheet = Sheet(canvas, STYLES[style], _LABELS)
    months = _ROWS[loan.months % len(_ROWS)]
    amount = Decimal(loan.amount)
    due = cents(payment(amount, loan.rate, months))
    lender = sheet.truth.plain("lender_name", loan.parties.bank)
    canvas.text(sheet.left, sheet.y, lender, size=13, bold=True)
    sheet.y += 30
    sheet.title("Amortization Schedule" if american else "REPAYMENT SCHEDULE")
    if not american:
        sheet.truth.plain("currency", "INR", "")
    first = loan.first_payment
    sheet.values(
        [
            sheet.plain("loan_identifier", loan.identifier),
            sheet.names("borrower_names", [loan.parties.student]),
            sheet.money("loan_amount", amount),
            sheet.percent("note_rate_percent", loan.rate, f"{loan.rate:.2f}%"),
            sheet.count("number_of_payments", months),
            sheet.money("principal_and_interest_payment", due),
            sheet.date("first_payment_date", first),
            sheet.date("maturity_date", months_later(first, months - 1)),
        ]
    )
    _table(sheet, amount, loan.rate, months, first)


def _table(sheet: Sheet, amount: Decimal, rate: Decimal, months: int, first: date) -> None:
    american = sheet.look.money is dollars
    write = bare if american else indian
    due, balance = cents(payment(amount, rate, months)), amount
    paid, interest_paid, rows = Decimal(0), Decimal(0), []
    for number in range(1, months + 1):
        interest = cents(balance * rate / 1200)
        instalment = due if number < months else balance + interest
        principal = instalment - interest
        balance -= principal
        paid, interest_paid = paid + instalment, interest_paid + interest
        day = months_later(first, number - 1)
        amounts = (instalment, principal, interest, balance)
        rows.append((str(number), sheet.look.date(day), *map(write, amounts)))
        names = ("payment", "principal", "interest", "balance")
        cells = {"number": str(number), "date": day, **dict(zip(names, amounts, strict=True))}
        sheet.truth.row("payment_schedule", cells, write(balance))
    rows.append(("Total", "", write(paid), write(amount), write(interest_paid), ""))
    sheet.truth.money("total_of_payments", paid, write(paid))
    sheet.truth.money("total_interest", interest_paid, write(interest_paid))
    columns = [
        Column(head=head, share=0.7 if index == 0 else 1.1, right=index > 1)
        for index, head in enumerate(_HEADS[not american])
    ]
    sheet.section("Schedule of Payments" if american else "Schedule of Instalments")
    sheet.table(columns, rows)
