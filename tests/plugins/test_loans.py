"""The plugin `loans`: whom to believe, who is who, what contradicts, replaces and repeats what."""

from datetime import date
from decimal import Decimal

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from loanbatch.loans import Standing
from loanbatch.models import Severity
from loanbatch.testing import make_document, make_field, make_result, make_source
from loanbatch.vocabulary import standard_vocabulary
from loanbatch_plugins.loans._joining import joined
from loanbatch_plugins.loans._tables import tables

AMOUNT = Decimal("250000.00")


def paper(kind, page=1, confidence=0.99, **values):
    fields = [
        make_field(name, str(value), value=value, page=page, confidence=confidence)
        for name, value in values.items()
    ]
    return make_document(kind, *fields, first_page=page)


def loan_of(*documents):
    """Join documents, each in a file of its own."""
    results = [
        make_result(
            document,
            source=evolve(make_source(bytes([n])), file_name=f"{n:02}.pdf"),
            loan_id="L-7",
        )
        for n, document in enumerate(documents)
    ]
    return joined("L-7", results)


def standings(loan):
    return [item.standing.value for item in loan.documents]


def codes(loan):
    return [finding.code for finding in loan.findings if finding.severity is not Severity.INFO]


def test_note_is_believed_before_disclosure_and_estimate():
    loan = loan_of(
        paper("loan_estimate", loan_amount=AMOUNT),
        paper("closing_disclosure", loan_amount=AMOUNT),
        paper("promissory_note", loan_amount=AMOUNT),
    )

    fact = loan.facts["loan_amount"]
    kinds = [loan.documents[item.document].document.kind for item in fact.observations]
    assert kinds == ["promissory_note", "closing_disclosure", "loan_estimate"]
    assert (fact.value, fact.contradicted, codes(loan)) == (AMOUNT, False, [])


def test_contradiction_names_every_observation_with_file_and_page():
    loan = loan_of(
        paper("closing_disclosure", page=3, loan_amount=AMOUNT + 1),
        paper("promissory_note", loan_amount=AMOUNT),
    )

    (finding,) = [item for item in loan.findings if item.code == "contradiction"]
    assert loan.facts["loan_amount"].contradicted
    assert (finding.expected, finding.actual) == ("250000.00", "250001.00")
    assert [(e.file_name, e.page) for e in finding.evidence] == [("01.pdf", 1), ("00.pdf", 3)]
    assert {e.document_id for e in finding.evidence} == {d.document_id for d in loan.documents}
    assert "25000" not in finding.message


def test_estimate_does_not_contradict_what_is_final():
    loan = loan_of(
        paper("closing_disclosure", total_closing_costs=Decimal("9712.10")),
        paper("loan_estimate", total_closing_costs=Decimal("8054.00")),
    )

    fact = loan.facts["total_closing_costs"]
    assert (fact.value, fact.contradicted) == (Decimal("9712.10"), False)
    assert len(fact.observations) == 2


def test_later_issue_supersedes_the_former():
    loan = loan_of(
        paper("closing_disclosure", date_issued=date(2026, 3, 1), finance_charge=AMOUNT),
        paper("closing_disclosure", date_issued=date(2026, 3, 9), finance_charge=AMOUNT + 5),
    )

    assert standings(loan) == ["superseded", "current"]
    assert loan.facts["finance_charge"].value == AMOUNT + 5
    assert codes(loan) == []


def test_superseded_document_speaks_where_nothing_later_does():
    loan = loan_of(
        paper("closing_disclosure", date_issued=date(2026, 3, 1), finance_charge=AMOUNT),
        paper("closing_disclosure", date_issued=date(2026, 3, 9)),
    )

    assert loan.facts["finance_charge"].value == AMOUNT


def test_two_issues_of_one_day_that_differ_contradict_each_other():
    day = date(2026, 3, 1)
    loan = loan_of(
        paper("closing_disclosure", date_issued=day, finance_charge=AMOUNT),
        paper("closing_disclosure", date_issued=day, finance_charge=AMOUNT + 5),
    )

    assert standings(loan) == ["current", "current"]
    assert codes(loan) == ["contradiction"]


def test_issue_of_another_loan_supersedes_nothing():
    loan = loan_of(
        paper("loan_estimate", date_issued=date(2026, 3, 1), loan_identifier="A-1"),
        paper("loan_estimate", date_issued=date(2026, 3, 9), loan_identifier="A-2"),
    )

    assert standings(loan) == ["current", "current"]


def test_copy_counts_once_and_the_surer_one_stays():
    values = {
        "tax_year": 2025,
        "wages": Decimal("51234.00"),
        "employer_name": "Alder Works, Inc.",
        "employee_name": "Jane Q. Roe",
    }
    loan = loan_of(
        paper("w2", confidence=0.6, **{**values, "employer_name": "ALDER WORKS INC"}),
        paper("w2", **values),
        paper("w2", **{**values, "tax_year": 2024}),
    )

    assert standings(loan) == ["duplicate", "current", "current"]


@pytest.mark.parametrize(
    "variant",
    ["ROE, JANE Q", "Jane Quincy Roe", "J. Roe", "jane roe", "Jane Roe Jr.", "Dr. Jane Roe"],
)
def test_variants_of_a_name_are_one_borrower(variant):
    loan = loan_of(
        paper("promissory_note", borrower_names=("Jane Q. Roe",)),
        paper("w2", employee_name=variant),
        paper("closing_disclosure", borrower_names=(variant,)),
    )

    (borrower,) = loan.borrowers
    assert {item.document for item in borrower.observations} == {0, 1, 2}
    assert codes(loan) == []


