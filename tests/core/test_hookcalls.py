"""The border to plugins: who is asked, what is accepted, what a failure costs."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from attrs import evolve
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from loanbatch import hookcalls, hookimpl
from loanbatch.errors import (
    CorruptError,
    LoanbatchError,
    OcrFailedError,
    PluginError,
    StorageFailedError,
    UnsupportedTypeError,
)
from loanbatch.loans import Basis, ComparedRow, ComparedValue, Comparison, Loan, WhatIf
from loanbatch.models import (
    Box,
    Classification,
    Document,
    Field,
    Finding,
    Page,
    PageImage,
    Receipt,
    Severity,
    Source,
    TextSource,
    Validation,
    Word,
)
from loanbatch.pipeline import process_source
from loanbatch.registry import Registry

PAGES = tuple(Page(number=n, width=1, height=1, text_source=TextSource.TEXT_LAYER) for n in (1, 2))
DOCUMENT = Document(kind="note", first_page=1, last_page=2)
SOURCE = Source(file_name="a.pdf", location="a.pdf", media_type="application/pdf", page_count=2)


@pytest.fixture
def load(make_settings):
    """Return a function that makes a registry of plugins, one for each mapping of hooks."""

    def make(*plugins):
        objects = []
        for number, hooks in enumerate(plugins):
            plugin = type(f"P{number}", (), {})()
            plugin.__name__ = f"p{number}"
            for name, function in hooks.items():
                hookimpl(function)
                function.__name__ = name
                setattr(plugin, name, function)
            objects.append(plugin)
        return Registry.load(make_settings(strict_plugins=True), extra=objects)

    return make


def fail(*_):
    raise RuntimeError("Jane Sample")


def raises(error):
    def hook():
        raise error

    return hook


def field(**changes):
    values = {
        "name": "x",
        "raw": "1",
        "page": 1,
        "box": Box(0.0, 0.0, 1.0, 1.0),
        "confidence": 0.5,
        "extractor": "p",
    }
    return Field(**{**values, **changes})


def warning(code="odd", **changes):
    return Finding(code=code, severity=Severity.WARNING, message="odd", **changes)


def test_validate_hands_the_source_from_plugin_to_plugin(load):
    seen = []
    registry = load(
        {"validate": lambda source: seen.append(source.media_type)},
        {"validate": lambda source: Validation(source=evolve(source, media_type="image/png"))},
    )

    source, findings = hookcalls.validate(registry, SOURCE)

    assert seen == ["image/png"]  # the last registered is asked first
    assert (source.media_type, findings) == ("image/png", ())


def test_validate_ends_with_the_first_refusal(load):
    refusal = Finding(code="stamped", severity=Severity.ERROR, message="not ours")
    asked = []
    registry = load({"validate": lambda: asked.append(1)}, {"validate": lambda: [refusal]})

    _, findings = hookcalls.validate(registry, SOURCE)

    assert findings == (refusal,)
    assert not asked


def test_validate_passes_on_errors_of_ours(load):
    registry = load({"validate": raises(CorruptError("damaged"))})

    with pytest.raises(CorruptError):
        hookcalls.validate(registry, SOURCE)


def test_message_of_a_failure_names_plugin_hook_and_type_only(load):
    with pytest.raises(PluginError) as caught:
        hookcalls.validate(load({"validate": fail}), SOURCE)

    assert caught.value.message == "plugin p0 failed in validate: RuntimeError"


@pytest.mark.parametrize("wrong", [7, "text", [7], Validation(findings=(1,)), Validation(source=1)])
def test_validate_refuses_wrong_types(load, wrong):
    with pytest.raises(PluginError):
        hookcalls.validate(load({"validate": lambda: wrong}), SOURCE)


def test_first_result_is_the_last_registered_plugins(load):
    registry = load({"read_pages": fail}, {"read_pages": lambda: PAGES})

    assert hookcalls.read_pages(registry, SOURCE) == PAGES


def test_next_plugin_is_asked_when_one_fails_or_passes(load):
    registry = load(
        {"read_pages": lambda: list(PAGES)}, {"read_pages": lambda: None}, {"read_pages": fail}
    )

    assert hookcalls.read_pages(registry, SOURCE) == PAGES


def test_source_that_nobody_reads_is_unsupported(load):
    with pytest.raises(UnsupportedTypeError):
        hookcalls.read_pages(load({"read_pages": lambda: None}), SOURCE)


@pytest.mark.parametrize("wrong", [PAGES[:1], PAGES[::-1], (), (*PAGES, PAGES[0]), "ab", 7])
def test_part_of_the_pages_does_not_pass_for_the_whole(load, wrong):
    with pytest.raises(PluginError):
        hookcalls.read_pages(load({"read_pages": lambda: wrong}), SOURCE)


def test_reader_says_how_many_pages_there_are_where_nobody_counted(load):
    source = evolve(SOURCE, page_count=None)

    assert hookcalls.read_pages(load({"read_pages": lambda: PAGES}), source) == PAGES


def test_lazy_answers_are_taken(load):
    def lazily() -> Iterator[Page]:
        yield from PAGES

    assert hookcalls.read_pages(load({"read_pages": lazily}), SOURCE) == PAGES


@pytest.mark.parametrize(
    "call",
    [
        lambda registry: hookcalls.render_page(registry, SOURCE, 1),
        lambda registry: hookcalls.recognize_text(
            registry, PageImage(page_number=1, width=1, height=1, pixels=b"", points_per_pixel=1)
        ),
    ],
)
def test_without_engine_recognition_fails(load, call):
    with pytest.raises(OcrFailedError):
        call(load({"check": lambda: None}))


IMAGE = PageImage(page_number=1, width=1, height=1, pixels=b"", points_per_pixel=1)
READ = Word("1.00", 0, 0, 9, 9, 0.5)


def test_another_engine_reads_again_where_one_fails(load):
    registry = load({"recognize_again": lambda: [[READ]]}, {"recognize_again": fail})

    assert hookcalls.reads_again(registry)
    assert hookcalls.recognize_again(registry, IMAGE, PAGES[0], [READ]) == ((READ,),)


def test_without_other_means_nothing_is_read_again(load):
    registry = load({"recognize_again": lambda: None})

    assert hookcalls.recognize_again(registry, IMAGE, PAGES[0], [READ]) == ((),)
    assert not hookcalls.reads_again(load({"check": lambda: None}))


@pytest.mark.parametrize("wrong", [7, "ab", [], [[READ], [READ]], [["1.00"]], [7]])
def test_readings_belong_to_the_words_asked_for(load, wrong):
    with pytest.raises(PluginError):
        hookcalls.recognize_again(load({"recognize_again": lambda: wrong}), IMAGE, PAGES[0], [READ])


def test_classify_falls_back_to_one_document_with_a_finding(load):
    found = hookcalls.classify(load({"classify": fail}), PAGES)
    documents, findings = found.documents, found.findings

    assert [(d.kind, d.first_page, d.last_page) for d in documents] == [("other", 1, 2)]
    assert [f.code for f in findings] == ["plugin_failed"]


@pytest.mark.parametrize(
    "wrong",
    [
        Document(kind="note", first_page=2, last_page=1),
        Document(kind="note", first_page=0, last_page=1),
        Document(kind="note", first_page=1, last_page=3),
        Document(kind=None, first_page=1, last_page=2),
        Document(kind="note", first_page="1", last_page=2),
    ],
)
def test_documents_lie_within_the_pages(load, wrong):
    found = hookcalls.classify(load({"classify": lambda: [wrong]}), PAGES)
    documents, findings = found.documents, found.findings

    assert [d.kind for d in documents] == ["other"]
    assert [f.code for f in findings] == ["plugin_failed"]


def test_extract_prefers_later_plugins_then_confidence(load):
    registry = load(
        {"extract": lambda: [field(raw="bundled", confidence=0.99)]},
        {"extract": lambda: [field(raw="low", confidence=0.2), field(raw="high", confidence=0.4)]},
    )

    fields, findings = hookcalls.extract(registry, DOCUMENT, PAGES)

    assert fields["x"].raw == "high"
    assert [f.raw for f in fields["x"].alternatives] == ["low", "bundled"]
    assert not findings


def test_extract_keeps_the_fields_of_plugins_that_did_not_fail(load):
    registry = load({"extract": lambda: [field()]}, {"extract": fail})

    fields, findings = hookcalls.extract(registry, DOCUMENT, PAGES)

    assert list(fields) == ["x"]
    assert [f.message for f in findings] == ["plugin p1 failed in extract: RuntimeError"]


def test_confidence_is_brought_into_its_range(load):
    registry = load({"extract": lambda: [field(confidence=1.5), field(name="y", confidence=-1)]})

    fields, _ = hookcalls.extract(registry, DOCUMENT, PAGES)

    assert (fields["x"].confidence, fields["y"].confidence) == (1.0, 0.0)


WRONG_FIELDS = {
    "name": ["", None, 7],
    "raw": [None, b"1"],
    "page": [0, -1, None, "1"],
    "box": [(0, 0, 1, 1), Box(0, 0, float("nan"), 1), Box("a", 0, 1, 1), 7],
    "confidence": [None, float("nan"), float("inf"), "0.5"],
    "extractor": [None, 7],
    "value": [1.5, object(), [1], {"a": 1}, datetime(2024, 1, 1, tzinfo=UTC), Decimal("NaN"), (1,)],
    "currency": [7],
    "rows": [[], ((7,),), 7],
    "alternatives": [[], (7,)],
}


@pytest.mark.parametrize(
    ("name", "value"), [(name, value) for name, values in WRONG_FIELDS.items() for value in values]
)
def test_field_of_a_wrong_shape_is_refused(load, name, value):
    registry = load({"extract": lambda: [field(**{name: value})]})

    fields, findings = hookcalls.extract(registry, DOCUMENT, PAGES)

    assert not fields
    assert f"a wrong {name}" in findings[0].message or name in ("rows", "alternatives")
    assert [f.code for f in findings] == ["plugin_failed"]


@pytest.mark.parametrize(
    "value", [Decimal("1.50"), 7, True, "text", date(2024, 1, 1), ("a", "b"), None]
)
def test_value_of_each_kind_is_accepted(load, value):
    fields, findings = hookcalls.extract(
        load({"extract": lambda: [field(value=value)]}), DOCUMENT, PAGES
    )

    assert fields["x"].value == value
    assert not findings


def test_normalize_fills_values_and_cells(load):
    cell = field(name="amount", raw="2")
    table = field(rows=((cell,),))
    registry = load({"normalize": lambda field: evolve(field, value=Decimal(field.raw))})

    assert hookcalls.normalize(registry, field()).value == Decimal(1)
    assert hookcalls.normalize(registry, table).rows[0][0].value == Decimal(2)


def test_normalize_leaves_values_that_are_there(load):
    registry = load({"normalize": fail})

    assert hookcalls.normalize(registry, field(value="given")).value == "given"


@pytest.mark.parametrize("hook", [fail, lambda: None, lambda: 7, lambda: field(value=1.5)])
def test_normalize_that_fails_leaves_the_raw_text(load, hook):
    assert hookcalls.normalize(load({"normalize": hook}), field()) == field()


def test_check_gives_all_findings_and_names_who_failed(load):
    registry = load({"check": lambda: [warning()]}, {"check": fail}, {"check": lambda: [7]})

    codes = [finding.code for finding in hookcalls.check(registry, [DOCUMENT])]

    assert codes == ["plugin_failed", "plugin_failed", "odd"]


@pytest.mark.parametrize(
    "changes",
    [
        {"code": None},
        {"severity": "warning"},
        {"message": None},
        {"fields": ["x"]},
        {"fields": (1,)},
        {"expected": 7},
        {"actual": Decimal(1)},
    ],
)
def test_finding_of_a_wrong_shape_is_refused(load, changes):
    finding = evolve(warning(), **changes)

    found = hookcalls.check(load({"check": lambda: [finding]}), [DOCUMENT])

    assert [f.code for f in found] == ["plugin_failed"]


def test_store_gives_receipts(load, result):
    receipt = Receipt(what="original", where="x")
    registry = load({"store": lambda: receipt}, {"store": lambda: [receipt]})

    assert hookcalls.store(registry, result, SOURCE) == (receipt, receipt)


def test_store_that_fails_is_retryable(load, result):
    with pytest.raises(StorageFailedError) as caught:
        hookcalls.store(load({"store": fail}), result, SOURCE)

    assert caught.value.retryable


def test_store_error_of_ours_keeps_its_code(load, result):
    with pytest.raises(CorruptError):
        hookcalls.store(load({"store": raises(CorruptError("x"))}), result, SOURCE)


@pytest.fixture
def result(load):
    return process_source(load({"read_pages": lambda: None}), SOURCE)


# Whatever an extractor hands over, the document ends as a classified result that can be stored.
anything = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(),
    st.binary(),
    st.decimals(),
    st.dates(),
    st.tuples(st.text()),
    st.lists(st.integers()),
)
attribute_names = st.sampled_from([a for a in WRONG_FIELDS if a != "box"])


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.dictionaries(attribute_names, anything, max_size=3))
def test_nothing_that_an_extractor_gives_breaks_the_batch(make_handler, monkeypatch, changes):
    class Odd:
        @hookimpl
        def extract(self):
            return [field(**changes)]

    handler = make_handler(Odd(), reprocess=True)

    summary = handler.process_batch_from_bytes([{"file_name": "a.txt", "file_data": b"note y=1"}])

    result = summary.results[0]
    assert result.documents[0].fields["y"].raw == "1"
    handler.close()


def test_every_hook_but_registrations_has_its_function():
    from loanbatch import hookspecs

    specs = {
        name
        for name, item in vars(hookspecs).items()
        if hasattr(item, f"{hookspecs.PROJECT_NAME}_spec")
    }

    called = {name for name in specs if hasattr(hookcalls, name)}

    assert specs - called == {"register_settings", "register_fields"}  # the registry calls these


def test_observers_are_all_told_although_one_fails(load, result):
    told = []

    def tell(job_id):
        told.append(job_id)

    registry = load({"on_result": tell}, {"on_result": fail}, {"on_result": tell})

    hookcalls.on_result(registry, "job-1", 1, result)

    assert told == ["job-1", "job-1"]


def test_plugin_error_is_an_error_of_ours():
    assert issubclass(PluginError, LoanbatchError)


def test_pages_left_out_on_purpose_are_numbers(load):
    documents = (Document(kind="note", first_page=1, last_page=1),)
    told = Classification(documents=documents, left_out=(2,))
    assert hookcalls.classify(load({"classify": lambda: told}), PAGES).left_out == (2,)
    wrong = Classification(documents=documents, left_out=("2",))
    assert hookcalls.classify(load({"classify": lambda: wrong}), PAGES).left_out == ()


LOANS = (Loan(loan_id="a", documents=()), Loan(loan_id="b", documents=()))
STATED = ComparedValue(value=Decimal("6.5"), basis=Basis.COMPUTED)
ROW = ComparedRow(
    name="note_rate_percent", label="Rate", unit="percent", values=(STATED, STATED), best=(0,)
)
COMPARISON = Comparison(currency="USD", loan_ids=("a", "b"), rows=(ROW,))


def compared(load, answer):
    registry = load({"compare_loans": lambda: answer})
    return hookcalls.compare_loans(registry, LOANS)


def test_comparisons_are_taken_from_the_first_plugin_that_makes_any(load):
    registry = load({"compare_loans": lambda: [COMPARISON]}, {"compare_loans": lambda: None})

    assert hookcalls.compare_loans(registry, LOANS) == (COMPARISON,)


@pytest.mark.parametrize(
    "answer",
    [
        "text",
        [LOANS[0]],
        [evolve(COMPARISON, currency=None)],
        [evolve(COMPARISON, loan_ids=("a", "c"))],
        [evolve(COMPARISON, loan_ids=("a", "a"))],
        [evolve(COMPARISON, loan_ids=(), rows=())],
        [COMPARISON, COMPARISON],
        [evolve(COMPARISON, rows=[ROW])],
        [evolve(COMPARISON, rows=(evolve(ROW, values=(STATED,)),))],
        [evolve(COMPARISON, rows=(evolve(ROW, unit="dollars"),))],
        [evolve(COMPARISON, rows=(evolve(ROW, unit="money", best=(2,)),))],
        [evolve(COMPARISON, rows=(evolve(ROW, values=(STATED, evolve(STATED, value=6.5))),))],
        [
            evolve(
                COMPARISON,
                rows=(evolve(ROW, values=(STATED, evolve(STATED, value=Decimal("NaN")))),),
            )
        ],
        [
            evolve(
                COMPARISON,
                rows=(evolve(ROW, values=(STATED, evolve(STATED, basis=Basis.MISSING))),),
            )
        ],
        [evolve(COMPARISON, what_ifs=(WhatIf(loan_id="c", prepayment=""),))],
        [evolve(COMPARISON, what_ifs=(WhatIf(loan_id="a", prepayment="", months_saved=1.5),))],
        [evolve(COMPARISON, what_ifs=(WhatIf(loan_id="a", prepayment="", agreed=(1,)),))],
    ],
)
def test_comparison_of_a_wrong_shape_is_the_plugins_failure(load, answer):
    with pytest.raises(PluginError, match="p0"):
        compared(load, answer)


def test_comparing_without_a_plugin_for_it_gives_no_comparison(make_settings):
    assert hookcalls.compare_loans(Registry.load(make_settings()), LOANS) == ()


def test_comparison_that_fails_raises_the_last_failure(load):
    with pytest.raises(PluginError, match="p0 failed in compare_loans: RuntimeError"):
        hookcalls.compare_loans(load({"compare_loans": fail}), LOANS)
