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
    return _hops(request, proxies)[-1]


def by_tls(request: web.BaseRequest, proxies: Sequence[Network]) -> bool:
    """Return whether the client speaks TLS, to us or to the first trusted proxy on its way."""
    if request.secure:
        return True
    said = _list(request, "X-Forwarded-Proto") if proxies else []
    vouching = sum(_is_within(hop, proxies) for hop in _hops(request, proxies)) if said else 0
    # As with addresses: each proxy appends what it heard, or says it anew for all before it.
    return vouching > 0 and said[-min(vouching, len(said))].lower() == "https"


def _hops(request: web.BaseRequest, proxies: Sequence[Network]) -> list[Address]:
    """Return the way that a request took: trusted proxies, the nearest first, and the client."""
    hops = [_parse(request.remote or "") or _UNKNOWN]
    # Each proxy appends whom it heard, so only the end of the list is a proxy's word.
    for hop in reversed(_list(request, "X-Forwarded-For") if proxies else []):
        if not _is_within(hops[-1], proxies):
            break
        hops.append(_parse(_without_port(hop)) or _UNKNOWN)
    return hops


def _list(request: web.BaseRequest, header: str) -> list[str]:
    """Return the words of a header that is a list, and may be there several times."""
    said = ",".join(request.headers.getall(header, []))
    return [word.strip() for word in said.split(",")] if said else []


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
