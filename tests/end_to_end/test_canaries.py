"""Personal data never leaks: canaries are planted in documents, and every sink is searched.

A canary is a value that exists nowhere else, planted in every place of a file from which it could
get out. Sinks are all that a run leaves or shows beside the values themselves. Values may stand in
`documents` of results, in `expected` and `actual` of findings, as `loan_id` (also in the
records), and in the stored objects; names of files, in results, tables for people and the records.
Nowhere else.
"""

from __future__ import annotations

import base64
import json
import os
import re
import sqlite3
import subprocess
import sys
import textwrap
import zipfile
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from urllib.parse import quote

import pypdfium2
import pytest
from fpdf import FPDF

CANARIES = {
    "name": "Zebulon Quackenbush",
    "ssn": "987-65-4329",
    "account": "5550-8841-7731-26",
    "birth date": "02/29/1944",
    "address": "4711 Zanzibar Crescent",
    "e-mail": "zq.private@quackmail.example",
    "phone": "(907) 555-0143",
    "amount": "$318,442.57",
    "password": "Rumpelstilz-77",
}
#: In the name of a file, where a lender may well put it.
FILE_CANARY = "Featherstonehaugh"

TEXT = f"""PROMISSORY NOTE
Borrower: {CANARIES["name"]}
Social Security Number: {CANARIES["ssn"]}
Account Number: {CANARIES["account"]}
Date of Birth: {CANARIES["birth date"]}
Property Address: {CANARIES["address"]}, Anchorage, AK 99501
E-mail: {CANARIES["e-mail"]}   Phone: {CANARIES["phone"]}
Loan Amount: {CANARIES["amount"]}
Interest Rate: 6.125%   Loan Number: 20-1847
"""


# The files


def pdf(text: str = TEXT, note: str = "") -> bytes:
    made = FPDF(format="letter", unit="pt")
    made.set_title(f"Note of {CANARIES['name']}")
    made.set_author(CANARIES["e-mail"])
    made.set_keywords(CANARIES["ssn"])
    made.add_page()
    made.set_font("helvetica", size=12)
    for line in f"{text}{note}".splitlines():
        made.cell(text=line, h=20, new_x="LMARGIN", new_y="NEXT")
    return bytes(made.output())


def with_everything(content: bytes) -> bytes:
    """Plant canaries in bookmarks, names of attachments, form fields, metadata and scripts."""
    import pikepdf
    from pikepdf import Array, Dictionary, Name, OutlineItem, String

    with pikepdf.open(BytesIO(content)) as document:
        with document.open_outline() as outline:
            outline.root.append(OutlineItem(CANARIES["name"], 0))
        for name in (f"{CANARIES['name']}.pdf", f"{CANARIES['ssn']}.txt"):
            document.attachments[name] = TEXT.encode()
        field = Dictionary(
            Type=Name.Annot, Subtype=Name.Widget, FT=Name.Tx, T=String(CANARIES["name"]),
            V=String(CANARIES["account"]), TU=String(CANARIES["address"]), Rect=[10, 10, 200, 30],
        )  # fmt: skip
        field = document.make_indirect(field)
        document.pages[0].Annots = Array([field])
        document.Root.AcroForm = Dictionary(Fields=[field])
        document.Root.OpenAction = Dictionary(S=Name.JavaScript, JS=String(CANARIES["ssn"]))
        with document.open_metadata() as metadata:
            metadata["dc:description"] = CANARIES["address"]
        made = BytesIO()
        document.save(made)
        return made.getvalue()


def encrypted(content: bytes, password: str) -> bytes:
    import pikepdf

    with pikepdf.open(BytesIO(content)) as document:
        made = BytesIO()
        document.save(made, encryption=pikepdf.Encryption(owner=password, user=password))
        return made.getvalue()


def picture() -> bytes:
    from PIL import Image, ImageDraw, ImageFont

    image = Image.new("L", (1300, 700), 255)
    font = ImageFont.load_default(size=34)
    ImageDraw.Draw(image).multiline_text((60, 40), TEXT, fill=0, font=font, spacing=22)
    made = BytesIO()
    image.save(made, "PNG", dpi=(150, 150))
    return made.getvalue()


