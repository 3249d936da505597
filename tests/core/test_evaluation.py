"""How results are judged against labels, and what is counted from it."""

from __future__ import annotations

import importlib.util
import json
import random
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from loanbatch import BatchProcessingHandler, load_settings
from loanbatch.errors import StorageFailedError, UsageError
from loanbatch.evaluation import (
    Figures,
    Verdict,
    baseline_of,
    compare,
    figures_of,
    judge,
    means_same,
    read_json,
    read_labels,
    reliability,
    reliability_by_extractor,
    results_of,
    score,
    shown,
    thresholds,
    write_private,
)

SHARED = Path(__file__).parents[3] / "shared"
RULE = SHARED / "tools" / "score.py"
needs_shared = pytest.mark.skipif(not RULE.exists(), reason="no labelled documents beside the tree")

SHA = "a" * 64


def found(value, *, confidence=0.9, extractor="templates/w2", **more):
    return {
        "value": value,
        "raw": str(value),
        "page": 1,
        "box": [10.0, 20.0, 30.0, 40.0],
        "confidence": confidence,
        "extractor": extractor,
        **more,
    }


def document(fields, *, kind="w2", first=1, last=1):
    return {"kind": kind, "first_page": first, "last_page": last, "fields": fields}


def result(*documents, name="a.pdf", review=False, **more):
    return {
        "file_name": name,
        "sha256": None,
        "status": "success",
        "needs_review": review,
        "documents": list(documents),
        **more,
    }


def label(*documents, name="a.pdf", **more):
    return {"file": name, "documents": list(documents), **more}


def judged_fields(found_fields, labelled, **more):
    """Judge one document's fields; return the values."""
    return judge([result(document(found_fields), **more)], [label(document(labelled))]).values


def total(results, labels):
    return score(judge(results, labels)).total


# Values


@pytest.mark.parametrize(
    ("value", "wanted"),
    [
        ("1234.50", "1,234.5"),
        (12, "12.00"),
        (3.875, "3.875"),
        ("Smith-Jones, Ada", "smith jones  ADA"),
        (["B", "A"], ["a", "b"]),
        (["Ada"], "ADA"),
        ("Ada", ["ada"]),
        (True, True),
        ({"code": "D", "amount": "1.0"}, {"amount": "1", "code": "d"}),
    ],
)
def test_value_of_the_same_meaning_is_right(value, wanted):
    assert means_same(value, wanted)


@pytest.mark.parametrize(
    ("value", "wanted"),
    [("1234.50", "1234.05"), (True, False), ("true", True), (None, "x"), ("A B", "AB"), ([], "x")],
)
def test_value_of_another_meaning_is_wrong(value, wanted):
    assert not means_same(value, wanted)


def test_value_without_label_counts_neither_way():
    values = judged_fields({"wages": found("1"), "state": found("MN")}, {"wages": "1"})

    assert [value.field for value in values] == ["wages"]


def test_value_that_was_not_understood_is_missing_with_its_evidence():
    (value,) = judged_fields({"wages": found(None, raw="l23")}, {"wages": "123"})

    assert value.verdict is Verdict.MISSING
    assert (value.raw, value.page, value.box) == ("l23", 1, (10.0, 20.0, 30.0, 40.0))


def test_every_value_on_a_blank_form_is_wrong_and_none_is_labelled():
    fields = {"wages": found("1"), "state": found(None)}

    figures = total([result(document(fields))], [label(document({}))])

    assert (figures.labelled, figures.wrong, figures.silent) == (0, 2, 2)
    assert figures.precision == figures.recall == 0.0


def test_wrong_value_is_silent_only_where_the_result_is_not_marked_for_review():
    labels = [label(document({"wages": "1"}))]

    silent = total([result(document({"wages": found("2")}))], labels)
    told = total([result(document({"wages": found("2")}), review=True)], labels)

    assert (silent.wrong, silent.silent) == (1, 1)
    assert (told.wrong, told.silent) == (1, 0)


# Rows


