"""Loans: which results are of one, what a joining plugin may give, and what is told without one."""

from datetime import date
from decimal import Decimal

import pytest
from attrs import evolve

from loanbatch import hookimpl
from loanbatch.convert import from_plain, to_plain
from loanbatch.errors import UnknownJobError, UnknownRecordError
from loanbatch.jobstore import JobStore
from loanbatch.loans import Borrower, Fact, Loan, LoanDocument, Observation, Standing
from loanbatch.models import FieldEvidence, Finding, Severity
from loanbatch.results import loan_documents
from loanbatch.testing import make_document, make_field


def item(name, text, loan_id=None):
    given = {"file_name": name, "file_data": text.encode()}
    return given if loan_id is None else {**given, "loan_id": loan_id}


class Joiner:
    """Joins as it is told to."""

    def __init__(self, make):
        self.make = make

    @hookimpl
    def join_loan(self, loan_id, results):
        return self.make(loan_id, loan_documents(results))


def joined(loan_id, documents):
    field = documents[0].document.fields["x"]
    seen = Observation(document=0, name="x", field=field)
    return Loan(
        loan_id=loan_id,
        documents=documents,
        facts={"x": Fact(name="x", value=field.value, observations=(seen,))},
        borrowers=(Borrower(name="Jane Roe", observations=(seen,)),),
    )


def test_loan_has_its_documents_where_nobody_joins_them(make_handler):
    handler = make_handler()
    handler.process_batch_from_bytes([item("b.txt", "w2 x=2", "L-7"), item("a.txt", "note", "L-7")])

    loan = handler.get_loan("L-7")

    assert [(d.file_name, d.document.kind, d.standing) for d in loan.documents] == [
        ("a.txt", "note", Standing.CURRENT),
        ("b.txt", "w2", Standing.CURRENT),
    ]
    assert (loan.facts, loan.borrowers, loan.findings) == ({}, (), ())


def test_ids_that_differ_in_punctuation_spaces_or_case_are_of_one_loan(make_handler, database_url):
    handler = make_handler(database=database_url)
    ids = ["AB-12 34", "ab1234", "A.B/1_2#34", "ab12345"]
    summary = handler.process_batch_from_bytes(
        [item(f"{n}.txt", f"note x={n}", loan_id) for n, loan_id in enumerate(ids)]
    )

    for asked in ("AB1234", "ab-1234", "AB-12 34"):
        loan = handler.get_loan(asked)
        assert [d.file_name for d in loan.documents] == ["0.txt", "1.txt", "2.txt"]
    assert [loan.loan_id for loan in handler.get_loans(summary.job_id)] == ["AB-12 34", "ab12345"]
    several = handler.get_loans(summary.job_id, several_sources=True)
    assert [loan.loan_id for loan in several] == ["AB-12 34"]


def test_ids_of_punctuation_alone_are_not_of_one_loan(make_handler):
    handler = make_handler()
    summary = handler.process_batch_from_bytes([item("a", "w2", "--"), item("b", "w2 x=1", "#")])

    assert len(list(handler.get_loans(summary.job_id))) == 2


def test_loan_has_the_newest_result_of_each_document_and_those_of_other_jobs(make_handler):
    handler = make_handler(reprocess=True)
    handler.process_batch_from_bytes([item("a.txt", "note x=1", "L-7")])
    handler.process_batch_from_bytes([item("a.txt", "note x=1", "L-7")])
    summary = handler.process_batch_from_bytes([item("b.txt", "note x=2", "L-7")])

    (loan,) = handler.get_loans(summary.job_id)

    assert [d.file_name for d in loan.documents] == ["a.txt", "b.txt"]


def test_loans_of_a_job_come_in_the_order_of_their_first_sources_and_one_by_one(make_handler):
    handler = make_handler()
    loans = ["L-2", "L-1", "L-2", "L-3", "L-1"]
    summary = handler.process_batch_from_bytes(
        [item(f"{n}.txt", f"note x={n}", loan_id) for n, loan_id in enumerate(loans)]
    )

    found = handler.get_loans(summary.job_id)

    assert next(found).loan_id == "L-2"
    assert [loan.loan_id for loan in found] == ["L-1", "L-3"]


def test_loans_of_a_job_are_read_in_portions(tmp_path, monkeypatch, make_handler):
    monkeypatch.setattr("loanbatch.jobstore._loans._PORTION", 3)
    handler = make_handler(database=f"sqlite:///{tmp_path}/jobs.db")
    summary = handler.process_batch_from_bytes(
        [item(f"{n}.txt", f"note x={n}", f"L{n % 7}") for n in range(14)]
    )

    store = JobStore(f"sqlite:///{tmp_path}/jobs.db")
    ids = list(store.loans_of_job(summary.job_id))
    store.close()

    assert ids == [f"L{n}" for n in range(7)]


