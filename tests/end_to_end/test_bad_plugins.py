"""Plugins that misbehave, hook by hook and fault by fault, in the command as people run it.

For each hook of the worker one batch is run. Its files are named after faults, and after each comes
a sound file, often in the same worker: what a fault costs must be its own file's, named, and
nothing else's. `docs/explanation/robustness.md` has what comes out, and is compared with it.

By default the faults that take seconds (waiting for a limit) are tried in a few hooks only;
LOANBATCH_ALL_FAULTS=1 tries them in all.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import textwrap
from importlib.metadata import entry_points
from pathlib import Path

import pytest

from loanbatch.testing.faults import FAULTS, SECRET

PAGE = Path(__file__).parents[2] / "docs" / "explanation" / "robustness.md"
ALL = bool(os.environ.get("LOANBATCH_ALL_FAULTS"))
LINUX = sys.platform == "linux"

#: Reads `name=value` from text; bare enough to have every hook of the worker.
READER = '''
"""Reads text files, the sound way."""

from decimal import Decimal
from attrs import evolve
from loanbatch import hookimpl
from loanbatch.models import (
    Artifact, Document, Field, Page, PageImage, Recognition, TextSource, Validation, Word,
)

@hookimpl
def validate(source):
    return Validation(source=evolve(source, media_type="text/plain", page_count=1))

def words(text):
    texts = enumerate(text.split())
    return tuple(Word(w, 10.0 * n, 10.0, 10.0 * n + 9, 20.0, 0.9) for n, w in texts)

@hookimpl
def read_pages(source):
    read_pages.text = source.read().decode()
    return [Page(number=1, width=100, height=100, text_source=TextSource.NONE)]

@hookimpl
def render_page():
    return PageImage(
        page_number=1, width=100, height=100, pixels=bytes(10_000), points_per_pixel=1.0
    )

@hookimpl
def recognize_text():
    return Recognition(words=words(read_pages.text))

@hookimpl
def recognize_again(words):
    return [[one._replace(confidence=0.99)] for one in words]

@hookimpl
def make_searchable(source):
    return Artifact(name="searchable.pdf", media_type="application/pdf", content=source.read())

@hookimpl
def classify(pages):
    return [Document(kind="promissory_note", first_page=1, last_page=1)]

@hookimpl
def extract(pages):
    for page in pages:
        for word in page.words:
            name, equals, raw = word.text.partition("=")
            if equals:
                yield Field(
                    name=name, raw=raw, page=1, box=word.box, confidence=0.99, extractor="reader"
                )

@hookimpl
def normalize(field):
    return evolve(field, value=Decimal(field.raw) + 0)

@hookimpl
def check(documents):
    return ()
'''

#: Misbehaves in one hook, on the files that are named after a fault.
WOBBLY = '''
"""Misbehaves."""

import math, os, re
from attrs import evolve, frozen
from loanbatch import hookimpl
from loanbatch.errors import CorruptError, PluginError
from loanbatch.models import *
from loanbatch.models import Artifact, Receipt
from loanbatch.testing.faults import FAULTS, SECRET

HOOK = "{hook}"
now = None

@hookimpl
def validate(source):
    global now
    now = re.match("[a-z-]+", source.file_name)[0].rstrip("-")
    if HOOK == "validate":
        return misbehave(source=source)

class Sly(str):
    def __reduce__(self):
        return (eval, ("1/0",))

class OddError(CorruptError):
    def __init__(self):
        pass

@frozen(kw_only=True)
class MoreField(Field):
    more: object = lambda: 0

def a_field(**changes):
    values = dict(name="loan_amount", raw="1", page=1, box=Box(1, 1, 9, 9), confidence=0.9)
    return Field(**dict(values, extractor="wobbly") | changes)

def wrong_inside():
    page = dict(number=1, width=9, height=9, text_source=TextSource.TEXT_LAYER)
    return dict(
        validate=Validation(source=Source(file_name="other", location="other")),
        read_pages=[Page(words=(Word("x", 1, 1, 2, "2"),), **page)],
        render_page=PageImage(page_number=1, width=9, height=9, pixels=b"", points_per_pixel=1.0),
        recognize_text=Recognition(words=((1, 2, 3),)),
        recognize_again=[[42]],
        make_searchable=Artifact(name="../../x", media_type="a/b", content=b""),
        classify=[Document(kind="promissory_note", first_page=1, last_page=7)],
        extract=[a_field(value=object())],
        normalize=a_field(name="another"),
        check=[Finding(code=7, severity=Severity.INFO, message="")],
    )[HOOK]

def not_a_number():
    nan = math.nan
    page = dict(number=1, width=nan, height=9, text_source=TextSource.TEXT_LAYER)
    return dict(
        read_pages=[Page(**page)],
        render_page=PageImage(page_number=1, width=1, height=1, pixels=b"0", points_per_pixel=nan),
        recognize_text=Recognition(words=(Word("x", nan, 1, 2, 2),)),
        recognize_again=[[Word("x", 1, 1, 2, 2, nan)]],
        classify=[Document(kind="promissory_note", first_page=1, last_page=1, confidence=nan)],
        extract=[a_field(confidence=nan)],
        normalize=a_field(confidence=nan),
    )[HOOK]

def off_the_page():
    return [a_field(box=Box(900, 900, 910, 910))]

def does_not_travel():
    return dict(
        extract=[a_field(raw=Sly("1"), value=Sly("1"), confidence=0.99)],
        check=[Finding(code="odd", severity=Severity.INFO, message=Sly("odd"))],
    )[HOOK]

def class_of_its_own():
    return [MoreField(name="loan_amount", raw="1", page=1, box=None, confidence=1.0, extractor="w")]

def odd_error():
    raise OddError

def ours():
    raise PluginError("the bank told " + SECRET)

def mutate(documents=(), document=None, **_):
    for one in documents or [document]:
        one.fields.clear()

OWN = {{
    "wrong-inside": lambda **_: wrong_inside(),
    "not-a-number": lambda **_: not_a_number(),
    "off-the-page": lambda **_: off_the_page(),
    "does-not-travel": lambda **_: does_not_travel(),
    "class-of-its-own": lambda **_: class_of_its_own(),
    "odd-error": lambda **_: odd_error(),
    "quote": lambda **_: ours(),
    "mutate": mutate,
}}

def misbehave(**arguments):
    if now in OWN:
        return OWN[now](**arguments)
    if now in FAULTS:
        return FAULTS[now]()

if HOOK not in ("validate", "check", "extract"):
    exec(f"def {{HOOK}}(): return misbehave()")
    hookimpl(globals()[HOOK])
elif HOOK == "check":
    @hookimpl
    def check(documents): return misbehave(documents=documents)
elif HOOK == "extract":
    @hookimpl
    def extract(document): return misbehave(document=document)
'''

BUNDLED = {entry.name for entry in entry_points(group="loanbatch")}
#: Bundled plugins that the tests need; the reader takes the place of the others.
KEPT = {"records", "objects", "reporting"}

WORKER_HOOKS = (
    "validate", "read_pages", "render_page", "recognize_text", "recognize_again",
    "make_searchable", "classify", "extract", "normalize", "check",
)  # fmt: skip
RAISES = (
    "raise", "raise-exit", "raise-interrupt", "raise-generator-exit", "recurse", "odd-error",
    "quote", "wrong-type", "evil", "endless",
)  # fmt: skip
INSIDE = {
    "wrong-inside": set(WORKER_HOOKS),
    "not-a-number": set(WORKER_HOOKS) - {"validate", "make_searchable", "check"},
    "off-the-page": {"extract"},
    "class-of-its-own": {"extract", "normalize", "check", "validate"},
    "mutate": {"extract", "check"},
}
CHANGES = (
    "change-folder", "change-arithmetic", "change-locale", "change-signals", "change-filters",
    "change-environment", "change-streams",
)  # fmt: skip
HARMLESS = ("print", *CHANGES, "fork", "keep-memory")
DEATHS = {
    "exit": "worker_crashed",
    "leave": "worker_crashed",
    "crash": "worker_crashed",
    "kill": "worker_crashed",
    "raise-memory-error": "out_of_memory",
    "fill-memory": "out_of_memory",
    "hang": "timeout",
    "hang-in-c": "timeout",
    "spin": "timeout",
}
#: Faults that end with a limit, and so take seconds; and where they are tried nevertheless.
SLOW = {"hang", "hang-in-c", "spin", "leave"}
SLOW_HOOKS = set(WORKER_HOOKS) if ALL else {"validate", "extract"}


def faults_of(hook: str) -> list[str]:
    """Return the faults that make sense in a hook, the slow ones first."""
    found = [f for f in DEATHS if f not in SLOW or hook in SLOW_HOOKS]
    if not ALL and "spin" in found:
        found.remove("spin")  # it costs a core while it lasts
    found += RAISES
    found += [fault for fault, hooks in INSIDE.items() if hook in hooks]
    found += ["does-not-travel"] if hook in {"extract", "check"} else []
    found += HARMLESS
    return found


def expected(hook: str, fault: str) -> str:
    """Return what the table in the documentation says of a fault in a hook."""
    if fault in DEATHS:
        return DEATHS[fault]
    if fault in HARMLESS or fault == "does-not-travel":
        return "unharmed"
    return "plugin_error" if hook == "validate" else "set aside"


class Bench:
    """A folder with plugins, and the command."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.log = folder / "log.jsonl"
        self.inputs = folder / "inputs"
        self.inputs.mkdir()
        self.written: list[str] = []
        self.plugin("reader", READER)

    def plugin(self, name: str, code: str) -> str:
        path = self.folder / f"{name}.py"
        path.write_text(textwrap.dedent(code), "utf-8")
        return str(path)

    def write(self, *names: str) -> None:
        for number, name in enumerate(names):
            path = self.inputs / f"{name}.txt"
            path.write_text(f"loan_amount={number + 1}000.10 {name}", "utf-8")
            self.written.append(str(path))

    def command(self, *arguments: str, timeout: float = 240) -> subprocess.CompletedProcess[str]:
        environ = {n: v for n, v in os.environ.items() if not n.startswith("LOANBATCH_")}
        environ |= {"LOANBATCH_HOME": str(self.folder / "home"), "COLUMNS": "200"}
        return subprocess.run(
            [sys.executable, "-m", "loanbatch", *arguments],
            cwd=self.folder, env=environ, capture_output=True, text=True, timeout=timeout,
            check=False,
        )  # fmt: skip

    def run(self, *options: str) -> subprocess.CompletedProcess[str]:
        blocked = sorted(BUNDLED - KEPT)
        return self.command(
            "run", *self.written, "--json", "--quiet", "--plugin", str(self.folder / "reader.py"),
            *(word for name in blocked for word in ("--no-plugin", name)),
            "--log-file", str(self.log), "--log-level", "debug",
            "--set", "log_file_names=true", *options,
        )  # fmt: skip

    def results(self, done: subprocess.CompletedProcess[str]) -> dict[str, dict]:
        assert done.stdout, done.stderr
        report = json.loads(done.stdout)  # nobody else wrote there
        return {result["file_name"].removesuffix(".txt"): result for result in report["results"]}

    def events(self) -> list[dict]:
        return [json.loads(line) for line in self.log.read_text("utf-8").splitlines()]


