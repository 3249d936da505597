"""The sample generator: what it promises to those who test with it."""

from __future__ import annotations

import json
from decimal import Decimal
from importlib.metadata import version
from io import BytesIO
from pathlib import Path

import jsonschema
import pypdfium2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from loanbatch.errors import UsageError
from loanbatch.testing.samples import (
    DEGRADATIONS,
    KINDS,
    Sample,
    as_scan,
    broken_samples,
    degraded,
    make_package,
    make_sample,
    sample_set,
    styles,
    write_samples,
)
from loanbatch.vocabulary import standard_vocabulary

DOCS_SAMPLES = Path(__file__).parents[2] / "docs" / "samples"
LAYOUTS = [(kind, style) for kind in KINDS for style in styles(kind)]


def text_of(content: bytes) -> list[str]:
    document = pypdfium2.PdfDocument(content)
    try:
        return [page.get_textpage().get_text_bounded() for page in document]
    finally:
        document.close()


def squeezed(text: str) -> str:
    return "".join(text.split())


@pytest.mark.parametrize(("kind", "style"), LAYOUTS)
def test_sample_has_the_same_bytes_for_the_same_seed(kind, style):
    assert make_sample(kind, seed=11, style=style) == make_sample(kind, seed=11, style=style)


@pytest.mark.parametrize("kind", KINDS)
def test_sample_differs_by_seed(kind):
    assert make_sample(kind, seed=1).content != make_sample(kind, seed=2).content


@pytest.mark.parametrize(("kind", "style"), LAYOUTS)
def test_sample_prints_what_its_truth_says(kind, style):
    sample = make_sample(kind, seed=5, style=style)
    pages = [squeezed(text) for text in text_of(sample.content)]

    missing = [
        (name, printed)
        for document in sample.truth
        for name, texts in document.printed.items()
        for printed in texts
        if squeezed(printed) not in "".join(pages)
    ]

    assert missing == []
    assert len(pages) == sample.page_count == sample.truth[0].last_page


@pytest.mark.parametrize(("kind", "style"), LAYOUTS)
def test_sample_says_that_it_is_one_on_every_page(kind, style):
    texts = text_of(make_sample(kind, seed=5, style=style).content)

    assert all("SAMPLE - NOT A REAL DOCUMENT" in text for text in texts)


@pytest.mark.parametrize(("kind", "style"), LAYOUTS)
def test_sample_uses_only_words_of_the_vocabulary(kind, style):
    vocabulary = standard_vocabulary()
    for seed in range(4):
        for document in make_sample(kind, seed=seed, style=style).truth:
            assert document.kind in vocabulary.kinds
            assert set(document.fields) <= set(vocabulary.fields)
            for name, value in document.fields.items():
                columns = vocabulary.fields[name].columns
                if isinstance(value, list) and isinstance(value[0], dict):
                    assert {cell for row in value for cell in row} <= set(columns), name


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(min_value=0, max_value=10_000))
def test_student_loan_numbers_hold_together(seed):
    fields = make_sample("student_loan_disclosure", seed=seed, style="final").truth[0].fields

    total, charge = Decimal(fields["total_of_payments"]), Decimal(fields["finance_charge"])
    financed, loan = Decimal(fields["amount_financed"]), Decimal(fields["loan_amount"])
    payment = Decimal(fields["principal_and_interest_payment"])
    assert financed + charge == total
    assert financed + Decimal(fields["origination_fee"]) == loan
    assert payment * fields["number_of_payments"] == total
    assert sum(Decimal(row["amount"]) for row in fields["itemization"]) == financed
    principal = loan + Decimal(fields["accrued_deferment_interest"])
    monthly = Decimal(fields["note_rate_percent"]) / 1200
    level = principal * monthly / (1 - (1 + monthly) ** -fields["loan_term_months"])
    assert abs(level - payment) <= Decimal("0.005")


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(min_value=0, max_value=10_000))
def test_sanction_letter_numbers_hold_together(seed):
    fields = make_sample("sanction_letter", seed=seed, style="letter").truth[0].fields

    loan = Decimal(fields["loan_amount"])
    assert sum(Decimal(row["amount"]) for row in fields["disbursement_schedule"]) == loan
    spread, base = Decimal(fields["spread_percent"]), Decimal(fields["benchmark_rate_percent"])
    assert Decimal(fields["note_rate_percent"]) == base + spread
    assert fields["moratorium_months"] + fields["number_of_payments"] == fields["loan_term_months"]
    monthly = Decimal(fields["note_rate_percent"]) / 1200
    principal = loan + Decimal(fields["accrued_deferment_interest"])
    level = principal * monthly / (1 - (1 + monthly) ** -fields["number_of_payments"])
    assert abs(level - Decimal(fields["principal_and_interest_payment"])) <= Decimal("0.5")


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(min_value=0, max_value=10_000))
def test_paystub_and_statement_add_up(seed):
    stub = make_sample("paystub", seed=seed).truth[0].fields
    statement = make_sample("bank_statement", seed=seed).truth[0].fields

    taken = Decimal(stub["total_taxes"]) + Decimal(stub["total_deductions"])
    assert Decimal(stub["gross_pay"]) - taken == Decimal(stub["net_pay"])
    moved = Decimal(statement["total_deposits"]) - Decimal(statement["total_withdrawals"])
    opening, closing = statement["opening_balance"], statement["closing_balance"]
    assert Decimal(opening) + moved == Decimal(closing)
    assert sum(Decimal(row["amount"]) for row in statement["transactions"]) == moved


