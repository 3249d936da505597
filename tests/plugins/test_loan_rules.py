"""Rules across the documents of a loan: what breaks them, and that sound loan files do not."""

import json
from contextlib import suppress
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from attrs import evolve
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from loanbatch.models import Severity
from loanbatch.testing import make_document, make_field, make_result, make_source
from loanbatch.testing._inputs import MARKER, inputs_for
from loanbatch.testing.samples import CONTRADICTIONS, make_loan_file
from loanbatch.vocabulary import FieldType, standard_vocabulary
from loanbatch_plugins.checks._across import loan_findings
from loanbatch_plugins.checks._loan_rules import LOAN_RULES
from loanbatch_plugins.finance import business_days_after, public_holidays
from loanbatch_plugins.loans._joining import joined

WORDS = standard_vocabulary()
MONDAY = date(2026, 3, 2)


def typed(definition, value):
    """Return a value of a label file as the pipeline would have it."""
    match definition.type:
        case FieldType.MONEY | FieldType.PERCENT | FieldType.NUMBER:
            return Decimal(value)
        case FieldType.DATE:
            return date.fromisoformat(value)
        case FieldType.NAMES | FieldType.LIST:
            return tuple(value)
    return value


def field(name, value):
    definition = WORDS.field(name)
    if definition.type is FieldType.ROWS:
        rows = tuple(
            tuple(
                make_field(c, str(v), value=typed(definition.column(c), v)) for c, v in row.items()
            )
            for row in value
        )
        return make_field(name, "", rows=rows)
    return make_field(name, str(value), value=typed(definition, value))


def paper(kind, **values):
    return make_document(kind, *(field(name, value) for name, value in values.items()))


def loan_of(*documents):
    results = [
        make_result(
            document,
            source=evolve(make_source(bytes([n])), file_name=f"{n:02}.pdf"),
            loan_id="L-7",
        )
        for n, document in enumerate(documents)
    ]
    return joined("L-7", results)


def broken(*documents):
    return list(loan_findings(loan_of(*documents), LOAN_RULES))


def codes(*documents):
    return [finding.code for finding in broken(*documents)]


def fees(*rows, **more):
    return [dict(zip(("section", "label", "amount"), row, strict=True)) | more for row in rows]


def estimate(*rows, **values):
    return paper("loan_estimate", fees=fees(*rows), **values)


def disclosure(*rows, **values):
    return paper("closing_disclosure", fees=fees(*rows, paid_by="borrower"), **values)


def test_charge_of_the_lender_may_not_rise():
    before = estimate(("A", "Underwriting Fee", "900"))

    assert codes(before, disclosure(("A", "Underwriting Fee", "900.49"))) == []
    (finding,) = broken(before, disclosure(("A", "UNDERWRITING FEE", "901.00")))
    assert finding.code == "charge_above_estimate"
    assert (finding.expected, finding.actual) == ("900.00", "901.00")
    assert [(e.file_name, e.field) for e in finding.evidence] == [
        ("00.pdf", "fees[0].amount"),
        ("01.pdf", "fees[0].amount"),
    ]


def test_service_that_cannot_be_shopped_for_and_transfer_taxes_may_not_rise():
    before = estimate(("B", "Appraisal Fee", "405"), ("E", "Transfer Taxes", "90"))

    assert codes(before, disclosure(("B", "Appraisal Fee", "500.00"))) == ["charge_above_estimate"]
    assert codes(before, disclosure(("E", "Transfer Taxes", "95.00"))) == ["charge_above_estimate"]
    assert codes(before, disclosure(("H", "Appraisal Fee", "500.00"))) == []


def test_lender_credit_that_has_grown_by_as_much_cures_what_is_over():
    before = estimate(("A", "Underwriting Fee", "900"), lender_credits="0.00")
    after = disclosure(("A", "Underwriting Fee", "995.00"), lender_credits="95.00")

    assert codes(before, after) == []