@pytest.fixture
def bench(tmp_path):
    return Bench(tmp_path)


def amount(result: dict) -> str | None:
    documents = result["documents"]
    field = documents[0]["fields"].get("loan_amount") if documents else None
    return field and field["value"]


def outcome(result: dict) -> str:
    """Return in a word what became of a file, as in the table."""
    if result["status"] != "success":
        named = "wobbly" in (result["error_message"] or "")
        return result["error_code"] + ("" if named or not LINUX else ", not named")
    told = [f for f in result["findings"] if "wobbly" in f["message"]]
    if not told:
        return "unharmed"
    assert all(f["severity"] == "warning" for f in told)
    assert result["needs_review"]
    return "set aside"


@pytest.mark.skipif(not LINUX, reason="workers are forked on Linux only: elsewhere nobody is named")
@pytest.mark.parametrize("hook", WORKER_HOOKS)
def test_fault_costs_its_own_file_and_is_named(bench, hook):
    faults = faults_of(hook)
    names = [name for fault in faults for name in (fault, f"sound-{fault}")]
    names += [f"keep-memory-{number}" for number in range(12)]
    bench.write(*names)
    wobbly = bench.plugin("wobbly", WOBBLY.format(hook=hook))

    done = bench.run(
        "--plugin", wobbly, "--timeout", "5", "--workers", "2", "--memory-limit", "700",
        *(("--searchable",) if hook == "make_searchable" else ()),
    )  # fmt: skip

    assert done.returncode == 3, done.stderr
    results = bench.results(done)
    found = {fault: outcome(results[fault]) for fault in faults}
    assert found == {fault: expected(hook, fault) for fault in faults}
    for name in names:
        if name.startswith(("sound-", *HARMLESS)):
            told = (name, results[name]["error_message"])
            assert amount(results[name]) == f"{names.index(name) + 1}000.10", told
            assert outcome(results[name]) == "unharmed", name
    assert_told_in_log(bench.events(), hook, faults)
    everything = done.stdout + done.stderr + bench.log.read_text("utf-8")
    assert SECRET.split()[1] not in everything


