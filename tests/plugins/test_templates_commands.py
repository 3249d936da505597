"""`loanbatch templates`, and kinds of documents that are taught by a file alone."""

# ruff: noqa: E501 - templates in one piece

from __future__ import annotations

import json
import stat
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from click.testing import CliRunner, Result
from hypothesis import given
from hypothesis import strategies as st

from loanbatch import BatchProcessingHandler
from loanbatch.cli._group import cli
from loanbatch.errors import SettingsError
from loanbatch.models import Document, Page, TextSource
from loanbatch.registry import Registry
from loanbatch.settings import Settings, load_settings
from loanbatch.testing import make_page
from loanbatch_plugins import classification, templates
from loanbatch_plugins.templates._checking import check_files
from loanbatch_plugins.templates._own import read_own

LETTER = """\
Harborline Escrow Company
40 Quay Street, Astoria, OR 97103

ESCROW WAIVER AGREEMENT

Date:               May 4, 2026
Borrower:           Tamsin Achterberg
Loan Number:        HB-20417
Waiver Fee:         $385.00
Waiver Code:        WX-7
"""
TEMPLATE = """\
kind = "escrow_waiver"
title = "Escrow waiver"
version = 1
source = "Harborline Escrow Company, 2026"

[classify]
title.6 = ["Escrow Waiver Agreement"]
text.3 = ["Waiver Fee", "Waiver Code", "Harborline Escrow Company"]

[vocabulary.escrow_waiver_fee]
type = "money"

[vocabulary.waiver_code]
type = "identifier"
personal = true

[fields.date_issued]
labels = ["Date"]

[fields.borrower_names]
labels = ["Borrower"]

[fields.loan_identifier]
labels = ["Loan Number"]

[fields.escrow_waiver_fee]
labels = ["Waiver Fee"]

[fields.waiver_code]
labels = ["Waiver Code"]
"""


def write_pdf(path: Path, text: str, *, pages: int = 1) -> Path:
    from fpdf import FPDF

    pdf = FPDF(format="letter")
    pdf.set_font("Courier", size=11)
    for _ in range(pages):
        pdf.add_page()
        pdf.multi_cell(0, 6, text)
    path.write_bytes(bytes(pdf.output()))
    return path


@pytest.fixture(autouse=True)
def workplace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A current folder with the letter and the template, and a home of its own."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LOANBATCH_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("LOANBATCH_LOG_FILE", str(tmp_path / "log.jsonl"))
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / "escrow_waiver.toml").write_text(TEMPLATE)
    write_pdf(tmp_path / "letter.pdf", LETTER)
    return tmp_path


def run(*arguments: str) -> Result:
    return CliRunner().invoke(cli, arguments)


def plain(*arguments: str) -> Any:
    done = run(*arguments, "--json")
    assert done.exit_code == 0, done.stderr
    return json.loads(done.stdout)


def write_template(text: str, kind: str = "escrow_waiver") -> str:
    path = Path("own") / f"{kind}.toml"
    path.write_text(text)
    return str(path)


def remarks(text: str, kind: str = "escrow_waiver") -> list[tuple[int | None, str, str, str]]:
    """Return line, key, severity and message of what check says about a file."""
    found = json.loads(run("templates", "check", write_template(text, kind), "--json").stdout)
    return [(item["line"], item["key"], item["severity"], item["message"]) for item in found]


# ---- list ----------------------------------------------------------------------------------------


def test_list_tells_bundled_templates_and_own_ones() -> None:
    found = {row["kind"]: row for row in plain("templates", "list", "--templates", "own")}

    assert found["escrow_waiver"] == {
        "kind": "escrow_waiver",
        "title": "Escrow waiver",
        "version": 1,
        "source": "Harborline Escrow Company, 2026",
        "from": str(Path("own") / "escrow_waiver.toml"),
        "fields": 5,
    }
    assert found["w2"]["from"] == "bundled"
    assert found["w2"]["fields"] > 10


def test_list_takes_the_folder_of_the_settings() -> None:
    Path("loanbatch.toml").write_text('[loanbatch]\ntemplates = "own"\n')

    assert "escrow_waiver" in run("templates", "list").stdout


def test_list_shows_an_own_file_in_place_of_the_bundled_one() -> None:
    write_template('kind = "w2"\nversion = 7\n', "w2")

    (row,) = (r for r in plain("templates", "list", "--templates", "own") if r["kind"] == "w2")

    assert (row["version"], row["from"]) == (7, str(Path("own") / "w2.toml"))


