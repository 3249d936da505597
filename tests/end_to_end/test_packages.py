"""What becomes of files with many documents: boundaries, and pages that are missing or shuffled."""

from __future__ import annotations

import io
from collections.abc import Sequence

import pikepdf
import pytest

from loanbatch import BatchProcessingHandler, Settings
from loanbatch.results import BatchProcessingResult
from loanbatch.testing.samples import Sample, make_package, make_sample


def bound(samples: Sequence[Sample], order: Sequence[int] | None = None) -> bytes:
    """Bind the pages of samples into one PDF, in the order of the numbers given, from 1."""
    with pikepdf.new() as book:
        for sample in samples:
            with pikepdf.open(io.BytesIO(sample.content)) as pdf:
                book.pages.extend(pdf.pages)
        pages = list(book.pages)
        if order is not None:
            del book.pages[:]
            book.pages.extend(pages[number - 1] for number in order)
        content = io.BytesIO()
        book.save(content)
        return content.getvalue()


def process(content: bytes, home) -> BatchProcessingResult:
    with BatchProcessingHandler(Settings(home=home, executor="inline")) as handler:
        [result] = handler.process_batch_from_bytes(
            [{"file_name": "package.pdf", "file_data": content}]
        ).results
        return result


def spans(result: BatchProcessingResult) -> list[tuple[str, int, int]]:
    return [(d.kind, d.first_page, d.last_page) for d in result.documents]


def about_pages(result: BatchProcessingResult) -> list[tuple[str, str]]:
    return [(f.code, f.message) for f in result.findings if f.code.startswith("pages_")]


def two(kind: str) -> list[Sample]:
    return [make_sample(kind, seed=seed) for seed in (111, 114)]


def test_package_is_split_and_separators_are_dropped(tmp_path):
    package = make_package(seed=103)

    result = process(package.content, tmp_path)

    assert spans(result) == [(t.kind, t.first_page, t.last_page) for t in package.truth]
    assert about_pages(result) == []


@pytest.mark.parametrize(
    "kind",
    [
        "closing_disclosure",
        "loan_estimate",
        "bank_statement",
        "w2",
        "title_report",
        "key_facts_statement",
    ],
)
def test_two_documents_of_one_kind_with_other_numbers_are_two(tmp_path, kind):
    first, second = two(kind)

    result = process(bound([first, second]), tmp_path)

    count = first.page_count
    assert spans(result) == [(kind, 1, count), (kind, count + 1, count + second.page_count)]
    assert about_pages(result) == []


def test_two_letters_with_other_references_are_two(tmp_path):
    letters = [make_sample("sanction_letter", seed=n, style="letter") for n in (111, 114)]

    result = process(bound(letters), tmp_path)

    assert spans(result) == [("sanction_letter", 1, 2), ("sanction_letter", 3, 4)]


def test_missing_last_page_is_told(tmp_path):
    disclosure = make_sample("closing_disclosure", seed=111)

    result = process(bound([disclosure], [1, 2, 3, 4]), tmp_path)

    assert spans(result) == [("closing_disclosure", 1, 4)]
    assert about_pages(result) == [
        ("pages_missing", "closing_disclosure, pages 1 to 4: page 5 of 5 missing")
    ]
    assert result.needs_review


def test_missing_pages_in_the_middle_are_told(tmp_path):
    disclosure = make_sample("closing_disclosure", seed=111)

    result = process(bound([disclosure], [1, 5]), tmp_path)

    assert spans(result) == [("closing_disclosure", 1, 2)]
    assert about_pages(result) == [
        ("pages_missing", "closing_disclosure, pages 1 to 2: pages 2, 3 and 4 of 5 missing")
    ]


@pytest.mark.parametrize("order", [[1, 3, 2], [3, 2, 1], [3, 1, 2], [2, 3, 1]])
def test_pages_out_of_order_are_one_document_and_told(tmp_path, order):
    result = process(bound([make_sample("loan_estimate", seed=111)], order), tmp_path)

    assert spans(result) == [("loan_estimate", 1, 3)]
    assert [code for code, _ in about_pages(result)] == ["pages_out_of_order"]


def test_halves_of_two_loans_are_not_taken_for_one(tmp_path):
    result = process(bound(two("loan_estimate"), [1, 2, 6]), tmp_path)

    assert spans(result) == [("loan_estimate", 1, 2), ("loan_estimate", 3, 3)]
    assert [code for code, _ in about_pages(result)] == ["pages_missing", "pages_missing"]
