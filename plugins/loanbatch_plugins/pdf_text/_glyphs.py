"""Marks in symbol fonts, which come as letters or private codes, as the signs that a reader sees.

Only the signs that stand for a tick or a box matter; other symbols stay as they are. Ordinary fonts
with a symbol's encoding give letters as private codes; they are letters again here.
"""

from __future__ import annotations

import ctypes
import re

from loanbatch_plugins.pdf_text._engine import EngineTextPage

#: Where Unicode has no characters of its own; of fonts' codes the last eight bits are kept there.
_PRIVATE_FIRST, _PRIVATE_LAST = "\ue000", "\uf8ff"
#: Where fonts with a symbol encoding have their 256 codes.
_SYMBOL_CODES = range(0xF000, 0xF100)
#: A mark of which nothing is known but that it stands in a symbol font.
_UNKNOWN_MARK = "•"

#: By part of the font's name, lower case without separators; codes as in the font.
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
    "symbol": {},
}  # fmt: skip
#: Kin of the signs above, wherever they come from.
_KIN = {"✕": "✗", "✖": "✗", "❏": "☐", "❐": "☐", "❑": "☐", "❒": "☐", "◻": "☐", "⊠": "☒", "🗷": "☒"}
_KIN_TABLE = str.maketrans(_KIN)
_CODES = frozenset("".join("".join(signs) for signs in _SIGNS.values())) | frozenset(_KIN)


#: What stands between small letters only where a font does not say what its ligature means.
_STRAY = re.compile(r"[^\W\d_A-Z][\]\[}{\\Ɵƞ\ufffd][^\W\d_A-Z]")


def has_unmapped(text: str) -> bool:
    """Tell whether a word has a character that stands for another: `Solu]ons`."""
    return not (text.isascii() and text.isalnum()) and _STRAY.search(text) is not None


def may_be_symbols(text: str) -> bool:
    """Tell at little cost whether a word may need `readable`."""
    first, last = text[0], text[-1]
    return (
        (len(text) == 1 and (first in _CODES or first < " "))
        or _PRIVATE_FIRST <= first <= _PRIVATE_LAST
        or _PRIVATE_FIRST <= last <= _PRIVATE_LAST
    )


def readable(text: str, font: str) -> str:
    """Return a word with the marks of a symbol font as signs.

    Args:
        text: The word as the engine gives it.
        font: Name of the font of its first character.
    """
    name = font.lower().replace(" ", "").replace("-", "")
    signs = next((table for part, table in _SIGNS.items() if part in name), None)
    if signs is None:
        text = "".join(map(_letter, text))
    else:
        text = "".join(_sign(character, signs, alone=len(text) == 1) for character in text)
    return text.translate(_KIN_TABLE)


def _letter(character: str) -> str:
    code = ord(character)
    if code in _SYMBOL_CODES and chr(code - _SYMBOL_CODES.start).isprintable():
        return chr(code - _SYMBOL_CODES.start)
    return character


def _sign(character: str, signs: dict[str, str], *, alone: bool) -> str:
    if _PRIVATE_FIRST <= character <= _PRIVATE_LAST:
        return signs.get(chr(ord(character) & 0xFF), character)
    if not alone:
        return character
    return _UNKNOWN_MARK if character < " " else signs.get(character, character)


def font_name(text_page: EngineTextPage, index: int) -> str:
    """Return the name of the font of a character; empty when it has none."""
    import pypdfium2.raw as engine

    flags = ctypes.c_int()
    size = engine.FPDFText_GetFontInfo(text_page, index, None, 0, flags)
    if size <= 1:
        return ""
    buffer = ctypes.create_string_buffer(size)
    engine.FPDFText_GetFontInfo(text_page, index, buffer, size, flags)
    return buffer.value.decode("utf-8", "replace")