def test_list_names_a_folder_that_is_not_there() -> None:
    done = run("templates", "list", "--templates", "absent")

    assert done.exit_code == 2
    assert "absent cannot be read as a folder (FileNotFoundError)" in done.stderr


# ---- check ---------------------------------------------------------------------------------------


def test_check_finds_nothing_wrong_in_a_sound_folder() -> None:
    done = run("templates", "check", "own")

    assert (done.exit_code, done.stdout) == (0, "1 files, 0 problems, 0 warnings\n")


def test_check_tells_every_problem_with_its_line() -> None:
    text = """\
kind = "escrow_wavier"
colour = "red"
[vocabulary.escrow_waiver_fee]
type = "mony"
[classify]
title.6 = ["Escrow Waiver Agreement"]
headline.2 = ["Escrow"]
[sections]
fees = { end = ["Total"] }
[fields.escrow_waiver_fee]
labels = ["Waiver Fee"]
where = ["rite"]
section = "feees"
[fields.borower_names]
labels = ["Borrower"]
lines = "two"
[[fields.lender_name]]
labels = ["Lender"]
[[fields.lender_name]]
text = "lender (.*)"
page = "second"
[[fields.lender_name]]
parts = [{ labels = "A" }, { labels = "B", pattern = "[" }]
"""
    found = remarks(text)

    assert [(line, key) for line, key, _, _ in found] == [
        (1, "kind"),
        (2, "colour"),
        (4, "vocabulary.escrow_waiver_fee.type"),
        (7, "classify.headline"),
        (9, "sections.fees.start"),
        (12, "fields.escrow_waiver_fee.where"),
        (13, "fields.escrow_waiver_fee.section"),
        (14, "fields.borower_names"),
        (16, "fields.borower_names.lines"),
        (20, "fields.lender_name[2].text"),
        (21, "fields.lender_name[2].page"),
        (23, "fields.lender_name[3].parts[2].pattern"),
    ]
    assert {severity for _, _, severity, _ in found} == {"error"}


def test_check_says_what_was_expected_and_ends_with_2() -> None:
    path = write_template(TEMPLATE.replace('"money"', '"mony"'))

    done = run("templates", "check", path)

    assert done.exit_code == 2
    assert f"{path}:11: vocabulary.escrow_waiver_fee.type: expected one of money" in done.stdout


def test_check_names_the_nearest_fields() -> None:
    ((line, key, _, message),) = remarks(
        TEMPLATE.replace("[fields.borrower_names]", "[fields.borower_name]")
    )

    assert (line, key) == (20, "fields.borower_name")
    assert "did you mean borrower_names" in message


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ('label = ["Code"]', "unknown key; did you mean labels? expected one of after, "),
        ('labels = ["Code"]\nsection = "head"', "unknown section; [sections] is missing"),
        ("", "missing: the words beside the value"),
    ],
)  # fmt: skip
def test_check_says_what_was_meant_or_is_missing(wrong: str, message: str) -> None:
    ((_, _, _, told),) = remarks(TEMPLATE.replace('labels = ["Waiver Code"]', wrong))

    assert told.startswith(message)


def test_check_names_the_nearest_section() -> None:
    text = TEMPLATE.replace(
        "[vocabulary.esc", '[sections]\nparties = { start = ["Parties"] }\n[vocabulary.esc'
    )
    ((_, _, _, told),) = remarks(
        text.replace('labels = ["Borrower"]', 'labels = ["Borrower"]\nsection = "partys"')
    )

    assert told == "unknown section; did you mean parties? expected one of parties"


def test_check_tells_the_line_at_which_a_file_is_no_toml() -> None:
    ((line, _, severity, message),) = remarks('kind = "escrow_waiver"\nversion = \n')

    assert (line, severity) == (2, "error")
    assert message.startswith("not TOML: ")


def test_check_tells_a_file_that_is_no_text() -> None:
    Path("own/escrow_waiver.toml").write_bytes(b"\xff\xfe\x00")

    done = run("templates", "check", "own")

    assert done.exit_code == 2
    assert "cannot be read (UnicodeDecodeError)" in done.stdout


def test_check_knows_the_fields_that_other_files_of_the_folder_define() -> None:
    text = 'kind = "memo"\ntitle = "Memo"\nversion = 1\nsource = "x"\n[classify]\ntitle.9 = ["Memo to file", "b"]\n[fields.waiver_code]\nlabels = "Code"\n'

    assert remarks(text, "memo") == []


