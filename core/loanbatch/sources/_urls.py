"""Addresses that fsspec knows: objects in buckets, on servers, in memory, inside archives."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from loanbatch.errors import NotFoundError, UnreadableError
from loanbatch.sources._reading import display_name, reached

_MAGIC = frozenset("*?[")


def filesystem(url: str) -> tuple[Any, str]:
    """Return fsspec's file system for a URL and the name inside it.

    Raises:
        UnreadableError: The protocol is unknown, or its package is not installed.
    """
    from fsspec.core import url_to_fs
    from fsspec.registry import known_implementations

    protocol = url.partition("::")[0].partition("://")[0]
    try:
        return url_to_fs(url)  # type: ignore[no-any-return]
    except ImportError:
        # fsspec's own advice; it holds nothing of the address.
        advice = known_implementations.get(protocol, {}).get("err", "install its package")
        raise UnreadableError(f"{protocol}:// addresses cannot be read yet: {advice}") from None
    except ValueError:
        if protocol in known_implementations:
            raise
        raise UnreadableError(
            f"{protocol}:// is no kind of address that can be read; there are s3://, gs://, az://,"
            " https://, file:// and all others that fsspec knows"
        ) from None


def find_objects(url: str) -> Iterator[tuple[str, int | None]]:
    """Find what a URL stands for: one object, all below a folder, or all that match a pattern.

    Yields:
        The name inside the file system as a URL, and the size in bytes where the storage tells it.

    Raises:
        NotFoundError: Nothing is there, or nothing matches.
        Exception: Whatever the storage library raises.
    """
    if _is_plain(url):
        # Web servers have no folders, and asking for the size is a request more.
        filesystem(url)
        yield url, None
        return
    files, name = filesystem(url)
    entries = reached(url, lambda: _entries(files, name))
    if not entries:
        raise NotFoundError(f"{display_name(url)}: no documents found there")
    for key in sorted(entries):
        yield (url if key == name else _address(files, key, url)), entries[key].get("size")


def _entries(files: Any, name: str) -> dict[str, dict[str, Any]]:  # noqa: ANN401 -- no types
    """Return what a name stands for: one object, all below it, or all that match it."""
    if _MAGIC & set(name) and not files.exists(name):
        found = files.glob(name, detail=True)
        return {key: info for key, info in found.items() if info.get("type") != "directory"}
    info = files.info(name)
    if info.get("type") == "directory":
        return dict(files.find(name, detail=True))
    return {name: info}


def _is_plain(url: str) -> bool:
    return url.startswith(("http://", "https://")) and "*" not in url


def _address(files: Any, name: str, url: str) -> str:  # noqa: ANN401 -- fsspec has no types
    first, chained, rest = url.partition("::")
    if not chained:
        return str(files.unstrip_protocol(name))
    # zip://*.pdf::s3://bucket/loans.zip: the name is inside the first link of the chain.
    return f"{first.partition('://')[0]}://{name}::{rest}"
