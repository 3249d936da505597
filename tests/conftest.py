"""What all tests share: a PostgreSQL server, where one is installed, for the whole session."""

import os
import shutil
import socket
import subprocess
from pathlib import Path

import pytest


def _postgres_programs():
    found = shutil.which("initdb")
    folders = [Path(found).parent] if found else []
    folders += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    return next((folder for folder in folders if (folder / "pg_ctl").exists()), None)


def _unprivileged():
    """Return arguments for subprocess that leave root, which the server refuses to run as."""
    if os.geteuid() != 0:
        return {}
    import pwd

    name = "postgres" if "postgres" in {user.pw_name for user in pwd.getpwall()} else "nobody"
    return {"user": name, "extra_groups": []}


@pytest.fixture(scope="session")
def postgres_url():
    pytest.importorskip("psycopg", reason="the driver of PostgreSQL is not installed")
    programs = _postgres_programs()
    if programs is None:
        pytest.skip("there is no PostgreSQL server on this computer")
    import tempfile

    who = _unprivileged()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    folder = Path(tempfile.mkdtemp(prefix="loanbatch-postgres-"))
    if who:
        shutil.chown(folder, who["user"])
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, **who}
    quiet["cwd"] = folder
    data = folder / "data"
    subprocess.run(
        [programs / "initdb", "-D", data, "-A", "trust", "-U", "loanbatch", "-N"],
        check=True,
        **quiet,
    )
    options = f"-p {port} -k {folder} -c listen_addresses=127.0.0.1 -c fsync=off"
    control = [programs / "pg_ctl", "-D", data, "-w"]
    subprocess.run([*control, "-o", options, "start"], check=True, **quiet)
    try:
        yield f"postgresql://loanbatch@127.0.0.1:{port}/postgres"
    finally:
        subprocess.run([*control, "-m", "immediate", "stop"], check=True, **quiet)
        shutil.rmtree(folder, ignore_errors=True)
