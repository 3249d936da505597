"""Where a key stands in a TOML file, for messages that lead to the line."""

from __future__ import annotations

import re
from collections import Counter

_HEADER = re.compile(r"\s*(?P<open>\[\[?)\s*(?P<path>[\w.\"-]+)\s*\]")
_KEY = re.compile(r"\s*(?P<key>[\w\"-]+(?:\.[\w\"-]+)*)\s*=")


def line_of(text: str, key: str) -> int | None:
    """Return the line of a key, or of the nearest table or key around it; None where there is none.

    Args:
        text: The file's text.
        key: The path of the key; tables of a list are counted from 1: `fields.wages[2].where`.
    """
    wanted = _plain(key)
    best, length = None, 0
    for number, path in _paths(text):
        plain = _plain(path)
        if plain == wanted or plain.startswith(f"{wanted}."):
            return number  # the key itself, or the first one that is written inside it
        if wanted.startswith((f"{plain}.", f"{plain}[")) and len(plain) > length:
            best, length = number, len(plain)
    return best


def _plain(path: str) -> str:
    """Return a path without the number of the first table of a list."""
    return path.replace("[1]", "").replace('"', "")


def _paths(text: str) -> list[tuple[int, str]]:
    """Return the path of each header and key with its line."""
    seen: Counter[str] = Counter()
    indexed: dict[str, str] = {}
    table = ""
    found = []
    for number, line in enumerate(text.splitlines(), 1):
        header = _HEADER.match(line)
        if header is not None:
            table = _with_index(header["path"], indexed)
            if header["open"] == "[[":
                seen[table] += 1
                full = f"{table}[{seen[table]}]"
                indexed[header["path"]] = full
                table = full
            found.append((number, table))
        elif (key := _KEY.match(line)) is not None:
            found.append((number, f"{table}.{key['key']}" if table else key["key"]))
    return found


def _with_index(path: str, indexed: dict[str, str]) -> str:
    """Return a header's path with the number of the list's table in which it stands."""
    parent = path.rpartition(".")[0]
    while parent:
        if parent in indexed:
            return indexed[parent] + path.removeprefix(parent)
        parent = parent.rpartition(".")[0]
    return path
