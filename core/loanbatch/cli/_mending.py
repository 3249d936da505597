"""What `loanbatch doctor --repair` does about what it finds: nothing is lost by it.

Removed is only what no result knows, and what processes that are gone left; a damaged object is
set aside, never deleted.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator

from loanbatch.cli._storage import Stock, Storage, offered
from loanbatch.errors import LoanbatchError, PluginError, StorageFailedError
from loanbatch.jobstore import Examination, JobStore
from loanbatch.models import Source
from loanbatch.registry import Registry
from loanbatch.runner import Inputs


def mend(registry: Registry, storage: Storage, *, grace: float) -> Iterator[str]:
    """Mend what can be mended; yield what was done, a line for each thing.

    Args:
        registry: Plugins and settings.
        storage: What was found.
        grace: Seconds; an object that no result knows stays while it is younger.

    Raises:
        StorageFailedError: The database, or the place of the objects, cannot be written.
    """
    for left in storage.left_overs:
        shutil.rmtree(left.path, ignore_errors=True)
        if not left.path.exists():
            yield f"{left.path}: removed"
    health = storage.health
    if health is None or health.version == 0 or health.damage or storage.problem:
        return
    yield from _mend_database(registry, before=health.version)
    if storage.stock.problem:
        return
    examination = Examination(registry.settings.database_url)
    try:
        # Not what was found: since then every object was read, which may have taken hours.
        at_work = examination.health().at_work
        if at_work:
            yield f"stored objects are left alone: {', '.join(at_work)} is being worked on"
            return
        yield from _mend_objects(registry, storage.stock, examination, grace=grace)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise StorageFailedError(f"the stored objects cannot be changed ({reason})") from error
    finally:
        examination.close()


def _mend_database(registry: Registry, *, before: int) -> Iterator[str]:
    store = JobStore(registry.settings.database_url)  # brings its tables up to date
    try:
        examination = Examination(registry.settings.database_url)
        version = examination.health().version
        examination.close()
        if version != before:
            yield f"tables of jobs brought from version {before} to {version}"
        for job_id in store.release_abandoned():
            yield f"{job_id}: set free; go on with `loanbatch resume {job_id}`"
    finally:
        store.close()


def _mend_objects(
    registry: Registry, stock: Stock, examination: Examination, *, grace: float
) -> Iterator[str]:
    settings = registry.settings
    remove_unfinished = offered(registry, "remove_unfinished")
    if stock.unfinished and remove_unfinished is not None:
        count = remove_unfinished(settings, older_than=grace)
        yield f"{count} unfinished files removed"
    remove = offered(registry, "remove_objects")
    if stock.orphans and stock.is_known and remove is not None:
        unknown = set(examination.unknown_contents(stock.orphans.values()))
        keys = [key for key, sha256 in stock.orphans.items() if sha256 in unknown]
        count = remove(settings, keys, older_than=grace)
        young = len(keys) - count
        left = f", {young} younger than {grace:g} s left" if young else ""
        yield f"{count} orphaned objects removed{left}"
    for key, original in stock.damaged.items():
        if key not in stock.orphans:
            yield _put_aside(registry, examination, key, original)
    for sha256 in stock.missing:
        if _restored(registry, examination, sha256, None):
            yield f"{sha256}: stored again from its source"


def _put_aside(registry: Registry, examination: Examination, key: str, sha256: str | None) -> str:
    """Move a damaged object away; where it is an original and can be had again, store it again."""
    set_aside = offered(registry, "set_aside")
    if set_aside is None:
        return f"{key}: damaged, and its store cannot set it aside"
    done = f"{key}: damaged, set aside as {set_aside(registry.settings, key)}"
    if sha256 is None:
        return f"{done}; run its source again with --reprocess to have it made again"
    if _restored(registry, examination, sha256, key):
        return f"{done} and stored again from its source"
    return (
        f"{done}; its source is not there any more: put back a copy, or run the file again with"
        " --reprocess"
    )


def _restored(registry: Registry, examination: Examination, sha256: str, key: str | None) -> bool:
    """Store an original again from a file that a job read it from, if that is still the same."""
    restore = offered(registry, "restore")
    if restore is None:
        return False
    for location, inputs in examination.sources_of(sha256):
        batch = Inputs.here(()) if inputs is None else Inputs.from_json(inputs)
        source = Source(file_name="", location=location)
        try:
            restore(registry.settings, sha256, batch.readable(source).read(), key)
        except PluginError:
            continue  # the file is another by now
        except LoanbatchError as error:
            if error.error_code == "storage_failed":
                raise
            continue  # it is gone, or cannot be read
        return True
    return False
