"""What `loanbatch doctor` knows of the database, the stored objects and temporary files.

Looking changes nothing; `_mending` does. Objects are looked through by functions that a store
plugin may offer beside its hooks: `list_objects`, `inspect_objects`, `unfinished`,
`keeps_originals`, and for mending `remove_objects`, `remove_unfinished`, `set_aside`, `restore`.
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from attrs import field, frozen

from loanbatch import temporary
from loanbatch.cli._check import Check, State, some
from loanbatch.errors import LoanbatchError, NotFoundError
from loanbatch.jobstore import Examination, Health
from loanbatch.registry import Registry
from loanbatch.settings import Settings

#: Bytes.
_GIGABYTE = 1024**3
#: With less free than this (bytes) the next batch may fail.
_LITTLE_SPACE = 1 * _GIGABYTE
_NO_SPACE = 50 * 1024**2
_MEND = "`loanbatch doctor --repair`"


@frozen(kw_only=True)
class Stock:
    """What was found among the stored objects."""

    #: How many there are.
    count: int = 0
    #: By key, the hash of the original, of those that no result knows.
    orphans: dict[str, str] = field(factory=dict)
    #: Of those whose bytes are not what they were: by key the hash of an original, None for what
    #: was made from one.
    damaged: dict[str, str | None] = field(factory=dict)
    #: Keys of those that are encrypted with a key that was not given.
    locked: tuple[str, ...] = ()
    #: Keys of those that would be stored otherwise today: not encrypted, or under an older key.
    outdated: tuple[str, ...] = ()
    #: Hashes of documents that were processed and whose original is not there.
    missing: tuple[str, ...] = ()
    #: Keys of files that interrupted writes left.
    unfinished: tuple[str, ...] = ()
    #: Whether every object was read.
    is_verified: bool = False
    #: Whether the database knows any document: else it may be the wrong one.
    is_known: bool = False
    #: Why nothing could be found out; empty where it could.
    problem: str = ""


@frozen(kw_only=True)
class Storage:
    """The state of all that is stored."""

    #: None where there is no database yet.
    health: Health | None
    #: Why the database cannot be looked at; empty where it can.
    problem: str = ""
    newest_job: str = ""
    stock: Stock
    left_overs: tuple[temporary.LeftOver, ...]


def look(registry: Registry, *, grace: float, verify: bool) -> Storage:
    """Find out the state of all that is stored.

    Args:
        registry: Plugins and settings.
        grace: Seconds from which a temporary file without a known process counts as left over.
        verify: Read every object and compare it with its hash.
    """
    left = tuple(temporary.left_overs(forgotten_after=temporary.FORGOTTEN_AFTER))
    examination, health, problem, newest = None, None, "", ""
    try:
        examination = Examination(registry.settings.database_url)
        health = examination.health()
        if health.is_present and not health.damage:
            newest = "".join(str(job["job_id"]) for job in examination.jobs(1))
    except NotFoundError:
        pass
    except LoanbatchError as error:
        problem = error.message
    try:
        known = examination if health and health.is_present and not health.damage else None
        stock = _take_stock(registry, known, grace=grace, verify=verify)
    except (LoanbatchError, OSError) as error:
        reason = error.message if isinstance(error, LoanbatchError) else type(error).__name__
        stock = Stock(problem=reason)
    finally:
        if examination is not None:
            examination.close()
    return Storage(health=health, problem=problem, newest_job=newest, stock=stock, left_overs=left)


def _take_stock(
    registry: Registry, examination: Examination | None, *, grace: float, verify: bool
) -> Stock:
    settings = registry.settings
    list_objects = offered(registry, "list_objects")
    if list_objects is None:
        return Stock()
    keys: dict[str, list[str]] = {}
    originals = set()
    for item in list_objects(settings):
        keys.setdefault(item.sha256, []).append(item.key)
        if item.artifact is None:
            originals.add(item.sha256)
    orphans: dict[str, str] = {}
    missing: tuple[str, ...] = ()
    is_known = False
    if examination is not None:
        unknown = examination.unknown_contents(keys)
        orphans = {key: sha256 for sha256 in unknown for key in keys[sha256]}
        contents = list(examination.contents())
        is_known = bool(contents)
        if _asked(registry, "keeps_originals"):
            missing = tuple(sha256 for sha256 in contents if sha256 not in originals)
    read = list(_asked(registry, "inspect_objects") or ()) if verify else []
    return Stock(
        count=sum(map(len, keys.values())),
        orphans=orphans,
        damaged={
            found.item.key: None if found.item.artifact else found.item.sha256
            for found in read
            if found.condition == "damaged"
        },
        locked=tuple(found.item.key for found in read if found.condition == "locked"),
        outdated=tuple(
            found.item.key for found in read if found.condition == "sound" and not found.is_current
        ),
        missing=missing,
        unfinished=tuple(_asked(registry, "unfinished", older_than=grace) or ()),
        is_verified=verify,
        is_known=is_known,
    )


def _asked(registry: Registry, name: str, **arguments: object) -> Any:  # noqa: ANN401
    function = offered(registry, name)
    return None if function is None else function(registry.settings, **arguments)


def offered(registry: Registry, name: str) -> Callable[..., Any] | None:
    """Return a function that a store plugin offers beside its hooks."""
    for _, caller in registry.callers("store"):
        function = getattr(caller.get_hookimpls()[0].plugin, name, None)
        if callable(function):
            return function  # type: ignore[no-any-return]
    return None


def check_storage(registry: Registry, storage: Storage) -> Iterator[Check]:
    """Say how all that is stored is."""
    settings = registry.settings
    yield _home(settings)
    yield _disk(settings)
    yield _database(settings, storage)
    if storage.health is not None:
        yield _jobs(storage.health)
    yield from _objects(settings, storage.stock)
    yield _temporary(storage)


def _home(settings: Settings) -> Check:
    home = Path(settings.home).expanduser().absolute()
    place = _nearest(home)
    if not place.is_dir():
        found = f"{place} is a file, not a folder"
    elif not os.access(place, os.W_OK | os.X_OK):
        found = f"{place} may not be written"
    else:
        return Check(name="home", found=str(home) if place == home else f"{home}, not made yet")
    advice = "name a folder that you may write: --home DIR, or the setting home"
    return Check(name="home", state=State.MISSING, found=found, advice=advice)


def _nearest(path: Path) -> Path:
    """Return a path, or the nearest folder above it that is there."""
    return next(place for place in (path, *path.parents) if place.exists())


def _disk(settings: Settings) -> Check:
    free = shutil.disk_usage(_nearest(Path(settings.home).expanduser().absolute())).free
    state = State.OK
    if free < _LITTLE_SPACE:
        state = State.MISSING if free < _NO_SPACE else State.ATTENTION
    return Check(
        name="disk",
        state=state,
        found=f"{free / _GIGABYTE:.1f} GB free",
        advice="" if state is State.OK else "free space, or move home to another disk",
    )


def _database(settings: Settings, storage: Storage) -> Check:
    where, health = without_password(settings.database_url), storage.health
    if storage.problem:
        return Check(
            name="database",
            state=State.MISSING,
            found=f"{where}: {storage.problem}",
            advice="see that it is there and readable, or name another: the setting database",
        )
    if health is None or (health.version == 0 and not health.damage):
        return Check(name="database", found=f"{where}, not made yet")
    if health.damage:
        return Check(
            name="database",
            state=State.DAMAGED,
            found=f"{where}: {health.damage}",
            advice="put back a copy of it: docs/how-to/back-up-and-restore.md",
        )
    if not health.is_present:
        return Check(
            name="database",
            state=State.MENDABLE,
            found=f"{where}, tables of an earlier version ({health.version})",
            advice=f"{_MEND} or the next run brings them up to date",
        )
    last = f"newest job {storage.newest_job}" if storage.newest_job else "no job yet"
    return Check(name="database", found=f"{where}, {last}")


def _jobs(health: Health) -> Check:
    if health.abandoned:
        return Check(
            name="jobs",
            state=State.MENDABLE,
            found=f"abandoned by a process that is gone: {some(health.abandoned)}",
            advice=f"`loanbatch resume JOB` goes on with one; {_MEND} sets them free",
            items=health.abandoned,
        )
    if health.waiting:
        return Check(
            name="jobs",
            found=f"unfinished: {some(health.waiting)}",
            advice="`loanbatch resume JOB` goes on with one",
            items=health.waiting,
        )
    return Check(name="jobs", found=f"{len(health.at_work) or 'none'} at work, none abandoned")


def _objects(settings: Settings, stock: Stock) -> Iterator[Check]:
    where = without_password(settings.objects_url)
    if stock.problem:
        yield Check(name="objects", state=State.MISSING, found=f"{where}: {stock.problem}")
        return
    troubles = [check for check in (_orphans(stock), _unfinished(stock)) if check]
    troubles += [check for check in (_damaged(stock), _missing(stock)) if check]
    troubles += [check for check in (_locked(stock), _outdated(stock)) if check]
    read = "all of them read" if stock.is_verified else "not read (--quick)"
    yield Check(name="objects", found=f"{where}, {stock.count} objects, {read}")
    yield from troubles


def _orphans(stock: Stock) -> Check | None:
    if not stock.orphans:
        return None
    found = f"{len(stock.orphans)} that no result knows: {some(stock.orphans)}"
    if not stock.is_known:
        return Check(
            name="orphaned objects",
            state=State.ATTENTION,
            found=found,
            advice="the database knows no document at all, so they stay: is it the right one?",
            items=tuple(stock.orphans),
        )
    return Check(
        name="orphaned objects",
        state=State.MENDABLE,
        found=found,
        advice=f"an interrupted run may have left them; {_MEND} removes those older than --grace",
        items=tuple(stock.orphans),
    )


def _unfinished(stock: Stock) -> Check | None:
    if not stock.unfinished:
        return None
    return Check(
        name="unfinished objects",
        state=State.MENDABLE,
        found=f"{len(stock.unfinished)} files of interrupted writes",
        advice=f"{_MEND} removes them",
        items=stock.unfinished,
    )


def _damaged(stock: Stock) -> Check | None:
    if not stock.damaged:
        return None
    return Check(
        name="damaged objects",
        state=State.MENDABLE,
        found=f"{len(stock.damaged)} are not what was stored: {some(stock.damaged)}",
        advice=f"{_MEND} sets them aside, and stores them again where their source is still there",
        items=tuple(stock.damaged),
    )


def _missing(stock: Stock) -> Check | None:
    if not stock.missing:
        return None
    return Check(
        name="missing objects",
        state=State.DAMAGED,
        found=f"{len(stock.missing)} documents have no stored original: {some(stock.missing)}",
        advice=f"{_MEND} stores them again where their source is still there; for others put back "
        "copies, or run the files again with --reprocess",
        items=stock.missing,
    )


def _locked(stock: Stock) -> Check | None:
    if not stock.locked:
        return None
    return Check(
        name="locked objects",
        state=State.MISSING,
        found=f"{len(stock.locked)} are encrypted with a key that was not given: "
        + some(stock.locked),
        advice="give that key as well, after the one that encrypts now",
        items=stock.locked,
    )


def _outdated(stock: Stock) -> Check | None:
    if not stock.outdated:
        return None
    return Check(
        name="outdated objects",
        state=State.ATTENTION,
        found=f"{len(stock.outdated)} are not encrypted with the first key: {some(stock.outdated)}",
        advice="`loanbatch objects encrypt` does it",
        items=stock.outdated,
    )


def _temporary(storage: Storage) -> Check:
    paths = tuple(str(left.path) for left in storage.left_overs)
    if not paths:
        return Check(name="temporary files", found="none left over")
    return Check(
        name="temporary files",
        state=State.MENDABLE,
        found=f"{len(paths)} folders of processes that are gone: {some(paths)}",
        advice=f"{_MEND} or the next run removes them",
        items=paths,
    )


def without_password(url: str) -> str:
    """Return an address without the password in it."""
    return re.sub(r"(://[^:/@]*):[^@/]*@", r"\1:…@", url)
