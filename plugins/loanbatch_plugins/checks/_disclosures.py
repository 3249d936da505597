"""Rules about the Loan Estimate and the Closing Disclosure (Regulation Z, 12 CFR 1026.37, 38)."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal

from loanbatch_plugins.checks._facts import Facts, Row
from loanbatch_plugins.checks._rule import EXACT, RulePack, Tie, tie, total
from loanbatch_plugins.finance import (
    MOST_PAYMENTS,
    MOST_PERCENT,
    amortization_schedule,
    level_payment,
)

RULES = RulePack()

_CD = ("closing_disclosure",)
_BOTH = ("closing_disclosure", "loan_estimate")
#: Rounded parts of a rounded sum: half a dollar each.
_DOLLARS = Decimal(2)
#: Products whose payment changes: 12 CFR 1026.37(a)(10).
_ADJUSTABLE = re.compile(
    r"\b(arm|adjust|step|graduated|interest.only|variable|tasa ajust)", re.IGNORECASE
)
_TOLERANCES = {"closing_disclosure": EXACT, "loan_estimate": _DOLLARS}


def _sections(facts: Facts) -> dict[str, tuple[str, Decimal]]:
    """Return path and total of each section of the fees, by letter."""
    found: dict[str, tuple[str, Decimal]] = {}
    for row in facts.rows("section_totals"):
        amount = row.amount("amount")
        if amount is not None:
            found[row.text("section")] = (f"{row.path}.amount", amount)
    return found


@RULES.rule(
    "fees_differ_from_section",
    kinds=_CD,
    needs=("fees", "section_totals"),
    claim="the fees of a section that the borrower pays add up to its total",
    source="12 CFR 1026.38(f), (g)",
)
def fees(facts: Facts) -> Iterator[Tie]:
    """Sections A to C, E to H."""
    totals = _sections(facts)
    by_section: dict[str, list[Row]] = defaultdict(list)
    for row in facts.rows("fees"):
        by_section[row.text("section")].append(row)
    for section in "ABCEFGH":
        rows = by_section[section]
        if section not in totals or not rows:
            continue
        borrowers = [row for row in rows if row.text("paid_by") in ("borrower", "")]
        path, printed = totals[section]
        yield tie(
            expected=total(row.amount("amount") for row in borrowers),
            actual=printed,
            inputs=(path, *(cell for row in borrowers for cell in row.at("amount"))),
        )


@RULES.rule(
    "section_totals_differ",
    kinds=_BOTH,
    needs=("section_totals",),
    claim="the sections add up: D is A + B + C, I is E + F + G + H",
    source="12 CFR 1026.37(f)(4), (g)(5), 1026.38(f)(4), (g)(5)",
)
def totals(facts: Facts) -> Iterator[Tie]:
    """Totals of loan costs and of other costs."""
    found = _sections(facts)
    for result, parts in (("D", "ABC"), ("I", "EFGH")):
        if result in found and all(part in found for part in parts):
            yield tie(
                expected=total(found[part][1] for part in parts),
                actual=found[result][1],
                within=_TOLERANCES[facts.kind],
                inputs=tuple(found[part][0] for part in (*parts, result)),
            )
    for section, name in (
        ("A", "origination_charges"),
        ("D", "total_loan_costs"),
        ("I", "total_other_costs"),
        ("J", "total_closing_costs"),
    ):
        if section in found and facts.amount(name) is not None:
            yield tie(
                expected=found[section][1],
                actual=facts[name],
                within=_TOLERANCES[facts.kind],
                inputs=(name, found[section][0]),
            )


@RULES.rule(
    "closing_costs_differ",
    kinds=_BOTH,
    needs=("total_loan_costs", "total_other_costs", "total_closing_costs"),
    claim="loan costs and other costs less lender credits are the closing costs",
    source="12 CFR 1026.37(h)(1), 1026.38(h)(1): J is D + I and lender credits",
)
def closing_costs(facts: Facts) -> Iterator[Tie]:
    """Total J."""
    credit = abs(facts.amount("lender_credits") or Decimal(0))
    yield tie(
        expected=facts["total_loan_costs"] + facts["total_other_costs"] - credit,
        actual=facts["total_closing_costs"],
        within=_TOLERANCES[facts.kind],
        inputs=(
            "total_loan_costs",
            "total_other_costs",
            "total_closing_costs",
            "lender_credits",
        ),
    )


@RULES.rule(
    "projected_payment_differs",
    kinds=_BOTH,
    needs=("projected_payments",),
    claim="principal and interest, mortgage insurance and escrow are the estimated total payment",
    source="12 CFR 1026.37(c), 1026.38(c)",
)
def projected(facts: Facts) -> Iterator[Tie]:
    """Each column of the table; the total may be rounded to dollars."""
    for row in facts.rows("projected_payments"):
        printed = row.amount("total_maximum")
        main = row.amount("principal_and_interest_maximum")
        if printed is None or main is None:
            continue
        columns = ("principal_and_interest_maximum", "mortgage_insurance", "escrow")
        rounded = printed == printed.to_integral_value()
        yield tie(
            expected=total(row.amount(column) for column in columns),
            actual=printed,
            within=_DOLLARS if rounded else EXACT,
            inputs=row.at(*columns, "total_maximum"),
        )


@RULES.rule(
    "first_payment_differs",
    kinds=_BOTH,
    needs=("principal_and_interest_payment", "estimated_total_monthly_payment"),
    claim="payment, mortgage insurance and escrow are the estimated total monthly payment",
    source="12 CFR 1026.37(b), (c), 1026.38(b), (c)",
)
def first_payment(facts: Facts) -> Iterator[Tie]:
    """The first period, from the fields of the front page."""
    names = (
        "principal_and_interest_payment",
        "mortgage_insurance_monthly_payment",
        "escrow_monthly_payment",
    )
    printed = facts["estimated_total_monthly_payment"]
    if facts.rows("projected_payments"):
        first = facts.rows("projected_payments")[0]
        low = first.amount("principal_and_interest_minimum")
        if low is not None and low != first.amount("principal_and_interest_maximum"):
            return
    rounded = printed == printed.to_integral_value()
    yield tie(
        expected=total(facts.amount(name) for name in names),
        actual=printed,
        within=_DOLLARS if rounded else EXACT,
        inputs=(*names, "estimated_total_monthly_payment"),
    )


@RULES.rule(
    "first_period_differs",
    kinds=_BOTH,
    needs=("projected_payments",),
    claim="the first column of the projected payments repeats the payment and its parts",
    source="12 CFR 1026.37(b)(3), (c), 1026.38(b), (c)",
)
def first_period(facts: Facts) -> Iterator[Tie]:
    """Where each part is told once."""
    first = facts.rows("projected_payments")[0]
    for column, name in (
        ("principal_and_interest_maximum", "principal_and_interest_payment"),
        ("mortgage_insurance", "mortgage_insurance_monthly_payment"),
        ("escrow", "escrow_monthly_payment"),
        ("total_maximum", "estimated_total_monthly_payment"),
    ):
        printed, other = first.amount(column), facts.amount(name)
        low = first.amount("principal_and_interest_minimum")
        if printed is not None and other is not None and low is None:
            yield tie(other, printed, within=Decimal(1), inputs=(name, *first.at(column)))


@RULES.rule(
    "cash_to_close_differs",
    kinds=_CD,
    needs=("cash_to_close_table", "cash_to_close"),
    claim="the rows of the table add up to the cash to close",
    source="12 CFR 1026.38(e), (i)",
)
def cash_to_close(facts: Facts) -> Iterator[Tie]:
    """The Final column."""
    rows = facts.rows("cash_to_close_table")
    parts = [row for row in rows if "cash to close" not in row.text("label").casefold()]
    if any(row.amount("final") is None for row in parts):
        return
    expected = total(row.amount("final") for row in parts)
    yield tie(
        expected=abs(expected),
        actual=abs(facts["cash_to_close"]),
        inputs=("cash_to_close", *(cell for row in parts for cell in row.at("final"))),
    )


@RULES.rule(
    "total_interest_percentage_differs",
    kinds=_BOTH,
    needs=(
        "total_interest_percentage",
        "loan_amount",
        "note_rate_percent",
        "loan_term_months",
        "principal_and_interest_payment",
    ),
    claim="the total interest percentage is the interest of the term as a share of the amount",
    source="12 CFR 1026.37(l)(3), 1026.38(o)(5); prepaid interest adds up to a month",
)
def total_interest(facts: Facts) -> Iterator[Tie]:
    """Loans with one level payment alone."""
    amount, rate, term = facts["loan_amount"], facts["note_rate_percent"], facts["loan_term_months"]
    if not is_level(facts):
        return
    interest = level_payment(amount, rate, int(term)) * term - amount
    month = rate / 12
    yield tie(
        expected=interest / amount * 100 + month / 2,
        actual=facts["total_interest_percentage"],
        within=month / 2 + Decimal("0.05"),
    )


def is_level(facts: Facts) -> bool:
    """Tell whether one payment, that never changes, repays the loan in its term."""
    amount, rate, term = facts["loan_amount"], facts["note_rate_percent"], facts["loan_term_months"]
    if amount <= 0 or not 0 < rate <= MOST_PERCENT or not 1 <= term <= MOST_PAYMENTS:
        return False
    if _ADJUSTABLE.search(facts.text("loan_product")) or "interest_rate_maximum_percent" in facts:
        return False
    level = level_payment(amount, rate, int(term))
    return abs(level - facts["principal_and_interest_payment"]) <= Decimal("0.05")


@RULES.rule(
    "finance_charge_differs",
    kinds=_CD,
    needs=("amount_financed", "finance_charge", "total_of_payments", "loan_amount"),
    claim="the finance charge is not more than what is paid beyond the amount financed",
    source="12 CFR 1026.38(o)(1) to (3); tolerance of 100 dollars in 1026.38(o)(1), (2)",
)
def finance_charge(facts: Facts) -> Iterator[Tie]:
    """Total of payments holds loan costs too, which the finance charge may leave out."""
    yield tie(
        expected=facts["amount_financed"] + facts["finance_charge"],
        actual=facts["total_of_payments"],
        within=Decimal(100),
        or_more=True,
    )


_NEEDED = ("loan_amount", "note_rate_percent", "loan_term_months", "principal_and_interest_payment")


@RULES.rule(
    "in_five_years_differs",
    kinds=("loan_estimate",),
    needs=("in_five_years_principal_paid", *_NEEDED),
    claim="principal paid in five years is that of the schedule",
    source="12 CFR 1026.37(l)(1)(ii)",
)
def in_five_years(facts: Facts) -> Iterator[Tie]:
    """Sixty payments of a level loan."""
    if not is_level(facts):
        return
    rows = amortization_schedule(
        facts["loan_amount"], facts["note_rate_percent"], int(facts["loan_term_months"])
    )
    paid = [row.principal for row in rows][:60]
    yield tie(
        expected=total(paid),
        actual=facts["in_five_years_principal_paid"],
        within=_DOLLARS,
    )
