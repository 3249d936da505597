"""Whole jobs whose PostgreSQL goes away: they end as if nothing had happened, or can be resumed."""

import functools
import threading

import pytest
from playhouse.db_url import connect

from loanbatch import hookimpl
from loanbatch.errors import StorageFailedError
from loanbatch.results import JobStatus

TEXTS = {f"n{number:02}": f"note x={number}" for number in range(30)} | {"bad": "", "n99": "note"}
SHOWN = "SELECT file_name, status, error_code, sha256, loan_id FROM results ORDER BY position"
COUNTS = (
    "SELECT total_documents, processed_documents, successful_documents, failed_documents,"
    " skipped_documents, status FROM processing_jobs"
)
TRIES = "SELECT result_id, outcome FROM attempts ORDER BY 1, 2"
STORED = "SELECT document_id, name, value, chosen FROM fields ORDER BY 1, 2, 3, 4"
LOANS = "SELECT loan_id, document_count FROM loans ORDER BY 1"


@pytest.fixture
def make_settings(make_settings, bundled):
    """Settings under which the plugin `records` keeps values in the same database."""
    blocked = tuple(name for name in bundled if name != "records")
    return functools.partial(make_settings, no_plugins=blocked)


def everything(url):
    database = connect(url)
    found = [database.execute_sql(query).fetchall() for query in (SHOWN, COUNTS, STORED, LOANS)]
    tries = [outcome for _, outcome in database.execute_sql(TRIES).fetchall()]
    database.close()
    return [*found, sorted(tries)]


@pytest.fixture
def undisturbed(make_handler, write, tmp_path):
    """Return the paths of a batch, and what is in the database after a calm run."""
    paths = [str(path) for path in write(**TEXTS)]
    url = f"sqlite:///{tmp_path}/calm.db"
    handler = make_handler(database=url)
    handler.process(paths)
    handler.close()
    return paths, plain(everything(url))


def plain(found):
    """Make equal what differs by the kind of database: tuples, and numbers for truth."""
    return [[tuple(row) if isinstance(row, tuple) else row for row in rows] for rows in found]


class Disturbance:
    """Does something to the server when a document is extracted, each time or once."""

    def __init__(self, action, at=None):
        self.action = action
        self.at = at
        self.count = 0

    @hookimpl
    def extract(self):
        self.count += 1
        if self.at in (None, self.count):
            self.action()
        return ()


def end_connections(server, url):
    server.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s",
        url.rpartition("/")[2],
    )


def test_batch_whose_connections_are_ended_at_every_document_ends_as_if_undisturbed(
    make_handler, undisturbed, postgres_server, postgres_url
):
    paths, wanted = undisturbed
    disturbance = Disturbance(lambda: end_connections(postgres_server, postgres_url))

    summary = make_handler(disturbance, database=postgres_url).process(paths)

    assert summary.status is JobStatus.COMPLETED_WITH_ERRORS
    assert disturbance.count == 31
    assert plain(everything(postgres_url)) == wanted


def test_batch_whose_server_restarts_ends_as_if_undisturbed(
    make_handler, undisturbed, postgres_server, postgres_url
):
    paths, wanted = undisturbed
    restart = threading.Timer(0.5, postgres_server.start)

    def crash():
        postgres_server.stop()
        restart.start()

    try:
        make_handler(Disturbance(crash, at=10), database=postgres_url).process(paths)
    finally:
        restart.join()

    assert plain(everything(postgres_url)) == wanted


def test_batch_whose_answers_are_lost_counts_everything_once(
    make_handler, undisturbed, postgres_server, postgres_url, make_proxy
):
    paths, wanted = undisturbed
    proxy = make_proxy(postgres_server.port)
    proxy.after = True
    behind = postgres_url.replace(str(postgres_server.port), str(proxy.port))

    def lose_the_next_answer():
        proxy.cut_on = b"COMMIT"

    handler = make_handler(Disturbance(lose_the_next_answer), database=behind)
    handler.process(paths)
    handler.close()

    assert plain(everything(postgres_url)) == wanted


def test_job_whose_server_stays_away_tells_how_to_go_on_and_does(
    make_handler, undisturbed, postgres_server, postgres_url
):
    paths, wanted = undisturbed
    handler = make_handler(
        Disturbance(postgres_server.stop, at=10),
        database=postgres_url,
        storage_patience_seconds=0.3,
    )
    try:
        with pytest.raises(StorageFailedError) as caught:
            handler.process(paths)
    finally:
        postgres_server.start()
    (job,) = handler.list_jobs()

    summary = handler.resume(job["job_id"])

    assert "the database did not answer for 0.3 seconds" in caught.value.message
    assert f"go on with `loanbatch resume {job['job_id']}`" in caught.value.message
    assert caught.value.retryable
    assert 0 < job["processed_documents"] < 32
    assert summary.processed_documents == 32
    handler.close()
    assert plain(everything(postgres_url)) == wanted
