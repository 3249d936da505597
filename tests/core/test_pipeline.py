"""One source through the stages: evidence, review, and failures that become results."""

import math
from decimal import Decimal

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from loanbatch import hookimpl
from loanbatch.errors import OcrFailedError, PluginError
from loanbatch.models import (
    Artifact,
    Box,
    CheckBox,
    Document,
    Field,
    Finding,
    Page,
    PageImage,
    Recognition,
    Severity,
    Source,
    TextSource,
    Word,
)
from loanbatch.pipeline import lent, process_source, process_task
from loanbatch.pipeline._evidence import displayed_box, displayed_field
from loanbatch.pipeline._reading import recognized_page
from loanbatch.registry import Registry
from loanbatch.results import ResultStatus, document_id
from loanbatch.sources import hash_source, source_from_bytes

#: Of 200 by 400 pixels.
BLANK = bytes(80_000)


@pytest.fixture
def process(make_handler):
    def run(*plugins, text="note x=1 y=abc", **overrides):
        handler = make_handler(*plugins, **overrides)
        return process_source(
            handler.registry, hash_source(source_from_bytes("a.txt", text.encode()))
        )

    return run


def codes(result):
    return [finding.code for finding in result.findings]


def test_success_has_ids_values_and_evidence(process):
    result = process()

    assert result.status is ResultStatus.SUCCESS
    assert result.document_id == document_id(result.sha256)
    assert result.loan_id == result.document_id
    assert result.page_count == 1
    assert not result.needs_review
    field = result.documents[0].fields["x"]
    assert (field.value, field.raw, field.page, field.extractor) == (Decimal(1), "1", 1, "text")
    assert field.box == Box(10.0, 10.0, 19.0, 20.0)


def test_loan_identifier_of_a_document_is_the_loan(process):
    assert process(text="note loan_identifier=ABC-7").loan_id == "ABC-7"


def test_told_loan_wins(make_handler):
    source = evolve(source_from_bytes("a.txt", b"note loan_identifier=ABC-7"), loan_id="told")

    assert process_source(make_handler().registry, source).loan_id == "told"


def test_refusal_fails_with_the_findings_code(process):
    class Stamp:
        @hookimpl
        def validate(self):
            return [Finding(code="not_stamped", severity=Severity.ERROR, message="no stamp")]

    result = process(Stamp())

    assert result.status is ResultStatus.FAILED
    assert (result.error_type.value, result.error_code) == ("validation_error", "not_stamped")
    assert result.error_message == "no stamp"


def test_warning_of_validation_needs_review(process):
    class Doubt:
        @hookimpl
        def validate(self):
            return [Finding(code="repaired", severity=Severity.WARNING, message="was damaged")]

    result = process(Doubt())

    assert result.status is ResultStatus.SUCCESS
    assert result.needs_review


def test_info_does_not_need_review(process):
    class Note:
        @hookimpl
        def check(self):
            return [Finding(code="note", severity=Severity.INFO, message="by the way")]

    assert not process(Note()).needs_review


def test_unsure_field_needs_review_and_keeps_its_value(process):
    result = process(review_threshold=1.0)

    assert codes(result) == ["low_confidence"]
    assert result.findings[0].fields == ("x", "y")
    assert "2 values were read" in result.findings[0].message
    assert ", page 1: " in result.findings[0].message
    assert result.needs_review
    assert result.documents[0].fields["x"].value == Decimal(1)


def test_text_that_nobody_understands_needs_review(process):
    class Refuse:
        @hookimpl
        def normalize(self, field):
            return evolve(field, value=None)

    result = process(Refuse())

    assert "not_normalized" in codes(result)
    assert result.documents[0].fields["x"].raw == "1"
    assert result.needs_review


def test_unknown_kind_needs_review(process):
    class Lost:
        @hookimpl
        def classify(self):
            return [Document(kind="other", first_page=1, last_page=1, confidence=0.0)]

    result = process(Lost())

    assert codes(result) == ["uncertain_kind"]
    assert result.needs_review


def test_source_without_text_fails(process):
    result = process(text="   ")

    assert (result.error_code, result.error_type.value) == ("no_text", "processing_error")
    assert "the page has no readable text" in result.error_message


def test_content_that_changed_is_noticed(make_handler, write):
    (path,) = write(a="note x=1")
    from loanbatch.sources import list_files

    source = hash_source(next(list_files([path])).source)
    path.write_text("note x=2")

    result = process_source(make_handler().registry, source)

    assert (result.error_code, result.retryable) == ("source_changed", True)


