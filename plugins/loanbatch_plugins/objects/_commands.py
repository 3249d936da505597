"""`loanbatch objects`: looking after the stored objects, and getting documents out again."""

from __future__ import annotations

import contextlib
import json
import os
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import click
from attrs import asdict

from loanbatch.errors import (
    LoanbatchError,
    StorageFailedError,
    UnknownRecordError,
    UsageError,
)
from loanbatch.settings import Settings, load_settings
from loanbatch_plugins.objects._cipher import new_key
from loanbatch_plugins.objects._settings import ObjectsSettings
from loanbatch_plugins.objects._survey import (
    StoredObject,
    find_objects,
    inspect_objects,
    remove_unfinished,
)
from loanbatch_plugins.objects._vault import Condition, open_vault

_home_option = click.option(
    "--home", metavar="DIR", help="Folder of the database and the stored objects."
)
_config_option = click.option(
    "--config", metavar="FILE", help="Settings file. [default: loanbatch.toml, if there]"
)
_json_option = click.option("--json", "as_json", is_flag=True, help="Write JSON.")


@click.group(epilog="Example: loanbatch objects verify --config /etc/loanbatch.toml")
def objects() -> None:
    """Look after the stored originals and what was made from them."""


@objects.command(epilog="Example: loanbatch objects verify --home /srv/loans")
@_home_option
@_config_option
@_json_option
@click.pass_context
def verify(context: click.Context, home: str | None, config: str | None, *, as_json: bool) -> None:
    """Read every stored object and compare it with its hash.

    Files that an interrupted run left behind are removed. Exit code 1 when an object is damaged, or
    encrypted with a key that was not given; `loanbatch doctor --repair` sets damaged ones aside.
    """
    settings = _settings(context, home, config)
    with _reading():
        found = list(inspect_objects(settings))
        removed = remove_unfinished(settings)
    bad = {
        condition: [item.item for item in found if item.condition == condition]
        for condition in (Condition.DAMAGED, Condition.LOCKED)
    }
    if as_json:
        named = {str(key): [asdict(item) for item in items] for key, items in bad.items()}
        _write_json({"objects": len(found), **named, "unfinished_removed": removed})
    else:
        for condition, items in bad.items():
            for item in items:
                click.echo(f"{condition}  {item.key}")
        locked = f", {len(bad[Condition.LOCKED])} locked" if bad[Condition.LOCKED] else ""
        click.echo(
            f"{len(found)} objects, {len(bad[Condition.DAMAGED])} damaged{locked},"
            f" {removed} unfinished files removed"
        )
    if any(bad.values()):
        raise click.exceptions.Exit(1)


@objects.command(epilog="Example: loanbatch objects get doc-1f0c29 closing.pdf")
@click.argument("document")
@click.argument("target", metavar="FILE")
@click.option("--artifact", metavar="NAME", help="What was made from it, as `searchable.pdf`.")
@_home_option
@_config_option
@click.pass_context
def get(
    context: click.Context,
    document: str,
    target: str,
    artifact: str | None,
    home: str | None,
    config: str | None,
) -> None:
    """Write a stored document to a file, decrypted.

    DOCUMENT is a document id, or the sha256 of the original; its first ten or more characters do.
    A file that is there already is left alone; `-` is standard output.
    """
    settings = _settings(context, home, config)
    with _reading():
        found = [item for item in find_objects(settings, document) if item.artifact == artifact]
        content = open_vault(settings).read(_only(found, document).key)
    if target == "-":
        sys.stdout.buffer.write(content)
        return
    try:
        descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(content)
    except OSError as error:
        raise StorageFailedError(
            f"{target}: cannot be written ({error.strerror or type(error).__name__})"
        ) from error


@objects.command(
    name="new-key", epilog="Example: loanbatch objects new-key /etc/loanbatch/objects.keys"
)
@click.argument("target", metavar="[FILE]", required=False)
def new_key_(target: str | None) -> None:
    """Make a new key for encryption.

    It is written to a file that only you can read. In a file that is there already the new key
    comes first, before the others: it encrypts from now on, and they still decrypt. Without FILE
    the key goes to standard output. Keep copies of keys apart from those of the objects: without
    its key an object is lost.
    """
    key = new_key()
    if target is None:
        click.echo(key)
        return
    path = Path(target)
    try:
        before = path.read_text("ascii") if path.exists() else ""
        temporary = path.with_name(f".{path.name}.new")
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as stream:
            stream.write(f"{key}\n{before}")
        temporary.replace(path)
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{target}: cannot be written ({type(error).__name__})") from None


@objects.command(epilog="Example: loanbatch objects encrypt --home /srv/loans")
@_home_option
@_config_option
@_json_option
@click.pass_context
def encrypt(context: click.Context, home: str | None, config: str | None, *, as_json: bool) -> None:
    """Encrypt with the first key what is not under it.

    Needs the keys of the settings `objects.encryption_keys` or `objects.encryption_key_file`. An
    interrupted run is gone on with by running it again. Exit code 1 when an object is damaged or no
    key opens it: it stays as it is.
    """
    settings = _settings(context, home, config)
    if not settings.plugin(ObjectsSettings).cipher().encrypts:
        raise UsageError(
            "no key is set: name one with the setting objects.encryption_key_file or"
            " objects.encryption_keys; `loanbatch objects new-key` makes one"
        )
    vault, done, left = open_vault(settings), 0, []
    with _reading():
        for found in inspect_objects(settings):
            if found.condition != Condition.SOUND:
                left.append(found.item.key)
            elif not found.is_current:
                vault.renew(found.item.key)
                done += 1
    if as_json:
        _write_json({"encrypted": done, "left": left})
    else:
        for key in left:
            click.echo(f"left  {key}")
        click.echo(f"{done} objects encrypted, {len(left)} left as they are")
    if left:
        raise click.exceptions.Exit(1)


def _settings(context: click.Context, home: str | None, config: str | None) -> Settings:
    """Return the settings with the table of this plugin, which holds the keys."""
    settings = load_settings({"home": home}, config_file=None if config is None else Path(config))
    with context.obj["open_handler"](settings) as handler:
        found: Settings = handler.settings
    return found


def _only(found: Sequence[StoredObject], document: str) -> StoredObject:
    if len(found) == 1:
        return found[0]
    reason = "more than one stored object begins so" if found else "no stored object has this id"
    raise UnknownRecordError(f"{document}: {reason}; ids are in the reports")


@contextlib.contextmanager
def _reading() -> Iterator[None]:
    try:
        yield
    except LoanbatchError:
        raise
    except OSError as error:
        raise StorageFailedError(
            f"the stored objects cannot be read ({type(error).__name__})"
        ) from error


def _write_json(plain: dict[str, Any]) -> None:
    click.echo(json.dumps(plain, indent=2))
