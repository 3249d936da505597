"""Rules about tax returns and 1099s."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from loanbatch_plugins.checks._facts import Facts
from loanbatch_plugins.checks._rule import RulePack, Tie, tie

RULES = RulePack()
_DOLLAR = Decimal(1)


@RULES.rule(
    "adjusted_gross_income_differs",
    kinds=("tax_return",),
    needs=("total_income", "adjusted_gross_income"),
    claim="total income less adjustments is the adjusted gross income",
    source="Form 1040, lines 9 to 11",
)
def adjusted(facts: Facts) -> Iterator[Tie]:
    """Adjustments that are not printed are none; income is never below."""
    adjustments = facts.amount("adjustments")
    yield tie(
        expected=facts["adjusted_gross_income"] + (adjustments or Decimal(0)),
        actual=facts["total_income"],
        within=_DOLLAR,
        or_more=adjustments is None,
    )


@RULES.rule(
    "taxable_income_differs",
    kinds=("tax_return",),
    needs=("adjusted_gross_income", "deductions", "taxable_income"),
    claim="adjusted gross income less deductions is the taxable income",
    source="Form 1040, lines 11 to 15",
)
def taxable(facts: Facts) -> Iterator[Tie]:
    """Never below 0."""
    business = facts.amount("qualified_business_income_deduction") or Decimal(0)
    yield tie(
        expected=max(Decimal(0), facts["adjusted_gross_income"] - facts["deductions"] - business),
        actual=facts["taxable_income"],
        within=_DOLLAR,
    )


@RULES.rule(
    "refund_differs",
    kinds=("tax_return",),
    needs=("total_tax", "total_payments"),
    claim="what is overpaid or owed is the difference of tax and payments",
    source="Form 1040, lines 24 to 38; a penalty may add to what is owed",
)
def settled(facts: Facts) -> Iterator[Tie]:
    """Overpaid or owed."""
    difference = facts["total_payments"] - facts["total_tax"]
    if facts.amount("overpaid_amount"):
        yield tie(
            expected=difference,
            actual=facts["overpaid_amount"],
            within=_DOLLAR,
            inputs=("total_tax", "total_payments", "overpaid_amount"),
        )
    elif facts.amount("amount_owed"):
        yield tie(
            expected=-difference,
            actual=facts["amount_owed"],
            within=_DOLLAR,
            or_more=True,
            inputs=("total_tax", "total_payments", "amount_owed"),
        )


@RULES.rule(
    "schedule_c_differs",
    kinds=("tax_return",),
    claim="the lines of Schedule C follow from one another",
    source="Schedule C (Form 1040), lines 1 to 7, 28 to 31",
)
def schedule_c(facts: Facts) -> Iterator[Tie]:
    """Where all lines of a step are there."""
    for result, plus, minus in (
        ("gross_profit", ("gross_receipts",), ("returns_and_allowances", "cost_of_goods_sold")),
        ("gross_income", ("gross_profit", "other_income"), ()),
        ("tentative_profit", ("gross_income",), ("total_expenses",)),
        ("net_profit", ("tentative_profit",), ("business_use_of_home",)),
    ):
        names = [f"schedule_c_{name}" for name in (*plus[:1], *minus[-1:], result)]
        if any(facts.amount(name) is None for name in names):
            continue
        value = sum(
            (facts.amount(f"schedule_c_{name}") or Decimal(0) for name in plus), Decimal(0)
        ) - sum((facts.amount(f"schedule_c_{name}") or Decimal(0) for name in minus), Decimal(0))
        inputs = [f"schedule_c_{name}" for name in (*plus, *minus, result)]
        yield tie(
            expected=value,
            actual=facts[f"schedule_c_{result}"],
            within=_DOLLAR,
            inputs=inputs,
        )


@RULES.rule(
    "qualified_dividends_above_ordinary",
    kinds=("form_1099", "tax_return"),
    needs=("ordinary_dividends", "qualified_dividends"),
    claim="qualified dividends are among the ordinary ones",
    source="Form 1099-DIV, boxes 1a and 1b",
)
def dividends(facts: Facts) -> Iterator[Tie]:
    """Box 1b is part of box 1a."""
    yield tie(
        expected=facts["qualified_dividends"], actual=facts["ordinary_dividends"], or_more=True
    )
