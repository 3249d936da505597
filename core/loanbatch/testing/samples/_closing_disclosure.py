"""The Closing Disclosure: pages 1, 4 and 5; pages 2 and 3 are in `_closing_costs`.

Source: form H-25 of Regulation Z (12 CFR 1026, appendix H).
"""

from __future__ import annotations

from collections.abc import Iterator

from loanbatch.testing.samples._canvas import Canvas
from loanbatch.testing.samples._closing_costs import (
    closing_cost_details,
    payoffs_and_payments,
    transaction_summaries,
)
from loanbatch.testing.samples._formats import dollars, plain_percent, short_dollars
from loanbatch.testing.samples._mortgage import Mortgage, refinanced
from loanbatch.testing.samples._people import Firm
from loanbatch.testing.samples._trid_front import (
    LEFT,
    RIGHT,
    STYLES,
    TridForm,
    costs_at_closing,
    loan_terms,
    projected_payments,
    rate_text,
)

_NAME = "CLOSING DISCLOSURE"
_PAGES = 5


def draw(canvas: Canvas, loan: Mortgage, style: str) -> None:
    """Draw the five pages."""
    refinance = STYLES[style].refinance
    if refinance:
        loan = refinanced(loan)
    form = TridForm(canvas=canvas, loan=loan, style=STYLES[style], estimate=False)
    pages = (
        _first_page,
        closing_cost_details,
        payoffs_and_payments if refinance else transaction_summaries,
        _loan_disclosures,
        _calculations,
    )
    for number, page in enumerate(pages, start=1):
        canvas.new_page()
        page(form)
        form.footer(_NAME, number, _PAGES)


def _first_page(form: TridForm) -> None:
    canvas = form.canvas
    canvas.text(LEFT, 60, "Closing Disclosure", size=18, bold=True)
    text = "This form is a statement of final loan terms and closing costs. Compare this document with your Loan Estimate."
    canvas.paragraph(265, 50, 300, text, size=9, italic=True)
    canvas.rule(LEFT, 70, RIGHT, 70, weight=1.5)
    _closing_information(form, 88)
    _transaction_information(form, 88)
    _loan_information(form, 88)
    bottom = loan_terms(form, 215)
    bottom = projected_payments(form, bottom + 26)
    costs_at_closing(form, bottom + 24)


def _labelled(form: TridForm, x: float, y: float, label: str, value: str, *, gap: float) -> None:
    size = 7.5 if len(label) < 20 else 6.2
    form.canvas.text(x, y, label, size=size, bold=True)
    form.fill(x + gap, y, value, size=8.5)


def _closing_information(form: TridForm, y: float) -> None:
    loan, truth = form.loan, form.canvas.truth
    form.canvas.text(LEFT, y, "Closing Information", size=9.5)
    truth.address("property_address", loan.property_lines)
    rows = (
        ("Date Issued", truth.date("date_issued", loan.issued)),
        ("Closing Date", truth.date("closing_date", loan.closing)),
        ("Disbursement Date", truth.date("disbursement_date", loan.closing)),
        ("Settlement Agent", truth.plain("settlement_agent_name", loan.agent.name)),
        ("File #", truth.plain("settlement_file_number", loan.file_number)),
        ("Property", loan.property_lines[0]),
        ("", loan.property_lines[1]),
        _price(form),
    )
    for index, (label, value) in enumerate(rows):
        _labelled(form, LEFT, y + 14 + 11.5 * index, label, value, gap=75)


def _price(form: TridForm) -> tuple[str, str]:
    price = form.loan.terms.price
    label, name = "Sale Price", "sale_price"
    if form.style.refinance:
        label, name = "Appraised Prop. Value", "appraised_value"
    return label, form.canvas.truth.money(name, price, short_dollars(price))


def _transaction_information(form: TridForm, y: float) -> None:
    loan, truth = form.loan, form.canvas.truth
    form.canvas.text(228, y, "Transaction Information", size=9.5)
    borrowers = [person.name for person in loan.borrowers]
    rows = [
        ("Borrower", truth.names("borrower_names", borrowers)),
        ("", loan.borrowers[0].address[0]),
        ("", loan.borrowers[0].address[1]),
    ]
    if loan.sellers:
        sellers = [person.name for person in loan.sellers]
        rows += [
            ("Seller", truth.names("seller_names", sellers)),
            ("", loan.sellers[0].address[0]),
            ("", loan.sellers[0].address[1]),
        ]
    rows.append(("Lender", truth.plain("lender_name", loan.lender.name)))
    lines = [part for label, value in rows for part in _in_the_column(label, value)]
    for index, (label, value) in enumerate(lines):
        _labelled(form, 228, y + 14 + 11.5 * index, label, value, gap=46)


