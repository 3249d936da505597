"""The JSON report, version 1: the summary's header, then one line per result."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, BinaryIO

from loanbatch.convert import json_text
from loanbatch.results import BatchProcessingResult


def write_json(
    header: dict[str, Any], results: Iterable[BatchProcessingResult], stream: BinaryIO
) -> None:
    """Write a job as one JSON object, a result at a time.

    Args:
        header: The summary without its results.
        results: Read once, in order.
        stream: Gets UTF-8 with a newline at the end.
    """
    stream.write(_encoded(header).removesuffix(b"}") + b', "results": [')
    separator = b"\n"
    for result in results:
        stream.write(separator + _encoded(result.to_dict()))
        separator = b",\n"
    stream.write(b"\n]}\n")


def _encoded(plain: dict[str, Any]) -> bytes:
    return json_text(plain).encode()