def cells(*rows):
    """A field of rows as results have it."""
    plain = [{name: found(value) for name, value in row.items()} for row in rows]
    for number, row in enumerate(plain):
        for cell in row.values():
            cell["confidence"] = 0.9 - number / 10
    return found(list(rows), rows=plain)


def test_row_counts_once_and_needs_every_labelled_cell():
    fees = cells({"name": "A", "amount": "1", "page": 3}, {"name": "B", "amount": "9"})
    wanted = [{"name": "b", "amount": "2"}, {"name": "a", "amount": "1.00"}]

    values = judged_fields({"fees": fees}, {"fees": wanted})

    assert [value.verdict for value in values] == [Verdict.WRONG, Verdict.RIGHT]
    assert values[0].found == {"name": "B", "amount": "9"}
    assert values[0].confidence == pytest.approx(0.8)
    assert values[1].raw == "A | 1 | 3"


def test_found_row_is_right_once():
    values = judged_fields({"fees": cells({"amount": "1"})}, {"fees": [{"amount": "1"}] * 2})

    assert [value.verdict for value in values] == [Verdict.RIGHT, Verdict.WRONG]
    assert values[1].found is None


def test_rows_beyond_the_labelled_ones_do_not_count():
    fees = cells({"amount": "1"}, {"amount": "2"})

    assert len(judged_fields({"fees": fees}, {"fees": [{"amount": "2"}]})) == 1


def test_rows_of_an_absent_field_are_missing_and_of_a_found_one_wrong():
    wanted = {"fees": [{"amount": "1"}, {"amount": "2"}]}

    absent = total([result(document({}))], [label(document(wanted))])
    other = total([result(document({"fees": cells()}))], [label(document(wanted))])

    assert (absent.labelled, absent.wrong, absent.missing) == (2, 0, 2)
    assert (other.labelled, other.wrong, other.missing) == (2, 2, 0)


def test_row_is_marked_around_its_cells_on_their_page():
    row = {"a": found("1", page=2, box=[5, 6, 7, 8]), "b": found("2", page=2, box=[1, 7, 9, 9])}
    fees = found([{"a": "1", "b": "2"}], rows=[row])

    (value,) = judged_fields({"fees": fees}, {"fees": [{"a": "1"}]})

    assert (value.page, value.box) == (2, (1, 6, 9, 9))


def test_list_of_texts_is_one_value():
    figures = total(
        [result(document({"names": found(["Ada", "Bo"])}))],
        [label(document({"names": ["bo", "ada"]}))],
    )

    assert (figures.labelled, figures.right) == (1, 1)


# Documents and files


def test_document_is_right_with_its_kind_and_first_page():
    paystub = document({}, kind="paystub", first=4, last=4)
    package = result(document({}, first=2, last=3), paystub)
    wanted = label(document({}, first=1, last=3), paystub)

    figures = score(judge([package], [wanted])).kinds

    assert (figures["w2"].kinds_right, figures["paystub"].kinds_right) == (0, 1)


def test_document_is_compared_with_the_one_that_shares_most_pages():
    few = document({"wages": found("1")}, first=1, last=2)
    most = document({"wages": found("2")}, first=2, last=6)

    figures = total([result(few, most)], [label(document({"wages": "2"}, first=2, last=5))])

    assert figures.right == 1


def test_document_of_the_kind_on_other_pages_is_not_compared():
    other = document({"wages": found("1")}, first=3, last=3)

    (value,) = judge([result(other)], [label(document({"wages": "1"}, last=2))]).values

    assert value.verdict is Verdict.MISSING


def test_file_is_found_by_content_before_name():
    right = result(document({"wages": found("1")}), name="copy.pdf", sha256=SHA)
    namesake = result(document({"wages": found("2")}), name="a.pdf", sha256="b" * 64)

    judged = judge([right, namesake], [label(document({"wages": "1"}), sha256=SHA)])

    assert judged.values[0].verdict is Verdict.RIGHT
    assert not judged.files[0].changed


def test_file_with_other_content_than_labelled_is_named():
    namesake = result(document({}), sha256="b" * 64)

    assert judge([namesake], [label(document({}), sha256=SHA)]).files[0].changed


