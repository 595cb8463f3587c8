"""Ports of the servers: each is chosen once and kept, so that addresses stay what they were."""

import random
import socket
from pathlib import Path
from typing import Final

from deploy.errors import PortTakenError
from deploy.files import write_private

_CHOICE: Final = range(20_000, 30_000)
"""Below the ports that Linux lends to outgoing connections: a server that was down for a while
must not find one of those on its port."""


def keep_port(path: Path, chance: random.Random) -> int:
    """Return the port that a file holds; choose a free one and write the file if it is missing."""
    if not path.exists():
        write_private(path, f"{choose_port(chance)}\n")
    return int(path.read_text(encoding="ascii"))


def choose_port(chance: random.Random) -> int:
    """Return a port of 127.0.0.1 that is free at this moment."""
    for port in chance.sample(_CHOICE, 100):
        if is_free(port):
            return port
    raise PortTakenError(f"no free port between {_CHOICE.start} and {_CHOICE.stop} on 127.0.0.1")


def is_free(port: int) -> bool:
    """Tell whether nobody listens on the port of 127.0.0.1."""
    with socket.socket() as probe:
        # As the servers do: what is left of closed connections does not count.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True


def answers(port: int, greeting: bytes, timeout_seconds: float = 2) -> bool:
    """Tell whether who listens on the port says something to a greeting.

    The kernel accepts connections for a program that hangs, so connecting alone proves nothing.
    """
    try:
        with socket.create_connection(("127.0.0.1", port), timeout_seconds) as client:
            client.sendall(greeting)
            return bool(client.recv(1))
    except OSError:
        return False


def check_free(port: int, server: str, path: Path) -> None:
    """Refuse to start a server where another program listens.

    Raises:
        PortTakenError: naming the port, the server and the file that holds the choice.
    """
    if not is_free(port):
        raise PortTakenError(
            f"port {port} of 127.0.0.1, which belongs to {server}, is taken by another program. "
            f"Stop that, or remove {path} to have another port chosen"
        )
