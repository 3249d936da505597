"""What is known of a loan from all its documents, and how loans compare, as frozen data.

Without behaviour, like `models`: plugins join documents into loans and compare these; reports show
both.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from enum import StrEnum

from attrs import field, frozen

from loanbatch.models import Document, Field, Finding, FrozenDict, Value


class Standing(StrEnum):
    """Whether what a document says still counts."""

    CURRENT = "current"
    #: A later issue of the same document replaces it; it counts where nothing later speaks.
    SUPERSEDED = "superseded"
    #: Says the same as another one; it counts once.
    DUPLICATE = "duplicate"


@frozen(kw_only=True)
class LoanDocument:
    """A document of a loan, and where it came from."""

    document_id: str
    file_name: str
    #: Its place among the documents of its source, from 0.
    number: int
    document: Document
    #: When it was issued, as far as it says so.
    issued: date | None = None
    standing: Standing = Standing.CURRENT


@frozen(kw_only=True)
class Observation:
    """One document's word on a fact."""

    #: Place of the document in `Loan.documents`.
    document: int
    #: As in `FieldEvidence.field`.
    name: str
    #: With its value and evidence.
    field: Field


@frozen(kw_only=True)
class Fact:
    """One fact of a loan: the value of the observation that takes precedence, and all others."""

    #: As in the vocabulary.
    name: str
    value: Value = field(repr=False)
    #: ISO 4217, for money.
    currency: str | None = None
    #: The one that is believed first; never empty.
    observations: tuple[Observation, ...]
    #: Whether a current document says otherwise.
    contradicted: bool = False


@frozen(kw_only=True)
class Borrower:
    """A person who owes the loan, whatever the variants of the name."""

    #: The fullest variant.
    name: str = field(repr=False)
    observations: tuple[Observation, ...]


@frozen(kw_only=True)
class Loan:
    """All that the documents of one loan say, each fact once."""

    loan_id: str
    documents: tuple[LoanDocument, ...]
    facts: Mapping[str, Fact] = field(factory=dict, converter=FrozenDict, repr=False)
    borrowers: tuple[Borrower, ...] = ()
    #: `mortgage`, `student_loan`, … as the joining plugin names it; empty where it cannot be told.
    loan_type: str = ""
    #: Kinds of documents that a loan of this type should have and this one has not.
    missing: tuple[str, ...] = ()
    #: Across documents: contradictions, broken rules, gaps.
    findings: tuple[Finding, ...] = ()


class Basis(StrEnum):
    """Where a compared value comes from."""

    #: Read in a document.
    STATED = "stated"
    #: Worked out from stated values.
    COMPUTED = "computed"
    #: Neither can be had; the note says what is missing.
    MISSING = "missing"


@frozen(kw_only=True)
class ComparedValue:
    """What one loan has in a row of a comparison."""

    #: Money in the comparison's currency, percent as 6.5, months or score as whole number, or text.
    value: Decimal | int | str | None = field(repr=False)
    basis: Basis
    #: For a person: what it was computed from, or what is missing.
    note: str = ""
    #: The believed observation of a stated value.
    observation: Observation | None = None


@frozen(kw_only=True)
class ComparedRow:
    """One quality of all loans of a comparison."""

    #: As in the vocabulary where it is a field of it, else a name in its manner.
    name: str
    #: For a person.
    label: str
    #: money, percent, months, score or text.
    unit: str
    #: One for each loan, in the comparison's order.
    values: tuple[ComparedValue, ...]
    #: Places of the loans that are best and worst; empty where the row has no better.
    best: tuple[int, ...] = ()
    worst: tuple[int, ...] = ()


@frozen(kw_only=True)
class Prepayment:
    """What is asked to be paid besides what is agreed: again and again, or once."""

    #: Of each time; above 0.
    amount: Decimal
    #: From one time to the next, the first of them one such time after repayment begins: 1 goes
    #: with each payment; None for once.
    every_months: int | None = None
    #: Any day of the month in which it is paid once,
    month: date | None = None
    #: or the number of the payment, from 1, with which it is.
    payment: int | None = None


@frozen(kw_only=True)
class SchedulePayment:
    """One payment of an amortization schedule."""

    #: From 1.
    number: int
    due: date | None
    amount: Decimal = field(repr=False)
    interest: Decimal = field(repr=False)
    principal: Decimal = field(repr=False)
    balance: Decimal = field(repr=False)


@frozen(kw_only=True)
class WhatIf:
    """What paying more than agreed would change of one loan."""

    loan_id: str
    #: As asked, for a person: `500 a month`.
    prepayment: str
    #: As agreed; empty where the loan says too little (`missing` tells what).
    agreed: tuple[SchedulePayment, ...] = ()
    #: With the prepayment.
    prepaid: tuple[SchedulePayment, ...] = ()
    missing: str = ""
    #: By the prepayment, before what it may be charged with.
    interest_saved: Decimal | None = field(default=None, repr=False)
    #: Payments that are no longer due.
    months_saved: int | None = None
    #: For a person: what the schedules assume, and what the loan asks for prepaying.
    notes: tuple[str, ...] = ()


@frozen(kw_only=True)
class Comparison:
    """Loans of one currency side by side."""

    #: ISO 4217; empty where no amount of these loans tells it.
    currency: str
    loan_ids: tuple[str, ...]
    rows: tuple[ComparedRow, ...]
    #: One for each loan and prepayment that was asked for.
    what_ifs: tuple[WhatIf, ...] = ()
    #: For a person: what to mind when these loans are compared.
    notes: tuple[str, ...] = ()
