"""Loans side by side: what is stated, what follows from it, what is missing, and what is better."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

import numpy_financial
import pytest
import pyxirr
from hypothesis import given
from hypothesis import strategies as st

from loanbatch.loans import (
    Basis,
    ComparedValue,
    Comparison,
    Fact,
    Loan,
    LoanDocument,
    Observation,
    Prepayment,
    Standing,
    WhatIf,
)
from loanbatch.models import Document, Field
from loanbatch.testing import make_document, make_field
from loanbatch_plugins.comparison import compare_loans

D = Decimal
MONTHLY = Prepayment(amount=D(500), every_months=1)
#: Terms that repay 200,000 at 6.5 % in 30 years: 1,264.14 a month.
MORTGAGE: dict[str, Any] = {
    "loan_amount": D("200000.00"),
    "note_rate_percent": D("6.5"),
    "loan_term_months": 360,
    "principal_and_interest_payment": D("1264.14"),
    "total_loan_costs": D("3500.00"),
    "prepayment_penalty": False,
}
#: Five lakh at 12 % in 36 months: 16,607.15 a month (a public example).
PERSONAL: dict[str, Any] = {
    "loan_amount": D("500000.00"),
    "note_rate_percent": D(12),
    "number_of_payments": 36,
    "processing_fee": D("10000.00"),
}


def field(name: str, value: Any, currency: str | None) -> Field:
    if isinstance(value, list):
        rows = tuple(
            tuple(field(column, cell, None) for column, cell in row.items()) for row in value
        )
        return make_field(name, rows=rows)
    is_money = isinstance(value, Decimal) and "percent" not in name
    return make_field(name, raw=str(value), value=value, currency=currency if is_money else None)


def document(facts: Mapping[str, Any], kind: str, currency: str | None) -> Document:
    return make_document(kind, *(field(name, value, currency) for name, value in facts.items()))


def loan(
    facts: Mapping[str, Any],
    loan_id: str = "loan",
    *,
    kind: str = "loan_agreement",
    currency: str | None = "USD",
) -> Loan:
    """A loan of one document whose facts somebody joined."""
    told = document(facts, kind, currency)
    joined = {
        name: Fact(
            name=name,
            value=found.value,
            currency=found.currency,
            observations=(Observation(document=0, name=name, field=found),),
        )
        for name, found in told.fields.items()
        if found.value is not None
    }
    return Loan(loan_id=loan_id, documents=(placed(told),), facts=joined)


def placed(told: Document, **more: Any) -> LoanDocument:
    return LoanDocument(document_id="doc-1", file_name="a.pdf", number=0, document=told, **more)


def compare(*loans: Loan, prepay: tuple[Prepayment, ...] = ()) -> Comparison:
    (comparison,) = compare_loans(loans, prepay)
    return comparison


def value(comparison: Comparison, name: str, place: int = 0) -> ComparedValue:
    return next(row.values[place] for row in comparison.rows if row.name == name)


def of(facts: Mapping[str, Any], name: str, **more: Any) -> ComparedValue:
    return value(compare(loan(facts, **more)), name)


def without(facts: Mapping[str, Any], *names: str) -> dict[str, Any]:
    return {name: told for name, told in facts.items() if name not in names}


def test_stated_value_stands_with_its_observation():
    found = of(MORTGAGE, "principal_and_interest_payment")

    assert (found.value, found.basis) == (D("1264.14"), Basis.STATED)
    assert found.observation is not None
    assert found.observation.field.raw == "1264.14"


def test_payment_follows_from_amount_rate_and_term():
    found = of(
        without(MORTGAGE, "principal_and_interest_payment"), "principal_and_interest_payment"
    )

    assert (found.value, found.basis) == (D("1264.14"), Basis.COMPUTED)
    assert found.note == "from amount, rate and a term of 360 months"
    assert float(D(str(found.value))) == pytest.approx(
        -numpy_financial.pmt(0.065 / 12, 360, 200_000), abs=0.005
    )


@pytest.mark.parametrize(
    ("left_out", "name", "missing"),
    [
        ("note_rate_percent", "principal_and_interest_payment", "the rate is not stated"),
        ("loan_amount", "principal_and_interest_payment", "the amount is not stated"),
        ("loan_term_months", "total_interest", "the term is not stated"),
        ("total_loan_costs", "fees", "no fee is stated"),
        ("total_loan_costs", "total_cost", "fees: no fee is stated"),
        ("note_rate_percent", "effective_annual_rate_percent", "the rate is not stated"),
    ],
)
def test_missing_input_is_told_and_nothing_guessed(left_out, name, missing):
    found = of(without(MORTGAGE, left_out, "principal_and_interest_payment"), name)

    assert (found.value, found.basis, found.note) == (None, Basis.MISSING, missing)


def test_total_interest_is_that_of_the_schedule():
    found = of(MORTGAGE, "total_interest")

    # A cent of rounding in each of 360 payments.
    independent = -numpy_financial.ipmt(0.065 / 12, range(1, 361), 360, 200_000).sum()
    assert float(D(str(found.value))) == pytest.approx(independent, abs=3.6)


def test_total_of_payments_of_a_closing_disclosure_is_not_taken_for_interest():
    # It holds costs of the loan, 12 CFR 1026.38(o)(1).
    facts = {**MORTGAGE, "total_of_payments": D("460000.00")}

    assert of(facts, "total_interest", kind="closing_disclosure").note.startswith("from amount")
    assert of(facts, "total_interest").value == D("260000.00")


def test_interest_of_an_adjustable_loan_is_that_of_its_disclosure():
    facts = {**MORTGAGE, "loan_product": "5/1 Adjustable Rate", "total_interest_percentage": D(140)}

    assert of(facts, "total_interest").value == D("280000.00")


def test_payment_that_does_not_repay_the_amount_gives_no_totals():
    found = of({**MORTGAGE, "principal_and_interest_payment": D("1083.33")}, "total_interest")

    assert found.basis is Basis.MISSING
    assert "does not repay" in found.note


@pytest.mark.parametrize(
    "uneven",
    [
        {"balloon_payment": True},
        {"interest_only_term_months": 60},
        {"loan_product": "Year 7 Balloon Payment, Fixed Rate"},
        {"repayment_mode": "Bullet"},
        {
            "payment_schedule": [
                {"number_of_payments": 12, "payment": D(100)},
                {"number_of_payments": 12, "payment": D(200)},
            ]
        },
    ],
)
def test_uneven_repayment_gives_no_schedule(uneven):
    comparison = compare(loan({**MORTGAGE, **uneven}), prepay=(MONTHLY,))

    assert value(comparison, "total_interest").note == "it is not repaid in level payments"
    assert comparison.what_ifs[0].missing == "it is not repaid in level payments"


def test_payments_that_are_not_monthly_are_not_taken_for_such():
    facts = {**PERSONAL, "payment_frequency": "Weekly"}

    assert of(facts, "total_interest").note == "payments are not monthly"
    assert of(facts, "loan_term_months").basis is Basis.MISSING


def test_rate_follows_from_benchmark_and_spread():
    facts = {"loan_amount": D(100), "benchmark_rate_percent": D("8.25"), "spread_percent": D("1.5")}

    found = of(facts, "note_rate_percent")

    assert (found.value, found.note) == (D("9.75"), "from benchmark and spread")


def test_term_follows_from_first_and_last_date():
    facts = {
        **without(MORTGAGE, "loan_term_months"),
        "first_payment_date": date(2025, 10, 1),
        "maturity_date": date(2055, 9, 1),
    }

    assert of(facts, "loan_term_months").value == 360
    assert of(facts, "total_interest").value == of(MORTGAGE, "total_interest").value


def test_effective_annual_rate_agrees_with_another_library():
    found = of(PERSONAL, "effective_annual_rate_percent")

    grown = numpy_financial.fv(0.12 / 12, 12, 0, -100)
    assert found.value == D("12.683") == round(D(grown - 100), 3)


def test_annual_percentage_rate_follows_from_amount_less_fees():
    found = of(PERSONAL, "annual_percentage_rate_percent")

    flows = [490_000.0] + [-16_607.15] * 36
    assert float(D(str(found.value))) == pytest.approx(numpy_financial.irr(flows) * 1200, abs=0.001)
    assert found.note.startswith("from amount less fees and 36 payments")


def test_annual_percentage_rate_of_a_public_example():
    # Reserve Bank of India, key facts of 20,000 at 15 % in 24 months with charges of 400: 17.07 %.
    facts = {
        "loan_amount": D(20000),
        "note_rate_percent": D(15),
        "number_of_payments": 24,
        "net_disbursed_amount": D(19600),
    }

    assert of(facts, "annual_percentage_rate_percent").value == D("17.07")
    assert of(facts, "fees").value == D(400)


MORATORIUM: dict[str, Any] = {
    "loan_amount": D("400000.00"),
    "note_rate_percent": D(10),
    "moratorium_months": 57,
    "number_of_payments": 120,
    "accrued_deferment_interest": D("133369.86"),
    "first_payment_date": date(2027, 6, 1),
    "processing_fee": D("4000.00"),
    "disbursement_schedule": [
        {"date": date(2022 + year, 8, 1), "amount": D("100000.00")} for year in range(4)
    ],
}


def test_interest_of_a_moratorium_is_repaid_with_the_amount():
    # Four parts of a lakh at 10 %; simple interest until repayment begins.
    payment = of(MORATORIUM, "principal_and_interest_payment", currency="INR")
    interest = of(MORATORIUM, "total_interest", currency="INR")

    independent = -numpy_financial.pmt(0.10 / 12, 120, 533_369.86)
    assert payment.value == D("7048.52") == round(D(independent), 2)
    assert float(D(str(interest.value))) == pytest.approx(independent * 120 - 400_000, abs=1.0)


def test_rate_of_money_in_parts_counts_when_each_was_paid_out():
    found = of(MORATORIUM, "annual_percentage_rate_percent", currency="INR")

    days = [date(2022 + year, 8, 1) for year in range(4)]
    flows = [96_000.0, 100_000.0, 100_000.0, 100_000.0]
    due = [date(2027 + (5 + n) // 12, (5 + n) % 12 + 1, 1) for n in range(120)]
    effective = pyxirr.xirr(days + due, flows + [-7048.52] * 120)
    nominal = ((1 + effective) ** (1 / 12) - 1) * 1200
    # Days there, months of equal length here.
    assert float(D(str(found.value))) == pytest.approx(nominal, abs=0.02)


def test_interest_of_a_moratorium_that_is_not_stated_is_missing():
    facts = without(MORATORIUM, "accrued_deferment_interest")

    assert of(facts, "total_interest").note == "the interest of the moratorium is not stated"


def test_stated_payment_tells_what_a_moratorium_added():
    facts = {
        **without(MORATORIUM, "accrued_deferment_interest"),
        "principal_and_interest_payment": D("7048.52"),
    }

    found = of(facts, "total_interest")

    assert float(D(str(found.value))) == pytest.approx(7048.52 * 120 - 400_000, abs=1.0)
    assert found.note == "from payment, rate and 120 payments"


def test_months_before_repayment_follow_from_term_and_payments():
    facts = {**without(MORATORIUM, "moratorium_months"), "loan_term_months": 177}

    found = of(facts, "moratorium_months")

    assert (found.value, found.basis) == (57, Basis.COMPUTED)


def test_months_before_repayment_follow_from_dates():
    facts = {**without(MORATORIUM, "moratorium_months"), "moratorium_end_date": date(2027, 5, 31)}

    found = of(facts, "moratorium_months")

    assert (found.value, found.note.partition(";")[0]) == (
        57,
        "from the first payout to the end of the moratorium",
    )


def test_moratorium_of_unknown_length_is_in_no_term():
    facts = without(MORATORIUM, "moratorium_months", "disbursement_schedule")

    assert of(facts, "loan_term_months").note == "the months of the moratorium are not stated"
    assert of(facts, "moratorium_months").note == "the months of the moratorium are not stated"


def test_last_payment_may_differ_and_counts():
    series = [
        {"number_of_payments": 35, "payment": D("16607.15")},
        {"number_of_payments": 1, "payment": D("16607.40")},
    ]

    comparison = compare(loan({**PERSONAL, "number_of_payments": 35, "payment_schedule": series}))

    assert value(comparison, "loan_term_months").value == 36
    assert value(comparison, "principal_and_interest_payment").value == D("16607.15")
    assert value(comparison, "total_interest").value == D("97857.65")
    assert value(comparison, "moratorium_months").basis is Basis.MISSING


def test_interest_of_several_series_is_their_sum_less_the_amount():
    series = [
        {"number_of_payments": 33, "payment": D("61.17")},
        {"number_of_payments": 120, "payment": D("116.28")},
    ]
    facts = {"loan_amount": D(9800), "note_rate_percent": D("7.49"), "payment_schedule": series}

    found = of(facts, "total_interest")

    assert (found.value, found.note) == (D("6172.21"), "from the stated payments and the amount")


def test_odd_days_between_first_payment_and_maturity_give_no_term():
    facts = {
        **without(MORTGAGE, "loan_term_months"),
        "first_payment_date": date(2020, 3, 23),
        "maturity_date": date(2050, 4, 1),
    }

    assert of(facts, "loan_term_months").note == "the term is not stated"


def test_fees_are_added_up_and_lender_credits_taken_off():
    assert of({**PERSONAL, "processing_fee_tax": D(1800)}, "fees").value == D(11800)
    assert of({**MORTGAGE, "lender_credits": D(500)}, "fees").value == D(3000)
    assert of({**without(PERSONAL, "processing_fee"), "processing_fee_percent": D(1)}, "fees").value == D(5000)  # fmt: skip # noqa: E501
    listed = [{"label": "a", "amount": D(700)}, {"label": "b", "amount": D(300)}]
    assert of({**PERSONAL, "lender_fees": listed}, "fees").value == D(1000)


def test_best_and_worst_are_marked_and_ties_share_the_mark():
    cheap = {**MORTGAGE, "annual_percentage_rate_percent": D(6)}
    dear = {**MORTGAGE, "annual_percentage_rate_percent": D(7)}

    comparison = compare(loan(cheap, "a"), loan(dear, "b"), loan(cheap, "c"), loan(MORTGAGE, "d"))
    row = next(row for row in comparison.rows if row.name == "annual_percentage_rate_percent")

    assert (row.best, row.worst) == ((0, 2), (1,))
    assert row.values[3].basis is Basis.MISSING


def test_rows_without_better_and_rows_of_equals_have_no_marks():
    comparison = compare(loan(MORTGAGE, "a"), loan({**MORTGAGE, "loan_amount": D(9)}, "b"))
    marks = {row.name: (row.best, row.worst) for row in comparison.rows}

    assert marks["loan_amount"] == marks["loan_term_months"] == marks["lender_name"] == ((), ())
    assert marks["note_rate_percent"] == ((), ())


def test_currencies_are_never_mixed():
    found = compare_loans(
        [loan(MORTGAGE, "a"), loan(PERSONAL, "b", currency="INR"), loan(MORTGAGE, "c")], ()
    )

    assert [(item.currency, item.loan_ids) for item in found] == [
        ("USD", ("a", "c")),
        ("INR", ("b",)),
    ]


def test_amount_in_another_currency_than_the_loans_is_no_value_of_it():
    facts = loan(MORTGAGE).facts
    fee = field("total_loan_costs", D(9), "EUR")
    foreign = Fact(
        name="total_loan_costs",
        value=D(9),
        currency="EUR",
        observations=(Observation(document=0, name=fee.name, field=fee),),
    )
    mixed = Loan(
        loan_id="a",
        documents=loan(MORTGAGE).documents,
        facts={**facts, "total_loan_costs": foreign},
    )

    assert value(compare(mixed), "fees").note == "no fee is stated"


def test_loans_without_currency_are_told_so():
    comparison = compare(loan(MORTGAGE, currency=None))

    assert comparison.currency == ""
    assert any("currency" in note for note in comparison.notes)


def test_loan_without_terms_is_in_no_comparison():
    assert compare_loans([loan({"lender_name": "A Bank"})], ()) == ()


def test_documents_stand_in_for_facts_that_nobody_joined():
    old = document({**MORTGAGE, "note_rate_percent": D(9)}, "loan_estimate", "USD")
    new = document(without(MORTGAGE, "total_loan_costs"), "loan_estimate", "USD")
    apart = Loan(
        loan_id="a",
        documents=(
            placed(new, issued=date(2026, 2, 1)),
            placed(old, issued=date(2026, 1, 1), standing=Standing.SUPERSEDED),
        ),
    )

    comparison = compare(apart)

    assert value(comparison, "note_rate_percent").value == D("6.5")
    assert value(comparison, "fees").value == D("3500.00")


def test_terms_in_words():
    facts = {
        **MORTGAGE,
        "late_fee_percent": D(5),
        "late_fee_days": 15,
        "returned_payment_fee": D(20),
    }
    charged = {**MORTGAGE, "prepayment_penalty": True, "prepayment_penalty_percent": D(2)}

    assert (
        of(facts, "late_fee").value == "5 % of the payment, after 15 days; returned payment 20.00"
    )
    assert of(facts, "prepayment_penalty").value == "no penalty"
    assert of(charged, "prepayment_penalty").value == "2 % of what is prepaid"
    assert of(without(MORTGAGE, "prepayment_penalty"), "prepayment_penalty").value is None


def test_flexibility_adds_up_stated_terms_and_explains_each_point():
    found = of({**MORTGAGE, "late_fee_days": 5, "balloon_payment": False}, "flexibility_score")

    assert found.value == 4
    assert found.note == (
        "4 of 10: prepaying is free (+3), no balloon payment (+1);"
        " not so: late after 10 days or more;"
        " not stated: payments begin after a moratorium, only interest is paid at first,"
        " can be withdrawn from, a choice of repayments"
    )


def test_flexibility_is_not_guessed():
    found = of(PERSONAL, "flexibility_score")

    assert (found.value, found.basis) == (None, Basis.MISSING)


def what_if(facts: Mapping[str, Any], prepayment: Prepayment) -> WhatIf:
    (found,) = compare(loan(facts), prepay=(prepayment,)).what_ifs
    return found


def independent_schedule(
    balance: float, rate: float, payment: float, extras: Mapping[int, float]
) -> tuple[int, float]:
    """Months and interest of a loan, with the interest of each month by numpy-financial."""
    number, interest = 0, 0.0
    while balance > 0.005:
        number += 1
        due = -float(numpy_financial.ipmt(rate / 12, 1, 360, balance))
        interest += due
        balance -= min(payment + extras.get(number, 0.0) - due, balance)
    return number, interest


@pytest.mark.parametrize(
    ("prepayment", "extras"),
    [
        (MONTHLY, dict.fromkeys(range(1, 361), 500.0)),
        (Prepayment(amount=D(6000), every_months=12), dict.fromkeys(range(12, 361, 12), 6000.0)),
        (Prepayment(amount=D(10000), payment=18), {18: 10000.0}),
        (Prepayment(amount=D(10000), month=date(2027, 3, 31)), {18: 10000.0}),
    ],
)
def test_prepaying_saves_what_another_schedule_says(prepayment, extras):
    found = what_if({**MORTGAGE, "first_payment_date": date(2025, 10, 1)}, prepayment)

    months, interest = independent_schedule(200_000, 0.065, 1264.14, extras)
    _, agreed = independent_schedule(200_000, 0.065, 1264.14, {})
    assert len(found.prepaid) == months
    assert found.months_saved == 360 - months
    assert float(found.interest_saved or 0) == pytest.approx(agreed - interest, abs=2.0)
    assert found.prepaid[-1].balance == found.agreed[-1].balance == 0
    assert found.prepaid[17].due == date(2027, 3, 1)


def test_prepayment_in_a_month_needs_the_date_of_the_first_payment():
    found = what_if(MORTGAGE, Prepayment(amount=D(1), month=date(2027, 3, 1)))

    assert "10000@12" in found.missing
    assert found.agreed == ()


@pytest.mark.parametrize(
    "prepayment",
    [Prepayment(amount=D(1), month=date(2024, 1, 1)), Prepayment(amount=D(1), payment=361)],
)
def test_prepayment_outside_the_loan_is_told(prepayment):
    found = what_if({**MORTGAGE, "first_payment_date": date(2025, 10, 1)}, prepayment)

    assert found.missing == "no payment is due then: there are 360, the first in 2025-10"


@pytest.mark.parametrize(
    ("penalty", "notes"),
    [
        ({"prepayment_penalty": False}, ["prepaying is stated to be without penalty"]),
        ({"prepayment_penalty": True}, ["for prepaying the loan asks: penalty"]),
        (
            {"prepayment_penalty_maximum_amount": D(1000)},
            ["for prepaying the loan asks: penalty of at most 1,000.00"],
        ),
        (
            {"prepayment_penalty_percent": D(2)},
            [
                "for prepaying the loan asks: 2 % of what is prepaid",
                "that is 20.00 on the 1,000.00 prepaid",
            ],
        ),
        ({}, ["whether prepaying costs anything is not stated"]),
    ],
)
def test_what_if_tells_the_penalty(penalty, notes):
    facts = {**without(MORTGAGE, "prepayment_penalty"), **penalty}

    found = what_if(facts, Prepayment(amount=D(1000), payment=1))

    assert list(found.notes) == notes


amounts = st.decimals(1_000, 10_000_000, places=2)
rates = st.decimals(0, 30, places=3)
terms = st.integers(1, 420)
fees = st.decimals(0, 100_000, places=2)


@given(amounts, rates, terms, fees)
def test_total_cost_is_principal_interest_and_fees(amount, rate, months, fee):
    comparison = compare(
        loan(
            {
                "loan_amount": amount,
                "note_rate_percent": rate,
                "number_of_payments": months,
                "processing_fee": fee,
            }
        ),
        prepay=(MONTHLY,),
    )
    parts = [value(comparison, name).value for name in ("loan_amount", "total_interest", "fees")]

    assert value(comparison, "total_cost").value == sum(parts)
    (found,) = comparison.what_ifs
    assert sum(row.amount for row in found.agreed) == parts[0] + parts[1]
    assert sum(row.principal for row in found.prepaid) == amount


@given(amounts, rates, terms, st.decimals(1, 20_000, places=2), st.integers(1, 420))
def test_prepaying_never_costs_interest(amount, rate, months, extra, number):
    facts = {"loan_amount": amount, "note_rate_percent": rate, "number_of_payments": months}
    often = Prepayment(amount=extra, every_months=1)
    once = Prepayment(amount=extra, payment=min(number, months))

    saved = [found.interest_saved for found in compare(loan(facts), prepay=(often, once)).what_ifs]

    assert saved[0] >= 0
    assert saved[1] >= 0
    # More, and earlier; each month's interest is rounded.
    assert saved[0] >= saved[1] - D("0.01") * months


@given(st.permutations(range(4)))
def test_order_of_loans_changes_nothing_but_the_order(order):
    facts = [MORTGAGE, {**MORTGAGE, "note_rate_percent": D(6)}, MORTGAGE, PERSONAL]
    loans = [loan(item, str(number)) for number, item in enumerate(facts)]

    def seen(comparison: Comparison) -> dict[str, Any]:
        return {
            row.name: {
                loan_id: (row.values[place], place in row.best, place in row.worst)
                for place, loan_id in enumerate(comparison.loan_ids)
            }
            for row in comparison.rows
        }

    assert seen(compare(*(loans[number] for number in order))) == seen(compare(*loans))


#: Values as a misread document may have them, of the right type and of others.
odd_values = st.one_of(
    st.decimals(allow_nan=False, allow_infinity=False),
    st.sampled_from([D(0), D("-1"), D("1E+30"), D("1E-30"), D("999999.999"), D("0.005")]),
    st.integers(-(10**12), 10**12),
    st.integers(0, 400),
    st.dates(),
    st.sampled_from([date.min, date.max]),
    st.booleans(),
    st.text(max_size=9),
)
OTHERS = (
    "accrued_deferment_interest",
    "amount_financed",
    "annual_percentage_rate_percent",
    "benchmark_rate_percent",
    "disbursement_date",
    "interest_only_term_months",
    "late_fee_days",
    "late_fee_percent",
    "lender_credits",
    "maturity_date",
    "mortgage_insurance_monthly_payment",
    "prepayment_penalty_percent",
    "spread_percent",
    "total_interest_percentage",
    "total_of_payments",
)
known_names = st.sampled_from(sorted({*MORTGAGE, *PERSONAL, *MORATORIUM, *OTHERS}))
odd_rows = st.lists(
    st.dictionaries(
        st.sampled_from(["amount", "date", "payment", "number_of_payments"]), odd_values
    ),
    max_size=4,
)
odd_tables = st.dictionaries(
    st.sampled_from(["disbursement_schedule", "payment_schedule", "lender_fees", "cost_examples"]),
    odd_rows,
)


@given(st.dictionaries(known_names, odd_values), odd_tables)
def test_misread_values_are_told_or_left_out_and_never_stop_a_comparison(values, tables):
    prepay = (MONTHLY, Prepayment(amount=D(1), month=date(2027, 3, 1)))

    for changed in (values, {**MORTGAGE, **values}, {**MORATORIUM, **values}):
        for comparison in compare_loans([loan({**changed, **tables})], prepay):
            assert all(
                (found.value is None) == (found.basis is Basis.MISSING)
                and not (isinstance(found.value, Decimal) and not found.value.is_finite())
                for row in comparison.rows
                for found in row.values
            )
