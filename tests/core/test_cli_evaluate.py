"""`loanbatch evaluate`: what is printed where, misses, baselines and exit codes.

The samples of the documentation are processed by the bundled plugins. One label is falsified, so
that there is something to miss.
"""

from __future__ import annotations

import json
import os
import shutil
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from loanbatch.cli._group import cli

SAMPLES = Path(__file__).parents[2] / "docs" / "samples"
NAMES = ("w2.pdf", "paystub.pdf")
#: In the falsified label.
FALSE_WAGES = "31415.93"


@pytest.fixture(autouse=True)
def workplace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A current folder with labelled documents, and a home of its own."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LOANBATCH_HOME", str(tmp_path / "home"))
    Path("labelled").mkdir()
    Path("none.txt").write_text("# nothing\n")
    Path("other.txt").write_text("w3.pdf\n")
    for name in NAMES:
        shutil.copy(SAMPLES / name, "labelled")
        shutil.copy(SAMPLES / f"{name}.gold.json", "labelled")
    return tmp_path


def evaluate(*arguments: str) -> Result:
    """Run in this process; every result needs review, so that no wrong value is silent."""
    options = ["--set", "executor=inline", "--set", "review_threshold=1.0"]
    return CliRunner().invoke(cli, ["evaluate", "labelled", *arguments, *options])


def test_templates_of_ones_own_are_measured() -> None:
    Path("own").mkdir()
    Path("own/w2.toml").write_text('kind = "w2"\n[fields.tax_year]\nlabels = ["Nowhere"]\n')

    told = json.loads(evaluate("--templates", "own", "--json").stdout)

    assert told["kinds"]["w2"]["right"] == 0
    assert told["kinds"]["paystub"]["right"] > 0


def falsify(**fields: object) -> None:
    """Change the labels of the W-2."""
    path = Path("labelled/w2.pdf.gold.json")
    plain = json.loads(path.read_text())
    plain["documents"][0]["fields"].update(fields)
    path.write_text(json.dumps(plain))


def wages_as_read() -> str:
    plain = json.loads((SAMPLES / "w2.pdf.gold.json").read_text())
    return str(plain["documents"][0]["fields"]["wages"])


def test_perfect_results_are_shown_and_exit_with_0() -> None:
    result = evaluate()

    total = next(line for line in result.stdout.splitlines() if line.startswith("TOTAL")).split()
    assert result.exit_code == 0
    assert total[1:3] == ["2", "1.00"]
    assert total[-3:] == ["1.000", "1.000", "0"]
    assert "expected calibration error" in result.stdout
    assert "1 *" in result.stdout
    assert "2 files" in result.stdout.splitlines()[-1]


def test_values_are_printed_only_when_misses_are_asked_for() -> None:
    falsify(wages=FALSE_WAGES)

    without, with_misses = evaluate(), evaluate("--misses")

    assert "w2.wages" in without.stdout
    assert FALSE_WAGES not in without.output
    assert wages_as_read() not in without.output
    (line,) = (line for line in with_misses.stdout.splitlines() if FALSE_WAGES in line)
    assert line.split()[:6] == ["w2.pdf", "1", "w2.wages", "wrong", FALSE_WAGES, wages_as_read()]


def test_json_is_all_of_standard_output() -> None:
    falsify(wages=FALSE_WAGES, state="ZZ")

    plain = json.loads(evaluate("--json", "--misses").stdout)

    wages = plain["kinds"]["w2"]["fields"]["wages"]
    assert (wages["labelled"], wages["wrong"]) == (1, 1)
    assert plain["total"]["wrong"] == 2
    assert plain["review"] == {"results": 1.0, "documents": 1.0}
    assert [miss["field"] for miss in plain["misses"]] == ["wages", "state"]
    assert plain["misses"][0]["expected"] == FALSE_WAGES
    assert len(plain["misses"][0]["box"]) == 4
    assert sum(item["values"] for item in plain["reliability"]["bins"]) > 20
    assert set(plain["reliability"]["extractors"]) == {"templates/w2", "templates/paystub"}


def test_json_without_misses_holds_no_value() -> None:
    falsify(wages=FALSE_WAGES)

    assert FALSE_WAGES not in evaluate("--json").stdout


