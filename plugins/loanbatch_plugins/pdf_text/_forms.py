"""What people entered in form fields or typed onto a page: the engine's page text has neither."""

from __future__ import annotations

import ctypes
from collections.abc import Iterator, Sequence

from attrs import frozen

from loanbatch.models import Box, CheckBox, Word
from loanbatch_plugins.pdf_text._engine import EngineObject, EnginePage
from loanbatch_plugins.pdf_text._geometry import Displayed
from loanbatch_plugins.pdf_text._setting import Entry, set_words

#: Annotations that are looked at; a page of a form has some hundred.
_MOST_ANNOTATIONS = 3000
#: The engine's numbers for kinds of annotations and fields, and for flags.
_FREE_TEXT, _WIDGET = 3, 20
_CHECK_BOX, _RADIO_BUTTON, _COMBO_BOX, _LIST_BOX, _TEXT_FIELD = 2, 3, 4, 5, 6
_HIDDEN, _NO_VIEW = 2, 32
_MULTI_LINE, _PASSWORD, _COMB = 1 << 12, 1 << 13, 1 << 24
#: Part of an entry's words that already stand in its place when it is not added again.
_PRESENT = 0.6
#: Bytes of the zero that ends the engine's strings.
_ZERO = 2


@frozen(kw_only=True)
class Entries:
    """The entries of a page."""

    words: tuple[Word, ...] = ()
    check_boxes: tuple[CheckBox, ...] = ()


def read_entries(page: EnginePage, shown: Displayed, printed: Sequence[Word]) -> Entries:
    """Return what was entered on a page and is visible there.

    Args:
        page: The engine's page.
        shown: How it is displayed.
        printed: Words of the text layer; entries that stand there already are left out.
    """
    import pypdfium2.raw as engine

    words: list[Word] = []
    check_boxes: list[CheckBox] = []
    for index in range(min(_MOST_ANNOTATIONS, max(0, engine.FPDFPage_GetAnnotCount(page)))):
        annotation = engine.FPDFPage_GetAnnot(page, index)
        if not annotation:
            continue
        try:
            found = _read_annotation(page, annotation, shown)
        finally:
            engine.FPDFPage_CloseAnnot(annotation)
        if isinstance(found, CheckBox):
            check_boxes.append(found)
        elif found is not None:
            words += _unless_printed(set_words(found), found.box, printed)
    return Entries(words=tuple(words), check_boxes=tuple(check_boxes))


def _read_annotation(
    page: EnginePage, annotation: EngineObject, shown: Displayed
) -> Entry | CheckBox | None:
    import pypdfium2.raw as engine

    kind = engine.FPDFAnnot_GetSubtype(annotation)
    if kind not in (_WIDGET, _FREE_TEXT):
        return None
    if engine.FPDFAnnot_GetFlags(annotation) & (_HIDDEN | _NO_VIEW):
        return None
    box = _box(annotation, shown)
    if box is None:
        return None
    if kind == _FREE_TEXT:
        text = _string(engine.FPDFAnnot_GetStringValue, annotation, b"Contents")
        return Entry(text=text, box=box, multi_line=True)
    if page.formenv is None:
        return None
    return _read_field(page.formenv, annotation, box)


def _read_field(forms: EngineObject, annotation: EngineObject, box: Box) -> Entry | CheckBox | None:
    import pypdfium2.raw as engine

    kind = engine.FPDFAnnot_GetFormFieldType(forms, annotation)
    if kind in (_CHECK_BOX, _RADIO_BUTTON):
        ticked = engine.FPDFAnnot_IsChecked(forms, annotation) != 0
        return CheckBox(box=box, ticked=ticked)
    if kind not in (_TEXT_FIELD, _COMBO_BOX, _LIST_BOX):
        return None
    flags = engine.FPDFAnnot_GetFormFieldFlags(forms, annotation)
    if kind == _TEXT_FIELD and flags & _PASSWORD:
        return None
    text = _string(engine.FPDFAnnot_GetFormFieldValue, forms, annotation)
    if kind != _TEXT_FIELD:
        text = "\n".join(_selected(forms, annotation)) or text
    if not text.strip():
        return None
    return Entry(
        text=text,
        box=box,
        size=_number(engine.FPDFAnnot_GetFontSize, forms, annotation),
        alignment=int(_number(engine.FPDFAnnot_GetNumberValue, annotation, b"Q")),
        multi_line=kind == _LIST_BOX or (kind == _TEXT_FIELD and bool(flags & _MULTI_LINE)),
        comb=kind == _TEXT_FIELD and bool(flags & _COMB),
    )


def _selected(forms: EngineObject, annotation: EngineObject) -> Iterator[str]:
    """Give the labels of chosen options: a field's value may be a code that nobody sees."""
    import pypdfium2.raw as engine

    count = engine.FPDFAnnot_GetOptionCount(forms, annotation)
    for index in range(min(count, _MOST_ANNOTATIONS)):
        if engine.FPDFAnnot_IsOptionSelected(forms, annotation, index):
            yield _string(engine.FPDFAnnot_GetOptionLabel, forms, annotation, index)


def _box(annotation: EngineObject, shown: Displayed) -> Box | None:
    """Return an annotation's rectangle as displayed; None without area or off the page."""
    import pypdfium2.raw as engine

    rect = engine.FS_RECTF()
    if not engine.FPDFAnnot_GetRect(annotation, rect):
        return None
    left, right = sorted((rect.left, rect.right))
    bottom, top = sorted((rect.bottom, rect.top))
    box = shown.box(left, bottom, right, top)
    inside = Box(
        max(0.0, box.left),
        max(0.0, box.top),
        min(shown.width, box.right),
        min(shown.height, box.bottom),
    )
    has_area = inside.right - inside.left > 1 and inside.bottom - inside.top > 1
    return inside if has_area else None


def _string(read: EngineObject, *arguments: EngineObject) -> str:
    """Return a string that the engine gives in UTF-16 with a trailing zero."""
    size = read(*arguments, None, 0)
    if size <= _ZERO:
        return ""
    buffer = (ctypes.c_ushort * (size // 2 + 1))()
    read(*arguments, buffer, size)
    return bytes(buffer)[: size - _ZERO].decode("utf-16-le", "replace")


def _number(read: EngineObject, *arguments: EngineObject) -> float:
    value = ctypes.c_float()
    return float(value.value) if read(*arguments, value) else 0.0


def _unless_printed(words: list[Word], box: Box, printed: Sequence[Word]) -> list[Word]:
    """Return an entry's words; none when the page, flattened, has them printed in their place."""
    there = {
        word.text
        for word in printed
        if box.left <= (word.left + word.right) / 2 <= box.right
        and box.top <= (word.top + word.bottom) / 2 <= box.bottom
    }
    present = sum(word.text in there for word in words)
    return [] if words and present >= _PRESENT * len(words) else words
