"""Making any text safe as a cell of a spreadsheet."""

from __future__ import annotations

import re

#: Spreadsheets take cells that begin so for formulas (OWASP, "CSV Injection"), full width too.
#: Blanks and quotes before are no shelter: some programs take them off.
_SHED = r"[\s'\"\u2018-\u201f\u200b-\u200f\u2060\ufeff]*"
_FORMULA = "[=+\\-@＝＋－＠]"
_FORMULA_START = re.compile(rf"{_SHED}{_FORMULA}|[\t\r\n]")
#: A program that takes another character for the one between cells would begin a cell there.
_AFTER_SEPARATOR = re.compile(rf"([;\t\r\n|]{_SHED})(?={_FORMULA})")
#: A plus is left to no number: none of ours has one, and a phone number would lose it.
_NEGATIVE_NUMBER = re.compile(r"-[0-9]+(\.[0-9]+)?", re.ASCII)
#: What no file of UTF-8 text can hold, no XML, and what a terminal would obey.
_UNWRITABLE = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]"
)


def cell(value: object) -> str:
    """Return a value as a cell that no spreadsheet runs.

    Text that could be taken for a formula gets an apostrophe in front; negative numbers stay as
    they are. A telephone number that begins with a plus has the apostrophe too: a spreadsheet would
    reckon +1-907-555-0143 out, and 0143 lost its zero. Control characters, marks
    that turn the writing around and lone surrogates become U+FFFD.
    """
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    text = writable(str(value))
    if _NEGATIVE_NUMBER.fullmatch(text):
        return text
    text = _AFTER_SEPARATOR.sub(r"\1'", text)
    return f"'{text}" if _FORMULA_START.match(text) else text


def writable(text: str) -> str:
    """Return a text that files and terminals can hold: other characters become U+FFFD."""
    return _UNWRITABLE.sub("\ufffd", text)
