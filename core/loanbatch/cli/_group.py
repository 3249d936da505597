"""The top of the command line: commands loaded when asked for, and what happens when one fails."""

from __future__ import annotations

import difflib
import sys
from collections.abc import Sequence
from importlib import import_module
from typing import TYPE_CHECKING, Any

import click

from loanbatch.cli import _output
from loanbatch.errors import LoanbatchError, UnexpectedError, UsageError

if TYPE_CHECKING:
    from loanbatch.api import BatchProcessingHandler
    from loanbatch.settings import Settings

#: Name, home and one line for the help of each command, so that the help loads none of them.
COMMANDS = {
    "run": "Process documents.",
    "resume": "Go on with a job that was left unfinished.",
    "retry": "Try again what failed in a job.",
    "status": "Show how far a job is.",
    "jobs": "List the newest jobs.",
    "events": "Show what happened to a job and to its sources.",
    "show": "Show the values of a document or loan, with their evidence.",
    "compare": "Compare loans: what they cost, and how much room they leave.",
    "report": "Write the report of a job that ran earlier.",
    "evaluate": "Measure accuracy on labelled documents.",
    "plugins": "List plugins and what became of them.",
    "sample": "Write fictional documents to try loanbatch on.",
    "doctor": "Check that everything loanbatch needs is there.",
    "completion": "Print the completion script for a shell.",
}

EXIT_FAILED = 1
EXIT_INTERRUPTED = 130


class LoanbatchGroup(click.Group):
    """A group whose commands are modules beside this one, and what plugins add."""

    _with_plugins = False

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """Return the commands in the order of the help: ours, then those of plugins by name."""
        self._load_plugin_commands()
        return [*COMMANDS, *sorted(set(self.commands) - set(COMMANDS))]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return a command; plugins are only loaded for a name that is not ours."""
        if cmd_name in COMMANDS:
            command = getattr(import_module(f"loanbatch.cli.{cmd_name}"), cmd_name)
            return command if isinstance(command, click.Command) else None
        self._load_plugin_commands()
        return super().get_command(ctx, cmd_name)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list of commands without loading those that are ours."""
        rows = list(COMMANDS.items())
        for name in self.list_commands(ctx)[len(COMMANDS) :]:
            command = self.commands[name]
            if not command.hidden:
                rows.append((name, command.get_short_help_str(limit=80)))
        with formatter.section("Commands"):
            formatter.write_dl(rows)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command; a misspelt one is an error that names the nearest."""
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError:
            known = [*COMMANDS, *self.commands]
            close = difflib.get_close_matches(args[0], known, n=1)
            hint = f" Did you mean {close[0]!r}?" if close else ""
            raise click.UsageError(f"No such command {args[0]!r}.{hint}", ctx) from None

    def _load_plugin_commands(self) -> None:
        if self._with_plugins:
            return
        self._with_plugins = True
        from attrs import evolve

        from loanbatch import hookcalls
        from loanbatch.registry import Registry
        from loanbatch.settings import load_settings

        try:
            # Whatever is wrong with somebody's templates, the command that tells it has to load.
            settings = evolve(load_settings(), templates="")
            with _output.reserved():
                hookcalls.register_commands(Registry.load(settings), self)
        except LoanbatchError as error:
            _output.warning(f"commands of plugins are missing: {error.message}")
        for name in set(self.commands) & set(COMMANDS):
            del self.commands[name]  # a plugin may add commands, not take ours

    def main(
        self,
        args: Sequence[str] | None = None,
        prog_name: str | None = None,
        complete_var: str | None = None,
        standalone_mode: bool = True,  # noqa: FBT001, FBT002 - click's signature
        **extra: Any,  # noqa: ANN401 - click's signature
    ) -> Any:  # noqa: ANN401 - click's signature
        """Run and exit; every way to fail ends in one line on standard error and an exit code."""
        name = prog_name or "loanbatch"
        if not standalone_mode:
            return super().main(args, name, complete_var, standalone_mode=False, **extra)
        try:
            code = super().main(args, name, complete_var, standalone_mode=False, **extra)
            _output.flush()
        except Exception as error:  # noqa: BLE001 - the last resort: one line and an exit code
            code = _explain(error)
        except KeyboardInterrupt:
            code = _interrupted()
        return sys.exit(code if isinstance(code, int) else 0)


def _open_handler(settings: Settings, plugins: Sequence[object] = ()) -> BatchProcessingHandler:
    """Give the front door to commands of plugins, which see nothing else that processes."""
    from loanbatch.api import BatchProcessingHandler

    return BatchProcessingHandler(settings, plugins)


def _interrupted() -> int:
    _output.note("Interrupted.")
    return EXIT_INTERRUPTED


def _explain(error: Exception) -> int:
    """Tell what went wrong in one line, and return the exit code."""
    if isinstance(error, click.exceptions.NoArgsIsHelpError):
        error.show()
        return error.exit_code
    if isinstance(error, click.ClickException):
        context = getattr(error, "ctx", None)
        told = error.format_message().rstrip()
        _output.error(told if told.endswith((".", "?", "!")) else f"{told}.", _try_help(context))
        return error.exit_code
    if isinstance(error, click.Abort):
        return _interrupted()
    if isinstance(error, BrokenPipeError):
        _output.give_up()  # whoever read our output has seen enough
        return EXIT_FAILED
    if isinstance(error, LoanbatchError) and not isinstance(error, UnexpectedError):
        _output.error(error.message)
        return error.exit_code if isinstance(error, UsageError) else EXIT_FAILED
    from loanbatch.cli._crash import keep_trace

    where = keep_trace(error)
    _output.error(f"unexpected {type(error).__name__}; {where}")
    return EXIT_FAILED


def _try_help(context: click.Context | None) -> str:
    return f"Try '{context.command_path} --help'." if context is not None else ""


def _print_version(context: click.Context, _: click.Parameter, wanted: bool) -> None:  # noqa: FBT001 - click's signature
    if not wanted or context.resilient_parsing:
        return
    from importlib.metadata import version

    _output.payload(f"loanbatch {version('loanbatch')}")
    context.exit()


@click.group(
    name="loanbatch",
    cls=LoanbatchGroup,
    no_args_is_help=False,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Example: loanbatch run ~/loans --report loans.json",
)
@click.option(
    "--version",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_print_version,
    help="Show the version and exit.",
)
@click.pass_context
def cli(context: click.Context) -> None:
    """Turn batches of loan documents into verified records with evidence for every value."""
    context.obj = {"open_handler": _open_handler}
    if context.invoked_subcommand is None:
        _output.payload(context.get_help())
