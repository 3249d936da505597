"""Makes samples: one document by kind, seed and style, or several in one file."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from random import Random
from types import MappingProxyType, ModuleType
from typing import Any, Literal

from attrs import evolve, frozen

from loanbatch.errors import UsageError
from loanbatch.testing.samples import (
    _bank_statement,
    _bank_statement_sheets,
    _closing_disclosure,
    _conditional_approval,
    _consumer_note,
    _employment_verification,
    _form_1099,
    _key_facts_statement,
    _loan_application,
    _loan_estimate,
    _mortgage_statement,
    _payment_schedule,
    _paystub,
    _paystub_sheets,
    _promissory_note,
    _sanction_letter,
    _sanction_sheets,
    _student_loan_disclosure,
    _student_loan_sheets,
    _title_report,
    _transmittal_summary,
    _w2,
)
from loanbatch.testing.samples._bank_statement import Account, account
from loanbatch.testing.samples._canvas import Canvas, new_pdf
from loanbatch.testing.samples._education_loan import education_loan
from loanbatch.testing.samples._employment import Employment, employment
from loanbatch.testing.samples._mortgage import Mortgage, mortgage
from loanbatch.testing.samples._people import Person
from loanbatch.testing.samples._student_loan import student_loan
from loanbatch.testing.samples._truth import Sample, TrueDocument, TruthRecorder

#: How the facts of a subject come from a seed; kinds of one subject and seed tell of the same loan or job.
_FACTS: Mapping[str, Callable[[Random], Any]] = {
    "mortgage": mortgage,
    "employment": employment,
    "account": account,
    "student loan": student_loan,
    "education loan": education_loan,
}


@frozen(kw_only=True)
class _Recipe:
    """How a kind is made: what it tells of, and how that is drawn."""

    subject: str
    #: By style.
    draw: Mapping[str, Callable[[Canvas, Any, str], None]]
    paper: Literal["letter", "a4"]


def _of(subject: str, *modules: ModuleType) -> _Recipe:
    """Return the recipe of modules that each have `draw` and some `STYLES` of the kind."""
    paper: Literal["letter", "a4"] = "a4" if subject == "education loan" else "letter"
    draw = {style: module.draw for module in modules for style in module.STYLES}
    return _Recipe(subject=subject, draw=draw, paper=paper)


_RECIPES: Mapping[str, _Recipe] = {
    "closing_disclosure": _of("mortgage", _closing_disclosure),
    "loan_estimate": _of("mortgage", _loan_estimate),
    "promissory_note": _of("mortgage", _promissory_note, _consumer_note),
    "w2": _of("employment", _w2),
    "paystub": _of("employment", _paystub, _paystub_sheets),
    "bank_statement": _of("account", _bank_statement, _bank_statement_sheets),
    "student_loan_disclosure": _of("student loan", _student_loan_disclosure, _student_loan_sheets),
    "sanction_letter": _of("education loan", _sanction_letter, _sanction_sheets),
    "mortgage_statement": _of("mortgage", _mortgage_statement),
    "form_1099": _of("employment", _form_1099),
    "loan_application": _of("mortgage", _loan_application),
    "transmittal_summary": _of("mortgage", _transmittal_summary),
    "employment_verification": _of("employment", _employment_verification),
    "conditional_approval": _of("mortgage", _conditional_approval),
    "title_report": _of("mortgage", _title_report),
    "key_facts_statement": _of("education loan", _key_facts_statement),
    "payment_schedule": _of("education loan", _payment_schedule),
}

#: The kinds of documents that can be made.
KINDS: tuple[str, ...] = tuple(_RECIPES)

_PACKAGE = (
    "loan_estimate",
    "closing_disclosure",
    "promissory_note",
    "paystub",
    "w2",
    "bank_statement",
)


def _recipe(kind: str) -> _Recipe:
    recipe = _RECIPES.get(kind)
    if recipe is None:
        raise UsageError(f"{kind}: no samples of this kind; there are {', '.join(KINDS)}")
    return recipe


def styles(kind: str) -> tuple[str, ...]:
    """Return the layouts in which a kind can be drawn.

    Raises:
        UsageError: There are no samples of this kind.
    """
    return tuple(_recipe(kind).draw)


def _draw(
    pdf: Any,
    kind: str,
    seed: int,
    style: str | None,
    *,
    told_of: Callable[[Any], Any] | None = None,
) -> TrueDocument:
    recipe = _recipe(kind)
    known = tuple(recipe.draw)
    chosen = style or known[seed % len(known)]
    if chosen not in known:
        raise UsageError(f"{chosen}: {kind} has no such style, only {', '.join(known)}")
    truth = TruthRecorder(kind, len(pdf.pages) + 1)
    canvas = Canvas(pdf, truth, family="helvetica", paper=recipe.paper)
    facts = _FACTS[recipe.subject](Random(f"{recipe.subject}/{seed}"))
    recipe.draw[chosen](canvas, facts if told_of is None else told_of(facts), chosen)
    return truth.document()


def _about(facts: Any, somebody: Person) -> Any:
    """Make a job or an account somebody's; a loan is theirs already, and its papers agree."""
    if isinstance(facts, Employment):
        return evolve(facts, employee=somebody)
    if isinstance(facts, Account):
        return evolve(facts, holders=(somebody,))
    if isinstance(facts, Mortgage):
        # The notes say that nothing is due for paying earlier.
        return evolve(facts, terms=evolve(facts.terms, prepayment_penalty=Decimal(0)))
    return facts


