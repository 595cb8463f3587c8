"""The listener: hears foreign devices over MQTT, in a session that the broker keeps for us.

A message is acknowledged when all that it became is safe, however long that takes; meanwhile the
broker holds what comes. What an adapter was told it is not told again, so that one with a memory
hears each message of a connection once.
"""

import asyncio
from collections import deque
from collections.abc import Sequence
from datetime import timedelta
from random import Random
from typing import Final

import psycopg
from paho.mqtt.client import topic_matches_sub

from gateway.door.foreign import Foreign
from gateway.door.parcel import Parcel
from gateway.translation import Adapter, Incoming, Outcome, RefusalReason
from runtime.backoff import Backoff, BackoffPolicy
from runtime.broker.address import BrokerAddress
from runtime.broker.errors import PublishError
from runtime.broker.message import Message
from runtime.broker.options import SessionOptions
from runtime.broker.session import BrokerSession
from runtime.clock import Clock
from runtime.logs import get_logger

log = get_logger(__name__)

_BATCH: Final = 200
_IN_FLIGHT: Final = 1_000
_BACKOFF: Final = BackoffPolicy(first=timedelta(milliseconds=100), cap=timedelta(seconds=5))
_AWAY: Final = (PublishError, psycopg.Error)

Settled = tuple[str, Parcel]


class Listener:
    """Hears the topics that adapters want.

    Args:
        address: the broker of foreign devices.
        client_id: of the session.
        foreign: takes what is heard.
        clock: stamps messages.
        random: spreads retries.
    """

    def __init__(
        self,
        address: BrokerAddress,
        client_id: str,
        foreign: Foreign,
        clock: Clock,
        random: Random,
    ) -> None:
        self._address = address
        self._foreign = foreign
        self._backoff = Backoff(_BACKOFF, random)
        self._waiting: deque[Message] = deque()
        self._arrived = asyncio.Event()
        wanted = {topic for each in foreign.adapters.values() for topic in each.topics}
        self.filters = tuple(sorted(wanted))
        options = SessionOptions(client_id, self.filters, receive_maximum=_IN_FLIGHT)
        self._session = BrokerSession(address, options, self._deliver, self, clock, random)
        self._failing = False

    @property
    def missing(self) -> str | None:
        """What keeps it from hearing anybody; None: nothing does."""
        if not self.filters or self._session.connected.is_set():
            return None
        return f"not connected to {self._address}"

    @property
    def in_flight(self) -> int:
        """Messages that were heard and are not acknowledged."""
        return self._session.in_flight

    async def run(self) -> None:
        """Hear and pass on, until cancelled; at once, where no adapter wants to hear anything.

        Raises:
            SessionTakenOverError: another process uses our client identifier.
        """
        if not self.filters:
            return
        async with asyncio.TaskGroup() as group:
            group.create_task(self._session.run(), name="gateway.foreign.session")
            group.create_task(self._pass_on(), name="gateway.foreign.pass-on")

    async def close(self) -> None:
        """Send outstanding acknowledgements and leave; the broker keeps the session."""
        await self._session.close()

    # -- SessionObserver ------------------------------------------------------------

    def connected(self, epoch: int, *, session_present: bool) -> None:  # noqa: ARG002 - the session logs it
        """Let go what the broker sends again now."""
        kept = [each for each in self._waiting if each.epoch == epoch or not each.qos]
        self._waiting = deque(kept)

    def disconnected(self, reason: str) -> None:
        """Do nothing: the session has logged it."""

    # -- a message's way ------------------------------------------------------------

    def _deliver(self, message: Message) -> None:
        self._waiting.append(message)
        self._arrived.set()

    async def _pass_on(self) -> None:
        # Without an inventory everybody would be a stranger.
        await self._foreign.inventory_loaded.wait()
        while True:
            await self._arrived.wait()
            self._arrived.clear()
            while self._waiting:
                count = min(_BATCH, len(self._waiting))
                messages = [self._waiting.popleft() for _ in range(count)]
                settled = [found for each in messages if (found := await self._translate(each))]
                await self._settle([parcel for _, parcel in settled])
                for name, parcel in settled:
                    self._foreign.count(name, parcel)
                self._session.acknowledge(messages)
                await self._reply(settled)

    async def _translate(self, message: Message) -> Settled | None:
        """Return what the message becomes; None: no adapter wants its topic any more."""
        incoming = Incoming(
            channel="mqtt",
            where=message.topic,
            body=message.payload,
            received_at=message.received_at,
            content_type=message.content_type,
            retain=message.retain,
        )
        first: tuple[Adapter, Outcome] | None = None
        for adapter in self._foreign.adapters.values():
            if not any(topic_matches_sub(each, message.topic) for each in adapter.topics):
                continue
            outcome = self._foreign.translate(adapter, incoming)
            if not _is_unknown(outcome):
                first = adapter, outcome
                break
            first = first or (adapter, outcome)
        if first is None:
            return None
        return first[0].name, await self._foreign.pack(first[0], incoming, first[1])

    async def _settle(self, parcels: Sequence[Parcel]) -> None:
        """Settle, however long broker or database are away."""
        while True:
            try:
                await self._foreign.settle(parcels)
            except _AWAY as error:
                # An outage is one line, whatever the words of each attempt.
                if not self._failing:
                    log.warning("foreign messages wait", reason=str(error))
                    self._failing = True
                await asyncio.sleep(self._backoff.delay().total_seconds())
            else:
                self._failing = False
                self._backoff.reset()
                return

    async def _reply(self, settled: Sequence[Settled]) -> None:
        for name, parcel in settled:
            for reply in parcel.replies:
                try:
                    await self._session.publish(reply.topic, reply.payload)
                except PublishError as error:
                    # The next message that needs it asks for it again.
                    log.info("a reply was not sent", adapter=name, reason=str(error))


def _is_unknown(outcome: Outcome) -> bool:
    """Whether the adapter says that the message is none of its own."""
    others = outcome.translated or outcome.ignored or outcome.replies
    return not others and all(
        each.reason is RefusalReason.UNKNOWN_MESSAGE for each in outcome.refusals
    )