def test_ten_percent_bound_the_sum_and_not_the_fee():
    # Comment 19(e)(3)(ii)-2: a fee of 300 may pass 330 as long as the sum stays within 10 percent.
    before = estimate(
        ("C", "Title - Search", "300"), ("C", "Survey Fee", "600"), ("E", "Recording Fees", "100")
    )

    within = disclosure(
        ("B", "Title - Search", "390.00"),
        ("B", "Survey Fee", "600"),
        ("E", "Recording Fees", "110"),
    )
    above = disclosure(
        ("B", "Title - Search", "420.00"),
        ("B", "Survey Fee", "600"),
        ("E", "Recording Fees", "110"),
    )
    assert codes(before, within) == []
    assert codes(before, above) == ["charges_ten_percent_above_estimate"]


def test_service_of_a_provider_off_the_list_has_no_limit():
    before = estimate(("C", "Survey Fee", "100"))

    assert codes(before, disclosure(("C", "Survey Fee", "400.00"))) == []


def test_services_that_were_not_taken_are_not_in_the_sum():
    before = estimate(("C", "Survey Fee", "5000"), ("E", "Recording Fees", "100"))

    after = disclosure(("E", "Recording Fees", "200.00"))
    assert codes(before, after) == ["charges_ten_percent_above_estimate"]


def test_lender_credits_may_not_shrink_but_specific_ones_count():
    before = paper("loan_estimate", lender_credits="500.00")

    assert codes(before, paper("closing_disclosure", lender_credits="400.00")) == [
        "lender_credits_below_estimate"
    ]
    specific = fees(("A", "Application Fee", "100.00"), paid_by="other")
    after = paper("closing_disclosure", lender_credits="400.00", fees=specific)
    assert codes(before, after) == []


def test_superseded_estimate_is_no_baseline():
    first = estimate(("A", "Underwriting Fee", "900"), date_issued="2026-01-05")
    second = estimate(("A", "Underwriting Fee", "1000"), date_issued="2026-02-05")

    assert codes(first, second, disclosure(("A", "Underwriting Fee", "1000.00"))) == []


def test_estimate_comes_within_three_business_days_of_the_application():
    applied = paper("loan_application", application_date=MONDAY.isoformat())

    assert codes(applied, paper("loan_estimate", date_issued="2026-03-05")) == []
    assert codes(applied, paper("loan_estimate", date_issued="2026-03-06")) == ["estimate_late"]


@pytest.mark.parametrize(
    ("kind", "issued", "signed", "short"),
    [
        ("closing_disclosure", "2026-03-02", "2026-03-05", False),
        ("closing_disclosure", "2026-03-02", "2026-03-04", True),
        # Saturdays count, Sundays do not.
        ("closing_disclosure", "2026-03-05", "2026-03-09", False),
        ("closing_disclosure", "2026-03-05", "2026-03-08", True),
        # The corrected one that is handed over at the table, or sent after it.
        ("closing_disclosure", "2026-03-02", "2026-03-02", False),
        ("closing_disclosure", "2026-03-12", "2026-03-02", False),
        # Memorial Day.
        ("closing_disclosure", "2026-05-22", "2026-05-26", True),
        ("closing_disclosure", "2026-05-22", "2026-05-27", False),
        ("loan_estimate", "2026-03-02", "2026-03-10", False),
        ("loan_estimate", "2026-03-02", "2026-03-09", True),
    ],
)
def test_waiting_periods(kind, issued, signed, short):
    found = codes(paper(kind, date_issued=issued), paper("promissory_note", note_date=signed))

    assert found == ["waiting_period_short"] * short


def test_revised_estimate_needs_four_days_and_comes_before_the_disclosure():
    note = paper("promissory_note", note_date="2026-03-20")
    first = paper("loan_estimate", date_issued="2026-02-02", loan_amount="1.00")
    second = paper("loan_estimate", date_issued="2026-03-17", loan_amount="2.00")
    closing = paper("closing_disclosure", date_issued="2026-03-12")

    assert codes(first, second, note) == ["waiting_period_short"]
    assert "estimate_after_disclosure" in codes(first, second, closing, note)