def draw_sample(
    kind: str,
    seed: int,
    subjects: Mapping[str, Any],
    changes: Sequence[Callable[[Any], Any]],
    *,
    style: str | None = None,
) -> Sample:
    """Make a document from facts that are given instead of invented.

    Args:
        kind: One of `KINDS`.
        seed: Decides the style unless told.
        subjects: Facts by subject.
        changes: What this document alone has otherwise.
        style: One of `styles(kind)`.

    Raises:
        UsageError: No such kind.
    """

    def told_of(facts: Any) -> Any:
        chosen = subjects.get(_recipe(kind).subject, facts)
        for change in changes:
            chosen = change(chosen)
        return chosen

    pdf = new_pdf()
    document = _draw(pdf, kind, seed, style, told_of=told_of)
    return Sample(
        file_name=f"{kind.replace('_', '-')}.pdf",
        content=bytes(pdf.output()),
        truth=(document,),
        page_count=len(pdf.pages),
    )


def make_sample(
    kind: str, *, seed: int = 0, style: str | None = None, file_name: str | None = None
) -> Sample:
    """Make a born-digital PDF of one document.

    Args:
        kind: One of `KINDS`.
        seed: Decides persons, numbers and, unless told, the style; the same seed gives the same bytes.
        style: One of `styles(kind)`.
        file_name: `KIND-SEED.pdf` unless told otherwise.

    Raises:
        UsageError: No such kind or style.
        SamplesUnavailableError: fpdf2 is not installed.
    """
    pdf = new_pdf()
    document = _draw(pdf, kind, seed, style)
    return Sample(
        file_name=file_name or f"{kind.replace('_', '-')}-{seed}.pdf",
        content=bytes(pdf.output()),
        truth=(document,),
        page_count=len(pdf.pages),
    )


def make_package(
    kinds: Sequence[str] = _PACKAGE,
    *,
    seed: int = 0,
    separators: bool = True,
    in_styles: Mapping[str, str] = MappingProxyType({}),
    file_name: str = "loan-package.pdf",
) -> Sample:
    """Make one PDF of several documents of one borrower's loan, as a lender's file has them.

    Args:
        kinds: In this order; pay documents and accounts are the first borrower's.
        seed: As in `make_sample`.
        separators: Whether a sheet that only parts them stands before each; such sheets are no
            documents.
        in_styles: The style of a kind; the seed decides on those that are left out.
        file_name: Of the sample.

    Raises:
        UsageError: No such kind or style.
    """
    pdf = new_pdf()
    borrower = mortgage(Random(f"mortgage/{seed}")).borrowers[0]
    documents: list[TrueDocument] = []
    for number, kind in enumerate(kinds, start=1):
        if separators:
            _draw_separator(pdf, number, len(kinds))
        documents.append(
            _draw(pdf, kind, seed, in_styles.get(kind), told_of=lambda f: _about(f, borrower))
        )
    return Sample(
        file_name=file_name,
        content=bytes(pdf.output()),
        truth=tuple(documents),
        page_count=len(pdf.pages),
    )


def _draw_separator(pdf: Any, number: int, count: int) -> None:
    """Draw the sheet that scanning rooms lay between documents."""
    nothing = TruthRecorder("other", len(pdf.pages) + 1)
    canvas = Canvas(pdf, nothing, family="helvetica", paper="letter")
    canvas.new_page()
    canvas.text(canvas.width / 2, 360, "DOCUMENT SEPARATOR", size=26, bold=True, align="C")
    canvas.text(canvas.width / 2, 392, f"Part {number} of {count}", size=13, align="C")
    canvas.text(
        canvas.width / 2, 420, "Do not remove this sheet before scanning", size=10, align="C"
    )
    for top in (60, 700):
        canvas.box(60, top, canvas.width - 60, top + 30, fill=0)
