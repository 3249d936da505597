"""What plugin authors and our own tests use: samples, factories, a harness, faults, checks.

    from loanbatch.testing import PluginHarness, check_plugin, make_document, make_page

Samples are in `loanbatch.testing.samples`, plugins that misbehave in `loanbatch.testing.faults`.
Nothing heavy is loaded before it is used.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from loanbatch.testing._contract import ContractCheck, check_plugin, contract_checks
    from loanbatch.testing._factories import (
        make_document,
        make_field,
        make_page,
        make_result,
        make_source,
        make_words,
    )
    from loanbatch.testing._harness import PluginHarness

__all__ = [
    "ContractCheck",
    "PluginHarness",
    "check_plugin",
    "contract_checks",
    "make_document",
    "make_field",
    "make_page",
    "make_result",
    "make_source",
    "make_words",
]

_HOMES = {
    "ContractCheck": "_contract",
    "PluginHarness": "_harness",
    "check_plugin": "_contract",
    "contract_checks": "_contract",
    "make_document": "_factories",
    "make_field": "_factories",
    "make_page": "_factories",
    "make_result": "_factories",
    "make_source": "_factories",
    "make_words": "_factories",
}


def __getattr__(name: str) -> Any:  # noqa: ANN401 - whatever is asked for
    if name in _HOMES:
        return getattr(import_module(f"loanbatch.testing.{_HOMES[name]}"), name)
    raise AttributeError(f"module 'loanbatch.testing' has no attribute {name!r}")


def __dir__() -> list[str]:
    return __all__
