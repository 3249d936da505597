"""`loanbatch plugins`: which plugins there are."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from loanbatch.cli import _output
from loanbatch.cli._options import json_option, with_settings
from loanbatch.settings import Settings

if TYPE_CHECKING:
    from loanbatch.registry import PluginState


@click.group(epilog="Example: loanbatch plugins list")
def plugins() -> None:
    """List plugins and what became of them."""


@plugins.command(name="list", epilog="Example: loanbatch plugins list --plugin ./lender.py --json")
@click.option(
    "--plugin", "plugins", metavar="NAME|FILE.py", multiple=True, help="Load one more. Repeatable."
)
@click.option(
    "--no-plugin", "no_plugins", metavar="NAME", multiple=True, help="Do not load one. Repeatable."
)
@click.option(
    "--strict-plugins", is_flag=True, default=None, help="A broken plugin ends the command."
)
@with_settings
@json_option
def list_(*, settings: Settings, as_json: bool) -> None:
    """Load all plugins and show their state.

    With it their version and hooks and, for broken ones, the cause.
    """
    from loanbatch.registry import Registry

    states = Registry.load(settings).states
    if as_json:
        _output.json_payload([_plain(state) for state in states])
        return
    _show(states)


def _plain(state: PluginState) -> dict[str, object]:
    return {
        "name": state.name,
        "state": state.state.value,
        "distribution": state.distribution,
        "version": state.version,
        "hooks": list(state.hooks),
        "cause": state.cause,
    }


def _show(states: Sequence[PluginState]) -> None:
    rows = [
        (
            state.name,
            state.state.value,
            " ".join(filter(None, (state.distribution, state.version))),
            state.cause or ", ".join(state.hooks),
        )
        for state in states
    ]
    _output.table(("Plugin", "State", "From", "Hooks, or why it is broken"), rows)