def test_unknown_loans_and_jobs_are_refused(make_handler):
    handler = make_handler()

    with pytest.raises(UnknownRecordError, match="'L-7'"):
        handler.get_loan("L-7")
    with pytest.raises(UnknownJobError):
        list(handler.get_loans("job-7"))


def test_joined_loan_comes_as_the_plugin_gave_it(make_handler):
    handler = make_handler(Joiner(joined))
    handler.process_batch_from_bytes([item("a.txt", "note x=1.50", "L-7")])

    loan = handler.get_loan("l7")

    assert loan.facts["x"].value == Decimal("1.50")
    assert from_plain(to_plain(loan), Loan) == loan


WRONG = {
    "another loan": lambda loan: evolve(loan, loan_id="L-8"),
    "documents": lambda loan: evolve(loan, documents=[*loan.documents]),
    "number": lambda loan: evolve(loan, documents=(evolve(loan.documents[0], number=-1),)),
    "facts": lambda loan: evolve(loan, facts={"x": 7}),
    "name": lambda loan: evolve(loan, facts={"y": loan.facts["x"]}),
    "value": lambda loan: evolve(loan, facts={"x": evolve(loan.facts["x"], value=1.5)}),
    "no observation": lambda loan: evolve(
        loan, facts={"x": evolve(loan.facts["x"], observations=())}
    ),
    "a document that is not there": lambda loan: evolve(
        loan,
        borrowers=(
            evolve(
                loan.borrowers[0],
                observations=(evolve(loan.borrowers[0].observations[0], document=1),),
            ),
        ),
    ),
    "findings": lambda loan: evolve(loan, findings=("wrong",)),
    "missing": lambda loan: evolve(loan, missing=["w2"]),
    "no loan": lambda _: "loan",
}


@pytest.mark.parametrize("change", WRONG.values(), ids=WRONG.keys())
def test_loan_of_a_wrong_shape_is_that_plugins_failure(make_handler, change):
    handler = make_handler(Joiner(lambda *given: change(joined(*given))))
    handler.process_batch_from_bytes([item("a.txt", "note x=1", "L-7")])

    loan = handler.get_loan("L-7")

    assert [finding.code for finding in loan.findings] == ["plugin_failed"]
    assert [d.file_name for d in loan.documents] == ["a.txt"]


class Checker:
    @hookimpl
    def check_loan(self, loan):
        yield Finding(
            code="too_few",
            severity=Severity.WARNING,
            message=f"{len(loan.documents)} document",
            evidence=(FieldEvidence(field="x", page=1, box=None, document_id="doc-1"),),
        )


class Broken:
    @hookimpl
    def check_loan(self, loan):
        raise ValueError(loan.loan_id)


def test_loan_is_judged_by_all_and_one_that_fails_is_told(make_handler):
    handler = make_handler(Broken(), Checker(), Joiner(joined))
    handler.process_batch_from_bytes([item("a.txt", "note x=1", "L-7")])

    loan = handler.get_loan("L-7")

    assert sorted(finding.code for finding in loan.findings) == ["plugin_failed", "too_few"]
    assert not any("L-7" in finding.message for finding in loan.findings)


def test_evidence_has_its_source_in_json_only_where_it_names_one():
    inside = FieldEvidence(field="x", page=1, box=None)
    across = evolve(inside, document_id="doc-1", file_name="a.pdf")

    assert to_plain(inside) == {"field": "x", "page": 1, "box": None}
    assert from_plain(to_plain(across), FieldEvidence) == across


def test_loan_reads_back_from_json_as_it_was():
    cell = make_field("amount", "1", value=Decimal("1.00"), currency="USD")
    document = make_document("closing_disclosure", make_field("fees", "", rows=((cell,),)))
    loan = Loan(
        loan_id="L-7",
        documents=(
            LoanDocument(
                document_id="doc-1",
                file_name="a.pdf",
                number=0,
                document=document,
                issued=date(2026, 1, 31),
                standing=Standing.SUPERSEDED,
            ),
        ),
        facts={
            "fees": Fact(
                name="fees",
                value=Decimal("1.00"),
                currency="USD",
                observations=(Observation(document=0, name="fees[0].amount", field=cell),),
                contradicted=True,
            )
        },
        loan_type="mortgage",
        missing=("w2",),
    )

    assert from_plain(to_plain(loan), Loan) == loan
