"""Parts of a letter that stand in places of their own: who writes, to whom, when.

The address is the block of lines under "To", under a name with a title, or above "Dear …": names
first, then the lines down to a postal code. The sender is the organization in the letterhead.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from attrs import frozen

from loanbatch.vocabulary import FieldType
from loanbatch_plugins.layout import PageLayout, Segment, read_blocks, squeeze
from loanbatch_plugins.templates._candidates import Candidate
from loanbatch_plugins.templates._schema import LetterPart, Occurrence, Rule
from loanbatch_plugins.templates._types import find_typed
from loanbatch_plugins.templates._view import DocumentView

_TITLE = re.compile(
    r"(?:mr|mrs|ms|miss|dr|shri|smt|sri|shrimati|kum|kumari|prof|m/s)\.?\s+(?=[A-Z])",
    re.IGNORECASE,
)
_TO = re.compile(r"to\s*[,:.]?", re.IGNORECASE)
_DEAR = re.compile(r"(?:dear|respected)\b", re.IGNORECASE)
#: Whose child or spouse somebody is, or in whose care, belongs to neither name nor address.
_RELATION = re.compile(
    r"(?:[sdwc]\s?/\s?o|son of|daughter of|wife of|care of|prop(?:rietor)?|partner|director)\b",
    re.IGNORECASE,
)
#: Before the second person of an address.
_AND = re.compile(r"^(?:and|&)\s+", re.IGNORECASE)
_POSTAL = re.compile(r"(?:\b\d{5}(?:-\d{4})?|\b[1-9]\d{2}\s?\d{3})\s*(?:\([^)]*\))?[\W_]*$")
_NO_ADDRESS = re.compile(
    r"@|\b(?:tel|ph|phone|mobile|mob|e-?mail|fax|gstin|cin|www)\b|[$₹]|"
    r"\b(?:regd|registered|head|corporate|corp|branch)\.? office\b",
    re.IGNORECASE,
)
_NAME = re.compile(r"[^\W\d_][^\d@$₹:;%]*")
#: What closes the name of an organization that lends.
_ORGANIZATION = re.compile(
    r"\b(?:limited|ltd|l\.?l\.?c|inc|incorporated|corp|corporation|company|bank|n\.\s?a|fsb|trust|"
    r"credit union|association|society|nigam|authority|finance|fund|lending|mortgage|savings)\b"
    r"\.?,?$|^(?:the )?bank of \w+",
    re.IGNORECASE,
)
_SUFFIX = re.compile(
    r"(?:private |pvt\.? )?(?:limited|ltd|l\.?l\.?c|inc|n\.\s?a|corporation)\.?", re.IGNORECASE
)
_NO_NAME = re.compile(
    r"\b(?:letter|statement|agreement|disclosure|application|form|branch|department|division|cell|"
    r"note|of the|for|your|you|page|date)\b",
    re.IGNORECASE,
)
#: How the second line of a lender's name begins, and what the first line looks like.
_COMMON = re.compile(
    r"(?:home |student |education |housing |national |federal |mortgage )?"
    r"(?:loans?|mortgage|bank|credit|servicing|finance|financial|lending|savings|capital)\b",
    re.IGNORECASE,
)
_FIRST_PART = re.compile(r"[A-Z][\w&.'’-]*(?: [A-Z&][\w&.'’-]*){0,3}")
#: What a paper calls itself.
_PAPER = re.compile(
    r"\b(?:letter|statement|disclosures?|application|request|form|agreement|certificate|certification|"
    r"notice|report|estimate|authorization|verification|information|summary|transcript|affidavit|"
    r"consent|receipt|schedule|advice|confirmation|quote|intimation|checklist|invoice|lease|deed|"
    r"worksheet|questionnaire|addendum|rider|contract|policy|acknowledge?ment|instructions|payoff|"
    r"ledger|history|analysis|registration|memorandum|memo|determination|sheet|price you pay|bill|"
    r"extension|rights?|survey|appraisal|declarations?|explanation|demand|log|binder|claim|voucher)\b",
    re.IGNORECASE,
)
#: Papers that one word names.
_ONE_WORD = re.compile(
    r"(?:invoice|receipt|lease|affidavit|memorandum|checklist|contract)s?", re.IGNORECASE
)
#: Firms may have a paper in their name.
_FIRM = re.compile(rf"{_ORGANIZATION.pattern}|\b(?:services|group|agency)$", re.IGNORECASE)
#: So do their units.
_UNIT = re.compile(
    r"\b(?:department|dept\.?|division|office|team|center|desk|unit)$", re.IGNORECASE
)
#: Behind such a mark a title goes on with what the paper is about.
_SUBTITLE = re.compile(r"\s+[-–—|:]\s+")
#: An item of a list is no title.
_ITEM = re.compile(r"\W*\[[ xX_]?\]|[•☐☑☒□✓]|\(?(?:\d{1,2}|[a-z])[.)]\s")
#: Titles are not set in smaller print than others by more than this.
_TALL = 0.85
_SMALL = frozenset({"of", "and", "the", "for", "to", "on", "in", "a", "cum", "with", "from", "or"})
_LONGEST_TITLE, _TITLE_SHARE = 12, 0.35
#: Shares of the page's height: the head with the sender, and the part in which an address stands.
_HEAD, _UPPER = 0.25, 0.6
_MOST_LINES, _MOST_NAMES, _LONGEST_NAME = 9, 3, 8
_AFTER_TO, _WITH_TITLE, _BEFORE_DEAR, _ALONE = 0.93, 0.92, 0.9, 0.85


@frozen
class _Address:
    names: tuple[Segment, ...]
    lines: tuple[Segment, ...]
    score: float


def lettered(view: DocumentView, rule: Rule) -> Iterator[Candidate]:
    """Yield the part of the letter's first page that a rule asks for."""
    layout = view.layouts[0]
    if rule.letter is LetterPart.SENDER:
        found = _senders(view, layout)
    elif rule.letter is LetterPart.TITLE:
        found = _titles(layout)
    elif rule.letter is LetterPart.DATE:
        found = _dates(view, layout)
    else:
        found = _addressed(layout, rule)
    for lines, raw, score in found:
        words = tuple(word for line in lines for word in line.words)
        if rule.reject is None or not rule.reject.search(raw):
            yield Candidate(raw=raw, page=layout.number, words=words, score=score * rule.confidence)


