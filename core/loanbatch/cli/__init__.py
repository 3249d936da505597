"""The command line: one module per command, loaded when asked for.

Standard output carries the payload (a table or JSON), standard error everything else. Nothing here
knows how documents are read: commands call `loanbatch.api`.
"""

from __future__ import annotations

import gc
import signal

__all__ = ["main"]


def main() -> None:
    """Run the command line with the arguments of the process and exit with its code."""
    # Loading code makes objects that stay: looking for garbage among them costs a tenth of the
    # start. `run` turns it on again.
    gc.disable()
    # What ends with Ctrl-C ends so when a service is stopped: temporary files are removed.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    from loanbatch.cli._group import cli
    from loanbatch.cli._signals import open_way_out

    open_way_out()
    cli.main()
