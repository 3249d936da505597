"""Whose account a statement is about, and who keeps it: names over postal addresses."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence

from loanbatch_plugins.templates._blocks import Block, Line, find_blocks
from loanbatch_plugins.templates._candidates import Candidate
from loanbatch_plugins.templates._parties import organization, person
from loanbatch_plugins.templates._schema import Rule
from loanbatch_plugins.templates._view import DocumentView

#: Names of those who keep accounts for others.
_BANK = re.compile(
    r"\b(?:bank|banking|bancorp|credit union|savings|fsb|n\.?a|trust|federal|financial)\b",
    re.IGNORECASE,
)
_BLOCK, _FIRM = 0.86, 0.8


def holder(*, address: bool) -> Callable[[DocumentView, Rule, str], Iterator[Candidate]]:
    """Return a reader of the holder's names, or of the lines of the address below them."""

    def read(view: DocumentView, rule: Rule, extractor: str) -> Iterator[Candidate]:
        persons = list(person(address=address)(view, rule, extractor))
        yield from persons or _firms(view, rule, address=address)

    return read


def institution(view: DocumentView, rule: Rule, extractor: str) -> Iterator[Candidate]:
    """Yield the name over an address that has a word of banks; else any firm but the holder."""
    blocks = [block for block in find_blocks(view) if block.names]
    bank = next((block for block in blocks if _is_bank(block)), None)
    if bank is not None:
        alone = len(bank.names[-1].text.split()) > 1
        yield _candidate(bank.names[-1:] if alone else bank.names, bank.page, _BLOCK, " ")
    elif next(person(address=False)(view, rule, extractor), None) is not None:
        yield from organization(address=False)(view, rule, extractor)


def _firms(view: DocumentView, rule: Rule, *, address: bool) -> Iterator[Candidate]:
    for block in find_blocks(view):
        if block.names and not _is_bank(block):
            lines = block.address if address else block.names
            yield _candidate(lines, block.page, _FIRM * rule.confidence)
            return


def _is_bank(block: Block) -> bool:
    return _BANK.search(" ".join(line.text for line in block.names)) is not None


def _candidate(lines: Sequence[Line], page: int, score: float, join: str = "\n") -> Candidate:
    return Candidate(
        raw=join.join(line.text for line in lines),
        page=page,
        words=tuple(word for line in lines for word in line.words),
        score=score,
    )
