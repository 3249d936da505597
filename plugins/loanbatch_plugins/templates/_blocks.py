"""Address blocks: a name with the lines of an address below it, and letterheads.

Statements, paystubs and cheques name their parties without a label. What gives them away is form: a
line that ends with a state and a ZIP code, the street above it, the name above that.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cached_property

from attrs import frozen

from loanbatch.models import Box, Word
from loanbatch_plugins.layout import PageLayout, Segment, union
from loanbatch_plugins.templates._types import is_placeholder
from loanbatch_plugins.templates._view import DocumentView
from loanbatch_plugins.templates._wordings import Wording

_STATES = (
    "AL|AK|AZ|AR|CA|CO|CT|DE|DC|FL|GA|HI|ID|IL|IN|IA|KS|KY|LA|ME|MD|MA|MI|MN|MS|MO|MT|NE|NV|NH|NJ|NM|NY|NC|ND|"
    "MP|OH|OK|OR|PA|PR|RI|SC|SD|TN|TX|UT|VT|VA|WA|WV|WI|WY|GU|VI|AS|ST|USA"
)
#: The last line of a postal address: place, state, ZIP code; or place and Indian PIN.
_PLACE = re.compile(
    rf"(?P<place>[A-Za-z][A-Za-z .'-]{{1,40}}?)\s?,?\s(?P<state>{_STATES}),?\s"
    rf"(?P<zip>\d{{5,6}}(?:-\d{{4}})?|\d[\d. ]{{4,5}}\d)\W*$"
    rf"|[A-Za-z .]{{2,40}}[,\s]+(?:USA|U\.S\.A\.)\W*$"
    rf"|[A-Za-z .]{{2,40}}\s?[-–]\s?\d{{3}}\s?\d{{3}}\W*$",
    re.IGNORECASE,
)
#: How each of them ends; few other lines do.
_PLACE_END = re.compile(r"[\da]\W*$", re.IGNORECASE)
_STREET = re.compile(
    r"^(?:\d+[A-Za-z]?\b|p\.?\s?o\.?\s?box|post office box|suite|ste\b|apt"
    r"|unit|floor|#\s?\d|one|plot|flat|h\.?no)|"
    r"\b(?:street|st|avenue|ave|road|rd|drive|dr|lane|ln|blvd|boulevard|court|ct|way|circle|pkwy|parkway|"
    r"highway|hwy|suite|ste|box|floor|plaza|building|place|pl|terrace)\b\.?",
    re.IGNORECASE,
)
#: A place line that begins with the street or box: the whole address on one line.
_STREET_FIRST = re.compile(r"\s*(?:\d|p\.?\s?o\.?\s?box\b)", re.IGNORECASE)
_ORGANIZATION = re.compile(
    r"\b(?:llc|inc|incorporated|corp|corporation|company|co|ltd|limited|llp|plc|bank|n\.?a|fsb|trust|associates|"
    r"union|university|college|services|service|servicing|department|dept|agency|mortgage|insurance|power|"
    r"electric|electricity|energy|gas|water|utilities|telecom|communications|airlines|medical|hospital|school|"
    r"district|county|city of|state of|payroll|financial|finance|capital|lending|loans|group"
    r"|exchange|mutual|"
    r"casualty|systems|solutions|industries|enterprises|graphics|manufacturing|foods|stores|management)\b",
    re.IGNORECASE,
)
_NUMBERS_ONLY = re.compile(r"^[\W\dxX*]+$")
_SENTENCE = re.compile(
    r"\b(?:your|you|the|is|are|will|to|for|please|if|or|may|this|that|by|from|number|date|period|page|total|"
    r"balance|amount|account|statement|payment|customer service|summary)\b",
    re.IGNORECASE,
)
#: Headings over a party's block.
_HEADING = re.compile(
    r"^(?:company|employee|employer|customer|payee|payer|borrower|member|insured|agent"
    r"|mailing address|"
    r"(?:named )?insured|co|dept|bank|power|electric|sender|recipient|name|address"
    r"|county id|remit to)\W*$",
    re.IGNORECASE,
)
#: What joint accounts put between two names.
_OR = re.compile(r"(?<=[A-Z]) (?:OR|AND/OR) (?=[A-Z])|(?<=[a-z]) or (?=[A-Z])")
#: What a firm calls one of its accounts, under its name.
_PURPOSE = re.compile(r"^(?:[A-Za-z&]+ ){1,3}account$", re.IGNORECASE)
#: What a letterhead may have behind the name: a motto, what the paper is.
_AFTER_NAME = re.compile(
    r"\s[—–|•]\s|\sMember\s|\s{2,}|\s(?i:(?:payroll|pay|earnings|direct deposit) "
    r"(?:check )?(?:stub|statement|advice|slip|detail))\b"
    r"|(?<=\w\w)\s(?i:(?:account |monthly |bank )?statement)\b"
)
_COLON = re.compile(r"^[^:]{2,30}:\s*")

#: A line of a block starts within so many heights of the one above or below it; the name over a
#: street may stand further off.
_LEADING = 1.1
_NAME_LEADING = 1.9
#: A letterhead stands further over a name than the name over its street, so many times.
_LETTERHEAD_GAP = 1.6
#: Lines set flush right differ by no more points at their right edges.
_FLUSH = 0.8
#: Lines above the place line at most.
_MOST_LINES = 5
_MOST_NAMES = 2
_MOST_ADDRESS_LINES = 4
#: Words of a place line at most; digits of a suite's number.
_LONGEST_PLACE = 12
_LONGEST_UNIT = 5
_LONGEST_NAME = 8
_SHORTEST_NAME = 3


@frozen
class Line:
    """A printed line: its text without a label before it, and its words."""

    text: str
    words: tuple[Word, ...]

    @property
    def box(self) -> Box:
        """The rectangle of the words."""
        return union(self.words)


@frozen(kw_only=True)
class Block:
    """A party: name lines over address lines."""

    page: int
    names: tuple[Line, ...]
    address: tuple[Line, ...]

    @cached_property
    def is_organization(self) -> bool:
        """Whether the name has a word that only organizations have."""
        return any(_ORGANIZATION.search(line.text) for line in self.names)

    @property
    def top(self) -> float:
        """Upper edge in points."""
        lines = self.names or self.address
        return min(line.box.top for line in lines)

    @property
    def left(self) -> float:
        """Left edge in points."""
        return min(line.box.left for line in (*self.names, *self.address))

    @property
    def key(self) -> str:
        """The names' letters, to compare blocks."""
        return re.sub(r"\W", "", "".join(line.text for line in self.names)).casefold()