def test_rate_that_becomes_inaccurate_needs_a_new_wait():
    def issue(day, rate, product="Fixed Rate"):
        return paper(
            "closing_disclosure",
            date_issued=day,
            annual_percentage_rate_percent=rate,
            loan_product=product,
        )

    note = paper("promissory_note", note_date="2026-03-10")
    first = issue("2026-03-02", "7.00")
    assert codes(first, issue("2026-03-09", "7.10"), note) == []
    assert codes(first, issue("2026-03-09", "7.15"), note) == ["wait_after_changed_rate_short"]
    assert codes(first, issue("2026-03-09", "6.50"), note) == []
    assert codes(first, issue("2026-03-20", "7.15"), note) == []
    assert codes(first, issue("2026-03-09", "7.15", "5/1 Adjustable Rate"), note) == []


def stub(**values):
    known = {"employee_name": "Jane Roe", "employer_name": "Alder Works Inc."}
    return paper("paystub", **{**known, **values})


def test_income_of_the_application_is_not_above_its_papers():
    note = paper("promissory_note", borrower_names=["Jane Roe"])
    pay = stub(gross_pay="2000.00", pay_frequency="Bi-weekly")  # 4,333.33 a month

    def asked(amount):
        return paper("loan_application", borrower_names=["Jane Roe"], base_monthly_income=amount)

    assert codes(note, pay, asked("4500.00")) == []
    assert codes(note, pay, asked("4600.00")) == ["income_above_evidence"]
    second = stub(employer_name="Night Shift LLC", gross_pay="500.00", pay_frequency="weekly")
    assert codes(note, pay, second, asked("6000.00")) == []
    somebody = stub(employee_name="Ann Poe", gross_pay="1.00", pay_frequency="weekly")
    assert codes(note, somebody, asked("4600.00")) == []


def test_wages_of_the_year_are_not_below_what_had_been_paid():
    pay = stub(year_to_date_gross_pay="50000.00", pay_date="2025-10-31")

    def form(wages, year=2025):
        return paper(
            "w2", employee_name="ROE, JANE", employer_name="ALDER WORKS", wages=wages, tax_year=year
        )

    assert codes(pay, form("52000.00")) == []
    assert codes(pay, form("41000.00")) == ["wages_below_year_to_date"]
    assert codes(pay, form("41000.00", 2024)) == []


def test_year_to_date_rolls_forward():
    first = stub(
        pay_period_start="2026-03-02",
        pay_period_end="2026-03-15",
        pay_date="2026-03-20",
        gross_pay="2000.00",
        year_to_date_gross_pay="10000.00",
    )

    def second(year_to_date):
        return stub(
            pay_period_start="2026-03-16",
            pay_period_end="2026-03-29",
            pay_date="2026-04-03",
            gross_pay="2100.00",
            year_to_date_gross_pay=year_to_date,
        )

    assert codes(first, second("12100.00")) == []
    assert codes(second("12100.00"), first) == []
    assert codes(first, second("12000.00")) == ["year_to_date_goes_back"]


def test_verification_and_paystub_agree_on_employment():
    pay = stub(hire_date="2019-06-03")

    def verified(day):
        return paper(
            "employment_verification",
            employee_name="Jane Roe",
            employer_name="Alder Works",
            hire_date=day,
        )

    assert codes(pay, verified("2019-06-03")) == []
    assert codes(pay, verified("2016-06-03")) == ["employment_differs"]


def test_statements_of_one_account_follow_each_other():
    def statement(start, end, opening, closing, account="000123456"):
        return paper(
            "bank_statement",
            account_number=account,
            statement_period_start=start,
            statement_period_end=end,
            opening_balance=opening,
            closing_balance=closing,
        )

    january = statement("2026-01-01", "2026-01-31", "10.00", "20.00")
    assert codes(january, statement("2026-02-01", "2026-02-28", "20.00", "5.00")) == []
    assert codes(january, statement("2026-02-01", "2026-02-28", "21.00", "5.00", "XXXXX3456")) == [
        "statement_not_continued"
    ]
    assert codes(january, statement("2026-02-01", "2026-02-28", "21.00", "5.00", "999")) == []
    assert codes(january, statement("2026-03-01", "2026-03-31", "21.00", "5.00")) == []


