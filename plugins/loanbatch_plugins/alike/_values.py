"""Whether two values of one field are the same."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from loanbatch.models import Value
from loanbatch.vocabulary import FieldType
from loanbatch_plugins.alike._addresses import same_address
from loanbatch_plugins.alike._organizations import same_organization
from loanbatch_plugins.alike._persons import same_person
from loanbatch_plugins.alike._words import same_word, words_of

_CENT = Decimal("0.01")


def same_identifier(one: str, other: str) -> bool:
    """Tell whether two ids are one: punctuation and spaces make no difference.

    Of a masked one (`XXX-XX-1234`) the digits that it shows have to be the last of the other.
    """
    first, second = "".join(words_of(one)), "".join(words_of(other))
    if first == second:
        return bool(first)
    few, many = sorted((first.lstrip("x"), second.lstrip("x")), key=len)
    masked = _is_masked(one) or _is_masked(other)
    return masked and bool(few) and many.endswith(few)


def _is_masked(text: str) -> bool:
    return "*" in text or "xx" in text.casefold()


def same_value(one: Value, other: Value, kind: FieldType) -> bool:
    """Tell whether two values are equal but for their form.

    Money is equal to the cent; names, addresses and ids as the functions of this package have it;
    other texts are equal when their words are.
    """
    if isinstance(one, tuple) and isinstance(other, tuple):
        return same_persons(one, other)
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    if isinstance(one, Decimal | int) and isinstance(other, Decimal | int):
        gap = abs(Decimal(one) - Decimal(other))
        return gap < _CENT if kind is FieldType.MONEY else not gap
    if isinstance(one, str) and isinstance(other, str):
        return _SAME_TEXT.get(kind, same_text)(one, other)
    return one == other


def same_persons(some: tuple[str, ...], others: tuple[str, ...]) -> bool:
    """Tell whether two lists name the same people, in any order."""
    left = list(others)
    for name in some:
        found = next((other for other in left if same_person(name, other)), None)
        if found is None:
            return False
        left.remove(found)
    return not left


def same_text(one: str, other: str) -> bool:
    """Tell whether two texts have the same words, but for case, punctuation and a slip in each."""
    first, second = words_of(one), words_of(other)
    return len(first) == len(second) and all(map(same_word, first, second))


def _same_name(one: str, other: str) -> bool:
    return same_person(one, other) or same_organization(one, other)


_SAME_TEXT: dict[FieldType, Callable[[str, str], bool]] = {
    FieldType.ADDRESS: same_address,
    FieldType.IDENTIFIER: same_identifier,
    FieldType.NAME: _same_name,
}
