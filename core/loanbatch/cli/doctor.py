"""`loanbatch doctor`: whether everything is there that loanbatch needs, and as it should be."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from loanbatch.cli import _output
from loanbatch.cli._options import json_option, with_settings
from loanbatch.settings import Settings

if TYPE_CHECKING:
    from loanbatch.cli._check import Check

EXIT_MISSING = 1
EXIT_FOUND = 3


@click.command(
    epilog="""\b
Examples:
  loanbatch doctor
  loanbatch doctor --repair --home /srv/loans --json

Exit codes: 0 all is as it should be, 1 something needed is missing,
3 something is left over, abandoned or damaged that is not mended."""
)
@click.option(
    "--repair",
    is_flag=True,
    help="Mend what was found: free abandoned jobs, bring tables up to date, remove what is left "
    "over, set damaged objects aside and store them again where their source is still there.",
)
@click.option(
    "--grace",
    type=click.FloatRange(0),
    default=3600.0,
    show_default=True,
    metavar="SECONDS",
    help="Age below which stored documents that no result knows are left alone.",
)
@click.option("--quick", is_flag=True, help="Do not read every stored object.")
@with_settings
@json_option
@click.pass_context
def doctor(
    context: click.Context,
    *,
    settings: Settings,
    repair: bool,
    grace: float,
    quick: bool,
    as_json: bool,
) -> None:
    """Check versions, plugins, OCR, settings, and all that is stored.

    Nothing is changed without --repair. Stored objects are removed only if no result knows them
    and no job is being worked on; a damaged one is set aside, never deleted.
    """
    from loanbatch.cli import _checkup, _mending, _storage
    from loanbatch.cli._origins import origins
    from loanbatch.registry import Registry

    registry = Registry.load(settings)
    storage = _storage.look(registry, grace=grace, verify=not quick)
    mended = []
    if repair:
        for line in _mending.mend(registry, storage, grace=grace):
            _output.note(line)
            mended.append(line)
    if mended:
        storage = _storage.look(registry, grace=grace, verify=not quick)
    checks = _checkup.check_everything(registry, storage)
    known = origins(registry.settings, *context.meta["loanbatch.given"])
    code = _exit_code(checks)
    if as_json:
        _output.json_payload(
            {
                "ok": code == 0,
                "checks": [check.to_plain() for check in checks],
                "mended": mended,
                "settings": [
                    {"name": name, "value": value, "origin": origin}
                    for name, value, origin in known
                ],
            }
        )
    else:
        _show(checks, known)
    context.exit(code)


def _exit_code(checks: Sequence[Check]) -> int:
    from loanbatch.cli._check import State

    states = {check.state for check in checks}
    if State.MISSING in states:
        return EXIT_MISSING
    return EXIT_FOUND if states & {State.MENDABLE, State.DAMAGED} else 0


def _show(checks: Sequence[Check], known: Sequence[tuple[str, str, str]]) -> None:
    rows = [(check.name, check.state.value, check.found) for check in checks]
    _output.table(("Check", "State", "What was found"), rows)
    for check in checks:
        if check.advice:
            _output.payload(f"{check.name}: {check.advice}")
    _output.payload("")
    _output.table(("Setting", "Value", "From"), known)