def test_balance_is_not_above_the_loan_and_a_fixed_rate_stays():
    note = paper("promissory_note", loan_amount="200000.00", note_rate_percent="6")
    fixed = paper("closing_disclosure", loan_product="Fixed Rate")

    def statement(balance, rate):
        return paper("mortgage_statement", unpaid_principal_balance=balance, note_rate_percent=rate)

    assert codes(note, fixed, statement("199000.00", "6.000")) == []
    assert codes(note, fixed, statement("201000.00", "6")) == ["balance_above_loan"]
    assert codes(note, fixed, statement("199000.00", "6.5")) == ["balance_above_loan"]
    assert codes(note, statement("199000.00", "6.5")) == []


def test_holidays_of_a_year():
    assert sorted(public_holidays(2026)) == [
        date(2026, 1, 1), date(2026, 1, 19), date(2026, 2, 16), date(2026, 5, 25),
        date(2026, 6, 19), date(2026, 7, 4), date(2026, 9, 7), date(2026, 10, 12),
        date(2026, 11, 11), date(2026, 11, 26), date(2026, 12, 25),
    ]  # fmt: skip
    assert date(2020, 6, 19) not in public_holidays(2020)


@given(st.dates(date(1990, 1, 1), date(2100, 1, 1)), st.integers(0, 20), st.booleans())
def test_business_days_are_counted_one_by_one(start, count, saturdays):
    day = business_days_after(start, count, saturdays=saturdays)

    assert business_days_after(day, 1, saturdays=saturdays) > day >= start
    assert business_days_after(start, count + 1, saturdays=saturdays) == business_days_after(
        day, 1, saturdays=saturdays
    )
    if count:
        assert day.weekday() != 6
        assert day not in public_holidays(day.year)


AMOUNTS = st.lists(st.integers(1, 5000), min_size=1, max_size=5)


@given(AMOUNTS, st.data())
def test_costs_that_do_not_rise_break_nothing(amounts, data):
    rows = [(section, f"Fee {n}", str(n + a)) for n, a in enumerate(amounts) for section in "AB"]
    cuts = [data.draw(st.integers(0, int(row[2]))) for row in rows]
    lower = [(s, label, str(int(a) - cut)) for (s, label, a), cut in zip(rows, cuts, strict=True)]

    assert codes(estimate(*rows), disclosure(*lower)) == []


@given(AMOUNTS, st.integers(1, 1000))
def test_any_rise_of_a_charge_is_found(amounts, rise):
    rows = [("A", f"Fee {n}", str(amount)) for n, amount in enumerate(amounts)]
    dearer = [*rows[:-1], ("A", rows[-1][1], str(amounts[-1] + rise))]

    assert "charge_above_estimate" in codes(estimate(*rows), disclosure(*dearer))


def findings_of_file(seed, *contradictions):
    """Join a generated loan file as if every value of it were read."""
    documents = [
        paper(true.kind, **true.fields)
        for sample in make_loan_file(seed=seed, contradictions=contradictions)
        for true in sample.truth
    ]
    loan = loan_of(*documents)
    return loan, [
        finding
        for finding in (*loan.findings, *loan_findings(loan, LOAN_RULES))
        if finding.severity is not Severity.INFO
    ]


@pytest.mark.parametrize("seed", range(12))
def test_papers_that_agree_break_nothing(seed):
    loan, findings = findings_of_file(seed)

    assert [(f.code, f.fields, f.expected, f.actual) for f in findings] == []
    assert (loan.missing, loan.loan_type) == ((), "mortgage")
    assert all(item.standing.value == "current" for item in loan.documents)


