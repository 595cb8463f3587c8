"""The publisher: into Srepok's own topics, and back once the broker has it."""

import asyncio
from datetime import timedelta

from runtime.broker.errors import PublishError
from runtime.broker.session import BrokerSession


class BusyError(PublishError):
    """So much waits for the broker already that no more is taken."""


class Publisher:
    """Publishes over one session, many messages at a time, within a bound.

    Args:
        session: runs elsewhere.
        most: how many messages may wait for their confirmation.
        patience: how long one waits for it.

    Attributes:
        in_flight: how many wait at present.
    """

    def __init__(self, session: BrokerSession, most: int, patience: timedelta) -> None:
        self._session = session
        self._most = most
        self._patience = patience.total_seconds()
        self.in_flight = 0

    @property
    def at_once(self) -> int:
        """How many messages one sender should have waiting; the rest is for others."""
        return max(1, self._most // 4)

    @property
    def connected(self) -> bool:
        """Whether the broker can be published to at this moment."""
        return self._session.connected.is_set()

    async def publish(self, topic: str, payload: bytes, *, retain: bool = False) -> None:
        """Publish at QoS 1 and wait for the broker's confirmation.

        Raises:
            BusyError: too many wait already; this one was not sent.
            PublishError: not connected, refused, or not confirmed in time; it may have arrived.
        """
        if self.in_flight >= self._most:
            raise BusyError(f"{topic}: {self.in_flight} messages wait for the broker already")
        self.in_flight += 1
        try:
            async with asyncio.timeout(self._patience):
                await self._session.publish(topic, payload, retain=retain)
        except TimeoutError:
            raise PublishError(f"{topic}: not confirmed in {self._patience:g} s") from None
        finally:
            self.in_flight -= 1
