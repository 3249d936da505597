"""Who is who on papers that name their parties without labels: employee, customer, bank.

Postal addresses with the names over them give the parties, letterheads the issuer.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence

from attrs import evolve, frozen

from loanbatch_plugins.layout import squeeze
from loanbatch_plugins.templates._blocks import (
    Block,
    Line,
    find_blocks,
    letterheads,
    looks_like_name,
)
from loanbatch_plugins.templates._candidates import Candidate
from loanbatch_plugins.templates._schema import Rule
from loanbatch_plugins.templates._view import DocumentView
from loanbatch_plugins.templates._wordings import wording

#: A name over a postal address; one of two alike; a letterhead that is named again, or is not.
_BLOCK, _ONE_OF_TWO, _LETTERHEAD, _LONE_LETTERHEAD = 0.86, 0.76, 0.8, 0.66
#: Share of a page's height that is its head.
_HEAD = 0.2
_NUMBERED_NAME = re.compile(r"\d{2,9} (?P<name>[A-Z][\w'’-]+, [A-Z][\w'’-]+(?: [A-Z]\w*\.?)?)")
_CITY = r"\b[A-Z]{2},? \d{5}(?:-\d{4})?"
_ONE_LINE_ADDRESS = re.compile(
    rf"(?P<address>(?:\d+|P\.? ?O\.? ?Box) .*{_CITY})(?: \+?[\d ().-]{{7,}})?", re.IGNORECASE
)
_NAME_AND_ADDRESS = re.compile(
    rf"(?P<name>[A-Z][^•·|]+?) ?[•·|] ?(?P<address>(?:\d|P\.? ?O)[^•·|]+[•·|,][^•·|]*{_CITY})"
)
#: The name stands this far over its address at most, in heights of the address.
_NAME_OVER = 1.5
_NO_PATTERN = wording("(?!)")

Reader = Callable[[DocumentView, Rule, str], Iterator[Candidate]]


@frozen
class _Parties:
    organization: Block | None
    person: Block | None
    score: float


def person(*, address: bool, after_employer: bool = False, payer: bool = False) -> Reader:
    """Return a reader of the person's names or address.

    Args:
        address: The lines of the address instead of the names.
        after_employer: An employer may be named like a person, and then stands first.
        payer: It is the one who pays, as on a cheque; elsewhere that one is somebody else.
    """

    def read(view: DocumentView, rule: Rule, extractor: str) -> Iterator[Candidate]:
        del extractor
        parties = _parties(view, after_employer=after_employer)
        found = parties.person
        if found is not None and (payer or not _is_payer(view, found)):
            yield from _of_block(found, rule, parties.score, address=address)

    return read


def organization(*, address: bool, employer: bool = False) -> Reader:
    """Return a reader of the organization's name or address; arguments as those of `person`."""

    def read(view: DocumentView, rule: Rule, extractor: str) -> Iterator[Candidate]:
        del extractor
        parties = _parties(view, after_employer=employer)
        if parties.organization is not None and not (
            employer and _is_employees(view, parties.organization)
        ):
            yield from _of_block(parties.organization, rule, parties.score, address=address)

    return read


def letterhead(view: DocumentView, rule: Rule, extractor: str) -> Iterator[Candidate]:
    """Yield the first line in the head of the first page that names an organization.

    The rule's pattern says by which words such names are known.
    """
    del extractor
    layout = view.layouts[0]
    line = next(letterheads(layout, _HEAD, rule.pattern or _NO_PATTERN), None)
    if line is not None and (rule.reject is None or not rule.reject.search(line.text)):
        again = " ".join(view.flows[1].text.casefold().split()).count(line.text.casefold()) > 1
        score = _LETTERHEAD if again else _LONE_LETTERHEAD
        yield _candidate((line,), layout.number, score * rule.confidence)


def _parties(view: DocumentView, *, after_employer: bool) -> _Parties:
    named = view.found.get("employee_name") if after_employer else None
    employee = named.raw if named is not None else ""
    key = f"parties {after_employer} {employee}"
    if key not in view.remembered:
        parties = _assign(_distinct(view), after_employer=after_employer, employee=employee)
        if after_employer and parties.organization is None:
            parties = evolve(parties, organization=next(_one_line_blocks(view), None))
        view.remembered[key] = parties
    known: _Parties = view.remembered[key]
    return known


