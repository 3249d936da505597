"""The argument JOB of the commands that tell or go on with a job that ran earlier."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from loanbatch.errors import LoanbatchError, UnknownJobError

if TYPE_CHECKING:
    from loanbatch.api import BatchProcessingHandler

#: Stands for the job that began last.
LATEST = "latest"
#: Stands for the job that comes first of those that wait.
NEXT = "next"
#: Jobs that a shell proposes.
_PROPOSED = 50


def job_argument(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the argument JOB, which a shell can complete."""
    return _argument(LATEST)(command)


def waiting_job_argument(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the argument JOB that may be `next` as well."""
    return _argument(LATEST, NEXT)(command)


def loans_argument(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the argument `ids`: jobs, for all of their loans, and loans."""
    return click.argument(
        "ids",
        metavar="JOB|LOAN...",
        nargs=-1,
        required=True,
        shell_complete=_completion(LATEST),
    )(command)


def _argument(*words: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    metavar = "|".join(("JOB", *words))
    return click.argument("job", metavar=metavar, shell_complete=_completion(*words))


def _completion(*words: str) -> Callable[[click.Context, click.Parameter, str], list[str]]:
    def proposals(context: click.Context, _: click.Parameter, incomplete: str) -> list[str]:
        return _proposals(context, words, incomplete)

    return proposals


def the_job(handler: BatchProcessingHandler, job: str) -> str:
    """Return the id of the job that is meant.

    Raises:
        UnknownJobError: The latest is meant, and there is none.
    """
    if job != LATEST:
        return job
    newest = handler.list_jobs(1)
    if not newest:
        raise UnknownJobError(f"there are no jobs in {handler.settings.home} yet")
    return str(newest[0]["job_id"])


def _proposals(context: click.Context, words: Sequence[str], incomplete: str) -> list[str]:
    """Return the newest jobs that begin so; none where there is no database yet."""
    from loanbatch.jobstore import JobStore
    from loanbatch.settings import load_settings

    config = context.params.get("config")
    try:
        settings = load_settings(
            {"home": context.params.get("home")}, config_file=Path(config) if config else None
        )
        if not settings.database and not (settings.home / "loanbatch.db").exists():
            return []
        store = JobStore(settings.database_url)
        jobs = [job["job_id"] for job in store.jobs(_PROPOSED)]
        store.close()
    except LoanbatchError:
        return []
    return [name for name in (*words, *jobs) if name.startswith(incomplete)]
