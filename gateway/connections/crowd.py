"""The crowd: all that are connected, and who has to go when there is no room.

A connection costs whoever opens it nothing and us a file of few, so there is a bound on all of them
and one for each address. At a bound, a newcomer takes the place of the one that has gone longest
without a request under way: whoever opens connections and asks nothing pushes out himself, and
behind an address that a whole district shares, his neighbours still come in. Where everybody has a
request under way, the newcomer is turned away.
"""

import asyncio
import socket
from collections import Counter, OrderedDict
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from ipaddress import ip_address
from typing import Final

from gateway.access.addresses import Network, subscriber


class Cut(StrEnum):
    """Why a connection was ended, or not let in."""

    SILENT = "silent"
    """No whole request came in time."""
    PUSHED_OUT = "pushed-out"
    """It had no request under way, and a newcomer needed its place."""
    TURNED_AWAY = "turned-away"
    """All places were taken by requests under way."""


@dataclass(frozen=True, slots=True)
class CrowdLimits:
    """How many there may be.

    Attributes:
        most: connections at a time.
        most_each: of them from one address.
        first_request: how long the first request may take to be whole, a TLS handshake included.
        proxies: whose connections are many people's, so that only `most` bounds them.
    """

    most: int
    most_each: int
    first_request: timedelta
    proxies: Sequence[Network] = ()


_MOST_LEAVING: Final = 128
"""Guests that were told to leave and have a file yet: so many more than `most` there may be."""


@dataclass(slots=True)
class _Neighbours:
    """All guests of one address, and those of them that have no request under way."""

    address: str
    count: int = 0
    idle: OrderedDict["Guest", None] = field(default_factory=OrderedDict)


class Guest(socket.socket):
    """One connection; the crowd knows what it does, and when it is closed."""

    def __init__(
        self, crowd: "Crowd", connection: socket.socket, neighbours: _Neighbours | None
    ) -> None:
        kind = connection.family, connection.type, connection.proto
        super().__init__(*kind, fileno=connection.detach())
        self.neighbours = neighbours
        self.is_leaving = False
        self._crowd = crowd
        self._patience: asyncio.TimerHandle | None = asyncio.get_running_loop().call_later(
            crowd.limits.first_request.total_seconds(), self._end_silent
        )

    def begin(self) -> None:
        """Note that a whole request has come."""
        self._stop_waiting()
        self._crowd.note_busy(self)

    def finish(self) -> None:
        """Note that it was answered."""
        if self.fileno() >= 0 and not self.is_leaving:
            self._crowd.note_idle(self)

    def end(self) -> None:
        """Hang up: whatever reads from the connection or writes to it finds it ended."""
        with suppress(OSError):
            self.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """Close it; its place is free."""
        self._stop_waiting()
        self._crowd.forget(self)
        super().close()

    def _stop_waiting(self) -> None:
        if self._patience is not None:
            self._patience.cancel()
            self._patience = None

    def _end_silent(self) -> None:
        self._crowd.cut[Cut.SILENT] += 1
        self.end()


class Crowd:
    """All guests.

    Args:
        limits: how many there may be.

    Attributes:
        limits: the same.
        cut: how many were ended or not let in, by why.
    """

    def __init__(self, limits: CrowdLimits) -> None:
        self.limits = limits
        self.cut: Counter[Cut] = Counter()
        self._guests: dict[int, Guest] = {}
        self._idle: OrderedDict[Guest, None] = OrderedDict()
        self._neighbours: dict[str, _Neighbours] = {}
        self._leaving = 0

    def __len__(self) -> int:
        """Return how many are connected."""
        return len(self._guests)

    def guest(self, descriptor: int) -> Guest:
        """Return the guest whose socket has this number."""
        return self._guests[descriptor]

    def admit(self, connection: socket.socket, address: str) -> Guest | None:
        """Return the guest that a new connection becomes; None: there is no place for it."""
        neighbours = self._neighbours_at(address)
        if not self._has_room(neighbours):
            self.cut[Cut.TURNED_AWAY] += 1
            connection.close()
            return None
        guest = Guest(self, connection, neighbours)
        self._guests[guest.fileno()] = guest
        if neighbours is not None:
            self._neighbours[neighbours.address] = neighbours
            neighbours.count += 1
        self.note_idle(guest)
        return guest

    def note_idle(self, guest: Guest) -> None:
        """Note that a guest has no request under way any more."""
        self._idle[guest] = None
        if guest.neighbours is not None:
            guest.neighbours.idle[guest] = None

    def note_busy(self, guest: Guest) -> None:
        """Note that a guest has a request under way."""
        self._idle.pop(guest, None)
        if guest.neighbours is not None:
            guest.neighbours.idle.pop(guest, None)

    def forget(self, guest: Guest) -> None:
        """Note that a guest's socket is about to be closed."""
        if self._guests.pop(guest.fileno(), None) is None:
            return
        self._leaving -= guest.is_leaving
        self._leave(guest)

    def end_all(self) -> None:
        """Hang up on everybody."""
        for guest in list(self._guests.values()):
            guest.end()

    def _has_room(self, neighbours: _Neighbours | None) -> bool:
        """Return whether there is room for one more; somebody may be told to leave for it."""
        if neighbours is not None and neighbours.count >= self.limits.most_each:
            return self._push_out(neighbours.idle)
        if len(self._guests) - self._leaving >= self.limits.most:
            return self._push_out(self._idle)
        return True

    def _push_out(self, idle: OrderedDict[Guest, None]) -> bool:
        guest = next(iter(idle), None)
        if guest is None or self._leaving >= _MOST_LEAVING:
            return False
        self.cut[Cut.PUSHED_OUT] += 1
        self._leaving += 1
        guest.is_leaving = True
        self._leave(guest)
        guest.end()
        return True

    def _leave(self, guest: Guest) -> None:
        """Count a guest no longer as its address's: it is closed, or will be in a moment."""
        self.note_busy(guest)
        neighbours, guest.neighbours = guest.neighbours, None
        if neighbours is not None:
            neighbours.count -= 1
            if not neighbours.count:
                del self._neighbours[neighbours.address]

    def _neighbours_at(self, address: str) -> _Neighbours | None:
        """Return those of an address; None: it is a proxy's, and they are of many."""
        parsed = ip_address(address.partition("%")[0])
        if any(parsed in network for network in self.limits.proxies):
            return None
        name = subscriber(parsed)
        return self._neighbours.get(name) or _Neighbours(name)
