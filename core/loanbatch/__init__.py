"""Batches of loan documents to verified, normalized loan records.

The public face, loaded when used: importing the package costs nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from loanbatch.api import BatchProcessingHandler
    from loanbatch.errors import LoanbatchError
    from loanbatch.hookspecs import hookimpl
    from loanbatch.results import (
        BatchProcessingResult,
        BatchProcessingSummary,
        BatchProgress,
    )
    from loanbatch.settings import Settings, load_settings

__all__ = [
    "BatchProcessingHandler",
    "BatchProcessingResult",
    "BatchProcessingSummary",
    "BatchProgress",
    "LoanbatchError",
    "Settings",
    "__version__",
    "hookimpl",
    "load_settings",
]

_HOMES = {
    "BatchProcessingHandler": "loanbatch.api",
    "BatchProcessingResult": "loanbatch.results",
    "BatchProcessingSummary": "loanbatch.results",
    "BatchProgress": "loanbatch.results",
    "LoanbatchError": "loanbatch.errors",
    "Settings": "loanbatch.settings",
    "hookimpl": "loanbatch.hookspecs",
    "load_settings": "loanbatch.settings",
}


def __getattr__(name: str) -> Any:  # noqa: ANN401
    if name == "__version__":
        from importlib.metadata import version

        return version("loanbatch")
    if name in _HOMES:
        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(f"module 'loanbatch' has no attribute {name!r}")


def __dir__() -> list[str]:
    return __all__
