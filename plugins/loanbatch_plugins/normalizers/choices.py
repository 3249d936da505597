"""Yes or no, plain text, and lists of texts."""

from __future__ import annotations

import re

from loanbatch_plugins.normalizers._reading import Reading, fold, lines, says_nothing, tidy

_YES = frozenset(
    {
        "yes",
        "y",
        "sí",
        "si",
        "true",
        "on",
        "x",
        "checked",
        "selected",
        "1",
        "ticked",
        "✓",
        "✔",
        "ja",
        "oui",
    }
)
_NO = frozenset({"no", "n", "false", "off", "unchecked", "0", "nil", "none", "nee", "nein", "non"})
_TICKED = "☒☑✓✔✗✘⊠■🗹"
_EMPTY = "☐□⬜"
#: A box and the label after it.
_CHOICE = re.compile(
    rf"(?P<box>[{_TICKED}{_EMPTY}]|\[\s*[xX]\s*\]|\[\s*\])\s*(?P<label>[^{_TICKED}{_EMPTY}\[]*)"
)
_WORD = re.compile(r"[^\W\d_]+|\d+|[✓✔]")


def parse_yes_no(text: str) -> Reading | None:
    """Read an answer: a word, or the one ticked box of a pair.

    Returns:
        A `bool`; None where no answer is given, or both.
    """
    folded = fold(text)
    if any(character in folded for character in _TICKED + _EMPTY) or re.search(
        r"\[\s*[xX]?\s*\]", folded
    ):
        return _from_boxes(folded)
    words = [word.casefold() for word in _WORD.findall(folded)]
    return _answer(words[0]) if words else None


def _from_boxes(text: str) -> Reading | None:
    choices = [
        (match["box"], match["label"].casefold().strip(" .,:")) for match in _CHOICE.finditer(text)
    ]
    if len(choices) == 1 and not choices[0][1]:
        return Reading(value=_is_ticked(choices[0][0]))
    ticked = [label for box, label in choices if _is_ticked(box)]
    if len(ticked) != 1 or not ticked[0]:
        return None
    return _answer(_WORD.findall(ticked[0])[0] if _WORD.findall(ticked[0]) else "")


def _is_ticked(box: str) -> bool:
    return box in _TICKED or "x" in box.casefold()


def _answer(word: str) -> Reading | None:
    if word in _YES:
        return Reading(value=True)
    if word in _NO:
        return Reading(value=False)
    return None


def parse_text(text: str) -> Reading | None:
    """Read text as printed, its lines joined with a blank; None for a placeholder."""
    if says_nothing(text):
        return None
    return Reading(value=tidy(text.replace("\n", " ")).strip(" ,;:|_"))


def parse_list(text: str) -> Reading | None:
    """Read several texts, divided by semicolons or line breaks; None where there is none."""
    parts = [part.strip(" ,;|") for line in lines(text) for part in line.split(";")]
    kept = tuple(dict.fromkeys(part for part in parts if not says_nothing(part)))
    return Reading(value=kept) if kept else None
