"""Every rule on a document that ties out, and on the same document with one value misread."""

# ruff: noqa: E501 - one case a line

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from attrs import evolve

from loanbatch.models import Box, Document, Field, Finding, Severity, Value
from loanbatch.testing import make_document, make_field
from loanbatch_plugins.checks import check
from loanbatch_plugins.checks._running import ALL_RULES

Facts = dict[str, Any]


def fields(facts: Facts) -> Iterable[Field]:
    for name, value in facts.items():
        if isinstance(value, list):
            rows = tuple(
                tuple(field(column, cell, top=10.0 * number) for column, cell in row.items())
                for number, row in enumerate(value)
            )
            yield make_field(name, rows=rows)
        else:
            yield field(name, value)


def field(name: str, value: Any, *, top: float = 0.0) -> Field:
    box = Box(72.0, top, 144.0, top + 8.0)
    return make_field(name, raw=str(value), value=normalized(value), page=2, box=box)


def normalized(value: Any) -> Value:
    """Amounts are written as text, dates in ISO form, counts as whole numbers."""
    if not isinstance(value, str):
        return value  # type: ignore[no-any-return]
    if len(value) == len("2026-01-31") and value[4] == value[7] == "-":
        return date.fromisoformat(value)
    return Decimal(value) if value.lstrip("-").replace(".", "", 1).isdigit() else value


def document(kind: str, facts: Facts) -> Document:
    return make_document(kind, *fields(facts))


def found(kind: str, facts: Facts) -> list[Finding]:
    return list(check([document(kind, facts)]))


def changed(facts: Facts, path: str, value: Any) -> Facts:
    """Return facts with another value at a path, as `fees[1].amount`."""
    name, bracket, rest = path.partition("[")
    if not bracket:
        return {**facts, path: value}
    number, _, column = rest.partition("].")
    rows = [dict(row) for row in facts[name]]
    rows[int(number)][column] = value
    return {**facts, name: rows}


