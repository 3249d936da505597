"""The PDF report: a cover, loans side by side, a page for each loan, and what to look at.

For printing and for files. The values of documents that belong to no loan are at its end, shorter
than in the other reports: their rows are left to those.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any, BinaryIO

from attrs import define, frozen

from loanbatch.book import ReportBook
from loanbatch.models import PageImage
from loanbatch.results import BatchProcessingResult
from loanbatch_plugins.reporting._counts import Counts
from loanbatch_plugins.reporting._paper import Paper
from loanbatch_plugins.reporting._shown import (
    ShownFile,
    ShownFinding,
    ShownValue,
    shown_file,
    title_of,
)
from loanbatch_plugins.reporting._shown_loans import ShownComparison, ShownFact, ShownLoan

#: Pixels of pages that are cut from: 150 to the inch of letter paper.
_PAGE_WIDTH = 1275
#: Cut-outs of one file, and of the report.
_MOST_OF_FILE, _MOST_CUTS = 10, 300
#: Loans beside one another in a table.
_BESIDE = 4
#: Files and values that are told one by one.
_MOST_LISTED, _MOST_DOCUMENTS = 1000, 300

Pairs = Callable[[], Iterable[tuple[BatchProcessingResult, BatchProcessingResult]]]


@frozen(kw_only=True)
class PdfParts:
    """What a PDF report is made of."""

    #: The summary without its results.
    header: Mapping[str, Any]
    #: Gives the results, each as it is and as it is shown; asked twice.
    pairs: Pairs
    #: Document ids of each loan beside it.
    loans: Sequence[tuple[ShownLoan, frozenset[str]]]
    comparisons: Sequence[ShownComparison]
    #: Loans that were left out of the comparison.
    not_compared: int
    #: Draws pages; None where no pages must be shown.
    book: ReportBook | None
    #: Confidence (0 to 1) below which a value is to be looked at.
    threshold: float


@define
class _Cuts:
    """Counts cut-outs."""

    shown: int = 0
    left_out: int = 0


def write_pdf(parts: PdfParts, stream: BinaryIO) -> None:
    """Write a job as a PDF."""
    header = parts.header
    made = datetime.fromisoformat(header["end_time"] or header["start_time"])
    with _quiet():
        paper = Paper(
            f"Loan batch {header['job_id']}",
            f"Job {header['job_id']}" + ("" if parts.book is None else " - holds personal data"),
            made.replace(microsecond=0),
        )
        _cover(paper, parts)
        _comparisons(paper, parts)
        for loan, _ in parts.loans:
            _loan(paper, loan)
        _files(paper, parts)
        stream.write(paper.written())


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep the libraries' notes about fonts, which name characters of documents, out of the log."""
    loggers = [logging.getLogger(name) for name in ("fpdf", "fontTools")]
    levels = [logger.level for logger in loggers]
    for logger in loggers:
        logger.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        for logger, level in zip(loggers, levels, strict=True):
            logger.setLevel(level)


def _cover(paper: Paper, parts: PdfParts) -> None:
    counts, told = Counts(), []
    for number, (_, shown) in enumerate(parts.pairs(), start=1):
        counts.add(shown)
        if shown.error_code or shown.needs_review:
            told.append(_told(shown_file(shown, number, parts.threshold)))
    header = parts.header
    paper.page()
    paper.heading("Loan batch", 1)
    ended = f", ended {_moment(header['end_time'])}" if header["end_time"] else ""
    paper.text(
        f"Job {header['job_id']}, {header['status'].replace('_', ' ')}."
        f" Started {_moment(header['start_time'])}{ended}."
    )
    if parts.book is None:
        paper.text(
            "Names, numbers and other texts are masked; pictures of pages are left out, for they"
            " would show them.",
            soft=True,
        )
    paper.heading("Summary", 2)
    names = ("total", "successful", "failed", "skipped")
    paper.table(
        ("Files", "Succeeded", "Failed", "Skipped", "To look at"),
        [[*(str(header[f"{name}_documents"]) for name in names), str(counts.review)]],
        (1, 1, 1, 1, 1),
    )
    paper.heading("To look at", 2)
    if told:
        paper.table(("File", "Why"), told[:_MOST_LISTED], (2, 5))
        _say_more(paper, len(told) - _MOST_LISTED, "files")
    else:
        paper.text("Nothing: no file failed, and no value is in doubt.")
    for title, rows in counts.tables()[1:]:  # the summary has the first
        paper.heading(title, 3)
        named = [(title_of(name) if "kind" in title else name, str(count)) for name, count in rows]
        paper.table((title.rpartition(" ")[2].capitalize(), "Count"), named, (4, 1), right=(1,))


def _moment(text: str) -> str:
    return f"{text[:19].replace('T', ' ')} UTC"


def _told(file: ShownFile) -> tuple[str, str]:
    if file.error_code:
        return file.name, f"{file.error_code}: {file.error_message}"
    words = "; ".join(finding.message for finding in file.findings if finding.review)
    return file.name, words or f"{len(file.doubtful)} values in doubt"


def _say_more(paper: Paper, count: int, what: str) -> None:
    if count > 0:
        paper.text(f"{count} more {what} are in the other reports.", soft=True)


