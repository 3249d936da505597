"""Making any text safe as a cell of a spreadsheet."""

from __future__ import annotations

import re

#: Spreadsheets take cells that begin so for formulas (OWASP, "CSV Injection"), full width too.
_FORMULA_START = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
#: A plus is left to no number: none of ours has one, and a phone number would lose it.
_NEGATIVE_NUMBER = re.compile(r"-[0-9]+(\.[0-9]+)?", re.ASCII)
#: What no file of UTF-8 text can hold, no XML, and what a terminal would obey.
_UNWRITABLE = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]"
)


def cell(value: object) -> str:
    """Return a value as a cell that no spreadsheet runs.

    Text that could be taken for a formula gets an apostrophe in front, which spreadsheets take for
    "this is text"; negative numbers stay as they are. Control characters, marks
    that turn the writing around and lone surrogates become U+FFFD.
    """
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    text = writable(str(value))
    if text.startswith(_FORMULA_START) and not _NEGATIVE_NUMBER.fullmatch(text):
        return f"'{text}"
    return text


def writable(text: str) -> str:
    """Return a text that files and terminals can hold: other characters become U+FFFD."""
    return _UNWRITABLE.sub("\ufffd", text)
