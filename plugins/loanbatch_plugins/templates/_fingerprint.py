"""What the results depend on besides the pages: the engine's rules and the packaged files."""

from __future__ import annotations

import hashlib
from functools import cache
from importlib.resources import files

#: Raised with every change of the engine that can change a result.
_ENGINE = "2"


@cache
def fingerprint() -> str:
    """Return a hash over templates, lexicon, weights and the engine's version."""
    digest = hashlib.sha256(_ENGINE.encode())
    folder = files(__package__)
    single = (folder.joinpath(name) for name in ("lexicon.toml", "weights.toml"))
    data = [*single, *folder.joinpath("kinds").iterdir()]
    for item in sorted(data, key=lambda entry: entry.name):
        if item.name.endswith(".toml"):
            digest.update(item.name.encode())
            digest.update(item.read_bytes())
    return digest.hexdigest()[:16]
