"""The entrance: listening sockets that let in no more than there is room for.

The bound is kept where connections are accepted, below TLS and HTTP, so that it holds for those
that never finish a handshake too, and files never run out: probes and brokers keep theirs.
"""

import errno
import os
import socket
from typing import Any, Final

from gateway.connections.crowd import Crowd, Guest

_UNCONFIRMED_MILLISECONDS: Final = 30_000
"""Sent bytes that the other side does not take for so long end the connection."""


class Entrance(socket.socket):
    """A listening socket in the place of another, whose connections are guests of a crowd.

    Args:
        listening: the other; it is closed for whoever has it.
        crowd: who may come in.
    """

    def __init__(self, listening: socket.socket, crowd: Crowd) -> None:
        kind = listening.family, listening.type, listening.proto
        super().__init__(*kind, fileno=listening.detach())
        self._crowd = crowd
        # Those that it accepts have it from here.
        self.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, _UNCONFIRMED_MILLISECONDS)

    def accept(self) -> tuple[Guest, Any]:
        """Return a new guest, and its address.

        Raises:
            BlockingIOError: nobody is there, or there is no place for whoever was.
        """
        connection, address = super().accept()
        guest = self._crowd.admit(connection, address[0])
        if guest is None:
            # Others have their turn before the next one is turned away.
            raise BlockingIOError(errno.EAGAIN, os.strerror(errno.EAGAIN))
        return guest, address
