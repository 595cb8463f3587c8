"""Where a request comes from, and whether it came by TLS, with proxies in front or without."""

import re
from collections.abc import Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Final

from aiohttp import web

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

_UNKNOWN: Final = ip_address("::")
_SUBSCRIBER: Final = 64
"""Bits of an IPv6 address that one subscriber cannot change."""

_HOP: Final = re.compile(r"(?:(?P<four>[0-9.]+)|\[(?P<six>[^\]]+)\])(?::[0-9]{1,5})?")


def client_address(request: web.Request, proxies: Sequence[Network]) -> Address:
    """Return the address of the client: the last hop that no trusted proxy vouches for.

    Args:
        request: the request.
        proxies: that are believed.
    """
    address = _parse(request.remote or "") or _UNKNOWN
    if not proxies:
        return address
    said = ",".join(request.headers.getall("X-Forwarded-For", []))
    # Each proxy appends whom it heard, so only the end of the list is a proxy's word.
    for hop in reversed(said.split(",") if said else []):
        if not _is_within(address, proxies):
            break
        address = _parse(_without_port(hop.strip())) or _UNKNOWN
    return address


def by_tls(request: web.BaseRequest, proxies: Sequence[Network]) -> bool:
    """Return whether the client speaks TLS, to us or to a trusted proxy."""
    if request.secure:
        return True
    said = request.headers.get("X-Forwarded-Proto", "") if proxies else ""
    if said.strip().lower() != "https":
        return False
    return _is_within(_parse(request.remote or "") or _UNKNOWN, proxies)


def subscriber(address: Address) -> str:
    """Return what guesses are counted by: an IPv4 address, or the /64 of an IPv6 one."""
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped:
            return str(address.ipv4_mapped)
        return str(ip_network((int(address), _SUBSCRIBER), strict=False))
    return str(address)


def _is_within(address: Address, networks: Sequence[Network]) -> bool:
    return any(address in network for network in networks)


def _without_port(hop: str) -> str:
    """Return a hop's address; some proxies write the port behind it, and IPv6 in brackets then."""
    found = _HOP.fullmatch(hop)
    return hop if found is None else found["four"] or found["six"]


def _parse(text: str) -> Address | None:
    try:
        return ip_address(text)
    except ValueError:
        return None