def test_bug_of_ours_is_unexpected_and_its_words_stay_out(process, monkeypatch, tmp_path):
    words = f"{'Jane'} Sample 123-45-6789"

    def bug(*_):
        raise KeyError(words)

    monkeypatch.setattr("loanbatch.pipeline._process.read_source", bug)

    result = process()

    assert (result.error_type.value, result.error_code) == ("unexpected_error", "unexpected_error")
    assert result.error_message == "unexpected KeyError; the log has the details"
    log = (tmp_path / "log.jsonl").read_text()
    assert "in bug" in log
    assert "Jane" not in log
    assert "Jane" not in str(result.to_dict())


def test_lack_of_memory_is_classified(process):
    class Greedy:
        @hookimpl
        def extract(self):
            raise MemoryError

    assert process(Greedy()).error_code == "out_of_memory"


SCALE = 0.5  # points per pixel


class Scanner:
    """Renders and recognizes pages whose text is missing."""

    orientation = 0
    fails = ()

    @hookimpl
    def read_pages(self, page_numbers):
        return [Page(number=n, width=100, height=200) for n in page_numbers]

    @hookimpl
    def render_page(self, page_number):
        return PageImage(
            page_number=page_number,
            width=200,
            height=400,
            pixels=bytes(80_000),
            points_per_pixel=SCALE,
        )

    @hookimpl
    def recognize_text(self, image):
        if image.page_number in self.fails:
            raise OcrFailedError("the engine gave up")
        return Recognition(
            words=(Word("note", 20, 40, 60, 80, 0.8), Word("x=7", 70, 40, 90, 80, 0.8)),
            orientation=self.orientation,
        )


def test_page_without_text_is_recognized(process):
    result = process(Scanner())

    field = result.documents[0].fields["x"]
    assert field.value == Decimal(7)
    assert field.box == Box(35.0, 20.0, 45.0, 40.0)


def test_evidence_of_a_turned_page_is_where_people_see_it(process):
    class Turned(Scanner):
        orientation = 90

    field = process(Turned()).documents[0].fields["x"]

    # The upright page is 200 wide and 100 high: y of the displayed page is 200 - x of the upright.
    assert field.box == Box(20.0, 200 - 45.0, 40.0, 200 - 35.0)


def test_words_that_the_file_has_itself_take_the_place_of_recognized_ones(process):
    class Form(Scanner):
        @hookimpl
        def read_pages(self, page_numbers):
            exact = Word("x=1", 34, 19, 46, 41)
            return [Page(number=n, width=100, height=200, words=(exact,)) for n in page_numbers]

    field = process(Form()).documents[0].fields["x"]

    assert (field.value, field.box) == (Decimal(1), Box(34, 19, 46, 41))


def test_page_that_cannot_be_recognized_needs_review(process):
    class Half(Scanner):
        fails = (2,)

    result = process(Half(), text="a\fb")

    assert result.status is ResultStatus.SUCCESS
    assert codes(result) == ["page_without_text"]
    assert result.needs_review


def test_source_of_which_no_page_can_be_recognized_fails(process):
    class Never(Scanner):
        fails = (1,)

    result = process(Never())

    assert result.error_code == "ocr_failed"
    assert "loanbatch doctor" in result.error_message


def test_searchable_copy_is_made_when_asked_for(process):
    class Copier:
        @hookimpl
        def make_searchable(self):
            return Artifact(name="searchable.pdf", media_type="application/pdf", content=b"%PDF")

    assert process(Copier()).artifacts == ()
    result = process(Copier(), searchable=True)
    assert [artifact.name for artifact in result.artifacts] == ["searchable.pdf"]
    assert "artifacts" not in result.to_dict()


def test_searchable_copy_that_fails_needs_review(process):
    class Copier:
        @hookimpl
        def make_searchable(self):
            raise OSError

    result = process(Copier(), searchable=True)

    assert codes(result) == ["not_searchable"]
    assert result.status is ResultStatus.SUCCESS


def test_check_boxes_are_scaled_like_words():
    image = PageImage(page_number=1, width=10, height=10, pixels=bytes(100), points_per_pixel=2.0)
    recognition = Recognition(
        words=(), check_boxes=(CheckBox(box=Box(1, 2, 3, 4), ticked=True, confidence=0.9),)
    )

    page = recognized_page(image, recognition)

    assert page.check_boxes[0].box == Box(2, 4, 6, 8)
    assert page.text_source is TextSource.RECOGNIZED


coordinates = st.floats(0, 500, allow_nan=False)
boxes = st.builds(
    lambda x, y, w, h: Box(x, y, x + w, y + h), coordinates, coordinates, coordinates, coordinates
)
pages = st.builds(
    Page,
    number=st.just(1),
    width=st.floats(100, 1000),
    height=st.floats(100, 1000),
    orientation=st.sampled_from([0, 90, 180, 270]),
)