@pytest.mark.skipif(not LINUX, reason="the limit on memory is Linux's")
def test_document_gets_the_whole_limit_though_the_one_before_filled_the_worker(bench):
    bench.write("first", "second", "third")
    hoarder = bench.plugin(
        "hoarder",
        """
        from loanbatch import hookimpl
        kept = []
        @hookimpl
        def validate():
            block = bytearray(700 * 1024 * 1024)
            if not kept:
                kept.append(block)
        """,
    )

    done = bench.run("--plugin", hoarder, "--workers", "1", "--memory-limit", "1300")

    outcomes = [(r["status"], r["error_code"]) for r in bench.results(done).values()]
    assert outcomes == [("success", None)] * 3
    assert [e["event"] for e in bench.events()].count("worker_left") == 2


def assert_told_in_log(events: list[dict], hook: str, faults: list[str]) -> None:
    """Each fault left an event that names the plugin, the hook and, where it is known, the file."""
    told = {
        (event["event"], event.get("file", "").removesuffix(".txt"))
        for event in events
        if (event.get("plugin"), event.get("hook")) == ("wobbly", hook)
    }
    wanted = {("plugin_failed", fault) for fault in RAISES if fault not in {"quote", "wrong-type"}}
    wanted -= {("plugin_failed", "endless")}
    wanted |= {("plugin_meddled", fault) for fault in CHANGES}
    wanted |= {("plugin_printed", "print"), ("plugin_forked", "fork")}
    wanted |= {
        ("worker_failed", fault)
        for fault in faults
        if fault in DEATHS and fault not in {"raise-memory-error", "fill-memory"}
    }
    assert wanted <= told


