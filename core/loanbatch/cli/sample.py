"""`loanbatch sample`: documents to try loanbatch on."""

from __future__ import annotations

from pathlib import Path

import click

from loanbatch.cli import _output
from loanbatch.cli._options import json_option
from loanbatch.errors import StorageFailedError


@click.command(epilog="Example: loanbatch sample ./samples && loanbatch run ./samples")
@click.argument("directory", metavar="DIR")
@click.option("--broken", is_flag=True, help="Also write files that must fail, into DIR/broken.")
@json_option
def sample(directory: str, *, broken: bool, as_json: bool) -> None:
    """Write fictional documents into a folder, their true values beside them.

    The folder is made where it does not exist; files of the same names are replaced.
    """
    from loanbatch.testing.samples import write_samples

    try:
        paths = write_samples(Path(directory), broken=broken)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise StorageFailedError(f"{directory}: cannot be written ({reason})") from error
    if as_json:
        _output.json_payload([str(path) for path in paths])
        return
    for path in paths:
        _output.payload(str(path))
    _output.note(f"{len(paths)} documents. Try: loanbatch run {directory}")
