"""Text brought to a key in which the same label always looks the same.

Case, accents, white space and punctuation do not matter to a label, and OCR joins and splits words,
so keys are squeezed: "Loan  Amount:" and "LOANAMOUNT" are both `loanamount`. What tells one label
from another stays: letters, digits, `#`, `%`, `$`, and `&` as "and".
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache

_KEPT = "abcdefghijklmnopqrstuvwxyz0123456789#%$"
_TABLE: dict[int, str | None] = {code: None for code in range(128) if chr(code) not in _KEPT}
_TABLE |= {code: chr(code).lower() for code in range(ord("A"), ord("Z") + 1)}
_TABLE[ord("&")] = "and"


@lru_cache(maxsize=65536)
def squeeze_word(word: str) -> str:
    """Return the key of one word; empty for punctuation."""
    if word.isascii():
        return word.translate(_TABLE)
    plain = unicodedata.normalize("NFKD", word).casefold()
    kept = (c for c in plain if c.isalnum() or c in "&#%$₹€£")
    return "".join(kept).replace("&", "and")


def squeeze(text: str) -> str:
    """Return the key of a text of several words."""
    return "".join(map(squeeze_word, text.split()))
