"""`loanbatch webhooks`: what was not delivered, sending it again, and trying a receiver."""

from __future__ import annotations

import base64
import contextlib
import json
import secrets
from collections.abc import Iterator, Sequence
from pathlib import Path

import click
from attrs import evolve

from loanbatch.errors import UnknownRecordError, UsageError
from loanbatch.settings import Settings, load_settings
from loanbatch_contrib.webhooks._outbox import Entry, Outbox
from loanbatch_contrib.webhooks._settings import PREFIX, WebhooksSettings

#: Events in a row that a receiver does not take before the rest is left for another time.
_MOST_REFUSED = 3

_home_option = click.option(
    "--home", metavar="DIR", help="Folder of the database and the stored documents."
)
_config_option = click.option(
    "--config", metavar="FILE", help="Settings file. [default: loanbatch.toml, if there]"
)


@click.group(epilog="Example: loanbatch webhooks send --all --config /etc/loanbatch.toml")
def webhooks() -> None:
    """Look after the events that are sent to another program."""


@webhooks.command(name="list", epilog="Example: loanbatch webhooks list")
@_home_option
@_config_option
@click.option("--json", "as_json", is_flag=True, help="Write JSON.")
@click.pass_context
def list_(context: click.Context, home: str | None, config: str | None, *, as_json: bool) -> None:
    """List the events that were not delivered, oldest first.

    `waiting` was not tried to the end: the job ended, or its process did. `dead` was given up.
    Neither is sent unasked, but for what waits of a job that is resumed.
    """
    with _outbox(_settings(context, home, config)) as outbox:
        entries = outbox.undelivered()
    if as_json:
        click.echo(json.dumps([_plain(entry) for entry in entries], indent=2))
        return
    if not entries:
        click.echo("All events are delivered.", err=True)
        return
    rows = [[str(value) for value in _plain(entry).values()] for entry in entries]
    rows.insert(0, [*_plain(entries[0])])
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        click.echo("  ".join(cells).rstrip())


@webhooks.command(epilog="Example: loanbatch webhooks send --all")
@click.argument("ids", metavar="[ID]…", nargs=-1)
@click.option("--all", "everything", is_flag=True, help="All that were not delivered.")
@_home_option
@_config_option
@click.pass_context
def send(
    context: click.Context,
    ids: Sequence[str],
    home: str | None,
    config: str | None,
    *,
    everything: bool,
) -> None:
    """Send events again that were not delivered.

    Each is sent once, in their order. They keep their ids, so that a receiver knows what it has
    already. Exit code 1 when some are left; after three in a row that are not taken the others are
    not tried.
    """
    if everything == bool(ids):
        raise UsageError("name events, or give --all; `loanbatch webhooks list` shows them")
    settings = _configured(_settings(context, home, config))
    with _outbox(settings) as outbox:
        entries = outbox.undelivered()
        chosen = [_only(entries, item) for item in ids] if ids else entries
        sent = _send(outbox, chosen, settings)
    click.echo(f"{sent} sent, {len(chosen) - sent} left")
    if sent < len(chosen):
        raise click.exceptions.Exit(1)


@webhooks.command(epilog="Example: loanbatch webhooks test")
@_config_option
@click.pass_context
def test(context: click.Context, config: str | None) -> None:
    """Send an event that tells of nothing, once.

    Says what the receiver makes of it. Exit code 1 when it is not taken.
    """
    settings = _configured(_settings(context, None, config))
    from loanbatch_contrib.webhooks._events import trial
    from loanbatch_contrib.webhooks._sending import Receiver, UndeliveredError

    receiver = Receiver(settings.plugin(WebhooksSettings))
    try:
        receiver.attempt(trial())
    except UndeliveredError as failure:
        click.echo(f"not delivered: {failure.reason}")
        raise click.exceptions.Exit(1) from None
    finally:
        receiver.close()
    click.echo("delivered")


@webhooks.command(name="new-secret", epilog="Example: loanbatch webhooks new-secret > secret.txt")
def new_secret() -> None:
    """Print a new secret, for both sides.

    It is for the setting `webhooks.secret`, and for the receiver.
    """
    click.echo(PREFIX + base64.b64encode(secrets.token_bytes(32)).decode("ascii"))


def _settings(context: click.Context, home: str | None, config: str | None) -> Settings:
    """Return the settings with the table of this plugin."""
    settings = load_settings({"home": home}, config_file=None if config is None else Path(config))
    with context.obj["open_handler"](settings) as handler:
        found: Settings = handler.settings
    return found


def _configured(settings: Settings) -> Settings:
    if not settings.plugin(WebhooksSettings).url:
        raise UsageError(
            "no receiver is set: name one with the settings webhooks.url and webhooks.secret"
        )
    return settings


@contextlib.contextmanager
def _outbox(settings: Settings) -> Iterator[Outbox]:
    outbox = Outbox(settings)
    try:
        yield outbox
    finally:
        outbox.close()


def _plain(entry: Entry) -> dict[str, object]:
    return {
        "id": entry.event.webhook_id,
        "type": entry.event.type,
        "job_id": entry.event.job_id,
        "state": entry.state.value,
        "attempts": entry.attempts,
        "made_at": entry.made_at.isoformat(timespec="seconds"),
        "reason": entry.reason,
    }


def _only(entries: Sequence[Entry], start: str) -> Entry:
    found = [entry for entry in entries if entry.event.webhook_id.startswith(start)]
    if len(found) == 1:
        return found[0]
    reason = "more than one event begins so" if found else "no undelivered event has this id"
    raise UnknownRecordError(f"{start}: {reason}; `loanbatch webhooks list` shows them")


def _send(outbox: Outbox, entries: Sequence[Entry], settings: Settings) -> int:
    """Send events once each, and return how many were delivered."""
    from loanbatch_contrib.webhooks._delivering import deliver
    from loanbatch_contrib.webhooks._sending import Receiver

    receiver = Receiver(evolve(settings.plugin(WebhooksSettings), attempts=1))
    sent = refused = 0
    try:
        for entry in entries:
            failure = deliver(outbox, receiver, entry)
            sent += failure is None
            refused = 0 if failure is None else refused + 1
            if failure is not None:
                click.echo(f"{entry.event.webhook_id}  {failure.reason}")
                if failure.is_away or refused == _MOST_REFUSED:
                    break
    finally:
        receiver.close()
    return sent
