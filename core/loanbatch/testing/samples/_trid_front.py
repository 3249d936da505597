"""The first page's tables that Loan Estimate and Closing Disclosure share.

Source: forms H-24 and H-25 of Regulation Z (12 CFR 1026, appendix H).
"""

from __future__ import annotations

from decimal import Decimal

from attrs import frozen

from loanbatch.testing.samples._adjustable import AdjustableRate, Period
from loanbatch.testing.samples._canvas import Align, Canvas
from loanbatch.testing.samples._formats import (
    bare,
    cents,
    dollars,
    plain_percent,
    short_dollars,
    whole,
)
from loanbatch.testing.samples._mortgage import Mortgage

LEFT, RIGHT = 36.0, 576.0
#: Where the values of the tables begin, and the answers to the right of them.
_VALUES, _ANSWERS = 182.0, 290.0


@frozen(kw_only=True)
class TridStyle:
    """How the forms look: they differ in print, not in order."""

    family: str
    #: The font of what is filled in.
    fill: str
    #: White on black headings, or bold ones over a line.
    tabs: bool = True
    #: The loan pays off another one; the forms have other tables then.
    refinance: bool = False


STYLES = {
    "form": TridStyle(family="helvetica", fill="helvetica"),
    "serif": TridStyle(family="times", fill="times", tabs=False),
    "typed": TridStyle(family="helvetica", fill="courier"),
    "refinance": TridStyle(family="helvetica", fill="helvetica", refinance=True),
}


@frozen(kw_only=True)
class TridForm:
    """A form that is being filled in."""

    canvas: Canvas
    loan: Mortgage
    style: TridStyle
    #: Loan Estimate: amounts are rounded to dollars.
    estimate: bool
    #: None for a fixed rate.
    rate: AdjustableRate | None = None

    def fill(self, x: float, y: float, text: str, *, size: float = 9, align: Align = "L") -> None:
        """Write an answer."""
        smaller = size * 0.92 if self.style.fill == "courier" else size
        self.canvas.text(x, y, text, size=smaller, align=align, family=self.style.fill)

    def heading(self, y: float, title: str, *, left: float = LEFT, right: float = RIGHT) -> None:
        """Draw the heading of a table."""
        if self.style.tabs:
            self.canvas.tab(left, y, 144, title)
        else:
            self.canvas.text(left, y, title, size=11, bold=True)
        self.canvas.rule(left, y + 5, right, y + 5, weight=0.8)

    def amount(self, value: Decimal) -> str:
        """Write an amount as this form rounds it."""
        return short_dollars(whole(value)) if self.estimate else dollars(value)

    def rounded(self, value: Decimal) -> Decimal:
        """Round an amount as this form does."""
        return whole(value) if self.estimate else cents(value)

    def footer(self, name: str, page: int, pages: int) -> None:
        """Draw the line at the foot with the page number and the loan's id."""
        y = self.canvas.height - 22
        self.canvas.text(LEFT, y, name, size=7)
        text = f"PAGE {page} OF {pages} - LOAN ID # {self.loan.identifier}"
        self.canvas.text(RIGHT, y, text, size=7, align="R")


def loan_terms(form: TridForm, top: float) -> float:
    """Draw the loan terms; return where the table ends."""
    canvas, loan, truth = form.canvas, form.loan, form.canvas.truth
    form.heading(top, "Loan Terms")
    canvas.box(_ANSWERS - 6, top - 10, RIGHT, top + 4.5, fill=225)
    canvas.text(_ANSWERS, top, "Can this amount increase after closing?", size=9, bold=True)
    payment = loan.principal_and_interest
    rows = (
        (
            "Loan Amount",
            truth.money("loan_amount", loan.terms.amount, short_dollars(loan.terms.amount)),
        ),
        ("Interest Rate", truth.percent("note_rate_percent", loan.terms.rate)),
        ("Monthly Principal & Interest", truth.money("principal_and_interest_payment", payment)),
    )
    y = top + 20.0
    for label, value in rows:
        canvas.text(LEFT + 5, y, label, size=9, bold=True)
        form.fill(_VALUES + 8, y, value, size=12)
        height = _answer(form, label, y)
        canvas.rule(LEFT, y + height - 16, RIGHT, y + height - 16)
        y += height
    hint = "See Projected Payments below for your Estimated Total Monthly Payment"
    canvas.paragraph(LEFT + 5, y - 8, 138, hint, size=6, italic=True)
    return _features(form, y + 14)