def turned(box, page):
    """Turn a box of the displayed page with the page: the inverse of what is tested."""
    width, height = page.width, page.height  # of the upright page
    corner = {
        0: lambda x, y: (x, y),
        90: lambda x, y: (width - y, x),
        180: lambda x, y: (width - x, height - y),
        270: lambda x, y: (y, height - x),
    }[page.orientation]
    xs, ys = zip(corner(box.left, box.top), corner(box.right, box.bottom), strict=True)
    return Box(min(xs), min(ys), max(xs), max(ys))


@given(boxes, pages)
def test_turning_a_box_there_and_back_changes_nothing(box, page):
    shown = displayed_box(box, page)

    again = turned(shown, page)

    assert all(math.isclose(a, b, abs_tol=1e-6) for a, b in zip(again, box, strict=True))


@given(boxes, pages, st.floats(-5, 5))
def test_box_of_a_levelled_page_contains_the_turned_one(box, page, skew):
    plain = displayed_box(box, page)
    around = displayed_box(box, evolve(page, skew=skew))

    assert around.right - around.left >= 0
    grown = (around.right - around.left) * (around.bottom - around.top)
    assert grown >= (plain.right - plain.left) * (plain.bottom - plain.top) - 1e-6


def test_field_of_an_upright_page_is_untouched(a_field):
    page = Page(number=1, width=10, height=10)

    assert displayed_field(a_field, {1: page}) is a_field


def test_cells_and_alternatives_are_turned_too(a_field):
    page = Page(number=1, width=100, height=200, orientation=180)
    table = evolve(a_field, rows=((a_field,),), alternatives=(a_field,))

    shown = displayed_field(table, {1: page})

    expected = Box(97.0, 196.0, 99.0, 198.0)
    assert shown.box == shown.rows[0][0].box == shown.alternatives[0].box == expected


def test_registry_without_plugins_gives_a_failed_result(make_settings):
    registry = Registry.load(make_settings())

    result = process_source(registry, Source(file_name="a", location="a", content=b"x"))

    assert result.error_code == "plugin_error"
    assert result.error_type.value == "processing_error"
    assert "intake" in result.error_message


def test_extract_sees_the_pages_of_its_document_only(process):
    seen = []

    class Two:
        @hookimpl
        def classify(self):
            return [
                Document(kind="note", first_page=1, last_page=1),
                Document(kind="deed", first_page=2, last_page=3),
            ]

        @hookimpl
        def extract(self, document, pages):
            seen.append((document.kind, [page.number for page in pages]))
            yield Field(
                name="n", raw="1", page=pages[0].number, box=None, confidence=1, extractor="e"
            )

    result = process(Two(), text="a\fb\fc")

    assert seen == [("note", [1]), ("deed", [2, 3])]
    assert [d.fields["n"].page for d in result.documents] == [1, 2]


PLUGIN = """
from attrs import evolve
from loanbatch import hookimpl
from loanbatch.models import Page, TextSource, Validation, Word

@hookimpl
def validate(source):
    return Validation(source=evolve(source, media_type="text/plain", page_count=1))

@hookimpl
def read_pages():
    word = Word("note", 1, 1, 2, 2)
    return [Page(number=1, width=9, height=9, words=(word,), text_source=TextSource.TEXT_LAYER)]
"""


def test_task_in_a_foreign_process_rebuilds_the_registry(make_settings, tmp_path):
    """As an executor does that a plugin brings: no fork of ours, nothing lent."""
    import multiprocessing
    from concurrent.futures import ProcessPoolExecutor

    (tmp_path / "reader.py").write_text(PLUGIN)
    registry = Registry.load(make_settings(plugins=[str(tmp_path / "reader.py")]))
    source = Source(file_name="a.txt", location="a.txt", content=b"x")

    with lent(registry) as ticket:
        spawn = multiprocessing.get_context("spawn")
        with ProcessPoolExecutor(max_workers=1, mp_context=spawn) as executor:
            result = executor.submit(process_task, ticket, source).result(timeout=60)

    assert result.status is ResultStatus.SUCCESS


def test_task_says_which_plugin_cannot_travel(make_handler):
    class Local:
        @hookimpl
        def check(self):
            return ()

    with lent(make_handler(Local()).registry) as ticket:
        stranger = evolve(ticket, key="of another process")

        with pytest.raises(PluginError, match="put it in a module"):
            process_task(stranger, Source(file_name="a", location="a", content=b"x"))


def test_registry_is_lent_for_a_job_only(make_handler):
    from loanbatch.pipeline import _task

    with lent(make_handler().registry) as ticket:
        assert ticket.key in _task._LENT

    assert ticket.key not in _task._LENT
