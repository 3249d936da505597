"""The HTML report, read by a parser that knows nothing of it."""

from __future__ import annotations

import base64
import hashlib
import io
import re
import tracemalloc
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from html.parser import HTMLParser
from importlib.resources import files
from itertools import pairwise
from typing import Any

import pytest
from attrs import evolve
from hypothesis import given, settings
from hypothesis import strategies as st

from loanbatch.book import ReportBook
from loanbatch.errors import ErrorType, SettingsError
from loanbatch.models import (
    Box,
    Document,
    Field,
    FieldEvidence,
    Finding,
    PageImage,
    Severity,
    Suggestion,
)
from loanbatch.results import BatchProcessingResult, BatchProcessingSummary, JobStatus, ResultStatus
from loanbatch.settings import Settings
from loanbatch_plugins.reporting import ReportingSettings, report

MOMENT = datetime(2026, 3, 1, 12, tzinfo=UTC)
HOSTILE = """<script>alert(1)</script>"><img src=x onerror=alert(2)>'</title>]]>&lt;{{ 7*7 }}"""
#: Elements that have no end.
VOID = {"img", "input", "link", "meta", "br", "hr"}


class Pages(ReportBook):
    """A book whose pages are white, but for those in `without`."""

    def __init__(self, without: Sequence[int] = ()) -> None:
        self.without = without
        self.asked = 0

    def page_images(
        self, result: BatchProcessingResult, page_numbers: Sequence[int], *, width: int
    ) -> Mapping[int, PageImage]:
        self.asked += len(page_numbers)
        height = width * 11 // 8
        scale = 612 / width
        return {
            number: PageImage(
                page_number=number,
                width=width,
                height=height,
                pixels=b"\xff" * (width * height),
                points_per_pixel=scale,
            )
            for number in page_numbers
            if number not in self.without
        }


def field(name: str, value: Any = None, **more: Any) -> Field:
    given = {"raw": str(value), "page": 1, "box": Box(72, 90, 200, 102), "confidence": 0.99}
    return Field(name=name, extractor="templates/note", **(given | {"value": value} | more))


def result(*fields: Field, **more: Any) -> BatchProcessingResult:
    document = Document(
        kind="promissory_note", first_page=1, last_page=2, fields={f.name: f for f in fields}
    )
    given: dict[str, Any] = {"file_name": "note.pdf", "source": "in/note.pdf", "page_count": 2}
    given |= {"status": ResultStatus.SUCCESS, "timestamp": MOMENT, "documents": (document,)}
    return BatchProcessingResult(**(given | more))


FAILURE = BatchProcessingResult(
    file_name="broken.pdf",
    source="in/broken.pdf",
    status=ResultStatus.FAILED,
    error_type=ErrorType.VALIDATION,
    error_code="corrupt",
    error_message="the PDF is damaged",
    timestamp=MOMENT,
)
ROW = (field("label", "Appraisal"), field("amount", Decimal("405.50"), box=Box(300, 90, 340, 102)))
RICH = result(
    field("loan_amount", Decimal("250000.00"), currency="USD", raw="$250,000.00"),
    field("note_rate_percent", Decimal("6.125"), box=Box(72, 120, 100, 132)),
    field("loan_purpose", None, raw="smudge", box=None),
    field("borrower_names", ("Ann Poe", "Bo Poe"), page=2, confidence=0.5),
    field("fees", rows=(ROW,)),
    findings=(
        Finding(
            code="sum_differs",
            severity=Severity.WARNING,
            message="does not add up",
            fields=("loan_amount",),
            expected="1",
            actual="2",
            evidence=(FieldEvidence(field="fees[0].amount", page=1, box=Box(300, 90, 340, 102)),),
            suggestion=Suggestion(
                evidence=FieldEvidence(field="loan_amount", page=1, box=Box(72, 90, 200, 102)),
                value="260000.00",
            ),
        ),
    ),
    needs_review=True,
)


def summary_of(results: Iterable[BatchProcessingResult]) -> BatchProcessingSummary:
    return BatchProcessingSummary(
        job_id="job-1",
        status=JobStatus.COMPLETED_WITH_ERRORS,
        total_documents=2,
        processed_documents=2,
        successful_documents=1,
        failed_documents=1,
        skipped_documents=0,
        results=results,  # type: ignore[arg-type]
        start_time=MOMENT,
        end_time=MOMENT,
    )


def written(
    results: Iterable[BatchProcessingResult], book: ReportBook | None = None, **own: Any
) -> str:
    stream = io.BytesIO()
    chosen = Settings(plugin_tables={"reporting": ReportingSettings(**own)})
    assert report(summary_of(results), "html", stream, chosen, book or Pages()) is True
    return stream.getvalue().decode("utf-8")


