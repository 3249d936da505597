"""The project's chores: `nox` runs lint, types and tests; `nox -l` lists all."""

import nox

nox.needs_version = ">=2025.5"
nox.options.default_venv_backend = "venv"
nox.options.sessions = ["lint", "types", "tests"]

PROJECT = nox.project.load_toml("pyproject.toml")


def _install(session: nox.Session, group: str) -> None:
    session.install("-e", ".", *nox.project.dependency_groups(PROJECT, group))


@nox.session
def lint(session: nox.Session) -> None:
    """Check style and the import contracts."""
    _install(session, "lint")
    session.run("ruff", "check")
    session.run("ruff", "format", "--check")
    session.run("lint-imports")


@nox.session
def types(session: nox.Session) -> None:
    """Check types, strictly."""
    _install(session, "types")
    session.run("mypy")


@nox.session
def tests(session: nox.Session) -> None:
    """Run the tests; arguments after -- go to pytest."""
    _install(session, "tests")
    session.run("pytest", *(session.posargs or ["-n", "auto"]))


@nox.session
def docs(session: nox.Session) -> None:
    """Build the documentation site into site/."""
    _install(session, "docs")
    session.run("mkdocs", "build", "--strict")


@nox.session
def bench(session: nox.Session) -> None:
    """Measure speed and memory; arguments after -- go to the benchmark.

    Which pages take longest tells tests/benchmarks/slowest_pages.py. What is measured is what
    people install: peewee loads any driver of a database that it finds.
    """
    session.install("-e", ".[testing]")
    session.run("python", "tests/benchmarks/run.py", *session.posargs)


@nox.session
def scale(session: nox.Session) -> None:
    """Watch one job of 20,000 files; arguments after -- go to the script."""
    _install(session, "tests")
    session.run("python", "tests/benchmarks/many_files.py", *session.posargs)


@nox.session
def accuracy(session: nox.Session) -> None:
    """Measure what is read of samples, clean and degraded; arguments after -- go to the script."""
    _install(session, "tests")
    session.run("python", "tests/benchmarks/round_trip.py", *session.posargs)


@nox.session
def weights(session: nox.Session) -> None:
    """Learn the weights of the candidate ranking; arguments after -- are folders of labels."""
    _install(session, "tests")
    session.run("python", "tests/training/learn_weights.py", *session.posargs)


@nox.session
def fuzz(session: nox.Session) -> None:
    """Process 5,000 damaged files and every hostile one; TEST_MUTATIONS sets another number."""
    _install(session, "tests")
    session.env.setdefault("TEST_MUTATIONS", "5000")
    tests = ("tests/end_to_end/test_mutations.py", "tests/end_to_end/test_hostile.py")
    session.run("pytest", *(session.posargs or tests))


@nox.session
def checks(session: nox.Session) -> None:
    """Try the checks on true values and on misread ones; arguments are folders of labels."""
    _install(session, "tests")
    session.run("python", "tests/benchmarks/checks.py", *session.posargs)
