"""Writes reports: `json` (the whole result), `csv` (flat), and for people `xlsx`, `html` and `pdf`.

All write results one by one as they are read from the job store, so that the memory needed does
not grow with the batch, and all give the same bytes for the same results.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, BinaryIO

from attrs import Attribute, field, frozen

from loanbatch.book import Hide, ReportBook
from loanbatch.errors import SettingsError
from loanbatch.hookspecs import hookimpl
from loanbatch.results import BatchProcessingResult, BatchProcessingSummary
from loanbatch.settings import Settings

if TYPE_CHECKING:
    from loanbatch_plugins.reporting._loans import LoansOfJob

__all__ = ["ReportingSettings", "register_settings", "report"]

CSV_ROWS = ("fields", "documents")


def _known_rows(_: object, __: object, value: str) -> None:
    if value not in CSV_ROWS:
        raise SettingsError(f"csv_rows must be one of {', '.join(CSV_ROWS)}")


def _not_negative(_: object, attribute: Attribute[int], value: int) -> None:
    if value < 0:
        raise SettingsError(f"{attribute.name} must not be negative")


@frozen(kw_only=True)
class ReportingSettings:
    """The table `[loanbatch.reporting]`."""

    #: `fields`: a row per value, with its evidence; `documents`: a row per document.
    csv_rows: str = field(default="fields", validator=_known_rows)
    #: Put x for letters and 9 for digits in names, addresses, identifiers and other personal data.
    mask_personal: bool = False
    #: Name of an HTML report of the same job that lies beside the workbook: each value has a link
    #: to its place there. Empty for no links.
    xlsx_links_to: str = ""
    #: Megabytes of pictures of pages that an HTML report may hold; 0 for none.
    html_images_mb: int = field(default=20, validator=_not_negative)
    #: What is paid besides each month in the what-if of reports, in the loan's currency; 0 for
    #: none.
    prepay_monthly: int = field(default=100, validator=_not_negative)


@hookimpl
def register_settings() -> type:
    """Give the class of the plugin's settings."""
    return ReportingSettings


@hookimpl
def report(
    summary: BatchProcessingSummary,
    format: str,  # noqa: A002 - the hook's name for it
    stream: BinaryIO,
    settings: Settings,
    book: ReportBook,
) -> bool | None:
    """Write the formats `json`, `csv`, `xlsx`, `html` and `pdf`."""
    write = _WRITERS.get(format)
    if write is None:
        return None
    write(_Asked(summary, stream, settings, settings.plugin(ReportingSettings), book))
    return True


@frozen
class _Asked:
    """What is to be written."""

    summary: BatchProcessingSummary
    stream: BinaryIO
    settings: Settings
    own: ReportingSettings
    book: ReportBook

    @property
    def hide(self) -> Hide | None:
        """What takes personal data out of a result, where it has to be."""
        if not self.own.mask_personal:
            return None
        from loanbatch.masking import masked

        return masked

    @property
    def book_of_pages(self) -> ReportBook | None:
        """The book where pages may be shown: they hold what masking hides."""
        return None if self.own.mask_personal else self.book

    def pairs(self) -> Iterator[tuple[BatchProcessingResult, BatchProcessingResult]]:
        """Yield each result as it is, and as it is shown."""
        hide = self.hide
        return (
            (result, hide(result) if hide is not None else result)
            for result in self.summary.results
        )

    def loans(self) -> LoansOfJob:
        """Return the loans of the job and their comparison, as they are shown."""
        from loanbatch_plugins.reporting._loans import loans_of

        return loans_of(self.book, self.hide, self.own.prepay_monthly)

    def results(self) -> Iterator[BatchProcessingResult]:
        """Yield the results as they are shown."""
        return (shown for _, shown in self.pairs())


def _write_json(asked: _Asked) -> None:
    from loanbatch_plugins.reporting._json import write_json

    write_json(asked.summary.header(), asked.results(), asked.stream)


def _write_csv(asked: _Asked) -> None:
    from loanbatch_plugins.reporting._csv import write_documents, write_fields

    if asked.own.csv_rows == "documents":
        write_documents(asked.results(), asked.stream)
    else:
        write_fields(asked.results(), asked.stream, threshold=asked.settings.review_threshold)


def _write_xlsx(asked: _Asked) -> None:
    from loanbatch_plugins.reporting._xlsx import WorkbookParts, write_workbook

    parts = WorkbookParts(
        header=asked.summary.header(),
        results=asked.results(),
        loans=asked.loans,
        threshold=asked.settings.review_threshold,
        pages=asked.own.xlsx_links_to,
    )
    write_workbook(parts, asked.stream)


def _write_html(asked: _Asked) -> None:
    from loanbatch_plugins.reporting._html import HtmlParts, write_html

    parts = HtmlParts(
        header=asked.summary.header(),
        results=asked.pairs(),
        loans=asked.loans,
        book=asked.book_of_pages,
        threshold=asked.settings.review_threshold,
        most_bytes=asked.own.html_images_mb * 1024 * 1024,
    )
    write_html(parts, asked.stream)


def _write_pdf(asked: _Asked) -> None:
    from loanbatch_plugins.reporting._pdf import PdfParts, write_pdf

    told = asked.loans()
    parts = PdfParts(
        header=asked.summary.header(),
        pairs=asked.pairs,
        loans=told.shown(lambda *_: None),
        comparisons=told.comparisons_shown(),
        not_compared=told.not_compared,
        book=asked.book_of_pages,
        threshold=asked.settings.review_threshold,
    )
    write_pdf(parts, asked.stream)


_WRITERS: Mapping[str, Callable[[_Asked], None]] = {
    "json": _write_json,
    "csv": _write_csv,
    "xlsx": _write_xlsx,
    "html": _write_html,
    "pdf": _write_pdf,
}