def test_check_refuses_another_type_for_a_field_that_is_built_in() -> None:
    ((_, key, _, message),) = remarks(TEMPLATE + '[vocabulary.loan_amount]\ntype = "text"\n')

    assert key == "vocabulary.loan_amount.type"
    assert message == "the field is built in, expected its type money"


@pytest.mark.parametrize(
    ("more", "key", "message"),
    [
        ('[fields.note_date]\nlabels = "X"\npattern = "on (.*)"\n', "fields.note_date.pattern", "no name"),
        ('[fields.note_date]\ntext = "(?P<value>x)"\ngiven = ["sale_price"]\n', "fields.note_date.given", "unreachable"),
        ('[fields.note_date]\nlabels = "X"\nunless = ["sale_price"]\n', "fields.note_date.unless", "in vain"),
        ('[[fields.note_date]]\nlabels = ["X", "Y"]\n[[fields.note_date]]\nlabels = "Y"\n', "fields.note_date[2]", "unreachable"),
        ('[fields.transactions]\ncolumns = { amount = ["A"] }\nrequired = ["date"]\n', "fields.transactions.required", "unreachable"),
        ('[fields.transactions]\ncolumns = { amount = ["A"], _no = ["No"], dat = ["D"] }\n', "fields.transactions.columns.dat", "no column of transactions (they are "),
    ],
)  # fmt: skip
def test_check_warns_of_what_is_said_in_vain(more: str, key: str, message: str) -> None:
    ((_, found, severity, text),) = remarks(TEMPLATE + more)

    assert (found, severity) == (key, "warning")
    assert message in text


def test_check_warns_of_a_version_that_is_no_number() -> None:
    ((_, key, severity, _),) = remarks(TEMPLATE.replace("version = 1", 'version = "one"'))

    assert (key, severity) == ("version", "warning")


def test_check_says_that_texts_stand_in_quotes() -> None:
    ((line, _, _, told),) = remarks(TEMPLATE.replace('["Borrower"]', "[Borrower]"))

    assert (line, told) == (21, "not TOML: Invalid value; texts stand in quotes")


def test_check_warns_of_labels_that_are_stops_and_ends_with_0() -> None:
    path = write_template(TEMPLATE.replace("version = 1", 'version = 1\nstops = ["Waiver Fee"]'))

    done = run("templates", "check", path)

    assert done.exit_code == 0
    assert f"{path}:4: stops: 'Waiver Fee' is among the labels of fields" in done.stdout


def test_check_warns_of_a_new_kind_that_cannot_be_recognized() -> None:
    text = 'kind = "memo"\nversion = 1\nsource = "x"\n[fields.loan_amount]\nlabels = "Amount"\n'

    assert [(key, severity) for _, key, severity, _ in remarks(text, "memo")] == [
        ("title", "warning"),
        ("classify", "warning"),
    ]


def test_check_warns_of_phrases_that_are_not_worth_enough() -> None:
    weak = TEMPLATE.replace("title.6", "title.1").replace("text.3", "text.1")

    ((line, key, severity, message),) = remarks(weak)

    assert (line, key, severity) == (6, "classify", "warning")
    assert message == "unreachable: all phrases together give 4 of 5 points"


JUNK = (
    "kind = 3", "title = []", "version = ", "stops = 1", "stops = ['--']", "labels = 3", "labels = ['!']",
    "where = 'x'", "where = []", "columns = 1", "columns = { a = 1 }", "parts = [1]", "parts = []",
    "parts = [{ parts = [{ where = 'x' }] }]", "choices = 1", "choices = { a = 1 }", "text = 1", "text = '('",
    "pattern = 1", "section = 'x'", "blank_without = ['x']", "given = 1", "[fields]", "[[fields]]", "fields = 1",
    "[fields.sale_price]", "[[fields.sale_price]]", "[fields.Odd-Name]", "[vocabulary]", "vocabulary = 1",
    "[vocabulary.x]", "[vocabulary.sale_price]", "[vocabulary.'a b']", "type = 'x'", "type = 'money'", "personal = 1",
    "[classify]", "[[classify]]", "classify = 'x'", "minimum = 0", "title.x = 1", "title.3 = 1", "edge = 1", "inset = 1",
    "[sections]", "sections = 1", "[sections.x]", "start = 1", "start = 'x'", "lines = 'x'", "reader = 1",
    "letter = 'x'", "", "labels = 'x'", "value = 1", "confidence = true", "columns = 'x'",
)  # fmt: skip