# The coordinator: stores, reports, executors, observers. Nobody isolates it.


COORDINATOR_RAISES = (
    "raise",
    "raise-exit",
    "raise-generator-exit",
    "raise-memory-error",
    "recurse",
)
NONSENSE = ("wrong-type", "evil", "endless")
#: Tried one by one where one command can show one fault only.
ONE_BY_ONE = (
    (*COORDINATOR_RAISES, *NONSENSE) if ALL else ("raise-exit", "raise-memory-error", "evil")
)
OBSERVERS = ("on_job_started", "on_result", "on_job_finished")


def simple(hook: str, fault: str, when: str = "", argument: str = "") -> str:
    """Return the code of a plugin with one hook that does one thing, where a condition holds."""
    return f"""
        from loanbatch import hookimpl
        from loanbatch.testing.faults import FAULTS
        @hookimpl
        def {hook}({argument}):
            if {when or True}:
                return FAULTS["{fault}"]()
        """


def test_store_that_fails_costs_its_document_and_can_be_retried(bench):
    faults = (*COORDINATOR_RAISES, *NONSENSE)
    # Three in a row that cannot be stored would stop the job.
    bench.write(*(name for fault in faults for name in (fault, f"sound-{fault}")))
    code = """
        from loanbatch import hookimpl
        from loanbatch.testing.faults import FAULTS
        @hookimpl
        def store(result):
            return FAULTS.get(result.file_name.removesuffix(".txt"), lambda: None)()
        """

    done = bench.run("--plugin", bench.plugin("wobbly", code))

    results = bench.results(done)
    assert done.returncode == 3, done.stderr
    for fault in faults:
        result = results[fault]
        assert results[f"sound-{fault}"]["status"] == "success"
        assert (result["error_code"], result["retryable"]) == ("storage_failed", True), fault
        assert "plugin wobbly" in result["error_message"], fault
    assert SECRET not in done.stdout + done.stderr + bench.log.read_text("utf-8")


