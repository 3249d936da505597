"""Large jobs: any number of workers gives the same, and nothing is done again for each document."""

import sqlite3
import subprocess
import sys
from collections import Counter
from contextlib import closing

import pytest

#: What runs cannot have in common; attempts and events are numbered in order of completion.
UNEQUAL = {"id", "result_id", "job_id", "processing_time", "timestamp", "started_at", "ended_at"}
UNEQUAL |= {"payload", "created_at", "completed_at", "moment", "lease_holder", "lease_until"}

SEQUENTIAL, INLINE = {"executor": "isolated", "workers": 1}, {"executor": "inline"}
PARALLEL = [{"executor": "isolated", "workers": workers} for workers in (2, 3)]


def texts(*faults):
    """Return 40 documents: most are good, others empty, copies, broken or one of the faults."""
    found = {}
    for number in range(40):
        text = f"note x={number}" if number % 9 else f"note x={number} raise"
        if number % 7 == 3:
            text = ""
        elif number % 8 == 5:
            text = found[f"f{number - 1:02}"]
        elif faults and number % 10 == 6:
            text = f"note {faults[number // 10 % len(faults)]} {number}"
        found[f"f{number:02}"] = text
    return found


def outcome(handler, paths, home):
    """Return what a run gives to a caller, and what it leaves in the database."""
    summary = handler.process_batch_from_paths(paths)
    results = [
        {k: v for k, v in result.to_dict().items() if k not in UNEQUAL}
        for result in summary.results
    ]
    with closing(sqlite3.connect(home / "loanbatch.db")) as database:
        database.row_factory = sqlite3.Row
        tables = {
            "jobs": "SELECT * FROM processing_jobs",
            "results": "SELECT * FROM results ORDER BY position",
            "attempts": "SELECT position, attempts.* FROM attempts JOIN results"
            " ON results.id = result_id ORDER BY position",
            "events": "SELECT * FROM events ORDER BY position, id",
        }
        rows = {
            name: [
                {k: row[k] for k in row.keys() if k not in UNEQUAL}  # noqa: SIM118 -- a row
                for row in database.execute(query)
            ]
            for name, query in tables.items()
        }
    return summary.status, results, rows


@pytest.mark.parametrize("others", [*PARALLEL, INLINE], ids=["2 workers", "3 workers", "inline"])
def test_results_and_database_are_those_of_a_sequential_run(
    make_handler, faults, write, tmp_path, others
):
    paths = write(**texts())
    outcomes = []
    for name, settings in (("one", SEQUENTIAL), ("other", others)):
        handler = make_handler(faults, home=tmp_path / name, **settings)
        outcomes.append(outcome(handler, paths, tmp_path / name))

    assert outcomes[0] == outcomes[1]
    assert [result["file_name"] for result in outcomes[0][1]] == [path.name for path in paths]
    statuses = Counter(result["status"] for result in outcomes[0][1])
    assert set(statuses) == {"success", "failed", "skipped"}


@pytest.mark.parametrize("others", PARALLEL, ids=["2 workers", "3 workers"])
def test_deaths_and_time_limits_are_those_of_a_sequential_run(
    make_handler, faults, write, tmp_path, others
):
    paths = write(**texts("hang", "kill", "exit", "memory"))
    outcomes = []
    for name, settings in (("one", SEQUENTIAL), ("other", others)):
        limits = {"timeout_seconds": 1, "memory_limit_mb": 200}
        handler = make_handler(faults, home=tmp_path / name, **limits, **settings)
        outcomes.append(outcome(handler, paths, tmp_path / name))

    assert outcomes[0] == outcomes[1]
    codes = Counter(result["error_code"] for result in outcomes[0][1])
    assert (codes["timeout"], codes["worker_crashed"], codes["out_of_memory"]) == (1, 2, 1)


COUNTING_PLUGIN = """
import os, pathlib
from loanbatch import hookimpl

@hookimpl
def register_fields():
    with pathlib.Path("builds").open("a") as stream:
        stream.write(f"{os.getpid()}\\n")
    return []
"""

PROGRAM = """
import multiprocessing, os, pathlib, sys
from loanbatch import BatchProcessingHandler, load_settings

if __name__ == "__main__":
    multiprocessing.set_start_method(sys.argv[1])
    own = {"home": "home", "executor": "isolated", "workers": 2, "plugins": ["counting.py"]}
    with BatchProcessingHandler(load_settings(own)) as handler:
        paths = sorted(pathlib.Path("inputs").iterdir())
        print(os.getpid(), handler.process_batch_from_paths(paths).processed_documents)
"""


@pytest.mark.parametrize("method", ["fork", "spawn"])
def test_registry_is_built_once_in_a_process_and_not_for_each_document(tmp_path, method):
    if method == "fork" and sys.platform != "linux":
        pytest.skip("workers are forked on Linux only")
    (tmp_path / "counting.py").write_text(COUNTING_PLUGIN)
    (tmp_path / "program.py").write_text(PROGRAM)
    (tmp_path / "inputs").mkdir()
    for number in range(30):
        (tmp_path / "inputs" / f"{number}.pdf").write_text(f"no document {number}")

    done = subprocess.run(
        [sys.executable, "program.py", method],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )

    coordinator, processed = done.stdout.split()
    builds = Counter((tmp_path / "builds").read_text().split())
    assert processed == "30"
    assert set(builds.values()) == {1}
    assert coordinator in builds
    workers = len(builds) - 1
    assert workers == 0 if method == "fork" else 1 <= workers <= 2
