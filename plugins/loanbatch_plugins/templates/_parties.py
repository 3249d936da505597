"""Who is who on papers that name their parties without labels: employer and employee, bank and customer.

Registered by kind in `_specials`. What a label rule of the template found stands; only what is missing is
taken from address blocks and letterheads.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from attrs import frozen

from loanbatch.models import Field
from loanbatch_plugins.layout import PageLayout, union
from loanbatch_plugins.templates._blocks import Block, Line, find_blocks, letterheads

#: Confidence of a name over a postal address, of one of two alike, of a letterhead without address.
_BLOCK = 0.86
_ONE_OF_TWO = 0.78
_LETTERHEAD = 0.72
_HEAD = 0.2


@frozen(kw_only=True)
class Roles:
    """The fields that the parties of a kind of document fill; empty where nobody has the role."""

    #: The person whom the document is about.
    person: str = ""
    person_address: str = ""
    #: The organization that made it.
    organization: str = ""
    organization_address: str = ""
    #: A word of the organization's name that makes a letterhead of a line.
    letterhead: str = ""


ROLES = {
    "paystub": Roles(
        person="employee_name",
        person_address="employee_address",
        organization="employer_name",
        organization_address="employer_address",
        letterhead=r"\b(?:inc|llc|corp|corporation|company|ltd|limited|payroll|department of)\b",
    ),
    "bank_statement": Roles(
        person="account_holder_names",
        person_address="address",
        organization="institution_name",
        letterhead=r"\b\w+ (?:bank|credit union|savings|trust)\b|\bbank of \w+|\b(?:llc|n\.a)\b",
    ),
    "mortgage_statement": Roles(
        person="borrower_names",
        organization="servicer_name",
        letterhead=r"\b\w+ (?:mortgage|loan servicing|servicing|bank|lending|home loans)\b",
    ),
    "utility_bill": Roles(
        person="account_holder_names",
        organization="provider_name",
        letterhead=r"\b\w+ (?:power|electric|energy|gas|water|utilities|edison|communications)\b",
    ),
    "cheque": Roles(organization="payer_name", organization_address="payer_address"),
    "insurance_binder": Roles(organization="insurer_name"),
}


def find_parties(
    kind: str, layouts: Sequence[PageLayout], found: Sequence[Field]
) -> Iterator[Field]:
    """Yield the parties' fields that no label gave."""
    roles = ROLES[kind]
    known = {field.name for field in found}
    for field in _find(kind, layouts, roles):
        if field.name not in known:
            yield field


def _find(kind: str, layouts: Sequence[PageLayout], roles: Roles) -> Iterator[Field]:
    blocks = _distinct(find_blocks(layouts))
    organization, person, certain = _assign(blocks, kind)
    extractor = f"templates/{kind}"
    sure = _BLOCK if certain else _ONE_OF_TWO
    if person is not None:
        yield from _fields(person, roles.person, roles.person_address, sure, extractor)
    if organization is not None and organization.names:
        yield from _fields(
            organization, roles.organization, roles.organization_address, sure, extractor
        )
    elif roles.letterhead:
        wanted = re.compile(roles.letterhead, re.IGNORECASE)
        head = next(iter(letterheads(layouts[0], _HEAD, wanted)), None)
        if head is not None:
            yield _field(roles.organization, (head,), layouts[0].number, _LETTERHEAD, extractor)


def _distinct(blocks: Sequence[Block]) -> list[Block]:
    """Drop repetitions of a party: the remittance slip names everybody again."""
    kept: dict[str, Block] = {}
    for block in blocks:
        if block.names:
            kept.setdefault(block.key, block)
    return list(kept.values())


def _assign(blocks: Sequence[Block], kind: str) -> tuple[Block | None, Block | None, bool]:
    organizations = [block for block in blocks if block.is_organization]
    persons = [block for block in blocks if not block.is_organization]
    certain = len(organizations) <= 1 and len(persons) <= 1
    organization = next(iter(organizations), None)
    if organization is None and kind in ("paystub", "cheque") and persons:
        # A firm named like a person stands first.
        organization = persons.pop(0)
        certain = False
    return organization, next(iter(persons), None), certain


def _fields(
    block: Block, name: str, address: str, confidence: float, extractor: str
) -> Iterator[Field]:
    if name:
        lines = block.names if name.endswith("names") else block.names[-1:]
        yield _field(name, lines, block.page, confidence, extractor)
    if address:
        yield _field(address, block.address, block.page, confidence, extractor)


def _field(name: str, lines: Sequence[Line], page: int, confidence: float, extractor: str) -> Field:
    weakest = min(word.confidence for line in lines for word in line.words)
    return Field(
        name=name,
        raw="\n".join(line.text for line in lines),
        page=page,
        box=union([line.box for line in lines]),
        confidence=round(confidence * (0.4 + 0.6 * weakest), 4),
        extractor=extractor,
    )
