"""Presence of a device: the statuses it sets and the will it leaves, per connection."""

from dataclasses import dataclass
from datetime import datetime

from province.instants import format_instant
from simulators.connection import Will
from simulators.outgoing import encode


@dataclass(frozen=True, slots=True)
class Presence:
    """Who a device is at the broker, in one boot.

    Attributes:
        code: of the device.
        topic: its status topic.
        boot_id: of this boot.
    """

    code: str
    topic: str
    boot_id: int

    def will(self, connection: int) -> Will:
        """Return what the broker shall say if the connection ends without a word.

        It names the connection instead of a time: it is written before it is true.
        """
        body = {
            "state": "offline",
            "boot_id": self.boot_id,
            "connection": connection,
            "reason": "will",
        }
        return Will(self.topic, encode(body))

    def online(self, connection: int, now: datetime) -> bytes:
        """Return the status to set on connecting."""
        return self._status("online", "connect", connection, now)

    def offline(self, connection: int, now: datetime) -> bytes:
        """Return the status to set before an orderly end."""
        return self._status("offline", "shutdown", connection, now)

    def _status(self, state: str, reason: str, connection: int, now: datetime) -> bytes:
        return encode(
            {
                "state": state,
                "boot_id": self.boot_id,
                "connection": connection,
                "observed_at": format_instant(now),
                "reason": reason,
            }
        )
