"""Databases that are lost and come back: every transaction is committed once, or told as failed."""

import functools
import itertools
import socket
import threading
import time

import pytest
from playhouse.db_url import connect

from loanbatch.database import PatientDatabase, bring_up_to_date
from loanbatch.errors import SettingsError, StorageFailedError

ADD = "UPDATE counts SET n = n + 1"


def create(database):
    database.run("CREATE TABLE counts (n INTEGER NOT NULL)")
    database.run("INSERT INTO counts VALUES (0)")


def bring(database, *steps):
    database.open(lambda d: bring_up_to_date(d, "counts", steps))


@pytest.fixture
def opened():
    """Return a function that opens a database with one count, at first 0; all are closed."""
    found = []

    def open_one(url, patience=30.0):
        database = PatientDatabase(url, patience=patience)
        found.append(database)
        bring(database, create)
        return database

    yield open_one
    for database in found:
        database.close()


def count(database):
    return database.read(lambda: database.run("SELECT n FROM counts").fetchone()[0])


class Adder:
    """Adds one, and knows how often it was asked to."""

    def __init__(self, database):
        self.database = database
        self.runs = 0

    def __call__(self):
        self.runs += 1
        self.database.run(ADD)
        return "added"


@pytest.fixture
def database(opened, postgres_url):
    return opened(postgres_url)


@pytest.fixture
def proxied(database, postgres_url, make_proxy, postgres_server):
    """Return a database behind a proxy, and the proxy."""
    proxy = make_proxy(postgres_server.port)
    behind = PatientDatabase(
        postgres_url.replace(str(postgres_server.port), str(proxy.port)), patience=30.0
    )
    yield behind, proxy
    behind.close()


def messages_of_one_transaction(proxied):
    """Return how many messages one transaction takes, with those that connect."""
    behind, proxy = proxied
    behind.write(Adder(behind))
    behind.close()
    seen, proxy.seen = proxy.seen, 0
    return seen


@pytest.mark.parametrize("after", [False, True], ids=["message lost", "answer lost"])
@pytest.mark.parametrize("silently", [False, True], ids=["noticed", "unnoticed"])
def test_transaction_counts_once_wherever_it_is_cut(proxied, database, after, silently):
    behind, proxy = proxied
    messages = messages_of_one_transaction(proxied)
    runs = []
    for place in range(messages):
        behind.close()
        proxy.seen, proxy.cut_at, proxy.after, proxy.silently = 0, place, after, silently
        adder = Adder(behind)

        assert behind.write(adder) == "added"

        runs.append(adder.runs)
        assert count(database) == place + 2
    assert messages >= 5
    assert max(runs) == 2


def test_commit_whose_answer_was_lost_is_not_done_again(proxied, database):
    behind, proxy = proxied
    proxy.cut_on, proxy.after = b"COMMIT", True
    adder = Adder(behind)

    behind.write(adder)

    assert (adder.runs, count(database)) == (1, 1)
    assert proxy.cut_on is None


def test_nothing_is_lost_while_connections_are_ended_again_and_again(
    database, postgres_server, postgres_url
):
    name = postgres_url.rpartition("/")[2]

    def end_connections():
        for number in range(20):
            time.sleep(0.003 * (number % 7))
            postgres_server.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", name
            )

    killer = threading.Thread(target=end_connections)
    adder = Adder(database)
    writes = 0
    killer.start()
    while killer.is_alive():
        database.write(adder)
        writes += 1

    assert count(database) == writes


@pytest.mark.parametrize("mode", ["immediate", "fast"])
def test_server_that_stops_is_waited_for(database, postgres_server, mode):
    adder = Adder(database)
    database.write(adder)
    postgres_server.stop(mode)
    restart = threading.Timer(0.5, postgres_server.start)
    restart.start()
    try:
        database.write(adder)
    finally:
        restart.join()

    assert count(database) == 2


def test_server_that_stays_away_is_an_error_and_is_asked_once_from_then_on(
    opened, postgres_server, postgres_url
):
    database = opened(postgres_url, patience=0.4)
    adder = Adder(database)
    postgres_server.stop()
    try:
        with pytest.raises(StorageFailedError) as caught:
            database.write(adder)
        began = time.monotonic()
        for _ in range(5):
            with pytest.raises(StorageFailedError):
                database.write(adder)
        waited = time.monotonic() - began
    finally:
        postgres_server.start()

    assert caught.value.message == (
        "the database did not answer for 0.4 seconds (no server answers at its address)"
    )
    assert waited < 5 * 0.4
    assert database.write(adder) == "added"
    assert count(database) == 1


def test_server_that_is_not_there_is_told_at_once_at_the_start(opened, unused_port):
    began = time.monotonic()

    with pytest.raises(StorageFailedError, match="no server answers at its address"):
        opened(f"postgresql://loanbatch@127.0.0.1:{unused_port}/none", patience=600.0)

    assert time.monotonic() - began < 60


