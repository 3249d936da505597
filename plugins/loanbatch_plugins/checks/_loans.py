"""Rules about the terms of loans: payment, totals, rates, dates."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from itertools import pairwise

from loanbatch_plugins.checks._facts import Facts
from loanbatch_plugins.checks._rule import RulePack, Tie, in_order, nearest, tie, total
from loanbatch_plugins.finance import MOST_PAYMENTS, MOST_PERCENT, level_payment

RULES = RulePack()

_US = ("closing_disclosure", "loan_estimate", "promissory_note", "transmittal_summary")
_LETTERS = ("sanction_letter", "key_facts_statement", "loan_agreement", "payment_schedule")
_TILA = ("student_loan_disclosure", "other")
_CENTS = Decimal("0.02")
_RUPEES = Decimal(1)
_MONTHLY = 1200
#: A rate that is printed with three decimals may be half a thousandth off.
_RATE_STEP = Decimal("0.0005")


def _terms(facts: Facts) -> Iterator[int]:
    """Yield how many payments a loan may have: as told, its months, those after a moratorium."""
    count = facts.amount("number_of_payments")
    months = facts.amount("loan_term_months")
    if count:
        yield int(count)
    if months:
        yield int(months)
        pause = facts.amount("moratorium_months") or facts.amount("deferment_months")
        if pause and pause < months:
            yield int(months - pause)
    series = [row.amount("number_of_payments") for row in facts.rows("payment_schedule")]
    if series and all(series):
        yield int(total(series))


def _principals(facts: Facts) -> Iterator[Decimal]:
    """Yield what is repaid: the amount, and with the interest of a moratorium added to it."""
    amount = facts["loan_amount"]
    yield amount
    accrued = facts.amount("accrued_deferment_interest")
    if accrued:
        yield amount + accrued


@RULES.rule(
    "payment_differs_from_terms",
    kinds=(*_US, *_LETTERS, "student_loan_disclosure"),
    needs=("loan_amount", "note_rate_percent", "principal_and_interest_payment"),
    claim="the payment repays the amount at the rate in the term",
    source="P r / (1 - (1 + r)^-n), or P r while only interest is paid",
)
def payment(facts: Facts) -> Iterator[Tie]:
    """Level payment, or interest only."""
    rate, printed = facts["note_rate_percent"], facts["principal_and_interest_payment"]
    terms = list(_terms(facts))
    frequency = facts.text("payment_frequency").casefold()
    if not terms or not 0 < rate <= MOST_PERCENT or (frequency and "month" not in frequency):
        return
    if any(amount <= 0 for amount in _principals(facts)) or facts.says("balloon_payment"):
        return
    level = [
        level_payment(amount, rate, term)
        for amount in _principals(facts)
        for term in terms
        if 1 <= term <= MOST_PAYMENTS
    ]
    interest_only = [amount * rate / _MONTHLY for amount in _principals(facts)]
    deferred = _is_deferred(facts)
    exact = _CENTS + facts["loan_amount"] * _RATE_STEP / _MONTHLY
    yield tie(
        expected=min(level) if deferred and level else nearest(printed, level + interest_only),
        actual=printed,
        within=_RUPEES if _is_indian(facts) else exact,
        or_more=deferred,
        inputs=(
            "loan_amount",
            "note_rate_percent",
            "principal_and_interest_payment",
            "number_of_payments",
            "loan_term_months",
        ),
    )


def _is_indian(facts: Facts) -> bool:
    return facts.text("currency") == "INR" or facts.kind in _LETTERS[:2]


def _is_deferred(facts: Facts) -> bool:
    """Tell whether interest of an unknown time may be repaid too."""
    signs = ("moratorium_months", "deferment_months", "course_name", "moratorium_end_date")
    told = "educat" in facts.text("loan_type").casefold() or any(name in facts for name in signs)
    return told or facts.kind == "student_loan_disclosure"


@RULES.rule(
    "total_of_payments_differs",
    kinds=(*_TILA, "loan_agreement"),
    needs=("amount_financed", "finance_charge", "total_of_payments"),
    claim="amount financed and finance charge are the total of payments",
    source="Regulation Z, 12 CFR 1026.18(b), (d), (h); 1026.47",
)
def tila_box(facts: Facts) -> Iterator[Tie]:
    """The federal box."""
    yield tie(
        expected=facts["amount_financed"] + facts["finance_charge"],
        actual=facts["total_of_payments"],
        within=_CENTS,
    )


@RULES.rule(
    "payment_schedule_differs_from_total",
    kinds=(*_TILA, "student_loan_disclosure"),
    needs=("payment_schedule", "total_of_payments"),
    claim="the payments of the schedule add up to the total of payments",
    source="Regulation Z, 12 CFR 1026.18(g), (h)",
)
def series_sum(facts: Facts) -> Iterator[Tie]:
    """Rows of so many payments of an amount."""
    rows = facts.rows("payment_schedule")
    parts = [(row.amount("number_of_payments"), row.amount("payment")) for row in rows]
    if not all(count and amount for count, amount in parts):
        return
    count, zero = total(number for number, _ in parts), Decimal(0)
    yield tie(
        expected=total((number or zero) * (amount or zero) for number, amount in parts),
        actual=facts["total_of_payments"],
        within=max(Decimal(2), count * Decimal("0.005")),
        inputs=(
            "total_of_payments",
            *(p for row in rows for p in row.at("number_of_payments", "payment")),
        ),
    )


@RULES.rule(
    "total_interest_differs",
    kinds=_LETTERS,
    needs=("total_interest", "total_of_payments", "loan_amount"),
    claim="amount and total interest are the total of payments",
    source="sum; accrued interest of a moratorium and fees within the rate may be in it",
)
def interest_sum(facts: Facts) -> Iterator[Tie]:
    """Interest and principal are all that is paid."""
    interest, amount = facts["total_interest"], facts["loan_amount"]
    printed = facts["total_of_payments"]
    payments = max(_terms(facts), default=12)
    extra = [Decimal(0), facts.amount("accrued_deferment_interest") or Decimal(0)]
    yield tie(
        expected=nearest(printed, (amount + interest + more for more in extra)),
        actual=printed,
        within=max(_RUPEES, Decimal(payments)),
    )


@RULES.rule(
    "schedule_row_differs",
    kinds=(*_LETTERS, "student_loan_disclosure"),
    needs=("payment_schedule",),
    claim="principal and interest of a payment add up to it",
    source="sum of a row",
)
def schedule_rows(facts: Facts) -> Iterator[Tie]:
    """Each row of an amortization schedule."""
    for row in facts.rows("payment_schedule"):
        paid, interest, principal = (
            row.amount(column) for column in ("payment", "interest", "principal")
        )
        if paid is not None and interest is not None and principal is not None:
            whole = all(value == value.to_integral_value() for value in (paid, interest, principal))
            yield tie(
                expected=interest + principal,
                actual=paid,
                within=_RUPEES if whole else _CENTS,
                inputs=row.at("payment", "interest", "principal"),
            )


@RULES.rule(
    "schedule_balance_differs",
    kinds=(*_LETTERS, "student_loan_disclosure"),
    needs=("payment_schedule",),
    claim="each balance is the one before less the principal paid",
    source="roll-forward of a schedule",
)
def schedule_balances(facts: Facts) -> Iterator[Tie]:
    """Balances of rows that follow one another."""
    rows = facts.rows("payment_schedule")
    for before, row in pairwise(rows):
        numbers = before.amount("number"), row.amount("number")
        if None in numbers or numbers[1] != (numbers[0] or 0) + 1:
            continue
        start, paid, end = before.amount("balance"), row.amount("principal"), row.amount("balance")
        if start is not None and paid is not None and end is not None:
            whole = all(value == value.to_integral_value() for value in (start, paid, end))
            yield tie(
                expected=start - paid,
                actual=end,
                within=_RUPEES if whole else _CENTS,
                inputs=(*before.at("balance"), *row.at("principal", "balance")),
            )


@RULES.rule(
    "rate_differs_from_benchmark",
    kinds=(*_LETTERS, "student_loan_disclosure"),
    needs=("benchmark_rate_percent", "spread_percent", "note_rate_percent"),
    claim="benchmark and spread are the rate",
    source="RBI circular DOR.STR.REC.13/13.03.00/2024-25, key facts statement, part 1",
)
def floating_rate(facts: Facts) -> Iterator[Tie]:
    """The rate of a floating loan."""
    yield tie(
        expected=facts["benchmark_rate_percent"] + facts["spread_percent"],
        actual=facts["note_rate_percent"],
    )


@RULES.rule(
    "processing_fee_differs",
    kinds=_LETTERS,
    needs=("loan_amount", "processing_fee", "processing_fee_percent"),
    claim="the processing fee is its percentage of the amount at most",
    source="percentage; a fee may be capped, or given with goods and services tax of 18 percent",
)
def processing_fee(facts: Facts) -> Iterator[Tie]:
    """Fees are often capped: less is no fault."""
    full = facts["loan_amount"] * facts["processing_fee_percent"] / 100
    yield tie(
        expected=nearest(facts["processing_fee"], (full, full * Decimal("1.18"))),
        actual=facts["processing_fee"],
        within=_RUPEES,
        or_less=True,
    )


@RULES.rule(
    "disbursements_differ_from_amount",
    kinds=("sanction_letter", "loan_agreement", "key_facts_statement"),
    needs=("disbursement_schedule", "loan_amount"),
    claim="the disbursements add up to the amount at most",
    source="sum",
)
def disbursements(facts: Facts) -> Iterator[Tie]:
    """Tranches of a loan."""
    rows = facts.rows("disbursement_schedule")
    if all(row.amount("amount") is not None for row in rows):
        yield tie(
            expected=total(row.amount("amount") for row in rows),
            actual=facts["loan_amount"],
            or_more=True,
            inputs=("loan_amount", *(path for row in rows for path in row.at("amount"))),
        )


@RULES.rule(
    "collateral_differs",
    kinds=("sanction_letter", "loan_agreement"),
    needs=("collateral_items", "collateral_value"),
    claim="the items of the collateral add up to its value",
    source="sum",
)
def collateral(facts: Facts) -> Iterator[Tie]:
    """Items of a gold loan."""
    rows = facts.rows("collateral_items")
    if all(row.amount("value") is not None for row in rows):
        yield tie(
            expected=total(row.amount("value") for row in rows),
            actual=facts["collateral_value"],
            within=_RUPEES,
            inputs=("collateral_value", *(path for row in rows for path in row.at("value"))),
        )


@RULES.rule(
    "maturity_differs_from_term",
    kinds=("promissory_note", "student_loan_disclosure", *_LETTERS),
    needs=("first_payment_date", "maturity_date"),
    claim="the last of the payments falls on the maturity date",
    source="first payment and one month for each further payment; one month of grace",
)
def maturity(facts: Facts) -> Iterator[Tie]:
    """Months between first payment and maturity against the number of payments."""
    first, last = facts.day("first_payment_date"), facts.day("maturity_date")
    terms = [term for term in _terms(facts) if 1 <= term <= MOST_PAYMENTS]
    if first is None or last is None or not terms:
        return
    months = Decimal((last.year - first.year) * 12 + last.month - first.month)
    yield tie(
        expected=nearest(months, (Decimal(term - 1) for term in terms)),
        actual=months,
        within=Decimal(1),
        inputs=(
            "first_payment_date",
            "maturity_date",
            "number_of_payments",
            "loan_term_months",
        ),
    )


_DATES = (
    ("application_date", "date_issued"),
    ("date_issued", "closing_date"),
    ("closing_date", "disbursement_date"),
    ("note_date", "first_payment_date"),
    ("agreement_date", "first_payment_date"),
    ("disbursement_date", "first_payment_date"),
    ("first_payment_date", "maturity_date"),
    ("statement_period_start", "statement_period_end"),
    ("pay_period_start", "pay_period_end"),
    ("service_period_start", "service_period_end"),
    ("hire_date", "pay_date"),
)
_DATED = (
    *_US,
    *_LETTERS,
    *_TILA,
    "bank_statement",
    "paystub",
    "utility_bill",
    "employment_verification",
)


@RULES.rule(
    "dates_out_of_order",
    kinds=_DATED,
    claim="dates are in order",
    source="Regulation Z, 12 CFR 1026.19(e), (f) for disclosures; else what the words mean",
)
def dates(facts: Facts) -> Iterator[Tie]:
    """What comes first is not later."""
    for earlier, later in _DATES:
        first, last = facts.day(earlier), facts.day(later)
        if first is not None and last is not None:
            yield in_order(first, last, inputs=(earlier, later))


@RULES.rule(
    "loan_to_value_differs",
    kinds=("transmittal_summary", "conditional_approval", "sanction_letter"),
    needs=("loan_amount", "loan_to_value_percent"),
    claim="loan to value is the amount as a share of the lower of price and value",
    source="form 1008; 100 x amount / lower of sale price and appraised value",
)
def loan_to_value(facts: Facts) -> Iterator[Tie]:
    """To the digits that are printed."""
    names = ("sale_price", "appraised_value", "collateral_value")
    values = {name: facts[name] for name in names if facts.amount(name)}
    if not values:
        return
    printed = facts["loan_to_value_percent"]
    step = (
        Decimal(1).scaleb(int(printed.normalize().as_tuple().exponent)) if printed else Decimal(1)
    )
    if facts.kind == "sanction_letter":
        # A ceiling here, not a fact.
        yield tie(
            expected=facts["loan_amount"] * 100 / max(values.values()),
            actual=printed,
            within=Decimal("0.5"),
            or_more=True,
            inputs=("loan_amount", "loan_to_value_percent", *values),
        )
        return
    yield tie(
        expected=nearest(
            printed, (facts["loan_amount"] * 100 / value for value in values.values())
        ),
        actual=printed,
        within=min(step, Decimal(1)),
        inputs=("loan_amount", "loan_to_value_percent", *values),
    )
