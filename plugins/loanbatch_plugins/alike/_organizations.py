"""Variants of a company's name."""

from __future__ import annotations

from loanbatch_plugins.alike._words import same_word, words_of

#: Say of what legal form a company is, not which.
_FORMS = frozenset(
    words_of(
        "inc incorporated corp corporation co company llc llp lp ltd limited plc pvt private na n a"
        " fsb the and of"
    )
)


def same_organization(one: str, other: str) -> bool:
    """Tell whether two names may be of one company: legal forms and case make no difference.

    A name may leave out words at its end: `Acme Bank` is `Acme Bank Mortgage Division, N.A.`.
    """
    few, many = sorted((_words(one), _words(other)), key=len)
    if not few:
        return False
    if "".join(few) == "".join(many):
        return True
    return all(same_word(a, b) for a, b in zip(few, many, strict=False))


def _words(text: str) -> tuple[str, ...]:
    words = words_of(text.replace("&", " and "))
    return tuple(word for word in words if word not in _FORMS) or words
