"""The loans of a workbook: what is known of each, side by side with charts, and their schedules."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import TYPE_CHECKING

from loanbatch.loans import Comparison, Loan, SchedulePayment
from loanbatch_plugins.reporting._loans import LoansOfJob
from loanbatch_plugins.reporting._rows import Row
from loanbatch_plugins.reporting._sheets import Formats, Table, printed, write_cell
from loanbatch_plugins.reporting._shown import label_of, title_of, words_of
from loanbatch_plugins.reporting._shown_loans import CHARTED, short_id, shown_comparison

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.worksheet import Worksheet

_LOANS = ("loan_id", "type", "borrowers", "documents", "missing_documents", "contradictions")
_FACTS = ("loan_id", "fact", "value", "currency", "file", "page", "contradicted", "others")
_FINDINGS = ("loan_id", "code", "severity", "message", "fields", "expected", "actual")
_BASIS = ("loan_id", "quality", "value", "unit", "basis", "note")
_SCHEDULE = ("loan_id", "schedule", "number", "due", "payment", "interest", "principal", "balance")
#: Rows between charts, and pixels of one.
_CHART_ROWS, _CHART_SIZE = 16, {"width": 720, "height": 300}
_WIDTH = 18


def write_loans(book: Workbook, told: LoansOfJob, formats: Formats) -> int:
    """Add the sheets of loans where there are any; return how many loans are left out."""
    if told.loans:
        _write_table(book, "Loans", _LOANS, map(_loan_row, told.loans), formats)
        facts = (row for loan in told.loans for row in _fact_rows(loan))
        _write_table(book, "Loan facts", _FACTS, facts, formats)
        findings = (row for loan in told.loans for row in _finding_rows(loan))
        _write_table(book, "Loan findings", _FINDINGS, findings, formats)
    for comparison in told.comparisons:
        _Side(book, comparison, formats).write()
    if told.comparisons:
        basis = (row for item in told.comparisons for row in _basis_rows(item))
        _write_table(book, "Comparison basis", _BASIS, basis, formats)
        schedules = (row for item in told.comparisons for row in _schedule_rows(item))
        _write_table(book, "Amortization", _SCHEDULE, schedules, formats)
    return told.not_compared


def _write_table(
    book: Workbook, name: str, columns: tuple[str, ...], rows: Iterator[Row], formats: Formats
) -> None:
    table = Table(book, name, columns, formats)
    for row in rows:
        table.write(row)
    table.finish()


def _loan_row(loan: Loan) -> Row:
    return {
        "loan_id": short_id(loan.loan_id),
        "type": words_of(loan.loan_type),
        "borrowers": "; ".join(borrower.name for borrower in loan.borrowers),
        "documents": len(loan.documents),
        "missing_documents": "; ".join(map(title_of, loan.missing)),
        "contradictions": sum(fact.contradicted for fact in loan.facts.values()),
    }


def _fact_rows(loan: Loan) -> Iterator[Row]:
    for fact in loan.facts.values():
        believed, *rest = fact.observations
        others = dict.fromkeys(
            f"{text} in {loan.documents[item.document].file_name}, page {item.field.page}"
            for item in rest
            if item.field.value != fact.value and (text := _text(item.field.value))
        )
        yield {
            "loan_id": short_id(loan.loan_id),
            "fact": label_of(fact.name),
            "value": _text(fact.value) if isinstance(fact.value, tuple) else fact.value,
            "currency": fact.currency,
            "file": loan.documents[believed.document].file_name,
            "page": believed.field.page,
            "contradicted": fact.contradicted or None,
            "others": "; ".join(others),
        }


def _text(value: object) -> str:
    return "; ".join(value) if isinstance(value, tuple) else "" if value is None else str(value)


def _finding_rows(loan: Loan) -> Iterator[Row]:
    for finding in loan.findings:
        yield {
            "loan_id": short_id(loan.loan_id),
            "code": finding.code,
            "severity": finding.severity.value,
            "message": finding.message,
            "fields": " ".join(finding.fields),
            "expected": finding.expected,
            "actual": finding.actual,
        }


def _basis_rows(comparison: Comparison) -> Iterator[Row]:
    for row in comparison.rows:
        for loan_id, value in zip(comparison.loan_ids, row.values, strict=True):
            yield {
                "loan_id": short_id(loan_id),
                "quality": row.label,
                "value": value.value,
                "unit": comparison.currency if row.unit == "money" else row.unit,
                "basis": value.basis.value,
                "note": value.note,
            }


def _schedule_rows(comparison: Comparison) -> Iterator[Row]:
    for what_if in comparison.what_ifs:
        more = f"with {what_if.prepayment} more"
        for name, payments in (("as agreed", what_if.agreed), (more, what_if.prepaid)):
            for payment in payments:
                yield {
                    "loan_id": short_id(what_if.loan_id),
                    "schedule": name,
                    **_payment_row(payment),
                }


def _payment_row(payment: SchedulePayment) -> Row:
    return {
        "number": payment.number,
        "due": payment.due,
        "payment": payment.amount,
        "interest": payment.interest,
        "principal": payment.principal,
        "balance": payment.balance,
    }


class _Side:
    """A sheet of loans side by side: a row each, so that they can be sorted and filtered."""

    def __init__(self, book: Workbook, comparison: Comparison, formats: Formats) -> None:
        self._book, self._formats = book, formats
        self._comparison = comparison
        self._rows = [
            row for row in comparison.rows if any(v.value is not None for v in row.values)
        ]
        self._name = f"Comparison {comparison.currency}".strip()

    def write(self) -> None:
        """Write the sheet."""
        comparison, formats = self._comparison, self._formats
        sheet: Worksheet = self._book.add_worksheet(self._name)
        sheet.set_column(0, len(self._rows), _WIDTH)
        sheet.write_string(0, 0, "loan", formats.head)
        for column, row in enumerate(self._rows, start=1):
            unit = {"money": comparison.currency, "percent": "%", "months": "months"}.get(row.unit)
            title = f"{row.label}, {unit}" if unit else row.label
            sheet.write_string(0, column, title, formats.head)
        for place, loan_id in enumerate(comparison.loan_ids):
            sheet.write_string(place + 1, 0, short_id(loan_id))
            for column, row in enumerate(self._rows, start=1):
                rank = "best" if place in row.best else "worst" if place in row.worst else ""
                write_cell(sheet, place + 1, column, row.values[place].value, formats, rank)
        last = len(comparison.loan_ids)
        sheet.freeze_panes(1, 1)
        printed(sheet)
        sheet.autofilter(0, 0, last, len(self._rows))
        notes = (
            "Best values are bold on blue, worst ones slanted on orange. Empty cells are missing:"
            " the sheet Comparison basis tells why, and what computed values come from.",
            *shown_comparison(comparison).what_ifs,
            *comparison.notes,
        )
        for number, note in enumerate(notes, start=last + 2):
            write_cell(sheet, number, 0, note, formats)
        self._charts(sheet, last + len(notes) + 3)

    def _charts(self, sheet: Worksheet, top: int) -> None:
        last = len(self._comparison.loan_ids)
        for column, row in enumerate(self._rows, start=1):
            numbers = [v for v in row.values if isinstance(v.value, Decimal | int)]
            if row.name not in CHARTED or len(numbers) < 2:  # noqa: PLR2004 - one needs no chart
                continue
            chart = self._book.add_chart({"type": "bar"})
            chart.add_series(
                {
                    "categories": [self._name, 1, 0, last, 0],
                    "values": [self._name, 1, column, last, column],
                    "fill": {"color": "#0072B2"},
                    "data_labels": {"value": True},
                    "gap": 60,
                }
            )
            chart.set_title({"name": row.label, "name_font": {"size": 12}})
            chart.set_legend({"none": True})
            chart.set_y_axis({"reverse": True})
            chart.set_x_axis(
                {"min": 0, "num_format": "#,##0.##", "major_gridlines": {"visible": False}}
            )
            chart.set_size(_CHART_SIZE)
            told = f"{row.label} of each loan as bars; the numbers are in the table above."
            sheet.insert_chart(top, 0, chart, {"description": told})
            top += _CHART_ROWS