@pytest.mark.parametrize("labels_name_content", [True, False])
def test_duplicate_is_judged_by_the_result_of_the_first(labels_name_content):
    first = result(document({"wages": found("1")}), name="a.pdf", sha256=SHA)
    second = result(name="b.pdf", sha256=SHA, status="skipped")
    more = {"sha256": SHA} if labels_name_content else {}
    labels = [label(document({"wages": "1"}), name=name, **more) for name in ("a.pdf", "b.pdf")]

    assert total([first, second], labels).right == 2
    assert total([second, first], labels).right == 2


def test_file_without_result_misses_everything_and_counts_as_failed():
    measured = score(judge([], [label(document({"wages": "1"}))]))

    assert (measured.total.missing, measured.files_failed) == (1, 1)


def test_review_is_counted_by_files_and_by_documents():
    package = result(document({}), document({}, first=2, last=2), name="p.pdf", review=True)
    single = result(document({}), name="s.pdf")
    labels = [
        label(document({}), document({}, first=2, last=2), name="p.pdf"),
        label(document({}), name="s.pdf"),
    ]

    measured = score(judge([package, single], labels))

    assert measured.review_share == 1 / 2
    assert measured.document_review_share == 2 / 3


def test_figures_by_field_add_up_to_those_of_the_kind():
    labels = [label(document({"wages": "1", "state": "MN", "fees": [{"a": "1"}, {"a": "2"}]}))]

    measured = score(judge([result(document({"wages": found("1"), "state": found("NY")}))], labels))

    for name in ("labelled", "right", "wrong", "missing", "silent"):
        parts = [getattr(figures, name) for figures in measured.fields.values()]
        assert sum(parts) == getattr(measured.kinds["w2"], name)


# Reliability


def judged_with(*facts, **more):
    """Judge a file with values of these confidences, right or wrong."""
    fields = {f"f{n}": found("1", confidence=confidence) for n, (confidence, _) in enumerate(facts)}
    labels = {f"f{n}": "1" if right else "2" for n, (_, right) in enumerate(facts)}
    return judge([result(document(fields), **more)], [label(document(labels))])


def values_with(*facts):
    return judged_with(*facts).values


def test_bins_hold_their_upper_bound_and_the_error_weighs_their_gaps():
    facts = [(0.9, True), (0.9, False), (0.995, True), (1.0, True), (0.0, False)]

    measured = reliability(values_with(*facts))

    assert [(item.high, item.values) for item in measured.bins] == [(0.1, 1), (0.9, 2), (1.0, 2)]
    # Two at 0.9 of which half is right, two at 0.9975 that are right, one at 0 that is wrong.
    assert measured.error == pytest.approx((2 * 0.4 + 2 * 0.0025) / 5)
    assert measured.mean_confidence == pytest.approx(0.759)


def test_nothing_found_has_no_error():
    assert reliability([]).error == reliability(judged_fields({}, {"wages": "1"})).error == 0.0


def test_extractors_are_measured_apart_the_busiest_first():
    fields = {
        "a": found("1", extractor="x"),
        "b": found("1", extractor="y"),
        "c": found("2", extractor="y"),
    }

    measured = reliability_by_extractor(judged_fields(fields, dict.fromkeys("abc", "1")))

    assert {name: item.share_right for name, item in measured.items()} == {"y": 0.5, "x": 1.0}
    assert next(iter(measured)) == "y"


def test_threshold_flags_what_is_below_it():
    facts = [(0.5, False), (0.7, True), (0.75, False), (0.9, True)]

    low, high = thresholds(judged_with(*facts), (0.8, 0.75))

    assert (low.threshold, low.flagged, low.slipped) == (0.75, 2, 1)
    assert (high.threshold, high.flagged_share, high.slipped_share) == (0.8, 0.75, 0.0)