_Part = tuple[Sequence[Segment], str, float]


def _addressed(layout: PageLayout, rule: Rule) -> Iterator[_Part]:
    for address in _addresses(layout):
        lines: Sequence[Segment] = address.lines
        if rule.letter is LetterPart.ADDRESSEE:
            every = rule.occurrence is Occurrence.ALL
            lines = address.names if every else address.names[:1]
        elif rule.letter is LetterPart.JOINT_ADDRESSEES:
            lines = address.names[1:]
        if lines:
            yield lines, "\n".join(_AND.sub("", line.text) for line in lines), address.score
        return


def _addresses(layout: PageLayout) -> list[_Address]:
    """Return the blocks to which the letter may be addressed, the surest first."""
    dear = next((item for item in layout.segments if _DEAR.match(item.text)), None)
    found = []
    for block in read_blocks(layout):
        if block[0].top > _UPPER * layout.page.height:
            continue
        address = _read(block, dear)
        if address is not None:
            found.append(address)
    return sorted(found, key=lambda item: -item.score)


def _read(block: Sequence[Segment], dear: Segment | None) -> _Address | None:
    lines = [line for line in block if not find_date(line)]
    start, after_to = _begin(lines)
    lines = lines[start:][:_MOST_LINES]
    names: list[Segment] = []
    rest: list[Segment] = []
    for line in lines:
        text = _AND.sub("", line.text.strip())
        if _RELATION.match(text):
            continue
        if not rest and len(names) < _MOST_NAMES and _is_name(text, first=not names):
            names.append(line)
            continue
        if _NO_ADDRESS.search(text) or _DEAR.match(text):
            break
        rest.append(line)
        if _POSTAL.search(text):
            score = _score(names, line, dear, after_to=after_to)
            return _Address(tuple(names), tuple(rest), score) if names and score else None
    return None


def _begin(lines: Sequence[Segment]) -> tuple[int, bool]:
    """Return the line with the first name and whether "To" stands before it."""
    for number, line in enumerate(lines):
        if _TO.fullmatch(line.text.strip()):
            return number + 1, True
    for number, line in enumerate(lines):
        if _TITLE.match(line.text.strip()):
            return number, False
    return 0, False


def _score(
    names: Sequence[Segment], last: Segment, dear: Segment | None, *, after_to: bool
) -> float:
    if after_to:
        return _AFTER_TO
    if names and _TITLE.match(names[0].text):
        return _WITH_TITLE
    if dear is not None and 0 < dear.top - last.bottom < 6 * last.height:
        return _BEFORE_DEAR
    return 0.0


def _is_name(text: str, *, first: bool) -> bool:
    if _TITLE.match(text):
        return True
    words = text.rstrip(",").split()
    if "," in text.rstrip(",") or not 1 < len(words) <= _LONGEST_NAME:
        return False
    return first and _NAME.fullmatch(text) is not None and not _NO_NAME.search(text)


def find_date(line: Segment) -> bool:
    """Whether a line is a date and nothing else."""
    text = re.sub(r"^(?:dated?|on)\s*[:.]?\s*", "", line.text.strip(), flags=re.IGNORECASE)
    return any(
        not re.search(r"\w", text[: found.start] + text[found.end :])
        for found in find_typed(FieldType.DATE, text)
    )