def looks_like_name(text: str) -> bool:
    """Whether a line can be a name: few words, mostly letters, no sentence and no label."""
    if text.rstrip().endswith(":") or is_placeholder(text):
        return False
    text = text.strip(" *•-–,'")
    words = text.split()
    if not 1 <= len(words) <= _LONGEST_NAME or sum(map(str.isalpha, text)) < _SHORTEST_NAME:
        return False
    if text[0].islower() or _SENTENCE.search(_OR.sub(" & ", text)) or _HEADING.match(text):
        return False
    return sum(map(str.isdigit, text)) <= 2 and "$" not in text and "@" not in text  # noqa: PLR2004


def is_organization(text: str) -> bool:
    """Whether a text has a word that only names of organizations have."""
    return _ORGANIZATION.search(text) is not None


def find_blocks(view: DocumentView) -> list[Block]:
    """Return the address blocks of the pages, in reading order."""
    if "blocks" not in view.remembered:
        view.remembered["blocks"] = [
            block
            for layout in view.layouts
            for segment in layout.segments
            if (block := _block_at(layout, segment)) is not None
        ]
    known: list[Block] = view.remembered["blocks"]
    return known


def _line(segment: Segment) -> Line:
    """Return a cell as a line, a label with its colon cut off."""
    label = _COLON.match(segment.text)
    if label is None:
        return Line(segment.text, segment.words)
    words = tuple(
        word
        for word, start in zip(segment.words, segment.starts, strict=True)
        if start >= label.end()
    )
    return Line(segment.text[label.end() :], words) if words else Line("", segment.words)


