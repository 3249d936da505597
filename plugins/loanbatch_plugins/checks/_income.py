"""Rules about income: W-2, paystub, verification of employment, application."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from loanbatch_plugins.checks._facts import Facts
from loanbatch_plugins.checks._rule import EXACT, RulePack, Tie, nearest, tie, total

RULES = RulePack()

#: Contribution and benefit base by year, dollars: Social Security Administration.
_WAGE_BASE = {
    2011: 106_800, 2012: 110_100, 2013: 113_700, 2014: 117_000, 2015: 118_500, 2016: 118_500,
    2017: 127_200, 2018: 128_400, 2019: 132_900, 2020: 137_700, 2021: 142_800, 2022: 147_000,
    2023: 160_200, 2024: 168_600, 2025: 176_100, 2026: 184_500,
}  # fmt: skip
_SOCIAL_SECURITY = Decimal("0.062")
#: In 2011 and 2012: Public Laws 111-312, 112-96.
_SOCIAL_SECURITY_LOWERED = Decimal("0.042")
_MEDICARE = Decimal("0.0145")
#: On wages above 200,000 since 2013: 26 USC 3101(b)(2).
_ADDITIONAL_MEDICARE = Decimal("0.009")
_ADDITIONAL_FROM = Decimal(200_000)
_ADDITIONAL_SINCE = 2013
#: Withheld with each pay and rounded each time.
_ROUNDED = Decimal(1)


@RULES.rule(
    "social_security_tax_differs",
    kinds=("w2",),
    needs=("social_security_wages", "social_security_tax_withheld"),
    claim="box 4 is 6.2 percent of boxes 3 and 7",
    source="26 USC 3101(a); instructions for Form W-2, boxes 3, 4, 7",
)
def social_security(facts: Facts) -> Iterator[Tie]:
    """Box 4."""
    tips = facts.amount("social_security_tips") or Decimal(0)
    wages = facts["social_security_wages"] + tips
    year = int(facts.amount("tax_year") or 0)
    rate = _SOCIAL_SECURITY_LOWERED if year in (2011, 2012) else _SOCIAL_SECURITY
    yield tie(
        expected=wages * rate,
        actual=facts["social_security_tax_withheld"],
        within=_ROUNDED,
        inputs=(
            "social_security_wages",
            "social_security_tax_withheld",
            "social_security_tips",
        ),
    )


@RULES.rule(
    "social_security_wages_above_base",
    kinds=("w2",),
    needs=("social_security_wages", "tax_year"),
    claim="boxes 3 and 7 do not exceed the wage base of the year",
    source="42 USC 430; Social Security Administration, contribution and benefit base",
)
def wage_base(facts: Facts) -> Iterator[Tie]:
    """Wages above the base are not taxed."""
    base = _WAGE_BASE.get(int(facts["tax_year"]))
    if base is not None:
        tips = facts.amount("social_security_tips") or Decimal(0)
        yield tie(
            expected=Decimal(base),
            actual=facts["social_security_wages"] + tips,
            or_less=True,
        )


@RULES.rule(
    "medicare_tax_differs",
    kinds=("w2",),
    needs=("medicare_wages", "medicare_tax_withheld"),
    claim="box 6 is 1.45 percent of box 5, and 0.9 percent more above 200,000",
    source="26 USC 3101(b), 3102(f); instructions for Form W-2, boxes 5, 6",
)
def medicare(facts: Facts) -> Iterator[Tie]:
    """Box 6."""
    wages = facts["medicare_wages"]
    above = max(Decimal(0), wages - _ADDITIONAL_FROM)
    if 0 < (facts.amount("tax_year") or 0) < _ADDITIONAL_SINCE:
        above = Decimal(0)
    yield tie(
        expected=wages * _MEDICARE + above * _ADDITIONAL_MEDICARE,
        actual=facts["medicare_tax_withheld"],
        within=_ROUNDED,
    )


@RULES.rule(
    "net_pay_differs",
    kinds=("paystub",),
    needs=("gross_pay", "net_pay"),
    claim="gross pay less taxes and deductions is net pay",
    source="sum; deductions may hold the taxes",
)
def net_pay(facts: Facts) -> Iterator[Tie]:
    """This period."""
    yield from _net(facts, "gross_pay", "total_taxes", "total_deductions", "net_pay")


@RULES.rule(
    "year_to_date_net_pay_differs",
    kinds=("paystub",),
    needs=("year_to_date_gross_pay", "year_to_date_net_pay"),
    claim="gross pay less taxes and deductions of the year is its net pay",
    source="sum; deductions may hold the taxes",
)
def net_pay_of_year(facts: Facts) -> Iterator[Tie]:
    """The year to date."""
    names = ("gross_pay", "taxes", "deductions", "net_pay")
    yield from _net(facts, *(f"year_to_date_{name}" for name in names))


def _net(facts: Facts, gross: str, taxes: str, deductions: str, net: str) -> Iterator[Tie]:
    paid, less = facts.amount(taxes), facts.amount(deductions)
    if less is None:
        return
    possible = [facts[gross] - less]
    if paid is not None:
        possible.append(facts[gross] - less - paid)
    yield tie(
        expected=nearest(facts[net], possible),
        actual=facts[net],
        inputs=(gross, net, deductions, taxes),
    )


@RULES.rule(
    "earnings_differ_from_gross_pay",
    kinds=("paystub",),
    needs=("earnings", "gross_pay"),
    claim="the earnings add up to the gross pay",
    source="sum",
)
def earnings(facts: Facts) -> Iterator[Tie]:
    """This period and the year."""
    rows = facts.rows("earnings")
    for column, name in (("amount", "gross_pay"), ("year_to_date", "year_to_date_gross_pay")):
        parts = [row.amount(column) for row in rows]
        printed = facts.amount(name)
        if printed is not None and any(part is not None for part in parts):
            yield tie(
                expected=total(parts),
                actual=printed,
                inputs=(name, *(cell for row in rows for cell in row.at(column))),
            )


@RULES.rule(
    "year_to_date_below_current",
    kinds=("paystub",),
    needs=("gross_pay", "year_to_date_gross_pay"),
    claim="the year to date holds the pay of this period",
    source="sum",
)
def year_to_date(facts: Facts) -> Iterator[Tie]:
    """Never less than this period."""
    yield tie(expected=facts["gross_pay"], actual=facts["year_to_date_gross_pay"], or_more=True)


@RULES.rule(
    "income_differs_from_total",
    kinds=("employment_verification",),
    needs=("income",),
    claim="the parts of an income add up to its total",
    source="Form 1005, part II",
)
def income(facts: Facts) -> Iterator[Tie]:
    """Each row that has a total."""
    columns = ("base_pay", "overtime", "commissions", "bonus")
    for row in facts.rows("income"):
        printed = row.amount("total")
        if printed is not None and row.amount("base_pay") is not None:
            yield tie(
                expected=total(row.amount(column) for column in columns),
                actual=printed,
                within=EXACT,
                inputs=row.at(*columns, "total"),
            )