@pytest.mark.parametrize(
    ("findings", "silent"),
    [
        ([], 1),
        ([{"code": "low_confidence", "severity": "warning"}], 1),
        ([{"code": "page_missing", "severity": "info"}], 1),
        ([{"code": "sum_differs", "severity": "warning"}], 0),
    ],
)
def test_threshold_tells_which_files_it_would_pass(findings, silent):
    judged = judged_with((0.7, False), (0.9, True), findings=findings)

    low, high = thresholds(judged, (0.6, 0.8))

    assert (low.files, low.files_flagged, low.silent) == (1, 1 - silent, silent)
    assert (high.files_share, high.silent) == (1.0, 0)


confidences = st.floats(0, 1, allow_nan=False)


@given(st.lists(st.tuples(confidences, st.booleans()), max_size=30))
def test_reliability_is_bounded_and_loses_no_value(facts):
    values = values_with(*facts)

    measured = reliability(values)

    assert 0 <= measured.error <= 1
    assert sum(item.values for item in measured.bins) == len(facts)
    for item in measured.bins:
        assert item.low - 1e-9 <= item.mean_confidence <= item.high + 1e-9


@given(st.lists(st.tuples(confidences, st.booleans()), max_size=30), confidences, confidences)
def test_higher_threshold_flags_more_and_lets_less_slip_through(facts, one, two):
    assume(one != two)

    low, high = thresholds(judged_with(*facts), (one, two))

    assert low.flagged <= high.flagged
    assert low.slipped >= high.slipped


# Properties of the score

texts = st.text("ab 1.,-", max_size=6)
scalars = st.one_of(texts, st.integers(-99, 99), st.booleans(), st.lists(texts, max_size=3))
rows = st.lists(st.dictionaries(st.sampled_from("xyz"), texts, min_size=1), min_size=1, max_size=4)
fields_of_labels = st.dictionaries(st.sampled_from("abcdef"), scalars | rows, max_size=5)


def as_found(fields):
    return {name: found(value) for name, value in fields.items()}


@given(fields_of_labels.filter(bool))
def test_results_equal_to_the_labels_are_perfect(fields):
    figures = total([result(document(as_found(fields)))], [label(document(fields))])

    assert figures.precision == figures.recall == figures.kinds == 1.0
    assert figures.wrong == figures.missing == figures.silent == 0


@given(fields_of_labels, fields_of_labels)
def test_shares_are_bounded_and_counts_add_up(found_fields, labelled):
    figures = total([result(document(as_found(found_fields)))], [label(document(labelled))])

    assert 0 <= figures.precision <= 1
    assert 0 <= figures.recall <= 1
    assert figures.silent <= figures.wrong
    if labelled:
        assert figures.right + figures.wrong + figures.missing == figures.labelled


@given(fields_of_labels.filter(bool), fields_of_labels, st.data())
def test_dropping_a_value_never_finds_more_and_is_never_more_wrong(found_fields, labelled, data):
    assume(found_fields)
    dropped = data.draw(st.sampled_from(sorted(found_fields)))
    fewer = {name: value for name, value in found_fields.items() if name != dropped}
    labels = [label(document(labelled))]

    before = total([result(document(as_found(found_fields)))], labels)
    after = total([result(document(as_found(fewer)))], labels)

    assert after.right <= before.right
    assert after.wrong <= before.wrong
    assert after.labelled == before.labelled


# Baseline


def figures(**counts):
    return Figures(**{"documents": 10, "kinds_right": 10, "labelled": 100, "right": 90, **counts})


def test_equal_figures_are_not_worse():
    (change,) = compare({"w2": figures()}, {"w2": figures()})

    assert change.worse == ()


@pytest.mark.parametrize(
    ("now", "worse"),
    [
        ({"right": 89}, ("recall",)),
        ({"wrong": 1}, ("precision",)),
        ({"wrong": 1, "silent": 1}, ("precision", "silent")),
        ({"kinds_right": 9}, ("kinds",)),
        ({"right": 95}, ()),
    ],
)
def test_figure_that_fell_is_named(now, worse):
    (change,) = compare({"w2": figures()}, {"w2": figures(**now)})

    assert change.worse == worse


def test_tolerance_allows_that_much():
    now = {"w2": figures(right=89, silent=1)}

    assert compare({"w2": figures()}, now, 0.01)[0].worse == ()
    assert compare({"w2": figures()}, now, 0.009)[0].worse == ("recall", "silent")