def _answer(form: TridForm, label: str, y: float) -> float:
    """Draw whether a term can change; return the height of its row."""
    canvas, rate = form.canvas, form.rate
    if rate is None or label == "Loan Amount":
        canvas.text(_ANSWERS, y, "NO", size=10, bold=True)
        return 24.0
    canvas.text(_ANSWERS, y, "YES", size=10, bold=True)
    if label == "Interest Rate":
        highest = form.canvas.truth.percent("interest_rate_maximum_percent", rate.highest)
    else:
        most = form.rounded(rate.periods[-1].most)
        name = "principal_and_interest_payment_maximum"
        highest = form.canvas.truth.money(name, most, short_dollars(most))
    for index, line in enumerate(
        ("Adjusts every year starting in year 6", f"Can go as high as {highest} in year 8")
    ):
        canvas.text(_ANSWERS + 34, y + 11 * index, line, size=8.5)
    return 34.0


def _features(form: TridForm, y: float) -> float:
    canvas, truth, penalty = form.canvas, form.canvas.truth, form.loan.terms.prepayment_penalty
    canvas.box(_ANSWERS - 6, y - 11, RIGHT, y + 4, fill=225)
    canvas.text(_ANSWERS, y, "Does the loan have these features?", size=9, bold=True)
    y += 18
    canvas.text(LEFT + 5, y, "Prepayment Penalty", size=9, bold=True)
    answer = truth.plain("prepayment_penalty", bool(penalty), "YES" if penalty else "NO")
    canvas.text(_ANSWERS, y, answer, size=10, bold=True)
    if penalty:
        highest = truth.money("prepayment_penalty_maximum_amount", penalty, short_dollars(penalty))
        text = f"As high as {highest} if you pay off the loan during the first 2 years"
        canvas.paragraph(_ANSWERS + 40, y, 220, text, size=8.5)
    canvas.rule(LEFT, y + 14, RIGHT, y + 14)
    y += 26
    canvas.text(LEFT + 5, y, "Balloon Payment", size=9, bold=True)
    canvas.text(_ANSWERS, y, truth.plain("balloon_payment", False, "NO"), size=10, bold=True)
    canvas.rule(LEFT, y + 8, RIGHT, y + 8)
    return y + 8


