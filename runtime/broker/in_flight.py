"""What one connection has brought and nobody has acknowledged yet, against its bounds."""

from collections.abc import Sequence
from typing import Final

from runtime.broker.message import Message
from runtime.broker.options import SessionOptions

_ROOM: Final = 0.5
"""Reading goes on once so much of each bound is free: not for each message anew."""


class InFlight:
    """Counts messages and the bytes of their payloads.

    Attributes:
        messages: received and not acknowledged.
        size: bytes of their payloads.
        at_qos0: all that came at QoS 0, acknowledged or not.
    """

    def __init__(self, options: SessionOptions) -> None:
        self._most_messages = options.in_flight_limit
        self._most_size = options.in_flight_bytes
        self._peak = 0
        self.messages = 0
        self.size = 0
        self.at_qos0 = 0

    @property
    def is_too_much(self) -> bool:
        """Whether a bound is passed."""
        return self.messages > self._most_messages or self.size > self._most_size

    def add(self, size: int, qos: int) -> None:
        """Count a message."""
        self.messages += 1
        self.size += size
        self._peak = max(self._peak, self.size)
        if not qos:
            self.at_qos0 += 1

    def remove(self, messages: Sequence[Message]) -> bool:
        """Take messages off; return whether there is room again, with some to spare."""
        self.messages -= len(messages)
        self.size -= sum(len(message.payload) for message in messages)
        return self.messages <= _ROOM * self._most_messages and self.size <= _ROOM * self._most_size

    def take_peak(self) -> int:
        """Return the most bytes there were at a time since the last call."""
        peak, self._peak = self._peak, self.size
        return peak
