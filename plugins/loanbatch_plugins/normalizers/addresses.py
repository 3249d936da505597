"""Postal addresses: printed lines on one line, the United States left out."""

from __future__ import annotations

import re

from loanbatch_plugins.normalizers._reading import Reading, lines, says_nothing

_ZIP = r"\d{5}(?:\s?-\s?\d{4})?"
#: The country is left out only where a state or a postal code ends the address without it.
_UNITED_STATES = re.compile(
    rf"(?P<end>\b{_ZIP}|,\s?[A-Z]{{2}})[,\s]+"
    rf"(?:u\.?\s?s\.?(?:\s?a\.?)?|united states(?: of america)?)\.?$",
    re.IGNORECASE,
)


def parse_address(text: str) -> Reading | None:
    """Read a postal address.

    Args:
        text: Printed lines, one below the other.

    Returns:
        The lines joined with ", "; None for a placeholder.
    """
    parts = [part.strip(" ,;|") for part in lines(text)]
    address = ", ".join(part for part in parts if part and not says_nothing(part))
    address = re.sub(r"\s*,(?:\s*,)*\s*", ", ", address).strip(" ,;:-")
    address = _UNITED_STATES.sub(lambda match: match["end"], address)
    if says_nothing(address) or not re.search(r"[^\W\d_]{2}", address):
        return None
    return Reading(value=address)
