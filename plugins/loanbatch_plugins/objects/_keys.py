"""Names of stored objects: made from hashes and, for the ending, from the content alone."""

from __future__ import annotations

import mimetypes
import re

from loanbatch.errors import PluginError

#: How files of the types that we read begin; a PDF may have up to 1024 bytes before its mark.
_MAGIC = (
    (b"\xff\xd8\xff", ".jpg"),
    (b"\x89PNG\r\n\x1a\n", ".png"),
    (b"II*\x00", ".tiff"),
    (b"MM\x00*", ".tiff"),
    (b"II+\x00", ".tiff"),
    (b"MM\x00+", ".tiff"),
)
_PDF_MARK = b"%PDF-"
_PDF_MARK_WITHIN = 1024

#: An ending with an inner dot, so that an artifact can never take the name of an original.
_ARTIFACT_NAME = re.compile(r"[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)+")

#: A finished object: two folders from its hash, the hash, and an ending.
OBJECT_KEY = re.compile(r"([0-9a-f]{2})/([0-9a-f]{2})/(\1\2[0-9a-f]{60})((?:\.[A-Za-z0-9_-]+)*)")


def original_key(digest: str, content: bytes, media_type: str | None) -> str:
    """Return the name of an original; the same content always has the same name.

    Args:
        digest: sha256 of the content, hexadecimal.
        content: The bytes; their beginning decides the ending.
        media_type: Decides the ending where the beginning is not known.
    """
    return f"{_folder(digest)}{digest}{_suffix(content, media_type)}"


def artifact_key(digest: str, name: str) -> str:
    """Return the name of an artifact, beside the original that it was made from.

    Raises:
        PluginError: The name is not letters, digits, dots, with a dot inside (`searchable.pdf`).
    """
    if not _ARTIFACT_NAME.fullmatch(name):
        raise PluginError("an artifact's name must be like 'searchable.pdf'")
    return f"{_folder(digest)}{digest}.{name}"


def _folder(digest: str) -> str:
    return f"{digest[:2]}/{digest[2:4]}/"


def _suffix(content: bytes, media_type: str | None) -> str:
    for magic, suffix in _MAGIC:
        if content.startswith(magic):
            return suffix
    if _PDF_MARK in content[:_PDF_MARK_WITHIN]:
        return ".pdf"
    return mimetypes.guess_extension(media_type or "", strict=True) or ""
