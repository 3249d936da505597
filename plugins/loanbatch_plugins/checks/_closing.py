"""Rules about a Closing Disclosure: cash to close, summaries and loan calculations."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from loanbatch_plugins.checks._disclosures import is_level
from loanbatch_plugins.checks._facts import Facts, Row
from loanbatch_plugins.checks._rule import EXACT, RulePack, Tie, nearest, tie, total
from loanbatch_plugins.finance import (
    NAMED,
    Advance,
    PaymentSeries,
    annual_percentage_rate,
    level_payment,
    rounded,
)

RULES = RulePack()

_CD = ("closing_disclosure",)
_YEAR = 12
#: Of the annual percentage rate, percentage points: 12 CFR 1026.22(a)(2).
_RATE_TOLERANCE = Decimal("0.125")
_TERMS = ("loan_amount", "note_rate_percent", "loan_term_months", "principal_and_interest_payment")


def _row(facts: Facts, table: str, label: str, section: str = "") -> Row | None:
    """Return the first row of a table whose label begins so."""
    for row in facts.rows(table):
        if section in ("", row.text("section")) and row.text("label").casefold().startswith(label):
            return row
    return None


@RULES.rule(
    "cash_to_close_estimate_differs",
    kinds=_CD,
    needs=("cash_to_close_table",),
    claim="the rows of the Loan Estimate's column add up to its cash to close",
    source="12 CFR 1026.38(e), (i)",
)
def estimate_column(facts: Facts) -> Iterator[Tie]:
    """Whole dollars."""
    last = _row(facts, "cash_to_close_table", "cash to close")
    parts = [row for row in facts.rows("cash_to_close_table") if row is not last]
    if last is None or any(row.amount("loan_estimate") is None for row in (*parts, last)):
        return
    yield tie(
        expected=total(row.amount("loan_estimate") for row in parts),
        actual=last.amount("loan_estimate") or Decimal(0),
        within=Decimal(3),
        inputs=tuple(cell for row in (*parts, last) for cell in row.at("loan_estimate")),
    )


@RULES.rule(
    "cash_to_close_row_differs",
    kinds=_CD,
    needs=("cash_to_close_table",),
    claim="rows of the cash to close table repeat values that stand elsewhere",
    source="12 CFR 1026.38(i)(1), (2), (4), (9)",
)
def repeated_rows(facts: Facts) -> Iterator[Tie]:
    """Closing costs, cash to close, and what was paid before."""
    for label, name in (
        ("total closing costs", "total_closing_costs"),
        ("cash to close", "cash_to_close"),
    ):
        row = _row(facts, "cash_to_close_table", label)
        printed = None if row is None else row.amount("final")
        if row is not None and printed is not None and name in facts:
            yield tie(
                expected=abs(facts[name]), actual=abs(printed), inputs=(name, *row.at("final"))
            )
    row = _row(facts, "cash_to_close_table", "closing costs paid before")
    early = _paid_before(facts)
    if row is not None and row.amount("final") is not None and early:
        yield tie(
            expected=total(fee.amount("amount") for fee in early),
            actual=abs(row.amount("final") or Decimal(0)),
            inputs=(*row.at("final"), *(cell for fee in early for cell in fee.at("amount"))),
        )


def _paid_before(facts: Facts) -> list[Row]:
    return [
        row
        for row in facts.rows("fees")
        if row.text("paid_by") == "borrower" and row.text("paid_when") == "before_closing"
    ]


@RULES.rule(
    "down_payment_differs",
    kinds=_CD,
    needs=("cash_to_close_table", "sale_price", "loan_amount"),
    claim="the down payment is the sale price less the loan amount",
    source="12 CFR 1026.38(i)(4)(ii)(A); financed closing costs add to it",
)
def down_payment(facts: Facts) -> Iterator[Tie]:
    """Purchases."""
    row = _row(facts, "cash_to_close_table", "down payment")
    printed = None if row is None else row.amount("final")
    if row is None or printed is None or "purchase" not in facts.text("loan_purpose").casefold():
        return
    financed = _row(facts, "cash_to_close_table", "closing costs financed")
    extra = abs((financed.amount("final") if financed else None) or Decimal(0))
    plain = facts["sale_price"] - facts["loan_amount"]
    yield tie(
        expected=nearest(printed, (plain, plain + extra)),
        actual=printed,
        inputs=("sale_price", "loan_amount", *row.at("final")),
    )


@RULES.rule(
    "transaction_summary_differs",
    kinds=_CD,
    needs=("transaction_summary", "cash_to_close"),
    claim="what is due from the borrower less what is paid already is the cash to close",
    source="12 CFR 1026.38(j)(1) to (3)",
)
def summary(facts: Facts) -> Iterator[Tie]:
    """Sections K and L."""
    rows = facts.rows("transaction_summary")
    sides = {side: [row for row in rows if row.text("section") == side] for side in "KL"}
    if all(sides.values()) and all(row.amount("amount") is not None for row in rows):
        due, paid = (total(row.amount("amount") for row in sides[side]) for side in "KL")
        yield tie(
            expected=abs(due - paid),
            actual=abs(facts["cash_to_close"]),
            inputs=(
                "cash_to_close",
                *(cell for side in "KL" for row in sides[side] for cell in row.at("amount")),
            ),
        )


@RULES.rule(
    "transaction_summary_row_differs",
    kinds=_CD,
    needs=("transaction_summary",),
    claim="rows of the summaries of transactions repeat values that stand elsewhere",
    source="12 CFR 1026.38(j), (k)",
)
def summary_rows(facts: Facts) -> Iterator[Tie]:
    """Sale price and loan amount."""
    for section, label, name in (
        ("K", "sale price of property", "sale_price"),
        ("M", "sale price of property", "sale_price"),
        ("L", "loan amount", "loan_amount"),
    ):
        row = _row(facts, "transaction_summary", label, section)
        printed = None if row is None else row.amount("amount")
        if row is not None and printed is not None and name in facts:
            yield tie(expected=facts[name], actual=printed, inputs=(name, *row.at("amount")))


@RULES.rule(
    "points_differ",
    kinds=("closing_disclosure", "loan_estimate"),
    needs=("fees", "loan_amount"),
    claim="points are their percentage of the loan amount",
    source="12 CFR 1026.37(f)(1), 1026.38(f)(1)",
)
def points(facts: Facts) -> Iterator[Tie]:
    """Rows that tell a percentage; half a thousandth of a percent is lost in rounding."""
    for row in facts.rows("fees"):
        share, printed = row.amount("percent_of_loan"), row.amount("amount")
        if share and printed is not None:
            yield tie(
                expected=facts["loan_amount"] * share / 100,
                actual=printed,
                within=Decimal(1) + facts["loan_amount"] * Decimal("0.000005"),
                inputs=("loan_amount", *row.at("percent_of_loan", "amount")),
            )


def _insurance(facts: Facts) -> list[tuple[int, int, Decimal]]:
    """Return first month (from 0), months and amount of each period of mortgage insurance."""
    found = []
    for row in facts.rows("projected_payments"):
        first, last, amount = (
            row.amount(column) for column in ("first_year", "last_year", "mortgage_insurance")
        )
        if first and last and amount:
            start = int(first - 1) * _YEAR
            found.append((start, int(last) * _YEAR - start, amount))
    return found


def _is_plain(facts: Facts) -> bool:
    """Tell whether level payments repay the loan and mortgage insurance is known."""
    insured = facts.amount("mortgage_insurance_monthly_payment")
    return is_level(facts) and (not insured or bool(_insurance(facts)))


@RULES.rule(
    "total_of_payments_differs_from_schedule",
    kinds=_CD,
    needs=("total_of_payments", "total_loan_costs", *_TERMS),
    claim="payments, mortgage insurance and loan costs are the total of payments",
    source="12 CFR 1026.38(o)(1): prepaid interest included; when insurance ends is told in years",
)
def total_of_payments(facts: Facts) -> Iterator[Tie]:
    """From the payment before rounding, as the model form H-25(B) does."""
    if not _is_plain(facts):
        return
    amount, rate, term, _ = (facts[name] for name in _TERMS)
    insurance = _insurance(facts)
    paid = level_payment(amount, rate, int(term)) * term
    costs = facts["total_loan_costs"]
    prepaid = _prepaid_interest(facts)
    protected = total(months * part for _, months, part in insurance)
    slack = max((_YEAR * part for _, _, part in insurance), default=Decimal(0))
    printed = facts["total_of_payments"]
    month = amount * rate / 1200
    unknown = month if prepaid is None else Decimal(0)
    yield tie(
        expected=paid + protected + costs + (prepaid.amount("amount") or 0 if prepaid else 0),
        actual=printed,
        within=max(Decimal(2), term * EXACT) + slack + unknown,
        inputs=(
            "total_of_payments",
            "total_loan_costs",
            *_TERMS[:3],
            *(prepaid.at("amount") if prepaid else ()),
        ),
    )


def _prepaid_interest(facts: Facts) -> Row | None:
    for row in facts.rows("fees"):
        if row.text("section") == "F" and "interest" in row.text("label").casefold():
            return row if row.amount("amount") is not None else None
    return None


@RULES.rule(
    "annual_percentage_rate_differs",
    kinds=_CD,
    needs=("annual_percentage_rate_percent", "amount_financed", *_TERMS),
    claim="the annual percentage rate follows from amount financed and payments",
    source="12 CFR 1026.22(a)(2), appendix J; odd days before the first payment are not known",
)
def rate(facts: Facts) -> Iterator[Tie]:
    """One eighth of a percentage point."""
    printed = facts["annual_percentage_rate_percent"]
    if not _is_plain(facts) or facts["amount_financed"] <= 0:
        return
    start, month = date(2000, 1, 1), NAMED["month"]
    payment, term = rounded(facts["principal_and_interest_payment"]), int(facts["loan_term_months"])
    series = [
        PaymentSeries(amount=payment, first_date=month.after(start, 1), count=term, every=month)
    ]
    series += [
        PaymentSeries(
            amount=part, first_date=month.after(start, 1 + first), count=months, every=month
        )
        for first, months, part in _insurance(facts)
    ]
    try:
        found = annual_percentage_rate([Advance(facts["amount_financed"], start)], series)
    except ValueError:
        # More is financed than paid back: no rate at all.
        expected = Decimal(0)
    else:
        expected = found.percent
    yield tie(
        expected=expected,
        actual=printed,
        within=_RATE_TOLERANCE,
        inputs=("annual_percentage_rate_percent", "amount_financed", *_TERMS[2:]),
    )
