"""Addresses that messages may go to: a private one only where the routes file allows it.

Whoever can write a routes file, or a name server, must not have the rules call what only this
machine or its network should reach. The address is judged after the name was looked up, and it is
that very address that is connected to.
"""

import socket
from ipaddress import IPv6Address, ip_address

from aiohttp import TCPConnector, ThreadedResolver
from aiohttp.abc import AbstractResolver, ResolveResult
from yarl import URL


class PrivateAddressError(OSError):
    """A receiver stands at a private address, and that is not allowed for it."""

    def __init__(self) -> None:
        super().__init__("its address is private: set private_addresses: true to allow that")


def is_public(address: str) -> bool:
    """Tell whether an address is reached over the internet."""
    parsed = ip_address(address.partition("%")[0])
    if isinstance(parsed, IPv6Address) and parsed.ipv4_mapped is not None:
        parsed = parsed.ipv4_mapped
    return parsed.is_global and not parsed.is_multicast


def check_literal(url: URL) -> None:
    """Refuse a URL whose host is a private address in figures: nobody looks that up.

    Raises:
        PrivateAddressError: it is.
    """
    try:
        public = is_public(url.host or "")
    except ValueError:
        return  # a name: the connector judges what it leads to
    if not public:
        raise PrivateAddressError


def make_connector(*, private_addresses: bool) -> TCPConnector:
    """Return a connector that refuses private addresses unless they are allowed."""
    resolver: AbstractResolver = ThreadedResolver()
    return TCPConnector(resolver=resolver if private_addresses else _PublicOnly(resolver))


class _PublicOnly(AbstractResolver):
    def __init__(self, resolver: AbstractResolver) -> None:
        self._resolver = resolver

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        found = await self._resolver.resolve(host, port, family)
        public = [each for each in found if is_public(each["host"])]
        if not public:
            raise PrivateAddressError
        return public

    async def close(self) -> None:
        await self._resolver.close()
