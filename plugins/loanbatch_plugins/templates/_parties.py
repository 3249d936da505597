"""Who is who on papers that name their parties without labels: employee, customer, bank.

Postal addresses with the names over them give the parties, letterheads the issuer.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence

from attrs import evolve, frozen

from loanbatch_plugins.templates._blocks import Block, Line, find_blocks, letterheads
from loanbatch_plugins.templates._candidates import Candidate
from loanbatch_plugins.templates._schema import Rule
from loanbatch_plugins.templates._view import DocumentView

#: A name over a postal address; one of two alike; a letterhead that is named again, or is not.
_BLOCK, _ONE_OF_TWO, _LETTERHEAD, _LONE_LETTERHEAD = 0.86, 0.76, 0.8, 0.66
#: Share of a page's height that is its head.
_HEAD = 0.2
_NUMBERED_NAME = re.compile(r"\d{2,9} (?P<name>[A-Z][\w'’-]+, [A-Z][\w'’-]+(?: [A-Z]\w*\.?)?)")
_NO_PATTERN = re.compile("(?!)")

Reader = Callable[[DocumentView, Rule, str], Iterator[Candidate]]


@frozen
class _Parties:
    organization: Block | None
    person: Block | None
    score: float


def person(*, address: bool, after_employer: bool = False) -> Reader:
    """Return a reader of the person's names or address.

    Args:
        address: The lines of the address instead of the names.
        after_employer: An employer may be named like a person, and then stands first.
    """

    def read(view: DocumentView, rule: Rule, extractor: str) -> Iterator[Candidate]:
        del extractor
        parties = _parties(view, after_employer=after_employer)
        if parties.person is not None:
            yield from _of_block(parties.person, rule, parties.score, address=address)

    return read


def organization(*, address: bool, employer: bool = False) -> Reader:
    """Return a reader of the organization's name or address; arguments as those of `person`."""

    def read(view: DocumentView, rule: Rule, extractor: str) -> Iterator[Candidate]:
        del extractor
        parties = _parties(view, after_employer=employer)
        if parties.organization is not None:
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
    key = f"parties {after_employer}"
    if key not in view.remembered:
        view.remembered[key] = _assign(_distinct(view), after_employer=after_employer)
    known: _Parties = view.remembered[key]
    return known


def _distinct(view: DocumentView) -> list[Block]:
    """Return the parties in reading order, each once: the remittance slip names all again."""
    kept: dict[str, Block] = {}
    for block in map(_with_numbered_name, find_blocks(view.layouts)):
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


def _assign(blocks: Sequence[Block], *, after_employer: bool) -> _Parties:
    organizations = [block for block in blocks if _is_organization(block)]
    persons = [block for block in blocks if block not in organizations]
    certain = len(organizations) <= 1 and len(persons) <= 1
    first = next(iter(organizations), None)
    if first is None and after_employer and len(persons) > 1:
        # A firm named like a person stands first.
        first = persons.pop(0)
        certain = False
    return _Parties(first, next(iter(persons), None), _BLOCK if certain else _ONE_OF_TWO)


def _is_organization(block: Block) -> bool:
    """Whether a party is no person: by a word of its name, or by having only one."""
    return block.is_organization or all(len(line.text.split()) == 1 for line in block.names)


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