def test_kind_that_is_new_or_gone_is_not_worse():
    changes = compare({"w2": figures()}, {"paystub": figures()})

    assert [(item.kind, item.worse, item.same_labels) for item in changes] == [
        ("paystub", (), False),
        ("w2", (), False),
    ]


def test_baseline_reads_back_as_written_and_holds_no_value():
    measured = score(
        judge([result(document({"wages": found("777")}))], [label(document({"wages": "1"}))])
    )

    plain = json.dumps(baseline_of(measured))

    assert figures_of(json.loads(plain)) == measured.kinds
    assert "777" not in plain
    assert "wages" not in plain


@pytest.mark.parametrize("plain", [[], {}, {"kinds": []}, {"kinds": {"w2": {"right": 1}}}, None])
def test_anything_else_is_no_baseline(plain):
    with pytest.raises(UsageError, match="save-baseline"):
        figures_of(plain)


# Files


def test_labels_name_the_document_beside_them(tmp_path):
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "b.tif").touch()
    for name, file in (("a.pdf", "other.pdf"), ("deep/b.tif", "b.tif")):
        (tmp_path / f"{name}.gold.json").write_text(json.dumps(label(document({}), name=file)))

    labels = read_labels(tmp_path)

    assert [item.document for item in labels] == [tmp_path / "other.pdf", tmp_path / "deep/b.tif"]


def test_document_stands_for_the_label_file_beside_it(tmp_path):
    for name in ("a.pdf", "b.pdf"):
        (tmp_path / name).touch()
    (tmp_path / "a.pdf.gold.json").write_text(json.dumps(label(document({}), name="a.pdf")))

    assert read_labels(tmp_path / "a.pdf") == read_labels(tmp_path / "a.pdf.gold.json")
    with pytest.raises(UsageError, match=r"there is no label file b\.pdf\.gold\.json beside it"):
        read_labels(tmp_path / "b.pdf")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("{", "no JSON"),
        ("[1]", r"\$\.file"),
        ('{"file": "a", "documents": {}}', r"\$\.documents must"),
        ('{"file": "a", "documents": [{"kind": 1}]}', r"\$\.documents\[0\]\.kind"),
        ('{"file": "a", "documents": [7]}', r"\$\.documents\[0\]\.kind"),
    ],
)
def test_label_file_that_is_none_is_named_with_the_reason(tmp_path, text, reason):
    (tmp_path / "a.pdf.gold.json").write_text(text)

    with pytest.raises(UsageError, match=rf"a\.pdf\.gold\.json.*{reason}"):
        read_labels(tmp_path)


def test_folder_without_labels_is_an_error(tmp_path):
    with pytest.raises(UsageError, match="no label files"):
        read_labels(tmp_path)


@pytest.mark.parametrize("plain", [[], {}, {"results": [1]}, {"results": [{"file_name": "a"}]}])
def test_anything_else_is_no_report(plain):
    with pytest.raises(UsageError, match="no JSON report"):
        results_of(plain)


def test_file_that_cannot_be_read_is_named(tmp_path):
    with pytest.raises(UsageError, match=r"absent\.json: cannot be read"):
        read_json(tmp_path / "absent.json")


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX permissions")
def test_written_file_is_private_and_replaces_a_complete_one_only(tmp_path):
    target = tmp_path / "misses.html"
    target.write_text("old")

    def broken():
        yield "new"
        raise OSError(28, "No space left on device")

    with pytest.raises(StorageFailedError, match="No space left"):
        write_private(target, broken())
    assert target.read_text() == "old"

    write_private(target, ["new"])
    assert target.read_text() == "new"
    assert target.stat().st_mode & 0o777 == 0o600
    assert list(tmp_path.iterdir()) == [target]


def test_value_is_shown_as_a_person_reads_it():
    rows = [{"name": "A", "amount": "1"}, {"name": "B"}]

    assert shown(rows) == "name A, amount 1; name B"
    assert [shown(value) for value in (None, True, 3, "x")] == ["", "true", "3", "x"]