def test_other_borrower_is_a_contradiction():
    loan = loan_of(
        paper("promissory_note", borrower_names=("Jane Roe",)),
        paper("closing_disclosure", borrower_names=("June Poe",)),
    )

    assert [b.name for b in loan.borrowers] == ["Jane Roe", "June Poe"]
    assert codes(loan) == ["contradiction"]


def test_borrower_that_an_application_leaves_out_is_none():
    loan = loan_of(
        paper("closing_disclosure", borrower_names=("Jane Roe", "Ann Poe")),
        paper("loan_application", borrower_names=("Ann Poe",)),
    )

    assert codes(loan) == []


def test_father_and_son_are_two():
    loan = loan_of(
        paper("promissory_note", borrower_names=("Max Roe Sr.", "Max Roe Jr.")),
        paper("w2", employee_name="MAX ROE JR"),
    )

    assert [len(b.observations) for b in loan.borrowers] == [1, 2]


def test_paper_about_somebody_else_is_told_without_review():
    loan = loan_of(
        paper("promissory_note", borrower_names=("Jane Roe",)),
        paper("paystub", employee_name="Ann Poe"),
    )

    stranger = next(item for item in loan.findings if item.code == "not_a_borrower")
    assert stranger.severity is Severity.INFO
    assert [e.field for e in stranger.evidence] == ["employee_name"]


def test_facts_of_a_person_are_the_first_borrowers():
    loan = loan_of(
        paper("promissory_note", borrower_names=("Jane Roe", "Ann Poe")),
        paper("w2", employee_name="Ann Poe", employee_ssn="900-11-2222"),
        paper("w2", employee_name="Jane Roe", employee_ssn="900-33-4444"),
    )

    assert loan.facts["borrower_ssn"].value == "900-33-4444"
    assert codes(loan) == []


def test_addresses_differ_only_where_they_mean_another_place():
    note = paper("promissory_note", property_address="12 North Main Street, Elm, NV 89001")
    same = paper("closing_disclosure", property_address="12 N MAIN ST, ELM, NEVADA 89001-1234")
    other = paper("appraisal", property_address="21 N Main St, Elm, NV 89001")

    assert codes(loan_of(note, same)) == []
    assert codes(loan_of(note, same, other)) == ["contradiction"]


def test_missing_documents_are_told_by_the_type_of_the_loan():
    loan = loan_of(paper("closing_disclosure"), paper("promissory_note"), paper("paystub"))

    assert (loan.loan_type, loan.missing) == ("mortgage", ("loan_application", "loan_estimate"))
    gaps = [item for item in loan.findings if item.code == "document_missing"]
    assert {item.severity for item in gaps} == {Severity.INFO}
    assert "1026.19(e)(1)" in gaps[1].message


@pytest.mark.parametrize(
    ("kinds", "loan_type"),
    [
        (["student_loan_disclosure", "loan_application"], "student_loan"),
        (["sanction_letter", "payment_schedule"], "sanctioned_loan"),
        (["loan_agreement"], "loan"),
        (["w2", "paystub"], ""),
    ],
)
def test_type_of_the_loan_follows_from_its_papers(kinds, loan_type):
    assert loan_of(*map(paper, kinds)).loan_type == loan_type


def test_fields_that_no_table_lists_are_facts_of_papers_that_describe_the_loan():
    loan = loan_of(
        paper("key_facts_statement", returned_payment_fee=Decimal("500.00")),
        paper("loan_agreement", returned_payment_fee=Decimal("590.00")),
        paper("bank_statement", closing_balance=Decimal("1.00")),
    )

    assert loan.facts["returned_payment_fee"].value == Decimal("590.00")
    assert "closing_balance" not in loan.facts
    assert codes(loan) == ["contradiction"]


def test_tables_name_what_the_vocabulary_knows():
    words, table = standard_vocabulary(), tables()

    for rule in (*table.facts.values(), table.others):
        assert set(rule.kinds) | rule.estimated | set(rule.names) <= set(words.kinds)
        assert rule.estimated <= set(rule.kinds) or rule is table.others
        assert set(rule.names.values()) <= set(words.fields)
    assert set(table.facts) | table.left_out <= set(words.fields)
    for name, kind in table.kinds.items():
        assert set(kind.issued) | set(kind.persons) <= set(words.fields), name
    for loan_type in table.types:
        kinds = {kind for need in loan_type.needs for kind in need.kinds}
        assert kinds | loan_type.kinds <= set(words.kinds)


KINDS = ("promissory_note", "closing_disclosure", "loan_estimate", "loan_application")
PAPERS = st.lists(
    st.builds(
        lambda kind, amount, day: paper(
            kind, loan_amount=Decimal(amount), date_issued=date(2026, 1, day)
        ),
        st.sampled_from(KINDS),
        st.integers(1, 3),
        st.integers(1, 4),
    ),
    min_size=1,
    max_size=6,
)


@given(PAPERS)
def test_every_word_on_a_fact_is_kept_and_somebody_is_believed(papers):
    loan = loan_of(*papers)

    fact = loan.facts["loan_amount"]
    assert sorted(item.document for item in fact.observations) == list(range(len(papers)))
    assert fact.value == fact.observations[0].field.value
    assert Standing.CURRENT in {item.standing for item in loan.documents}
    assert fact.contradicted == ("contradiction" in codes(loan))


@given(PAPERS, st.randoms(use_true_random=False))
def test_what_is_believed_does_not_depend_on_the_order_of_the_papers(papers, random):
    dated = [
        evolve(
            p, fields={**p.fields, "note_date": evolve(p.fields["date_issued"], name="note_date")}
        )
        for p in papers
    ]
    distinct = {(p.kind, p.fields["date_issued"].value): p for p in dated}
    some = list(distinct.values())
    others = some.copy()
    random.shuffle(others)

    assert loan_of(*some).facts["loan_amount"].value == loan_of(*others).facts["loan_amount"].value