def _in_the_column(label: str, value: str) -> Iterator[tuple[str, str]]:
    """Break names where they would run into the next column."""
    if len(value) > 30 and " and " in value:
        first, second = value.split(" and ")
        yield label, f"{first} and"
        yield "", second
    else:
        yield label, value


def _loan_information(form: TridForm, y: float) -> None:
    canvas, loan, truth = form.canvas, form.loan, form.canvas.truth
    canvas.text(432, y, "Loan Information", size=9.5)
    years = loan.terms.months // 12
    rows = (
        ("Loan Term", truth.plain("loan_term_months", loan.terms.months, f"{years} years")),
        ("Purpose", truth.plain("loan_purpose", "Refinance" if loan.payoffs else "Purchase")),
        ("Product", truth.plain("loan_product", "Fixed Rate")),
    )
    for index, (label, value) in enumerate(rows):
        _labelled(form, 432, y + 14 + 11.5 * index, label, value, gap=48)
    canvas.text(432, y + 54, "Loan Type", size=7.5, bold=True)
    truth.plain("mortgage_type", loan.mortgage_type)
    canvas.check(480, y + 54, "Conventional", ticked=True, size=8)
    canvas.check(545, y + 54, "FHA", ticked=False, size=8)
    canvas.check(480, y + 66, "VA", ticked=False, size=8)
    canvas.tick_box(506, y + 66, ticked=False, size=8)
    canvas.text(516, y + 66, "____________", size=8)
    _labelled(
        form, 432, y + 80, "Loan ID #", truth.plain("loan_identifier", loan.identifier), gap=48
    )
    if loan.terms.insurance_premium:
        number = truth.plain("mortgage_insurance_case_number", loan.case_number)
        _labelled(form, 432, y + 92, "MIC #", number, gap=48)


def _loan_disclosures(form: TridForm) -> None:
    canvas, loan, truth = form.canvas, form.loan, form.canvas.truth
    canvas.text(LEFT, 48, "Additional Information About This Loan", size=14, bold=True)
    form.heading(74, "Loan Disclosures", right=300)
    days = truth.plain("late_fee_days", 15, "15")
    late = truth.percent("late_fee_percent", loan.terms.late_fee_percent)
    blocks = (
        (
            "Assumption",
            "If you sell or transfer this property to another person, your lender will not allow assumption of this loan on the original terms.",
        ),
        ("Demand Feature", "Your loan does not have a demand feature."),
        (
            "Late Payment",
            f"If your payment is more than {days} days late, your lender will charge a late fee of {late} of the monthly principal and interest payment.",
        ),
        ("Negative Amortization", "You do not have a negative amortization feature."),
        (
            "Partial Payments",
            "Your lender may accept payments that are less than the full amount due and apply them to your loan.",
        ),
        (
            "Security Interest",
            f"You are granting a security interest in {', '.join(loan.property_lines)}. You may lose this property if you do not make your payments.",
        ),
    )
    y = 96.0
    for title, text in blocks:
        canvas.text(LEFT, y, title, size=9, bold=True)
        y = canvas.paragraph(LEFT, y + 12, 255, text, size=8.5) + 10
    _escrow_account(form)


def _escrow_account(form: TridForm) -> None:
    canvas, loan = form.canvas, form.loan
    canvas.text(315, 96, "Escrow Account", size=9, bold=True)
    canvas.text(315, 109, "For now, your loan", size=8.5, bold=True)
    canvas.check(315, 122, "will have an escrow account to pay the costs below.", ticked=True)
    canvas.check(315, 135, "will not have an escrow account.", ticked=False)
    rows = (
        ("Escrowed Property Costs over Year 1", loan.escrow * 11),
        ("Non-Escrowed Property Costs over Year 1", loan.terms.association_dues * 11),
        ("Initial Escrow Payment", loan.paid("G")),
        ("Monthly Escrow Payment", loan.escrow),
    )
    for index, (label, amount) in enumerate(rows):
        y = 165 + index * 28
        canvas.paragraph(318, y, 110, label, size=8.5)
        form.fill(490, y, dollars(amount), align="R")
        canvas.rule(315, y + 15, RIGHT, y + 15)