LOAN: Facts = {
    "loan_amount": "200000.00",
    "note_rate_percent": "6.5",
    "loan_term_months": 360,
    "principal_and_interest_payment": "1264.14",
}
FEES: Facts = {
    "fees": [
        {"section": "A", "amount": "1000.00", "percent_of_loan": "0.5", "paid_by": "borrower", "paid_when": "at_closing"},
        {"section": "A", "amount": "350.00", "paid_by": "borrower", "paid_when": "before_closing"},
        {"section": "A", "amount": "99.00", "paid_by": "seller", "paid_when": "at_closing"},
        {"section": "F", "label": "Prepaid Interest", "amount": "360.00", "paid_by": "borrower", "paid_when": "at_closing"},
    ],
    "section_totals": [
        {"section": section, "amount": amount}
        for section, amount in (
            ("A", "1350.00"), ("B", "0.00"), ("C", "500.00"), ("D", "1850.00"), ("E", "100.00"),
            ("F", "360.00"), ("G", "0.00"), ("H", "40.00"), ("I", "500.00"), ("J", "2350.00"),
        )
    ],
    "origination_charges": "1350.00",
    "total_loan_costs": "1850.00",
    "total_other_costs": "500.00",
    "lender_credits": "0.00",
    "total_closing_costs": "2350.00",
}  # fmt: skip
CASH: Facts = {
    "loan_purpose": "Purchase",
    "sale_price": "250000.00",
    "cash_to_close": "51000.00",
    "cash_to_close_table": [
        {"label": "Total Closing Costs (J)", "loan_estimate": "2300.00", "final": "2350.00"},
        {"label": "Closing Costs Paid Before Closing", "loan_estimate": "0.00", "final": "-350.00"},
        {"label": "Down Payment/Funds from Borrower", "loan_estimate": "50000.00", "final": "50000.00"},
        {"label": "Deposit", "loan_estimate": "-1000.00", "final": "-1000.00"},
        {"label": "Cash to Close", "loan_estimate": "51300.00", "final": "51000.00"},
    ],
    "transaction_summary": [
        {"section": "K", "label": "Sale Price of Property", "amount": "250000.00"},
        {"section": "K", "label": "Closing Costs Paid at Closing (J)", "amount": "2000.00"},
        {"section": "L", "label": "Deposit", "amount": "1000.00"},
        {"section": "L", "label": "Loan Amount", "amount": "200000.00"},
    ],
}  # fmt: skip
PAYMENTS: Facts = {
    "mortgage_insurance_monthly_payment": "80.00",
    "escrow_monthly_payment": "300.00",
    "estimated_total_monthly_payment": "1644.14",
    "projected_payments": [
        {
            "first_year": 1, "last_year": 7, "principal_and_interest_maximum": "1264.14",
            "mortgage_insurance": "80.00", "escrow": "300.00", "total_maximum": "1644.14",
        },
        {
            "first_year": 8, "last_year": 30, "principal_and_interest_maximum": "1264.14",
            "escrow": "300.00", "total_maximum": "1564.14",
        },
    ],
}  # fmt: skip
#: Computed independently: 360 x 1264.136047 = 455,088.98; insurance 84 x 80; costs; interest.
CALCULATIONS: Facts = {
    "total_of_payments": "464018.98",
    "finance_charge": "263528.98",
    "amount_financed": "198290.00",
    "annual_percentage_rate_percent": "6.848",
    "total_interest_percentage": "127.724",
}
CLOSING = {**LOAN, **FEES, **CASH, **PAYMENTS, **CALCULATIONS}
ESTIMATE = {**LOAN, **PAYMENTS, "in_five_years_principal_paid": "12778.00"}
W2: Facts = {
    "tax_year": 2024,
    "social_security_wages": "60000.00",
    "social_security_tax_withheld": "3720.00",
    "medicare_wages": "250000.00",
    "medicare_tax_withheld": "4075.00",
}
STUB: Facts = {
    "gross_pay": "2000.00",
    "total_taxes": "300.00",
    "total_deductions": "100.00",
    "net_pay": "1600.00",
    "year_to_date_gross_pay": "8000.00",
    "year_to_date_taxes": "1200.00",
    "year_to_date_deductions": "400.00",
    "year_to_date_net_pay": "6400.00",
    "earnings": [
        {"label": "Regular", "amount": "1800.00", "year_to_date": "7200.00"},
        {"label": "Bonus", "amount": "200.00", "year_to_date": "800.00"},
    ],
}
BANK: Facts = {
    "opening_balance": "100.00",
    "total_deposits": "500.00",
    "total_withdrawals": "250.00",
    "closing_balance": "350.00",
    "transactions": [
        {"amount": "500.00", "balance": "600.00"},
        {"amount": "-200.00"},
        {"amount": "-50.00", "balance": "350.00"},
    ],
}
ACCOUNTS: Facts = {
    "accounts": [
        {"opening_balance": "10.00", "total_deposits": "5.00", "total_withdrawals": "3.00", "closing_balance": "12.00"},
        {"opening_balance": "20.00", "closing_balance": "20.00"},
    ],
    "total_opening_balance": "30.00",
    "total_closing_balance": "32.00",
}  # fmt: skip
SCHEDULE: Facts = {
    "payment_schedule": [
        {"number": 1, "payment": "110.00", "interest": "10.00", "principal": "100.00", "balance": "900.00"},
        {"number": 2, "payment": "109.00", "interest": "9.00", "principal": "100.00", "balance": "800.00"},
    ]
}  # fmt: skip
LETTER: Facts = {
    "currency": "INR",
    "loan_amount": "500000.00",
    "note_rate_percent": "12",
    "number_of_payments": 36,
    "principal_and_interest_payment": "16607.00",
    "benchmark_rate_percent": "8.75",
    "spread_percent": "3.25",
    "processing_fee": "5000.00",
    "processing_fee_percent": "1",
    "total_interest": "97852.00",
    "total_of_payments": "597852.00",
    "first_payment_date": "2026-02-05",
    "maturity_date": "2029-01-05",
    "loan_to_value_percent": "80",
    "collateral_value": "650000.00",
    "collateral_items": [{"value": "250000.00"}, {"value": "400000.00"}],
    "disbursement_schedule": [{"amount": "200000.00"}, {"amount": "300000.00"}],
}
TRUTH: Facts = {
    "amount_financed": "10000.00",
    "finance_charge": "2000.00",
    "total_of_payments": "12000.00",
    "payment_schedule": [{"number_of_payments": 60, "payment": "200.00"}],
}
RETURN: Facts = {
    "total_income": "80000.00",
    "adjustments": "1000.00",
    "adjusted_gross_income": "79000.00",
    "deductions": "14000.00",
    "taxable_income": "65000.00",
    "total_tax": "9000.00",
    "total_payments": "10000.00",
    "overpaid_amount": "1000.00",
    "ordinary_dividends": "50.00",
    "qualified_dividends": "40.00",
    "schedule_c_gross_receipts": "5000.00",
    "schedule_c_cost_of_goods_sold": "1000.00",
    "schedule_c_gross_profit": "4000.00",
}
HOME: Facts = {
    "unpaid_principal_balance": "240000.00",
    "note_rate_percent": "5",
    "interest_due": "1000.00",
    "principal_due": "400.00",
    "escrow_due": "200.00",
    "total_amount_due": "1600.00",
}
#: Code, kind, facts that tie out, and what is misread: path and value.
CASES: list[tuple[str, str, Facts, str, Any]] = [
    ("payment_differs_from_terms", "promissory_note", LOAN, "note_rate_percent", "6.6"),
    ("payment_differs_from_terms", "sanction_letter", LETTER, "loan_amount", "600000.00"),
    ("total_of_payments_differs", "student_loan_disclosure", TRUTH, "finance_charge", "2001.00"),
    ("payment_schedule_differs_from_total", "other", TRUTH, "payment_schedule[0].payment", "300.00"),
    ("total_interest_differs", "sanction_letter", LETTER, "total_interest", "87852.00"),
    ("schedule_row_differs", "payment_schedule", SCHEDULE, "payment_schedule[1].interest", "5.00"),
    ("schedule_balance_differs", "payment_schedule", SCHEDULE, "payment_schedule[0].balance", "90.00"),
    ("rate_differs_from_benchmark", "sanction_letter", LETTER, "spread_percent", "3.75"),
    ("processing_fee_differs", "sanction_letter", LETTER, "processing_fee", "50000.00"),
    ("disbursements_differ_from_amount", "sanction_letter", LETTER, "disbursement_schedule[0].amount", "800000.00"),
    ("collateral_differs", "sanction_letter", LETTER, "collateral_items[0].value", "260000.00"),
    ("maturity_differs_from_term", "sanction_letter", LETTER, "maturity_date", "2039-01-05"),
    ("dates_out_of_order", "sanction_letter", LETTER, "first_payment_date", "2036-02-05"),
    ("loan_to_value_differs", "sanction_letter", LETTER, "loan_to_value_percent", "50"),
    ("fees_differ_from_section", "closing_disclosure", CLOSING, "fees[1].amount", "850.00"),
    ("section_totals_differ", "closing_disclosure", CLOSING, "section_totals[2].amount", "600.00"),
    ("closing_costs_differ", "closing_disclosure", CLOSING, "lender_credits", "-50.00"),
    ("projected_payment_differs", "closing_disclosure", CLOSING, "projected_payments[1].escrow", "800.00"),
    ("first_payment_differs", "loan_estimate", ESTIMATE, "escrow_monthly_payment", "309.00"),
    ("first_period_differs", "loan_estimate", ESTIMATE, "projected_payments[0].escrow", "390.00"),
    ("cash_to_close_differs", "closing_disclosure", CLOSING, "cash_to_close", "57000.00"),
    ("cash_to_close_estimate_differs", "closing_disclosure", CLOSING, "cash_to_close_table[0].loan_estimate", "3300.00"),
    ("cash_to_close_row_differs", "closing_disclosure", CLOSING, "cash_to_close_table[1].final", "-380.00"),
    ("down_payment_differs", "closing_disclosure", CLOSING, "sale_price", "260000.00"),
    ("transaction_summary_differs", "closing_disclosure", CLOSING, "transaction_summary[2].amount", "7000.00"),
    ("transaction_summary_row_differs", "closing_disclosure", CLOSING, "transaction_summary[3].amount", "206000.00"),
    ("points_differ", "closing_disclosure", CLOSING, "fees[0].percent_of_loan", "5"),
    ("total_of_payments_differs_from_schedule", "closing_disclosure", CLOSING, "total_of_payments", "484018.98"),
    ("annual_percentage_rate_differs", "closing_disclosure", CLOSING, "annual_percentage_rate_percent", "7.848"),
    ("total_interest_percentage_differs", "closing_disclosure", CLOSING, "total_interest_percentage", "121.124"),
    ("finance_charge_differs", "closing_disclosure", CLOSING, "finance_charge", "283528.98"),
    ("in_five_years_differs", "loan_estimate", ESTIMATE, "in_five_years_principal_paid", "17278.00"),
    ("social_security_tax_differs", "w2", W2, "social_security_tax_withheld", "3120.00"),
    ("social_security_wages_above_base", "w2", W2, "social_security_wages", "600000.00"),
    ("medicare_tax_differs", "w2", W2, "medicare_wages", "260000.00"),
    ("net_pay_differs", "paystub", STUB, "net_pay", "1500.00"),
    ("year_to_date_net_pay_differs", "paystub", STUB, "year_to_date_net_pay", "6460.00"),
    ("earnings_differ_from_gross_pay", "paystub", STUB, "earnings[1].amount", "260.00"),
    ("year_to_date_below_current", "paystub", STUB, "year_to_date_gross_pay", "800.00"),
    ("income_differs_from_total", "employment_verification", {"income": [{"base_pay": "15.00", "bonus": "5.00", "total": "20.00"}]}, "income[0].bonus", "6.00"),
    ("balance_differs_from_totals", "bank_statement", BANK, "total_deposits", "560.00"),
    ("transactions_differ_from_balances", "bank_statement", BANK, "transactions[1].amount", "-300.00"),
    ("running_balance_differs", "bank_statement", BANK, "transactions[0].balance", "660.00"),
    ("account_balance_differs", "bank_statement", ACCOUNTS, "accounts[0].total_deposits", "6.00"),
    ("account_totals_differ", "bank_statement", ACCOUNTS, "total_closing_balance", "82.00"),
    ("amount_due_differs", "mortgage_statement", HOME, "total_amount_due", "1500.00"),
    ("interest_due_differs", "mortgage_statement", HOME, "note_rate_percent", "6"),
    ("amount_due_differs_from_charges", "utility_bill", {"previous_balance": "80.00", "payments_received": "-80.00", "current_charges": "90.00", "amount_due": "90.00"}, "amount_due", "60.00"),
    ("adjusted_gross_income_differs", "tax_return", RETURN, "total_income", "30000.00"),
    ("taxable_income_differs", "tax_return", RETURN, "deductions", "14500.00"),
    ("refund_differs", "tax_return", RETURN, "overpaid_amount", "7000.00"),
    ("schedule_c_differs", "tax_return", RETURN, "schedule_c_gross_profit", "9000.00"),
    ("qualified_dividends_above_ordinary", "form_1099", RETURN, "qualified_dividends", "400.00"),
]  # fmt: skip


