"""What every parser of this package gives back, and the cleaning that all of them start with."""

from __future__ import annotations

import re
import unicodedata

from attrs import frozen

from loanbatch.models import Value

#: Printed forms of "nothing here", compared without case, blanks and closing punctuation.
_NOTHING = frozenset(
    {"", "na", "n/a", "n.a", "not applicable", "none given", "tbd", "to be determined", "unknown"}
)

_DASHES = str.maketrans(dict.fromkeys("‐‑‒–—―−﹣－", "-"))
_QUOTES = str.maketrans({"’": "'", "‘": "'", "“": '"', "”": '"'})
#: White space that is not a line break, with characters of no width.
_BLANKS = re.compile(r"[^\S\n]+|[\u200b\u200c\u200d\u2060\ufeff\u00ad]")


@frozen(kw_only=True)
class Reading:
    """A typed value, and how sure the reading of its raw text is."""

    value: Value
    #: 0 to 1: what the field's own confidence is multiplied with.
    certainty: float = 1.0
    #: ISO 4217; only for money in another currency than US dollars.
    currency: str | None = None


#: A stray blank or a swapped separator was mended on the way.
MENDED = 0.98
#: The text allows a second reading that is much less likely.
LIKELY = 0.97
#: Kept as printed, though it does not have the shape that it should have: somebody should look.
ODD = 0.6


def fold(text: str) -> str:
    """Return the text on one line with single blanks, plain dashes and no wide characters."""
    return " ".join(_plain(text).split())


def lines(text: str) -> list[str]:
    """Return the lines of a text that hold something, each with single blanks."""
    parts = re.split(r"\r\n?|\n|\x0b|\x0c|\u2028|\u2029", text)
    return [line for line in (tidy(part) for part in parts) if line]


def tidy(text: str) -> str:
    """Return the text as printed, on one line with single blanks."""
    return " ".join(_BLANKS.sub(_blank_or_nothing, text).split())


def says_nothing(text: str) -> bool:
    """Tell whether the text is a placeholder: no letter and no digit, or `N/A` and its like."""
    folded = fold(text)
    if not any(character.isalnum() for character in folded):
        return True
    return folded.casefold().strip(" .:-") in _NOTHING


def _blank_or_nothing(match: re.Match[str]) -> str:
    return " " if match[0].isspace() else ""


def _plain(text: str) -> str:
    if text.isascii():
        return tidy(text)
    # NFKC would turn ½ into 1⁄2, glued to a whole number before it: fractions are read as they are.
    characters = (
        character
        if unicodedata.category(character) == "No"
        else unicodedata.normalize("NFKC", character)
        for character in text
    )
    return tidy("".join(characters)).translate(_DASHES).translate(_QUOTES)