@given(st.lists(st.tuples(st.integers(0, 32), st.sampled_from(JUNK)), min_size=1, max_size=5))
def test_check_tells_a_problem_exactly_when_a_run_would_refuse_the_file(
    edits: list[tuple[int, str]],
) -> None:
    lines = TEMPLATE.splitlines()
    for number, junk in edits:
        lines[number % len(lines)] = junk
    with TemporaryDirectory() as folder:
        path = Path(folder) / "escrow_waiver.toml"
        path.write_text("\n".join(lines))
        problems = [str(remark) for remark in check_files([path]) if remark.is_problem]
        with nullcontext() if not problems else pytest.raises(SettingsError):
            read_own(Settings(templates=folder).template_files())


def test_check_finds_nothing_wrong_in_the_bundled_templates() -> None:
    folder = Path(templates.__file__).parent / "kinds"

    found = json.loads(run("templates", "check", str(folder), "--json").stdout)

    assert [item for item in found if item["severity"] == "error"] == []


def test_check_needs_something_to_check() -> None:
    Path("empty").mkdir()

    assert run("templates", "check", "empty").exit_code == 2
    assert run("templates", "check", "absent.toml").exit_code == 2


# ---- try -----------------------------------------------------------------------------------------


def test_try_shows_values_with_the_rule_and_label_that_found_them() -> None:
    done = run("templates", "try", "letter.pdf", "--templates", "own")

    rows = {line.split()[0]: " ".join(line.split()) for line in done.stdout.splitlines()}
    assert done.exit_code == 0, done.stderr
    assert rows["escrow_waiver,"].startswith("escrow_waiver, page 1, confidence")
    assert rows["date_issued"].startswith("date_issued 2026-05-04 May 4, 2026 1 ")
    assert rows["escrow_waiver_fee"].endswith("0.99 1 of 1: label, right or below Waiver Fee:")


def test_try_shows_fields_in_the_order_of_the_file_and_rows_below() -> None:
    table = """
[vocabulary.fee_lines]
type = "rows"
columns = { fee = "text", amount = "money" }

[fields.fee_lines]
columns = { fee = ["Fee"], amount = ["Amount"] }

"""
    write_template(TEMPLATE.replace("[fields.date_issued]", f"{table}[fields.date_issued]"))
    fees = "Fee               Amount\nCourier           $12.00\nNotary            $45.50\n"
    write_pdf(Path("letter.pdf"), LETTER + fees)

    lines = run("templates", "try", "letter.pdf", "--templates", "own").stdout.splitlines()

    assert [line.split()[0] for line in lines[2:7]] == [
        "fee_lines", "date_issued", "borrower_names", "loan_identifier", "escrow_waiver_fee",
    ]  # fmt: skip
    start = lines.index("fee_lines:")
    assert [line.split() for line in lines[start + 1 : start + 4]] == [
        ["fee", "amount"], ["Courier", "12.00"], ["Notary", "45.50"],
    ]  # fmt: skip


def test_try_says_why_fields_are_missing() -> None:
    text = TEMPLATE.replace('labels = ["Waiver Fee"]', 'labels = ["Waiver Levy"]')
    text += '[fields.note_date]\nlabels = "Waiver Code"\n'
    write_template(text + '[fields.sale_price]\ntext = "sold for {money}"\n')

    (document,) = plain(
        "templates", "try", "letter.pdf", "--templates", "own", "--kind", "escrow_waiver"
    )["documents"]

    assert document["missing"] == {
        "escrow_waiver_fee": "no label of it on the pages",
        "note_date": "label 'Waiver Code:' on page 1, but no date where it says",
        "sale_price": "no text that fits its pattern",
    }


def test_try_takes_the_kind_for_granted_when_told() -> None:
    write_template(TEMPLATE.replace("[classify]", "[classify]\nminimum = 99"))

    assert run("templates", "try", "letter.pdf", "--templates", "own").stdout.startswith("other")
    told = run("templates", "try", "letter.pdf", "--templates", "own", "--kind", "escrow_waiver")
    assert told.stdout.startswith("escrow_waiver, page 1, confidence 1.00")


def test_try_names_the_nearest_kind() -> None:
    done = run("templates", "try", "letter.pdf", "--templates", "own", "--kind", "escrow_wavier")

    assert done.exit_code == 2
    assert "did you mean escrow_waiver" in done.stderr


