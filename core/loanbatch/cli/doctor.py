"""`loanbatch doctor`: whether everything is there that loanbatch needs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from loanbatch.cli import _output
from loanbatch.cli._options import json_option, with_settings
from loanbatch.settings import Settings

if TYPE_CHECKING:
    from loanbatch.cli._checkup import Check


@click.command(
    epilog="""\b
Examples:
  loanbatch doctor
  loanbatch doctor --home /srv/loans --json

Exit codes: 0 everything needed is there, 1 something needed is missing."""
)
@click.option(
    "--remove-orphans",
    is_flag=True,
    help="Remove stored documents that no result knows, if older than an hour.",
)
@with_settings
@json_option
@click.pass_context
def doctor(
    context: click.Context, *, settings: Settings, remove_orphans: bool, as_json: bool
) -> None:
    """Check versions, plugins, OCR, storage and settings.

    Nothing is changed, except that the database is made where it is missing.
    """
    from loanbatch.cli import _checkup
    from loanbatch.cli._origins import origins
    from loanbatch.registry import Registry

    registry = Registry.load(settings)
    if remove_orphans:
        _output.note(f"{_checkup.remove_orphans(registry)} orphaned objects removed")
    checks = _checkup.check_everything(registry)
    known = origins(registry.settings, *context.meta["loanbatch.given"])
    missing = any(check.state is _checkup.State.MISSING for check in checks)
    if as_json:
        _output.json_payload(
            {
                "ok": not missing,
                "checks": [check.to_plain() for check in checks],
                "settings": [
                    {"name": name, "value": value, "origin": origin}
                    for name, value, origin in known
                ],
            }
        )
    else:
        _show(checks, known)
    context.exit(1 if missing else 0)


def _show(checks: Sequence[Check], known: Sequence[tuple[str, str, str]]) -> None:
    rows = [(check.name, check.state.value, check.found) for check in checks]
    _output.table(("Check", "State", "What was found"), rows)
    for check in checks:
        if check.advice:
            _output.payload(f"{check.name}: {check.advice}")
    _output.payload("")
    _output.table(("Setting", "Value", "From"), known)
