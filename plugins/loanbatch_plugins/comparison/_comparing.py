"""The rows of a comparison, which of their values is best, and which loans go together."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal

from attrs import frozen

from loanbatch.loans import ComparedRow, ComparedValue, Comparison, Loan, Prepayment
from loanbatch_plugins.comparison._figures import Figures, figures_of
from loanbatch_plugins.comparison._flexibility import flexibility_of
from loanbatch_plugins.comparison._prepaying import what_if
from loanbatch_plugins.comparison._terms import Terms, terms_of
from loanbatch_plugins.comparison._wordings import (
    late_payment_of,
    lender_of,
    loan_type_of,
    moratorium_of,
    prepayment_of,
    rate_type_of,
)

_FLOATING = ("floating", "variable", "adjustable", "arm")


@frozen
class _Compared:
    """A loan with all that is shown of it."""

    loan_id: str
    terms: Terms
    figures: Figures


@frozen
class _Row:
    """What a row shows, and whether more (1) or less (-1) of it is better, or neither (0)."""

    name: str
    label: str
    unit: str
    better: int
    value: Callable[[_Compared], ComparedValue]


_ROWS = (
    _Row("lender_name", "Lender", "text", 0, lambda loan: lender_of(loan.terms)),
    _Row("loan_type", "Type", "text", 0, lambda loan: loan_type_of(loan.terms)),
    _Row("loan_amount", "Amount", "money", 0, lambda loan: loan.figures.amount),
    _Row("rate_type", "Kind of rate", "text", 0, lambda loan: rate_type_of(loan.terms)),
    _Row("note_rate_percent", "Rate", "percent", -1, lambda loan: loan.figures.rate),
    _Row("annual_percentage_rate_percent", "APR", "percent", -1, lambda loan: loan.figures.apr),
    _Row(
        "effective_annual_rate_percent",
        "Effective annual rate",
        "percent",
        -1,
        lambda loan: loan.figures.effective_rate,
    ),
    _Row("loan_term_months", "Term", "months", 0, lambda loan: loan.figures.term),
    _Row(
        "principal_and_interest_payment",
        "Monthly payment (EMI)",
        "money",
        -1,
        lambda loan: loan.figures.payment,
    ),
    _Row("total_interest", "Total interest", "money", -1, lambda loan: loan.figures.interest),
    _Row("fees", "Fees", "money", -1, lambda loan: loan.figures.fees),
    _Row("total_cost", "Total cost", "money", -1, lambda loan: loan.figures.cost),
    _Row(
        "interest_and_fees_percent",
        "Interest and fees, of amount",
        "percent",
        -1,
        lambda loan: loan.figures.share,
    ),
    _Row("prepayment_penalty", "Prepayment", "text", 0, lambda loan: prepayment_of(loan.terms)),
    _Row("late_fee", "Late payment", "text", 0, lambda loan: late_payment_of(loan.terms)),
    _Row("moratorium_months", "Moratorium", "months", 0, lambda loan: moratorium_of(loan.terms)),
    _Row("flexibility_score", "Flexibility", "score", 1, lambda loan: flexibility_of(loan.terms)),
)


def comparisons_of(
    loans: Sequence[Loan], prepayments: Sequence[Prepayment]
) -> tuple[Comparison, ...]:
    """Return the comparisons of loans, by currency in the order in which these come."""
    groups: dict[str, list[_Compared]] = {}
    for loan in loans:
        terms = terms_of(loan)
        if terms.are_telling:
            compared = _Compared(loan.loan_id, terms, figures_of(terms))
            groups.setdefault(terms.currency, []).append(compared)
    return tuple(
        Comparison(
            currency=currency,
            loan_ids=tuple(loan.loan_id for loan in group),
            rows=tuple(_row(row, group) for row in _ROWS),
            what_ifs=tuple(
                what_if(loan.loan_id, loan.terms, loan.figures, prepayment)
                for prepayment in prepayments
                for loan in group
            ),
            notes=tuple(_notes(currency, group)),
        )
        for currency, group in groups.items()
    )


def _row(row: _Row, group: Sequence[_Compared]) -> ComparedRow:
    values = tuple(row.value(loan) for loan in group)
    best, worst = _extremes([value.value for value in values], row.better)
    return ComparedRow(
        name=row.name, label=row.label, unit=row.unit, values=values, best=best, worst=worst
    )


def _extremes(
    values: Sequence[Decimal | int | str | None], better: int
) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Return the places of the best and of the worst values; none where all are equal."""
    known = [value for value in values if value is not None and not isinstance(value, str)]
    if not better or len(set(known)) < 2:  # noqa: PLR2004 - one value is neither
        return (), ()
    ends = (max(known), min(known)) if better > 0 else (min(known), max(known))
    best, worst = (
        tuple(place for place, value in enumerate(values) if value == end) for end in ends
    )
    return best, worst


def _notes(currency: str, group: Sequence[_Compared]) -> Iterator[str]:
    if not currency:
        yield "No amount here tells its currency; make sure that it is the same one."
    if len(group) > 1:
        if len({loan.figures.amount.value for loan in group}) > 1:
            yield "The amounts differ: compare rates and shares, not payments and totals."
        if len({loan.figures.term.value for loan in group}) > 1:
            yield "The terms differ: a longer one has lower payments and costs more interest."
    if any(_floats(loan.terms) for loan in group):
        yield "Rates that float are reckoned with as they stand in the documents."


def _floats(terms: Terms) -> bool:
    told = f"{terms.text('rate_type')} {terms.text('loan_product')}".casefold()
    return any(word in told.replace("/", " ").replace(",", " ").split() for word in _FLOATING)
