"""Plugins of other people: installed with pip, named on the command line, blocked, broken.

The code is the code of docs/how-to/write-a-plugin.md, taken from the page.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import textwrap
from decimal import Decimal
from pathlib import Path

import pytest
from fpdf import FPDF

from loanbatch.testing.faults import SECRET

HOW_TO = Path(__file__).parents[2] / "docs" / "how-to"
LETTER = (
    "Harborline Bank",
    "RATE LOCK CONFIRMATION",
    "Loan No.: HB-20417",
    "Locked Rate: 6.125%",
    "Lock Expires: 05/29/2026",
    "Lock Fee: $1,250.00",
)
VALUES = {
    "loan_identifier": "HB-20417",
    "note_rate_percent": Decimal("6.125"),
    "rate_lock_expiration_date": "2026-05-29",
    "rate_lock_fee": Decimal("1250.00"),
}
#: Written when the module is imported, for tests that must know.
TELLTALE = """
import pathlib, os
pathlib.Path(os.environ["TELLTALE"]).write_text("imported")
"""


def blocks(page: str) -> list[tuple[str, str, str]]:
    """Return language, title and text of the fenced blocks of a page, in order."""
    text = (HOW_TO / page).read_text("utf-8")
    fence = re.compile(r'^```(\w+)(?: title="([^"]+)")?\n(.*?)^```$', re.MULTILINE | re.DOTALL)
    return [(m[1], m[2] or "", m[3]) for m in fence.finditer(text)]


def titled(page: str) -> dict[str, str]:
    return {title: text for _, title, text in blocks(page) if title}


class Workshop:
    """A folder with the files of the how-to, and a command that sees what is installed."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.site = folder / "site"
        self.source = folder / "source"
        self.source.mkdir()
        for name, text in titled("write-a-plugin.md").items():
            (self.source / name).write_text(text, "utf-8")
        (self.source / "letter.pdf").write_bytes(letter())
        self.telltale = folder / "telltale"

    def install(self, source: Path | None = None) -> None:
        """Install a distribution, offline, into a folder of its own."""
        self.python(
            "-m", "pip", "install", "--quiet", "--no-deps", "--no-build-isolation", "--no-index",
            "--disable-pip-version-check", "--target", str(self.site), str(source or self.source),
        )  # fmt: skip

    def run(self, *arguments: str, code: int = 0) -> subprocess.CompletedProcess[str]:
        return self.python("-m", "loanbatch", *arguments, code=code)

    def python(self, *arguments: str, code: int = 0) -> subprocess.CompletedProcess[str]:
        environ = {
            name: value for name, value in os.environ.items() if not name.startswith("LOANBATCH_")
        }
        done = subprocess.run(
            [sys.executable, *arguments],
            cwd=self.folder,
            env={
                **environ,
                "PYTHONPATH": str(self.site),
                "LOANBATCH_HOME": str(self.folder / "home"),
                "TELLTALE": str(self.telltale),
                "COLUMNS": "200",
            },
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        assert done.returncode == code, done.stdout + done.stderr
        return done

    def plugins(self, *options: str) -> dict[str, dict]:
        listed = json.loads(self.run("plugins", "list", "--json", *options).stdout)
        return {plugin["name"]: plugin for plugin in listed}

    def values(self, *options: str) -> dict[str, object]:
        """Return what a run of the letter reads, by field."""
        path = self.source / "letter.pdf"
        report = json.loads(self.run("run", str(path), "--json", "--reprocess", *options).stdout)
        (result,) = report["results"]
        assert result["status"] == "success", result
        return {
            name: field
            for document in result["documents"]
            for name, field in document["fields"].items()
        }


def letter() -> bytes:
    pdf = FPDF(format="letter", unit="pt")
    pdf.add_page()
    pdf.set_font("helvetica", size=12)
    for line in LETTER:
        pdf.cell(text=line, h=20, new_x="LMARGIN", new_y="NEXT")
    return bytes(pdf.output())


def plain(fields: dict) -> dict[str, object]:
    """Return the values of the letter's fields, amounts as decimals."""
    return {
        name: type(wanted)(fields[name]["value"])
        for name, wanted in VALUES.items()
        if name in fields
    }


@pytest.fixture
def workshop(tmp_path):
    return Workshop(tmp_path)


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    shop = Workshop(tmp_path_factory.mktemp("installed"))
    module = shop.source / "harborline_letter.py"
    module.write_text(module.read_text("utf-8") + TELLTALE, "utf-8")
    shop.install()
    return shop


@pytest.fixture(autouse=True)
def no_telltale(request):
    if "installed" in request.fixturenames:
        request.getfixturevalue("installed").telltale.unlink(missing_ok=True)


def test_installed_plugin_is_listed_with_its_distribution(installed):
    plugin = installed.plugins()["harborline"]

    assert plugin["state"] == "active"
    assert (plugin["distribution"], plugin["version"]) == ("loanbatch-harborline", "1.0.0")
    assert plugin["hooks"] == ["extract", "register_fields", "register_settings"]


def test_installed_plugin_is_listed_as_the_how_to_says(installed):
    printed = installed.run("plugins", "list").stdout
    shown = next(text for lang, _, text in blocks("write-a-plugin.md") if "plugins list" in text)

    wanted = [line for line in shown.splitlines() if line.startswith("harborline")]
    assert wanted
    assert all(" ".join(line.split()) in " ".join(printed.split()) for line in wanted)


def test_installed_plugin_reads_values_with_evidence(installed):
    fields = installed.values()

    assert plain(fields) == VALUES
    for name in VALUES:
        assert fields[name]["extractor"] == "harborline"
        assert fields[name]["page"] == 1
        assert fields[name]["box"]
        assert fields[name]["raw"]
    assert installed.telltale.exists()


def test_installed_plugin_obeys_its_settings(installed):
    assert "rate_lock_fee" not in installed.values("--set", "harborline.heading=NO SUCH HEADING")


def test_settings_file_of_the_how_to_is_understood(installed):
    config = installed.source / "loanbatch.toml"

    assert plain(installed.values("--config", str(config))) == VALUES


def test_misspelt_key_of_the_plugin_names_the_right_one(installed):
    path = str(installed.source / "letter.pdf")

    done = installed.run("run", path, "--set", "harborline.heding=x", code=2)

    assert "heading" in done.stderr


def test_blocked_plugin_is_not_imported(installed):
    plugin = installed.plugins("--no-plugin", "harborline")["harborline"]

    assert plugin["state"] == "blocked"
    assert "rate_lock_fee" not in installed.values("--no-plugin", "harborline")
    assert not installed.telltale.exists()


def test_bundled_plugin_can_be_blocked(installed):
    fields = installed.values("--no-plugin", "templates")

    assert {field["extractor"] for field in fields.values()} == {"harborline"}


def test_unknown_plugin_to_block_names_the_nearest(workshop):
    done = workshop.run("plugins", "list", "--no-plugin", "templets", code=2)

    assert "templates" in done.stderr


def test_single_file_is_a_plugin(workshop):
    path = str(workshop.source / "harborline_letter.py")

    assert workshop.plugins("--plugin", path)["harborline_letter"]["distribution"] == "file"
    assert plain(workshop.values("--plugin", path)) == VALUES


def test_importable_module_is_a_plugin(workshop):
    workshop.site.mkdir()
    text = (workshop.source / "harborline_letter.py").read_text("utf-8")
    (workshop.site / "harborline_letter.py").write_text(text, "utf-8")

    assert (
        workshop.plugins("--plugin", "harborline_letter")["harborline_letter"]["state"] == "active"
    )
    assert plain(workshop.values("--plugin", "harborline_letter")) == VALUES


@pytest.mark.parametrize("name", ["no_such_file.py", "no_such_module"])
def test_plugin_that_does_not_exist_is_an_error_of_usage(workshop, name):
    done = workshop.run("plugins", "list", "--plugin", name, code=2)

    assert name in done.stderr
    assert "Traceback" not in done.stderr


BROKEN = {
    "missing library": ("import a_library_that_is_not_there", "ModuleNotFoundError"),
    "exit at import": ("raise SystemExit(3)", "SystemExit"),
    "syntax error": ("def broken(:", "SyntaxError"),
    "misspelt hook": ("from loanbatch import hookimpl\n@hookimpl\ndef extrct(): ...", "extract"),
    "unknown argument": (
        "from loanbatch import hookimpl\n@hookimpl\ndef extract(paper): ...",
        "paper",
    ),
    "no hook": ("x = 1", "no hook"),
}


@pytest.mark.parametrize("fault", BROKEN)
def test_broken_distribution_is_named_and_set_aside(workshop, fault):
    code, cause = BROKEN[fault]
    distribution(workshop.site, "loanbatch-wobbly", "2.3.4", "wobbly", code)

    plugin = workshop.plugins()["wobbly"]
    assert plugin["state"] == "broken"
    assert (plugin["distribution"], plugin["version"]) == ("loanbatch-wobbly", "2.3.4")
    assert cause in plugin["cause"]

    done = workshop.run("run", str(workshop.source / "letter.pdf"))
    assert all(word in done.stderr for word in ("wobbly", "loanbatch-wobbly", "2.3.4", cause))
    assert "Traceback" not in done.stderr


def test_broken_distribution_is_fatal_when_plugins_are_strict(workshop):
    distribution(workshop.site, "loanbatch-wobbly", "2.3.4", "wobbly", "import no_such_thing")

    done = workshop.run(
        "run", str(workshop.source / "letter.pdf"), "--strict-plugins", code=STRICT_EXIT
    )

    assert "wobbly" in done.stderr
    assert "no_such_thing" in done.stderr


#: A broken plugin is a PluginError, a processing error.
STRICT_EXIT = 2


def distribution(site: Path, name: str, version: str, module: str, code: str) -> None:
    """Lay out an installed distribution by hand: what pip leaves, without its seconds."""
    site.mkdir(exist_ok=True)
    (site / f"{module}.py").write_text(textwrap.dedent(code) + "\n", "utf-8")
    folder = site / f"{name.replace('-', '_')}-{version}.dist-info"
    folder.mkdir()
    (folder / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n")
    (folder / "entry_points.txt").write_text(f"[loanbatch]\n{module} = {module}\n")


def test_plugin_that_misbehaves_costs_one_document_each(workshop):
    """Hangs, deaths and answers of the wrong type, in the worker processes of the command."""
    names = ("hang", "kill", "exit", "raise", "raise-exit", "wrong-type", "print", "loan")
    for name in names:  # one byte more each: the same bytes would be a duplicate
        content = letter() + b"\n" * names.index(name)
        (workshop.source / f"{name}.pdf").write_bytes(content)

    done = workshop.run(
        "run", *(str(workshop.source / f"{name}.pdf") for name in names), "--json",
        "--plugin", "loanbatch.testing.faults", "--timeout", "4", "--quiet", code=3,
    )  # fmt: skip

    report = json.loads(done.stdout)  # what the plugin printed is not in it
    codes = {result["file_name"]: result["error_code"] for result in report["results"]}
    assert codes == {
        "hang.pdf": "timeout",
        "kill.pdf": "worker_crashed",
        "exit.pdf": "worker_crashed",
        "raise.pdf": "plugin_error",
        "raise-exit.pdf": "plugin_error",
        "wrong-type.pdf": "plugin_error",
        "print.pdf": None,
        "loan.pdf": None,
    }
    assert SECRET not in done.stdout
    messages = [result["error_message"] or "" for result in report["results"]]
    assert not any(SECRET in message for message in messages)


def test_tests_of_the_how_to_pass(workshop):
    done = workshop.python(
        "-m", "pytest", "-q", "-p", "no:cacheprovider", "-c", os.devnull,
        "--rootdir", str(workshop.source), str(workshop.source / "test_harborline_letter.py"),
    )  # fmt: skip

    assert "3 passed" in done.stdout


def test_page_about_testing_runs(workshop):
    """The blocks of the page are one program; pytest runs what it finds in it."""
    program = workshop.source / "test_page.py"
    code = "\n\n".join(text for lang, _, text in blocks("test-a-plugin.md") if lang == "python")
    program.write_text(code, "utf-8")

    done = workshop.python(
        "-m", "pytest", "-q", "-p", "no:cacheprovider", "-c", os.devnull,
        "--rootdir", str(workshop.source), str(program),
    )  # fmt: skip

    assert " passed" in done.stdout


def test_page_about_testing_lists_all_checks():
    from loanbatch.testing import contract_checks

    page = (HOW_TO / "test-a-plugin.md").read_text("utf-8")
    listed = re.findall(r"^\| `([a-z-]+)` \|", page, re.MULTILINE)

    assert listed == [check.id for check in contract_checks()]


def test_page_about_plugins_lists_all_hooks():
    import inspect

    from loanbatch import hookspecs

    page = (HOW_TO / "write-a-plugin.md").read_text("utf-8")
    listed = re.findall(r"^\| `(\w+)\(([^)]*)\)` \|", page, re.MULTILINE)
    known = {
        name: ", ".join(inspect.signature(function).parameters)
        for name, function in vars(hookspecs).items()
        if hasattr(function, "loanbatch_spec")
    }
    assert dict(listed) == known
