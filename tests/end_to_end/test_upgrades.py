"""Databases that earlier versions wrote: they become those of today, whatever interrupts that.

`databases/jobs-N.KIND.sql` is a dump of what the code wrote whose job tables had version N: a job
that was stopped after three of its four documents. A new step of either component needs a new dump.
"""

import functools
import re
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from playhouse.db_url import connect

from loanbatch import BatchProcessingHandler, load_settings
from loanbatch.jobstore import JobStore
from loanbatch.jobstore._migrations import STEPS
from loanbatch_plugins.records import _migrations as records
from loanbatch_plugins.records._database import close_databases, open_database

DUMPS = Path(__file__).parent / "databases"
VERSIONS = range(1, len(STEPS) + 1)
TABLES = (
    "attempts", "documents", "events", "fields", "findings", "job_inputs", "loans",
    "processing_jobs", "results",
)  # fmt: skip
#: Opens the database of argument 1 and is killed at the statement of number argument 2.
KILLED = """
import os, signal, sys
from peewee import Database
from loanbatch.jobstore import JobStore
left = int(sys.argv[2])
execute = Database.execute_sql
def count(self, *arguments):
    global left
    left -= 1
    if left < 0:
        os.kill(os.getpid(), signal.SIGKILL)
    return execute(self, *arguments)
Database.execute_sql = count
JobStore(sys.argv[1])
print(int(sys.argv[2]) - left)
"""


@pytest.fixture(params=VERSIONS)
def version(request):
    return request.param


@pytest.fixture
def earlier(database_url, version):
    """Return the address of a database as an earlier version left it."""
    load(database_url, version)
    yield database_url
    close_databases()


def load(url, version):
    kind = url.partition(":")[0]
    dump = (DUMPS / f"jobs-{version}.{kind}.sql").read_text(encoding="utf-8")
    if kind == "sqlite":
        with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as database:
            database.executescript(dump)
    else:
        import psycopg

        with psycopg.connect(url) as connection:
            connection.execute(dump)


def upgrade(url):
    store = JobStore(url)
    store.close()
    open_database(url, patience=0.0)
    close_databases()


def layout(url):
    """Return the columns and indexes of all tables."""
    found = {}
    with closing(connect(url)) as database:
        for table in TABLES:
            columns = {(c.name, c.null, c.primary_key) for c in database.get_columns(table)}
            indexes = {(tuple(i.columns), i.unique) for i in database.get_indexes(table)}
            found[table] = columns, indexes
        versions = database.execute_sql("SELECT component, version FROM schema_versions")
        found["versions"] = sorted(tuple(row) for row in versions.fetchall())
    return found


@pytest.fixture
def layout_of_today(database_url, tmp_path, request):
    """Return the layout of a database that was made today, of the kind of `database_url`."""
    if database_url.startswith("sqlite"):
        url = f"sqlite:///{tmp_path}/today.db"
        upgrade(url)
        return layout(url)
    server = request.getfixturevalue("postgres_server")
    name = server.new_database()
    url = f"{server.address}/{name}"
    upgrade(url)
    found = layout(url)
    server.drop_database(name)
    return found


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_every_version_has_a_dump(kind):
    names = {path.name for path in DUMPS.glob(f"*.{kind}.sql")}
    newest = (DUMPS / f"jobs-{len(STEPS)}.{kind}.sql").read_text(encoding="utf-8")
    versions = dict(re.findall(r"VALUES ?\('(\w+)', ?(\d+)\)", newest))

    assert names == {f"jobs-{version}.{kind}.sql" for version in VERSIONS}
    assert versions == {"jobs": str(len(STEPS)), "records": str(len(records.STEPS))}


def test_earlier_database_gets_the_tables_of_today(earlier, layout_of_today):
    upgrade(earlier)

    assert layout(earlier) == layout_of_today