def test_fields_are_shown_whole_on_request() -> None:
    assert "w2.control_number" not in evaluate().stdout
    assert "w2.control_number" in evaluate("--fields").stdout


def test_report_made_earlier_is_scored_without_a_run() -> None:
    falsify(wages=FALSE_WAGES)
    ran = evaluate("--report", "results.json", "--json")
    shutil.rmtree("home")

    scored = evaluate("--results", "results.json", "--json")

    assert scored.exit_code == 0
    assert scored.stdout == ran.stdout
    assert not Path("home/loanbatch.db").exists()


def test_absent_document_misses_its_values_and_counts_as_failed() -> None:
    Path("labelled/w2.pdf").unlink()

    result = evaluate("--json")

    plain = json.loads(result.stdout)
    assert result.exit_code == 0
    assert plain["files_failed"] == 1
    assert plain["kinds"]["w2"]["recall"] == 0.0
    assert plain["kinds"]["paystub"]["recall"] == 1.0


def test_document_that_changed_since_it_was_labelled_is_named() -> None:
    with Path("labelled/w2.pdf").open("ab") as file:
        file.write(b"\n% changed\n")

    assert "w2.pdf is not the file that was labelled" in evaluate("--quiet").stderr


def test_documents_set_aside_are_scored_apart_and_their_misses_kept_secret() -> None:
    falsify(wages=FALSE_WAGES)
    Path("aside.txt").write_text("# looked at by nobody\n\nw2.pdf\n")

    result = evaluate("--set-aside", "aside.txt", "--misses", "--json")

    plain = json.loads(result.stdout)
    assert result.exit_code == 0
    assert list(plain["set_aside"]["kinds"]) == ["w2"]
    assert plain["set_aside"]["kinds"]["w2"] == plain["kinds"]["w2"]
    assert plain["kinds"]["w2"]["wrong"] == 1
    assert plain["misses"] == []
    assert FALSE_WAGES not in evaluate("--set-aside", "aside.txt", "--misses").stdout
    assert "set aside (1 of 2 files)" in evaluate("--set-aside", "aside.txt").stdout


def test_documents_may_be_set_aside_by_their_hash() -> None:
    sha256 = json.loads(Path("labelled/w2.pdf.gold.json").read_text())["sha256"]
    Path("aside.txt").write_text(f"{sha256}\n")

    result = evaluate("--set-aside", "aside.txt", "--json")

    assert list(json.loads(result.stdout)["set_aside"]["kinds"]) == ["w2"]


def test_the_one_document_that_is_measured_may_be_set_aside() -> None:
    Path("aside.txt").write_text("w2.pdf\n")
    arguments = ["evaluate", "labelled/w2.pdf.gold.json", "--set-aside", "aside.txt", "--json"]

    result = CliRunner().invoke(cli, [*arguments, "--set", "executor=inline"])

    assert result.exit_code == 0
    assert list(json.loads(result.stdout)["set_aside"]["kinds"]) == ["w2"]


def test_page_of_misses_shows_pictures_and_is_private() -> None:
    # One value with a place, one without, and text that would be markup.
    falsify(wages="<b>31415.93</b>", loan_identifier="not there")

    result = evaluate("--misses-html", "misses.html")

    page = Path("misses.html").read_text()
    assert result.exit_code == 0
    assert "personal data" in result.stderr
    assert "personal data" in page
    assert "&lt;b&gt;31415.93&lt;/b&gt;" in page
    assert "<b>31415.93" not in page
    assert page.count("data:image/jpeg;base64,") == 2  # where the wages are; the page
    assert "http" not in page.replace("http-equiv", "")
    if os.name == "posix":
        assert stat.S_IMODE(Path("misses.html").stat().st_mode) == 0o600


def test_page_of_misses_says_why_there_is_no_picture() -> None:
    falsify(wages=FALSE_WAGES)
    evaluate("--report", "results.json", "--quiet")
    Path("labelled/w2.pdf").write_bytes(b"")

    result = evaluate("--results", "results.json", "--misses-html", "misses.html", "--quiet")

    page = Path("misses.html").read_text()
    assert result.exit_code == 0
    assert "No pictures: " in page
    assert FALSE_WAGES in page
    assert "data:image" not in page.replace("img-src data:", "")


