"""Names of persons and organizations, as printed; several of them as one entry each."""

from __future__ import annotations

import re
from collections.abc import Sequence

from loanbatch_plugins.normalizers._reading import LIKELY, Reading, lines, says_nothing, tidy

#: Words that only names of organizations have. "and" between two of them is part of a name.
_ORGANIZATION = re.compile(
    r"\b(?:llc|l\.l\.c|inc|incorporated|corp|corporation|company|co|ltd|limited|llp|lllp|lp|plc|pllc|"
    r"pvt|bank|n\.?a|fsb|trust|trustees?|associates|group|partners|partnership|holdings|union|"
    r"university|college|church|foundation|services|estate|sons|brothers|bros|enterprises|industries|"
    r"fund|agency|department|society)\b",
    re.IGNORECASE,
)
#: A legal form alone is what is left of a name that was cut.
_LEGAL_FORM = re.compile(
    r"\W*(?:llc|l\.l\.c|inc|incorporated|corp|corporation|ltd|limited|llp|lp|plc|pvt\.? ltd|"
    r"n\.?a)\W*",
    re.IGNORECASE,
)
#: A title that is the first part of an institution's name.
_OF_INSTITUTION = re.compile(
    r"(?:dr|shri|sri|smt|rev)\.?\s.*\b(?:institute|institution|school|academy|polytechnic|vidyalaya|"
    r"university|college|hospital|trust|foundation|society|limited|ltd|pvt|llp|bank|enterprises|"
    r"industries|traders|agencies|finance)\b",
    re.IGNORECASE,
)
#: A full stop after a whole word ends a sentence; after one of these it belongs to the name.
_SENTENCE_END = re.compile(
    r"(?<![.\w])(?!(?:bros|corp|assn|assoc|intl|natl|dept|univ|inst|cont|incorp)\.$)[^\W\d]{4,}\.$",
    re.IGNORECASE,
)
_SUFFIX = re.compile(r"(?:jr|sr|ii|iii|iv|md|m\.d|phd|ph\.d|esq|cpa|dds|rn)\.?", re.IGNORECASE)
_TITLE = re.compile(
    r"(?:mr|mrs|ms|miss|dr|shri|smt|sri|kumari|sr\.?a?|prof|rev|hon)\.?", re.IGNORECASE
)
#: Words before which a surname does not end.
_PARTICLE = frozenset(
    {"de", "del", "la", "las", "los", "van", "von", "der", "da", "dos", "di", "le", "st."}
)

#: How title is held is no part of a name.
_VESTING = re.compile(
    r"(?:,?\s*\b(?:(?:as )?husband and wife|wife and husband|his wife|her husband|"
    r"an? (?:un)?married (?:man|woman|person|couple)|a single (?:man|woman|person)|"
    r"spouses married to each other|(?:as )?joint tenants?|as community property|"
    r"(?:not )?(?:as )?tenants? (?:in common|by the entirety)|"
    r"with (?:full )?rights? of survivorship)\b|"
    r",\s*(?:as\s+|the\s+)?(?:co-?)?borrowers?\b)[^;\n]*$",
    re.IGNORECASE,
)
_ROLE = re.compile(
    r"\(\s*(?:(?:\s*[/,&]\s*|\s+and\s+)?(?:the\s+)?(?:co-?\s?|joint\s+|primary\s+|main\s+)?"
    r"(?:borrower|applicant|obligant|signer|guarantor|buyer|seller|owner|father|mother|son|daughter|"
    r"spouse|wife|husband|brother|sister|guardian|parent|nominee|student)s?(?:\s*\d)?)+\s*\)",
    re.IGNORECASE,
)
#: What stands between two persons on one line; a slash only before a title.
_BETWEEN = re.compile(
    r"\s*;\s*|\s+/\s*(?=(?:mr|mrs|ms|miss|dr|shri|smt|sri|kumari)\b\.?\s)", re.IGNORECASE
)
_NUMBERING = re.compile(r"^(?:\(?\d{1,2}[.)]\s*|[-•▪*]\s*)")
#: The line before or after says another name.
_LOOSE_AND = re.compile(r"^(?:and|&)\s+|\s+(?:and/or|and|or|&|y)$", re.IGNORECASE)
_AND = re.compile(r"\s+(?:and/or|and|or|&|y)\s+|\s*&\s*", re.IGNORECASE)


def parse_name(text: str) -> Reading | None:
    """Read one name as printed.

    Returns:
        The name on one line; None for a placeholder, a text without a letter, a legal form alone.
    """
    name = _trimmed(tidy(text.replace("\n", " ")))
    return Reading(value=name) if name and not _LEGAL_FORM.fullmatch(name) else None