def _dates(view: DocumentView, layout: PageLayout) -> Iterator[_Part]:
    for line in layout.segments:
        if line.top >= _UPPER * layout.page.height:
            continue
        if find_date(line) and not _captioned(view, layout, line):
            found = find_typed(FieldType.DATE, line.text)[0]
            yield [line], line.text[found.start : found.end], _ALONE


def _captioned(view: DocumentView, layout: PageLayout, line: Segment) -> bool:
    """Whether a caption stands over a date that does not say itself that it is one."""
    over = layout.above(line.box, 1.5 * line.height)
    return line.text[0].isdigit() and any(
        abs(item.left - line.left) < line.height and view.is_label_cell(item) for item in over
    )


def _titles(layout: PageLayout) -> Iterator[_Part]:
    """Yield the first of the tallest headings that name a kind of paper."""
    found: list[_Part] = []
    for line in layout.segments:
        if line.top > _TITLE_SHARE * layout.page.height:
            break
        text = _title_in(line.text.strip(" .:*#-–—"))
        if text is not None:
            found.append((*_whole_title(layout, line, text), _ALONE))
    tallest = max((part[0][0].height for part in found), default=0.0)
    yield from [part for part in found if part[0][0].height > _TALL * tallest][:1]


def _whole_title(layout: PageLayout, line: Segment, text: str) -> tuple[list[Segment], str]:
    """Return a title with the line of the same print below that a preposition joins to it."""
    after = layout.continuation(line)
    if after is None or abs(after.height - line.height) > 0.1 * line.height:
        return [line], text
    first = after.text.split()[0].lower() if after.text.split() else ""
    is_whole = len(after.text.split()) > _LONGEST_TITLE or first not in _SMALL - {"a", "the"}
    if is_whole or not line.text.rstrip().endswith(text[-3:]):
        return [line], text
    return [line, after], f"{text} {after.text.strip()}"


def _title_in(text: str) -> str | None:
    """Return what a line calls the paper, without a subtitle; None where it does not."""
    first = _SUBTITLE.split(text)[0]
    text = first if _PAPER.search(first) else text
    words = text.split()
    if len(words) == 1:
        return text if _ONE_WORD.fullmatch(text) else None
    if not words or len(words) > _LONGEST_TITLE or ":" in text or not _PAPER.search(text):
        return None
    if _FIRM.search(text) and not _PAPER.match(text):
        return None
    small = [word for word in words if word[0].islower() and word not in _SMALL]
    if small or _UNIT.search(text) or _ITEM.match(text) or re.search(r"\d{3}|[$@]", text):
        return None
    return text


def _senders(view: DocumentView, layout: PageLayout) -> Iterator[_Part]:
    heads = [item for item in layout.segments if item.top < _HEAD * layout.page.height]
    found: list[_Part] = []
    for line in heads:
        after = layout.continuation(line)
        lines: list[Segment] = [line]
        text = re.split(r"\s[-—–|•·]\s|\(", line.text)[0].strip(" ,;:")
        if after is not None and _SUFFIX.fullmatch(after.text.strip()):
            lines, text = [line, after], f"{text}\n{after.text.strip()}"
        before = _name_above(view, layout, line)
        if before is not None:
            lines, text = [before, *lines], f"{before.text}\n{text}"
        if _is_sender(text):
            found.append((lines, text, _ALONE))
    tallest = max((part[0][0].height for part in found), default=0.0)
    for part in found[:_MOST_NAMES]:
        if part[0][0].height > 0.85 * tallest:
            again = 1.0 if _is_named_again(view, part[1]) else 0.95
            yield part[0], part[1], part[2] * again


def _name_above(view: DocumentView, layout: PageLayout, line: Segment) -> Segment | None:
    """Return the line with the first part of a name that goes on with what any lender is called."""
    if not _COMMON.match(line.text):
        return None
    for item in layout.above(line.box, 0.7 * line.height):
        # One name is set in one size, or stands elsewhere on one line.
        alike = 0.8 < item.height / line.height < 1.6  # noqa: PLR2004
        alike = alike or _is_named_again(view, f"{item.text} {line.text}")
        if alike and abs(item.left - line.left) < line.height and _FIRST_PART.fullmatch(item.text):
            return item
    return None


def _is_sender(text: str) -> bool:
    words = text.split()
    if not 1 < len(words) <= _LONGEST_NAME or not words[0][0].isupper() or _NO_NAME.search(text):
        return False
    return _ORGANIZATION.search(text) is not None and not re.search(r"\d|@|:", text)


def _is_named_again(view: DocumentView, text: str) -> bool:
    return squeeze(view.flows[1].text).count(squeeze(text)) > 1