def test_workers_draw_pages() -> None:
    falsify(wages=FALSE_WAGES)
    command = [sys.executable, "-m", "loanbatch", "evaluate", "labelled", "--quiet"]

    done = subprocess.run(
        [*command, "--misses-html", "misses.html"],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )

    assert done.returncode == 0
    assert done.stdout == ""
    assert "data:image/jpeg;base64," in Path("misses.html").read_text()


def test_baseline_is_saved_and_equal_figures_exit_with_0() -> None:
    first = evaluate("--baseline", "base.json", "--save-baseline", "base.json")
    second = evaluate("--baseline", "base.json")

    assert first.exit_code == second.exit_code == 0
    assert "nothing to compare with" in first.stderr
    assert "The figures are those of the baseline." in second.stdout


def test_worse_than_the_baseline_exits_with_3_and_names_the_kind() -> None:
    evaluate("--save-baseline", "base.json", "--quiet")
    saved = Path("base.json").read_text()
    falsify(wages=FALSE_WAGES)

    result = evaluate("--baseline", "base.json", "--save-baseline", "base.json")
    quiet = evaluate("--baseline", "base.json", "--quiet")
    tolerant = evaluate("--baseline", "base.json", "--tolerance", "0.1")
    as_json = evaluate("--baseline", "base.json", "--json")

    message = "Worse than the baseline: w2 (precision, recall)\n"
    assert (result.exit_code, quiet.exit_code, tolerant.exit_code) == (3, 3, 0)
    assert message in result.stderr
    assert Path("base.json").read_text() == saved
    assert (quiet.stdout, quiet.stderr) == ("", message)
    assert json.loads(as_json.stdout)["worse"] == {"w2": ["precision", "recall"]}


def test_better_than_the_baseline_is_told_and_saved() -> None:
    falsify(wages=FALSE_WAGES)
    evaluate("--save-baseline", "base.json", "--quiet")
    falsify(wages=wages_as_read())

    result = evaluate("--baseline", "base.json", "--save-baseline", "base.json")

    (line,) = (line for line in result.stdout.splitlines() if "→" in line)
    assert result.exit_code == 0
    assert line.startswith("w2 ")
    assert json.loads(Path("base.json").read_text())["kinds"]["w2"]["wrong"] == 0


def test_output_with_json_serves_as_baseline() -> None:
    Path("base.json").write_text(evaluate("--json").stdout)

    assert evaluate("--baseline", "base.json").exit_code == 0


@pytest.mark.parametrize(
    ("options", "text"),
    [
        (("--results", "absent.json"), "absent.json: cannot be read"),
        (("--results", "labelled/w2.pdf.gold.json"), "no JSON report"),
        (("--results", "labelled/w2.pdf"), "no JSON"),
        (("--results", "x.json", "--report", "y.json"), "--report needs a run"),
        (("--baseline", "labelled/w2.pdf.gold.json"), "--save-baseline"),
        (("--baseline", "absent.json"), "absent.json: cannot be read"),
        (("--misses-html", "absent/page.html"), "absent/page.html"),
        (("--save-baseline", "labelled"), "name a file"),
        (("--report", "out.docx"), "out.docx"),
        (("--tolerance", "2"), "--tolerance"),
        (("--set-aside", "absent.txt"), "absent.txt: cannot be read"),
        (("--set-aside", "none.txt"), "none.txt: it names no document"),
        (("--set-aside", "other.txt"), "has no labels for w3.pdf"),
        (("--no-plugin", "orc"), "did you mean ocr?"),
    ],
)
def test_impossible_request_exits_with_2_before_work(options: tuple[str, ...], text: str) -> None:
    result = evaluate(*options)

    assert result.exit_code == 2
    assert result.stdout == ""
    assert text in result.stderr
    assert result.stderr.count("\n") == 1
    assert not Path("home/loanbatch.db").exists()


def test_folder_without_labels_exits_with_2() -> None:
    Path("empty").mkdir()

    result = CliRunner().invoke(cli, ["evaluate", "empty"])

    assert result.exit_code == 2
    assert "no label files" in result.stderr