def test_try_frames_labels_and_values_on_a_picture_of_its_owner(workplace: Path) -> None:
    from PIL import Image

    done = run("templates", "try", "letter.pdf", "--templates", "own", "--picture", "seen.png")

    assert done.exit_code == 0, done.stderr
    with Image.open("seen.png") as picture:
        colours = {colour for _, colour in picture.getcolors(1 << 24) or ()}
    assert {(20, 90, 200), (200, 30, 30)} <= colours
    assert stat.S_IMODE(Path("seen.png").stat().st_mode) & 0o077 == 0


def test_try_writes_a_picture_of_each_page_into_a_folder() -> None:
    write_pdf(Path("two.pdf"), LETTER, pages=2)

    run("templates", "try", "two.pdf", "--templates", "own", "--picture", "seen")
    run("templates", "try", "two.pdf", "--templates", "own", "--picture", "seen.png")

    assert sorted(path.name for path in Path("seen").iterdir()) == ["two-1.png", "two-2.png"]
    assert Path("seen.png").exists()
    assert Path("seen-2.png").exists()


def test_try_stores_nothing(workplace: Path) -> None:
    run("templates", "try", "letter.pdf", "--templates", "own")

    assert not (workplace / "home").exists()


def test_try_tells_why_a_file_could_not_be_read() -> None:
    Path("broken.pdf").write_bytes(b"%PDF-1.7 nothing")

    for name, code in (("broken.pdf", "corrupt"), ("absent.pdf", "not_found")):
        done = run("templates", "try", name, "--templates", "own")
        assert done.exit_code == 3
        assert done.stdout.startswith(f"{name}: {code}: ")


def test_try_works_with_bundled_templates_alone() -> None:
    (document,) = plain("templates", "try", "letter.pdf", "--kind", "mortgage_statement")[
        "documents"
    ]

    assert document["kind"] == "mortgage_statement"
    assert document["missing"]


# ---- new kinds -----------------------------------------------------------------------------------