@settings(max_examples=10, deadline=None)
@given(seed=st.integers(min_value=0, max_value=10_000))
def test_closing_disclosure_and_note_tell_of_the_same_loan(seed):
    disclosure = make_sample("closing_disclosure", seed=seed).truth[0].fields
    note = make_sample("promissory_note", seed=seed).truth[0].fields

    same = (
        "loan_amount",
        "note_rate_percent",
        "principal_and_interest_payment",
        "borrower_names",
        "lender_name",
    )
    assert {name: disclosure[name] for name in same} == {name: note[name] for name in same}
    costs = Decimal(disclosure["total_loan_costs"]) + Decimal(disclosure["total_other_costs"])
    credit = Decimal(disclosure["lender_credits"])
    assert costs - credit == Decimal(disclosure["total_closing_costs"])


def test_package_holds_the_documents_of_one_borrower():
    package = make_package(seed=2)

    kinds = [document.kind for document in package.truth if document.kind != "other"]
    assert kinds == [
        "loan_estimate",
        "closing_disclosure",
        "promissory_note",
        "paystub",
        "w2",
        "bank_statement",
    ]
    by_kind = {document.kind: document.fields for document in package.truth}
    borrower = by_kind["closing_disclosure"]["borrower_names"][0]
    assert by_kind["paystub"]["employee_name"] == borrower
    assert by_kind["bank_statement"]["account_holder_names"] == [borrower]


def test_package_has_one_sheet_before_each_document():
    package = make_package(seed=1)

    ends = [0, *(document.last_page for document in package.truth)]
    assert [document.first_page for document in package.truth] == [end + 2 for end in ends[:-1]]
    assert ends[-1] == package.page_count == len(text_of(package.content))


def test_package_goes_without_separators():
    assert {d.kind for d in make_package(["w2", "paystub"], separators=False).truth} == {
        "w2",
        "paystub",
    }


def test_unknown_kind_and_style_are_refused():
    with pytest.raises(UsageError, match="no samples of this kind"):
        make_sample("w9")
    with pytest.raises(UsageError, match="no such style"):
        make_sample("w2", style="baroque")


def test_scan_has_no_text_and_keeps_the_truth():
    sample = make_sample("loan_estimate", seed=1)

    scan = as_scan(sample, dpi=100)

    assert [squeezed(text) for text in text_of(scan.content)] == ["", "", ""]
    assert scan.truth == sample.truth
    assert not scan.has_text_layer


def test_photo_keeps_only_what_stands_on_the_first_page():
    scan = as_scan(make_sample("closing_disclosure", seed=1), dpi=100, format="jpeg")

    assert scan.page_count == 1
    assert "sale_price" in scan.truth[0].fields  # on page 1
    assert "amount_financed" not in scan.truth[0].fields  # on page 5


def test_fax_is_black_and_white_group_4_with_all_pages():
    scan = as_scan(make_sample("loan_estimate", seed=1), format="fax", noise=0.0)

    with Image.open(BytesIO(scan.content)) as picture:
        assert (picture.mode, picture.n_frames) == ("1", 3)
        assert picture.info["compression"] == "group4"
        assert round(picture.info["dpi"][0]) == 200