# Agreement with the rule that labels were made for


@pytest.fixture(scope="module")
def rule():
    spec = importlib.util.spec_from_file_location("score_rule", RULE)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


numbers = st.sampled_from(["1,000.00", "1000", "-0", "0.0", "1e3", "NaN", "sNaN", "Infinity", "१२"])
odd_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | numbers | st.text(),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3)
    ),
    max_leaves=6,
)


@needs_shared
@given(found_value=odd_values, wanted=odd_values)
@example(found_value="Ａ１", wanted="1")
def test_values_are_equal_by_the_same_rule(rule, found_value, wanted):
    assert means_same(found_value, wanted) == bool(rule.right(found_value, wanted))
    assert means_same(wanted, wanted) == bool(rule.right(wanted, wanted))


def by_the_rule(folder, results):
    path = folder / "results.json"
    path.write_text(json.dumps({"results": results}))
    command = [sys.executable, str(RULE), str(path), str(folder), "--json"]
    return json.loads(subprocess.run(command, capture_output=True, check=True).stdout)


def ours(results, labels):
    measured = score(judge(results, labels))
    return {
        name: {
            key: plain[key]
            for key in ("documents", "kinds", "labelled", "precision", "recall", "silent")
        }
        for name, plain in {
            "total": measured.total.to_dict(),
            **{kind: item.to_dict() for kind, item in measured.kinds.items()},
        }.items()
    }


def spoilt(labels, chance):
    """Results partly as labelled: values lost or changed, rows cut, documents moved or mixed up."""

    def some(share):
        return chance.random() < share

    results = []
    for plain in labels:
        documents = []
        for wanted in plain["documents"]:
            fields = {name: value for name, value in wanted["fields"].items() if not some(0.1)}
            for name, value in fields.items():
                if isinstance(value, list) and some(0.4):
                    fields[name] = value[::-1][: chance.randrange(len(value) + 1)]
                elif some(0.1):
                    fields[name] = chance.choice([None, "0", str(value), value])
            if not wanted["fields"] and some(0.5):
                fields = {"loan_amount": "1.00", "note_date": None}
            moved = int(some(0.1))
            kind = "other" if some(0.05) else wanted["kind"]
            documents.append(
                document(
                    as_found(fields),
                    kind=kind,
                    first=wanted["first_page"] + moved,
                    last=wanted["last_page"] + moved,
                )
            )
        if not some(0.05):
            more = {"sha256": plain["sha256"]} if some(0.5) else {}
            name = Path(plain["file"]).name
            results.append(result(*documents, name=name, review=some(0.5), **more))
    return results


@needs_shared
@pytest.mark.parametrize("seed", range(5))
def test_figures_of_spoilt_results_are_those_of_the_rule(tmp_path, seed):
    labels = [item.plain for item in read_labels(SHARED / "documents")]
    for number, plain in enumerate(labels):
        (tmp_path / f"{number:03}.gold.json").write_text(json.dumps(plain))
    results = spoilt(labels, random.Random(seed))  # noqa: S311 - reproducible

    assert ours(results, labels) == by_the_rule(tmp_path, results)


#: How many of the smallest labelled files are processed.
_SMALL = 6


@needs_shared
def test_figures_of_real_results_are_those_of_the_rule(tmp_path):
    small = sorted(
        (item for item in read_labels(SHARED / "documents") if item.document.suffix == ".pdf"),
        key=lambda item: item.document.stat().st_size,
    )[:_SMALL]
    settings = load_settings({"home": tmp_path / "home", "executor": "inline"}, environ={})
    with BatchProcessingHandler(settings) as handler:
        summary = handler.process_batch_from_paths([item.document for item in small])
        results = json.loads(json.dumps(summary.to_dict()["results"]))
    for item in small:
        name = f"{item.document.name}.gold.json"
        (tmp_path / name).write_text(json.dumps(item.plain))

    plain = ours(results, [item.plain for item in small])

    assert plain == by_the_rule(tmp_path, results)
    assert Decimal(str(plain["total"]["recall"])) > 0