def files() -> dict[str, bytes]:
    """Return files that succeed and that fail, in each stage and of each class, by name."""
    sound = pdf()
    rich = with_everything(pdf(note="rich"))
    return {
        "sound.pdf": sound,
        "rich.pdf": rich,
        f"W-2 of {FILE_CANARY}.pdf": pdf(note="named"),
        f"gone wrong, {FILE_CANARY}.pdf": sound[: len(sound) // 3],
        "scan.png": picture(),
        "known-password.pdf": encrypted(pdf(note="known"), CANARIES["password"]),
        "unknown-password.pdf": encrypted(pdf(note="unknown"), "Nobody-Knows-12"),
        "cut.pdf": rich[: len(rich) * 2 // 3],
        "broken.pdf": rich.replace(b"/Kids", b"/Kidz").replace(b"endobj", b"endbj"),
        "text.pdf": TEXT.encode(),
        "page.html": f"<html><body>{TEXT}</body></html>".encode(),
        "cut.png": picture()[:3000] + TEXT.encode(),
        "copy.pdf": sound,
        # What the plugin below does with these is in their names.
        **{f"{fault}.pdf": pdf(note=fault) for fault in FAULTS},
    }


HOOKS = (
    "validate",
    "read_pages",
    "classify",
    "extract",
    "normalize",
    "check",
    "store",
    "on_result",
)
#: What the plugin does: it raises with text of the document in each hook, hangs, crashes, prints.
FAULTS = (*(f"raise-in-{hook}" for hook in HOOKS), "ours", "bug", "hang", "crash", "talk", "swell")

PLUGIN = '''
"""Raises with text of the document wherever it can, and talks."""

import ctypes, logging, os, sys, threading, time, warnings
from loanbatch import hookimpl
from loanbatch.errors import CorruptError
from loanbatch.models import Finding, Severity

now = "", ""

def misbehave(hook):
    name, text = now
    if name == f"raise-in-{{hook}}.pdf":
        try:
            raise KeyError(text)
        except KeyError as error:
            error.add_note(text)
            raise RuntimeError(f"cannot read {{text}}") from error
    return None

@hookimpl
def validate(source):
    global now
    now = source.file_name, TEXT
    if now[0] == "hang.pdf":
        time.sleep(600)
    if now[0] == "crash.pdf":
        print(TEXT, file=sys.stderr, flush=True)
        ctypes.string_at(0)
    if now[0] == "swell.pdf":
        hoard = [TEXT * 1_000_000 for _ in range(100)]
    if now[0] == "talk.pdf":
        print(TEXT)
        print(TEXT, file=sys.stderr)
        os.write(1, TEXT.encode())
        os.write(2, TEXT.encode())
        logging.getLogger("talker").error(TEXT)
        logging.getLogger("pdfminer").error(TEXT)
        warnings.warn(TEXT)
        threading.Thread(target=lambda: 1 / 0, name=TEXT).start()
    if now[0] == "ours.pdf":
        # Our own errors are shown as they are, but for what looks like personal data.
        raise CorruptError("{ssn} {amount} {email} {account}")
    return misbehave("validate")

@hookimpl
def read_pages(): return misbehave("read_pages")

@hookimpl
def classify(): return misbehave("classify")

@hookimpl
def extract(): return misbehave("extract")

@hookimpl
def normalize(): return misbehave("normalize")

@hookimpl
def check():
    if now[0] == "talk.pdf":
        return [Finding(code="odd", severity=Severity.INFO, message="{ssn} {email}")]
    return misbehave("check")

@hookimpl
def store(result):
    global now
    now = result.file_name, TEXT
    return misbehave("store")

@hookimpl
def on_result(result):
    global now
    now = result.file_name, TEXT
    return misbehave("on_result")

@hookimpl
def register_commands(group):
    @group.command()
    def trip():
        raise RuntimeError(TEXT)

TEXT = """{text}"""
'''

#: Makes a bug of ours of one file: what is not a plugin's fault.
BUG = '''
import loanbatch.pipeline._process as process
from loanbatch import hookimpl

TEXT = """{text}"""
before = process.read_source

def read_source(registry, source):
    if source.file_name == "bug.pdf":
        raise ZeroDivisionError(TEXT)
    return before(registry, source)

process.read_source = read_source

@hookimpl
def check(): ...
'''


# The search


def spellings(canary: str) -> Iterator[bytes]:
    """Yield how a canary could be written: plain, bare, reordered, encoded."""
    bare = re.sub(r"[^\w@.]", "", canary)
    digits = re.sub(r"\D", "", canary)
    plain = {canary, bare, canary.replace("-", " "), canary.replace(" ", "_")}
    if len(digits) >= 7:
        plain.add(digits)
    if "/" in canary:
        month, day, year = canary.split("/")
        plain |= {f"{year}-{month}-{day}", f"{year}{month}{day}"}
    if canary.startswith("$"):
        plain |= {canary[1:], canary[1:].replace(",", "")}
    if " " in canary and not digits:
        plain |= {word for word in canary.split() if len(word) > 5}
    for text in plain:
        yield from encoded(text)


def encoded(text: str) -> Iterator[bytes]:
    yield from (text.encode("utf-8"), text.encode("utf-16-le"), text.encode("utf-16-be"))
    yield text.encode().hex().encode()
    yield quote(text, safe="").encode()
    yield json.dumps(text)[1:-1].encode()
    for shift in range(3):  # wherever it stands in what is encoded
        whole = base64.b64encode(b"\0" * shift + text.encode())
        yield whole[4:-4] if shift else whole[:-4]


NEEDLES = {
    name: {spelling.lower() for spelling in spellings(canary) if len(spelling) > 5}
    for name, canary in {**CANARIES, "file name": FILE_CANARY}.items()
}


def found_in(content: bytes, *, names_allowed: bool = False) -> set[str]:
    """Return the names of the canaries in a sink, whatever their spelling."""
    content = content.lower()
    return {
        name
        for name, needles in NEEDLES.items()
        if not (names_allowed and name == "file name")
        and any(needle in content for needle in needles)
    }


# The sinks


class Run:
    """A folder with the files, and the command that processes them with all sinks in sight."""

    def __init__(self, folder: Path, plugins: dict[str, str]) -> None:
        self.folder = folder
        self.home = folder / "home"
        self.temporary = folder / "temporary"
        self.temporary.mkdir()
        self.log = folder / "log.jsonl"
        self.output: dict[str, bytes] = {}
        self.plugins = [folder / f"{name}.py" for name in plugins]
        for path, code in zip(self.plugins, plugins.values(), strict=True):
            path.write_text(textwrap.dedent(code), "utf-8")
        (folder / "passwords").write_text(CANARIES["password"])

    def command(self, sink: str, *arguments: str, code: int | None = None, **environ: str) -> bytes:
        known = {n: v for n, v in os.environ.items() if not n.startswith("LOANBATCH_")}
        known |= {"LOANBATCH_HOME": str(self.home), "TMPDIR": str(self.temporary), **environ}
        done = subprocess.run(
            [sys.executable, "-m", "loanbatch", *arguments],
            cwd=self.folder, env=known, capture_output=True, timeout=300, check=False,
        )  # fmt: skip
        assert code is None or done.returncode == code, done.stderr.decode()
        self.output[f"{sink}: standard output"] = done.stdout
        self.output[f"{sink}: standard error"] = done.stderr
        return done.stdout

    def process(self, content: dict[str, bytes]) -> None:
        inputs = self.folder / "inputs"
        inputs.mkdir()
        for name, data in content.items():
            (inputs / name).write_bytes(data)
        plugins = [word for path in self.plugins for word in ("--plugin", str(path))]
        self.command(
            "run", "run", *(str(inputs / name) for name in content), *plugins,
            "--log-file", str(self.log), "--log-level", "debug", "--timeout", "8",
            "--memory-limit", "1500", "--report", "report.json", "--report", "report.csv",
            "--password-file", "passwords", "--set", f"metrics_file={self.folder / 'metrics.prom'}",
        )  # fmt: skip
        self.report = json.loads((self.folder / "report.json").read_bytes())

    def look_around(self) -> None:
        job = self.report["job_id"]
        self.command("jobs", "jobs")
        self.command("jobs as JSON", "jobs", "--json")
        self.command("status", "status", job)
        self.command("events", "events", job)
        self.command("doctor", "doctor")
        self.command("plugins", "plugins", "list", "--plugin", str(self.plugins[0]))
        self.command("usage", "report", job, "--output", "report.nonsense")
        self.command("retry", "retry", job, "--all-failed")

    def sinks(self) -> Iterator[tuple[str, bytes, bool]]:
        """Yield name, content, and whether names of files may stand there."""
        yield "log", self.log.read_bytes(), False
        crash = self.home / "loanbatch.log"
        yield "log of crashes", crash.read_bytes() if crash.exists() else b"", False
        metrics = self.folder / "metrics.prom"
        yield "metrics", metrics.read_bytes() if metrics.exists() else b"", False
        # What people asked to see names their files.
        shown = ("run: standard output", "events: standard output", "retry: standard output")
        for name, content in self.output.items():
            yield name, content, name in shown
        yield "reports: all but values", json.dumps(list(self._told_of_results())).encode(), True
        yield from self._tables()
        for place in (self.home, self.temporary):
            names = "\n".join(str(path.relative_to(place)) for path in place.rglob("*"))
            yield f"names of files in {place.name}", names.encode(), False
        left = b"\n".join(p.read_bytes() for p in self.temporary.rglob("*") if p.is_file())
        yield "temporary files", left, False

    def _told_of_results(self) -> Iterator[dict]:
        """Yield the results without what may hold values."""
        for result in self.report["results"]:
            told = {name: value for name, value in result.items() if name != "loan_id"}
            told["documents"] = [
                {**document, "fields": sorted(document["fields"])}
                for document in result["documents"]
            ]
            told["findings"] = [
                {k: v for k, v in finding.items() if k not in {"expected", "actual"}}
                for finding in result["findings"]
            ]
            yield told

    def _tables(self) -> Iterator[tuple[str, bytes, bool]]:
        with sqlite3.connect(self.home / "loanbatch.db") as database:
            tables = database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
            for (table,) in tables.fetchall():
                rows = database.execute(f'SELECT * FROM "{table}"')  # noqa: S608 - of our own
                columns = [column[0] for column in rows.description]
                kept = [c for c in columns if (table, c) not in VALUES_IN_TABLES]
                told = [dict(zip(columns, row, strict=True)) for row in rows.fetchall()]
                content = repr([[row[column] for column in kept] for row in told]).encode()
                yield f"table {table}", content, table in {"results", "job_inputs", "documents"}


#: Columns that are the place of values.
VALUES_IN_TABLES = {
    ("results", "payload"),
    ("results", "loan_id"),
    ("documents", "loan_id"),
    ("loans", "loan_id"),
    ("loans", "loan_identifier"),
    ("fields", "raw"),
    ("fields", "value"),
    ("fields", "rows"),
    ("fields", "alternatives"),
    ("findings", "expected"),
    ("findings", "actual"),
}


def leaks(run: Run) -> dict[str, set[str]]:
    """Return the canaries by sink, for sinks with any."""
    found = {name: found_in(content, names_allowed=names) for name, content, names in run.sinks()}
    return {name: canaries for name, canaries in found.items() if canaries}


def plugin() -> str:
    values = {name.replace("-", ""): value for name, value in CANARIES.items()}
    return PLUGIN.format(text=TEXT, **{n: v for n, v in values.items() if " " not in n})


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    made = Run(
        tmp_path_factory.mktemp("canaries"), {"teller": plugin(), "bug": BUG.format(text=TEXT)}
    )
    made.process(files())
    made.look_around()
    return made


def test_files_end_in_every_way_that_there_is(run):
    """Else the search below would be of runs in which nothing happens."""
    codes = {result["error_code"] for result in run.report["results"]}
    assert codes >= {
        None, "corrupt", "encrypted", "unsupported_type", "duplicate", "plugin_error",
        "storage_failed", "timeout", "worker_crashed", "out_of_memory", "unexpected_error",
    }  # fmt: skip


def test_values_are_where_they_belong(run):
    """The canaries are read: they could leak."""
    by_name = {result["file_name"]: result for result in run.report["results"]}
    for name in ("sound.pdf", "rich.pdf", "known-password.pdf", "scan.png"):
        read = json.dumps(by_name[name]["documents"]).encode()
        assert {"name", "amount"} <= found_in(read), name
    assert FILE_CANARY in (run.folder / "report.csv").read_text("utf-8")


def test_no_canary_is_in_any_sink(run):
    assert leaks(run) == {}


def test_trace_of_a_command_that_meets_a_bug_holds_no_words(run):
    site = run.folder / "site" / "trip-1.0.dist-info"
    site.mkdir(parents=True)
    (site / "METADATA").write_text("Metadata-Version: 2.1\nName: trip\nVersion: 1.0\n")
    (site / "entry_points.txt").write_text("[loanbatch]\nteller = teller\n")
    path = os.pathsep.join(
        filter(None, (str(site.parent), str(run.folder), os.environ.get("PYTHONPATH")))
    )

    run.command("crash", "trip", code=1, PYTHONPATH=path)

    assert b"unexpected RuntimeError" in run.output["crash: standard error"]
    assert "RuntimeError" in (run.home / "loanbatch.log").read_text("utf-8")
    assert leaks(run) == {}


PROGRAM = """
import json, sys
from pathlib import Path
from loanbatch import BatchProcessingHandler

if __name__ == "__main__":
    folder = Path(sys.argv[1])
    items = [{"file_name": p.name, "file_data": p.read_bytes()} for p in sorted(folder.iterdir())]
    settings = {"timeout_seconds": 8, "plugins": sys.argv[2:]}
    from loanbatch import load_settings
    with BatchProcessingHandler(load_settings({**settings, "log_level": "debug"})) as handler:
        summary = handler.process_batch_from_bytes(items)
        told = handler.get_job_status(summary.job_id)
    print(json.dumps({"status": told, "repr": repr(summary.results[0])}, default=str))
"""


def test_program_that_hands_over_bytes_leaks_nothing(tmp_path):
    """Also not by the repr of results, which ends in logs of the program."""
    inputs = tmp_path / "inputs"
    inputs.mkdir()
    wanted = ("sound.pdf", "cut.pdf", "text.pdf", "raise-in-extract.pdf", "talk.pdf")
    for name, content in files().items():
        if name in wanted:
            (inputs / name).write_bytes(content)
    (tmp_path / "program.py").write_text(PROGRAM, "utf-8")
    (tmp_path / "teller.py").write_text(plugin(), "utf-8")

    done = subprocess.run(
        [sys.executable, "program.py", "inputs", str(tmp_path / "teller.py")],
        cwd=tmp_path, env={**os.environ, "LOANBATCH_HOME": str(tmp_path / "home")},
        capture_output=True, timeout=240, check=False,
    )  # fmt: skip

    assert done.returncode == 0, done.stderr.decode()
    assert json.loads(done.stdout)["status"]["total_documents"] == len(wanted)
    assert b"plugin_failed" in done.stderr  # the log
    assert found_in(done.stdout + done.stderr) == set()


# The search itself


@pytest.mark.parametrize("name", CANARIES)
@pytest.mark.parametrize(
    "written",
    [
        str,
        str.upper,
        str.lower,
        lambda text: re.sub(r"[-\s()]", "", text),
        lambda text: text.replace(" ", "_"),
        lambda text: base64.b64encode(f"x{text}y".encode()).decode(),
        lambda text: base64.b64encode(f"xy{text} z".encode()).decode(),
        lambda text: base64.b64encode(f"xyz{text}, abc".encode()).decode(),
        lambda text: f"--{text}--".encode("utf-16").decode("latin-1"),
        lambda text: text.encode().hex(),
        quote,
        lambda text: json.dumps({"x": text}),
        repr,
    ],
)
def test_search_finds_a_canary_however_it_is_written(name, written):
    content = b"before " + written(CANARIES[name]).encode("latin-1") + b" after"

    assert name in found_in(content)


@pytest.mark.parametrize(
    "written", ["1944-02-29", "19440229", "quackenbush, z.", "318442.57", "9075550143"]
)
def test_search_finds_a_canary_in_another_form(written):
    assert found_in(written.encode())


def test_search_finds_nothing_where_there_is_nothing():
    assert found_in(b'{"event": "job_started", "sha256": "' + b"0123456789abcdef" * 4) == set()


#: Goes behind the back of loanbatch: a leak in every sink, each with a canary of its own.
LEAKY = """
import atexit, base64, os, pathlib, sqlite3, sys
from loanbatch import hookimpl
from loanbatch.errors import CorruptError
from loanbatch.models import Finding, Receipt, Severity

HOME, LOG = pathlib.Path(r"{home}"), pathlib.Path(r"{log}")

@hookimpl
def validate(source):
    if source.file_name == "broken.pdf":
        raise CorruptError("no signature of {name}")
    with LOG.open("a") as log:
        log.write("read {ssn}" + chr(10))
    return [Finding(code="odd", severity=Severity.INFO, message="{address}")]

@hookimpl
def store(result):
    if result.status == "success":
        place = HOME / "objects" / base64.b64encode("{email}".encode()).decode()
        place.parent.mkdir(exist_ok=True)
        place.write_bytes(b"")
    place = pathlib.Path(os.environ["TMPDIR"], "{name}".replace(" ", "_"))
    place.write_bytes("{address}".encode("utf-16"))

@hookimpl
def on_result(job_id, result):
    print("{phone}", file=sys.stderr)

@hookimpl
def on_job_finished(summary):
    with sqlite3.connect(HOME / "loanbatch.db", timeout=20) as database:
        database.execute(
            "INSERT INTO events (job_id, moment, event, detail) VALUES (?, '', 'odd', ?)",
            (summary.job_id, "{account}".replace("-", "")),
        )
        database.execute("UPDATE attempts SET outcome = 'about {amount}'")
        database.execute("UPDATE processing_jobs SET fingerprint = '{birthdate}'")
    atexit.register(pathlib.Path(r"{metrics}").write_text, "# {password}")
    with (HOME / "loanbatch.log").open("w") as log:
        log.write("{name}".upper())
"""


def test_leak_is_found_sink_by_sink(tmp_path):
    values = {re.sub("[- ]", "", name): value for name, value in CANARIES.items()}
    places = {"home": tmp_path / "home", "log": tmp_path / "log.jsonl"}
    code = LEAKY.format(**values, **places, metrics=tmp_path / "metrics.prom")
    run = Run(tmp_path, {"leaky": code})
    run.process({name: files()[name] for name in ("sound.pdf", "broken.pdf")})

    assert leaks(run) == {
        "log": {"ssn"},
        "log of crashes": {"name"},
        "metrics": {"password"},
        "run: standard output": {"name"},
        "run: standard error": {"phone"},
        "reports: all but values": {"name", "address"},
        "table events": {"account"},
        "table attempts": {"amount"},
        "table processing_jobs": {"birth date"},
        "table findings": {"address"},
        "names of files in home": {"e-mail"},
        "names of files in temporary": {"name"},
        "temporary files": {"address"},
    }


# Masked


#: What tells of a person; amounts stay by design, and names of files for people to find them.
MASKED = set(CANARIES) - {"amount"}


def opened(path: Path) -> bytes:
    """Return the content of a report; a workbook is a compressed folder, a PDF has its texts."""
    if path.suffix == ".pdf":
        with pypdfium2.PdfDocument(path) as document:
            return "\n".join(page.get_textpage().get_text_bounded() for page in document).encode()
    if path.suffix != ".xlsx":
        return path.read_bytes()
    with zipfile.ZipFile(path) as folder:
        return b"\n".join(folder.read(name) for name in folder.namelist())


def records(run: Run) -> dict[str, list]:
    with sqlite3.connect(run.home / "loanbatch.db") as database:
        tables = database.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
        return {
            table: database.execute(f'SELECT * FROM "{table}"').fetchall()  # noqa: S608 - of our own
            for (table,) in tables
        }


def test_masked_reports_and_records_hold_no_canary_and_the_database_is_untouched(run):
    job = run.report["job_id"]
    document = next(
        r["document_id"] for r in run.report["results"] if r["file_name"] == "sound.pdf"
    )
    before = records(run)

    formats = ("json", "csv", "xlsx", "html", "pdf")
    for name in (*(f"masked.{ending}" for ending in formats), "documents.csv"):
        layout = ("--csv-rows", "documents") if name == "documents.csv" else ()
        for mask in (("--mask",), ()):
            path = run.folder / f"{len(mask)}-{name}"
            run.command("report", "report", job, "--output", str(path), *layout, *mask, code=0)
            found = found_in(opened(path), names_allowed=True)
            assert not mask or not found & MASKED, name
            assert mask or "name" in found, name
    for options in ((), ("--json",)):
        masked = run.command("show", "show", document, "--mask", *options, code=0)
        assert not found_in(masked, names_allowed=True) & MASKED
        assert "name" in found_in(run.command("show", "show", document, *options, code=0))

    assert records(run) == before
    for sink in ("report", "show"):  # asked for, above
        del run.output[f"{sink}: standard output"]


def test_masked_run_writes_masked_reports_and_whole_records(tmp_path):
    (tmp_path / "sound.pdf").write_bytes(pdf())
    run = Run(tmp_path, {})
    arguments = ("run", "sound.pdf", "--mask", "--json", "--report", "report.csv")

    printed = run.command("run", *arguments, code=0)

    assert not found_in(printed) & MASKED
    assert not found_in((tmp_path / "report.csv").read_bytes()) & MASKED
    assert "name" in found_in(repr(records(run)["fields"]).encode())
