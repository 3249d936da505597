"""Files made to do harm, and damage to whole files: what a batch must live through.

Everything is made when it is asked for, from nothing but code, always the same. For a plugin of
one's own that reads files:

    from loanbatch.testing.hostile import hostile_files, mutations

    for file in hostile_files():
        plugin.validate(source_from(file.make()))
"""

from __future__ import annotations

from collections.abc import Callable

from attrs import frozen

from loanbatch.testing.hostile._mutations import Mutation, mutations

__all__ = ["HostileFile", "Mutation", "hostile_files", "mutations"]


@frozen(kw_only=True)
class HostileFile:
    """A file that does harm where nobody minds."""

    #: What it is.
    file_name: str
    #: Gives its bytes, up to some fifty megabytes.
    make: Callable[[], bytes]


def hostile_files() -> tuple[HostileFile, ...]:
    """Return files of every sort of hostility; pictures of rare kinds need Pillow to be made."""
    from loanbatch.testing.hostile._contents import contents
    from loanbatch.testing.hostile._fonts import fonts
    from loanbatch.testing.hostile._pictures import pictures
    from loanbatch.testing.hostile._sizes import sizes
    from loanbatch.testing.hostile._structures import structures

    return tuple(
        HostileFile(file_name=name, make=make)
        for part in (structures, sizes, fonts, contents, pictures)
        for name, make in part()
    )