class Tree(HTMLParser):
    """Elements with their attributes and texts; refuses what is not nested well."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None], list[str]]] = []
        self._open: list[tuple[str, dict[str, str | None], list[str]]] = []
        self.feed(text)
        assert not self._open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element: tuple[str, dict[str, str | None], list[str]] = (tag, dict(attrs), [])
        self.elements.append(element)
        if tag not in VOID:
            self._open.append(element)

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop()[0] == tag

    def handle_data(self, data: str) -> None:
        for _, _, texts in self._open:
            texts.append(data)

    def all(self, tag: str) -> list[tuple[dict[str, str | None], str]]:
        return [(attrs, "".join(texts)) for name, attrs, texts in self.elements if name == tag]


def test_html_shows_values_findings_and_failures() -> None:
    tree = Tree(written([RICH, FAILURE]))

    cells = [text for _, text in tree.all("td")]
    assert "250,000.00 USD" in cells
    assert "$250,000.00" in cells
    assert "6.125 %" in cells
    assert "Ann Poe; Bo Poe" in cells
    assert "not understood" in cells
    assert "405.50" in cells
    (finding,) = [text for attrs, text in tree.all("li") if attrs.get("class") == "warning"]
    assert "does not add up" in finding
    assert "Expected 1, found 2." in finding
    assert "Loan amount may be 260000.00." in finding
    assert any("the PDF is damaged" in text for _, text in tree.all("p"))


def test_html_leads_from_what_is_to_look_at_to_its_place() -> None:
    tree = Tree(written([RICH, FAILURE]))

    ids = [attrs["id"] for _, attrs, _ in tree.elements if attrs.get("id")]
    assert len(set(ids)) == len(ids)
    links = [(attrs["href"], text) for attrs, text in tree.all("a")]
    assert {str(href).removeprefix("#") for href, _ in links} <= set(ids)
    places = {text: href for href, text in links}
    (amount,) = [a for a, _ in tree.all("rect") if f"#{a['id']}" == places["Loan amount"]]
    assert (amount["class"], amount["x"], amount["y"]) == ("doubt", "71.0", "89.0")
    assert places["Fees 1: amount (page 1)"] == places["405.50"]


@pytest.mark.parametrize(
    "hostile",
    [
        result(field("note", HOSTILE)),
        result(field(HOSTILE, "x")),
        result(field("fees", rows=((field(HOSTILE, HOSTILE),),))),
        result(field("note", None, raw=HOSTILE)),
        result(file_name=HOSTILE, document_id=HOSTILE, loan_id=HOSTILE, needs_review=True),
        evolve(FAILURE, error_message=HOSTILE, error_code=HOSTILE, file_name=HOSTILE),
        result(documents=(Document(kind=HOSTILE, first_page=1, last_page=1),)),
        result(
            findings=(
                Finding(
                    code=HOSTILE,
                    severity=Severity.WARNING,
                    message=HOSTILE,
                    expected=HOSTILE,
                    actual=HOSTILE,
                    evidence=(FieldEvidence(field=HOSTILE, page=1, box=Box(1, 2, 3, 4)),),
                ),
            )
        ),
    ],
)
def test_html_runs_nothing_that_a_document_says(hostile: BatchProcessingResult) -> None:
    text = written([hostile])

    assert_harmless(text)
    assert "alert(1)" in text


@settings(max_examples=40)
@given(st.text(), st.text())
def test_html_stays_whole_whatever_a_value_holds(value: str, name: str) -> None:
    assert_harmless(written([result(field("note", value), file_name=name)]))


def assert_harmless(text: str) -> None:
    tree = Tree(text)
    assert len(tree.all("script")) == len(tree.all("style")) == len(tree.all("title")[:1]) == 1
    for _, attrs, _ in tree.elements:
        assert not [name for name in attrs if name.startswith("on") or name == "style"]
        for name in ("href", "src"):
            assert (attrs.get(name) or "#").startswith(("#", "data:image/webp;base64,"))


def test_html_allows_only_its_own_script_and_style() -> None:
    tree = Tree(written([RICH]))

    (policy,) = [a["content"] for a, _ in tree.all("meta") if a.get("http-equiv")]
    allowed = dict(part.strip().split(" ", 1) for part in str(policy).split(";"))
    assert allowed.pop("default-src") == "'none'"
    assert allowed.pop("img-src") == "data:"
    for tag in ("script", "style"):
        ((_, text),) = tree.all(tag)
        digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        assert allowed.pop(f"{tag}-src") == f"'sha256-{digest}'"
    assert allowed == {"base-uri": "'none'", "form-action": "'none'"}


def test_html_can_be_used_without_eyes_and_without_a_mouse() -> None:
    tree = Tree(written([RICH, FAILURE]))

    tags = Counter(name for name, _, _ in tree.elements)
    assert tags["html"] == tags["main"] == tags["header"] == tags["h1"] == 1
    assert tree.all("html")[0][0]["lang"] == "en"
    assert all(attrs.get("alt") for attrs, _ in tree.all("img"))
    assert all(attrs.get("scope") in {"col", "row"} for attrs, _ in tree.all("th"))
    assert tags["caption"] == tags["table"]
    assert all(attrs.get("aria-label") for attrs, _ in tree.all("nav"))
    titles = {attrs.get("id") for attrs, _ in tree.all("h2")}
    assert {attrs["aria-labelledby"] for attrs, _ in tree.all("section")} <= titles
    levels = [int(name[1]) for name, _, _ in tree.elements if re.fullmatch("h[1-6]", name)]
    assert all(after - before <= 1 for before, after in pairwise(levels))
    # Whatever scrolls can be reached by keyboard; what reacts to it is a link or a control.
    assert all(a.get("tabindex") == "0" for a, _ in tree.all("div") if a.get("class") == "pages")
    first = next(a["href"] for name, a, _ in tree.elements if name == "a")
    assert first == "#documents"
    inputs = [*tree.all("input"), *tree.all("select")]
    assert len(tree.all("label")) == len(inputs)


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
def test_html_texts_stand_out_from_their_ground(theme: int) -> None:
    """WCAG 2.2, success criterion 1.4.3: 4.5 to 1."""
    style = files("loanbatch_plugins.reporting").joinpath("data/report.css").read_text()
    colours: dict[str, str] = {}
    for block in re.findall(r":root \{(.*?)\}", style, re.DOTALL)[: theme + 1]:
        colours |= dict(re.findall(r"--([\w-]+): (#\w{6})", block))

    pairs = [("text", "ground"), ("soft", "ground"), ("link", "ground"), ("text", "raised")]
    pairs += [("soft", "raised"), ("doubt", "doubt-ground"), ("text", "doubt-ground")]
    pairs += [("link", "doubt-ground"), ("soft", "doubt-ground"), ("failed", "failed-ground")]
    assert {
        pair: contrast(*map(colours.get, pair))
        for pair in pairs
        if contrast(*map(colours.get, pair)) < 4.5
    } == {}


def contrast(*pair: str | None) -> float:
    low, high = sorted(map(luminance, map(str, pair)))
    return (high + 0.05) / (low + 0.05)


def luminance(colour: str) -> float:
    parts = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_html_of_an_empty_job_is_whole() -> None:
    assert "Nothing: no file failed" in written([])


def test_html_same_results_give_the_same_bytes() -> None:
    assert written([RICH, FAILURE]) == written([RICH, FAILURE])


def test_html_hides_pages_with_personal_data_on_request() -> None:
    book = Pages()
    text = written([RICH], book, mask_personal=True)

    assert "Poe" not in text
    assert "<img" not in text
    assert "pictures of pages are left out" in text
    assert "250,000.00" in text
    assert book.asked == 0


def test_html_says_which_pages_it_cannot_show() -> None:
    text = written([RICH], Pages(without=[2]))

    assert "Page 2 is not pictured." in text
    assert "1 could not be drawn, or its original is not in the object store" in text
    assert 'alt="Page 1 of note.pdf"' in text


def test_html_says_what_it_leaves_out_to_stay_small() -> None:
    book = Pages()
    text = written([RICH], book, html_images_mb=0)

    assert "2 more would have made this file too large" in text
    assert "html_images_mb" in text
    assert book.asked == 0


def test_html_budget_of_pictures_is_not_negative() -> None:
    with pytest.raises(SettingsError, match="html_images_mb"):
        ReportingSettings(html_images_mb=-1)


class NoisyPages(Pages):
    """A book whose pages are as hard to pack as can be."""

    def page_images(
        self, result: BatchProcessingResult, page_numbers: Sequence[int], *, width: int
    ) -> Mapping[int, PageImage]:
        import random

        noise = random.Random(1).randbytes(200 * 275)  # noqa: S311
        image = PageImage(page_number=1, width=200, height=275, pixels=noise, points_per_pixel=3.06)
        return {number: evolve(image, page_number=number) for number in page_numbers}


def test_html_of_a_thousand_files_is_bounded_and_shows_doubtful_pages_first() -> None:
    plain = result(field("note_rate_percent", Decimal("6.125")))
    doubtful = result(field("note_rate_percent", None), needs_review=True, file_name="doubt.pdf")
    results = (*[evolve(plain, document_id=str(n)) for n in range(999)], doubtful)

    text = written(results, NoisyPages(), html_images_mb=1)

    assert len(text) < 1.2 * 1024 * 1024 + 1000 * 2000
    assert 'alt="Page 1 of doubt.pdf"' in text
    assert text.count("<img") < 999


def test_html_memory_does_not_grow_with_the_files() -> None:
    class Nowhere(io.RawIOBase):
        def writable(self) -> bool:
            return True

        def write(self, data: Any) -> int:
            return len(data)

    def many() -> Iterator[BatchProcessingResult]:
        for number in range(1000):
            yield result(field("note", "x" * 20_000), document_id=f"doc-{number}")

    chosen = Settings(plugin_tables={"reporting": ReportingSettings()})
    stream: Any = io.BufferedWriter(Nowhere())
    tracemalloc.start()
    try:
        report(summary_of(many()), "html", stream, chosen, ReportBook())
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert peak < 30_000_000  # the page has 40 MB
