"""What the engines alone cost: `text` reads words with boxes with pypdfium2, `ocr` renders and runs
tesserocr. Prints the number of pages."""

from __future__ import annotations

import ctypes
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pypdfium2
import pypdfium2.raw as engine

#: Pixels of a page's longer side, as the pipeline renders for OCR.
LONG_SIDE = 2600


def words_with_boxes(page: Any) -> int:
    text_page = page.get_textpage()
    text = text_page.get_text_range(errors="replace")
    box = engine.FS_RECTF()
    count = 0
    for match in re.finditer(r"\S+", text):
        for index in (match.start(), match.end() - 1):
            engine.FPDFText_GetLooseCharBox(text_page, index, ctypes.byref(box))
        count += 1
    return count


def read_text(paths: list[str]) -> int:
    pages = 0
    for path in paths:
        document = pypdfium2.PdfDocument(Path(path).read_bytes())
        for page in document:
            words_with_boxes(page)
            page.close()
            pages += 1
        document.close()
    return pages


def pictures(path: str) -> Iterator[Any]:
    from PIL import Image, ImageOps, ImageSequence

    if path.endswith(".pdf"):
        for page in pypdfium2.PdfDocument(Path(path).read_bytes()):
            scale = LONG_SIDE / max(page.get_size())
            yield page.render(scale=scale, grayscale=True).to_pil()
        return
    for frame in ImageSequence.Iterator(Image.open(path)):
        upright = ImageOps.exif_transpose(frame).convert("L")
        scale = LONG_SIDE / max(upright.size)
        yield upright.resize((round(upright.width * scale), round(upright.height * scale)))


def recognize(paths: list[str]) -> int:
    import tesserocr

    pages = 0
    data = f"{sys.prefix}/share/tessdata"
    with tesserocr.PyTessBaseAPI(path=data, psm=tesserocr.PSM.AUTO_OSD) as tesseract:
        for path in paths:
            for picture in pictures(path):
                tesseract.SetImage(picture)
                tesseract.Recognize()
                pages += 1
    return pages


if __name__ == "__main__":
    work = {"text": read_text, "ocr": recognize}[sys.argv[1]]
    sys.stdout.write(f"{work(sys.argv[2:])}\n")