@pytest.fixture
def unused_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture
def mute_port():
    """Return a port whose connections are taken by the system, and by nobody else."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener.getsockname()[1]


def test_server_that_takes_a_connection_and_says_nothing_is_told_at_the_start(opened, mute_port):
    url = f"postgresql://loanbatch@127.0.0.1:{mute_port}/none?connect_timeout=2"

    with pytest.raises(StorageFailedError, match="nothing answers at its address"):
        opened(url, patience=600.0)


@pytest.fixture
def impatient(proxied):
    """Return a database behind a proxy that waits two seconds for an answer, and the proxy."""
    behind, proxy = proxied
    hasty = PatientDatabase(url_of(behind), patience=2.0)
    yield hasty, proxy
    hasty.close()


def url_of(database):
    told = database.peewee.connect_params
    return f"postgresql://loanbatch@127.0.0.1:{told['port']}/{database.peewee.database}"


@pytest.mark.parametrize("word", [b"BEGIN", b"UPDATE", b"COMMIT"])
@pytest.mark.parametrize("after", [False, True], ids=["message lost", "answer lost"])
def test_server_that_falls_silent_and_comes_back_counts_once(impatient, database, word, after):
    behind, proxy = impatient
    behind.write(Adder(behind))
    proxy.mute_on, proxy.after = word, after
    back = threading.Timer(1.0, functools.partial(setattr, proxy, "mute", False))
    back.start()

    assert behind.write(Adder(behind)) == "added"

    back.join()
    assert count(database) == 2


def test_server_that_stays_silent_is_an_error(impatient, database):
    behind, proxy = impatient
    behind.write(Adder(behind))
    proxy.mute = True

    with pytest.raises(StorageFailedError) as caught:
        behind.write(Adder(behind))

    assert caught.value.message == (
        "the database did not answer for 2 seconds (nothing answers at its address)"
    )
    assert count(database) == 1


def test_server_that_is_busy_for_longer_is_waited_for_where_tables_are_brought_up_to_date(
    opened, postgres_url
):
    def slow(database):
        database.run("SELECT pg_sleep(2.5)")
        create(database)

    database = PatientDatabase(postgres_url, patience=1.0)
    bring(database, slow)

    with pytest.raises(StorageFailedError, match="gives no answer"):
        database.read(lambda: database.run("SELECT pg_sleep(4)"))

    assert count(database) == 0
    database.close()


def test_row_that_another_keeps_is_waited_for(impatient, database, postgres_url):
    behind, _ = impatient
    other = connect(postgres_url)
    other.begin()
    other.execute_sql(ADD)

    def write():
        behind.write(Adder(behind))
        behind.close()

    writer = threading.Thread(target=write)
    writer.start()
    time.sleep(3.0)
    other.commit()
    writer.join()
    other.close()

    assert count(database) == 2


def test_address_may_have_any_user_in_the_way_of_addresses(opened, postgres_server, postgres_url):
    postgres_server.execute('CREATE ROLE "loan@batch" LOGIN SUPERUSER')

    database = opened(postgres_url.replace("loanbatch@", "loan%40batch@"))

    user = database.read(lambda: database.run("SELECT current_user").fetchone()[0])
    assert user == "loan@batch"


def test_refusal_is_told_without_what_was_to_be_written(database):
    def insert():
        database.run("INSERT INTO counts VALUES (?)", ("a secret",))

    with pytest.raises(StorageFailedError) as caught:
        database.write(insert)

    assert caught.value.message.startswith("the database refused (")
    assert "secret" not in caught.value.message


def test_reader_that_becomes_a_writer_is_not_refused(opened, tmp_path):
    database = opened(f"sqlite:///{tmp_path}/counts.db")
    others = opened(f"sqlite:///{tmp_path}/counts.db")
    written = iter(range(1))

    def write():
        others.write(Adder(others))
        others.close()

    writer = threading.Thread(target=write)

    def read_then_write():
        database.run("SELECT n FROM counts").fetchone()
        for _ in written:
            writer.start()
        database.run(ADD)

    database.write(read_then_write)
    writer.join()

    assert count(database) == 2


def test_action_inside_an_action_is_part_of_it(opened, database_url):
    database = opened(database_url)

    def both():
        database.write(Adder(database))
        assert count(database) == 1
        raise StorageFailedError("on the second thought")

    with pytest.raises(StorageFailedError, match="second thought"):
        database.write(both)

    assert count(database) == 0


def test_steps_are_applied_once_by_many_at_once(opened, database_url):
    started = itertools.count()
    together = threading.Barrier(4)

    def step(database):
        next(started)
        time.sleep(0.05)
        create(database)

    def migrate():
        database = PatientDatabase(database_url, patience=30.0)
        together.wait()
        bring(database, step)
        database.close()

    threads = [threading.Thread(target=migrate) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert next(started) == 1
    database = opened(database_url)
    assert count(database) == 0


def test_steps_that_fail_leave_the_version_of_before(opened, database_url):
    def fails(database):
        database.run("CREATE TABLE others (n INTEGER)")
        raise StorageFailedError("out of luck")

    def add_column(database):
        database.run("ALTER TABLE counts ADD COLUMN name VARCHAR(10)")

    database = opened(database_url)
    with pytest.raises(StorageFailedError, match="out of luck"):
        bring(database, create, add_column, fails)

    bring(database, create, add_column)

    names = database.read(lambda: [c.name for c in database.peewee.get_columns("counts")])
    assert names == ["n", "name"]


def test_tables_of_a_newer_version_are_refused(opened, database_url):
    database = opened(database_url)

    with pytest.raises(SettingsError) as caught:
        bring(database)

    assert caught.value.message == (
        "the database has version 1 of the tables 'counts', this loanbatch knows 0: install a"
        " newer loanbatch, or name another database"
    )
    assert count(database) == 0