def _comparisons(paper: Paper, parts: PdfParts) -> None:
    for comparison in parts.comparisons:
        paper.page()
        paper.heading(f"Comparison: {comparison.title}", 2)
        for start in range(0, len(comparison.loan_ids), _BESIDE):
            _beside(paper, comparison, slice(start, start + _BESIDE))
        for title, bars in comparison.charts:
            paper.bars(title, [(bar.loan_id, bar.share, bar.text) for bar in bars])
        for note in (*comparison.what_ifs, *comparison.notes):
            paper.text(note)
    if parts.not_compared:
        _say_more(paper, parts.not_compared, "loans are not compared here; they")


def _beside(paper: Paper, comparison: ShownComparison, part: slice) -> None:
    ids = comparison.loan_ids[part]
    rows = []
    for row in comparison.rows:
        cells = row.cells[part]
        texts = (f"{cell.text} ({cell.rank})" if cell.rank else cell.text for cell in cells)
        rows.append((row.label, *texts))
    paper.table(("", *ids), rows, (3, *[4] * len(ids)))


def _loan(paper: Paper, loan: ShownLoan) -> None:
    paper.page()
    paper.heading(f"Loan {loan.loan_id}", 2)
    borrowers = ", ".join(loan.borrowers)
    paper.text(". ".join(filter(None, (loan.type, borrowers and f"Borrowers: {borrowers}"))) + ".")
    paper.heading("Documents", 3)
    paper.table(("File", "Kind", ""), loan.documents, (4, 3, 3))
    if loan.missing:
        paper.text(f"Not among them: {', '.join(loan.missing)}.")
    if loan.findings:
        paper.heading("Findings", 3)
        _findings(paper, loan.findings)
    if loan.facts:
        paper.heading("Facts", 3)
        rows = [(fact.label, _fact_text(fact), fact.source) for fact in loan.facts]
        paper.table(("Fact", "Value", "From"), rows, (3, 4, 3))


def _fact_text(fact: ShownFact) -> str:
    return "; but ".join((fact.text, *fact.others)) if fact.contradicted else fact.text


def _findings(paper: Paper, findings: Sequence[ShownFinding]) -> None:
    if findings:
        rows = [(finding.severity, finding.code, _finding_text(finding)) for finding in findings]
        paper.table(("Weight", "Code", "What"), rows, (2, 4, 10))


def _finding_text(finding: ShownFinding) -> str:
    parts = [finding.message]
    if finding.expected or finding.actual:
        expected, actual = finding.expected or "nothing", finding.actual or "nothing"
        parts.append(f"expected {expected}, found {actual}")
    if finding.suggestion:
        parts.append(finding.suggestion)
    return "; ".join(parts)


def _files(paper: Paper, parts: PdfParts) -> None:
    of_loans = frozenset().union(*(ids for _, ids in parts.loans))
    cuts, listed, begun = _Cuts(), 0, False
    for number, (result, shown) in enumerate(parts.pairs(), start=1):
        file = shown_file(shown, number, parts.threshold)
        lone = file.documents and (result.document_id or "") not in of_loans
        if not (file.documents and (file.review or lone)):
            continue
        if not begun:
            paper.page()
            paper.heading("Files", 2)
            begun = True
        if file.review:
            paper.heading(file.name, 3)
            _findings(paper, file.findings)
            _cut_outs(paper, parts, result, file, cuts)
        if lone and (listed := listed + 1) <= _MOST_DOCUMENTS:
            _values(paper, file)
    _say_more(paper, listed - _MOST_DOCUMENTS, "files")
    _say_more(paper, cuts.left_out, "values in doubt")
    if paper.replaced:
        paper.text(
            f"{paper.replaced} characters are of scripts that this report has no letters for; they"
            " stand as \ufffd. The other reports have them.",
            soft=True,
        )


def _values(paper: Paper, file: ShownFile) -> None:
    for document in file.documents:
        paper.heading(f"{document.title}: {file.name}, {document.pages}", 3)
        rows = [(item.label, item.text or "not understood", item.raw) for item in document.values]
        tables = [(table.label, f"{len(table.rows)} rows", "") for table in document.tables]
        paper.table(("Field", "Value", "As read"), [*rows, *tables], (3, 4, 4))


def _cut_outs(
    paper: Paper, parts: PdfParts, result: BatchProcessingResult, file: ShownFile, cuts: _Cuts
) -> None:
    if parts.book is None:
        return
    places = {mark.anchor: (page, mark) for page, marks in file.marks.items() for mark in marks}
    wanted = [(value, *places[value.anchor]) for value in file.doubtful if value.anchor in places]
    room = min(_MOST_OF_FILE, _MOST_CUTS - cuts.shown)
    cuts.left_out += max(0, len(wanted) - room)
    pages: dict[int, PageImage] = {}
    for value, page, mark in wanted[:room]:
        if page not in pages:  # one page is in memory at a time
            pages = dict(parts.book.page_images(result, [page], width=_PAGE_WIDTH))
        if page in pages:
            cuts.shown += 1
            paper.cut_out(pages[page], mark.box, _caption(value))
        else:
            paper.text(f"{_caption(value)} (the page cannot be shown)", soft=True)


def _caption(value: ShownValue) -> str:
    reasons = ", ".join(reason.replace("_", " ") for reason in value.reasons)
    understood = value.text or "not understood"
    return f"{value.label}, page {value.page}: {understood}; read as {value.raw} ({reasons})"
