"""Sessions of devices, as Mosquitto's own log says that they begin and end, and why.

With `log_dest topic` Mosquitto publishes its log. Whoever connects chooses a client identifier, and
it stands in the sentences. So a session counts only if its user is the device itself, whom the
broker has asked for its password, and a sentence only if there is nothing else in it.
"""

import re
from collections.abc import Container
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

SESSION_LOG: Final = "$SYS/broker/log/N"
"""Where Mosquitto publishes notices of its log."""

_BEGAN: Final = re.compile(
    r"\S+: New client connected from \S+ as (?P<client>[\w.-]+) "
    r"\(p\d, c\d, k\d+, u'(?P<user>[\w.-]+)'\)\."
)
_ENDED: Final = re.compile(
    r"\S+: Client (?P<client>[\w.-]+)(?: \[[^\]\s]+\])? "
    r"(?P<how>disconnected|closed its connection|has exceeded timeout, disconnecting)\."
)
_REASONS: Final = MappingProxyType(
    {
        "disconnected": "orderly",
        "closed its connection": "closed",
        "has exceeded timeout, disconnecting": "keepalive_timeout",
    }
)


@dataclass(frozen=True, slots=True)
class SessionSaid:
    """What a sentence says of a device's session.

    Attributes:
        device: its code.
        ended: for which reason it ended; None: it began.
    """

    device: str
    ended: str | None


class SessionLog:
    """Reads sentences; remembers whose sessions are those of devices."""

    def __init__(self) -> None:
        self._own: set[str] = set()

    def read(self, payload: bytes, devices: Container[str]) -> SessionSaid | None:
        """Return what a sentence says of a device's session; None if that is nothing."""
        text = payload.decode(errors="replace")
        if began := _BEGAN.fullmatch(text):
            device = began["client"]
            if device not in devices:
                return None
            if began["user"] != device:
                # Somebody else goes by its name: what is said of that name is not about it.
                self._own.discard(device)
                return None
            self._own.add(device)
            return SessionSaid(device, None)
        ended = _ENDED.fullmatch(text)
        if ended is None or ended["client"] not in self._own:
            return None
        self._own.discard(ended["client"])
        return SessionSaid(ended["client"], _REASONS[ended["how"]])