def test_observers_that_fail_are_logged_and_nothing_else(bench):
    wanted = dict.fromkeys(COORDINATOR_RAISES, "observer_failed")
    wanted |= dict.fromkeys(CHANGES, "plugin_meddled") | {"fork": "plugin_forked"}
    bench.write("one")
    options = []
    for fault in (*wanted, "print", *NONSENSE):
        hooks = "".join(textwrap.dedent(simple(hook, fault)) for hook in OBSERVERS)
        options += ["--plugin", bench.plugin(f"wobbly_{fault.replace('-', '_')}", hooks)]

    done = bench.run(*options)

    assert done.returncode == 0, done.stderr
    assert amount(bench.results(done)["one"]) == "1000.10"
    told = [(e["event"], e["plugin"]) for e in bench.events() if "wobbly" in e.get("plugin", "")]
    for fault, event in wanted.items():
        count = told.count((event, f"wobbly_{fault.replace('-', '_')}"))
        assert count == len(OBSERVERS), fault


@pytest.mark.parametrize("fault", [*ONE_BY_ONE, "print"])
def test_report_that_fails_is_named_and_the_results_stay(bench, fault):
    bench.write("one")
    report = bench.folder / "report.csv"
    code = simple("report", fault, when="format == 'csv'", argument="format")
    wobbly = bench.plugin("wobbly", code)

    done = bench.run("--plugin", wobbly, "--report", str(report))

    if fault == "print":  # it answers None: the next plugin writes the report
        assert done.returncode == 0, done.stderr
        assert report.is_file()
        assert amount(bench.results(done)["one"]) == "1000.10"
        return
    assert done.returncode == 1
    assert "wobbly" in done.stderr
    assert not report.exists()
    assert not list(bench.folder.glob(".report*"))


@pytest.mark.parametrize("fault", ONE_BY_ONE)
def test_executor_that_cannot_be_had_ends_the_job_before_its_first_document(bench, fault):
    bench.write("one")

    done = bench.run("--plugin", bench.plugin("wobbly", simple("get_executor", fault)))

    assert done.returncode == 1
    assert "wobbly" in done.stderr
    assert "Traceback" not in done.stderr
    assert bench.command("jobs", "--json").returncode == 0


EXECUTOR = """
    from concurrent.futures import Executor, Future
    from loanbatch import hookimpl
    class Odd(Executor):
        def submit(self, fn, *args, **kwargs):
            {body}
    @hookimpl
    def get_executor():
        return Odd()
    """


@pytest.mark.parametrize(
    "body",
    [
        "raise RuntimeError('SSN 900-12-3456')",
        "return 42",
        "future = Future(); future.set_result(42); return future",
        "future = Future(); future.cancel(); future.set_running_or_notify_cancel(); return future",
        "f = Future(); f.set_exception(OSError('SSN 900-12-3456')); return f",
    ],
)
def test_executor_that_loses_tasks_costs_those_documents(bench, body):
    bench.write("one", "two")

    done = bench.run("--plugin", bench.plugin("wobbly", EXECUTOR.format(body=body)))

    assert {r["status"] for r in bench.results(done).values()} == {"failed"}
    assert SECRET not in done.stdout + done.stderr + bench.log.read_text("utf-8")


