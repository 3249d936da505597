"""Makes pdfium draw with the fonts that it carries, so that a picture is the same on every machine.

The PDF standard's own fonts are not in a file that uses them; pdfium takes them from the system where it has
some of that name, and they look different from one system to the next.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any


@contextmanager
def without_system_fonts() -> Iterator[None]:
    """Hide the system's fonts from pdfium for a while; they are back afterwards."""
    from pypdfium2 import raw

    raw.FPDF_SetSystemFontInfo(_no_fonts())
    try:
        yield
    finally:
        raw.FPDF_SetSystemFontInfo(raw.FPDF_GetDefaultSystemFontInfo())


@cache
def _no_fonts() -> Any:
    """Return the description of a system without fonts; kept, as pdfium keeps its address."""
    from pypdfium2 import raw

    info = raw.FPDF_SYSFONTINFO(version=1)
    for name, kind in raw.FPDF_SYSFONTINFO._fields_[1:]:
        setattr(info, name, kind(_nothing))
    return info


def _nothing(*_: object) -> int:
    return 0
