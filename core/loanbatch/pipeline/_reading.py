"""Pages with words, from the text layer or from OCR."""

from __future__ import annotations

from collections.abc import Iterable

from attrs import evolve

from loanbatch import hookcalls
from loanbatch.errors import LoanbatchError, NoTextError, OcrFailedError, ValidationError
from loanbatch.models import (
    Box,
    CheckBox,
    Finding,
    Page,
    PageImage,
    Recognition,
    Severity,
    Source,
    TextSource,
    Word,
)
from loanbatch.registry import Registry


def read_source(registry: Registry, source: Source) -> tuple[tuple[Page, ...], tuple[Finding, ...]]:
    """Read all pages of a validated source, recognizing those without usable text.

    One page's image is in memory at a time. A page that cannot be recognized stays without words,
    with a finding.

    Raises:
        NoTextError: No page has a word.
        ValidationError: No page has a word because no page can be drawn.
        OcrFailedError: No page has a word because recognition failed on every page that needed it.
        LoanbatchError: No plugin could read the source.
    """
    pages: list[Page] = []
    failures: list[LoanbatchError] = []
    findings: list[Finding] = []
    for page in hookcalls.read_pages(registry, source):
        if page.text_source is not TextSource.NONE:
            pages.append(page)
            continue
        try:
            pages.append(_recognize(registry, source, page))
        except LoanbatchError as error:
            failures.append(error)
            pages.append(page)
            findings.append(_page_without_text(page.number, error))
    if not any(page.words for page in pages):
        if failures and all(isinstance(error, ValidationError) for error in failures):
            raise failures[0]  # the file is at fault, not the engine
        if failures:
            message = f"no page could be recognized ({failures[0].message})"
            if "loanbatch doctor" not in message:
                message += "; `loanbatch doctor` tells which OCR engine answers"
            raise OcrFailedError(message)
        none = "the page has no" if len(pages) == 1 else f"none of the {len(pages)} pages has"
        raise NoTextError(f"{none} readable text; scan it again with at least 200 dpi")
    return tuple(pages), tuple(findings)


def _page_without_text(number: int, error: LoanbatchError) -> Finding:
    return Finding(
        code="page_without_text",
        severity=Severity.WARNING,
        message=f"page {number} could not be recognized: {error.message}",
    )


def _recognize(registry: Registry, source: Source, page: Page) -> Page:
    image = hookcalls.render_page(registry, source, page.number)
    recognition = hookcalls.recognize_text(registry, image)
    return _with_exact(recognized_page(image, recognition), page)


def _with_exact(recognized: Page, read: Page) -> Page:
    """Return a recognized page with the exact words that the file itself has for it.

    On a page that had to be turned or levelled they would stand elsewhere, and are left out.
    """
    if not (read.words or read.check_boxes) or recognized.orientation or recognized.skew:
        return recognized
    words = [word for word in recognized.words if not _is_inside_any(word.box, read.words)]
    boxes = [
        item
        for item in recognized.check_boxes
        if not any(_is_inside(item.box, other.box) for other in read.check_boxes)
    ]
    return evolve(
        recognized,
        words=(*words, *read.words),
        check_boxes=(*boxes, *read.check_boxes),
    )


def _is_inside_any(box: Box, words: Iterable[Word]) -> bool:
    return any(_is_inside(box, word.box) for word in words)


def _is_inside(box: Box, other: Box) -> bool:
    """Tell whether the middle of a box lies in another one."""
    across, along = (box.left + box.right) / 2, (box.top + box.bottom) / 2
    return other.left <= across <= other.right and other.top <= along <= other.bottom


def recognized_page(image: PageImage, recognition: Recognition) -> Page:
    """Return the page that an OCR engine read, its words in points of the upright page."""
    scale = image.points_per_pixel
    width, height = image.width * scale, image.height * scale
    if recognition.orientation in (90, 270):
        width, height = height, width
    return Page(
        number=image.page_number,
        width=width,
        height=height,
        words=tuple(_scaled_word(word, scale) for word in recognition.words),
        check_boxes=tuple(_scaled_check_box(item, scale) for item in recognition.check_boxes),
        text_source=TextSource.RECOGNIZED,
        orientation=recognition.orientation,
        skew=recognition.skew,
    )


def _scaled_word(word: Word, scale: float) -> Word:
    return Word(
        word.text,
        word.left * scale,
        word.top * scale,
        word.right * scale,
        word.bottom * scale,
        word.confidence,
    )


def _scaled_check_box(check_box: CheckBox, scale: float) -> CheckBox:
    return evolve(check_box, box=Box(*(edge * scale for edge in check_box.box)))
