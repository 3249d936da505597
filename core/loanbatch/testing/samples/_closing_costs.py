"""Pages 2 and 3 of the Closing Disclosure: fees, cash to close, summaries of the transaction.

Source: form H-25 of Regulation Z (12 CFR 1026, appendix H).
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from loanbatch.testing.samples._formats import dollars, short_dollars, whole
from loanbatch.testing.samples._mortgage import Fee
from loanbatch.testing.samples._trid_front import LEFT, RIGHT, TridForm

_SECTIONS = {
    "A": "A. Origination Charges",
    "B": "B. Services Borrower Did Not Shop For",
    "C": "C. Services Borrower Did Shop For",
    "E": "E. Taxes and Other Government Fees",
    "F": "F. Prepaids",
    "G": "G. Initial Escrow Payment at Closing",
    "H": "H. Other",
}
#: Right ends of the five columns of amounts.
_COLUMNS = {
    ("borrower", "at_closing"): 352.0,
    ("borrower", "before_closing"): 408.0,
    ("seller", "at_closing"): 464.0,
    ("seller", "before_closing"): 520.0,
    ("other", "at_closing"): RIGHT - 2,
}
_LINE = 12.6


def closing_cost_details(form: TridForm) -> None:
    """Draw page 2."""
    canvas, loan = form.canvas, form.loan
    canvas.text(LEFT, 40, "Closing Cost Details", size=14, bold=True)
    _column_heads(form, 58)
    form.heading(72, "Loan Costs")
    y = 88.0
    for section in "ABC":
        y = _section(form, section, y, blank=1)
    before = loan.paid("ABC", when="before_closing")
    y = _total(form, y, "D", "D. TOTAL LOAN COSTS (Borrower-Paid)", loan.loan_costs)
    y = _subtotals(form, y, "Loan Costs Subtotals (A + B + C)", loan.loan_costs - before, before)
    form.heading(y + 16, "Other Costs")
    y += 33
    for section in "EFGH":
        y = _section(form, section, y, blank=1)
    y = _total(form, y, "I", "I. TOTAL OTHER COSTS (Borrower-Paid)", loan.other_costs)
    y = _subtotals(form, y, "Other Costs Subtotals (E + F + G + H)", loan.other_costs, Decimal(0))
    y = _total(form, y + 10, "J", "J. TOTAL CLOSING COSTS (Borrower-Paid)", loan.closing_costs)
    gross = loan.loan_costs + loan.other_costs
    y = _subtotals(form, y, "Closing Costs Subtotals (D + I)", gross - before, before)
    canvas.text(LEFT + 4, y, "Lender Credits", size=8)
    if loan.terms.lender_credit:
        form.fill(352, y, f"-{dollars(loan.terms.lender_credit)}", size=8, align="R")
    canvas.rule(LEFT, y + 4, RIGHT, y + 4)


def _column_heads(form: TridForm, y: float) -> None:
    canvas = form.canvas
    for middle, text in ((352.0, "Borrower-Paid"), (464.0, "Seller-Paid"), (550.0, "Paid by")):
        if form.style.refinance and text == "Seller-Paid":
            continue
        canvas.text(middle, y, text, size=8, bold=True, align="C")
    heads = (
        (326, "At Closing"),
        (382, "Before Closing"),
        (438, "At Closing"),
        (494, "Before Closing"),
        (550, "Others"),
    )
    for middle, text in heads:
        if form.style.refinance and middle in (438, 494):
            continue
        canvas.text(middle, y + 10, text, size=6.5, align="C")


def _section(form: TridForm, section: str, y: float, *, blank: int) -> float:
    canvas, loan, truth = form.canvas, form.loan, form.canvas.truth
    total = loan.paid(section)
    canvas.box(LEFT, y - 9, 412, y + 3.5, fill=228)
    canvas.text(LEFT + 4, y, _SECTIONS[section], size=8.5, bold=True)
    form.fill(352, y, dollars(total), size=8.5, align="C")
    if section == "A":
        truth.money("origination_charges", total)
    truth.row("section_totals", {"section": section, "amount": total}, dollars(total))
    fees = [fee for fee in loan.fees if fee.section == section]
    for number, fee in enumerate(fees, start=1):
        y += _LINE
        _fee(form, y, number, fee)
    for number in range(len(fees) + 1, len(fees) + 1 + blank):
        y += _LINE
        canvas.text(LEFT + 4, y, f"{number:02d}", size=8, grey=150)
        canvas.rule(LEFT, y + 3.5, RIGHT, y + 3.5, grey=190)
    return y + _LINE


def _fee(form: TridForm, y: float, number: int, fee: Fee) -> None:
    canvas, truth = form.canvas, form.canvas.truth
    canvas.text(LEFT + 4, y, f"{number:02d}", size=8, grey=150)
    to = f" to {fee.paid_to}" if fee.paid_to else ""
    size = 7.5 if len(fee.label + to) < 58 else 6.3
    canvas.text(LEFT + 18, y, f"{fee.label}{to}", size=size)
    text = dollars(fee.amount)
    form.fill(_COLUMNS[fee.paid_by, fee.paid_when], y, text, size=8, align="R")
    canvas.rule(LEFT, y + 3.5, RIGHT, y + 3.5, grey=190)
    cells = {
        "section": fee.section,
        "line": number,
        "label": fee.label.split(" (")[0].split(" $")[0] if fee.section != "A" else fee.label,
        "paid_to": fee.paid_to or None,
        "amount": fee.amount,
        "paid_by": fee.paid_by,
        "paid_when": fee.paid_when,
    }
    truth.row("fees", cells, f"{fee.label}{to}", text)


def _total(form: TridForm, y: float, section: str, label: str, amount: Decimal) -> float:
    form.canvas.box(LEFT, y - 9, 412, y + 3.5, fill=228)
    form.canvas.text(LEFT + 4, y, label, size=8.5, bold=True)
    form.fill(352, y, dollars(amount), size=8.5, align="C")
    form.canvas.truth.row("section_totals", {"section": section, "amount": amount}, dollars(amount))
    return y + _LINE


def _subtotals(form: TridForm, y: float, label: str, at: Decimal, before: Decimal) -> float:
    form.canvas.text(LEFT + 4, y, label, size=8)
    form.fill(352, y, dollars(at), size=8, align="R")
    if before:
        form.fill(408, y, dollars(before), size=8, align="R")
    form.canvas.rule(LEFT, y + 4, RIGHT, y + 4)
    return y + _LINE


def transaction_summaries(form: TridForm) -> None:
    """Draw page 3."""
    form.heading(52, "Calculating Cash to Close")
    form.canvas.text(
        195,
        52,
        "Use this table to see what has changed from your Loan Estimate.",
        size=9,
        bold=True,
    )
    y = _cash_to_close(form, 70)
    form.heading(y + 32, "Summaries of Transactions")
    form.canvas.text(
        195, y + 32, "Use this table to see a summary of your transaction.", size=9, bold=True
    )
    top = y + 50
    loan, terms = form.loan, form.loan.terms
    at_closing = loan.closing_costs - loan.paid_before
    due = (
        ("Sale Price of Property", terms.price),
        ("Closing Costs Paid at Closing (J)", at_closing),
        ("HOA Dues", loan.adjustment_to_seller),
    )
    credited = [("Deposit", terms.deposit), ("Loan Amount", terms.amount)]
    if terms.seller_credit:
        credited.append(("Seller Credit", terms.seller_credit))
    credited.append(("City/Town Taxes", loan.adjustment_to_borrower))
    form.canvas.text(LEFT + 4, top, "BORROWER'S TRANSACTION", size=8, bold=True)
    y = _summary(form, LEFT, top + 15, "K. Due from Borrower at Closing", due)
    y = _summary(
        form, LEFT, y + 12, "L. Paid Already by or on Behalf of Borrower at Closing", credited
    )
    _calculation(form, y + 14)
    _seller_side(form, top)


def payoffs_and_payments(form: TridForm) -> None:
    """Draw page 3 of a refinance: what is paid off, and the cash that is left."""
    canvas, loan, truth = form.canvas, form.loan, form.canvas.truth
    form.heading(52, "Payoffs and Payments")
    text = "Use this table to see a summary of your payoffs and payments to others from your loan amount."
    canvas.text(195, 52, text, size=7.5, bold=True)
    canvas.text(LEFT + 4, 72, "TO", size=8, bold=True)
    canvas.text(RIGHT - 3, 72, "AMOUNT", size=8, bold=True, align="R")
    y = 72.0
    for number in range(1, 16):
        y += 14
        canvas.text(LEFT + 4, y, f"{number:02d}", size=8, grey=150)
        if number <= len(loan.payoffs):
            label, amount = loan.payoffs[number - 1]
            canvas.text(LEFT + 18, y, label, size=8)
            form.fill(RIGHT - 3, y, dollars(amount), size=8, align="R")
        canvas.rule(LEFT, y + 4, RIGHT, y + 4, grey=190)
    y += 16
    total = truth.money("total_payoffs_and_payments", loan.total_payoffs)
    canvas.box(LEFT, y - 9, RIGHT, y + 4, fill=228)
    canvas.text(LEFT + 4, y, "K. TOTAL PAYOFFS AND PAYMENTS", size=8.5, bold=True)
    form.fill(RIGHT - 3, y, total, size=8.5, align="R")
    _refinance_cash(form, y + 44)


def _refinance_cash(form: TridForm, y: float) -> None:
    canvas, loan = form.canvas, form.loan
    form.heading(y, "Calculating Cash to Close")
    text = "Use this table to see what has changed from your Loan Estimate."
    canvas.text(195, y, text, size=9, bold=True)
    y += 18
    for x, head in ((225, "Loan Estimate"), (300, "Final")):
        canvas.text(x, y, head, size=8.5, bold=True, align="R")
    canvas.text(318, y, "Did this change?", size=8.5, bold=True)
    payoffs, zero = loan.total_payoffs, Decimal(0)
    rows = (
        ("Loan Amount", loan.terms.amount, loan.terms.amount),
        ("Total Closing Costs (J)", -loan.estimated_closing_costs, -loan.closing_costs),
        ("Closing Costs Paid Before Closing", zero, loan.paid_before),
        ("Total Payoffs and Payments (K)", -whole(payoffs), -payoffs),
    )
    for label, before, final in rows:
        y += 17
        canvas.text(LEFT + 4, y, label, size=8)
        for x, amount in ((225, before), (300, final)):
            form.fill(x, y, _signed(amount), size=8.5, align="R")
        canvas.text(318, y, "NO" if before == final else "YES", size=8.5, bold=True)
        canvas.rule(LEFT, y + 4.5, RIGHT, y + 4.5)
        cells = {
            "label": label,
            "loan_estimate": before,
            "final": final,
            "changed": before != final,
        }
        canvas.truth.row("cash_to_close_table", cells, _signed(final))
    y += 20
    canvas.text(LEFT + 4, y, "Cash to Close", size=8.5, bold=True)
    for x, amount in ((225, loan.estimated_cash_to_borrower), (300, loan.cash_to_borrower)):
        form.fill(x, y, dollars(abs(amount)), size=8.5, align="R")
        canvas.check(x - 62, y + 12, "From", ticked=amount < 0, size=6.5)
        canvas.check(x - 36, y + 12, "To Borrower", ticked=amount >= 0, size=6.5)
    canvas.rule(LEFT, y + 17, RIGHT, y + 17)


def _cash_to_close(form: TridForm, y: float) -> float:
    canvas, loan, terms = form.canvas, form.loan, form.loan.terms
    for x, text in ((225, "Loan Estimate"), (300, "Final")):
        canvas.text(x, y, text, size=8.5, bold=True, align="R")
    canvas.text(318, y, "Did this change?", size=8.5, bold=True)
    zero = Decimal(0)
    rows = [
        ("Total Closing Costs (J)", loan.estimated_closing_costs, loan.closing_costs),
        ("Closing Costs Paid Before Closing", zero, -loan.paid_before),
        ("Closing Costs Financed (Paid from your Loan Amount)", zero, zero),
        ("Down Payment/Funds from Borrower", loan.down_payment, loan.down_payment),
        ("Deposit", -terms.deposit, -terms.deposit),
        ("Funds for Borrower", zero, zero),
        ("Seller Credits", zero, -terms.seller_credit),
        ("Adjustments and Other Credits", zero, loan.adjustments),
    ]
    rows.append(("Cash to Close", sum((row[1] for row in rows), zero), loan.cash_to_close))
    for label, before, final in rows:
        y += 17
        bold = label == "Cash to Close"
        changed = before != final
        if len(label) > 40:
            canvas.text(LEFT + 4, y - 5.5, label.split(" (")[0], size=7)
            canvas.text(LEFT + 4, y + 2, "(" + label.split(" (")[1], size=7)
        else:
            canvas.text(LEFT + 4, y, label, size=8, bold=bold)
        texts = (_signed(before), _signed(final))
        for x, text in zip((225, 300), texts, strict=True):
            form.fill(x, y, text, size=8.5, align="R")
        if not bold:
            canvas.text(318, y, "YES" if changed else "NO", size=8.5, bold=True)
        canvas.rule(LEFT, y + 4.5, RIGHT, y + 4.5)
        cells = {"label": label, "loan_estimate": before, "final": final}
        if not bold:
            cells["changed"] = changed
        canvas.truth.row("cash_to_close_table", cells, texts[1])
    return y


def _signed(amount: Decimal) -> str:
    if not amount:
        return "$0"
    sign = "- " if amount < 0 else ""
    return f"{sign}{dollars(abs(amount))}"


def _summary(
    form: TridForm, left: float, y: float, title: str, lines: Sequence[tuple[str, Decimal]]
) -> float:
    canvas, right = form.canvas, left + 262
    total = sum((amount for _, amount in lines), Decimal(0))
    canvas.box(left, y - 9, right, y + 4, fill=228)
    canvas.text(left + 4, y, title, size=8, bold=True)
    form.fill(right - 3, y, dollars(total), size=8, align="R")
    for number, (label, amount) in enumerate(lines, start=1):
        y += 14
        canvas.text(left + 4, y, f"{number:02d}", size=8, grey=150)
        canvas.text(left + 18, y, label, size=8)
        form.fill(right - 3, y, dollars(amount), size=8, align="R")
        canvas.rule(left, y + 4, right, y + 4, grey=190)
        cells = {"section": title[0], "label": label, "amount": amount}
        canvas.truth.row("transaction_summary", cells, label, dollars(amount))
    return y + 14


def _calculation(form: TridForm, y: float) -> None:
    canvas, loan = form.canvas, form.loan
    cash = loan.cash_to_close
    due = loan.terms.price + loan.closing_costs - loan.paid_before + loan.adjustment_to_seller
    canvas.text(LEFT + 4, y, "CALCULATION", size=8, bold=True)
    rows = (
        ("Total Due from Borrower at Closing (K)", due),
        ("Total Paid Already by or on Behalf of Borrower at Closing (L)", cash - due),
    )
    for label, amount in rows:
        y += 14
        canvas.text(LEFT + 4, y, label, size=7.5)
        form.fill(LEFT + 259, y, _signed(amount), size=8, align="R")
    y += 17
    canvas.text(LEFT + 4, y, "Cash to Close", size=9, bold=True)
    canvas.check(LEFT + 72, y, "From", ticked=cash >= 0)
    canvas.check(LEFT + 110, y, "To Borrower", ticked=cash < 0)
    form.fill(LEFT + 259, y, dollars(abs(cash)), size=9, align="R")
    direction = "from_borrower" if cash >= 0 else "to_borrower"
    canvas.truth.plain("cash_to_close_direction", direction, "To Borrower")


def _seller_side(form: TridForm, top: float) -> None:
    loan, left = form.loan, 314.0
    form.canvas.text(left + 4, top, "SELLER'S TRANSACTION", size=8, bold=True)
    due = (("Sale Price of Property", loan.terms.price), ("HOA Dues", loan.adjustment_to_seller))
    y = _summary(form, left, top + 15, "M. Due to Seller at Closing", due)
    owed = [
        ("Closing Costs Paid at Closing (J)", loan.paid("ABCEFGH", by="seller")),
        ("Payoff of First Mortgage Loan", whole(loan.terms.price / 2)),
    ]
    if loan.terms.seller_credit:
        owed.append(("Seller Credit", loan.terms.seller_credit))
    owed.append(("City/Town Taxes", loan.adjustment_to_borrower))
    y = _summary(form, left, y + 12, "N. Due from Seller at Closing", owed)
    proceeds = sum((a for _, a in due), Decimal(0)) - sum((a for _, a in owed), Decimal(0))
    form.canvas.text(left + 4, y + 31, "Cash", size=9, bold=True)
    form.canvas.check(left + 32, y + 31, "From", ticked=proceeds < 0)
    form.canvas.check(left + 70, y + 31, "To Seller", ticked=proceeds >= 0)
    form.fill(left + 259, y + 31, short_dollars(abs(proceeds)), size=9, align="R")