def projected_payments(form: TridForm, top: float) -> float:
    """Draw the projected payments and the taxes below; return where the tables end."""
    canvas, loan = form.canvas, form.loan
    if form.rate is not None:
        return _taxes(form, adjustable_payments(form, form.rate, top) + 14)
    form.heading(top, "Projected Payments")
    years = loan.terms.months // 12
    insured_years = -(-loan.insured_months // 12)
    spans = [(1, insured_years), (insured_years + 1, years)] if insured_years else [(1, years)]
    column = (RIGHT - _VALUES) / len(spans)
    canvas.text(LEFT + 5, top + 17, "Payment Calculation", size=9, bold=True)
    labels = ("Principal & Interest", "Mortgage Insurance", "Estimated Escrow")
    for index, label in enumerate(labels):
        canvas.text(LEFT + 12, top + 38 + 19 * index, label, size=9)
    canvas.text(LEFT + 12, top + 85, "Amount can increase over time", size=6.5, italic=True)
    canvas.text(LEFT + 12, top + 101, "Estimated Total", size=9, bold=True)
    canvas.text(LEFT + 12, top + 112, "Monthly Payment", size=9, bold=True)
    for index, (first, last) in enumerate(spans):
        _period(form, (first, last), _VALUES + column * (index + 0.5), top)
    for y in (top + 23, top + 90, top + 118):
        canvas.rule(LEFT, y, RIGHT, y, weight=0.7)
    canvas.rule(_VALUES, top + 5, _VALUES, top + 118)
    return _taxes(form, top + 132)


def adjustable_payments(form: TridForm, rate: AdjustableRate, top: float) -> float:
    """Draw a column for each period, with the least and the most; return where the table ends."""
    canvas = form.canvas
    form.heading(top, "Projected Payments")
    canvas.text(LEFT + 5, top + 17, "Payment Calculation", size=9, bold=True)
    for label, offset in (
        ("Principal & Interest", 38),
        ("Mortgage Insurance", 62),
        ("Estimated Escrow", 80),
    ):
        canvas.text(LEFT + 12, top + offset, label, size=9)
    canvas.text(LEFT + 12, top + 101, "Estimated Total", size=9, bold=True)
    canvas.text(LEFT + 12, top + 112, "Monthly Payment", size=9, bold=True)
    column = (RIGHT - _VALUES) / len(rate.periods)
    for index, period in enumerate(rate.periods):
        _bounds(form, period, _VALUES + column * (index + 0.5), top)
        canvas.rule(_VALUES + column * index, top + 5, _VALUES + column * index, top + 118)
    for y in (top + 23, top + 88, top + 118):
        canvas.rule(LEFT, y, RIGHT, y, weight=0.7)
    return top + 118


def _bounds(form: TridForm, period: Period, middle: float, top: float) -> None:
    canvas, truth = form.canvas, form.canvas.truth
    least, most = form.rounded(period.least), form.rounded(period.most)
    escrow = form.rounded(form.loan.escrow)
    first, last = period.first_year, period.last_year
    head = f"Years {first}-{last}" if last > first else f"Year {first}"
    canvas.text(middle, top + 17, head, size=9, bold=True, align="C")
    fixed = least == most
    write = short_dollars
    texts = [write(period.least)] if fixed else [f"{write(least)} min", f"{write(most)} max"]
    for index, text in enumerate(texts):
        form.fill(middle + 30, top + 34 + 11 * index, text, size=8.5, align="R")
    form.fill(middle + 10, top + 62, "-", size=8.5, align="R")
    form.fill(middle + 10, top + 80, f"{escrow:,}", size=8.5, align="R")
    total, total_most = (
        form.rounded(value + form.loan.escrow) for value in (period.least, period.most)
    )
    totals = write(total) if fixed else f"{write(total)}-{write(total_most)}"
    form.fill(middle, top + 106, totals, size=9, align="C")
    if first == 1:
        truth.money("estimated_total_monthly_payment", total, write(total))
        truth.money("escrow_monthly_payment", escrow, f"{escrow:,}")
    cells = {
        "first_year": first,
        "last_year": last,
        "principal_and_interest_minimum": None if fixed else least,
        "principal_and_interest_maximum": period.most if fixed else most,
        "escrow": escrow,
        "total_minimum": None if fixed else total,
        "total_maximum": total_most,
    }
    truth.row("projected_payments", cells, head)


def _period(form: TridForm, years: tuple[int, int], middle: float, top: float) -> None:
    canvas, loan, truth = form.canvas, form.loan, form.canvas.truth
    first, last = years
    insured = first == 1 and loan.insured_months > 0
    premium = form.rounded(loan.terms.insurance_premium) if insured else Decimal(0)
    escrow = form.rounded(loan.escrow)
    total = form.rounded(loan.principal_and_interest + premium + escrow)
    write = (lambda value: f"{value:,}") if form.estimate else bare
    heading = f"Years {first}-{last}"
    canvas.text(middle, top + 17, heading, size=9, bold=True, align="C")
    texts = (
        dollars(loan.principal_and_interest),
        write(premium) if insured else "-",
        write(escrow),
    )
    for index, text in enumerate(texts):
        form.fill(middle + 30, top + 38 + 19 * index, text, align="R")
        if index:
            canvas.text(middle - 50, top + 38 + 19 * index, "+", size=9, bold=True)
    form.fill(middle + 30, top + 108, form.amount(total), size=12, align="R")
    if first == 1:
        truth.money("estimated_total_monthly_payment", total, form.amount(total))
        truth.money("escrow_monthly_payment", escrow, write(escrow))
        if insured:
            truth.money("mortgage_insurance_monthly_payment", premium, write(premium))
    cells = {
        "first_year": first,
        "last_year": last,
        "principal_and_interest_maximum": loan.principal_and_interest,
        "mortgage_insurance": premium if insured else None,
        "escrow": escrow,
        "total_maximum": total,
    }
    truth.row("projected_payments", cells, heading)


def _taxes(form: TridForm, y: float) -> float:
    canvas, loan, truth = form.canvas, form.loan, form.canvas.truth
    dues = loan.terms.association_dues
    total = form.rounded(loan.escrow + dues)
    canvas.text(LEFT + 5, y + 14, "Estimated Taxes, Insurance", size=9, bold=True)
    canvas.text(LEFT + 5, y + 25, "& Assessments", size=9, bold=True)
    canvas.text(LEFT + 5, y + 37, "Amount can increase over time", size=6.5, italic=True)
    form.fill(
        _VALUES + 8,
        y + 20,
        truth.money("estimated_taxes_insurance_assessments", total, form.amount(total)),
        size=12,
    )
    canvas.text(_VALUES + 8, y + 32, "a month", size=9)
    canvas.text(_ANSWERS, y, "This estimate includes", size=9, bold=True)
    canvas.text(RIGHT - 90, y, "In escrow?", size=9, bold=True)
    other = "Other: Homeowner's Association Dues" if dues else "Other:"
    items = (("Property Taxes", True), ("Homeowner's Insurance", True), (other, bool(dues)))
    for index, (label, ticked) in enumerate(items):
        line = y + 13 * (index + 1)
        canvas.check(_ANSWERS, line, label, ticked=ticked)
        if ticked:
            canvas.text(RIGHT - 90, line, "NO" if label is other else "YES", size=9, bold=True)
    canvas.rule(LEFT, y + 48, RIGHT, y + 48)
    return y + 48


def costs_at_closing(form: TridForm, top: float) -> None:
    """Draw closing costs and cash to close."""
    loan, truth = form.loan, form.canvas.truth
    name = "Estimated " if form.estimate else ""
    form.heading(top, "Costs at Closing")
    loan_costs = loan.estimated("ABC") if form.estimate else loan.loan_costs
    other_costs = loan.estimated("EFGH") if form.estimate else loan.other_costs
    credit = loan.terms.lender_credit
    closing = loan_costs + other_costs - credit
    detail = (
        f"Includes {form.amount(loan_costs)} in Loan Costs + {form.amount(other_costs)} in Other "
        f"Costs - {short_dollars(credit)} in Lender Credits. See page 2 for details."
    )
    truth.money("total_closing_costs", closing, form.amount(closing))
    truth.money("total_loan_costs", loan_costs, form.amount(loan_costs))
    truth.money("total_other_costs", other_costs, form.amount(other_costs))
    truth.money("lender_credits", credit, short_dollars(credit))
    if loan.payoffs:
        cash = abs(loan.estimated_cash_to_borrower if form.estimate else loan.cash_to_borrower)
    else:
        cash = loan.estimated_cash_to_close if form.estimate else loan.cash_to_close
    truth.money("cash_to_close", cash, form.amount(cash))
    page = 2 if form.estimate else 3
    more = f"Includes Closing Costs. See Calculating Cash to Close on page {page} for details."
    rows = (("Closing Costs", closing, detail), ("Cash to Close", cash, more))
    for index, (label, value, text) in enumerate(rows):
        y = top + 22 + 30 * index
        form.canvas.text(LEFT + 5, y, f"{name}{label}", size=9, bold=True)
        form.fill(_VALUES + 8, y, form.amount(value), size=12)
        form.canvas.paragraph(_ANSWERS, y, RIGHT - _ANSWERS, text, size=8)
        form.canvas.rule(LEFT, y + 13, RIGHT, y + 13)
    if loan.payoffs:
        direction_boxes(form, _VALUES + 8, top + 63)


def direction_boxes(form: TridForm, x: float, y: float, *, size: float = 8) -> None:
    """Draw who gets the cash of a refinance at closing."""
    loan = form.loan
    left = loan.estimated_cash_to_borrower if form.estimate else loan.cash_to_borrower
    form.canvas.check(x, y, "From", ticked=left < 0, size=size)
    form.canvas.check(x + 38, y, "To Borrower", ticked=left >= 0, size=size)
    direction = "to_borrower" if left >= 0 else "from_borrower"
    form.canvas.truth.plain("cash_to_close_direction", direction, "To Borrower")


def rate_text(value: Decimal) -> str:
    """Write APR and TIP: three decimals at most."""
    return f"{plain_percent(value)}%"
