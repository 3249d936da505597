"""`loanbatch completion`: what a shell needs to complete commands and options."""

from __future__ import annotations

import click
from click.shell_completion import get_completion_class

from loanbatch.cli import _output
from loanbatch.errors import UsageError


@click.command(
    epilog="""\b
Examples:
  eval "$(loanbatch completion bash)"
  loanbatch completion fish > ~/.config/fish/completions/loanbatch.fish"""
)
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
@click.pass_context
def completion(context: click.Context, *, shell: str) -> None:
    """Print the completion script for a shell."""
    found = get_completion_class(shell)
    if found is None:
        raise UsageError(f"{shell}: click knows no completion for this shell")
    script = found(context.find_root().command, {}, "loanbatch", "_LOANBATCH_COMPLETE")
    _output.payload(script.source())
