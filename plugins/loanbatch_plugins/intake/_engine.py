"""What the PDF engine sees in a file, for the price of opening it."""

from __future__ import annotations

import ctypes
from typing import Any

from attrs import frozen

#: Endings of attached files that are documents of their own.
_DOCUMENTS = (".pdf", ".jpg", ".jpeg", ".png", ".tif", ".tiff")
#: More are not looked at.
_MOST_ATTACHMENTS = 100


@frozen(kw_only=True)
class Survey:
    """A PDF as the engine sees it."""

    #: Whether the engine opens it without a password.
    opened: bool = False
    #: Whether it is encrypted, as far as the engine can tell.
    encrypted: bool = False
    #: Pages that the file claims.
    claimed: int = 0
    #: Pages that can be loaded, of those that were tried: one more than the limit at most.
    loadable: int = 0
    #: Number of the last page that can be loaded.
    last: int = 0
    #: Whether every page that was tried can be loaded.
    has_all_pages: bool = False
    #: Whether its pages are made by a program that runs in the viewer.
    dynamic_form: bool = False
    #: Files inside it, and how many of these are PDFs or images.
    attachments: int = 0
    attached_documents: int = 0


def survey(content: bytes, page_limit: int) -> Survey:
    """Open a PDF without password and look around.

    Args:
        content: The file.
        page_limit: Pages are counted to one more than this, whatever the file claims.
    """
    import pypdfium2.raw as engine

    document = engine.FPDF_LoadMemDocument64(content, len(content), None)
    if not document:
        locked = engine.FPDF_GetLastError() in (engine.FPDF_ERR_PASSWORD, engine.FPDF_ERR_SECURITY)
        return Survey(encrypted=locked)
    try:
        claimed = engine.FPDF_GetPageCount(document)
        tried = min(claimed, page_limit + 1)
        numbers = _loadable(document, tried)
        names = _attachment_names(document)
        return Survey(
            opened=True,
            encrypted=engine.FPDF_GetSecurityHandlerRevision(document) >= 0,
            claimed=claimed,
            loadable=len(numbers),
            last=numbers[-1] if numbers else 0,
            has_all_pages=len(numbers) == tried > 0,
            dynamic_form=engine.FPDF_GetFormType(document) == engine.FORMTYPE_XFA_FULL,
            attachments=len(names),
            attached_documents=sum(name.endswith(_DOCUMENTS) for name in names),
        )
    finally:
        engine.FPDF_CloseDocument(document)


def _loadable(document: Any, count: int) -> list[int]:  # noqa: ANN401 - a pointer
    """Return the numbers, from 1, of the first pages that are really there; no page is parsed."""
    import pypdfium2.raw as engine

    size = engine.FS_SIZEF()
    return [
        index + 1
        for index in range(count)
        if engine.FPDF_GetPageSizeByIndexF(document, index, size)
    ]


def _attachment_names(document: Any) -> list[str]:  # noqa: ANN401 - a pointer
    import pypdfium2.raw as engine

    count = min(max(0, engine.FPDFDoc_GetAttachmentCount(document)), _MOST_ATTACHMENTS)
    names = []
    for index in range(count):
        attachment = engine.FPDFDoc_GetAttachment(document, index)
        size = engine.FPDFAttachment_GetName(attachment, None, 0) if attachment else 0
        buffer = (ctypes.c_ushort * (size // 2 + 1))()
        if size:
            engine.FPDFAttachment_GetName(attachment, buffer, size)
        names.append(bytes(buffer)[:size].decode("utf-16-le", "replace").rstrip("\0").lower())
    return names
