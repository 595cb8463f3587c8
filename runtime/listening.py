"""Listening sockets: a port that is taken is told before anything else is begun."""

import errno
import socket
from typing import Final

_BACKLOG: Final = 128


class ListenError(OSError):
    """Nobody can listen there; the message names address, port and settings."""


def listen(host: str, port: int, settings: str) -> list[socket.socket]:
    """Return a socket for each address of the host; whoever connects waits until they are served.

    Args:
        host: an address of this machine, or a name of it.
        port: 0 lets the system choose.
        settings: the names by which a person chooses both.

    Raises:
        ListenError: another program listens there, or nobody may.
    """
    opened: list[socket.socket] = []
    try:
        for family, kind, protocol, _, address in _addresses(host, port):
            opened.append(socket.socket(family, kind, protocol))
            _bind(opened[-1], address)
    except OSError as error:
        for each in opened:
            each.close()
        why = _WORDS.get(error.errno or 0) or error.strerror or str(error)
        raise ListenError(f"cannot listen at {host} port {port} ({settings}): {why}") from None
    return opened


_WORDS: Final = {
    errno.EADDRINUSE: "another program does",
    errno.EADDRNOTAVAIL: "this machine has no such address",
}


def _addresses(host: str, port: int) -> list[tuple[int, int, int, str, tuple[object, ...]]]:
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    return list(dict.fromkeys(found))


def _bind(opened: socket.socket, address: tuple[object, ...]) -> None:
    # What is left of closed connections is nobody who listens.
    opened.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    if opened.family == socket.AF_INET6:
        opened.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
    opened.bind(address)
    opened.listen(_BACKLOG)