def _block_at(layout: PageLayout, segment: Segment) -> Block | None:
    place = _line(segment)
    if (
        len(place.text.split()) > _LONGEST_PLACE
        or _PLACE_END.search(place.text) is None
        or _PLACE.search(place.text) is None
    ):
        return None
    address = [place]
    names: list[Line] = []
    number: Line | None = None
    has_street = _STREET_FIRST.match(place.text) is not None
    for above in _lines_above(layout, segment):
        line = _line(above)
        text = line.text.strip()
        if not text or _NUMBERS_ONLY.match(text):
            # The number of a suite on a line of its own, or a person's masked number.
            number = line if text.isdigit() and len(text) <= _LONGEST_UNIT else None
            continue
        if has_street and not names and _PURPOSE.match(text):
            continue
        is_street = _STREET.search(text) is not None and any(map(str.isdigit, text))
        if is_street and not names and len(address) < _MOST_ADDRESS_LINES:
            address[:0] = [line] if number is None else [line, number]
            number = None
            has_street = True
        elif names and names[0].box.top - above.bottom > _LEADING * above.height:
            break
        elif looks_like_name(text) and has_street and len(names) < _MOST_NAMES:
            names.insert(0, line)
        else:
            break
    if not has_street:
        return None
    names = _without_letterhead(names, address[0])
    return Block(page=layout.number, names=tuple(_same_party(names)), address=tuple(address))


def _without_letterhead(names: list[Line], street: Line) -> list[Line]:
    """Return the lines of a name without a firm's letterhead that only stands over them."""
    if len(names) < 2:  # noqa: PLR2004
        return names
    firm, name = names[-2:]
    gap = name.box.top - firm.box.bottom
    near = max(street.box.top - name.box.bottom, 1.0)
    is_above = gap > _LETTERHEAD_GAP * near and is_organization(firm.text)
    return names[-1:] if is_above and not is_organization(name.text) else names


def _same_party(names: Sequence[Line]) -> Sequence[Line]:
    """Return the lines of one party: of two unlike lines over an address the lower one."""
    if len(names) < 2:  # noqa: PLR2004
        return names
    heights = [line.box.bottom - line.box.top for line in names]
    if max(heights) > 1.3 * min(heights):
        return names[-1:]
    return names


def _lines_above(layout: PageLayout, segment: Segment) -> Iterator[Segment]:
    current = segment
    for _ in range(_MOST_LINES):
        found = next(
            (
                item
                for item in layout.above(_column(current), _NAME_LEADING * current.height)
                if abs(item.left - current.left) <= 1.5 * current.height
                or abs(item.left - segment.left) <= 1.5 * segment.height
                # A block set flush right.
                or abs(item.right - segment.right) <= _FLUSH
            ),
            None,
        )
        if found is None:
            return
        yield found
        current = found


def _column(segment: Segment) -> Box:
    return Box(
        segment.left - segment.height,
        segment.top,
        max(segment.right, segment.left + 8 * segment.height),
        segment.bottom,
    )


def letterheads(layout: PageLayout, share: float, wanted: Wording) -> Iterator[Line]:
    """Yield the lines in the top part of a page that name an organization, from the top.

    Args:
        layout: The page.
        share: Part of the page's height that counts as its head, 0 to 1.
        wanted: A word that names of the organizations in question have.
    """
    for segment in layout.segments:
        if segment.top > share * layout.page.height:
            continue
        text = _AFTER_NAME.split(segment.text)[0]
        line = Line(text.strip(), segment.words[: len(text.split())])
        if len(segment.words) == 1 and _ORGANIZATION.search(segment.text):
            # "ANYCOMPANY" over "BANK": one name on two lines of one height.
            line = _with_line_above(layout, segment) or line
        if looks_like_name(line.text) and wanted.search(line.text):
            yield line


def _with_line_above(layout: PageLayout, segment: Segment) -> Line | None:
    reach = 1.2 * segment.height
    for above in layout.above(segment.box, reach):
        alike = abs(above.height - segment.height) < 0.25 * segment.height
        if (
            alike
            and abs(above.left - segment.left) < segment.height
            and looks_like_name(above.text)
        ):
            return Line(f"{above.text} {segment.text}", (*above.words, *segment.words))
    return None
