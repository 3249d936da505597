"""Keeps the original bytes of every source, and the files made from them, under their hash.

Objects lie in a folder or behind any fsspec address (setting `objects`), as `ab/cd/<sha256>.pdf`,
and what was made from an original beside it, as `ab/cd/<sha256>.searchable.pdf`. An object is
written to a temporary name, verified and moved: whoever reads a final name reads a whole object,
and storing twice changes nothing. Where the settings name a key, objects are encrypted.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
from typing import TYPE_CHECKING

from loanbatch.errors import (
    NotAFileError,
    NotFoundError,
    SourceChangedError,
    TooLargeError,
    UnreadableError,
)
from loanbatch.hookspecs import hookimpl
from loanbatch.models import Receipt, Source
from loanbatch.results import BatchProcessingResult
from loanbatch.settings import Settings
from loanbatch_plugins.objects._keys import artifact_key, original_key
from loanbatch_plugins.objects._settings import ObjectsSettings
from loanbatch_plugins.objects._survey import (
    Inspected,
    StoredObject,
    damaged_objects,
    find_objects,
    inspect_objects,
    list_objects,
    remove_objects,
    remove_unfinished,
    restore,
    set_aside,
    unfinished,
)
from loanbatch_plugins.objects._vault import open_vault

if TYPE_CHECKING:
    import click

__all__ = [
    "Inspected",
    "ObjectsSettings",
    "StoredObject",
    "damaged_objects",
    "inspect_objects",
    "keeps_originals",
    "list_objects",
    "read_original",
    "register_commands",
    "register_settings",
    "remove_objects",
    "remove_unfinished",
    "restore",
    "set_aside",
    "store",
    "unfinished",
]


#: By process and address, the places that were looked through.
_swept: set[tuple[int, str]] = set()


@hookimpl
def register_settings() -> type:
    """Give the class of the plugin's settings."""
    return ObjectsSettings


@hookimpl
def register_commands(group: click.Group) -> None:
    """Add `loanbatch objects`."""
    from loanbatch_plugins.objects._commands import objects

    group.add_command(objects)


@hookimpl
def store(result: BatchProcessingResult, source: Source, settings: Settings) -> list[Receipt]:
    """Store the original bytes of a source and its artifacts.

    Raises:
        SourceChangedError: The bytes are no longer those that were processed.
        StorageFailedError: The place cannot be written.
        SettingsError: The keys cannot be used any more.
        PluginError: An artifact has a name that no file can have.
    """
    keep_originals = keeps_originals(settings)
    if not keep_originals and not result.artifacts:
        return []
    _sweep_once(settings)
    vault = open_vault(settings)
    receipts = []
    digest = result.sha256 or ""
    if keep_originals or not digest:
        content, digest = _original(source, result.sha256)
        if keep_originals:
            key = original_key(digest, content, source.media_type)
            where = vault.put(key, content, digest)
            receipts.append(Receipt(what="original", where=where, sha256=digest))
    for artifact in result.artifacts:
        artifact_digest = hashlib.sha256(artifact.content).hexdigest()
        where = vault.replace(
            artifact_key(digest, artifact.name), artifact.content, artifact_digest
        )
        receipts.append(Receipt(what="artifact", where=where, sha256=artifact_digest))
    return receipts


@hookimpl
def read_original(sha256: str, settings: Settings) -> bytes | None:
    """Give back a stored original.

    Raises:
        SettingsError: It is encrypted with a key that was not given.
        StorageFailedError: It is damaged.
        OSError: The place cannot be read.
    """
    for item in find_objects(settings, sha256):
        if item.artifact is None:
            return open_vault(settings).read(item.key)
    return None


def keeps_originals(settings: Settings) -> bool:
    """Tell whether every source that was processed should be in the store."""
    return settings.plugin(ObjectsSettings).keep_originals


def _sweep_once(settings: Settings) -> None:
    """Remove, before the first write of a process to a place, what writers that died left there."""
    begun = (os.getpid(), settings.objects_url)
    if begun not in _swept:
        _swept.add(begun)
        with contextlib.suppress(OSError):  # writing will tell what is wrong
            remove_unfinished(settings)


def _original(source: Source, expected: str | None) -> tuple[bytes, str]:
    try:
        content = source.read()
    except (NotFoundError, NotAFileError, UnreadableError, TooLargeError) as error:
        raise SourceChangedError(
            f"{source.file_name}: it was read when the batch began and cannot be read any more"
        ) from error
    digest = hashlib.sha256(content).hexdigest()
    if expected is not None and digest != expected:
        raise SourceChangedError(
            f"{source.file_name}: its bytes changed while it was processed; run it again"
        )
    return content, digest
