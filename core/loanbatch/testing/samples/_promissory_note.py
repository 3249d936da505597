"""A fixed-rate note: the values stand in running text."""

from __future__ import annotations

from decimal import Decimal

from loanbatch.testing.samples._arithmetic import months_later
from loanbatch.testing.samples._canvas import Canvas
from loanbatch.testing.samples._formats import in_words, long_date, plain_percent
from loanbatch.testing.samples._mortgage import Mortgage

#: Font by style.
STYLES = {"agency": "times", "modern": "helvetica", "typewriter": "courier"}

_LEFT, _WIDTH = 72.0, 468.0


def draw(canvas: Canvas, loan: Mortgage, style: str) -> None:
    """Draw the note on as many pages as it needs."""
    canvas.family = STYLES[style]
    canvas.new_page()
    size = 10.5 if style != "typewriter" else 9.5
    y = _head(canvas, loan, style)
    for title, paragraphs in _sections(canvas, loan, modern=style == "modern"):
        if y > canvas.height - 150:
            canvas.new_page()
            y = 80.0
        canvas.text(_LEFT, y, title, size=size + 0.5, bold=True)
        y += size * 1.5
        for text in paragraphs:
            y = canvas.paragraph(_LEFT, y, _WIDTH, text, size=size) + size * 0.6
        y += size * 0.6
    _signatures(canvas, loan, y)


def _head(canvas: Canvas, loan: Mortgage, style: str) -> float:
    truth = canvas.truth
    canvas.text(
        canvas.width / 2,
        70,
        "NOTE" if style == "agency" else "PROMISSORY NOTE",
        size=15,
        bold=True,
        align="C",
    )
    day = truth.date("note_date", loan.closing, long_date(loan.closing))
    place = loan.lender.address[1].rsplit(" ", 1)[0]
    truth.address("property_address", loan.property_lines)
    where = ", ".join(loan.property_lines)
    if style == "modern":
        canvas.text(_LEFT, 96, f"Date: {day}", size=10)
        canvas.text(
            _LEFT, 111, f"Loan Number: {truth.plain('loan_identifier', loan.identifier)}", size=10
        )
        canvas.text(_LEFT, 126, f"Property Address: {where}", size=10)
        return 156.0
    canvas.text(_LEFT, 104, day, size=10.5)
    canvas.text(_LEFT + _WIDTH, 104, place, size=10.5, align="R")
    canvas.text(_LEFT, 116, "[Date]", size=8)
    canvas.text(_LEFT + _WIDTH, 116, "[City, State]", size=8, align="R")
    canvas.text(_LEFT, 138, where, size=10.5)
    canvas.text(_LEFT, 150, "[Property Address]", size=8)
    return 178.0


def _sections(canvas: Canvas, loan: Mortgage, *, modern: bool) -> list[tuple[str, list[str]]]:
    truth, terms = canvas.truth, loan.terms
    first, last = loan.first_payment, months_later(loan.first_payment, terms.months - 1)
    amount = truth.money("loan_amount", terms.amount)
    lender = truth.plain("lender_name", loan.lender.name)
    rate = truth.percent("note_rate_percent", terms.rate, f"{plain_percent(terms.rate)}%")
    begins = truth.date("first_payment_date", first, long_date(first))
    matures = truth.date("maturity_date", last, long_date(last))
    due = truth.money("principal_and_interest_payment", loan.principal_and_interest)
    days = truth.plain("late_fee_days", 15, "15")
    late = truth.percent("late_fee_percent", Decimal(terms.late_fee_percent))
    truth.plain("prepayment_penalty", False)
    words = f"{in_words(int(terms.amount))} and {int(terms.amount % 1 * 100):02d}/100 Dollars"
    promise = (
        f"For value received, the undersigned promise to pay to the order of {lender} the principal sum of {words} ({amount}), together with interest."
        if modern
        else f'In return for a loan that I have received, I promise to pay U.S. {amount} (this amount is called "Principal"), plus interest, to the order of the Lender. The Lender is {lender.rstrip(".")}.'
    )
    return [
        ("1. BORROWER'S PROMISE TO PAY", [promise]),
        (
            "2. INTEREST",
            [
                f"Interest will be charged on unpaid principal until the full amount of Principal has been paid. I will pay interest at a yearly rate of {rate}."
            ],
        ),
        (
            "3. PAYMENTS",
            [
                f'I will pay principal and interest by making a payment every month. I will make my monthly payment on the 1st day of each month beginning on {begins}. If, on {matures}, I still owe amounts under this Note, I will pay those amounts in full on that date, which is called the "Maturity Date."',
                f"My monthly payment will be in the amount of U.S. {due}.",
            ],
        ),
        (
            "4. BORROWER'S RIGHT TO PREPAY",
            [
                "I have the right to make payments of Principal at any time before they are due. I may make a full prepayment or partial prepayments without paying a prepayment charge."
            ],
        ),
        (
            "5. LOAN CHARGES",
            [
                "If a law which sets maximum loan charges is finally interpreted so that the charges collected exceed the permitted limits, the charge shall be reduced to the permitted limit and any excess shall be refunded to me."
            ],
        ),
        (
            "6. BORROWER'S FAILURE TO PAY AS REQUIRED",
            [
                f"If the Note Holder has not received the full amount of any monthly payment by the end of {days} calendar days after the date it is due, I will pay a late charge to the Note Holder. The amount of the charge will be {late} of my overdue payment of principal and interest.",
                "If I do not pay the full amount of each monthly payment on the date it is due, I will be in default.",
            ],
        ),
        (
            "7. GIVING OF NOTICES",
            [
                "Any notice that must be given to me under this Note will be given by delivering it or by mailing it by first class mail to the Property Address above."
            ],
        ),
        (
            "8. OBLIGATIONS OF PERSONS UNDER THIS NOTE",
            [
                "If more than one person signs this Note, each person is fully and personally obligated to keep all of the promises made in it."
            ],
        ),
    ]


def _signatures(canvas: Canvas, loan: Mortgage, y: float) -> None:
    names = [person.name for person in loan.borrowers]
    y += 30
    for name in names:
        canvas.rule(_LEFT + 200, y, _LEFT + _WIDTH, y)
        canvas.text(_LEFT + 200, y + 12, f"{name}", size=10)
        canvas.text(_LEFT + _WIDTH, y + 12, "- Borrower", size=10, align="R")
        y += 44
    canvas.truth.names("borrower_names", names, *names)
