"""`loanbatch show`: the values of a document with their evidence, or of a loan."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import click

from loanbatch.cli import _output
from loanbatch.cli._loan_view import show_loan
from loanbatch.cli._options import json_option, open_handler, with_settings
from loanbatch.settings import Settings

_COLUMNS = ("Field", "Value", "As read", "Page", "Box", "Conf.", "Found by")
_FINDING_COLUMNS = ("Finding", "Severity", "Message", "Expected", "Actual")

Plain = Mapping[str, Any]


@click.command(
    epilog="""\b
Examples:
  loanbatch show doc-1f0c3a
  loanbatch show 2024-000117 --mask
  loanbatch show doc-1f0c3a --loan
  loanbatch show doc-1f0c3a --json"""
)
@click.argument("record", metavar="ID")
@click.option(
    "--mask", is_flag=True, help="Hide names, numbers and other texts; amounts and dates stay."
)
@click.option("--loan", "of_loan", is_flag=True, help="Show the loan that the document is of.")
@with_settings
@json_option
def show(*, settings: Settings, record: str, mask: bool, of_loan: bool, as_json: bool) -> None:
    """Show the values of a document and where each stands, or what the documents of a loan say.

    ID is a document id, or its beginning (at least six digits after doc-), or a loan id, whose
    punctuation, spaces and capitals make no difference; where several documents begin so, all are
    shown. Of a loan each fact is shown once, with the document that is believed, and what others
    say. Pages count from 1; a box is left, top, right, bottom in points (1/72 inch) from the page's
    top left corner. What is shown is personal data.
    """
    with open_handler(settings) as handler:
        is_document = record.startswith("doc-")
        if of_loan or not is_document:
            loan_id = handler.find_results(record)[0].loan_id if is_document else record
            show_loan(handler, loan_id or record, mask=mask, as_json=as_json)
            return
        results = handler.find_results(record)
    if len(results) > 1 and all((r.document_id or "").startswith(record) for r in results):
        _output.note(f"{len(results)} documents begin with {record}: more digits show one of them.")
    if mask:
        from loanbatch.masking import masked

        results = [masked(result, handler.registry.vocabulary) for result in results]
    found = [result.to_dict() for result in results]
    if as_json:
        _output.json_payload(found)
        return
    for plain in found:
        _show_result(plain)


def _show_result(plain: Plain) -> None:
    loan = f", loan {plain['loan_id']}" if plain["loan_id"] else ""
    review = ", needs review" if plain["needs_review"] else ""
    head = f"{plain['file_name']} ({plain['document_id']}){loan}{review}"
    _output.payload(_output.clean(head))
    for document in plain["documents"]:
        _show_document(document)
    if plain["findings"]:
        _output.payload("")
        _output.table(_FINDING_COLUMNS, map(_finding, plain["findings"]))
    _output.payload("")


def _show_document(document: Plain) -> None:
    first, last = document["first_page"], document["last_page"]
    pages = f"page {first}" if first == last else f"pages {first} to {last}"
    title = f"{document['kind']}, {pages}, confidence {document['confidence']:.2f}"
    fields = document["fields"]
    _output.payload("")
    _output.table(_COLUMNS, (_line(name, field) for name, field in fields.items()), title=title)
    for name, field in fields.items():
        if field.get("rows"):
            _show_rows(name, field["rows"])


def _line(name: str, field: Plain) -> tuple[str, ...]:
    rows = field.get("rows")
    box = field["box"]
    return (
        name,
        f"{len(rows)} rows, below" if rows else _value(field),
        "" if rows else field["raw"],
        str(field["page"]),
        "" if box is None else " ".join(f"{edge:.0f}" for edge in box),
        f"{field['confidence']:.2f}",
        field["extractor"],
    )


def _value(field: Plain) -> str:
    value = field["value"]
    if value is None:
        return "(not understood)"
    text = "; ".join(map(str, value)) if isinstance(value, list) else str(value)
    return " ".join(filter(None, (text, field.get("currency"))))


def _show_rows(name: str, rows: Iterable[Mapping[str, Plain]]) -> None:
    rows = list(rows)
    columns = list(dict.fromkeys(column for row in rows for column in row))
    lines = [
        (
            str(number),
            *(_cell(row.get(column)) for column in columns),
            ", ".join(sorted({str(cell["page"]) for cell in row.values()})),
            f"{min((cell['confidence'] for cell in row.values()), default=0):.2f}",
        )
        for number, row in enumerate(rows, start=1)
    ]
    _output.payload("")
    _output.table(("", *columns, "Page", "Conf."), lines, title=name)


def _cell(cell: Plain | None) -> str:
    if cell is None:
        return ""
    # What could not be understood is shown as it was read.
    return _value(cell) if cell["value"] is not None else str(cell["raw"])


def _finding(finding: Plain) -> tuple[str, ...]:
    fields = f" ({', '.join(finding['fields'])})" if finding["fields"] else ""
    return (
        finding["code"],
        finding["severity"],
        f"{finding['message']}{fields}",
        finding["expected"] or "",
        finding["actual"] or "",
    )
