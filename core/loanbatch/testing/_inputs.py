"""What the contract checks call hooks with: sound inputs, and odd ones that documents bring."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from io import BytesIO
from typing import Any

from attrs import frozen

from loanbatch.models import (
    Box,
    Document,
    Field,
    Page,
    PageImage,
    Source,
    TextSource,
    Value,
    Word,
)
from loanbatch.results import BatchProcessingSummary, JobStatus
from loanbatch.testing._factories import (
    make_document,
    make_field,
    make_page,
    make_result,
    make_source,
)
from loanbatch.vocabulary import FieldDefinition, FieldType, standard_vocabulary

#: Stands in every text of the inputs; found in a message it proves that document content leaks.
MARKER = "QZJXVKPW"


@frozen(kw_only=True)
class HookInput:
    """The arguments of one call."""

    #: What is odd about it.
    title: str
    arguments: Mapping[str, Any]


def inputs_for(hook: str) -> Iterator[HookInput]:
    """Yield inputs for a hook of the worker; nothing for other hooks."""
    maker = _MAKERS.get(hook)
    if maker is not None:
        yield from maker()


def _sources() -> Iterator[tuple[str, Source]]:
    contents = {
        "no bytes": b"",
        "random bytes": bytes(range(256)) * 4,
        "text": f"{MARKER} is not a PDF".encode(),
        "HTML": f"<!DOCTYPE html><html>{MARKER}</html>".encode(),
        "only a PDF header": f"%PDF-1.7\n%{MARKER}\n".encode(),
        "a PDF without an end": _PDF[: len(_PDF) // 2],
        "a PDF of one page": _PDF,
        "a PNG header": b"\x89PNG\r\n\x1a\n" + MARKER.encode(),
        "a JPEG header": b"\xff\xd8\xff\xe0" + MARKER.encode(),
        "a TIFF header": b"II*\x00\xff\xff\xff\xff" + MARKER.encode(),
    }
    for title, content in contents.items():
        yield title, make_source(content, file_name="document.pdf", media_type=_type_of(content))


def _type_of(content: bytes) -> str | None:
    heads = {
        b"%PDF": "application/pdf",
        b"\x89PNG": "image/png",
        b"\xff\xd8": "image/jpeg",
        b"II*": "image/tiff",
    }
    return next((kind for head, kind in heads.items() if content.startswith(head)), None)


_PDF = (
    "%PDF-1.4\n1 0 obj\n<< /Type /Catalog /Pages 2 0 R >>\nendobj\n"
    "2 0 obj\n<< /Type /Pages /Kids [3 0 R] /Count 1 >>\nendobj\n"
    "3 0 obj\n<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R "
    "/Resources << /Font << /F1 << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >> >> >>\n"
    f"endobj\n4 0 obj\n<< /Length 55 >>\nstream\nBT /F1 12 Tf 72 720 Td ({MARKER} 1,234.50) Tj ET\n"
    "endstream\nendobj\ntrailer\n<< /Root 1 0 R >>\n%%EOF\n"
).encode()


def _pages() -> dict[str, list[Page]]:
    return {
        "no page": [],
        "an empty page": [make_page()],
        "a letter": [
            make_page(
                MARKER, "Loan Amount:  $250,000.00", "Interest Rate  6.125%", "Date: 4/15/2026"
            )
        ],
        "labels without values": [make_page("Loan Amount:", "Interest Rate", f"{MARKER}:")],
        "values without labels": [make_page("$1.00 2.5% 4/15/2026", MARKER)],
        "one endless word": [make_page(MARKER * 2000)],
        "control and odd characters": [
            make_page(
                "\x00\x01\x7f \u202e\u200f \ufffd \U0001f4b0", f"{MARKER} \u0661\u0662\u0663,\u0664"
            )
        ],
        "words without extent": [
            make_page([Word(MARKER, 10, 10, 10, 10), Word("$5.00", 0, 0, 0, 0)])
        ],
        "words off the page": [
            make_page(
                [Word(MARKER, -900, -900, -800, -890), Word("$5.00", 9e6, 9e6, 9e6 + 1, 9e6 + 1)]
            )
        ],
        "all words in one place": [
            make_page([Word(text, 72, 72, 120, 82) for text in (MARKER, "$1.00", "$2.00", "Date")])
        ],
        "a page of no size": [make_page(f"{MARKER} $1.00", width=0.0, height=0.0)],
        "many words": [make_page(*[f"{MARKER} {n} ${n}.00 1/1/2026" for n in range(400)])],
        "pages out of the middle": [make_page(f"{MARKER} {n}", number=n) for n in (7, 8)],
    }


#: The least and the most that a value of each type can be.
_LEAST: dict[FieldType, Value] = {
    FieldType.MONEY: Decimal("0.00"),
    FieldType.PERCENT: Decimal(0),
    FieldType.DATE: date.min,
    FieldType.MONTHS: 0,
    FieldType.NAMES: (),
}
_MOST: dict[FieldType, Value] = {
    FieldType.MONEY: Decimal("9999999999999.99"),
    FieldType.PERCENT: Decimal("999.999"),
    FieldType.DATE: date.max,
    FieldType.MONTHS: 9999,
    FieldType.NAMES: (MARKER,) * 50,
}


def _fields(values: Mapping[FieldType, Value]) -> Iterator[Field]:
    """Make the fields that checks look at, with a value by type; the raw text fits nothing."""
    words = standard_vocabulary()
    for name in _NAMES:
        yield make_field(name, MARKER, value=values.get(words.field(name).type))


def _documents() -> dict[str, list[Document]]:
    rows = ((make_field("amount", MARKER, value=Decimal(1)),), ())
    kinds = ("closing_disclosure", "loan_estimate", "promissory_note", "paystub", "bank_statement")
    return {
        "no document": [],
        "a document without fields": [make_document("closing_disclosure")],
        "an unknown kind": [make_document("no_such_kind", make_field(raw=MARKER))],
        "fields without value": [make_document(kind, *_fields({})) for kind in kinds],
        "the least values": [make_document(kind, *_fields(_LEAST)) for kind in kinds],
        "the greatest values": [make_document(kind, *_fields(_MOST)) for kind in kinds],
        "an empty row": [make_document("loan_estimate", make_field("fees", MARKER, rows=rows))],
    }


_NAMES = (
    "loan_amount",
    "note_rate_percent",
    "loan_term_months",
    "principal_and_interest_payment",
    "total_of_payments",
    "finance_charge",
    "amount_financed",
    "annual_percentage_rate_percent",
    "gross_pay",
    "net_pay",
    "total_taxes",
    "total_deductions",
    "wages",
    "social_security_wages",
    "opening_balance",
    "closing_balance",
    "total_deposits",
    "total_withdrawals",
    "date_issued",
    "closing_date",
    "borrower_names",
)
_TEXTS = (
    "",
    " ",
    MARKER,
    "0",
    "-",
    "$",
    "$1,234.50",
    "(12.00)",
    "1.234,50",
    "99/99/9999",
    "4/15/2026",
    "12.5%",
    "\x00",
    "\u0661\u0662\u0663",
    "9" * 400,
    MARKER * 500,
)


def _validate() -> Iterator[HookInput]:
    for title, source in _sources():
        bare = make_source(source.read(), media_type=None, page_count=None)
        yield HookInput(title=title, arguments={"source": bare})


def _read_pages() -> Iterator[HookInput]:
    for title, source in _sources():
        yield HookInput(title=title, arguments={"source": source, "page_numbers": [1]})


def _render_page() -> Iterator[HookInput]:
    for title, source in _sources():
        yield HookInput(title=title, arguments={"source": source, "page_number": 1})


def _recognize_text() -> Iterator[HookInput]:
    for title, side in (("one pixel", 1), ("a white image", 200)):
        image = PageImage(
            page_number=1,
            width=side,
            height=side,
            pixels=b"\xff" * (side * side),
            points_per_pixel=0.36,
        )
        yield HookInput(title=title, arguments={"image": image})


def _recognize_again() -> Iterator[HookInput]:
    word = Word("1,234.50", 10, 10, 40, 20, 0.5)
    page = Page(
        number=1, width=72, height=72, words=(word,), text_source=TextSource.RECOGNIZED, skew=1.0
    )
    image = PageImage(
        page_number=1, width=200, height=200, pixels=b"\xff" * 40_000, points_per_pixel=0.36
    )
    for title, words in (("no words", []), ("a word on white paper", [word])):
        yield HookInput(title=title, arguments={"image": image, "page": page, "words": words})


def _classify() -> Iterator[HookInput]:
    for title, pages in _pages().items():
        if pages:
            yield HookInput(title=title, arguments={"pages": pages})


def _extract() -> Iterator[HookInput]:
    kinds = ("other", "closing_disclosure", "bank_statement", "w2")
    for title, pages in _pages().items():
        for kind in kinds if pages else ():
            document = make_document(kind, first_page=pages[0].number, last_page=pages[-1].number)
            yield HookInput(
                title=f"{title}, {kind}", arguments={"document": document, "pages": pages}
            )


def _normalize() -> Iterator[HookInput]:
    for kind in FieldType:
        if kind is FieldType.ROWS:
            continue
        definition = FieldDefinition(name="contract_check", type=kind)
        for text in _TEXTS:
            field = make_field("contract_check", text)
            title = f"{kind.value} of {len(text)} characters"
            yield HookInput(title=title, arguments={"field": field, "definition": definition})


def _check() -> Iterator[HookInput]:
    for title, documents in _documents().items():
        yield HookInput(title=title, arguments={"documents": documents})


def store_input() -> HookInput:
    """Return a result to store."""
    source = make_source(_PDF)
    field: Field = make_field(value=Decimal("250000.00"), box=Box(72, 72, 140, 82))
    result = make_result(make_document("other", field), source=source)
    return HookInput(title="a result", arguments={"result": result, "source": source})


def report_input(kind: str) -> HookInput:
    """Return a summary to report on, the format, and a stream."""
    result = make_result(make_document("other", make_field(value=Decimal("250000.00"))))
    summary = BatchProcessingSummary(
        job_id="job-contract-check",
        status=JobStatus.COMPLETED,
        total_documents=1,
        processed_documents=1,
        successful_documents=1,
        failed_documents=0,
        skipped_documents=0,
        results=(result,),
        start_time=result.timestamp,
        end_time=result.timestamp,
    )
    arguments = {"summary": summary, "format": kind, "stream": BytesIO()}
    return HookInput(title=f"format {kind}", arguments=arguments)


_MAKERS = {
    "validate": _validate,
    "read_pages": _read_pages,
    "render_page": _render_page,
    "recognize_text": _recognize_text,
    "recognize_again": _recognize_again,
    "classify": _classify,
    "extract": _extract,
    "normalize": _normalize,
    "check": _check,
}
