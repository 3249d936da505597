"""Whether a document still counts: later issues replace earlier ones, copies count once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from attrs import evolve

from loanbatch.loans import LoanDocument, Standing
from loanbatch.models import Document, Value
from loanbatch.vocabulary import standard_vocabulary
from loanbatch_plugins.alike import same_identifier, same_value
from loanbatch_plugins.loans._tables import KindRule, tables

#: Values that two documents have to share to be copies of each other, …
_FEWEST = 3
#: … and what share of all values of the one with more of them.
_SHARE = 0.6
_PLAIN = KindRule()


def with_standing(documents: Sequence[LoanDocument]) -> tuple[LoanDocument, ...]:
    """Return the documents with the dates of their issue and their standing."""
    dated = [evolve(item, issued=_issued(item.document)) for item in documents]
    standing = _superseded(dated) | _duplicates(dated)
    return tuple(
        evolve(item, standing=standing.get(place, Standing.CURRENT))
        for place, item in enumerate(dated)
    )


def kind_rule(kind: str) -> KindRule:
    """Return how documents of a kind stand to each other."""
    return tables().kinds.get(kind, _PLAIN)


def _issued(document: Document) -> date | None:
    for name in kind_rule(document.kind).issued:
        field = document.fields.get(name)
        if field is not None and isinstance(field.value, date):
            return field.value
    return None


def _superseded(documents: Sequence[LoanDocument]) -> dict[int, Standing]:
    return {
        place: Standing.SUPERSEDED
        for place, item in enumerate(documents)
        if any(_replaces(other, item) for other in documents)
    }


def _replaces(later: LoanDocument, earlier: LoanDocument) -> bool:
    """Tell whether a document is a later issue of another one."""
    if later.document.kind != earlier.document.kind or not kind_rule(later.document.kind).reissued:
        return False
    if later.issued is None or earlier.issued is None or later.issued <= earlier.issued:
        return False
    ids = [_text(item.document, "loan_identifier") for item in (later, earlier)]
    # Two liens on one property are two loans, though somebody put them into one file.
    return not all(ids) or same_identifier(*ids)


def _text(document: Document, name: str) -> str:
    field = document.fields.get(name)
    return field.value if field is not None and isinstance(field.value, str) else ""


def _duplicates(documents: Sequence[LoanDocument]) -> dict[int, Standing]:
    """Return the places of documents that say what another one of their kind says, too.

    Of copies, the one with most values stays, then the one that was read most surely, then the
    first.
    """
    places = sorted(range(len(documents)), key=lambda place: _weight(documents[place].document))
    values = {place: _values(documents[place].document) for place in places}
    kept: list[int] = []
    found = {}
    for place in places:
        kind = documents[place].document.kind
        twins = (o for o in kept if documents[o].document.kind == kind)
        if any(_says_the_same(values[place], values[other]) for other in twins):
            found[place] = Standing.DUPLICATE
        else:
            kept.append(place)
    return found


def _weight(document: Document) -> tuple[int, float]:
    fields = document.fields.values()
    return -len(fields), -sum(field.confidence for field in fields)


def _values(document: Document) -> dict[str, Value]:
    """Return the values of a document by path; cells of rows as `fees[3].amount`."""
    found: dict[str, Value] = {}
    for name, field in document.fields.items():
        if field.value is not None:
            found[name] = field.value
        for number, row in enumerate(field.rows):
            cells = ((f"{name}[{number}].{cell.name}", cell.value) for cell in row)
            found.update((path, value) for path, value in cells if value is not None)
    return found


def _says_the_same(some: Mapping[str, Value], others: Mapping[str, Value]) -> bool:
    shared = some.keys() & others.keys()
    if len(shared) < _FEWEST or len(shared) < _SHARE * max(len(some), len(others)):
        return False
    words = standard_vocabulary()
    for path in shared:
        name, _, column = path.partition("[")
        definition = words.field(name)
        kind = definition.column(column.partition("].")[2]).type if column else definition.type
        if not same_value(some[path], others[path], kind):
            return False
    return True