@pytest.mark.parametrize("fault", ["exit", "kill", "crash"] if ALL else ["crash"])
def test_process_that_a_store_ends_loses_nothing_that_was_recorded(bench, fault):
    """A plugin in the coordinator can end it: the job is gone on with, without the plugin."""
    bench.write("one", "two", "three")
    code = simple("store", fault, when="result.file_name == 'two.txt'", argument="result")
    wobbly = bench.plugin("wobbly", code)

    died = bench.run("--plugin", wobbly)
    job = json.loads(bench.command("jobs", "--json").stdout)[0]["job_id"]
    again = bench.command(
        "resume", job, "--json", "--quiet", "--plugin", str(bench.folder / "reader.py"),
        *(word for name in sorted(BUNDLED - KEPT) for word in ("--no-plugin", name)),
    )  # fmt: skip

    assert died.returncode not in (0, 3, 4)
    assert again.returncode == 0, again.stderr
    assert {amount(r) for r in bench.results(again).values()} == {"1000.10", "2000.10", "3000.10"}


def test_interrupt_that_a_store_raises_stops_the_job_as_ctrl_c_would(bench):
    bench.write("one", "two")

    done = bench.run("--plugin", bench.plugin("wobbly", simple("store", "raise-interrupt")))

    assert done.returncode == 130
    assert SECRET not in done.stderr
    told = [e["event"] for e in bench.events() if e.get("plugin") == "wobbly"]
    assert told == ["plugin_interrupted"]


# Loading


LOADING = {
    "raises": ("raise ValueError('out of sorts')", "out of sorts"),
    "exits": ("raise SystemExit(3)", "SystemExit"),
    "generator exit": ("raise GeneratorExit", "GeneratorExit"),
    "recursion": ("def f(): return f() + 1\nf()", "RecursionError"),
    "memory": ("raise MemoryError", "MemoryError"),
    "silent error": (
        "class Odd(Exception):\n    def __str__(self): raise ValueError\nraise Odd",
        "Odd",
    ),
    "syntax": ("def f(:", "SyntaxError"),
    "no hook": ("x = 1", "implements no hook"),
    "misspelt": ("@hookimpl\ndef extrakt(): ...", "did you mean extract"),
    "unknown argument": ("@hookimpl\ndef extract(paper): ...", "paper"),
    "wrapper": ("@hookimpl(wrapper=True)\ndef extract(): yield", "wrapper"),
    "settings raise": ("@hookimpl\ndef register_settings(): raise KeyError('x')", "KeyError"),
    "settings no class": ("@hookimpl\ndef register_settings(): return 42", "attrs class"),
    "settings without default": (
        "from attrs import frozen\n@frozen\nclass S:\n    x: int\n"
        "@hookimpl\ndef register_settings(): return S",
        "TypeError",
    ),
    "fields raise": ("@hookimpl\ndef register_fields(): raise KeyError('x')", "KeyError"),
    "fields exit": ("@hookimpl\ndef register_fields(): raise SystemExit", "SystemExit"),
    "fields wrong": ("@hookimpl\ndef register_fields(): return [42]", "definitions"),
    "fields wrong inside": (
        "from loanbatch.vocabulary import FieldDefinition\n"
        "@hookimpl\ndef register_fields(): return [FieldDefinition(name='x', type='money')]",
        "definitions",
    ),
    "fields endless": (
        "@hookimpl\ndef register_fields():\n    while True: yield 42",
        "definitions",
    ),
    "fingerprint": (
        "class F:\n    def __str__(self): raise ValueError\nFINGERPRINT = F()\n"
        "@hookimpl\ndef check(): ...",
        "ValueError",
    ),
    "fork": ("import os\nos.fork() or os._exit", "implements no hook"),
}


def test_plugins_that_cannot_be_loaded_are_named_and_set_aside(bench):
    names = {fault: f"wobbly_{fault.replace(' ', '_')}" for fault in LOADING}
    bench.write("one")
    options = []
    for fault, (code, _) in LOADING.items():
        path = bench.plugin(names[fault], f"from loanbatch import hookimpl\n{code}\n")
        options += ["--plugin", path]

    done = bench.run(*options)

    assert done.returncode == 0, done.stderr
    assert amount(bench.results(done)["one"]) == "1000.10"
    assert "Traceback" not in done.stderr
    told = {e["plugin"]: e["cause"] for e in bench.events() if e["event"] == "plugin_set_aside"}
    for fault, (_, cause) in LOADING.items():
        assert f"plugin {names[fault]} (file) is not used" in done.stderr, fault
        assert cause in told[names[fault]], fault