def _calculations(form: TridForm) -> None:
    canvas, loan, truth = form.canvas, form.loan, form.canvas.truth
    form.heading(52, "Loan Calculations", right=300)
    rows = (
        (
            "Total of Payments.",
            "Total you will have paid after you make all payments of principal, interest, mortgage insurance, and loan costs, as scheduled.",
            truth.money("total_of_payments", loan.total_of_payments),
        ),
        (
            "Finance Charge.",
            "The dollar amount the loan will cost you.",
            truth.money("finance_charge", loan.finance_charge),
        ),
        (
            "Amount Financed.",
            "The loan amount available after paying your upfront finance charge.",
            truth.money("amount_financed", loan.amount_financed),
        ),
        (
            "Annual Percentage Rate (APR).",
            "Your costs over the loan term expressed as a rate. This is not your interest rate.",
            truth.percent("annual_percentage_rate_percent", loan.apr, rate_text(loan.apr)),
        ),
        (
            "Total Interest Percentage (TIP).",
            "The total amount of interest that you will pay over the loan term as a percentage of your loan amount.",
            truth.percent(
                "total_interest_percentage",
                loan.total_interest_percentage,
                f"{plain_percent(loan.total_interest_percentage)}%",
            ),
        ),
    )
    y = 74.0
    for title, text, value in rows:
        end = canvas.paragraph(LEFT + 4, y, 195, f"{title} {text}", size=8.5)
        form.fill(294, end - 10, value, size=9.5, align="R")
        canvas.rule(LEFT, end - 4, 300, end - 4)
        y = end + 10
    canvas.rule(238, 57, 238, y - 14)
    _other_disclosures(form)
    _contacts(form, 420)
    form.heading(656, "Confirm Receipt")
    text = "By signing, you are only confirming that you have received this form. You do not have to accept this loan because you have signed or received this form."
    canvas.paragraph(LEFT, 674, RIGHT - LEFT, text, size=8.5)
    for x, who in ((LEFT, "Applicant Signature"), (315, "Co-Applicant Signature")):
        canvas.rule(x, 735, x + 255, 735)
        canvas.text(x, 745, who, size=8.5)
        canvas.text(x + 180, 745, "Date", size=8.5)


def _other_disclosures(form: TridForm) -> None:
    canvas = form.canvas
    form.heading(52, "Other Disclosures", left=315)
    blocks = (
        (
            "Appraisal",
            "If the property was appraised for your loan, your lender is required to give you a copy at no additional cost at least 3 days before closing.",
        ),
        (
            "Contract Details",
            "See your note and security instrument for information about what happens if you fail to make your payments and what is a default on the loan.",
        ),
        (
            "Refinance",
            "Refinancing this loan will depend on your future financial situation, the property value, and market conditions.",
        ),
        (
            "Tax Deductions",
            "If you borrow more than this property is worth, the interest on the loan amount above its value is not deductible from your federal income taxes.",
        ),
    )
    y = 74.0
    for title, text in blocks:
        canvas.text(315, y, title, size=8.5, bold=True)
        y = canvas.paragraph(315, y + 11, 258, text, size=8.5) + 9


_CONTACT_ROWS = (
    "Name",
    "Address",
    "NMLS ID",
    "ST License ID",
    "Contact",
    "Contact NMLS ID",
    "Contact ST License ID",
    "Email",
    "Phone",
)


def _contacts(form: TridForm, top: float) -> None:
    canvas, loan, truth = form.canvas, form.loan, form.canvas.truth
    form.heading(top, "Contact Information")
    columns: tuple[tuple[str, Firm | None], ...] = (
        ("Lender", loan.lender),
        ("Mortgage Broker", None),
        ("Real Estate Broker (B)", loan.broker_buyer),
        ("Real Estate Broker (S)", loan.broker_seller),
        ("Settlement Agent", loan.agent),
    )
    heights = (26, 26, 15, 15, 15, 15, 24, 15, 15)
    y = top + 34.0
    baselines = []
    for label, height in zip(_CONTACT_ROWS, heights, strict=True):
        canvas.rule(LEFT, y - 9, RIGHT, y - 9, grey=150)
        canvas.paragraph(LEFT + 4, y, 72, label, size=7.5, bold=True)
        baselines.append(y)
        y += height
    canvas.rule(LEFT, y - 9, RIGHT, y - 9)
    for index, (role, firm) in enumerate(columns):
        x = 120 + index * 92
        canvas.rule(x - 4, top + 5, x - 4, y - 9)
        canvas.paragraph(x, top + 14, 86, role, size=7.5, bold=True)
        if firm is None:
            continue
        number = firm.number.replace("-", "")[-7:]
        texts = (firm.name, *firm.address, number, firm.contact, firm.email, firm.phone)
        places = (0, 1, 1, 2 if role == "Lender" else 3, 4, 7, 8)
        for place, (text, row) in enumerate(zip(texts, places, strict=True)):
            size = 7.0 if form.style.fill != "courier" else 5.5
            lines = canvas.broken(text, 88, size=7) if row == 0 else (text,)
            offset = 9 if place == 2 else 0
            for step, line in enumerate(lines):
                canvas.text(
                    x, baselines[row] + offset + 9 * step, line, size=size, family=form.style.fill
                )
        cells = {
            "role": role,
            "name": firm.name,
            "address": ", ".join(firm.address),
            "nmls_id" if role == "Lender" else "license_id": number,
            "contact_name": firm.contact,
            "email": firm.email,
            "phone": firm.phone,
        }
        truth.row("contacts", cells, firm.contact, firm.phone)
