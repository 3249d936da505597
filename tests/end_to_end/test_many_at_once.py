"""Processes that work at the same moment: on one job, and with several jobs in one database."""

import itertools
import json
import os
import subprocess
import sys
import time
from collections import Counter
from contextlib import closing

import pytest
from playhouse.db_url import connect

READER = """
import os, time
from pathlib import Path
from attrs import evolve
from loanbatch import hookimpl
from loanbatch.models import Document, Field, Page, TextSource, Validation, Word

@hookimpl
def validate(source):
    return Validation(source=evolve(source, media_type="text/plain", page_count=1))

@hookimpl
def read_pages(source, page_numbers):
    while os.environ.get("GATE") and not Path(os.environ["GATE"]).exists():
        time.sleep(0.01)
    words = tuple(
        Word(text, 10.0 * n, 10.0, 10.0 * n + 9, 20.0)
        for n, text in enumerate(source.read().decode().split())
    )
    layer = TextSource.TEXT_LAYER
    return [Page(number=1, width=612, height=792, words=words, text_source=layer)]

@hookimpl
def classify(pages):
    return [Document(kind="note", first_page=1, last_page=1)]

@hookimpl
def extract(pages):
    for word in pages[0].words:
        name, equals, raw = word.text.partition("=")
        if equals:
            yield Field(
                name=name, raw=raw, page=1, box=word.box, confidence=0.99, extractor="text"
            )

@hookimpl
def normalize(field):
    return evolve(field, value=field.raw)
"""
BLOCKED = ("intake", "pdf_text", "images", "ocr", "classification", "templates", "normalizers")
SHARED = 12
JOBS = 4


class Workplace:
    """A folder with documents, and the commands that process them into one database."""

    def __init__(self, folder, database):
        self.folder = folder
        self.gate = folder / "gate"
        self.options = [
            *("--home", str(folder / "home"), "--set", f"database={database}"),
            *("--plugin", str(folder / "text_reader.py"), "--set", "executor=inline", "--quiet"),
            *(option for name in BLOCKED for option in ("--no-plugin", name)),
        ]
        (folder / "text_reader.py").write_text(READER)

    def write(self, *numbers):
        """Write documents, of three loans in turn, and return a manifest of them."""
        manifest = self.folder / f"{numbers[0]}-{numbers[-1]}.jsonl"
        with manifest.open("w") as stream:
            for number in numbers:
                name = f"{number:03}.txt"
                (self.folder / name).write_text(f"note amount={number} note_number={number % 7}")
                stream.write(json.dumps({"file": name, "loan": f"L-{number % 3}"}) + "\n")
        return str(manifest)

    def start(self, *arguments, gated=False):
        environment = {"GATE": str(self.gate)} if gated else {}
        return subprocess.Popen(
            [sys.executable, "-m", "loanbatch", *arguments, *self.options],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            cwd=self.folder,
            env={**os.environ, **environment},
        )


@pytest.fixture
def workplace(tmp_path, database_url):
    return Workplace(tmp_path, database_url)


def rows(url, query):
    with closing(connect(url)) as database:
        return [tuple(row) for row in database.execute_sql(query).fetchall()]


def wait_for(condition):
    deadline = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def job_at_work(url):
    """Return the id of the one job once it works on its documents."""
    found = []

    def is_there():
        try:
            found[:] = rows(url, "SELECT job_id FROM processing_jobs WHERE status = 'processing'")
        except Exception:  # noqa: BLE001 - no tables yet
            return False
        return bool(found)

    wait_for(is_there)
    return found[0][0]


def ended(process):
    told = process.communicate(timeout=120)[1]
    return process.returncode, told


@pytest.mark.parametrize("command", ["resume", "retry"])
def test_second_process_on_a_job_is_refused_and_the_first_is_not_disturbed(
    workplace, database_url, command
):
    first = workplace.start("run", workplace.write(*range(5)), gated=True)
    job_id = job_at_work(database_url)

    code, told = ended(workplace.start(command, job_id))
    workplace.gate.touch()

    assert code == 2
    assert f"{job_id} is being worked on by process {first.pid} on " in told
    assert "wait for its end, or stop it" in told
    assert ended(first) == (0, "")
    assert rows(database_url, "SELECT status, processed_documents FROM processing_jobs") == [
        ("completed", 5)
    ]
    assert rows(database_url, "SELECT COUNT(*) FROM attempts") == [(5,)]


@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL")
def test_of_processes_that_take_up_a_job_at_once_one_does(workplace, database_url):
    first = workplace.start("run", workplace.write(*range(20)), gated=True)
    job_id = job_at_work(database_url)
    first.kill()
    ended(first)

    others = [workplace.start("resume", job_id, gated=True) for _ in range(4)]
    wait_for(lambda: sum(process.poll() is not None for process in others) >= 3)
    workplace.gate.touch()
    codes = Counter(ended(process)[0] for process in others)

    assert codes == {0: 1, 2: 3}
    assert rows(database_url, "SELECT status, processed_documents FROM processing_jobs") == [
        ("completed", 20)
    ]
    assert rows(database_url, "SELECT COUNT(*) FROM attempts") == [(20,)]
    assert rows(database_url, "SELECT COUNT(*) FROM documents") == [(20,)]


def test_jobs_at_once_in_one_database_end_like_jobs_one_after_the_other(workplace, database_url):
    shared = range(SHARED)
    own = [range(100 * number, 100 * number + 8) for number in range(1, JOBS + 1)]
    batches = [workplace.write(*itertools.chain(numbers, shared)) for numbers in own]

    jobs = [workplace.start("run", batch, "--reprocess") for batch in batches]
    ends = [ended(job) for job in jobs]

    assert ends == [(0, "")] * JOBS
    total = 8 + SHARED
    assert (
        rows(
            database_url,
            "SELECT status, total_documents, processed_documents, successful_documents"
            " FROM processing_jobs",
        )
        == [("completed", total, total, total)] * JOBS
    )
    assert rows(database_url, "SELECT COUNT(*) FROM attempts") == [(JOBS * total,)]
    numbers = sorted({*shared, *itertools.chain(*own)})
    loans = Counter(f"L-{number % 3}" for number in numbers)
    assert rows(database_url, "SELECT loan_id, document_count FROM loans ORDER BY 1") == sorted(
        loans.items()
    )
    assert rows(database_url, "SELECT COUNT(*) FROM documents") == [(len(numbers),)]
    values = rows(database_url, "SELECT value FROM fields WHERE name = 'amount'")
    assert sorted(int(value) for (value,) in values) == numbers
