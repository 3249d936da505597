"""An Indian bank's letter that sanctions an education loan: as a table of terms, as clauses, as a form.

Source: what the Indian Banks' Association's model educational loan scheme has banks tell a student.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal

from loanbatch.testing.samples._canvas import Canvas
from loanbatch.testing.samples._education_loan import EducationLoan
from loanbatch.testing.samples._formats import (
    in_words,
    indian,
    indian_date,
    indian_long_date,
    plain_percent,
)

#: Font by style; the rupee sign needs one that has it.
STYLES = {"letter": "times", "table": "helvetica", "rupee": "noto"}

_LEFT, _RIGHT = 56.0, 540.0
_VALUES = 236.0
_LAST_LINE = 760.0


def draw(canvas: Canvas, loan: EducationLoan, style: str) -> None:
    """Draw the letter on two pages."""
    canvas.family = STYLES[style]
    canvas.new_page()
    letter = _Letter(canvas, loan, style)
    letter.truth.plain("currency", "INR", "")
    y = _head(letter)
    y = _rows(letter, y, _terms(letter))
    y = _disbursements(letter, y)
    _conditions(letter, y)


class _Letter:
    """A letter that is being written."""

    def __init__(self, canvas: Canvas, loan: EducationLoan, style: str) -> None:
        self.canvas = canvas
        self.truth = canvas.truth
        self.loan = loan
        self.style = style
        self._sign = {"letter": "Rs. ", "table": "INR ", "rupee": "\N{INDIAN RUPEE SIGN} "}[style]
        write: dict[str, Callable[[date], str]] = {
            "letter": lambda day: indian_date(day, "/"),
            "table": indian_date,
            "rupee": indian_long_date,
        }
        self.write_date = write[style]

    def rupees(self, amount: Decimal) -> str:
        """Write an amount as this letter does; whole rupees may end in `/-`."""
        if self.style == "letter" and amount == amount.to_integral_value():
            return f"{self._sign}{indian(amount, places=0)}/-"
        return f"{self._sign}{indian(amount)}"

    def money(self, name: str, amount: Decimal) -> str:
        """Record and write an amount."""
        return self.truth.money(name, amount, self.rupees(amount))

    def date(self, name: str, day: date) -> str:
        """Record and write a date, the day first."""
        return self.truth.date(name, day, self.write_date(day))


def _head(letter: _Letter) -> float:
    canvas, truth, loan = letter.canvas, letter.truth, letter.loan
    parties = loan.parties
    middle = canvas.width / 2
    canvas.text(middle, 52, truth.plain("lender_name", parties.bank), size=16, bold=True, align="C")
    branch = truth.plain("branch_name", parties.branch)
    canvas.text(middle, 67, f"{branch}, {parties.city}", size=9, align="C")
    canvas.rule(_LEFT, 76, _RIGHT, 76, weight=1.2)
    number = truth.plain("loan_identifier", loan.identifier)
    issued = letter.date("date_issued", loan.issued)
    canvas.text(_LEFT, 96, f"Ref. No.: {number}", size=9.5)
    canvas.text(_RIGHT, 96, f"Date: {issued}", size=9.5, align="R")
    truth.names("borrower_names", [parties.student])
    truth.names("co_signer_names", [parties.co_applicant])
    truth.address("borrower_current_address", parties.address)
    y = canvas.lines(_LEFT, 118, ["To,", parties.student, *parties.address], size=9.5)
    subject = "Sub: Sanction of Education Loan"
    canvas.text(_LEFT, y + 10, subject, size=10.5, bold=True)
    applied = letter.date("application_date", loan.applied)
    text = f"With reference to your application dated {applied}, we are pleased to inform you that an education loan has been sanctioned to you on the following terms and conditions:"
    truth.plain("loan_type", "education", "")
    return canvas.paragraph(_LEFT, y + 28, _RIGHT - _LEFT, text, size=9.5) + 8


Term = tuple[str, str]


def _terms(letter: _Letter) -> list[Term]:
    people, loan = _people_terms(letter), _loan_terms(letter)
    repayment, charges = _repayment_terms(letter), _charge_terms(letter)
    if letter.style == "table":
        return [*loan, *people, *charges, *repayment]
    return [*people, *loan, *repayment, *charges]


def _people_terms(letter: _Letter) -> list[Term]:
    truth, parties = letter.truth, letter.loan.parties
    label = {
        "letter": "Name of Co-applicant",
        "table": "Co-borrower",
        "rupee": "Co-Applicant",
    }[letter.style]
    return [
        ("Name of the Borrower" if letter.style == "letter" else "Borrower", parties.student),
        (label, parties.co_applicant),
        ("Course", truth.plain("course_name", parties.course)),
        ("Name of Institution", truth.plain("institution_name", parties.institution)),
    ]


def _loan_terms(letter: _Letter) -> list[Term]:
    truth, loan = letter.truth, letter.loan
    amount = letter.money("loan_amount", loan.amount)
    if letter.style != "table":
        amount += f" (Rupees {in_words(int(loan.amount), lakh=True)} Only)"
    rate = truth.percent("note_rate_percent", loan.rate, f"{loan.rate:.2f}%")
    base = truth.percent(
        "benchmark_rate_percent", loan.benchmark_rate, f"{loan.benchmark_rate:.2f}%"
    )
    spread = truth.percent("spread_percent", loan.spread, f"{loan.spread:.2f}%")
    name = truth.plain("benchmark_name", loan.benchmark)
    truth.plain("rate_type", "floating", "floating")
    margin = truth.percent("margin_percent", loan.margin_percent)
    return [
        ("Sanctioned Amount" if letter.style == "table" else "Loan Amount Sanctioned", amount),
        ("Cost of Course", letter.money("cost_of_course", loan.cost_of_course)),
        ("Margin", margin),
        ("Rate of Interest", f"{rate} p.a. (floating)"),
        ("Benchmark", f"{name} {base} + Spread {spread}"),
    ]


def _repayment_terms(letter: _Letter) -> list[Term]:
    truth, loan = letter.truth, letter.loan
    pause = truth.plain(
        "moratorium_months", loan.moratorium_months, f"{loan.moratorium_months} months"
    )
    count = truth.plain("number_of_payments", loan.months, str(loan.months))
    total = truth.plain("loan_term_months", loan.total_months, f"{loan.total_months} months")
    treatment = truth.plain("moratorium_interest_treatment", "Simple interest")
    return [
        ("Moratorium Period", f"{pause} (course period and thereafter)"),
        ("Interest during Moratorium", f"{treatment}, added to principal"),
        (
            "Interest accrued in Moratorium",
            letter.money("accrued_deferment_interest", loan.moratorium_interest),
        ),
        ("Repayment Mode", truth.plain("repayment_mode", "Equated Monthly Instalments (EMI)")),
        ("EMI Amount", letter.money("principal_and_interest_payment", loan.instalment)),
        ("Number of EMIs", count),
        ("Total Tenure including Moratorium", total),
        ("First EMI due on", letter.date("first_payment_date", loan.first_payment)),
    ]


def _charge_terms(letter: _Letter) -> list[Term]:
    truth, loan = letter.truth, letter.loan
    share = truth.percent("processing_fee_percent", loan.processing_percent)
    fee = letter.money("processing_fee", loan.processing_fee)
    tax = letter.money("processing_fee_tax", loan.processing_tax)
    penal = truth.percent("penal_charge_percent", loan.penal_percent)
    truth.plain("prepayment_penalty", False, "Nil")
    truth.plain("collateral_description", loan.collateral)
    return [
        ("Processing Fee", f"{fee} ({share} of loan amount)"),
        ("GST on Processing Fee", tax),
        ("Penal Charges", f"{penal} p.a. on the overdue amount"),
        ("Prepayment Charges", "Nil"),
        ("Security", loan.collateral),
        ("Value of Security", letter.money("collateral_value", loan.collateral_value)),
    ]


def _rows(letter: _Letter, y: float, terms: Sequence[Term]) -> float:
    canvas, boxed = letter.canvas, letter.style != "letter"
    values = _VALUES
    for number, (label, value) in enumerate(terms, start=1):
        lines = list(canvas.broken(value, _RIGHT - values - 8, size=9.5))
        height = 12 * len(lines) + (5 if boxed else 3)
        if boxed:
            canvas.box(_LEFT, y - 11, values - 6, y - 11 + height)
            canvas.box(values - 6, y - 11, _RIGHT, y - 11 + height)
            canvas.text(_LEFT + 4, y, label, size=9.5, bold=True)
        else:
            canvas.text(_LEFT, y, f"{number}.", size=9.5)
            canvas.text(_LEFT + 20, y, label, size=9.5)
            canvas.text(values - 12, y, ":", size=9.5)
        canvas.lines(values, y, lines, size=9.5, leading=12 / 9.5)
        y += height
    return y + 8


def _disbursements(letter: _Letter, y: float) -> float:
    canvas, loan = letter.canvas, letter.loan
    if y + 16 * len(loan.schedule) + 40 > _LAST_LINE:
        canvas.new_page()
        y = 64.0
    canvas.text(_LEFT, y + 6, "Disbursement Schedule", size=10, bold=True)
    y += 24
    heads = ("Purpose", "Date", f"Amount ({'Rs.' if letter.style == 'letter' else 'INR'})")
    rows = [(label, letter.write_date(day), indian(amount)) for label, day, amount in loan.schedule]
    for index, row in enumerate((heads, *rows)):
        for x, text, right in zip(
            (_LEFT + 4, 330, _RIGHT - 4), row, (False, False, True), strict=True
        ):
            canvas.text(x, y, text, size=9, bold=not index, align="R" if right else "L")
        canvas.rule(_LEFT, y + 4, _RIGHT, y + 4, grey=120)
        if index:
            label, day, amount = loan.schedule[index - 1]
            letter.truth.row(
                "disbursement_schedule", {"label": label, "date": day, "amount": amount}, *row
            )
        y += 15
    return y + 10


def _conditions(letter: _Letter, y: float) -> None:
    canvas, loan = letter.canvas, letter.loan
    if y + 170 > _LAST_LINE:
        canvas.new_page()
        y = 64.0
    until = letter.date("sanction_validity_date", loan.valid_until)
    rate = plain_percent(loan.rate)
    texts = (
        f"This sanction is valid up to {until}; if no amount is drawn until then, it lapses.",
        f"The rate of interest will change with the benchmark; {rate}% is the rate on the day of this letter.",
        "The marks obtained in each examination have to be produced before the next instalment of fees is released.",
        "Please return the duplicate of this letter, signed by yourself and the co-applicant, in token of acceptance.",
    )
    canvas.text(_LEFT, y + 4, "Other Conditions", size=10, bold=True)
    y += 20
    for letter_, text in zip("abcd", texts, strict=True):
        y = canvas.paragraph(_LEFT + 4, y, _RIGHT - _LEFT - 8, f"({letter_}) {text}", size=9) + 3
    canvas.text(_LEFT, y + 16, f"For {loan.parties.bank}", size=9.5)
    canvas.text(_LEFT, y + 52, "Branch Manager", size=9.5)
    canvas.rule(370, y + 40, _RIGHT, y + 40)
    canvas.text(370, y + 52, "Accepted (Borrower)", size=9.5)