def test_every_rule_is_tried_here() -> None:
    assert {case[0] for case in CASES} == {rule.code for rule in ALL_RULES}


def test_a_statement_whose_last_transaction_was_not_read_needs_review() -> None:
    whole = BANK["transactions"]
    (finding,) = found("bank_statement", {**BANK, "transactions": whole[:-1]})

    assert finding.code == "transactions_differ_from_balances"
    assert finding.severity is Severity.WARNING
    assert "transactions" in finding.fields


@pytest.mark.parametrize(("code", "kind", "facts", "path", "value"), CASES)
def test_a_misread_value_breaks_its_rule(
    code: str, kind: str, facts: Facts, path: str, value: Any
) -> None:
    assert found(kind, facts) == []
    findings = {finding.code: finding for finding in found(kind, changed(facts, path, value))}
    finding = findings[code]
    assert finding.severity is Severity.WARNING
    assert path.partition("[")[0] in finding.fields
    assert path in {evidence.field for evidence in finding.evidence}
    assert all(evidence.page == 2 and evidence.box is not None for evidence in finding.evidence)


@pytest.mark.parametrize(("code", "kind", "facts", "path", "value"), CASES)
def test_a_rule_without_an_input_is_silent(
    code: str, kind: str, facts: Facts, path: str, value: Any
) -> None:
    rule = next(rule for rule in ALL_RULES if rule.code == code)
    broken = changed(facts, path, value)
    for name in rule.needs:
        rest = {other: given for other, given in broken.items() if other != name}
        assert code not in {finding.code for finding in found(kind, rest)}


