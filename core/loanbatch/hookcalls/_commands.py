"""Commands of plugins: taken one plugin at a time, so that none replaces another's unseen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from loanbatch._logging import get_logger
from loanbatch.errors import LoanbatchError, PluginError
from loanbatch.hookcalls._calling import call
from loanbatch.registry import Registry

if TYPE_CHECKING:
    import click


def take_commands(
    registry: Registry,
    plugin: str,
    caller: Any,  # noqa: ANN401 -- pluggy's
    group: click.Group,
) -> None:
    """Add the commands of one plugin to a group, except those whose names are taken."""
    import click

    own = click.Group(group.name)

    def read(_: object) -> dict[str, click.Command]:
        if not all(isinstance(command, click.Command) for command in own.commands.values()):
            raise PluginError(f"plugin {plugin} gave something in register_commands that is none")
        return dict(own.commands)

    try:
        commands = call(registry, plugin, "register_commands", caller, read, group=own)
    except LoanbatchError as error:
        get_logger().warning("observer_failed", plugin=plugin, error=error.message)
        return
    for name, command in commands.items():
        if name in group.list_commands(click.Context(group)):
            get_logger().warning(
                "observer_failed", plugin=plugin, error=f"the command {name} exists already"
            )
        else:
            group.add_command(command, name)
