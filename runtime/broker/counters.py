"""The broker's own counters: above all, how many messages it has thrown away.

A queue that overflows is the one loss that nobody is told of: publishers get their confirmation,
and we get nothing. Mosquitto counts it under `$SYS`. Brokers without such topics show nothing.
"""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta
from random import Random
from typing import Final

from runtime.backoff import Backoff, BackoffPolicy
from runtime.broker.address import BrokerAddress
from runtime.broker.connection import Connection
from runtime.broker.errors import BrokerError, BrokerRefusedError
from runtime.broker.message import Message
from runtime.broker.options import SessionOptions
from runtime.clock import Clock
from runtime.logs import get_logger

log = get_logger(__name__)

DROPPED: Final = "$SYS/broker/publish/messages/dropped"
"""Messages thrown away since the broker started, of whatever session."""
KEPT: Final = "$SYS/broker/store/messages/count"
"""Messages it holds at present, in queues and retained; one that is both counts once."""
RETAINED: Final = "$SYS/broker/retained messages/count"
"""Those of them that are retained."""
KEPT_BYTES: Final = "$SYS/broker/store/messages/bytes"
"""Their payloads."""

_COUNTERS: Final = (DROPPED, KEPT, KEPT_BYTES, RETAINED)
_BACKOFF: Final = BackoffPolicy(first=timedelta(seconds=1), cap=timedelta(minutes=1))
_QUIET: Final = timedelta(hours=1)


class BrokerCounters:
    """Hears the broker's counters while `run` runs.

    It has a connection of its own: a broker may answer such a subscription by ending the
    connection, and no message of ours has to stand before a counter.

    Args:
        address: the broker, and who we are there.
        client_id: of this connection; it leaves no session behind.
        heard: takes the topic of a counter and its value.
        clock: stamps messages.
        random: spreads reconnects.

    Attributes:
        values: what the broker says at present, by topic; empty while it is not connected.
    """

    def __init__(
        self,
        address: BrokerAddress,
        client_id: str,
        heard: Callable[[str, float], None],
        clock: Clock,
        random: Random,
    ) -> None:
        self._address = address
        self._options = SessionOptions(client_id=client_id, session_expiry=timedelta(0))
        self._heard = heard
        self._clock = clock
        self._backoff = Backoff(_BACKOFF, random)
        self.values: dict[str, float] = {}

    async def run(self) -> None:
        """Listen until cancelled, or until the broker says that its counters are not for us."""
        while True:
            if not await self._listen():
                return
            await asyncio.sleep(self._backoff.delay().total_seconds())

    async def _listen(self) -> bool:
        """Listen on one connection; return whether to try another one."""
        connection = Connection(
            0, self._address, self._options, self._deliver, self._clock, clean_start=True
        )
        self._connection = connection
        try:
            await connection.open()
            try:
                # A counter is published when it changes; the retained one is the present value.
                await connection.subscribe(_COUNTERS, qos=0, retained=True)
            except BrokerRefusedError as error:
                log.info("the broker does not show us its counters", reason=str(error))
                return False
            await connection.wait_ended()
        except BrokerError:
            pass  # the session, which matters more, says what is wrong with the broker
        finally:
            connection.abort("no longer listening")
            self.values.clear()
        return True

    def _deliver(self, message: Message) -> None:
        self._connection.acknowledge([message])
        self._backoff.reset()
        try:
            value = float(message.payload)
        except ValueError:
            return
        if message.topic in _COUNTERS:
            self.values[message.topic] = value
            self._heard(message.topic, value)


class DropAlarm:
    """Says that the broker threw messages away: when it begins, not at each message."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._dropped = 0.0
        self._grew_at: datetime | None = None

    def note(self, dropped: float) -> None:
        """Take the broker's count of dropped messages."""
        # A broker that was started anew counts from zero.
        grown = dropped - self._dropped if dropped >= self._dropped else dropped
        self._dropped = dropped
        if not grown:
            return
        now = self._clock.now()
        if self._grew_at is None or now - self._grew_at >= _QUIET:
            log.warning(
                "the broker throws messages away: a queue is full, and publishers are not told."
                " Keep ingest up, or raise max_queued_messages",
                dropped_since_its_start=int(dropped),
            )
        self._grew_at = now
