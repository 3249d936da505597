"""Finding and reading inputs: files, folders, globs, URLs and manifests become sources.

Nothing is ever written here. Listing is lazy and never raises for an input that cannot be used: the
input is listed with its error, so that it has its own line in the results. Only regular files are
opened, and never in a way that waits for somebody: a pipe or a device is an error, not a hang.
"""

from loanbatch.sources._handed_over import checked_priority, paths_of, sources_of
from loanbatch.sources._listing import NOT_DOCUMENTS, ListedSource
from loanbatch.sources._manifest import MANIFEST_COLUMNS, list_files, list_sources
from loanbatch.sources._reading import (
    clean_name,
    hash_source,
    read_location,
    relocated,
    source_from_bytes,
)

__all__ = [
    "MANIFEST_COLUMNS",
    "NOT_DOCUMENTS",
    "ListedSource",
    "checked_priority",
    "clean_name",
    "hash_source",
    "list_files",
    "list_sources",
    "paths_of",
    "read_location",
    "relocated",
    "source_from_bytes",
    "sources_of",
]
