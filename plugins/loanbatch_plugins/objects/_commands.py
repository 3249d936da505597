"""`loanbatch objects`: looking after the stored objects."""

from __future__ import annotations

import json

import click
from attrs import asdict

from loanbatch.errors import StorageFailedError
from loanbatch.settings import Settings, load_settings
from loanbatch_plugins.objects._survey import damaged_objects, list_objects, remove_unfinished


@click.group()
def objects() -> None:
    """Look after the stored originals and artifacts."""


@objects.command()
@click.option("--home", metavar="DIR", help="Folder of the database and the stored objects.")
@click.option("--json", "as_json", is_flag=True, help="Write JSON.")
def verify(home: str | None, *, as_json: bool) -> None:
    """Read every stored object and compare it with the hash in its name.

    Files that an interrupted run left behind are removed. Exit code 1 when an object is damaged:
    remove it and run its source again with --reprocess.

    Example: loanbatch objects verify --home /srv/loans
    """
    settings = load_settings({"home": home})
    try:
        count, damaged, removed = _survey(settings)
    except OSError as error:
        raise StorageFailedError(
            f"the stored objects cannot be read ({type(error).__name__})"
        ) from error
    if as_json:
        plain = {"objects": count, "damaged": damaged, "unfinished_removed": removed}
        click.echo(json.dumps(plain, indent=2))
    else:
        for item in damaged:
            click.echo(f"damaged  {item['key']}")
        click.echo(f"{count} objects, {len(damaged)} damaged, {removed} unfinished files removed")
    if damaged:
        raise click.exceptions.Exit(1)


def _survey(settings: Settings) -> tuple[int, list[dict[str, object]], int]:
    count = sum(1 for _ in list_objects(settings))
    damaged = [asdict(item) for item in damaged_objects(settings)]
    return count, damaged, remove_unfinished(settings)
