"""The command line: one module per command, loaded when asked for.

Standard output carries the payload (a table or JSON), standard error everything else. Nothing here
knows how documents are read: commands call `loanbatch.api`.
"""

from loanbatch.cli._group import LoanbatchGroup, cli

__all__ = ["LoanbatchGroup", "cli", "main"]


def main() -> None:
    """Run the command line with the arguments of the process and exit with its code."""
    cli.main()