@pytest.mark.parametrize("kind", ["pdf", "jpeg", "png", "tiff", "fax"])
def test_scan_has_the_same_bytes_for_the_same_arguments(kind):
    sample = make_sample("w2", seed=1)

    assert as_scan(sample, dpi=100, format=kind) == as_scan(sample, dpi=100, format=kind)


def test_unknown_scan_format_is_refused():
    with pytest.raises(UsageError, match="no such scan format"):
        as_scan(make_sample("w2"), format="bmp")


@pytest.mark.parametrize("name", DEGRADATIONS)
def test_degradation_has_the_same_bytes_for_the_same_seed_and_keeps_the_truth(name):
    sample = make_sample("w2", seed=1)

    first = degraded(sample, name, seed=4)

    assert first == degraded(sample, name, seed=4)
    assert first.truth == sample.truth
    assert not first.has_text_layer


@pytest.mark.parametrize("name", ["stamp", "handwriting", "punch_holes"])
def test_what_is_put_onto_the_paper_covers_no_print(name):
    sample = make_sample("paystub", seed=2)
    damages = DEGRADATIONS[name].damages

    plain, marked = (
        as_scan(sample, dpi=100, noise=0, skew=0, format="png", damages=how)
        for how in ((), damages)
    )

    with Image.open(BytesIO(plain.content)) as one, Image.open(BytesIO(marked.content)) as other:
        before, after = one.convert("L").tobytes(), other.convert("L").tobytes()
    assert before != after
    assert all(new == old for old, new in zip(before, after, strict=True) if old < 128)


def test_turned_scan_swaps_its_sides():
    scan = degraded(make_sample("w2", seed=1), "turn_90")

    document = pypdfium2.PdfDocument(scan.content)
    width, height = document[0].get_size()
    document.close()

    assert width > height


def test_unknown_degradation_is_refused():
    with pytest.raises(UsageError, match="no such degradation"):
        degraded(make_sample("w2"), "coffee")


def test_broken_samples_are_the_same_each_time_and_small():
    assert broken_samples() == broken_samples()
    assert all(len(sample.content) < 600_000 for sample in broken_samples())


def test_broken_samples_cover_the_codes_of_the_validate_stage():
    codes = {sample.error_code for sample in broken_samples()}

    assert codes >= {
        "empty",
        "corrupt",
        "unsupported_type",
        "encrypted",
        "too_large",
        "too_many_pages",
    }


def test_labels_have_the_form_of_label_files():
    schema = {
        "type": "object",
        "required": ["file", "sha256", "page_count", "text", "documents", "licence"],
        "properties": {
            "text": {"enum": ["born_digital", "scanned"]},
            "documents": {
                "type": "array",
                "items": {
                    "type": "object",
                    "required": ["kind", "first_page", "last_page", "fields"],
                },
            },
        },
    }

    labels = json.loads(make_sample("w2", seed=1).labels_json())

    jsonschema.validate(labels, schema)


def test_sample_repr_shows_no_content():
    assert "content" not in repr(Sample(file_name="a.pdf", content=b"secret"))


def test_set_has_every_kind_and_stays_small():
    samples = [sample for sample, _ in sample_set()]

    assert {document.kind for sample in samples for document in sample.truth} >= set(KINDS)
    assert sum(len(sample.content) for sample in samples) < 2_000_000


def test_broken_files_are_written_apart_and_only_when_asked_for(tmp_path):
    plain = write_samples(tmp_path / "plain")
    all_of_them = write_samples(tmp_path / "all", broken=True)

    assert not (tmp_path / "plain" / "broken").exists()
    apart = {path.name for path in all_of_them if path.parent.name == "broken"}
    assert apart == {sample.file_name for sample in broken_samples()}
    assert len(all_of_them) == len(plain) + len(apart)


def test_docs_samples_are_what_the_generator_writes(tmp_path):
    write_samples(tmp_path)
    written = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    kept = {path.name: path.read_bytes() for path in DOCS_SAMPLES.iterdir()}

    assert set(written) == set(kept)
    *lines, drawn_with, _ = written["README.md"].split(b"\n")
    *kept_lines, kept_with, _ = kept["README.md"].split(b"\n")
    assert lines == kept_lines
    if drawn_with != kept_with:
        libraries = " ".join(f"{name} {version(name)}" for name in ("fpdf2", "pillow", "pypdfium2"))
        pytest.skip(f"docs/samples were drawn with other versions than {libraries}")
    assert [name for name in kept if kept[name] != written[name]] == []