@pytest.mark.parametrize("name", CONTRADICTIONS)
@pytest.mark.parametrize("seed", range(3))
def test_planted_contradiction_is_found(name, seed):
    _, findings = findings_of_file(seed, name)

    assert CONTRADICTIONS[name].codes <= {finding.code for finding in findings}


@pytest.mark.parametrize("given", [*inputs_for("check")], ids=lambda given: given.title)
def test_odd_documents_are_joined_and_judged(given):
    documents = given.arguments["documents"]
    twice = [*documents, *documents]
    if twice:
        loan = loan_of(*twice)
        findings = [*loan.findings, *loan_findings(loan, LOAN_RULES)]
        assert not any(MARKER in finding.message for finding in findings)


DATES = st.sampled_from([date.min, date(2026, 3, 2), date.max])
NUMBERS = st.sampled_from([Decimal(0), Decimal(-1), Decimal(5), Decimal("9999999999999.99")])


@st.composite
def any_paper(draw):
    """Draw a document of a kind that rules know, with any values of the right types."""
    kind = draw(st.sampled_from(sorted({kind for rule in LOAN_RULES for kind in rule.kinds})))
    by_type = {
        FieldType.MONEY: NUMBERS,
        FieldType.PERCENT: NUMBERS,
        FieldType.NUMBER: NUMBERS,
        FieldType.DATE: DATES,
        FieldType.MONTHS: st.integers(0, 999),
        FieldType.YEAR: st.integers(1, 9999),
        FieldType.COUNT: st.integers(0, 99),
        FieldType.YES_NO: st.booleans(),
        FieldType.NAMES: st.just(("Jane Roe",)),
        FieldType.ROWS: st.none(),
    }
    texts = st.sampled_from(["Jane Roe", "", "weekly", "fixed", "1 A St"])
    found = []
    for name in WORDS.kinds[kind].fields:
        value = draw(st.none() | by_type.get(WORDS.field(name).type, texts))
        if value is not None:
            found.append(make_field(name, "x", value=value))
    return make_document(kind, *found)


@given(st.lists(any_paper(), min_size=1, max_size=4))
@settings(max_examples=60, suppress_health_check=list(HealthCheck), deadline=None)
def test_nothing_that_documents_may_say_makes_a_rule_fail(papers):
    loan = loan_of(*papers)

    findings = [*loan.findings, *loan_findings(loan, LOAN_RULES)]

    places = {(e.document_id, e.file_name) for f in findings for e in f.evidence}
    assert places <= {(d.document_id, d.file_name) for d in loan.documents}
    assert list(loan_findings(loan, LOAN_RULES)) == list(loan_findings(loan, LOAN_RULES))


LABELLED = Path(__file__).parents[3] / "shared" / "documents"


@pytest.mark.skipif(not LABELLED.is_dir(), reason="the labelled documents are not here")
def test_labelled_packages_break_rules_only_where_papers_of_several_loans_are_together():
    told = {}
    for path in sorted(LABELLED.rglob("*.gold.json")):
        labels = json.loads(path.read_text(encoding="utf-8"))
        if len(labels["documents"]) > 1:
            papers = [labelled(document) for document in labels["documents"]]
            loan = loan_of(*papers)
            findings = (*loan.findings, *loan_findings(loan, LOAN_RULES))
            codes = {f.code for f in findings if f.severity is not Severity.INFO}
            if codes:
                told[frozenset(paper.kind for paper in papers)] = codes

    # Its application, note and statement are about three properties and loans.
    derived = frozenset({"other", "loan_application", "promissory_note", "mortgage_statement"})
    assert told == {derived: {"contradiction", "balance_above_loan"}}


def labelled(document):
    """Return a document as its labels have it; values of other forms are left out."""
    found = {}
    for name, value in document["fields"].items():
        with suppress(ArithmeticError, AttributeError, TypeError, ValueError):
            plain = value["value"] if isinstance(value, dict) else value
            field(name, plain)
            found[name] = plain
    return paper(document["kind"], **found)
