"""Files, receipts, reports and executors that plugins make, checked at the border."""

from __future__ import annotations

import hashlib
import re
from concurrent.futures import Executor

from loanbatch.errors import PluginError
from loanbatch.hookcalls._shapes import expect, expect_all, first_wrong, is_text_or_none
from loanbatch.models import Artifact, Receipt


def expect_artifact(plugin: str, answer: object) -> Artifact:
    """Return a file made from a source, whose name is a plain one.

    Raises:
        PluginError: It is none, or its name could lead out of a folder.
    """
    artifact = expect(plugin, "make_searchable", answer, Artifact)
    wrong = first_wrong(
        (
            ("name", artifact.name, _is_file_name(artifact.name)),
            ("media_type", artifact.media_type, type(artifact.media_type) is str),
            ("content", artifact.content, type(artifact.content) is bytes),
        )
    )
    if wrong:
        raise PluginError(f"plugin {plugin} gave in make_searchable an artifact with {wrong}")
    return artifact


def _is_file_name(value: object) -> bool:
    return (
        type(value) is str and re.fullmatch(r"[A-Za-z0-9][\w.-]{0,99}", value, re.ASCII) is not None
    )


def expect_receipts(plugin: str, answer: object) -> tuple[Receipt, ...]:
    """Return receipts whose attributes are of their types.

    Raises:
        PluginError: One is none, or an attribute is not of its type.
    """
    if answer is None:
        return ()
    receipts = expect_all(plugin, "store", answer, Receipt)
    for receipt in receipts:
        wrong = first_wrong(
            (
                ("what", receipt.what, isinstance(receipt.what, str)),
                ("where", receipt.where, isinstance(receipt.where, str)),
                ("sha256", receipt.sha256, is_text_or_none(receipt.sha256)),
            )
        )
        if wrong:
            raise PluginError(f"plugin {plugin} gave in store a receipt with {wrong}")
    return receipts


def expect_original(plugin: str, answer: object, *, sha256: str) -> bytes:
    """Return the bytes of an original.

    Raises:
        PluginError: They are others.
    """
    content = expect(plugin, "read_original", answer, bytes)
    if hashlib.sha256(content).hexdigest() != sha256:
        raise PluginError(f"plugin {plugin} gave in read_original other bytes than were stored")
    return content


def expect_written(plugin: str, answer: object) -> bool:
    """Return whether a report was written.

    Raises:
        PluginError: The answer is neither yes nor no.
    """
    if answer is None or answer is False or answer is True:
        return answer is True
    raise PluginError(f"plugin {plugin} gave {type(answer).__name__} in report, expected bool")


def expect_executor(plugin: str, answer: object) -> Executor | None:
    """Return an executor, or None.

    Raises:
        PluginError: It is something else.
    """
    if answer is None or isinstance(answer, Executor):
        return answer
    raise PluginError(
        f"plugin {plugin} gave {type(answer).__name__} in get_executor, expected Executor"
    )
