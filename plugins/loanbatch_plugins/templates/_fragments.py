"""Shapes that patterns of templates name instead of spelling out: `{date}`, `{money}`, `{person}`.

`{date}` captures the date as the group `value`, `{first_date=date}` as another one; `{any date}`
only stands for one.
"""

from __future__ import annotations

import re

from loanbatch_plugins.templates._types import MONTH_NAMES

_MONTH = rf"(?:{MONTH_NAMES})"
_ORDINAL = r"\d{1,2} ?(?:st|nd|rd|th|er|\.)?"
_WORDED = (
    r"(?:(?:(?:twenty|thirty)[- ])?(?:first|second|third|fourth|fifth|sixth|seventh|eighth|ninth)|"
    r"tenth|eleventh|twelfth|(?:thir|four|fif|six|seven|eigh|nine)teenth|twentieth|thirtieth)"
)
#: Capitalized words, case kept apart from the rest of the pattern.
_FIRST = r"[^\W\d_a-zà-þ]"
_CAPITAL = rf"{_FIRST}[\w.'’&-]*"
_UNITS = "one|two|three|four|five|six|seven|eight|nine"
_NUMBER = (
    rf"(?:ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen|{_UNITS}|"
    rf"(?:twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety)(?:[- ](?:{_UNITS}))?)"
)
#: Words that forms print beside names.
_NO_NAME = (
    r"(?i:the|of|and|or|to|by|in|for|undersigned|(?:co-?)?borrowers?|(?:co-?)?applicants?|"
    r"co-?signer|guarantor|lender|witness|seal|date|signature|signed|name|dear|note|"
    r"loan|original|only|if|student)"
)
# The capital is asked for first: it rules out most places at once.
_PERSONAL = rf"(?={_FIRST})(?!{_NO_NAME}\b){_CAPITAL}"
#: Another person begins here.
_TITLE = r"(?:Mr|Mrs|Ms|Shri|Smt|Sri|Kumari?)\b"
#: A name begins with a word, never within one: "AND Mr. Roe" has no "ND Mr. Roe".
_BEGIN = r"(?<![^\W_])"
#: A party's part in the contract, or a word between two parties, begins no name.
_PARTY = r"(?i:(?:co-?)?borrowers?|lenders?|whereas|and|between|among|administrative agent)"

FRAGMENTS = {
    "date": (
        # The two letters rule out most places before the months are tried one by one.
        rf"(?=\d|[jfmasondte][abceghiklnopuvwäé])(?:{_MONTH}\.? ?{_ORDINAL} ?,? ?,? ?\d{{4}}|"
        rf"(?:the )?(?:{_ORDINAL}(?: day)?(?: of| de)?[ ,-]+|{_WORDED} day of )"
        rf"{_MONTH}\.?(?: del?)?[ ,-]{{0,3}}\d{{2,4}}|"
        r"\d{1,2} ?[/.-] ?\d{1,2} ?[/.-] ?\d{2,4}|\d{4}-\d{2}-\d{2})"
    ),
    "money": (
        r"(?:(?:[$₹€£■]|Rs\b\.?|INR\b|USD\b|Rupees\b) ?\d[\d,]*(?:\.\d{1,2})?|"
        r"(?<![\d,./-])\d{1,3}(?:,\d{2,3})+(?:\.\d{1,2})?"
        r"(?! ?(?:days?|sq|months?|years?|km|miles|units?|hours?)\b)|"
        r"(?<![\d,./-])\d{1,3}(?:\.\d\d)?(?= ?/-))"
        r"(?: ?/-)?(?: (?:lakhs?|lacs?|crores?|million)\b)?"
    ),
    "percent": (
        r"(?<![\d/.])\d{1,3}(?:\.\d{1,4}| \d/\d| ?[½¼¾⅛⅜⅝⅞])? ?(?:%|percent\b|per ?cent\b)"
    ),
    "months": rf"(?:\d{{1,3}}|{_NUMBER})(?: ?\(\d{{1,3}}\))?[ -](?:months?|years?|yrs?|mths?)\b",
    "count": rf"(?:\d{{1,4}}|{_NUMBER} ?\(\d{{1,4}}\)|{_NUMBER}\b)",
    "person": rf"(?-i:{_BEGIN}{_PERSONAL}(?: (?!{_TITLE}){_PERSONAL}){{1,4}})",
    #: A street address of the United States on one line.
    "address": (
        r"(?<![\d/.,-])\d{1,6}[A-Z]? [\w .,#'’-]{5,90}?\b(?-i:[A-Z]{2}),? \d{5}(?:-\d{4})?(?!\d)"
    ),
    #: An organization by the word that closes its name.
    "lender": (
        rf"(?-i:(?:{_CAPITAL},? (?:of |and |the |& |for )?){{1,7}}(?:\([A-Z][\w ]*\) )?"
        r"(?:Limited|LIMITED|Ltd\.?|LTD\.?|L\.?L\.?C\.?|Inc\.?|INC\.?|Bank|BANK|N\.A\.?|"
        r"Corporation|CORPORATION|Corp\.?|Company|COMPANY|Society|Trust|Credit Union|CREDIT UNION|"
        r"Association|LLP|FSB)(?![\w])|Bank of [A-Z]\w+(?: [A-Z]\w+)?)"
    ),
    "organization": (
        rf"(?-i:{_BEGIN}(?!{_PARTY}\b){_CAPITAL}(?:,? (?:(?:of|and|the|for|de|&) ){{0,2}}"
        rf"(?:{_CAPITAL}|\({_CAPITAL}(?: {_CAPITAL})*\))){{0,8}})"
    ),
}
#: What may stand before a shape and is no part of it; recognition reads a rupee sign as a letter or
#: another sign.
_BEFORE = {"money": r"(?:U\.? ?S\.? ?|(?<!\w)[tFXZ%&*¥€=~] ?)?"}
_USE = re.compile(r"\{(?:(?P<bare>any )|(?P<group>[a-z_]+)=)?(?P<name>[a-z]+)\}")


def expand(pattern: str) -> str:
    """Return a pattern with its named shapes spelled out.

    Raises:
        KeyError: No shape has that name.
    """

    def spelled(match: re.Match[str]) -> str:
        shape = FRAGMENTS[match["name"]]
        before = _BEFORE.get(match["name"], "")
        if match["bare"]:
            return f"{before}(?:{shape})"
        return f"{before}(?P<{match['group'] or 'value'}>{shape})"

    return _USE.sub(spelled, pattern)
