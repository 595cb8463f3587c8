"""What every channel does."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from typing import Protocol

from rules.incidents.record import IncidentRecord
from rules.notify.model import Dispatch

Publish = Callable[[str, bytes], Awaitable[None]]
"""Publishes a payload on a topic at QoS 1: `BrokerSession.publish`."""


class Channel(Protocol):
    """Brings messages to one receiver."""

    @property
    def refresh(self) -> timedelta | None:
        """How often `keep` is to be called; None for never."""
        ...

    async def send(self, dispatch: Dispatch) -> None:
        """Send a message; return when the receiver has accepted it.

        Raises:
            ChannelError: it was not accepted, or nobody knows.
        """
        ...

    async def keep(self, records: Sequence[IncidentRecord], now: float) -> None:
        """Tell the receiver that what it knows of still goes on.

        Raises:
            ChannelError: it was not accepted.
        """
        ...

    async def close(self) -> None:
        """Let go of connections."""
        ...