def test_imports_that_change_the_process_change_nothing(bench):
    bench.write("one")
    options = []
    for fault in ("print", *CHANGES):
        code = f"""
            from loanbatch import hookimpl
            from loanbatch.testing.faults import FAULTS
            FAULTS["{fault}"]()
            @hookimpl
            def check(): ...
            """
        options += ["--plugin", bench.plugin(f"wobbly_{fault.replace('-', '_')}", code)]

    done = bench.run(*options)

    assert done.returncode == 0, done.stderr
    assert amount(bench.results(done)["one"]) == "1000.10"
    told = {e["plugin"] for e in bench.events() if e["event"] == "plugin_meddled"}
    assert told == {f"wobbly_{fault.replace('-', '_')}" for fault in CHANGES}


@pytest.mark.parametrize(
    "how", ["threading.Event().wait(3600)", "[time.sleep(60) for _ in range(60)]"]
)
def test_import_that_hangs_is_named_and_given_up(bench, how):
    bench.write("one")
    wobbly = bench.plugin("wobbly", f"import threading, time\n{how}\n")

    done = bench.run("--plugin", wobbly, "--set", "plugin_load_seconds=7")

    assert done.returncode == 0, done.stderr
    assert "wobbly" in done.stderr
    assert "not loaded after 7 s" in done.stderr
    assert {"plugin_slow", "plugin_set_aside"} <= {e["event"] for e in bench.events()}


def distribution(
    site: Path, name: str, code: str, *, plugin: str = "", needs: str = "", version: str = "2.3.4"
) -> None:
    """Lay out an installed distribution by hand: what pip leaves, without its seconds."""
    site.mkdir(exist_ok=True)
    (site / f"{name}.py").write_text(textwrap.dedent(code), "utf-8")
    folder = site / f"{name}-{version}.dist-info"
    folder.mkdir()
    requires = f"Requires-Dist: {needs}\n" if needs else ""
    (folder / "METADATA").write_text(
        f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n{requires}"
    )
    (folder / "entry_points.txt").write_text(f"[loanbatch]\n{plugin or name} = {name}\n")


SOUND = "from loanbatch import hookimpl\n@hookimpl\ndef check(): ...\n"


@pytest.fixture
def site(bench, monkeypatch):
    """Return a folder whose distributions the command sees."""
    folder = bench.folder / "site"
    before = os.environ.get("PYTHONPATH")
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(filter(None, (str(folder), before))))
    return folder


def states(bench) -> dict[tuple[str, str], dict]:
    listed = json.loads(bench.command("plugins", "list", "--json").stdout)
    return {(plugin["name"], plugin["distribution"]): plugin for plugin in listed}


@pytest.mark.parametrize(
    ("needs", "state"),
    [
        ("loanbatch>=99", "broken"),
        ("loanbatch (<0.0.1)", "broken"),
        ("loanbatch>=0.1", "active"),
        ("loanbatch-wobbly-extras>=99", "active"),
        ("not a requirement at all!", "active"),
        ("loanbatch but not a requirement!", "broken"),
    ],
)
def test_distribution_that_needs_another_version_is_set_aside(bench, site, needs, state):
    distribution(site, "wobbly", SOUND, needs=needs)

    plugin = states(bench)["wobbly", "wobbly"]

    assert plugin["state"] == state
    if "99" in needs and state == "broken":
        assert "needs loanbatch >=99" in plugin["cause"]


def test_second_plugin_of_a_name_is_set_aside_whoever_has_it(bench, site):
    distribution(site, "wobbly", SOUND, plugin="ocr")
    distribution(site, "shaky", SOUND, plugin="twice")
    distribution(site, "unsteady", SOUND, plugin="twice")

    found = states(bench)

    assert found["ocr", "loanbatch"]["state"] == "active"
    assert found["ocr", "wobbly"]["state"] == "broken"
    assert "another plugin has this name" in found["ocr", "wobbly"]["cause"]
    assert sorted(found["twice", d]["state"] for d in ("shaky", "unsteady")) == ["active", "broken"]


