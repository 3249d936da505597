"""Names for what the PDF engine hands out; its bindings have no types."""

from __future__ import annotations

from typing import Any

#: A `pypdfium2.PdfPage`.
EnginePage = Any
#: A `pypdfium2.PdfDocument`.
EngineDocument = Any
#: A `pypdfium2.PdfTextPage`.
EngineTextPage = Any
#: Any other object, or function, of the engine.
EngineObject = Any