def results(*arguments: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = plain("run", *arguments, "--quiet")["results"]
    return found


def values_of(result: dict[str, Any]) -> dict[str, Any]:
    (document,) = result["documents"]
    return {name: field["value"] for name, field in document["fields"].items()}


def test_new_kind_is_recognized_and_read_by_run() -> None:
    (result,) = results("letter.pdf", "--templates", "own")

    assert result["documents"][0]["kind"] == "escrow_waiver"
    assert result["needs_review"] is False
    assert values_of(result) == {
        "date_issued": "2026-05-04",
        "borrower_names": ["Tamsin Achterberg"],
        "loan_identifier": "HB-20417",
        "escrow_waiver_fee": "385.00",
        "waiver_code": "WX-7",
    }


def test_result_is_read_anew_when_a_template_of_the_folder_changes() -> None:
    first, again = (results("letter.pdf", "--templates", "own")[0] for _ in range(2))
    write_template(TEMPLATE.replace("Waiver Levy", "Waiver Charge").replace("Date", "Dated"))
    changed = results("letter.pdf", "--templates", "own")[0]

    assert (first["reused"], again["reused"], changed["reused"]) == (False, True, False)


def test_fingerprint_depends_on_what_is_in_the_folder_and_not_where_it_lies() -> None:
    Path("own").rename("other")
    Path("third").mkdir()
    Path("third/escrow_waiver.toml").write_text(TEMPLATE)

    def fingerprint(folder: str) -> str:
        return Registry.load(load_settings({"templates": folder})).fingerprint()

    assert fingerprint("other") == fingerprint("third")
    Path("third/escrow_waiver.toml").write_text(TEMPLATE + "# a remark\n")
    assert fingerprint("other") != fingerprint("third")


def test_run_with_a_broken_template_ends_before_it_processes_anything(workplace: Path) -> None:
    path = write_template(TEMPLATE.replace('"money"', '"mony"'))

    done = run("run", "letter.pdf", "--templates", "own")

    assert done.exit_code == 2
    assert f"{path}:11: vocabulary.escrow_waiver_fee.type: expected one of" in done.stderr
    assert not (workplace / "home").exists()


def test_broken_template_of_the_settings_does_not_hide_the_command_that_tells_it() -> None:
    Path("loanbatch.toml").write_text('[loanbatch]\ntemplates = "own"\n')
    write_template("kind = 3\n")

    assert run("templates", "check", "own").exit_code == 2
    assert "own/escrow_waiver.toml:1: kind: expected" in run("templates", "check", "own").stdout


def test_own_template_of_a_kind_that_is_built_in_goes_before_the_bundled_one() -> None:
    write_template('kind = "w2"\n[fields.tax_year]\nlabels = ["Ref"]\n', "w2")
    settings = load_settings({"templates": "own"})
    page = make_page("W-2 Wage and Tax Statement", "Ref: 2024", "Employee SSN: 900-12-3456")

    found = list(
        templates.extract(Document(kind="w2", first_page=1, last_page=1), [page], settings) or ()
    )

    assert [(item.name, item.raw) for item in found] == [("tax_year", "2024")]


def test_vocabulary_gets_the_title_and_fields_of_a_new_kind() -> None:
    words = Registry.load(load_settings({"templates": "own"})).vocabulary

    assert words.kinds["escrow_waiver"].title == "Escrow waiver"
    assert "escrow_waiver_fee" in words.kinds["escrow_waiver"].fields
    assert words.fields["waiver_code"].personal


def test_amounts_of_new_fields_carry_the_currency_of_the_document() -> None:
    settings = load_settings({"templates": "own"})
    page = make_page("Waiver Fee: ₹1,200.00", "Date: 03/04/2026")
    document = Document(kind="escrow_waiver", first_page=1, last_page=1)

    found = {item.name: item for item in templates.extract(document, [page], settings) or ()}

    assert found["escrow_waiver_fee"].currency == "INR"


def test_handler_sees_a_template_that_changed_meanwhile() -> None:
    settings = load_settings({"templates": "own", "executor": "inline"})
    with BatchProcessingHandler(settings) as handler:
        before = handler.process_batch_from_paths(["letter.pdf"]).results[0]
        write_template(TEMPLATE.replace('labels = ["Borrower"]', 'labels = ["Debtor"]'))
        after = handler.process_batch_from_paths(["letter.pdf"]).results[0]

    assert "borrower_names" in before.documents[0].fields
    assert "borrower_names" not in after.documents[0].fields


# ---- classification ------------------------------------------------------------------------------

Kind = Callable[..., str]


def kind_of(*lines: str, settings: Settings | None = None) -> str:
    page: Page = make_page(*lines)
    assert page.text_source is TextSource.TEXT_LAYER
    chosen = settings or load_settings({"templates": "own"})
    return classification.classify([page], chosen).documents[0].kind


def test_phrases_are_matched_whatever_their_case_and_punctuation() -> None:
    write_template(
        TEMPLATE.replace("Escrow Waiver Agreement", "Agreement: to WAIVE an Escrow-Account")
    )

    assert kind_of("AGREEMENT TO WAIVE AN ESCROW ACCOUNT", "Loan 1") == "escrow_waiver"


def test_taught_kind_goes_before_what_is_merely_known_to_be_no_loan_document() -> None:
    lines = (
        "Homeowners Association Dues",
        "statement of association dues",
        "monthly dues",
        "unit owner",
    )
    write_template('kind = "dues"\n[classify]\ntext.5 = ["Monthly dues"]\n', "dues")

    assert kind_of(*lines, settings=load_settings({"templates": ""})) == "other"
    assert kind_of(*lines) == "dues"


def test_several_layouts_of_a_kind_are_several_tables() -> None:
    text = 'kind = "dues"\n[[classify]]\ntext.5 = "Quarterly dues"\n[[classify]]\ntext.5 = "Yearly dues"\n'
    write_template(text, "dues")

    assert kind_of("A letter about", "quarterly dues") == "dues"
    assert kind_of("A letter about", "yearly dues") == "dues"


def test_built_in_kind_learns_another_wording() -> None:
    write_template(
        'kind = "paystub"\n[classify]\ntext.6 = ["Remuneration advice slip"]\n', "paystub"
    )

    assert kind_of("Remuneration advice slip", "Something 12.00") == "paystub"


def test_classify_without_a_folder_knows_the_bundled_forms_alone() -> None:
    assert kind_of("Escrow Waiver Agreement", "Waiver Fee", settings=Settings()) != "escrow_waiver"


def test_form_that_cannot_be_read_is_an_error_that_names_the_file() -> None:
    write_template("classify = 3\n", "memo")

    with pytest.raises(SettingsError, match=r"memo\.toml: \[classify\] cannot be read"):
        kind_of("anything")


def test_check_wants_a_file_named_like_a_kind() -> None:
    found = remarks(TEMPLATE.replace('escrow_waiver"', 'Escrow-Waiver"'), "Escrow-Waiver")

    assert [(line, text) for line, _, severity, text in found if severity == "error"] == [
        (None, "expected a name of the file, and so of the kind, in snake_case")
    ]