def test_job_of_an_earlier_version_is_gone_on_with(earlier, tmp_path):
    (tmp_path / "absent.toml").write_text("")
    settings = load_settings(
        {"home": tmp_path, "database": earlier, "executor": "inline"},
        config_file=tmp_path / "absent.toml",
        environ={},
    )
    with BatchProcessingHandler(settings) as handler:
        (job,) = handler.list_jobs()
        before = handler._store.summary(job["job_id"]).results[0]
        results = list(handler.resume(job["job_id"]).results)
        (stored,) = handler._store.find(before.document_id)

    assert job["resumable"]
    assert (job["total_documents"], job["processed_documents"]) == (4, 3)
    assert [r.status.value for r in results] == ["success", "failed", "success", "failed"]
    assert [r.error_code for r in results] == [None, "empty", None, "not_found"]
    assert stored == before
    assert stored.documents[0].fields["loan"].value == "7"


def killed_at(url, number):
    """Return the process that was to upgrade a database and killed itself at a statement."""
    return subprocess.run(
        [sys.executable, "-c", KILLED, url, str(number)], capture_output=True, check=False
    )


@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL")
@pytest.mark.parametrize("version", [1], indirect=True)
def test_upgrade_that_is_killed_at_any_statement_is_done_anew(
    earlier, version, layout_of_today, tmp_path, request
):
    copy = functools.partial(another_like, earlier, version, tmp_path, request)
    with copy("counted") as url:
        statements = int(killed_at(url, 10_000).stdout)
    for number in range(1, statements, max(1, statements // 5)):
        with copy(f"killed{number}") as url:
            assert killed_at(url, number).returncode == -signal.SIGKILL
            upgrade(url)
            assert layout(url) == layout_of_today
    assert statements > 5


class another_like:  # noqa: N801 - a context manager
    """Another database of the same kind and version, for a moment."""

    def __init__(self, url, version, tmp_path, request, name):
        self.server = None
        if url.startswith("sqlite"):
            self.url = f"sqlite:///{tmp_path}/{name}.db"
        else:
            self.server = request.getfixturevalue("postgres_server")
            self.name = self.server.new_database()
            self.url = f"{self.server.address}/{self.name}"
        load(self.url, version)

    def __enter__(self):
        return self.url

    def __exit__(self, *_):
        if self.server is not None:
            self.server.drop_database(self.name)


@pytest.mark.parametrize("version", [1], indirect=True)
def test_processes_that_upgrade_at_once_do_so_once(earlier, layout_of_today):
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", KILLED, earlier, "10000"],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        for _ in range(4)
    ]
    ends = [(process.communicate()[1], process.returncode) for process in processes]

    assert ends == [(b"", 0)] * 4
    upgrade(earlier)
    assert layout(earlier) == layout_of_today


@pytest.mark.parametrize("version", [len(STEPS)], indirect=True)
def test_database_of_a_newer_version_is_refused_and_left_alone(earlier, tmp_path):
    upgrade(earlier)
    with closing(connect(earlier)) as database:
        database.execute_sql("UPDATE schema_versions SET version = version + 1")
    before = layout(earlier)

    asked = [sys.executable, "-m", "loanbatch", "jobs", "--home", str(tmp_path)]
    done = subprocess.run(
        [*asked, "--set", f"database={earlier}"], capture_output=True, text=True, check=False
    )

    assert done.returncode == 2
    assert "install a newer loanbatch, or name another database" in done.stderr
    assert layout(earlier) == before


def test_upgrade_keeps_every_row(earlier):
    def rows():
        with closing(connect(earlier)) as database:
            tables = set(database.get_tables()) & set(TABLES)
            counts = {
                table: database.execute_sql(f'SELECT COUNT(*) FROM "{table}"').fetchone()[0]  # noqa: S608
                for table in tables
            }
        return {table: count for table, count in counts.items() if count}

    before = rows()
    upgrade(earlier)

    assert rows() == before
    assert before["results"] == 4
    assert before["fields"] == 2
