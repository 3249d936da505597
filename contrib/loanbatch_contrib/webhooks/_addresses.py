"""Which addresses of the network may be sent to.

A name may lead into this computer, its network, or to the service of a cloud that gives away
credentials, and may do so only after it was looked at. So the addresses behind a name are looked
at, every one of them, and what is connected to is an address, not the name.
"""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Iterator

_Address = ipaddress.IPv4Address | ipaddress.IPv6Address

#: Answered by the host of a virtual machine: Azure's is public by its number, Oracle's is in a
#: network that older versions of Python take for public.
_OF_THE_CLOUD = (ipaddress.ip_network("168.63.129.16/32"), ipaddress.ip_network("192.0.0.0/24"))
#: Translated into the IPv4 address in its last four bytes (RFC 6052, RFC 8215).
_NAT64 = (ipaddress.ip_network("64:ff9b::/96"), ipaddress.ip_network("64:ff9b:1::/48"))


class RefusedAddressError(Exception):
    """A name leads to an address that is not public."""


def addresses_of(host: str, port: int, *, allow_private: bool) -> list[str]:
    """Return the addresses behind a name, in the order in which they should be tried.

    Raises:
        OSError: The name is not known, or nobody answers who knows.
        RefusedAddressError: One of them is not public, and private ones are not allowed.
    """
    answers = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    found = list(dict.fromkeys(str(answer[4][0]) for answer in answers))
    if not allow_private and not all(map(is_public, found)):
        raise RefusedAddressError
    return found


def is_public(text: str) -> bool:
    """Tell whether an address is one of the Internet, and so are those that it is a form of."""
    address = ipaddress.ip_address(text)
    return all(
        item.is_global
        and not item.is_multicast
        and not any(item in network for network in _OF_THE_CLOUD)
        for item in (address, *_embedded(address))
    )


def _embedded(address: _Address) -> Iterator[_Address]:
    """Give the IPv4 addresses to which packets to an IPv6 address are handed on."""
    if isinstance(address, ipaddress.IPv4Address):
        return
    if address.ipv4_mapped is not None:
        yield address.ipv4_mapped
    if address.sixtofour is not None:
        yield address.sixtofour
    if address.teredo is not None:
        yield from address.teredo
    if any(address in network for network in _NAT64):
        yield ipaddress.IPv4Address(address.packed[-4:])
