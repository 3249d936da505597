"""Bundled plugin of the normalize stage: does what was read tie out?

The arithmetic is in `loanbatch_plugins.finance`; `loanbatch calc` gives it at the command line.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from loanbatch.hookspecs import hookimpl

if TYPE_CHECKING:
    import click


@hookimpl
def register_commands(group: click.Group) -> None:
    """Add `loanbatch calc`."""
    from loanbatch_plugins.checks._calc import calc

    group.add_command(calc)