def test_a_finding_tells_no_value_in_its_message() -> None:
    finding = found("promissory_note", {**LOAN, "note_rate_percent": "6.6"})[0]
    assert (finding.expected, finding.actual) == ("1277.32", "1264.14")
    assert not any(character.isdigit() for character in finding.message.partition(":")[2])


@pytest.mark.parametrize(
    ("path", "misread"),
    [
        ("section_totals[2].amount", "800.00"),
        ("total_of_payments", "46401898.00"),
        ("fees[1].amount", "530.00"),
        ("cash_to_close", "15000.00"),
        ("loan_term_months", 350),
    ],
)
def test_the_one_value_that_explains_all_is_suggested(path: str, misread: Any) -> None:
    findings = found("closing_disclosure", changed(CLOSING, path, misread))
    offered = {finding.suggestion for finding in findings if finding.suggestion}
    (suggestion,) = offered
    truth = found_value(path)
    assert (suggestion.evidence.field, Decimal(suggestion.value)) == (path, truth)


def found_value(path: str) -> Decimal:
    name, bracket, rest = path.partition("[")
    value = CLOSING[name]
    if bracket:
        number, _, column = rest.partition("].")
        value = value[int(number)][column]
    return Decimal(value)


def test_nothing_is_suggested_where_several_values_explain_as_well() -> None:
    (finding,) = found(
        "student_loan_disclosure", {**TRUTH, "finance_charge": "2100.00", "payment_schedule": []}
    )
    assert finding.code == "total_of_payments_differs"
    assert finding.suggestion is None


def test_a_suggestion_is_never_applied() -> None:
    given = document("closing_disclosure", changed(CLOSING, "section_totals[2].amount", "800.00"))
    before = evolve(given)
    assert any(finding.suggestion for finding in check([given]))
    assert given == before


@pytest.mark.parametrize("rate", ["0", "-1", "387500", "9999999"])
def test_absurd_terms_do_not_break_the_checks(rate: str) -> None:
    for finding in found("closing_disclosure", {**CLOSING, "note_rate_percent": rate}):
        assert finding.severity is Severity.WARNING


def test_interest_only_and_deferred_payments_tie_out() -> None:
    only = {**LOAN, "principal_and_interest_payment": "1083.33"}
    assert found("promissory_note", only) == []
    deferred = {**LOAN, "deferment_months": 48, "principal_and_interest_payment": "1583.33"}
    assert found("student_loan_disclosure", deferred) == []


def test_other_kinds_of_documents_are_left_alone() -> None:
    assert found("appraisal", {**CLOSING, "total_of_payments": "1.00"}) == []
