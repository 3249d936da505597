"""Looking through the stored objects and mending them: what is there, is damaged, was left over."""

from __future__ import annotations

import hashlib
import re
import time
from collections.abc import Iterable, Iterator

from attrs import frozen

from loanbatch.errors import PluginError, UsageError
from loanbatch.settings import Settings
from loanbatch.temporary import is_abandoned
from loanbatch_plugins.objects._keys import OBJECT_KEY, original_key
from loanbatch_plugins.objects._places import INCOMING, Place, open_place
from loanbatch_plugins.objects._vault import Condition, open_vault

#: A temporary file older than this (seconds) belongs to no write that is still going on.
_UNFINISHED_AFTER = 3600.0
#: Characters of a document id that may stand for all of it, as for `loanbatch show`.
_SHORTEST = 10
#: Folder for damaged objects: a person may still get something out of them.
_ASIDE = "damaged"


@frozen(kw_only=True)
class StoredObject:
    """An object as it lies in the store."""

    #: Name inside the store.
    key: str
    #: Of the original; an artifact carries the hash of the original that it was made from.
    sha256: str
    #: Bytes.
    size: int
    #: Name of the artifact (`searchable.pdf`); None for an original.
    artifact: str | None = None


@frozen(kw_only=True)
class Inspected:
    """A stored object that was read."""

    item: StoredObject
    #: sound, damaged, or locked: encrypted under a key that was not given.
    condition: str
    #: Whether it is stored as it would be today: under the first key, or plain where there is none.
    is_current: bool


def list_objects(settings: Settings) -> Iterator[StoredObject]:
    """Give all finished objects, in order of their keys.

    Raises:
        OSError: The place cannot be read.
    """
    return _objects_in(open_place(settings), "")


def find_objects(settings: Settings, document: str) -> Iterator[StoredObject]:
    """Give the objects of the document whose id, or whose original's sha256, begins so.

    Args:
        settings: Where to look.
        document: At least ten characters of a document id, or of a sha256.

    Raises:
        UsageError: It cannot be the beginning of either.
        OSError: The place cannot be read.
    """
    start = document.removeprefix("doc-").lower()
    if not re.fullmatch(r"[0-9a-f]{6,64}", start) or len(document) < _SHORTEST:
        raise UsageError(f"{document}: write a document id, or at least {_SHORTEST} digits of it")
    found = _objects_in(open_place(settings), f"{start[:2]}/{start[2:4]}")
    return (item for item in found if item.sha256.startswith(start))


def _objects_in(place: Place, folder: str) -> Iterator[StoredObject]:
    for key, size in place.files(folder):
        match = OBJECT_KEY.fullmatch(key)
        if match is None:
            continue
        ending = match[4].removeprefix(".")
        yield StoredObject(
            key=key,
            sha256=match[3],
            size=size,
            artifact=ending if "." in ending else None,
        )


def inspect_objects(settings: Settings) -> Iterator[Inspected]:
    """Read every finished object and tell how it is.

    Raises:
        OSError: The place cannot be read.
    """
    vault = open_vault(settings)
    for item in list_objects(settings):
        condition, current = vault.condition(item.key)
        yield Inspected(item=item, condition=condition.value, is_current=current)


def damaged_objects(settings: Settings) -> Iterator[StoredObject]:
    """Read every object and give those that are not what was stored.

    Raises:
        OSError: The place cannot be read.
    """
    for found in inspect_objects(settings):
        if found.condition == Condition.DAMAGED:
            yield found.item


def remove_objects(
    settings: Settings, keys: Iterable[str], *, older_than: float = _UNFINISHED_AFTER
) -> int:
    """Remove objects, and return how many that were.

    Args:
        settings: Where to look.
        keys: Which; one that is gone already is left out.
        older_than: Age in seconds below which an object stays: a run may be about to record it.

    Raises:
        OSError: The place cannot be read or written.
    """
    place = open_place(settings)
    now = time.time()
    removed = 0
    for key in keys:
        age = None if place.size(key) is None else place.age(key, now)
        if age is not None and age >= older_than:
            place.remove(key)
            removed += 1
    return removed


def set_aside(settings: Settings, key: str) -> str:
    """Move a damaged object out of the way, and return where it is now.

    Raises:
        OSError: The place cannot be written.
    """
    place = open_place(settings)
    target = f"{_ASIDE}/{key}"
    place.move(key, target)
    return place.address(target)


def restore(settings: Settings, sha256: str, content: bytes, key: str | None = None) -> None:
    """Store an original again that was damaged or went missing.

    Args:
        settings: Where to.
        sha256: Of the original.
        content: Its bytes.
        key: The one that it had, where that is known.

    Raises:
        StorageFailedError: The place cannot be written.
        PluginError: The content is another.
    """
    if hashlib.sha256(content).hexdigest() != sha256:
        raise PluginError("this is another content than the one that was stored")
    open_vault(settings).put(key or original_key(sha256, content, None), content, sha256)


def unfinished(settings: Settings, *, older_than: float = _UNFINISHED_AFTER) -> Iterator[str]:
    """Give the keys of the files that interrupted writes left behind.

    Args:
        settings: Where to look.
        older_than: Age in seconds from which a file counts whose process cannot be known; those of
            processes that are gone count at any age, those of others never.

    Raises:
        OSError: The place cannot be read.
    """
    place = open_place(settings)
    now = time.time()
    for key in place.keys(INCOMING):
        abandoned = is_abandoned(key.rpartition("/")[2])
        if abandoned is None:
            age = place.age(key, now)
            abandoned = age is not None and age >= older_than
        if abandoned:
            yield key


def remove_unfinished(settings: Settings, *, older_than: float = _UNFINISHED_AFTER) -> int:
    """Remove what interrupted writes left behind, and return how many files that were.

    Raises:
        OSError: The place cannot be read or written.
    """
    keys = list(unfinished(settings, older_than=older_than))
    place = open_place(settings)
    for key in keys:
        place.remove(key)
    return len(keys)
