"""Marks in symbol fonts, which come as letters or private codes, as the signs that a reader sees.

Only the signs that stand for a tick or a box matter; other symbols stay as they are.
"""

from __future__ import annotations

import ctypes
from typing import Any

_PRIVATE = range(0xF000, 0xF100)  # where Windows symbol fonts put their 256 codes

#: By part of the font's name, lower case; codes as in the font.
_SIGNS: dict[str, dict[str, str]] = {
    "wingdings2": {"P": "✓", "O": "✗", "R": "☑", "S": "☒", "T": "☒", "Q": "☒", "\xa3": "☐"},
    "wingdings": {
        "\xfb": "✗", "\xfc": "✓", "\xfd": "☒", "\xfe": "☑", "x": "☒",
        "\xa8": "☐", "o": "☐", "q": "☐", "r": "☐", "n": "■", "l": "●",
    },
    "webdings": {"a": "✓", "r": "✗", "c": "☐", "g": "■"},
    "marlett": {"a": "✓", "b": "✓"},
    "dingbat": {
        "3": "✓", "4": "✔", "5": "✗", "6": "✗", "7": "✗", "8": "✘",
        "l": "●", "n": "■", "o": "☐", "p": "☐", "q": "☐", "r": "☐",
    },
}  # fmt: skip
#: Kin of the signs that templates know, wherever they come from.
_KIN = str.maketrans("✕✖❏❐❑❒◻", "✗✗☐☐☐☐☐")
_CODES = frozenset("".join("".join(signs) for signs in _SIGNS.values()))
_KIN_SIGNS = frozenset("✕✖❏❐❑❒◻")


def may_be_symbols(text: str) -> bool:
    """Tell at little cost whether a word may need `readable`."""
    first = text[0]
    return (
        (len(text) == 1 and first in _CODES)
        or ord(first) in _PRIVATE
        or ord(text[-1]) in _PRIVATE
        or first in _KIN_SIGNS
    )


def readable(text: str, font: str) -> str:
    """Return a word with the marks of a symbol font as signs.

    Args:
        text: The word as the engine gives it.
        font: Name of the font of its first character.
    """
    name = font.lower().replace(" ", "").replace("-", "")
    signs = next((table for part, table in _SIGNS.items() if part in name), {})
    if any(ord(character) in _PRIVATE for character in text):
        # A private code without a known font is nearly always one of Wingdings.
        signs = signs or _SIGNS["wingdings"]
        text = "".join(_named(character, signs) for character in text)
    elif len(text) == 1:
        text = signs.get(text, text)
    return text.translate(_KIN)


def _named(character: str, signs: dict[str, str]) -> str:
    if ord(character) not in _PRIVATE:
        return character
    return signs.get(chr(ord(character) - _PRIVATE.start), character)


def font_name(text_page: Any, index: int) -> str:
    """Return the name of the font of a character; empty when it has none."""
    import pypdfium2.raw as engine

    flags = ctypes.c_int()
    size = engine.FPDFText_GetFontInfo(text_page, index, None, 0, flags)
    if size <= 1:
        return ""
    buffer = ctypes.create_string_buffer(size)
    engine.FPDFText_GetFontInfo(text_page, index, buffer, size, flags)
    return buffer.value.decode("utf-8", "replace")