def _one_line_blocks(view: DocumentView) -> Iterator[Block]:
    """Yield employers whose address is one line in the head, or stands with their name in the foot.

    The name is over the address, wherever the two are aligned.
    """
    known = {line.text for block in _distinct(view) for line in block.address}
    layout = view.layouts[0]
    for segment in layout.segments:
        foot = _NAME_AND_ADDRESS.fullmatch(segment.text)
        if foot is not None:
            count = len(foot["name"].split())
            name = Line(foot["name"], segment.words[:count])
            yield _block(layout.number, name, Line(foot["address"], segment.words[count + 1 :]))
        head = _ONE_LINE_ADDRESS.fullmatch(segment.text)
        if head is None or segment.text in known or segment.top > _HEAD * layout.page.height:
            continue
        words = segment.words[: len(head["address"].split())]
        for above in layout.above(segment.box, _NAME_OVER * segment.height):
            if looks_like_name(above.text) and not view.is_label_cell(above):
                name = Line(above.text, above.words)
                yield _block(layout.number, name, Line(head["address"], words))


def _block(page: int, name: Line, address: Line) -> Block:
    return Block(page=page, names=(name,), address=(address,))


def _distinct(view: DocumentView) -> list[Block]:
    """Return the parties in reading order, each once: the remittance slip names all again."""
    kept: dict[str, Block] = {}
    for block in map(_with_numbered_name, find_blocks(view)):
        if block.names:
            kept.setdefault(block.key, block)
    return list(kept.values())


def _with_numbered_name(block: Block) -> Block:
    """Return a block with the name that an employee's number before it made look like a street."""
    first = block.address[0]
    match = _NUMBERED_NAME.fullmatch(first.text.strip())
    if match is None or len(block.address) < 2:  # noqa: PLR2004
        return block
    name = Line(match["name"], first.words[1:])
    return evolve(block, names=(name,), address=block.address[1:])


def _assign(blocks: Sequence[Block], *, after_employer: bool, employee: str = "") -> _Parties:
    organizations = [
        block
        for block in blocks
        if _is_organization(block) or (after_employer and _joins_names(block))
    ]
    persons = [block for block in blocks if block not in organizations]
    certain = len(organizations) <= 1 and len(persons) <= 1
    first = next(iter(organizations), None)
    strangers = [block for block in persons if employee and not _is_named(block, employee)]
    if strangers:
        # The employee stands elsewhere, without an address.
        persons = [block for block in persons if block not in strangers]
        first = first or strangers[0]
        certain = False
    elif first is None and after_employer and len(persons) > 1:
        # A firm named like a person stands first.
        first = persons.pop(0)
        certain = False
    return _Parties(first, next(iter(persons), None), _BLOCK if certain else _ONE_OF_TWO)


def _is_payer(view: DocumentView, block: Block) -> bool:
    """Whether a person was told as the one who pays, by a label."""
    payer = view.found.get("payer_name")
    return payer is not None and squeeze(payer.raw) == squeeze(block.key)


def _is_employees(view: DocumentView, block: Block) -> bool:
    """Whether an address was told as the employee's by its label."""
    known = view.found.get("employee_address")
    text = "".join(line.text for line in block.address)
    return known is not None and squeeze(known.raw) == squeeze(text)


def _is_named(block: Block, name: str) -> bool:
    """Whether a party has a word of a name."""
    text = " ".join(line.text for line in block.names)
    return not _words_of(name).isdisjoint(_words_of(text))


def _words_of(name: str) -> set[str]:
    return set(re.findall(r"\w{2,}", name.casefold()))


def _is_organization(block: Block) -> bool:
    """Whether a party is no person: by a word of its name, or by having only one."""
    return block.is_organization or all(len(line.text.split()) == 1 for line in block.names)


def _joins_names(block: Block) -> bool:
    """Whether a name has "&": an employee is one person, so that it is a firm's."""
    return any("&" in line.text for line in block.names)


def _of_block(block: Block, rule: Rule, score: float, *, address: bool) -> Iterator[Candidate]:
    if address:
        lines = block.address
    else:
        lines = block.names if rule.type.value == "names" else block.names[-1:]
    if lines and not (rule.reject and rule.reject.search(lines[0].text)):
        yield _candidate(lines, block.page, score * rule.confidence)


def _candidate(lines: Sequence[Line], page: int, score: float) -> Candidate:
    return Candidate(
        raw="\n".join(line.text for line in lines),
        page=page,
        words=tuple(word for line in lines for word in line.words),
        score=score,
    )
