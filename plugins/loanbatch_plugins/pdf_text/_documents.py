"""Opened PDF documents: one is kept open between calls, so that the pages of a source share it.

The engine is not thread-safe, so everything that touches it happens under `ENGINE_LOCK`.
"""

from __future__ import annotations

import atexit
import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache
from typing import Any

from loanbatch.errors import CorruptError
from loanbatch.models import Source
from loanbatch_plugins.pdf_text._engine import EngineDocument, EnginePage

#: Held by whoever calls the engine.
ENGINE_LOCK = threading.RLock()

_kept: list[tuple[bytes, Any]] = []


def open_document(source: Source) -> EngineDocument:
    """Return the source's document, opened now or by an earlier call, closed for the next one.

    Raises:
        CorruptError: The engine refuses the file.
    """
    import pypdfium2

    content = source.read()
    if _kept and _kept[0][0] is content:
        return _kept[0][1]
    close_document()
    logging.getLogger("pypdfium2").setLevel(logging.ERROR)  # warns of forms that it cannot run
    try:
        document = pypdfium2.PdfDocument(content)
        if document.get_formtype():
            document.init_forms()  # must precede the first page, else widgets have no values
    except pypdfium2.PdfiumError:
        raise CorruptError("the PDF engine cannot open the file; save it anew") from None
    _kept.append((content, document))
    _close_at_exit()
    return document


@cache
def _close_at_exit() -> None:
    atexit.register(close_document)  # before the engine's own end, which complains of open ones


def close_document() -> None:
    """Close the document that is kept open, if there is one."""
    while _kept:
        _kept.pop()[1].close()


@contextmanager
def opened_page(source: Source, number: int) -> Iterator[EnginePage]:
    """Give one page of a source, counting from 1, and close it after; None where it is damaged.

    Raises:
        CorruptError: The document cannot be opened.
    """
    import pypdfium2

    with ENGINE_LOCK:
        document = open_document(source)
        page = None
        with suppress(pypdfium2.PdfiumError, IndexError):
            page = document[number - 1]
        try:
            yield page
        finally:
            if page is not None:
                page.close()