COMMAND = """
    import click
    from loanbatch import hookimpl
    @click.command()
    def odd():
        click.echo("{text}")
    @hookimpl
    def register_commands(group):
        group.add_command(odd, "{name}")
    """


def test_commands_of_a_name_that_is_taken_are_told_and_missing(bench, site):
    distribution(site, "shaky", COMMAND.format(name="run", text="not the run you know"))
    distribution(site, "unsteady", COMMAND.format(name="odd", text="unsteady"))
    distribution(site, "wobbly", COMMAND.format(name="odd", text="wobbly"))

    assert "not the run you know" not in bench.command("run", "--help").stdout
    done = bench.command("odd")
    assert done.stdout == "wobbly\n"  # the last registered goes first
    assert "shaky" in done.stderr
    assert "unsteady" in done.stderr


def test_commands_of_plugins_that_fail_are_missing_and_the_others_work(bench, site):
    loud = (*COORDINATOR_RAISES, *CHANGES)
    for fault in (*loud, "wrong-type", "print"):
        name = f"wobbly_{fault.replace('-', '_')}"
        distribution(site, name, simple("register_commands", fault))

    done = bench.command("templates", "list", "--json")

    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)
    for fault in loud:
        assert f"wobbly_{fault.replace('-', '_')}" in done.stderr, fault


def test_field_of_another_type_is_told_and_personal_data_stays_personal(bench):
    code = """
        from loanbatch import hookimpl
        from loanbatch.vocabulary import FieldDefinition, FieldType
        @hookimpl
        def register_fields():
            return [
                FieldDefinition(name="loan_amount", type=FieldType.TEXT),
                FieldDefinition(name="date_of_birth", type=FieldType.DATE),
            ]
        """
    bench.write("one")

    done = bench.run("--plugin", bench.plugin("wobbly", code))

    assert done.returncode == 0, done.stderr
    (event,) = (e for e in bench.events() if e["event"] == "field_redefined")
    assert event["plugin"] == "wobbly"
    assert "loan_amount" in event["cause"]


def test_table_of_a_plugin_named_like_a_setting_leaves_the_setting_alone(bench):
    code = """
        from attrs import frozen
        from loanbatch import hookimpl
        @frozen(kw_only=True)
        class Own:
            width: int = 3
        @hookimpl
        def register_settings():
            return Own
        """
    bench.write("one")
    plugin = bench.plugin("workers", code)

    done = bench.run("--plugin", plugin, "--workers", "2")

    assert done.returncode == 0, done.stderr


def test_plugin_that_writes_the_same_format_goes_first(bench):
    bench.write("one")
    report = bench.folder / "report.csv"
    code = """
        from loanbatch import hookimpl
        @hookimpl
        def report(format, stream):
            if format == "csv":
                stream.write(b"mine")
                return True
        """

    done = bench.run("--plugin", bench.plugin("wobbly", code), "--report", str(report))

    assert done.returncode == 0, done.stderr
    assert report.read_text() == "mine"


# The page


def test_page_has_the_table_of_what_comes_out():
    """The table of docs/explanation/robustness.md says what the tests above hold."""
    page = PAGE.read_text("utf-8")
    rows = re.findall(r"^\| ([^|]+) \| ([^|]+) \| ([^|]+) \|$", page, re.MULTILINE)
    table = {
        fault: (first.strip(), other.strip())
        for names, first, other in rows
        for fault in re.findall(r"`([a-z-]+)`", names)
        if fault in FAULTS or fault in INSIDE or fault in RAISES or fault == "does-not-travel"
    }
    everything = {fault for hook in WORKER_HOOKS for fault in faults_of(hook)}
    assert set(table) >= everything - {"spin"}
    for fault, (first, other) in table.items():
        if fault in faults_of("validate"):
            assert expected("validate", fault) in first.replace("`", ""), fault
        assert expected("extract", fault) in other.replace("`", ""), fault