def parse_names(text: str) -> Reading | None:
    """Read names, one entry a person; a surname that two persons share is given to both.

    Returns:
        A tuple in printed order without repetitions; None where there is no name.
    """
    names: list[str] = []
    certainty = 1.0
    for line in _whole_lines(lines(text)):
        for part in _BETWEEN.split(_VESTING.sub("", line)):
            found, sure = _persons(_NUMBERING.sub("", _ROLE.sub("", part)))
            names += found
            certainty = min(certainty, sure)
    kept = tuple(dict.fromkeys(name for name in map(_trimmed, names) if name))
    return Reading(value=kept, certainty=certainty) if kept else None


def _is_title(word: str, rest: str) -> bool:
    """Tell whether a word is the title of the person whose name follows: Ms. Roe, not MS in Law."""
    degree = word.isupper() and not rest.isupper()
    return _TITLE.fullmatch(word) is not None and rest[:1].isupper() and not degree


def _whole_lines(printed: Sequence[str]) -> list[str]:
    """Join lines over which one name runs: a single word, with or without title, is no name."""
    whole: list[str] = []
    for line in printed:
        broken = _is_part(line) or (whole and _is_part(whole[-1]))
        if whole and broken and not whole[-1].endswith((",", ";")):
            whole[-1] = f"{whole[-1]} {line}"
        else:
            whole.append(line)
    return whole


def _is_part(line: str) -> bool:
    words = [word for word in line.split() if not _TITLE.fullmatch(word)]
    return len(words) == 1 and words[0].isalpha()


def _trimmed(name: str) -> str:
    """Return a name without a title and what surrounds it; empty for a placeholder."""
    name = _LOOSE_AND.sub("", name.strip(' ,;:-–—_|/*"“”')).rstrip(" ,")
    title, _, rest = name.partition(" ")
    if _SENTENCE_END.search(name):
        name = name[:-1]
    if _OF_INSTITUTION.match(name):
        title = ""
    if _is_title(title, rest) and " " in rest.strip() and not _AND.match(f" {rest.strip()}"):
        name = rest.strip()
    if name.startswith("(") and name.endswith(")"):
        name = name[1:-1]
    if says_nothing(name) or not any(character.isalpha() for character in name):
        return ""
    return re.sub(r"\s+,", ",", name)


def _persons(text: str) -> tuple[list[str], float]:
    """Return the persons of one line and how sure the splitting is."""
    if not (_AND.search(text) or "," in text) or _ORGANIZATION.search(text):
        return [text], 1.0
    groups = _and_groups(text)
    persons: list[str] = []
    certainty = 1.0
    for group in groups:
        split = _comma_list(group)
        if len(split) > 1 and len(groups) == 1:
            # "Maria Lopez, Ana Ruiz" is two persons more often than one with a double surname.
            certainty = LIKELY
        persons += split
    return persons, certainty


def _and_groups(text: str) -> list[str]:
    parts = [part.strip(" ,") for part in _AND.split(text)]
    parts = [part for part in parts if part]
    if len(parts) == 1:
        return parts
    if not _is_full_name(parts[-1]):
        # "Shaw and Martin": a firm, or too little to tell; as printed.
        return [text]
    family = _family_name(parts[-1])
    whole: list[str] = []
    for part in parts[:-1]:
        words = [word for word in part.split() if not _TITLE.fullmatch(word)]
        if not words:
            # "Mr. and Mrs. John Smith" names one person only.
            return [text]
        whole.append(part if "," in part or _is_full_name(part) else f"{part} {family}")
    return [*whole, parts[-1]]


def _comma_list(text: str) -> list[str]:
    """Split at commas where every piece is a full name, never before a suffix."""
    pieces = [piece.strip() for piece in text.split(",")]
    pieces = [piece for piece in pieces if piece]
    joined: list[str] = []
    for piece in pieces:
        if joined and _SUFFIX.fullmatch(piece):
            joined[-1] = f"{joined[-1]}, {piece}"
        else:
            joined.append(piece)
    if len(joined) > 1 and all(_is_full_name(piece) for piece in joined):
        return joined
    return [text]


def _is_full_name(text: str) -> bool:
    """Tell whether a piece has a given name and a surname."""
    words = [word for word in text.replace(",", " ").split() if not _TITLE.fullmatch(word)]
    while len(words) > 1 and _SUFFIX.fullmatch(words[-1]):
        words.pop()
    if len(words) < 2:  # noqa: PLR2004
        return False
    return len(words[-1].strip(".")) > 1 and words[0].casefold() not in _PARTICLE


def _family_name(text: str) -> str:
    words = text.replace(",", " ").split()
    while len(words) > 1 and _SUFFIX.fullmatch(words[-1]):
        words.pop()
    start = len(words) - 1
    while start > 1 and words[start - 1].casefold() in _PARTICLE:
        start -= 1
    return " ".join(words[start:])
